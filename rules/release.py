"""When what was held goes out: one digest per person, at their moments, spread a little."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from rules.availability import Frame, frame_of, holds_routine
from rules.causes import Cause
from rules.instants import DAY, FAR, epoch, instant, interval
from rules.values import Interval, Kind, Person, Team, Urgency
from rules.windows import day_span, spans
from rules.zones import local_day, start_second

SPREAD = timedelta(minutes=15)
"""The longest that a digest is put off so that not everybody's goes at once."""
BEFORE_END = timedelta(minutes=60)

_SPREAD = int(SPREAD.total_seconds())
_FAR = int(FAR.total_seconds())
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")


def spread(person_id: str, release_at: datetime, urgency: Urgency, room: timedelta) -> timedelta:
    """Return how long to put off a release: whole seconds, the same for the same person and instant.

    Less than 15 minutes and less than `room`, the time left in which it may go; nothing for urgent pings.
    """
    limit = min(_SPREAD, int(room.total_seconds()))
    if urgency is Urgency.URGENT or limit <= 0:
        return timedelta(0)
    digest = hashlib.blake2b(f"{person_id}\0{epoch(release_at)}".encode(), digest_size=8).digest()
    return timedelta(seconds=int.from_bytes(digest, "big") % limit)


def digest_at(person: Person, teams: Sequence[Team], release_at: datetime, first_today: bool) -> datetime:
    """Return when the digest with a hold that is released at `release_at` goes out.

    The first return of a local day always counts (`first_today`); later ones wait for the person's next
    digest moment, and after the day's last one for the next day's first return. Never inside a segment that
    holds routine pings, and the spread never leaves the segment.
    """
    frame = frame_of(person, teams)
    base = _base(person, frame, epoch(release_at), first_today)
    return instant(base) + spread(
        person.id, instant(base), Urgency.ROUTINE, timedelta(seconds=_room(frame, base))
    )


def landing(person: Person, teams: Sequence[Team], release_at: datetime, first_today: bool) -> Interval:
    """Return the earliest and latest instant at which the digest may go: what the sender is told."""
    frame = frame_of(person, teams)
    base = _base(person, frame, epoch(release_at), first_today)
    return interval(base, base + min(_SPREAD, _room(frame, base)))


def _free(cause: Cause) -> bool:
    return not holds_routine(cause)


def _base(person: Person, frame: Frame, release: int, first_today: bool) -> int:
    """Return the digest's instant before its spread."""
    free = frame.first(release, _free)
    if free is None:
        return release  # nothing better comes: the release itself was reachable
    if first_today or "return" in person.digests:
        return free
    today = local_day(free, frame.norms.zone)
    later = [moment for moment in _moments(person, frame, today) if moment >= free]
    tomorrow = start_second(frame.norms.zone, today + 1, 0)
    for moment in sorted(later):
        moved = frame.first(moment, _free)
        if moved is not None and moved < tomorrow:
            return moved
    following = frame.first(tomorrow, _free)
    return free if following is None else following


def _moments(person: Person, frame: Frame, day: int) -> Iterator[int]:
    """Yield the person's digest moments of a local day, except "return"."""
    zone = frame.norms.zone
    for moment in person.digests:
        clock = _CLOCK.fullmatch(moment)
        if clock:
            yield start_second(zone, day, int(clock[1]) * 3600 + int(clock[2]) * 60)
        elif moment == "midday":
            yield from _midday(person, frame, day)
        else:  # "before_end": the border takes no other word
            yield from (end - int(BEFORE_END.total_seconds()) for _, end in _hours(person, day)[-1:])


def _hours(person: Person, day: int) -> list[tuple[int, int]]:
    """Return the hours that begin on a local day."""
    if person.hours is None:
        return []
    first, last = day_span(day, day, person.zone)
    found = zip(*spans(person.hours, person.zone, first, last), strict=True)
    return [(start, end) for start, end in found if start >= first]


def _midday(person: Person, frame: Frame, day: int) -> Iterator[int]:
    """Yield the end of the first gap in the day's hours or of its first break, whichever is first."""
    ends = [start for start, _ in _hours(person, day)[1:2]]
    first, last = day_span(day, day, person.zone)
    for window in person.windows:
        if window.kind is Kind.BREAK:
            ends += spans(window.when, person.zone, first, last)[1][:1]
    yield from sorted(ends)[:1]


def _room(frame: Frame, second: int) -> int:
    """Return the seconds from an instant to the end of its segments that let routine pings through."""
    for start, _, cause in frame.walk(second, second + DAY):
        if not _free(frame.norms.causes[cause]):
            return start - second
    return DAY
