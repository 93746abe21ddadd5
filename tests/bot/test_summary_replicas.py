"""Two replicas on one database wake for the same summary: one publication, one post for each place."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.stores.sqlite import SqliteStore, migrate
from bot.flows.teams.due import plan_team
from bot.inbound import Account
from bot.ports import Tx
from bot.records import AccountRecord, Delivery, PersonRecord, PersonState, Place, TeamRecord, TeamState
from bot.sweep import sweep
from rules import Moment, Person, Team

AT = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
PEOPLE = tuple(f"p{number}" for number in range(6))
PLACES = (Place("slack:T1", "C1"), Place("teams:7e1a", "19:core"))


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[tuple[SqliteStore, SqliteStore]]:
    """A team whose summary is due, in one database under two replicas."""
    path = tmp_path / "b.db"
    migrate(path)
    one, other = SqliteStore(path), SqliteStore(path)
    await one.write(_fill)
    yield one, other
    await one.close()
    await other.close()


def _fill(tx: Tx) -> None:
    for id in PEOPLE:
        tx.people.put(PersonRecord(Person(id, "UTC"), PersonState(name=id)))
        tx.accounts.put(AccountRecord(Account("slack:T1", f"U{id}"), person=id))
    team = Team("platform", "UTC", PEOPLE, summary=Moment(0, 570), name="Platform")
    tx.teams.put(TeamRecord(team, TeamState(1, PLACES, summed="2026-W47"), next_at=AT))


def _rows(tx: Tx) -> list[Delivery | None]:
    keys = (f"team:platform:summary:2026-W48:{place.tenant}:{place.channel}" for place in PLACES)
    return [tx.outbox.get(key) for key in keys]


async def _state(store: SqliteStore) -> tuple[list[Delivery | None], list[str], TeamRecord | None]:
    return await store.read(
        lambda tx: (_rows(tx), [each.week for each in tx.publications.all()], tx.teams.get("platform"))
    )


async def test_two_replicas_that_wake_together_post_once(stores: tuple[SqliteStore, SqliteStore]) -> None:
    one, other = stores
    await asyncio.gather(*(sweep(store, AT) for store in (one, other, one)))
    rows, weeks, team = await _state(other)
    assert weeks == ["2026-W48"]
    assert all(rows)
    assert len({row.id for row in rows if row}) == len(PLACES)
    assert team is not None
    assert (team.state.summed, team.next_at) == ("2026-W48", AT + timedelta(days=7))


async def test_a_second_replica_adds_nothing_later(stores: tuple[SqliteStore, SqliteStore]) -> None:
    one, other = stores
    await sweep(one, AT)
    before = await _state(one)
    await sweep(other, AT + timedelta(minutes=1))
    assert await _state(other) == before


async def test_a_death_before_the_commit_leaves_nothing_and_the_next_sweep_does_it(
    stores: tuple[SqliteStore, SqliteStore],
) -> None:
    """The publication and the rows stand together or not at all."""
    one, other = stores

    def dies(tx: Tx) -> None:
        record = tx.teams.get("platform")
        assert record is not None
        plan_team(tx, record, AT)
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        await one.write(dies)
    rows, weeks, _ = await _state(other)
    assert (rows, weeks) == ([None, None], [])
    await sweep(other, AT + timedelta(minutes=2))
    rows, weeks, _ = await _state(one)
    assert all(rows)
    assert weeks == ["2026-W48"]


async def test_the_log_says_that_it_was_posted_and_nothing_of_its_content(
    stores: tuple[SqliteStore, SqliteStore], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        await sweep(stores[0], AT)
    said = [record.getMessage() for record in caplog.records if "summary" in record.name]
    assert said == ["The summary of 2026-W48 for platform is on its way, with figures."]
    assert not [id for id in PEOPLE if id in " ".join(said)]
