"""How a team decides: how a vote stands, when it is decided, and what takes effect.

No button is pressed here and nobody is asked: the flows and the sweep both come here, in their transaction.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot import names, planning
from bot.flows.teams import focus
from bot.planning import teaming
from bot.planning.teaming import Post, members_of, tell_member
from bot.policy import inviting
from bot.ports import Calendars, Tx
from bot.records import (
    Origin,
    Proposal,
    ProposalState,
    TeamRecord,
    TeamVersion,
    Vote,
)
from bot.teamnorms import applied
from bot.turn import new_id
from rules import to_utc_start
from rules.effects import TeamPost
from rules.values import Team, Voting
from rules.voting import Outcome, Tally, outcome

_log = logging.getLogger(__name__)

PUNCTUAL = timedelta(minutes=10)
"""How late a change may take effect and still be said to hold from its stated time."""
_WAKING = range(8, 20)
"""Local hours in which a channel is told what has changed; what changes at night is told in the morning."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a vote stands: who may vote now, the votes of theirs that count, and the sentence that says so."""

    voters: frozenset[str]
    tally: Tally
    outcome: Outcome
    sentence: str


def standing(tx: Tx, record: TeamRecord, proposal: Proposal, now: datetime) -> Standing:
    """Only those vote who were members when it was proposed and still are."""
    voters = voters_of(tx, record.team, proposal)
    tally = Tally(len(voters), *(proposal.counted or _count(tx, proposal, voters)))
    found, sentence = outcome(tally, voting_of(tx, record, proposal), closed=now >= proposal.closes_at)
    return Standing(voters, tally, found, sentence)


def _count(tx: Tx, proposal: Proposal, voters: frozenset[str]) -> tuple[int, int]:
    """The yes and no votes so far of those who may vote."""
    words = {names.resolved(tx, vote.person): vote.yes for vote in _in_order(tx, proposal)}
    found = [yes for person, yes in words.items() if person in voters]
    return found.count(True), found.count(False)


def _in_order(tx: Tx, proposal: Proposal) -> list[Vote]:
    """The votes, oldest first: of two by one human, who linked their accounts since, the later one counts."""
    return sorted(tx.ballots.votes(proposal.id), key=lambda vote: vote.at)


def voted(tx: Tx, proposal: Proposal) -> frozenset[str]:
    """Person ids of those who have voted."""
    return frozenset(names.resolved(tx, vote.person) for vote in tx.ballots.votes(proposal.id))


def voters_of(tx: Tx, team: Team, proposal: Proposal) -> frozenset[str]:
    """Person ids of those who may vote; once it is decided, of those who could when it was."""
    then = frozenset(names.resolved(tx, person) for person in proposal.electorate)
    if proposal.state is not ProposalState.OPEN:
        return then
    return then & {member.person.id for member in members_of(tx, team)}


def voting_of(tx: Tx, record: TeamRecord, proposal: Proposal) -> Voting:
    """The rules of voting that held when it was proposed: nobody changes them under a vote."""
    then = next(
        (each for each in tx.teams.versions(record.team.id) if each.effective_at <= proposal.at), None
    )
    return then.norms.voting if then else record.team.voting


def settle(tx: Tx, record: TeamRecord, proposal: Proposal, now: datetime) -> Proposal:
    """Decide an open proposal if it can be decided, and show how it stands on its ballot; returns it as
    stored."""
    if proposal.state is not ProposalState.OPEN:
        return proposal
    stands = standing(tx, record, proposal, now)
    if stands.outcome is not Outcome.OPEN:
        accepted = stands.outcome is Outcome.ACCEPTED
        state = ProposalState.ACCEPTED if accepted else ProposalState.REJECTED
        starts = max(now, proposal.effective_at or next_midnight(record.team, now))
        voters = tuple(id for id in proposal.electorate if names.resolved(tx, id) in stands.voters)
        proposal = replace(proposal, state=state, decided_at=now, effective_at=starts, electorate=voters)
        proposal = replace(proposal, counted=(stands.tally.yes, stands.tally.no))
        _tell_proposer(tx, proposal, now)
    return shown_anew(tx, record, proposal, now)


def _tell_proposer(tx: Tx, proposal: Proposal, now: datetime) -> None:
    """Nobody notices that a ballot further up has changed: whoever proposed it hears what came of it."""
    by = tx.people.get(names.resolved(tx, proposal.by)) if proposal.by else None
    if by is not None:
        effect = TeamPost(proposal.team, Post.DECIDED, proposal.id)
        key = f"team:{proposal.team}:{Post.DECIDED}:{proposal.id}:{by.person.id}"
        tell_member(tx, by, effect, key, now)


def shown_anew(tx: Tx, record: TeamRecord, proposal: Proposal, now: datetime) -> Proposal:
    """Store a proposal and show its ballot as it is now."""
    proposal = replace(proposal, turn=proposal.turn + 1)
    tx.ballots.put(proposal)
    teaming.repost(tx, record, Post.BALLOT, proposal.id, now, turn=proposal.turn)
    return proposal


def next_midnight(team: Team, now: datetime) -> datetime:
    """The start of the team's next local day."""
    tomorrow = now.astimezone(ZoneInfo(team.zone)).date() + timedelta(days=1)
    return to_utc_start(tomorrow, 0, team.zone)


def take_effect(tx: Tx, record: TeamRecord, now: datetime, calendars: Calendars | None = None) -> TeamRecord:
    """Let every accepted proposal whose time has come take effect, the earliest first; returns the record as
    stored. Each is applied to the norms as they are by then, so that none takes another one back."""
    accepted = [each for each in tx.ballots.of(record.team.id) if each.state is ProposalState.ACCEPTED]
    due = [each for each in accepted if each.effective_at is not None and each.effective_at <= now]
    for proposal in sorted(due, key=lambda each: (each.effective_at, each.decided_at, each.id)):
        record = _enacted(tx, record, proposal, now, calendars)
    return record


def _enacted(
    tx: Tx, record: TeamRecord, proposal: Proposal, now: datetime, calendars: Calendars | None
) -> TeamRecord:
    try:
        team = applied(record.team, proposal.changes, calendars, now.year)
    except ValueError as error:
        _log.error("An accepted proposal cannot be applied: %s", type(error).__name__)
        tx.ballots.put(replace(proposal, state=ProposalState.REJECTED))
        return record
    tx.ballots.put(replace(proposal, state=ProposalState.IN_FORCE))
    if team == record.team:
        return record  # another one did the same before
    starts = proposal.effective_at or now
    tally = standing(tx, record, proposal, now).tally
    version = TeamVersion(
        record.team.id,
        record.state.number + 1,
        proposal.decided_at or now,
        starts if now - starts < PUNCTUAL else now,
        team,
        proposal.label,
        Origin.VOTE,
        proposal.by,
        proposal.id,
        tally.yes,
        tally.no,
    )
    return enact(tx, record, version, now)


def enact(tx: Tx, record: TeamRecord, version: TeamVersion, now: datetime) -> TeamRecord:
    """Make a version the one in force: keep it, plan everybody anew whom it concerns, and tell the team.
    Returns the record as stored."""
    stored = put(tx, replace(record, team=version.norms, state=replace(record.state, number=version.number)))
    tx.teams.keep(replace(version, norms=kept_norms(version.norms)))
    replan_members(tx, stored.team, f"{version.team}:{version.number}", now)
    before = record.team if version.number > 1 else None
    focus.invite(tx, before, stored.team, version.number, told_at(stored.team, now))
    if version.number > 1:
        teaming.post(tx, stored, Post.CHANGED, str(version.number), now, due=told_at(stored.team, now))
    inviting.invite(tx, stored, told_at(stored.team, now))
    return stored


def with_first_version(tx: Tx, record: TeamRecord, now: datetime) -> TeamRecord:
    """A team that is older than versions are gets its first: its norms as they are. Returns the record as
    stored."""
    if record.state.number:
        return record
    norms = kept_norms(record.team)
    label = "The norms as they were before votes"
    tx.teams.keep(TeamVersion(record.team.id, 1, now, now, norms, label, Origin.FOUNDED))
    return put(tx, replace(record, state=replace(record.state, number=1)))


def kept_norms(team: Team) -> Team:
    """The norms of a version: what the team agreed on, not who is in it."""
    return replace(team, members=(), leads=(), lifted=(), holidays=())


def settle_all(tx: Tx, record: TeamRecord, now: datetime) -> None:
    """Somebody has left: count every open vote anew without them. Should they come back, they vote from the
    next proposal on."""
    for proposal in tx.ballots.of(record.team.id):
        if proposal.state is ProposalState.OPEN:
            voters = voters_of(tx, record.team, proposal)
            left = tuple(id for id in proposal.electorate if names.resolved(tx, id) in voters)
            settle(tx, record, replace(proposal, electorate=left), now)


def put(tx: Tx, record: TeamRecord) -> TeamRecord:
    """Store a team; returns it as stored."""
    tx.teams.put(record)
    return replace(record, version=record.version + 1)


def replan_members(tx: Tx, team: Team, key: str, now: datetime, *, also: Sequence[str] = ()) -> None:
    """Plan the members anew, and those of `also` (person ids), and show it where their Home stays in sight;
    `key` names the change."""
    ids = dict.fromkeys([*(member.person.id for member in members_of(tx, team)), *also])
    for id in ids:
        person = tx.people.get(id)
        if person is not None:
            stored = planning.replan(tx, person, now)
            planning.repaint(tx, stored, f"team:{key}", now)


def told_at(team: Team, now: datetime) -> datetime:
    """When a channel is told of a change that took effect just now: at once by day, else in the morning."""
    local = now.astimezone(ZoneInfo(team.zone))
    if local.hour in _WAKING:
        return now
    day = local.date() + timedelta(days=1 if local.hour >= _WAKING.stop else 0)
    return to_utc_start(day, _WAKING.start * 60, team.zone)


def new_proposal_id(tx: Tx, team: str) -> str:
    """An id for a team's next proposal, with its number in it."""
    numbers = (number_of(each) for each in tx.ballots.of(team))
    return new_id(f"b{max(numbers, default=0) + 1}")


def number_of(proposal: Proposal) -> int:
    """The number of a proposal within its team, from 1: it stays the same for ever."""
    number = proposal.id.removeprefix("b").partition("_")[0]
    return int(number) if number.isdigit() else 0
