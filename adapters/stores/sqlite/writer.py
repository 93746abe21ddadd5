"""One thread that writes: works that wait together are committed together.

Each work has a savepoint of its own, so one that fails undoes only itself; callers hear of success after the
commit. At `synchronous=FULL` this makes the disk's sync, the slowest part by far, a shared cost.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from adapters.stores.sqlite.connection import store_error
from bot.ports import StoreError

BATCH = 200
BREATH_EVERY, BREATH = 20, 0.000_05
"""Works and seconds. CPython's lock changes hands only if it is free long enough for the other thread to
wake, which the microseconds in a statement are not: without a breath the event loop starves for a batch.
"""


@dataclass(slots=True, eq=False)
class Job:
    """One work and its future. `alone` means outside any transaction (VACUUM, checkpoints)."""

    work: Callable[[], Any]
    future: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop
    alone: bool = False
    value: Any = None
    error: BaseException | None = None

    def settle(self) -> None:
        """Tell the caller; runs in the caller's loop."""
        if self.future.done():  # cancelled meanwhile
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.value)


class Writer:
    """Owns the writing connection; `submit` may be called from any event loop."""

    def __init__(self, connection: sqlite3.Connection, begin_work: Callable[[], None]) -> None:
        self._connection = connection
        self._begin_work = begin_work
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._held: Job | None = None
        self._thread = threading.Thread(target=self._run, name="boundary-store-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[], Any], *, alone: bool = False) -> asyncio.Future[Any]:
        """Queue a work; the future resolves after its commit, with its value or what it raised."""
        loop = asyncio.get_running_loop()
        job = Job(work, loop.create_future(), loop, alone)
        self._queue.put(job)
        return job.future

    async def close(self) -> None:
        """Finish what is queued, close the connection, end the thread."""
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        running = True
        while running:
            batch, running = self._next_batch()
            if batch:
                self._perform(batch)
                _tell(batch)
        self._connection.close()

    def _next_batch(self) -> tuple[list[Job], bool]:
        """Waits for one job, then takes all that wait; False when it is time to stop."""
        first, self._held = (self._held or self._queue.get()), None
        if first is None:
            return [], False
        batch = [first]
        while not first.alone and len(batch) < BATCH:
            try:
                job = self._queue.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return batch, False
            if job.alone:
                self._held = job
                break
            batch.append(job)
        return batch, True

    def _perform(self, batch: list[Job]) -> None:
        if batch[0].alone:
            self._attempt(batch[0])
            return
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            # Whoever queued up meanwhile may have waited about as long: answer them too.
            batch += self._waiting()
            _fail(batch, str(store_error(error)))
            return
        try:
            self._attempt_all(batch)
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back("ROLLBACK")
            _fail(batch, str(store_error(error)))
        except StoreError as error:
            _fail(batch, str(error))

    def _attempt_all(self, batch: list[Job]) -> None:
        for place, job in enumerate(batch, 1):
            self._attempt_in_savepoint(job)
            if not self._connection.in_transaction:  # SQLite itself rolled back: disk full, I/O error
                raise StoreError(str(job.error or "The database gave up the transaction; try again."))
            if place % BREATH_EVERY == 0:
                time.sleep(BREATH)

    def _attempt_in_savepoint(self, job: Job) -> None:
        self._connection.execute("SAVEPOINT work")
        self._attempt(job)
        if job.error is not None:
            self._roll_back("ROLLBACK TO work")
        if self._connection.in_transaction:
            self._connection.execute("RELEASE work")

    def _attempt(self, job: Job) -> None:
        self._begin_work()
        try:
            job.value = job.work()
        except sqlite3.Error as error:
            job.error = store_error(error)
        except StopIteration:  # a future refuses to carry it
            job.error = RuntimeError("A work must not raise StopIteration.")
        except BaseException as error:
            job.error = error

    def _roll_back(self, statement: str) -> None:
        with contextlib.suppress(sqlite3.Error):  # SQLite may have rolled back by itself
            self._connection.execute(statement)

    def _waiting(self) -> list[Job]:
        """Jobs for transactions that wait now; an `alone` or the end keeps its place."""
        taken: list[Job] = []
        while self._held is None:
            try:
                job = self._queue.get_nowait()
            except queue.Empty:
                break
            if job is None:
                self._queue.put(None)
                break
            if job.alone:
                self._held = job
            else:
                taken.append(job)
        return taken


def _fail(jobs: list[Job], sentence: str) -> None:
    """An error of its own for each, because each caller's raise adds a traceback."""
    for job in jobs:
        job.error = job.error or StoreError(sentence)


def _tell(jobs: list[Job]) -> None:
    """Resolve the futures, one wake-up per loop."""
    for loop in {job.loop for job in jobs}:
        own = [job for job in jobs if job.loop is loop]
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_settle_all, own)


def _settle_all(jobs: list[Job]) -> None:
    for job in jobs:
        job.settle()
