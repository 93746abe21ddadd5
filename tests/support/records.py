"""Records for tests: valid values with whatever a test wants different."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.inbound import Account
from bot.records import (
    Conversation,
    Delivery,
    Hold,
    JournalEntry,
    Lane,
    LedgerEntry,
    Origin,
    Override,
    Parcel,
    PersonRecord,
    PersonState,
    Place,
    Proposal,
    Publication,
    SaidEntry,
    TeamRecord,
    TeamState,
    TeamVersion,
)
from rules.effects import Digest
from rules.values import (
    Clause,
    Interval,
    Kind,
    Mode,
    Passes,
    Person,
    PingKind,
    ReplyWithin,
    Said,
    Team,
    TimeRange,
    Urgency,
    When,
    Window,
    WorkingTime,
)

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
DAY = NOW.date()
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


PLATFORM = Team(
    "platform",
    "Europe/Lisbon",
    ("maya", "sam", "kenji"),
    leads=("maya",),
    core=When((Clause((0, 1, 2, 3), (TimeRange(840, 960),)),)),
    reply_within=ReplyWithin(mention=WorkingTime(minutes=240), urgent=timedelta(minutes=30)),
    urgent_budget=3,
    name="Plattform Ünal",
    ask_on_leave="sam",
    lifted=(Interval(NOW, NOW + timedelta(hours=1)),),
)


def team_record(team: Team = PLATFORM, next_at: datetime | None = NOW, **state: Any) -> TeamRecord:
    """A team that talks in one channel and that Sam joined later."""
    first = TeamState(1, (Place("slack:T1", "C1"),), (("sam", NOW),), (("2026-W48", "maya"),), "2026-W47")
    return TeamRecord(team, replace(first, **state), next_at)


def version(number: int = 1, **changes: Any) -> TeamVersion:
    first = TeamVersion(
        "platform", number, NOW, later(hours=6), PLATFORM, "core hours é", Origin.VOTE, "maya", "p1", 3, 1
    )
    return replace(first, **changes)


def proposal(id_: str = "p1", **changes: Any) -> Proposal:
    """Maya proposes core hours, and whom to ask on leave."""
    what = (("core", "mon-thu 13:00-15:00"), ("ask_on_leave", "maya"))
    first = Proposal(
        id_, "platform", "maya", NOW, later(days=3), what, "core hours", None, ("maya", "sam", "kenji")
    )
    return replace(first, **changes)


def entry(id_: str = "l1", **changes: Any) -> LedgerEntry:
    """Maya lifted the shared focus; Sam found it fair."""
    first = LedgerEntry(
        id_, "platform", NOW, Override.LIFTED, "maya", later(hours=1), later(hours=2), "the site is down é",
        "h1", (("sam", True), ("kenji", False)),
    )  # fmt: skip
    return replace(first, **changes)


def publication(week: str = "2026-W47", **changes: Any) -> Publication:
    first = Publication("platform", week, NOW, ("maya", "sam", "kenji"), '{"held":{"people":["maya"]}}')
    return replace(first, **changes)


def journal_entry(day: date = DAY, **changes: Any) -> JournalEntry:
    return replace(JournalEntry("maya", day, "end_of_day", NOW, b"sealed"), **changes)


def said_entry(at: datetime = NOW, hours: int = 1, **changes: Any) -> SaidEntry:
    until = at + timedelta(hours=hours)
    return replace(SaidEntry("maya", Said(Mode.FOCUS, at, until, at, "deep work é")), **changes)
