"""The implementations that every contract test runs against: a new one needs one line here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from adapters.stores.memory import MemoryStore
from adapters.stores.sqlite import SqliteStore, migrate
from bot.ports import Store

Open = Callable[[], Awaitable[Store]]


def memory(folder: Path) -> Open:
    """Memory has no second process: every opening is the same store."""
    only = MemoryStore()

    async def open_it() -> Store:
        return only

    return open_it


def sqlite(folder: Path) -> Open:
    path = folder / "boundary.db"
    migrate(path)

    async def open_it() -> Store:
        return SqliteStore(path)

    return open_it


STORES = {"memory": memory, "sqlite": sqlite}


@pytest.fixture(params=STORES)
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Open]:
    """Opens the same data again and again, as several processes would."""
    opened: list[Store] = []
    open_it = STORES[request.param](tmp_path)

    async def open_and_keep() -> Store:
        opened.append(await open_it())
        return opened[-1]

    yield open_and_keep
    for store in opened:
        await store.close()


@pytest.fixture
async def store(stores: Open) -> Store:
    return await stores()
