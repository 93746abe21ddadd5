"""Transitions that a person feels, and the rituals that mark the start and the end of a day."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from rules.availability import Frame, frame_of
from rules.causes import Cause
from rules.instants import epoch, instant
from rules.values import Mode, Person, Segment, Team
from rules.windows import day_span, spans
from rules.zones import local_day

RITUAL_BEFORE_END = timedelta(minutes=15)
MOST_NUDGES = 2
MOST_IGNORED = 3
LATEST = timedelta(minutes=10)
_HOUR = 3600
_MINUTE = 60


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
    """Return the rituals due in `[start, end)`, ascending.

    The start of a day is its first available instant in hours. The end is 15 minutes before its last hours
    end or, if the person is not available then, the last available minute in the three quarters of an hour
    before, or the first one after. None without hours, on leave, on a public holiday, or when no instant is
    available.
    """
    if person.hours is None:
        return ()
    frame = frame_of(person, teams)
    low, high = epoch(start), epoch(end)
    found = [
        RitualTime(kind, instant(at), date.fromordinal(day))
        for day in range(local_day(low, person.zone) - 1, local_day(high, person.zone) + 1)
        for kind, at in _of_day(person, frame, day)
        if low <= at < high
    ]
    return tuple(sorted(found, key=lambda each: each.at))


def _of_day(person: Person, frame: Frame, day: int) -> Iterator[tuple[Ritual, int]]:
    """Yield the rituals of the hours that begin on a local day."""
    on = date.fromordinal(day)
    if any(leave.first <= on <= leave.last for leave in person.leave) or any(
        free.on == on for free in person.holidays
    ):
        return
    assert person.hours is not None  # noqa: S101 - narrows the type; rituals() has looked
    first, last = day_span(day, day, person.zone)
    hours = [
        each for each in zip(*spans(person.hours, person.zone, first, last), strict=True) if each[0] >= first
    ]
    for begin, finish in hours:
        free = _available(frame, begin, finish)
        if free:
            yield Ritual.START, free[0][0]
            break
    for begin, finish in hours[-1:]:
        yield from ((Ritual.END, at) for at in _end_ritual(frame, begin, finish))


def _available(frame: Frame, start: int, end: int) -> list[tuple[int, int]]:
    return [
        (begin, finish)
        for begin, finish, cause in frame.walk(start, end)
        if _is_free(frame.norms.causes[cause])
    ]


def _is_free(cause: Cause) -> bool:
    return cause.mode is Mode.AVAILABLE


def _end_ritual(frame: Frame, begin: int, finish: int) -> Iterator[int]:
    wanted = finish - int(RITUAL_BEFORE_END.total_seconds())
    before = _available(frame, max(begin, finish - _HOUR), min(wanted + 1, finish))
    if before:
        start, end = before[-1]
        yield wanted if end > wanted else max(start, end - _MINUTE)
        return
    yield from (start for start, _ in _available(frame, max(begin, wanted), finish)[:1])


def chosen(
    person: Person, times: Sequence[RitualTime], muted: Collection[Ritual] = ()
) -> tuple[RitualTime, ...]:
    """Return which of one local day's `times` go out, ascending: at most two kinds."""
    return tuple(each for each in times if each.kind not in muted and each.kind in (Ritual.START, Ritual.END))


def closes_week(person: Person, teams: Sequence[Team], day: date) -> bool:
    """Tell whether the end of local `day` is the end of the person's working week."""
    return False


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
