"""The state of one local Slack workspace: people, conversations, tokens, views. Pure memory, no I/O."""

import itertools
import secrets
from collections.abc import Callable, Iterable

from adapters.playground.audit import Audit
from adapters.playground.clock import TimeSource
from adapters.playground.errors import SlackError
from adapters.playground.faults import Faults
from adapters.playground.limits import RateLimiter
from adapters.playground.records import (
    AppConfig,
    Channel,
    ChannelKind,
    Json,
    OAuthCode,
    ResponseUrl,
    Token,
    TokenKind,
    Trigger,
    User,
)
from adapters.playground.watching import Watched

SLACKBOT = "USLACKBOT"


def direct_id(one: str, other: str) -> str:
    """The id of the direct message conversation of two members, whether it exists yet or not."""
    first, second = sorted((one, other))
    return f"D{first[1:]}{second[1:]}"


class Workspace(Watched):
    """One workspace with one installed app.

    `clock.now()` is the workspace's time (message ids, statuses, snoozes); `clock.monotonic()` times triggers
    and other short-lived grants; `limit_time` times rate limits (default: the monotonic clock).
    """

    def __init__(
        self,
        clock: TimeSource,
        *,
        team_id: str = "T0PLAY",
        team_name: str = "Playground",
        app: AppConfig | None = None,
        limit_time: Callable[[], float] | None = None,
        max_snooze_minutes: int = 24 * 60,
    ) -> None:
        super().__init__()
        self.clock = clock
        self.team_id = team_id
        self.team_name = team_name
        self.app = app or AppConfig()
        self.base_url = "http://127.0.0.1"
        self.max_snooze_minutes = max_snooze_minutes  # Slack's own maximum is undocumented
        self.bot_user = ""
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.tokens: dict[str, Token] = {}
        self.views: dict[str, Json] = {}
        self.homes: dict[str, str] = {}
        self.modals: dict[str, list[str]] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.codes: dict[str, OAuthCode] = {}
        self.last_read: dict[tuple[str, str], str] = {}
        self.audit = Audit()
        self.faults = Faults()
        self.limits = RateLimiter(limit_time or clock.monotonic)
        self._serial = itertools.count(1)
        self._last_ts = 0
        self._on_event: list[Callable[[Json], None]] = []

    # Time and ids

    def epoch(self) -> float:
        """The workspace's present time in epoch seconds."""
        return self.clock.now().timestamp()

    def new_ts(self) -> str:
        """A message id: epoch seconds with six digits, unique and growing within the workspace."""
        micros = max(round(self.epoch() * 1_000_000), self._last_ts + 1)
        self._last_ts = micros
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    def new_id(self, prefix: str) -> str:
        """An id that nobody can guess and that was not used before, such as `Ev0000011F2A9C41`."""
        return f"{prefix}{next(self._serial):06X}{secrets.token_hex(4).upper()}"

    # Events

    def emit(self, event: Json) -> None:
        """Offer an event to whoever delivers events to the app."""
        for callback in tuple(self._on_event):
            callback(event)

    def on_event(self, callback: Callable[[Json], None]) -> Callable[[], None]:
        """Call `callback` with each event; returns how to stop."""
        self._on_event.append(callback)
        return lambda: self._on_event.remove(callback)

    def calls_over_limit(self) -> int:
        """How many calls came although a rate limit was used up; the aim is 0."""
        return self.limits.over

    # People and conversations

    def add_user(self, user: User) -> User:
        """Let somebody join."""
        self.users[user.id] = user
        self.changed()
        return user

    def user(self, user_id: str) -> User:
        """The member with this id; `user_not_found` otherwise."""
        if user_id not in self.users:
            raise SlackError("user_not_found")
        return self.users[user_id]

    def add_channel(
        self, channel_id: str, name: str, members: Iterable[str], *, kind: ChannelKind = ChannelKind.PUBLIC
    ) -> Channel:
        """Create a conversation."""
        members_in_order = dict.fromkeys(members)
        channel = Channel(channel_id, name, kind, members_in_order, created=int(self.epoch()))
        self.channels[channel_id] = channel
        self.changed()
        return channel

    def direct(self, one: str, other: str) -> Channel:
        """The direct message conversation of two members, created when it does not exist yet."""
        channel_id = direct_id(one, other)
        known = self.channels.get(channel_id)
        return known or self.add_channel(channel_id, "", (one, other), kind=ChannelKind.IM)

    def channel_for(self, user_id: str, channel_id: str) -> Channel:
        """A conversation that `user_id` may know of; `channel_not_found` for all others, as Slack does."""
        channel = self.channels.get(channel_id)
        if channel is None or (channel.kind is not ChannelKind.PUBLIC and user_id not in channel.members):
            raise SlackError("channel_not_found")
        return channel

    def channels_of(self, user_id: str) -> list[Channel]:
        """The conversations a member takes part in."""
        return [channel for channel in self.channels.values() if user_id in channel.members]

    # Tokens, triggers, response addresses

    def grant(self, kind: TokenKind, user_id: str, scopes: Iterable[str]) -> Token:
        """Give the app a token; scopes are additive, so a live token stays the same one with more scopes."""
        live = self.token_of(kind, user_id)
        if live is not None:
            live.scopes = tuple(dict.fromkeys((*live.scopes, *scopes)))
            return live
        prefix = {TokenKind.BOT: "xoxb", TokenKind.USER: "xoxp", TokenKind.APP: "xapp"}[kind]
        token = Token(f"{prefix}-{self.team_id}-{secrets.token_hex(12)}", kind, user_id, tuple(scopes))
        self.tokens[token.secret] = token
        self.changed()
        return token

    def token_of(self, kind: TokenKind, user_id: str) -> Token | None:
        """The live token of this kind, if there is one."""
        for token in self.tokens.values():
            if token.kind is kind and token.user == user_id and not token.revoked:
                return token
        return None

    def revoke(self, token: Token) -> None:
        """End a token and tell the app, by user id, never by token string."""
        token.revoked = True
        ended: dict[str, list[str]] = {"oauth": [], "bot": []}
        ended["oauth" if token.kind is TokenKind.USER else "bot"].append(token.user)
        self.changed()
        self.emit({"type": "tokens_revoked", "tokens": ended, "event_ts": self.new_ts()})

    def new_trigger(self, user_id: str) -> str:
        """A `trigger_id` for what this person just did."""
        trigger_id = f"{next(self._serial)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self.triggers[trigger_id] = Trigger(user_id, self.clock.monotonic() + 3.0)
        return trigger_id

    def take_trigger(self, trigger_id: str) -> Trigger:
        """Use a trigger up; Slack's three refusals otherwise."""
        trigger = self.triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self.clock.monotonic() > trigger.expires:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger

    def new_response_url(self, user_id: str, channel_id: str, original_ts: str | None = None) -> str:
        """A `response_url` for what this person did in this channel."""
        key = secrets.token_hex(16)
        expires = self.clock.monotonic() + 30 * 60
        self.response_urls[key] = ResponseUrl(user_id, channel_id, expires, original_ts)
        return f"{self.base_url}/response/{self.team_id}/{key}"
