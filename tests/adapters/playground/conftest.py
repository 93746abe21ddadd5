"""A workspace on a random port, its people, and clients that are the unmodified slack_sdk and slack_bolt."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.clock import SystemClock
from adapters.playground.clock import PlaygroundClock
from adapters.playground.seed import BOT_EVENTS, BOT_SCOPES, Seeded, seed
from adapters.playground.server import PlaygroundServer


class ManualTime:
    """Time that stands still until a test moves it; it starts near the real one, because Bolt checks that."""

    def __init__(self) -> None:
        self._start = SystemClock().now()
        self._passed = 0.0

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._passed)

    def monotonic(self) -> float:
        return self._passed

    def advance(self, seconds: float) -> None:
        self._passed += seconds


@dataclass
class Play:
    """Everything a test touches."""

    time: ManualTime
    clock: PlaygroundClock
    seeded: Seeded
    server: PlaygroundServer
    http: aiohttp.ClientSession

    @property
    def workspace(self):
        return self.server.workspace

    @property
    def humans(self):
        return self.server.humans

    def client(self, token: str | None) -> AsyncWebClient:
        return AsyncWebClient(base_url=self.server.api_url, token=token, retry_handlers=[], session=self.http)

    @property
    def bot(self) -> AsyncWebClient:
        return self.client(self.seeded.bot.secret)

    def person(self, user: str) -> AsyncWebClient:
        return self.client(self.seeded.users[user].secret)

    async def get(self, path: str, **query: str) -> Any:
        async with self.http.get(self.server.url + path, params=query) as response:
            return await response.json()

    async def act(self, user: str, act: str, **details: Any) -> Any:
        body = {"as": user, "act": act, **details}
        async with self.http.post(self.server.url + "/playground/act", json=body) as response:
            return await response.json()


ALL_SCOPES = (*BOT_SCOPES, "channels:read", "groups:read", "im:read", "team:read", "users.profile:read")
"""More than our own app asks for: the workspace answers other methods, too."""


@pytest.fixture
async def play() -> AsyncIterator[Play]:
    time = ManualTime()
    clock = PlaygroundClock(time)
    seeded = seed(clock, limit_time=clock.elapsed, scopes=ALL_SCOPES)
    seeded.workspace.app.events = (*BOT_EVENTS, "user_profile_changed")
    async with (
        PlaygroundServer(seeded.workspace, retry_delays=(0.0, 0.05, 0.05), deadline=0.5) as server,
        aiohttp.ClientSession() as http,
    ):
        yield Play(time, clock, seeded, server, http)


@dataclass
class Bolt:
    """A small app made with the unmodified Bolt; `heard` collects what its listeners were given."""

    app: AsyncApp
    heard: list[dict[str, Any]] = field(default_factory=list)


@pytest.fixture
async def bolt(play: Play) -> AsyncIterator[Bolt]:
    app = AsyncApp(
        client=play.bot, signing_secret=play.workspace.app.signing_secret, process_before_response=True
    )
    made = Bolt(app)

    async def listen(body: dict[str, Any]) -> None:
        made.heard.append(body)

    for kind in ("message", "app_mention", "app_home_opened", "user_status_changed", "tokens_revoked",
                 "user_change", "user_profile_changed", "app_uninstalled"):  # fmt: skip
        app.event(kind)(listen)
    server = TestServer(app.web_app(path="/slack/events"))
    await server.start_server()
    play.workspace.app.request_url = str(server.make_url("/slack/events"))
    yield made
    play.workspace.app.request_url = None
    await server.close()


@pytest.fixture
def eventually():
    """Wait until a condition holds; fails after two seconds."""

    async def until(condition: Callable[[], object]) -> None:
        for _ in range(200):
            if condition():
                return
            await asyncio.sleep(0.01)
        pytest.fail("It did not happen within two seconds.")

    return until


@pytest.fixture
def error_of():
    """The error name with which Slack refuses a call."""

    async def refused(call: Awaitable[Any]) -> str:
        with pytest.raises(SlackApiError) as caught:
            await call
        return str(caught.value.response["error"])

    return refused
