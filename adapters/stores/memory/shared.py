"""What belongs to no single person, in memory: budgets, tokens, once-only things, tenants, meta."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from adapters.stores.memory.tables import Table, account_order
from bot.codec import to_micros
from bot.inbound import Account
from bot.records import Budget, Tenant


class MemoryBudgets(Table[tuple[str, str, str], Budget]):
    def get(self, tenant: str, method: str, channel: str) -> Budget | None:
        return self.rows.get((tenant, method, channel))

    def put(self, budget: Budget) -> None:
        self.set((budget.tenant, budget.method, budget.channel), budget)

    def purge(self, before: float) -> int:
        old = [key for key, row in self.rows.items() if row.as_of < before and row.not_before < before]
        for key in old:
            self.set(key, None)
        return len(old)


class MemoryTokens(Table[Account, bytes]):
    def get(self, account: Account) -> bytes | None:
        return self.rows.get(account)

    def put(self, account: Account, sealed: bytes) -> None:
        self.set(account, sealed)

    def remove(self, account: Account) -> None:
        self.set(account, None)

    def all(self, after: Account | None = None, limit: int = 500) -> list[tuple[Account, bytes]]:
        ordered = sorted(self.rows, key=account_order)
        rest = [key for key in ordered if after is None or account_order(key) > account_order(after)]
        return [(key, self.rows[key]) for key in rest[:limit]]


@dataclass(frozen=True, slots=True)
class Issued:
    """A secret that may be consumed once."""

    payload: str
    expires_at: datetime


class MemoryOnce(Table[tuple[str, str], "datetime | Issued"]):
    """("key", key) → when it was first seen; ("secret", secret) → what was issued."""

    def first(self, key: str, now: datetime) -> bool:
        to_micros(now)
        if ("key", key) in self.rows:
            return False
        self.set(("key", key), now)
        return True

    def issue(self, secret: str, payload: str, expires_at: datetime) -> None:
        to_micros(expires_at)
        self.set(("secret", secret), Issued(payload, expires_at))

    def consume(self, secret: str, now: datetime) -> str | None:
        row = self.rows.get(("secret", secret))
        if not isinstance(row, Issued) or row.expires_at <= now:
            return None
        self.set(("secret", secret), None)
        return row.payload

    def withdraw(self, payload: str) -> None:
        found = [key for key, row in self.rows.items() if isinstance(row, Issued) and row.payload == payload]
        for key in found:
            self.set(key, None)

    def purge(self, before: datetime) -> int:
        old = [key for key, row in self.rows.items() if _ends(row) < before]
        for key in old:
            self.set(key, None)
        return len(old)


class MemoryTenants(Table[str, Tenant]):
    def get(self, tenant: str) -> Tenant | None:
        return self.rows.get(tenant)

    def put(self, tenant: Tenant) -> None:
        self.set(tenant.id, tenant)

    def all(self) -> list[Tenant]:
        return sorted(self.rows.values(), key=lambda tenant: tenant.id)


class MemoryMeta(Table[str, str]):
    def get(self, name: str) -> str | None:
        return self.rows.get(name)

    def put(self, name: str, value: str) -> None:
        self.set(name, value)


def _ends(row: datetime | Issued) -> datetime:
    return row.expires_at if isinstance(row, Issued) else row
