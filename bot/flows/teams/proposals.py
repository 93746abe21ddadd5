"""Proposals: made, voted on, withdrawn. Nothing of a team's norms changes in any other way, but for a norms
file that an administrator stands for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot import names
from bot.flows.teams import deciding, views
from bot.flows.teams.due import plan_team
from bot.flows.teams.seeing import is_visible
from bot.messages import ballots as texts
from bot.messages.model import Message
from bot.messages.words import joined
from bot.planning import teaming
from bot.planning.teaming import Post, is_member, members_of
from bot.ports import Reply, Tx
from bot.records import Place, Proposal, ProposalState, TeamRecord, Vote
from bot.teamnorms import (
    BY_KEY,
    PEOPLE,
    QUIETLY,
    Changes,
    applied,
    effective,
)
from bot.teamnorms import (
    texts as texts_of,
)
from bot.turn import Refusal, Turn
from rules.values import Team

MOST_OPEN = 10
"""Votes that a team has open at once."""
MOST_OWN = 4
"""Those that one person may have open among them, so that nobody takes the floor from the others."""


def propose(
    turn: Turn, record: TeamRecord, changes: Changes, effective_at: datetime | None = None
) -> Message:
    """Put changes to the vote in the acting person's name, from `effective_at` on; returns what they read.

    Raises Refusal when nothing would change or no more can be open, WordError for a text that cannot be read.
    """
    record = deciding.with_first_version(turn.tx, record, turn.now)
    real = _real(turn, record, changes)
    before = _same(turn, record, real, effective_at)
    if before is not None:
        return _told(turn, record, before, again=True)
    _check_room(turn, record)
    me = turn.enrolled().person.id
    proposal = opened(turn.tx, record, real, turn.now, by=me, effective_at=effective_at)
    plan_team(turn.tx, record, turn.now, turn.world.calendars)
    return _told(turn, record, proposal)


def _told(turn: Turn, record: TeamRecord, proposal: Proposal, *, again: bool = False) -> Message:
    """What the acting person reads of a proposal; no more than a line where its ballot is posted."""
    here = Place(turn.who.tenant, turn.channel) in record.state.places
    shown = views.ballot_of(turn.tx, record, proposal, turn.who, turn.now)
    return texts.proposed(shown, turn.watch(), here=here, again=again)


def _check_room(turn: Turn, record: TeamRecord) -> None:
    found, me = open_ones(turn.tx, record.team.id, turn.now), turn.enrolled().person.id
    own = [each for each in found if each.by and names.resolved(turn.tx, each.by) == me]
    if len(own) >= MOST_OWN:
        raise Refusal(
            f"{MOST_OWN} of your proposals are open already. Let the team decide those first, or take one "
            f"back: /boundary team withdraw {deciding.number_of(own[-1])}"
        )
    if len(found) >= MOST_OPEN:
        raise Refusal(f"{MOST_OPEN} votes are open already. Let the team decide those first: /boundary team")


def _same(turn: Turn, record: TeamRecord, changes: Changes, effective_at: datetime | None) -> Proposal | None:
    """The open proposal of the same, for whoever presses twice or after somebody else."""

    def start(at: datetime | None) -> datetime | None:
        return at and max(at, turn.now)

    for each in open_ones(turn.tx, record.team.id, turn.now):
        if each.changes == changes and start(each.effective_at) == start(effective_at):
            return each
    return None


def _real(turn: Turn, record: TeamRecord, changes: Changes) -> Changes:
    """What of the changes changes something, checked as a whole."""
    try:
        after = applied(record.team, changes, turn.world.calendars, turn.now.year)
    except ValueError as unknown:
        if type(unknown) is ValueError:  # a place without a calendar; WordErrors say more by themselves
            raise Refusal(f"{unknown} For example: /boundary team propose holidays PT") from None
        raise
    real = effective(record.team, changes)
    if not [key for key, _ in real if key not in QUIETLY]:
        raise Refusal(_nothing_new(record.team, changes))
    if not members_of(turn.tx, after):
        raise Refusal("Nobody is in the team who could vote. To join it: /boundary team join")
    return real


def _nothing_new(team: Team, changes: Changes) -> str:
    if any(key == "figures_from" for key, _ in changes):
        return (
            f"Figures already need {team.figures_from} people behind them, and that can only be raised. "
            f"For example: /boundary team propose figures from {team.figures_from + 3} people"
        )
    return "That is what holds already, so there is nothing to vote on. /boundary team shows the norms."


def opened(
    tx: Tx,
    record: TeamRecord,
    changes: Changes,
    now: datetime,
    *,
    by: str = "",
    effective_at: datetime | None = None,
    source: str = "",
) -> Proposal:
    """Open a vote on changes that are known to be readable, and post its ballot. `by` is a person id, "" for
    a norms file, which `source` names."""
    proposal = Proposal(
        deciding.new_proposal_id(tx, record.team.id),
        record.team.id,
        by,
        now,
        now + timedelta(days=record.team.voting.days),
        changes,
        label_of(changes),
        effective_at,
        tuple(member.person.id for member in members_of(tx, record.team)),
        source=source,
    )
    tx.ballots.put(proposal)
    teaming.post(tx, record, Post.BALLOT, proposal.id, now, expires_at=proposal.closes_at)
    return proposal


def label_of(changes: Changes) -> str:
    """Changes in a few words for lists: "Core hours: mon-thu 13:00-15:00". People are not named in it."""
    shown = [(BY_KEY[key], text) for key, text in changes if key not in QUIETLY]
    if len(shown) > 2:
        return f"{len(shown)} norms: {', '.join(field.label for field, _ in shown)}"
    return "; ".join(
        f"{field.label}: {_value(field.key, text) if text else 'removed'}" for field, text in shown
    )


def _value(key: str, text: str) -> str:
    return "somebody else" if key in PEOPLE else BY_KEY[key].shown(text)


def open_ones(tx: Tx, team: str, now: datetime) -> list[Proposal]:
    """The proposals that can be voted on, oldest first."""
    found = sorted(tx.ballots.of(team), key=deciding.number_of)
    return [each for each in found if each.state is ProposalState.OPEN and now < each.closes_at]


def found(turn: Turn, id: str) -> tuple[TeamRecord, Proposal]:
    """A proposal of a team that the acting account may know of."""
    proposal = turn.tx.ballots.get(id)
    record = turn.tx.teams.get(proposal.team) if proposal else None
    if proposal is None or record is None or not is_visible(turn.tx, record, turn.who):
        raise Refusal("That proposal is gone. /boundary team shows what is open.")
    return record, proposal


def vote(turn: Turn, id: str, *, yes: bool, pressed: bool = False) -> Reply:
    """Note the acting person's vote; it may be changed while the vote is open. A ballot in the bot's own chat
    whose button was `pressed` shows how it stands now; one in a channel follows by itself."""
    record, proposal = found(turn, id)
    person = turn.enrolled().person.id
    if proposal.state is ProposalState.OPEN and turn.now >= proposal.closes_at:
        plan_team(turn.tx, record, turn.now, turn.world.calendars)
        record, proposal = found(turn, id)
    if proposal.state is not ProposalState.OPEN:
        return Reply(texts.vote_is_over(views.ballot_of(turn.tx, record, proposal, turn.who, turn.now)))
    if person not in deciding.voters_of(turn.tx, record.team, proposal):
        raise Refusal(_no_vote(turn.tx, record.team, person))
    turn.tx.ballots.vote(Vote(proposal.id, person, yes, turn.now))
    proposal = deciding.settle(turn.tx, record, proposal, turn.now)
    record = plan_team(turn.tx, record, turn.now, turn.world.calendars)
    proposal = turn.tx.ballots.get(id) or proposal
    ballot = views.ballot_of(turn.tx, record, proposal, turn.who, turn.now)
    said = texts.voted(ballot, turn.watch(), yes=yes)
    if pressed and turn.channel and turn.channel == turn.account().dm:
        return Reply(joined(said, texts.ballot(ballot, turn.watch())), replace=True)
    return Reply(said)


def _no_vote(tx: Tx, team: Team, person: str) -> str:
    if is_member(tx, team, person):
        return "You came to the team after this was proposed, so you vote from the next proposal on."
    return "Only members of the team vote. To join it: /boundary team join"


def withdraw(turn: Turn, id: str) -> Message:
    """Take back a proposal of one's own that is still open."""
    record, proposal = found(turn, id)
    if names.resolved(turn.tx, proposal.by) != turn.enrolled().person.id:
        raise Refusal("Only whoever proposed it can withdraw it. You can vote no.")
    if proposal.state is not ProposalState.OPEN or turn.now >= proposal.closes_at:
        raise Refusal("That vote has ended. To go back: /boundary team undo")
    withdrawn = replace(proposal, state=ProposalState.WITHDRAWN, decided_at=turn.now)
    deciding.shown_anew(turn.tx, record, withdrawn, turn.now)
    plan_team(turn.tx, record, turn.now, turn.world.calendars)
    return texts.withdrawn(views.ballot_of(turn.tx, record, withdrawn, turn.who, turn.now))


def go_back(turn: Turn, record: TeamRecord) -> Message:
    """Propose the norms as they were before the version in force."""
    versions = turn.tx.teams.versions(record.team.id)
    if len(versions) < 2:
        raise Refusal("This is the first version of the norms: there is none to go back to.")
    back = going_back(record.team, versions[1].norms)
    return propose(turn, record, back)


def going_back(now: Team, before: Team) -> Changes:
    """What must change for the norms to be as they were; who leads is no part of a version."""
    return effective(now, tuple(each for each in texts_of(before).items() if each[0] != "leads"))


REVIEW_AFTER = timedelta(days=91)
"""Norms that are still right are read again after a quarter of a year."""


def still_right(turn: Turn, record: TeamRecord) -> Message:
    """The norms were read again and hold on: propose to do so again in three months."""
    today = turn.now.astimezone(ZoneInfo(record.team.zone)).date()
    again = (today + REVIEW_AFTER).isoformat()
    for other in open_ones(turn.tx, record.team.id, turn.now):
        if [key for key, _ in other.changes] == ["review_by"]:
            return _told(turn, record, other, again=True)
    return propose(turn, record, (("review_by", again),))


def mute(turn: Turn, *, muted: bool) -> Message:
    """Turn reminders of votes off or on."""
    record = turn.enrolled()
    turn.tx.people.put(replace(record, state=replace(record.state, votes_muted=muted)))
    return texts.reminders(muted=muted)
