"""The tables of the store as a transaction sees them: people, their pings, and what is on its way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.inbound import Account
from bot.records import (
    AccountRecord,
    Budget,
    Change,
    Conversation,
    Delivery,
    DeliveryState,
    Hold,
    Lane,
    Parcel,
    PersonRecord,
    Tenant,
)
from rules.effects import Effect


class People(Protocol):
    def get(self, person: str) -> PersonRecord | None: ...
    def put(self, record: PersonRecord) -> None:
        """Insert or replace; the stored version grows by one."""

    def due(self, now: datetime, limit: int) -> list[str]:
        """Ids of people whose next_at ≤ now, earliest first."""

    def next_at(self) -> datetime | None:
        """The earliest next_at of all."""

    def ids(self, after: str = "", limit: int = 1000) -> list[str]:
        """All ids in order, a page at a time."""

    def remove(self, person: str) -> None: ...


class Accounts(Protocol):
    def get(self, account: Account) -> AccountRecord | None: ...
    def put(self, record: AccountRecord) -> None: ...
    def of(self, person: str) -> list[AccountRecord]: ...
    def enrolled(self, tenant: str) -> int:
        """How many enrolled people this tenant has."""

    def by_directory(self, tenant: str, directory_id: str) -> AccountRecord | None:
        """The account of a human by the id that their organisation's directory gives them."""

    def named(self, tenant: str, beginning: str, limit: int = 200) -> list[AccountRecord]:
        """Accounts whose name begins so, by name and user; A to Z are the same as a to z."""

    def remove(self, account: Account) -> None: ...


class Conversations(Protocol):
    """Where to send to, on platforms that route by reference; kept fresh by whatever comes in."""

    def get(self, tenant: str, id: str) -> Conversation | None: ...
    def put(self, conversation: Conversation) -> None: ...
    def remove(self, tenant: str, id: str) -> None: ...
    def remove_user(self, account: Account) -> None:
        """Forget the personal conversations with this account."""


class Inbox(Protocol):
    """What was accepted and is not handled yet: it survives a crash between the answer and the handling."""

    def add(self, parcel: Parcel) -> bool:
        """Keep a parcel unless its key was seen before (noted in `Once`); True if it is new."""

    def waiting(self, limit: int = 500) -> list[Parcel]:
        """Oldest first, in the order in which they were added."""

    def remove(self, key: str) -> None: ...
    def remove_line(self, tenant: str, line: str) -> None:
        """Forget what waits of one conversation."""

    def reseal(self, key: str, sealed: bytes) -> None:
        """Replace what a parcel holds, in its place; nothing where it waits no more."""


class Holds(Protocol):
    def get(self, hold: str) -> Hold | None: ...
    def put(self, hold: Hold) -> None: ...
    def waiting_for(self, person: str) -> list[Hold]:
        """WAITING holds of one recipient: urgent first, then oldest first."""

    def sent_by(self, sender: Account, limit: int = 20) -> list[Hold]:
        """A sender's own holds, newest first."""

    def received_by(self, person: str, limit: int = 20) -> list[Hold]:
        """What reached one recipient, newest first: DELIVERED holds, and none that was taken back."""

    def sealed(self, after: str = "", limit: int = 500) -> list[Hold]:
        """Holds that still carry text, by id, a page at a time: what a change of keys must seal anew."""

    def reaching(self, people: Sequence[str], start: datetime, end: datetime) -> list[Hold]:
        """Holds in any state to these people, created in [start, end), oldest first."""

    def sent_between(self, accounts: Sequence[Account], start: datetime, end: datetime) -> list[Hold]:
        """Holds in any state from these accounts, created in [start, end), oldest first."""

    def remove_person(self, person: str, accounts: Sequence[Account]) -> None:
        """Forget every hold to the person or from these accounts."""

    def purge(self, before: datetime) -> int:
        """Delete holds that were delivered, or created and cancelled, before `before`; returns how many."""


class Outbox(Protocol):
    """See facts on the delivery protocol: claim, guard, fence, quarantine, probe, settle."""

    def add(self, delivery: Delivery) -> bool:
        """Insert unless the key exists already (in any state); True if inserted."""

    def get(self, key: str) -> Delivery | None: ...
    def claim(self, ids: Sequence[str], owner: str, at: float) -> list[Delivery]:
        """DUE → SENDING for those still DUE, attempt + 1, claimed_at = at; returns them as they are now."""

    def ready(
        self, now: datetime, tenant: str, limit: int, lanes: Sequence[Lane] = tuple(Lane)
    ) -> list[Delivery]:
        """DUE rows of a tenant in `lanes` with due_at ≤ now whose `after` is finished: urgent first, then
        due_at, id.

        `lanes` lets the caller leave out a lane whose budget is used up, so that it does not hide the
        others.

        A delivery is finished when it is not DUE, SENDING or PROBING; one that was purged counts as
        finished.
        """

    def tenants_due(self, now: datetime) -> list[str]:
        """Tenants that are not parked and have a DUE row at or before now, in order of their oldest."""

    def next_due(self, now: datetime) -> datetime | None:
        """The earliest due_at > now of DUE rows in tenants that are not parked."""

    def finish(
        self,
        delivery: Delivery,
        state: DeliveryState,
        *,
        ref: str = "",
        because: str = "",
        due_at: datetime | None = None,
        settle_at: float | None = None,
        refused: bool = False,
    ) -> bool:
        """The fence: change the row only if id, state, owner and attempt still match `delivery` as it was
        claimed or reclaimed; False if someone else has it. `refused` counts one more definite refusal."""

    def rewrite(self, delivery: Delivery, effect: Effect) -> bool:
        """Bind what is being sent to a claimed row, under the same fence as `finish`."""

    def quarantined(self, before: float, limit: int = 100) -> list[Delivery]:
        """SENDING or PROBING rows whose claimed_at < `before`, oldest first."""

    def to_settle(self, before: float, limit: int = 100) -> list[Delivery]:
        """DONE rows whose settle_at ≤ before, oldest first."""

    def reclaim(self, delivery: Delivery, owner: str, at: float) -> Delivery | None:
        """SENDING/PROBING → PROBING under a new owner if unchanged since read; attempt stays; None if it
        moved.
        """

    def settled(self, delivery: Delivery) -> None:
        """Forget settle_at."""

    def restamp(self, at: float) -> None:
        """After a reboot of the host, when boottime began anew: count quarantines from `at`."""

    def cancel(self, keys: Sequence[str]) -> int:
        """DUE rows with these keys → CANCELLED; returns how many."""

    def armed(self, tenant: str, lane: str, start: datetime, end: datetime) -> int:
        """DUE rows of a lane with due_at in [start, end]: how crowded an edge is."""

    def counts(self) -> Mapping[DeliveryState, int]: ...
    def remove_person(self, accounts: Sequence[Account]) -> None:
        """Forget every delivery to these accounts, in any state."""

    def purge(self, before: datetime) -> int:
        """Delete finished deliveries that were due before `before` and wait for no settling; returns how
        many.

        Their keys are free again: call it only with a `before` that no decision reaches back to.
        """


class Budgets(Protocol):
    def get(self, tenant: str, method: str, channel: str) -> Budget | None: ...
    def put(self, budget: Budget) -> None: ...
    def purge(self, before: float) -> int: ...


class Tokens(Protocol):
    """Sealed platform tokens by account; a tenant's bot token is kept under user ""."""

    def get(self, account: Account) -> bytes | None: ...
    def put(self, account: Account, sealed: bytes) -> None: ...
    def remove(self, account: Account) -> None: ...
    def all(self, after: Account | None = None, limit: int = 500) -> list[tuple[Account, bytes]]: ...


class Once(Protocol):
    """Things that may happen once: inbound keys, request signatures, OAuth states."""

    def first(self, key: str, now: datetime) -> bool:
        """True the first time `key` is seen, False ever after (until purged)."""

    def issue(self, secret: str, payload: str, expires_at: datetime) -> None: ...
    def consume(self, secret: str, now: datetime) -> str | None:
        """The payload, exactly once and only before it expires (one DELETE … RETURNING)."""

    def withdraw(self, payload: str) -> None:
        """Take back every secret with this payload that was not consumed."""

    def purge(self, before: datetime) -> int: ...


class History(Protocol):
    """What can be taken back, newest first; at most `keep` steps a person."""

    def push(self, change: Change, keep: int = 20) -> None: ...
    def pop(self, person: str) -> Change | None: ...
    def of(self, person: str) -> list[Change]: ...
    def remove(self, person: str) -> None: ...


class Tenants(Protocol):
    def get(self, tenant: str) -> Tenant | None: ...
    def put(self, tenant: Tenant) -> None: ...
    def all(self) -> list[Tenant]: ...


class Meta(Protocol):
    def get(self, name: str) -> str | None: ...
    def put(self, name: str, value: str) -> None: ...
