"""`boundary-bot serve` as a process of its own, facing a local workspace, a local tenant or both in the
test's process.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from cryptography.fernet import Fernet

from adapters.playground.seed import Seeded
from adapters.playground.server import PlaygroundServer
from adapters.playground.teams.world import TeamsWorld

_KEPT = ("PATH", "LANG", "COVERAGE_PROCESS_START")
ROOT = Path(__file__).parents[2]


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class Served:
    """A running `serve`: kill and start it as often as you like; database and port stay."""

    environ: dict[str, str]
    url: str
    log: Path
    process: asyncio.subprocess.Process | None = None

    async def start(self, **extra: str) -> None:
        """Start it and wait until it answers."""
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                "serve",
                cwd=ROOT,
                env=self.environ | extra,
                stdout=log,
                stderr=log,
            )
        await self._answering()

    async def _answering(self) -> None:
        async with asyncio.timeout(60), aiohttp.ClientSession() as session:
            while True:
                if self.process is None or self.process.returncode is not None:
                    raise AssertionError(f"serve ended: {self.log.read_text()[-2000:]}")
                try:
                    async with session.get(f"{self.url}/healthz") as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.02)

    async def end(self, sign: signal.Signals = signal.SIGTERM) -> int:
        """Send the signal, wait for the end, return the exit code."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(sign)
        return await self.process.wait()


def _surroundings(folder: Path, port: int) -> dict[str, str]:
    """What `serve` needs on whatever platform, and nothing of the machine's own settings."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {
        "HOME": str(folder),
        "BOUNDARY_DATABASE_URL": f"sqlite:///{folder / 'boundary.db'}",
        "BOUNDARY_PORT": str(port),
        "BOUNDARY_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "BOUNDARY_SECRET_KEYS": Fernet.generate_key().decode(),
    }


def slack_environment(server: PlaygroundServer, seeded: Seeded) -> dict[str, str]:
    """The workspace over signed HTTP, with Connect."""
    app = seeded.workspace.app
    return {
        "SLACK_API_URL": server.api_url,
        "SLACK_BOT_TOKEN": seeded.bot.secret,
        "SLACK_SIGNING_SECRET": app.signing_secret,
        "SLACK_CLIENT_ID": app.client_id,
        "SLACK_CLIENT_SECRET": app.client_secret,
    }


def teams_environment(server: PlaygroundServer, world: TeamsWorld, features: str = "") -> dict[str, str]:
    """The tenant with verified tokens; `features` as in TEAMS_FEATURES."""
    return {
        "TEAMS_APP_ID": world.app.app_id,
        "TEAMS_APP_PASSWORD": world.app.password,
        "TEAMS_TENANT_ID": world.tenant_id,
        "TEAMS_FEATURES": features,
        "TEAMS_SERVICE_HOSTS": server.url.removeprefix("http://"),
        "TEAMS_OPENID_URL": world.openid_url,
        "TEAMS_LOGIN_URL": world.login_url,
        "TEAMS_GRAPH_URL": world.graph_url,
    }


@asynccontextmanager
async def bare(folder: Path, port: int, settings: Mapping[str, str]) -> AsyncIterator[Served]:
    """Run `serve` with these settings until the block ends; killed if it still runs. Empty ones are unset."""
    environ = _surroundings(folder, port) | dict(settings)
    given = {name: value for name, value in environ.items() if value}
    served = Served(given, f"http://127.0.0.1:{port}", folder / "serve.log")
    try:
        await served.start()
        yield served
    finally:
        if served.process is not None and served.process.returncode is None:
            await served.end(signal.SIGKILL)


@asynccontextmanager
async def serving(
    server: PlaygroundServer,
    folder: Path,
    extra: Mapping[str, str] | None = None,
    *,
    slack: Seeded | None = None,
    teams: TeamsWorld | None = None,
) -> AsyncIterator[Served]:
    """Run `serve` for one platform or both until the block ends."""
    port = free_port()
    url, environ = f"http://127.0.0.1:{port}", {}
    if slack is not None:
        environ |= slack_environment(server, slack)
        slack.workspace.app.request_url = f"{url}/slack/events"
    if teams is not None:
        environ |= teams_environment(server, teams)
        teams.app.endpoint = f"{url}/api/messages"
    async with bare(folder, port, environ | dict(extra or {})) as served:
        yield served
