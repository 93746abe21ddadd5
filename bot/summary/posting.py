"""When a team's summary is posted: once for each week, in the transaction that publishes it."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.planning import teaming
from bot.ports import Tx
from bot.records import Place, TeamRecord
from bot.summary.publication import NoSummary, first_week, last_week, publish
from rules import Week, summary_at

_log = logging.getLogger(__name__)

LATEST = timedelta(hours=24)
"""A summary that comes later than this is skipped: the next one is near, and the week is far away."""


def plan(tx: Tx, record: TeamRecord, now: datetime) -> tuple[TeamRecord, datetime | None]:
    """Post the summary of the last week if it is due; returns the record with that noted, not stored yet, and
    when a summary is due next (None: the team wants none). Called late it still posts within a day. A team's
    first summary is of the week in which it came to us."""
    last = last_week(record.team, now)
    if not record.state.summed:
        first = first_week(tx, record) or last.after()
        record = _summed(record, first.before())
    for week in (last.before(), last):  # a summary on a Sunday comes on the Monday of the week after
        at = summary_at(record.team, week)
        if at is None:
            return record, None
        if str(week) <= record.state.summed:
            continue
        if now < at:
            return record, at
        _post_unless_late(tx, record, week, now, at + LATEST)
        record = _summed(record, week)
    return record, summary_at(record.team, last.after())


def _summed(record: TeamRecord, week: Week) -> TeamRecord:
    """The record with a week dealt with. Lines that leads show go with what they are worked out from."""
    oldest = str(week.before().before())
    shown = tuple(each for each in record.state.shown if each[0] >= oldest)
    return replace(record, state=replace(record.state, summed=str(week), shown=shown))


def _post_unless_late(tx: Tx, record: TeamRecord, week: Week, now: datetime, latest: datetime) -> None:
    if now >= latest:
        _log.info("The summary of %s for %s is skipped: it is too late.", week, record.team.id)
        return
    try:
        summary = publish(tx, record, week, now)
    except NoSummary as none:  # a team whose first version came later than what was noted of it
        _log.info("The summary of %s for %s is skipped. %s", week, record.team.id, none)
        return
    teaming.post(tx, record, teaming.Post.SUMMARY, str(week), now, expires_at=latest)
    how = "with figures" if summary.people else "without figures"
    _log.info("The summary of %s for %s is on its way, %s.", week, record.team.id, how)


class Fate(StrEnum):
    """What becomes of a week's posting."""

    AHEAD = "ahead"
    POSTED = "posted"
    NOT_POSTED = "not_posted"
    NOT_WANTED = "not_wanted"


@dataclass(frozen=True, slots=True)
class Posting:
    """Where and when a week is posted: `at` (UTC) is None without a norm that says when; no `places` means
    each member in private."""

    fate: Fate
    at: datetime | None
    places: tuple[Place, ...]


def posting_of(tx: Tx, record: TeamRecord, week: Week, now: datetime) -> Posting:
    """Where and when a team's week is or was posted; changes nothing."""
    at, places = summary_at(record.team, week), record.state.places
    if at is None:
        return Posting(Fate.NOT_WANTED, None, places)
    if str(week) > record.state.summed and now < at + LATEST:
        return Posting(Fate.AHEAD, at, places)
    posted = teaming.is_posted(tx, record, teaming.Post.SUMMARY, str(week))
    return Posting(Fate.POSTED if posted else Fate.NOT_POSTED, at, places)
