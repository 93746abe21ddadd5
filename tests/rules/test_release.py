"""When a digest goes out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import Interval, Kind, Passes, Person, Urgency, Window, digest_at, landing, parse_when, spread
from tests.rules.people import MAYA, utc

QUARTER = timedelta(minutes=15)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def base(person: Person, release: str, first_today: bool = False) -> str:
    return f"{landing(person, (), utc(release), first_today).start:%a %H:%M}"


@given(st.text(), moments, st.timedeltas(timedelta(0), timedelta(days=1)))
def test_a_spread_is_the_same_every_time_and_stays_in_its_room(
    name: str, at: datetime, room: timedelta
) -> None:
    found = spread(name, at, Urgency.ROUTINE, room)
    assert found == spread(name, at, Urgency.ROUTINE, room)
    assert timedelta(0) <= found < max(min(QUARTER, room), timedelta(seconds=1))
    assert found.microseconds == 0
    assert spread(name, at, Urgency.URGENT, room) == timedelta(0)


def test_many_people_are_spread_over_the_whole_quarter() -> None:
    found = [spread(f"p{number}", utc("2026-11-23T09:00"), Urgency.ROUTINE, QUARTER) for number in range(900)]
    minutes = [sum(each // timedelta(minutes=1) == minute for each in found) for minute in range(15)]
    assert min(minutes) > 30  # 60 expected in each minute


@pytest.mark.parametrize(
    ("digests", "release", "expected"),
    [
        (("return",), "2026-11-24T11:30", "Tue 11:30"),
        (("midday",), "2026-11-24T11:30", "Tue 14:00"),  # lunch ends at 12:30, but that is outside the hours
        (("midday", "before_end"), "2026-11-24T14:00", "Tue 17:00"),
        (("before_end",), "2026-11-27T11:00", "Fri 12:30"),  # Friday's 12:00 is inside lunch: after it
        (("15:30",), "2026-11-24T11:30", "Tue 15:30"),
        (("15:30", "9:30"), "2026-11-24T15:30", "Tue 15:30"),
        (
            ("18:30",),
            "2026-11-24T14:00",
            "Wed 09:00",
        ),  # dinner: nothing is left of the day, so tomorrow's first return
        (("10:00",), "2026-11-27T12:30", "Mon 09:00"),
    ],
)
def test_later_digests_wait_for_the_persons_moments(
    digests: tuple[str, ...], release: str, expected: str
) -> None:
    person = replace(MAYA, digests=digests)
    assert base(person, release) == expected
    assert base(person, release, first_today=True) == f"{utc(release):%a %H:%M}"


def test_midday_without_a_gap_is_the_end_of_the_first_break() -> None:
    tea = Window("tea", Kind.BREAK, parse_when("daily 15:00-15:15"))
    lunch = Window("lunch", Kind.BREAK, parse_when("daily 12:00-12:30"))
    person = Person("p", "UTC", hours=parse_when("daily 9-17"), windows=(tea, lunch), digests=("midday",))
    assert base(person, "2026-11-24T10:00") == "Tue 12:30"
    assert base(replace(person, windows=()), "2026-11-24T10:00") == "Wed 09:00"
    assert base(replace(person, hours=None, windows=()), "2026-11-24T10:00") == "Wed 00:00"


def test_hours_that_began_yesterday_are_not_todays() -> None:
    person = Person("p", "UTC", hours=parse_when("daily 22:00-06:00"), digests=("before_end",))
    assert base(person, "2026-11-24T23:00") == "Wed 00:00"  # its end lies on the next day


def test_nothing_is_spread_past_the_end_of_the_available_time() -> None:
    person = Person("p", "UTC", hours=parse_when("daily 09:00-09:05"))
    window = landing(person, (), utc("2026-11-24T09:00"), True)
    assert window == Interval(utc("2026-11-24T09:00"), utc("2026-11-24T09:05"))
    assert digest_at(person, (), utc("2026-11-24T09:00"), True) < window.end


def test_a_release_inside_a_window_that_let_only_some_through_waits_for_its_end() -> None:
    focus = Window("deep", Kind.FOCUS, parse_when("tue 09:00-11:00"), Passes(people=frozenset({"sam"})))
    assert base(replace(MAYA, windows=(focus,)), "2026-11-24T09:30", True) == "Tue 11:00"


def test_someone_who_is_never_free_gets_it_at_the_release() -> None:
    hermit = Person(
        "p", "UTC", windows=(Window("x", Kind.QUIET, parse_when("daily 0-24"), Passes(urgent=True)),)
    )
    at = utc("2026-11-24T09:30")
    assert digest_at(hermit, (), at, True) == at


def test_a_last_free_moment_is_used_when_no_day_follows() -> None:
    hermit = Window("x", Kind.QUIET, parse_when("daily 0-24 every week from 2026-11-25"), Passes())
    person = Person("p", "UTC", windows=(hermit,), digests=("15:00",))
    assert base(person, "2026-11-22T16:00") == "Sun 16:00"
