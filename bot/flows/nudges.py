"""What a nudge says, built in the transaction that claims it: what was written is opened only here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from bot import names, planning
from bot.flows import journal, weekly
from bot.flows.rituals import end_of_block, end_of_hours, next_block, next_quiet
from bot.inbound import Account
from bot.messages import rituals as texts
from bot.messages import weekly as weekly_texts
from bot.messages.journal import Note, note_back
from bot.messages.model import Message
from bot.messages.rituals import Waited
from bot.messages.words import Watch, joined
from bot.planning.nudging import before_beginning, note_of
from bot.ports import Tx, Vault
from bot.records import Delivery, Hold, HoldState, PersonRecord
from rules import Mode, Nudge, Ritual, Team, Urgency, availability_at, to_utc_start

_LONGEST_LEAVE = timedelta(days=400)
_BEFORE_LEAVE = timedelta(days=14)
"""How long before a leave something may have come that still waited when it began."""


class _Asked:
    """One nudge being built: the person, their teams, what they read times by, and their own questions."""

    def __init__(self, tx: Tx, vault: Vault, record: PersonRecord, delivery: Delivery, now: datetime) -> None:
        self.tx, self.vault, self.record, self.now = tx, vault, record, now
        self.to: Account = delivery.to
        self.due = delivery.due_at
        self.person = record.person
        self.teams: tuple[Team, ...] = planning.teams_of(tx, record.person.id)
        self.watch = Watch(now, record.person.zone)

    def own(self, kind: Ritual) -> tuple[str, ...]:
        return journal.own_words(self.tx, self.vault, self.person.id, kind)

    def notes(self) -> list[Note]:
        """What was written when the day before ended."""
        return journal.opened(self.vault, before_beginning(self.tx, self.person, self.teams, self.due))


def nudged(tx: Tx, vault: Vault, delivery: Delivery, nudge: Nudge, now: datetime) -> Message | None:
    """What a nudge, or what comes back by itself, says at `now`; None when there is nothing to say."""
    record = tx.people.get(nudge.person)
    if record is None:
        return None
    asked = _Asked(tx, vault, record, delivery, now)
    if written := note_of(nudge.kind, nudge.day):
        return _note(asked, *written)
    return _BUILDERS[Ritual(nudge.kind)](asked, f"{nudge.kind}:{nudge.day.isoformat()}", nudge.day)


def _note(asked: _Asked, kind: str, day: date) -> Message | None:
    """A note that was taken back or forgotten since does not come."""
    entries = asked.tx.diary.of(asked.person.id, day)
    found = [each for each in entries if (each.day, each.kind) == (day, kind)]
    notes = journal.opened(asked.vault, found)
    return note_back(notes[0], asked.watch) if notes else None


def _start(asked: _Asked, value: str, day: date) -> Message:
    segment = availability_at(asked.person, asked.teams, asked.now)
    until = segment.end if segment.mode is Mode.AVAILABLE else None
    waiting = _waiting(asked, "waited")
    own = asked.own(Ritual.START)
    return texts.start_of_day(value, waiting, until, asked.watch, notes=asked.notes(), own=own)


def _waiting(asked: _Asked, words: str) -> str:
    waiting = asked.tx.holds.waiting_for(asked.person.id)
    urgent = sum(hold.urgency is Urgency.URGENT for hold in waiting)
    return f"{len(waiting)} {words}, {urgent} urgent"


def _end(asked: _Asked, value: str, day: date) -> Message:
    """The end of the last working day of a week brings the weekly line with it."""
    ends = end_of_hours(asked.person, asked.teams, day)
    shown = texts.end_of_day(value, ends, _waiting(asked, "waiting"), asked.watch, asked.own(Ritual.END))
    week = weekly.of_day(asked.tx, asked.vault, asked.record, asked.now, day)
    return (joined(shown, weekly_texts.within(week)) if week else None) or shown


def _handover(asked: _Asked, value: str, day: date) -> Message:
    ends = end_of_block(asked.person, asked.teams, asked.now) or asked.now
    begins = next_block(asked.person, asked.teams, asked.now)
    return texts.handover(value, ends, begins, asked.watch, asked.own(Ritual.HANDOVER))


def _landing(asked: _Asked, value: str, day: date) -> Message | None:
    window = next_quiet(asked.person, asked.teams, asked.now)
    if window is None or window.start <= asked.now:
        return None
    return texts.landing(value, window.because, window.start, asked.watch, asked.own(Ritual.LANDING))


def _return(asked: _Asked, value: str, day: date) -> Message:
    waited = _waited(asked, day)
    own = asked.own(Ritual.RETURN)
    return texts.back_from_leave(value, waited, asked.watch, notes=asked.notes(), own=own)


def _waited(asked: _Asked, day: date) -> list[Waited]:
    """What waited while somebody was on leave, by sender: those with something urgent first, then by
    number. It counts even where the digest with it went out a moment before."""
    away = [each.first for each in asked.person.leave if each.last < day]
    since = to_utc_start(max(away), 0, asked.person.zone) if away else asked.now - timedelta(days=1)
    since = max(since, asked.now - _LONGEST_LEAVE) - _BEFORE_LEAVE
    by_sender: dict[Account, list[Hold]] = {}
    for hold in asked.tx.holds.reaching([asked.person.id], since, asked.now):
        if _was_waiting(hold, asked.due):
            by_sender.setdefault(hold.sender, []).append(hold)
    found = [
        Waited(
            names.who_here(asked.tx, sender, asked.to.tenant),
            len(holds),
            sum(each.urgency is Urgency.URGENT for each in holds),
        )
        for sender, holds in by_sender.items()
    ]
    return sorted(found, key=lambda each: (-each.urgent, -each.number))


def _was_waiting(hold: Hold, back: datetime) -> bool:
    """Whether a hold had not been delivered yet when its recipient came `back`."""
    if hold.state is HoldState.CANCELLED:
        return False
    return hold.delivered_at is None or hold.delivered_at >= back


def _weekly(asked: _Asked, value: str, day: date) -> Message | None:
    week = weekly.of_day(asked.tx, asked.vault, asked.record, asked.now, day)
    return weekly_texts.weekly(value, week) if week else None


_BUILDERS: dict[Ritual, Callable[[_Asked, str, date], Message | None]] = {
    Ritual.START: _start,
    Ritual.END: _end,
    Ritual.HANDOVER: _handover,
    Ritual.LANDING: _landing,
    Ritual.RETURN: _return,
    Ritual.WEEKLY: _weekly,
}
