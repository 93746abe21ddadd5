"""A real database file, for tests that are no coroutines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from adapters.stores.sqlite import SqliteStore
from bot.ports import Tx

T = TypeVar("T")


def in_database(path: Path, work: Callable[[Tx], T]) -> T:
    """Do `work` in one transaction of an up-to-date database; returns what it does."""

    async def run() -> T:
        store = SqliteStore(path)
        try:
            return await store.write(work)
        finally:
            await store.close()

    return asyncio.run(run())
