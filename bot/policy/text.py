"""The written policy of a team, made from the norms in force: plain sentences, dated, not legal advice."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.messages.document import Document, Section
from bot.messages.model import Line, Strong, Verbatim, Who
from bot.messages.team import called, value_line
from bot.messages.words import count, line
from bot.policy.templates import NOT_ADVICE, of_mark
from bot.retention import DELIVERIES, JOURNAL, WEEKS
from bot.teamnorms import BY_KEY
from rules.values import Team


@dataclass(frozen=True, slots=True)
class Dated:
    """One version: its number, from when it holds (UTC), and what changed, which may hold people's words."""

    number: int
    at: datetime
    label: str


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    """What a policy is made from: the norms in force, whom they name, and the versions, newest first (none
    for norms that were loaded before versions were kept) but for `earlier` ones that are only counted."""

    team: Team
    people: Mapping[str, Who]
    versions: Sequence[Dated]
    earlier: int = 0

    @property
    def number(self) -> int:
        return self.versions[0].number if self.versions else 0


def policy(facts: PolicyFacts) -> Document:
    """The policy as a document. It depends on nothing but the facts: no clock, no reader."""
    team = facts.team
    sections = (
        _applies(team),
        _together(facts),
        _answers(facts),
        _urgent(facts),
        _away(facts),
        _bot_does(),
        _bot_keeps(),
        _bot_never(),
        _changes(facts),
        _law(team),
    )
    return Document(
        line("Policy on time and messages: ", Verbatim(called(team))),
        _about(facts),
        tuple(each for each in sections if each is not None),
        _small(team),
        _file(facts),
    )


def day_of(at: datetime, team: Team) -> str:
    """An instant as the team's local date: "2026-12-01"."""
    return at.astimezone(ZoneInfo(team.zone)).date().isoformat()


def _about(facts: PolicyFacts) -> tuple[Line, ...]:
    team = facts.team
    if not facts.versions:
        return (line("Undated: these norms have no version yet. "), line(NOT_ADVICE))
    newest = facts.versions[0]
    review = f" To be read again by {team.review_by.isoformat()}." if team.review_by else ""
    return (
        line(f"Version {newest.number}, in force from {day_of(newest.at, team)}.{review}"),
        line(f"Times are in {team.zone}. {NOT_ADVICE}"),
    )


def _norm(facts: PolicyFacts, key: str) -> Line:
    field = BY_KEY[key]
    value = value_line(key, field.text(facts.team), facts.people) or line("not agreed")
    return line(Strong(f"{field.label}: "), *value)


def _applies(team: Team) -> Section:
    return Section(
        "Who it applies to",
        (
            line("Every member of the team ", Verbatim(called(team)), ", whatever their role."),
            line(
                "Working hours are those that each member states for themselves, and a member's own norm "
                "comes before the team's. What arrives outside of them waits, unless it is urgent and that "
                "member lets urgent messages through."
            ),
        ),
    )


def _together(facts: PolicyFacts) -> Section:
    free = "A member may opt out of shared focus. Each exception is noted with its reason."
    return Section(
        "Hours in common",
        (line(free),),
        tuple(_norm(facts, key) for key in ("core", "shared_focus", "no_meetings")),
    )


def _answers(facts: PolicyFacts) -> Section:
    counted = (
        "Working time is counted in the hours of whoever is asked, from when a message reaches them on. "
        "Nobody is expected to answer sooner, and no answer is late before then."
    )
    keys = ("reply_within.mention", "reply_within.direct", "reply_within.urgent")
    return Section("How soon we answer", (line(counted),), tuple(_norm(facts, key) for key in keys))


def _urgent(facts: PolicyFacts) -> Section:
    fair = (
        "Whoever sends something as urgent gives a reason. It is counted, and whoever was disturbed can say "
        "whether it was fair. When the budget is used up, the team talks about it."
    )
    return Section(
        "What is urgent", (line(fair),), tuple(_norm(facts, key) for key in ("urgent_means", "urgent_budget"))
    )


def _away(facts: PolicyFacts) -> Section:
    told = "Messages to somebody on leave wait. Whoever writes is told so, and whom to ask instead."
    return Section("Leave", (line(told),), (_norm(facts, "ask_on_leave"),))


def _bot_does() -> Section:
    items = (
        "sets the status that a member's norms ask for, and puts back what was there;",
        "pauses a member's notifications, and delivers what waits together when they are back;",
        "tells whoever writes, at that moment, when it will be seen and by when an answer is due;",
        "keeps text that it was asked to hold encrypted, and deletes it on delivery;",
        "shows every member what it keeps about them, and deletes it when they say so.",
    )
    return Section("What the bot does", (line("Boundary Bot:"),), tuple(line(each) for each in items))


def _bot_keeps() -> Section:
    """As the retention has it: what a notice of electronic monitoring would ask for."""
    items = (
        "each member's norms, and the team's with every version of them;",
        "proposals and votes, of which only counts are shown;",
        f"what was delivered, without its text, for {DELIVERIES.days} days;",
        f"exceptions to what the team keeps quiet, with their reasons, for {WEEKS.days} days;",
        f"for the member alone: what they said for now, for {WEEKS.days} days, and what they write in "
        f"rituals, encrypted, for {JOURNAL.days} days;",
        "which version of this policy a member acknowledged.",
    )
    return Section("What the bot keeps", (line("Boundary Bot keeps:"),), tuple(map(line, items)))


def _bot_never() -> Section:
    items = (
        "collects, stores or shows presence, online time or when somebody was last seen;",
        "measures how fast a person answers;",
        "ranks people, or shows a figure about one person to another;",
        "shows team figures with too few people behind them;",
        "reads messages that it was not given;",
        "counts a person's own evening work against them.",
    )
    return Section("What the bot never does", (line("Boundary Bot never:"),), tuple(map(line, items)))


def _changes(facts: PolicyFacts) -> Section:
    team, voting = facts.team, facts.team.voting
    half = "more than half" if voting.majority == 50 else f"more than {voting.majority}%"
    how = (
        "Anybody who has set up Boundary Bot may propose a change; the members vote. It holds when, within "
        f"{count(voting.days, 'day')}, at least {voting.quorum}% of the members have voted and {half} of "
        "the votes are yes."
    )
    dates = tuple(
        line(Strong(f"Version {each.number}"), f", {day_of(each.at, team)}: ", Verbatim(each.label))
        for each in facts.versions
    )
    if facts.earlier:
        dates = (*dates, line(f"and {count(facts.earlier, 'earlier version')}"))
    looked_at = tuple(_norm(facts, key) for key in ("review_by", "summary"))
    return Section("How it changes", (line(how), *looked_at), dates)


def _law(team: Team) -> Section | None:
    start = of_mark(team.template)
    if start is None:
        return None
    dated = team.template.partition(" ")[2] or start.dated.isoformat()
    begun = f"These norms started from the template “{start.name}” of {dated}."
    if start.law is None:
        return Section("Where it started", (line(f"{begun} {NOT_ADVICE}"),))
    about = start.law
    source = f"Source: {about.source}. Looked at on {about.checked.isoformat()}."
    advice = f"{NOT_ADVICE} Ask somebody who knows the law of {about.place} before you rely on it."
    return Section(
        f"The law it was written beside: {about.place}",
        (line(begun), line(source), line(advice)),
        tuple(map(line, about.facts)),
    )


def _small(team: Team) -> tuple[Line, ...]:
    return (
        line(f"{NOT_ADVICE} Made by Boundary Bot from the norms that the team agreed on."),
        line("Each member acknowledges a version for themselves; nobody is shown who has."),
    )


def _file(facts: PolicyFacts) -> str:
    """`policy-platform-v3`: of the id, which a file name can hold."""
    stem = re.sub(r"[^A-Za-z0-9]+", "-", facts.team.id).strip("-").lower()[:60]
    return f"policy-{stem or 'team'}-v{facts.number}"
