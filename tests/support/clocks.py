"""A clock for tests: stands still until moved, or runs at a speed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from adapters.clock import SystemClock

START = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


class FakeClock:
    """The `Clock` port. `speed` 0 is paused; 1000 lets a minute pass in 60 ms."""

    def __init__(self, start: datetime = START, speed: float = 0.0) -> None:
        self._real = SystemClock()
        self._origin, self._mark, self._speed = start, self._real.monotonic(), speed
        self._callbacks: list[Callable[[], None]] = []

    def now(self) -> datetime:
        return self._origin + timedelta(seconds=(self._real.monotonic() - self._mark) * self._speed)

    def monotonic(self) -> float:
        return self._real.monotonic()

    def delay_until(self, at: datetime) -> float | None:
        left = (at - self.now()).total_seconds()
        if left <= 0:
            return left
        return left / self._speed if self._speed else None

    def on_change(self, callback: Callable[[], None]) -> None:
        self._callbacks.append(callback)

    def set(self, *, now: datetime | None = None, speed: float | None = None) -> None:
        """Jump, change the speed, or both; tells everyone who asked."""
        self._origin, self._mark = now or self.now(), self._real.monotonic()
        self._speed = self._speed if speed is None else speed
        for callback in self._callbacks:
            callback()

    def advance(self, **span: float) -> None:
        """Jump by a timedelta's arguments."""
        self.set(now=self.now() + timedelta(**span))
