"""What every part of planning needs: making outbox rows, and a person's teams."""

from __future__ import annotations

import os
from datetime import datetime
from itertools import count

from bot.codec import decode_team
from bot.inbound import Account
from bot.ports import Tx
from bot.records import Delivery, Lane
from rules import Effect, Team

CONNECTABLE = "connectable:"
"""Meta, with a platform after it: whether people can connect there ("yes" or ""): what Home and messages
offer depends on it."""


def connectable(tx: Tx, account: Account) -> bool:
    """Whether the owner of an account can grant us their own token on its platform."""
    return tx.meta.get(CONNECTABLE + account.tenant.partition(":")[0]) == "yes"


def _fresh_ids() -> None:
    """Ids of one process follow each other, which keeps the index of a large table quick; a random start
    keeps them apart from those of every other process, and they say nothing about whom they are for."""
    global _ids  # noqa: PLW0603 -- a forked process must not count on from its parent's number
    _ids = count(int.from_bytes(os.urandom(8), "big") << 16)


_ids = count()
_fresh_ids()
os.register_at_fork(after_in_child=_fresh_ids)


def teams_of(tx: Tx, person_id: str) -> tuple[Team, ...]:
    """The teams a person is a member of, by team id."""
    return tuple(decode_team(payload) for payload in tx.teams.of(person_id))


def row(
    lane: Lane,
    to: Account,
    effect: Effect,
    due_at: datetime,
    key: str,
    *,
    urgent: bool = False,
    after: str = "",
    expires_at: datetime | None = None,
) -> Delivery:
    """A delivery that is due at `due_at`, with an id of its own that says nothing about whom it is for."""
    return Delivery(
        f"d_{next(_ids):020x}",
        key,
        lane,
        to,
        effect,
        due_at,
        urgent=urgent,
        after=after,
        expires_at=expires_at,
    )
