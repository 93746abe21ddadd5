"""A proposal in plain words: `core mon-thu 13:00-15:00`, `reply to mentions within 2 working hours`, `remove
core`, each perhaps with ` from 2026-12-01`, ` from monday` or ` from now` after it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.commands.reading import Words
from bot.inbound import PersonRef
from bot.teamnorms import BY_KEY, FIELDS, Changes, TeamField
from rules import WordError, to_utc_start
from rules.values import Team
from rules.wording import DAYS, near

EXAMPLE = "core mon-thu 13:00-15:00"
FURTHEST = timedelta(days=366)
"""How far ahead the day may lie on which a change takes effect."""
_REVIEW_AFTER = timedelta(days=91)
_REMOVED = frozenset({"none", "nothing", "off", "nobody"})


@dataclass(frozen=True, slots=True)
class Proposed:
    """What somebody wants to change, and from when (UTC); None: once it is decided, the next local
    midnight."""

    changes: Changes
    effective_at: datetime | None = None


def _phrase(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\s*(?:{pattern})(?!\w)\s*:?\s*", re.IGNORECASE)


_WITHIN = r"(?:\s*:?\s*(?:within|in))?"
_REPLY = r"(?:(?:reply|replies|answer)(?:[\s_.-]*within)?(?:\s+(?:to|a|an))*[\s.]+)?"
_PHRASES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("core", _phrase(r"core(?:\s+(?:hours?|times?))?")),
    ("shared_focus", _phrase(r"(?:shared[\s_]+)?focus(?:\s+(?:hours?|times?|on))?")),
    (
        "no_meetings",
        _phrase(
            r"(?:no[\s_-]+meetings?(?:[\s-]+(?:days?|times?))?|meeting[\s-]+free(?:\s+(?:days?|times?))?)"
            r"(?:\s+on)?"
        ),
    ),
    ("reply_within.mention", _phrase(rf"{_REPLY}mentions?{_WITHIN}")),
    (
        "reply_within.direct",
        _phrase(rf"{_REPLY}(?:direct(?:\s+messages?)?|dms?|messages?){_WITHIN}"),
    ),
    ("reply_within.urgent", _phrase(rf"{_REPLY}urgent\s+(?:messages?|pings?){_WITHIN}")),
    ("reply_within.urgent", _phrase(r"(?:reply|replies|answer)(?:\s+(?:to|a|an))*\s+urgent\s+(?:within|in)")),
    ("urgent_budget", _phrase(r"(?:urgent[\s_]+)?budget(?:\s+of)?")),
    ("urgent_means", _phrase(r"urgent[\s_]+(?:means(?:\s+that)?|is(?:\s+when)?|when)")),
    ("summary", _phrase(r"(?:weekly[\s_]+)?summary(?:\s+(?:on|at))?")),
    ("review_by", _phrase(r"(?:review(?:[\s_]+(?:by|on|again|date))?|read\s+again\s+(?:by|on))")),
    ("quorum", _phrase(r"quorum(?:\s+of)?")),
    ("majority", _phrase(r"majority(?:\s+of|\s*:?\s*more\s+than)?")),
    ("open_days", _phrase(r"(?:votes?\s+(?:are\s+)?)?open(?:[\s_]+days)?(?:\s+for)?")),
    ("holidays", _phrase(r"(?:public\s+)?holidays?(?:\s+(?:of|in))?")),
    ("zone", _phrase(r"(?:time\s*)?zone")),
    ("figures_from", _phrase(r"figures?(?:[\s_]+(?:from|need))?")),
    ("name", _phrase(r"(?:name|call\s+(?:us|it))")),
)
_ASKING = r"\s*(?:while\s+somebody\s+is\s+on\s+leave[\s,]+ask|ask_on_leave|(?:whom?\s+to\s+)?ask)(?!\w)\s*:?"
_IS_ASKING = re.compile(_ASKING, re.IGNORECASE)
_ASK = re.compile(
    rf"{_ASKING}(?P<who>.*?)(?:\b(?:while|when)\b.*|\b(?:on|during)\s+leave\b.*)?$",
    re.IGNORECASE | re.DOTALL,
)
_LEADS = _phrase(r"leads?(?:\s+(?:is|are))?")
_REMOVE = re.compile(
    r"\s*(?:remove|drop|delete|without|no\s+more|no(?![\s_-]+meeting))\s+(?P<what>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_FROM = re.compile(
    r"[\s,]+(?:from|starting|as\s+of)\s+(?:(?P<now>now(?:\s+on)?)|(?P<day>[^\W\d_]+)|(?P<date>\d{4}-\d\d?-\d\d?))\s*$",
    re.IGNORECASE,
)
_WEEKS = re.compile(r"\bevery\s+(?:\d+\s+)?weeks?$", re.IGNORECASE)
_TODAY, _TOMORROW = "today", "tomorrow"


def read_proposal(words: Words, team: Team, now: datetime, id_of: Callable[[PersonRef], str]) -> Proposed:
    """Read all of the words; `id_of` tells who a mention is. Raises WordError, which names the word that does
    not fit, with a correct example."""
    people, text = words.all_people()
    ids = [id_of(person) for person in people]
    text, effective_at = _split_from(text, team.zone, now)
    removed = _REMOVE.match(text)
    if removed:
        return Proposed(((_removed(removed["what"], team).key, ""),), effective_at)
    key, value = _change(text, ids)
    if key == "review_by" and value:
        check_review(text, value, team.zone, now)
    return Proposed(((key, value),), effective_at)


def check_review(text: str, value: str, zone: str, now: datetime) -> None:
    """Raise WordError for a date (in `text`, as `value`) on which a team can read its norms no more."""
    today = now.astimezone(ZoneInfo(zone)).date()
    if date.fromisoformat(value) <= today:
        at = max(text.find(value), 0)
        example = f"review {(today + _REVIEW_AFTER).isoformat()}"
        raise WordError(text, at, len(text), "the norms are read again later than today", example)


def _change(text: str, ids: list[str]) -> tuple[str, str]:
    if _IS_ASKING.match(text):
        return "ask_on_leave", _asked(text, ids)
    if leads := _LEADS.match(text):
        return "leads", _lead_ids(text, leads.end(), ids)
    for key, phrase in _PHRASES:
        found = phrase.match(text)
        if found:
            return key, _value(BY_KEY[key], text, found.end())
    raise _unknown(text)


def _value(field: TeamField, text: str, start: int) -> str:
    """The canonical text of what stands after the name of a norm."""
    said = text[start:].strip()
    if not said:
        raise WordError(
            text, len(text), len(text), f"say what {field.label.lower()} should be", field.example
        )
    if said.lower() in _REMOVED and not field.words:
        return _emptied(field, text, start)
    try:
        return str(field.text(field.put(_NOBODYS, field.read(said))))
    except WordError as error:
        word = error.word
        at = text.find(word, start) if word else len(text)
        raise WordError(
            text, max(at, start), max(at, start) + len(word), error.advice, field.example
        ) from None


_NOBODYS = Team("team", "UTC")
"""Only for turning a value into its canonical text."""


def _emptied(field: TeamField, text: str, start: int) -> str:
    if field.fixed:
        advice = f"{field.label.lower()} can be changed but not removed"
        raise WordError(text, start, len(text), advice, field.example)
    return ""


def _asked(text: str, ids: list[str]) -> str:
    found = _ASK.match(text)
    who = found["who"].strip() if found else ""
    if who.lower() in _REMOVED and not ids:
        return ""
    if len(ids) != 1:
        raise WordError(text, text.lower().find("ask"), len(text), "name one person", "ask @ana on leave")
    if who:
        at = text.find(who)
        raise WordError(text, at, at + len(who), "name one person of this workspace", "ask @ana on leave")
    return ids[0]


def _lead_ids(text: str, start: int, ids: list[str]) -> str:
    said = re.sub(r"[\s,&]|\band\b", "", text[start:], flags=re.IGNORECASE)
    if said.lower() in _REMOVED and not ids:
        return ""
    if said or not ids:
        raise WordError(text, start, len(text), "name the people", "leads @ana")
    return ",".join(dict.fromkeys(ids))


def _removed(what: str, team: Team) -> TeamField:
    """The norm that is to go; refuses one that is not set."""
    name = what.strip()
    field = _ASKED if _IS_ASKING.match(name) else _named(name)
    if field is None:
        raise _unknown(name)
    if field.fixed:
        raise WordError(name, 0, len(name), "this can be changed but not removed", field.example)
    if not field.text(team):
        raise WordError(name, 0, len(name), "nothing of that is agreed", "remove core")
    return field


_ASKED = BY_KEY["ask_on_leave"]


def _named(name: str) -> TeamField | None:
    for key, phrase in _PHRASES:
        if phrase.fullmatch(name):
            return BY_KEY[key]
    spelt = "_".join(name.lower().split())
    return next((field for field in FIELDS if spelt in (field.key, field.label.lower())), None)


_FIRST_WORDS = (
    *("core", "shared", "focus", "meetings", "reply", "urgent", "budget", "summary", "review", "ask"),
    *("quorum", "majority", "open", "holidays", "zone", "figures", "name", "leads", "remove"),
)


def _unknown(text: str) -> WordError:
    word = next(iter(text.split()), "")
    start = text.find(word)
    guess = near(word, _FIRST_WORDS) if word else None
    known = "name the norm first: core, shared focus, no meetings, reply, urgent, budget, summary, review …"
    advice = f'did you mean "{guess}"?' if guess and guess != word.lower() else known
    return WordError(text, start, start + len(word), advice, EXAMPLE)


# From when -----------------------------------------------------------------------------------------


def _split_from(text: str, zone: str, now: datetime) -> tuple[str, datetime | None]:
    """What is proposed, and from when: a stated day begins at the team's local midnight."""
    found = _FROM.search(text)
    if not found or _WEEKS.search(text[: found.start()]):
        return text, None
    day = found["day"]
    if day and day.lower() not in (*DAYS, _TODAY, _TOMORROW):
        return text, None  # "urgent means news from customers"
    at = read_start(found["now"] or day or found["date"], zone, now, text, found)
    return text[: found.start()], at


def read_start(
    word: str, zone: str, now: datetime, text: str = "", found: re.Match[str] | None = None
) -> datetime:
    """When a change takes effect: `now`, `today`, `tomorrow`, a weekday or a date. Raises WordError for a day
    that has begun already or lies more than a year ahead."""
    word = word.strip().lower()
    if word.startswith("now"):
        return now
    today = now.astimezone(ZoneInfo(zone)).date()
    start, end = (found.start() + 1, found.end()) if found else (0, len(word))
    try:
        day = _day(word, today)
    except ValueError:
        advice = "write a day, or a date as YYYY-MM-DD"
        raise WordError(text or word, start, end, advice, f"{EXAMPLE} from 2026-12-01") from None
    if day == today:
        return now
    if not today < day <= today + FURTHEST:
        advice = "a change takes effect later than now, within a year"
        later = (today + timedelta(days=7)).isoformat()
        raise WordError(text or word, start, end, advice, f"{EXAMPLE} from {later}")
    return to_utc_start(day, 0, zone)


def _day(word: str, today: date) -> date:
    if word in (_TODAY, _TOMORROW):
        return today + timedelta(days=int(word == _TOMORROW))
    if word in DAYS:
        return today + timedelta(days=(DAYS[word] - today.weekday() - 1) % 7 + 1)
    return date.fromisoformat(word)
