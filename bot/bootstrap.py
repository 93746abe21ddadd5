"""The only module that chooses adapters: it builds the bot from settings and runs it.

Imports of adapters stay inside functions, so that `boundary-bot check` does not load a chat SDK.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import signal
import sys
import webbrowser
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from bot.inbound import Account
from bot.ports import Calendars, Clock, Store, StoreError, Vault, VaultError
from bot.probes import Probes
from bot.records import AccountRecord, Tenant
from bot.settings import Settings

if TYPE_CHECKING:
    from adapters.playground.clock import PlaygroundClock
    from adapters.playground.records import Completion
    from adapters.playground.seed import Seeded
    from adapters.playground.server import PlaygroundServer
    from adapters.slack.adapter import SlackAdapter, SlackSettings
    from adapters.web import Server
    from bot.app import App
    from bot.directory import StoredDirectory
    from bot.loop import Runner

logger = logging.getLogger(__name__)

SICK_AFTER = 90.0
"""Seconds without a finished sweep: three heartbeats."""
DEMO_ZONE = "Europe/Lisbon"
DEMO_START = time(10, 5)


def clock() -> Clock:
    """Real time."""
    from adapters.clock import SystemClock

    return SystemClock()


def calendars() -> Calendars:
    """Public holidays of places."""
    from adapters.calendars import PublicHolidays

    return PublicHolidays()


def new_key() -> str:
    """A fresh key for BOUNDARY_SECRET_KEYS."""
    from adapters.vault import new_key as make

    return make()


def vault(settings: Settings) -> Vault:
    """Encryption with the keys of the settings or, without any, with one kept beside the database."""
    from adapters.vault import FernetVault, kept_key

    keys = [key.get_secret_value() for key in settings.secret_keys]
    if not keys:
        logger.warning("BOUNDARY_SECRET_KEYS is not set: using the key in %s.", settings.key_file)
        keys = [kept_key(settings.key_file)]
    return FernetVault(keys)


def migrate_database(settings: Settings) -> list[str]:
    """Create the database or bring it up to date; names of the migrations applied now."""
    from adapters.stores.sqlite import migrate

    folder = settings.database_path.parent
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        why = f"The folder {folder} cannot be made: {error.strerror}. Check BOUNDARY_DATABASE_URL."
        raise StoreError(why) from error
    return migrate(settings.database_path)


def pending_migrations(settings: Settings) -> list[str]:
    """Migrations that `migrate_database` would apply."""
    from adapters.stores.sqlite import pending

    return pending(settings.database_path)


def open_store(settings: Settings) -> Store:
    """The embedded store; raises StoreError with what to do when it is missing or out of date."""
    from adapters.stores.sqlite import SqliteStore

    return SqliteStore(settings.database_path)


def probes(settings: Settings) -> Probes:
    """What doctor looks at."""
    from adapters.inspection import Inspection
    from adapters.slack.scopes import BOT_SCOPES
    from adapters.stores.sqlite import library_warning, pending
    from adapters.vault import is_key

    return Inspection(
        clock=clock(),
        path=settings.database_path,
        api_url=settings.slack_api_url,
        timeout=settings.call_timeout_seconds,
        pending=pending,
        warning=library_warning,
        works=is_key,
        scopes=BOT_SCOPES,
        bot_token=_revealed(settings.slack_bot_token),
        app_token=_revealed(settings.slack_app_token),
    )


def teams_package(
    settings: Settings,
    *,
    app_id: str,
    version: str,
    developer: tuple[str, str, str, str],
    read_mentions: bool,
) -> tuple[bytes, dict[str, object]]:
    """The app package for Microsoft Teams and the manifest in it; `developer` is a name and the addresses of
    website, privacy statement and terms. Raises ValueError with what to give instead.
    """
    from adapters.teams.package import Developer, Offered, Wanted, manifest, package
    from bot.commands import COMMANDS

    wanted = Wanted(
        app_id,
        version,
        Developer(*developer),
        tuple(Offered(each.word, each.summary, each.example) for each in COMMANDS),
        targeted="targeted" in settings.teams_features,
        read_mentions=read_mentions,
    )
    return package(wanted), manifest(wanted)


@dataclass(frozen=True, slots=True)
class Bot:
    """Everything that runs, put together."""

    app: App
    slack: SlackAdapter
    runner: Runner
    store: Store
    directory: StoredDirectory
    clock: Clock
    calendars: Calendars


@asynccontextmanager
async def assembled(
    settings: Settings, *, clock: Clock, store: Store, vault: Vault, slack: SlackSettings
) -> AsyncIterator[Bot]:
    """Build the bot around a store and a clock; nothing runs until its runner is started."""
    import aiohttp

    from adapters.engines.apscheduler import ApschedulerEngine
    from adapters.slack.adapter import SlackAdapter
    from bot.app import App
    from bot.directory import StoredDirectory
    from bot.loop import Runner
    from bot.metrics import Metrics
    from bot.perform import Performer
    from bot.timing import Timing

    async with aiohttp.ClientSession() as session:
        directory = StoredDirectory(store, vault)
        known = calendars()
        metrics = Metrics()
        app = App(
            store=store,
            clock=clock,
            vault=vault,
            calendars=known,
            poke=lambda: runner.poke(),  # noqa: PLW0108 -- the runner comes last
            public_url=settings.public_url,
            connect_enabled=settings.connect_enabled,
        )
        adapter = SlackAdapter(
            clock=clock, store=store, directory=directory, handler=app.handle, session=session, settings=slack
        )
        app.on_decision = lambda verdict: metrics.decided(verdict.reason.value)
        timing = Timing(
            guard=settings.guard_seconds,
            timeout=settings.call_timeout_seconds,
            quarantine=settings.quarantine_seconds,
        )
        performer = Performer(
            store=store,
            clock=clock,
            chats={"slack": adapter.chat},
            vault=vault,
            timing=timing,
            owner=f"{os.getpid()}-{secrets.token_hex(4)}",
            metrics=metrics,
        )
        runner = Runner(
            store=store,
            clock=clock,
            engine=ApschedulerEngine(clock),
            performer=performer,
            metrics=metrics,
            timing=timing,
            calendars=known,
        )
        try:
            yield Bot(app, adapter, runner, store, directory, clock, known)
        finally:
            await adapter.close()


def _revealed(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


def _slack_settings(settings: Settings) -> SlackSettings:
    from adapters.slack.adapter import SlackSettings

    return SlackSettings(
        signing_secrets=[secret.get_secret_value() for secret in settings.slack_signing_secrets],
        api_url=settings.slack_api_url,
        client_id=settings.slack_client_id or "",
        client_secret=_revealed(settings.slack_client_secret),
        public_url=settings.public_url or "",
        app_token=_revealed(settings.slack_app_token),
        timeout=settings.call_timeout_seconds,
    )


async def _install(bot: Bot, token: str) -> Tenant:
    """Who we are in which workspace; its bot token goes sealed into the store, and parked work goes on."""
    tenant = await bot.slack.identify(token)
    await bot.store.write(lambda tx: tx.tenants.put(tenant))
    await bot.directory.keep_token(Account(tenant.id, ""), token)
    return tenant


def _health(bot: Bot) -> Mapping[str, object]:
    """Alive means: a sweep finished lately. The engine's own word does not count."""
    age = bot.runner.sweep_age()
    return {"ok": age is not None and age < SICK_AFTER, "seconds_since_sweep": age and round(age, 1)}


async def _start(bot: Bot, server: Server, *, socket_mode: bool) -> None:
    """Begin to sweep and perform, then to listen: what arrives is answered from the first request on."""
    from aiohttp import web

    from adapters.web import operations

    await bot.app.begin()
    bot.slack.recall_chats()
    await bot.runner.start()
    app = web.Application()
    bot.slack.routes(app)
    operations(app, lambda: _health(bot), bot.runner.observe)
    await server.serve(app)
    if socket_mode:
        await bot.slack.start_socket()


async def run_serve(settings: Settings) -> None:
    """Run for a real Slack workspace until SIGTERM or SIGINT, then finish what is under way."""
    from adapters.web import Server

    _log_to_stderr(settings)
    own = clock()
    server = Server(settings.host, settings.port)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(server.stop)
        bot, tenant = await _installed(stack, settings, own)
        await _load_norms(bot, settings, tenant)
        await _start(bot, server, socket_mode=settings.socket_mode)
        how = "Socket Mode" if settings.socket_mode else f"{server.url}/slack/events"
        logger.info("Boundary Bot serves %s over %s.", tenant.name or tenant.id, how)
        await _seal_anew(bot, settings)
        await _until_stopped()


async def _seal_anew(bot: Bot, settings: Settings) -> None:
    """While a key is being rotated, move everything to the newest one, and say when the older ones may go."""
    if len(settings.secret_keys) < 2:
        return
    try:
        count = await bot.directory.rotate_all()
    except VaultError as error:
        logger.warning("Not everything is sealed with the newest key. %s", error)
    else:
        logger.info("%d values are sealed with the newest key; the older keys may go.", count)


async def _installed(stack: AsyncExitStack, settings: Settings, own: Clock) -> tuple[Bot, Tenant]:
    """Database, bot and workspace, nothing running yet; `stack` takes it apart in the right order."""
    migrate_database(settings)
    store = open_store(settings)
    stack.push_async_callback(store.close)
    bot = await stack.enter_async_context(
        assembled(settings, clock=own, store=store, vault=vault(settings), slack=_slack_settings(settings))
    )
    tenant = await _install(bot, _revealed(settings.slack_bot_token))
    stack.push_async_callback(bot.runner.stop)
    return bot, tenant


async def _load_norms(bot: Bot, settings: Settings, tenant: Tenant) -> None:
    from bot import roster

    now = bot.clock.now()
    if settings.norms is not None:
        loaded = await roster.load_file(bot.store, settings.norms, tenant.id, bot.calendars, now)
        logger.info("Norms file: %d people, %d teams.", loaded.people, loaded.teams)
    await roster.refresh_holidays(bot.store, bot.calendars, now)


async def run_playground(settings: Settings, *, open_browser: bool = False) -> None:
    """The bot and a local workspace in one process, with a web page; everything is gone when it ends."""
    _log_to_stderr(settings)
    async with playground(settings) as server:
        # on stdout, so that it is found by whoever starts us from a script
        sys.stdout.write(f"The playground is open at {server.url} (Ctrl-C ends it)\n")
        sys.stdout.flush()
        if open_browser:
            webbrowser.open(server.url)
        await _until_stopped()


@asynccontextmanager
async def playground(settings: Settings) -> AsyncIterator[PlaygroundServer]:
    """A seeded workspace with the bot installed, ready when this is entered."""
    import tempfile

    from adapters.clock import SystemClock
    from adapters.playground.clock import PlaygroundClock
    from adapters.playground.seed import UNCONNECTED, seed
    from adapters.playground.server import PlaygroundServer
    from adapters.web import Server

    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="boundary-bot-"))
        real = SystemClock()
        demo = PlaygroundClock(real, start=demo_start(real.now()))
        seeded = seed(demo, limit_time=demo.elapsed)
        panel = _Panel(demo)
        workspace = PlaygroundServer(
            seeded.workspace,
            host=settings.host,
            port=settings.port,
            insight=panel.insight,
            next_change=panel.next_change,
            completions=_completions(),
        )
        await stack.enter_async_context(workspace)
        server = Server("127.0.0.1", 0)
        stack.push_async_callback(server.stop)
        local = _local_settings(settings, folder, workspace.api_url, server.url, seeded)
        bot, tenant = await _installed(stack, local, demo)
        await _connect_everyone(bot, tenant, seeded)
        await _load_norms(bot, local, tenant)
        seeded.workspace.app.request_url = f"{server.url}/slack/events"
        seeded.workspace.app.redirect_urls = (f"{server.url}/slack/oauth_redirect",)
        panel.watch(bot, tenant, [*seeded.users, UNCONNECTED])
        await _start(bot, server, socket_mode=False)
        yield workspace


def _local_settings(
    settings: Settings, folder: str, api_url: str, public_url: str, seeded: Seeded
) -> Settings:
    """The settings of a real installation, pointed at the local workspace; keys live for this run only."""
    app = seeded.workspace.app
    return settings.model_copy(
        update={
            "database_url": f"sqlite:///{folder}/playground.db",
            "norms": playground_norms(),
            "secret_keys": (SecretStr(new_key()),),
            "public_url": public_url,
            "slack_api_url": api_url,
            "slack_bot_token": SecretStr(seeded.bot.secret),
            "slack_signing_secrets": (SecretStr(app.signing_secret),),
            "slack_app_token": None,
            "slack_client_id": app.client_id,
            "slack_client_secret": SecretStr(app.client_secret),
        }
    )


async def _connect_everyone(bot: Bot, tenant: Tenant, seeded: Seeded) -> None:
    """Give the bot the tokens that the seeded people granted, as if each had pressed Connect last week."""
    for user, token in seeded.users.items():
        account = Account(tenant.id, user)
        await bot.directory.keep_token(account, token.secret)
        name = seeded.workspace.users[user].real_name
        record = AccountRecord(account, name=name.partition(" ")[0], connected=True)
        await bot.store.write(lambda tx, record=record: tx.accounts.put(record))  # type: ignore[misc]


def _completions() -> list[Completion]:
    """The words after `/boundary` for the page's composer, from the one table of commands."""
    from adapters.playground.records import Completion
    from bot.commands import COMMANDS

    return [
        Completion("/boundary", spec.word, spec.usage, spec.example, spec.summary)
        for spec in COMMANDS
        if not spec.slash
    ]


def playground_norms() -> Path:
    """The norms file of the playground's people."""
    from adapters.playground import seed

    return Path(seed.__file__).parent / "norms.toml"


def demo_start(now: datetime) -> datetime:
    """The next Tuesday 10:05 in Lisbon: a working morning there, night, dawn and evening elsewhere."""
    zone = ZoneInfo(DEMO_ZONE)
    today = now.astimezone(zone).date()
    tuesday = today + timedelta(days=(1 - today.weekday()) % 7)
    return datetime.combine(tuesday, DEMO_START, zone).astimezone(UTC)


class _Panel:
    """Answers the page's questions about the bot, once the bot is there."""

    def __init__(self, clock: PlaygroundClock) -> None:
        self._clock = clock
        self._bot: Bot | None = None
        self._accounts: tuple[Account, ...] = ()

    def watch(self, bot: Bot, tenant: Tenant, users: Sequence[str]) -> None:
        """From now on answer for this bot and these people."""
        self._bot = bot
        self._accounts = tuple(Account(tenant.id, user) for user in users)

    async def insight(self, user: str) -> dict[str, Any]:
        """The side panel as seen by `user`; {} until the bot is there."""
        from bot.insight import insight

        if self._bot is None:
            return {}
        viewer = Account(self._accounts[0].tenant, user)
        now = self._clock.now()
        decisions = tuple(self._bot.app.decisions)
        return await self._bot.store.read(lambda tx: insight(tx, viewer, self._accounts, decisions, now))

    async def next_change(self) -> datetime | None:
        """The next edge in anybody's day, or the next thing the bot will do, whichever comes first."""
        from bot.insight import next_change

        if self._bot is None:
            return None
        return await self._bot.store.read(lambda tx: next_change(tx, self._accounts, self._clock.now()))


def _log_to_stderr(settings: Settings) -> None:
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )


async def _until_stopped() -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopped.set)
    await stopped.wait()
