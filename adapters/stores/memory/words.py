"""What people acknowledged, wrote and said for themselves in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeVar

from adapters.stores.memory.tables import Table
from bot.codec import to_micros
from bot.records import Acknowledgement, JournalEntry, SaidEntry, Vote

K = TypeVar("K", bound=tuple[Any, ...])
V = TypeVar("V", bound=Acknowledgement | JournalEntry | SaidEntry | Vote)


class Owned(Table[K, V]):
    """A table whose keys hold the id of the person whose row it is, at `person_at`."""

    person_at: int

    def drop(self, person: str) -> None:
        """Remove a person's rows."""
        for key in [key for key in self.rows if key[self.person_at] == person]:
            self.set(key, None)

    def move(self, person: str, to: str) -> None:
        """A person's rows become another id's, unless that has one in the same place."""
        at = self.person_at
        for key, row in [item for item in self.rows.items() if item[0][at] == person]:
            moved: Any = (*key[:at], to, *key[at + 1 :])
            if moved not in self.rows:
                self.set(moved, replace(row, person=to))
        self.drop(person)


class MemoryAcknowledgements(Owned[tuple[str, int, str], Acknowledgement]):
    person_at = 2

    def put(self, acknowledgement: Acknowledgement) -> None:
        to_micros(acknowledgement.at)
        self.set((acknowledgement.team, acknowledgement.number, acknowledgement.person), acknowledgement)

    def of(self, team: str, number: int) -> list[Acknowledgement]:
        return [row for key, row in sorted(self.rows.items(), key=_key) if key[:2] == (team, number)]

    def by(self, person: str) -> list[Acknowledgement]:
        return [row for key, row in sorted(self.rows.items(), key=_key) if key[2] == person]


class MemoryDiary(Owned[tuple[str, date, str], JournalEntry]):
    person_at = 0

    def put(self, entry: JournalEntry) -> None:
        to_micros(entry.at)
        self.set((entry.person, entry.day, entry.kind), entry)

    def of(self, person: str, since: date) -> list[JournalEntry]:
        return [row for key, row in sorted(self.rows.items(), key=_key)
                if key[0] == person and key[1] >= since]  # fmt: skip

    def remove(self, person: str, day: date, kind: str) -> None:
        self.set((person, day, kind), None)

    def all(self, after: tuple[str, date, str] | None = None, limit: int = 500) -> list[JournalEntry]:
        ordered = sorted(self.rows.items(), key=_key)
        return [row for key, row in ordered if after is None or key > after][:limit]

    def purge(self, before: date) -> int:
        old = [key for key in self.rows if key[1] < before and not key[2].startswith("words:")]
        for key in old:
            self.set(key, None)
        return len(old)


class MemorySaidLog(Owned[tuple[str, datetime], SaidEntry]):
    person_at = 0

    def put(self, entry: SaidEntry) -> None:
        to_micros(entry.said.until)
        self.set((entry.person, entry.said.at), entry)

    def of(self, person: str, since: datetime) -> list[SaidEntry]:
        return [row for key, row in sorted(self.rows.items(), key=_key)
                if key[0] == person and row.said.until >= since]  # fmt: skip

    def purge(self, before: datetime) -> int:
        old = [key for key, row in self.rows.items() if row.said.until < before]
        for key in old:
            self.set(key, None)
        return len(old)


def _key(item: tuple[Any, object]) -> Any:
    return item[0]
