"""`/boundary team …`: the words of a team, and which team is meant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot import names
from bot.commands.reading import Words
from bot.flows.teams.membership import is_member
from bot.messages.model import Code
from bot.messages.words import line, listed, message, say, small
from bot.ports import Reply
from bot.records import Place, TeamRecord
from bot.turn import Refusal, Turn

TeamHandler = Callable[[Turn, TeamRecord, Words], Reply]
NO_TEAM = "This channel has no team yet. To start one here: /boundary team new Platform"


@dataclass(frozen=True, slots=True)
class TeamWord:
    """One word after `/boundary team`; `usage` and `example` are complete lines to type. `members_only`:
    nobody else may say it."""

    word: str
    usage: str
    example: str
    summary: str
    handler: TeamHandler
    also: tuple[str, ...] = ()
    members_only: bool = True


def team(turn: Turn, words: Words) -> Reply:
    """`/boundary team [WORD …]`."""
    turn.enrolled()
    word, rest = words.split()
    spec = _BY_WORD.get(word)
    if spec is None:
        return _show_or_unknown(turn, words)
    record, rest = team_for(turn, rest)
    return spec.handler(turn, record, rest)


def team_for(turn: Turn, words: Words) -> tuple[TeamRecord, Words]:
    """The team that is meant, and the other words: one of the person's own by its id or name as the first
    word, else the channel's, else the person's only one."""
    own = own_teams(turn)
    word, rest = words.split()
    for record in own:
        if word in (record.team.id.lower(), record.team.name.lower()):
            return record, rest
    here = teams_here(turn)
    if len(here) == 1:
        return here[0], words
    if not here and len(own) == 1:
        return own[0], words
    several = here or own
    if not several:
        raise Refusal(NO_TEAM)
    called = listed([record.team.id for record in several])
    raise Refusal(f"Which team: {called}? For example: /boundary team {several[0].team.id}")


def own_teams(turn: Turn) -> list[TeamRecord]:
    """The teams that the acting person is a member of, by id."""
    person = turn.enrolled().person.id
    found = (turn.tx.teams.get(team.id) for team in turn.teams(turn.enrolled()))
    return [record for record in found if record and is_member(turn.tx, record.team, person)]


def teams_here(turn: Turn) -> list[TeamRecord]:
    """The teams that talk in the channel in which this happens."""
    if not turn.channel:
        return []
    found = (turn.tx.teams.get(id) for id in turn.tx.teams.at(Place(turn.who.tenant, turn.channel)))
    return [record for record in found if record]


def _show_or_unknown(turn: Turn, words: Words) -> Reply:
    record, _ = team_for(turn, words)
    return Reply(message(say(f"The team {record.team.id}.")))


TEAM_WORDS: tuple[TeamWord, ...] = ()
"""Every word after `/boundary team`, in the order in which help shows them."""

_BY_WORD = {name: spec for spec in TEAM_WORDS for name in (spec.word, *spec.also)}
