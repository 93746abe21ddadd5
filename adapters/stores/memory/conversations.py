"""Where to send to, and what came in and waits to be handled, in memory."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from adapters.stores.memory.shared import MemoryOnce
from adapters.stores.memory.tables import Journal, Table
from bot.inbound import Account
from bot.records import Conversation, Parcel


class MemoryConversations(Table[tuple[str, str], Conversation]):
    def get(self, tenant: str, id: str) -> Conversation | None:
        return self.rows.get((tenant, id))

    def put(self, conversation: Conversation) -> None:
        self.set((conversation.tenant, conversation.id), conversation)

    def remove(self, tenant: str, id: str) -> None:
        self.set((tenant, id), None)

    def remove_user(self, account: Account) -> None:
        found = [key for key, row in self.rows.items() if account.user and _with(row) == account]
        for key in found:
            self.set(key, None)


class MemoryInbox(Table[str, tuple[int, Parcel]]):
    """Parcels by key, each with its place in the queue."""

    def __init__(self, journal: Journal, once: MemoryOnce) -> None:
        super().__init__(journal)
        self._once = once
        self._places = count()

    def add(self, parcel: Parcel) -> bool:
        if not self._once.first(parcel.key, parcel.at) or parcel.key in self.rows:
            return False
        self.set(parcel.key, (next(self._places), parcel))
        return True

    def waiting(self, limit: int = 500) -> list[Parcel]:
        queue = sorted((place, key) for key, (place, _) in self.rows.items())
        return [self.rows[key][1] for _, key in queue[:limit]]

    def remove(self, key: str) -> None:
        self.set(key, None)

    def remove_line(self, tenant: str, line: str) -> None:
        found = [key for key, (_, row) in self.rows.items() if (row.tenant, row.line) == (tenant, line)]
        for key in found:
            self.set(key, None)

    def reseal(self, key: str, sealed: bytes) -> None:
        if key in self.rows:
            place, parcel = self.rows[key]
            self.set(key, (place, replace(parcel, sealed=sealed)))


def _with(conversation: Conversation) -> Account:
    return Account(conversation.tenant, conversation.user)
