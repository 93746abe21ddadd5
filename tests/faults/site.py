"""Where faults are tried: a workspace that keeps every post, a bot in a process of its own, and people who
write.

The workspace is the oracle: it alone says what arrived, how often, and what is still there.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import aiohttp

from adapters.clock import SystemClock
from adapters.playground.events import sign
from adapters.playground.records import Message, User
from adapters.playground.seed import empty, install
from adapters.playground.server import PlaygroundServer
from adapters.playground.workspace import Workspace
from adapters.stores.sqlite import SqliteStore, migrate
from adapters.vault import new_key
from bot import planning
from bot.failpoints import Failpoint
from bot.inbound import Account
from bot.ports import Tx
from bot.records import AccountRecord, PersonRecord, PersonState
from rules import Mode, Person, Said
from tests.faults.fast import SPEED, TIMING, VARIABLE, SharedTime
from tests.support.serving import free_port

ROOT = Path(__file__).parents[2]
START = datetime(2026, 11, 24, 10, tzinfo=UTC)
SENDERS = 10
RECIPIENTS = 50
BOT = "U0BOT"
PATIENCE = 15.0
"""Seconds after which a bot that has not reached its failpoint is killed where it is."""
LOUD = "FAULTS_LOUD" in os.environ
"""Whether the bot's own complaints are shown."""
_PING = re.compile(r"ping-\d{5}")
_ENDS = """
    SELECT 'hold', state, '', COUNT(*) FROM holds GROUP BY 2
    UNION ALL SELECT lane, state, because, COUNT(*) FROM outbox GROUP BY 1, 2, 3
"""
_UNFINISHED = """
    SELECT lane, state, because, attempt, COUNT(*) FROM outbox
    WHERE state IN ('due', 'sending', 'probing') OR settle_at IS NOT NULL GROUP BY 1, 2, 3, 4
"""


@dataclass(frozen=True, slots=True)
class Kill:
    """End the bot at a failpoint (the `nth` time it gets there), or after `seconds` wherever it is then."""

    point: Failpoint | None = None
    nth: int = 1
    seconds: float = 0.0


@dataclass
class Tally:
    """What the workspace saw. `copies`: deliveries stored more than once; `left`: those still doubled."""

    pings: int = 0
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    copies: int = 0
    left: int = 0
    kills: int = 0
    reached: Counter[Failpoint] = field(default_factory=Counter)
    over_limit: int = 0
    early: int = 0


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


class Site:
    """A workspace with people in it, and the bot's database beside it. `seed` makes a run repeatable."""

    def __init__(self, folder: Path, seed: int, lives: Lives, speed: float = SPEED) -> None:
        self.random = random.Random(seed)
        self.time = SharedTime(START, SystemClock().monotonic(), speed)
        self.workspace: Workspace = empty(
            self.time.clock(), limit_time=self.time.limit_seconds, team_id="T0FAULT"
        )
        self.workspace.faults.reseed(seed)
        self.token, _ = install(self.workspace)
        self.server = PlaygroundServer(self.workspace)
        self.database = folder / "bot.db"
        self.key = new_key()
        self.port = free_port()
        self.tally = Tally()
        self.lives = lives
        self.life: Life | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/slack/events"

    # People --------------------------------------------------------------------------------------

    async def populate(self, away: timedelta | None) -> None:
        """Everybody has a chat with the bot; recipients are quiet for up to `away` (None: not enrolled)."""
        migrate(self.database)
        store = SqliteStore(self.database)
        for number in range(SENDERS + RECIPIENTS):
            user = f"U{number:04}"
            self.workspace.add_user(User(user, f"person{number}", f"Person {number}", "Etc/UTC"))
            dm = self.workspace.direct(user, BOT).id
            share = (number - SENDERS + 1) / RECIPIENTS
            until = START + away * share if away is not None and share > 0 else None
            await store.write(partial(self._enrol, user=user, dm=dm, back=until))
        await store.close()

    def _enrol(self, tx: Tx, user: str, dm: str, back: datetime | None) -> None:
        account = Account(f"slack:{self.workspace.team_id}", user)
        person = f"p_{user}" if back else ""
        tx.accounts.put(AccountRecord(account, person, name=user, zone="Etc/UTC", dm=dm))
        if back is not None:
            quiet = Said(Mode.QUIET, START, back, START)
            record = PersonRecord(
                Person(person, "Etc/UTC", said=(quiet,)), PersonState(home=account, met=True)
            )
            planning.replan(tx, record, START)

    # The bot -------------------------------------------------------------------------------------

    async def start(self, kill: Kill | None = None) -> None:
        """Start the bot and wait until it answers, or until it has died of `kill`."""
        point = f"{kill.point.value}:{kill.nth}" if kill and kill.point else ""
        self.life = await self.lives.begin(self._environment(point))
        while not self.life.ended.done() and not await _answers(self.port):  # noqa: ASYNC110
            await asyncio.sleep(0.01)  # another process: there is no event to wait for

    def _environment(self, failpoint: str) -> dict[str, str]:
        return {
            VARIABLE: self.time.text(),
            "BOUNDARY_FAILPOINT": failpoint,
            "BOUNDARY_DATABASE_URL": f"sqlite:///{self.database}",
            "BOUNDARY_SECRET_KEYS": self.key,
            "BOUNDARY_PORT": str(self.port),
            "BOUNDARY_GUARD_SECONDS": str(TIMING.guard),
            "BOUNDARY_CALL_TIMEOUT_SECONDS": str(TIMING.timeout),
            "BOUNDARY_QUARANTINE_SECONDS": str(TIMING.quarantine),
            "SLACK_BOT_TOKEN": self.token.secret,
            "SLACK_SIGNING_SECRET": self.workspace.app.signing_secret,
            "SLACK_API_URL": self.server.api_url,
        }

    async def suffer(self, kills: Sequence[Kill]) -> None:
        """Let the bot die of each of `kills`, one life each."""
        for kill in kills:
            await self.start(kill)
            await self._end(kill)

    async def _end(self, kill: Kill) -> None:
        assert self.life is not None
        await asyncio.wait([self.life.ended], timeout=kill.seconds or PATIENCE)
        if self.life.ended.done() and kill.point:
            self.tally.reached[kill.point] += self.life.ended.result() == -signal.SIGKILL
        self.life.signal(signal.SIGKILL)
        await self.life.ended
        self.tally.kills += 1

    async def stop(self) -> int:
        """SIGTERM, and wait; returns the exit code."""
        assert self.life is not None
        self.life.signal(signal.SIGTERM)
        return await self.life.ended

    # Writing -------------------------------------------------------------------------------------

    async def write(self, pings: int, *, over: float, everybody: bool = False) -> None:
        """People write `pings` messages spread over `over` seconds, each repeated until acknowledged."""
        async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as writing:
            for _ in range(pings):
                recipient = f"U{self.random.randrange(SENDERS, SENDERS + RECIPIENTS):04}"
                sender = f"U{self.random.randrange(SENDERS):04}"
                writing.create_task(self._ping(session, sender, recipient, f"ping-{self.tally.pings:05}"))
                self.tally.pings += 1
                await asyncio.sleep(over / pings)

    async def _ping(self, session: aiohttp.ClientSession, sender: str, recipient: str, text: str) -> None:
        """One `/later`, sent again with the same trigger, freshly signed, as long as nobody acknowledges
        it."""
        body = self._command(sender, f"<@{recipient}|someone> {text}")
        while not await self._acknowledged(session, body):  # noqa: ASYNC110 -- another process
            await asyncio.sleep(0.05)

    async def _acknowledged(self, session: aiohttp.ClientSession, body: bytes) -> bool:
        stamp = str(int(self.workspace.epoch()))
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": sign(self.workspace.app.signing_secret, stamp, body),
        }
        try:
            async with session.post(self.url, data=body, headers=headers, timeout=_SHORT) as answer:
                await answer.read()
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    def _command(self, sender: str, text: str) -> bytes:
        return urlencode({
            "team_id": self.workspace.team_id, "channel_id": f"D{sender[1:]}", "user_id": sender,
            "user_name": sender, "command": "/later", "text": text, "api_app_id": self.workspace.app.app_id,
            "trigger_id": self.workspace.new_trigger(sender), "response_url": "", "is_enterprise_install":
            "false", }).encode()  # fmt: skip

    # The oracle ----------------------------------------------------------------------------------

    async def settle(self, patience: float = 40.0) -> None:
        """Wait until every ping is there and nothing is in doubt any more."""
        deadline = SystemClock().monotonic() + patience
        while missing := self._missing():
            assert SystemClock().monotonic() < deadline, f"after {patience} s: {missing}"
            await asyncio.sleep(0.1)

    def _missing(self) -> str:
        """What is not finished, "" if all is."""
        unseen = self.tally.pings - len(self._seen())
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as reader:
            rows = reader.execute(_UNFINISHED).fetchall()
            ends = reader.execute(_ENDS).fetchall() if unseen else []
        return f"{unseen} unseen, {rows}, {ends}" if unseen or rows else ""

    def _seen(self) -> Counter[str]:
        """How often each ping can be read by its recipient."""
        found: Counter[str] = Counter()
        for post in self.workspace.audit.posts:
            if post.deleted_ts is None:
                found.update(set(_PING.findall(_words(post))))
        return found

    def count(self) -> Tally:
        """What arrived, as the workspace has it."""
        seen, tally = self._seen(), self.tally
        wanted = [f"ping-{number:05}" for number in range(tally.pings)]
        tally.lost = [ping for ping in wanted if not seen[ping]]
        tally.twice = [ping for ping in wanted if seen[ping] > 1]
        tally.copies = sum(copies - 1 for copies in self.workspace.audit.copies("id").values())
        tally.left = sum(copies - 1 for copies in self.workspace.audit.left("id").values())
        tally.over_limit, tally.early = self.workspace.calls_over_limit(), self.workspace.audit.early
        return tally


@asynccontextmanager
async def site(folder: Path, *, seed: int, away: timedelta = timedelta(minutes=15)) -> AsyncIterator[Site]:
    """A site with everything but the bot running; recipients come back one by one within `away`."""
    async with _open(Site(folder, seed, Lives())) as made:
        await made.populate(away)
        yield made


@asynccontextmanager
async def served(folder: Path, *, seed: int) -> AsyncIterator[Site]:
    """A site whose bot is `boundary-bot serve` itself, in real time; nobody has enrolled."""
    start = SystemClock().now()
    made = Site(folder, seed, Served(), speed=1.0)
    made.time = SharedTime(start, SystemClock().monotonic(), 1.0)
    made.workspace.clock = made.time.clock()
    async with _open(made):
        await made.populate(None)
        yield made


@asynccontextmanager
async def _open(made: Site) -> AsyncIterator[Site]:
    async with made.server:
        try:
            yield made
        finally:
            if made.life is not None:
                made.life.signal(signal.SIGKILL)
                await made.life.ended
            await made.lives.close()


_SHORT = aiohttp.ClientTimeout(total=3.0)


def _words(post: Message) -> str:
    return f"{post.text} {json.dumps(post.blocks or [])}"


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True
