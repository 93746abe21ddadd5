"""What we keep of people, their pings and their accounts, and of what is on its way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from bot.inbound import Account
from rules.effects import Effect
from rules.statuses import Ours
from rules.transitions import Ritual
from rules.values import Person, PingKind, Urgency


@dataclass(frozen=True, slots=True)
class RitualState:
    """One kind of nudge of one person. `sent` is the local day of the last one, `answered` whether it was
    pressed, `ignored` how many in a row were not, `muted` whether the person turned it off (or we stopped
    after three).
    """

    sent: date | None = None
    answered: bool = True
    ignored: int = 0
    muted: bool = False


@dataclass(frozen=True, slots=True)
class Marks:
    """What we left on one account of a person: `ours` the status we set, `pause` the presence we set (on
    platforms that pause notifications by one), `snoozed_until` the snooze we set; `dnd` the account's own
    schedule (start, end, read at) if known.
    """

    account: Account
    ours: Ours | None = None
    pause: Ours | None = None
    snoozed_until: datetime | None = None
    dnd: tuple[datetime, datetime, datetime] | None = None


@dataclass(frozen=True, slots=True)
class PersonState:
    """What has happened for a person so far, apart from their norms.

    `armed` is the end of the stretch we already armed a status for, `armed_for` its segment start;
    `snooze_armed` the end of the span a snooze was last asked for; `marks` what we left on each account,
    without those where it is nothing; `nudges_on`/`nudges` count today's
    nudges; `digest_on` is the local day of the last digest; `met` whether first contact is done;
    `told_connect` whether they heard what connecting adds; `zone_asked` the zone we last asked about;
    `zone_kept_until` the local date until which they keep their home zone; `home` where we talk to them: the
    account they used last, None while nothing reaches them; `home_until` when the Homes that stay in their
    chats are out of date, None without any. `coached` is the local day on which they were last told what
    their message at that hour may look like; `since` when we came to know them (UTC), None if that was not
    noted; `votes_muted`: they are not reminded of votes. `aliases` are the ids of people who turned out to
    be this one; the row of such an id stays behind and says in `merged_into` whose it is now.
    """

    home: Account | None = None
    name: str = ""
    since: datetime | None = None
    met: bool = False
    told_connect: bool = False
    zone_asked: str = ""
    zone_kept_until: date | None = None
    armed_for: datetime | None = None
    armed: datetime | None = None
    snooze_armed: datetime | None = None
    marks: tuple[Marks, ...] = ()
    nudges_on: date | None = None
    nudges: int = 0
    digest_on: date | None = None
    start_of_day: RitualState = RitualState()
    end_of_day: RitualState = RitualState()
    handover: RitualState = RitualState()
    landing: RitualState = RitualState()
    return_from_leave: RitualState = RitualState()
    weekly: RitualState = RitualState()
    coached: date | None = None
    votes_muted: bool = False
    home_until: datetime | None = None
    aliases: tuple[str, ...] = ()
    merged_into: str = ""

    def knew(self, at: datetime) -> bool:
        """Whether we knew the person at an instant: of what was before there is nothing to tell."""
        return self.since is None or self.since <= at

    def marks_on(self, account: Account) -> Marks:
        """What we left on an account of this person."""
        return next((each for each in self.marks if each.account == account), Marks(account))

    def marked(self, marks: Marks) -> PersonState:
        """The state with what is known of one account replaced."""
        others = tuple(each for each in self.marks if each.account != marks.account)
        left = () if marks == Marks(marks.account) else (marks,)
        return replace(self, marks=(*others, *left))

    def ritual(self, kind: Ritual) -> RitualState:
        """What is known of one kind of nudge; the fields are called as the kinds are."""
        found: RitualState = getattr(self, kind.value)
        return found

    def with_ritual(self, kind: Ritual, ritual: RitualState) -> PersonState:
        """The state with what is known of one kind of nudge replaced."""
        fields: dict[str, Any] = {kind.value: ritual}
        return replace(self, **fields)


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A person as stored. `next_at` is the next instant at which something must happen for them
    (indexed).
    """

    person: Person
    state: PersonState
    next_at: datetime | None = None
    version: int = 0


class HoldState(StrEnum):
    """WAITING can be edited or cancelled by its sender; RELEASING is bound to a delivery and can not."""

    WAITING = "waiting"
    RELEASING = "releasing"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Hold:
    """A ping that waits. A mention keeps `link`; a `/later` keeps `text`, sealed. The text is erased on
    delivery.

    `release_at` is when the digest with it goes out. `fair` is the recipient's word on a break-through.
    `thread` is the thread in `channel` that a mention was written in, "" if in none. `doubted`: it may have
    been delivered already, which nobody can see (a chat that cannot be read back).
    """

    id: str
    sender: Account
    recipient: str
    kind: PingKind
    urgency: Urgency
    created_at: datetime
    release_at: datetime | None
    reply_by: datetime | None = None
    needs_by: datetime | None = None
    reason: str = ""
    channel: str = ""
    message: str = ""
    thread: str = ""
    link: str = ""
    text: bytes | None = None
    state: HoldState = HoldState.WAITING
    delivered_at: datetime | None = None
    fair: bool | None = None
    doubted: bool = False
    broke_for: str = ""


class DeliveryState(StrEnum):
    """facts: the outbox protocol. A row leaves SENDING only by its owner's fenced update or by the sweep
    after Q.
    """

    DUE = "due"
    SENDING = "sending"
    PROBING = "probing"
    DONE = "done"
    PARKED = "parked"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Lane(StrEnum):
    """What kind of platform work a delivery is; decides its budgets, its lateness rule and whether it can
    be probed.
    """

    MESSAGE = "message"
    NOTE = "note"
    STATUS = "status"
    SNOOZE = "snooze"
    HOME = "home"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One effect in the outbox on its way to one platform call.

    `key` is unique for ever, so deciding twice is harmless. `to` is the account whose chat, profile or
    screen it is about; in the lane CHANNEL its `user` is the id of a channel. `urgent` goes first within a
    tenant. `after` is the key of a delivery that must be finished first; in the lane CHANNEL it names the
    post that this one shows anew. `claimed_at` and `settle_at` are Clock.monotonic() seconds
    (CLOCK_BOOTTIME), all others are wall-clock instants.
    """

    id: str
    key: str
    lane: Lane
    to: Account
    effect: Effect
    due_at: datetime
    urgent: bool = False
    expires_at: datetime | None = None
    after: str = ""
    state: DeliveryState = DeliveryState.DUE
    owner: str = ""
    attempt: int = 0
    claimed_at: float | None = None
    settle_at: float | None = None
    refused: int = 0
    ref: str = ""
    because: str = ""


@dataclass(frozen=True, slots=True)
class Cost:
    """One platform call that a delivery will make: at most `per_minute` in any minute for this
    (tenant, method, channel), of which `burst` may come at once."""

    method: str
    per_minute: float
    burst: int = 1
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Budget:
    """A bucket row: `tokens` at `as_of` (Clock.monotonic seconds); nothing before `not_before`."""

    tenant: str
    method: str
    channel: str
    tokens: float
    as_of: float
    not_before: float = 0.0


@dataclass(frozen=True, slots=True)
class Tenant:
    """One workspace. `parked` says why nothing is sent there ("" = fine), e.g. "token_revoked"."""

    id: str
    platform: str
    name: str = ""
    url: str = ""
    bot_user: str = ""
    parked: str = ""


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """What we know of one account. `person` is the person id ("" = not enrolled); `dm` the bot's chat with
    them; `connected` whether a token is stored (tokens themselves live in Tokens, sealed); `guest` whether
    the platform calls them a guest, who learns nothing here. `directory_id` is the organisation directory's
    id of the same human (Teams: the Entra object id, which Graph wants), "" where there is none;
    `unreachable` says why nothing can be sent there until they come back ("" = fine), such as
    "BotNotInConversationRoster"."""

    account: Account
    person: str = ""
    name: str = ""
    zone: str = ""
    dm: str = ""
    connected: bool = False
    guest: bool = False
    directory_id: str = ""
    unreachable: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Where to send to in one conversation of a platform that routes by reference (Teams).

    `kind` is "personal", "groupChat" or "channel"; `user` the human in a personal one, "" elsewhere. `home`
    is the message that shows Home there: its id, "wanted" when the person asked for it anew, "" without one.
    `team` and `channel` are the platform's ids of where a channel's thread belongs.
    """

    tenant: str
    id: str
    service_url: str
    kind: str
    user: str = ""
    team: str = ""
    channel: str = ""
    home: str = ""


@dataclass(frozen=True, slots=True)
class Parcel:
    """Something inbound that was accepted and is not handled yet; `sealed` is the platform's own JSON,
    encrypted, since it may hold what people wrote. `line` names the conversation, whose parcels stay in
    order."""

    key: str
    tenant: str
    line: str
    sealed: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """One step that `/boundary undo` can take back: the norms as they were `before` it."""

    person: str
    at: datetime
    label: str
    before: Person | None
