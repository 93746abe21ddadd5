"""Accounts that nothing reaches any more: what was on its way goes to the person's other account, and what
waits goes on when they come back.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot import names
from bot.inbound import Account
from bot.planning.arming import app_sets, wears
from bot.planning.releasing import sweep_at, talk_to
from bot.planning.rows import row
from bot.ports import Tx
from bot.records import AccountRecord, Delivery, Lane, PersonRecord
from rules import Digest, EndSnooze, SetStatus, UrgentPing

_TOLD = (Lane.MESSAGE, Lane.NOTE)
"""Lanes whose rows tell a person something, wherever they read it."""


def mark_unreachable(tx: Tx, account: Account, why: str) -> None:
    """Nothing is sent to `account` until it comes back; its person is talked to elsewhere, if anywhere."""
    known = tx.accounts.get(account) or AccountRecord(account)
    tx.accounts.put(replace(known, unreachable=why))
    record = names.record_of(tx, account)
    if record is not None and record.state.home == account:
        others = (each.account for each in tx.accounts.of(record.person.id) if not each.unreachable)
        tx.people.put(replace(record, state=replace(record.state, home=next(others, None))))


def take_down(tx: Tx, account: Account, now: datetime) -> None:
    """What we left on an account whose owner has just removed us there is put back at once."""
    record = names.record_of(tx, account)
    if record is None:
        return
    person, marks = record.person.id, record.state.marks_on(account)
    key = f"left:{names.outside_id(account)}:{now.isoformat()}"
    if marks.ours is not None:
        tx.outbox.add(row(Lane.STATUS, account, SetStatus(person, now), now, f"{key}:status"))
    if marks.pause is not None:
        tx.outbox.add(row(Lane.SNOOZE, account, EndSnooze(person, now), now, f"{key}:wake"))


def came_back(tx: Tx, account: Account, now: datetime, *, opened: bool = False) -> bool:
    """The human behind `account` did something there: it can be reached again, and that is where their person
    is talked to from now on. True if it was out of reach, nothing reached the person before, or it does not
    wear yet what the person's norms ask for: they must be planned anew. `opened`: they added us there, or
    asked for Home."""
    known = tx.accounts.get(account)
    lost = known is not None and known.unreachable != ""
    if known is not None and lost:
        tx.accounts.put(replace(known, unreachable=""))
    record = names.record_of(tx, account)
    if record is None:
        return False
    if record.state.home == account:
        return lost or (opened and _is_bare(tx, record, account))
    tx.people.put(replace(record, state=replace(record.state, home=account)))
    waiting = tx.holds.waiting_for(record.person.id)
    if any(hold.release_at is not None and hold.release_at <= now for hold in waiting):
        sweep_at(tx, record.person.id, now)  # what is due sits where they were before, perhaps for long
    return lost or record.state.home is None or _is_bare(tx, record, account)


def _is_bare(tx: Tx, record: PersonRecord, account: Account) -> bool:
    """Whether nothing of ours is on an account while something was asked for: norms may have named it before
    anything could be set there."""
    known, marks, state = tx.accounts.get(account), record.state.marks_on(account), record.state
    if known is None or not app_sets(tx, account) or not wears(tx, known):
        return False
    asked_for = state.armed_for is not None or state.snooze_armed is not None
    return asked_for and marks.ours is None and marks.pause is None


def is_reachable(tx: Tx, account: Account) -> bool:
    """Whether anything can be sent to an account, as far as we know."""
    known = tx.accounts.get(account)
    return known is None or not known.unreachable


def is_misplaced(tx: Tx, row: Delivery) -> bool:
    """Whether what waits for a person is about to go where it no longer should: to an account that is not
    theirs any more, or, while nothing is bound to a digest yet, to one that is not the one they used last."""
    effect = row.effect
    if not isinstance(effect, Digest | UrgentPing):
        return False
    record, known = tx.people.get(names.resolved(tx, effect.person)), tx.accounts.get(row.to)
    if record is None:
        return False
    if known is not None and known.person != record.person.id:
        return True
    return isinstance(effect, Digest) and not effect.holds and talk_to(tx, record) != row.to


def pass_on(tx: Tx, lost: Delivery) -> bool:
    """Send what was for an account that cannot be reached, or that it is not for any more, to where its
    person is talked to; False if that is nowhere else, or it is nothing that can be said elsewhere.

    A new row of its own key: deciding twice sends once. It carries what was bound to the first one.
    """
    record = _reader(tx, lost)
    to = talk_to(tx, record) if record is not None else None
    if to is None or to == lost.to or lost.lane not in _TOLD:
        return False
    moved = row(
        Lane.MESSAGE,
        to,
        lost.effect,
        lost.due_at,
        f"{lost.key}:moved",
        urgent=lost.urgent,
        expires_at=lost.expires_at,
    )
    tx.outbox.add(replace(moved, because=lost.because))
    return True


def _reader(tx: Tx, lost: Delivery) -> PersonRecord | None:
    """Whom a delivery is for: what waited is its recipient's, whoever has the account by now."""
    if isinstance(lost.effect, Digest | UrgentPing):
        return tx.people.get(names.resolved(tx, lost.effect.person)) or names.record_of(tx, lost.to)
    return names.record_of(tx, lost.to)
