"""What comes in from a platform, as plain values. Adapters verify and translate; nothing here knows a wire
format.

Text in these values is never markup: entities are unescaped, and a mention is a `PersonRef` piece, not a
string.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from typing_extensions import override


@dataclass(frozen=True, slots=True)
class Account:
    """One human's account on one platform: `tenant` is "slack:T123" or "teams:<tenant id>", `user` the
    platform's id.
    """

    tenant: str
    user: str


@dataclass(frozen=True, slots=True)
class PersonRef:
    """A mention inside text. `label` is what the platform shows for it, without the at sign; may be
    empty.
    """

    user: str
    label: str = ""


Piece = str | PersonRef
Pieces = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """What the platform says about an account; `zone` is an IANA name or "".

    `directory_id` is the organisation directory's id of the human, "" where there is none; `hours` their
    working hours as the calendar knows them, as text of a `when` ("mon-fri 08:00-16:30"), "" if unknown.
    """

    name: str = ""
    zone: str = ""
    locale: str = ""
    is_bot: bool = False
    is_guest: bool = False
    directory_id: str = ""
    hours: str = ""


@dataclass(frozen=True, slots=True)
class Inbound:
    """Base of everything inbound. `key` is the platform's dedupe key ("slack:event:Ev1"), unique across
    tenants; `who` the acting account. The same key is handled once, ever.

    `profiles`: what the platform says, by user id, about people whom this is about and whose names we do not
    know.
    """

    key: str
    who: Account
    profiles: Mapping[str, Profile] = field(default_factory=dict, kw_only=True)


@dataclass(frozen=True, slots=True)
class Command(Inbound):
    """A slash command or its words typed in the bot's own chat. `word` is "boundary", "focus", "quiet" or
    "later".
    """

    word: str
    text: Pieces
    channel: str = ""
    profile: Profile | None = None


@dataclass(frozen=True, slots=True)
class Mentioned(Inbound):
    """`who` wrote a message in `channel` that mentions `people`. The text itself is not carried: the hold
    keeps a link.

    `twin` is a second dedupe key for one gesture reported as two events (Slack's client_msg_id), "" if
    unknown.
    """

    channel: str
    message: str
    people: tuple[str, ...]
    link: str
    thread: str = ""
    twin: str = ""


@dataclass(frozen=True, slots=True)
class Pressed(Inbound):
    """A button or menu in one of our messages or on Home. `action` and `value` are ours, see
    bot.messages.actions; `selected` is the chosen option of a menu. `surface` is "message" (the bot's own
    chat), "channel" (others see it), "private" (only this person sees it) or "home". `channel` is the
    conversation it was pressed in, "" if unknown.
    """

    action: str
    value: str = ""
    selected: str = ""
    surface: str = "message"
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Submitted(Inbound):
    """A form was sent. `fields` maps field ids to text; several choices are joined by a comma. `channel` is
    the conversation it was opened in, "" if unknown."""

    form: str
    context: str
    fields: Mapping[str, str] = field(default_factory=dict)
    channel: str = ""


@dataclass(frozen=True, slots=True)
class ShortcutUsed(Inbound):
    """ "Deliver when available" on a message: `text` is that message's, `author` wrote it, `link` leads to
    it.
    """

    channel: str
    message: str
    author: str
    text: Pieces
    link: str = ""


@dataclass(frozen=True, slots=True)
class HomeOpened(Inbound):
    profile: Profile | None = None


@dataclass(frozen=True, slots=True)
class StatusChanged(Inbound):
    """A person's status on the platform changed, by whoever's hand. `zone` "" if the event did not say."""

    text: str
    emoji: str
    expires: int = 0
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Connected(Inbound):
    """`who` granted their own token through OAuth. `token` is secret: never log it."""

    token: str
    scopes: tuple[str, ...] = ()

    @override
    def __repr__(self) -> str:
        return f"Connected(who={self.who!r})"


@dataclass(frozen=True, slots=True)
class Left(Inbound):
    """`who` removed the app from their own chat: nothing may be sent there until they come back."""


@dataclass(frozen=True, slots=True)
class Disconnected(Inbound):
    """Tokens of `users` were revoked; `bot` when the bot's own was; `uninstalled` when the app is gone."""

    users: tuple[str, ...] = ()
    bot: bool = False
    uninstalled: bool = False
