"""What is pointed out when a norm is saved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from rules import Kind, Passes, Team, Window, advice, covers_core, parse_when, repeated_names
from tests.rules.people import DINNER, LISBON, MAYA, PLATFORM


def window(when: str, kind: Kind = Kind.FOCUS) -> Window:
    return Window("x", kind, parse_when(when))


def test_a_window_over_core_hours_is_noticed() -> None:
    assert covers_core(window("mon 13:00-14:15"), MAYA, PLATFORM)
    assert not covers_core(window("mon 13:00-14:00"), MAYA, PLATFORM)
    assert not covers_core(window("sat 00:00-24:00"), MAYA, PLATFORM)
    assert not covers_core(window("mon 13:00-15:00", Kind.ON_CALL), MAYA, PLATFORM)
    assert not covers_core(replace(window("mon 13:00-15:00"), passes=Passes(everyone=True)), MAYA, PLATFORM)
    assert not covers_core(window("mon 13:00-15:00"), MAYA, Team("t", LISBON))


def test_a_window_that_covers_core_hours_only_between_two_clock_changes_is_noticed() -> None:
    new_york = replace(PLATFORM, zone="America/New_York", core=parse_when("mon 09:00-10:00"))
    assert covers_core(
        window("mon 13:00-13:30"), MAYA, new_york
    )  # three weeks in March: 9 in New York is 13 in Lisbon
    assert not covers_core(window("mon 12:30-13:00"), MAYA, new_york)


def test_a_window_far_in_the_future_is_looked_at_from_its_date_on() -> None:
    far = window("mon 14:00-15:00 every week from 2030-01-07")
    assert not covers_core(far, MAYA, PLATFORM)
    assert covers_core(far, MAYA, PLATFORM, since=date(2030, 1, 1))


def test_names_that_are_taken_are_noticed() -> None:
    other = replace(DINNER, name="Family Dinner")
    assert repeated_names((DINNER, other, window("mon 9-10"))) == ("Family Dinner", "family dinner")
    assert advice(other, MAYA, ()) == (
        'Another window is called "Family Dinner" too: a different name tells them apart.',
    )
    assert advice(DINNER, MAYA, (PLATFORM,)) == ()


def test_advice_names_the_team() -> None:
    (sentence,) = advice(window("mon 13:00-15:00"), MAYA, (PLATFORM,))
    assert sentence.startswith('"x" covers core hours of platform')
