"""A stretch of a person's time, painted once and kept small: which cause holds from which second on."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rules.causes import Cause, Norms, Within
from rules.instants import epoch, instant
from rules.values import Segment
from rules.windows import gaps

_Entry = tuple[int, float, int, int, int]
"""(rank, what decides among equals, tie, end, cause): the greatest of those open wins."""
_FOREVER = 1 << 62


@dataclass(frozen=True, slots=True, eq=False)
class Horizon:
    """Segments that tile `[start, end)` exactly; the first and the last are cut at its edges.

    Kept as packed seconds after `start` and packed cause numbers, six bytes a segment; looked up by
    bisection.
    """

    start: datetime
    end: datetime
    causes: tuple[Cause, ...]
    origin: int
    length: int
    starts: memoryview
    numbers: memoryview

    def at(self, now: datetime) -> Segment:
        """Return the segment that holds `now`. Raises ValueError outside the horizon."""
        return self.segment(self.index(self._inside(now)))

    def next_change(self, now: datetime) -> datetime:
        """Return the start of the next segment, always after `now`; the horizon's end if nothing changes
        before it.
        """
        return instant(self.edge(self.index(self._inside(now)) + 1))

    def segments(self, start: datetime, end: datetime) -> tuple[Segment, ...]:
        """Return the segments of `[start, end)`, cut to it and to the horizon."""
        low, high = max(epoch(start), self.origin), min(epoch(end), self.origin + self.length)
        return tuple(
            self.causes[number].segment(max(begin, low), min(finish, high))
            for begin, finish, number in self.walk(low, high)
        )

    def size(self) -> int:
        """Return the bytes of the packed segments; causes are shared by all horizons of a person."""
        return self.starts.nbytes + self.numbers.nbytes

    def index(self, second: int) -> int:
        """Return the number of the segment that holds an epoch second of this horizon."""
        return bisect_right(self.starts, second - self.origin) - 1

    def edge(self, index: int) -> int:
        """Return the epoch second at which segment `index` starts; for one past the last, the horizon's
        end.
        """
        return self.origin + (self.starts[index] if index < len(self.starts) else self.length)

    def segment(self, index: int) -> Segment:
        """Return segment `index`."""
        return self.causes[self.numbers[index]].segment(self.edge(index), self.edge(index + 1))

    def walk(self, low: int, high: int) -> Iterator[tuple[int, int, int]]:
        """Yield (start, end, cause number) of the segments that intersect `[low, high)`, whole, in epoch
        seconds.
        """
        if low >= high:
            return
        for index in range(self.index(low), len(self.starts)):
            if (start := self.edge(index)) >= high:
                return
            yield start, self.edge(index + 1), self.numbers[index]

    def where(self, numbers: Collection[int]) -> list[tuple[int, int]]:
        """Return (start, end) in epoch seconds of the segments with one of some causes, by their numbers."""
        origin, edges = self.origin, [*self.starts, self.length]
        return [
            (origin + edges[index], origin + edges[index + 1])
            for index, number in enumerate(self.numbers)
            if number in numbers
        ]

    def _inside(self, now: datetime) -> int:
        second = epoch(now)
        if not 0 <= second - self.origin < self.length:
            raise ValueError(f"{now} is outside this horizon: it runs from {self.start} to {self.end}.")
        return second


def paint(norms: Norms, start: int, end: int, within: Within | None = None) -> Horizon:
    """Lay all norms over each other in `[start, end)` (epoch seconds) and keep who wins when.

    `within` are the norms' intervals there, if they are at hand.
    """
    if start >= end:
        raise ValueError("A horizon needs an end after its start.")
    starts: list[int] = []
    numbers: list[int] = []
    opened = [(-_FOREVER, (-1, 0.0, 0, _FOREVER, norms.base))]
    opened += sorted(_opened(norms, start, end, within or norms.within(start, end)))
    opened.append((end, (-1, 0.0, 0, _FOREVER, norms.base)))
    active: list[_Entry] = []
    cursor = start
    for at, entry in opened:
        until = min(at, end)
        while cursor < until:  # whoever is on top of those open holds until their end or the next opening
            top = active[-1]
            if top[3] <= cursor:
                active.pop()
                continue
            if not numbers or numbers[-1] != top[4]:
                starts.append(cursor - start)
                numbers.append(top[4])
            cursor = min(top[3], until)
        insort(active, entry)
    bounds = instant(start), instant(end)
    return Horizon(*bounds, norms.causes, start, end - start, _packed(starts, "I"), _packed(numbers, "H"))


def _opened(norms: Norms, start: int, end: int, within: Within) -> Iterator[tuple[int, _Entry]]:
    """Yield every interval as the second it opens and its entry."""
    if within.hours is not None:
        for begin, finish in zip(*gaps(within.hours, start, end), strict=True):
            yield begin, (1, finish, 0, finish, norms.off)
    for source, found in within.sources:
        rank, tie, cause, said_at = source.rank, source.tie, source.cause, source.said_at
        for begin, finish in zip(*found, strict=True):
            yield begin, (rank, finish if said_at is None else said_at, tie, finish, cause)


def _packed(values: Sequence[int], code: Literal["H", "I"]) -> memoryview:
    """Return the values as machine integers: "H" of two bytes, "I" of four."""
    view = memoryview(bytearray((2 if code == "H" else 4) * len(values))).cast(code)
    for index, value in enumerate(values):
        view[index] = value
    return view.toreadonly()
