"""The store and its due index, beside one commit per row and APScheduler with one job per person."""

from __future__ import annotations

import asyncio
import gc
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from adapters.stores.sqlite import SqliteStore, migrate
from adapters.stores.sqlite import queries as q
from adapters.stores.sqlite.connection import connect
from adapters.stores.sqlite.rows import delivery_row
from bot.codec import encode_person, encode_state, to_micros
from bot.ports import Store, Tx
from bot.records import PersonRecord, PersonState
from tests.support.records import NOW, delivery, later, person

Row = dict[str, str | float]
FAR = datetime(2099, 1, 1, tzinfo=UTC)
DUE = 100
TASKS = 200  # concurrent writers: one group commit's worth


def run(quick: bool) -> list[Row]:
    """Rows: what was measured, at which size, ours, the peer's, and how many times better ours is."""
    with tempfile.TemporaryDirectory(prefix="boundary-bench-") as folder:
        return list(_rows(Path(folder), quick))


def _rows(folder: Path, quick: bool) -> Iterator[Row]:
    count = 1000 if quick else 10_000
    yield _durable_writes(folder, count)
    yield from _sweep(folder, count)
    jobs = {1000: _apscheduler(1000), 10_000: {} if quick else _apscheduler(10_000)}
    for size in (1000, 10_000) if quick else (1000, 10_000, 100_000, 1_000_000):
        yield from _at_size(folder, size, jobs.get(size, {}))


def row(what: str, size: int, unit: str, ours: float, peer: float | None = None, *, target: str = "") -> Row:
    """`times better` follows from the unit: of times less is better, of rates more."""
    better = "" if not peer else f"{ours / peer if unit.endswith('/s') else peer / ours:,.2g}"
    beside = "" if peer is None else f"{peer:,.0f}" if peer >= 100 else f"{peer:.3g}"
    return {
        "what": what,
        "size": size,
        "unit": unit,
        "ours": ours,
        "peer": beside,
        "times better": better,
        "target": target,
    }


# Writing -----------------------------------------------------------------------------------------


def _durable_writes(folder: Path, count: int) -> Row:
    ours = asyncio.run(_group_commits(new_database(folder / "group.db"), count))
    peer = _single_commits(new_database(folder / "single.db"), count // 5)
    return row(
        "durable outbox writes (peer: a commit each)",
        count,
        "writes/s",
        ours,
        peer,
        target="≥ 5 times better",
    )


async def _group_commits(path: Path, count: int) -> float:
    store = SqliteStore(path)
    rows = iter([delivery(f"d{n:07}") for n in range(count)])

    async def writer() -> None:
        for each in rows:
            await store.write(lambda tx, d=each: tx.outbox.add(d))

    begun = time.perf_counter()
    await asyncio.gather(*(writer() for _ in range(TASKS)))
    took = time.perf_counter() - begun
    await store.close()
    return count / took


def _single_commits(path: Path, count: int) -> float:
    """The same row through the same statement and pragmas, committed one by one in place."""
    with closing(connect(path)) as connection:
        begun = time.perf_counter()
        for number in range(count):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(q.DELIVERY_ADD, delivery_row(delivery(f"d{number:07}")))
            connection.execute("COMMIT")
        return count / (time.perf_counter() - begun)


# Sweeping ----------------------------------------------------------------------------------------


def _sweep(folder: Path, count: int) -> Iterator[Row]:
    for together in (1, 50):
        path = new_database(folder / f"sweep{together}.db")
        fill(path, count, due=count)
        took, late, stall = asyncio.run(_sweep_all(path, count, together))
        name = f"all due at once, {together} a transaction:"
        yield row(f"{name} get, put, add", count, "µs a person", took / count * 1e6)
        yield row(f"{name} p99 lateness", count, "ms", late * 1e3)
        yield row(f"{name} longest loop stall", count, "ms", stall * 1e3)


async def _sweep_all(path: Path, count: int, together: int) -> tuple[float, float, float]:
    """All due in one instant: seconds for all, the 99th percentile, the longest that the loop was held."""
    store = SqliteStore(path)
    done: list[float] = []
    stalls = asyncio.create_task(_longest_stall())
    await asyncio.sleep(0)
    begun = time.perf_counter()

    async def handle(ids: list[str]) -> None:
        await store.write(lambda tx: [_handle(tx, id_) for id_ in ids])
        done.extend([time.perf_counter() - begun] * len(ids))

    while due := await store.read(lambda tx: tx.people.due(NOW, 500)):
        chunks = [due[start : start + together] for start in range(0, len(due), together)]
        await asyncio.gather(*map(handle, chunks))
    took = time.perf_counter() - begun
    stalls.cancel()
    stall = (await asyncio.gather(stalls, return_exceptions=True))[0]
    await store.close()
    assert len(done) == count
    return took, sorted(done)[int(count * 0.99)], float(str(stall))


def _handle(tx: Tx, id_: str) -> None:
    found = tx.people.get(id_)
    assert found is not None
    tx.people.put(PersonRecord(found.person, PersonState(armed=NOW, armed_for=NOW), later(hours=1)))
    tx.outbox.add(delivery(f"d-{id_}"))


async def _longest_stall() -> float:
    """Until cancelled; the answer travels in the cancellation."""
    longest, last = 0.0, time.perf_counter()
    try:
        while True:
            await asyncio.sleep(0.002)
            now = time.perf_counter()
            longest, last = max(longest, now - last - 0.002), now
    except asyncio.CancelledError:
        return longest


# Reading and starting ----------------------------------------------------------------------------


def _at_size(folder: Path, size: int, jobs: dict[str, float]) -> Iterator[Row]:
    path = new_database(folder / f"{size}.db")
    fill(path, size, due=DUE)
    figures = asyncio.run(_reading(path, size))
    start = figures["start"], jobs.get("start")
    yield row("start, first wake-up known (peer: jobs)", size, "ms", *start, target="≤ 50 ms at 1,000,000")
    yield row("memory taken by starting (peer: jobs)", size, "MB", figures["memory"], jobs.get("memory"))
    yield row("nothing due (peer: jobs in memory)", size, "µs", figures["idle"], jobs.get("idle"))
    due = figures["due"], jobs.get("due")
    yield row(f"{DUE} due (peer: jobs in memory)", size, "µs", *due, target="at 1,000,000 as at 10,000")
    yield row("read one person with eight norms", size, "µs", figures["get"])
    path.unlink()


async def _reading(path: Path, size: int) -> dict[str, float]:
    memory = resident()
    begun = time.perf_counter()
    store = SqliteStore(path)
    first = await store.read(lambda tx: tx.people.next_at())
    start = time.perf_counter() - begun
    assert first == NOW
    figures = {
        "start": start * 1e3,
        "memory": max(resident() - memory, 0.001),
        "due": await _typical(store, lambda tx: tx.people.due(NOW, DUE)),
        "idle": await _typical(store, lambda tx: tx.people.due(NOW - timedelta(days=1), DUE)),
        "get": await _typical(store, lambda tx: tx.people.get(f"p{size // 2:07}")),
    }
    await store.close()
    return figures


async def _typical(store: Store, work: Callable[[Tx], Any], times: int = 300) -> float:
    """Median microseconds of a read with its transaction."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        await store.read(work)
        taken.append(time.perf_counter() - begun)
    return sorted(taken)[times // 2] * 1e6


def _apscheduler(size: int) -> dict[str, float]:
    """One date job per person in a MemoryJobStore, which starts by adding them all again."""
    from apscheduler.schedulers.background import BackgroundScheduler

    gc.collect()
    memory, begun = resident(), time.perf_counter()
    scheduler = BackgroundScheduler(timezone=UTC)
    scheduler.start(paused=True)
    for number in range(size):
        at = FAR - timedelta(days=1) if number < DUE else FAR
        scheduler.add_job(print, "date", run_date=at, args=[number], id=f"p{number}")
    start, memory = time.perf_counter() - begun, resident() - memory
    jobs = scheduler._jobstores["default"]
    figures = {
        "start": start * 1e3,
        "memory": max(memory, 0.001),
        "due": _typical_call(lambda: jobs.get_due_jobs(FAR - timedelta(hours=1))),
        "idle": _typical_call(lambda: jobs.get_due_jobs(NOW)),
    }
    scheduler.shutdown()
    return figures


def _typical_call(call: Callable[[], Any], times: int = 300) -> float:
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        call()
        taken.append(time.perf_counter() - begun)
    return sorted(taken)[times // 2] * 1e6


# Data --------------------------------------------------------------------------------------------


def new_database(path: Path) -> Path:
    migrate(path)
    return path


def fill(path: Path, size: int, due: int) -> None:
    """People with eight norms each, `due` of them at NOW, the rest an hour later; SQLite makes the rows."""
    template = encode_person(person("p0000000"))
    state = encode_state(PersonState(name="Somebody", met=True))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        connection.execute(
            "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
            " INSERT INTO people"
            " SELECT printf('p%07d', i), replace(?, 'p0000000', printf('p%07d', i)) FROM n",
            (size - 1, template),
        )
        connection.execute(
            "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
            " INSERT INTO agenda"
            " SELECT printf('p%07d', i), ?, CASE WHEN i < ? THEN ? ELSE ? END, 1 FROM n",
            (size - 1, state, due, to_micros(NOW), to_micros(later(hours=1))),
        )
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def resident() -> float:
    """MB of this process now (Linux), else the most so far."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * resource.getpagesize() / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


if __name__ == "__main__":
    from tests.bench.__main__ import main

    raise SystemExit(main(["store", *sys.argv[1:]]))
