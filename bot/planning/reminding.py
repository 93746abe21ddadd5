"""Reminders of votes: nudges like any other, so at most two a day go out with them, and none while the
member's own norms let nothing through. What is due to one member on one day comes in one message.

A row of the outbox is planned for each vote and member. Whichever is claimed first takes the others of its
day along and counts as one nudge; from then on its effect names the votes it is about, and its turn is 1.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot import names
from bot.planning import teaming
from bot.planning.releasing import reachable_at
from bot.planning.rows import row, teams_of
from bot.planning.teaming import Post
from bot.ports import Tx
from bot.records import Delivery, DeliveryState, Lane, PersonRecord, Proposal, ProposalState, TeamRecord
from rules import to_utc_start
from rules.effects import TeamPost
from rules.transitions import MOST_NUDGES
from rules.values import Team

JUST_TOLD = timedelta(hours=1)
"""Whoever got a ballot within so long, since it waited for them to be back, needs no reminder of it."""
_MORNING = 9 * 60
"""When a day begins on which a reminder goes out that had no room the day before: minutes after midnight."""
_TAKEN = 1


def half_way(proposal: Proposal) -> datetime:
    """When those who have not voted are reminded."""
    return proposal.at + (proposal.closes_at - proposal.at) / 2


def remind(tx: Tx, record: TeamRecord, proposal: Proposal, now: datetime) -> None:
    """Plan a reminder, once, for every member who has not voted."""
    effect = TeamPost(record.team.id, Post.REMINDER, proposal.id)
    for member in teaming.members_of(tx, record.team):
        if is_awaited(tx, record.team, proposal, member, now):
            key = _key(proposal, member)
            teaming.tell_member(tx, member, effect, key, now, expires_at=proposal.closes_at)


def _key(proposal: Proposal, member: PersonRecord) -> str:
    return f"team:{proposal.team}:{Post.REMINDER}:{proposal.id}:{member.person.id}"


def is_awaited(tx: Tx, team: Team, proposal: Proposal, member: PersonRecord, now: datetime) -> bool:
    """Whether a member may vote on what is still open, has not, and wants to be reminded."""
    if proposal.state is not ProposalState.OPEN or now >= proposal.closes_at or member.state.votes_muted:
        return False
    me = member.person.id
    voters = {names.resolved(tx, id) for id in proposal.electorate}
    is_member = any(names.resolved(tx, id) == me for id in team.members)
    if me not in voters or not is_member:
        return False
    return all(names.resolved(tx, vote.person) != me for vote in tx.ballots.votes(proposal.id))


def room_at(tx: Tx, delivery: Delivery, now: datetime) -> datetime:
    """When a reminder may go: now, or the next morning when enough nudges went out today."""
    member = names.record_of(tx, delivery.to)
    if not _is_new(delivery) or member is None or _sent_today(member, now) < MOST_NUDGES:
        return now
    tomorrow = _today(member, now) + timedelta(days=1)
    return reachable_at(tx, delivery.to, to_utc_start(tomorrow, _MORNING, member.person.zone))


def taken(tx: Tx, delivery: Delivery, now: datetime) -> Delivery | None:
    """A claimed reminder with every vote that its reader is to be reminded of today, counted as a nudge; None
    if there is none any more. Any other delivery as it is."""
    if not _is_new(delivery):
        return delivery
    member = names.record_of(tx, delivery.to)
    found = _due_today(tx, delivery, member, now) if member else []
    if member is None or not found:
        return None
    nudges = _sent_today(member, now) + 1
    state = replace(member.state, nudges_on=_today(member, now), nudges=nudges)
    tx.people.put(replace(member, state=state))
    effect = TeamPost(found[0].team, Post.REMINDER, ",".join(each.id for each in found), _TAKEN)
    tx.outbox.rewrite(delivery, effect)
    return replace(delivery, effect=effect)


def _is_new(delivery: Delivery) -> bool:
    effect = delivery.effect
    return isinstance(effect, TeamPost) and effect.topic == Post.REMINDER and effect.turn != _TAKEN


def _due_today(tx: Tx, delivery: Delivery, member: PersonRecord, now: datetime) -> list[Proposal]:
    """The votes of the claimed reminder, and of those that would come later today: they come with it."""
    found = []
    tomorrow = to_utc_start(_today(member, now) + timedelta(days=1), 0, member.person.zone)
    for team in teams_of(tx, member.person.id):
        for proposal in tx.ballots.of(team.id)[::-1]:
            due = _is_due(tx, delivery, proposal, member, tomorrow)
            news = due and _is_news(tx, proposal, member, now)
            if news and is_awaited(tx, team, proposal, member, now):
                found.append(proposal)
    return found


def _is_due(tx: Tx, delivery: Delivery, proposal: Proposal, member: PersonRecord, tomorrow: datetime) -> bool:
    """Whether a vote is that of the claimed row, or its own row is taken out of the way now."""
    key = _key(proposal, member)
    if isinstance(delivery.effect, TeamPost) and delivery.effect.subject == proposal.id:
        return True
    if proposal.state is not ProposalState.OPEN or half_way(proposal) >= tomorrow:
        return False
    known = tx.outbox.get(key)
    if known is None:
        effect = TeamPost(proposal.team, Post.REMINDER, proposal.id)
        tx.outbox.add(row(Lane.MESSAGE, delivery.to, effect, half_way(proposal), key))
    elif known.state is not DeliveryState.DUE:
        return False
    return tx.outbox.cancel([key]) > 0


def _is_news(tx: Tx, proposal: Proposal, member: PersonRecord, now: datetime) -> bool:
    told = teaming.reads_since(tx, proposal.team, Post.BALLOT, proposal.id, member.person.id)
    return told is None or now - told >= JUST_TOLD


def _sent_today(member: PersonRecord, now: datetime) -> int:
    return member.state.nudges if member.state.nudges_on == _today(member, now) else 0


def _today(member: PersonRecord, now: datetime) -> date:
    return now.astimezone(ZoneInfo(member.person.zone)).date()
