"""People, their accounts, holds and history in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from adapters.stores.memory.tables import Journal, SortedKeys, Table, account_order
from bot.codec import from_micros, to_micros
from bot.inbound import Account
from bot.records import AccountRecord, Change, Hold, HoldState, PersonRecord
from rules.values import Urgency

FINISHED = (HoldState.DELIVERED, HoldState.CANCELLED)


class MemoryPeople(Table[str, PersonRecord]):
    def __init__(self, journal: Journal) -> None:
        super().__init__(journal, self._reindex)
        self._agenda: SortedKeys[tuple[int, str]] = SortedKeys()

    def get(self, person: str) -> PersonRecord | None:
        return self.rows.get(person)

    def put(self, record: PersonRecord) -> None:
        if record.next_at is not None:
            to_micros(record.next_at)  # refuses naive instants
        old = self.rows.get(record.person.id)
        self.set(record.person.id, replace(record, version=old.version + 1 if old else 1))

    def due(self, now: datetime, limit: int) -> list[str]:
        end = to_micros(now)
        found: list[str] = []
        for at, person in self._agenda.items:
            if at > end or len(found) == limit:
                break
            found.append(person)
        return found

    def next_at(self) -> datetime | None:
        return from_micros(self._agenda.items[0][0]) if self._agenda.items else None

    def ids(self, after: str = "", limit: int = 1000) -> list[str]:
        return sorted(person for person in self.rows if person > after)[:limit]

    def remove(self, person: str) -> None:
        self.set(person, None)

    def _reindex(self, key: str, old: PersonRecord | None, new: PersonRecord | None) -> None:
        if old and old.next_at:
            self._agenda.discard((to_micros(old.next_at), key))
        if new and new.next_at:
            self._agenda.add((to_micros(new.next_at), key))


class MemoryAccounts(Table[Account, AccountRecord]):
    def __init__(self, journal: Journal) -> None:
        super().__init__(journal, self._reindex)
        self._of: defaultdict[str, set[Account]] = defaultdict(set)
        self._listed: defaultdict[tuple[str, str], set[Account]] = defaultdict(set)
        self._names: SortedKeys[tuple[str, bytes, str]] = SortedKeys()

    def get(self, account: Account) -> AccountRecord | None:
        return self.rows.get(account)

    def put(self, record: AccountRecord) -> None:
        self.set(record.account, record)

    def of(self, person: str) -> list[AccountRecord]:
        accounts = sorted(self._of.get(person, ()), key=account_order) if person else []
        return [self.rows[account] for account in accounts]

    def enrolled(self, tenant: str) -> int:
        return len({row.person for row in self.rows.values() if row.person and row.account.tenant == tenant})

    def by_directory(self, tenant: str, directory_id: str) -> AccountRecord | None:
        found = self._listed.get((tenant, directory_id)) if directory_id else None
        return self.rows[min(found, key=account_order)] if found else None

    def named(self, tenant: str, beginning: str, limit: int = 200) -> list[AccountRecord]:
        wanted = _folded(beginning)
        found: list[AccountRecord] = []
        for place, name, user in self._names.since((tenant, wanted, "")):
            if place != tenant or not wanted or not name.startswith(wanted) or len(found) == limit:
                break
            found.append(self.rows[Account(tenant, user)])
        return found

    def remove(self, account: Account) -> None:
        self.set(account, None)

    def _reindex(self, key: Account, old: AccountRecord | None, new: AccountRecord | None) -> None:
        if old:
            self._of[old.person].discard(key)
            self._listed[key.tenant, old.directory_id].discard(key)
            if old.name:
                self._names.discard((key.tenant, _folded(old.name), key.user))
        if new:
            self._of[new.person].add(key)
            self._listed[key.tenant, new.directory_id].add(key)
            if new.name:
                self._names.add((key.tenant, _folded(new.name), key.user))


def _folded(name: str) -> bytes:
    """As SQLite's NOCASE compares: only A to Z lose their case."""
    return name.encode("utf-8", "surrogatepass").lower()


class MemoryHolds(Table[str, Hold]):
    def __init__(self, journal: Journal) -> None:
        super().__init__(journal, self._reindex)
        self._waiting: defaultdict[str, set[str]] = defaultdict(set)

    def get(self, hold: str) -> Hold | None:
        return self.rows.get(hold)

    def put(self, hold: Hold) -> None:
        to_micros(hold.created_at)
        self.set(hold.id, hold)

    def waiting_for(self, person: str) -> list[Hold]:
        holds = (self.rows[hold] for hold in self._waiting.get(person, ()))
        return sorted(holds, key=lambda hold: (hold.urgency != Urgency.URGENT, hold.created_at, hold.id))

    def sent_by(self, sender: Account, limit: int = 20) -> list[Hold]:
        own = (hold for hold in self.rows.values() if hold.sender == sender)
        return sorted(own, key=lambda hold: (hold.created_at, hold.id), reverse=True)[:limit]

    def received_by(self, person: str, limit: int = 20) -> list[Hold]:
        came = (
            hold
            for hold in self.rows.values()
            if hold.recipient == person and hold.state == HoldState.DELIVERED
        )
        return sorted(came, key=lambda hold: (hold.created_at, hold.id), reverse=True)[:limit]

    def sealed(self, after: str = "", limit: int = 500) -> list[Hold]:
        found = [hold for hold in self.rows.values() if hold.text is not None and hold.id > after]
        return sorted(found, key=lambda hold: hold.id)[:limit]

    def reaching(self, people: Sequence[str], start: datetime, end: datetime) -> list[Hold]:
        found = [row for row in self.rows.values() if row.recipient in people]
        return sorted((row for row in found if start <= row.created_at < end), key=_age)

    def sent_between(self, accounts: Sequence[Account], start: datetime, end: datetime) -> list[Hold]:
        found = [row for row in self.rows.values() if row.sender in accounts]
        return sorted((row for row in found if start <= row.created_at < end), key=_age)

    def remove_person(self, person: str, accounts: Sequence[Account]) -> None:
        for hold in [row for row in self.rows.values() if row.recipient == person or row.sender in accounts]:
            self.set(hold.id, None)

    def purge(self, before: datetime) -> int:
        old = [
            hold.id
            for hold in self.rows.values()
            if hold.state in FINISHED and (hold.delivered_at or hold.created_at) < before
        ]
        for hold in old:
            self.set(hold, None)
        return len(old)

    def _reindex(self, key: str, old: Hold | None, new: Hold | None) -> None:
        if old and old.state == HoldState.WAITING:
            self._waiting[old.recipient].discard(key)
        if new and new.state == HoldState.WAITING:
            self._waiting[new.recipient].add(key)


def _age(hold: Hold) -> tuple[datetime, str]:
    return (hold.created_at, hold.id)


class MemoryHistory(Table[str, tuple[Change, ...]]):
    """Changes of each person, newest first."""

    def push(self, change: Change, keep: int = 20) -> None:
        self.set(change.person, (change, *self.rows.get(change.person, ()))[:keep])

    def pop(self, person: str) -> Change | None:
        changes = self.rows.get(person)
        if not changes:
            return None
        self.set(person, changes[1:] or None)
        return changes[0]

    def of(self, person: str) -> list[Change]:
        return list(self.rows.get(person, ()))

    def remove(self, person: str) -> None:
        self.set(person, None)
