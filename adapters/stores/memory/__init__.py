"""The store in memory: same port, same contract, no durability. For tests and simulations."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from adapters.stores.memory.conversations import MemoryConversations, MemoryInbox
from adapters.stores.memory.outbox import MemoryOutbox
from adapters.stores.memory.people import MemoryAccounts, MemoryHistory, MemoryHolds, MemoryPeople
from adapters.stores.memory.shared import (
    MemoryBudgets,
    MemoryMeta,
    MemoryOnce,
    MemoryTeams,
    MemoryTenants,
    MemoryTokens,
)
from adapters.stores.memory.tables import Journal
from bot.ports import StoreError, Tx

__all__ = ["MemoryStore"]

T = TypeVar("T")


class MemoryTx:
    """The tables of one store, as the `Tx` port names them."""

    def __init__(self, journal: Journal) -> None:
        self.people = MemoryPeople(journal)
        self.accounts = MemoryAccounts(journal)
        self.conversations = MemoryConversations(journal)
        self.holds = MemoryHolds(journal)
        self.budgets = MemoryBudgets(journal)
        self.tokens = MemoryTokens(journal)
        self.once = MemoryOnce(journal)
        self.inbox = MemoryInbox(journal, self.once)
        self.history = MemoryHistory(journal)
        self.tenants = MemoryTenants(journal)
        self.outbox = MemoryOutbox(journal, self.tenants)
        self.teams = MemoryTeams(journal)
        self.meta = MemoryMeta(journal)


class MemoryStore:
    """The `Store` port over dicts. A work runs at once and undivided; nothing survives the process."""

    def __init__(self) -> None:
        self._journal = Journal()
        self._tx = MemoryTx(self._journal)
        self._closed = False

    async def write(self, work: Callable[[Tx], T]) -> T:
        return self._run(work, writable=True)

    async def read(self, work: Callable[[Tx], T]) -> T:
        return self._run(work, writable=False)

    async def scrub(self) -> None:
        """Nothing is kept anywhere but in the dicts."""

    async def close(self) -> None:
        self._closed = True

    def _run(self, work: Callable[[Tx], T], *, writable: bool) -> T:
        if self._closed:
            raise StoreError("The store is closed; open it again.")
        self._journal.begin(writable=writable)
        try:
            return work(self._tx)
        except BaseException:
            self._journal.roll_back()
            raise
        finally:
            self._journal.begin(writable=False)
