"""Records to rows and back. The order of the values is that of the column lists in `queries`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from bot.codec import decode_effect, decode_person, encode_effect, encode_person, from_micros, to_micros
from bot.inbound import Account
from bot.records import (
    AccountRecord,
    Change,
    Conversation,
    Delivery,
    DeliveryState,
    Hold,
    HoldState,
    JournalEntry,
    Lane,
    LedgerEntry,
    Override,
    Parcel,
    Publication,
    Tenant,
    Vote,
)
from rules.values import PingKind, Urgency

Row = tuple[Any, ...]
Execute = Callable[[str, Row], sqlite3.Cursor]

# A dict look-up is five times faster than calling the enum; every claimed delivery needs two.
_LANES = {lane.value: lane for lane in Lane}
_STATES = {state.value: state for state in DeliveryState}


def micros(at: datetime | None) -> int | None:
    """`to_micros` where there may be no instant."""
    return None if at is None else to_micros(at)


def instant(value: int | None) -> datetime | None:
    """`from_micros` where there may be no instant."""
    return None if value is None else from_micros(value)


def storable(text: str) -> str:
    """Text from outside without lone surrogates, which SQLite's UTF-8 cannot hold."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def delivery_row(delivery: Delivery) -> Row:
    return (
        delivery.id, delivery.key, delivery.lane.value, delivery.to.tenant, delivery.to.user,
        encode_effect(delivery.effect), to_micros(delivery.due_at), delivery.urgent,
        micros(delivery.expires_at), delivery.after, delivery.state.value, delivery.owner, delivery.attempt,
        delivery.claimed_at, delivery.settle_at, delivery.refused, delivery.ref, delivery.because,
    )  # fmt: skip


def delivery(row: Row) -> Delivery:
    return Delivery(
        row[0], row[1], _LANES[row[2]], Account(row[3], row[4]), decode_effect(row[5]), from_micros(row[6]),
        bool(row[7]), instant(row[8]), row[9], _STATES[row[10]], *row[11:],
    )  # fmt: skip


def hold_row(hold: Hold) -> Row:
    return (
        hold.id, hold.sender.tenant, hold.sender.user, hold.recipient, hold.kind.value, hold.urgency.value,
        to_micros(hold.created_at), micros(hold.release_at), micros(hold.reply_by), micros(hold.needs_by),
        storable(hold.reason), hold.channel, hold.message, hold.thread, storable(hold.link), hold.text,
        hold.state.value, micros(hold.delivered_at), hold.fair, hold.doubted, hold.broke_for,
    )  # fmt: skip


def hold(row: Row) -> Hold:
    return Hold(
        row[0], Account(row[1], row[2]), row[3], PingKind(row[4]), Urgency(row[5]), from_micros(row[6]),
        instant(row[7]), instant(row[8]), instant(row[9]), row[10], row[11], row[12], row[13], row[14],
        row[15], HoldState(row[16]), instant(row[17]), None if row[18] is None else bool(row[18]),
        bool(row[19]), row[20],
    )  # fmt: skip


def account_row(record: AccountRecord) -> Row:
    return (
        record.account.tenant, record.account.user, record.person, storable(record.name), record.zone,
        record.dm, record.connected, record.guest, record.directory_id, storable(record.unreachable),
    )  # fmt: skip


def account(row: Row) -> AccountRecord:
    flags = (bool(row[6]), bool(row[7]))
    return AccountRecord(Account(row[0], row[1]), row[2], row[3], row[4], row[5], *flags, row[8], row[9])


def conversation_row(place: Conversation) -> Row:
    return (
        place.tenant, place.id, place.service_url, place.kind, place.user, place.team, place.channel,
        place.home,
    )  # fmt: skip


def conversation(row: Row) -> Conversation:
    return Conversation(*row)


def parcel_row(parcel: Parcel) -> Row:
    return (parcel.key, parcel.tenant, parcel.line, parcel.sealed, to_micros(parcel.at))


def parcel(row: Row) -> Parcel:
    key, tenant, line, sealed, at = row
    return Parcel(key, tenant, line, sealed, from_micros(at))


def change_row(change: Change) -> Row:
    norms = None if change.before is None else encode_person(change.before)
    return (change.person, to_micros(change.at), storable(change.label), norms)


def change(row: Row) -> Change:
    return Change(row[0], from_micros(row[1]), row[2], None if row[3] is None else decode_person(row[3]))


def tenant_row(tenant: Tenant) -> Row:
    return (tenant.id, tenant.platform, storable(tenant.name), tenant.url, tenant.bot_user, tenant.parked)


def tenant(row: Row) -> Tenant:
    return Tenant(*row)


def vote_row(vote: Vote) -> Row:
    return (vote.proposal, vote.person, vote.yes, to_micros(vote.at))


def vote(row: Row) -> Vote:
    return Vote(row[0], row[1], bool(row[2]), from_micros(row[3]))


def ledger_row(entry: LedgerEntry) -> Row:
    return (
        entry.id, entry.team, to_micros(entry.at), entry.kind.value, entry.by, to_micros(entry.start),
        to_micros(entry.end), storable(entry.reason), entry.hold,
    )  # fmt: skip


def ledger_entry(row: Row, verdicts: tuple[tuple[str, bool], ...]) -> LedgerEntry:
    return LedgerEntry(
        row[0], row[1], from_micros(row[2]), Override(row[3]), row[4], from_micros(row[5]),
        from_micros(row[6]), row[7], row[8], verdicts,
    )  # fmt: skip


def publication_row(publication: Publication) -> Row:
    at, cohort = to_micros(publication.at), json.dumps(publication.cohort)
    return (publication.team, publication.week, at, cohort, storable(publication.content))


def publication(row: Row) -> Publication:
    return Publication(row[0], row[1], from_micros(row[2]), tuple(json.loads(row[3])), row[4])


def journal_row(entry: JournalEntry) -> Row:
    return (entry.person, entry.day.isoformat(), entry.kind, to_micros(entry.at), entry.sealed)


def journal_entry(row: Row) -> JournalEntry:
    return JournalEntry(row[0], date.fromisoformat(row[1]), row[2], from_micros(row[3]), row[4])
