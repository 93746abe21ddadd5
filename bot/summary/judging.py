"""Over which weeks people's words on break-throughs are counted together.

In one week a small team never has enough people who said whether it was fair. So their words are counted over
a block of whole weeks that ends with the summary's, until enough different people stand behind them, and then
anew: a word is counted in one summary at most, so that no two of them differ by what a single person said.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.codec import CodecError, decode_summary
from bot.ports import Tx
from bot.records import Hold, Publication, TeamRecord
from bot.retention import DELIVERIES
from rules import Interval, Week, bounds, parse_week
from rules.privacy import People
from rules.summary import Name

WEEKS = DELIVERIES // timedelta(weeks=1)
"""Weeks in a block at most: as many as pings are kept for."""


@dataclass(frozen=True, slots=True)
class Counting:
    """The block that ends with a week: `since` is its first week, None where a later summary counted this one
    already. `taken` are stretches (UTC) with those whose words in them another summary counted."""

    since: Week | None
    taken: tuple[tuple[Interval, People], ...] = ()

    def word(self, hold: Hold, person: str) -> bool | None:
        """A person's word on what broke through to them, None where there is none that may be counted."""
        at = hold.created_at
        counted = any(person in who and span.start <= at < span.end for span, who in self.taken)
        return None if self.since is None or counted else hold.fair


@dataclass(frozen=True, slots=True)
class _Counted:
    """A block whose words were published, and over whom."""

    team: str
    since: Week
    week: Week
    people: People


def reach(record: TeamRecord, week: Week, first: Week | None, now: datetime) -> Week:
    """The week from which a block that ends with `week` may count: none before the team's `first`, and none
    of which something may have been deleted."""
    found, oldest = week, now - DELIVERIES
    for _ in range(WEEKS - 1):
        earlier = found.before()
        if (first is not None and earlier < first) or bounds(earlier, record.team.zone).start < oldest:
            break
        found = earlier
    return found


def counting(tx: Tx, record: TeamRecord, week: Week, people: Collection[str], back_to: Week) -> Counting:
    """The block of a team that ends with `week` and counts the words of `people`, from `back_to` at the
    earliest: it begins after the last block that was published."""
    published = (_counted(each) for each in tx.publications.near(people) if each.week >= str(back_to))
    found = [each for each in published if each is not None and each.since <= week]
    own = [each for each in found if each.team == record.team.id]
    if any(each.week >= week for each in own):
        return Counting(None)
    since = max([back_to, *(each.week.after() for each in own)])
    return Counting(since, tuple((_span(tx, each, record), each.people) for each in found))


def _counted(publication: Publication) -> _Counted | None:
    """What a publication counted; None if it tells of nobody's words. One that cannot be read is taken to
    have counted all it could."""
    week, people = parse_week(publication.week), frozenset(publication.cohort)
    try:
        summary = decode_summary(publication.content)
    except CodecError:
        return _Counted(publication.team, _earliest(week), week, people)
    if summary.number(Name.JUDGED) is None:
        return None
    return _Counted(publication.team, parse_week(summary.since or summary.week), week, people)


def _earliest(week: Week) -> Week:
    for _ in range(WEEKS - 1):
        week = week.before()
    return week


def _span(tx: Tx, counted: _Counted, record: TeamRecord) -> Interval:
    zone = (tx.teams.get(counted.team) or record).team.zone
    return Interval(bounds(counted.since, zone).start, bounds(counted.week, zone).end)
