"""What is stored of a team as somebody reads it: names instead of ids, and only what concerns them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot import names
from bot.flows.teams import deciding
from bot.flows.teams.seeing import notes_on
from bot.inbound import Account
from bot.messages.ballots import Ballot, NormChange, Step
from bot.messages.model import Who
from bot.messages.team import TeamPage, called, value_line
from bot.messages.words import Watch, same_time
from bot.planning.teaming import is_member
from bot.ports import Tx
from bot.records import Origin, Place, Proposal, ProposalState, TeamRecord, TeamVersion
from bot.teamnorms import BY_KEY, PEOPLE, QUIETLY, Changes, difference, texts
from rules.values import Team
from rules.voting import Outcome


def watch_of(tx: Tx, team: Team, to: Account, now: datetime) -> Watch:
    """Tells times to an account in its own zone, and in the team's where many read them."""
    return Watch(now, names.zone_of(tx, to) or team.zone)


def ballot_of(tx: Tx, record: TeamRecord, proposal: Proposal, to: Account, now: datetime) -> Ballot:
    """A proposal as `to` reads it, an account or a channel in which the team talks."""
    reader = names.record_of(tx, to)
    me = reader.person.id if reader else ""
    by = names.resolved(tx, proposal.by) if proposal.by else ""
    return Ballot(
        proposal.id,
        deciding.number_of(proposal),
        called(record.team),
        changes_of(tx, before_of(tx, record, proposal), proposal.changes, to.tenant),
        names.who_is(tx, by, to.tenant) if by else None,
        proposal.state,
        stands(tx, record, proposal, now),
        proposal.closes_at,
        proposal.effective_at,
        notes_on(tx, record, proposal, now) if proposal.state is ProposalState.OPEN else (),
        own=bool(me) and by == me,
        clock=clock_of(tx, record, to, now),
        zone=record.team.zone if _about_time(proposal) else "",
        votes=_is_channel(record, to) or me in deciding.voters_of(tx, record.team, proposal),
    )


def _is_channel(record: TeamRecord, to: Account) -> bool:
    return Place(to.tenant, to.user) in record.state.places


def clock_of(tx: Tx, record: TeamRecord, to: Account, now: datetime) -> str:
    """Whose the times are that an account or a channel reads, "" where they are everybody's."""
    if _is_channel(record, to):
        return f" ({record.team.zone})"
    zone = names.zone_of(tx, to)
    return " (your time)" if zone and not same_time(zone, record.team.zone, now) else ""


_TIMES = frozenset({"core", "shared_focus", "no_meetings", "summary"})


def _about_time(proposal: Proposal) -> bool:
    return any(key in _TIMES and text for key, text in proposal.changes)


def before_of(tx: Tx, record: TeamRecord, proposal: Proposal) -> Team:
    """The norms that a proposal would change: those in force, or, once it is, those that it changed."""
    if proposal.state is not ProposalState.IN_FORCE:
        return record.team
    versions = tx.teams.versions(record.team.id)
    own = next((each.number for each in versions if each.proposal == proposal.id), 0)
    return next((each.norms for each in versions if 0 < each.number < own), record.team)


def changes_of(tx: Tx, before: Team, changes: Changes, tenant: str) -> tuple[NormChange, ...]:
    """Each norm as it is and as it would be."""
    said = texts(before)
    people = people_in(tx, [said[key] for key in PEOPLE] + [text for _, text in changes], tenant)
    return tuple(
        NormChange(BY_KEY[key].label, value_line(key, said[key], people), value_line(key, text, people))
        for key, text in changes
        if key not in QUIETLY
    )


def people_in(tx: Tx, said: Iterable[str], tenant: str) -> dict[str, Who]:
    """Everybody whom texts of norms may name, by id, as `tenant` knows them."""
    ids = {id for text in said for id in text.split(",") if id and not id.isspace()}
    return {id: names.who_is(tx, id, tenant) for id in ids if names.account_of(tx, id, tenant)}


def stands(tx: Tx, record: TeamRecord, proposal: Proposal, now: datetime) -> str:
    """How a vote stands, or what it came to; members who left since do not change what was decided."""
    found = deciding.standing(tx, record, proposal, now)
    counts = f"{found.tally.yes} yes, {found.tally.no} no"
    if proposal.state is ProposalState.OPEN:
        return found.sentence
    if proposal.state is ProposalState.WITHDRAWN:
        return "Withdrawn by whoever proposed it."
    if proposal.state is ProposalState.REJECTED:
        return found.sentence if found.outcome is Outcome.REJECTED else f"Not accepted: {counts}."
    return found.sentence if found.outcome is Outcome.ACCEPTED else f"Accepted: {counts}."


def page_of(tx: Tx, record: TeamRecord, to: Account, channel: str, now: datetime) -> TeamPage:
    """A team's page as `to` reads it in `channel` ("" if unknown)."""
    reader = names.record_of(tx, to)
    proposals = sorted(tx.ballots.of(record.team.id), key=deciding.number_of)
    is_open = [each for each in proposals if each.state is ProposalState.OPEN and now < each.closes_at]
    waiting = [each for each in proposals if each.state is ProposalState.ACCEPTED]
    newest = next(iter(tx.teams.versions(record.team.id)), None)
    said = texts(record.team)
    return TeamPage(
        record.team,
        record.state.number,
        newest.effective_at if newest else now,
        people_in(tx, [said[key] for key in PEOPLE], to.tenant),
        reader is not None and is_member(tx, record.team, reader.person.id),
        Place(to.tenant, channel) in record.state.places,
        len(record.state.places),
        tuple(ballot_of(tx, record, each, to, now) for each in is_open),
        tuple(ballot_of(tx, record, each, to, now) for each in waiting),
    )


def steps_of(tx: Tx, record: TeamRecord, tenant: str) -> tuple[Step, ...]:
    """Every version of a team's norms, newest first."""
    return tuple(step_of(tx, version, tenant) for version in tx.teams.versions(record.team.id))


def step_of(tx: Tx, version: TeamVersion, tenant: str) -> Step:
    by_admin = version.origin is Origin.ADMIN
    by = names.resolved(tx, version.by) if version.by and not by_admin else ""
    return Step(
        version.number,
        version.at,
        version.effective_at,
        version.label,
        version.origin,
        names.who_is(tx, by, tenant) if by else None,
        version.by if by_admin else "",
        version.yes,
        version.no,
    )


def changed_in(tx: Tx, version: TeamVersion, tenant: str) -> tuple[NormChange, ...]:
    """What a version changed of the one before it."""
    before = next((each for each in tx.teams.versions(version.team) if each.number < version.number), None)
    if before is None:
        return ()
    return changes_of(tx, before.norms, difference(before.norms, version.norms), tenant)
