"""How long things are kept: delivery records for 30 days, what was seen once for 7, the ledger and what
people said for 35, what they wrote in rituals for 90. Run daily by the loop.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.ports import Store, Tx

DELIVERIES = timedelta(days=30)
EVENTS = timedelta(days=7)
WEEKS = timedelta(days=35)
"""The ledger and what people said for now: four weeks can be summed up, and the one that is running."""
JOURNAL = timedelta(days=90)
"""What people wrote in rituals; the questions they worded themselves stay."""
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
    ledger: int
    said: int
    journal: int


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
            ledger=tx.ledger.purge(now - WEEKS),
            said=tx.said.purge(now - WEEKS),
            journal=tx.diary.purge((now - JOURNAL).date()),
        )

    return await store.write(work)


async def next_purge(store: Store, every: timedelta, now: datetime) -> datetime:
    """When `purge` is due: `every` after it ran last, at once if it never did."""
    last = await store.read(lambda tx: tx.meta.get(LAST_RUN))
    return now if last is None else datetime.fromisoformat(last) + every
