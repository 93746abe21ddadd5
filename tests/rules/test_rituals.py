"""The rituals beside the start and the end of a day, and which of a day's go out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings

from rules import (
    Holiday,
    Kind,
    Leave,
    Mode,
    Person,
    Ritual,
    RitualTime,
    Style,
    Team,
    Window,
    availability_at,
    chosen,
    closes_week,
    parse_when,
    rituals,
)
from tests.rules.norms import cases
from tests.rules.people import LISBON, MAYA, said, utc

PLAIN = Person("p", LISBON, hours=parse_when("weekdays 09:00-12:30, 14:00-18:00"))
TUESDAY, FRIDAY, SATURDAY = date(2026, 11, 24), date(2026, 11, 27), date(2026, 11, 28)


def due(person: Person, *kinds: Ritual, day: str = "2026-11-24", days: int = 1) -> list[str]:
    found = rituals(person, (), utc(day), utc(day) + timedelta(days=days))
    return [f"{each.at:%d %H:%M}{' back' if each.back else ''}" for each in found if each.kind in kinds]


def quiet(when: str, kind: Kind = Kind.QUIET) -> Window:
    return Window("q", kind, parse_when(when))


def with_window(when: str, kind: Kind = Kind.QUIET) -> Person:
    return replace(PLAIN, windows=(quiet(when, kind),))


# Hand-over ----------------------------------------------------------------------------------------


def test_a_hand_over_comes_before_hours_pause_and_back_when_they_go_on() -> None:
    assert due(PLAIN, Ritual.HANDOVER) == ["24 12:20", "24 14:00 back"]
    assert due(replace(PLAIN, hours=parse_when("tue 09:00-18:00")), Ritual.HANDOVER) == []
    three = replace(PLAIN, hours=parse_when("tue 08:00-10:00, 11:00-13:00, 15:00-17:00"))
    assert due(three, Ritual.HANDOVER) == ["24 09:50", "24 11:00 back", "24 12:50", "24 15:00 back"]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("tue 12:00-12:30", ["24 11:59", "24 14:00 back"]),  # lunch: the last available minute before
        ("tue 11:00-12:25", ["24 12:25", "24 14:00 back"]),  # or the first one after
        ("tue 11:00-12:30", ["24 14:00 back"][:0]),
        ("tue 14:00-15:00", ["24 12:20", "24 15:00 back"]),
        ("tue 14:00-18:00", ["24 12:20"]),
        ("tue 08:00-12:10", []),  # the day has only just begun
    ],
)
def test_a_hand_over_is_marked_when_the_person_is_available(when: str, expected: list[str]) -> None:
    assert due(with_window(when, Kind.FOCUS), Ritual.HANDOVER) == expected


def test_a_hand_over_of_a_block_that_nothing_follows_up_comes_back_in_the_next_but_one() -> None:
    three = with_window("tue 11:00-13:00", Kind.FOCUS)
    three = replace(three, hours=parse_when("tue 08:00-10:00, 11:00-13:00, 15:00-17:00"))
    assert due(three, Ritual.HANDOVER) == ["24 09:50", "24 15:00 back"]


# Landing ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("tue 16:00-17:00", ["24 15:50"]),
        ("daily 16:00-17:00", ["24 15:50"]),
        ("tue 18:00-19:30", []),  # the end of the day marks that step
        ("tue 12:30-13:30", []),  # and the hand-over that one
        ("tue 09:15-10:00", []),  # and the day has only just begun
        ("tue 20:00-21:00", []),  # off already
        ("tue 14:05-15:00", []),  # off still
        ("tue 18:25-19:00", []),
    ],
)
def test_ten_minutes_to_land_before_quiet_time_if_available(when: str, expected: list[str]) -> None:
    assert due(with_window(when), Ritual.LANDING) == expected


def test_only_quiet_time_that_is_kept_has_a_landing() -> None:
    for kind in set(Kind) - {Kind.QUIET}:
        assert due(with_window("tue 16:00-17:00", kind), Ritual.LANDING) == []
    here = said(Mode.AVAILABLE, "2026-11-24T15:00", 120)
    assert due(replace(with_window("tue 16:00-17:00"), said=(here,)), Ritual.LANDING) == []
    busy = said(Mode.FOCUS, "2026-11-24T15:45", 10)
    assert due(replace(with_window("tue 16:00-17:00"), said=(busy,)), Ritual.LANDING) == []


def test_a_landing_may_be_at_the_weekend_but_not_on_leave_or_a_holiday() -> None:
    person = with_window("sat 16:00-17:00; tue 16:00-17:00")
    weekend = said(Mode.AVAILABLE, "2026-11-28T15:00", 60)
    assert due(replace(person, said=(weekend,)), Ritual.LANDING, day="2026-11-28") == ["28 15:50"]
    here = said(Mode.AVAILABLE, "2026-11-24T15:00", 60)
    for away in ({"leave": (Leave(TUESDAY, TUESDAY),)}, {"holidays": (Holiday(TUESDAY, "x"),)}):
        assert due(replace(person, said=(here,), **away), *Ritual) == []


def test_two_quiet_windows_that_begin_together_have_one_landing() -> None:
    person = replace(PLAIN, windows=(quiet("tue 16:00-17:00"), replace(quiet("daily 16:00-16:30"), name="r")))
    assert due(person, Ritual.LANDING) == ["24 15:50"]


# Return from leave --------------------------------------------------------------------------------


def away(*spans: tuple[str, str]) -> Person:
    leave = tuple(Leave(date.fromisoformat(first), date.fromisoformat(last)) for first, last in spans)
    return replace(PLAIN, leave=leave)


@pytest.mark.parametrize(
    ("leave", "expected"),
    [
        ([("2026-11-16", "2026-11-20")], "23 09:00"),  # back on Monday
        ([("2026-11-16", "2026-11-22")], "23 09:00"),
        ([("2026-11-23", "2026-11-23")], "24 09:00"),
        ([("2026-11-20", "2026-11-20"), ("2026-11-21", "2026-11-22")], "23 09:00"),
        ([("2026-11-19", "2026-11-21"), ("2026-11-20", "2026-11-20")], "23 09:00"),
        ([("2025-01-01", "2026-11-24")], "25 09:00"),
        ([("2026-11-21", "2026-11-22")], None),  # a weekend is no leave from work
        ([("2026-11-26", "9999-12-31")], None),
    ],
)
def test_the_first_start_after_a_leave_is_a_return(
    leave: list[tuple[str, str]], expected: str | None
) -> None:
    person = away(*leave)
    found = due(person, Ritual.RETURN, day="2026-11-20", days=7)
    assert found == ([expected] if expected else [])
    assert expected not in due(person, Ritual.START, day="2026-11-20", days=7)


def test_a_return_waits_for_the_first_available_instant() -> None:
    person = away(("2026-11-16", "2026-11-20"))
    focused = replace(person, windows=(quiet("mon 08:00-19:00; tue 09:00-11:00", Kind.FOCUS),))
    assert due(focused, Ritual.RETURN, day="2026-11-20", days=7) == ["24 11:00"]
    monday = replace(person, holidays=(Holiday(date(2026, 11, 23), "x"),))
    assert due(monday, Ritual.RETURN, day="2026-11-20", days=7) == ["24 09:00"]


def test_a_leave_of_holidays_only_has_no_return() -> None:
    person = replace(away(("2026-11-23", "2026-11-23")), holidays=(Holiday(date(2026, 11, 23), "x"),))
    assert due(person, Ritual.RETURN, day="2026-11-20", days=7) == []


# The week's end -----------------------------------------------------------------------------------


def test_the_week_closes_with_the_end_of_its_last_working_day() -> None:
    assert due(PLAIN, Ritual.WEEKLY, day="2026-11-23", days=14) == ["27 17:45", "04 17:45"]
    off = replace(PLAIN, holidays=(Holiday(FRIDAY, "x"),))
    assert due(off, Ritual.WEEKLY, day="2026-11-23", days=7) == ["26 17:45"]
    weekend = replace(PLAIN, hours=parse_when("wed,sun 10:00-12:00"))
    assert due(weekend, Ritual.WEEKLY, day="2026-11-23", days=7) == ["29 11:45"]
    assert due(away(("2026-11-23", "2026-11-27")), Ritual.WEEKLY, day="2026-11-23", days=7) == []


def test_a_day_tells_whether_it_closes_the_week() -> None:
    assert closes_week(PLAIN, (), FRIDAY)
    assert not closes_week(PLAIN, (), TUESDAY)
    assert not closes_week(PLAIN, (), SATURDAY)
    assert not closes_week(replace(PLAIN, hours=None), (), FRIDAY)
    assert closes_week(away(("2026-11-25", "2026-11-27")), (), TUESDAY)


# Which go out -------------------------------------------------------------------------------------

ALL = (Ritual.START, Ritual.HANDOVER, Ritual.LANDING, Ritual.END)


def times(*kinds: Ritual) -> tuple[RitualTime, ...]:
    base = utc("2026-11-24T09:00")
    return tuple(RitualTime(kind, base + timedelta(hours=hour), TUESDAY) for hour, kind in enumerate(kinds))


def kinds(found: Iterable[RitualTime]) -> list[Ritual]:
    return [each.kind for each in found]


@pytest.mark.parametrize(
    ("style", "expected", "without_start"),
    [
        (Style.SEPARATOR, [Ritual.START, Ritual.END], [Ritual.LANDING, Ritual.END]),
        (Style.INTEGRATOR, [Ritual.START, Ritual.END], [Ritual.LANDING, Ritual.END]),
        (Style.CYCLER, [Ritual.HANDOVER, Ritual.END], [Ritual.HANDOVER, Ritual.END]),
    ],
)
def test_two_kinds_go_out_that_are_usual_for_the_style(
    style: Style, expected: list[Ritual], without_start: list[Ritual]
) -> None:
    person = replace(PLAIN, style=style)
    assert kinds(chosen(person, times(*ALL))) == expected
    assert kinds(chosen(person, times(*ALL), {Ritual.START})) == without_start


def test_what_a_person_wants_most_goes_out_and_nothing_they_do_not_want() -> None:
    person = replace(PLAIN, rituals=("landing", "handover", "start_of_day"))
    assert kinds(chosen(person, times(*ALL))) == [Ritual.HANDOVER, Ritual.LANDING]
    assert kinds(chosen(person, times(*ALL), {Ritual.LANDING})) == [Ritual.START, Ritual.HANDOVER]
    assert kinds(chosen(replace(PLAIN, rituals=("landing",)), times(*ALL))) == [Ritual.LANDING]
    assert chosen(replace(PLAIN, rituals=("yoga",)), times(*ALL)) == ()


def test_a_return_comes_first_and_is_a_plain_start_where_it_is_turned_off() -> None:
    day = times(Ritual.RETURN, Ritual.HANDOVER, Ritual.LANDING, Ritual.END)
    assert kinds(chosen(replace(PLAIN, rituals=("landing",)), day)) == [Ritual.RETURN, Ritual.LANDING]
    assert kinds(chosen(PLAIN, day)) == [Ritual.RETURN, Ritual.END]
    assert kinds(chosen(PLAIN, day, {Ritual.RETURN})) == [Ritual.START, Ritual.END]
    assert kinds(chosen(PLAIN, day, {Ritual.RETURN, Ritual.START})) == [Ritual.LANDING, Ritual.END]


def test_the_week_closes_with_the_end_of_the_day_or_takes_its_place() -> None:
    day = (*times(*ALL), replace(times(*ALL)[-1], kind=Ritual.WEEKLY))
    assert kinds(chosen(PLAIN, day)) == [Ritual.START, Ritual.END]
    assert kinds(chosen(PLAIN, day, {Ritual.END})) == [Ritual.START, Ritual.WEEKLY]
    assert kinds(chosen(PLAIN, day, set(ALL))) == [Ritual.WEEKLY]
    assert kinds(chosen(PLAIN, day, {Ritual.END, Ritual.WEEKLY})) == [Ritual.START, Ritual.LANDING]


def test_of_each_kind_the_first_goes_out_and_a_hand_over_with_its_second_half() -> None:
    hours = parse_when("tue 08:00-10:00, 11:00-13:00, 15:00-17:00")
    person = Person("p", LISBON, Style.CYCLER, hours, (quiet("tue 11:45-12:00, 16:00-16:15"),))
    found = rituals(person, (), utc("2026-11-24"), utc("2026-11-25"))
    few = {Ritual.END, Ritual.WEEKLY}
    went = [(each.kind.value, f"{each.at:%H:%M}", each.back) for each in chosen(person, found, few)]
    assert went == [
        ("start_of_day", "08:00", False),
        ("handover", "09:50", False),
        ("handover", "11:00", True),
    ]
    landed = chosen(person, found, {Ritual.END, Ritual.HANDOVER, Ritual.START, Ritual.WEEKLY})
    assert [f"{each.at:%H:%M}" for each in landed] == ["11:35"]


def test_mayas_tuesday() -> None:
    found = rituals(MAYA, (), utc("2026-11-24"), utc("2026-11-25"))
    assert [(each.kind.value, f"{each.at:%H:%M}") for each in found] == [
        ("start_of_day", "11:30"),
        ("handover", "11:59"),
        ("handover", "14:00"),
        ("end_of_day", "17:45"),
    ]


# For everybody ------------------------------------------------------------------------------------

Case = tuple[Person, tuple[Team, ...], datetime]
WEEK = timedelta(days=7)


def found_around(case: Case) -> tuple[RitualTime, ...]:
    person, teams, now = case
    return rituals(person, teams, now - WEEK, now + WEEK)


@settings(max_examples=150)
@given(cases())
def test_a_ritual_finds_its_person_available_and_at_work(case: Case) -> None:
    person, teams, _ = case
    for each in found_around(case):
        assert availability_at(person, teams, each.at).mode is Mode.AVAILABLE
        assert not any(leave.first <= each.day <= leave.last for leave in person.leave)
        assert each.day not in {holiday.on for holiday in person.holidays}


@settings(max_examples=100)
@given(cases())
def test_ten_minutes_after_a_landing_it_is_quiet(case: Case) -> None:
    person, teams, _ = case
    for each in found_around(case):
        if each.kind is Ritual.LANDING:
            assert availability_at(person, teams, each.at + timedelta(minutes=10)).mode is Mode.QUIET


@settings(max_examples=100)
@given(cases())
def test_what_is_due_does_not_depend_on_how_it_is_asked(case: Case) -> None:
    person, teams, now = case
    whole = found_around(case)
    parts = rituals(person, teams, now - WEEK, now) + rituals(person, teams, now, now + WEEK)
    assert whole == parts
    assert list(whole) == sorted(whole, key=lambda each: each.at)
    weeks = [each.day.isocalendar()[:2] for each in whole if each.kind is Ritual.WEEKLY]
    assert len(weeks) == len(set(weeks))


@settings(max_examples=100)
@given(cases())
def test_at_most_two_nudges_go_out_on_a_day(case: Case) -> None:
    found = found_around(case)
    for day in {each.day for each in found}:
        went = chosen(case[0], [each for each in found if each.day == day])
        assert len([each for each in went if not each.back]) <= 2
        assert set(went) <= set(found)
