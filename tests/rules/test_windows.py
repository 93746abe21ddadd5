"""Occurrences of windows, most of all where clocks change. Instants are written as UTC by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import (
    Clause,
    Interval,
    TimeRange,
    When,
    ZoneError,
    day_interval,
    near_zone,
    occurrences,
    parse_when,
    to_utc_end,
    to_utc_start,
    zone_of,
)
from rules.zones import plain_offset
from tests.rules.norms import ZONES, changes, instants, whens, zones
from tests.rules.oracle import intervals, once, wall

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def around(text: str, zone: str, day: str) -> list[str]:
    """The intervals of `daily TEXT` that start on a local day, as "HH:MM-HH:MM" in UTC."""
    on = date.fromisoformat(day)
    noon = datetime(on.year, on.month, on.day, 12, tzinfo=ZoneInfo(zone))
    found = occurrences(parse_when(f"daily {text}"), zone, noon - 2 * DAY, noon + 2 * DAY)
    local = [each for each in found if each.start.astimezone(ZoneInfo(zone)).date() == on]
    return [f"{each.start:%d %H:%M}-{each.end:%d %H:%M}" for each in local]


@pytest.mark.parametrize(
    ("zone", "day", "times", "expected"),
    [
        ("Europe/Lisbon", "2026-03-29", "00:30-01:30", ["29 00:30-29 01:00"]),  # the end is in the gap
        ("Europe/Lisbon", "2026-03-29", "01:15-02:30", ["29 01:00-29 01:30"]),  # the start is in the gap
        ("Europe/Lisbon", "2026-03-29", "01:10-01:50", []),  # both are: nothing is left
        (
            "Europe/Lisbon",
            "2026-10-25",
            "01:30-02:30",
            ["25 00:30-25 02:30"],
        ),  # the start occurs twice: the first
        (
            "Europe/Lisbon",
            "2026-10-25",
            "00:30-01:30",
            ["24 23:30-25 01:30"],
        ),  # the end occurs twice: the second
        ("America/New_York", "2026-03-08", "01:30-02:30", ["08 06:30-08 07:00"]),
        ("America/New_York", "2026-03-08", "02:15-02:45", []),
        ("America/New_York", "2026-03-08", "02:30-04:00", ["08 07:00-08 08:00"]),
        ("America/New_York", "2026-11-01", "01:30-02:30", ["01 05:30-01 07:30"]),
        ("America/New_York", "2026-11-01", "00:30-01:30", ["01 04:30-01 06:30"]),
        ("America/New_York", "2026-11-01", "00:00-24:00", []),  # an unbroken pattern has no start on any day
        ("Australia/Lord_Howe", "2026-10-04", "01:30-02:30", ["03 15:00-03 15:30"]),
        ("Australia/Lord_Howe", "2026-10-04", "02:10-03:00", ["03 15:30-03 16:00"]),
        ("Australia/Lord_Howe", "2026-04-05", "01:30-02:30", ["04 14:30-04 16:00"]),
        ("Australia/Lord_Howe", "2026-04-05", "01:00-01:45", ["04 14:00-04 15:15"]),
        (
            "Africa/Cairo",
            "2026-04-24",
            "01:30-02:30",
            ["23 22:30-23 23:30"],
        ),  # just after the gap: unaffected
        (
            "Africa/Cairo",
            "2026-04-23",
            "23:30-00:30",
            ["23 21:30-23 22:00"],
        ),  # the end falls into the midnight gap
        ("Africa/Cairo", "2026-04-24", "00:00-08:00", ["23 22:00-24 05:00"]),  # the day begins at 01:00
        ("Africa/Cairo", "2026-10-29", "23:30-00:30", ["29 20:30-29 22:30"]),
        ("Africa/Cairo", "2026-10-29", "22:00-24:00", ["29 19:00-29 22:00"]),
        ("Africa/Cairo", "2026-10-29", "23:00-23:30", ["29 20:00-29 21:30"]),
        (
            "America/Havana",
            "2026-10-31",
            "22:00-24:00",
            ["01 02:00-01 05:00"],
        ),  # midnight occurs twice: the second
        ("America/Sao_Paulo", "2018-11-04", "00:00-08:00", ["04 03:00-04 10:00"]),
        ("America/Sao_Paulo", "2018-02-17", "23:30-00:30", ["18 01:30-18 03:30"]),
        ("Pacific/Apia", "2011-12-29", "23:00-01:00", ["30 09:00-30 11:00"]),  # 30 December did not exist
        ("Pacific/Apia", "2011-12-31", "00:00-08:00", ["30 10:00-30 18:00"]),
    ],
)
def test_a_boundary_is_never_cut_short(zone: str, day: str, times: str, expected: list[str]) -> None:
    assert around(times, zone, day) == expected


def every_change() -> list[tuple[str, datetime]]:
    """One zone for each clock change of 2020 to 2035: the instant and both offsets make it."""
    found = {(at, before, after): zone for zone in ZONES for at, before, after in changes(zone)}
    return [(zone, at) for (at, _, _), zone in found.items()]


def test_every_clock_change_anywhere_agrees_with_the_wall_clock() -> None:
    shapes = [
        TimeRange(90, 150),
        TimeRange(1410, 30),
        TimeRange(135, 165),
        TimeRange(0, 480),
        TimeRange(60, 1440),
    ]
    seen = every_change()
    assert len(seen) > 500
    for zone, at in seen:
        day = wall(zone, at).date()
        for on in (day - DAY, day):
            for span in shapes:
                when = When((Clause((on.weekday(),), (span,)),))
                expected = once(span, on, zone)
                found = occurrences(when, zone, at - 2 * DAY, at + 2 * DAY)
                assert found == ((Interval(*expected),) if expected else ()), (zone, at, on, span)


def test_exactly_the_days_with_a_clock_change_take_the_exact_path() -> None:
    first, last = date(2020, 1, 2).toordinal(), date(2035, 12, 30).toordinal()
    for zone in [*ZONES[::25], "America/Havana", "Africa/Cairo"]:
        inside = {wall(zone, at - timedelta(microseconds=1)).date() for at, _, _ in changes(zone)}
        after = {wall(zone, at).date() for at, _, _ in changes(zone)}
        exact = {date.fromordinal(day) for day in range(first, last) if plain_offset(zone, day) is None}
        assert inside <= exact
        assert exact <= inside | after | {
            day - DAY for day in after
        }  # the last when midnight itself occurs twice


@settings(max_examples=60)
@given(st.data())
def test_occurrences_are_what_brute_force_finds(data: st.DataObject) -> None:
    zone, when = data.draw(zones), data.draw(whens)
    now = data.draw(instants(zone))
    found = occurrences(when, zone, now - HOUR, now + HOUR)
    expected = [each for each in intervals(when, zone, now) if each[0] < now + HOUR and each[1] > now - HOUR]
    if all(
        end - start < 9 * DAY for start, end in expected
    ):  # unbroken patterns are cut where the search ends
        assert [(each.start, each.end) for each in found] == expected


@settings(max_examples=80)
@given(st.data())
def test_wherever_the_wall_clock_is_inside_so_is_the_window(data: st.DataObject) -> None:
    zone = data.draw(zones)
    now = data.draw(instants(zone))
    shown = wall(zone, now)
    minute = shown.hour * 60 + shown.minute
    start = data.draw(st.integers(0, minute))
    end = data.draw(st.integers(minute + 1, 1440))
    when = When((Clause((shown.weekday(),), (TimeRange(start, end),)),))
    assert any(each.start <= now < each.end for each in occurrences(when, zone, now, now + HOUR))


def test_intervals_that_touch_or_overlap_are_one() -> None:
    start, end = utc("2026-11-23"), utc("2026-11-25")
    found = occurrences(parse_when("mon 22:00-24:00; tue 00:00-06:00, 05:00-07:00"), "UTC", start, end)
    assert found == (Interval(utc("2026-11-23T22:00"), utc("2026-11-24T07:00")),)


def test_a_pattern_without_a_break_is_cut_nine_days_around() -> None:
    now = utc("2026-11-23")
    (found,) = occurrences(parse_when("daily 00:00-24:00"), "UTC", now, now + HOUR)
    assert found == Interval(now - 9 * DAY, now + 10 * DAY)


def test_a_long_run_of_days_is_never_cut() -> None:
    now = utc("2026-11-26T12:00")
    (found,) = occurrences(parse_when("mon 12:00-24:00; tue-sat 00:00-24:00"), "UTC", now, now + HOUR)
    assert found == Interval(utc("2026-11-23T12:00"), utc("2026-11-29"))


def test_every_second_week_counts_local_weeks_from_the_anchor_on() -> None:
    when = parse_when("fri 09:00-13:00 every 2 weeks from 2026-11-25")
    found = occurrences(when, "Europe/Lisbon", utc("2026-11-01"), utc("2027-01-01"))
    assert [f"{each.start:%m-%d}" for each in found] == ["11-27", "12-11", "12-25"]


def test_every_week_from_a_date_begins_with_its_week() -> None:
    when = parse_when("mon 09:00-10:00 every week from 2026-11-25")
    found = occurrences(when, "UTC", utc("2026-11-01"), utc("2026-12-02"))
    assert [f"{each.start:%m-%d}" for each in found] == ["11-23", "11-30"]


def test_leave_lasts_from_the_first_midnight_to_the_last() -> None:
    assert day_interval(date(2026, 12, 21), date(2027, 1, 3), "Europe/Lisbon") == Interval(
        utc("2026-12-21"), utc("2027-01-04")
    )
    cairo = day_interval(date(2026, 4, 24), date(2026, 4, 24), "Africa/Cairo")
    assert cairo == Interval(utc("2026-04-23T22:00"), utc("2026-04-24T21:00"))  # a day of 23 hours


def test_midnight_at_the_end_of_a_day_is_the_next_days_start() -> None:
    day = date(2026, 7, 1)
    assert (
        to_utc_end(day, 1440, "Europe/Lisbon")
        == to_utc_start(day + DAY, 0, "Europe/Lisbon")
        == utc("2026-07-01T23:00")
    )


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="needs an aware UTC datetime"):
        occurrences(parse_when("daily 9-17"), "UTC", datetime(2026, 1, 1), utc("2026-01-02"))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("Europe/Lisbn", "Europe/Lisbon"),
        ("lisbon", "Europe/Lisbon"),
        ("Lisbn", "Europe/Lisbon"),
        ("New York", "America/New_York"),
        ("?", None),
    ],
)
def test_an_unknown_zone_is_refused_with_the_nearest_name(wrong: str, meant: str | None) -> None:
    assert near_zone(wrong) == meant
    with pytest.raises(ZoneError, match=meant or "Europe/Lisbon"):
        zone_of(wrong)


def test_instants_before_1970_are_rounded_down() -> None:
    before = datetime(1969, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC)
    (found,) = occurrences(parse_when("wed 23:00-24:00"), "UTC", before, before + timedelta(microseconds=1))
    assert found.end == utc("1970-01-01")
