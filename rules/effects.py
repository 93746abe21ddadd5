"""What the outside world is asked to do, as data: ids and facts, never the text of a message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing asked of the outside world. Every subclass is JSON-able and has a unique `effect_key`."""


@dataclass(frozen=True, slots=True)
class SetStatus(Effect):
    """Bring a person's status in line with the segment that starts at `segment_start`; they are back at
    `until`.

    `until` None: the person is available, so put back or clear. `asked`: they said it just now.
    """

    person: str
    segment_start: datetime
    until: datetime | None = None
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Snooze(Effect):
    """Pause a person's notifications until an instant. `asked`: they said just now that they want it."""

    person: str
    until: datetime
    asked: bool = False


@dataclass(frozen=True, slots=True)
class EndSnooze(Effect):
    """End the pause that we set: a snooze is known by its end, a presence by itself. One that the person set
    since is left alone; a presence that stood there before ours is put back."""

    person: str
    ours_until: datetime


@dataclass(frozen=True, slots=True)
class Digest(Effect):
    """Deliver these holds to a person together.

    `passed_on`: they never waited, and their sender was told so at once.
    """

    person: str
    holds: tuple[str, ...]
    passed_on: bool = False


@dataclass(frozen=True, slots=True)
class UrgentPing(Effect):
    """Deliver one hold to a person at once."""

    person: str
    hold: str


@dataclass(frozen=True, slots=True)
class SenderNote(Effect):
    """Tell a sender privately what will happen to these holds.

    `seen` are the person ids of those whom the same message reaches at once. `coach`: say how a message at
    this hour may read.
    """

    sender: str
    holds: tuple[str, ...]
    seen: tuple[str, ...] = ()
    coach: bool = False


@dataclass(frozen=True, slots=True)
class Landed(Effect):
    """Tell a sender that these holds have been delivered."""

    sender: str
    holds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Nudge(Effect):
    """Send a person the ritual of `kind` for a local day."""

    person: str
    kind: str
    day: date


@dataclass(frozen=True, slots=True)
class Say(Effect):
    """Tell a person something once: `topic` names the message, `facts` fill it in."""

    person: str
    topic: str
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PublishHome(Effect):
    """Show a person's home page anew, as of `at`."""

    person: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TeamPost(Effect):
    """Post something of a team where the team talks, or to a member in private. `topic` names the message,
    `subject` what it is about (a proposal id, a week such as "2026-W48", an entry of the ledger). `turn`
    above 0 shows the post anew, in its place, as things stand then."""

    team: str
    topic: str
    subject: str = ""
    turn: int = 0


def effect_key(effect: Effect) -> str:
    """Return the key under which an effect happens once: deciding the same thing twice gives the same key."""
    values = [getattr(effect, name) for name in effect.__dataclass_fields__]
    return ":".join([_snake(type(effect).__name__), *(_part(value) for value in values)])


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


def _part(value: object) -> str:
    """Return one field so that no two different effects share a key: separators inside text are escaped."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, tuple):
        return f"[{''.join(_part(each) + ',' for each in value)}]"
    text = "" if value is None else str(value)
    return "".join(f"%{ord(letter):02x}" if letter in "%:,[]" else letter for letter in text)
