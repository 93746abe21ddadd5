"""A local workspace and our Slack adapter facing each other over loopback HTTP, with a scripted
application between."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.playground.clock import PlaygroundClock
from adapters.playground.human import Humans
from adapters.playground.seed import Seeded, seed
from adapters.playground.server import PlaygroundServer
from adapters.playground.workspace import Workspace
from adapters.slack.adapter import SlackAdapter, SlackSettings
from adapters.stores.memory import MemoryStore
from bot.inbound import Account, Inbound
from bot.messages.model import Message, Paragraph, Plain
from bot.ports import Reply
from bot.records import AccountRecord

TENANT = "slack:T0PLAY"
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class ManualTime:
    """Time that stands still until a test moves it."""

    def __init__(self, start: datetime = START) -> None:
        self._start, self._passed = start, 0.0

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._passed)

    def monotonic(self) -> float:
        return self._passed

    def advance(self, seconds: float) -> None:
        self._passed += seconds


class DictDirectory:
    """The `Directory` port over dicts."""

    def __init__(self) -> None:
        self.bots: dict[str, str] = {}
        self.people: dict[Account, str] = {}
        self.chats: dict[Account, str] = {}

    async def bot_token(self, tenant: str) -> str | None:
        return self.bots.get(tenant)

    async def person_token(self, account: Account) -> str | None:
        return self.people.get(account)

    async def dm(self, account: Account) -> str:
        return self.chats.get(account, "")

    async def keep_dm(self, account: Account, channel: str) -> None:
        self.chats[account] = channel


@dataclass
class Script:
    """An application that remembers what came in and answers as told, by the kind of inbound."""

    replies: dict[type[Inbound], Reply | Callable[[Inbound], Reply]] = field(default_factory=dict)
    heard: list[Inbound] = field(default_factory=list)

    async def __call__(self, inbound: Inbound) -> Reply:
        self.heard.append(inbound)
        reply = self.replies.get(type(inbound), Reply())
        return reply(inbound) if callable(reply) else reply

    def only(self) -> Inbound:
        assert len(self.heard) == 1, self.heard
        return self.heard[0]


@dataclass
class Stage:
    """Everything a test touches."""

    time: ManualTime
    clock: PlaygroundClock
    seeded: Seeded
    slack: PlaygroundServer
    adapter: SlackAdapter
    script: Script
    store: MemoryStore
    directory: DictDirectory
    http: aiohttp.ClientSession
    bot_url: str

    @property
    def workspace(self) -> Workspace:
        return self.slack.workspace

    @property
    def humans(self) -> Humans:
        return self.slack.humans

    async def know(self, user: str, zone: str = "Europe/Lisbon") -> None:
        await self.store.write(lambda tx: tx.accounts.put(AccountRecord(account(user), zone=zone)))


def account(user: str) -> Account:
    return Account(TENANT, user)


def sentence(text: str) -> Message:
    return Message(text, (Paragraph(((Plain(text),),)),))


@asynccontextmanager
async def raised_stage(settings: SlackSettings | None = None, deadline: float = 3.0) -> AsyncIterator[Stage]:
    """The stage with everybody's tokens in the directory, the bot reachable over signed HTTP."""
    time = ManualTime()
    clock = PlaygroundClock(time)
    seeded = seed(clock, limit_time=time.monotonic)
    async with AsyncExitStack() as stack:
        slack = PlaygroundServer(seeded.workspace, retry_delays=(0.0,), deadline=deadline)
        await stack.enter_async_context(slack)
        http = await stack.enter_async_context(aiohttp.ClientSession())
        store, directory, script = MemoryStore(), DictDirectory(), Script()
        app, server_app = seeded.workspace.app, web.Application()
        server = TestServer(server_app)
        adapter = SlackAdapter(
            clock=clock,
            store=store,
            directory=directory,
            handler=script,
            session=http,
            settings=replace(settings, api_url=slack.api_url)
            if settings
            else _settings(slack, seeded, app.signing_secret),
        )
        adapter.routes(server_app)
        await stack.enter_async_context(server)
        stack.push_async_callback(adapter.close)
        bot_url = str(server.make_url("")).rstrip("/")
        app.request_url = f"{bot_url}/slack/events"
        app.redirect_urls = (f"{bot_url}/slack/oauth_redirect",)
        directory.bots[TENANT] = seeded.bot.secret
        directory.people.update({account(user): token.secret for user, token in seeded.users.items()})
        tenant = await adapter.identify(seeded.bot.secret)
        await store.write(lambda tx: tx.tenants.put(tenant))
        yield Stage(time, clock, seeded, slack, adapter, script, store, directory, http, bot_url)


def _settings(slack: PlaygroundServer, seeded: Seeded, secret: str) -> SlackSettings:
    app = seeded.workspace.app
    return SlackSettings(
        signing_secrets=("an-older-secret", secret),
        api_url=slack.api_url,
        client_id=app.client_id,
        client_secret=app.client_secret,
        public_url="http://127.0.0.1",
        app_token=seeded.app.secret,
    )
