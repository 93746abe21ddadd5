"""Every rule of a decision, its trace, when a held ping is released and by when an answer is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from rules import (
    RULES,
    Answer,
    Holiday,
    Kind,
    Leave,
    Mode,
    Passes,
    Person,
    Ping,
    PingKind,
    Reason,
    ReplyWithin,
    Style,
    Team,
    Urgency,
    Verdict,
    Window,
    WorkingTime,
    add_working,
    decide,
    parse_when,
    reply_by,
    text,
    working_intervals,
)
from tests.rules.people import DINNER, LISBON, MAYA, PLATFORM, said, utc

DINNER_TIME = "2026-11-23T18:30"
URGENT = Ping("kenji", urgency=Urgency.URGENT, reason="the site is down")
ROUTINE = Ping("kenji")


def verdict(
    ping: Ping = ROUTINE, at: str = DINNER_TIME, person: Person | None = MAYA, *teams: Team
) -> Verdict:
    return decide(ping, person, teams, utc(at))


def dinner(passes: Passes | None) -> Person:
    return replace(MAYA, windows=(replace(DINNER, passes=passes),))


ON_DUTY = replace(MAYA, windows=(DINNER, Window("duty", Kind.ON_CALL, parse_when("mon 18:00-20:00"))))


@pytest.mark.parametrize(
    ("ping", "person", "at", "reason"),
    [
        (ROUTINE, None, DINNER_TIME, Reason.NOT_ENROLLED),
        (URGENT, ON_DUTY, DINNER_TIME, Reason.ON_CALL),
        (ROUTINE, ON_DUTY, DINNER_TIME, Reason.HELD_BY_QUIET),
        (ROUTINE, MAYA, "2026-11-23T15:00", Reason.AVAILABLE),
        (ROUTINE, dinner(Passes(everyone=True)), DINNER_TIME, Reason.EVERYONE_PASSES),
        (ROUTINE, dinner(Passes(people=frozenset({"kenji"}))), DINNER_TIME, Reason.SENDER_PASSES),
        (ROUTINE, dinner(Passes(people=frozenset({"sam"}))), DINNER_TIME, Reason.HELD_BY_QUIET),
        (URGENT, dinner(Passes(urgent=True)), DINNER_TIME, Reason.URGENT_PASSES),
        (ROUTINE, dinner(Passes(urgent=True)), DINNER_TIME, Reason.HELD_BY_QUIET),
        (URGENT, MAYA, DINNER_TIME, Reason.HELD_BY_QUIET),  # a separator's quiet lets nobody through
        (replace(URGENT, reason=" "), dinner(Passes(urgent=True)), DINNER_TIME, Reason.HELD_BY_QUIET),
        (URGENT, replace(MAYA, style=Style.CYCLER), DINNER_TIME, Reason.URGENT_PASSES),
        (ROUTINE, MAYA, "2026-11-23T12:10", Reason.HELD_BY_BREAK),
        (ROUTINE, MAYA, "2026-11-23T13:00", Reason.HELD_BY_OFF),
        (ROUTINE, MAYA, "2026-11-24T10:00", Reason.HELD_BY_FOCUS),
        (
            ROUTINE,
            replace(MAYA, holidays=(Holiday(date(2026, 11, 23), "x"),)),
            "2026-11-23T15:00",
            Reason.HELD_BY_RECHARGE,
        ),
        (URGENT, MAYA, "2026-12-24T10:00", Reason.HELD_BY_LEAVE),
    ],
)
def test_each_reason_has_its_rule(ping: Ping, person: Person | None, at: str, reason: Reason) -> None:
    found = verdict(ping, at, person)
    assert found.reason is reason
    assert found.answer is (Answer.HOLD if reason.value.startswith("held_by") else Answer.DELIVER)
    assert [step.rule for step in found.trace if step.applied][-1] == (
        "not_enrolled" if person is None else _rule(reason)
    )


def _rule(reason: Reason) -> str:
    names = {
        Reason.EVERYONE_PASSES: "everyone",
        Reason.SENDER_PASSES: "sender",
        Reason.URGENT_PASSES: "urgent",
    }
    return names.get(reason, "held" if reason.value.startswith("held_by") else reason.value)


def test_every_reason_is_a_sentence_without_the_name_of_a_norm() -> None:
    sentences = {text(reason) for reason in Reason}
    assert len(sentences) == len(Reason)
    assert all(sentence.startswith("The recipient") and sentence.endswith(".") for sentence in sentences)


def test_the_rules_are_looked_at_in_order() -> None:
    found = verdict()
    looked_at = [step.rule for step in found.trace if step.rule in dict(RULES)]
    assert looked_at == [name for name, _ in RULES]
    assert found.trace[-1].rule == "otherwise"


def test_the_trace_names_the_winner_and_who_was_passed_over_and_why() -> None:
    deep = Window("deep work", Kind.FOCUS, parse_when("mon 17:00-19:00"))
    person = replace(MAYA, windows=(DINNER, deep))
    steps = {(step.rule, step.because) for step in verdict(person=person).trace}
    assert ("mode", '"family dinner" (quiet) decides the mode: quiet') in steps
    assert ("passed_over", '"deep work" (focus) is open too, but quiet beats focus') in steps
    assert ("passed_over", '"outside hours" (off) is open too, but quiet beats off') in steps


def test_the_trace_says_why_an_equal_was_passed_over() -> None:
    later = Window("later", Kind.QUIET, parse_when("mon 18:00-20:00"))
    same = Window("also", Kind.QUIET, parse_when("mon 18:00-19:30"))
    assert any(
        "ends later wins" in step.because
        for step in verdict(person=replace(MAYA, windows=(DINNER, later))).trace
    )
    twin = verdict(person=replace(MAYA, windows=(DINNER, same)))
    assert any("first by name" in step.because for step in twin.trace)


def test_the_trace_says_that_what_was_said_beats_the_norms() -> None:
    here = said(Mode.AVAILABLE, "2026-11-23T18:00", 60)
    focus = said(Mode.FOCUS, "2026-11-23T18:10", 60)
    found = verdict(person=replace(MAYA, said=(here, focus)))
    because = [step.because for step in found.trace if step.rule == "passed_over"]
    assert because[0].endswith("what was said last wins")
    assert because[1].endswith("what was said for now beats every norm")


def test_urgent_without_a_reason_counts_as_routine_and_the_trace_says_so() -> None:
    found = verdict(Ping("kenji", urgency=Urgency.URGENT), person=replace(MAYA, style=Style.CYCLER))
    assert found.answer is Answer.HOLD
    assert any("without a reason" in step.because for step in found.trace)


def test_the_last_step_says_what_would_change_the_answer() -> None:
    assert verdict().trace[-1].because == (
        "it would be delivered at 2026-11-24 11:30; right now it lets nobody through"
    )
    cycler = replace(MAYA, style=Style.CYCLER)
    assert verdict(person=cycler).trace[-1].because.endswith("an urgent ping with a reason would pass now")
    chosen = dinner(Passes(urgent=True, people=frozenset({"sam"})))
    assert verdict(replace(URGENT, reason=""), person=chosen).trace[-1].because.endswith("would pass now")
    assert (
        verdict(at="2026-11-23T15:00").trace[-1].because == 'from 18:00 on, "family dinner" (quiet) decides'
    )


def test_release_is_the_first_instant_that_would_deliver_across_several_windows() -> None:
    assert verdict(at="2026-11-24T10:00").release_at == utc("2026-11-24T11:30")
    assert verdict(at="2026-11-23T12:10").release_at == utc(
        "2026-11-23T14:00"
    )  # lunch, then the gap in the hours
    assert verdict(at="2026-11-23T15:00").release_at == utc("2026-11-23T15:00")


def test_an_urgent_ping_is_released_where_urgent_passes() -> None:
    assert verdict(URGENT).release_at == utc("2026-11-23T19:30")  # off lets urgent pings through
    assert verdict(Ping("sam"), person=dinner(Passes())).release_at == utc("2026-11-24T09:00")


def test_an_urgent_ping_is_released_when_an_on_call_window_opens() -> None:
    duty = Window("duty", Kind.ON_CALL, parse_when("mon 19:00-20:00"))
    on_call = replace(MAYA, windows=(DINNER, duty))
    assert verdict(URGENT, person=on_call).release_at == utc("2026-11-23T19:00")
    late = replace(duty, when=parse_when("mon 20:00-21:00"))
    assert verdict(URGENT, person=replace(MAYA, windows=(DINNER, late))).release_at == utc("2026-11-23T19:30")


def test_a_ping_that_is_never_let_through_has_no_release() -> None:
    always = Window("hermit", Kind.QUIET, parse_when("daily 00:00-24:00"), Passes())
    hermit = replace(MAYA, windows=(always,))
    found = verdict(person=hermit)
    assert (found.release_at, found.reply_by) == (None, None)
    assert "not within 400 days" in found.trace[-1].because
    needed = verdict(replace(ROUTINE, needs_by=utc("2026-11-24")), DINNER_TIME, hermit)
    assert needed.too_late
    on_call = replace(MAYA, windows=(always, Window("duty", Kind.ON_CALL, parse_when("sun 10:00-11:00"))))
    assert verdict(URGENT, person=on_call).release_at == utc("2026-11-29T10:00")


def test_the_sender_hears_when_the_release_is_too_late_and_who_stands_in() -> None:
    found = verdict(replace(ROUTINE, needs_by=utc("2026-12-24T17:00")), "2026-12-24T10:00")
    assert (found.too_late, found.stand_in) == (True, "sam")
    assert found.release_at == utc("2027-01-04T09:00")
    assert any(step.applied and step.because.endswith("sam stands in") for step in found.trace)
    assert not verdict(replace(ROUTINE, needs_by=utc("2026-11-24T12:00"))).too_late


def test_a_reply_is_due_in_working_time_from_the_release_on() -> None:
    mention = replace(ROUTINE, kind=PingKind.MENTION)
    assert verdict(mention, "2026-11-23T15:00", MAYA, PLATFORM).reply_by == utc("2026-11-24T10:00")
    assert verdict(ROUTINE, "2026-11-23T18:30", MAYA, PLATFORM).reply_by == utc("2026-11-25T11:30")
    assert verdict(URGENT, "2026-11-23T15:00", MAYA, PLATFORM).reply_by == utc("2026-11-23T15:30")
    # held by the quiet dinner, released where urgent passes at 19:30, and no less urgent then
    assert verdict(URGENT, "2026-11-23T18:30", MAYA, PLATFORM).reply_by == utc("2026-11-23T20:00")


def test_the_team_that_both_share_is_asked_first() -> None:
    other = Team("other", LISBON, ("maya",), reply_within=ReplyWithin(direct=timedelta(minutes=5)))
    assert verdict(ROUTINE, "2026-11-23T15:00", MAYA, PLATFORM, other).reply_by == utc("2026-11-24T15:00")
    stranger = verdict(Ping("x"), "2026-11-23T15:00", MAYA, PLATFORM, other)
    assert stranger.reply_by == utc("2026-11-23T15:05")
    silent = Team("silent", LISBON, ("maya", "kenji"))
    assert verdict(ROUTINE, "2026-11-23T15:00", MAYA, silent, other).reply_by == utc("2026-11-23T15:05")
    assert verdict(ROUTINE, "2026-11-23T15:00", MAYA, silent).reply_by is None


def test_an_urgent_ping_goes_by_its_kind_where_nothing_is_said_about_urgent_ones() -> None:
    team = Team("t", LISBON, ("maya",), reply_within=ReplyWithin(mention=timedelta(hours=1)))
    at = utc("2026-11-23T15:00")
    assert reply_by(MAYA, (team,), PingKind.MENTION, Urgency.URGENT, at) == at + timedelta(hours=1)
    assert reply_by(MAYA, (team,), PingKind.DIRECT, Urgency.URGENT, at) is None


@pytest.mark.parametrize(
    ("start", "amount", "end"),
    [
        ("2026-11-23T10:00", WorkingTime(minutes=60), "2026-11-23T11:00"),
        (
            "2026-11-23T12:00",
            WorkingTime(minutes=30),
            "2026-11-23T12:30",
        ),  # the end of the morning, not after lunch
        ("2026-11-23T12:00", WorkingTime(minutes=31), "2026-11-23T14:01"),
        ("2026-11-27T12:30", WorkingTime(minutes=240), "2026-11-30T12:30"),  # Friday noon, over the weekend
        ("2026-12-18T12:30", WorkingTime(minutes=60), "2027-01-04T09:30"),  # over the leave
        ("2026-11-23T10:00", WorkingTime(days=1), "2026-11-24T10:00"),
        (
            "2026-11-23T13:00",
            WorkingTime(days=1),
            "2026-11-24T14:00",
        ),  # in the gap of the hours: where they go on
        ("2026-11-26T17:00", WorkingTime(days=1), "2026-11-27T13:00"),  # after Friday's end: its end
        ("2026-11-23T07:00", WorkingTime(days=1), "2026-11-24T09:00"),  # before the hours: their start
        ("2026-11-27T10:00", WorkingTime(days=1), "2026-11-30T10:00"),
        ("2026-12-18T10:00", WorkingTime(days=2), "2027-01-05T10:00"),
        ("2026-11-27T10:00", WorkingTime(days=1, minutes=60), "2026-11-30T11:00"),
        ("2026-11-23T22:00", WorkingTime(), "2026-11-23T22:00"),
    ],
)
def test_working_time_is_added_inside_the_hours(start: str, amount: WorkingTime, end: str) -> None:
    assert add_working(MAYA, (), utc(start), amount) == utc(end)


def test_working_time_that_never_comes_is_none() -> None:
    gone = replace(MAYA, leave=(Leave(date(2026, 1, 1), date(2029, 1, 1)),))
    for amount in (WorkingTime(minutes=5), WorkingTime(days=1), WorkingTime(days=1, minutes=5)):
        assert add_working(gone, (), utc("2026-11-23"), amount) is None


def test_working_time_leaves_out_recharge_but_not_focus_or_what_was_said() -> None:
    rest = Window("rest", Kind.RECHARGE, parse_when("mon 10:00-11:00"))
    person = replace(MAYA, windows=(rest, *MAYA.windows), said=(said(Mode.OFF, "2026-11-23T09:00", 600),))
    found = working_intervals(person, (), utc("2026-11-23"), utc("2026-11-24T11:00"))
    assert [(f"{each.start:%d %H:%M}", f"{each.end:%d %H:%M}") for each in found] == [
        ("23 09:00", "23 10:00"),
        ("23 11:00", "23 12:30"),
        ("23 14:00", "23 18:00"),
        ("24 09:00", "24 11:00"),
    ]


def test_someone_without_hours_works_whenever_they_are_not_away() -> None:
    person = replace(MAYA, hours=None)
    start, end = utc("2026-01-01"), utc("2027-06-01")
    found = working_intervals(person, (), start, end)
    assert [(each.start, each.end) for each in found] == [
        (start, utc("2026-12-21")),
        (utc("2027-01-04"), end),
    ]
    assert working_intervals(person, (), end, start) == ()


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="needs an aware UTC datetime"):
        decide(ROUTINE, MAYA, (), datetime(2026, 11, 23, 12))  # noqa: DTZ001
