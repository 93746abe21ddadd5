"""Durable truth, one transaction at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from bot.ports.tables import (
    Accounts,
    Budgets,
    Conversations,
    History,
    Holds,
    Inbox,
    Meta,
    Once,
    Outbox,
    People,
    Tenants,
    Tokens,
)
from bot.ports.teamtables import (
    Acknowledgements,
    Ballots,
    Diary,
    Ledger,
    Publications,
    SaidLog,
    Teams,
)

T = TypeVar("T")


class Tx(Protocol):
    """One transaction. All methods are synchronous and see their own writes."""

    @property
    def people(self) -> People: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def conversations(self) -> Conversations: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def holds(self) -> Holds: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def budgets(self) -> Budgets: ...
    @property
    def tokens(self) -> Tokens: ...
    @property
    def once(self) -> Once: ...
    @property
    def history(self) -> History: ...
    @property
    def tenants(self) -> Tenants: ...
    @property
    def teams(self) -> Teams: ...
    @property
    def ballots(self) -> Ballots: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def publications(self) -> Publications: ...
    @property
    def acknowledgements(self) -> Acknowledgements: ...
    @property
    def diary(self) -> Diary: ...
    @property
    def said(self) -> SaidLog: ...
    @property
    def meta(self) -> Meta: ...
    def remove_person(self, person: str, mark: str) -> None:
        """Forget a person in teams and their versions, votes, acknowledgements, diary and what they said. In
        publications, electorates, proposals and ledger `mark`, which says nothing, stands in their place, so
        that differences keep their size; their words in the ledger go."""

    def hand_over(self, person: str, to: str) -> None:
        """Everything that `remove_person` would forget belongs to another id of the same human from now on;
        what that id has already stays as it is."""


class StoreError(Exception):
    """The store could not do it, and nothing was changed; the sentence says what to do."""


class Store(Protocol):
    """Durable truth. `write` runs `work` in one transaction: all or nothing, durable when it returns.

    `work` must be short, synchronous and free of side effects outside the transaction: it may be run
    again, and it may run on another thread. Whatever it raises undoes it and is raised to the caller.
    """

    async def write(self, work: Callable[[Tx], T]) -> T:
        """Raises StoreError when it could not be made durable (disk full, locked by another program)."""

    async def read(self, work: Callable[[Tx], T]) -> T:
        """A consistent view of what is committed; writing in it raises StoreError."""

    async def scrub(self) -> None:
        """Make what was removed unrecoverable from the database's files. Call after forgetting a person."""

    async def close(self) -> None:
        """Finish what was accepted, then release everything. Closing twice is fine; using it afterwards is
        a StoreError.
        """
