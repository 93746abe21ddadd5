"""Occurrences: a weekly pattern in a zone as merged UTC intervals.

Inside, everything is epoch seconds in ints, and a day without a clock change costs one subtraction per
boundary. Intervals that come out empty vanish; touching or overlapping ones of a pattern are one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from rules.instants import DAY, epoch, interval
from rules.values import Interval, When
from rules.when import last_minute
from rules.zones import end_second, local_day, plain_offset, start_second

Spans = tuple[list[int], list[int]]
"""Starts and ends in epoch seconds, ascending and disjoint."""

_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_FIRST_DAY, _LAST_DAY = date(2, 1, 1).toordinal(), date(9998, 12, 1).toordinal()
_WEEK = 7
_ROOM = 2  # days around an interval: one on either side, for clock changes
_ENDLESS_DAYS = (
    9  # how far an unbroken run of days is followed before it counts as endless: a week and both edges
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A When made ready: per weekday its ranges in seconds after local midnight (an end may exceed a day).

    `reach` is how many days around a question must be looked at so that no interval is cut.
    """

    days: tuple[tuple[tuple[int, int], ...], ...]
    every: int
    anchor_week: int
    reach: int


@lru_cache(maxsize=4096)
def pattern(when: When) -> Pattern:
    """Make a When ready; kept, because people share patterns and ask about them again and again."""
    days: list[list[tuple[int, int]]] = [[] for _ in range(_WEEK)]
    for clause in when.clauses:
        for day in clause.days:
            days[day] += [(span.start * 60, last_minute(span) * 60) for span in clause.times]
    anchor_week = _week(when.anchor.toordinal()) if when.anchor else 0
    ready = tuple(tuple(sorted(ranges)) for ranges in days)
    return Pattern(ready, when.every, anchor_week, _reach(ready))


def _week(ordinal: int) -> int:
    """Return the number of the local week, Monday first."""
    return (ordinal - 1) // _WEEK


def _reach(days: tuple[tuple[tuple[int, int], ...], ...]) -> int:
    """Return the longest unbroken run of the pattern in days, with a day's room on both sides for clock
    changes.
    """
    longest = end = start = 0
    for number in range(3 * _WEEK):
        for begin, finish in days[number % _WEEK]:
            if number * DAY + begin > end:
                start = number * DAY + begin
            end = max(end, number * DAY + finish)
            longest = max(longest, end - start)
    return min(-(-longest // DAY) + _ROOM, _ENDLESS_DAYS)


def longest_days(when: When) -> int:
    """Return how many local days after the one it begins on an interval of the pattern ends at the latest;
    one without any break counts as a week."""
    return pattern(when).reach - _ROOM


def occurrences(when: When, zone: str, start: datetime, end: datetime) -> tuple[Interval, ...]:
    """Return the intervals of the pattern that intersect `[start, end)`, ascending, disjoint and never
    touching.

    They are whole, not clipped, with one exception: a pattern without any break ("daily 00:00-24:00") is
    cut nine days before `start` and after `end`.
    """
    starts, ends = spans(when, zone, epoch(start), epoch(end))
    return tuple(interval(*each) for each in zip(starts, ends, strict=True))


def spans(when: When, zone: str, start: int, end: int) -> Spans:
    """As occurrences, in epoch seconds."""
    ready = pattern(when)
    starts, ends = _merged(
        ready, zone, local_day(start, zone) - ready.reach, local_day(end, zone) + ready.reach
    )
    low, high = 0, len(starts)
    while low < high and ends[low] <= start:
        low += 1
    while high > low and starts[high - 1] >= end:
        high -= 1
    return starts[low:high], ends[low:high]


kept_spans = lru_cache(maxsize=8192)(spans)
"""As spans, for stretches that many people ask about, such as whole weeks: their patterns are often the same.
What it returns is shared: read it only."""


def gaps(inside: Spans, start: int, end: int) -> Spans:
    """Return what of `[start, end)` lies outside intervals that intersect it."""
    starts, ends = inside
    found = [each for each in zip([start, *ends], [*starts, end], strict=True) if each[0] < each[1]]
    return [begin for begin, _ in found], [finish for _, finish in found]


def open_until(intervals: Spans, second: int) -> int | None:
    """Return the end of the interval that holds an epoch second, or None."""
    index = bisect_right(intervals[0], second) - 1
    return intervals[1][index] if index >= 0 and intervals[1][index] > second else None


def merged(intervals: Iterable[tuple[int, int]]) -> Spans:
    """Return intervals in any order as spans; those that are empty vanish."""
    starts: list[int] = []
    ends: list[int] = []
    for start, end in sorted(each for each in intervals if each[0] < each[1]):
        if ends and start <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        else:
            starts.append(start)
            ends.append(end)
    return starts, ends


def without(kept: Spans, taken: Spans, start: int, end: int) -> Spans:
    """Return what intersects `[start, end)` of `kept` minus `taken`."""
    starts: list[int] = []
    ends: list[int] = []
    for begin, finish in zip(*kept, strict=True):
        low, high = bisect_right(taken[1], begin), bisect_left(taken[0], finish)
        holes = taken[0][low:high], taken[1][low:high]
        for first, last in zip([begin, *holes[1]], [*holes[0], finish], strict=True):
            if first < last and first < end and last > start:
                starts.append(first)
                ends.append(last)
    return starts, ends


def _merged(ready: Pattern, zone: str, first: int, last: int) -> Spans:
    """Return the merged intervals of the local days `first` to `last` (ordinals, inclusive)."""
    starts: list[int] = []
    ends: list[int] = []
    reached = 0
    for ordinal in range(first, last + 1):
        ranges = ready.days[(ordinal - 1) % _WEEK]
        if not ranges or not _holds(ready, ordinal):
            continue
        offset = plain_offset(zone, ordinal)
        midnight = (ordinal - _EPOCH_ORDINAL) * DAY - (offset or 0)
        for begin, finish in ranges:
            if offset is not None and (finish <= DAY or plain_offset(zone, ordinal + 1) == offset):
                start, end = midnight + begin, midnight + finish
            else:
                start, end = start_second(zone, ordinal, begin), end_second(zone, ordinal, finish)
                if start >= end:
                    continue
            if starts and start <= reached:
                reached = ends[-1] = max(reached, end)
            else:
                starts.append(start)
                ends.append(end)
                reached = end
    return starts, ends


def _holds(ready: Pattern, ordinal: int) -> bool:
    weeks = _week(ordinal) - ready.anchor_week
    return weeks >= 0 and weeks % ready.every == 0


def day_span(first: int, last: int, zone: str) -> tuple[int, int]:
    """Return the epoch seconds at which the local days `first` to `last` (ordinals, inclusive) start and
    end.

    Days at the ends of the calendar ("away until 9999-12-31") count as the nearest that has a day around it.
    """
    first, last = (min(max(day, _FIRST_DAY), _LAST_DAY) for day in (first, last))
    return start_second(zone, first, 0), end_second(zone, last, DAY)


def day_interval(first: date, last: date, zone: str) -> Interval:
    """Return the local dates `first` to `last`, both inclusive, as one interval (leave, public holidays)."""
    return interval(*day_span(first.toordinal(), last.toordinal(), zone))
