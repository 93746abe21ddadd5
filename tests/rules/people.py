"""The people of the design's example, for tests that read as stories. November 2026: Lisbon is on UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from rules import (
    Kind,
    Leave,
    Mode,
    Passes,
    Person,
    ReplyWithin,
    Said,
    Style,
    Team,
    Window,
    parse_when,
    parse_working,
)

LISBON = "Europe/Lisbon"
DINNER = Window("family dinner", Kind.QUIET, parse_when("daily 18:00-19:30"))
DEEP = Window("deep work", Kind.FOCUS, parse_when("tue,thu 09:00-11:30"), share_name=True)
LUNCH = Window("lunch", Kind.BREAK, parse_when("daily 12:00-12:30"))
MAYA = Person(
    "maya",
    LISBON,
    Style.SEPARATOR,
    parse_when("mon-thu 09:00-12:30, 14:00-18:00; fri 09:00-13:00"),
    (DINNER, DEEP, LUNCH),
    (Leave(date(2026, 12, 21), date(2027, 1, 3), "sam"),),
)
PLATFORM = Team(
    "platform",
    LISBON,
    ("maya", "sam", "kenji"),
    ("ana",),
    core=parse_when("mon-thu 14:00-16:00"),
    shared_focus=parse_when("wed 09:00-12:00"),
    reply_within=ReplyWithin(
        mention=parse_working("4 working hours"),
        direct=parse_working("1 working day"),
        urgent=parse_working("30m"),
    ),
)
NOBODY = Passes()


def utc(text: str) -> datetime:
    """An instant from "2026-11-23T09:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def said(mode: Mode, start: str, minutes: int, name: str = "", passes: Passes | None = None) -> Said:
    """Something said at its start."""
    at = utc(start)
    return Said(mode, at, at + timedelta(minutes=minutes), at, name, passes)
