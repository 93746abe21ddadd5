"""The one place that reads the clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime


class SystemClock:
    """Real time. `monotonic` is CLOCK_BOOTTIME where the system has it, so that suspend counts too."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        boottime: int | None = getattr(time, "CLOCK_BOOTTIME", None)
        return time.monotonic() if boottime is None else time.clock_gettime(boottime)

    def delay_until(self, at: datetime) -> float | None:
        return (at - self.now()).total_seconds()

    def on_change(self, callback: Callable[[], None]) -> None:
        """Real time never jumps by our own doing: there is nothing to call back for."""
