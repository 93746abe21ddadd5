"""The bot put together from its settings: adapters, application and runner; nothing runs yet."""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from bot.bootstrap.parts import calendars
from bot.ports import Calendars, Clock, Store, Vault
from bot.settings import Settings

if TYPE_CHECKING:
    from aiohttp import ClientSession

    from adapters.slack.adapter import SlackAdapter, SlackSettings
    from adapters.teams.adapter import TeamsAdapter, TeamsSettings
    from bot.app import App
    from bot.directory import StoredDirectory
    from bot.loop import Runner
    from bot.metrics import Metrics
    from bot.timing import Timing


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
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
        AsyncExitStack() as stack,
    ):
        parts = _Parts(clock, store, StoredDirectory(store, vault), vault, app, session, metrics)
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
    metrics: Metrics


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
        on_refused=partial(parts.metrics.refused, "teams"),
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
