"""A clock that can be paused, sped up and moved forward; everything in the playground follows it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol


class TimeSource(Protocol):
    """Where real time comes from; `adapters.clock.SystemClock` is one."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back."""
        ...


class PlaygroundClock:
    """The `Clock` port with a speed: 0 is paused, 1 is real time, 600 is ten minutes a second.

    `monotonic()` stays real, because time-outs and guards guard real sockets. Only `now()` is stretched.
    """

    def __init__(self, base: TimeSource, *, start: datetime | None = None, speed: float = 1.0) -> None:
        self._base = base
        self._origin = _aware(start) if start is not None else base.now()
        self._mark = base.monotonic()
        self._speed = _checked_speed(speed)
        self._lead = 0.0  # seconds by which `elapsed` is ahead of the base
        self._callbacks: list[Callable[[], None]] = []

    @property
    def speed(self) -> float:
        """Playground seconds per real second."""
        return self._speed

    def now(self) -> datetime:
        """The playground's present instant, aware, UTC."""
        return self._origin + timedelta(seconds=(self._base.monotonic() - self._mark) * self._speed)

    def monotonic(self) -> float:
        """Real seconds, whatever the speed."""
        return self._base.monotonic()

    def elapsed(self) -> float:
        """Seconds that pass as fast as `now()` and never slower than real ones: the time of rate limits.

        A paused clock would otherwise keep a caller rate limited for ever.
        """
        real = self._base.monotonic()
        return real + self._lead + (real - self._mark) * max(self._speed - 1.0, 0.0)

    def delay_until(self, at: datetime) -> float | None:
        """Real seconds until `now()` reaches `at` at the present speed; None while paused before it."""
        left = (_aware(at) - self.now()).total_seconds()
        if left <= 0:
            return 0.0
        return left / self._speed if self._speed else None

    def on_change(self, callback: Callable[[], None]) -> None:
        """Call `callback` after each change of speed and each jump: waits computed earlier are then wrong."""
        self._callbacks.append(callback)

    def set_speed(self, speed: float) -> None:
        """Run on from the present instant at another speed (0 or more)."""
        checked = _checked_speed(speed)
        self._rebase(self.now())
        self._speed = checked
        self._announce()

    def jump(self, to: datetime) -> None:
        """Move forward to `to`. Going back raises ValueError: message ids and deadlines only grow."""
        now = self.now()
        if _aware(to) < now:
            raise ValueError(f"The playground's clock only moves forward; it is {now.isoformat()} already.")
        self._rebase(to)
        self._lead += (to - now).total_seconds()
        self._announce()

    def _rebase(self, instant: datetime) -> None:
        real = self._base.monotonic()
        self._lead += (real - self._mark) * max(self._speed - 1.0, 0.0)
        self._origin, self._mark = instant, real

    def _announce(self) -> None:
        for callback in tuple(self._callbacks):
            callback()


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("An instant needs a zone; use an aware UTC datetime.")
    return at


def _checked_speed(speed: float) -> float:
    if not 0 <= speed <= 36_000:
        raise ValueError("The speed is 0 (paused) to 36000.")
    return float(speed)
