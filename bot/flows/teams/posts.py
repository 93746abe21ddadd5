"""The text of what a team posts, as of now, from the ids in its effect."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from bot import names
from bot.flows.teams import views
from bot.inbound import Account
from bot.messages import ballots as ballot_texts
from bot.messages import team as texts
from bot.messages.model import Message, Who
from bot.messages.words import Watch
from bot.planning import reminding, teaming
from bot.planning.teaming import Post
from bot.ports import OUTSIDERS, Tx, Vault
from bot.records import Proposal, ProposalState, TeamRecord
from rules.effects import TeamPost

Builder = Callable[[Tx, Vault, TeamPost, Account, datetime], Message | None]
"""Builds what a channel (`to.user` is its id) or a member reads; None when there is nothing to say."""


def _found(tx: Tx, effect: TeamPost) -> tuple[TeamRecord, Proposal] | None:
    record, proposal = tx.teams.get(effect.team), tx.ballots.get(effect.subject)
    return (record, proposal) if record and proposal else None


def _ballot(tx: Tx, vault: Vault, effect: TeamPost, to: Account, now: datetime) -> Message | None:
    """A ballot that is new says nothing once the vote has ended; one that stands somewhere says what it
    came to."""
    found = _found(tx, effect)
    if found is None:
        return None
    record, proposal = found
    if effect.turn == 0 and proposal.state is not ProposalState.OPEN:
        return None
    shown = views.ballot_of(tx, record, proposal, to, now)
    return ballot_texts.ballot(shown, views.watch_of(tx, record.team, to, now))


def _reminder(tx: Tx, vault: Vault, effect: TeamPost, to: Account, now: datetime) -> Message | None:
    """Nothing to whoever has voted or turned reminders off in the meantime, or to anybody once it is
    decided."""
    reader, shown = names.record_of(tx, to), []
    for proposal in filter(None, map(tx.ballots.get, effect.subject.split(","))):
        record = tx.teams.get(proposal.team)
        if record and reader and reminding.is_awaited(tx, record.team, proposal, reader, now):
            shown.append(views.ballot_of(tx, record, proposal, to, now))
    return ballot_texts.reminder(shown, Watch(now, reader.person.zone)) if reader and shown else None


def _decided(tx: Tx, vault: Vault, effect: TeamPost, to: Account, now: datetime) -> Message | None:
    found = _found(tx, effect)
    if found is None:
        return None
    record, proposal = found
    shown = views.ballot_of(tx, record, proposal, to, now)
    return ballot_texts.decided(shown, views.watch_of(tx, record.team, to, now))


def _changed(tx: Tx, vault: Vault, effect: TeamPost, to: Account, now: datetime) -> Message | None:
    record = tx.teams.get(effect.team)
    version = next(
        (each for each in tx.teams.versions(effect.team) if str(each.number) == effect.subject), None
    )
    if record is None or version is None:
        return None
    step, changes = views.step_of(tx, version, to.tenant), views.changed_in(tx, version, to.tenant)
    watch = views.watch_of(tx, record.team, to, now)
    clock = views.clock_of(tx, record, to, now)
    return ballot_texts.changed(texts.called(record.team), record.team.id, step, changes, watch, clock=clock)


def _founded(tx: Tx, vault: Vault, effect: TeamPost, to: Account, now: datetime) -> Message | None:
    record = tx.teams.get(effect.team)
    if record is None:
        return None
    refused = teaming.refused_by(tx, record, Post.FOUNDED, "")
    if refused and names.record_of(tx, to) is not None:
        return texts.not_there(texts.called(record.team), outsiders=refused == OUTSIDERS)
    first = next(iter(tx.teams.versions(effect.team)[::-1]), None)
    by = names.resolved(tx, first.by) if first and first.by else ""
    founder = names.who_is(tx, by, to.tenant) if by else Who("", "")
    return texts.founded(texts.called(record.team), record.team.id, founder)


def _review(tx: Tx, vault: Vault, effect: TeamPost, to: Account, now: datetime) -> Message | None:
    """Nothing once another date was agreed."""
    record = tx.teams.get(effect.team)
    by = date.fromisoformat(effect.subject)
    if record is None or record.team.review_by != by:
        return None
    return texts.review_due(texts.called(record.team), record.team.id, by)


BUILDERS: dict[str, Builder] = {
    Post.BALLOT: _ballot,
    Post.REMINDER: _reminder,
    Post.DECIDED: _decided,
    Post.CHANGED: _changed,
    Post.FOUNDED: _founded,
    Post.REVIEW: _review,
}
"""By topic; those of this module. `bot.compose` has them all."""
