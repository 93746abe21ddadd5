"""Weeks, and when the summary of one is posted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import Holiday, Moment, Team, Week, bounds, parse_week, summary_at, week_of
from tests.rules.norms import zones
from tests.rules.people import LISBON, utc

TEAM = Team("core", LISBON, summary=Moment(0, 570))  # Monday 09:30
weeks = st.dates(date(2020, 1, 1), date(2035, 12, 31)).map(week_of)


def test_a_week_is_named_as_iso_says() -> None:
    assert str(week_of(date(2026, 11, 23))) == "2026-W48"
    assert str(week_of(date(2027, 1, 3))) == "2026-W53"  # the first days of a year may be the last week's
    assert str(week_of(date(2024, 12, 30))) == "2025-W01"
    assert Week(2026, 48).first == date(2026, 11, 23)
    assert Week(2026, 48).days[6] == date(2026, 11, 29)
    assert Week(2026, 53).after() == Week(2027, 1)
    assert Week(2027, 1).before() == Week(2026, 53)
    assert sorted([Week(2027, 1), Week(2026, 9), Week(2026, 10)]) == [
        Week(2026, 9), Week(2026, 10), Week(2027, 1),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["2026-W48", "2026-w48", " 2026W48 "])
def test_a_week_is_read_as_people_write_it(text: str) -> None:
    assert parse_week(text) == Week(2026, 48)
    assert parse_week("2026-W5") == Week(2026, 5)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", '"" is no week: write its year and number, for example "2026-W48".'),
        ("last week", '"last week" is no week: write its year and number, for example "2026-W48".'),
        ("2026-48", '"2026-48" is no week: write its year and number, for example "2026-W48".'),
        ("٢٠٢٦-W48", '"٢٠٢٦-W48" is no week: write its year and number, for example "2026-W48".'),
        ("2026-W54", '2026 has the weeks 1 to 53, so 54 is none: for example "2026-W53".'),
        ("2025-W53", '2025 has the weeks 1 to 52, so 53 is none: for example "2025-W52".'),
        ("2026-W0", '2026 has the weeks 1 to 53, so 0 is none: for example "2026-W53".'),
        ("0026-W10", "The year of a week goes from 1970 to 2199, so 26 is none."),
        ("9999-W52", "The year of a week goes from 1970 to 2199, so 9999 is none."),
    ],
)
def test_what_is_no_week_is_answered_with_what_to_write(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match="week") as found:
        parse_week(text)
    assert str(found.value) == sentence


@given(st.text(max_size=12).filter(lambda text: "w" not in text.lower()))
def test_any_other_text_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"no week: .*\.$"):
        parse_week(text)


@given(weeks)
def test_what_a_week_is_called_is_read_back(week: Week) -> None:
    assert parse_week(str(week)) == week
    assert week.after().before() == week
    assert week.before() < week < week.after()


def test_a_week_is_longer_or_shorter_where_clocks_change() -> None:
    hour = timedelta(hours=1)
    lengths = [span.end - span.start for span in (bounds(Week(2026, each), LISBON) for each in (12, 13, 43))]
    assert lengths == [168 * hour, 167 * hour, 169 * hour]
    assert bounds(Week(2026, 13), LISBON).start == utc("2026-03-23T00:00")
    assert bounds(Week(2026, 13), LISBON).end == utc("2026-03-29T23:00")


@given(weeks, zones)
def test_weeks_tile_time_and_begin_on_monday_in_every_zone(week: Week, zone: str) -> None:
    span = bounds(week, zone)
    assert span.end == bounds(week.after(), zone).start
    first, last = (at.astimezone(ZoneInfo(zone)) for at in (span.start, span.end - timedelta(seconds=1)))
    assert (first.weekday(), last.weekday()) == (0, 6)
    assert {week_of(first.date()), week_of(last.date())} == {week}


# The summary --------------------------------------------------------------------------------------


def test_the_summary_comes_at_the_teams_moment_in_the_week_after() -> None:
    assert summary_at(TEAM, Week(2026, 48)) == utc("2026-11-30T09:30")
    assert summary_at(replace(TEAM, summary=Moment(3, 0)), Week(2026, 48)) == utc("2026-12-03T00:00")
    assert summary_at(replace(TEAM, summary=None), Week(2026, 48)) is None


@pytest.mark.parametrize(
    ("day", "holidays", "expected"),
    [
        (0, ["2026-11-30"], "2026-12-01"),
        (0, ["2026-12-01"], "2026-11-30"),
        (0, ["2026-11-30", "2026-12-01"], "2026-12-02"),
        (4, ["2026-12-04"], "2026-12-07"),
        (5, [], "2026-12-07"),
        (6, ["2026-12-07"], "2026-12-08"),
    ],
)
def test_a_summary_on_a_free_day_comes_on_the_next_working_day(
    day: int, holidays: list[str], expected: str
) -> None:
    free = tuple(Holiday(date.fromisoformat(each), "x") for each in holidays)
    found = summary_at(replace(TEAM, summary=Moment(day, 570), holidays=free), Week(2026, 48))
    assert found == utc(f"{expected}T09:30")


def test_the_time_of_a_summary_stays_where_clocks_change() -> None:
    assert summary_at(TEAM, Week(2026, 12)) == utc("2026-03-23T09:30")
    assert summary_at(TEAM, Week(2026, 13)) == utc("2026-03-30T08:30")


teams = st.builds(
    lambda zone, day, minute, holidays: Team(
        "t",
        zone,
        summary=Moment(day, minute),
        holidays=tuple(Holiday(date(2020, 1, 1) + timedelta(days=each), "x") for each in holidays),
    ),
    zones,
    st.integers(0, 6),
    st.integers(0, 1439),
    st.lists(st.integers(0, 5900), max_size=20),
)


@given(teams, weeks, st.lists(st.integers(0, 12), max_size=6))
def test_a_summary_never_comes_before_its_week_is_over_or_on_a_free_day(
    team: Team, week: Week, near: list[int]
) -> None:
    close = tuple(Holiday(week.after().first + timedelta(days=each), "x") for each in near)
    team = replace(team, holidays=team.holidays + close)
    at = summary_at(team, week)
    assert at is not None
    assert at >= bounds(week, team.zone).end
    local = at.astimezone(ZoneInfo(team.zone))
    assert local.weekday() < 5
    assert local.date() not in {each.on for each in team.holidays}
    assert team.summary is not None
    wanted = datetime.combine(local.date(), datetime.min.time()) + timedelta(minutes=team.summary.minute)
    exists = wanted.replace(tzinfo=ZoneInfo(team.zone)).astimezone(UTC).astimezone(local.tzinfo)
    if exists.replace(tzinfo=None) == wanted:
        assert local.replace(tzinfo=None) == wanted
