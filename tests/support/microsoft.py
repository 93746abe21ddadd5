"""Microsoft's services as a script: a loopback server that notes what it is asked and answers as it is told.

For answers that a faithful stand-in would not give. The tenant that behaves is adapters/playground/teams.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.teams.adapter import TeamsSettings

APP, PASSWORD, TENANT = "b0b0b0b0-0000-4000-8000-00000000b0b0", "a secret of the app", "7e1a0000-tenant"


@dataclass(frozen=True)
class Say:
    """An answer. `text` goes out as it is in place of `data`; `cut` announces more than comes; `after` are
    seconds that pass first; `hang_up` closes the connection without an answer."""

    status: int = 201
    data: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    text: str | None = None
    cut: bool = False
    after: float = 0.0
    hang_up: bool = False


@dataclass(frozen=True)
class Asked:
    """A request as it came in; `path` with its query."""

    method: str
    path: str
    token: str
    body: Any


class Microsoft:
    """`script` is what the next calls besides logins are told, `logins` likewise; then all goes well."""

    def __init__(self) -> None:
        self.script: deque[Say] = deque()
        self.logins: deque[Say] = deque()
        self.asked: list[Asked] = []
        self.logged_in: list[dict[str, str]] = []
        self.url = ""

    @property
    def service_url(self) -> str:
        return f"{self.url}/service/"

    def settings(self, **changes: Any) -> TeamsSettings:
        host = self.url.removeprefix("http://")
        made = {
            "app_id": APP,
            "app_password": PASSWORD,
            "tenant_id": TENANT,
            "login_url": f"{self.url}/login",
            "graph_url": f"{self.url}/graph/v1.0",
            "service_hosts": frozenset({host}),
            "timeout": 5.0,
        }
        return TeamsSettings(**(made | changes))

    async def login(self, request: web.Request) -> web.StreamResponse:
        self.logged_in.append(
            {**{k: str(v) for k, v in (await request.post()).items()}, "path": request.path}
        )
        token = {"access_token": f"token-{len(self.logged_in)}", "expires_in": 3600, "token_type": "Bearer"}
        return await _answer(request, self.logins.popleft() if self.logins else Say(200, token))

    async def serve(self, request: web.Request) -> web.StreamResponse:
        body = await request.json() if request.can_read_body else None
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.asked.append(Asked(request.method, request.path_qs, token, body))
        said = self.script.popleft() if self.script else Say(data={"id": str(len(self.asked))})
        return await _answer(request, said)


async def _answer(request: web.Request, say: Say) -> web.StreamResponse:
    await asyncio.sleep(say.after)
    if say.hang_up:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()
    if say.cut:
        cut = web.StreamResponse(status=say.status, headers={"Content-Length": "1000"})
        await cut.prepare(request)
        await cut.write(b'{"id": "17')
        assert request.transport is not None
        request.transport.close()
        return cut
    if say.text is not None:
        return web.Response(status=say.status, text=say.text, headers=say.headers)
    return web.json_response(say.data, status=say.status, headers=say.headers)


@asynccontextmanager
async def microsoft() -> AsyncIterator[Microsoft]:
    """The server on a port of its own."""
    one = Microsoft()
    app = web.Application()
    app.router.add_post("/login/{tail:.*}", one.login)
    app.router.add_route("*", "/{tail:.*}", one.serve)
    async with TestServer(app) as server:
        one.url = str(server.make_url("")).rstrip("/")
        yield one


@asynccontextmanager
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as one:
        yield one
