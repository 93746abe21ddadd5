"""Strategies: people with norms, and instants where clocks change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import strategies as st

from rules import (
    Clause,
    Holiday,
    Interval,
    Kind,
    Leave,
    Mode,
    Passes,
    Person,
    Said,
    Style,
    Team,
    TimeRange,
    When,
    Window,
)

ZONES = sorted(available_timezones())
FIRST, LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2035, 12, 31, tzinfo=UTC)
STRIDE = timedelta(days=4)  # no zone changes its clock twice in as many days
AWKWARD = [
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Havana",
    "America/New_York",
    "America/Santiago",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Europe/Lisbon",
    "Pacific/Chatham",
]

zones = st.one_of(st.sampled_from(AWKWARD), st.sampled_from(ZONES))
minutes = st.integers(0, 287).map(lambda number: number * 5)
night_minutes = st.sampled_from(
    [0, 15, 30, 45, 60, 75, 90, 105, 120, 135, 150, 165, 180, 1380, 1395, 1410, 1425]
)
ends = st.integers(1, 288).map(lambda number: number * 5)
ranges = st.builds(TimeRange, st.one_of(night_minutes, minutes), st.one_of(night_minutes.filter(bool), ends))
days = st.sets(st.integers(0, 6), min_size=1).map(lambda found: tuple(sorted(found)))
clauses = st.builds(Clause, days, st.lists(ranges, min_size=1, max_size=3).map(tuple))
anchors = st.dates(date(2019, 12, 1), date(2036, 1, 1))
whens = st.one_of(
    st.builds(When, st.lists(clauses, min_size=1, max_size=2).map(tuple)),
    st.builds(When, st.lists(clauses, min_size=1, max_size=2).map(tuple), st.integers(1, 4), anchors),
)
passes = st.one_of(
    st.none(), st.builds(Passes, st.booleans(), st.booleans(), st.frozensets(st.sampled_from(["sam", "ana"])))
)
windows = st.builds(Window, st.sampled_from("abcdef"), st.sampled_from(Kind), whens, passes, st.booleans())


@lru_cache(maxsize=700)
def changes(zone: str) -> tuple[tuple[datetime, timedelta, timedelta], ...]:
    """Every clock change of 2020 to 2035: the instant, and the offsets before and after it."""
    info, found, at = ZoneInfo(zone), [], FIRST
    before = at.astimezone(info).utcoffset()
    while at < LAST:
        at += STRIDE
        after = at.astimezone(info).utcoffset()
        if after != before:
            assert before is not None
            assert after is not None
            found.append((_change(info, at - STRIDE, at), before, after))
        before = after
    return tuple(found)


def _change(info: ZoneInfo, low: datetime, high: datetime) -> datetime:
    after = high.astimezone(info).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if middle.astimezone(info).utcoffset() == after:
            high = middle
        else:
            low = middle
    return high


@st.composite
def instants(draw: st.DrawFn, zone: str) -> datetime:
    """An instant on a full minute, near a clock change of the zone more often than not."""
    near = [each[0] for each in changes(zone)]
    if draw(st.booleans()) and near:
        return draw(st.sampled_from(near)) + draw(st.integers(-2880, 2880)) * timedelta(minutes=1)
    return FIRST + draw(st.integers(0, int((LAST - FIRST).total_seconds()) // 60)) * timedelta(minutes=1)


@st.composite
def people(draw: st.DrawFn, zone: str, now: datetime) -> Person:
    """A person with all sorts of norms, those with dates close to `now`."""
    today = now.date()
    near_dates = st.integers(-4, 4).map(lambda number: today + timedelta(days=number))
    leave = st.builds(
        lambda first, days: Leave(first, first + timedelta(days=days), "sam"), near_dates, st.integers(0, 3)
    )
    said = st.builds(
        lambda mode, start, length, at: Said(
            mode,
            now + timedelta(minutes=start),
            now + timedelta(minutes=start + length),
            now + timedelta(seconds=at),
        ),
        st.sampled_from(Mode),
        st.integers(-600, 600),
        st.integers(1, 600),
        st.integers(-9000, 0),
    )
    return Person(
        "maya",
        zone,
        draw(st.sampled_from(Style)),
        draw(st.one_of(st.none(), whens)),
        tuple(draw(st.lists(windows, max_size=5, unique_by=lambda window: window.name))),
        tuple(draw(st.lists(leave, max_size=2))),
        holidays=tuple(draw(st.lists(st.builds(Holiday, near_dates, st.just("a day")), max_size=1))),
        said=tuple(draw(st.lists(said, max_size=2))),
    )


teams = st.builds(
    lambda zone, focus: Team("t", zone, ("maya", "sam"), shared_focus=focus),
    zones,
    st.one_of(st.none(), whens),
)


def lifts(now: datetime) -> st.SearchStrategy[tuple[Interval, ...]]:
    """Stretches close to `now`, in any order; they may overlap."""

    def one(start: int, length: int) -> Interval:
        return Interval(now + timedelta(minutes=start), now + timedelta(minutes=start + length))

    return st.lists(st.builds(one, st.integers(-600, 600), st.integers(0, 600)), max_size=3).map(tuple)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Person, tuple[Team, ...], datetime]:
    """A person, their teams and an instant."""
    zone = draw(zones)
    now = draw(instants(zone))
    found = draw(st.lists(teams, max_size=1))
    return draw(people(zone, now)), tuple(replace(team, lifted=draw(lifts(now))) for team in found), now
