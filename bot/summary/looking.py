"""What members do with a summary: look at a week in private, and put its suggestion to the vote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.flows.teams import proposals
from bot.messages.model import Message
from bot.messages.summary import weekly_summary
from bot.planning.teaming import is_member
from bot.ports import Reply
from bot.records import ProposalState, TeamRecord
from bot.summary import shown
from bot.summary.publication import NoSummary, last_week, publish, published
from bot.turn import Refusal, Turn
from rules import Week, parse_week

if TYPE_CHECKING:
    from bot.commands.reading import Words  # the words themselves import this

EXAMPLE = "/boundary team summary"


def summary(turn: Turn, record: TeamRecord, words: Words) -> Reply:
    """`/boundary team summary [WEEK]`: a week that has ended, the last one unless it says which. The first
    look at it publishes it: everybody reads the same from then on."""
    text = words.plain().strip()
    try:
        week = parse_week(text) if text else last_week(record.team, turn.now)
        found = publish(turn.tx, record, week, turn.now)
    except (ValueError, NoSummary) as wrong:
        raise Refusal(f"{wrong} The last week: {EXAMPLE}") from None
    return Reply(weekly_summary(shown.view(turn.tx, record, found, turn.who.tenant)))


def suggest(turn: Turn, value: str) -> Message:
    """Put the change that a summary suggests to the vote, once."""
    record, week = _of_member(turn, value)
    found = published(turn.tx, record.team.id, week)
    if found is None or found.suggestion is None:
        raise Refusal("That summary suggests no change. To propose one: /boundary team propose")
    known = shown.voted_on(turn.tx, record, found)
    if known is not None:
        is_open = known.state is ProposalState.OPEN
        said = "It is being voted on already" if is_open else "That was put to the vote already"
        raise Refusal(f"{said}: “{known.label}”. To see it: /boundary team")
    answer = proposals.propose(turn, record, found.suggestion.changes)
    shown.again(turn.tx, turn.tx.teams.get(record.team.id) or record, week, turn.now)
    return answer


def _of_member(turn: Turn, value: str) -> tuple[TeamRecord, Week]:
    team, _, week = value.rpartition(":")
    record, person = turn.tx.teams.get(team), turn.enrolled().person.id
    if record is None or not is_member(turn.tx, record.team, person):
        raise Refusal("Only members of the team put something to its vote.")
    try:
        return record, parse_week(week)
    except ValueError:
        raise Refusal("That button is out of date.") from None
