"""Transitions, rituals and the rules of nudging."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from rules import (
    Holiday,
    Kind,
    Leave,
    Mode,
    Person,
    Ritual,
    Transition,
    Window,
    may_nudge,
    parse_when,
    rituals,
    timeline,
    transitions,
)
from tests.rules.people import LISBON, MAYA, PLATFORM, said, utc


def due(person: Person, day: str = "2026-11-24", days: int = 1) -> list[tuple[str, str]]:
    found = rituals(person, (), utc(day), utc(day) + timedelta(days=days))
    return [
        (each.kind.value, f"{each.at:%d %H:%M}") for each in found if each.kind in (Ritual.START, Ritual.END)
    ]


def with_windows(*windows: Window) -> Person:
    return replace(MAYA, windows=windows)


def window(kind: Kind, when: str) -> Window:
    return Window("x", kind, parse_when(when))


def test_a_transition_is_a_change_of_mode_not_of_cause() -> None:
    segments = timeline(MAYA, (PLATFORM,), utc("2026-11-25T08:00"), utc("2026-11-25T19:00"))
    assert transitions(segments) == (
        Transition(utc("2026-11-25T09:00"), Mode.OFF, Mode.FOCUS),
        Transition(utc("2026-11-25T12:00"), Mode.FOCUS, Mode.BREAK),
        Transition(utc("2026-11-25T12:30"), Mode.BREAK, Mode.OFF),
        Transition(utc("2026-11-25T14:00"), Mode.OFF, Mode.AVAILABLE),
        Transition(utc("2026-11-25T18:00"), Mode.AVAILABLE, Mode.QUIET),
    )
    both = (window(Kind.FOCUS, "tue 9-10"), replace(window(Kind.FOCUS, "tue 10-11"), name="y"))
    assert (
        transitions(timeline(with_windows(*both), (), utc("2026-11-24T09:30"), utc("2026-11-24T10:30"))) == ()
    )


def test_a_day_starts_at_its_first_available_instant_and_ends_a_quarter_before_its_end() -> None:
    assert due(MAYA) == [("start_of_day", "24 11:30"), ("end_of_day", "24 17:45")]
    assert due(with_windows(), "2026-11-27") == [("start_of_day", "27 09:00"), ("end_of_day", "27 12:45")]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("tue 17:30-18:00", ["24 17:29"]),  # the last available minute before
        ("tue 17:00-17:50", ["24 17:50"]),  # or the first one after
        ("tue 17:45-17:50", ["24 17:44"]),
        ("tue 17:00-18:00", []),
        ("tue 17:50-18:00", ["24 17:45"]),
    ],
)
def test_the_end_of_a_day_is_marked_when_the_person_is_available(when: str, expected: list[str]) -> None:
    found = due(with_windows(window(Kind.QUIET, when)))
    assert [at for kind, at in found if kind == "end_of_day"] == expected


def test_nothing_marks_a_day_without_an_available_instant() -> None:
    assert due(with_windows(window(Kind.QUIET, "tue 08:00-19:00"))) == []
    afternoon = due(with_windows(window(Kind.QUIET, "tue 08:00-13:00")))
    assert afternoon == [("start_of_day", "24 14:00"), ("end_of_day", "24 17:45")]


def test_leave_public_holidays_and_days_off_have_no_rituals() -> None:
    day = date(2026, 11, 24)
    here = said(Mode.AVAILABLE, "2026-11-24T09:00", 600)
    assert due(replace(MAYA, leave=(Leave(day, day),), said=(here,))) == []
    assert due(replace(MAYA, holidays=(Holiday(day, "x"),), said=(here,))) == []
    assert due(MAYA, "2026-11-28", 2) == []
    assert due(replace(MAYA, hours=None), days=7) == []


def test_a_night_shift_ends_on_the_next_day() -> None:
    night = Person("p", LISBON, hours=parse_when("tue 22:00-06:00"))
    assert due(night, "2026-11-24", 2) == [("start_of_day", "24 22:00"), ("end_of_day", "25 05:45")]
    assert due(night, "2026-11-25") == [("end_of_day", "25 05:45")]
    found = rituals(night, (), utc("2026-11-25"), utc("2026-11-26"))
    assert {each.day for each in found} == {date(2026, 11, 24)}


def test_short_hours_are_marked_inside_them() -> None:
    short = Person("p", LISBON, hours=parse_when("tue 10:00-10:10"))
    assert due(short) == [("start_of_day", "24 10:00"), ("end_of_day", "24 10:00")]


@pytest.mark.parametrize(
    ("sent", "ignored", "muted", "late", "because"),
    [
        (0, 0, False, 0, "moment has come"),
        (1, 2, False, 10, "moment has come"),
        (2, 0, False, 0, "2 nudges went out"),
        (0, 3, False, 0, "ignored 3 times"),
        (0, 0, True, 0, "turned off"),
        (0, 0, False, 11, "moment has passed"),
    ],
)
def test_nudges_are_few_welcome_and_in_time(
    sent: int, ignored: int, muted: bool, late: int, because: str
) -> None:
    allowed, why = may_nudge(sent, ignored, muted, timedelta(minutes=late))
    assert allowed is because.endswith("come")
    assert because in why
