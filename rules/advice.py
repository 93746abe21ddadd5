"""What is worth pointing out when a norm is saved. Advice never refuses anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from rules.instants import epoch
from rules.values import Kind, Person, Team, Window
from rules.windows import spans

_YEAR = timedelta(days=371)  # 53 weeks: every clock change of both zones and every repeat up to a year
_REFERENCE = date(2026, 1, 5)


def covers_core(window: Window, person: Person, team: Team, *, since: date = _REFERENCE) -> bool:
    """Tell whether a personal window overlaps its team's core hours in the year from `since` on."""
    if team.core is None or window.kind is Kind.ON_CALL or (window.passes and window.passes.everyone):
        return False
    start = epoch(datetime(since.year, since.month, since.day, tzinfo=UTC))
    end = start + int(_YEAR.total_seconds())
    mine = list(zip(*spans(window.when, person.zone, start, end), strict=True))
    core = list(zip(*spans(team.core, team.zone, start, end), strict=True))
    place = 0
    for begin, finish in mine:
        while place < len(core) and core[place][1] <= begin:
            place += 1
        if place < len(core) and core[place][0] < finish:
            return True
    return False


def repeated_names(windows: Sequence[Window]) -> tuple[str, ...]:
    """Return the names that more than one window bears, ignoring case, in order."""
    counted = Counter(window.name.casefold() for window in windows)
    return tuple(sorted({window.name for window in windows if counted[window.name.casefold()] > 1}))


def advice(window: Window, person: Person, teams: Sequence[Team]) -> tuple[str, ...]:
    """Return what a person may want to know about a window they are saving, as sentences."""
    said = [
        f'"{window.name}" covers core hours of {team.name or team.id}, when the team agreed to be reachable.'
        for team in teams
        if covers_core(window, person, team)
    ]
    others = [each for each in person.windows if each is not window]
    if any(each.name.casefold() == window.name.casefold() for each in others):
        said.append(f'Another window is called "{window.name}" too: a different name tells them apart.')
    return tuple(said)
