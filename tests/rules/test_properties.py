"""What must hold for everybody, everywhere, at any instant: checked against a slow second opinion."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings

from rules import (
    Answer,
    Mode,
    Person,
    Ping,
    Team,
    availability_at,
    build_horizon,
    decide,
    desired_status,
    digest_at,
    landing,
    snooze_span,
    timeline,
    working_intervals,
)
from tests.rules.norms import cases
from tests.rules.oracle import mode_at

Case = tuple[Person, tuple[Team, ...], datetime]
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@settings(max_examples=150)
@given(cases())
def test_the_mode_of_any_instant_is_what_a_wall_clock_says(case: Case) -> None:
    person, teams, now = case
    segment = availability_at(person, teams, now)
    mode, open_to_all = mode_at(person, teams, now)
    assert segment.mode == mode
    assert segment.passes.everyone == open_to_all


@settings(max_examples=40)
@given(cases())
def test_a_mode_changes_only_where_a_segment_does(case: Case) -> None:
    person, teams, now = case
    for segment in timeline(person, teams, now - DAY, now + DAY):
        for at in (segment.start, segment.end - MINUTE):
            assert mode_at(person, teams, at)[0] == segment.mode


@settings(max_examples=60)
@given(cases())
def test_segments_tile_the_time_and_adjoining_ones_differ(case: Case) -> None:
    person, teams, now = case
    start, end = now - 4 * DAY, now + 50 * DAY
    found = timeline(person, teams, start, end)
    assert (found[0].start, found[-1].end) == (start, end)
    for before, after in pairwise(found):
        assert before.start < before.end == after.start
        assert (before.mode, before.because, before.passes) != (after.mode, after.because, after.passes)


@settings(max_examples=60)
@given(cases())
def test_a_horizon_and_the_kept_blocks_agree(case: Case) -> None:
    person, teams, now = case
    start, end = now - 3 * DAY, now + 3 * DAY
    horizon = build_horizon(person, teams, start, end)
    assert horizon.segments(start, end) == timeline(person, teams, start, end)
    assert horizon.at(now).mode == availability_at(person, teams, now).mode
    assert now < horizon.next_change(now) <= end
    whole = availability_at(person, teams, now)
    assert horizon.next_change(now) == min(whole.end, end)


@settings(max_examples=60)
@given(cases())
def test_a_segment_is_maximal_and_holds_its_instant(case: Case) -> None:
    person, teams, now = case
    segment = availability_at(person, teams, now)
    assert segment.start <= now < segment.end
    if segment.end - segment.start > 400 * DAY:  # cut where the search ends
        return
    for beyond in (segment.start - MINUTE, segment.end):
        other = availability_at(person, teams, beyond)
        assert (other.mode, other.because, other.passes) != (segment.mode, segment.because, segment.passes)
    assert availability_at(person, teams, segment.end - timedelta(microseconds=1)) == segment


@settings(max_examples=60)
@given(cases())
def test_no_routine_ping_is_delivered_where_it_is_not_let_through(case: Case) -> None:
    person, teams, now = case
    verdict = decide(Ping("stranger"), person, teams, now)
    assert (verdict.answer is Answer.DELIVER) == mode_at(person, teams, now)[1]


@settings(max_examples=50)
@given(cases())
def test_a_held_ping_is_released_at_the_first_instant_that_would_deliver_it(case: Case) -> None:
    person, teams, now = case
    verdict = decide(Ping("stranger"), person, teams, now)
    if verdict.release_at is None:
        assert not any(segment.passes.everyone for segment in timeline(person, teams, now, now + 30 * DAY))
        return
    assert decide(Ping("stranger"), person, teams, verdict.release_at).answer is Answer.DELIVER
    for segment in timeline(person, teams, now, min(verdict.release_at, now + 5 * DAY)):
        assert not mode_at(person, teams, segment.start)[1]


@settings(max_examples=60)
@given(cases())
def test_a_digest_lands_in_its_window_and_never_where_pings_wait(case: Case) -> None:
    person, teams, now = case
    release = decide(Ping("stranger"), person, teams, now).release_at
    if release is None:
        return
    for first_today in (True, False):
        at, window = (
            digest_at(person, teams, release, first_today),
            landing(person, teams, release, first_today),
        )
        assert release <= window.start <= at < window.end
        assert availability_at(person, teams, at).passes.everyone


@settings(max_examples=50)
@given(cases())
def test_a_snooze_covers_exactly_what_waits(case: Case) -> None:
    person, teams, now = case
    span = snooze_span(person, teams, now)
    waits = not availability_at(person, teams, now).passes.everyone
    if span is None:
        assert not waits
        return
    assert (span.start <= now) == waits
    assert span.end - now <= DAY
    inside = timeline(person, teams, max(span.start, now), span.end)
    assert not any(segment.passes.everyone for segment in inside)


@settings(max_examples=50)
@given(cases())
def test_working_time_never_touches_leave_or_the_time_outside_hours(case: Case) -> None:
    person, _teams, now = case
    bare = Person(person.id, person.zone, hours=person.hours, leave=person.leave, holidays=person.holidays)
    found = working_intervals(bare, (), now - 2 * DAY, now + 2 * DAY)
    open_ = [each for each in timeline(bare, (), now - 2 * DAY, now + 2 * DAY) if each.mode is Mode.AVAILABLE]
    assert [(each.start, each.end) for each in found] == [(each.start, each.end) for each in open_]


@settings(max_examples=50)
@given(cases())
def test_a_status_is_short_says_no_private_name_and_ends_with_its_segment(case: Case) -> None:
    person, _teams, now = case
    segment = availability_at(person, (), now)
    status = desired_status(person, segment)
    assert (status is None) == (segment.mode is Mode.AVAILABLE)
    if status is not None:
        assert 0 < len(status.text) <= 100
        assert status.expires == segment.end
