"""A slow second opinion on time: it only ever asks what a wall clock shows, minute by minute.

It shares no code with the rules. A start is the first minute at which the clock shows the time or a later
one; an end is the last minute at which it shows the time, or if it never does the first at which it shows a
later one. That is the design's clock-change policy said without offsets.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from rules import Kind, Mode, Person, Team, TimeRange, When

STEP = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)
EVEN = timedelta(hours=6)  # more than what is left to walk
AROUND = 10  # days looked at on either side of an instant
_RANKS = ["available", "off", "break", "focus", "recharge", "quiet", "leave"]
_REACH = timedelta(hours=16)  # no zone is further from UTC


@lru_cache(maxsize=400_000)
def wall(zone: str, instant: datetime) -> datetime:
    """What the wall clock shows, as a naive datetime."""
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


@lru_cache(maxsize=100_000)
def start_of(zone: str, shown: datetime) -> datetime:
    """The first minute at which the clock shows `shown` or later, coming from the day before."""
    at = _before(zone, shown)
    if _even(zone, at, at + EVEN):
        return at + (shown - wall(zone, at))
    while wall(zone, at) < shown:
        at += STEP
    while wall(zone, at - MINUTE) >= shown:
        at -= MINUTE
    return at


@lru_cache(maxsize=100_000)
def end_of(zone: str, shown: datetime) -> datetime:
    """The last minute at which the clock shows `shown`, coming from the day after; else the first one
    later.
    """
    at = _after(zone, shown)
    if _even(zone, at - EVEN, at):
        return at - (wall(zone, at) - shown)
    while wall(zone, at) > shown:
        at -= STEP
    while wall(zone, at + MINUTE) <= shown:
        at += MINUTE
    return at if wall(zone, at) == shown else at + MINUTE


def _even(zone: str, start: datetime, end: datetime) -> bool:
    """Whether the clock runs evenly from start to end, so that nothing needs a walk."""
    return wall(zone, end) - wall(zone, start) == end - start


def _before(zone: str, shown: datetime) -> datetime:
    """A minute close before, so that the walk is short: hours first, always a margin for clock changes."""
    at = shown.replace(tzinfo=UTC) - _REACH
    while wall(zone, at + timedelta(hours=4)) < shown:
        at += timedelta(hours=1)
    return at


def _after(zone: str, shown: datetime) -> datetime:
    at = shown.replace(tzinfo=UTC) + _REACH
    while wall(zone, at - timedelta(hours=4)) >= shown:
        at -= timedelta(hours=1)
    return at


def shown_at(day: date, minute: int) -> datetime:
    """A wall-clock time; minute 1440 is the next midnight."""
    return datetime.combine(day, time()) + timedelta(minutes=minute)


def holds_on(when: When, day: date) -> bool:
    """Whether the pattern's weeks include the week of `day`."""
    if when.anchor is None:
        return True
    monday = day - timedelta(days=day.weekday())
    first = when.anchor - timedelta(days=when.anchor.weekday())
    weeks = (monday - first).days // 7
    return weeks >= 0 and weeks % when.every == 0


def once(span: TimeRange, day: date, zone: str) -> tuple[datetime, datetime] | None:
    """One range on one day, or None if it comes out empty."""
    last = day if span.end > span.start else day + timedelta(days=1)
    start, end = start_of(zone, shown_at(day, span.start)), end_of(zone, shown_at(last, span.end))
    return (start, end) if start < end else None


def intervals(when: When, zone: str, now: datetime) -> list[tuple[datetime, datetime]]:
    """The pattern's intervals around an instant, merged by brute force."""
    found = []
    today = wall(zone, now.replace(second=0, microsecond=0)).date()
    for number in range(-AROUND, AROUND + 1):
        day = today + timedelta(days=number)
        for clause in when.clauses:
            if day.weekday() in clause.days and holds_on(when, day):
                found += [each for span in clause.times if (each := once(span, day, zone))]
    merged: list[tuple[datetime, datetime]] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


@dataclass(frozen=True)
class Open:
    """A norm open at an instant, and what ranks it."""

    mode: Mode
    until: datetime
    own: bool
    name: str
    everyone: bool


def open_at(person: Person, teams: tuple[Team, ...], now: datetime) -> Iterator[Open]:
    """Everything open at an instant but what was said."""
    for window in person.windows:
        if window.kind is not Kind.ON_CALL:
            everyone = window.passes.everyone if window.passes else False
            yield from _open(
                window.when, person.zone, now, Mode(window.kind.value), window.name, everyone=everyone
            )
    for team in teams:
        if team.shared_focus is not None and team.id not in person.opt_out:
            name = f"shared focus of {team.name or team.id}"
            for focus in _open(team.shared_focus, team.zone, now, Mode.FOCUS, name, own=False):
                if not any(each.start <= now < each.end for each in team.lifted):
                    later = [each.start for each in team.lifted if now < each.start < each.end]
                    yield replace(focus, until=min([focus.until, *later]))
    days = [(leave.first, leave.last, Mode.LEAVE) for leave in person.leave]
    days += [(free.on, free.on, Mode.RECHARGE) for free in person.holidays]
    for first, last, mode in days:
        end = end_of(person.zone, shown_at(last, 1440))
        if start_of(person.zone, shown_at(first, 0)) <= now < end:
            yield Open(mode, end, True, "\uffff", False)
    if person.hours is not None and not _holding(person.hours, person.zone, now):
        yield Open(Mode.OFF, now, True, "outside hours", False)


def _open(
    when: When, zone: str, now: datetime, mode: Mode, name: str, *, own: bool = True, everyone: bool = False
) -> Iterator[Open]:
    for _, end in _holding(when, zone, now):
        yield Open(mode, end, own, name, everyone)


def _holding(when: When, zone: str, now: datetime) -> list[tuple[datetime, datetime]]:
    return [each for each in intervals(when, zone, now) if each[0] <= now < each[1]]


def mode_at(person: Person, teams: tuple[Team, ...], now: datetime) -> tuple[Mode, bool]:
    """The mode of an instant and whether it lets routine pings of strangers through."""
    said = [each for each in person.said if each.start <= now < each.until]
    if said:
        last = max(said, key=lambda each: (each.at, person.said.index(each)))
        everyone = last.passes.everyone if last.passes else last.mode is Mode.AVAILABLE
        return last.mode, everyone or last.mode is Mode.AVAILABLE
    found = sorted(open_at(person, teams, now), key=lambda each: each.name)
    if not found:
        return Mode.AVAILABLE, True
    won = max(
        found, key=lambda each: (_RANKS.index(each.mode), each.until, each.own)
    )  # then the first by name
    return won.mode, won.everyone
