"""What people acknowledged, wrote and said for themselves in SQLite, and one id in place of another."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime
from typing import TYPE_CHECKING

from adapters.stores.sqlite import queries as q
from adapters.stores.sqlite import rows
from bot.codec import decode_said, encode_said, from_micros, to_micros
from bot.records import Acknowledgement, JournalEntry, SaidEntry
from bot.records.identity import in_entry, in_forgotten_entry

if TYPE_CHECKING:
    from adapters.stores.sqlite import SqliteTx


class SqliteAcknowledgements:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    def put(self, acknowledgement: Acknowledgement) -> None:
        key = (acknowledgement.team, acknowledgement.number, acknowledgement.person)
        self._execute(q.ACKNOWLEDGE, (*key, to_micros(acknowledgement.at)))

    def of(self, team: str, number: int) -> list[Acknowledgement]:
        return [_acknowledgement(row) for row in self._execute(q.ACKNOWLEDGED_OF, (team, number))]

    def by(self, person: str) -> list[Acknowledgement]:
        return [_acknowledgement(row) for row in self._execute(q.ACKNOWLEDGED_BY, (person,))]


def _acknowledgement(row: rows.Row) -> Acknowledgement:
    return Acknowledgement(row[0], row[1], row[2], from_micros(row[3]))


class SqliteDiary:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    def put(self, entry: JournalEntry) -> None:
        self._execute(q.JOURNAL_PUT, rows.journal_row(entry))

    def of(self, person: str, since: date) -> list[JournalEntry]:
        return [rows.journal_entry(row) for row in self._execute(q.JOURNAL_OF, (person, since.isoformat()))]

    def remove(self, person: str, day: date, kind: str) -> None:
        self._execute(q.JOURNAL_ENTRY_REMOVE, (person, day.isoformat(), kind))

    def all(self, after: tuple[str, date, str] | None = None, limit: int = 500) -> list[JournalEntry]:
        start = ("", "", "") if after is None else (after[0], after[1].isoformat(), after[2])
        return [rows.journal_entry(row) for row in self._execute(q.JOURNAL_ALL, (*start, limit))]

    def purge(self, before: date) -> int:
        return self._execute(q.JOURNAL_PURGE, (before.isoformat(),)).rowcount


class SqliteSaidLog:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    def put(self, entry: SaidEntry) -> None:
        said = entry.said
        key = (entry.person, to_micros(said.at), to_micros(said.until))
        self._execute(q.SAID_PUT, (*key, encode_said(said)))

    def of(self, person: str, since: datetime) -> list[SaidEntry]:
        found = self._execute(q.SAID_OF, (person, to_micros(since)))
        return [SaidEntry(person, decode_said(row[0])) for row in found]

    def purge(self, before: datetime) -> int:
        return self._execute(q.SAID_PURGE, (to_micros(before),)).rowcount


OWN_REMOVE = (q.VOTES_REMOVE, q.ACKNOWLEDGED_REMOVE, q.JOURNAL_REMOVE, q.SAID_REMOVE)
OWN_HAND_OVER = (q.VOTES_HAND_OVER, q.ACKNOWLEDGED_HAND_OVER, q.JOURNAL_HAND_OVER, q.SAID_HAND_OVER)


def remove_person(tx: SqliteTx, execute: rows.Execute, person: str, mark: str) -> None:
    """The `Tx.remove_person` of the port."""
    for entry in tx.ledger.naming(person):
        tx.ledger.put(in_forgotten_entry(entry, person, mark))
    _swap(tx, execute, person, mark, "")
    for statement in OWN_REMOVE:
        execute(statement, (person,))


def hand_over(tx: SqliteTx, execute: rows.Execute, person: str, to: str) -> None:
    """The `Tx.hand_over` of the port."""
    for entry in tx.ledger.naming(person):
        tx.ledger.put(in_entry(entry, person, to))
    _swap(tx, execute, person, to, to)
    for statement in OWN_HAND_OVER:
        execute(statement, (to, person))
    for statement in OWN_REMOVE:
        execute(statement, (person,))


def _swap(tx: SqliteTx, execute: rows.Execute, person: str, to: str, member: str) -> None:
    for (team,) in execute(q.NAMED_TEAMS, (person,)).fetchall():
        tx.teams.swap(team, person, to, member)
        tx.ballots.swap(team, person, to, member)
        tx.publications.swap(team, person, to)
    execute(q.NAMED_REMOVE, (person,))
