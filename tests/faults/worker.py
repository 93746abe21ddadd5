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

import aiohttp
from aiohttp import web

from adapters.calendars import PublicHolidays
from adapters.engines.apscheduler import ApschedulerEngine
from adapters.slack.adapter import SlackAdapter, SlackSettings
from adapters.stores.sqlite import SqliteStore, migrate
from adapters.vault import FernetVault
from adapters.web import Server
from bot import failpoints
from bot.app import App
from bot.directory import StoredDirectory
from bot.inbound import Account
from bot.loop import Runner
from bot.metrics import Metrics
from bot.perform import Performer
from bot.settings import Settings, load_settings
from tests.faults.fast import TIMING, FastChat, shared_time


async def main() -> None:
    settings, time = load_settings(), shared_time()
    clock = time.clock()
    migrate(settings.database_path)
    store = SqliteStore(settings.database_path)
    vault = FernetVault([key.get_secret_value() for key in settings.secret_keys])
    async with aiohttp.ClientSession() as session:
        directory, metrics = StoredDirectory(store, vault), Metrics()
        poke = lambda: runner.poke()  # noqa: E731, PLW0108 -- the runner is made further down
        app = App(store=store, clock=clock, vault=vault, calendars=PublicHolidays(), poke=poke)
        adapter = SlackAdapter(
            clock=clock, store=store, directory=directory, handler=app.handle, session=session,
            settings=_slack(settings),
        )  # fmt: skip
        chat = FastChat(adapter.chat, time.speed)
        performer = Performer(
            store=store, clock=clock, chats={"slack": chat}, vault=vault, timing=TIMING,  # type: ignore[dict-item]
            owner=f"{os.getpid()}-{secrets.token_hex(4)}", metrics=metrics,
        )  # fmt: skip
        runner = Runner(
            store=store, clock=clock, engine=ApschedulerEngine(clock), performer=performer, metrics=metrics,
            timing=TIMING,
        )  # fmt: skip
        await _install(adapter, store, directory, settings)
        adapter.recall_chats()
        await _serve(settings, adapter, runner)
        await adapter.close()
    await store.close()


def _slack(settings: Settings) -> SlackSettings:
    return SlackSettings(
        signing_secrets=[secret.get_secret_value() for secret in settings.slack_signing_secrets],
        api_url=settings.slack_api_url,
        timeout=TIMING.timeout,
    )


async def _install(
    adapter: SlackAdapter, store: SqliteStore, directory: StoredDirectory, settings: Settings
) -> None:
    assert settings.slack_bot_token is not None
    token = settings.slack_bot_token.get_secret_value()
    tenant = await adapter.identify(token)
    await store.write(lambda tx: tx.tenants.put(tenant))
    await directory.keep_token(Account(tenant.id, ""), token)


async def _serve(settings: Settings, adapter: SlackAdapter, runner: Runner) -> None:
    server = Server(settings.host, settings.port)
    routes = web.Application()
    adapter.routes(routes)
    await runner.start()
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
        child = os.fork()
        if child == 0:
            live(json.loads(line))
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
