"""Accounts that nothing reaches any more: what was on its way goes to the person's other account, and what
waits goes on when they come back.
"""

from __future__ import annotations

from dataclasses import replace

from bot import names
from bot.inbound import Account
from bot.planning.releasing import talk_to
from bot.planning.rows import row
from bot.ports import Tx
from bot.records import AccountRecord, Delivery, Lane

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


def came_back(tx: Tx, account: Account) -> bool:
    """The human behind `account` did something there: it can be reached again, and that is where their person
    is talked to from now on. True if nothing reached the person before: they must be planned anew."""
    known = tx.accounts.get(account)
    if known is not None and known.unreachable:
        tx.accounts.put(replace(known, unreachable=""))
    record = names.record_of(tx, account)
    if record is None or record.state.home == account:
        return False
    tx.people.put(replace(record, state=replace(record.state, home=account)))
    return record.state.home is None


def is_reachable(tx: Tx, account: Account) -> bool:
    """Whether anything can be sent to an account, as far as we know."""
    known = tx.accounts.get(account)
    return known is None or not known.unreachable


def pass_on(tx: Tx, lost: Delivery) -> bool:
    """Send what was for an account that cannot be reached to its person's other account; False if there is
    none, or nothing that can be said elsewhere.

    A new row of its own key: deciding twice sends once. It carries what was bound to the first one.
    """
    record = names.record_of(tx, lost.to)
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
