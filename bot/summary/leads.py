"""A lead shows their own figures with one week's summary, or takes that back: a choice made anew each time,
after they have seen them, theirs alone, and never about anybody else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.messages import summary as texts
from bot.messages.actions import Act
from bot.messages.model import Button, Message
from bot.messages.summary import OwnLine
from bot.planning import teaming
from bot.ports import Reply
from bot.records import PersonRecord, TeamRecord
from bot.retention import DELIVERIES
from bot.summary import shown
from bot.summary.posting import LATEST
from bot.summary.publication import last_week
from bot.turn import Refusal, Turn
from rules import Week, bounds, parse_week, summary_at

if TYPE_CHECKING:
    from bot.commands.reading import Words  # the words themselves import this

_KEPT = 8
"""Choices about how many earlier weeks stay stored; the posts of older ones are not shown anew."""


def choice(team: str, week: Week, shown: bool) -> Button:
    """The button with which a lead of `team` (its id) looks at their own line, to show it with the summary of
    a week, or hides it once it is `shown`."""
    value = f"{team}:{week}"
    if shown:
        return Button("Don't show it", Act.HIDE_MINE, value)
    return Button("Show mine with the summary…", Act.SEE_MINE, value)


def is_shown(record: TeamRecord, week: Week, person: str) -> bool:
    """Whether a lead chose to show their own line with the summary of a week."""
    return (str(week), person) in record.state.shown


def said(turn: Turn, record: TeamRecord, words: Words) -> Reply:
    """`/boundary team show-mine [WEEK] [off]`: with the summary that comes next, or came within a day, unless
    it says which week. It shows the line to its lead alone, who decides then."""
    first, rest = words.split()
    text, wanted = (rest.plain().strip(), False) if first == "off" else (words.plain().strip(), True)
    if text.lower().endswith(" off"):
        text, wanted = text[:-4].strip(), False
    try:
        week = parse_week(text) if text else _next(turn, record)
    except ValueError as wrong:
        raise Refusal(f"{wrong} Or leave it out: /boundary team show-mine") from None
    value = f"{record.team.id}:{week}"
    return Reply(see_mine(turn, value) if wanted else hide_mine(turn, value))


def _next(turn: Turn, record: TeamRecord) -> Week:
    last = last_week(record.team, turn.now)
    at = summary_at(record.team, last)
    return last if at is not None and turn.now < at + LATEST else last.after()


def see_mine(turn: Turn, value: str) -> Message:
    """The acting lead alone sees what the team would read; it is shown to nobody else by that."""
    record, week, me = _chosen(turn, value)
    if is_shown(record, week, me.person.id):
        return show_mine(turn, value)
    return texts.would_show(_so_far(turn, week, me), value)


def show_mine(turn: Turn, value: str) -> Message:
    """The acting lead's own line stands with the summary of a week from now on."""
    record, week, me = _chosen(turn, value)
    posted = _set(turn, record, week, me.person.id, wanted=True)
    return texts.shown_with(_so_far(turn, week, me), posted, value)


def hide_mine(turn: Turn, value: str) -> Message:
    """It stands there no longer, nor in what was posted already."""
    record, week, me = _chosen(turn, value)
    _set(turn, record, week, me.person.id, wanted=False)
    return texts.not_shown_with(str(week), value)


def _so_far(turn: Turn, week: Week, me: PersonRecord) -> OwnLine:
    line = shown.line_of(turn.tx, me, week, turn.who.tenant, until=turn.now)
    return OwnLine(line, str(week), bounds(week, me.person.zone).end <= turn.now)


def _chosen(turn: Turn, value: str) -> tuple[TeamRecord, Week, PersonRecord]:
    """The team, the week and the acting lead; refuses for everybody else."""
    me = turn.enrolled()
    team, _, week = value.rpartition(":")
    record = turn.tx.teams.get(team)
    if record is None or shown.lead_of(turn.tx, record, me.person.id) is None:
        raise Refusal("Only a lead of the team shows their own line, and only their own.")
    try:
        found = parse_week(week)
    except ValueError:
        raise Refusal("That button is out of date.") from None
    if bounds(found, me.person.zone).start < turn.now - DELIVERIES:
        raise Refusal(f"What happened in {found} is kept no longer: records go after {DELIVERIES.days} days.")
    return record, found, me


def _set(turn: Turn, record: TeamRecord, week: Week, person: str, *, wanted: bool) -> bool:
    """Store the choice and show a summary that was posted anew; returns whether there is one."""
    others = tuple(each for each in record.state.shown if each != (str(week), person))
    chosen = (*others, (str(week), person)) if wanted else others
    weeks = sorted({each for each, _ in chosen})[-_KEPT:]
    kept = tuple(each for each in chosen if each[0] in weeks)
    if kept == record.state.shown:
        return teaming.is_posted(turn.tx, record, teaming.Post.SUMMARY, str(week))
    return shown.again(turn.tx, replace(record, state=replace(record.state, shown=kept)), week, turn.now)
