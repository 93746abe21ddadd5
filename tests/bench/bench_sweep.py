"""Sweeps as people grow: everybody planned and stored; beside APScheduler with an empty job for each."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import quantiles
from typing import TypeVar

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from adapters.clock import SystemClock
from adapters.engines.apscheduler import ApschedulerEngine
from adapters.playground.clock import PlaygroundClock
from adapters.stores.sqlite import SqliteStore, migrate
from bot import planning
from bot.inbound import Account
from bot.loop import SWEEP
from bot.ports import Clock, Tx
from bot.records import AccountRecord, PersonRecord, PersonState
from bot.sweep import TOGETHER, sweep
from rules import Kind, Person, Window, parse_when

Row = dict[str, str | float]
T = TypeVar("T")
EVENING = datetime(2026, 11, 24, 16, 55, tzinfo=UTC)
"""Five minutes before everybody's kids come home: each person's status and snooze are armed."""
TENANTS = 20
LATE_AT_MOST, BLOCKED_AT_MOST = 0.5, 50  # seconds (p99) and milliseconds: the numbers to reach
_WINDOWS = (
    ("kids", Kind.QUIET, "weekdays 17:00-17:30"),
    ("family dinner", Kind.QUIET, "daily 18:00-19:30"),
    ("deep work", Kind.FOCUS, "tue,thu 09:00-11:30"),
    ("lunch", Kind.BREAK, "mon-fri 12:30-13:30"),
    ("gym", Kind.QUIET, "mon,wed 07:00-08:00"),
    ("nap", Kind.RECHARGE, "sat,sun 14:00-16:00"),
    ("night", Kind.QUIET, "daily 22:00-07:00"),
)
_HOURS = parse_when("mon-thu 09:00-12:30, 13:30-18:00; fri 09:00-13:00")


def run(quick: bool) -> list[Row]:
    """Rows: what was measured, with how many people, ours, and the peer's where there is one."""
    sizes = (500, 2000) if quick else (1000, 10_000, 100_000)
    return [row for size in sizes for row in _at(size)]


def _at(people: int) -> Iterator[Row]:
    due = min(people, 10_000)
    with tempfile.TemporaryDirectory(prefix="boundary-bench-") as folder:
        ours = asyncio.run(_ours(Path(folder) / "bot.db", people, due))
    peer = asyncio.run(_peer(people, due))
    yield _row("start to first armed wake-up", people, "ms", ours.start * 1000, peer.start * 1000)
    yield _row("idle cost, CPU in a second", people, "ms", ours.idle * 1000, peer.idle * 1000)
    yield _row("sweep, first after a start", people, "people/s", due / ours.cold)
    yield _row("sweep, later ones", people, "people/s", due / ours.warm)
    burst, at_most = f"{due:,} due within one second", f"≤ {LATE_AT_MOST:g} s"
    yield _row(f"{burst}: lateness p50", people, "s", ours.p50, peer.p50)
    yield _row(f"{burst}: lateness p99", people, "s", ours.p99, peer.p99, target=at_most)
    blocked = ours.blocked * 1000, peer.blocked * 1000
    yield _row(
        f"{burst}: longest block of the loop", people, "ms", *blocked, target=f"≤ {BLOCKED_AT_MOST:g} ms"
    )


def _row(
    what: str, people: int, unit: str, ours: float, peer: float | None = None, *, target: str = ""
) -> Row:
    """`times better`: how many times less ours is. The peer's jobs live in memory and store nothing."""
    return {
        "what": what,
        "people": people,
        "unit": unit,
        "ours": ours,
        "empty jobs": "" if peer is None else f"{peer:,.3g}",
        "times better": "" if not peer else f"{peer / ours:,.2g}",
        "target": target,
    }


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds; `idle` in seconds of CPU a second."""

    start: float = 0.0
    idle: float = 0.0
    cold: float = 1.0
    warm: float = 1.0
    p50: float = 0.0
    p99: float = 0.0
    blocked: float = 0.0


# Ours ---------------------------------------------------------------------------------------------


async def _ours(path: Path, people: int, due: int) -> Figures:
    await _populate(path, people, due)
    planning.outlines.clear()  # as in a process that has just started
    begun = time.perf_counter()
    store, clock = SqliteStore(path), SystemClock()
    engine = ApschedulerEngine(clock)
    await engine.start(_nothing)
    first = await store.read(lambda tx: tx.people.next_at())
    assert first is not None
    engine.wake(SWEEP, first + timedelta(days=3650))
    start = time.perf_counter() - begun
    idle = await _idle()
    await engine.stop()
    cold = await _timed_sweep(store, EVENING - timedelta(hours=2))
    warm = await _timed_sweep(store, EVENING - timedelta(hours=1, minutes=59))
    lateness, blocked = await _due_within_a_second(store, due)
    await store.close()
    p50, p99 = _percentiles(lateness)
    return Figures(start, idle, cold, warm, p50, p99, blocked)


async def _nothing(key: str) -> None:
    del key


async def _populate(path: Path, people: int, due: int) -> None:
    """`due` of them are due in the early afternoon, the others some day; nobody has been planned yet."""
    migrate(path)
    store = SqliteStore(path)
    early = EVENING - timedelta(hours=2)
    for first in range(0, people, 1000):
        await store.write(
            partial(_add, numbers=range(first, min(people, first + 1000)), due=due, early=early)
        )
    await store.close()


def _add(tx: Tx, numbers: range, due: int, early: datetime) -> None:
    for number in numbers:
        account = _account(number)
        tx.accounts.put(AccountRecord(account, f"p{number:06}", connected=True))
        at = early if number < due else EVENING + timedelta(days=30)
        tx.people.put(PersonRecord(_person(number), PersonState(home=account), at))


def _account(number: int) -> Account:
    return Account(f"slack:T{number % TENANTS}", f"U{number:06}")


def _person(number: int) -> Person:
    windows = tuple(Window(name, kind, parse_when(when)) for name, kind, when in _WINDOWS)
    return Person(f"p{number:06}", "Europe/Lisbon", hours=_HOURS, windows=windows)


async def _timed_sweep(store: SqliteStore, now: datetime) -> float:
    """Seconds to sweep everybody who is due; they are due again a minute later."""
    begun = time.perf_counter()
    swept = await sweep(store, now)
    took = time.perf_counter() - begun
    await store.write(partial(_due_at, at=now + timedelta(minutes=1), people=swept.swept))
    return took


def _due_at(tx: Tx, at: datetime, people: int, spread: timedelta = timedelta(0)) -> None:
    for number in range(people):
        record = tx.people.get(f"p{number:06}")
        assert record is not None
        tx.people.put(replace(record, next_at=at + spread * (number / people)))


async def _due_within_a_second(store: SqliteStore, due: int) -> tuple[list[float], float]:
    """How late each person was planned, and the longest the event loop was kept waiting, in seconds."""
    await store.write(partial(_due_at, at=EVENING, people=due, spread=timedelta(seconds=1)))
    clock = PlaygroundClock(SystemClock(), start=EVENING)
    timed = Timed(store, clock)
    watch = asyncio.create_task(_watch_loop())
    while sum(size for size, _ in timed.done) < due:
        await sweep(timed, clock.now(), limit=250)
        await asyncio.sleep(0)
    watch.cancel()
    ends = [end for size, end in timed.done for _ in range(size)]
    lateness = [(end - EVENING).total_seconds() - number / due for number, end in enumerate(ends)]
    return lateness, max(_stalls, default=0.0)


class Timed:
    """A store that notes how many people each transaction of a sweep planned, and when it was durable."""

    def __init__(self, store: SqliteStore, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._found = 0
        self.done: list[tuple[int, datetime]] = []
        self.scrub, self.close = store.scrub, store.close

    async def read(self, work: Callable[[Tx], T]) -> T:
        found = await self._store.read(work)
        if isinstance(found, list):  # who is due
            self._found = len(found)
        return found

    async def write(self, work: Callable[[Tx], T]) -> T:
        size = min(TOGETHER, self._found)
        self._found -= size
        written = await self._store.write(work)
        self.done.append((size, self._clock.now()))
        return written


# The peer -----------------------------------------------------------------------------------------


async def _peer(people: int, due: int) -> Figures:
    """One date job per person in APScheduler's memory store; a job does nothing at all."""
    begun = time.perf_counter()
    scheduler = AsyncIOScheduler(timezone=UTC, job_defaults={"misfire_grace_time": None})
    scheduler.start(paused=True)
    clock, lateness = SystemClock(), list[float]()
    some_day = clock.now() + timedelta(days=30)
    for _ in range(people - due):
        scheduler.add_job(_nothing, "date", run_date=some_day, args=["x"])
    scheduler.resume()
    for number in range(due):
        scheduler.add_job(_nothing, "date", run_date=some_day, args=["x"], id=str(number))
    start = time.perf_counter() - begun
    idle = await _idle()
    scheduler.pause()
    scheduler.remove_all_jobs()
    at = clock.now() + timedelta(seconds=1 + due / 4000)
    for number in range(due):
        when = at + timedelta(seconds=number / due)
        scheduler.add_job(_late, "date", run_date=when, args=[clock, when, lateness])
    watch = asyncio.create_task(_watch_loop())
    scheduler.resume()
    while len(lateness) < due:  # noqa: ASYNC110 -- the jobs have no event
        await asyncio.sleep(0.01)
    watch.cancel()
    scheduler.shutdown(wait=False)
    p50, p99 = _percentiles(lateness)
    return Figures(start=start, idle=idle, p50=p50, p99=p99, blocked=max(_stalls, default=0.0))


async def _late(clock: Clock, when: datetime, lateness: list[float]) -> None:
    lateness.append((clock.now() - when).total_seconds())


# Both ---------------------------------------------------------------------------------------------

_stalls: list[float] = []


async def _watch_loop() -> None:
    _stalls.clear()
    while True:
        begun = time.perf_counter()
        await asyncio.sleep(0.001)
        _stalls.append(time.perf_counter() - begun - 0.001)


async def _idle(seconds: float = 1.0) -> float:
    begun = time.process_time()
    await asyncio.sleep(seconds)
    return (time.process_time() - begun) / seconds


def _percentiles(lateness: list[float]) -> tuple[float, float]:
    cuts = quantiles(lateness, n=100)
    return cuts[49], cuts[98]


def main() -> None:
    """Print the rows of a full run."""
    from tests.bench.__main__ import main as bench

    bench(["bench_sweep"])


if __name__ == "__main__":
    main()
