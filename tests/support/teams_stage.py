"""The local Teams tenant and our chat facing each other over loopback HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import aiohttp

from adapters.playground.clock import PlaygroundClock
from adapters.playground.teams.records import TeamsActivity, TeamsApp
from adapters.playground.teams.seed import CREW, GENERAL, seed_teams
from adapters.playground.teams.server import TeamsServer
from adapters.playground.teams.world import TeamsWorld
from adapters.stores.memory import MemoryStore
from adapters.teams.adapter import TeamsSettings
from adapters.teams.chat import TeamsChat
from adapters.teams.permissions import GRAPH
from bot.inbound import Account
from bot.ports import Tx
from bot.records import AccountRecord, Conversation
from tests.support.slack_stage import ManualTime

FEATURES = frozenset({"presence", "hours", "targeted"})
PERMISSIONS = frozenset(each.name for each in GRAPH)


@dataclass
class TeamsStage:
    """A seeded tenant whose time stands still, and a chat with a store of its own."""

    world: TeamsWorld
    clock: PlaygroundClock
    time: ManualTime
    store: MemoryStore
    http: aiohttp.ClientSession
    settings: TeamsSettings
    chat: TeamsChat

    @property
    def tenant(self) -> str:
        return f"teams:{self.world.tenant_id}"

    def account(self, name: str) -> Account:
        return Account(self.tenant, f"29:{name}")

    def pass_by(self, seconds: float) -> None:
        """Let time pass on both sides, so that rate windows are free again."""
        self.time.advance(seconds)

    def new_chat(self, **changes: Any) -> TeamsChat:
        """Another chat over the same store."""
        settings = replace(self.settings, **changes)
        return TeamsChat(self.http, settings, store=self.store, clock=self.clock)

    async def meet(self, name: str) -> Account:
        """As if the person had written to the bot: their conversation and directory id are known."""
        account = self.account(name)
        await self.meet_again(account)
        return account

    async def meet_again(self, account: Account) -> None:
        """The same for an account."""
        user = self.world.users[account.user]
        place = self.world.personal(user.id)
        known = Conversation(self.tenant, place.id, self.world.service_url, "personal", user=user.id)

        def work(tx: Tx) -> None:
            tx.conversations.put(known)
            tx.accounts.put(AccountRecord(account, dm=place.id, directory_id=user.aad))

        await self.store.write(work)
        self.chat.remember(account)

    async def join_groups(self) -> None:
        """As if something had come in from the group chat and the channel."""

        def work(tx: Tx) -> None:
            for id_, kind in ((CREW, "groupChat"), (GENERAL, "channel")):
                tx.conversations.put(Conversation(self.tenant, id_, self.world.service_url, kind))

        await self.store.write(work)

    def standing(self, conversation: str) -> list[TeamsActivity]:
        """What the bot said in a conversation and did not take back."""
        return [
            post
            for post in self.world.conversations[conversation].activities.values()
            if post.by_bot and post.deleted is None
        ]

    async def conversation(self, id_: str) -> Conversation | None:
        return await self.store.read(lambda tx: tx.conversations.get(self.tenant, id_))

    async def record(self, who: Account) -> AccountRecord | None:
        return await self.store.read(lambda tx: tx.accounts.get(who))


@asynccontextmanager
async def teams_stage(**changes: Any) -> AsyncIterator[TeamsStage]:
    """A tenant with every consent, served on loopback; `changes` are settings of the chat."""
    time = ManualTime()
    clock = PlaygroundClock(time)
    app = TeamsApp(permissions=PERMISSIONS, rsc=True, targeted=True)
    world = seed_teams(clock, app=app, limit_time=time.monotonic)
    store = MemoryStore()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(TeamsServer(world))
        http = await stack.enter_async_context(aiohttp.ClientSession())
        settings = TeamsSettings(
            app_id=app.app_id,
            app_password=app.password,
            tenant_id=world.tenant_id,
            openid_url=world.openid_url,
            login_url=world.login_url,
            graph_url=world.graph_url,
            allowed_tenants=frozenset({world.tenant_id}),
            service_hosts=frozenset({"127.0.0.1"}),
            features=FEATURES,
        )
        settings = replace(settings, **changes)
        chat = TeamsChat(http, settings, store=store, clock=clock)
        stack.push_async_callback(chat.close)
        await chat.heard(f"teams:{world.tenant_id}", world.service_url)
        yield TeamsStage(world, clock, time, store, http, settings, chat)
        await store.close()
