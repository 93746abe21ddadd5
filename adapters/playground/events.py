"""Delivery to the app: signed HTTP with Slack's retries, or Socket Mode while a socket is connected.

Sources: docs.slack.dev/apis/events-api and /authentication/verifying-requests-from-slack.
"""

import asyncio
import hashlib
import hmac
import itertools
import json
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Protocol
from urllib.parse import urlencode

import aiohttp

from adapters.playground.methods import EVENT_SCOPES
from adapters.playground.records import Json, TokenKind
from adapters.playground.workspace import Workspace

RETRY_DELAYS: Final = (0.0, 60.0, 300.0)
DEADLINE: Final = 3.0
_MESSAGE_EVENT: Final = MappingProxyType(
    {"channel": "message.channels", "group": "message.groups", "im": "message.im"}
)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the app answered. `error`: None, `operation_timeout` (3 s passed) or `dispatch_failed`."""

    error: str | None
    text: str = ""
    data: Json | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to deliver something; `outcome` is `ok` or one of Slack's retry reasons."""

    event_id: str
    kind: str
    number: int
    outcome: str


class Socket(Protocol):
    """A connected Socket Mode client."""

    async def send(
        self, kind: str, payload: Json, *, retry: int = 0, envelope_id: str | None = None
    ) -> Json | None:
        """Send an envelope and wait for its acknowledgement; returns that one's payload."""
        ...


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The `X-Slack-Signature` of a request."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class Delivery:
    """Carries the workspace's events, commands and interactions to the app.

    `retry_delays` are real seconds before the second, third and fourth try; `deadline` is the time to answer.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        retry_delays: tuple[float, ...] = RETRY_DELAYS,
        deadline: float = DEADLINE,
    ) -> None:
        self.workspace = workspace
        self.retry_delays = retry_delays
        self.deadline = deadline
        self.attempts: list[Attempt] = []
        self.sockets: list[Socket] = []
        self._turn = itertools.count()
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._first: set[asyncio.Task[None]] = set()
        self._stop_listening: Callable[[], object] = int

    async def __aenter__(self) -> "Delivery":
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=100))
        self._stop_listening = self.workspace.on_event(self._offer)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        self._stop_listening()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    # Events

    def envelope(self, event: Json, event_id: str | None = None) -> Json:
        """The outer payload of an event."""
        workspace, app = self.workspace, self.workspace.app
        bot = {
            "enterprise_id": None,
            "team_id": workspace.team_id,
            "user_id": workspace.bot_user,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        own_id = event_id or workspace.new_id("Ev")
        return {
            "token": app.verification_token,
            "team_id": workspace.team_id,
            "enterprise_id": None,
            "api_app_id": app.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": own_id,
            "event_time": int(workspace.epoch()),
            "event_context": f"4-{own_id}",
            "is_ext_shared_channel": False,
            "authorizations": [bot],
        }

    async def resend(self, payload: Json, *, retry: int = 0) -> str:
        """Send an event payload once more, as it is; returns the outcome. For tests of replays."""
        return await self._attempt(payload, retry, "http_timeout" if retry else None)

    async def first_attempts(self) -> None:
        """Wait until the events emitted so far have been tried once."""
        waiting = set(self._first)
        if waiting:
            await asyncio.wait(waiting)

    async def verify_request_url(self) -> bool:
        """Slack's `url_verification`: does the app's address echo the challenge?"""
        challenge = self.workspace.new_id("challenge")
        body = {
            "token": self.workspace.app.verification_token,
            "challenge": challenge,
            "type": "url_verification",
        }
        reply = await self._post(json.dumps(body).encode(), "application/json", {})
        return reply.error is None and (
            reply.text == challenge or (reply.data or {}).get("challenge") == challenge
        )

    def _offer(self, event: Json) -> None:
        if self._reachable() and wanted(self.workspace, event):
            first = self._spawn(self._deliver(self.envelope(event)))
            self._first.add(first)
            first.add_done_callback(self._first.discard)

    async def _deliver(self, payload: Json) -> None:
        outcome = await self._attempt(payload, 0, None)
        if outcome not in {"ok", "no_retry"}:
            self._spawn(self._retry(payload, outcome))

    async def _retry(self, payload: Json, reason: str) -> None:
        for number, delay in enumerate(self.retry_delays, start=1):
            await asyncio.sleep(delay)
            reason = await self._attempt(payload, number, reason)
            if reason in {"ok", "no_retry"}:
                return

    async def _attempt(self, payload: Json, number: int, reason: str | None) -> str:
        if self.sockets:
            outcome = await self._over_socket("events_api", payload, number)
        else:
            headers = (
                {"x-slack-retry-num": str(number), "x-slack-retry-reason": reason or ""} if number else {}
            )
            body = json.dumps(payload).encode()
            reply = await self._post(body, "application/json", headers)
            outcome = {None: "ok", "operation_timeout": "http_timeout"}.get(reply.error, reply.text)
        self.attempts.append(Attempt(payload["event_id"], payload["event"]["type"], number, outcome))
        return outcome

    async def _over_socket(self, kind: str, payload: Json, number: int) -> str:
        socket = self.sockets[next(self._turn) % len(self.sockets)]
        try:
            async with asyncio.timeout(self.deadline):
                # The same envelope id is re-sent with retry_attempt (bolt-js#2487).
                await socket.send(kind, payload, retry=number, envelope_id=payload["event_id"])
        except TimeoutError:
            return "http_timeout"
        except ConnectionError:
            return "connection_failed"
        return "ok"

    # Commands and interactions: one try, three seconds

    async def command(self, fields: Mapping[str, str]) -> Reply:
        """Send a slash command."""
        if self.sockets:
            return await self._interact("slash_commands", dict(fields))
        return await self._post(urlencode(fields).encode(), "application/x-www-form-urlencoded", {})

    async def interaction(self, payload: Json) -> Reply:
        """Send an interaction: block_actions, shortcut, message_action, view_submission or view_closed."""
        if self.sockets:
            return await self._interact("interactive", payload)
        body = urlencode({"payload": json.dumps(payload)}).encode()
        return await self._post(body, "application/x-www-form-urlencoded", {})

    async def _interact(self, kind: str, payload: Json) -> Reply:
        socket = self.sockets[next(self._turn) % len(self.sockets)]
        try:
            async with asyncio.timeout(self.deadline):
                return Reply(None, data=await socket.send(kind, payload))
        except TimeoutError:
            return Reply("operation_timeout")
        except ConnectionError:
            return Reply("dispatch_failed", "connection_failed")

    # HTTP

    def signed(self, body: bytes) -> dict[str, str]:
        """The two signature headers for a body sent now."""
        timestamp = str(int(self.workspace.epoch()))
        signature = sign(self.workspace.app.signing_secret, timestamp, body)
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature}

    async def _post(self, body: bytes, content_type: str, headers: dict[str, str]) -> Reply:
        """POST signed; on failure `text` is Slack's retry reason."""
        url = self.workspace.app.request_url
        if self._session is None or url is None:
            return Reply("dispatch_failed", "connection_failed")
        sent = {"Content-Type": content_type, "User-Agent": "Slackbot 1.0", **self.signed(body), **headers}
        try:
            async with (
                asyncio.timeout(self.deadline),
                self._session.post(url, data=body, headers=sent, allow_redirects=False) as response,
            ):
                text = await response.text()
        except TimeoutError:
            return Reply("operation_timeout", "http_timeout")
        except aiohttp.ClientError:
            return Reply("dispatch_failed", "connection_failed")
        if not 200 <= response.status < 300:
            final = response.headers.get("x-slack-no-retry") == "1"
            return Reply("dispatch_failed", "no_retry" if final else "http_error")
        return Reply(None, text, _decoded(text) if response.content_type == "application/json" else None)

    def _reachable(self) -> bool:
        return bool(self.sockets) or self.workspace.app.request_url is not None

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def wanted(workspace: Workspace, event: Json) -> bool:
    """Whether the app subscribed to this event, may read it, and its bot is where it happened."""
    kind = event["type"]
    name = _MESSAGE_EVENT[event["channel_type"]] if kind == "message" else kind
    if name not in workspace.app.events:
        return False
    if (
        kind in {"message", "app_mention"}
        and workspace.bot_user not in workspace.channels[event["channel"]].members
    ):
        return False
    scope = EVENT_SCOPES[name]
    if scope is None:
        return True
    bot = workspace.token_of(TokenKind.BOT, workspace.bot_user)
    return bot is not None and scope in bot.scopes


def _decoded(text: str) -> Json | None:
    try:
        data = json.loads(text)
    except ValueError:
        return None
    return data if isinstance(data, dict) else None
