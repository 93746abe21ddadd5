"""Waiting for what another task or server does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def until(holds: Callable[[], bool], within: float = 5.0) -> None:
    """Return as soon as `holds()`; TimeoutError after `within` seconds."""
    async with asyncio.timeout(within):
        while not holds():  # noqa: ASYNC110 -- what is waited for has no event to set
            await asyncio.sleep(0.01)
