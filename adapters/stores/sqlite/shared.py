"""What belongs to no single person, in SQLite: budgets, tokens, once-only things, tenants, meta."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from adapters.stores.sqlite import queries as q
from adapters.stores.sqlite import rows
from bot.codec import to_micros
from bot.inbound import Account
from bot.records import Budget, Tenant


class SqliteBudgets:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    def get(self, tenant: str, method: str, channel: str) -> Budget | None:
        row = self._execute(q.BUDGET_GET, (tenant, method, channel)).fetchone()
        return None if row is None else Budget(tenant, method, channel, *row)

    def put(self, budget: Budget) -> None:
        amounts = (budget.tokens, budget.as_of, budget.not_before)
        self._execute(q.BUDGET_PUT, (budget.tenant, budget.method, budget.channel, *amounts))

    def purge(self, before: float) -> int:
        return self._execute(q.BUDGETS_PURGE, (before, before)).rowcount


class SqliteTokens:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    def get(self, account: Account) -> bytes | None:
        row = self._execute(q.TOKEN_GET, (account.tenant, account.user)).fetchone()
        return None if row is None else bytes(row[0])

    def put(self, account: Account, sealed: bytes) -> None:
        self._execute(q.TOKEN_PUT, (account.tenant, account.user, sealed))

    def remove(self, account: Account) -> None:
        self._execute(q.TOKEN_REMOVE, (account.tenant, account.user))

    def all(self, after: Account | None = None, limit: int = 500) -> list[tuple[Account, bytes]]:
        start = ("", "") if after is None else (after.tenant, after.user)
        found = self._execute(q.TOKENS_ALL, (*start, limit))
        return [(Account(tenant, user), sealed) for tenant, user, sealed in found]


class SqliteOnce:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    def first(self, key: str, now: datetime) -> bool:
        return self._execute(q.SEEN_FIRST, (key, to_micros(now))).rowcount == 1

    def issue(self, secret: str, payload: str, expires_at: datetime) -> None:
        self._execute(q.SECRET_ISSUE, (secret, payload, to_micros(expires_at)))

    def consume(self, secret: str, now: datetime) -> str | None:
        found = self._execute(q.SECRET_CONSUME, (secret, to_micros(now))).fetchall()
        return str(found[0][0]) if found else None

    def withdraw(self, payload: str) -> None:
        self._execute(q.SECRETS_WITHDRAW, (payload,))

    def purge(self, before: datetime) -> int:
        end = (to_micros(before),)
        return self._execute(q.SEEN_PURGE, end).rowcount + self._execute(q.ISSUED_PURGE, end).rowcount


class SqliteTenants:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    def get(self, tenant: str) -> Tenant | None:
        row = self._execute(q.TENANT_GET, (tenant,)).fetchone()
        return None if row is None else rows.tenant(row)

    def put(self, tenant: Tenant) -> None:
        self._execute(q.TENANT_PUT, rows.tenant_row(tenant))

    def all(self) -> list[Tenant]:
        return [rows.tenant(row) for row in self._execute(q.TENANTS_ALL)]


class SqliteMeta:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    def get(self, name: str) -> str | None:
        row = self._execute(q.META_GET, (name,)).fetchone()
        return None if row is None else str(row[0])

    def put(self, name: str, value: str) -> None:
        self._execute(q.META_PUT, (name, value))
