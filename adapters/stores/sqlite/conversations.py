"""Where to send to, and what came in and waits to be handled, in SQLite."""

from __future__ import annotations

import sqlite3

from adapters.stores.sqlite import queries as q
from adapters.stores.sqlite import rows
from adapters.stores.sqlite.shared import SqliteOnce
from bot.inbound import Account
from bot.records import Conversation, Parcel


class SqliteConversations:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    def get(self, tenant: str, id: str) -> Conversation | None:
        row = self._execute(q.CONVERSATION_GET, (tenant, id)).fetchone()
        return None if row is None else rows.conversation(row)

    def put(self, conversation: Conversation) -> None:
        self._execute(q.CONVERSATION_PUT, rows.conversation_row(conversation))

    def remove(self, tenant: str, id: str) -> None:
        self._execute(q.CONVERSATION_REMOVE, (tenant, id))

    def remove_user(self, account: Account) -> None:
        self._execute(q.CONVERSATIONS_WITH, (account.tenant, account.user))


class SqliteInbox:
    def __init__(self, connection: sqlite3.Connection, once: SqliteOnce) -> None:
        self._execute = connection.execute
        self._once = once

    def add(self, parcel: Parcel) -> bool:
        if not self._once.first(parcel.key, parcel.at):
            return False
        return self._execute(q.PARCEL_ADD, rows.parcel_row(parcel)).rowcount == 1

    def waiting(self, limit: int = 500) -> list[Parcel]:
        return [rows.parcel(row) for row in self._execute(q.PARCELS_WAITING, (limit,))]

    def remove(self, key: str) -> None:
        self._execute(q.PARCEL_REMOVE, (key,))

    def remove_line(self, tenant: str, line: str) -> None:
        self._execute(q.PARCELS_OF, (tenant, line))

    def reseal(self, key: str, sealed: bytes) -> None:
        self._execute(q.PARCEL_RESEAL, (sealed, key))
