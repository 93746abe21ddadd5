"""Transitions that a person feels, and the rituals that mark them: the start and the end of a day, a
hand-over between two blocks of hours, the landing before quiet time, the return from leave, the week's end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from rules.availability import Frame, frame_of
from rules.instants import epoch, instant
from rules.values import Mode, Person, Segment, Style, Team, When
from rules.windows import day_span, longest_days, spans
from rules.zones import local_day

MOST_NUDGES = 2
MOST_IGNORED = 3
LATEST = timedelta(minutes=10)
_HOUR = 3600
_MINUTE = 60
_BEFORE_END = 15 * _MINUTE
_BEFORE_BREAK = 10 * _MINUTE  # before a block of hours ends, or quiet time begins
_APART = 20 * _MINUTE  # two rituals closer than this would mark the same step
_SINCE = 60  # days after a leave in which the first day back may come
_TOGETHER = 16  # days whose hours are looked up at once
_LONGEST = 400  # days of a leave that are looked at for one with hours


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of mode at an instant."""

    at: datetime
    before: Mode
    after: Mode


class Ritual(StrEnum):
    """A nudge that marks a transition; also the kind that a person can mute. The names are those of the
    fields that keep what happened to each."""

    START = "start_of_day"
    END = "end_of_day"
    HANDOVER = "handover"
    LANDING = "landing"
    RETURN = "return_from_leave"
    WEEKLY = "weekly"


DAILY_RITUALS = (Ritual.START, Ritual.END, Ritual.HANDOVER, Ritual.LANDING)
"""The kinds that a person may choose among and put in order; the return from leave and the week's end are
too rare for it and come unless they are turned off."""

_USUAL = {
    Style.SEPARATOR: (Ritual.END, Ritual.START, Ritual.LANDING, Ritual.HANDOVER),
    Style.INTEGRATOR: (Ritual.START, Ritual.END, Ritual.LANDING, Ritual.HANDOVER),
    Style.CYCLER: (Ritual.HANDOVER, Ritual.END, Ritual.START, Ritual.LANDING),
}


@dataclass(frozen=True, slots=True)
class RitualTime:
    """One ritual of a local day, due `at` (UTC).

    `back` is the second half of a hand-over: when what was written comes back. It is worth sending only if
    something was written, and counts as no nudge of its own.
    """

    kind: Ritual
    at: datetime
    day: date
    back: bool = False


def transitions(segments: Sequence[Segment]) -> tuple[Transition, ...]:
    """Return the changes of mode between adjoining segments; another cause of the same mode is none."""
    return tuple(
        Transition(after.start, before.mode, after.mode)
        for before, after in pairwise(segments)
        if before.mode is not after.mode
    )


def rituals(person: Person, teams: Sequence[Team], start: datetime, end: datetime) -> tuple[RitualTime, ...]:
    """Return the rituals that could be due in `[start, end)`, ascending; `chosen` picks those of a day.

    - START: the first available instant in a day's hours; RETURN in its place on the first day back from a
      leave that took at least one working day.
    - END: 15 minutes before the day's last hours end or, if the person is not available then, the last
      available minute in the three quarters of an hour before, or the first one after. WEEKLY: the END of the
      last working day of the local ISO week.
    - HANDOVER: as END, 10 minutes before hours end that go on later that day; its second half (`back`) is
      the next available instant in them.
    - LANDING: 10 minutes before one of the person's quiet windows begins, if they are available then.

    None without hours, on leave, on a public holiday; none that falls within 20 minutes of another that marks
    the same step.
    """
    if person.hours is None:
        return ()
    days = _Days(person, person.hours, frame_of(person, teams))
    low, high = epoch(start), epoch(end)
    first = local_day(low, person.zone) - longest_days(person.hours)
    found = [
        (at, number, kind, day, back)
        for day in range(first, local_day(high, person.zone) + 1)
        for number, (kind, at, back) in enumerate(days.of(day))
        if low <= at < high
    ]
    found += [(at, 99, Ritual.WEEKLY, day, False) for at, _, kind, day, _ in found if _last(days, kind, day)]
    found += [(at, 0, Ritual.LANDING, local_day(at, person.zone), False) for at in days.landings(low, high)]
    return tuple(
        RitualTime(kind, instant(at), date.fromordinal(day), back) for at, _, kind, day, back in sorted(found)
    )


def _last(days: _Days, kind: Ritual, day: int) -> bool:
    return kind is Ritual.END and days.closes_week(day)


def closes_week(person: Person, teams: Sequence[Team], day: date) -> bool:
    """Tell whether the end of local `day` is the end of the person's working week."""
    if person.hours is None:
        return False
    return _Days(person, person.hours, frame_of(person, teams)).closes_week(day.toordinal())


_Due = tuple[Ritual, int, bool]
"""A ritual, its epoch second, and whether it is the second half of a hand-over."""
_Spans = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class _Plan:
    """A local day (its ordinal): the blocks of hours that begin on it, where the person is available in
    each, and when its END is due."""

    blocks: _Spans
    free: list[_Spans]
    end: int | None

    def start(self, first: int = 0) -> int | None:
        """Return the first available second in the blocks from `first` on."""
        for pieces in self.free[first:]:
            if pieces:
                return pieces[0][0]
        return None


class _Days:
    """The rituals of a person's local days (ordinals), each day worked out once."""

    def __init__(self, person: Person, hours: When, frame: Frame) -> None:
        self._person = person
        self._hours = hours
        self._frame = frame
        self._holidays = {each.on.toordinal() for each in person.holidays}
        self._leave = [(each.first.toordinal(), each.last.toordinal()) for each in person.leave]
        self._plans: dict[int, _Plan] = {}
        self._found: dict[int, tuple[_Due, ...]] = {}
        self._hours_of: dict[int, Mapping[int, _Spans]] = {}

    def of(self, day: int) -> tuple[_Due, ...]:
        """Return the rituals of the hours that begin on a day, except the week's end."""
        found = self._found.get(day)
        if found is None:
            found = self._found[day] = tuple(self._due(day))
        return found

    def _due(self, day: int) -> Iterator[_Due]:
        plan = self._plan(day)
        start = plan.start()
        if start is not None:
            yield Ritual.RETURN if self._returns(day) else Ritual.START, start, False
            yield from self._handovers(plan, start)
        if plan.end is not None:
            yield Ritual.END, plan.end, False

    def closes_week(self, day: int) -> bool:
        """Tell whether a day is the last of its ISO week that has an END."""
        if self._plan(day).end is None:
            return False
        return not any(self._plan(later).end for later in range(day + 1, day + 7 - (day - 1) % 7))

    def landings(self, low: int, high: int) -> list[int]:
        """Return when landings are due in `[low, high)`."""
        begins = self._frame.begins(Mode.QUIET, low + _BEFORE_BREAK, high + _BEFORE_BREAK)
        return [begin - _BEFORE_BREAK for begin in begins if self._lands(begin - _BEFORE_BREAK, begin)]

    def _lands(self, at: int, begin: int) -> bool:
        frame = self._frame
        if frame.mode(at) is not Mode.AVAILABLE or frame.mode(begin) is not Mode.QUIET:
            return False
        day = local_day(at, self._person.zone)
        others = (*self.of(day - 1), *self.of(day))
        return not self._away(day) and all(abs(other - at) >= _APART for _, other, _ in others)

    def _away(self, day: int) -> bool:
        return day in self._holidays or any(first <= day <= last for first, last in self._leave)

    def _plan(self, day: int) -> _Plan:
        found = self._plans.get(day)
        if found is None:
            blocks = [] if self._away(day) else self._blocks(day)
            free = [self._frame.available(*block) for block in blocks]
            end = _before(free[-1], *blocks[-1], _BEFORE_END) if blocks else None
            found = self._plans[day] = _Plan(blocks, free, end)
        return found

    def _blocks(self, day: int) -> _Spans:
        """Return the hours that begin on a day, leave and holidays or not."""
        number = day // _TOGETHER
        if number not in self._hours_of:
            self._hours_of[number] = _hours_of(self._hours, self._person.zone, number)
        return self._hours_of[number].get(day, [])

    def _handovers(self, plan: _Plan, start: int) -> Iterator[_Due]:
        for number, block in enumerate(plan.blocks[:-1], 1):
            at = _before(plan.free[number - 1], *block, _BEFORE_BREAK)
            if at is None or at - start < _APART:
                continue
            yield Ritual.HANDOVER, at, False
            back = plan.start(number)
            if back is not None:
                yield Ritual.HANDOVER, back, True

    def _returns(self, day: int) -> bool:
        """Tell whether a day on which the person starts is the first after a leave."""
        return any(
            0 < day - last <= _SINCE
            and not any(self._plan(each).start() for each in range(day - 1, last, -1))
            and self._missed(first, last)
            for first, last in self._leave
        )

    def _missed(self, first: int, last: int) -> bool:
        """Tell whether a leave took a day on which the person would have worked."""
        days = range(last, max(first, last - _LONGEST) - 1, -1)
        return any(day not in self._holidays and self._blocks(day) for day in days)


@lru_cache(maxsize=1024)
def _hours_of(hours: When, zone: str, number: int) -> Mapping[int, _Spans]:
    """Return the hours that begin on each of some days; kept, because many people share them."""
    found = dict[int, _Spans]()
    first = number * _TOGETHER
    for begin, finish in zip(*spans(hours, zone, *day_span(first, first + _TOGETHER - 1, zone)), strict=True):
        found.setdefault(local_day(begin, zone), []).append((begin, finish))
    return found


def _before(free: _Spans, begin: int, finish: int, length: int) -> int | None:
    """Return the available second that marks best, `length` before, that the hours `[begin, finish)` end;
    `free` is where in them the person is available."""
    wanted = finish - length
    before = _clipped(free, max(begin, finish - _HOUR), min(wanted + 1, finish))
    if before:
        start, end = before[-1]
        return wanted if end > wanted else max(start, end - _MINUTE)
    after = _clipped(free, max(begin, wanted), finish)
    return after[0][0] if after else None


def _clipped(found: _Spans, start: int, end: int) -> _Spans:
    return [(max(low, start), min(high, end)) for low, high in found if low < end and high > start]


def chosen(
    person: Person, times: Sequence[RitualTime], muted: Collection[Ritual] = ()
) -> tuple[RitualTime, ...]:
    """Return which of one local day's `times` go out, ascending: at most two kinds, the first of each.

    A return from leave comes first, then what the person wants most, else what is usual for their style;
    kinds in `muted` are passed over. A hand-over keeps its second half. The week's end is a part of END
    (`closes_week` tells) and no nudge of its own on a day that has one; else it is one of the two.
    """
    due = sorted((_unreturned(each, muted) for each in times), key=lambda each: (each.at, each.back))
    due = [each for each in due if each.kind not in muted]
    kinds = {each.kind for each in due}
    picked = [kind for kind in (Ritual.RETURN, *_wanted(person)) if kind in kinds][:MOST_NUDGES]
    if Ritual.WEEKLY in kinds and Ritual.END not in picked:
        picked = [*picked[: MOST_NUDGES - 1], Ritual.WEEKLY]
    found: dict[tuple[Ritual, bool], RitualTime] = {}
    for each in due:
        if each.kind in picked:
            found.setdefault((each.kind, each.back), each)
    return tuple(found.values())


def _unreturned(each: RitualTime, muted: Collection[Ritual]) -> RitualTime:
    """Return an ordinary start of the day for a return that the person does not want."""
    plain = each.kind is Ritual.RETURN and Ritual.RETURN in muted
    return replace(each, kind=Ritual.START) if plain else each


def _wanted(person: Person) -> tuple[Ritual, ...]:
    """Return the daily kinds, the most wanted first."""
    if not person.rituals:
        return _USUAL[person.style]
    return tuple(Ritual(each) for each in person.rituals if each in DAILY_RITUALS)


def may_nudge(sent_today: int, ignored: int, muted: bool, late: timedelta) -> tuple[bool, str]:
    """Tell whether a nudge may go, and why: at most two a day, never a muted kind or one ignored three
    times, never more than ten minutes late. `ignored` counts in a row, `sent_today` all kinds on the local
    day.
    """
    if muted:
        return False, "this kind is turned off"
    if ignored >= MOST_IGNORED:
        return False, f"it was ignored {ignored} times in a row"
    if sent_today >= MOST_NUDGES:
        return False, f"{sent_today} nudges went out today already"
    if late > LATEST:
        return False, "its moment has passed"
    return True, "its moment has come"
