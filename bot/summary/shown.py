"""A published week as it is read: the same for everybody who may read it, with the leads' own lines of their
choice."""

from __future__ import annotations

from datetime import datetime

from bot import names
from bot.flows.coaching import after_hours
from bot.inbound import Account
from bot.messages.model import Message
from bot.messages.summary import LeadLine, Published, weekly_summary
from bot.planning import teaming
from bot.planning.rows import teams_of
from bot.planning.teaming import is_member
from bot.ports import Tx, Vault
from bot.records import PersonRecord, Proposal, TeamRecord
from bot.summary.publication import published
from rules import Week, bounds, parse_week, personal_week
from rules.effects import TeamPost
from rules.personalweek import evenings
from rules.summary import Summary


def post(tx: Tx, vault: Vault, effect: TeamPost, to: Account, now: datetime) -> Message | None:
    """What a channel or a member reads of a week; None where nothing was published or the team is gone."""
    record, week = tx.teams.get(effect.team), parse_week(effect.subject)
    summary = published(tx, effect.team, week)
    if record is None or summary is None:
        return None
    return weekly_summary(view(tx, record, summary, to.tenant))


def view(tx: Tx, record: TeamRecord, summary: Summary, tenant: str) -> Published:
    """A published week for a reader in `tenant`, "" for one outside every chat."""
    leads = tuple(
        line_of(tx, lead, parse_week(summary.week), tenant)
        for week, id in record.state.shown
        if week == summary.week and (lead := lead_of(tx, record, id)) is not None
    )
    votable = voted_on(tx, record, summary) is None
    return Published(record.team.name or record.team.id, summary, leads, votable)


def again(tx: Tx, record: TeamRecord, week: Week, now: datetime) -> bool:
    """Store a team and show the summary of a week anew where it stands in channels; returns whether it has
    been posted at all."""
    tx.teams.put(record)
    posted = teaming.is_posted(tx, record, teaming.Post.SUMMARY, str(week))
    if posted:
        turn = record.version + 1  # grows with each time
        teaming.repost(tx, record, teaming.Post.SUMMARY, str(week), now, turn=turn)
    return posted


def voted_on(tx: Tx, record: TeamRecord, summary: Summary) -> Proposal | None:
    """The proposal that put the suggestion of a week to the vote, whatever came of it; None if nobody has."""
    found = tx.publications.get(record.team.id, summary.week)
    if summary.suggestion is None or found is None:
        return None
    same = (each for each in tx.ballots.of(record.team.id) if each.changes == summary.suggestion.changes)
    return next((each for each in same if each.at >= found.at), None)


def lead_of(tx: Tx, record: TeamRecord, id: str) -> PersonRecord | None:
    """A person if they lead the team and are a member of it today, else None."""
    person = names.resolved(tx, id)
    leads = {names.resolved(tx, lead) for lead in record.team.leads}
    return tx.people.get(person) if person in leads and is_member(tx, record.team, person) else None


def line_of(
    tx: Tx, lead: PersonRecord, week: Week, tenant: str = "", *, until: datetime | None = None
) -> LeadLine:
    """A lead's own figures of a week, as far as it has gone `until` (None: all of it), which only they may
    let others see."""
    person, span = lead.person, bounds(week, lead.person.zone)
    teams = teams_of(tx, person.id)
    said = [*(entry.said for entry in tx.said.of(person.id, span.start)), *person.said]
    ids = (person.id, *lead.state.aliases)
    reached = tx.holds.reaching(ids, span.start, span.end)
    broken = [each.delivered_at or each.created_at for each in reached if each.broke_for]
    told = [each for each in evenings(person, week) if lead.state.knew(each.start)]
    own = personal_week(person, teams, said, broken, week, until=until, told=told)
    sent = after_hours(tx, lead, span.start, span.end)
    name = names.who_is(tx, person.id, tenant).name
    return LeadLine(name[:1].upper() + name[1:], own.evenings, own.evenings_kept, sent.pings, sent.held)
