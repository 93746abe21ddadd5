"""What a workspace consists of, as plain mutable records. Instants are epoch seconds, as on Slack's wire."""

from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from typing import Any

Json = dict[str, Any]


class ChannelKind(StrEnum):
    """What kind of conversation; the values are Slack's `channel_type` in events."""

    PUBLIC = "channel"
    PRIVATE = "group"
    IM = "im"


class TokenKind(StrEnum):
    """Who a token speaks for: the bot (xoxb-), a person (xoxp-) or the app itself (xapp-)."""

    BOT = "bot"
    USER = "user"
    APP = "app"


@dataclass(slots=True)
class Profile:
    """The part of a person's profile that others see; `status_expiration` 0 means never."""

    status_text: str = ""
    status_emoji: str = ""
    status_expiration: int = 0
    title: str = ""


@dataclass(slots=True)
class User:
    """A member; `dnd_start`, `dnd_end` are the wall-clock schedule in `tz`, `snooze_until` 0 means none."""

    id: str
    name: str
    real_name: str
    tz: str
    is_bot: bool = False
    bot_id: str | None = None
    deleted: bool = False
    restricted: bool = False
    ultra_restricted: bool = False
    stranger: bool = False
    locale: str = "en-US"
    profile: Profile = field(default_factory=Profile)
    dnd_start: time | None = None
    dnd_end: time | None = None
    dnd_ended_until: float = 0.0
    snooze_until: float = 0.0
    updated: int = 0


@dataclass(slots=True)
class Message:
    """One stored post; `viewer` is set for ephemeral ones. A deleted one stays in the audit."""

    ts: str
    channel: str
    user: str
    text: str
    method: str
    blocks: list[Json] | None = None
    metadata: Json | None = None
    thread_ts: str | None = None
    viewer: str | None = None
    bot_id: str | None = None
    client_msg_id: str | None = None
    edited_ts: str | None = None
    deleted_ts: str | None = None


@dataclass(slots=True)
class Channel:
    """A conversation; `members` and `messages` keep insertion order, which is time order. `shared` is
    whether another organisation is in it (Slack Connect), `invited` whether one has been invited."""

    id: str
    name: str
    kind: ChannelKind
    members: dict[str, None] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    ephemeral: list[Message] = field(default_factory=list)
    threads: dict[str, list[str]] = field(default_factory=dict)
    archived: bool = False
    shared: bool = False
    invited: bool = False
    created: int = 0
    purpose: str = ""


@dataclass(slots=True)
class Token:
    """A granted token; `secret` is the string on the wire and is never logged."""

    secret: str = field(repr=False)
    kind: TokenKind
    user: str
    scopes: tuple[str, ...]
    revoked: bool = False


@dataclass(slots=True)
class Trigger:
    """A `trigger_id`: one use, three seconds (monotonic), bound to the person who acted."""

    user: str
    expires: float
    used: bool = False


@dataclass(slots=True)
class ResponseUrl:
    """A `response_url`: five uses within 30 minutes; `original_ts` is the message acted on, if any."""

    user: str
    channel: str
    expires: float
    original_ts: str | None = None
    uses_left: int = 5


@dataclass(slots=True)
class OAuthCode:
    """An authorisation code: one use, ten minutes, bound to the redirect address it was asked with."""

    user: str
    bot_scopes: tuple[str, ...]
    user_scopes: tuple[str, ...]
    redirect_uri: str | None
    expires: float
    used: bool = False


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """A registered slash command; with `should_escape` Slack turns mentions into ids."""

    command: str
    description: str = ""
    usage_hint: str = ""
    should_escape: bool = True


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A registered shortcut; `type` is `message` or `global`."""

    name: str
    callback_id: str
    type: str = "message"
    description: str = ""


@dataclass(frozen=True, slots=True)
class Completion:
    """A word that a command understands, for the page's composer: `/boundary` and `hours`, say.

    `usage` and `example` are whole lines; `summary` is one sentence.
    """

    command: str
    word: str
    usage: str
    example: str
    summary: str


@dataclass(slots=True)
class AppConfig:
    """What an app's settings page holds: secrets, addresses, commands and subscriptions."""

    app_id: str = "A0BOUNDARY"
    name: str = "Boundary Bot"
    signing_secret: str = field(default="playground-signing-secret", repr=False)
    verification_token: str = field(default="playground-verification", repr=False)
    client_id: str = "100000000001.200000000002"
    client_secret: str = field(default="playground-client-secret", repr=False)
    request_url: str | None = None
    redirect_urls: tuple[str, ...] = ()
    commands: tuple[SlashCommand, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    events: tuple[str, ...] = ()
    home_tab_enabled: bool = True
    messages_tab_enabled: bool = True
