"""A person's own week: focus against their plan, evenings to themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings

from rules import (
    Holiday,
    Interval,
    Kind,
    Leave,
    Mode,
    Person,
    PersonalWeek,
    Said,
    Team,
    Window,
    bounds,
    parse_when,
    personal_week,
    week_of,
)
from rules.personalweek import evenings, evenings_to_tell
from tests.rules.norms import cases
from tests.rules.people import LISBON, said, utc

WEEK = week_of(date(2026, 11, 23))
FOCUS = Window("deep work", Kind.FOCUS, parse_when("tue,thu 09:00-11:00"))
ANA = Person("ana", LISBON, hours=parse_when("weekdays 09:00-18:00"), windows=(FOCUS,))
TEAM = Team("core", LISBON, ("ana",), shared_focus=parse_when("wed 09:00-12:00"))


def lived(
    *words: Said,
    person: Person = ANA,
    teams: tuple[Team, ...] = (TEAM,),
    broken: tuple[str, ...] = (),
    until: str = "",
) -> PersonalWeek:
    at = utc(until) if until else None
    return personal_week(person, teams, words, [utc(each) for each in broken], WEEK, until=at)


def test_a_week_of_which_nothing_is_known_was_kept() -> None:
    assert lived() == PersonalWeek(focus_planned=420, focus_kept=420, evenings=5, evenings_kept=5)


def test_focus_is_given_up_by_saying_here_and_by_nothing_else() -> None:
    here = said(Mode.AVAILABLE, "2026-11-24T10:00", 90)  # an hour of it in the focus
    assert lived(here).focus_kept == 360
    assert lived(said(Mode.QUIET, "2026-11-24T10:00", 90)).focus_kept == 420
    assert lived(here, said(Mode.FOCUS, "2026-11-24T10:30", 30)).focus_kept == 390  # and back to it
    assert lived(said(Mode.FOCUS, "2026-11-27T09:00", 60)) == lived()  # more than planned is no plan


def test_only_focus_that_holds_was_planned() -> None:
    day = date(2026, 11, 24)
    assert lived(person=replace(ANA, leave=(Leave(day, day),))).focus_planned == 300
    assert lived(person=replace(ANA, opt_out=("core",))).focus_planned == 240
    quiet = Window("q", Kind.QUIET, parse_when("tue 10:00-11:00"))
    assert lived(person=replace(ANA, windows=(FOCUS, quiet))).focus_planned == 360


def test_focus_that_was_lifted_was_planned_and_is_not_kept() -> None:
    stretch = Interval(utc("2026-11-25T10:00"), utc("2026-11-25T12:00"))
    teams = (replace(TEAM, lifted=(stretch,)),)
    assert lived(teams=teams) == PersonalWeek(420, 300, 5, 5, focus_lifted=120)
    here = said(Mode.AVAILABLE, "2026-11-25T09:30", 60)  # half of it is lifted already
    assert lived(here, teams=teams) == PersonalWeek(420, 270, 5, 5, focus_lifted=120)
    own = replace(ANA, windows=(FOCUS, replace(FOCUS, name="own", when=parse_when("wed 09:00-12:00"))))
    assert lived(teams=teams, person=own) == PersonalWeek(420, 420, 5, 5)


def test_every_evening_is_told_of_in_one_line_and_only_after_it_is_over() -> None:
    weeks = [WEEK, WEEK.after(), WEEK.after().after()]
    lines = [evenings_to_tell(ANA, week) for week in weeks]
    assert [(each[0].start.day, each[-1].start.day) for each in lines] == [(20, 26), (27, 3), (4, 10)]
    assert sum(lines, ()) == sum((evenings(ANA, week) for week in [WEEK.before(), *weeks]), ())[4:-1]
    friday = utc("2026-11-27T17:45")
    broken = [utc("2026-11-20T20:00"), utc("2026-11-27T20:00")]
    found = personal_week(ANA, (), (), broken, WEEK, until=friday, told=lines[0])
    assert (found.evenings, found.evenings_kept) == (5, 4)
    away = replace(ANA, leave=(Leave(date(2026, 11, 16), date(2026, 11, 20)),))
    assert evenings_to_tell(away, WEEK) == lines[0][1:]


def test_a_week_that_is_not_over_counts_as_far_as_it_went() -> None:
    assert lived(until="2026-11-24T10:00") == PersonalWeek(60, 60, 1, 1)
    assert lived(until="2026-11-24T02:00").evenings == 0  # until hours begin, or for twelve hours
    assert lived(until="2026-11-20T10:00") == PersonalWeek(0, 0, 0, 0)
    assert lived(until="2027-01-01T10:00") == lived()


@pytest.mark.parametrize(
    ("broken", "kept"),
    [
        (("2026-11-24T20:00",), 4),
        (("2026-11-24T18:00", "2026-11-24T23:00"), 4),
        (("2026-11-25T03:00",), 4),  # in the night
        (("2026-11-24T17:59", "2026-11-25T06:00"), 5),
        (("2026-11-23T20:00", "2026-11-24T20:00"), 3),
        (("2026-11-28T20:00",), 5),  # Saturday is no evening after work
    ],
)
def test_an_evening_is_kept_unless_something_broke_through(broken: tuple[str, ...], kept: int) -> None:
    assert lived(broken=broken).evenings_kept == kept


@pytest.mark.parametrize("mode", [Mode.AVAILABLE, Mode.FOCUS])
def test_a_persons_own_evening_work_never_counts_against_them(mode: Mode) -> None:
    work = said(mode, "2026-11-24T19:00", 120)
    assert lived(work).evenings_kept == 5
    assert lived(work, broken=("2026-11-24T20:00",)).evenings_kept == 5
    assert lived(work, broken=("2026-11-24T21:00",)).evenings_kept == 4


def test_evenings_follow_working_days() -> None:
    monday, friday = date(2026, 11, 23), date(2026, 11, 27)
    assert lived(person=replace(ANA, holidays=(Holiday(monday, "x"),))).evenings == 4
    assert lived(person=replace(ANA, leave=(Leave(monday, friday),))).evenings == 0
    assert lived(person=replace(ANA, hours=None)).evenings == 0
    two = replace(ANA, hours=parse_when("mon 09:00-12:00, 14:00-17:00; sun 22:00-06:00"))
    assert evenings(two, WEEK) == (
        Interval(utc("2026-11-23T17:00"), utc("2026-11-24T05:00")),
        Interval(utc("2026-11-30T06:00"), utc("2026-11-30T09:00")),  # until hours begin again
    )
    assert evenings(replace(ANA, hours=parse_when("daily 00:00-24:00")), WEEK) == ()


@settings(max_examples=80)
@given(cases())
def test_no_more_is_kept_than_there_was(case: tuple[Person, tuple[Team, ...], datetime]) -> None:
    person, teams, now = case
    week = week_of(now.date())
    plain = replace(person, said=())
    found = personal_week(plain, teams, person.said, [now], week)
    assert 0 <= found.focus_kept <= found.focus_planned <= 7 * 24 * 60 + 180
    assert max(0, found.evenings - 1) <= found.evenings_kept <= found.evenings
    span = bounds(week, person.zone)
    for each in evenings(person, week):
        assert span.start <= each.start < each.end <= each.start + timedelta(hours=12)
