"""A Teams tenant on a random port, a bot that answers as told, and a plain HTTP client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.playground.clock import PlaygroundClock
from adapters.playground.teams.human import TeamsHumans
from adapters.playground.teams.records import TeamsConversation, TeamsUser
from adapters.playground.teams.seed import seed_teams
from adapters.playground.teams.server import TeamsServer
from adapters.playground.teams.world import TeamsWorld
from tests.support.slack_stage import ManualTime

Json = dict[str, Any]
CARD = "application/vnd.microsoft.card.adaptive"
MAYA, KENJI, ANA = "a:1maya", "a:1kenji", "a:1ana"
CREW, GENERAL = "19:crew@thread.v2", "19:general@thread.tacv2"


@dataclass
class FakeBot:
    """Remembers what it hears and answers with `status` and `body`; the next `silent` ones get no answer."""

    heard: list[Json] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    status: int = 201
    body: Json | None = None
    silent: int = 0
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.Response:
        self.heard.append(await request.json())
        self.tokens.append(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if self.silent:
            self.silent -= 1
            await self.done.wait()
        return web.Response(status=self.status) if self.body is None else web.json_response(self.body)


@dataclass(frozen=True)
class Answer:
    """What a service of Microsoft's answered."""

    status: int
    body: Any
    headers: Any

    @property
    def code(self) -> str:
        return str(self.body["error"]["code"])


@dataclass
class Stage:
    """Everything a test touches."""

    time: ManualTime
    world: TeamsWorld
    server: TeamsServer
    bot: FakeBot
    http: aiohttp.ClientSession

    @property
    def humans(self) -> TeamsHumans:
        return self.server.humans

    @property
    def maya(self) -> TeamsUser:
        return self.world.users["29:maya"]

    def place(self, conversation: str) -> TeamsConversation:
        return self.world.conversations[conversation]

    async def ask(
        self,
        verb: str,
        url: str,
        body: Any = None,
        *,
        token: str | None = None,
        form: dict[str, str] | None = None,
    ) -> Answer:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self.http.request(verb, url, json=body, data=form, headers=headers) as response:
            text = await response.text()
            decoded = await response.json() if text and response.content_type == "application/json" else text
            return Answer(response.status, decoded, response.headers)

    async def connector(self, verb: str, path: str, body: Any = None) -> Answer:
        token = self.world.grant("bot").secret
        return await self.ask(verb, f"{self.world.service_url}v3/{path}", body, token=token)

    async def graph(self, verb: str, path: str, body: Any = None) -> Answer:
        token = self.world.grant("graph").secret
        return await self.ask(verb, f"{self.world.graph_url}/{path}", body, token=token)

    async def send(self, conversation: str, activity: Json, query: str = "") -> Answer:
        return await self.connector("POST", f"conversations/{conversation}/activities{query}", activity)

    async def change(self, conversation: str, activity: str, body: Json, query: str = "") -> Answer:
        return await self.connector("PUT", f"conversations/{conversation}/activities/{activity}{query}", body)

    async def remove(self, conversation: str, activity: str, query: str = "") -> Answer:
        return await self.connector("DELETE", f"conversations/{conversation}/activities/{activity}{query}")


def text(words: str, **more: Any) -> Json:
    return {"type": "message", "text": words, **more}


def card(*body: Json, actions: tuple[Json, ...] = ()) -> Json:
    content = {"type": "AdaptiveCard", "version": "1.5", "body": list(body), "actions": list(actions)}
    attachment = {"contentType": CARD, "content": content}
    return {"type": "message", "summary": "A card", "attachments": [attachment]}


def paragraph(words: str) -> Json:
    return {"type": "TextBlock", "text": words}


@asynccontextmanager
async def raised_stage(deadline: float = 5.0) -> AsyncIterator[Stage]:
    """The seeded tenant, with the bot's address in it."""
    time = ManualTime()
    world = seed_teams(PlaygroundClock(time), limit_time=time.monotonic)
    bot, app = FakeBot(), web.Application()
    app.router.add_post("/api/messages", bot.handle)
    async with AsyncExitStack() as stack:
        own = TestServer(app)
        await own.start_server()
        stack.push_async_callback(own.close)
        stack.callback(bot.done.set)
        server = await stack.enter_async_context(TeamsServer(world, deadline=deadline))
        http = await stack.enter_async_context(aiohttp.ClientSession())
        world.app.endpoint = str(own.make_url("/api/messages"))
        yield Stage(time, world, server, bot, http)
