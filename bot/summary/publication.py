"""A week's figures are worked out once and kept: whoever looks later reads what was published first, since
two looks with different people behind them would tell what one person did."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.codec import decode_summary, encode_summary
from bot.ports import Tx
from bot.records import Publication, TeamRecord
from bot.retention import DELIVERIES
from bot.summary.gather import facts
from bot.summary.judging import reach
from rules import Week, bounds, week_of
from rules.summary import Summary, summarise
from rules.values import Team


class NoSummary(Exception):
    """There are no figures of a week; the text is the sentence that says why."""


def last_week(team: Team, now: datetime) -> Week:
    """The last week that has ended, in the team's zone."""
    return week_of(now.astimezone(ZoneInfo(team.zone)).date()).before()


def first_week(tx: Tx, record: TeamRecord) -> Week | None:
    """The week in which a team came to us, in its zone; None if nobody noted it."""
    versions = tx.teams.versions(record.team.id)
    return last_week(record.team, versions[-1].at).after() if versions else None


def published(tx: Tx, team: str, week: Week) -> Summary | None:
    """What was published for a team's week, None if nothing was."""
    found = tx.publications.get(team, str(week))
    return decode_summary(found.content) if found else None


def publish(tx: Tx, record: TeamRecord, week: Week, now: datetime) -> Summary:
    """Publish a team's week, unless that was done before; returns what was published. Too few people is a
    publication, too: it stays so. Raises NoSummary for a week that has not ended, for one before the team was
    here, and for one whose records are no longer kept."""
    team, first = record.team, first_week(tx, record)
    if first is not None and week < first:  # whatever was published then was another team's of that name
        raise NoSummary(f"The team has been here since {first}: its first figures are of that week.")
    found = published(tx, team.id, week)
    if found is not None:
        return found
    refusal = _refusal(record, week, now)
    if refusal:
        raise NoSummary(refusal)
    known = facts(tx, record, week, reach(record, week, first, now))
    summary = summarise(known)
    cohort = tuple(sorted(known.cohort.people))
    tx.publications.add(Publication(team.id, str(week), now, cohort, encode_summary(summary)))
    return summary


def _refusal(record: TeamRecord, week: Week, now: datetime) -> str:
    span = bounds(week, record.team.zone)
    if now < span.end:
        return f"{week} has not ended. The last week that has is {last_week(record.team, now)}."
    if span.start < now - DELIVERIES:
        kept = DELIVERIES.days
        return f"There are no figures of {week}: nobody looked then, and records go after {kept} days."
    return ""
