"""Time that two processes share and that runs faster than the world's, so that a quarter of an hour fits
into a test.

Only the wall clock and Slack's minutes are sped up; guards, time-outs and quarantines guard real sockets
and stay real.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from adapters.clock import SystemClock
from adapters.playground.clock import PlaygroundClock
from bot.ports import Chat
from bot.records import Cost, Delivery
from bot.timing import Timing

VARIABLE = "FAULTS_TIME"
SPEED = 60.0
TIMING = Timing(
    guard=0.2, timeout=0.3, quarantine=0.6, reads_per_minute=45 * SPEED, heartbeat=0.5, back_off=0.3,
    patience=timedelta(days=1),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SharedTime:
    """The wall clock shows `start` when the host's monotonic clock shows `mark`."""

    start: datetime
    mark: float
    speed: float = SPEED

    def clock(self) -> PlaygroundClock:
        """A clock that shows the same as every other one made from this."""
        real = SystemClock()
        now = self.start + timedelta(seconds=(real.monotonic() - self.mark) * self.speed)
        return PlaygroundClock(real, start=now, speed=self.speed)

    def limit_seconds(self) -> float:
        """Slack's minutes, sped up."""
        return SystemClock().monotonic() * self.speed

    def text(self) -> str:
        return f"{self.start.isoformat()}|{self.mark!r}|{self.speed!r}"


def shared_time() -> SharedTime:
    """What the environment says."""
    start, mark, speed = os.environ[VARIABLE].split("|")
    return SharedTime(datetime.fromisoformat(start), float(mark), float(speed))


def hasten(chat: Chat, speed: float) -> None:
    """Let the budgets of a chat follow minutes that are sped up; everything else stays as it is."""
    usual = chat.costs

    def costs(delivery: Delivery) -> tuple[Cost, ...]:
        return tuple(replace(cost, per_minute=cost.per_minute * speed) for cost in usual(delivery))

    chat.costs = costs  # type: ignore[method-assign]
