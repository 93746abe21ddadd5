"""Rows in doubt: read back after the quarantine, and settled once no other copy can appear any longer.

A chat is read once for all its rows. Reading is paced like everything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot import limiter
from bot.failpoints import Failpoint, hit
from bot.inbound import Account
from bot.metrics import Metrics
from bot.perform.calling import Caller
from bot.perform.claiming import Desk
from bot.perform.jobs import can_be_found
from bot.perform.recording import Book, Recorded
from bot.ports import Chat, Clock, Refused, Store, Tx, Unclear, Wait
from bot.records import Cost, Delivery, DeliveryState
from bot.timing import Timing

READ_BACK = "read_back"
"""The budget from which reading chats is paid; per tenant."""
_FOREVER = 3.15e8
_AGAIN = 1.0

Found = Mapping[str, tuple[str, ...]]


@dataclass(slots=True)
class Doubts:
    """Looks after rows in doubt. `busy` are the ids of rows that this process is sending right now; after a
    look that could not be finished there is none before `not_before` (Clock.monotonic seconds)."""

    store: Store
    clock: Clock
    desk: Desk
    timing: Timing
    metrics: Metrics
    caller: Caller
    busy: Mapping[str, object]
    not_before: float = 0.0

    async def due(self) -> float | None:
        """Seconds until a row is to be read back or settled; 0.0 now, None if none is in doubt."""
        at = self.clock.monotonic()
        ripe = await self.store.read(lambda tx: self._ripe(tx, at))
        return None if ripe is None else max(0.0, max(ripe, self.not_before) - at)

    async def look(self) -> None:
        """Read back and settle what is due."""
        at = self.clock.monotonic()
        rows, copies = await self.store.read(
            lambda tx: (self._in_doubt(tx, at - self.timing.quarantine), tx.outbox.to_settle(at))
        )
        taken = await self.store.write(lambda tx: self._reclaim(tx, rows, at)) if rows else []
        for to, own in _by_chat(taken).items():
            await self._probe_chat(to, own)
        settled = [await self._settle_chat(to, own) for to, own in _by_chat(copies).items()]
        if len(taken) < len(rows) or not all(settled):
            self.not_before = self.clock.monotonic() + _AGAIN

    def _ripe(self, tx: Tx, at: float) -> float | None:
        """When the first row in doubt is ripe, in Clock.monotonic() seconds."""
        doubts = self._in_doubt(tx, at + _FOREVER)
        found = [(row.claimed_at or at) + self.timing.quarantine for row in doubts]
        found += [row.settle_at or at for row in tx.outbox.to_settle(at + _FOREVER, 1)]
        return min(found, default=None)

    def _in_doubt(self, tx: Tx, before: float) -> list[Delivery]:
        return [row for row in tx.outbox.quarantined(before) if row.id not in self.busy]

    # -- probing ------------------------------------------------------------------------------------------

    def _reclaim(self, tx: Tx, rows: Iterable[Delivery], at: float) -> list[Delivery]:
        taken: list[Delivery] = []
        for to, own in _by_chat(rows).items():
            if self._pay(tx, to, own, at):
                again = (tx.outbox.reclaim(row, self.desk.owner, at) for row in own)
                taken += [row for row in again if row is not None]
        return taken

    def _pay(self, tx: Tx, to: Account, rows: Iterable[Delivery], at: float) -> bool:
        """Take a token for reading this chat, if it must be read."""
        chat = self.desk.chat(to.tenant)
        if chat is None:
            return False
        if not chat.probes or not any(map(can_be_found, rows)):
            return True
        cost = Cost(READ_BACK, self.timing.reads_per_minute, 5)
        return limiter.take(tx.budgets, to.tenant, [cost], at) is None

    async def _probe_chat(self, to: Account, rows: list[Delivery]) -> None:
        chat = self.desk.chat(to.tenant)
        if chat is None:
            return
        hit(Failpoint.BEFORE_PROBE)
        wanted = [row.id for row in rows if can_be_found(row)]
        seen = await self.caller.within(chat.find(to, wanted)) if chat.probes and wanted else {}
        if isinstance(seen, Wait | Unclear) or (isinstance(seen, Refused) and seen.tenant_wide):
            # The rows stay in doubt and are read back after another quarantine, but not for ever.
            await self.store.write(lambda tx: self._postpone(tx, chat, to, seen))
            rows = [row for row in rows if self.clock.now() - row.due_at > self.timing.patience]
        found = seen if isinstance(seen, Mapping) else None
        done = await self.store.write(
            lambda tx: [self._probed(self._book(tx, chat), row, found) for row in rows]
        )
        hit(Failpoint.AFTER_PROBE)
        for row, recorded in zip(rows, done, strict=True):
            self.metrics.fault(
                row.lane, "probed_found" if recorded.state is DeliveryState.DONE else "probed_missing"
            )

    def _probed(self, book: Book, row: Delivery, found: Found | None) -> Recorded:
        if not can_be_found(row) or not book.chat.probes or found is None:
            return book.doubtful(row, "cannot_be_read_back")
        refs = found.get(row.id, ())
        return book.done(row, refs[0]) if refs else book.missing(row)

    def _postpone(self, tx: Tx, chat: Chat, to: Account, why: Wait | Unclear | Refused) -> None:
        book = self._book(tx, chat)
        if isinstance(why, Wait):
            until = book.at + max(why.seconds, _AGAIN)
            limiter.hold_off(tx.budgets, to.tenant, READ_BACK, "", until=until, now=book.at)
        if isinstance(why, Refused):
            book.park_tenant(to.tenant, why.code)

    # -- settling -----------------------------------------------------------------------------------------

    async def _settle_chat(self, to: Account, rows: list[Delivery]) -> bool:
        """Delete every copy but the recorded one; False if that could not be seen to the end."""
        chat = self.desk.chat(to.tenant)
        at = self.clock.monotonic()
        if chat is None or not await self.store.write(lambda tx: self._pay(tx, to, rows, at)):
            return False
        hit(Failpoint.BEFORE_SETTLE)
        seen = await self.caller.within(chat.find(to, [row.id for row in rows]))
        if not isinstance(seen, Mapping):
            return isinstance(seen, Refused) and await self._forget(rows)
        for row in rows:
            for ref in seen.get(row.id, ()):
                if ref != row.ref and not await self.withdraw(chat, row, ref):
                    return False
        hit(Failpoint.AFTER_SETTLE)
        return await self._forget(rows)

    async def withdraw(self, chat: Chat, row: Delivery, ref: str) -> bool:
        """Delete one copy; True when it is gone."""
        outcome = await self.caller.within(chat.withdraw(row.to, ref))
        self.metrics.fault(row.lane, "repaired")
        return not isinstance(outcome, Wait | Unclear)

    async def _forget(self, rows: Iterable[Delivery]) -> bool:
        def work(tx: Tx) -> None:
            for row in rows:
                tx.outbox.settled(row)

        await self.store.write(work)
        return True

    def _book(self, tx: Tx, chat: Chat) -> Book:
        return Book(tx, chat, self.timing, self.clock.now(), self.clock.monotonic())


def _by_chat(rows: Iterable[Delivery]) -> dict[Account, list[Delivery]]:
    found: dict[Account, list[Delivery]] = {}
    for row in rows:
        found.setdefault(row.to, []).append(row)
    return found
