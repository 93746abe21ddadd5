"""What keeps the bot going: wake-ups sweep, sweeps and inbound things start deliveries, old rows are purged
daily."""

from __future__ import annotations

import asyncio
import logging

from bot.metrics import Metrics
from bot.perform import Performer
from bot.ports import Calendars, Clock, Engine, Store, StoreError
from bot.retention import next_purge, purge
from bot.roster import refresh_holidays
from bot.sweep import sweep
from bot.timing import Timing

_log = logging.getLogger(__name__)

SWEEP = "sweep"
"""The engine's key for the wake-up at the earliest due instant."""
_AFTER_FAILURE = 1.0


class Runner:
    """Runs sweeps and deliveries until stopped.

    A wake-up that is lost heals: every `timing.heartbeat` seconds it sweeps anyway. Health is the age of
    the last finished sweep, not what an engine says about itself.
    """

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        engine: Engine,
        performer: Performer,
        metrics: Metrics,
        timing: Timing | None = None,
        calendars: Calendars | None = None,
    ) -> None:
        self._store, self._clock, self._engine = store, clock, engine
        self._performer, self._metrics, self._timing = performer, metrics, timing or Timing()
        self._calendars = calendars
        self._poked = asyncio.Event()
        self._due = asyncio.Event()
        self._stopping = False
        self._swept_at: float | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Take up what an earlier run left, then run in the background until `stop`."""
        await self._performer.recover()
        self._performer.changed = self._poked.set
        self._clock.on_change(self.poke)
        await self._engine.start(self._wake)
        self._due.set()
        self._tasks = [
            asyncio.create_task(self._keep_sweeping(), name="sweep"),
            asyncio.create_task(self._keep_delivering(), name="deliver"),
        ]

    def poke(self) -> None:
        """Something was stored: look for deliveries at once, and for the next wake-up."""
        self._poked.set()
        self._due.set()

    async def stop(self) -> None:
        """Claim nothing more, finish what is under way (at most `timing.drain` seconds), and end."""
        self._stopping = True
        self.poke()
        await self._engine.stop()
        for task in self._tasks:
            await task
        try:
            async with asyncio.timeout(self._timing.drain):
                await self._performer.drain()
        except TimeoutError:
            # What is still under way is read back by the next run.
            _log.warning(
                "Stopped with %d deliveries under way; they are looked after at the next start.",
                self._performer.busy,
            )

    def sweep_age(self) -> float | None:
        """Seconds since a sweep finished, None before the first: the health of this process."""
        return None if self._swept_at is None else self._clock.monotonic() - self._swept_at

    async def observe(self) -> bytes:
        """The metrics as text, with the gauges of this instant."""
        self._metrics.outbox(await self._store.read(lambda tx: tx.outbox.counts()))
        self._metrics.sweep_age(self.sweep_age() or 0.0)
        return self._metrics.text()

    async def _wake(self, key: str) -> None:
        self._due.set()

    # -- sweeping -----------------------------------------------------------------------------------------

    async def _keep_sweeping(self) -> None:
        while not self._stopping:
            await _within(self._due, self._timing.heartbeat)
            self._due.clear()
            if self._stopping:
                return
            try:
                await self._sweep()
            except StoreError as error:
                _log.error("The sweep could not be stored: %s", error)
                await asyncio.sleep(_AFTER_FAILURE)
                self._due.set()

    async def _sweep(self) -> None:
        now = self._clock.now()
        result = await sweep(self._store, now, calendars=self._calendars)
        self._swept_at = self._clock.monotonic()
        self._metrics.swept(result.swept, result.failed)
        if result.next_at is not None:
            self._engine.wake(SWEEP, result.next_at)
        if result.swept:
            self._poked.set()
        if now >= await next_purge(self._store, self._timing.retention_every, now):
            await purge(self._store, now, self._clock.monotonic())
            if self._calendars is not None:  # a bot that runs over New Year needs the coming years, too
                await refresh_holidays(self._store, self._calendars, now)

    # -- delivering ---------------------------------------------------------------------------------------

    async def _keep_delivering(self) -> None:
        while not self._stopping:
            self._poked.clear()
            try:
                delay = await self._performer.begin()
            except StoreError as error:
                _log.error("Deliveries could not be claimed: %s", error)
                delay = _AFTER_FAILURE
            if delay != 0.0 or self._performer.busy:
                # Looks again with the heartbeat anyway: rows may come from another process.
                most = self._timing.heartbeat
                await _within(self._poked, most if not delay else min(delay, most))


async def _within(event: asyncio.Event, seconds: float) -> None:
    """Wait for the event, at most for so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
