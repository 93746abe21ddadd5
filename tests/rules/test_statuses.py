"""What others read, and that no status set by hand is ever lost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import (
    Interval,
    Leave,
    Mode,
    Ours,
    Passes,
    Person,
    Segment,
    Status,
    Window,
    availability_at,
    desired_status,
    dnd_covers,
    parse_when,
    plan_status,
    presence_with_expiry,
    snooze_span,
    with_expiry,
)
from rules.values import Kind
from tests.rules.people import DINNER, MAYA, said, utc

NONE = Status("", "", None)
NOW = utc("2026-11-24T10:00")
HOUR = timedelta(hours=1)
OURS = Status("Back at 11:30", ":dart:", NOW + HOUR)
HAND = Status("At the dentist", ":tooth:", None)


def status(at: str, until: str | None = None, person: Person = MAYA) -> Status | None:
    return desired_status(person, availability_at(person, (), utc(at)), utc(until) if until else None)


@pytest.mark.parametrize(
    ("at", "until", "due", "text"),
    [
        (
            "2026-11-23T12:10",
            "2026-11-23T12:30",
            "2026-11-23T16:30",
            "On a break, back at 12:30, replies by 16:30",
        ),
        ("2026-11-23T18:30", "2026-11-24T09:00", "2026-11-24T13:00", "Back Tue 09:00, replies by 13:00"),
        (
            "2026-11-23T12:10",
            "2026-11-23T12:30",
            "2026-11-24T12:30",
            "On a break, back at 12:30, replies by Tue 12:30",
        ),
        ("2026-12-24T10:00", "2027-01-04T09:00", "2027-01-05T09:00", "Away, back 4 Jan, replies by 5 Jan"),
        ("2026-11-24T10:00", None, "2026-11-24T15:30", "deep work · back at 11:30, replies by 15:30"),
    ],
)
def test_a_status_says_by_when_answers_are_due(at: str, until: str | None, due: str, text: str) -> None:
    segment = availability_at(MAYA, (), utc(at))
    found = desired_status(MAYA, segment, utc(until) if until else None, utc(due))
    assert found is not None
    assert found.text == text


def test_a_due_answer_that_does_not_fit_is_left_out() -> None:
    segment = replace(availability_at(MAYA, (), utc("2026-11-24T10:00")), public="x" * 90)
    found = desired_status(MAYA, segment, None, NOW + HOUR)
    assert found is not None
    assert (len(found.text), "replies" in found.text) == (100, False)


@pytest.mark.parametrize(
    ("at", "until", "text", "emoji"),
    [
        ("2026-11-23T18:30", None, "Back at 19:30", ":no_bell:"),
        ("2026-11-23T18:30", "2026-11-24T09:00", "Back Tue 09:00", ":no_bell:"),
        ("2026-11-24T10:00", None, "deep work · back at 11:30", ":dart:"),
        ("2026-11-23T12:10", None, "On a break, back at 12:30", ":coffee:"),
        ("2026-11-27T20:00", "2026-11-30T09:00", "Off, back Mon 09:00", ":house:"),
        ("2026-12-24T10:00", "2027-01-04T09:00", "Away, back 4 Jan", ":palm_tree:"),
    ],
)
def test_a_status_says_when_the_person_is_back(at: str, until: str | None, text: str, emoji: str) -> None:
    found = status(at, until)
    assert found is not None
    assert (found.text, found.emoji) == (text, emoji)
    assert found.expires == (utc(until) if until else availability_at(MAYA, (), utc(at)).end)


def test_the_available_have_no_status() -> None:
    assert status("2026-11-23T15:00") is None


def test_a_private_focus_and_recharge_are_worded_without_their_names() -> None:
    focus = replace(MAYA, said=(said(Mode.FOCUS, "2026-11-23T15:00", 60, "salary review"),))
    rest = replace(MAYA, said=(said(Mode.RECHARGE, "2026-11-23T15:00", 60),))
    assert status("2026-11-23T15:30", person=focus) == Status(
        "Focusing, back at 16:00", ":dart:", utc("2026-11-23T16:00")
    )
    found = status("2026-11-23T15:30", person=rest)
    assert found is not None
    assert found.text == "Recharging, back at 16:00"


def test_a_shared_name_is_no_markup() -> None:
    segment = replace(availability_at(MAYA, (), NOW), public="<!channel> <https://evil.example|bank>")
    found = desired_status(MAYA, segment)
    assert found is not None
    assert found.text.startswith("\u2039!channel\u203a \u2039https://evil.example|bank\u203a · ")


def test_a_long_shared_name_is_cut_to_what_the_platform_takes() -> None:
    segment = replace(availability_at(MAYA, (), NOW), public="word " * 50)
    found = desired_status(MAYA, segment)
    assert found is not None
    assert len(found.text) == 100
    assert found.text.endswith("… · back at 11:30")


def test_someone_away_for_more_than_a_year_is_back_later() -> None:
    gone = replace(MAYA, windows=(), leave=(Leave(utc("2026-01-01").date(), utc("2027-03-01").date()),))
    found = status("2026-06-01T12:00", person=gone)
    assert found is not None
    assert found.text == "Away, back later"


@pytest.mark.parametrize(
    ("current", "ours", "desired", "asked", "action"),
    [
        (NONE, None, OURS, False, "set"),
        (HAND, None, OURS, False, "leave"),
        (HAND, None, OURS, True, "set"),
        (OURS, Ours(OURS, None, NOW), OURS, False, "leave"),
        (OURS, None, OURS, False, "leave"),  # set, but never noted: it is taken as ours
        (OURS, Ours(OURS, None, NOW), replace(OURS, text="x"), False, "set"),
        (OURS, Ours(OURS, None, NOW), None, False, "clear"),
        (OURS, Ours(OURS, HAND, NOW), None, False, "restore"),
        (OURS, Ours(OURS, replace(HAND, expires=NOW), NOW), None, False, "clear"),
        (NONE, Ours(OURS, HAND, NOW), None, False, "leave"),  # cleared by hand
        (NONE, Ours(replace(OURS, expires=NOW), HAND, NOW), None, False, "restore"),
        (NONE, None, None, False, "leave"),
        (HAND, Ours(OURS, None, NOW), None, False, "leave"),
        (
            replace(OURS, expires=None),
            Ours(OURS, None, NOW),
            None,
            False,
            "leave",
        ),  # its time was changed by hand
        (
            replace(OURS, expires=NOW + HOUR + timedelta(seconds=59)),
            Ours(OURS, None, NOW),
            None,
            False,
            "clear",
        ),
    ],
)
def test_a_plan_respects_what_stands_there(
    current: Status, ours: Ours | None, desired: Status | None, asked: bool, action: str
) -> None:
    plan = plan_status(current, ours, desired, asked, NOW)
    assert plan.action == action
    assert plan.because


def test_ours_outlives_its_end_when_something_must_be_put_back() -> None:
    plan = plan_status(HAND, None, OURS, True, NOW)
    assert plan.status == replace(OURS, expires=NOW + HOUR + timedelta(minutes=10))
    assert plan.ours == Ours(plan.status, HAND, NOW)
    again = plan_status(plan.status, plan.ours, OURS, False, NOW)
    assert (again.action, again.ours) == ("leave", plan.ours)
    for_ever = replace(OURS, expires=None)
    assert plan_status(HAND, None, for_ever, True, NOW).status == for_ever


def test_a_status_set_by_hand_makes_us_forget_ours() -> None:
    assert plan_status(HAND, Ours(OURS, None, NOW), OURS, False, NOW).ours is None


def test_what_was_there_before_goes_along_from_window_to_window() -> None:
    first = plan_status(HAND, None, OURS, True, NOW)
    assert first.status is not None
    second = plan_status(first.status, first.ours, replace(OURS, expires=NOW + 2 * HOUR), False, NOW)
    assert second.ours is not None
    assert second.ours.before == HAND


@dataclass
class Platform:
    """A platform's status with its expiry, what the person last set by hand, and what we noted."""

    now: datetime
    shown: Status = NONE
    by_hand: Status = NONE
    ours: Ours | None = None

    def pass_time(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        if self.shown.expires and self.shown.expires <= self.now:
            self.shown = NONE

    def by_person(self, chosen: Status) -> None:
        self.shown = self.by_hand = chosen

    def by_bot(self, desired: Status | None, asked: bool) -> None:
        was = self.shown
        plan = plan_status(self.shown, self.ours, desired, asked, self.now)
        self.ours = plan.ours
        if plan.action != "leave":
            self.shown = NONE if plan.action == "clear" else plan.status or NONE
        if was == self.by_hand != NONE and not asked:
            assert self.shown == was, "a status set by hand was overwritten"


@settings(max_examples=500)
@given(st.data())
def test_no_status_set_by_hand_is_ever_lost(data: st.DataObject) -> None:
    platform = Platform(NOW)
    for number in range(data.draw(st.integers(1, 12))):
        platform.pass_time(data.draw(st.integers(0, 90)))
        length = timedelta(minutes=data.draw(st.integers(1, 90)))
        act = data.draw(st.sampled_from(["hand", "hand for ever", "norm", "asked", "end"]))
        if act.startswith("hand"):
            expires = None if act.endswith("ever") else platform.now + length
            platform.by_person(Status(f"by hand {number}", ":hand:", expires))
        elif act == "end":
            platform.by_bot(None, asked=False)
        else:
            platform.by_bot(Status(f"ours {number}", ":dart:", platform.now + length), act == "asked")
    platform.by_bot(None, asked=False)
    hand = platform.by_hand
    if hand != NONE and (hand.expires is None or hand.expires > platform.now):
        assert platform.shown == hand
    else:
        assert not platform.shown.text.startswith("ours")


DND = Status("DoNotDisturb", "", None)


def test_a_status_that_says_what_ours_says_gets_our_end_where_the_platform_tells_none() -> None:
    ours = Ours(OURS, None, NOW)
    shown = replace(OURS, expires=None)
    assert with_expiry(shown, ours, None) == OURS
    assert with_expiry(shown, None, OURS) == OURS  # set, but never noted
    assert with_expiry(HAND, ours, OURS) == HAND
    assert with_expiry(NONE, None, None) == NONE


@pytest.mark.parametrize(
    ("ends", "since", "known"),
    [(None, 0, True), (60, 0, True), (60, 61, True), (60, 62, False), (60, 600, False)],
)
def test_a_presence_is_ours_until_shortly_after_its_end(ends: int | None, since: int, known: bool) -> None:
    expires = None if ends is None else NOW + timedelta(minutes=ends)
    ours = Ours(replace(DND, expires=expires), None, NOW)
    seen = presence_with_expiry(DND, ours, NOW + timedelta(minutes=since))
    assert (seen == ours.status) is known


def test_another_presence_or_one_that_we_know_nothing_of_is_set_by_hand() -> None:
    busy, ours = Status("Busy", "", None), Ours(replace(DND, expires=NOW + HOUR), None, NOW)
    assert presence_with_expiry(busy, ours, NOW) == busy
    assert presence_with_expiry(DND, None, NOW) == DND


@settings(max_examples=500)
@given(st.data())
def test_no_presence_set_by_hand_is_ever_lost_though_nothing_tells_when_one_ends(data: st.DataObject) -> None:
    """Presences are few, so people choose the same as we do; what they chose stands again in the end."""
    now, shown, by_hand, ours = NOW, NONE, NONE, None
    for _ in range(data.draw(st.integers(1, 12))):
        now += timedelta(minutes=data.draw(st.integers(3, 90)))
        shown = NONE if shown.expires and shown.expires <= now else shown
        act = data.draw(st.sampled_from(["hand", "norm", "asked", "end"]))
        if act == "hand":
            # The same by hand while ours is shown cannot be told apart from ours.
            chosen = ["Busy", "Away"] if shown.text == DND.text else ["Busy", "DoNotDisturb"]
            shown = by_hand = Status(data.draw(st.sampled_from(chosen)), "", None)
            continue
        ends = now + timedelta(minutes=data.draw(st.integers(1, 90)))
        desired = None if act == "end" else replace(DND, expires=ends)
        current = presence_with_expiry(replace(shown, expires=None), ours, now)
        plan = plan_status(current, ours, desired, act == "asked", now)
        ours = plan.ours
        if plan.action != "leave":
            shown = NONE if plan.action == "clear" else plan.status or NONE
    current = presence_with_expiry(replace(shown, expires=None), ours, now)
    plan = plan_status(current, ours, None, False, now)
    if plan.action != "leave":
        shown = NONE if plan.action == "clear" else plan.status or NONE
    assert shown == by_hand


def test_one_snooze_spans_adjoining_windows_and_is_found_early() -> None:
    night = Interval(utc("2026-11-23T18:00"), utc("2026-11-24T09:00"))
    person = replace(MAYA, windows=(DINNER,))
    for at in ("2026-11-23T17:55", "2026-11-23T18:00", "2026-11-23T18:30", "2026-11-24T08:00"):
        assert snooze_span(person, (), utc(at)) == night


def test_a_snooze_ends_a_day_from_now_at_the_latest() -> None:
    at = utc("2026-12-24T10:00")
    span = snooze_span(MAYA, (), at)
    assert span is not None
    assert span.end == at + timedelta(days=1)
    assert span.start < utc("2026-12-21")
    hermit = Person("p", "UTC", windows=(Window("x", Kind.QUIET, parse_when("daily 0-24"), Passes()),))
    endless = snooze_span(hermit, (), at)
    assert endless is not None
    assert at - timedelta(days=900) < endless.start < at - timedelta(days=399)


def test_nobody_is_snoozed_who_lets_everyone_through() -> None:
    always = Person("p", "UTC", windows=(replace(DINNER, passes=Passes(everyone=True)),))
    assert snooze_span(always, (), NOW) is None
    assert snooze_span(MAYA, (), utc("2026-11-24T08:00")) is not None


def test_nothing_within_a_day_needs_no_snooze_yet() -> None:
    weekly = Person("p", "UTC", windows=(Window("x", Kind.QUIET, parse_when("fri 10-11")),))
    assert snooze_span(weekly, (), NOW) is None


@pytest.mark.parametrize(
    ("start", "end", "covers"),
    [
        (NOW - HOUR, NOW + 2 * HOUR, True),
        (NOW, NOW + HOUR, True),
        (NOW + timedelta(minutes=1), NOW + HOUR, False),
        (NOW, NOW + HOUR - timedelta(minutes=1), False),
        (None, NOW + HOUR, False),
        (NOW, None, False),
    ],
)
def test_a_schedule_that_covers_the_span_makes_a_snooze_needless(
    start: datetime | None, end: datetime | None, covers: bool
) -> None:
    assert dnd_covers(start, end, Interval(NOW, NOW + HOUR)) is covers


def test_a_segment_may_be_worded_by_anyone() -> None:
    segment = Segment(NOW, NOW + HOUR, Mode.OFF, "x", Passes())
    assert desired_status(MAYA, segment) == Status("Off, back at 11:00", ":house:", NOW + HOUR)
