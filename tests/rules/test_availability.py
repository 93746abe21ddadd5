"""Which norm wins when several are open, and what segments and horizons say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from rules import (
    Holiday,
    Kind,
    Leave,
    Mode,
    Passes,
    Person,
    Ping,
    Style,
    Team,
    Window,
    availability_at,
    build_horizon,
    decide,
    default_passes,
    on_call_open,
    parse_when,
    timeline,
    working_intervals,
)
from rules import availability as module
from tests.rules.people import DINNER, LISBON, MAYA, NOBODY, PLATFORM, said, utc

NOON = utc("2026-11-23T12:00")  # a Monday
DAY = timedelta(days=1)


def window(kind: Kind, when: str = "daily 11:00-13:00", name: str = "") -> Window:
    return Window(name or kind.value, kind, parse_when(when))


def because(person: Person, at: str = "2026-11-23T12:00", *teams: Team) -> str:
    return availability_at(person, teams, utc(at)).because


def test_a_day_reads_as_its_segments() -> None:
    found = timeline(MAYA, (PLATFORM,), utc("2026-11-25"), utc("2026-11-26"))
    assert [(f"{each.start:%H:%M}", each.mode.value, each.because) for each in found] == [
        ("00:00", "off", "outside hours"),
        ("09:00", "focus", "shared focus of platform"),
        ("12:00", "break", "lunch"),
        ("12:30", "off", "outside hours"),
        ("14:00", "available", "hours"),
        ("18:00", "quiet", "family dinner"),
        ("19:30", "off", "outside hours"),
    ]


def test_precedence_is_leave_quiet_recharge_focus_break_off() -> None:
    kinds = [Kind.QUIET, Kind.RECHARGE, Kind.FOCUS, Kind.BREAK]
    windows = tuple(window(kind) for kind in kinds)
    person = Person("p", "UTC", hours=parse_when("sat 09:00-10:00"), windows=windows)
    on_leave = replace(person, leave=(Leave(date(2026, 11, 23), date(2026, 11, 23)),))
    assert because(on_leave) == "leave"
    for gone in range(len(windows)):
        assert because(replace(person, windows=windows[gone:])) == kinds[gone].value
    assert because(replace(person, windows=())) == "outside hours"
    assert because(Person("p", "UTC")) == "no hours set"


def test_what_was_said_last_beats_everything() -> None:
    here = said(Mode.AVAILABLE, "2026-11-23T11:00", 120)
    focus = said(Mode.FOCUS, "2026-11-23T11:30", 60, "report")
    person = replace(MAYA, leave=(Leave(date(2026, 11, 23), date(2026, 11, 23)),), said=(focus, here))
    assert because(person, "2026-11-23T11:15") == "said: here"
    assert because(person, "2026-11-23T12:00") == "said: report"
    assert because(person, "2026-11-23T12:45") == "said: here"
    assert because(person, "2026-11-23T13:00") == "leave"


def test_something_said_without_a_name_is_named_by_its_mode() -> None:
    assert because(replace(MAYA, said=(said(Mode.OFF, "2026-11-23T12:00", 60),))) == "said: off"


def test_among_equals_the_one_that_ends_later_wins() -> None:
    both = (window(Kind.FOCUS, "daily 11:00-13:00", "a"), window(Kind.FOCUS, "daily 11:30-13:30", "b"))
    assert because(Person("p", "UTC", windows=both)) == "b"
    assert because(Person("p", "UTC", windows=both), "2026-11-23T11:15") == "a"


def test_among_equals_that_end_together_the_persons_own_wins_then_the_name() -> None:
    team = Team("t", "UTC", ("p",), shared_focus=parse_when("daily 11:00-13:00"))
    both = (window(Kind.FOCUS, name="z"), window(Kind.FOCUS, name="y"))
    assert because(Person("p", "UTC", windows=both[:1]), "2026-11-23T12:00", team) == "z"
    assert because(Person("p", "UTC", windows=both), "2026-11-23T12:00", team) == "y"
    assert because(Person("p", "UTC"), "2026-11-23T12:00", team) == "shared focus of t"


def test_a_shared_focus_is_in_the_teams_zone_and_can_be_left() -> None:
    team = Team("t", "Asia/Tokyo", ("p",), shared_focus=parse_when("daily 21:00-22:00"))
    assert because(Person("p", "UTC"), "2026-11-23T12:30", team) == "shared focus of t"
    assert because(Person("p", "UTC", opt_out=("t",)), "2026-11-23T12:30", team) == "no hours set"


def test_a_public_holiday_is_recharge_with_its_name() -> None:
    person = replace(MAYA, holidays=(Holiday(date(2026, 12, 8), "Imaculada Conceição"),))
    segment = availability_at(person, (), utc("2026-12-08T15:00"))
    assert (segment.mode, segment.because) == (Mode.RECHARGE, "public holiday: Imaculada Conceição")
    assert (segment.start, segment.end) == (utc("2026-12-08"), utc("2026-12-08T18:00"))  # then dinner


def test_leave_names_the_stand_in_and_adjoining_leave_with_another_is_another_segment() -> None:
    more = (*MAYA.leave, Leave(date(2027, 1, 4), date(2027, 1, 5), "kenji"))
    found = timeline(replace(MAYA, leave=more), (), utc("2026-12-25"), utc("2027-01-05T12:00"))
    assert [(each.mode, each.stand_in) for each in found] == [(Mode.LEAVE, "sam"), (Mode.LEAVE, "kenji")]


def test_the_name_of_a_window_is_public_only_if_shared() -> None:
    assert availability_at(MAYA, (), utc("2026-11-24T10:00")).public == "deep work"
    assert availability_at(MAYA, (), utc("2026-11-24T18:30")).public == ""
    said_shared = replace(said(Mode.FOCUS, "2026-11-24T15:00", 30, "report"), share_name=True)
    assert availability_at(replace(MAYA, said=(said_shared,)), (), utc("2026-11-24T15:10")).public == "report"


@pytest.mark.parametrize(
    ("mode", "separator", "others"),
    [
        (Mode.AVAILABLE, Passes(everyone=True), Passes(everyone=True)),
        (Mode.FOCUS, Passes(urgent=True), Passes(urgent=True)),
        (Mode.BREAK, Passes(urgent=True), Passes(urgent=True)),
        (Mode.RECHARGE, Passes(urgent=True), Passes(urgent=True)),
        (Mode.OFF, Passes(urgent=True), Passes(urgent=True)),
        (Mode.QUIET, NOBODY, Passes(urgent=True)),
        (Mode.LEAVE, NOBODY, NOBODY),
    ],
)
def test_defaults_depend_on_kind_and_style(mode: Mode, separator: Passes, others: Passes) -> None:
    assert default_passes(mode, Style.SEPARATOR) == separator
    assert default_passes(mode, Style.INTEGRATOR) == default_passes(mode, Style.CYCLER) == others


def test_what_a_window_says_beats_the_default() -> None:
    open_dinner = replace(DINNER, passes=Passes(people=frozenset({"sam"})))
    segment = availability_at(replace(MAYA, windows=(open_dinner,)), (), utc("2026-11-24T18:30"))
    assert segment.passes == Passes(people=frozenset({"sam"}))
    here = replace(said(Mode.FOCUS, "2026-11-24T18:00", 60), passes=NOBODY)
    assert availability_at(replace(MAYA, said=(here,)), (), utc("2026-11-24T18:30")).passes == NOBODY


def test_on_call_is_no_mode() -> None:
    duty = Window("duty", Kind.ON_CALL, parse_when("daily 11:00-13:00"))
    person = Person("p", "UTC", windows=(Window("z", Kind.ON_CALL, parse_when("daily 11:00-13:00")), duty))
    assert because(person) == "no hours set"
    assert on_call_open(person, NOON) == duty
    assert on_call_open(person, NOON + timedelta(hours=1)) is None


def test_a_segment_knows_its_true_edges_far_away() -> None:
    hours = replace(MAYA, windows=(), leave=(Leave(date(2026, 1, 1), date(2026, 12, 31)),))
    segment = availability_at(hours, (), utc("2026-06-15"))
    assert (segment.start, segment.end) == (utc("2026-01-01"), utc("2027-01-01"))


def test_a_segment_may_end_exactly_where_two_kept_blocks_meet() -> None:
    edge = date.fromordinal(date(1970, 1, 1).toordinal() + 35 * 585)
    person = Person("p", "UTC", leave=(Leave(edge - 40 * DAY, edge - DAY),))
    assert availability_at(person, (), utc(f"{edge - DAY}")).end == utc(f"{edge}")
    assert availability_at(person, (), utc(f"{edge}")).start == utc(f"{edge}")


def test_a_segment_without_an_end_is_cut_after_400_days_at_the_earliest() -> None:
    segment = availability_at(Person("p", "UTC"), (), NOON)
    assert segment.start <= NOON - 400 * DAY
    assert segment.end >= NOON + 400 * DAY


def test_a_horizon_refuses_instants_outside_and_an_empty_range() -> None:
    horizon = build_horizon(MAYA, (), NOON, NOON + DAY)
    assert horizon.at(NOON).because == "lunch"
    assert horizon.next_change(NOON + DAY - timedelta(seconds=1)) == NOON + DAY
    assert horizon.segments(NOON + DAY, NOON) == ()
    with pytest.raises(ValueError, match="outside this horizon"):
        horizon.at(NOON + DAY)
    with pytest.raises(ValueError, match="end after its start"):
        build_horizon(MAYA, (), NOON, NOON)


def test_five_weeks_of_eight_norms_stay_below_three_kilobytes() -> None:
    kinds = [Kind.FOCUS, Kind.QUIET, Kind.BREAK, Kind.RECHARGE, Kind.FOCUS, Kind.QUIET, Kind.BREAK]
    windows = tuple(
        window(kind, f"daily {7 + at * 2}:00-{8 + at * 2}:00", f"{at}") for at, kind in enumerate(kinds)
    )
    horizon = build_horizon(replace(MAYA, windows=windows), (), NOON, NOON + 35 * DAY)
    assert 200 < len(horizon.segments(horizon.start, horizon.end)) < 512
    assert horizon.size() <= 3 * 1024


def test_an_empty_timeline_is_empty() -> None:
    assert timeline(MAYA, (), NOON, NOON) == ()


def test_an_equal_person_is_found_and_a_changed_one_is_not_confused() -> None:
    twin = replace(MAYA)
    assert module.frame_of(MAYA, ()) is module.frame_of(twin, ())
    changed = replace(MAYA, windows=())
    assert because(twin, "2026-11-23T18:30") == "family dinner"
    assert because(changed, "2026-11-23T18:30") == "outside hours"
    assert because(twin, "2026-11-25T09:30", PLATFORM) == "shared focus of platform"
    named = replace(PLATFORM, name="The platform")
    assert because(twin, "2026-11-25T09:30", named) == "shared focus of The platform"
    assert because(twin, "2026-11-25T09:30") == "hours"


def test_answers_stay_right_when_more_people_ask_than_are_kept() -> None:
    crowd = [Person(f"p{number}", LISBON, windows=(window(Kind.QUIET),)) for number in range(600)]
    assert {because(person) for person in crowd} == {"quiet"}
    assert because(MAYA) == "lunch"


def test_answers_stay_right_far_apart_in_time() -> None:
    free = Person("p", "UTC")
    for year in (*range(1997, 2097), 2026):
        at = utc(f"{year}-11-23T18:30")
        assert because(MAYA, f"{year}-11-23T18:30") == "family dinner"
        assert "passed_over" in {step.rule for step in decide(Ping("x"), MAYA, (), at).trace}
        assert len(working_intervals(MAYA, (), at - 7 * DAY, at)) == 9
        assert availability_at(free, (), at).start <= at - 400 * DAY


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Niue"])
@pytest.mark.parametrize(("first", "last"), [(date.min, date.max), (date(2026, 1, 1), date.max)])
def test_leave_may_reach_the_ends_of_the_calendar(zone: str, first: date, last: date) -> None:
    away = Person("maya", zone, leave=(Leave(first, last), Leave(date.min, date.min)))
    assert availability_at(away, (), utc("2026-11-23")).mode is Mode.LEAVE
