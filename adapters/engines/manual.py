"""An engine that only moves when told to: for tests and simulations."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

log = logging.getLogger(__name__)


class ManualEngine:
    """The `Engine` port without time. `wakes` shows what was asked for, by key."""

    def __init__(self) -> None:
        self.wakes: dict[str, datetime] = {}
        self._handler: Callable[[str], Awaitable[None]] | None = None
        self._running: set[str] = set()

    async def start(self, handler: Callable[[str], Awaitable[None]]) -> None:
        self._handler = handler

    def wake(self, key: str, at: datetime) -> None:
        known = self.wakes.get(key)
        self.wakes[key] = at if known is None else min(known, at)

    async def stop(self) -> None:
        self._handler = None

    def next_at(self) -> datetime | None:
        """The earliest instant asked for."""
        return min(self.wakes.values(), default=None)

    async def fire(self, now: datetime | None = None) -> int:
        """Handle each key due by `now` (None: every key) once, earliest first; returns how many were."""
        due = sorted((at, key) for key, at in self.wakes.items() if now is None or at <= now)
        handled = 0
        for at, key in due:
            if self._handler is None or key in self._running or self.wakes.get(key) != at:
                continue
            del self.wakes[key]
            handled += 1
            await self._handle(self._handler, key)
        return handled

    async def _handle(self, handler: Callable[[str], Awaitable[None]], key: str) -> None:
        self._running.add(key)
        try:
            await handler(key)
        except Exception as error:
            log.error("The wake-up %s failed with %s; the next one goes ahead.", key, type(error).__name__)
        finally:
            self._running.discard(key)
