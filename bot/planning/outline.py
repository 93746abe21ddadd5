"""A person's coming days as a plan needs them: stretches of one status, spans to snooze, rituals. Painted
once, kept packed.

A *stretch* is an unbroken run of segments that show one status; a *run* is an unbroken run of segments in
which the person is not available, so it is what "back at" means.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby

from rules import (
    Interval,
    Mode,
    Person,
    RitualTime,
    Segment,
    Team,
    availability_at,
    holds_routine,
    rituals,
    timeline,
)

AHEAD = timedelta(days=8)
"""How far an outline looks: a week, and a day in which to notice that it ends."""
RENEW = timedelta(days=1)
"""An outline with less than this before it is painted anew."""
KEPT = 20_000
"""How many people's outlines are kept, at about 2 KB each."""
_LONGEST = timedelta(days=400)

_GROUPS = {
    Mode.AVAILABLE: 0,
    Mode.FOCUS: 1,
    Mode.BREAK: 2,
    Mode.QUIET: 3,
    Mode.OFF: 3,
    Mode.RECHARGE: 3,
    Mode.LEAVE: 4,
}
"""Modes that show one status: a dinner inside the evening off changes nothing for others."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """`[start, end)` shows one status; `back` is when the run ends (its own end when available)."""

    start: datetime
    end: datetime
    back: datetime
    available: bool


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """Valid for `[start, end)`. Stretches and snooze spans are packed epoch seconds, ascending."""

    person: Person
    teams: tuple[Team, ...]
    start: datetime
    end: datetime
    stretches: array[int]
    backs: array[int]
    free: bytes
    spans: array[int]
    rituals: tuple[RitualTime, ...]

    def stretch(self, at: datetime) -> Stretch:
        """The stretch that holds `at`."""
        return self._stretch(max(0, bisect_right(self.stretches, int(at.timestamp())) - 1))

    def next_away(self, after: datetime, until: datetime) -> Stretch | None:
        """The first stretch that starts in `(after, until]` and in which the person is not available."""
        last = int(until.timestamp())
        for index in range(bisect_right(self.stretches, int(after.timestamp())), len(self.free)):
            if self.stretches[index] > last:
                return None
            if not self.free[index]:
                return self._stretch(index)
        return None

    def next_edge(self, after: datetime) -> datetime | None:
        """The first instant after `after` at which a stretch away or a span to snooze begins."""
        second = int(after.timestamp())
        found = []
        for index in range(bisect_right(self.stretches, second), len(self.free)):
            if not self.free[index]:
                found.append(self.stretches[index])
                break
        place = bisect_right(self.spans, second)
        place += place % 2  # inside a span: the next one
        if place < len(self.spans):
            found.append(self.spans[place])
        return _instant(min(found)) if found else None

    def span(self, at: datetime) -> Interval | None:
        """The unbroken run of segments that hold routine pings at `at`, else the next one to begin."""
        index = bisect_right(self.spans, int(at.timestamp()))
        start = index - index % 2
        if start >= len(self.spans):
            return None
        return Interval(_instant(self.spans[start]), _instant(self.spans[start + 1]))

    def _stretch(self, index: int) -> Stretch:
        end = self.stretches[index + 1]
        return Stretch(
            _instant(self.stretches[index]),
            _instant(end),
            _instant(self.backs[index]),
            bool(self.free[index]),
        )


class Outlines:
    """The outlines used last, by person; one is painted anew when norms or teams changed or it runs out."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._by_person: OrderedDict[str, Outline] = OrderedDict()

    def clear(self) -> None:
        """Forget all."""
        self._by_person.clear()

    def of(self, person: Person, teams: tuple[Team, ...], now: datetime) -> Outline:
        """The outline of `person` that holds `now`."""
        found = self._by_person.get(person.id)
        if found is None or not _serves(found, person, teams, now):
            found = paint(person, teams, now)
            self._by_person[person.id] = found
            if len(self._by_person) > self._kept:
                self._by_person.popitem(last=False)
        else:
            self._by_person.move_to_end(person.id)
        return found


def _serves(outline: Outline, person: Person, teams: tuple[Team, ...], now: datetime) -> bool:
    if not outline.start <= now < outline.end - RENEW:
        return False
    same = outline.person is person or outline.person == person
    return same and outline.teams == teams


def paint(person: Person, teams: tuple[Team, ...], now: datetime) -> Outline:
    """Outline the days from the start of the stretch that holds `now`."""
    start, end = _stretch_start(person, teams, now), now + AHEAD
    segments = timeline(person, teams, start, end)
    groups = [(group, list(found)) for group, found in groupby(segments, lambda each: _GROUPS[each.mode])]
    edges = [found[0].start for _, found in groups]
    last = segments[-1]
    backs = _backs(groups, end if last.mode is Mode.AVAILABLE else back_at(person, teams, last))
    return Outline(
        person,
        teams,
        start,
        end,
        array("q", [int(edge.timestamp()) for edge in [*edges, end]]),
        array("q", [int(back.timestamp()) for back in backs]),
        bytes(group == 0 for group, _ in groups),
        _spans(segments),
        rituals(person, teams, now - RENEW, end),
    )


def back_at(person: Person, teams: Sequence[Team], segment: Segment) -> datetime:
    """When the run of not-available segments that holds `segment` ends; cut after 400 days."""
    end = segment.end
    while end - segment.start < _LONGEST:
        following = availability_at(person, teams, end)
        if following.mode is Mode.AVAILABLE:
            break
        end = following.end
    return end


def stretch_end(person: Person, teams: Sequence[Team], segment: Segment) -> datetime:
    """When the stretch that holds `segment` ends; cut after 400 days."""
    end = segment.end
    while end - segment.start < _LONGEST:
        following = availability_at(person, teams, end)
        if _GROUPS[following.mode] != _GROUPS[segment.mode]:
            break
        end = following.end
    return end


def _stretch_start(person: Person, teams: Sequence[Team], now: datetime) -> datetime:
    segment = availability_at(person, teams, now)
    start = segment.start
    while now - start < AHEAD:
        before = availability_at(person, teams, start - timedelta(seconds=1))
        if _GROUPS[before.mode] != _GROUPS[segment.mode]:
            break
        start = before.start
    return start


def _backs(groups: Sequence[tuple[int, list[Segment]]], last: datetime) -> list[datetime]:
    backs: list[datetime] = []
    back = last
    for group, found in reversed(groups):
        backs.append(found[-1].end if group == 0 else back)
        if group == 0:
            back = found[0].start
    return backs[::-1]


def _spans(segments: Sequence[Segment]) -> array[int]:
    packed = array("q")
    for held, found in groupby(segments, holds_routine):
        if held:
            run = list(found)
            packed.extend((int(run[0].start.timestamp()), int(run[-1].end.timestamp())))
    return packed


def _instant(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
