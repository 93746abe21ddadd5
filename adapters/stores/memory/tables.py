"""Dicts whose changes can be undone, and sorted keys for ranges."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Generic, TypeVar

from bot.inbound import Account
from bot.ports import StoreError

K = TypeVar("K")
V = TypeVar("V")


class Journal:
    """Old values of the open transaction, so that it can be undone; `writable` is False in a read."""

    def __init__(self) -> None:
        self.writable = False
        self._undo: list[Callable[[], None]] = []

    def begin(self, *, writable: bool) -> None:
        self.writable = writable
        self._undo.clear()

    def note(self, undo: Callable[[], None]) -> None:
        if not self.writable:
            raise StoreError("This transaction only reads; use Store.write to change anything.")
        self._undo.append(undo)

    def roll_back(self) -> None:
        while self._undo:
            self._undo.pop()()


class Table(Generic[K, V]):
    """A dict whose changes can be undone. `changed(key, old, new)` keeps indexes; it hears of undoing too."""

    def __init__(
        self, journal: Journal, changed: Callable[[K, V | None, V | None], None] | None = None
    ) -> None:
        self.rows: dict[K, V] = {}
        self.journal = journal
        self._changed = changed

    def set(self, key: K, value: V | None) -> None:
        """Put a row, or remove it with None."""
        old = self.rows.get(key)
        self.journal.note(lambda: self._apply(key, old))
        self._apply(key, value)

    def _apply(self, key: K, value: V | None) -> None:
        old = self.rows.pop(key, None) if value is None else self.rows.get(key)
        if value is not None:
            self.rows[key] = value
        if self._changed is not None:
            self._changed(key, old, value)


class SortedKeys(Generic[K]):
    """A sorted list without duplicates, for ranges."""

    def __init__(self) -> None:
        self.items: list[Any] = []

    def add(self, item: K) -> None:
        insort(self.items, item)

    def discard(self, item: K) -> None:
        place = bisect_left(self.items, item)
        if place < len(self.items) and self.items[place] == item:
            del self.items[place]

    def since(self, item: Any) -> Iterator[Any]:
        """Items ≥ `item` in order."""
        return islice(self.items, bisect_left(self.items, item), None)


def account_order(account: Account) -> tuple[str, str]:
    """How accounts are listed: by tenant, then user."""
    return (account.tenant, account.user)
