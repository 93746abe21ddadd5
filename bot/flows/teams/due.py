"""What must happen for a team as time goes on: votes close, versions take effect, norms are to be read again,
the summary is posted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.flows.teams import deciding
from bot.planning import overrides, reminding, teaming
from bot.planning.reminding import half_way
from bot.planning.teaming import Post
from bot.ports import Calendars, Tx
from bot.records import Proposal, ProposalState, TeamRecord
from bot.summary import posting
from rules import to_utc_start
from rules.values import Team

REVIEW_MINUTE = 9 * 60
"""When, on the agreed day, a team is asked whether its norms are still right: minutes after midnight."""
REVIEW_LATEST = timedelta(days=14)
"""How late it is still asked: well before the record of having asked goes, which would ask it again."""


def plan_team(tx: Tx, record: TeamRecord, now: datetime, calendars: Calendars | None = None) -> TeamRecord:
    """Do what is due for a team at `now`, work out `next_at`, and store the record; returns it as stored.

    Doing it twice does nothing twice. `calendars` know the holidays of a place that the team agreed on."""
    record = deciding.with_first_version(tx, record, now)
    for proposal in tx.ballots.of(record.team.id)[::-1]:
        if proposal.state is ProposalState.OPEN:
            _follow(tx, record, proposal, now)
    record = deciding.take_effect(tx, record, now, calendars)
    record, summary_due = posting.plan(tx, record, now)
    record = replace(record, team=overrides.without_past(record.team, now))
    lifted = overrides.lifted_until(record.team)
    times = [*_vote_times(tx, record, now), _review(tx, record, now), summary_due, lifted]
    next_at = min((at for at in times if at is not None), default=None)
    return deciding.put(tx, replace(record, next_at=next_at))


def _follow(tx: Tx, record: TeamRecord, proposal: Proposal, now: datetime) -> None:
    """Close a vote whose time is over; half way there, remind those who have not voted, once."""
    if now >= proposal.closes_at:
        deciding.settle(tx, record, proposal, now)
    elif now >= half_way(proposal):
        reminding.remind(tx, record, proposal, now)


def _vote_times(tx: Tx, record: TeamRecord, now: datetime) -> list[datetime | None]:
    """When something must happen for a vote, or an accepted change takes effect."""
    found: list[datetime | None] = []
    for proposal in tx.ballots.of(record.team.id):
        if proposal.state is ProposalState.OPEN:
            half = half_way(proposal)
            found.append(half if now < half else proposal.closes_at)
        elif proposal.state is ProposalState.ACCEPTED:
            found.append(proposal.effective_at)
    return found


def _review(tx: Tx, record: TeamRecord, now: datetime) -> datetime | None:
    """Ask on the agreed day, once, whether the norms are still right; returns when that is, None after it."""
    at = review_at(record.team)
    if at is None or now < at:
        return at
    assert record.team.review_by is not None  # noqa: S101 - there is no instant without a date
    if now >= at + REVIEW_LATEST:
        return None
    teaming.post(tx, record, Post.REVIEW, record.team.review_by.isoformat(), now)
    return None


def review_at(team: Team) -> datetime | None:
    """When a team is asked to read its norms again: in the morning of the agreed day."""
    return to_utc_start(team.review_by, REVIEW_MINUTE, team.zone) if team.review_by else None
