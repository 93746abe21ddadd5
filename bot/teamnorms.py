"""The norms of a team as fields: how each is written as text, put into a team, and called in a sentence.

One table serves proposals, the form, the norms file, the page and the history. Texts are those of the norms
file ("mon-thu 13:00-15:00", "4 working hours", "5", "2027-02-01"); "" stands for a norm that is not set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from bot import teamwords
from bot.ports import Calendars
from rules import (
    format_moment,
    format_when,
    format_working,
    occurrences,
    parse_moment,
    parse_when,
    parse_working,
)
from rules.values import Holiday, Team, Voting, When

V = TypeVar("V")
Changes = tuple[tuple[str, str], ...]
"""(field, text) as in a proposal; "" removes the norm."""

LEAST_BEHIND_FIGURES = 5
MOST_DAYS_OPEN = 14
LONGEST_WORDS = 200


@dataclass(frozen=True, slots=True)
class TeamField:
    """One norm. `key` is its name in the norms file, `label` what people call it, `example` the words after
    `/boundary team propose`. `read` turns text into the value and raises WordError; `put` sets the value,
    None for the one it has when nothing is agreed; `text` gives the canonical text, "" if not set.
    `shown` turns the text into what people read; `fixed`: it can be changed but not removed. `hint` helps in
    the form. `words`: people's own words, shown as they are.
    """

    key: str
    label: str
    example: str
    read: Callable[[str], Any]
    put: Callable[[Team, Any], Team]
    text: Callable[[Team], str]
    shown: Callable[[str], str] = lambda text: text
    fixed: bool = False
    hint: str = ""
    words: bool = False

    def filled(self, text: str) -> str:
        """What stands in the field of a form: whole days without their times."""
        return text.replace(teamwords.WHOLE_DAY, "") if self.key == "no_meetings" else text


# Writing -------------------------------------------------------------------------------------------


def _set(name: str, otherwise: Any = None) -> Callable[[Team, Any], Team]:
    return lambda team, value: replace(team, **{name: otherwise if value is None else value})


def _set_reply(name: str) -> Callable[[Team, Any], Team]:
    return lambda team, value: replace(team, reply_within=replace(team.reply_within, **{name: value}))


def _set_voting(name: str) -> Callable[[Team, Any], Team]:
    usual = getattr(Voting(), name)
    return lambda team, value: replace(
        team, voting=replace(team.voting, **{name: usual if value is None else value})
    )


def _raise_figures(team: Team, value: Any) -> Team:
    """May be raised, never lowered: what was kept back stays kept back."""
    return replace(team, figures_from=max(team.figures_from, value or LEAST_BEHIND_FIGURES))


def _of(name: str, text: Callable[[Any], str] = str) -> Callable[[Team], str]:
    def read(team: Team) -> str:
        value = getattr(team, name)
        return "" if value is None or value == "" else text(value)

    return read


def _of_reply(name: str) -> Callable[[Team], str]:
    def read(team: Team) -> str:
        value = getattr(team.reply_within, name)
        return "" if value is None else format_working(value)

    return read


def _of_voting(name: str) -> Callable[[Team], str]:
    return lambda team: str(getattr(team.voting, name))


def _days_off(text: str) -> str:
    return text.replace(teamwords.WHOLE_DAY, "")


def _per_cent(text: str) -> str:
    return f"{text}%"


def _counted(one: str, many: str) -> Callable[[str], str]:
    return lambda text: f"{text} {one if text == '1' else many}"


def _reply(kind: str, label: str, example: str) -> TeamField:
    return TeamField(
        f"reply_within.{kind}",
        label,
        example,
        parse_working,
        _set_reply(kind),
        _of_reply(kind),
        shown=lambda text: f"within {text}",
        hint="4 working hours, 1 working day, or 30m on the clock",
    )


FIELDS: tuple[TeamField, ...] = (
    TeamField(
        "core",
        "Core hours",
        "core mon-thu 13:00-15:00",
        parse_when,
        _set("core"),
        _of("core", format_when),
        hint="When everybody can be reached: mon-thu 13:00-15:00",
    ),
    TeamField(
        "shared_focus",
        "Shared focus",
        "shared focus wed 09:00-12:00",
        parse_when,
        _set("shared_focus"),
        _of("shared_focus", format_when),
        hint="A focus time of every member who does not opt out: wed 09:00-12:00",
    ),
    TeamField(
        "no_meetings",
        "No meetings",
        "no meetings on fri",
        teamwords.read_no_meetings,
        _set("no_meetings"),
        _of("no_meetings", format_when),
        shown=_days_off,
        hint="Days, or days and times: fri",
    ),
    _reply("mention", "Reply to a mention", "reply to mentions within 4 working hours"),
    _reply("direct", "Reply to a direct message", "reply to direct messages within 1 working day"),
    _reply("urgent", "Reply to an urgent message", "reply to urgent messages within 30m"),
    TeamField(
        "urgent_means",
        "Urgent means",
        "urgent means customers cannot work",
        teamwords.own_words(LONGEST_WORDS, "urgent means customers cannot work"),
        _set("urgent_means", ""),
        _of("urgent_means"),
        hint="In your words: customers cannot work",
        words=True,
    ),
    TeamField(
        "urgent_budget",
        "Urgent budget",
        "budget 5",
        teamwords.number(0, 1000, "budget 5", r"(?:times?|messages?|pings?)?\s*(?:a|per) week"),
        _set("urgent_budget"),
        _of("urgent_budget"),
        shown=lambda text: f"{text} a week",
        hint="How many a week before the team is asked about it: 5",
    ),
    TeamField(
        "ask_on_leave",
        "While somebody is on leave, ask",
        "ask @ana on leave",
        teamwords.person,
        _set("ask_on_leave"),
        _of("ask_on_leave"),
    ),
    TeamField(
        "summary",
        "Weekly summary",
        "summary mon 09:30",
        parse_moment,
        _set("summary"),
        _of("summary", format_moment),
        hint="One moment of the week: mon 09:30",
    ),
    TeamField(
        "review_by",
        "Review date",
        "review 2027-02-01",
        teamwords.day,
        _set("review_by"),
        _of("review_by", date.isoformat),
        hint="A date: 2027-02-01",
    ),
    TeamField(
        "quorum",
        "Quorum",
        "quorum 60%",
        teamwords.number(1, 100, "quorum 60%", "%|per cent|percent"),
        _set_voting("quorum"),
        _of_voting("quorum"),
        shown=_per_cent,
        hint="How many members must vote, in per cent: 50",
    ),
    TeamField(
        "majority",
        "Majority",
        "majority 66%",
        teamwords.number(50, 99, "majority 66%", "%|per cent|percent"),
        _set_voting("majority"),
        _of_voting("majority"),
        shown=lambda text: f"more than {text}%",
        hint="More than so many per cent of the votes are yes: 50",
    ),
    TeamField(
        "open_days",
        "Votes are open for",
        "open for 3 days",
        teamwords.number(1, MOST_DAYS_OPEN, "open for 3 days", "days?"),
        _set_voting("days"),
        _of_voting("days"),
        shown=_counted("day", "days"),
        hint=f"Days, from 1 to {MOST_DAYS_OPEN}: 3",
    ),
    TeamField(
        "holidays",
        "Public holidays",
        "holidays PT",
        teamwords.place,
        _set("place"),
        _of("place"),
        hint="A country or a part of one: PT, DE-BY",
    ),
    TeamField(
        "zone",
        "Time zone",
        "zone Europe/Lisbon",
        teamwords.zone,
        _set("zone"),
        _of("zone"),
        fixed=True,
        hint="Europe/Lisbon",
    ),
    TeamField(
        "figures_from",
        "Figures need",
        "figures from 8 people",
        teamwords.number(LEAST_BEHIND_FIGURES, 1000, "figures from 8 people", "people|members"),
        _raise_figures,
        _of("figures_from"),
        shown=_counted("person", "people"),
        fixed=True,
        hint="How many people stand behind every number: 5 or more, never fewer than now",
    ),
    TeamField(
        "name",
        "Name",
        "name Platform",
        teamwords.own_words(60, "name Platform"),
        _set("name", ""),
        _of("name"),
        hint="Platform",
        words=True,
    ),
    TeamField(
        "leads",
        "Leads",
        "leads @ana",
        teamwords.people,
        _set("leads", ()),
        lambda team: ",".join(team.leads),
    ),
    TeamField(
        "template",
        "Template",
        "templates",
        teamwords.own_words(80, "templates"),
        _set("template", ""),
        _of("template"),
    ),
)
"""Every norm that can be proposed, in the order in which people read them."""
BY_KEY = {field.key: field for field in FIELDS}
PEOPLE = ("ask_on_leave", "leads")
"""Norms whose text is one person id, or several."""
QUIETLY = ("template",)
"""What only goes along with other changes and is not shown by itself."""


# Whole teams ---------------------------------------------------------------------------------------


def applied(team: Team, changes: Changes, calendars: Calendars | None = None, year: int = 0) -> Team:
    """The team with these changes. With `calendars`, the public holidays of a new place are those from the
    year before `year` to two years ahead; without, they are empty until somebody fills them in.

    Raises WordError where a text cannot be read, ValueError for an unknown field or place.
    """
    before = team.place
    for key, text in changes:
        field = BY_KEY.get(key)
        if field is None:
            raise ValueError(f"no team has a norm called {key}")
        team = field.put(team, field.read(text) if text else None)
    return team if team.place == before else with_holidays(team, calendars, year)


def with_holidays(team: Team, calendars: Calendars | None, year: int) -> Team:
    """The team with the public holidays of its place. Raises ValueError for an unknown place."""
    found: tuple[Holiday, ...] = ()
    if team.place and calendars is not None:
        found = calendars.holidays(team.place, year - 1, year + 2)
    return replace(team, holidays=found)


def difference(before: Team, after: Team) -> Changes:
    """What must change for one team's norms to become the other's, in the order of the fields."""
    texts = ((field.key, field.text(before), field.text(after)) for field in FIELDS)
    return tuple((key, new) for key, old, new in texts if old != new)


def effective(team: Team, changes: Changes) -> Changes:
    """Those of the changes that change something."""
    return difference(team, applied(team, changes))


def texts(team: Team) -> dict[str, str]:
    """Every norm as text, by key; "" where nothing is agreed."""
    return {field.key: field.text(team) for field in FIELDS}


def is_bare(team: Team) -> bool:
    """Whether a team has agreed on nothing about its time yet."""
    said = texts(team)
    about_time = [key for key in BY_KEY if key not in _FRAME]
    return not any(said[key] for key in about_time)


_FRAME = ("quorum", "majority", "open_days", "zone", "figures_from", "name", "leads", "holidays", "template")


def contradictions(team: Team, now: datetime, about: Sequence[str]) -> Iterator[str]:
    """Sentences about norms of `about` (field keys) that contradict others of the same team in the weeks from
    `now` on."""
    pairs = (
        ("core", "shared_focus", "Core hours and shared focus overlap {at}: focus holds then."),
        ("core", "no_meetings", "Core hours lie in the time without meetings {at}."),
    )
    for first, second, sentence in pairs:
        if first in about or second in about:
            at = _overlap(team, getattr(team, first), getattr(team, second), now)
            if at:
                yield sentence.format(at=at)
    if "summary" in about and team.summary and not _is_workday(team.summary.day):
        yield "The summary comes on the next working day, since that day is none."


def _is_workday(day: int) -> bool:
    return day < 5


def _overlap(team: Team, one: When | None, other: When | None, now: datetime) -> str:
    """When two patterns overlap for the first time in the next weeks, as "on Wed", "" if never."""
    if one is None or other is None:
        return ""
    end = now + timedelta(weeks=8)
    for each in occurrences(one, team.zone, now, end):
        for against in occurrences(other, team.zone, now, end):
            start = max(each.start, against.start)
            if start < min(each.end, against.end):
                return f"on {start.astimezone(ZoneInfo(team.zone)):%A}s"
    return ""
