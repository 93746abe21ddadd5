"""A bot that serves: installed in its tenants, started, and running until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from bot.bootstrap.assembly import Bot, assembled
from bot.bootstrap.parts import (
    clock,
    migrate_database,
    open_store,
    revealed,
    slack_settings,
    teams_settings,
    typesetter,
    vault,
)
from bot.inbound import Account
from bot.ports import Clock, Tx, Typesetter, VaultError
from bot.records import Tenant
from bot.settings import Settings

if TYPE_CHECKING:
    from adapters.slack.adapter import SlackAdapter
    from adapters.teams.adapter import TeamsAdapter
    from adapters.web import Server

logger = logging.getLogger(__name__)

SICK_AFTER = 90.0
"""Seconds without a finished sweep: three heartbeats."""


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
            slack=slack_settings(settings) if settings.slack_wanted else None,
            teams=teams_settings(settings) if settings.teams_wanted else None,
        )
    )
    on_slack = await _install(bot, bot.slack, revealed(settings.slack_bot_token)) if bot.slack else None
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


async def _policy_file(bot: Bot, setter: Typesetter, ticket: str) -> tuple[str, str, bytes] | None:
    from bot.policy.sharing import fetch

    file = await fetch(bot.store, setter, ticket, bot.clock.now())
    return (file.name, file.content_type, file.content) if file else None


async def start(bot: Bot, server: Server, *, socket_mode: bool) -> None:
    """Begin to sweep and perform, then to listen: what arrives is answered from the first request on."""
    from aiohttp import web

    from adapters.documents.routes import documents
    from adapters.web import operations
    from bot.policy.sharing import PATH

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
    documents(app, PATH, partial(_policy_file, bot, typesetter()))
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
        loaded = await roster.load_file(
            bot.store, settings.norms, tenants, bot.calendars, now, by=settings.norms_by
        )
        logger.info("Norms file: %d people, %d teams.", loaded.people, loaded.teams)
        for team in loaded.taken.proposed:
            logger.info("The norms file differs from what the team %s agreed on: it votes on that.", team)
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
