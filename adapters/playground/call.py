"""One Web API call, checked and ready: the arguments with types, the token, and who acts."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from adapters.playground.errors import SlackError
from adapters.playground.methods import CHANNEL_SCOPE, Method
from adapters.playground.records import Channel, ChannelKind, Json, Token, TokenKind, User
from adapters.playground.workspace import Workspace


@dataclass(slots=True)
class Call:
    """What a method's function receives. `encoding` is `query`, `form` or `json`."""

    workspace: Workspace
    method: Method
    args: Json
    encoding: str
    granted: Token | None = None
    basic: tuple[str, str] | None = field(default=None, repr=False)

    @property
    def token(self) -> Token:
        """The token; `not_authed` without one."""
        if self.granted is None:
            raise SlackError("not_authed")
        return self.granted

    @property
    def me(self) -> User:
        """The member this call speaks for."""
        return self.workspace.users[self.token.user]

    def text(self, name: str) -> str | None:
        """An optional string."""
        value = self.args.get(name)
        return None if value is None else str(value)

    def need(self, name: str, error: str = "invalid_arguments") -> str:
        """A required string, else `error`."""
        value = self.text(name)
        if not value:
            missing = {"messages": [f"[ERROR] missing required field: {name}"]}
            raise SlackError(
                error, **({"response_metadata": missing} if error == "invalid_arguments" else {})
            )
        return value

    def whole(self, name: str, default: int) -> int:
        """An optional whole number."""
        try:
            return int(self.args.get(name, default))
        except (TypeError, ValueError):
            raise SlackError("invalid_arguments") from None

    def flag(self, name: str, *, default: bool = False) -> bool:
        """An optional truth value; the SDK sends 1 and 0."""
        return str(self.args.get(name, default)).lower() in {"1", "true"}

    def data(self, name: str, error: str = "invalid_arguments") -> Any:
        """An optional structure: as it is in a JSON body, JSON text in a form or query."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise SlackError(error) from None

    def channel(self, name: str = "channel") -> Channel:
        """The conversation an argument names, if the caller may know of it and has the right for its kind."""
        channel = self.workspace.channel_for(self.token.user, self.need(name, "channel_not_found"))
        self.need_channel_scope(channel.kind)
        return channel

    def need_channel_scope(self, kind: ChannelKind) -> None:
        """Refuse with `missing_scope` unless the method's right for this kind of conversation is granted."""
        if self.method.channel_scope:
            self.need_scopes(f"{CHANNEL_SCOPE[kind]}:{self.method.channel_scope}")

    def need_scopes(self, *scopes: str) -> None:
        """Refuse with `missing_scope` unless all of these are granted."""
        if set(scopes) - set(self.token.scopes):
            provided = ",".join(self.token.scopes)
            raise SlackError("missing_scope", needed=",".join(scopes), provided=provided)


Handler = Callable[[Call], Json]


def authorise(call: Call, secret: str | None) -> None:
    """Find the token and check its kind and scopes, with Slack's error names."""
    if not call.method.scopes:
        return
    if not secret:
        raise SlackError("not_authed")
    token = call.workspace.tokens.get(secret)
    if token is None:
        raise SlackError("invalid_auth")
    if token.revoked:
        raise SlackError("token_revoked")
    if token.kind is not TokenKind.APP and call.workspace.users[token.user].deleted:
        raise SlackError("account_inactive")
    call.granted = token
    if token.kind not in call.method.scopes:
        raise SlackError("not_allowed_token_type")
    call.need_scopes(*call.method.scopes[token.kind])


def page_of(items: list[Json], cursor: str | None, limit: int) -> tuple[list[Json], str]:
    """One page of `items` and the cursor of the next; cursors are opaque to callers."""
    try:
        start = int(cursor.removeprefix("page:")) if cursor else 0
    except ValueError:
        raise SlackError("invalid_cursor") from None
    size = max(1, min(limit, 1000))
    following = f"page:{start + size}" if start + size < len(items) else ""
    return items[start : start + size], following
