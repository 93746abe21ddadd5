"""Rituals: at most two nudges a day, none late, and a kind that is ignored three times in a row stops."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.planning.outline import Outline
from bot.planning.releasing import talk_to
from bot.planning.rows import row
from bot.ports import Tx
from bot.records import Lane, PersonRecord, PersonState, RitualState
from rules import Nudge, Ritual, RitualTime, effect_key, may_nudge
from rules.transitions import LATEST, MOST_IGNORED


def nudge(tx: Tx, record: PersonRecord, state: PersonState, outline: Outline, now: datetime) -> PersonState:
    """Send the rituals that are due; returns the state with what was sent noted."""
    for ritual in outline.rituals:
        if ritual.at > now:
            break
        if now - LATEST <= ritual.at and ritual.day != _kind(state, ritual.kind).sent:
            state = _due(tx, record, state, ritual, now)
    return state


def next_ritual(state: PersonState, outline: Outline, now: datetime) -> datetime | None:
    """The next ritual after `now` that is not turned off."""
    for ritual in outline.rituals:
        if ritual.at > now and not _kind(state, ritual.kind).muted:
            return ritual.at
    return None


def _due(tx: Tx, record: PersonRecord, state: PersonState, ritual: RitualTime, now: datetime) -> PersonState:
    to, before = talk_to(tx, record), _kind(state, ritual.kind)
    ignored = before.ignored + (before.sent is not None and not before.answered)
    today = now.astimezone(ZoneInfo(record.person.zone)).date()
    sent_today = state.nudges if state.nudges_on == today else 0
    allowed, _ = may_nudge(sent_today, ignored, before.muted, now - ritual.at)
    if to is None or not allowed:
        # Counted once: an unanswered one that stopped the kind must not count again tomorrow.
        muted = before.muted or ignored >= MOST_IGNORED
        return _with(state, ritual.kind, replace(before, ignored=ignored, answered=True, muted=muted))
    effect = Nudge(record.person.id, ritual.kind.value, ritual.day)
    key, expires_at = effect_key(effect), ritual.at + LATEST
    tx.outbox.add(row(Lane.MESSAGE, to, effect, ritual.at, key, expires_at=expires_at))
    sent = replace(before, sent=ritual.day, answered=False, ignored=ignored)
    return _with(replace(state, nudges_on=today, nudges=sent_today + 1), ritual.kind, sent)


def _kind(state: PersonState, kind: Ritual) -> RitualState:
    return state.start_of_day if kind is Ritual.START else state.end_of_day


def _with(state: PersonState, kind: Ritual, ritual: RitualState) -> PersonState:
    if kind is Ritual.START:
        return replace(state, start_of_day=ritual)
    return replace(state, end_of_day=ritual)
