"""What only the SQLite store promises: durability, files, locks, migrations, erased bytes."""

from __future__ import annotations

import asyncio
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from adapters.stores.sqlite import SqliteStore, library_warning, migrate, pending
from bot.inbound import Account
from bot.ports import StoreError, Tx
from bot.records import AccountRecord
from tests.support.records import (
    MAYA,
    NOW,
    conversation,
    delivery,
    hold,
    parcel,
    record,
)

ACKNOWLEDGE = """
import asyncio, sys
from pathlib import Path
from adapters.stores.sqlite import SqliteStore

async def main():
    store = SqliteStore(Path(sys.argv[1]))
    for number in range(100_000):
        await store.write(lambda tx: tx.meta.put(f"n{number}", "acknowledged"))
        print(number, flush=True)

asyncio.run(main())
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "boundary.db"
    migrate(file)
    return file


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(path)
    yield opened
    await opened.close()


def raw_bytes(path: Path) -> bytes:
    """Everything in the database's folder: the file, its log and shared memory."""
    return b"".join(file.read_bytes() for file in path.parent.iterdir())


# Durability --------------------------------------------------------------------------------------


def test_what_was_acknowledged_survives_kill_9(path: Path) -> None:
    command = [sys.executable, "-c", ACKNOWLEDGE, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603 -- our own interpreter
        assert process.stdout is not None
        acknowledged = [int(process.stdout.readline()) for _ in range(50)][-1]
        process.send_signal(signal.SIGKILL)
    with closing(sqlite3.connect(path)) as connection:
        [(count,)] = connection.execute("SELECT COUNT(*) FROM meta")
        assert count > acknowledged
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_commits_wait_for_the_disk_and_the_log_is_write_ahead(store: SqliteStore) -> None:
    def pragmas(tx: Tx) -> list[object]:
        execute = tx.people._execute  # type: ignore[attr-defined]
        names = ("synchronous", "journal_mode", "mmap_size")
        return [execute(f"PRAGMA {name}").fetchone()[0] for name in names]

    assert await store.write(pragmas) == [2, "wal", 0]


async def test_works_that_wait_together_share_commits(store: SqliteStore, path: Path) -> None:
    """A commit writes at least one frame of the log; 400 commits would write 400 of 4 KiB and more."""
    await store.scrub()
    await asyncio.gather(*(store.write(lambda tx, n=n: tx.meta.put(f"n{n}", "")) for n in range(400)))
    frames = path.with_name("boundary.db-wal").stat().st_size // 4096
    assert 0 < frames < 100


async def test_a_scrub_between_writes_keeps_their_order(store: SqliteStore) -> None:
    def put(value: str) -> asyncio.Future[None]:
        return asyncio.ensure_future(store.write(lambda tx: tx.meta.put("last", value)))

    before = [put(str(n)) for n in range(300)]
    scrub = asyncio.ensure_future(store.scrub())
    after = [put(str(n)) for n in range(300, 600)]
    await asyncio.gather(*before, scrub, *after)
    assert await store.read(lambda tx: tx.meta.get("last")) == "599"


async def test_writes_may_come_from_several_event_loops(store: SqliteStore) -> None:
    def elsewhere(number: int) -> None:
        asyncio.run(store.write(lambda tx: tx.meta.put(f"n{number}", "")))

    here = store.write(lambda tx: tx.meta.put("here", ""))
    await asyncio.gather(here, *(asyncio.to_thread(elsewhere, number) for number in range(4)))
    kept = await store.read(lambda tx: [tx.meta.get(name) for name in ("here", "n0", "n1", "n2", "n3")])
    assert kept == [""] * 5


async def test_the_event_loop_goes_on_during_a_long_batch(store: SqliteStore) -> None:
    turns = 0
    works = (lambda tx, n=n: tx.outbox.add(delivery(f"d{n}")) for n in range(600))
    writes = asyncio.gather(*(store.write(work) for work in works))
    while not writes.done():
        turns += 1
        await asyncio.sleep(0)
    await writes
    assert turns > 20


async def test_closing_finishes_what_was_accepted(path: Path) -> None:
    store = SqliteStore(path)
    works = (store.write(lambda tx, n=n: tx.meta.put(f"n{n}", "")) for n in range(500))
    writes = [asyncio.ensure_future(work) for work in works]
    await asyncio.sleep(0)
    await store.close()
    await asyncio.gather(*writes)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT COUNT(*) FROM meta").fetchone() == (500,)
    assert not path.with_name("boundary.db-wal").exists()


# Trouble -----------------------------------------------------------------------------------------


@contextmanager
def files_at_most(size: int) -> Iterator[None]:
    """No file of this process may grow beyond `size` bytes: to SQLite, a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_on_a_full_disk_what_was_acknowledged_stays_and_the_rest_is_refused(path: Path) -> None:
    store = SqliteStore(path)
    with files_at_most(600_000):
        works = (lambda tx, n=n: tx.meta.put(f"n{n}", "x" * 4000) for n in range(100))
        outcomes = [(await asyncio.gather(store.write(work), return_exceptions=True))[0] for work in works]
    errors = [outcome for outcome in outcomes if outcome is not None]
    assert 0 < len(errors) < 100
    assert all(isinstance(error, StoreError) and "disk" in str(error) for error in errors)
    await store.write(lambda tx: tx.meta.put("space again", "yes"))
    kept = await store.read(lambda tx: [tx.meta.get(f"n{n}") is not None for n in range(100)])
    assert kept == [outcome is None for outcome in outcomes]
    await store.close()


async def test_while_another_program_holds_the_lock_every_caller_is_told_in_time(
    store: SqliteStore, path: Path
) -> None:
    await store.write(lambda tx: tx.people._execute("PRAGMA busy_timeout = 100"))  # type: ignore[attr-defined]
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writes = (store.write(lambda tx: tx.meta.put("a", "b")) for _ in range(300))
        results = await asyncio.wait_for(asyncio.gather(*writes, return_exceptions=True), 3)
        assert all(isinstance(result, StoreError) and "locked" in str(result) for result in results)
        assert await store.read(lambda tx: tx.meta.get("a")) is None
        other.execute("ROLLBACK")
    await store.write(lambda tx: tx.meta.put("a", "b"))


async def test_a_reader_elsewhere_does_not_stop_a_writer(store: SqliteStore, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT COUNT(*) FROM meta").fetchone()
        await asyncio.wait_for(store.write(lambda tx: tx.meta.put("a", "b")), 2)
        with pytest.raises(StoreError, match="reads the database"):
            await store.scrub()
    await store.scrub()


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to be read as one" * 9])
def test_a_file_that_is_no_database_is_named_as_such(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "boundary.db"
    file.write_bytes(content)
    with pytest.raises(StoreError, match="BOUNDARY_DATABASE_URL"):
        SqliteStore(file)
    with pytest.raises(StoreError, match="BOUNDARY_DATABASE_URL"):
        migrate(file)


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nowhere"):
        migrate(tmp_path / "nowhere" / "boundary.db")


# Files and schema --------------------------------------------------------------------------------


def test_the_database_and_its_log_are_private_to_their_owner(path: Path) -> None:
    path.chmod(0o644)
    migrate(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 1")
        assert {oct(file.stat().st_mode & 0o777) for file in path.parent.iterdir()} == {"0o600"}


def test_a_new_database_needs_every_migration_and_an_old_one_none(tmp_path: Path) -> None:
    file = tmp_path / "boundary.db"
    needed = pending(file)
    assert needed
    assert not file.exists()
    assert migrate(file) == needed
    assert (pending(file), migrate(file)) == ([], [])


def test_a_database_without_its_tables_is_refused_with_the_command_that_helps(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="boundary-bot migrate"):
        SqliteStore(tmp_path / "boundary.db")


def test_a_database_of_a_newer_version_is_refused(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        row = "('boundary', '9999_x', '')"
        connection.execute(f"INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES {row}")  # noqa: S608
    with pytest.raises(StoreError, match="newer version"):
        SqliteStore(path)


def test_two_that_migrate_at_once_both_succeed(tmp_path: Path) -> None:
    file = tmp_path / "boundary.db"
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(migrate, [file] * 4))
    assert sum(map(bool, taken)) == 1
    assert pending(file) == []


def test_every_table_is_strict(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("PRAGMA table_list").fetchall()
    loose = [name for _, name, kind, _, _, strict in tables if kind == "table" and not strict]
    assert set(loose) == {"_sqlite_migrations", "sqlite_schema", "sqlite_temp_schema"}


@pytest.mark.parametrize(
    ("version", "warned"),
    [((3, 40, 1), True), ((3, 51, 2), True), ((3, 51, 3), False), ((3, 52, 0), True), ((3, 53, 0), False)],
)
def test_a_library_with_the_wal_reset_bug_is_named(version: tuple[int, int, int], warned: bool) -> None:
    warning = library_warning(version)
    assert (warning is not None) == warned
    if warning is not None:
        assert ".".join(map(str, version)) in warning


# Plans, erasure ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("look", "index"),
    [
        (lambda tx: tx.accounts.by_directory("teams:7e1a", "6f0c"), "accounts_directory"),
        (lambda tx: tx.conversations.remove_user(MAYA), "conversations_user"),
        (lambda tx: tx.accounts.named("t", "ken"), "accounts_name"),
        (lambda tx: tx.inbox.waiting(), "SCAN inbox"),
    ],
)
async def test_nothing_is_sorted_or_searched_through_where_an_index_helps(
    store: SqliteStore, look: Callable[[Tx], object], index: str
) -> None:
    def plan(tx: Tx) -> str:
        connection = tx.people._execute.__self__  # type: ignore[attr-defined]
        asked: list[str] = []
        connection.set_trace_callback(asked.append)
        look(tx)
        connection.set_trace_callback(None)
        return "; ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {asked[-1]}"))

    found = await store.write(plan)
    assert index in found
    assert "TEMP B-TREE" not in found


async def test_a_due_query_costs_the_same_among_a_hundred_thousand_people(store: SqliteStore) -> None:
    """Counted in SQLite's own steps, which no busy machine can change."""
    steps: list[int] = []

    def count(tx: Tx) -> None:
        connection = tx.people._execute.__self__  # type: ignore[attr-defined]
        ticks = [0]
        connection.set_progress_handler(lambda: ticks.__setitem__(0, ticks[0] + 1), 10)
        assert len(tx.people.due(NOW, 100)) == 100
        assert tx.people.next_at() == NOW
        connection.set_progress_handler(None, 10)
        steps.append(ticks[0])

    def grow(tx: Tx, start: int, end: int, at: int) -> None:
        tx.people._execute(  # type: ignore[attr-defined]
            "WITH RECURSIVE n (i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
            " INSERT INTO agenda SELECT printf('p%07d', i), '{}', ?, 1 FROM n",
            (start, end - 1, at),
        )

    now = int(NOW.timestamp() * 1_000_000)
    await store.write(lambda tx: grow(tx, 0, 100, now))
    await store.write(lambda tx: grow(tx, 100, 1000, now + 10**9))
    await store.write(count)
    await store.write(lambda tx: grow(tx, 1000, 100_000, now + 10**9))
    await store.write(count)
    assert steps[1] <= steps[0] * 1.1 + 1


async def test_no_byte_of_a_forgotten_person_is_left(store: SqliteStore, path: Path) -> None:
    people = [f"person{n:04}x" for n in range(400)]
    accounts = [Account("slack:T1", f"U{name}") for name in people]

    def live(tx: Tx) -> None:
        for name, account in zip(people, accounts, strict=True):
            tx.people.put(record(name, name=name))
            tx.accounts.put(AccountRecord(account, name, name))
            tx.holds.put(hold(f"h-{name}", recipient=name, reason=f"for {name}"))
            tx.outbox.add(delivery(f"d-{name}", to=account, because=name))
            tx.conversations.put(conversation(f"a:{name}", tenant=account.tenant, user=account.user))
            tx.inbox.add(parcel(f"key {account.user[-3:]}", tenant=account.tenant, line=f"a:{name}"))

    def forget(tx: Tx) -> None:
        for name, account in zip(people[::3], accounts[::3], strict=True):
            tx.people.remove(name)
            tx.accounts.remove(account)
            tx.holds.remove_person(name, [account])
            tx.outbox.remove_person([account])
            tx.conversations.remove_user(account)
            tx.inbox.remove_line(account.tenant, f"a:{name}")

    await store.write(live)
    for name in people:  # rows that move and grow leave old copies behind
        await store.write(lambda tx, n=name: tx.people.put(record(n, name=n * 9)))
    assert people[0].encode() in raw_bytes(path)
    await store.write(forget)
    await store.scrub()
    left = raw_bytes(path)
    assert [name for name in people if name.encode() not in left] == people[::3]
