"""Where faults are tried: a platform that keeps every post, a bot in a process of its own, and people who
write.

The platform is the oracle: it alone says what arrived, how often, and what is still there.
"""

from __future__ import annotations

import asyncio
import random
import re
import signal
import sqlite3
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import aiohttp

from adapters.clock import SystemClock
from adapters.stores.sqlite import SqliteStore, migrate
from adapters.vault import new_key
from bot import planning
from bot.failpoints import Failpoint
from bot.ports import Tx
from bot.records import AccountRecord, PersonRecord, PersonState
from rules import Mode, Person, Said
from tests.faults.fast import SPEED, TIMING, VARIABLE, SharedTime
from tests.faults.lives import Kill, Life, Lives, answers
from tests.support.serving import free_port

START = datetime(2026, 11, 24, 10, tzinfo=UTC)
PATIENCE = 15.0
"""Seconds after which a bot that has not reached its failpoint is killed where it is."""
S = TypeVar("S", bound="Site")
SHORT = aiohttp.ClientTimeout(total=3.0)
_PING = re.compile(r"(ping-\d{5})")
_ENDS = """
    SELECT 'hold', state, '', COUNT(*) FROM holds GROUP BY 2
    UNION ALL SELECT lane, state, because, COUNT(*) FROM outbox GROUP BY 1, 2, 3
"""
_UNFINISHED = """
    SELECT lane, state, because, attempt, COUNT(*) FROM outbox
    WHERE state IN ('due', 'sending', 'probing') OR settle_at IS NOT NULL GROUP BY 1, 2, 3, 4
    UNION ALL SELECT 'hold', state, doubted, 0, COUNT(*) FROM holds
    WHERE state IN ('waiting', 'releasing') GROUP BY 1, 2, 3
    UNION ALL SELECT 'inbox', line, '', 0, COUNT(*) FROM inbox GROUP BY 1, 2
"""


@dataclass
class Tally:
    """What the platform saw. `lost`: pings that nobody read and whose sender heard nothing; `told`: those
    whose sender heard; `twice`: those read twice that do not say so; `copies`: deliveries stored more than
    once; `left`: those still doubled; `kept`: how many messages the bot took in."""

    pings: int = 0
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    copies: int = 0
    left: int = 0
    told: int = 0
    kept: int = 0
    kills: int = 0
    reached: Counter[Failpoint] = field(default_factory=Counter)
    over_limit: int = 0
    early: int = 0


class Site(ABC):
    """A platform with people in it, and the bot's database beside it. `seed` makes a run repeatable.

    The first `senders` of its people write, the `recipients` after them are written to.
    """

    server: AbstractAsyncContextManager[object]
    senders = 10
    recipients = 50

    def __init__(
        self, folder: Path, seed: int, lives: Lives, start: datetime = START, speed: float = SPEED
    ) -> None:
        self.random = random.Random(seed)
        self.time = SharedTime(start, SystemClock().monotonic(), speed)
        self.database = folder / "bot.db"
        self.key = new_key()
        self.port = free_port()
        self.tally = Tally()
        self.lives = lives
        self.life: Life | None = None

    # What each platform does its own way ---------------------------------------------------------

    @abstractmethod
    def join(self, number: int) -> AccountRecord:
        """Somebody new: their account as the bot knows it, with their chat with the bot."""

    def prepare(self, tx: Tx) -> None:  # noqa: B027 -- most platforms need nothing
        """Store what the bot would have learnt before anybody writes."""

    @abstractmethod
    def environment(self) -> dict[str, str]:
        """The platform's part of the bot's settings."""

    @abstractmethod
    async def ping(self, session: aiohttp.ClientSession, sender: int, recipient: int, text: str) -> None:
        """Write `text` to the recipient through the bot, again and again until it is acknowledged."""

    @abstractmethod
    def seen(self) -> Counter[str]:
        """How often each ping can be read by its recipient; once if its sender knows that it did not come."""

    @abstractmethod
    def count(self) -> Tally:
        """What arrived, as the platform has it."""

    # People --------------------------------------------------------------------------------------

    async def populate(self, away: timedelta | None) -> None:
        """Everybody has a chat with the bot; recipients are quiet for up to `away` (None: not enrolled)."""
        migrate(self.database)
        store = SqliteStore(self.database)
        await store.write(lambda tx: self._populate(tx, away))
        await store.close()

    def _populate(self, tx: Tx, away: timedelta | None) -> None:
        self.prepare(tx)
        for number in range(self.senders + self.recipients):
            known = self.join(number)
            share = (number - self.senders + 1) / self.recipients
            if away is None or share <= 0:
                tx.accounts.put(known)
                continue
            person = f"p_{number:04}"
            tx.accounts.put(replace(known, person=person))
            quiet = Said(Mode.QUIET, self.time.start, self.time.start + away * share, self.time.start)
            state = PersonState(home=known.account, met=True)
            record = PersonRecord(Person(person, "Etc/UTC", said=(quiet,)), state)
            planning.replan(tx, record, self.time.start)

    # The bot -------------------------------------------------------------------------------------

    async def start(self, kill: Kill | None = None) -> None:
        """Start the bot and wait until it answers, or until it has died of `kill`."""
        point = f"{kill.point.value}:{kill.nth}" if kill and kill.point else ""
        self.life = await self.lives.begin(self._environment(point))
        while not self.life.ended.done() and not await answers(self.port):  # noqa: ASYNC110
            await asyncio.sleep(0.01)  # another process: there is no event to wait for
        assert kill or not self.life.ended.done(), "the bot does not come up; see FAULTS_LOUD"

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
            **self.environment(),
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

    async def write(self, pings: int, *, over: float) -> None:
        """People write `pings` messages spread over `over` seconds, each repeated until acknowledged."""
        async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as writing:
            for _ in range(pings):
                recipient = self.senders + self.random.randrange(self.recipients)
                sender = self.random.randrange(self.senders)
                text = f"ping-{self.tally.pings:05}"
                writing.create_task(self.ping(session, sender, recipient, text))
                self.tally.pings += 1
                await asyncio.sleep(over / pings)

    # The oracle ----------------------------------------------------------------------------------

    async def settle(self, patience: float = 40.0) -> None:
        """Wait until every ping is there and nothing is in doubt any more."""
        deadline = SystemClock().monotonic() + patience
        while missing := self._missing():
            assert SystemClock().monotonic() < deadline, f"after {patience} s: {missing}"
            await asyncio.sleep(0.1)

    def kept(self) -> int:
        """How many messages the bot has taken in: one for each that was written, however often it came."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as reader:
            [(count,)] = reader.execute("SELECT COUNT(*) FROM holds")
        return int(count)

    def _missing(self) -> str:
        """What is not finished, "" if all is."""
        unseen = self.tally.pings - len(self.seen())
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as reader:
            rows = reader.execute(_UNFINISHED).fetchall()
            ends = reader.execute(_ENDS).fetchall() if unseen else []
        return f"{unseen} unseen, {rows}, {ends}" if unseen or rows else ""


@asynccontextmanager
async def opened(made: S, away: timedelta | None) -> AsyncIterator[S]:
    """A site with everything but the bot running; recipients come back one by one within `away`."""
    async with made.server:
        await made.populate(away)
        try:
            yield made
        finally:
            if made.life is not None:
                made.life.signal(signal.SIGKILL)
                await made.life.ended
            await made.lives.close()


def pings_in(text: str) -> dict[str, str]:
    """The pings that can be read in a text, each with what follows it up to the next one."""
    _, *found = _PING.split(text)
    said: dict[str, str] = {}
    for ping, after in zip(found[::2], found[1::2], strict=True):
        said[ping] = said.get(ping, "") + after
    return said
