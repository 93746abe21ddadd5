"""The JSON API of the playground's own page: `/playground/*`, same origin and loopback only."""

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from aiohttp import web

from adapters.playground import members, modals
from adapters.playground.acts import Acts, NextChange
from adapters.playground.audit import post_json
from adapters.playground.clock import TimeSource
from adapters.playground.errors import SlackError
from adapters.playground.faults import Faults
from adapters.playground.human import Humans
from adapters.playground.oauth_page import VIEWER_COOKIE
from adapters.playground.records import Channel, ChannelKind, Completion, Json, Message, TokenKind, User
from adapters.playground.watching import Watched, stream_versions
from adapters.playground.workspace import Workspace

Insight = Callable[[str], Awaitable[Json]]
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})


class PageApi:
    """What the page asks; `insight`, `next_change` and `completions` are the bot's own matter.

    The stream also ticks when one of `watched` changes; `twins` maps user ids to the same human in Teams.
    """

    def __init__(
        self,
        workspace: Workspace,
        humans: Humans,
        *,
        insight: Insight | None = None,
        next_change: NextChange | None = None,
        completions: Sequence[Completion] = (),
        watched: Sequence[Watched] = (),
        twins: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._workspace = workspace
        self._watched = (workspace, *watched)
        self._twins = twins
        self._began = secrets.token_hex(4)
        self._completions = [asdict(one) for one in completions]
        self._insight = insight
        self._acts = Acts(workspace, humans, next_change)

    def routes(self) -> list[web.RouteDef]:
        """The API's routes."""
        return [
            web.get("/playground/state", self.state),
            web.get("/playground/messages", self.messages),
            web.get("/playground/stream", self.stream),
            web.post("/playground/act", self.act),
            web.get("/playground/insight", self.insight),
            web.get("/playground/faults", self.faults),
            web.post("/playground/faults", self.set_faults),
            web.get("/playground/posts", self.posts),
            web.get("/playground/calls", self.calls),
        ]

    async def state(self, request: web.Request) -> web.Response:
        """Everything but messages, as one viewer sees it."""
        members.expire_statuses(self._workspace)
        me = self._viewer(request)
        workspace = self._workspace
        app, view, home = workspace.app, modals.top(workspace, me.id), modals.home(workspace, me.id)
        people = [user for user in workspace.users.values() if not user.deleted and user.id != "USLACKBOT"]
        response = web.json_response(
            {
                "now": iso(workspace.clock.now()),
                "began": self._began,
                "speed": speed_of(workspace.clock),
                "me": me.id,
                "bot": workspace.bot_user,
                "version": workspace.version,
                "users": [self._user(user) for user in people],
                "channels": [self._channel(channel, me) for channel in workspace.channels_of(me.id)],
                "commands": [
                    {"command": c.command, "hint": c.usage_hint, "description": c.description}
                    for c in app.commands
                ],
                "completions": self._completions,
                "shortcuts": [
                    {
                        "name": s.name,
                        "callback_id": s.callback_id,
                        "type": s.type,
                        "description": s.description,
                    }
                    for s in app.shortcuts
                ],
                "home": {"blocks": home["blocks"], "view_id": home["id"]} if home else None,
                "modal": modals.public(view) if view else None,
            }
        )
        # The consent page, opened by a link of the bot's, then knows who is looking.
        response.set_cookie(VIEWER_COOKIE, me.id, path="/oauth", httponly=True, samesite="Lax")
        return response

    async def messages(self, request: web.Request) -> web.Response:
        """One conversation, oldest first, with only what this viewer may see; marks it read."""
        me = self._viewer(request)
        try:
            channel = self._workspace.channel_for(me.id, request.query.get("channel", ""))
        except SlackError as error:
            return web.json_response({"ok": False, "error": error.name}, status=404)
        shown = [*channel.messages.values(), *(m for m in channel.ephemeral if m.viewer == me.id)]
        shown.sort(key=_order)
        if shown:
            self._workspace.last_read[me.id, channel.id] = shown[-1].ts
        return web.json_response({"messages": [self._message(channel, message) for message in shown]})

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Server-Sent Events: the version, at once and after each change."""
        return await stream_versions(request, self._watched)

    async def act(self, request: web.Request) -> web.Response:
        """Do what a person does on the page."""
        body = await json_body(request)
        try:
            return web.json_response(await self._acts.perform(body))
        except SlackError as error:
            return web.json_response({"ok": False, "error": error.name})
        except (KeyError, TypeError, ValueError) as error:
            return web.json_response({"ok": False, "error": f"bad_request: {error}"}, status=400)

    async def insight(self, request: web.Request) -> web.Response:
        """What the bot knows of one person, for the ribbon and the trace."""
        if self._insight is None:
            return web.json_response({})
        return web.json_response(await self._insight(request.query.get("person", "")))

    async def faults(self, _request: web.Request) -> web.Response:
        """The faults that are switched on."""
        return web.json_response(self._workspace.faults.describe())

    async def set_faults(self, request: web.Request) -> web.Response:
        """`{"clear": true, "seed": 1, "add": [{"kind": "drop", "method": "chat.delete"}]}`, all optional."""
        return await order_faults(self._workspace.faults, request)

    async def posts(self, _request: web.Request) -> web.Response:
        """The oracle: every post ever stored, deleted ones included, with the arrivals per method."""
        audit = self._workspace.audit
        rows = [post_json(post) for post in audit.posts]
        return web.json_response({"posts": rows, "arrivals": dict(audit.arrivals)})

    async def calls(self, _request: web.Request) -> web.Response:
        """How the app behaved: arrivals and outcomes per method, and calls that should not have been made."""
        return web.json_response(self._workspace.audit.summary(self._workspace.limits.over))

    def _viewer(self, request: web.Request) -> User:
        user = self._workspace.users.get(request.query.get("as", ""))
        if user is None:
            raise web.HTTPBadRequest(text="Say who is looking: ?as=U0MAYA")
        return user

    def _user(self, user: User) -> Json:
        workspace, profile = self._workspace, user.profile
        here = workspace.clock.now().astimezone(ZoneInfo(user.tz))
        snoozed = user.snooze_until > workspace.epoch()
        expires = iso(_instant(profile.status_expiration)) if profile.status_expiration else None
        return {
            "id": user.id,
            "name": user.name,
            "real_name": user.real_name,
            "tz": user.tz,
            "title": profile.title,
            "local_time": here.strftime("%H:%M"),
            "is_bot": user.is_bot,
            "status": {"text": profile.status_text, "emoji": profile.status_emoji, "expires": expires},
            "snoozed_until": iso(_instant(user.snooze_until)) if snoozed else None,
            "connected": workspace.token_of(TokenKind.USER, user.id) is not None,
            "teams": self._twins.get(user.id),
        }

    def _channel(self, channel: Channel, me: User) -> Json:
        read = self._workspace.last_read.get((me.id, channel.id), "0")
        hidden = sum(message.ts > read for message in channel.ephemeral if message.viewer == me.id)
        unread = 0
        for message in reversed(channel.messages.values()):
            if message.ts <= read:
                break
            unread += message.user != me.id
        return {
            "id": channel.id,
            "name": self._title(channel, me),
            "kind": _KIND[channel.kind],
            "members": list(channel.members),
            "unread": unread + hidden,
        }

    def _title(self, channel: Channel, me: User) -> str:
        if channel.kind is not ChannelKind.IM:
            return channel.name
        other = next((member for member in channel.members if member != me.id), me.id)
        return self._workspace.users[other].real_name

    def _message(self, channel: Channel, message: Message) -> Json:
        replies = len(channel.threads.get(message.ts, ()))
        return {
            "ts": message.ts,
            "user": message.user,
            "text": message.text,
            "blocks": message.blocks,
            "at": iso(_instant(float(message.ts))),
            "ephemeral": message.viewer is not None,
            "edited": message.edited_ts is not None,
            "thread_ts": message.thread_ts,
            "reply_count": replies,
            "bot": message.bot_id is not None,
        }


_KIND: Final = {ChannelKind.PUBLIC: "public", ChannelKind.PRIVATE: "private", ChannelKind.IM: "im"}


@web.middleware
async def local_only(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Refuse the page's API to other hosts and other origins, so that no web page elsewhere can drive it.

    What plays Microsoft's services takes no browser of another origin either; the bot sends no Origin.
    """
    if request.path.startswith(("/playground/", "/teams/")):
        host = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
        foreign = request.headers.get("Origin") not in {None, f"http://{request.host}"}
        if foreign or (request.path.startswith("/playground/") and host not in _LOOPBACK):
            raise web.HTTPForbidden(text="The playground answers its own page on this machine only.")
    return await handler(request)


def iso(at: datetime) -> str:
    """An instant as `2026-11-22T09:00:00Z`."""
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def speed_of(clock: TimeSource) -> float:
    """The clock's speed; 1 for a real clock."""
    return float(getattr(clock, "speed", 1.0))


def _instant(epoch: float) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)


def _order(message: Message) -> tuple[int, int]:
    seconds, _, micros = message.ts.partition(".")
    return int(seconds), int(micros)


async def order_faults(faults: Faults, request: web.Request) -> web.Response:
    """Do what a request asks of `faults`; 400 with the reason for a wrong order."""
    body = await json_body(request)
    try:
        return web.json_response(faults.apply(body))
    except (KeyError, OverflowError, TypeError, ValueError) as error:
        return web.json_response({"ok": False, "error": f"bad_fault: {error}"}, status=400)


async def json_body(request: web.Request) -> dict[str, Any]:
    """A JSON object; the content type is checked because a foreign form cannot send it."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="Send application/json.")
    try:
        body = await request.json()
    except (RecursionError, ValueError):
        body = None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="Send a JSON object.")
    return body
