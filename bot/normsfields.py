"""The keys of a norms file: how each value is read, and how the JSON Schema describes it. One table serves
both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from bot.teamnorms import LONGEST_WORDS
from bot.teamwords import read_no_meetings
from rules import (
    Kind,
    Moment,
    Passes,
    Ritual,
    Style,
    When,
    WordError,
    WorkingTime,
    near_zone,
    parse_moment,
    parse_when,
    parse_working,
    zone_names,
)
from rules.wording import clock_text, near

V = TypeVar("V")
RITUAL_WORDS = {
    "start": Ritual.START,
    "end": Ritual.END,
    "handover": Ritual.HANDOVER,
    "landing": Ritual.LANDING,
}
"""What the rituals of a day are called in the file."""

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
"""What a person or team may be called in the file."""
RESERVED = frozenset({"nobody", "urgent", "everyone", "all"})
"""Words that mean something else wherever a person id may stand."""
_PLACE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_LONGEST_NAME = 80
_MOST_ENTRIES = 1000
_DIGESTS = ("return", "midday", "before_end")


class FieldError(ValueError):
    """A value that cannot be taken; the message says what to write instead. `item` is the offending part."""

    def __init__(self, message: str, item: object | None = None) -> None:
        super().__init__(message)
        self.item = item


@dataclass(frozen=True, slots=True)
class Field:
    """One key: `read` turns its TOML value into ours or raises FieldError; `schema` describes what it
    accepts.
    """

    read: Callable[[Any], Any]
    schema: Mapping[str, Any]
    required: bool = False


def _text(value: object, what: str = "text", example: str = "text") -> str:
    if not isinstance(value, str):
        raise FieldError(f'write {what} in quotes, for example "{example}"')
    return value


def _parsed(parse: Callable[[str], V], example: str) -> Callable[[object], V]:
    def read(value: object) -> V:
        try:
            return parse(_text(value, "this", example))
        except WordError as error:
            raise FieldError(str(error), error.word or None) from error

    return read


def _choice(names: Mapping[str, V]) -> Callable[[object], V]:
    def read(value: object) -> V:
        if isinstance(value, str) and value.lower() in names:
            return names[value.lower()]
        guess = near(value, names) if isinstance(value, str) else None
        hint = f'did you mean "{guess}"? ' if guess else ""
        raise FieldError(f"{hint}It is one of {', '.join(names)}.")

    return read


def read_zone(value: object) -> str:
    """Read an IANA zone name."""
    name = _text(value, "the zone", "Europe/Lisbon")
    if name in zone_names():
        return name
    guess = near_zone(name)
    raise FieldError(f'did you mean "{guess}"?' if guess else 'write an IANA zone such as "Europe/Lisbon"')


def read_name(value: object) -> str:
    """Read the name of a window: one line, not empty."""
    name = _text(value, "the name", "family dinner").strip()
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise FieldError(f"a name is one line of 1 to {_LONGEST_NAME} characters")
    return name


def _read_place(value: object) -> str:
    place = _text(value, "the place", "PT").upper()
    if not _PLACE.fullmatch(place):
        raise FieldError('write a country code, with a region if it has its own holidays: "PT" or "DE-BY"')
    return place


def _read_account(value: object) -> str:
    account = _text(value, "the account", "U0MAYA").strip()
    if not account or len(account) > 200 or any(letter.isspace() for letter in account):
        raise FieldError('write the account\'s id, for example "U0MAYA"')
    return account


def _read_date(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise FieldError("write a date as YYYY-MM-DD, for example 2026-12-21")


def _read_yes(value: object) -> bool:
    if not isinstance(value, bool):
        raise FieldError("write true or false, without quotes")
    return value


def _read_count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 1000:
        raise FieldError("write a whole number from 0 to 1000, without quotes")
    return value


def _number(least: int, most: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise FieldError(f"write a whole number from {least} to {most}, without quotes")
        return value

    return read


def _read_no_meetings(value: object) -> When:
    try:
        return read_no_meetings(_text(value, "this", "fri"))
    except WordError as error:
        raise FieldError(str(error), error.word or None) from error


def _read_meaning(value: object) -> str:
    said = " ".join(_text(value, "what counts as urgent", "customers cannot work").split())
    if not 0 < len(said) <= LONGEST_WORDS or not said.isprintable():
        raise FieldError(f"write one sentence of at most {LONGEST_WORDS} characters")
    return said


def _read_channel(value: object) -> str:
    channel = _text(value, "the channel's id", "C0PLATFORM").strip()
    if not channel or len(channel) > 200 or any(letter.isspace() for letter in channel):
        raise FieldError('write the channel\'s id, for example "C0PLATFORM"')
    return channel


def _read_id(value: object) -> str:
    if not isinstance(value, str) or not ID.fullmatch(value):
        raise FieldError('write the id of a person in this file in quotes, for example "maya"', value)
    return value


def _read_ids(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > _MOST_ENTRIES:
        raise FieldError('write a list of ids, for example ["maya", "sam"]')
    ids = tuple(_read_id(each) for each in value)
    for position, each in enumerate(ids):
        if each in ids[:position]:
            raise FieldError(f'"{each}" is listed twice: take one away', each)
    return ids


def _read_passes(value: object) -> Passes:
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise FieldError('write "nobody", "urgent", "everyone" or a list such as ["urgent", "sam"]')
    for alone in ("nobody", "everyone"):
        if alone in words and len(words) > 1:
            raise FieldError(f'"{alone}" stands alone: take away the others or "{alone}"', alone)
    people = [word for word in words if word not in RESERVED]
    for each in people:
        _read_id(each)
    return Passes("everyone" in words, "urgent" in words, frozenset(people))


def _read_digests(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise FieldError('write a list of moments, for example ["return", "before_end", "15:00"]')
    return tuple(dict.fromkeys(_read_digest(each) for each in value))


def _read_digest(value: object) -> str:
    if isinstance(value, str):
        clock = _CLOCK.fullmatch(value)
        if clock:
            return clock_text(int(clock[1]) * 60 + int(clock[2]))
        if value in _DIGESTS:
            return value
    raise FieldError(f'a moment is one of {", ".join(_DIGESTS)} or a time such as "15:00"', value)


def _read_rituals(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise FieldError('write a list of rituals, for example ["end", "landing"]')
    return tuple(dict.fromkeys(_read_ritual(each) for each in value))


_read_ritual: Callable[[object], str] = _choice({word: kind.value for word, kind in RITUAL_WORDS.items()})


def string(description: str, *examples: object, **more: Any) -> dict[str, Any]:
    """Return the schema of a text."""
    return {
        "type": "string",
        "description": description,
        **({"examples": [*examples]} if examples else {}),
        **more,
    }


def _list(items: Mapping[str, Any], description: str, *examples: object) -> dict[str, Any]:
    return {"type": "array", "items": items, "description": description, "examples": [*examples]}


def _date(description: str, example: str) -> dict[str, Any]:
    return string(description, example, format="date", pattern=r"^\d{4}-\d{2}-\d{2}$")


_read_when: Callable[[object], When] = _parsed(parse_when, "mon-fri 09:00-17:00")
_read_working: Callable[[object], timedelta | WorkingTime] = _parsed(parse_working, "4 working hours")
_read_moment: Callable[[object], Moment] = _parsed(parse_moment, "mon 09:30")

_STYLES = {style.value: style for style in Style}
_KINDS = {kind.value: kind for kind in Kind}
_WHEN = "DAYS TIMES; …, in local time, optionally `every N weeks from YYYY-MM-DD`."
_ID = {"type": "string", "pattern": f"^{ID.pattern}$"}
_ZONE = string("An IANA time zone.", "Europe/Lisbon")
_PASSES = {
    "description": "Whom the window lets through; else the default of its kind and the person's style.",
    "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
    "examples": ["nobody", "urgent", "everyone", ["urgent", "sam"]],
}

PERSON: dict[str, Field] = {
    "zone": Field(read_zone, _ZONE, required=True),
    "style": Field(
        _choice(_STYLES), string("How the person draws the line: a preset.", "separator", enum=[*_STYLES])
    ),
    "hours": Field(
        _read_when, string("Working hours. " + _WHEN, "mon-thu 09:00-12:30, 14:00-18:00; fri 09:00-13:00")
    ),
    "holidays": Field(_read_place, string("Whose public holidays count.", "PT", "DE-BY")),
    "slack": Field(_read_account, string("The person's Slack member id.", "U0MAYA")),
    "teams": Field(_read_account, string("The person's Microsoft Teams id.", "29:maya")),
    "digests": Field(
        _read_digests,
        _list(
            {"type": "string"}, "When what waited is delivered.", ["return", "midday", "before_end", "15:00"]
        ),
    ),
    "rituals": Field(
        _read_rituals,
        _list(
            {"type": "string", "enum": [*RITUAL_WORDS]},
            "The rituals that come as nudges, the most wanted first, at most two a day; else those usual for "
            "the style.",
            ["end", "landing"],
        ),
    ),
    "opt_out": Field(
        _read_ids, _list(_ID, "Teams whose shared focus does not hold for this person.", ["platform"])
    ),
}
WINDOW: dict[str, Field] = {
    "name": Field(
        read_name, string("What the person calls it; private by default.", "family dinner"), required=True
    ),
    "kind": Field(
        _choice(_KINDS), string("What sort of promise it is.", "quiet", enum=[*_KINDS]), required=True
    ),
    "when": Field(_read_when, string(_WHEN, "daily 18:00-19:30"), required=True),
    "lets_through": Field(_read_passes, _PASSES),
    "share_name": Field(
        _read_yes, {"type": "boolean", "description": "Whether others may read the name.", "default": False}
    ),
}
LEAVE: dict[str, Field] = {
    "from": Field(_read_date, _date("The first day away.", "2026-12-21"), required=True),
    "to": Field(_read_date, _date("The last day away.", "2027-01-03"), required=True),
    "stand_in": Field(
        _read_id, {**_ID, "description": "Who is named to senders meanwhile.", "examples": ["sam"]}
    ),
}


def _integer(description: str, least: int, most: int, **more: Any) -> dict[str, Any]:
    return {"type": "integer", "minimum": least, "maximum": most, "description": description, **more}


TEAM: dict[str, Field] = {
    "name": Field(read_name, string("What the team is called; else its id.", "Platform")),
    "members": Field(_read_ids, _list(_ID, "The ids of the people in the team.", ["maya", "sam"])),
    "leads": Field(
        _read_ids,
        _list(_ID, "Who leads the team: each learns in private what their own late messages cause.", ["ana"]),
    ),
    "zone": Field(read_zone, _ZONE, required=True),
    "core": Field(
        _read_when, string("When the team agreed to be reachable. " + _WHEN, "mon-thu 14:00-16:00")
    ),
    "shared_focus": Field(_read_when, string("A focus window of every member. " + _WHEN, "wed 09:00-12:00")),
    "no_meetings": Field(
        _read_no_meetings, string("Time without meetings: days, or days and times.", "fri", "fri 13:00-17:00")
    ),
    "urgent_means": Field(
        _read_meaning, string("What counts as urgent, in the team's words.", "customers cannot work")
    ),
    "urgent_budget": Field(
        _read_count, _integer("Urgent messages a week before the team is asked about it.", 0, 1000)
    ),
    "ask_on_leave": Field(
        _read_id, {**_ID, "description": "Whom to ask while somebody is on leave.", "examples": ["ana"]}
    ),
    "summary": Field(_read_moment, string("When the weekly summary comes.", "mon 09:30")),
    "review_by": Field(_read_date, _date("When the norms are to be read again.", "2027-02-01")),
    "holidays": Field(
        _read_place, string("Whose public holidays count: the summary comes on a working day.", "PT", "DE-BY")
    ),
    "quorum": Field(
        _number(1, 100), _integer("How many members must vote on a change, in per cent.", 1, 100, default=50)
    ),
    "majority": Field(
        _number(50, 99), _integer("More than so many per cent of the votes are yes.", 50, 99, default=50)
    ),
    "open_days": Field(_number(1, 14), _integer("How many days a vote is open.", 1, 14, default=3)),
    "figures_from": Field(
        _number(5, 1000),
        _integer("How many people stand behind every figure. It can only be raised.", 5, 1000, default=5),
    ),
    "slack_channel": Field(
        _read_channel, string("The id of the Slack channel in which the team talks.", "C0PLATFORM")
    ),
    "teams_channel": Field(
        _read_channel,
        string("The id of the Teams channel or chat in which the team talks.", "19:platform@thread.tacv2"),
    ),
}
PLACES = ("slack_channel", "teams_channel")
"""Keys of a team that say where it talks."""
VOTING = {"quorum": "quorum", "majority": "majority", "open_days": "days"}
"""Keys of a team that say how it decides, and what rules.values.Voting calls them."""
REPLY: dict[str, Field] = {
    "mention": Field(_read_working, string("How soon a mention is answered.", "4 working hours")),
    "direct": Field(_read_working, string("How soon a direct message is answered.", "1 working day")),
    "urgent": Field(_read_working, string("How soon an urgent ping is answered.", "30m")),
}
