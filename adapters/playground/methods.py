"""Slack's Web API methods that the workspace answers: rate tier, token kinds and scopes, as data.

From the pages docs.slack.dev/reference/methods/<method> and /apis/web-api/rate-limits. The scope test of the
Slack adapter reads this table too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from adapters.playground.records import ChannelKind, TokenKind

TIER_PER_MINUTE: Final = MappingProxyType({1: 1, 2: 20, 3: 50, 4: 100})
HUNDREDS_PER_MINUTE: Final = 600  # auth.test and chat.getPermalink: "hundreds of requests per minute"
POSTS_PER_MINUTE: Final = 300  # chat.postMessage: "several hundred messages per minute" in a workspace

CHANNEL_SCOPE: Final = MappingProxyType(
    {ChannelKind.PUBLIC: "channels", ChannelKind.PRIVATE: "groups", ChannelKind.IM: "im"}
)


@dataclass(frozen=True, slots=True)
class Method:
    """One method. `scopes` maps each token kind that may call it to the scopes it needs (all of them).

    An empty mapping means that no token is needed. `channel_scope` names the right that is asked for the kind
    of channel in addition: `history` means `channels:history`, `groups:history` or `im:history`.
    """

    name: str
    tier: int | None
    per_minute: int
    scopes: Mapping[TokenKind, tuple[str, ...]] = field(default_factory=dict)
    channel_scope: str | None = None


_BOTH: Final = (TokenKind.BOT, TokenKind.USER)


def _method(
    name: str,
    tier: int | None,
    *scopes: str,
    kinds: tuple[TokenKind, ...] = _BOTH,
    per_minute: int | None = None,
    channel_scope: str | None = None,
) -> Method:
    rate = per_minute if per_minute is not None else TIER_PER_MINUTE[tier or 2]
    return Method(name, tier, rate, MappingProxyType(dict.fromkeys(kinds, scopes)), channel_scope)


_USER: Final = (TokenKind.USER,)
_ALL: Final = (
    _method("apps.connections.open", 3, "connections:write", kinds=(TokenKind.APP,)),
    _method("auth.revoke", 3),
    _method("auth.test", None, kinds=tuple(TokenKind), per_minute=HUNDREDS_PER_MINUTE),
    _method("chat.delete", 3, "chat:write"),
    _method("chat.getPermalink", None, per_minute=HUNDREDS_PER_MINUTE),
    _method("chat.postEphemeral", 4, "chat:write"),
    _method("chat.postMessage", None, "chat:write", per_minute=POSTS_PER_MINUTE),
    _method("chat.update", 3, "chat:write"),
    _method("conversations.history", 3, channel_scope="history"),
    _method("conversations.info", 3, channel_scope="read"),
    _method("conversations.list", 2, channel_scope="read"),
    _method("conversations.members", 4, channel_scope="read"),
    _method("conversations.open", 3, "im:write"),
    _method("conversations.replies", 3, channel_scope="history"),
    _method("dnd.endDnd", 2, "dnd:write", kinds=_USER),
    _method("dnd.endSnooze", 2, "dnd:write", kinds=_USER),
    _method("dnd.info", 3, "dnd:read"),
    _method("dnd.setSnooze", 2, "dnd:write", kinds=_USER),
    _method("dnd.teamInfo", 2, "dnd:read"),
    _method("oauth.v2.access", 4, kinds=()),
    _method("team.info", 3, "team:read"),
    _method("users.info", 4, "users:read"),
    _method("users.list", 2, "users:read"),
    _method("users.profile.get", 4, "users.profile:read"),
    _method("users.profile.set", 3, "users.profile:write", kinds=_USER),
    _method("views.open", 4),
    _method("views.publish", 4),
    _method("views.push", 4),
    _method("views.update", 4),
)
METHODS: Final[Mapping[str, Method]] = MappingProxyType({method.name: method for method in _ALL})

EVENT_SCOPES: Final[Mapping[str, str | None]] = MappingProxyType(
    {
        "app_home_opened": None,
        "app_mention": "app_mentions:read",
        "app_uninstalled": None,
        "message.channels": "channels:history",
        "message.groups": "groups:history",
        "message.im": "im:history",
        "tokens_revoked": None,
        "user_change": "users:read",
        "user_profile_changed": "users:read",
        "user_status_changed": "users:read",
    }
)
"""The bot events an app can subscribe to here, and the bot scope each needs."""
