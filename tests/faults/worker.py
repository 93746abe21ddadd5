"""The bot as a process to be killed: the real application, adapter, store and performer, with the shared
fast clock.

Configured by the environment like `boundary-bot serve`; FAULTS_TIME carries the clock. To be quick to come
back, the process imports everything once and forks a child for each life: a line of JSON on stdin is the
child's environment, its process id and later its exit code come back on stdout.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import secrets
import signal
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass

import aiohttp
from aiohttp import web

from adapters.calendars import PublicHolidays
from adapters.engines.apscheduler import ApschedulerEngine
from adapters.slack.adapter import SlackAdapter, SlackSettings
from adapters.stores.sqlite import SqliteStore, migrate
from adapters.teams.adapter import TeamsAdapter, TeamsSettings
from adapters.vault import FernetVault
from adapters.web import Server
from bot import failpoints
from bot.app import App
from bot.commands import COMMANDS
from bot.directory import StoredDirectory
from bot.inbound import Account
from bot.loop import Runner
from bot.metrics import Metrics
from bot.perform import Performer
from bot.ports import Chat, Clock
from bot.settings import Settings, load_settings
from tests.faults.fast import TIMING, hasten, shared_time

SLOW = ("adapters.teams.turns", "msal")
"""What the Teams adapter leaves to be imported when it is first needed."""

PATIENCE = 1.0
"""Seconds for tokens, keys and answers; what the performer does is cut off by its own timeout."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What every platform's adapter is built from."""

    settings: Settings
    clock: Clock
    store: SqliteStore
    vault: FernetVault
    app: App
    session: aiohttp.ClientSession


async def main() -> None:
    settings, time = load_settings(), shared_time()
    clock = time.clock()
    migrate(settings.database_path)
    store = SqliteStore(settings.database_path)
    vault = FernetVault([key.get_secret_value() for key in settings.secret_keys])
    poke = lambda: runner.poke()  # noqa: E731, PLW0108 -- the runner is made further down
    app = App(store=store, clock=clock, vault=vault, calendars=PublicHolidays(), poke=poke)
    async with aiohttp.ClientSession() as session, AsyncExitStack() as stack:
        parts = Parts(settings, clock, store, vault, app, session)
        adapter = await (on_slack if settings.slack_bot_token else on_teams)(parts)
        stack.push_async_callback(adapter.close)
        chat: Chat = adapter.chat
        hasten(chat, time.speed)
        metrics = Metrics()
        performer = Performer(
            store=store, clock=clock, chats={chat.platform: chat}, vault=vault, timing=TIMING,
            owner=f"{os.getpid()}-{secrets.token_hex(4)}", metrics=metrics,
        )  # fmt: skip
        runner = Runner(
            store=store, clock=clock, engine=ApschedulerEngine(clock), performer=performer, metrics=metrics,
            timing=TIMING,
        )  # fmt: skip
        await serve(settings, adapter, runner)
    await store.close()


async def on_slack(parts: Parts) -> SlackAdapter:
    """The workspace whose token the settings name."""
    settings, directory = parts.settings, StoredDirectory(parts.store, parts.vault)
    adapter = SlackAdapter(
        clock=parts.clock, store=parts.store, directory=directory, handler=parts.app.handle,
        session=parts.session,
        settings=SlackSettings(
            signing_secrets=[secret.get_secret_value() for secret in settings.slack_signing_secrets],
            api_url=settings.slack_api_url, timeout=TIMING.timeout,
        ),
    )  # fmt: skip
    assert settings.slack_bot_token is not None
    token = settings.slack_bot_token.get_secret_value()
    tenant = await adapter.identify(token)
    await parts.store.write(lambda tx: tx.tenants.put(tenant))
    await directory.keep_token(Account(tenant.id, ""), token)
    adapter.recall_chats()
    return adapter


async def on_teams(parts: Parts) -> TeamsAdapter:
    """The tenants that the settings allow; the site has stored them."""
    settings = parts.settings
    assert settings.teams_app_password is not None
    return TeamsAdapter(
        clock=parts.clock, store=parts.store, vault=parts.vault, handler=parts.app.handle,
        session=parts.session, words=frozenset(spec.word for spec in COMMANDS),
        settings=TeamsSettings(
            app_id=settings.teams_app_id,
            app_password=settings.teams_app_password.get_secret_value(),
            tenant_id=settings.teams_tenant_id,
            openid_url=settings.teams_openid_url,
            login_url=settings.teams_login_url,
            graph_url=settings.teams_graph_url,
            allowed_tenants=frozenset(settings.teams_tenants),
            service_hosts=frozenset(settings.teams_service_hosts),
            timeout=PATIENCE,
        ),
    )  # fmt: skip


async def serve(settings: Settings, adapter: SlackAdapter | TeamsAdapter, runner: Runner) -> None:
    """Run until SIGTERM, then finish what is under way."""
    server = Server(settings.host, settings.port)
    routes = web.Application()
    adapter.routes(routes)
    await runner.start()
    if isinstance(adapter, TeamsAdapter):
        await adapter.start()
    await server.serve(routes)
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    await stopped.wait()
    await server.stop()
    await runner.stop()


def give_lives() -> None:
    """Fork one child after the other; imports are all this process ever does itself."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        environment = json.loads(line)
        for slow in SLOW if "TEAMS_APP_ID" in environment else ():
            importlib.import_module(slow)
        child = os.fork()
        if child == 0:
            live(environment)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def live(environment: dict[str, str]) -> None:
    """Be the bot until killed or told to stop."""
    os.environ.update(environment)
    importlib.reload(failpoints)  # it reads the environment when it is imported
    code = 1
    try:
        asyncio.run(main())
        code = 0
    finally:
        os._exit(code)


if __name__ == "__main__":
    give_lives()
