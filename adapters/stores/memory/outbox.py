"""The outbox in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from adapters.stores.memory.tables import Journal, SortedKeys, Table
from bot.codec import from_micros, to_micros
from bot.inbound import Account
from bot.ports import StoreError
from bot.records import Delivery, DeliveryState, Lane, Tenant
from rules.effects import Effect

IN_FLIGHT = (DeliveryState.SENDING, DeliveryState.PROBING)
UNFINISHED = (DeliveryState.DUE, *IN_FLIGHT)


class MemoryOutbox(Table[str, Delivery]):
    """Rows by key. `_due` holds (0 urgent | 1 routine, due µs, id, key) of DUE rows per tenant."""

    def __init__(self, journal: Journal, tenants: Table[str, Tenant]) -> None:
        super().__init__(journal, self._reindex)
        self._tenants = tenants
        self._key_of: dict[str, str] = {}
        self._due: defaultdict[str, SortedKeys[tuple[int, int, str, str]]] = defaultdict(SortedKeys)
        self._in_flight: set[str] = set()
        self._unsettled: set[str] = set()

    def add(self, delivery: Delivery) -> bool:
        if delivery.key in self.rows:
            return False
        if delivery.id in self._key_of:
            raise StoreError("A delivery needs an id of its own; this one is taken by another key.")
        self.set(delivery.key, delivery)
        return True

    def get(self, key: str) -> Delivery | None:
        return self.rows.get(key)

    def claim(self, ids: Sequence[str], owner: str, at: float) -> list[Delivery]:
        claimed = []
        for row in filter(None, map(self._by_id, ids)):
            if row.state == DeliveryState.DUE:
                row = replace(  # noqa: PLW2901 -- the row as it is now
                    row, state=DeliveryState.SENDING, owner=owner, attempt=row.attempt + 1, claimed_at=at
                )
                self.set(row.key, row)
                claimed.append(row)
        return claimed

    def ready(
        self, now: datetime, tenant: str, limit: int, lanes: Sequence[Lane] = tuple(Lane)
    ) -> list[Delivery]:
        end = to_micros(now)
        found: list[Delivery] = []
        for rank in (0, 1):
            for place in self._range(tenant, rank, end):
                if len(found) == limit:
                    return found
                row = self.rows[place[3]]
                if row.lane in lanes and not self._blocked(row):
                    found.append(row)
        return found

    def tenants_due(self, now: datetime) -> list[str]:
        end = to_micros(now)
        oldest = ((self._earliest(tenant, 0), tenant) for tenant in self._open_tenants())
        due = sorted((at, tenant) for at, tenant in oldest if at is not None and at <= end)
        return [tenant for _, tenant in due]

    def next_due(self, now: datetime) -> datetime | None:
        after = to_micros(now) + 1
        found = [at for tenant in self._open_tenants() if (at := self._earliest(tenant, after)) is not None]
        return from_micros(min(found)) if found else None

    def finish(
        self,
        delivery: Delivery,
        state: DeliveryState,
        *,
        ref: str = "",
        because: str = "",
        due_at: datetime | None = None,
        settle_at: float | None = None,
        refused: bool = False,
    ) -> bool:
        row = self._fenced(delivery)
        if row is None:
            return False
        self.set(
            row.key,
            replace(
                row,
                state=state,
                ref=ref or row.ref,
                because=because,
                due_at=due_at or row.due_at,
                claimed_at=None,
                settle_at=settle_at,
                refused=row.refused + refused,
            ),
        )
        return True

    def rewrite(self, delivery: Delivery, effect: Effect) -> bool:
        row = self._fenced(delivery)
        if row is None:
            return False
        self.set(row.key, replace(row, effect=effect))
        return True

    def quarantined(self, before: float, limit: int = 100) -> list[Delivery]:
        rows = (self.rows[key] for key in self._in_flight)
        old = sorted((row.claimed_at, row.key) for row in rows if row.claimed_at is not None)
        return [self.rows[key] for at, key in old if at < before][:limit]

    def to_settle(self, before: float, limit: int = 100) -> list[Delivery]:
        rows = (self.rows[key] for key in self._unsettled)
        old = sorted((row.settle_at, row.key) for row in rows if row.settle_at is not None)
        return [self.rows[key] for at, key in old if at <= before][:limit]

    def reclaim(self, delivery: Delivery, owner: str, at: float) -> Delivery | None:
        row = self._fenced(delivery)
        if row is None or row.claimed_at != delivery.claimed_at:
            return None
        row = replace(row, state=DeliveryState.PROBING, owner=owner, claimed_at=at)
        self.set(row.key, row)
        return row

    def settled(self, delivery: Delivery) -> None:
        row = self._by_id(delivery.id)
        if row is not None and row.settle_at is not None:
            self.set(row.key, replace(row, settle_at=None))

    def restamp(self, at: float) -> None:
        for key in list(self._in_flight):
            self.set(key, replace(self.rows[key], claimed_at=at))
        for key in list(self._unsettled):
            self.set(key, replace(self.rows[key], settle_at=at))

    def cancel(self, keys: Sequence[str]) -> int:
        rows = [row for key in set(keys) if (row := self.rows.get(key)) and row.state == DeliveryState.DUE]
        for row in rows:
            self.set(row.key, replace(row, state=DeliveryState.CANCELLED))
        return len(rows)

    def armed(self, tenant: str, lane: str, start: datetime, end: datetime) -> int:
        first, last = to_micros(start), to_micros(end)
        places = (place for rank in (0, 1) for place in self._range(tenant, rank, last, first))
        return sum(self.rows[place[3]].lane == Lane(lane) for place in places)

    def counts(self) -> Mapping[DeliveryState, int]:
        found: dict[DeliveryState, int] = {}
        for row in self.rows.values():
            found[row.state] = found.get(row.state, 0) + 1
        return found

    def remove_person(self, accounts: Sequence[Account]) -> None:
        for row in [row for row in self.rows.values() if row.to in accounts]:
            self.set(row.key, None)

    def purge(self, before: datetime) -> int:
        old = [
            row.key
            for row in self.rows.values()
            if row.state not in UNFINISHED and row.settle_at is None and row.due_at < before
        ]
        for key in old:
            self.set(key, None)
        return len(old)

    def _reindex(self, key: str, old: Delivery | None, new: Delivery | None) -> None:
        if old:
            self._unindex(old)
        if new:
            self._index(new)

    def _index(self, row: Delivery) -> None:
        self._key_of[row.id] = row.key
        if row.state == DeliveryState.DUE:
            self._due[row.to.tenant].add(_place(row))
        if row.state in IN_FLIGHT:
            self._in_flight.add(row.key)
        if _unsettled(row):
            self._unsettled.add(row.key)

    def _unindex(self, row: Delivery) -> None:
        del self._key_of[row.id]
        if row.state == DeliveryState.DUE:
            self._due[row.to.tenant].discard(_place(row))
        self._in_flight.discard(row.key)
        self._unsettled.discard(row.key)

    def _by_id(self, delivery: str) -> Delivery | None:
        key = self._key_of.get(delivery)
        return None if key is None else self.rows[key]

    def _fenced(self, delivery: Delivery) -> Delivery | None:
        row = self._by_id(delivery.id)
        if row is None or row.state not in IN_FLIGHT:
            return None
        same = (row.state, row.owner, row.attempt) == (delivery.state, delivery.owner, delivery.attempt)
        return row if same else None

    def _blocked(self, row: Delivery) -> bool:
        first = self.rows.get(row.after) if row.after else None
        return first is not None and first.state in UNFINISHED

    def _range(self, tenant: str, rank: int, end: int, start: int = 0) -> Iterator[tuple[int, int, str, str]]:
        for place in self._due[tenant].since((rank, start)):
            if place[0] != rank or place[1] > end:
                return
            yield place

    def _earliest(self, tenant: str, start: int) -> int | None:
        found = []
        for rank in (0, 1):
            place = next(self._due[tenant].since((rank, start)), None)
            if place is not None and place[0] == rank:
                found.append(place[1])
        return min(found, default=None)

    def _open_tenants(self) -> list[str]:
        known = self._tenants.rows
        return [tenant for tenant in self._due if tenant not in known or not known[tenant].parked]


def _place(row: Delivery) -> tuple[int, int, str, str]:
    return (0 if row.urgent else 1, to_micros(row.due_at), row.id, row.key)


def _unsettled(row: Delivery) -> bool:
    return row.state == DeliveryState.DONE and row.settle_at is not None
