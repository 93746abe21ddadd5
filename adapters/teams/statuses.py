"""Statuses, presences and working hours between our words and Graph's.

A status message has no field for an emoji: ours stands before the text. What is read is written back as it
was, whoever wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from html import unescape
from math import ceil
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from tzlocal.windows_tz import win_tz

from rules import Status, WordError, format_when, parse_when

Json = Mapping[str, Any]

_SIGNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        ":coffee:": "\N{HOT BEVERAGE}",
        ":house:": "\N{HOUSE BUILDING}",
        ":dart:": "\N{DIRECT HIT}",
        ":battery:": "\N{BATTERY}",
        ":no_bell:": "\N{BELL WITH CANCELLATION STROKE}",
        ":palm_tree:": "\N{PALM TREE}",
    }
)
"""The emoji that statuses of ours carry (rules/statuses.py)."""
_NAMES: Final = MappingProxyType({sign: name for name, sign in _SIGNS.items()})

PAIRS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "Available": ("Available", "Available"),
        "Busy": ("Busy", "Busy"),
        "DoNotDisturb": ("DoNotDisturb", "DoNotDisturb"),
        "BeRightBack": ("BeRightBack", "BeRightBack"),
        "Away": ("Away", "Away"),
        "OffWork": ("Offline", "OffWork"),
    }
)
"""Presences that can be preferred, by our name (graph: presence-setuserpreferredpresence)."""
_BY_HAND: Final = frozenset(PAIRS) - {"Available", "Away"}
"""Those that Teams never shows by itself: Available is its normal state, and Away comes from being idle."""
_TAG: Final = re.compile(r"<[^<>]*>")
NOTHING: Final = Status("", "", None)


def status_text(status: Status) -> str:
    """What to write as the status message; "" clears it."""
    sign = _SIGNS.get(status.emoji, status.emoji)
    return " ".join(part for part in (sign, status.text) if part)


def status_read(presence: Json) -> Status:
    """The status message in an answer to GET presence. When it ends is not told about another person."""
    message = _object(_object(presence.get("statusMessage")).get("message"))
    content = message.get("content")
    text = content if isinstance(content, str) else ""
    if message.get("contentType") == "html":
        text = unescape(_TAG.sub("", text))
    sign, space, rest = text.partition(" ")
    if sign in _NAMES and bool(space) == bool(rest):
        return Status(rest, _NAMES[sign], None)
    return Status(text, "", None)


def status_message(status: Status) -> dict[str, Any]:
    """The body of setStatusMessage. Its `dateTime` has no zone of its own: the field beside it says UTC."""
    message: dict[str, Any] = {"message": {"content": status_text(status), "contentType": "text"}}
    if status.expires is not None and (status.text or status.emoji):
        at = status.expires.astimezone(UTC)
        message["expiryDateTime"] = {"dateTime": f"{at:%Y-%m-%dT%H:%M:%S}", "timeZone": "UTC"}
    return {"statusMessage": message}


def presence_read(presence: Json) -> Status:
    """Which presence was set by hand or by us; empty for what Teams shows by itself."""
    pair = presence.get("availability"), presence.get("activity")
    name = next((name for name, known in PAIRS.items() if known == pair), "")
    return Status(name, "", None) if name in _BY_HAND else NOTHING


def preferred_presence(presence: Status, now: datetime) -> dict[str, Any] | None:
    """The body of setUserPreferredPresence; None for a presence that cannot be preferred.

    Whole minutes, rounded up: a boundary is never cut short. Without an end, Graph's own applies (a day for
    Busy and DoNotDisturb, else seven).
    """
    pair = PAIRS.get(presence.text)
    if pair is None:
        return None
    body: dict[str, Any] = {"availability": pair[0], "activity": pair[1]}
    if presence.expires is not None:
        minutes = max(1, ceil((presence.expires - now) / timedelta(minutes=1)))
        body["expirationDuration"] = f"PT{minutes}M"
    return body


def working_hours(mailbox: Json) -> tuple[str, str]:
    """A mailbox's hours as text of a `when` and their IANA zone; ("", "") if we cannot say both for sure."""
    hours = _object(mailbox.get("workingHours"))
    zone = iana_zone(_object(hours.get("timeZone")).get("name"))
    days = hours.get("daysOfWeek")
    start, end = _clock(hours.get("startTime")), _clock(hours.get("endTime"))
    if not (zone and start and end and isinstance(days, list) and days):
        return "", ""
    try:
        names = ",".join(str(day)[:3].lower() for day in days)
        return format_when(parse_when(f"{names} {start}-{end}")), zone
    except WordError:
        return "", ""


def iana_zone(name: object) -> str:
    """The IANA zone of a Windows or IANA name; "" for a custom zone, whose name says nothing."""
    if not isinstance(name, str):
        return ""
    zone = str(win_tz.get(name, name))
    try:
        return ZoneInfo(zone).key
    except (KeyError, ValueError, OSError):
        return ""


def _object(value: object) -> Json:
    return value if isinstance(value, Mapping) else {}


def _clock(value: object) -> str:
    """ "08:00" of "08:00:00.0000000"."""
    return value[:5] if isinstance(value, str) else ""
