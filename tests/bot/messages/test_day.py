"""The ribbon of a day: parts tile it also when the clocks change, and words say the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import day
from bot.messages.words import Watch
from rules import (
    Kind,
    Mode,
    Passes,
    Person,
    Ping,
    Reason,
    Segment,
    Window,
    availability_at,
    decide,
    parse_when,
)
from tests.support.shown import shown

ZONES = ("Europe/Lisbon", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Tokyo")
WINDOWS = (
    Window("deep work", Kind.FOCUS, parse_when("daily 01:30-02:15")),
    Window("night", Kind.QUIET, parse_when("daily 22:00-06:00")),
)


@given(st.integers(0, 2 * 365 * 24 * 60), st.sampled_from(ZONES))
def test_the_parts_of_any_day_tile_it(minutes: int, zone: str) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    person = Person("p", zone, hours=parse_when("mon-fri 09:00-12:30, 14:00-18:00"), windows=WINDOWS)
    shown_day = day.ribbon(person, day.segments_of_today(person, (), now), now)
    starts = [part.start for part in shown_day.parts]
    ends = [part.end for part in shown_day.parts]
    assert starts == [0, *ends[:-1]]
    assert ends[-1] == 1440
    assert all(one.mode != two.mode for one, two in zip(shown_day.parts, shown_day.parts[1:], strict=False))
    local = now.astimezone(ZoneInfo(zone))
    assert shown_day.now == local.hour * 60 + local.minute


def test_a_day_without_norms_is_one_part_and_says_so() -> None:
    person, now = Person("p", "Europe/Lisbon"), datetime(2026, 11, 23, 10, 5, tzinfo=UTC)
    segments = day.segments_of_today(person, (), now)
    assert day.ribbon(person, segments, now).alt == "available 00:00 to 24:00"
    assert (
        day.now_line(availability_at(person, (), now), Watch(now, person.zone))
        == "Available, with no change planned"
    )


@pytest.mark.parametrize(
    ("because", "words"),
    [("said", "said for now"), ("said: care", "care, said for now"), ("family dinner", "family dinner")],
)
def test_a_cause_is_named_as_the_person_knows_it(because: str, words: str) -> None:
    now = datetime(2026, 11, 23, 10, 5, tzinfo=UTC)
    assert day.cause(Segment(now, now, Mode.QUIET, because, Passes())) == words


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_can_be_told_to_the_recipient_themself(reason: Reason) -> None:
    told = day.to_you(reason)
    assert told.startswith("You ") or reason is Reason.NOT_ENROLLED


def test_a_ping_that_never_goes_is_said_to_have_no_time() -> None:
    always = Window("always", Kind.QUIET, parse_when("daily 00:00-24:00"), Passes())
    person, now = Person("p", "Europe/Lisbon", windows=(always,)), datetime(2026, 11, 23, 10, 5, tzinfo=UTC)
    verdict = decide(Ping("x"), person, (), now)
    assert "I see no time at which it would go" in shown(
        day.why("A message?", verdict, Watch(now, person.zone))
    )


def _parts(*edges: tuple[int, Mode]) -> list[Segment]:
    """Segments from second to second of a Monday in UTC, each as (where it ends, its mode)."""
    midnight = datetime(2026, 11, 23, tzinfo=UTC)
    found, start = list[Segment](), midnight
    for second, mode in edges:
        end = midnight + timedelta(seconds=second)
        found.append(Segment(start, end, mode, mode.value, Passes()))
        start = end
    return found


@pytest.mark.parametrize(
    ("edges", "words"),
    [
        ([(61200, Mode.AVAILABLE), (61230, Mode.FOCUS), (86400, Mode.AVAILABLE)], "available 00:00 to 24:00"),
        ([(61200, Mode.AVAILABLE), (61265, Mode.AVAILABLE), (86400, Mode.OFF)],
         "available 00:00 to 17:01; off 17:01 to 24:00"),
        ([(20, Mode.OFF), (86400, Mode.FOCUS)], "focus 00:00 to 24:00"),
        ([(86390, Mode.OFF), (86400, Mode.FOCUS)], "off 00:00 to 24:00"),
    ],
)  # fmt: skip
def test_neighbours_of_one_mode_are_one_and_moments_are_left_out(
    edges: list[tuple[int, Mode]], words: str
) -> None:
    now = datetime(2026, 11, 23, 10, 5, tzinfo=UTC)
    shown_day = day.ribbon(Person("p", "UTC"), _parts(*edges), now)
    assert shown_day.alt == words
    assert len(shown_day.parts) == len(words.split("; "))


def test_today_says_the_day_once_with_what_made_it() -> None:
    now, person = datetime(2026, 11, 23, 10, 5, tzinfo=UTC), Person("p", "UTC")
    segments = _parts((61200, Mode.AVAILABLE), (61230, Mode.AVAILABLE), (86400, Mode.OFF))
    told = shown(day.today(person, segments, segments[0], "0 waiting", Watch(now, "UTC")))
    assert told.count("17:00") == 3  # until, and on either side of the edge
    assert "available 00:00" not in told
