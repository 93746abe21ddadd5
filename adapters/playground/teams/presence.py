"""What everybody sees of somebody: presence and status message, with their ends."""

from datetime import datetime, timedelta
from typing import Final

from adapters.playground.teams.records import Preferred, StatusMessage, TeamsUser

PREFERRED_PAIRS: Final = frozenset(
    {
        ("Available", "Available"),
        ("Busy", "Busy"),
        ("DoNotDisturb", "DoNotDisturb"),
        ("BeRightBack", "BeRightBack"),
        ("Away", "Away"),
        ("Offline", "OffWork"),
    }
)
_BY_HAND: Final = dict(PREFERRED_PAIRS)
OFFLINE: Final = ("Offline", "Offline")


def default_life(availability: str) -> timedelta:
    """How long a preferred presence lasts when nothing is said: learn.microsoft.com/graph/api/
    presence-setuserpreferredpresence."""
    return timedelta(days=1 if availability in {"Busy", "DoNotDisturb"} else 7)


def shown(person: TeamsUser, now: datetime) -> tuple[str, str]:
    """Availability and activity. A preferred presence beats all, but needs a presence session."""
    if not person.signed_in:
        return OFFLINE
    preferred = live(person, now)
    return (preferred.availability, preferred.activity) if preferred else person.presence


def live(person: TeamsUser, now: datetime) -> Preferred | None:
    """The preferred presence, unless it has ended."""
    preferred = person.preferred
    ended = preferred is not None and preferred.expires is not None and preferred.expires <= now
    return None if ended else preferred


def status_message(person: TeamsUser, now: datetime) -> StatusMessage | None:
    """The status message, unless it has ended."""
    status = person.status_message
    ended = status is not None and status.expires is not None and status.expires <= now
    return None if ended else status


def expire(person: TeamsUser, now: datetime) -> bool:
    """Drop what has ended; says whether anything had."""
    preferred, status = live(person, now), status_message(person, now)
    ended = preferred is not person.preferred or status is not person.status_message
    person.preferred, person.status_message = preferred, status
    return ended


def by_hand(availability: str) -> Preferred | None:
    """What somebody's own choice sets: it has no end; "" gives the presence back; else ValueError."""
    if not availability:
        return None
    if availability not in _BY_HAND:
        raise ValueError(f"no such presence: {availability}; use one of {', '.join(sorted(_BY_HAND))}")
    return Preferred(availability, _BY_HAND[availability])
