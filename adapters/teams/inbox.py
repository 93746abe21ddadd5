"""Accepted activities on their way to being handled: in order within a conversation, conversations side by
side, and again after a crash.

A parcel is durable before Teams gets its answer and removed after it was handled; what happens twice in
between is harmless, since the application handles a key once.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final, TypeVar

from adapters.bodies import Json
from adapters.traces import where
from bot.failpoints import Failpoint, hit
from bot.ports import Clock, Store, StoreError, Tx, Vault
from bot.records import Parcel

T = TypeVar("T")
Line = tuple[str, str]
Work = Callable[[str, Json], Awaitable[None]]

AT_ONCE: Final = 16  # parcels handled at the same time
MOST: Final = 2000  # parcels in memory; what is more waits in the store
PAGE: Final = 500
FIRST_AGAIN: Final = 1.0  # seconds until a parcel is tried again when the store fails; doubled each time
LAST_AGAIN: Final = 60.0
CLOSE_WITHIN: Final = 2.5  # seconds for parcels under way

logger = logging.getLogger(__name__)


class Inbox:
    """Takes parcels in and has `work` (tenant, activity) handle them.

    When `work` raises StoreError the parcel stays and is tried again later; what it raises besides is logged
    by its type, and the parcel is gone.
    """

    def __init__(self, store: Store, vault: Vault, clock: Clock, work: Work) -> None:
        self._store, self._vault, self._clock, self._work = store, vault, clock, work
        self._lines: dict[Line, deque[Parcel]] = {}
        self._held: set[str] = set()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._behind = True  # the store has parcels that are not in memory
        self._missed = False
        self._over: set[str] | None = None  # keys handled while the store is read
        self._closing = False

    async def accept(
        self, tenant: str, key: str, line: str, activity: Json, also: Callable[[Tx, bool], None]
    ) -> bool:
        """Keep an activity durably together with what `also` (tx, whether it is new) writes; False if it was
        there already. Raises StoreError when it could not be kept."""
        # A key of its own: the application notes the inbound's where it handles it, in the same table.
        kept = f"inbox:{key}"
        parcel = Parcel(kept, tenant, line, self._seal(tenant, activity), self._clock.now())
        is_new = await self._store.write(lambda tx: _add(tx, parcel, also))
        hit(Failpoint.AFTER_ACCEPT)
        if is_new and not self._closing:
            self._enqueue(parcel)
        return is_new

    async def start(self) -> None:
        """Handle what waits since the last run, and what comes in from now on."""
        await self._refill()

    async def close(self) -> None:
        """Let parcels under way finish, a moment at most; the others wait in the store."""
        self._closing = True
        if self._tasks:
            _, late = await asyncio.wait(tuple(self._tasks), timeout=CLOSE_WITHIN)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    @property
    def waiting(self) -> int:
        """Parcels in memory that are not handled yet."""
        return len(self._held)

    # Lines --------------------------------------------------------------------------------------------------

    def _enqueue(self, parcel: Parcel) -> None:
        """To the end of its line, or left in the store if there is too much or older ones are still there."""
        if self._behind or len(self._held) >= MOST:
            self._behind = self._missed = True
            return
        self._push(parcel)

    def _push(self, parcel: Parcel) -> None:
        self._held.add(parcel.key)
        line = (parcel.tenant, parcel.line)
        if line in self._lines:
            self._lines[line].append(parcel)
            return
        self._lines[line] = deque([parcel])
        self._spawn(self._run(line))

    async def _run(self, line: Line) -> None:
        """One line until it is empty, parcel by parcel."""
        queue = self._lines[line]
        while queue and not self._closing:
            await self._handle(queue[0])
            self._forget(queue.popleft().key)
            if self._behind and not self._closing and len(self._held) <= MOST // 2:
                await self._again(self._refill)
        del self._lines[line]

    def _forget(self, key: str) -> None:
        self._held.discard(key)
        if self._over is not None:
            self._over.add(key)

    async def _handle(self, parcel: Parcel) -> None:
        try:
            await self._again(lambda: self._once(parcel))
        except Exception as error:
            logger.error("An activity was dropped: %s.", where(error))
        hit(Failpoint.AFTER_PARCEL)
        await self._again(lambda: self._store.write(lambda tx: tx.inbox.remove(parcel.key)))

    async def _once(self, parcel: Parcel) -> None:
        async with self._slots:
            hit(Failpoint.BEFORE_PARCEL)
            await self._work(
                parcel.tenant, json.loads(self._vault.open(parcel.sealed, _about(parcel.tenant)))
            )

    async def _again(self, do: Callable[[], Awaitable[T]]) -> T:
        """Until the store lets it: later and later, and what comes behind it on the line waits."""
        pause = FIRST_AGAIN
        while True:
            try:
                return await do()
            except StoreError:
                logger.warning("The store failed; an accepted activity waits %d s.", pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LAST_AGAIN)

    # The store ----------------------------------------------------------------------------------------------

    async def _refill(self) -> None:
        """Take the oldest parcels from the store until they are all in memory, or there are many."""
        if self._over is not None:
            return  # somebody is at it
        try:
            while self._behind and len(self._held) < MOST and not self._closing:
                self._missed, self._over = False, set()
                limit = len(self._held) + PAGE
                found = await self._store.read(partial(_waiting, limit=limit))
                self._behind = self._missed or len(found) >= limit
                for parcel in found:
                    if parcel.key not in self._held and parcel.key not in self._over:
                        self._push(parcel)
        finally:
            self._over = None

    def _seal(self, tenant: str, activity: Json) -> bytes:
        return self._vault.seal(json.dumps(activity, separators=(",", ":")), _about(tenant))

    def _spawn(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _add(tx: Tx, parcel: Parcel, also: Callable[[Tx, bool], None]) -> bool:
    is_new = tx.inbox.add(parcel)
    also(tx, is_new)
    return is_new


def _waiting(tx: Tx, limit: int) -> list[Parcel]:
    return tx.inbox.waiting(limit)


def _about(tenant: str) -> str:
    return f"{tenant}:inbox"
