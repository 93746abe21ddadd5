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
from rules import Week, bounds, week_of
from rules.summary import Summary, summarise
from rules.values import Team


class NoSummary(Exception):
    """There are no figures of a week; the text is the sentence that says why."""


def last_week(team: Team, now: datetime) -> Week:
    """The last week that has ended, in the team's zone."""
    return week_of(now.astimezone(ZoneInfo(team.zone)).date()).before()


def published(tx: Tx, team: str, week: Week) -> Summary | None:
    """What was published for a team's week, None if nothing was."""
    found = tx.publications.get(team, str(week))
    return decode_summary(found.content) if found else None


def publish(tx: Tx, record: TeamRecord, week: Week, now: datetime) -> Summary:
    """Publish a team's week, unless that was done before; returns what was published. Too few people is a
    publication, too: it stays so. Raises NoSummary for a week that has not ended, and for one whose records
    are no longer kept."""
    team = record.team
    found = published(tx, team.id, week)
    if found is not None:
        return found
    span = bounds(week, team.zone)
    if now < span.end:
        last = last_week(team, now)
        raise NoSummary(f"{week} has not ended. The last week that has is {last}.")
    if span.start < now - DELIVERIES:
        kept = DELIVERIES.days
        raise NoSummary(
            f"There are no figures of {week}: nobody looked at them then, and records go after {kept} days."
        )
    known = facts(tx, record, week)
    summary = summarise(known)
    cohort = tuple(sorted(known.cohort.people))
    tx.publications.add(Publication(team.id, str(week), now, cohort, encode_summary(summary)))
    return summary
