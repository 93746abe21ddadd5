"""When several people are all available: `/boundary when @maya @sam`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rules.availability import frame_of
from rules.causes import lifted_spans
from rules.instants import DAY, epoch, interval
from rules.values import Interval, Mode, Person, Team
from rules.windows import Spans, spans, without

_QUARTER = 15 * 60
_Spans = list[tuple[int, int]]
_People = Sequence[tuple[Person, Sequence[Team]]]


def common_times(
    people_with_teams: _People,
    now: datetime,
    count: int = 3,
    minutes: int = 30,
    horizon_days: int = 14,
) -> tuple[Interval, ...]:
    """Return up to `count` times of `minutes`, ascending, at which all are available, each in another
    stretch.

    They begin on a quarter of an hour, after `now`. Times inside the core hours of a team that all share
    come first, then those inside anybody's team's core hours, then the earliest. The meeting-free time of
    `meeting_free_teams` is left out, except where the team lifted it.
    """
    if not people_with_teams:
        return ()
    first = -(-epoch(now) // _QUARTER) * _QUARTER
    last = first + horizon_days * DAY
    free: _Spans = [(first, last)]
    for person, teams in people_with_teams:
        free = _both(free, _available(person, teams, first, last))
    for team in meeting_free_teams(people_with_teams):
        free = _minus(free, _meeting_free(team, first, last))
    wanted: _Spans = []
    for core in (*_cores(people_with_teams, first, last), [(first, last)]):
        for slot in _slots(_both(free, core), minutes * 60):
            if len(wanted) < count and not any(_overlap(slot, each, free) for each in wanted):
                wanted.append(slot)
    return tuple(interval(*slot) for slot in sorted(wanted))


def meeting_free_teams(people_with_teams: _People) -> tuple[Team, ...]:
    """Return the teams, by id, whose meeting-free time these people would break by meeting: those of which
    two or more of them are members who have not left it. One member alone may meet others at any time."""
    teams = {team.id: team for _, own in people_with_teams for team in own if team.no_meetings is not None}
    return tuple(
        team
        for _, team in sorted(teams.items())
        if sum(person.id in team.members and team.id not in person.opt_out for person, _ in people_with_teams)
        >= 2
    )


def _meeting_free(team: Team, start: int, end: int) -> Spans:
    """Return the meeting-free time of a team that has one, without what it lifted."""
    assert team.no_meetings is not None  # noqa: S101 - narrows the type; meeting_free_teams() has looked
    found = spans(team.no_meetings, team.zone, start, end)
    lifted = lifted_spans(team)
    return found if lifted is None else without(found, lifted, start, end)


def _minus(free: _Spans, taken: Spans) -> _Spans:
    """Return `free`, which is ascending and disjoint, without `taken`."""
    kept = [start for start, _ in free], [end for _, end in free]
    return list(zip(*without(kept, taken, free[0][0], free[-1][1]), strict=True)) if free else []


def _available(person: Person, teams: Sequence[Team], start: int, end: int) -> _Spans:
    frame = frame_of(person, teams)
    modes = [cause.mode for cause in frame.norms.causes]
    return [
        (begin, finish) for begin, finish, cause in frame.walk(start, end) if modes[cause] is Mode.AVAILABLE
    ]


def _cores(people: _People, start: int, end: int) -> tuple[_Spans, _Spans]:
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
