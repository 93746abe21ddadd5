"""The bot's lives, one after the other, and the ways in which they end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from bot.failpoints import Failpoint

ROOT = Path(__file__).parents[2]
LOUD = "FAULTS_LOUD" in os.environ
"""Whether the bot's own complaints are shown."""


@dataclass(frozen=True, slots=True)
class Kill:
    """End the bot at a failpoint (the `nth` time it gets there), or after `seconds` wherever it is then."""

    point: Failpoint | None = None
    nth: int = 1
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Life:
    """One run of the bot. `ended` holds its exit code."""

    process: int
    ended: asyncio.Future[int]

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, unless it has ended."""
        if not self.ended.done():
            os.kill(self.process, number)


class Lives:
    """Gives the bot one life after the other (see tests.faults.worker)."""

    def __init__(self) -> None:
        self._giver: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None

    async def begin(self, environment: dict[str, str]) -> Life:
        """Start a process with this environment; the one before must have ended."""
        giver = self._giver or await self._open()
        assert giver.stdin is not None
        giver.stdin.write(json.dumps(environment).encode() + b"\n")
        life = Life(int(await self._line()), asyncio.get_running_loop().create_future())
        self._watch = asyncio.create_task(self._wait(life))
        return life

    async def close(self) -> None:
        if self._giver is not None:
            assert self._giver.stdin is not None
            self._giver.stdin.close()
            await self._giver.wait()

    async def _open(self) -> asyncio.subprocess.Process:
        self._giver = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.faults.worker", cwd=ROOT, stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE, stderr=None if LOUD else asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        await self._line()
        return self._giver

    async def _line(self) -> bytes:
        assert self._giver is not None
        assert self._giver.stdout is not None
        return await self._giver.stdout.readline()

    async def _wait(self, life: Life) -> None:
        life.ended.set_result(int(await self._line()))


class Served(Lives):
    """Lives of `boundary-bot serve` itself: nothing is shared between them but the database."""

    async def begin(self, environment: dict[str, str]) -> Life:
        keep = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "serve", cwd=ROOT, env=keep | environment,
            stderr=None if LOUD else asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        return Life(process.pid, asyncio.ensure_future(process.wait()))


async def answers(port: int) -> bool:
    """Whether somebody listens there."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True
