"""The sweep: every team and everyone whose next thing is due is planned anew, in batches that share commits.

A wake-up only starts it; what is due stands in the tables, so a wake-up that is lost, late or doubled does
no harm.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot import planning
from bot.failpoints import Failpoint, hit
from bot.flows.teams.due import plan_team
from bot.ports import Calendars, Store, StoreError, Tx

_log = logging.getLogger(__name__)

TOGETHER = 25
"""People in one transaction. If one of them fails, the others of that transaction are done one by one."""
LATER = timedelta(minutes=5)
"""When a person or a team whose planning failed is tried again."""
SOON = timedelta(seconds=10)
"""The least until the next sweep while a row that cannot even be put off stays due."""


@dataclass(frozen=True, slots=True)
class SweepResult:
    """People and teams swept. `next_at` is the earliest instant at which one is due again, None if none ever
    is."""

    swept: int
    failed: int
    next_at: datetime | None


async def sweep(
    store: Store, now: datetime, limit: int = 500, calendars: Calendars | None = None
) -> SweepResult:
    """Plan for every team and everyone who is due at `now`, `limit` at a time; the changes of each are stored
    whole or not at all. `calendars` know the public holidays of a place that a team has just agreed on.

    Raises StoreError when the store cannot be written.
    """
    teams, teams_failed = await _sweep_teams(store, now, limit, calendars)
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
    next_at = await store.read(_next_at)
    if next_at is not None and (failed or teams_failed):
        next_at = max(next_at, now + SOON)
    return SweepResult(swept + teams, len(failed) + teams_failed, next_at)


def _next_at(tx: Tx) -> datetime | None:
    both = tx.people.next_at(), tx.teams.next_at()
    return min((at for at in both if at is not None), default=None)


async def _sweep_teams(
    store: Store, now: datetime, limit: int, calendars: Calendars | None
) -> tuple[int, int]:
    """Plan for every team that is due, each in a transaction of its own: what a team decides may concern
    many people. Returns how many there were and how many failed, which are tried again later."""
    swept, failed = 0, set[str]()
    while True:
        taken = limit + len(failed)
        due = await store.read(lambda tx, taken=taken: tx.teams.due(now, taken))  # type: ignore[misc]
        teams = [team for team in due if team not in failed]
        if not teams:
            return swept, len(failed)
        for team in teams:
            try:
                await store.write(lambda tx, team=team: _plan_due_team(tx, team, now, calendars))  # type: ignore[misc]
            except StoreError:
                raise
            except Exception as error:
                name = type(error).__name__
                _log.error("Planning failed for one team and is tried again later: %s", name)
                await _put_off_team(store, team, now)
                failed.add(team)
        swept += len(teams)


def _plan_due_team(tx: Tx, team: str, now: datetime, calendars: Calendars | None) -> None:
    record = tx.teams.get(team)
    if record is not None and record.next_at is not None and record.next_at <= now:
        plan_team(tx, record, now, calendars)


async def _put_off_team(store: Store, team: str, now: datetime) -> None:
    def work(tx: Tx) -> None:
        record = tx.teams.get(team)
        if record is not None:
            tx.teams.put(replace(record, next_at=now + LATER))

    await _put_off(store, work, "team")


async def _plan(store: Store, people: Sequence[str], now: datetime) -> list[str]:
    """Plan for these people; returns those for whom it failed."""
    try:
        await store.write(lambda tx: _plan_all(tx, people, now))
    except StoreError:
        raise
    except Exception as error:
        if len(people) == 1:
            _log.error("Planning failed for one person and is tried again later: %s", type(error).__name__)
            await _put_off_person(store, people[0], now)
            return [people[0]]
        results = await asyncio.gather(*(_plan(store, [person], now) for person in people))
        return [person for part in results for person in part]
    return []


def _plan_all(tx: Tx, people: Sequence[str], now: datetime) -> None:
    for person in people:
        record = tx.people.get(person)
        if record is not None and record.next_at is not None and record.next_at <= now:
            planning.replan(tx, record, now, changed=False)


async def _put_off_person(store: Store, person: str, now: datetime) -> None:
    def work(tx: Tx) -> None:
        record = tx.people.get(person)
        if record is not None:
            tx.people.put(replace(record, next_at=now + LATER))

    await _put_off(store, work, "person")


async def _put_off(store: Store, work: Callable[[Tx], None], whose: str) -> None:
    """Do `work`, which must not fail for everybody else when a row cannot be read."""
    try:
        await store.write(work)
    except StoreError:
        raise
    except Exception as error:
        _log.error("A %s's row cannot be read: %s", whose, type(error).__name__)
