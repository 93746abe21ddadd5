"""The embedded engine: APScheduler as an alarm clock, and nothing more.

One date job per key at its earliest instant, in memory. Wall-clock rules never reach APScheduler, its misfire
handling is off (by default it drops what is a second late), and a job only starts a run, so that a slow
handler cannot make it skip the next one.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from adapters.clock import SystemClock
from bot.ports import Clock

if TYPE_CHECKING:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = logging.getLogger(__name__)

LONGEST_NAP = timedelta(seconds=60)
"""A timer sees neither the machine sleep nor its clock being set: a long wait is looked at again."""
STOP_SECONDS = 5.0
"""How long `stop` waits for running handlers before it cancels them."""


class ApschedulerEngine:
    """The `Engine` port. Follows its clock: a paused one holds all wake-ups until it goes on."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._alarm = SystemClock()  # APScheduler counts in real time, whatever our clock shows
        self._due: dict[str, datetime] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._scheduler: AsyncIOScheduler | None = None
        self._handler: Callable[[str], Awaitable[None]] | None = None
        clock.on_change(self._arm_all)

    async def start(self, handler: Callable[[str], Awaitable[None]]) -> None:
        """Begin, with the wake-ups asked for so far."""
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        logging.getLogger("apscheduler").setLevel(logging.WARNING)  # else every wake-up is two lines
        self._handler = handler
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True}
        )
        self._scheduler.start()
        self._arm_all()

    def wake(self, key: str, at: datetime) -> None:
        """Call from the event loop. An instant that has passed wakes at once."""
        known = self._due.get(key)
        if known is None or at < known:
            self._due[key] = at
            self._arm(key)

    async def stop(self) -> None:
        """No wake-up begins any more; those that run may finish."""
        if self._scheduler is None:
            return
        self._scheduler.shutdown(wait=False)
        self._scheduler = None
        await asyncio.sleep(0)  # APScheduler shuts down in a callback of the loop
        if self._running:
            await asyncio.wait(self._running.values(), timeout=STOP_SECONDS)
        for task in (left := list(self._running.values())):
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _arm_all(self) -> None:
        for key in self._due:
            self._arm(key)

    def _arm(self, key: str) -> None:
        if self._scheduler is None:
            return
        delay = self._clock.delay_until(self._due[key])
        if delay is None:  # paused: on_change will call
            if self._scheduler.get_job(key) is not None:
                self._scheduler.remove_job(key)
            return
        nap = min(timedelta(seconds=max(delay, 0.0)), LONGEST_NAP)
        run_date = self._alarm.now() + nap
        self._scheduler.add_job(
            self._fire, "date", run_date=run_date, args=[key], id=key, replace_existing=True
        )

    async def _fire(self, key: str) -> None:
        """APScheduler's job: start a run if it is time and none is under way."""
        at = self._due.get(key)
        if at is None or key in self._running or self._scheduler is None:
            return  # a wake-up during a run stays in _due, and the end of the run arms it
        delay = self._clock.delay_until(at)
        if delay is None or delay > 0:
            self._arm(key)
            return
        del self._due[key]
        self._running[key] = asyncio.create_task(self._run(key), name=f"wake {key}")

    async def _run(self, key: str) -> None:
        try:
            if self._handler is not None:
                await self._handler(key)
        except Exception as error:  # one bad wake-up must not stop the others
            log_failure(key, error)
        finally:
            del self._running[key]
            if key in self._due:
                self._arm(key)


def log_failure(key: str, error: Exception) -> None:
    """Where it failed, without the error's text: that may quote people."""
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("The wake-up %s failed with %s; the next one goes ahead.\n%s", key, type(error).__name__, where)
