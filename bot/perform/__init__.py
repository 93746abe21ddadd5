"""The performer: claims what the budgets allow, makes the platform calls, records what they came to.

The protocol: claim durably, decide again, check the guard, call once, record under a fence. An answer that
is missing leaves the row as it is: it is read back after the quarantine and sent again only if it is not
there. Nothing here decides about norms.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import timedelta

from bot.failpoints import Failpoint, hit
from bot.metrics import Metrics
from bot.perform.calling import Caller
from bot.perform.claiming import Claimed, Desk, claim
from bot.perform.doubts import Doubts
from bot.perform.jobs import IN_DOUBT, REPEAT, Composer, Job, Result
from bot.perform.recording import Book, Recorded, remember_ours
from bot.ports import Chat, Clock, Store, Tx, Vault
from bot.records import DeliveryState
from bot.timing import Timing
from rules import Ours

__all__ = ["IN_DOUBT", "REPEAT", "Composer", "Performer"]

_log = logging.getLogger(__name__)

BOOT = "boot"
"""Meta: when the host's monotonic clock was zero, as seconds since 1970."""
_SAME_BOOT = 30.0
_FOREVER = 1e15


class Performer:
    """Performs deliveries of every tenant whose platform has a chat.

    `owner` is unique to this process. `changed` is called whenever a delivery came to an end, so that the
    next may begin.
    """

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        chats: Mapping[str, Chat],
        vault: Vault,
        timing: Timing,
        owner: str,
        metrics: Metrics,
        compose: Composer | None = None,
    ) -> None:
        self._store, self._clock, self._timing, self._metrics = store, clock, timing, metrics
        self._desk = Desk(chats, vault, compose or _composer(), owner)
        self._caller = Caller(timing.timeout, clock.now, self._note)
        self._busy: dict[str, tuple[str, asyncio.Task[None]]] = {}
        self._looking: asyncio.Task[None] | None = None
        self._last = ""
        self._doubts = Doubts(store, clock, self._desk, timing, metrics, self._caller, self._busy)
        self.changed: Callable[[], None] = lambda: None

    @property
    def busy(self) -> int:
        """How many deliveries are under way."""
        return len(self._busy)

    async def recover(self) -> None:
        """At start: after a reboot of the host, count quarantines from now, and forget the old clock's
        budgets.

        A wall clock that was moved looks the same and costs no more than one quarantine of patience.
        """
        at = self._clock.monotonic()
        zero = self._clock.now().timestamp() - at

        def work(tx: Tx) -> None:
            known = tx.meta.get(BOOT)
            if known is None or abs(float(known) - zero) > _SAME_BOOT:
                tx.outbox.restamp(at)
                tx.budgets.purge(_FOREVER)
                tx.meta.put(BOOT, repr(zero))

        await self._store.write(work)

    async def step(self) -> float | None:
        """Do everything that is possible now and wait until it is done.

        Returns the seconds until there may be more, 0.0 if there may be at once, None if nothing is due
        that this process knows of.
        """
        delay = await self.begin()
        begun = bool(self._busy) or self._looking is not None
        await self.drain()
        return 0.0 if begun else delay

    async def begin(self) -> float | None:
        """Begin what is possible now without waiting for it; returns like `step`."""
        waits = [await self._look_after_doubts()]
        slots = self._timing.concurrency - len(self._busy)
        if slots > 0:
            waits.append(await self._claim(slots))
        return min((wait for wait in waits if wait is not None), default=None)

    async def drain(self) -> None:
        """Wait until what has begun has come to an end."""
        while tasks := [task for _, task in self._busy.values()] + ([self._looking] if self._looking else []):
            await asyncio.wait(tasks)

    async def _look_after_doubts(self) -> float | None:
        """Read back and settle beside the deliveries, so that a chat that does not answer holds nobody up."""
        if self._looking is not None:
            return None
        due = await self._doubts.due()
        if due == 0.0:
            self._looking = asyncio.create_task(self._doubts.look(), name="doubts")
            self._looking.add_done_callback(self._looked)
        return due

    def _looked(self, task: asyncio.Task[None]) -> None:
        self._looking = None
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("Deliveries in doubt could not be looked after: %s", type(error).__name__)
            self._doubts.not_before = self._clock.monotonic() + 1.0
        self.changed()

    # -- claiming -----------------------------------------------------------------------------------------

    async def _claim(self, slots: int) -> float | None:
        now, at = self._clock.now(), self._clock.monotonic()
        tenants = await self._store.read(lambda tx: tx.outbox.tenants_due(now))
        claimed = Claimed()
        shares = self._shares(tenants)
        if shares:
            hit(Failpoint.BEFORE_CLAIM)
            quantum = self._timing.quantum
            claimed = await self._store.write(
                lambda tx: claim(tx, self._desk, shares, slots, quantum=quantum, now=now, at=at)
            )
            hit(Failpoint.AFTER_CLAIM)
        self._last = claimed.last or self._last
        for row, state in claimed.ended:
            self._metrics.ended(row.lane, state, 0.0)
        for job in claimed.jobs:
            self._start(job)
        if claimed.jobs or claimed.ended:
            return 0.0
        following = await self._store.read(lambda tx: tx.outbox.next_due(now))
        delay = self._clock.delay_until(following) if following else None
        waits = [wait for wait in (claimed.wait, delay) if wait is not None]
        return max(0.0, min(waits)) if waits else None

    def _shares(self, tenants: list[str]) -> dict[str, int]:
        """Whose turn it is, from the one after who had the last; a stuck tenant leaves a quarter for the
        others."""
        known = [tenant for tenant in tenants if self._desk.chat(tenant)]
        ordered = sorted(known)
        after = [tenant for tenant in ordered if tenant > self._last]
        turns = [*after, *ordered[: len(ordered) - len(after)]]
        most = max(1, self._timing.concurrency * 3 // 4)
        used: dict[str, int] = {}
        for tenant, _ in self._busy.values():
            used[tenant] = used.get(tenant, 0) + 1
        return {tenant: most - used.get(tenant, 0) for tenant in turns if most > used.get(tenant, 0)}

    def _start(self, job: Job) -> None:
        row = job.delivery
        task = asyncio.create_task(self._perform(job), name=f"deliver-{row.id}")
        self._busy[row.id] = row.to.tenant, task
        task.add_done_callback(lambda done: self._ended(row.id, done))

    def _ended(self, delivery: str, task: asyncio.Task[None]) -> None:
        self._busy.pop(delivery, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            # The row stays in flight and is read back after the quarantine.
            _log.error("A delivery could not be recorded: %s", type(error).__name__)
        self.changed()

    # -- one delivery -------------------------------------------------------------------------------------

    async def _perform(self, job: Job) -> None:
        chat = self._desk.chat(job.delivery.to.tenant)
        if chat is None:
            return
        if self._clock.monotonic() - job.started > self._timing.guard:
            self._metrics.fault(job.delivery.lane, "guarded")
            await self._store.write(lambda tx: self._book(tx, chat).give_back(job.delivery))
            return
        hit(Failpoint.AFTER_GUARD)
        result = await self._caller.perform(chat, job)
        hit(Failpoint.AFTER_CALL)
        recorded = await self._record(chat, job, result)
        hit(Failpoint.AFTER_RECORD)
        self._count(job, result, recorded)
        if recorded.withdraw:
            await self._doubts.withdraw(chat, job.delivery, recorded.withdraw)

    async def _record(self, chat: Chat, job: Job, result: Result) -> Recorded:
        return await self._store.write(lambda tx: self._book(tx, chat).record(job, result))

    async def _note(self, job: Job, ours: Ours) -> None:
        """Remember a status of ours before it is set."""
        await self._store.write(lambda tx: remember_ours(tx, job, ours))

    def _book(self, tx: Tx, chat: Chat) -> Book:
        return Book(tx, chat, self._timing, self._clock.now(), self._clock.monotonic())

    def _count(self, job: Job, result: Result, recorded: Recorded) -> None:
        row = job.delivery
        if recorded.fenced:
            self._metrics.fault(row.lane, "fenced")
        elif recorded.state in (DeliveryState.DUE, DeliveryState.SENDING):
            self._metrics.fault(row.lane, type(result.outcome).__name__.lower())
        else:
            late = (self._clock.now() - row.due_at) / timedelta(seconds=1)
            self._metrics.ended(row.lane, recorded.state, late)


def _composer() -> Composer:
    from bot.compose import compose

    return compose
