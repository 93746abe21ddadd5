"""Where a mode comes from: every norm of a person as a source of intervals with a rank.

Precedence, highest first: said · leave · quiet · recharge · focus · break · off · available. Among equals
the one that ends later wins, then the person's over the team's, then the first by name. What was said last
wins among what was said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rules.instants import epoch, instant
from rules.values import (
    Holiday,
    Kind,
    Leave,
    Mode,
    Owner,
    Passes,
    Person,
    Said,
    Segment,
    Style,
    Team,
    When,
    Window,
)
from rules.windows import Spans, day_span, merged, open_until, spans, without
from rules.zones import local_day

ON_HOURS = "hours"
NO_HOURS = "no hours set"
OUTSIDE_HOURS = "outside hours"
ON_LEAVE = "leave"
HOLIDAY = "public holiday"
SAID = "said"
SHARED_FOCUS = "shared focus"

RANK = {
    Mode.AVAILABLE: 0,
    Mode.OFF: 1,
    Mode.BREAK: 2,
    Mode.FOCUS: 3,
    Mode.RECHARGE: 4,
    Mode.QUIET: 5,
    Mode.LEAVE: 6,
}
"""The precedence of modes that come from standing norms."""
SAID_RANK = 7

Find = Callable[[When, str, int, int], Spans]
"""How the intervals of a pattern are found: `spans`, or `kept_spans` for whole weeks."""

_EVERYONE = Passes(everyone=True)
_URGENT = Passes(urgent=True)
_NOBODY = Passes()


def default_passes(mode: Mode | Kind, style: Style) -> Passes:
    """Return whom a window lets through when it does not say (the table of the design's section 5)."""
    if mode == Mode.AVAILABLE:
        return _EVERYONE
    if mode == Mode.LEAVE or (mode == Mode.QUIET and style is Style.SEPARATOR):
        return _NOBODY
    return _URGENT


@dataclass(frozen=True, slots=True)
class Cause:
    """A Segment without its times."""

    mode: Mode
    because: str
    passes: Passes
    public: str = ""
    stand_in: str | None = None

    def segment(self, start: int, end: int) -> Segment:
        """Return the segment from `start` to `end` in epoch seconds."""
        return Segment(
            instant(start), instant(end), self.mode, self.because, self.passes, self.public, self.stand_in
        )


@dataclass(frozen=True, slots=True)
class Source:
    """One norm: its cause's number, what ranks it, and how to find its intervals.

    Exactly one of `when` (in `zone`), `days` (ordinals of local dates, inclusive) and `fixed` (epoch
    seconds) is set. `later` outranks the end among equals (when something was said); `tie` is unique, and
    the greater one wins. In the stretches of `lifted` a pattern does not hold.
    """

    cause: int
    rank: int
    tie: int
    zone: str
    when: When | None = None
    days: tuple[int, int] | None = None
    fixed: tuple[int, int] | None = None
    said_at: float | None = None
    lifted: Spans | None = None

    def spans(self, start: int, end: int, find: Find = spans) -> Spans:
        """Return the intervals that intersect `[start, end)`, whole as `occurrences` says."""
        if self.when is not None:
            found = find(self.when, self.zone, start, end)
            return found if self.lifted is None else without(found, self.lifted, start, end)
        first, last = self.fixed or day_span(*(self.days or (1, 0)), self.zone)
        if first < last and first < end and last > start:
            return [first], [last]
        return [], []


@dataclass(frozen=True, slots=True)
class Within:
    """The intervals in a stretch of time: of the hours (None: no hours set), and of the sources with any."""

    hours: Spans | None
    sources: list[tuple[Source, Spans]]


@dataclass(frozen=True, slots=True)
class Norms:
    """All norms of a person, ready to be asked. `causes[base]` holds where nothing else does. `lifted` are
    those of `sources` that a team lifted for some stretch."""

    zone: str
    causes: tuple[Cause, ...]
    base: int
    off: int
    hours: When | None
    sources: tuple[Source, ...]
    on_call: tuple[Window, ...]
    lifted: tuple[Source, ...] = ()

    def within(self, start: int, end: int, find: Find = spans) -> Within:
        """Gather the intervals that intersect `[start, end)`, whole as `occurrences` says."""
        first, last = local_day(start, self.zone) - 1, local_day(end, self.zone) + 1
        present = []
        for source in self.sources:
            if source.days is not None and (source.days[1] < first or source.days[0] > last):
                continue  # most public holidays and leave are in other weeks
            found = source.spans(start, end, find)
            if found[0]:
                present.append((source, found))
        return Within(None if self.hours is None else find(self.hours, self.zone, start, end), present)


class _Numbers:
    """Numbers causes; equal causes share a number, so that a segment is maximal by comparing numbers."""

    def __init__(self, known: Mapping[Cause, int]) -> None:
        self.of = dict(known)

    def number(self, cause: Cause) -> int:
        return self.of.setdefault(cause, len(self.of))


def norms_of(person: Person, teams: Sequence[Team]) -> Norms:
    """Gather a person's norms and those of `teams`, the teams the person is a member of."""
    known, holidays = _holiday_sources(person.holidays, person.style, person.zone)
    numbers = _Numbers(known)
    base_because = NO_HOURS if person.hours is None else ON_HOURS
    base = numbers.number(Cause(Mode.AVAILABLE, base_because, _EVERYONE))
    off = numbers.number(Cause(Mode.OFF, OUTSIDE_HOURS, default_passes(Mode.OFF, person.style)))
    sources = (
        *_window_sources(person, teams, numbers),
        *holidays,
        *_leave_sources(person, numbers),
        *_said_sources(person, numbers),
    )
    on_call = (window for window in person.windows if window.kind is Kind.ON_CALL)
    return Norms(
        person.zone,
        tuple(numbers.of),
        base,
        off,
        person.hours,
        sources,
        tuple(sorted(on_call, key=lambda window: window.name)),
        tuple(source for source in sources if source.lifted is not None),
    )


def team_windows(person: Person, teams: Sequence[Team]) -> tuple[tuple[Window, str, Spans | None], ...]:
    """Return the shared focus windows of a person, named after the team, each with its zone and where the
    team lifted it."""
    return tuple(
        (
            Window(_shared(team), Kind.FOCUS, team.shared_focus, owner=Owner.TEAM),
            team.zone,
            lifted_spans(team),
        )
        for team in teams
        if team.shared_focus is not None and team.id not in person.opt_out
    )


def _shared(team: Team) -> str:
    return f"{SHARED_FOCUS} of {team.name or team.id}"


def lifted_spans(team: Team) -> Spans | None:
    """Return where a team lifted its agreed quiet, merged; None for nowhere."""
    if not team.lifted:
        return None
    return merged((epoch(each.start), epoch(each.end)) for each in team.lifted)


def lifted_now(norms: Norms, second: int) -> Iterator[tuple[str, int]]:
    """Yield each norm that would be open at an epoch second but is lifted: its name, and until when it is."""
    for source in norms.lifted:
        lifted = open_until(source.lifted or ([], []), second)
        if lifted is None:
            continue
        would = open_until(replace(source, lifted=None).spans(second, second + 1), second)
        if would is not None:
            yield norms.causes[source.cause].because, min(would, lifted)


def _window_sources(person: Person, teams: Sequence[Team], numbers: _Numbers) -> Iterator[Source]:
    own = [(window, person.zone, None) for window in person.windows if window.kind is not Kind.ON_CALL]
    ranked = sorted(
        [*own, *team_windows(person, teams)], key=lambda each: (each[0].owner is Owner.TEAM, each[0].name)
    )
    for position, (window, zone, lifted) in enumerate(ranked):
        mode = Mode(window.kind.value)
        passes = default_passes(mode, person.style) if window.passes is None else window.passes
        cause = Cause(mode, window.name, passes, window.name if window.share_name else "")
        number = numbers.number(cause)
        yield Source(number, RANK[mode], -position, zone, when=window.when, lifted=lifted)


@lru_cache(maxsize=256)
def _holiday_sources(
    holidays: tuple[Holiday, ...], style: Style, zone: str
) -> tuple[Mapping[Cause, int], tuple[Source, ...]]:
    """Return public holidays as sources with their causes numbered; kept, because many share a place."""
    numbers = _Numbers({})
    sources = []
    passes = default_passes(Mode.RECHARGE, style)
    for position, holiday in enumerate(sorted(holidays, key=lambda each: (each.on, each.name))):
        number = numbers.number(Cause(Mode.RECHARGE, f"{HOLIDAY}: {holiday.name}", passes))
        day = holiday.on.toordinal()
        sources.append(Source(number, RANK[Mode.RECHARGE], -1_000_000 - position, zone, days=(day, day)))
    return numbers.of, tuple(sources)


def _leave_sources(person: Person, numbers: _Numbers) -> Iterator[Source]:
    for position, leave in enumerate(person.leave):
        cause = _leave_cause(leave, person.style)
        days = (leave.first.toordinal(), leave.last.toordinal())
        yield Source(numbers.number(cause), RANK[Mode.LEAVE], -position, person.zone, days=days)


def _leave_cause(leave: Leave, style: Style) -> Cause:
    return Cause(Mode.LEAVE, ON_LEAVE, default_passes(Mode.LEAVE, style), stand_in=leave.stand_in)


def _said_sources(person: Person, numbers: _Numbers) -> Iterator[Source]:
    for position, said in enumerate(person.said):
        cause = _said_cause(said, person.style)
        fixed = (epoch(said.start), epoch(said.until))
        yield Source(
            numbers.number(cause), SAID_RANK, position, person.zone, fixed=fixed, said_at=said.at.timestamp()
        )


def _said_cause(said: Said, style: Style) -> Cause:
    label = said.name or ("here" if said.mode is Mode.AVAILABLE else said.mode.value)
    passes = default_passes(said.mode, style) if said.passes is None else said.passes
    return Cause(said.mode, f"{SAID}: {label}", passes, said.name if said.share_name else "")
