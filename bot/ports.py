"""The protocols through which the application reaches the world. Adapters implement them; contract suites
hold them to it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar, runtime_checkable

from bot.inbound import Account, Inbound, Profile
from bot.messages.model import Form, Message
from bot.records import (
    AccountRecord,
    Budget,
    Change,
    Conversation,
    Cost,
    Delivery,
    DeliveryState,
    Hold,
    Lane,
    Parcel,
    PersonRecord,
    Tenant,
)
from rules.effects import Effect
from rules.statuses import Status
from rules.values import Holiday

T = TypeVar("T")


class Clock(Protocol):
    """The only way to know the time."""

    def now(self) -> datetime:
        """The wall clock, aware UTC. The playground's may be paused, sped up or moved."""

    def monotonic(self) -> float:
        """Real seconds on CLOCK_BOOTTIME: comparable between processes on one host until it reboots."""

    def delay_until(self, at: datetime) -> float | None:
        """Real seconds until the wall clock shows `at` (≤ 0 if it has passed); None while the clock is
        paused.
        """

    def on_change(self, callback: Callable[[], None]) -> None:
        """Call back whenever pausing, speeding up or jumping makes earlier delays wrong."""


class Engine(Protocol):
    """Carries wake-ups and nothing else: may lose, double or delay them without harm."""

    async def start(self, handler: Callable[[str], Awaitable[None]]) -> None:
        """Begin; `handler(key)` is awaited for each wake-up."""

    def wake(self, key: str, at: datetime) -> None:
        """Ask for a wake-up of `key` at `at`; idempotent per key, the earliest wins."""

    async def stop(self) -> None: ...


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


class Teams(Protocol):
    """Shared norms by team; payload is the JSON of rules.values.Team (bot.codec)."""

    def put(self, team: str, members: Sequence[str], payload: str) -> None: ...
    def of(self, person: str) -> list[str]:
        """The payloads of the teams this person is a member of, by team id."""

    def clear(self) -> None: ...


class Meta(Protocol):
    def get(self, name: str) -> str | None: ...
    def put(self, name: str, value: str) -> None: ...


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
    def meta(self) -> Meta: ...


class StoreError(Exception):
    """The store could not do it, and nothing was changed; the sentence says what to do."""


class PlatformError(Exception):
    """A platform could not be asked at start, or refused us: a sentence that says what to do."""


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


class Vault(Protocol):
    """Encryption at rest with rotating keys; `about` (tenant, purpose) is bound into the plaintext and
    checked.
    """

    def seal(self, text: str, about: str) -> bytes: ...
    def open(self, sealed: bytes, about: str) -> str:
        """Raises VaultError when the keys do not fit or `about` differs."""

    def rotate(self, sealed: bytes) -> bytes: ...


class VaultError(Exception):
    """The sealed value cannot be opened: wrong or missing key in BOUNDARY_SECRET_KEYS."""


class Calendars(Protocol):
    def holidays(self, place: str, first_year: int, last_year: int) -> tuple[Holiday, ...]:
        """Public holidays of "PT" or "DE-BY"; raises ValueError with a suggestion for an unknown place."""


class Directory(Protocol):
    """Who is reachable how. Tokens leave it only towards a platform client."""

    async def bot_token(self, tenant: str) -> str | None: ...
    async def person_token(self, account: Account) -> str | None: ...
    async def dm(self, account: Account) -> str:
        """The bot's own chat with this account, "" if not opened yet."""

    async def keep_dm(self, account: Account, channel: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Reply:
    """What the acting person sees at once, in the answer to their own request.

    `message` is private to them; `replace` puts it in place of the message whose button was pressed, or whose
    button opened the form that was sent. `form` opens a modal; `errors` keep a submitted form open, by field
    id.
    """

    message: Message | None = None
    replace: bool = False
    form: Form | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Inbound], Awaitable[Reply]]


# What a platform call came to


@dataclass(frozen=True, slots=True)
class Done:
    """Accepted. `ref` identifies what was posted ("D1:1700.0001"), "" where there is nothing to refer
    to.
    """

    ref: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """A definite no for now (429): nothing was stored; not before `seconds` from now. `method` is the
    bucket.
    """

    seconds: float
    method: str
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A definite no. `tenant_wide` parks the whole tenant (token revoked); `account_wide` parks only this
    account's own token; `unreachable`: nothing can be sent to this account until it comes back.
    """

    code: str
    tenant_wide: bool = False
    account_wide: bool = False
    unreachable: bool = False


@dataclass(frozen=True, slots=True)
class Unclear:
    """Timeout, reset, 5xx, truncated answer: it may or may not have happened."""

    why: str


Outcome = Done | Wait | Refused | Unclear


@dataclass(frozen=True, slots=True)
class Dnd:
    """A person's own notification schedule and snooze (UTC), None where there is none or it may not be
    read.
    """

    start: datetime | None = None
    end: datetime | None = None
    snoozed_until: datetime | None = None


class Chat(Protocol):
    """One platform. Never retries by itself, never decides; secrets never appear in what it raises or logs.

    `delivery` is the opaque delivery id to be stored with the post so that `find` can read it back.
    `probes`: `find` works; without it, an unclear post stays unknown. `tells_expiry`: `read_status` knows
    when a status ends; without it, one set by hand cannot be put back as it was.
    """

    platform: str
    probes: bool
    tells_expiry: bool

    def costs(self, delivery: Delivery) -> tuple[Cost, ...]:
        """The calls that performing this delivery will make, for the rate budgets."""

    async def post(self, to: Account, message: Message, delivery: str) -> Outcome:
        """Into the bot's own chat with `to`."""

    async def note(
        self, to: Account, channel: str, message: Message, delivery: str, thread: str = ""
    ) -> Outcome:
        """Privately to `to` inside `channel` (Slack: ephemeral, delivery not guaranteed)."""

    async def find(self, to: Account, deliveries: Sequence[str]) -> Mapping[str, tuple[str, ...]] | Outcome:
        """Which of these deliveries are in the bot's chat with `to`: refs by delivery id. An Outcome if
        unreadable.
        """

    async def withdraw(self, to: Account, ref: str) -> Outcome: ...
    async def read_status(self, to: Account) -> Status | Outcome: ...
    async def write_status(self, to: Account, status: Status) -> Outcome:
        """An empty Status clears it."""

    async def publish_home(self, to: Account, home: Message) -> Outcome: ...
    async def profile(self, who: Account) -> Profile | Outcome: ...


@runtime_checkable
class Snoozes(Protocol):
    """A chat that pauses notifications by a timer beside the status (Slack)."""

    async def read_dnd(self, to: Account) -> Dnd | Outcome: ...
    async def snooze(self, to: Account, minutes: int) -> Outcome: ...
    async def end_snooze(self, to: Account) -> Outcome: ...


@runtime_checkable
class Presences(Protocol):
    """A chat that pauses notifications by a presence that everybody sees and people also set by hand (Teams).

    A presence is a Status whose text is the platform's name for it ("DoNotDisturb"), without emoji; an empty
    one is what the platform shows by itself (available, in a call, idle). Reading never tells when it ends.
    """

    async def read_presence(self, to: Account) -> Status | Outcome: ...
    async def write_presence(self, to: Account, presence: Status) -> Outcome:
        """An empty Status gives it back to the platform."""
