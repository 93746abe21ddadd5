"""The platform calls of one delivery. Nothing here writes to the store; nothing is tried twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from math import ceil
from typing import TypeVar

from bot.perform.jobs import Job, Result, SnoozeWork, StatusWork, WakeWork, shows_anew
from bot.planning.arming import LONGEST_SNOOZE, SAME
from bot.ports import Chat, Dnd, Done, Outcome, Presences, Snoozes, Unclear
from bot.records import Lane
from rules import (
    Interval,
    Ours,
    Status,
    StatusPlan,
    dnd_covers,
    plan_status,
    presence_with_expiry,
    with_expiry,
)

T = TypeVar("T")
_EMPTY = Status("", "", None)
PAUSED = "DoNotDisturb"
"""The presence that pauses notifications."""


class Caller:
    """Makes the calls of a delivery, each within `timeout` seconds. `now` gives the wall clock.

    `note` stores what a status of ours stands in for before it is set, so that it is put back even if the
    process dies in between.
    """

    def __init__(
        self, timeout: float, now: Callable[[], datetime], note: Callable[[Job, Ours], Awaitable[None]]
    ) -> None:
        self._timeout = timeout
        self._now = now
        self._note = note

    async def perform(self, chat: Chat, job: Job) -> Result:
        """What the delivery came to. Never raises: what a platform client did not expect is unclear."""
        match job.work:
            case StatusWork() as work:
                return await self._set_status(chat, job, work)
            case SnoozeWork() as work:
                return await self._pause(chat, job, work)
            case WakeWork() as work:
                return await self._unpause(chat, job, work)
            case None:
                return await self._send(chat, job)

    async def within(self, call: Awaitable[T]) -> T | Unclear:
        """The answer of one call, or Unclear when it takes too long or breaks."""
        try:
            async with asyncio.timeout(self._timeout):
                return await call
        except TimeoutError:
            return Unclear("timeout")
        except Exception as error:
            return Unclear(type(error).__name__)

    async def _send(self, chat: Chat, job: Job) -> Result:
        row, message = job.delivery, job.message
        if message is None:
            return Result(Done())
        if row.lane is Lane.HOME:
            return Result(await self.within(chat.publish_home(row.to, message)))
        if row.lane is Lane.NOTE:
            return Result(await self.within(chat.note(row.to, job.channel, message, row.id, job.thread)))
        if row.lane is Lane.CHANNEL:
            if shows_anew(row):
                return Result(await self.within(chat.revise(row.to, job.ref, message)))
            return Result(await self.within(chat.announce(row.to, message, row.id)))
        return Result(await self.within(chat.post(row.to, message, row.id)))

    async def _set_status(self, chat: Chat, job: Job, work: StatusWork) -> Result:
        to = job.delivery.to
        current = await self.within(chat.read_status(to))
        if not isinstance(current, Status):
            return Result(current, wrote=False)
        asked = work.asked
        if not chat.tells_expiry:
            current = with_expiry(current, work.ours, work.desired)
            asked = False  # what somebody wrote by hand could not be put back with the end that they gave it
        plan = plan_status(current, work.ours, work.desired, asked, self._now())
        note = plan.ours is not None and plan.ours.before is not None
        return await self._carry_out(job, plan, lambda status: chat.write_status(to, status), note=note)

    async def _carry_out(
        self, job: Job, plan: StatusPlan, write: Callable[[Status], Awaitable[Outcome]], *, note: bool
    ) -> Result:
        """Do what was planned. `note`: what would be forgotten if the process died now is stored first."""
        if plan.action == "leave":
            return Result(Done(), wrote=False, ours=plan.ours)
        if plan.ours is not None and note:
            await self._note(job, plan.ours)
        outcome = await self.within(write(plan.status or _EMPTY))
        return Result(outcome, ours=plan.ours) if isinstance(outcome, Done) else Result(outcome)

    async def _pause(self, chat: Chat, job: Job, work: SnoozeWork) -> Result:
        if isinstance(chat, Snoozes):
            return await self._snooze(chat, job, work)
        if isinstance(chat, Presences):
            desired = Status(PAUSED, "", work.until)
            return await self._set_presence(chat, job, work.presence, desired, asked=work.asked)
        return Result(Done(), wrote=False)

    async def _unpause(self, chat: Chat, job: Job, work: WakeWork) -> Result:
        if isinstance(chat, Snoozes):
            return await self._end_snooze(chat, job, work)
        if isinstance(chat, Presences):
            return await self._set_presence(chat, job, work.presence, None, asked=False)
        return Result(Done(), wrote=False)

    async def _set_presence(
        self, chat: Presences, job: Job, ours: Ours | None, desired: Status | None, *, asked: bool
    ) -> Result:
        """Bring a presence in line with `desired` (None: no pause any more).

        Ours is always noted before it is set: set by hand it would look the same.
        """
        to, now = job.delivery.to, self._now()
        current = await self.within(chat.read_presence(to))
        if not isinstance(current, Status):
            return Result(current, wrote=False)
        plan = plan_status(presence_with_expiry(current, ours, now), ours, desired, asked, now)
        return await self._carry_out(job, plan, lambda status: chat.write_presence(to, status), note=True)

    async def _snooze(self, chat: Snoozes, job: Job, work: SnoozeWork) -> Result:
        to = job.delivery.to
        seen = await self.within(chat.read_dnd(to))
        if not isinstance(seen, Dnd):
            return Result(seen, wrote=False)
        now = self._now()
        dnd = (seen.start, seen.end, now) if seen.start and seen.end else None
        if dnd_covers(seen.start, seen.end, Interval(work.start, work.until)):
            return Result(Done(), wrote=False, dnd=dnd)
        if seen.snoozed_until is not None and seen.snoozed_until >= work.until - SAME:
            return Result(Done(), wrote=False, dnd=dnd)
        # Whole minutes, rounded up: a boundary is never cut short.
        minutes = max(1, ceil(min(work.until - now, LONGEST_SNOOZE) / timedelta(minutes=1)))
        outcome = await self.within(chat.snooze(to, minutes))
        if not isinstance(outcome, Done):
            return Result(outcome, dnd=dnd)
        return Result(outcome, snoozed_until=now + timedelta(minutes=minutes), dnd=dnd)

    async def _end_snooze(self, chat: Snoozes, job: Job, work: WakeWork) -> Result:
        to = job.delivery.to
        seen = await self.within(chat.read_dnd(to))
        if not isinstance(seen, Dnd):
            return Result(seen, wrote=False)
        if seen.snoozed_until is None or abs(seen.snoozed_until - work.ours_until) > SAME:
            return Result(Done(), wrote=False, snoozed_until=None)
        outcome: Outcome = await self.within(chat.end_snooze(to))
        return Result(outcome, snoozed_until=None) if isinstance(outcome, Done) else Result(outcome)
