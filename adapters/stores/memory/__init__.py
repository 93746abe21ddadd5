"""The store in memory: same port, same contract, no durability. For tests and simulations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from adapters.stores.memory.conversations import MemoryConversations, MemoryInbox
from adapters.stores.memory.outbox import MemoryOutbox
from adapters.stores.memory.people import MemoryAccounts, MemoryHistory, MemoryHolds, MemoryPeople
from adapters.stores.memory.shared import (
    MemoryBudgets,
    MemoryMeta,
    MemoryOnce,
    MemoryTenants,
    MemoryTokens,
)
from adapters.stores.memory.tables import Journal
from adapters.stores.memory.teams import (
    MemoryBallots,
    MemoryLedger,
    MemoryPublications,
    MemoryTeams,
    MemoryVersions,
    MemoryVotes,
)
from adapters.stores.memory.words import (
    MemoryAcknowledgements,
    MemoryDiary,
    MemorySaidLog,
    Owned,
)
from bot.ports import StoreError, Tx
from bot.records.identity import in_entry, in_forgotten_entry

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
        self.ledger = MemoryLedger(journal)
        self.publications = MemoryPublications(journal)
        self.acknowledgements = MemoryAcknowledgements(journal)
        self._versions = MemoryVersions(journal)
        self._votes = MemoryVotes(journal)
        self.ballots = MemoryBallots(self._votes)
        self.teams = MemoryTeams(self._versions, self.ballots, self.ledger, self.acknowledgements)
        self.diary = MemoryDiary(journal)
        self.said = MemorySaidLog(journal)
        self.meta = MemoryMeta(journal)
        self._own: tuple[Owned[Any, Any], ...] = (self._votes, self.acknowledgements, self.diary, self.said)

    def remove_person(self, person: str, mark: str) -> None:
        self._swap(person, mark, "")
        for entry in list(self.ledger.rows.values()):
            self.ledger.put(in_forgotten_entry(entry, person, mark))
        for table in self._own:
            table.drop(person)

    def hand_over(self, person: str, to: str) -> None:
        if person == to:
            return
        self._swap(person, to, to)
        for entry in list(self.ledger.rows.values()):
            self.ledger.put(in_entry(entry, person, to))
        for table in self._own:
            table.move(person, to)

    def _swap(self, person: str, to: str, member: str) -> None:
        self.teams.swap(person, member)
        self._versions.swap(person, to, member)
        self.ballots.swap(person, to, member)
        self.publications.swap(person, to)


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
