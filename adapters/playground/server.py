"""The workspace as an HTTP server on loopback."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from aiohttp import web

from adapters.playground import members, oauth_page
from adapters.playground.acts import NextChange
from adapters.playground.api import WebApi
from adapters.playground.events import DEADLINE, RETRY_DELAYS, Delivery
from adapters.playground.human import Humans
from adapters.playground.page_api import Insight, PageApi, local_only
from adapters.playground.records import Completion
from adapters.playground.replies import ResponseUrls
from adapters.playground.serving import MAX_BODY, keep_ticking, serve
from adapters.playground.socket_mode import SocketMode
from adapters.playground.teams.deliver import DEADLINE as TEAMS_DEADLINE
from adapters.playground.teams.human import TeamsHumans
from adapters.playground.teams.seed import TWINS
from adapters.playground.teams.server import TeamsSide
from adapters.playground.teams.world import TeamsWorld
from adapters.playground.workspace import Workspace

_OWN: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 -- how to reach what listens everywhere
PAGE: Final = Path(__file__).parent / "page"
_POLICY: Final = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class PlaygroundServer:
    """Serves one or several workspaces (`async with`); the first is the one the page shows.

    `port` 0 takes a free one; `teams` is a Teams tenant to serve beside them. `insight(user_id)` and
    `next_change()` are answered by the bot for the page, and `completions` are the words that its commands
    understand.
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
        teams: TeamsWorld | None = None,
        teams_deadline: float = TEAMS_DEADLINE,
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
        self.teams = TeamsSide(teams, deadline=teams_deadline) if teams else None
        self.page = PageApi(
            self.workspace,
            self.humans,
            insight=insight,
            next_change=next_change,
            completions=completions,
            watched=[teams] if teams else [],
            twins=TWINS if teams else {},
        )
        self._host, self._port = host, port
        self._stack = AsyncExitStack()
        self._bound = port

    @property
    def url(self) -> str:
        """The server's address on this machine, without a slash at the end."""
        host = _OWN.get(self._host, self._host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self._bound}"

    @property
    def api_url(self) -> str:
        """The base address for Slack clients, with a slash at the end."""
        return f"{self.url}/api/"

    @property
    def teams_humans(self) -> TeamsHumans:
        """The people of the Teams tenant; ValueError without one."""
        if self.teams is None:
            raise ValueError("This playground has no Teams tenant; make it with teams=TeamsWorld(…).")
        return self.teams.humans

    def humans_of(self, team_id: str) -> Humans:
        """The people of one of several workspaces."""
        delivery = self.deliveries[team_id]
        return Humans(delivery.workspace, delivery)

    async def __aenter__(self) -> Self:
        for delivery in self.deliveries.values():
            await self._stack.enter_async_context(delivery)
        if self.teams is not None:
            await self._stack.enter_async_context(self.teams)
        self._bound = await serve(self._stack, build_app(self), self._host, self._port)
        for workspace in self.workspaces:
            workspace.base_url = self.url
        if self.teams is not None:
            self.teams.world.base_url = self.url
        keep_ticking(self._stack, [workspace.clock for workspace in self.workspaces], self._expire)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def _expire(self) -> None:
        """Let statuses expire by themselves."""
        for workspace in self.workspaces:
            members.expire_statuses(workspace)


def build_app(server: PlaygroundServer) -> web.Application:
    """The routes of Slack's wire, of Microsoft's and of the page."""
    app = web.Application(middlewares=[local_only], client_max_size=MAX_BODY)
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
            *(server.teams.routes() if server.teams else ()),
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
