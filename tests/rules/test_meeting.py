"""When several people are all available."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from rules import Kind, Person, Team, Window, availability_at, common_times, parse_when
from tests.rules.people import MAYA, PLATFORM, utc

NOW = utc("2026-11-24T10:07")
SAM = Person("sam", "America/New_York", hours=parse_when("weekdays 09:00-17:00"))  # 14:00 to 22:00 in Lisbon


def starts(*people: tuple[Person, tuple[Team, ...]], **more: int) -> list[str]:
    return [f"{each.start:%a %H:%M}" for each in common_times(people, NOW, **more)]


def test_core_hours_of_a_shared_team_come_first() -> None:
    assert starts((MAYA, (PLATFORM,)), (SAM, (PLATFORM,))) == ["Tue 14:00", "Wed 14:00", "Thu 14:00"]
    late = replace(PLATFORM, core=parse_when("tue 16:00-17:00; thu 16:00-17:00"))
    assert starts((MAYA, (late,)), (SAM, (late,)), count=2) == ["Tue 16:00", "Thu 16:00"]


def test_core_hours_of_one_of_them_come_next() -> None:
    other = Team("other", "UTC", ("sam",), core=parse_when("wed 15:00-16:00"))
    assert starts((MAYA, ()), (SAM, (other,)), count=1) == ["Wed 15:00"]


def test_without_core_hours_the_earliest_quarters_count() -> None:
    assert starts((MAYA, ()), count=2) == ["Tue 11:30", "Tue 14:00"]
    assert starts((replace(MAYA, windows=()), ()), count=1) == ["Tue 10:15"]


def test_a_stretch_must_be_long_enough() -> None:
    assert starts((MAYA, ()), count=1, minutes=60) == ["Tue 14:00"]
    assert starts((MAYA, ()), count=1, minutes=300) == []


def test_all_are_available_all_through_every_proposed_time() -> None:
    focus = Window("x", Kind.FOCUS, parse_when("daily 14:30-15:00"))
    sam = replace(SAM, windows=(focus,))
    for each in common_times([(MAYA, (PLATFORM,)), (sam, (PLATFORM,))], NOW, count=10):
        for person in (MAYA, sam):
            assert availability_at(person, (PLATFORM,), each.start).mode == "available"
            assert availability_at(person, (PLATFORM,), each.end - timedelta(seconds=1)).mode == "available"


def test_nobody_has_no_common_time() -> None:
    assert common_times([], NOW) == ()
