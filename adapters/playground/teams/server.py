"""The tenant over HTTP: all of Microsoft's services under `/teams/`, and the page's questions about it.

`PlaygroundServer(…, teams=world)` mounts a `TeamsSide` beside Slack's wire; `TeamsServer(world)` serves
one alone.
"""

from contextlib import AsyncExitStack
from typing import Self

from aiohttp import web

from adapters.playground.page_api import local_only
from adapters.playground.serving import MAX_BODY, keep_ticking, serve
from adapters.playground.teams import presence
from adapters.playground.teams.connector import Connector
from adapters.playground.teams.deliver import DEADLINE, TeamsDelivery
from adapters.playground.teams.graph import Graph
from adapters.playground.teams.human import TeamsHumans
from adapters.playground.teams.login import Login
from adapters.playground.teams.openid import OpenId
from adapters.playground.teams.page_api import TeamsPageApi
from adapters.playground.teams.world import TeamsWorld


class TeamsSide:
    """One world with its delivery, its people and its routes; enter it before it delivers anything."""

    def __init__(self, world: TeamsWorld, *, deadline: float = DEADLINE) -> None:
        self.world = world
        self.delivery = TeamsDelivery(world, deadline=deadline)
        self.humans = TeamsHumans(world, self.delivery)
        self.page = TeamsPageApi(world, self.humans)
        self._stack = AsyncExitStack()

    def routes(self) -> list[web.RouteDef]:
        """Everything below `/teams/` and `/playground/teams/`."""
        services = (Connector(self.world), OpenId(self.world), Login(self.world), Graph(self.world))
        return [*(route for service in services for route in service.routes()), *self.page.routes()]

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self.delivery)
        keep_ticking(self._stack, [self.world.clock], self._expire)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self._stack.aclose()

    def _expire(self) -> None:
        """Let presences and status messages end by themselves."""
        now = self.world.now()
        ended = [presence.expire(person, now) for person in self.world.users.values()]
        if any(ended):
            self.world.changed()


class TeamsServer:
    """Serves one world without the rest of the playground (`async with`); `port` 0 takes a free one."""

    def __init__(
        self, world: TeamsWorld, *, host: str = "127.0.0.1", port: int = 0, deadline: float = DEADLINE
    ) -> None:
        self.world = world
        self.side = TeamsSide(world, deadline=deadline)
        self.humans = self.side.humans
        self.delivery = self.side.delivery
        self._host, self._port = host, port
        self._stack = AsyncExitStack()

    @property
    def url(self) -> str:
        """The server's address without a slash at the end."""
        return self.world.base_url

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self.side)
        app = web.Application(middlewares=[local_only], client_max_size=MAX_BODY)
        app.add_routes(self.side.routes())
        bound = await serve(self._stack, app, self._host, self._port)
        self.world.base_url = f"http://{self._host}:{bound}"
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self._stack.aclose()
