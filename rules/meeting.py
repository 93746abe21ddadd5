"""When several people are all available: `/boundary when @maya @sam`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rules.availability import frame_of
from rules.instants import DAY, epoch, interval
from rules.values import Interval, Mode, Person, Team
from rules.windows import spans

_QUARTER = 15 * 60
_Spans = list[tuple[int, int]]


def common_times(
    people_with_teams: Sequence[tuple[Person, Sequence[Team]]],
    now: datetime,
    count: int = 3,
    minutes: int = 30,
    horizon_days: int = 14,
) -> tuple[Interval, ...]:
    """Return up to `count` times of `minutes`, ascending, at which all are available, each in another
    stretch.

    They begin on a quarter of an hour, after `now`. Times inside the core hours of a team that all share
    come first, then those inside anybody's team's core hours, then the earliest.
    """
    if not people_with_teams:
        return ()
    first = -(-epoch(now) // _QUARTER) * _QUARTER
    last = first + horizon_days * DAY
    free: _Spans = [(first, last)]
    for person, teams in people_with_teams:
        free = _both(free, _available(person, teams, first, last))
    wanted: _Spans = []
    for core in (*_cores(people_with_teams, first, last), [(first, last)]):
        for slot in _slots(_both(free, core), minutes * 60):
            if len(wanted) < count and not any(_overlap(slot, each, free) for each in wanted):
                wanted.append(slot)
    return tuple(interval(*slot) for slot in sorted(wanted))


def _available(person: Person, teams: Sequence[Team], start: int, end: int) -> _Spans:
    frame = frame_of(person, teams)
    modes = [cause.mode for cause in frame.norms.causes]
    return [
        (begin, finish) for begin, finish, cause in frame.walk(start, end) if modes[cause] is Mode.AVAILABLE
    ]


def _cores(people: Sequence[tuple[Person, Sequence[Team]]], start: int, end: int) -> tuple[_Spans, _Spans]:
    """Return the core hours of the teams that all share, and of any team."""
    teams = {team.id: team for _, own in people for team in own if team.core is not None}
    shared = [team for team in teams.values() if all(person.id in team.members for person, _ in people)]
    return _core_hours(shared, start, end), _core_hours(list(teams.values()), start, end)


def _core_hours(teams: Sequence[Team], start: int, end: int) -> _Spans:
    found = (
        zip(*spans(team.core, team.zone, start, end), strict=True) for team in teams if team.core is not None
    )
    return sorted(each for team in found for each in team)


def _both(one: _Spans, other: _Spans) -> _Spans:
    """Return where an interval of `one` and one of `other` overlap."""
    found = ((max(a, c), min(b, d)) for a, b in one for c, d in other if a < d and c < b)
    return sorted(set(found))


def _slots(free: _Spans, length: int) -> _Spans:
    """Return the first slot of each stretch that is long enough."""
    starts = ((-(-start // _QUARTER) * _QUARTER, end) for start, end in free)
    return [(start, start + length) for start, end in starts if start + length <= end]


def _overlap(one: tuple[int, int], other: tuple[int, int], free: _Spans) -> bool:
    """Tell whether two slots lie in the same free stretch."""
    return any(start <= one[0] < end and start <= other[0] < end for start, end in free)
