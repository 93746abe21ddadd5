"""ISO weeks: Monday first, named "2026-W48"; and when a team's summary of one is posted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rules.values import Interval, Team
from rules.zones import to_utc_start

_TEXT = re.compile(r"(?P<year>\d{4})-?w(?P<number>\d{1,2})", re.IGNORECASE)
_FIRST_YEAR, _LAST_YEAR = 1970, 2199
_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """A week of the ISO calendar (ISO 8601): `number` 1..53 of the ISO `year`, which near New Year is not
    always that of the date."""

    year: int
    number: int

    def __str__(self) -> str:  # type: ignore[explicit-override]  # typing.override needs Python 3.12
        return f"{self.year:04d}-W{self.number:02d}"

    @property
    def first(self) -> date:
        """Its Monday. Raises ValueError if the year has no such week."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def days(self) -> tuple[date, ...]:
        """Its seven dates, Monday first."""
        return tuple(self.first + number * _DAY for number in range(7))

    def before(self) -> Week:
        """Return the week before."""
        return week_of(self.first - _WEEK)

    def after(self) -> Week:
        """Return the week after."""
        return week_of(self.first + _WEEK)


def week_of(day: date) -> Week:
    """Return the week that a local date is in."""
    year, number, _ = day.isocalendar()
    return Week(year, number)


def parse_week(text: str) -> Week:
    """Read a week as people and `str(week)` write it: "2026-W48", "2026w48". Raises ValueError with a
    sentence that says what to write instead."""
    found = _TEXT.fullmatch(text.strip())
    if found is None or not found["year"].isascii() or not found["number"].isascii():
        raise ValueError(
            f'"{text.strip()[:40]}" is no week: write its year and number, for example "2026-W48".'
        )
    year, number = int(found["year"]), int(found["number"])
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise ValueError(f"The year of a week goes from {_FIRST_YEAR} to {_LAST_YEAR}, so {year} is none.")
    last = date(year, 12, 28).isocalendar().week  # always in the year's last week
    if not 1 <= number <= last:
        raise ValueError(
            f'{year} has the weeks 1 to {last}, so {number} is none: for example "{year}-W{last}".'
        )
    return Week(year, number)


def bounds(week: Week, zone: str) -> Interval:
    """Return the week in a zone: from its Monday's first instant to the next Monday's, so that weeks tile
    time and nothing counts twice, on clock changes too."""
    return Interval(to_utc_start(week.first, 0, zone), to_utc_start(week.first + _WEEK, 0, zone))


def summary_at(team: Team, week: Week) -> datetime | None:
    """Return when the summary of a week is posted (UTC): the team's moment in the week after it, in the
    team's zone; at the weekend or on a holiday of the team the same time of the next working day.

    None for a team without such a moment.
    """
    if team.summary is None:
        return None
    day = week.after().first + team.summary.day * _DAY
    holidays = {each.on for each in team.holidays}
    while day.weekday() > 4 or day in holidays:
        day += _DAY
    return to_utc_start(day, team.summary.minute, team.zone)
