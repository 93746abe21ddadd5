"""The ledger of exceptions as one member may read it: with names where it was them or reached them, else only
counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot import names
from bot.inbound import Account
from bot.messages.focus import Entry, LedgerPage
from bot.planning import teaming
from bot.ports import Tx
from bot.records import LedgerEntry, Override, PersonRecord
from rules import Interval, Team, bounds, week_of

WEEKS = timedelta(weeks=4)


@dataclass(frozen=True, slots=True)
class _Reader:
    record: PersonRecord
    ids: frozenset[str]
    tenant: str


def page(tx: Tx, team: Team, record: PersonRecord, account: Account, now: datetime) -> LedgerPage:
    """The last four weeks as a member reads them at `account`. What did not reach them is counted only where
    the team has as many members as its figures need (product rule 8), and so that nobody sees from one look
    to the next what a colleague has just done."""
    reader = _Reader(record, frozenset(names.known_as(tx, account)), account.tenant)
    entries = tx.ledger.of(team.id, now - WEEKS)
    own = [entry for entry in entries if _concerns(tx, entry, team, reader)]
    enough = len(teaming.members_of(tx, team)) >= team.figures_from
    return LedgerPage(
        team.name or team.id,
        tuple(_shown(tx, entry, team, reader) for entry in own),
        _counted(tx, team, [entry for entry in entries if entry not in own], now) if enough else None,
        team.figures_from,
    )


def _concerns(tx: Tx, entry: LedgerEntry, team: Team, reader: _Reader) -> bool:
    """Whether a member made an exception, or it disturbed them: a stretch lifted while they took part, a ping
    that reached them."""
    if _is_by(tx, entry, reader):
        return True
    if entry.kind is Override.LIFTED:
        return team.id not in reader.record.person.opt_out
    hold = tx.holds.get(entry.hold) if entry.hold else None
    return hold is not None and names.resolved(tx, hold.recipient) == reader.record.person.id


def _is_by(tx: Tx, entry: LedgerEntry, reader: _Reader) -> bool:
    return entry.by in reader.ids or names.resolved(tx, entry.by) == reader.record.person.id


def _shown(tx: Tx, entry: LedgerEntry, team: Team, reader: _Reader) -> Entry:
    verdicts, mine = dict(entry.verdicts), _is_by(tx, entry, reader)
    live = mine and entry.kind is Override.LIFTED and Interval(entry.start, entry.end) in team.lifted
    return Entry(
        entry.kind,
        entry.at,
        entry.start,
        entry.end,
        None if mine else names.who_is(tx, entry.by, reader.tenant),
        entry.reason,
        verdicts.get(reader.record.person.id),
        _is_void(tx, entry, team),
        entry.id if live else "",
    )


def _is_void(tx: Tx, entry: LedgerEntry, team: Team) -> bool:
    """Whether an exception was taken back: a stretch before it began, an opting out at any time."""
    if entry.kind is Override.OPTED_OUT:
        record = tx.people.get(names.resolved(tx, entry.by))
        return record is None or team.id not in record.person.opt_out
    return entry.kind is Override.LIFTED and entry.end <= entry.start


def _counted(
    tx: Tx, team: Team, entries: Sequence[LedgerEntry], now: datetime
) -> tuple[tuple[Override, int], ...]:
    """How many of each kind came before this week; of those who opted out, the people who still are, in whole
    groups of as many as stand behind a figure."""
    week = week_of(now.astimezone(ZoneInfo(team.zone)).date())
    since = bounds(week, team.zone).start
    out = {
        names.resolved(tx, entry.by)
        for entry in entries
        if entry.kind is Override.OPTED_OUT and not _is_void(tx, entry, team)
    }
    found = Counter(entry.kind for entry in entries if entry.at < since)
    found[Override.OPTED_OUT] = len(out) - len(out) % team.figures_from
    return tuple((kind, found[kind]) for kind in Override if found[kind])
