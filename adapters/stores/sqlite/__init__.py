"""The embedded store: SQLite in WAL mode with `synchronous=FULL`, one writing thread, reads in place."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

from adapters.stores.sqlite import words
from adapters.stores.sqlite.connection import connect, library_warning, store_error
from adapters.stores.sqlite.conversations import SqliteConversations, SqliteInbox
from adapters.stores.sqlite.outbox import SqliteOutbox
from adapters.stores.sqlite.people import SqliteAccounts, SqliteHistory, SqliteHolds, SqlitePeople
from adapters.stores.sqlite.schema import STEPS, applied_names, apply_pending
from adapters.stores.sqlite.shared import (
    SqliteBudgets,
    SqliteMeta,
    SqliteOnce,
    SqliteTenants,
    SqliteTokens,
)
from adapters.stores.sqlite.teams import SqliteBallots, SqliteLedger, SqlitePublications, SqliteTeams
from adapters.stores.sqlite.words import SqliteAcknowledgements, SqliteDiary, SqliteSaidLog
from adapters.stores.sqlite.writer import Writer
from bot.ports import StoreError, Tx

__all__ = ["SqliteStore", "library_warning", "migrate", "pending"]

T = TypeVar("T")


def migrate(path: Path) -> list[str]:
    """Create the database or bring it up to date; returns the names of the migrations applied now."""
    connection = connect(path)
    try:
        return apply_pending(connection)
    except sqlite3.Error as error:
        raise store_error(error) from error
    finally:
        connection.close()


def pending(path: Path) -> list[str]:
    """The migrations this database still needs, in order; all of them for a file that does not exist."""
    if not path.exists():
        return list(STEPS)
    connection = connect(path, reader=True)
    try:
        return _missing(connection)
    except sqlite3.Error as error:
        raise store_error(error) from error
    finally:
        connection.close()


class SqliteTx:
    """The tables over one connection, as the `Tx` port names them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.people = SqlitePeople(connection)
        self.accounts = SqliteAccounts(connection)
        self.conversations = SqliteConversations(connection)
        self.holds = SqliteHolds(connection)
        self.outbox = SqliteOutbox(connection)
        self.budgets = SqliteBudgets(connection)
        self.tokens = SqliteTokens(connection)
        self.once = SqliteOnce(connection)
        self.inbox = SqliteInbox(connection, self.once)
        self.history = SqliteHistory(connection)
        self.tenants = SqliteTenants(connection)
        self.teams = SqliteTeams(connection)
        self.ballots = SqliteBallots(connection)
        self.ledger = SqliteLedger(connection)
        self.publications = SqlitePublications(connection)
        self.acknowledgements = SqliteAcknowledgements(connection)
        self.diary = SqliteDiary(connection)
        self.said = SqliteSaidLog(connection)
        self.meta = SqliteMeta(connection)
        self._execute = connection.execute

    def remove_person(self, person: str, mark: str) -> None:
        words.remove_person(self, self._execute, person, mark)

    def hand_over(self, person: str, to: str) -> None:
        if person != to:
            words.hand_over(self, self._execute, person, to)

    def begin_work(self) -> None:
        """Forget what an earlier transaction read."""
        self.people.current.clear()


class SqliteStore:
    """The `Store` port over one database file. `read` belongs to one event loop, `write` to any."""

    def __init__(self, path: Path) -> None:
        """Opens an up-to-date database; raises StoreError if it needs `migrate` first."""
        self.path = path
        connection = connect(path)
        try:
            _check_schema(connection)
            self._reader = connect(path, reader=True)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        self._tx, self._reading = SqliteTx(connection), SqliteTx(self._reader)
        self._writer = Writer(connection, self._tx.begin_work)
        self._closed = False

    async def write(self, work: Callable[[Tx], T]) -> T:
        self._check_open()
        return cast(T, await self._writer.submit(lambda: work(self._tx)))

    async def read(self, work: Callable[[Tx], T]) -> T:
        """Runs in the event loop: a point read takes microseconds, a hop to a thread a hundred times that."""
        self._check_open()
        self._reading.begin_work()
        try:
            self._reader.execute("BEGIN")
            return work(self._reading)
        except sqlite3.Error as error:
            raise store_error(error, reading=True) from error
        finally:
            if self._reader.in_transaction:
                self._reader.execute("ROLLBACK")

    async def scrub(self) -> None:
        """`secure_delete` has overwritten what was removed; this moves it out of the write-ahead log too."""
        self._check_open()
        await self._writer.submit(self._empty_log, alone=True)

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._reader.close()  # first, so that the writer's close is the last and empties the log
        await self._writer.close()

    def _empty_log(self) -> None:
        busy, *_ = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise StoreError("Another program reads the database; close it and try again.")

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError("The store is closed; open it again.")


def _missing(connection: sqlite3.Connection) -> list[str]:
    have = applied_names(connection)
    return [name for name in STEPS if name not in have]


def _check_schema(connection: sqlite3.Connection) -> None:
    try:
        have = applied_names(connection)
    except sqlite3.Error as error:
        raise store_error(error) from error
    if any(name not in STEPS for name in have):
        raise StoreError("A newer version has changed this database; run that version, or restore a backup.")
    if len(have) < len(STEPS):
        raise StoreError("The database is not up to date; run `boundary-bot migrate`.")
