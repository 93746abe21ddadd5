"""Every message and form that bot.messages can build, called with values made for its annotations.

A new builder is covered as soon as it is written; one with a parameter of an unknown type fails here.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

import bot.messages
from bot.inbound import Account
from bot.messages.actions import Act
from bot.messages.ballots import Ballot, NormChange, Step
from bot.messages.contract import Norm, Tip
from bot.messages.day import segments_of_today
from bot.messages.digest import Item
from bot.messages.document import Document, Section
from bot.messages.focus import Clash, Entry, LedgerPage, Lifted, Shared
from bot.messages.forms import UrgentNorm
from bot.messages.home import HomeFacts
from bot.messages.journal import Note
from bot.messages.model import Button, Form, Message, Plain, Verbatim, Who
from bot.messages.notes import Arrival, Passed, Wait
from bot.messages.policy import Offered, PolicyView
from bot.messages.rituals import Planned, Waited
from bot.messages.settled import MoreTime, Moved
from bot.messages.summary import LeadLine, OwnLine, Published
from bot.messages.team import TeamPage
from bot.messages.weekly import Lead, OwnWeek
from bot.messages.words import Watch, message
from bot.records import Hold, Origin, Override, PersonState, ProposalState
from rules import (
    Interval,
    Kind,
    Leave,
    Passes,
    Person,
    PingKind,
    Ritual,
    Segment,
    Urgency,
    Verdict,
    Week,
    Window,
    decide,
    parse_when,
    parse_working,
)
from rules import Ping as RulesPing
from rules.privacy import cohort
from rules.summary import Block, Broke, Core, Held, WeekFacts, summarise
from rules.values import Moment, ReplyWithin, Team

NOW = datetime(2026, 11, 24, 10, 5, tzinfo=UTC)
WATCH = Watch(NOW, "Europe/Lisbon")


def builders(kind: type) -> dict[str, Callable[..., Any]]:
    """Public functions of bot.messages that return a `kind`, by "module.name"."""
    found = {}
    for module in pkgutil.iter_modules(bot.messages.__path__):
        loaded = importlib.import_module(f"bot.messages.{module.name}")
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            public = not name.startswith("_") and function.__module__ == loaded.__name__
            if public and get_type_hints(function).get("return") is kind:
                found[f"{module.name}.{name}"] = function
    return found


def messages(words: str = "Maya") -> Iterator[tuple[str, Message]]:
    """Every message, with `words` wherever a person's words can be."""
    for name, build in builders(Message).items():
        if not name.startswith("words."):
            yield name, _called(build, words)
    yield "words.message", message()


def forms(words: str = "Maya") -> Iterator[tuple[str, Form]]:
    """Every form."""
    for name, build in builders(Form).items():
        yield name, _called(build, words)


def _called(build: Callable[..., Any], words: str) -> Any:
    hints, known = get_type_hints(build), _samples(words)
    parameters = inspect.signature(build).parameters.values()
    values = {each.name: _value(hints[each.name], known) for each in parameters}
    named = {each.name: values[each.name] for each in parameters if each.kind is each.KEYWORD_ONLY}
    return build(*(value for name, value in values.items() if name not in named), **named)


def _value(hint: Any, known: dict[object, Any]) -> Any:
    """A value for an annotation: two of a kind for a sequence, one of each for an optional or a pair."""
    if hint in known:
        return known[hint]
    origin, inner = get_origin(hint), [each for each in get_args(hint) if each is not NoneType]
    if origin is UnionType:
        return _value(inner[0], known)
    if origin is tuple and Ellipsis not in inner:
        return tuple(_value(each, known) for each in inner)
    if origin in (list, tuple, Sequence):
        pair = known.get(list[inner[0]], [_value(inner[0], known)] * 2)  # type: ignore[valid-type]
        return tuple(pair) if origin is tuple else pair
    raise AssertionError(f"no sample for {hint}: add one to tests/support/messages.py")


def person(words: str) -> Person:
    """Somebody with one of everything."""
    windows = (
        Window(words or "x", Kind.FOCUS, parse_when("tue,thu 09:00-11:30"), Passes(people=("u2",))),
        Window(f"{words} 2", Kind.QUIET, parse_when("daily 18:00-19:30"), share_name=True),
    )
    leave = (Leave(date(2026, 12, 21), date(2027, 1, 3), "u2"),)
    hours = parse_when("mon-fri 09:00-18:00")
    return Person("p", "Europe/Lisbon", hours=hours, windows=windows, leave=leave)


def hold(words: str, *, text: bool = True, urgency: Urgency = Urgency.ROUTINE) -> Hold:
    """A message that waits, with everything a hold can carry."""
    return Hold(
        "h1", Account("teams:t", "29:sam"), "p", PingKind.DIRECT, urgency, NOW, NOW + timedelta(hours=2),
        reply_by=NOW + timedelta(days=1), needs_by=NOW + timedelta(hours=1), reason=f"broken: {words}",
        link="" if text else "https://teams.microsoft.com/l/message/x/1", text=b"sealed" if text else None,
        broke_for="broken" if urgency is Urgency.URGENT else "",
    )  # fmt: skip


def items(words: str) -> list[Item]:
    """What waits: a text, an urgent text, a link."""
    who = Who("29:sam", words)
    return [
        Item(hold(words), who, words),
        Item(hold(words, urgency=Urgency.URGENT), Who("29:kim", words), words * 3, Norm(words, "x", "30m")),
        Item(hold(words, text=False), who),
        Item(hold(words), who),
    ]


def _focus(words: str) -> dict[object, Any]:
    """What a team keeps quiet together, with one of every exception to it."""
    who, later = Who("29:sam", words), NOW + timedelta(hours=2)
    clashes = tuple(Clash(words, kind, "daily 12:30-13:15") for kind in Kind)
    pattern = "wed 09:00-12:00"
    entries = tuple(
        Entry(kind, NOW, NOW, later, each, words, fair, back="l1" if fair is None else "")
        for kind in Override
        for each, fair in ((who, True), (None, None))
    )
    return {
        Shared: Shared("platform", words, pattern, pattern, "Asia/Tokyo", later, clashes=clashes,
                       lifted=(Interval(NOW, later),)),
        Lifted: Lifted("l1", "shared focus", words, who, NOW, later, words, "Asia/Tokyo"),
        LedgerPage: LedgerPage(words, entries, tuple((kind, 2) for kind in Override), 5),
    }  # fmt: skip


def team(words: str) -> Team:
    """A team that agreed on everything."""
    when = parse_when("wed 09:00-12:00")
    return Team(
        "platform", "Europe/Lisbon", ("p", "u2"), ("u2",), core=parse_when("mon-thu 13:00-15:00"),
        shared_focus=when, no_meetings=parse_when("fri 00:00-24:00"), urgent_means=words, urgent_budget=5,
        reply_within=ReplyWithin(parse_working("4 working hours"), parse_working("1 working day")),
        ask_on_leave="u2", summary=Moment(0, 570), review_by=date(2027, 2, 1), name=words, place="PT",
    )  # fmt: skip


def _teams(words: str) -> dict[object, Any]:
    """A team's norms, a ballot in each state, and a version of each origin."""
    who, later = Who("29:sam", words), NOW + timedelta(hours=2)
    core, new = (Plain("mon-thu 13:00-15:00"),), (Verbatim(words),)
    changes = (NormChange("Core hours", core, new), NormChange("Urgent means", (), new))
    changes = (*changes, NormChange("Ask", (who,), ()))
    stands = "2 of 5 voted; 3 are needed."
    ballots = [
        Ballot("b1", number, words, changes, by, state, stands, later, start, (words,), own, " (UTC)")
        for number, state in enumerate(ProposalState, 1)
        for by, start, own in ((who, None, True), (None, later, False))
    ]
    steps = [
        Step(number, NOW, NOW, words, origin, by, words, 4, 1)
        for number, origin in enumerate(Origin, 1)
        for by in (who, None)
    ]
    page = TeamPage(team(words), 3, NOW, {"u2": who}, True, True, 2, tuple(ballots[:2]), tuple(ballots[2:4]))
    return {
        Team: team(words), TeamPage: page, Ballot: ballots[0], list[Ballot]: ballots, Step: steps[2],
        list[Step]: steps, NormChange: changes[0], list[NormChange]: list(changes),
    }  # fmt: skip


def _policy(words: str) -> dict[object, Any]:
    """A written policy, and a template with everything it can have."""
    said = (Plain("Urgent means: "), Verbatim(words), Who("29:sam", words))
    document = Document(said, (said,), (Section("What is urgent", (said,), (said, said)),), (said,), "policy")
    url = "https://bot.example/v1/policies/ticket/policy-platform-v3"
    view = PolicyView(document, "platform", 3, True, None, (5, 8), f"{url}.md", f"{url}.pdf")
    offered = Offered("core-hours", "Core hours", "An hour.", NOW.date(), (said,), ("Do so.",), ("Source.",))
    return {PolicyView: view, Offered: offered, list[Offered]: [offered, offered]}


def _summary(words: str) -> dict[object, Any]:
    """A published week of six people in which everything happened, with a lead's own line."""
    people = [f"p{number}" for number in range(6)]
    team = Team(
        "platform", "UTC", urgent_budget=3, shared_focus=parse_when("wed 09:00-12:00"),
        core=parse_when("mon 14:00-16:00"), reply_within=ReplyWithin(timedelta(hours=4)),
    )  # fmt: skip
    facts = WeekFacts(
        team, Week(2026, 48), cohort(people, "2026-W48", ()),
        held=tuple(Held(each, day, True, True, True) for day, each in enumerate(people)),
        broke=tuple(Broke(each, day, "broken", True, True) for day, each in enumerate(people)),
        core=tuple(Core(each, 120, 60) for each in people), blocks=(Block(2, True, frozenset()),),
    )  # fmt: skip
    own = LeadLine(words, 5, 4, 1)
    seen = OwnLine(own, "2026-W48", over=False)
    return {LeadLine: own, OwnLine: seen, Published: Published(words, summarise(facts), (own,))}


def _samples(words: str) -> dict[object, Any]:
    """A value for every plain annotation that a builder uses."""
    who, later = Who("29:sam", words), NOW + timedelta(hours=2)
    norm = Norm(words, "mentions", "4 working hours")
    lands = Interval(later, later + timedelta(minutes=15))
    wait = Wait("h1", who, later, lands, later, NOW, words, who, norm=norm)
    someone = person(words)
    today = segments_of_today(someone, (), NOW)
    facts = HomeFacts(
        someone, PersonState(name=words), today, today[0], tuple(items(words)), True, {"u2": who},
        shared=(_focus(words)[Shared], replace(_focus(words)[Shared], out=True)),
    )  # fmt: skip
    written = Note("end_of_day", NOW.date(), NOW, f"Done: {words}")
    more = MoreTime(Ritual.END, later, later, (Moved(who, NOW, later), Moved(who, later, NOW)), (words,))
    lead = Lead(3, 2, 1, ((words, Button("Show mine…", Act.SEE_MINE, "platform:2026-W48")),))
    week = OwnWeek(480, 390, 4, 3, 2, 1, (words, words), lead)
    return {
        str: words, bool: True, int: 3, datetime: later, date: NOW.date(), Who: who, Wait: wait,
        Watch: WATCH, Person: someone, Hold: hold(words), Item: items(words)[1],
        list[Item]: items(words), HomeFacts: facts,
        Window: someone.windows[0], Segment: today[0],
        list[Segment]: list(today), Ritual: Ritual.START, list[Ritual]: list(Ritual),
        Passed: Passed(who, later, norm), Arrival: Arrival(who, later, 2, later, norm),
        Tip: Tip(words, later, True), **_focus(words),
        **_policy(words), **_summary(words),
        UrgentNorm: UrgentNorm(words, words, 3), **_teams(words),
        Button: Button(words, Act.SEE_MINE, "platform:2026-W48"),
        Verdict: decide(RulesPing("x"), someone, (), NOW),
        Note: written, list[Note]: [written, Note("landing", NOW.date(), NOW, None)],
        Waited: Waited(who, 3, 1), MoreTime: more, OwnWeek: week,
        Planned: Planned(Ritual.END, later, goes=False, why="it is turned off"),
    }  # fmt: skip
