"""Instants: aware datetimes outside, whole epoch seconds (ints) inside, where they are compared by the
thousand.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rules.values import Interval

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 86_400
"""Seconds in a day."""
FAR = timedelta(days=400)
"""How far any search goes in either direction before it says: none."""


def epoch(instant: datetime) -> int:
    """Return whole seconds since 1970, rounded down. Raises ValueError for a naive datetime."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant} needs an aware UTC datetime: say which instant is meant.")
    seconds = instant.timestamp()
    whole = int(seconds)
    return whole if whole <= seconds else whole - 1


def instant(seconds: int) -> datetime:
    """Return the aware UTC datetime of an epoch second."""
    return _EPOCH + timedelta(seconds=seconds)


def interval(start: int, end: int) -> Interval:
    """Return the interval between two epoch seconds."""
    return Interval(instant(start), instant(end))
