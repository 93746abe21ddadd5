"""Rituals: at most two nudges a day, none late, and a kind that is ignored three times in a row stops.

What was written in one comes back when the next day or block begins: with the nudge of that moment, or by
itself where none goes out then. That is no nudge: it asks nothing, and only comes because it was written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.planning.outline import Outline
from bot.planning.releasing import talk_to
from bot.planning.rows import row
from bot.ports import Tx
from bot.records import DeliveryState, JournalEntry, Lane, PersonRecord, PersonState, RitualState
from rules import (
    Mode,
    Nudge,
    Person,
    Ritual,
    RitualTime,
    Team,
    chosen,
    effect_key,
    may_nudge,
    rituals,
    timeline,
)
from rules.transitions import LATEST, MOST_IGNORED

NOTE = "_note"
"""After a ritual's name in `Nudge.kind`: what was written in it comes back by itself; `day` is the day it was
written for."""
NOTE_LATE = timedelta(hours=4)
"""How late what was written may still come back: unlike a nudge, it is worth reading then."""
BEGINNINGS = frozenset((Ritual.START, Ritual.RETURN))
"""The rituals that bring back what was written at the end of the day."""
WRITTEN_BEFORE = timedelta(days=60)
"""How far back what was written is looked for: longer than a leave."""
_COMES_BACK = (Ritual.END, Ritual.HANDOVER, Ritual.LANDING)
_DAYS = timedelta(days=2)
_NEVER_CAME = (DeliveryState.EXPIRED, DeliveryState.CANCELLED, DeliveryState.PARKED)


def muted_kinds(state: PersonState) -> frozenset[Ritual]:
    """The kinds that are turned off."""
    return frozenset(kind for kind in Ritual if state.ritual(kind).muted)


def going(person: Person, state: PersonState, times: Sequence[RitualTime]) -> tuple[RitualTime, ...]:
    """Which of one local day's rituals go out as nudges.

    Whoever turned a kind off wants fewer nudges, not others: no kind takes its place, unless the person said
    which they prefer. Only the weekly line stands alone then, and a plain start for a return from leave.
    """
    due, muted = [each for each in times if not each.back], muted_kinds(state)
    picked = chosen(person, due, muted)
    if person.rituals:
        return picked
    usual = {each.kind for each in chosen(person, due)} | {Ritual.WEEKLY}
    if Ritual.RETURN in usual:
        usual.add(Ritual.START)
    return tuple(each for each in picked if each.kind in usual)


def nudge(tx: Tx, record: PersonRecord, state: PersonState, outline: Outline, now: datetime) -> PersonState:
    """Send the rituals that are due, and what comes back now; returns the state with what was sent noted."""
    for ritual in outline.rituals:
        if ritual.at > now:
            break
        if ritual.at < now - NOTE_LATE:
            continue
        if now - LATEST <= ritual.at and not ritual.back and _is_due(record.person, state, outline, ritual):
            state = _due(tx, record, state, ritual, now)
        if ritual.kind in BEGINNINGS and state.ritual(ritual.kind).sent != ritual.day:
            _send_notes(tx, record, outline.teams, ritual.at)
    if _may_come_back(state, now):
        for at, entry in pauses_over(tx, record.person, outline.teams, now):
            if now - NOTE_LATE <= at <= now:
                _send_note(tx, record, entry, at)
    return state


def next_ritual(
    tx: Tx, record: PersonRecord, state: PersonState, outline: Outline, now: datetime
) -> datetime | None:
    """The next instant after `now` at which a nudge may go out or what was written comes back."""
    found = [at for at in [_next_time(state, outline, now)] if at is not None]
    if _may_come_back(state, now):
        found += [at for at, _ in pauses_over(tx, record.person, outline.teams, now) if at > now]
    return min(found, default=None)


def _next_time(state: PersonState, outline: Outline, now: datetime) -> datetime | None:
    """The beginning of a day counts even where its nudge is turned off: something may come back then."""
    for ritual in outline.rituals:
        wanted = ritual.kind in BEGINNINGS or not state.ritual(ritual.kind).muted
        if ritual.at > now and wanted and not ritual.back:
            return ritual.at
    return None


def _is_due(person: Person, state: PersonState, outline: Outline, ritual: RitualTime) -> bool:
    if ritual.day == state.ritual(ritual.kind).sent:
        return False
    return ritual in going(person, state, [each for each in outline.rituals if each.day == ritual.day])


def _due(tx: Tx, record: PersonRecord, state: PersonState, ritual: RitualTime, now: datetime) -> PersonState:
    to, before = talk_to(tx, record), state.ritual(ritual.kind)
    ignored = before.ignored + _was_ignored(tx, record, ritual.kind, before)
    today = now.astimezone(ZoneInfo(record.person.zone)).date()
    sent_today = state.nudges if state.nudges_on == today else 0
    allowed, _ = may_nudge(sent_today, ignored, before.muted, now - ritual.at)
    if to is None or not allowed:
        # Counted once: an unanswered one that stopped the kind must not count again tomorrow.
        muted = before.muted or ignored >= MOST_IGNORED
        return state.with_ritual(ritual.kind, replace(before, ignored=ignored, answered=True, muted=muted))
    effect = Nudge(record.person.id, ritual.kind.value, ritual.day)
    key, expires_at = effect_key(effect), ritual.at + LATEST
    tx.outbox.add(row(Lane.MESSAGE, to, effect, ritual.at, key, expires_at=expires_at))
    sent = replace(before, sent=ritual.day, answered=False, ignored=ignored)
    state = replace(state, nudges_on=today, nudges=sent_today + 1).with_ritual(ritual.kind, sent)
    return _with_weekly(state, ritual) if ritual.kind is Ritual.END else state


def _was_ignored(tx: Tx, record: PersonRecord, kind: Ritual, before: RitualState) -> bool:
    """Whether the last nudge of a kind came and was left unanswered; one that was never delivered was not."""
    if before.sent is None or before.answered:
        return False
    sent = tx.outbox.get(effect_key(Nudge(record.person.id, kind.value, before.sent)))
    return sent is None or sent.state not in _NEVER_CAME


def _with_weekly(state: PersonState, ritual: RitualTime) -> PersonState:
    """The end of the day went out: a weekly line of that day is a part of it, and asks for no answer."""
    return replace(state, weekly=replace(state.weekly, sent=ritual.day, answered=True))


# What comes back ----------------------------------------------------------------------------------


def before_beginning(tx: Tx, person: Person, teams: Sequence[Team], at: datetime) -> list[JournalEntry]:
    """What was written at the ends of days and comes back at the beginning of a day `at`: everything since
    the beginning before it."""
    since = (at - WRITTEN_BEFORE).date()
    written = [
        each for each in tx.diary.of(person.id, since) if each.kind == Ritual.END.value and each.at < at
    ]
    last = written[-1] if written else None
    if last is None or any(each.kind in BEGINNINGS for each in rituals(person, teams, last.at, at)):
        return []
    return [last]


def pauses_over(
    tx: Tx, person: Person, teams: Sequence[Team], now: datetime
) -> Iterator[tuple[datetime, JournalEntry]]:
    """What was written before a break or a quiet window of these days, and when it comes back."""
    for entry in tx.diary.of(person.id, (now - _DAYS).date()):
        if entry.kind not in (Ritual.HANDOVER.value, Ritual.LANDING.value):
            continue
        at = _resumes(person, teams, entry)
        if at is not None:
            yield at, entry


def _resumes(person: Person, teams: Sequence[Team], entry: JournalEntry) -> datetime | None:
    """When the next block begins after a hand-over; when the person is available again after a landing."""
    end = entry.at + _DAYS
    if entry.kind == Ritual.HANDOVER.value:
        found = (each.at for each in rituals(person, teams, entry.at, end) if _begins(each))
        return next(found, None)
    away = False
    for segment in timeline(person, teams, entry.at, end):
        if segment.mode is Mode.AVAILABLE and away:
            return segment.start
        away = away or segment.mode is not Mode.AVAILABLE
    return None


def _begins(ritual: RitualTime) -> bool:
    return ritual.kind in BEGINNINGS or (ritual.kind is Ritual.HANDOVER and ritual.back)


def _may_come_back(state: PersonState, now: datetime) -> bool:
    """Whether a hand-over or a landing was sent these days: else there is no need to look for one."""
    days = [each.sent for each in (state.handover, state.landing) if each.sent is not None]
    return any(day >= (now - _DAYS).date() for day in days)


def unsaid(tx: Tx, record: PersonRecord, teams: Sequence[Team], nudge: Nudge, at: datetime) -> None:
    """A nudge that was due at `at` has not gone out after all: what it was to bring back comes by itself."""
    if nudge.kind in BEGINNINGS:
        _send_notes(tx, record, teams, at)


def _send_notes(tx: Tx, record: PersonRecord, teams: Sequence[Team], at: datetime) -> None:
    """The nudge of this beginning does not go out: what was written comes back by itself."""
    for entry in before_beginning(tx, record.person, teams, at):
        _send_note(tx, record, entry, at)


def _send_note(tx: Tx, record: PersonRecord, entry: JournalEntry, at: datetime) -> None:
    to = talk_to(tx, record)
    if to is None:
        return
    effect = Nudge(record.person.id, f"{entry.kind}{NOTE}", entry.day)
    expires_at = at + NOTE_LATE
    tx.outbox.add(row(Lane.MESSAGE, to, effect, at, effect_key(effect), expires_at=expires_at))


def note_of(kind: str, day: date) -> tuple[str, date] | None:
    """What a `Nudge` brings back: the ritual and the day it was written for; None for a nudge."""
    return (kind.removesuffix(NOTE), day) if kind.endswith(NOTE) else None
