"""A stretch for which a team lifted its shared focus: everyone is asked as if it were not there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rules import (
    Answer,
    Interval,
    Mode,
    Person,
    Ping,
    Segment,
    Step,
    Team,
    availability_at,
    build_horizon,
    decide,
    parse_when,
    timeline,
)
from tests.rules.people import LISBON, utc

SAM = Person("sam", LISBON, hours=parse_when("weekdays 09:00-18:00"))
TEAM = Team("platform", LISBON, ("sam",), shared_focus=parse_when("wed 09:00-12:00"))


def lifted(*stretches: tuple[str, str]) -> tuple[Team, ...]:
    day = "2026-11-25T"
    found = tuple(Interval(utc(day + start), utc(day + end)) for start, end in stretches)
    return (replace(TEAM, lifted=found),)


def shown(segments: tuple[Segment, ...]) -> list[str]:
    return [f"{each.start:%H:%M} {each.mode.value}" for each in segments]


@pytest.mark.parametrize(
    ("stretches", "expected"),
    [
        ([("09:00", "12:00")], ["09:00 available"]),
        ([("08:00", "13:00")], ["09:00 available"]),
        ([("10:00", "11:00")], ["09:00 focus", "10:00 available", "11:00 focus", "12:00 available"]),
        ([("10:00", "11:00"), ("08:00", "09:30")], [
            "09:00 available", "09:30 focus", "10:00 available", "11:00 focus", "12:00 available",
        ]),
        ([("11:00", "11:30"), ("11:20", "12:00")], ["09:00 focus", "11:00 available"]),
        ([("12:00", "13:00")], ["09:00 focus", "12:00 available"]),
        ([("07:00", "09:00")], ["09:00 focus", "12:00 available"]),
        ([("10:00", "10:00")], ["09:00 focus", "12:00 available"]),
    ],
)  # fmt: skip
def test_shared_focus_holds_only_where_it_is_not_lifted(
    stretches: list[tuple[str, str]], expected: list[str]
) -> None:
    teams, start, end = lifted(*stretches), utc("2026-11-25T09:00"), utc("2026-11-25T18:00")
    assert shown(timeline(SAM, teams, start, end)) == expected
    assert shown(build_horizon(SAM, teams, start, end).segments(start, end)) == expected


def test_a_lift_touches_its_own_stretch_only() -> None:
    teams = lifted(("09:00", "11:00"))
    assert availability_at(SAM, teams, utc("2026-11-25T10:59")).mode is Mode.AVAILABLE
    back = availability_at(SAM, teams, utc("2026-11-25T11:00"))
    assert (back.mode, back.end) == (Mode.FOCUS, utc("2026-11-25T12:00"))
    assert availability_at(SAM, teams, utc("2026-12-02T10:00")).mode is Mode.FOCUS


def test_a_ping_passes_while_shared_focus_is_lifted_and_the_trace_says_so() -> None:
    teams, ping = lifted(("09:00", "11:00")), Ping("maya")
    verdict = decide(ping, SAM, teams, utc("2026-11-25T10:00"))
    assert verdict.answer is Answer.DELIVER
    assert Step("lifted", False, "shared focus of platform is lifted until 11:00") in verdict.trace
    for at in ("2026-11-25T11:30", "2026-11-25T12:30", "2026-12-02T10:00"):
        assert "lifted" not in {step.rule for step in decide(ping, SAM, teams, utc(at)).trace}
    assert decide(ping, SAM, teams, utc("2026-11-25T11:30")).answer is Answer.HOLD


def test_a_trace_names_a_team_as_its_people_do() -> None:
    (team,) = lifted(("09:00", "11:00"))
    verdict = decide(Ping("maya"), SAM, (replace(team, name="Platform"),), utc("2026-11-25T10:00"))
    assert Step("lifted", False, "shared focus of Platform is lifted until 11:00") in verdict.trace


def test_a_lift_past_the_end_of_the_focus_is_named_until_that_end() -> None:
    verdict = decide(Ping("maya"), SAM, lifted(("09:00", "17:00")), utc("2026-11-25T10:00"))
    assert "shared focus of platform is lifted until 12:00" in {step.because for step in verdict.trace}


def test_a_lift_of_meeting_free_time_alone_is_not_named_before_the_focus_begins() -> None:
    verdict = decide(Ping("maya"), SAM, lifted(("07:00", "12:00")), utc("2026-11-25T08:00"))
    assert "lifted" not in {step.rule for step in verdict.trace}


def test_a_held_ping_is_released_where_the_lift_begins() -> None:
    verdict = decide(Ping("maya"), SAM, lifted(("10:30", "11:00")), utc("2026-11-25T09:30"))
    assert verdict.release_at == utc("2026-11-25T10:30")
    assert verdict.segment is not None
    assert verdict.segment.end - verdict.segment.start == timedelta(minutes=90)


def test_who_left_the_shared_focus_is_told_of_no_lift() -> None:
    left = replace(SAM, opt_out=("platform",))
    verdict = decide(Ping("maya"), left, lifted(("09:00", "11:00")), utc("2026-11-25T10:00"))
    assert "lifted" not in {step.rule for step in verdict.trace}
