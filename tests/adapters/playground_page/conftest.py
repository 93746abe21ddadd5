"""A workspace with its page, a small app behind it, and headless Chromium in front of it."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, BrowserContext, Page

from adapters.clock import SystemClock
from adapters.playground.clock import PlaygroundClock
from adapters.playground.records import Completion
from adapters.playground.seed import seed
from adapters.playground.server import PlaygroundServer
from adapters.playground.teams.seed import seed_teams
from tests.support import chromium
from tests.support.little_app import LittleApp
from tests.support.little_teams_app import LittleTeamsApp

WORDS = (
    Completion(
        "/boundary", "hours", "/boundary hours DAYS TIMES", "/boundary hours mon-fri 9-17", "Working hours."
    ),
    Completion("/boundary", "here", "/boundary here [LENGTH]", "/boundary here", "Available now."),
    Completion("/boundary", "today", "/boundary today", "/boundary today", "Your day."),
)
MORNING = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)  # a Monday in Lisbon


@dataclass
class World:
    """The server, its people's hands, the app behind it and its clock."""

    server: PlaygroundServer
    app: LittleApp
    clock: PlaygroundClock
    teams: LittleTeamsApp | None = None

    @property
    def url(self) -> str:
        return f"{self.server.url}/"

    @property
    def both(self) -> LittleTeamsApp:
        """The app behind the Teams tenant of a world that has one."""
        assert self.teams is not None
        return self.teams


@asynccontextmanager
async def world_at(start: datetime, *, with_teams: bool = False) -> AsyncIterator[World]:
    clock = PlaygroundClock(SystemClock(), start=start, speed=0)
    seeded = seed(clock, limit_time=clock.elapsed)

    async def next_change() -> datetime:
        return clock.now() + timedelta(minutes=45)

    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        app = LittleApp(seeded, clock, http)
        behind = await stack.enter_async_context(TestServer(app.application()))
        seeded.workspace.app.request_url = str(behind.make_url("/slack/events"))
        teams = await stack.enter_async_context(teams_at(clock)) if with_teams else None
        server = await stack.enter_async_context(
            PlaygroundServer(
                seeded.workspace,
                teams=teams.world if teams else None,
                insight=app.insight,
                next_change=next_change,
                completions=WORDS,
            )
        )
        app.api_url = server.api_url
        yield World(server, app, clock, teams)


@asynccontextmanager
async def teams_at(clock: PlaygroundClock) -> AsyncIterator[LittleTeamsApp]:
    """A tenant whose app hears every message (its owners consented) and answers slash commands."""
    tenant = seed_teams(clock, limit_time=clock.elapsed)
    tenant.app.rsc = tenant.app.targeted = True
    for place in tenant.conversations.values():
        place.activities.clear()  # the app below says what is said
    app = LittleTeamsApp(tenant)
    app.talk()
    async with TestServer(app.application()) as behind:
        tenant.app.endpoint = str(behind.make_url("/api/messages"))
        yield app


@pytest_asyncio.fixture(loop_scope="module")
async def world() -> AsyncIterator[World]:
    async with world_at(MORNING) as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="module")  # starting Chromium takes seconds
async def browser() -> AsyncIterator[Browser]:
    async with chromium.launched() as found:
        yield found


@dataclass
class Watched:
    """A page and everything that went wrong or went out while it was used."""

    page: Page
    requests: list[str]
    complaints: list[str]


@asynccontextmanager
async def watching(page: Page, world: World) -> AsyncIterator[Watched]:
    """The workspace's page, opened in `page`, with what it asks and complains about."""
    watched = Watched(page, [], [])
    listeners: dict[Any, Callable[[Any], None]] = {
        "request": lambda request: watched.requests.append(request.url),
        "pageerror": lambda error: watched.complaints.append(str(error)),
        "console": lambda line: (
            watched.complaints.append(line.text) if line.type in {"error", "warning"} else None
        ),
    }
    for event, listener in listeners.items():
        page.on(event, listener)
    await page.goto(world.url)
    await page.wait_for_selector("#messages .message")
    try:
        yield watched
    finally:
        for event, listener in listeners.items():
            page.remove_listener(event, listener)
        await page.unroute_all(behavior="ignoreErrors")


@asynccontextmanager
async def opened(
    browser: Browser, world: World, *, width: int = 1440, height: int = 900, **context: Any
) -> AsyncIterator[Watched]:
    """The page in a window of its own."""
    place: BrowserContext = await browser.new_context(viewport={"width": width, "height": height}, **context)
    try:
        async with watching(await place.new_page(), world) as watched:
            yield watched
    finally:
        await place.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def window(browser: Browser) -> AsyncIterator[Page]:
    """One window for all tests of a file: each world has its own origin, so nothing is left of the last."""
    place = await browser.new_context(viewport={"width": 1440, "height": 900})
    yield await place.new_page()
    await place.close()


@pytest_asyncio.fixture(loop_scope="module")
async def watched(window: Page, world: World) -> AsyncIterator[Watched]:
    async with watching(window, world) as found:
        yield found
    await window.goto("about:blank")  # ends the page's stream before its world ends


@pytest.fixture
def page(watched: Watched) -> Iterator[Page]:
    yield watched.page
    assert watched.complaints == []
