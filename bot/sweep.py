"""The sweep: everyone whose next thing is due is planned anew, in batches that share commits.

A wake-up only starts it; what is due stands in the tables, so a wake-up that is lost, late or doubled does
no harm.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot import planning
from bot.failpoints import Failpoint, hit
from bot.ports import Store, StoreError, Tx

_log = logging.getLogger(__name__)

TOGETHER = 25
"""People in one transaction. If one of them fails, the others of that transaction are done one by one."""
LATER = timedelta(minutes=5)
"""When a person whose planning failed is tried again."""


@dataclass(frozen=True, slots=True)
class SweepResult:
    """`next_at` is the earliest instant at which somebody is due again, None if nobody ever is."""

    swept: int
    failed: int
    next_at: datetime | None


async def sweep(store: Store, now: datetime, limit: int = 500) -> SweepResult:
    """Plan for everyone who is due at `now`, `limit` at a time; each person's changes are stored whole or
    not at all.

    Raises StoreError when the store cannot be written.
    """
    swept, failed = 0, set[str]()
    while True:
        taken = frozenset(failed)
        due = await store.read(lambda tx: tx.people.due(now, limit + len(taken)))  # noqa: B023 -- read at once
        people = [person for person in due if person not in failed]
        if not people:
            break
        hit(Failpoint.BEFORE_SWEEP_COMMIT)
        parts = [people[start : start + TOGETHER] for start in range(0, len(people), TOGETHER)]
        results = await asyncio.gather(*(_plan(store, part, now) for part in parts))
        hit(Failpoint.AFTER_SWEEP_COMMIT)
        failed.update(*results)
        swept += len(people)
    return SweepResult(swept, len(failed), await store.read(lambda tx: tx.people.next_at()))


async def _plan(store: Store, people: Sequence[str], now: datetime) -> list[str]:
    """Plan for these people; returns those for whom it failed."""
    try:
        await store.write(lambda tx: _plan_all(tx, people, now))
    except StoreError:
        raise
    except Exception as error:
        if len(people) == 1:
            _log.error("Planning failed for one person and is tried again later: %s", type(error).__name__)
            await _put_off(store, people[0], now)
            return [people[0]]
        results = await asyncio.gather(*(_plan(store, [person], now) for person in people))
        return [person for part in results for person in part]
    return []


def _plan_all(tx: Tx, people: Sequence[str], now: datetime) -> None:
    for person in people:
        record = tx.people.get(person)
        if record is not None and record.next_at is not None and record.next_at <= now:
            planning.replan(tx, record, now, changed=False)


async def _put_off(store: Store, person: str, now: datetime) -> None:
    def work(tx: Tx) -> None:
        record = tx.people.get(person)
        if record is not None:
            tx.people.put(replace(record, next_at=now + LATER))

    try:
        await store.write(work)
    except StoreError:
        raise
    except Exception as error:
        _log.error("A person's row cannot be read: %s", type(error).__name__)
