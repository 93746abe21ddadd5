"""Wall-clock times of a zone as instants: the clock-change policy, in this one place.

**A boundary is never cut short.** A start in a gap (a wall-clock time that does not exist) is the instant
the gap ends; a start that occurs twice is the first. An end in a gap is the instant the gap ends; an end
that occurs twice is the second. `24:00` is the next local day's `00:00`.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from rules.instants import DAY, instant
from rules.wording import near

_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_NO_OFFSET = timedelta(0)
_BLOCK = 32  # days whose offsets are looked up and kept together


class ZoneError(ValueError):
    """A name that is no IANA time zone."""


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Return the names of all IANA zones that the time-zone database here knows."""
    return frozenset(available_timezones())


def zone_of(name: str) -> ZoneInfo:
    """Return the zone. Raises ZoneError with the nearest known name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    guess = near_zone(name)
    advice = f'did you mean "{guess}"?' if guess else 'write a name such as "Europe/Lisbon".'
    raise ZoneError(f'"{name}" is not a time zone: {advice}')


def near_zone(name: str) -> str | None:
    """Return the zone a misspelt name probably means; a bare city ("lisbon") finds its zone."""
    folded = {zone.lower(): zone for zone in sorted(zone_names())}
    wanted = name.strip().lower().replace(" ", "_")
    cities = {key.rpartition("/")[2]: zone for key, zone in folded.items() if "/" in key}
    if city := cities.get(wanted):
        return city
    guess = near(wanted, {**folded, **cities})
    return {**cities, **folded}[guess] if guess else None


def to_utc_start(day: date, minute: int, zone: str) -> datetime:
    """Return the instant at which a window that starts at `minute` (0..1440) of local `day` starts."""
    return instant(start_second(zone, day.toordinal(), minute * 60))


def to_utc_end(day: date, minute: int, zone: str) -> datetime:
    """Return the instant at which a window that ends at `minute` (0..1440) of local `day` ends."""
    return instant(end_second(zone, day.toordinal(), minute * 60))


def local_day(seconds: int, zone: str) -> int:
    """Return the ordinal of the local date at an epoch second."""
    return datetime.fromtimestamp(seconds, zone_of(zone)).toordinal()


def start_second(zone: str, ordinal: int, second: int) -> int:
    """As to_utc_start, with the date as an ordinal, `second` after local midnight (0..172800) and epoch
    seconds.
    """
    return _resolve(zone, ordinal, second, last=False)


def end_second(zone: str, ordinal: int, second: int) -> int:
    """As to_utc_end, with the date as an ordinal, `second` after local midnight (0..172800) and epoch
    seconds.
    """
    return _resolve(zone, ordinal, second, last=True)


def _resolve(zone: str, ordinal: int, second: int, *, last: bool) -> int:
    ordinal, second = ordinal + second // DAY, second % DAY
    offset = plain_offset(zone, ordinal)
    if offset is not None:
        return (ordinal - _EPOCH_ORDINAL) * DAY + second - offset
    return _exact(zone, ordinal, second, last)


@lru_cache(maxsize=4096)
def _exact(zone: str, ordinal: int, second: int, last: bool) -> int:
    """Resolve a wall-clock time on a day with a clock change."""
    wall = (ordinal - _EPOCH_ORDINAL) * DAY + second
    info = zone_of(zone)
    local = datetime.fromordinal(ordinal) + timedelta(seconds=second)
    first, second_time = (_offset(local.replace(tzinfo=info, fold=fold)) for fold in (0, 1))
    if second_time > first:  # a gap: the wall-clock time lies between the old offset's and the new one's
        return _change_between(info, wall - second_time, wall - first)
    return wall - (second_time if last else first)


def _change_between(info: ZoneInfo, low: int, high: int) -> int:
    """Return the first second after `low`, at most `high`, that has the offset of `high`."""
    after = _offset_at(info, high)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset_at(info, middle) == after:
            high = middle
        else:
            low = middle
    return high


def _offset_at(info: ZoneInfo, seconds: int) -> int:
    return _offset(instant(seconds).astimezone(info))


def _offset(local: datetime) -> int:
    offset = local.utcoffset() or _NO_OFFSET
    return offset.days * DAY + offset.seconds


def plain_offset(zone: str, ordinal: int) -> int | None:
    """Return the zone's UTC offset in seconds if it is the same all through that local day, else None."""
    return _block(zone, ordinal // _BLOCK)[ordinal % _BLOCK]


@lru_cache(maxsize=8192)
def _block(zone: str, number: int) -> tuple[int | None, ...]:
    """Return the plain offsets of 32 days: one by one they would cost more than everything else."""
    info = zone_of(zone)
    midnights = [
        datetime.fromordinal(number * _BLOCK + day).replace(tzinfo=info) for day in range(_BLOCK + 1)
    ]
    begins = [_offset(midnight) for midnight in midnights[:-1]]
    ends = [_offset(midnight.replace(fold=1)) for midnight in midnights[1:]]
    return tuple(begin if begin == end else None for begin, end in zip(begins, ends, strict=True))
