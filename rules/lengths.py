"""Lengths as people say them, `90m`, `1h30`, `until 15:00`, `until fri`, and durations of working time.

A length is counted on the clock or runs until a local time; "4 working hours" and "1 working day" run only
in hours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules.instants import epoch
from rules.values import WorkingTime
from rules.wording import CLOCK, DAYS, LONGEST_TEXT, SHORT_DAYS, WordError, clock_minute, clock_text, near
from rules.zones import local_day, to_utc_end

EXAMPLE = "90m"
LONGEST = timedelta(days=14)
TOMORROW = "tomorrow"
MORNING = 9 * 60
_MOST_DAYS = 60
_MOST_MINUTES = int(LONGEST.total_seconds()) // 60

_HOURS = re.compile(
    r"\s*(?P<hours>\d{1,4})\s*h(?:ours?|rs?)?(?:\s*(?P<more>\d{1,2})\s*m(?:in(?:ute)?s?)?(?![^\W\d_])|(?P<bare>\d{2})(?!\w))?(?!\w)",
    re.IGNORECASE,
)
_MINUTES = re.compile(r"\s*(?P<minutes>\d{1,6})\s*m(?:in(?:ute)?s?)?(?!\w)", re.IGNORECASE)
_UNTIL = re.compile(r"\s*until\b\s*", re.IGNORECASE)
_FOR = re.compile(r"\s*for\b(?=\s+\d)", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]+")
_WORD = re.compile(r"\s*(\S+)")
_CLEAR_CLOCK = re.compile(r"\s+(?=\d{1,2}([:.]\d|\s*[ap]m\b|\s*$))", re.IGNORECASE)
_WORKING = re.compile(r"\s*(?P<count>\d{1,6})\s*working\s+(?P<unit>[^\W\d_]+)", re.IGNORECASE)


class LengthError(WordError):
    """A length that cannot be read or has passed; see WordError for what it carries."""


@dataclass(frozen=True, slots=True)
class Until:
    """A local time to last until: on `day` (None today, "tomorrow", or 0 = Monday … 6) at `minute` (0..1440).

    Without a minute it is that day's morning; today always has one.
    """

    day: int | str | None = None
    minute: int | None = None


@dataclass(frozen=True, slots=True)
class Length:
    """Exactly one of `minutes` on the clock (1 to 14 days) and `until`."""

    minutes: int | None = None
    until: Until | None = None


def parse_length(text: str) -> Length:
    """Read a length, all of it. Raises LengthError."""
    length, end = _read(text)
    if text[end:].strip():
        word = _WORD.match(text, end)
        assert word  # noqa: S101 - there is something left, so there is a word
        raise LengthError(text, word.start(1), word.end(1), "this does not belong to a length", EXAMPLE)
    return length


def split_length(text: str) -> tuple[Length, str]:
    """Read the length that `text` begins with; the rest, stripped, is the name. Raises LengthError."""
    length, end = _read(text)
    return length, text[end:].strip()


def starts_like_length(text: str) -> bool:
    """Tell whether the text means to begin with a length."""
    return re.match(r"\s*(for\s+)?(\d|until\b)", text[:LONGEST_TEXT], re.IGNORECASE) is not None


def _read(text: str) -> tuple[Length, int]:
    if len(text) > LONGEST_TEXT:
        raise LengthError(text[:60], 0, 60, f"this is longer than {LONGEST_TEXT} characters", EXAMPLE)
    until = _UNTIL.match(text)
    if until:
        return _read_until(text, until.end())
    skipped = _FOR.match(text)
    begin = skipped.end() if skipped else 0
    found = _HOURS.match(text, begin) or _MINUTES.match(text, begin)
    if not found:
        raise _no_length(text, begin)
    return Length(minutes=_minutes(text, found)), found.end()


def _no_length(text: str, begin: int) -> LengthError:
    word = _WORD.match(text, begin)
    start, end = (word.start(1), word.end(1)) if word else (len(text), len(text))
    if word and word.group(1).isdigit():
        return LengthError(text, start, end, "say minutes or hours", f"{word.group(1)[:3]}m")
    return LengthError(text, start, end, 'write a length such as 90m, 1h30, 2h or "until 15:00"', EXAMPLE)


def _minutes(text: str, found: re.Match[str]) -> int:
    parts = found.groupdict()
    minutes = int(parts.get("minutes") or 0) + 60 * int(parts.get("hours") or 0)
    minutes += int(parts.get("more") or parts.get("bare") or 0)
    if not 1 <= minutes <= _MOST_MINUTES:
        start = len(found.group()) - len(found.group().lstrip()) + found.start()
        raise LengthError(
            text, start, found.end(), f"a length goes from 1m to {LONGEST.days} days (336h)", EXAMPLE
        )
    return minutes


def _read_until(text: str, at: int) -> tuple[Length, int]:
    day: int | str | None = None
    word = _LETTERS.match(text, at)
    if word:
        day, at = _until_day(text, word), word.end()
        gap = _CLEAR_CLOCK.match(text, at)
        if not gap:
            return Length(until=Until(day)), at
        at = gap.end()
    found = CLOCK.match(text, at)
    if not found:
        raise LengthError(text, at, len(text), "say until when", "until 15:00")
    minute = clock_minute(found)
    if isinstance(minute, str):
        raise LengthError(text, found.start(), found.end(), minute, "until 15:00")
    return Length(until=Until(day, minute)), at + len(found.group().rstrip())


def _until_day(text: str, word: re.Match[str]) -> int | str:
    name = word.group().lower()
    if name == TOMORROW:
        return TOMORROW
    if name in DAYS:
        return DAYS[name]
    guess = near(name, [*DAYS, TOMORROW])
    advice = f'did you mean "{guess}"?' if guess else "say a time, tomorrow or a weekday"
    raise LengthError(text, word.start(), word.end(), advice, "until fri 14:00")


def format_length(length: Length) -> str:
    """Print a length in its one canonical form; `parse_length(format_length(x))` equals `x`."""
    if length.until is None:
        return _clock_length(length.minutes or 0)
    day, minute = length.until.day, length.until.minute
    words = [
        "until",
        SHORT_DAYS[day] if isinstance(day, int) else day,
        None if minute is None else clock_text(minute),
    ]
    return " ".join(word for word in words if word)


def _clock_length(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return (f"{hours}h" if hours else "") + (f"{rest}m" if rest or not hours else "")


def resolve_length(length: Length, now: datetime, zone: str, morning: int = MORNING) -> datetime:
    """Return the UTC instant a length that begins `now` ends, always after `now`.

    A local time is resolved as an end: in a gap the instant the gap ends, if it occurs twice the second.
    `morning` (minutes after local midnight) stands for the time when only a day is named. A weekday is the
    next one; today only if its time is named and still to come. Raises LengthError when a time of today has
    passed.
    """
    if length.until is None:
        epoch(now)  # refuses a naive datetime
        return now + timedelta(minutes=length.minutes or 0)
    today = local_day(epoch(now), zone)
    minute = morning if length.until.minute is None else length.until.minute
    for ordinal in _days_meant(length.until, today):
        end = to_utc_end(datetime.fromordinal(ordinal).date(), minute, zone)
        if end > now:
            return end
    text, clock = format_length(length), clock_text(minute)
    raise LengthError(text, len("until "), len(text), f"{clock} has passed today", f"until tomorrow {clock}")


def _days_meant(until: Until, today: int) -> tuple[int, ...]:
    if until.day is None:
        return (today,)
    if isinstance(until.day, str):
        return (today + 1,)
    ahead = (until.day - (today - 1)) % 7
    if ahead == 0 and until.minute is None:
        return (today + 7,)
    return today + ahead, today + ahead + 7


def parse_working(text: str) -> timedelta | WorkingTime:
    """Read `4 working hours`, `1 working day`, `90 working minutes`, or a length on the clock. Raises
    LengthError.
    """
    found = _WORKING.match(text[:LONGEST_TEXT])
    if not found:
        _refuse_near_working(text[:LONGEST_TEXT])
        length = parse_length(text)
        if length.minutes is None:
            raise LengthError(text, 0, len(text), "say how long, not until when", "4 working hours")
        return timedelta(minutes=length.minutes)
    if text[found.end() :].strip():
        raise LengthError(text, found.end(), len(text), "nothing may follow", "4 working hours")
    return _working(text, found)


def _refuse_near_working(text: str) -> None:
    """Raise for "4 wrking hours", which would otherwise be told to be a length on the clock."""
    found = re.match(r"\s*\d+\s+([^\W\d_]{4,})\s+[^\W\d_]", text)
    if found and near(found[1], ["working"]):
        raise LengthError(text, found.start(1), found.end(1), 'did you mean "working"?', "4 working hours")


def _working(text: str, found: re.Match[str]) -> WorkingTime:
    count, unit = int(found["count"]), found["unit"].lower().rstrip("s")
    made = {
        "day": WorkingTime(days=count),
        "hour": WorkingTime(minutes=60 * count),
        "minute": WorkingTime(minutes=count),
    }.get(unit)
    if made is None:
        advice = "count in working minutes, hours or days"
        raise LengthError(text, found.start("unit"), found.end("unit"), advice, "4 working hours")
    if not count >= 1 or made.days > _MOST_DAYS or made.minutes > _MOST_MINUTES:
        most = f"{_MOST_DAYS} working days or {_MOST_MINUTES // 60} working hours"
        advice = f"working time goes from 1 minute to {most}"
        raise LengthError(text, found.start("count"), found.end("count"), advice, "1 working day")
    return made


def format_working(value: timedelta | WorkingTime) -> str:
    """Print a duration so that `parse_working` gives it back. Raises ValueError for what no text can say."""
    if isinstance(value, timedelta):
        minutes, rest = divmod(value, timedelta(minutes=1))
        if rest or minutes < 1:
            raise ValueError("A duration on the clock is one or more whole minutes.")
        return _clock_length(minutes)
    if bool(value.days) == bool(value.minutes):
        raise ValueError("Working time is either days or minutes.")
    if value.days:
        return _counted(value.days, "day")
    if value.minutes % 60:
        return _counted(value.minutes, "minute")
    return _counted(value.minutes // 60, "hour")


def _counted(count: int, unit: str) -> str:
    return f"{count} working {unit}{'' if count == 1 else 's'}"
