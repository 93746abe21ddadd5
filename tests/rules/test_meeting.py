"""When several people are all available."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rules import (
    Interval,
    Kind,
    Person,
    Team,
    Window,
    availability_at,
    common_times,
    meeting_free_teams,
    parse_when,
)
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


# Meeting-free time --------------------------------------------------------------------------------

ANA = Person("ana", "Europe/Lisbon", hours=parse_when("weekdays 09:00-18:00"))
LEE = replace(ANA, id="lee")
KIM = replace(ANA, id="kim")
FREE = Team("core", "Europe/Lisbon", ("ana", "lee"), no_meetings=parse_when("tue 00:00-24:00; wed 9-12"))


def test_two_of_a_team_do_not_meet_in_its_meeting_free_time() -> None:
    assert starts((ANA, (FREE,)), (LEE, (FREE,)), count=1) == ["Wed 12:00"]
    assert starts((ANA, (FREE,)), (LEE, (FREE,)), (KIM, ()), count=1) == ["Wed 12:00"]


def test_one_of_a_team_may_meet_others_then() -> None:
    assert starts((ANA, (FREE,)), (KIM, ()), count=1) == ["Tue 10:15"]
    assert starts((ANA, (FREE,)), count=1) == ["Tue 10:15"]
    assert meeting_free_teams([(ANA, (FREE,)), (KIM, ())]) == ()


def test_who_left_the_meeting_free_time_may_meet_then() -> None:
    left = replace(LEE, opt_out=("core",))
    assert starts((ANA, (FREE,)), (left, (FREE,)), count=1) == ["Tue 10:15"]
    third = replace(FREE, members=("ana", "lee", "kim"))
    assert starts((ANA, (third,)), (left, (third,)), (KIM, (third,)), count=1) == ["Wed 12:00"]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-11-24T11:00", "2026-11-24T12:00", ["Tue 11:00", "Wed 12:00"]),
        ("2026-11-24T00:00", "2026-11-25T00:00", ["Tue 10:15", "Wed 12:00"]),
        ("2026-11-25T10:00", "2026-11-25T18:00", ["Wed 10:00", "Thu 09:00"]),
    ],
)
def test_a_lifted_stretch_counts_as_any_other(start: str, end: str, expected: list[str]) -> None:
    team = replace(FREE, lifted=(Interval(utc(start), utc(end)),))
    assert starts((ANA, (team,)), (LEE, (team,)), count=2) == expected


def test_the_meeting_free_time_of_each_shared_team_counts() -> None:
    other = replace(FREE, id="other", no_meetings=parse_when("wed 12-18"))
    assert [each.id for each in meeting_free_teams([(ANA, (other, FREE)), (LEE, (FREE, other))])] == [
        "core",
        "other",
    ]
    assert starts((ANA, (FREE, other)), (LEE, (FREE, other)), count=1) == ["Thu 09:00"]


def test_there_may_be_no_time_without_a_meeting_free_one() -> None:
    always = replace(FREE, no_meetings=parse_when("daily 00:00-24:00"))
    never = replace(ANA, hours=parse_when("sat 09:00-09:10"))
    assert starts((ANA, (always,)), (LEE, (always,))) == []
    assert starts((never, (FREE,)), (replace(LEE, hours=parse_when("sun 9-10")), (FREE,))) == []
