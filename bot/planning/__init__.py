"""What must happen next for a person, decided in the transaction that changed something about them.

`replan` is called after every change of norms, of what was said and of what waits, and by the sweep when
`next_at` comes. It adds deliveries and never calls a platform; deciding the same thing twice adds nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.planning.arming import Draft, app_sets, arm, wearers, wears
from bot.planning.nudging import BEGINNINGS, next_ritual, nudge
from bot.planning.outline import RENEW, Outline, Outlines, back_at, stretch_end
from bot.planning.overrides import break_id, broke_for, judged, teams_today, with_past
from bot.planning.reaching import came_back, is_misplaced, is_reachable, mark_unreachable, pass_on, take_down
from bot.planning.releasing import (
    WORTH_TELLING,
    ask_again,
    due_from_now,
    gather,
    given_up,
    judge,
    landed,
    notice_to,
    plan_releases,
    put_back,
    reachable_at,
    sweep_at,
    talk_to,
    tell_undelivered,
)
from bot.planning.rows import row, teams_of
from bot.planning.standing import follow_day, follow_home, repaint
from bot.ports import Tx
from bot.records import Hold, HoldState, Lane, PersonRecord, SaidEntry
from rules import EndSnooze, Person, SetStatus, Snooze, UrgentPing

__all__ = [
    "BEGINNINGS",
    "WORTH_TELLING",
    "app_sets",
    "ask_again",
    "back_at",
    "break_id",
    "break_through",
    "broke_for",
    "came_back",
    "due_from_now",
    "follow_home",
    "gather",
    "given_up",
    "is_misplaced",
    "is_reachable",
    "judge",
    "judged",
    "landed",
    "log_said",
    "mark_unreachable",
    "notice_to",
    "pass_on",
    "put_back",
    "reachable_at",
    "rearm",
    "repaint",
    "replan",
    "stretch_end",
    "sweep_at",
    "take_down",
    "talk_to",
    "teams_of",
    "teams_today",
    "tell_undelivered",
    "wearers",
    "wears",
    "with_past",
]

REARM_AFTER = timedelta(seconds=10)
"""How long notifications stay on after an urgent ping, so that it is heard."""

outlines = Outlines()
"""What is painted of people's days; clearing it costs time and nothing else."""


def replan(
    tx: Tx, record: PersonRecord, now: datetime, *, asked: bool = False, changed: bool = True
) -> PersonRecord:
    """Add the deliveries that `record` needs at `now`, work out `next_at`, and store the record; returns it
    as stored.

    `asked`: the person said just now what they want, so that their status may stand before one set by hand.
    `changed` False (the sweep): nothing but the time has changed, so that releases still ahead stay as they
    are. Called late, it plans what still makes sense: releases always, statuses for the current stretch
    only, rituals up to ten minutes late.
    """
    person = _without_ended(record.person, now)
    if person is not record.person:
        log_said(tx, record.person, person, now)
        record = replace(record, person=person)
    teams = teams_of(tx, record.person.id)
    outline = outlines.of(record.person, teams, now)
    draft = Draft(tx, record, outline, now)
    arming = arm(draft, asked=asked, changed=changed)
    release = plan_releases(tx, record, teams, now, asked=asked, changed=changed)
    state = nudge(tx, record, draft.state(), outline, now)
    state = follow_day(tx, person, state, teams, now, changed=changed)
    ahead = state.home_until, _renewal(person, outline)
    following = [arming, release, next_ritual(tx, record, state, outline, now), *ahead]
    next_at = min((at for at in following if at is not None), default=None)
    tx.people.put(PersonRecord(person, state, next_at, record.version))
    return PersonRecord(person, state, next_at, record.version + 1)


def rearm(tx: Tx, record: PersonRecord, now: datetime) -> PersonRecord:
    """Plan anew for a person whose accounts have changed, and bring each of them in line with what holds now:
    what was left there may come from other norms. Returns the record as stored."""
    state = replace(record.state, armed_for=None, armed=None, snooze_armed=None)
    stored = replan(tx, replace(record, state=state), now)
    person = record.person.id
    for place, known in enumerate(wearers(tx, record)):
        key = f"anew:{person}:{stored.version}:{place}"
        status, wake = SetStatus(person, now), EndSnooze(person, now)
        tx.outbox.add(row(Lane.STATUS, known.account, status, now, f"{key}:status"))
        tx.outbox.add(row(Lane.SNOOZE, known.account, wake, now, f"{key}:wake"))
    return stored


def _without_ended(person: Person, now: datetime) -> Person:
    if all(said.until > now for said in person.said):
        return person
    return replace(person, said=tuple(said for said in person.said if said.until > now))


def log_said(tx: Tx, before: Person, after: Person, now: datetime) -> None:
    """Note what a person had said for now and what holds no more, with when it ended in fact."""
    for said in before.said:
        ended = min(said.until, now)
        if said not in after.said and ended > said.start:
            tx.said.put(SaidEntry(before.id, replace(said, until=ended)))


def _renewal(person: Person, outline: Outline) -> datetime | None:
    """When the outline must be painted anew: the days beyond it have edges too, unless the person has no
    norms."""
    if person.hours or person.windows or person.leave or person.said or person.holidays or outline.teams:
        return outline.end - RENEW
    return None


def break_through(tx: Tx, record: PersonRecord, hold: Hold, now: datetime) -> None:
    """Deliver an urgent hold at once, past the pauses of ours, which are set again ten seconds later.

    All rows are written here, so that a pause is set again even if the process dies in between; the hold is
    RELEASING from now on. The message waits for the end of the snooze on the account that it goes to, but for
    no presence: what is written arrives through one, and the directory may keep us waiting for minutes.
    """
    to = talk_to(tx, record)
    if to is None:
        return
    tx.holds.put(replace(hold, state=HoldState.RELEASING))
    person, key = record.person.id, f"break:{hold.id}"
    until = record.state.snooze_armed or now
    paused = wearers(tx, record) if until > now else []
    after = ""
    for place, known in enumerate(paused):
        first = f"{key}:end_snooze:{place}" if place else f"{key}:end_snooze"
        ours = EndSnooze(person, record.state.marks_on(known.account).snoozed_until or until)
        tx.outbox.add(row(Lane.SNOOZE, known.account, ours, now, first, urgent=True))
        if known.connected and (known.account == to or not after):
            after = first
    tx.outbox.add(row(Lane.MESSAGE, to, UrgentPing(person, hold.id), now, key, urgent=True, after=after))
    for place, known in enumerate(paused):
        again = f"{key}:snooze:{place}" if place else f"{key}:snooze"
        pause = record.state.marks_on(known.account).pause
        asked = pause is not None and pause.before is not None
        effect = Snooze(person, until, asked)
        tx.outbox.add(row(Lane.SNOOZE, known.account, effect, now + REARM_AFTER, again, after=key))
