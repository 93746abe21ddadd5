"""`/boundary team vote` and `withdraw`: votes by their number."""

from __future__ import annotations

import re

from bot.commands.reading import Words
from bot.flows.teams import proposals, views
from bot.flows.teams.deciding import number_of
from bot.messages import ballots as texts
from bot.messages.model import Code
from bot.messages.team import called
from bot.messages.words import listed, message, say
from bot.ports import Reply
from bot.records import Proposal, TeamRecord
from bot.turn import Refusal, Turn


def vote(turn: Turn, record: TeamRecord, words: Words) -> Reply:
    """`/boundary team vote yes [NUMBER]`; alone it lists what is open."""
    word, rest = words.split()
    if not word:
        return _open_votes(turn, record)
    if word not in ("yes", "no"):
        raise Refusal(f"Vote yes or no, not “{word[:20]}”. For example: /boundary team vote yes")
    chosen = _chosen(turn, record, rest, f"vote {word}")
    return proposals.vote(turn, chosen.id, yes=word == "yes")


def _open_votes(turn: Turn, record: TeamRecord) -> Reply:
    found = proposals.open_ones(turn.tx, record.team.id, turn.now)
    if not found:
        example = Code("/boundary team propose core mon-thu 13:00-15:00")
        return Reply(message(say("No vote is open. To propose a change: ", example)))
    shown = [views.ballot_of(turn.tx, record, each, turn.who, turn.now) for each in found]
    return Reply(texts.open_votes(called(record.team), shown, turn.watch()))


def _chosen(turn: Turn, record: TeamRecord, words: Words, command: str) -> Proposal:
    """The open proposal with that number, or the only one."""
    found = proposals.open_ones(turn.tx, record.team.id, turn.now)
    numbers = {number_of(each): each for each in found}
    text = words.plain().removeprefix("#").strip()
    if not numbers:
        raise Refusal("No vote is open. To propose a change: /boundary team propose core mon-thu 13:00-15:00")
    if not text and len(numbers) == 1:
        return found[0]
    if re.fullmatch(r"\d{1,6}", text) and int(text) in numbers:
        return numbers[int(text)]
    known, first = listed([str(number) for number in numbers]), next(iter(numbers))
    said = f"No open proposal has the number “{text[:20]}”." if text else "Say which proposal."
    raise Refusal(f"{said} Open: {known}. For example: /boundary team {command} {first}")


def withdraw(turn: Turn, record: TeamRecord, words: Words) -> Reply:
    """`/boundary team withdraw [NUMBER]`."""
    return Reply(proposals.withdraw(turn, _chosen(turn, record, words, "withdraw").id))
