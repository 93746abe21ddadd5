"""People, their accounts, holds and history in SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from adapters.stores.sqlite import queries as q
from adapters.stores.sqlite import rows
from bot.codec import decode_person, decode_state, encode_person, encode_state, to_micros
from bot.inbound import Account
from bot.records import AccountRecord, Change, Hold, PersonRecord
from rules.values import Person


class SqlitePeople:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute
        # Norms as this transaction read or wrote them: the very same object need not be written again.
        self.current: dict[str, Person] = {}

    def get(self, person: str) -> PersonRecord | None:
        row = self._execute(q.PERSON_GET, (person,)).fetchone()
        if row is None:
            return None
        norms = self.current[person] = decode_person(row[0])
        return PersonRecord(norms, decode_state(row[1]), rows.instant(row[2]), row[3])

    def put(self, record: PersonRecord) -> None:
        person = record.person
        if self.current.get(person.id) is not person:
            self._execute(q.NORMS_PUT, (person.id, encode_person(person)))
            self.current[person.id] = person
        self._execute(q.AGENDA_PUT, (person.id, encode_state(record.state), rows.micros(record.next_at)))

    def due(self, now: datetime, limit: int) -> list[str]:
        return [row[0] for row in self._execute(q.PEOPLE_DUE, (to_micros(now), limit))]

    def next_at(self) -> datetime | None:
        return rows.instant(self._execute(q.PEOPLE_NEXT).fetchone()[0])

    def ids(self, after: str = "", limit: int = 1000) -> list[str]:
        return [row[0] for row in self._execute(q.PEOPLE_IDS, (after, limit))]

    def remove(self, person: str) -> None:
        self.current.pop(person, None)
        self._execute(q.NORMS_REMOVE, (person,))
        self._execute(q.AGENDA_REMOVE, (person,))


class SqliteAccounts:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    def get(self, account: Account) -> AccountRecord | None:
        row = self._execute(q.ACCOUNT_GET, (account.tenant, account.user)).fetchone()
        return None if row is None else rows.account(row)

    def put(self, record: AccountRecord) -> None:
        self._execute(q.ACCOUNT_PUT, rows.account_row(record))

    def of(self, person: str) -> list[AccountRecord]:
        return [rows.account(row) for row in self._execute(q.ACCOUNTS_OF, (person,))]

    def enrolled(self, tenant: str) -> int:
        return int(self._execute(q.ACCOUNTS_ENROLLED, (tenant,)).fetchone()[0])

    def by_directory(self, tenant: str, directory_id: str) -> AccountRecord | None:
        row = self._execute(q.ACCOUNT_LISTED, (tenant, directory_id)).fetchone()
        return None if row is None else rows.account(row)

    def named(self, tenant: str, beginning: str, limit: int = 200) -> list[AccountRecord]:
        asked = (tenant, rows.storable(beginning), f"{rows.storable(beginning)}\U0010ffff", limit)
        return [rows.account(row) for row in self._execute(q.ACCOUNTS_NAMED, asked)] if beginning else []

    def remove(self, account: Account) -> None:
        self._execute(q.ACCOUNT_REMOVE, (account.tenant, account.user))


class SqliteHolds:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    def get(self, hold: str) -> Hold | None:
        row = self._execute(q.HOLD_GET, (hold,)).fetchone()
        return None if row is None else rows.hold(row)

    def put(self, hold: Hold) -> None:
        self._execute(q.HOLD_PUT, rows.hold_row(hold))

    def waiting_for(self, person: str) -> list[Hold]:
        return [rows.hold(row) for row in self._execute(q.HOLDS_WAITING, (person,))]

    def sent_by(self, sender: Account, limit: int = 20) -> list[Hold]:
        return [rows.hold(row) for row in self._execute(q.HOLDS_SENT, (sender.tenant, sender.user, limit))]

    def received_by(self, person: str, limit: int = 20) -> list[Hold]:
        return [rows.hold(row) for row in self._execute(q.HOLDS_RECEIVED, (person, limit))]

    def sealed(self, after: str = "", limit: int = 500) -> list[Hold]:
        return [rows.hold(row) for row in self._execute(q.HOLDS_SEALED, (after, limit))]

    def reaching(self, people: Sequence[str], start: datetime, end: datetime) -> list[Hold]:
        span = (to_micros(start), to_micros(end))
        found = [rows.hold(row) for id in dict.fromkeys(people)
                 for row in self._execute(q.HOLDS_REACHING, (id, *span))]  # fmt: skip
        return sorted(found, key=_age)

    def sent_between(self, accounts: Sequence[Account], start: datetime, end: datetime) -> list[Hold]:
        span = (to_micros(start), to_micros(end))
        found = [rows.hold(row) for who in dict.fromkeys(accounts)
                 for row in self._execute(q.HOLDS_BETWEEN, (who.tenant, who.user, *span))]  # fmt: skip
        return sorted(found, key=_age)

    def remove_person(self, person: str, accounts: Sequence[Account]) -> None:
        self._execute(q.HOLDS_TO, (person,))
        for account in accounts:
            self._execute(q.HOLDS_FROM, (account.tenant, account.user))

    def purge(self, before: datetime) -> int:
        return self._execute(q.HOLDS_PURGE, (to_micros(before),)).rowcount


def _age(hold: Hold) -> tuple[datetime, str]:
    return (hold.created_at, hold.id)


class SqliteHistory:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    def push(self, change: Change, keep: int = 20) -> None:
        self._execute(q.CHANGE_PUSH, rows.change_row(change))
        self._execute(q.CHANGES_TRIM, (change.person, change.person, keep))

    def pop(self, person: str) -> Change | None:
        found = self._execute(q.CHANGE_POP, (person,)).fetchall()
        return rows.change(found[0]) if found else None

    def of(self, person: str) -> list[Change]:
        return [rows.change(row) for row in self._execute(q.CHANGES_OF, (person,))]

    def remove(self, person: str) -> None:
        self._execute(q.CHANGES_REMOVE, (person,))
