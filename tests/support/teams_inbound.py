"""The local Teams tenant and our whole adapter facing each other over loopback HTTP, with a scripted
application between."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.playground.clock import PlaygroundClock
from adapters.playground.teams.human import TeamsHumans
from adapters.playground.teams.records import TeamsActivity, TeamsApp
from adapters.playground.teams.seed import CREW, GENERAL, seed_teams
from adapters.playground.teams.server import TeamsServer
from adapters.playground.teams.world import TeamsWorld
from adapters.stores.memory import MemoryStore
from adapters.teams.adapter import TeamsAdapter, TeamsSettings
from bot.inbound import Account
from bot.ports import Handler, Store
from bot.records import AccountRecord, Conversation
from tests.support.slack_stage import ManualTime, Script
from tests.support.story import PlainVault
from tests.support.waiting import until

MAYA, KENJI, ANA, NOOR = "29:maya", "29:kenji", "29:ana", "29:noor"
WORDS = frozenset({"focus", "quiet", "later", "today", "who", "help"})
__all__ = ["ANA", "CREW", "GENERAL", "KENJI", "MAYA", "NOOR", "Inbound", "inbound"]


@dataclass
class Inbound:
    """Everything a test touches."""

    world: TeamsWorld
    server: TeamsServer
    adapter: TeamsAdapter
    script: Script
    store: Store
    clock: PlaygroundClock
    http: aiohttp.ClientSession
    url: str
    time: ManualTime

    @property
    def humans(self) -> TeamsHumans:
        return self.server.humans

    @property
    def tenant(self) -> str:
        return f"teams:{self.world.tenant_id}"

    def account(self, user: str) -> Account:
        return Account(self.tenant, user)

    def personal(self, user: str) -> str:
        return self.world.personal(user).id

    async def heard(self, number: int = 1) -> None:
        """Wait until the application heard so many things and nothing waits any more."""
        await until(lambda: len(self.script.heard) >= number)
        await self.quiet()

    async def quiet(self) -> None:
        """Wait until nothing is under way."""
        await until(lambda: not self.adapter._dispatcher._inbox.waiting)
        await until(lambda: not self.adapter._dispatcher._replies._tasks)

    def said(self, conversation: str) -> list[TeamsActivity]:
        """What the bot said in a conversation."""
        return [post for post in self.world.conversations[conversation].activities.values() if post.by_bot]

    async def record(self, user: str) -> AccountRecord | None:
        return await self.store.read(lambda tx: tx.accounts.get(self.account(user)))

    async def enrol(self, user: str, **known: Any) -> None:
        """As if we knew somebody."""
        record = AccountRecord(self.account(user), **({"person": f"p:{user}", "name": "Known"} | known))
        await self.store.write(lambda tx: tx.accounts.put(record))

    async def conversation(self, id_: str) -> Conversation | None:
        return await self.store.read(lambda tx: tx.conversations.get(self.tenant, id_))


@asynccontextmanager
async def inbound(
    *,
    store: Store | None = None,
    handler: Handler | None = None,
    app: TeamsApp | None = None,
    start: bool = True,
    wrap: Callable[[Store], Store] = lambda store: store,
    **changes: Any,
) -> AsyncIterator[Inbound]:
    """The stage, raised; `changes` are settings of the adapter."""
    time = ManualTime()
    clock = PlaygroundClock(time)
    world = seed_teams(clock, app=app or TeamsApp(rsc=True, targeted=True), limit_time=time.monotonic)
    async with AsyncExitStack() as stack:
        teams = await stack.enter_async_context(TeamsServer(world))
        http = await stack.enter_async_context(aiohttp.ClientSession())
        kept = store or MemoryStore()
        if store is None:
            stack.push_async_callback(kept.close)
        script, routes = Script(), web.Application()
        adapter = TeamsAdapter(
            clock=clock,
            store=wrap(kept),
            vault=PlainVault(),
            handler=handler or script,
            session=http,
            settings=replace(_settings(world), **changes),
            words=WORDS,
        )
        adapter.routes(routes)
        server = await stack.enter_async_context(TestServer(routes))
        stack.push_async_callback(adapter.close)
        if start:
            await adapter.start()
        url = str(server.make_url("/api/messages"))
        world.app.endpoint = url
        yield Inbound(world, teams, adapter, script, kept, clock, http, url, time)


def _settings(world: TeamsWorld) -> TeamsSettings:
    return TeamsSettings(
        app_id=world.app.app_id,
        app_password=world.app.password,
        tenant_id=world.tenant_id,
        openid_url=world.openid_url,
        login_url=world.login_url,
        graph_url=world.graph_url,
        allowed_tenants=frozenset({world.tenant_id}),
        service_hosts=frozenset({"127.0.0.1"}),
        features=frozenset({"targeted"}),
    )
