"""Records for tests: valid values with whatever a test wants different."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.inbound import Account
from bot.records import Conversation, Delivery, Hold, Lane, Parcel, PersonRecord, PersonState
from rules.effects import Digest
from rules.values import Clause, Kind, Passes, Person, PingKind, TimeRange, Urgency, When, Window

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
MAYA = Account("slack:T1", "UMAYA")
SAM = Account("slack:T1", "USAM")
TEAMS_MAYA = Account("teams:7e1a", "29:maya")


def later(**span: float) -> datetime:
    """NOW plus a timedelta's arguments."""
    return NOW + timedelta(**span)


def weekdays(start: int = 540, end: int = 1080) -> When:
    return When((Clause((0, 1, 2, 3, 4), (TimeRange(start, end),)),))


def person(id_: str = "maya", **changes: Any) -> Person:
    """Somebody with eight norms."""
    passes = Passes(urgent=True, people=frozenset({"sam"}))
    windows = tuple(
        Window(f"window {n}", Kind.FOCUS, When((Clause((n % 7,), (TimeRange(600 + n, 660),)),)), passes)
        for n in range(7)
    )
    return replace(Person(id_, "Europe/Lisbon", hours=weekdays(), windows=windows), **changes)


def record(id_: str = "maya", next_at: datetime | None = NOW, **state: Any) -> PersonRecord:
    return PersonRecord(person(id_), PersonState(**state), next_at)


def delivery(id_: str = "d1", **changes: Any) -> Delivery:
    """A digest for Maya, due NOW; its key follows from its id."""
    first = Delivery(id_, f"key of {id_}", Lane.MESSAGE, MAYA, Digest("maya", (f"hold of {id_}",)), NOW)
    return replace(first, **changes)


def hold(id_: str = "h1", **changes: Any) -> Hold:
    """A direct message from Sam that waits for Maya."""
    first = Hold(id_, SAM, "maya", PingKind.DIRECT, Urgency.ROUTINE, NOW, later(hours=1), text=b"sealed")
    return replace(first, **changes)


def conversation(id_: str = "a:maya", **changes: Any) -> Conversation:
    """Maya's own chat with the bot in Teams."""
    url = "https://smba.example/emea/"
    return replace(Conversation(TEAMS_MAYA.tenant, id_, url, "personal", TEAMS_MAYA.user), **changes)


def parcel(key: str = "p1", **changes: Any) -> Parcel:
    """Something that Maya wrote there, sealed."""
    return replace(Parcel(key, TEAMS_MAYA.tenant, "a:maya", b"sealed", NOW), **changes)
