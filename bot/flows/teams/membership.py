"""Who belongs to a team, where it talks, and who may see it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from dataclasses import replace

from bot import names
from bot.flows.teams import deciding, focus, proposals
from bot.flows.teams.due import plan_team
from bot.flows.teams.seeing import is_visible
from bot.messages import team as texts
from bot.messages.model import Message
from bot.normsfields import RESERVED
from bot.planning import teaming
from bot.planning.teaming import Post, is_member
from bot.ports import Tx
from bot.records import Origin, Place, TeamRecord, TeamState, TeamVersion
from bot.teamnorms import BY_KEY
from bot.turn import Refusal, Turn
from rules import WordError
from rules.effects import TeamPost
from rules.values import Team

LONGEST_ID = 40
MOST_TEAMS = 20
"""Teams that one person can be in: each adds to every decision about them."""


def shared_place(turn: Turn) -> Place:
    """The channel in which this happens; refuses where nobody else reads along."""
    tenant, channel = turn.who.tenant, turn.channel
    conversation = turn.tx.conversations.get(tenant, channel) if channel else None
    alone = conversation.kind == "personal" if conversation else channel.startswith("D")  # Slack's own chats
    if not channel or alone or channel == turn.account().dm:
        raise Refusal("Say this in the channel where the team talks, not in our own chat.")
    return Place(tenant, channel)


def found_team(turn: Turn, name: str, words: Container[str]) -> Message:
    """`/boundary team new NAME`: the founder is the first member, and nothing is agreed yet. `words` are no
    ids: they mean something else after `/boundary team`."""
    me, place = turn.enrolled(), shared_place(turn)
    taken = turn.tx.teams.at(place)
    if taken:
        raise Refusal(f"This channel has a team already: {_name_of(turn, taken[0])}. {_JOIN}")
    name = _name(name)
    _check_room(turn)
    team = Team(_free_id(turn.tx, name, words), me.person.zone, (me.person.id,), name=name)
    state = TeamState(1, (place,), ((me.person.id, turn.now),))
    record = founded(turn.tx, TeamRecord(team, state), me.person.id, turn)
    teaming.post(turn.tx, record, Post.FOUNDED, "", turn.now)
    return texts.founded_by_you(team.id, name)


_JOIN = "To join it: /boundary team join"


def _name_of(turn: Turn, id: str) -> str:
    record = turn.tx.teams.get(id)
    return texts.called(record.team) if record else id


def founded(tx: Tx, record: TeamRecord, by: str, turn: Turn) -> TeamRecord:
    """Store a new team with its first version."""
    version = TeamVersion(
        record.team.id, 1, turn.now, turn.now, record.team, "The team was founded", Origin.FOUNDED, by
    )
    return deciding.enact(tx, record, version, turn.now)


def _name(name: str) -> str:
    example = "/boundary team new Platform"
    try:
        return str(BY_KEY["name"].read(name))
    except WordError:
        raise Refusal(f"Give the team a name of at most 60 characters. For example: {example}") from None


def _free_id(tx: Tx, name: str, words: Container[str]) -> str:
    """A team's id, made from its name; with a number after it if there is one by that id."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_ID] or "team"
    ids = (base, *(f"{base}-{number}" for number in range(2, 10_000)))
    return next(id for id in ids if id not in words and id not in RESERVED and tx.teams.get(id) is None)


def _check_room(turn: Turn) -> None:
    if len(turn.teams(turn.enrolled())) >= MOST_TEAMS:
        raise Refusal(f"You are in {MOST_TEAMS} teams. Leave one first: /boundary team leave NAME")


def join(turn: Turn, record: TeamRecord) -> Message:
    """Become a member: the team's norms hold for you from now on, and you vote from the next proposal on."""
    me = turn.enrolled().person.id
    if not is_visible(turn.tx, record, turn.who):
        raise Refusal("I know no such team here. /boundary team shows the one of this channel.")
    if is_member(turn.tx, record.team, me):
        return texts.in_already(texts.called(record.team))
    _check_room(turn)
    team = replace(record.team, members=(*record.team.members, me))
    joined = (*(each for each in record.state.joined if each[0] != me), (me, turn.now))
    changed = replace(record, team=team, state=replace(record.state, joined=joined))
    stored = _stored(turn, changed, f"joined:{turn.key}")
    focus.invite_one(turn.tx, stored.team, turn.enrolled(), f"joined:{turn.key}", turn.now)
    return texts.joined(texts.called(team))


def leave(turn: Turn, record: TeamRecord) -> Message:
    """Stop being a member; open votes are counted without this person from now on."""
    me = turn.enrolled().person.id
    if not is_member(turn.tx, record.team, me):
        return texts.not_in(texts.called(record.team))

    def others(ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(id for id in ids if names.resolved(turn.tx, id) != me)

    team = replace(record.team, members=others(record.team.members), leads=others(record.team.leads))
    joined = tuple(each for each in record.state.joined if each[0] != me)
    changed = replace(record, team=team, state=replace(record.state, joined=joined))
    stored = _stored(turn, changed, f"left:{turn.key}", me)
    deciding.settle_all(turn.tx, stored, turn.now)
    plan_team(turn.tx, stored, turn.now, turn.world.calendars)
    return texts.left(texts.called(team), record.team.id)


def _stored(turn: Turn, record: TeamRecord, key: str, *also: str) -> TeamRecord:
    stored = deciding.put(turn.tx, record)
    deciding.replan_members(turn.tx, stored.team, f"{stored.team.id}:{key}", turn.now, also=also)
    return stored


def bind_here(turn: Turn, record: TeamRecord) -> Message:
    """`/boundary team here`: the team talks in this channel from now on, too."""
    place = shared_place(turn)
    others = [id for id in turn.tx.teams.at(place) if id != record.team.id]
    if others:
        other = _name_of(turn, others[0])
        raise Refusal(f"Another team talks here already: {other}. It can stop: /boundary team here off")
    if place in record.state.places:
        return texts.talks_here(texts.called(record.team), before=True)
    state = replace(record.state, places=(*record.state.places, place))
    _post_votes(turn, deciding.put(turn.tx, replace(record, state=state)), place)
    return texts.talks_here(texts.called(record.team), before=False)


def _post_votes(turn: Turn, record: TeamRecord, place: Place) -> None:
    """What is being voted on stands in a channel that is new to the team, too; what stands there from before
    is shown as it is now."""
    for each in proposals.open_ones(turn.tx, record.team.id, turn.now):
        ballot = TeamPost(record.team.id, Post.BALLOT, each.id)
        if not teaming.post_also(turn.tx, place, ballot, turn.now, expires_at=each.closes_at):
            deciding.shown_anew(turn.tx, record, each, turn.now)


def unbind_here(turn: Turn, record: TeamRecord) -> Message:
    """`/boundary team here off`: the team talks here no longer."""
    place = shared_place(turn)
    if place not in record.state.places:
        return texts.never_talked(texts.called(record.team))
    left = tuple(each for each in record.state.places if each != place)
    deciding.put(turn.tx, replace(record, state=replace(record.state, places=left)))
    return texts.talks_no_more(texts.called(record.team), privately=not left)
