"""What a person is in at an instant, and when that changes.

Time is painted in aligned blocks of a week and the blocks of the people asked about last are kept, so
the second question about a person costs a bisection. The answers do not depend on what is kept.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from rules.causes import RANK, Cause, Norms, Within, default_passes, norms_of
from rules.horizon import Horizon, paint
from rules.instants import DAY, FAR, epoch
from rules.values import Mode, Person, Segment, Team, Window
from rules.windows import Spans, kept_spans, open_until, spans

__all__ = [
    "Frame",
    "availability_at",
    "build_horizon",
    "default_passes",
    "frame_of",
    "holds_routine",
    "on_call_open",
    "timeline",
]

_BLOCK = 7 * DAY
_BLOCKS_AROUND = 58  # 406 days: how far a segment is followed beyond its block on either side
_BLOCKS_KEPT = 140
_WEEKS_KEPT = 8  # weeks whose intervals are kept for traces and working time
_PEOPLE_KEPT = 256
_FAR = int(FAR.total_seconds())

OpenNorm = tuple[int, float, int, int]
"""(rank, what decides among equals, tie, cause number) of a norm that is open at an instant."""


class Frame:
    """One person's norms with the blocks painted so far. Internal: use the functions of this module."""

    __slots__ = ("_blocks", "_edges", "_free", "_weeks", "_work", "norms", "person", "teams")

    def __init__(self, person: Person, teams: tuple[Team, ...]) -> None:
        self.person = person
        self.teams = teams
        self.norms: Norms = norms_of(person, teams)
        self._blocks: dict[int, Horizon] = {}
        self._edges: dict[tuple[int, int], int] = {}
        self._weeks: dict[int, Within] = {}
        self._work: dict[int, list[tuple[int, int]]] = {}
        self._free: dict[int, list[tuple[int, int]]] = {}

    def block(self, number: int) -> Horizon:
        """Return the week with this number, counted from 1970."""
        found = self._blocks.get(number)
        if found is None:
            if len(self._blocks) >= _BLOCKS_KEPT:
                self._blocks.clear()
            edges = number * _BLOCK, (number + 1) * _BLOCK
            found = self._blocks[number] = paint(self.norms, *edges, self._week(number))
        return found

    def _week(self, number: int) -> Within:
        """Return the intervals of the week with this number."""
        found = self._weeks.get(number)
        if found is None:
            if len(self._weeks) >= _WEEKS_KEPT:
                self._weeks.clear()
            found = self.norms.within(number * _BLOCK, (number + 1) * _BLOCK, kept_spans)
            self._weeks[number] = found
        return found

    def at(self, second: int) -> tuple[int, int, int]:
        """Return (start, end, cause number) of the maximal segment that holds an epoch second."""
        number = second // _BLOCK
        block = self.block(number)
        index = block.index(second)
        start, end = block.edge(index), block.edge(index + 1)
        if index == 0:
            start = self._edge(number, -1)
        if index == len(block.starts) - 1:
            end = self._edge(number, +1)
        return start, end, block.numbers[index]

    def _edge(self, number: int, step: int) -> int:
        """Return where the first (step -1) or last (+1) segment of a block really starts or ends."""
        key = (number, step)
        if key not in self._edges:
            if len(self._edges) >= _BLOCKS_KEPT:
                self._edges.clear()
            self._edges[key] = self._follow(number, step)
        return self._edges[key]

    def _follow(self, number: int, step: int) -> int:
        cause = self.block(number).numbers[0 if step < 0 else -1]
        for other in range(number + step, number + step * (_BLOCKS_AROUND + 1), step):
            block = self.block(other)
            count = len(block.starts)
            if block.numbers[-1 if step < 0 else 0] != cause:
                return block.edge(count if step < 0 else 0)
            if count > 1:
                return block.edge(count - 1 if step < 0 else 1)
        return (number + step * _BLOCKS_AROUND + (step > 0)) * _BLOCK

    def walk(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Yield (start, end, cause number) of the segments in `[start, end)`, clipped to it."""
        held: tuple[int, int, int] | None = None
        for number in range(start // _BLOCK, -(-end // _BLOCK)):
            block = self.block(number)
            for begin, finish, cause in block.walk(max(start, block.origin), min(end, block.origin + _BLOCK)):
                if held and held[2] == cause:  # one segment across the edge of two blocks
                    held = held[0], finish, cause
                    continue
                if held:
                    yield held
                held = max(begin, start), finish, cause
        if held:
            yield held[0], min(held[1], end), held[2]

    def first(self, second: int, wanted: Callable[[Cause], bool]) -> int | None:
        """Return the first second from `second` on with a wanted cause; None if none comes in 400 days."""
        good = [wanted(cause) for cause in self.norms.causes]
        for number in range(second // _BLOCK, (second + _FAR) // _BLOCK + 1):
            block = self.block(number)
            index = max(block.index(second), 0)
            for place, cause in enumerate(block.numbers[index:], index):
                if good[cause]:
                    found = max(block.edge(place), second)
                    return found if found < second + _FAR else None
        return None

    def last_start(self, second: int, wanted: Callable[[Cause], bool]) -> int:
        """Return where the unbroken run of wanted causes around `second` starts, looking back 400 days."""
        good = [wanted(cause) for cause in self.norms.causes]
        start, _, _ = self.at(second)
        while start > second - _FAR:
            before = self.at(start - 1)
            if not good[before[2]]:
                break
            start = before[0]
        return start

    def working(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the working time in `[start, end)`, clipped to it: hours minus leave and recharge."""
        return _joined(self._work, self._work_of, start, end)

    def available(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return where in `[start, end)` the person is available, clipped to it."""
        return _joined(self._free, self._free_of, start, end)

    def mode(self, second: int) -> Mode:
        """Return the mode at an epoch second."""
        block = self.block(second // _BLOCK)
        return self.norms.causes[block.numbers[block.index(second)]].mode

    def begins(self, mode: Mode, start: int, end: int) -> set[int]:
        """Return when recurring windows of a mode begin in `[start, end)`, whatever else holds then."""
        return {
            second
            for number in range(start // _BLOCK, -(-end // _BLOCK))
            for source, (starts, _) in self._week(number).sources
            if source.when is not None and self.norms.causes[source.cause].mode is mode
            for second in starts
            if max(start, number * _BLOCK) <= second < end
        }

    def _work_of(self, number: int) -> list[tuple[int, int]]:
        return _work(self.norms, self._week(number), number)

    def _free_of(self, number: int) -> list[tuple[int, int]]:
        causes = enumerate(self.norms.causes)
        return self.block(number).where({each for each, cause in causes if cause.mode is Mode.AVAILABLE})

    def open_norms(self, second: int) -> list[OpenNorm]:
        """Return the norms open at an epoch second; the greatest decides the mode."""
        found: list[OpenNorm] = []
        within = self._week(second // _BLOCK)
        if within.hours is not None and open_until(within.hours, second) is None:
            found.append((RANK[Mode.OFF], 0, 0, self.norms.off))
        for source, intervals in within.sources:
            end = open_until(intervals, second)
            if end is not None:
                later = end if source.said_at is None else source.said_at
                found.append((source.rank, later, source.tie, source.cause))
        return found


def _joined(
    kept: dict[int, list[tuple[int, int]]],
    make: Callable[[int], list[tuple[int, int]]],
    start: int,
    end: int,
) -> list[tuple[int, int]]:
    """Return what `make` finds in the blocks around `[start, end)`, clipped to it; those that touch are one.
    What was found in a block is kept."""
    found: list[tuple[int, int]] = []
    for number in range(start // _BLOCK, -(-end // _BLOCK)):
        inside = kept.get(number)
        if inside is None:
            if len(kept) >= _BLOCKS_KEPT:
                kept.clear()
            inside = kept[number] = make(number)
        for begin, finish in inside[bisect_right(inside, start, key=_second) :]:
            if begin >= end:
                break
            joins = found and found[-1][1] == begin  # across the edge of two blocks, or of two causes
            found.append((found.pop()[0] if joins else max(begin, start), min(finish, end)))
    return found


def _second(pair: tuple[int, int]) -> int:
    return pair[1]


def _work(norms: Norms, within: Within, number: int) -> list[tuple[int, int]]:
    start, end = number * _BLOCK, (number + 1) * _BLOCK
    open_ = [(start, end)]
    if within.hours is not None:
        found = zip(*within.hours, strict=True)
        open_ = [(max(begin, start), min(finish, end)) for begin, finish in found]
    for source, taken in within.sources:
        if source.said_at is None and norms.causes[source.cause].mode in (Mode.LEAVE, Mode.RECHARGE):
            open_ = _without(open_, taken)
    return open_


def _without(kept: list[tuple[int, int]], taken: Spans) -> list[tuple[int, int]]:
    """Return `kept` minus `taken`, both ascending and disjoint."""
    for begin, finish in zip(*taken, strict=True):
        kept = [
            piece
            for start, end in kept
            for piece in ((start, min(end, begin)), (max(start, finish), end))
            if piece[0] < piece[1]
        ]
    return kept


_by_identity: dict[int, tuple[Person, Frame]] = {}  # holds the person, so that no other object can get its id
_by_value: dict[Person, Frame] = {}


def frame_of(person: Person, teams: Sequence[Team]) -> Frame:
    """Return the frame of a person, kept from the last time if neither the person nor the teams have changed.

    The same object is found without looking into it; an equal one by its value.
    """
    wanted = tuple(teams)
    seen = _by_identity.get(id(person))
    if seen is not None and seen[1].teams == wanted:
        return seen[1]
    frame = _by_value.get(person)
    if frame is None or frame.teams != wanted:
        frame = Frame(person, wanted)
    if len(_by_identity) >= _PEOPLE_KEPT:  # dropping all is simple, and painting again is cheap
        _by_identity.clear()
        _by_value.clear()
    _by_value[person] = frame
    _by_identity[id(person)] = (person, frame)
    return frame


def build_horizon(person: Person, teams: Sequence[Team], start: datetime, end: datetime) -> Horizon:
    """Paint `[start, end)` for a person; `teams` are those the person is a member of. Nothing is kept."""
    return paint(norms_of(person, teams), epoch(start), epoch(end))


def availability_at(person: Person, teams: Sequence[Team], now: datetime) -> Segment:
    """Return the segment that holds `now`, with its true start and end.

    Both are followed for at least 400 days; a segment longer than that is cut there.
    """
    frame = frame_of(person, teams)
    start, end, cause = frame.at(epoch(now))
    return frame.norms.causes[cause].segment(start, end)


def timeline(person: Person, teams: Sequence[Team], start: datetime, end: datetime) -> tuple[Segment, ...]:
    """Return the segments that tile `[start, end)`, the first and last clipped to it; empty if end <=
    start.
    """
    frame = frame_of(person, teams)
    causes = frame.norms.causes
    return tuple(causes[cause].segment(*edges) for *edges, cause in frame.walk(epoch(start), epoch(end)))


def holds_routine(cause: Cause | Segment) -> bool:
    """Tell whether routine pings wait in this segment, at least those of most people."""
    return not cause.passes.everyone


def on_call_open(person: Person, now: datetime) -> Window | None:
    """Return the on-call window that is open at `now`, the first by name, or None."""
    return open_window(norms_of(person, ()), epoch(now))


def open_window(norms: Norms, second: int) -> Window | None:
    """As on_call_open, for someone whose norms are at hand."""
    for window in norms.on_call:
        if spans(window.when, norms.zone, second, second + 1)[0]:
            return window
    return None
