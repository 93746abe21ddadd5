"""Sweeps, the loop that runs them, and how long things are kept."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from adapters.stores.memory import MemoryStore
from adapters.stores.sqlite import SqliteStore, migrate
from bot import planning
from bot.inbound import Account
from bot.loop import Runner
from bot.metrics import Metrics
from bot.perform import Performer
from bot.ports import Calendars, StoreError, Tx
from bot.records import (
    AccountRecord,
    Delivery,
    DeliveryState,
    Lane,
    PersonRecord,
    PersonState,
    TeamRecord,
    Tenant,
)
from bot.retention import next_purge, purge
from bot.sweep import sweep
from bot.timing import Timing
from rules import Person, Say, Team, parse_when
from tests.support.outside import START, FaultyChat, HandClock, OpenVault, plain_text
from tests.support.records import entry, journal_entry, said_entry
from tests.support.story import SmallCalendars

MAYA = Account("slack:T1", "UMAYA")


def enrol(tx: Tx, number: int, now: datetime = START - timedelta(hours=3)) -> None:
    account = Account("slack:T1", f"U{number}")
    person = Person(f"p{number}", "Europe/Lisbon", hours=parse_when("mon-fri 09:00-18:00"))
    tx.accounts.put(AccountRecord(account, person.id, connected=True))
    planning.replan(tx, PersonRecord(person, PersonState(home=account)), now)


async def enrolled(people: int) -> MemoryStore:
    store = MemoryStore()
    for number in range(people):
        await store.write(lambda tx: enrol(tx, number))  # noqa: B023 -- run before the next turn
    return store


async def test_everyone_who_is_due_is_swept_in_batches_and_the_next_instant_is_known() -> None:
    store = await enrolled(60)
    result = await sweep(store, START, limit=25)
    assert (result.swept, result.failed) == (60, 0)
    assert result.next_at is not None
    assert result.next_at > START
    assert (await sweep(store, START)).swept == 0


async def test_one_person_who_cannot_be_planned_does_not_stop_the_others() -> None:
    store = await enrolled(30)

    def break_one(tx: Tx) -> None:
        record = tx.people.get("p7")
        assert record is not None
        tx.people.put(replace(record, person=replace(record.person, zone="Nowhere/Land")))

    await store.write(break_one)
    result = await sweep(store, START)
    assert (result.swept, result.failed) == (30, 1)
    broken = await store.read(lambda tx: tx.people.get("p7"))
    assert broken is not None
    assert broken.next_at == START + timedelta(minutes=5)


async def test_a_store_that_cannot_be_written_is_not_taken_for_a_broken_person() -> None:
    class FullDisk(MemoryStore):
        async def write(self, work: Callable[[Tx], object]) -> object:  # type: ignore[override]
            raise StoreError("The disk is full.")

    store = FullDisk()
    await MemoryStore.write(store, lambda tx: enrol(tx, 1))
    with pytest.raises(StoreError):
        await sweep(store, START)


class HandEngine:
    """Remembers what it was asked; the test fires it."""

    def __init__(self) -> None:
        self.asked: dict[str, datetime] = {}
        self.handler: Callable[[str], Awaitable[None]] | None = None

    async def start(self, handler: Callable[[str], Awaitable[None]]) -> None:
        self.handler = handler

    def wake(self, key: str, at: datetime) -> None:
        self.asked[key] = at

    async def stop(self) -> None:
        self.handler = None


@asynccontextmanager
async def running(
    store: MemoryStore, chat: FaultyChat, timing: Timing, calendars: Calendars | None = None
) -> AsyncIterator[tuple[Runner, HandEngine]]:
    metrics, engine = Metrics(), HandEngine()
    performer = Performer(
        store=store, clock=chat.clock, chats={"slack": chat}, vault=OpenVault(), timing=timing, owner="one",
        metrics=metrics, compose=plain_text,
    )  # fmt: skip
    runner = Runner(
        store=store,
        clock=chat.clock,
        engine=engine,
        performer=performer,
        metrics=metrics,
        timing=timing,
        calendars=calendars,
    )
    await runner.start()
    try:
        yield runner, engine
    finally:
        await runner.stop()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 -- what is waited for has no event
            await asyncio.sleep(0.001)


def message(key: str, **changes: object) -> Delivery:
    first = Delivery(f"id-{key}", key, Lane.MESSAGE, MAYA, Say("maya", "connected"), START)
    return replace(first, **changes)  # type: ignore[arg-type]


async def test_a_poke_sends_at_once_and_a_wake_up_sweeps() -> None:
    clock = HandClock()
    store, chat = await enrolled(1), FaultyChat(clock)
    async with running(store, chat, Timing()) as (runner, engine):
        await until(lambda: "sweep" in engine.asked)
        await store.write(lambda tx: tx.outbox.add(message("a")))
        runner.poke()
        await until(lambda: len(chat.posts) == 1)
        clock.advance((engine.asked["sweep"] - clock.at).total_seconds())
        before, handler = engine.asked["sweep"], engine.handler
        assert handler is not None
        await handler("sweep")
        await until(lambda: engine.asked["sweep"] > before)
        assert runner.sweep_age() == 0.0


async def test_a_lost_wake_up_heals_with_the_heartbeat() -> None:
    clock = HandClock(START - timedelta(hours=3))
    store, chat = await enrolled(1), FaultyChat(clock)
    async with running(store, chat, Timing(heartbeat=0.02)) as (_, engine):
        await until(lambda: "sweep" in engine.asked)
        first = engine.asked["sweep"]
        clock.advance((first - clock.at).total_seconds())
        await until(lambda: engine.asked["sweep"] > first)


async def test_stopping_finishes_what_is_under_way_and_claims_no_more() -> None:
    chat, store = FaultyChat(HandClock()), MemoryStore()
    chat.hold = asyncio.Event()
    async with running(store, chat, Timing()) as (runner, _):
        await store.write(lambda tx: tx.outbox.add(message("a")))
        runner.poke()
        await until(lambda: chat.count("post") == 1)
        stopping = asyncio.create_task(runner.stop())
        await store.write(lambda tx: tx.outbox.add(message("b")))
        await asyncio.sleep(0.01)
        assert not stopping.done()
        chat.hold.set()
        await stopping
    states = await store.read(lambda tx: [row.state for key in "ab" if (row := tx.outbox.get(key))])
    assert states == [DeliveryState.DONE, DeliveryState.DUE]


async def test_the_gauges_show_the_outbox_and_the_age_of_the_last_sweep() -> None:
    chat, store = FaultyChat(HandClock()), MemoryStore()
    async with running(store, chat, Timing()) as (runner, engine):
        await store.write(lambda tx: tx.outbox.add(message("a", due_at=START + timedelta(days=1))))
        await until(lambda: runner.sweep_age() is not None)
        chat.clock.advance(12)
        text = (await runner.observe()).decode()
    assert 'boundary_outbox_rows{state="due"} 1.0' in text
    assert "boundary_seconds_since_sweep 12.0" in text
    assert not engine.asked


async def test_delivery_records_go_after_30_days_and_events_after_7() -> None:
    store = MemoryStore()
    ages = [timedelta(days=29), timedelta(days=31)]

    def fill(tx: Tx) -> None:
        tx.tenants.put(Tenant("slack:T1", "slack"))
        for number, age in enumerate(ages):
            tx.outbox.add(message(f"done{number}", due_at=START - age, state=DeliveryState.DONE))
        tx.outbox.add(message("waiting", due_at=START - timedelta(days=90)))
        tx.once.first("new", START - timedelta(days=6))
        tx.once.first("old", START - timedelta(days=8))

    await store.write(fill)
    purged = await purge(store, START, 1000.0)
    assert (purged.deliveries, purged.events) == (1, 1)
    kept = await store.read(lambda tx: [key for key in ("done0", "done1", "waiting") if tx.outbox.get(key)])
    assert kept == ["done0", "waiting"]
    assert await store.write(lambda tx: tx.once.first("old", START))
    assert not await store.write(lambda tx: tx.once.first("new", START))
    assert await next_purge(store, timedelta(days=1), START) == START + timedelta(days=1)


async def test_the_ledger_and_what_was_said_go_after_five_weeks_and_the_journal_after_ninety_days() -> None:
    store, day = MemoryStore(), timedelta(days=1)

    def fill(tx: Tx) -> None:
        for age in (34, 36):
            tx.ledger.put(entry(f"l{age}", at=START - age * day, end=START - age * day))
            tx.said.put(said_entry(START - age * day))
        for age in (89, 91):
            tx.diary.put(journal_entry((START - age * day).date()))
        tx.diary.put(journal_entry(date(2000, 1, 1), kind="words:end_of_day"))

    await store.write(fill)
    purged = await purge(store, START, 1000.0)
    assert (purged.ledger, purged.said, purged.journal) == (1, 1, 1)
    assert await store.read(lambda tx: (tx.ledger.get("l34") is None, tx.ledger.get("l36"))) == (False, None)
    assert len(await store.read(lambda tx: tx.said.of("maya", START - 99 * day))) == 1
    assert [each.kind for each in await store.read(lambda tx: tx.diary.all())] == [
        "words:end_of_day", "end_of_day",
    ]  # fmt: skip


async def test_the_loop_purges_once_a_day() -> None:
    clock = HandClock()
    store, chat = MemoryStore(), FaultyChat(clock)
    async with running(store, chat, Timing(heartbeat=0.02)) as (runner, _):
        await until(lambda: runner.sweep_age() is not None)
    assert await next_purge(store, timedelta(days=1), START) == START + timedelta(days=1)


async def test_a_bot_that_runs_on_fills_in_the_public_holidays_of_the_coming_years() -> None:
    clock = HandClock()
    store, chat = MemoryStore(), FaultyChat(clock)
    person = Person("maya", "Europe/Lisbon", place="PT")
    await store.write(lambda tx: tx.people.put(PersonRecord(person, PersonState())))
    async with running(store, chat, Timing(heartbeat=0.02), SmallCalendars()):
        async with asyncio.timeout(5):
            while not (await store.read(lambda tx: tx.people.get("maya"))).person.holidays:  # type: ignore[union-attr]  # noqa: ASYNC110
                await asyncio.sleep(0.005)


async def test_a_team_that_is_due_is_swept_and_its_next_instant_counts() -> None:
    store = MemoryStore()
    team = Team("platform", "Europe/Lisbon", review_by=(START + timedelta(days=9)).date())
    await store.write(lambda tx: tx.teams.put(TeamRecord(team, next_at=START)))
    result = await sweep(store, START)
    assert (result.swept, result.failed) == (1, 0)
    assert result.next_at is not None
    assert timedelta(days=7) < result.next_at - START < timedelta(days=10)
    assert (await sweep(store, START)).swept == 0


async def test_a_team_that_cannot_be_planned_is_tried_again_later_and_stops_nobody() -> None:
    store = await enrolled(3)
    broken = Team("broken", "Nowhere/Land", review_by=START.date())
    fine = Team("fine", "Europe/Lisbon", review_by=(START + timedelta(days=9)).date())
    for team in (broken, fine):
        await store.write(lambda tx, team=team: tx.teams.put(TeamRecord(team, next_at=START)))  # type: ignore[misc]
    result = await sweep(store, START)
    assert (result.swept, result.failed) == (5, 1)
    again = await store.read(lambda tx: tx.teams.get("broken"))
    assert again is not None
    assert again.next_at == START + timedelta(minutes=5)


async def test_a_team_whose_row_cannot_be_read_stops_nobody_and_is_not_looked_at_without_a_pause(
    tmp_path: Path,
) -> None:
    migrate(tmp_path / "bot.db")
    with closing(sqlite3.connect(tmp_path / "bot.db")) as broken, broken:
        broken.execute("INSERT INTO teams (id, payload, next_at) VALUES ('broken', '{', 0)")
    store = SqliteStore(tmp_path / "bot.db")
    try:
        await store.write(lambda tx: enrol(tx, 1))
        result = await sweep(store, START)
        assert (result.swept, result.failed) == (2, 1)
        assert result.next_at is not None
        assert result.next_at > START
    finally:
        await store.close()
