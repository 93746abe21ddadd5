"""The rules beside dateutil's rrule: the same person, the same questions, in the same run.

The peer is what one would write without us: one rrule per weekday range, started 14 days before the
question (from further back it only gets slower), asked with `before` and `after`, in local time converted
by zoneinfo.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import starmap
from zoneinfo import ZoneInfo

from dateutil.rrule import WEEKLY, rrule

from rules import (
    Kind,
    Mode,
    Person,
    Ping,
    ReplyWithin,
    Style,
    Team,
    When,
    Window,
    availability_at,
    build_horizon,
    decide,
    parse_when,
    parse_working,
    rituals,
    timeline,
)

Row = dict[str, str | float]

ZONE = ZoneInfo("Europe/Berlin")
START = datetime(2026, 3, 2, tzinfo=UTC)
WEEKS = timedelta(weeks=1)
NINE_DAYS = timedelta(days=9)
"""What a sweep looks at for each person."""
_NORMS = {
    "focus in the morning": (Kind.FOCUS, "tue,thu 09:30-11:30"),
    "focus in the afternoon": (Kind.FOCUS, "mon,wed,fri 14:30-16:00"),
    "lunch": (Kind.BREAK, "weekdays 12:30-13:15"),
    "dinner": (Kind.QUIET, "daily 18:00-19:30"),
    "night": (Kind.QUIET, "daily 22:00-07:00"),
    "sport": (Kind.RECHARGE, "wed 17:00-18:00"),
    "weekend": (Kind.RECHARGE, "weekends 00:00-24:00"),
}
HOURS = parse_when("mon-thu 08:30-12:30, 13:15-18:00; fri 09:00-15:00")
PERSON = Person(
    "maya",
    "Europe/Berlin",
    Style.SEPARATOR,
    HOURS,
    tuple(Window(name, kind, parse_when(when)) for name, (kind, when) in _NORMS.items()),
)
"""A person with eight norms: the hours and seven windows."""
TEAM = Team(
    "platform",
    "Europe/Berlin",
    ("maya", "sam"),
    reply_within=ReplyWithin(direct=parse_working("1 working day"), mention=parse_working("4 working hours")),
)
_RANK = [Mode.BREAK, Mode.FOCUS, Mode.RECHARGE, Mode.QUIET]


class Peer:
    """The same norms as recurrence rules."""

    def __init__(self) -> None:
        self.windows = [(Mode(window.kind.value), _rules(window.when)) for window in PERSON.windows]
        self.hours = _rules(HOURS)

    def ask(self, now: datetime) -> tuple[Mode, datetime]:
        """The mode at an instant and the next edge of any norm after it."""
        local = now.astimezone(ZONE).replace(tzinfo=None)
        first = (local - timedelta(days=14)).replace(hour=0, minute=0, second=0, microsecond=0)
        edges: list[datetime] = []
        found = [mode for mode, rules in self.windows if _open(rules, first, local, edges)]
        at_work = _open(self.hours, first, local, edges)
        mode = max(found, key=_RANK.index, default=Mode.AVAILABLE if at_work else Mode.OFF)
        return mode, min(edge.replace(tzinfo=ZONE).astimezone(UTC) for edge in edges)


_Rule = tuple[tuple[int, ...], int, timedelta]


def _rules(when: When) -> list[_Rule]:
    """Days, start minute and length of each range."""
    return [
        (clause.days, span.start, timedelta(minutes=(span.end - span.start - 1) % 1440 + 1))
        for clause in when.clauses
        for span in clause.times
    ]


def _open(rules: Sequence[_Rule], first: datetime, local: datetime, edges: list[datetime]) -> bool:
    found = False
    for days, minute, length in rules:
        starts = rrule(
            WEEKLY, dtstart=first, byweekday=days, byhour=minute // 60, byminute=minute % 60, bysecond=0
        )
        last, following = starts.before(local, inc=True), starts.after(local)
        if last is not None and local < last + length:
            found = True
            edges.append(last + length)
        if following is not None:
            edges.append(following)
    return found


def instants(count: int) -> list[datetime]:
    """Random minutes of the five weeks, none within two days of a clock change."""
    drawn = random.Random(7)
    change = datetime(2026, 3, 29, 1, tzinfo=UTC)
    found: list[datetime] = []
    while len(found) < count:
        at = START + timedelta(minutes=drawn.randrange(33 * 24 * 60))
        if abs(at - change) > timedelta(days=2):
            found.append(at)
    return found


def agree(asked: Sequence[datetime]) -> int:
    """Check both against each other; returns how many instants were asked. Raises AssertionError."""
    peer = Peer()
    for at in asked:
        mode, edge = peer.ask(at)
        segment = availability_at(PERSON, (), at)
        if segment.mode is not mode or edge > segment.end:
            raise AssertionError(f"{at}: {segment.mode} until {segment.end}, the peer says {mode} and {edge}")
    return len(asked)


def _micros(work: Callable[[datetime], object], asked: Sequence[datetime], rounds: int) -> float:
    """Microseconds for one call, the best of some rounds."""
    best = float("inf")
    for _ in range(rounds):
        begun = time.perf_counter()
        for at in asked:
            work(at)
        best = min(best, time.perf_counter() - begun)
    return best / len(asked) * 1e6


def run(quick: bool) -> list[Row]:
    """Measure; every row has the question, our microseconds, the peer's, their ratio and the target."""
    rounds = 3 if quick else 9
    asked = instants(100 if quick else 1000)
    few = asked[: 20 if quick else 100]
    checked = agree(few)
    horizon = build_horizon(PERSON, (), START, START + 5 * WEEKS)
    ping = Ping("sam")
    peer = Peer()
    mine = _micros(lambda at: availability_at(PERSON, (), at), asked, rounds)
    theirs = _micros(peer.ask, few, 3)
    decided = _micros(lambda at: decide(ping, PERSON, (), at), asked, rounds)
    with_team = _micros(lambda at: decide(ping, PERSON, (TEAM,), at), asked, rounds)
    listed = _micros(lambda at: timeline(PERSON, (), START, START + 4 * WEEKS), asked[:5], rounds)
    walked = _micros(lambda at: _walk(peer, START, START + 4 * WEEKS), asked[:1], 1)
    marked = _micros(lambda at: rituals(PERSON, (TEAM,), at, at + NINE_DAYS), asked[:50], rounds)
    built = _micros(lambda at: build_horizon(PERSON, (), START, START + 5 * WEEKS), asked[:5], rounds)
    rows = [
        ("availability and next edge, eight norms", mine, theirs, "≥ 50 x, ≤ 5 µs"),
        ("Horizon.at", _micros(horizon.at, asked, rounds), theirs, "≤ 5 µs"),
        ("decide with trace", decided, None, f"{decided / mine:.1f} x availability, target ≤ 10 x"),
        ("decide with trace and reply norm", with_team, None, f"{with_team / mine:.1f} x availability"),
        ("timeline of four weeks", listed, walked, ""),
        ("rituals of nine days, norms painted", marked, None, "≤ 300 µs"),
        ("horizon of five weeks, built", built, None, "≤ 1000 µs"),
    ]
    size: Row = {
        "question": "horizon of five weeks, kept",
        "rules": f"{horizon.size()} bytes",
        "target": "≤ 3072 bytes",
    }
    same: Row = {"question": "instants at which both agree", "rules": float(checked), "target": "all"}
    return [*starmap(_row, rows), size, same]


def _row(question: str, mine: float, theirs: float | None, target: str) -> Row:
    row: Row = {"question": question, "rules": f"{mine:.1f} µs"}
    if theirs is not None:
        row |= {"rrule": f"{theirs:.0f} µs", "ratio": f"{theirs / mine:.0f} x"}
    return row | {"target": target}


def _walk(peer: Peer, start: datetime, end: datetime) -> list[tuple[datetime, Mode]]:
    """A timeline the peer's way: from edge to edge."""
    found: list[tuple[datetime, Mode]] = []
    while start < end:
        mode, edge = peer.ask(start)
        found.append((start, mode))
        start = edge
    return found


def main() -> None:
    """Print the rows."""
    for row in run(quick=False):
        print(" | ".join(str(value) for value in row.values()))  # noqa: T201


if __name__ == "__main__":
    main()
