"""What a Teams tenant consists of, as plain mutable records. Instants are aware UTC datetimes."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from adapters.playground.records import Json

TARGETED_LIFE: Final = timedelta(hours=24)
"""How long a targeted message can be seen, changed and deleted."""


class Kind(StrEnum):
    """The kinds of conversation, as `conversationType` names them."""

    PERSONAL = "personal"
    GROUP = "groupChat"
    CHANNEL = "channel"


@dataclass(slots=True)
class TeamsApp:
    """The one app: its registration, its consents, and what its manifest declares.

    `permissions` are the Graph application permissions an admin consented to; `rsc` whether channel and chat
    messages arrive without a mention; `targeted` whether the manifest has `supportsTargetedMessages`.
    `commands` are pairs of title and description, `actions` pairs of id and title of the message extension.
    """

    app_id: str = "b0b0b0b0-0000-4000-8000-00000000b0b0"
    password: str = field(default="playground-app-password", repr=False)
    endpoint: str | None = None
    permissions: frozenset[str] = frozenset()
    rsc: bool = False
    targeted: bool = False
    name: str = "Boundary Bot"
    registered: bool = True
    disabled_by_admin: bool = False
    commands: tuple[tuple[str, str], ...] = ()
    actions: tuple[tuple[str, str], ...] = ()

    @property
    def bot_id(self) -> str:
        """The bot's account in conversations."""
        return f"28:{self.app_id}"


@dataclass(frozen=True, slots=True)
class Preferred:
    """A preferred presence. `by` is "hand" or "app"; one set by hand has no end."""

    availability: str
    activity: str
    expires: datetime | None = None
    by: str = "hand"


@dataclass(frozen=True, slots=True)
class StatusMessage:
    """What somebody wrote under their name; without `expires` it stays."""

    text: str
    expires: datetime | None = None
    content_type: str = "text"


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """The mailbox's working hours; `zone` may be an IANA or a Windows name, as in Exchange."""

    days: tuple[str, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday")
    start: str = "09:00:00.0000000"
    end: str = "17:00:00.0000000"
    zone: str = ""


@dataclass(slots=True)
class TeamsUser:
    """A person. `presence` is what the platform finds out by itself, as (availability, activity).

    `signed_in` is a presence session: without one everybody sees Offline. `installed` is the personal app,
    `blocked` whether this person blocked the bot. `tenant` is the organisation of somebody from another one;
    an `anonymous` person of a meeting is in no directory.
    """

    id: str
    aad: str
    name: str
    upn: str
    tz: str
    locale: str = "en-US"
    guest: bool = False
    tenant: str = ""
    anonymous: bool = False
    presence: tuple[str, str] = ("Available", "Available")
    preferred: Preferred | None = None
    status_message: StatusMessage | None = None
    hours: WorkingHours | None = None
    automatic_replies: Json = field(default_factory=lambda: {"status": "disabled"})
    signed_in: bool = True
    installed: bool = True
    blocked: bool = False


@dataclass(slots=True)
class TeamsActivity:
    """One stored message. `viewer` is set for a targeted one; a deleted one stays in the audit.

    `raw` is what the bot sent, `text` what people read, `mentions` pairs of account id and the words in
    `text`; `views` are cards that replaced this one's for single people.
    """

    id: str
    conversation: str
    sender: str
    text: str
    at: datetime
    by_bot: bool = False
    summary: str = ""
    card: Json | None = None
    mentions: tuple[tuple[str, str], ...] = ()
    viewer: str | None = None
    root: str | None = None
    raw: Json = field(default_factory=dict)
    views: dict[str, Json] = field(default_factory=dict)
    edited: datetime | None = None
    deleted: datetime | None = None

    def seen_by(self, user: str, now: datetime) -> bool:
        """Whether this person sees it now."""
        if self.deleted is not None or self.viewer not in {None, user}:
            return False
        return self.viewer is None or now < self.at + TARGETED_LIFE

    def card_for(self, user: str) -> Json | None:
        """The card as this person sees it."""
        return self.views.get(user, self.card)


@dataclass(slots=True)
class TeamsConversation:
    """A conversation; `members` holds account ids, the bot's included, in the order of joining.

    A channel's `id` is that of the channel, without `;messageid=`; a thread is an activity with `root`.
    """

    id: str
    kind: Kind
    name: str = ""
    members: dict[str, None] = field(default_factory=dict)
    team: str = ""
    activities: dict[str, TeamsActivity] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Team:
    """A team; the id of its General channel is its own."""

    id: str
    name: str
    group: str


@dataclass(frozen=True, slots=True)
class AppToken:
    """An access token that the login gave the app; `audience` is "bot" or "graph"."""

    secret: str = field(repr=False)
    audience: str
    expires: datetime


@dataclass(slots=True)
class Dialog:
    """A dialog that a message extension's action opened for somebody, and what it is about."""

    title: str
    card: Json
    command: str
    conversation: str
    payload: Json
    error: str = ""
