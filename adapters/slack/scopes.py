"""Every right we ask Slack for, and what needs it. A test holds code, this table and the manifest to each
other.

Sources: docs.slack.dev/reference/methods/<method> and /reference/events/<event>.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

Kind = Literal["bot", "person", "app", "none"]


@dataclass(frozen=True, slots=True)
class Use:
    """One Web API method: whose token calls it, the scopes it needs, and what for."""

    method: str
    kind: Kind
    scopes: tuple[str, ...]
    why: str


HISTORY: Final = ("channels:history", "groups:history", "im:history")
READ: Final = ("channels:read", "groups:read")

USES: Final = (
    Use("apps.connections.open", "app", ("connections:write",), "open a Socket Mode connection (by the SDK)"),
    Use("auth.test", "bot", (), "learn the workspace and the bot's own user at start"),
    Use("chat.delete", "bot", ("chat:write",), "take back a second copy of our own message"),
    Use("chat.postEphemeral", "bot", ("chat:write",), "tell a sender privately when a person will see them"),
    Use(
        "chat.postMessage",
        "bot",
        ("chat:write",),
        "digests and rituals in the bot's own chat, votes and summaries in a team's channel",
    ),
    Use("chat.update", "bot", ("chat:write",), "show a ballot in a channel anew as votes come in"),
    Use("conversations.history", "bot", HISTORY, "find our own message after an answer was lost"),
    Use("conversations.info", "bot", READ, "see that a team's channel is not shared with others"),
    Use("conversations.members", "bot", READ, "see that no guest is in a team's channel"),
    Use("conversations.open", "bot", ("im:write",), "open the bot's own chat with a person"),
    Use("dnd.endSnooze", "person", ("dnd:write",), "end the pause that we began"),
    Use("dnd.info", "bot", ("dnd:read",), "skip a pause that the person's own schedule covers"),
    Use("dnd.info", "person", ("dnd:read",), "never replace a pause that the person set"),
    Use("dnd.setSnooze", "person", ("dnd:write",), "pause notifications while a norm says so"),
    Use("oauth.v2.access", "none", (), "exchange the code when a person connects"),
    Use("users.info", "bot", ("users:read",), "name, zone and guest flag of a person we meet"),
    Use("users.profile.get", "person", ("users.profile:read",), "never overwrite a status set by hand"),
    Use(
        "users.profile.set", "person", ("users.profile:write",), "set the status and put back what was there"
    ),
    Use("views.open", "bot", (), "forms"),
    Use("views.publish", "bot", (), "the Home tab"),
    Use("views.push", "bot", (), "a form on top of a form"),
    Use("views.update", "bot", (), "the answer to a form that took longer"),
)

EVENTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "app_home_opened": (),
        "app_mention": ("app_mentions:read",),
        "app_uninstalled": (),
        "message.channels": ("channels:history",),
        "message.groups": ("groups:history",),
        "message.im": ("im:history",),
        "tokens_revoked": (),
        "user_change": ("users:read",),
        "user_status_changed": ("users:read",),
    }
)
"""The events we subscribe to and the bot scope each needs."""

COMMANDS_SCOPE: Final = "commands"  # slash commands and shortcuts need no method

BOT_SCOPES: Final = tuple(
    sorted(
        {COMMANDS_SCOPE}
        | {scope for use in USES if use.kind == "bot" for scope in use.scopes}
        | {scope for scopes in EVENTS.values() for scope in scopes}
    )
)
USER_SCOPES: Final = tuple(sorted({scope for use in USES if use.kind == "person" for scope in use.scopes}))
