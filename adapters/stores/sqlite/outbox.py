"""The outbox in SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime

from adapters.stores.sqlite import queries as q
from adapters.stores.sqlite import rows
from bot.codec import encode_effect, to_micros
from bot.inbound import Account
from bot.records import Delivery, DeliveryState, Lane
from rules.effects import Effect


class SqliteOutbox:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    def add(self, delivery: Delivery) -> bool:
        return self._execute(q.DELIVERY_ADD, rows.delivery_row(delivery)).rowcount == 1

    def get(self, key: str) -> Delivery | None:
        row = self._execute(q.DELIVERY_GET, (key,)).fetchone()
        return None if row is None else rows.delivery(row)

    def claim(self, ids: Sequence[str], owner: str, at: float) -> list[Delivery]:
        claimed = (self._execute(q.DELIVERY_CLAIM, (owner, at, id_)).fetchall() for id_ in ids)
        return [rows.delivery(row) for found in claimed for row in found]

    def ready(
        self, now: datetime, tenant: str, limit: int, lanes: Sequence[Lane] = tuple(Lane)
    ) -> list[Delivery]:
        found: list[Delivery] = []
        for urgent in (True, False):
            # Each lane is one range of the index; its first rows are enough to know the first of all lanes.
            heads = [
                row
                for lane in lanes
                for row in self._execute(
                    q.DELIVERIES_READY, (tenant, lane.value, urgent, to_micros(now), limit - len(found))
                )
            ]
            heads.sort(key=lambda row: (row[6], row[0]))
            found += map(rows.delivery, heads[: limit - len(found)])
        return found

    def tenants_due(self, now: datetime) -> list[str]:
        return [row[0] for row in self._execute(q.TENANTS_DUE, (to_micros(now),))]

    def next_due(self, now: datetime) -> datetime | None:
        return rows.instant(self._execute(q.NEXT_DUE, (to_micros(now),)).fetchone()[0])

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
        values = (state.value, ref, because, rows.micros(due_at), settle_at, refused, *_fence(delivery))
        return self._execute(q.DELIVERY_FINISH, values).rowcount == 1

    def rewrite(self, delivery: Delivery, effect: Effect) -> bool:
        return self._execute(q.DELIVERY_REWRITE, (encode_effect(effect), *_fence(delivery))).rowcount == 1

    def quarantined(self, before: float, limit: int = 100) -> list[Delivery]:
        return [rows.delivery(row) for row in self._execute(q.DELIVERIES_QUARANTINED, (before, limit))]

    def to_settle(self, before: float, limit: int = 100) -> list[Delivery]:
        return [rows.delivery(row) for row in self._execute(q.DELIVERIES_TO_SETTLE, (before, limit))]

    def reclaim(self, delivery: Delivery, owner: str, at: float) -> Delivery | None:
        values = (owner, at, *_fence(delivery), delivery.claimed_at)
        found = self._execute(q.DELIVERY_RECLAIM, values).fetchall()
        return rows.delivery(found[0]) if found else None

    def settled(self, delivery: Delivery) -> None:
        self._execute(q.DELIVERY_SETTLED, (delivery.id,))

    def restamp(self, at: float) -> None:
        self._execute(q.RESTAMP_CLAIMS, (at,))
        self._execute(q.RESTAMP_SETTLING, (at,))

    def cancel(self, keys: Sequence[str]) -> int:
        return sum(self._execute(q.DELIVERY_CANCEL, (key,)).rowcount for key in keys)

    def armed(self, tenant: str, lane: str, start: datetime, end: datetime) -> int:
        values = (tenant, Lane(lane).value, to_micros(start), to_micros(end))
        return int(self._execute(q.LANE_ARMED, values).fetchone()[0])

    def counts(self) -> Mapping[DeliveryState, int]:
        return {DeliveryState(state): count for state, count in self._execute(q.OUTBOX_COUNTS)}

    def remove_person(self, accounts: Sequence[Account]) -> None:
        for account in accounts:
            self._execute(q.OUTBOX_TO, (account.tenant, account.user))

    def purge(self, before: datetime) -> int:
        return self._execute(q.OUTBOX_PURGE, (to_micros(before),)).rowcount


def _fence(delivery: Delivery) -> tuple[str, str, str, int]:
    return (delivery.id, delivery.state.value, delivery.owner, delivery.attempt)
