"""Where adapters are chosen: it builds the bot from settings and runs it. Only `bot.playground` does so too.

Imports of adapters stay inside functions, so that `boundary-bot check` does not load a chat SDK.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import signal
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot.inbound import Account
from bot.ports import Calendars, Clock, Store, StoreError, Tx, Vault, VaultError
from bot.probes import Probes
from bot.records import Tenant
from bot.settings import Settings

if TYPE_CHECKING:
    from aiohttp import ClientSession

    from adapters.slack.adapter import SlackAdapter, SlackSettings
    from adapters.teams.adapter import TeamsAdapter, TeamsSettings
    from adapters.web import Server
    from bot.app import App
    from bot.directory import StoredDirectory
    from bot.loop import Runner
    from bot.timing import Timing

logger = logging.getLogger(__name__)

SICK_AFTER = 90.0
"""Seconds without a finished sweep: three heartbeats."""


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
    from adapters.teams.inspection import TeamsInspection
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
        microsoft=TeamsInspection(_teams_settings(settings), clock()),
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
    """Everything that runs, put together; at least one of the platforms is there."""

    app: App
    slack: SlackAdapter | None
    teams: TeamsAdapter | None
    runner: Runner
    store: Store
    directory: StoredDirectory
    clock: Clock
    calendars: Calendars


@asynccontextmanager
async def assembled(
    settings: Settings,
    *,
    clock: Clock,
    store: Store,
    vault: Vault,
    slack: SlackSettings | None,
    teams: TeamsSettings | None,
) -> AsyncIterator[Bot]:
    """Build the bot around a store and a clock; nothing runs until its runner is started."""
    import aiohttp

    from adapters.engines.apscheduler import ApschedulerEngine
    from bot.app import App
    from bot.directory import StoredDirectory
    from bot.loop import Runner
    from bot.metrics import Metrics
    from bot.perform import Performer

    known, metrics, timing = calendars(), Metrics(), _timing(settings)
    app = App(
        store=store,
        clock=clock,
        vault=vault,
        calendars=known,
        poke=lambda: runner.poke(),  # noqa: PLW0108 -- the runner comes last
        public_url=settings.public_url,
        connect_enabled=settings.connect_enabled,
        app_sets_status={"teams"} if teams is not None and "presence" in teams.features else (),
    )
    app.on_decision = lambda verdict: metrics.decided(verdict.reason.value)
    async with aiohttp.ClientSession() as session, AsyncExitStack() as stack:
        parts = _Parts(clock, store, StoredDirectory(store, vault), vault, app, session)
        on_slack = None if slack is None else await _on_slack(stack, parts, slack)
        on_teams = None if teams is None else await _on_teams(stack, parts, teams)
        performer = Performer(
            store=store,
            clock=clock,
            chats={each.chat.platform: each.chat for each in (on_slack, on_teams) if each is not None},
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
        yield Bot(app, on_slack, on_teams, runner, store, parts.directory, clock, known)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What every platform's adapter is built from."""

    clock: Clock
    store: Store
    directory: StoredDirectory
    vault: Vault
    app: App
    session: ClientSession


async def _on_slack(stack: AsyncExitStack, parts: _Parts, settings: SlackSettings) -> SlackAdapter:
    from adapters.slack.adapter import SlackAdapter

    adapter = SlackAdapter(
        clock=parts.clock,
        store=parts.store,
        directory=parts.directory,
        handler=parts.app.handle,
        session=parts.session,
        settings=settings,
    )
    stack.push_async_callback(adapter.close)
    return adapter


async def _on_teams(stack: AsyncExitStack, parts: _Parts, settings: TeamsSettings) -> TeamsAdapter:
    from adapters.teams.adapter import TeamsAdapter
    from bot.commands import COMMANDS

    adapter = TeamsAdapter(
        clock=parts.clock,
        store=parts.store,
        vault=parts.vault,
        handler=parts.app.handle,
        session=parts.session,
        settings=settings,
        words=frozenset(spec.word for spec in COMMANDS),
    )
    stack.push_async_callback(adapter.close)
    return adapter


def _timing(settings: Settings) -> Timing:
    from bot.timing import Timing

    return Timing(
        guard=settings.guard_seconds,
        timeout=settings.call_timeout_seconds,
        quarantine=settings.quarantine_seconds,
    )


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


def _teams_settings(settings: Settings) -> TeamsSettings:
    from adapters.teams.adapter import TeamsSettings

    return TeamsSettings(
        app_id=settings.teams_app_id,
        app_password=_revealed(settings.teams_app_password),
        tenant_id=settings.teams_tenant_id,
        openid_url=settings.teams_openid_url,
        login_url=settings.teams_login_url,
        graph_url=settings.teams_graph_url,
        allowed_tenants=frozenset(settings.teams_tenants),
        service_hosts=frozenset(settings.teams_service_hosts),
        auth=settings.teams_auth == "on",
        features=frozenset(settings.teams_features),
        timeout=settings.call_timeout_seconds,
    )


@dataclass(frozen=True, slots=True)
class Installed:
    """The bot with the tenants it serves; nothing runs yet. `teams` has the app's own tenant first."""

    bot: Bot
    slack: Tenant | None
    teams: tuple[Tenant, ...]

    def by_platform(self) -> dict[str, str]:
        """The tenant that a norms file speaks of, on each platform."""
        first = [tenant for tenant in (self.slack, *self.teams[:1]) if tenant is not None]
        return {tenant.platform: tenant.id for tenant in first}


async def installed(stack: AsyncExitStack, settings: Settings, own: Clock) -> Installed:
    """Database, bot and tenants, nothing running yet; `stack` takes it apart in the right order."""
    migrate_database(settings)
    store = open_store(settings)
    stack.push_async_callback(store.close)
    bot = await stack.enter_async_context(
        assembled(
            settings,
            clock=own,
            store=store,
            vault=vault(settings),
            slack=_slack_settings(settings) if settings.slack_wanted else None,
            teams=_teams_settings(settings) if settings.teams_wanted else None,
        )
    )
    on_slack = await _install(bot, bot.slack, _revealed(settings.slack_bot_token)) if bot.slack else None
    on_teams = await _register(bot, bot.teams, settings) if bot.teams else ()
    stack.push_async_callback(bot.runner.stop)
    return Installed(bot, on_slack, on_teams)


async def _install(bot: Bot, slack: SlackAdapter, token: str) -> Tenant:
    """Who we are in which workspace; its bot token goes sealed into the store, and parked work goes on."""
    tenant = await slack.identify(token)
    await bot.store.write(lambda tx: tx.tenants.put(tenant))
    await bot.directory.keep_token(Account(tenant.id, ""), token)
    return tenant


async def _register(bot: Bot, teams: TeamsAdapter, settings: Settings) -> tuple[Tenant, ...]:
    """Keep whom we serve on Teams; what was parked goes on once Microsoft gives us a token."""
    works = await teams.sign_in()
    own = settings.teams_tenant_id
    ids = sorted(settings.teams_tenants, key=lambda each: each != own)
    tenants = tuple(teams.tenant(each) for each in ids)

    def keep(tx: Tx) -> None:
        for tenant in tenants:
            known = tx.tenants.get(tenant.id) or tenant
            parked = "" if works else known.parked
            tx.tenants.put(replace(tenant, name=known.name, url=known.url, parked=parked))

    await bot.store.write(keep)
    return tenants


def _health(bot: Bot) -> Mapping[str, object]:
    """Alive means: a sweep finished lately. The engine's own word does not count."""
    age = bot.runner.sweep_age()
    return {"ok": age is not None and age < SICK_AFTER, "seconds_since_sweep": age and round(age, 1)}


async def start(bot: Bot, server: Server, *, socket_mode: bool) -> None:
    """Begin to sweep and perform, then to listen: what arrives is answered from the first request on."""
    from aiohttp import web

    from adapters.web import operations

    await bot.app.begin()
    app = web.Application()
    if bot.slack is not None:
        bot.slack.recall_chats()
        bot.slack.routes(app)
    if bot.teams is not None:
        bot.teams.routes(app)
    await bot.runner.start()
    if bot.teams is not None:
        await bot.teams.start()
    operations(app, lambda: _health(bot), bot.runner.observe)
    await server.serve(app)
    if bot.slack is not None and socket_mode:
        await bot.slack.start_socket()


async def run_serve(settings: Settings) -> None:
    """Run for Slack, Teams or both until SIGTERM or SIGINT, then finish what is under way."""
    from adapters.web import Server

    log_to_stderr(settings)
    own = clock()
    server = Server(settings.host, settings.port)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(server.stop)
        ready = await installed(stack, settings, own)
        await load_norms(ready, settings)
        await start(ready.bot, server, socket_mode=settings.socket_mode)
        stack.push_async_callback(server.stop)  # nothing may arrive any more while the rest stops
        logger.info("Boundary Bot serves %s.", " and ".join(_served(ready, settings, server.url)))
        if settings.teams_wanted and settings.teams_auth == "off":
            logger.warning("TEAMS_AUTH is off: any program on this computer may speak as anybody.")
        await _seal_anew(ready.bot, settings)
        await until_stopped()


def _served(ready: Installed, settings: Settings, url: str) -> Iterator[str]:
    """What is served where, for the log."""
    if ready.slack is not None:
        how = "Socket Mode" if settings.socket_mode else f"{url}/slack/events"
        yield f"{ready.slack.name or ready.slack.id} over {how}"
    if ready.bot.teams is not None:
        count = len(ready.teams)
        who = f"{count} Teams tenant{'s' if count > 1 else ''}"
        if settings.teams_auth == "off":
            who = "a Teams test client"
        yield f"{who} over {url}/api/messages"


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


async def load_norms(ready: Installed, settings: Settings) -> None:
    """Load the norms file of the settings, if there is one, and public holidays of the coming years."""
    from bot import roster

    bot = ready.bot
    now = bot.clock.now()
    if settings.norms is not None:
        tenants = ready.by_platform()
        loaded = await roster.load_file(bot.store, settings.norms, tenants, bot.calendars, now)
        logger.info("Norms file: %d people, %d teams.", loaded.people, loaded.teams)
    await roster.refresh_holidays(bot.store, bot.calendars, now)


def log_to_stderr(settings: Settings) -> None:
    """Begin to log to standard error, as much as the settings say."""
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )


async def until_stopped() -> None:
    """Wait for SIGINT or SIGTERM."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopped.set)
    await stopped.wait()
