"""How long things are kept: delivery records for 30 days, what was seen once for 7. Run daily by the loop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.ports import Store, Tx

DELIVERIES = timedelta(days=30)
EVENTS = timedelta(days=7)
BUDGETS = timedelta(hours=1)
"""A bucket that nobody used for this long is full again: its row says nothing."""
LAST_RUN = "retention"
"""Meta: when this ran last, as an ISO instant."""


@dataclass(frozen=True, slots=True)
class Purged:
    """How many rows went."""

    deliveries: int
    holds: int
    events: int
    budgets: int


async def purge(store: Store, now: datetime, monotonic: float) -> Purged:
    """Delete what is older than it may be. `monotonic` is Clock.monotonic() seconds, in which budgets
    count."""

    def work(tx: Tx) -> Purged:
        tx.meta.put(LAST_RUN, now.isoformat())
        return Purged(
            deliveries=tx.outbox.purge(now - DELIVERIES),
            holds=tx.holds.purge(now - DELIVERIES),
            events=tx.once.purge(now - EVENTS),
            budgets=tx.budgets.purge(monotonic - BUDGETS.total_seconds()),
        )

    return await store.write(work)


async def next_purge(store: Store, every: timedelta, now: datetime) -> datetime:
    """When `purge` is due: `every` after it ran last, at once if it never did."""
    last = await store.read(lambda tx: tx.meta.get(LAST_RUN))
    return now if last is None else datetime.fromisoformat(last) + every
