"""The workspace as an HTTP server on loopback."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from aiohttp import web

from adapters.playground import members, oauth_page
from adapters.playground.acts import NextChange
from adapters.playground.api import WebApi
from adapters.playground.clock import PlaygroundClock
from adapters.playground.events import DEADLINE, RETRY_DELAYS, Delivery
from adapters.playground.human import Humans
from adapters.playground.page_api import Insight, PageApi, local_only
from adapters.playground.records import Completion
from adapters.playground.replies import ResponseUrls
from adapters.playground.socket_mode import SocketMode
from adapters.playground.workspace import Workspace

PAGE: Final = Path(__file__).parent / "page"
_POLICY: Final = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_TICK: Final = 0.25


class PlaygroundServer:
    """Serves one or several workspaces (`async with`); the first is the one the page shows.

    `port` 0 takes a free one. `insight(user_id)` and `next_change()` are answered by the bot for the page,
    and `completions` are the words that its commands understand.
    """

    def __init__(
        self,
        *workspaces: Workspace,
        host: str = "127.0.0.1",
        port: int = 0,
        retry_delays: tuple[float, ...] = RETRY_DELAYS,
        deadline: float = DEADLINE,
        insight: Insight | None = None,
        next_change: NextChange | None = None,
        completions: Sequence[Completion] = (),
    ) -> None:
        self.workspaces = workspaces
        self.workspace = workspaces[0]
        self.deliveries = {
            workspace.team_id: Delivery(workspace, retry_delays=retry_delays, deadline=deadline)
            for workspace in workspaces
        }
        self.delivery = self.deliveries[self.workspace.team_id]
        self.humans = Humans(self.workspace, self.delivery)
        self.socket_mode = SocketMode(self.deliveries)
        self.api = WebApi(workspaces, {"apps.connections.open": self.socket_mode.open_connection})
        self.page = PageApi(
            self.workspace, self.humans, insight=insight, next_change=next_change, completions=completions
        )
        self._host, self._port = host, port
        self._stack = AsyncExitStack()
        self._bound = port

    @property
    def url(self) -> str:
        """The server's address without a slash at the end."""
        return f"http://{self._host}:{self._bound}"

    @property
    def api_url(self) -> str:
        """The base address for Slack clients, with a slash at the end."""
        return f"{self.url}/api/"

    def humans_of(self, team_id: str) -> Humans:
        """The people of one of several workspaces."""
        delivery = self.deliveries[team_id]
        return Humans(delivery.workspace, delivery)

    async def __aenter__(self) -> Self:
        for delivery in self.deliveries.values():
            await self._stack.enter_async_context(delivery)
        runner = web.AppRunner(build_app(self), access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, self._host, self._port)
        try:
            await site.start()
        except OSError:
            await self._stack.aclose()  # the address is taken: leave nothing open behind
            raise
        self._bound = int(runner.addresses[0][1])
        for workspace in self.workspaces:
            workspace.base_url = self.url
        ticking = asyncio.get_running_loop().create_task(self._tick())
        self._stack.push_async_callback(_cancel, ticking)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def _tick(self) -> None:
        """Let statuses expire by themselves, promptly after the clock was moved."""
        moved = asyncio.Event()
        for workspace in self.workspaces:
            if isinstance(workspace.clock, PlaygroundClock):
                workspace.clock.on_change(moved.set)
        while True:
            for workspace in self.workspaces:
                members.expire_statuses(workspace)
            moved.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(moved.wait(), _TICK)


def build_app(server: PlaygroundServer) -> web.Application:
    """The routes of Slack's wire and of the page."""
    app = web.Application(middlewares=[local_only], client_max_size=4 * 1024 * 1024)
    replies = ResponseUrls(server.workspaces)
    consent = oauth_page.OAuthPages(server.workspace)
    app.add_routes(
        [
            web.route("*", "/api/{method}", server.api.handle),
            web.post("/response/{team}/{key}", replies.handle),
            web.get("/socket/{ticket}", server.socket_mode.handle),
            web.get("/oauth/v2/authorize", consent.ask),
            web.post("/oauth/v2/authorize", consent.answer),
            web.get(r"/archives/{channel:[A-Z0-9]+}/p{digits:\d{7,}}", oauth_page.archive),
            *server.page.routes(),
            web.get("/", _index),
            web.get(r"/{name:[\w.-]+\.(?:css|js|svg|html|png|ico|woff2)}", _asset),
        ]
    )
    return app


async def _index(_request: web.Request) -> web.StreamResponse:
    return _file("index.html")


async def _asset(request: web.Request) -> web.StreamResponse:
    return _file(request.match_info["name"])


def _file(name: str) -> web.StreamResponse:
    path = PAGE / name
    if not path.is_file():
        raise web.HTTPNotFound
    headers = {
        "Content-Security-Policy": _POLICY,
        "Cache-Control": "no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    return web.FileResponse(path, headers=headers)


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
