"""The playground: the bot and local stand-ins for Slack and Teams in one process, with a web page.

Imports of adapters stay inside functions here too.
"""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from bot.bootstrap.assembly import Bot
from bot.bootstrap.parts import new_key
from bot.bootstrap.serving import installed, load_norms, log_to_stderr, until_stopped
from bot.bootstrap.serving import start as serve
from bot.inbound import Account
from bot.ports import Clock
from bot.records import AccountRecord
from bot.settings import TEAMS_FEATURES, Settings

if TYPE_CHECKING:
    from adapters.playground.clock import PlaygroundClock
    from adapters.playground.records import Completion
    from adapters.playground.seed import Seeded
    from adapters.playground.server import PlaygroundServer
    from adapters.playground.teams.world import TeamsWorld

DEMO_ZONE = "Europe/Lisbon"
DEMO_START = time(10, 5)


async def run_playground(settings: Settings, *, open_browser: bool = False) -> None:
    """The bot and a local workspace in one process, with a web page; everything is gone when it ends."""
    log_to_stderr(settings)
    async with playground(settings) as server:
        # on stdout, so that it is found by whoever starts us from a script
        sys.stdout.write(f"The playground is open at {server.url} (Ctrl-C ends it)\n")
        sys.stdout.flush()
        if open_browser:
            webbrowser.open(server.url)
        await until_stopped()


@dataclass(frozen=True, slots=True)
class Local:
    """The playground in one process: its server, the bot behind it and the clock that both follow."""

    server: PlaygroundServer
    bot: Bot
    clock: PlaygroundClock


@asynccontextmanager
async def playground(settings: Settings) -> AsyncIterator[PlaygroundServer]:
    """A seeded workspace and tenant with the bot installed, ready when this is entered."""
    async with local(settings) as found:
        yield found.server


@asynccontextmanager
async def local(
    settings: Settings, *, start: datetime | None = None, speed: float = 1.0
) -> AsyncIterator[Local]:
    """The same with the bot at hand; `start` (UTC) is the next Tuesday 10:05 in Lisbon unless told."""
    import tempfile

    from adapters.clock import SystemClock
    from adapters.playground.clock import PlaygroundClock
    from adapters.playground.seed import seed
    from adapters.playground.server import PlaygroundServer
    from adapters.web import Server

    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="boundary-bot-"))
        real = SystemClock()
        demo = PlaygroundClock(real, start=start or demo_start(real.now()), speed=speed)
        seeded, world = seed(demo, limit_time=demo.elapsed), _tenant(demo)
        panel = _Panel(demo)
        workspace = PlaygroundServer(
            seeded.workspace,
            teams=world,
            host=settings.host,
            port=settings.port,
            insight=panel.insight,
            next_change=panel.next_change,
            completions=_completions(),
        )
        await stack.enter_async_context(workspace)
        server = Server("127.0.0.1", 0)
        stack.push_async_callback(server.stop)
        own = _local_settings(settings, folder, server.url).model_copy(
            update=_slack_app(seeded, workspace.api_url) | _teams_app(world, workspace.url)
        )
        ready = await installed(stack, own, demo)
        await _connect_everyone(ready.bot, seeded)
        await load_norms(ready, own)
        _answer_at(server.url, seeded, world)
        panel.watch(ready.bot, _people(seeded, world))
        await serve(ready.bot, server, socket_mode=False)
        stack.push_async_callback(server.stop)  # nothing may arrive any more while the rest stops
        await _install_for_everyone(workspace, world)
        yield Local(workspace, ready.bot, demo)


def _answer_at(url: str, seeded: Seeded, world: TeamsWorld) -> None:
    """Tell both platforms where the bot listens."""
    seeded.workspace.app.request_url = f"{url}/slack/events"
    seeded.workspace.app.redirect_urls = (f"{url}/slack/oauth_redirect",)
    world.app.endpoint = f"{url}/api/messages"


def _people(seeded: Seeded, world: TeamsWorld) -> dict[str, list[str]]:
    """The ids of everybody by tenant."""
    from adapters.playground.seed import UNCONNECTED

    return {
        f"slack:{seeded.workspace.team_id}": [*seeded.users, UNCONNECTED],
        f"teams:{world.tenant_id}": list(world.users),
    }


def _tenant(clock: PlaygroundClock) -> TeamsWorld:
    """The tenant, whose admin consented to everything that the bot may ask for, and to nothing else."""
    from adapters.playground.teams.records import TeamsApp
    from adapters.playground.teams.seed import seed_teams
    from adapters.teams.permissions import graph_permissions

    names = {right.name for feature in TEAMS_FEATURES for right in graph_permissions(feature)}
    app = TeamsApp(permissions=frozenset(names), rsc=True, targeted=True, commands=_listed())
    return seed_teams(clock, app=app, limit_time=clock.elapsed)


def _listed() -> tuple[tuple[str, str], ...]:
    """What our manifest makes Teams offer while somebody types."""
    from adapters.teams.package import LISTED
    from bot.commands import COMMANDS

    summaries = {each.word: each.summary for each in COMMANDS}
    return tuple((word, summaries[word]) for word in LISTED if word in summaries)


def _local_settings(settings: Settings, folder: str, public_url: str) -> Settings:
    """The settings of a real installation; keys and database live for this run only."""
    return settings.model_copy(
        update={
            "database_url": f"sqlite:///{folder}/playground.db",
            "norms": playground_norms(),
            "norms_by": "the playground",
            "secret_keys": (SecretStr(new_key()),),
            "public_url": public_url,
        }
    )


def _slack_app(seeded: Seeded, api_url: str) -> dict[str, object]:
    app = seeded.workspace.app
    return {
        "slack_api_url": api_url,
        "slack_bot_token": SecretStr(seeded.bot.secret),
        "slack_signing_secrets": (SecretStr(app.signing_secret),),
        "slack_app_token": None,
        "slack_client_id": app.client_id,
        "slack_client_secret": SecretStr(app.client_secret),
    }


def _teams_app(world: TeamsWorld, url: str) -> dict[str, object]:
    return {
        "teams_app_id": world.app.app_id,
        "teams_app_password": SecretStr(world.app.password),
        "teams_tenant_id": world.tenant_id,
        "teams_allowed_tenants": (),
        "teams_features": TEAMS_FEATURES,
        "teams_auth": "on",
        "teams_service_hosts": (urlsplit(url).netloc,),
        "teams_openid_url": world.openid_url,
        "teams_login_url": world.login_url,
        "teams_graph_url": world.graph_url,
    }


async def _connect_everyone(bot: Bot, seeded: Seeded) -> None:
    """Give the bot the tokens that the seeded people granted, as if each had pressed Connect last week."""
    for user, token in seeded.users.items():
        account = Account(f"slack:{seeded.workspace.team_id}", user)
        await bot.directory.keep_token(account, token.secret)
        name = seeded.workspace.users[user].real_name
        record = AccountRecord(account, name=name.partition(" ")[0], connected=True)
        await bot.store.write(lambda tx, record=record: tx.accounts.put(record))  # type: ignore[misc]


async def _install_for_everyone(workspace: PlaygroundServer, world: TeamsWorld) -> None:
    """Let the bot hear of those who have the app in Teams, and of the team's chat; until then it knows no way
    to them."""
    from adapters.playground.teams.seed import PLATFORM

    await workspace.teams_humans.add_app(next(iter(world.users)), PLATFORM)
    for user in [user.id for user in world.users.values() if user.installed]:
        await workspace.teams_humans.install(user)


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

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._bot: Bot | None = None
        self._accounts: dict[str, Account] = {}

    def watch(self, bot: Bot, people: Mapping[str, Sequence[str]]) -> None:
        """From now on answer for this bot and these people, by tenant; no id is in two of them."""
        self._bot = bot
        self._accounts = {user: Account(tenant, user) for tenant in people for user in people[tenant]}

    async def insight(self, user: str) -> dict[str, Any]:
        """The side panel as seen by `user` (an id of either platform); {} until the bot is there."""
        from bot.insight import insight

        viewer = self._accounts.get(user)
        if self._bot is None or viewer is None:
            return {}
        now, accounts = self._clock.now(), list(self._accounts.values())
        decisions = tuple(self._bot.app.decisions)
        return await self._bot.store.read(lambda tx: insight(tx, viewer, accounts, decisions, now))

    async def next_change(self) -> datetime | None:
        """The next edge in anybody's day, or the next thing the bot will do, whichever comes first."""
        from bot.insight import next_change

        if self._bot is None:
            return None
        accounts, now = list(self._accounts.values()), self._clock.now()
        return await self._bot.store.read(lambda tx: next_change(tx, accounts, now))
