"""The text of a delivery, built in the transaction that claims it, from the ids in its effect.

So nothing is said that is no longer true: a hold that was taken back is gone from its digest, Home is as of now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot import names, planning
from bot.flows import holds
from bot.flows.homes import CONNECTABLE, page
from bot.flows.rituals import end_of_hours
from bot.inbound import Account
from bot.messages import account as account_texts
from bot.messages import digest as digest_texts
from bot.messages import notes, rituals
from bot.messages.actions import Topic
from bot.messages.digest import Item
from bot.messages.model import Message
from bot.messages.notes import Wait
from bot.messages.words import Watch
from bot.ports import Tx, Vault
from bot.records import Delivery, Hold, HoldState
from rules import (
    Digest,
    Landed,
    Mode,
    Nudge,
    PublishHome,
    Ritual,
    Say,
    SenderNote,
    Urgency,
    UrgentPing,
    availability_at,
)

LATE = timedelta(minutes=10)
"""A delivery later than this says so."""
REPEAT = "may be a repeat"
"""What `Delivery.because` begins with when it is sent again without knowing whether it arrived."""


def compose(tx: Tx, vault: Vault, delivery: Delivery, now: datetime) -> Message | None:
    """What the delivery says, as of `now` (aware UTC); None when there is nothing to say any more."""
    match delivery.effect:
        case Digest(_, ids):
            return _digest(tx, vault, delivery, ids, now)
        case UrgentPing(_, id):
            return _urgent(tx, vault, delivery, id, now)
        case SenderNote(_, ids):
            return _sender_note(tx, delivery.to, ids, now)
        case Landed(_, ids):
            return _landed(tx, delivery.to, ids, now)
        case Nudge(person, kind, day):
            return _nudge(tx, vault, person, Ritual(kind), f"{kind}:{day.isoformat()}", now)
        case Say(_, topic, facts):
            return _say(tx, delivery.to, Topic(topic), facts, now)
        case PublishHome():
            return page(tx, vault, delivery.to, now)
        case _:
            return None


def _found(tx: Tx, ids: Sequence[str], *states: HoldState) -> list[Hold]:
    found = (tx.holds.get(id) for id in ids)
    return [hold for hold in found if hold is not None and (not states or hold.state in states)]


def _watch(tx: Tx, to: Account, now: datetime) -> Watch:
    return Watch(now, names.zone_of(tx, to) or "UTC")


def _is_repeat(delivery: Delivery) -> bool:
    return delivery.because.startswith(REPEAT)


def _digest(tx: Tx, vault: Vault, delivery: Delivery, ids: Sequence[str], now: datetime) -> Message | None:
    """Only what is bound to this delivery; whoever has not enrolled gets it without a word about waiting."""
    bound = _found(tx, ids, HoldState.RELEASING)
    if not bound:
        return None
    watch = _watch(tx, delivery.to, now)
    items = [holds.item_of(tx, vault, hold, delivery.to.tenant) for hold in bound]
    if all(
        hold.release_at is not None and hold.release_at - hold.created_at < timedelta(minutes=1)
        for hold in bound
    ):
        return digest_texts.passed_on(items, watch)
    late = now - delivery.due_at > LATE
    return digest_texts.digest(items, watch, delayed=late, repeat=_is_repeat(delivery))


def _urgent(tx: Tx, vault: Vault, delivery: Delivery, id: str, now: datetime) -> Message | None:
    hold = next(iter(_found(tx, [id], HoldState.RELEASING)), None)
    if hold is None:
        return None
    item = holds.item_of(tx, vault, hold, delivery.to.tenant)
    return digest_texts.urgent_ping(item, _watch(tx, delivery.to, now), repeat=_is_repeat(delivery))


def _waits(tx: Tx, found: Sequence[Hold], now: datetime) -> list[Wait]:
    return [wait for hold in found if (wait := holds.wait_of(tx, hold, now)) is not None]


def _sender_note(tx: Tx, to: Account, ids: Sequence[str], now: datetime) -> Message | None:
    found = _found(tx, ids, HoldState.WAITING)
    waits = _waits(tx, found, now)
    if not waits:
        return None
    watch, theirs = holds.sender_watch(tx, to, [hold.recipient for hold in found], now)
    return notes.sender_note(waits, watch, theirs=theirs)


def _landed(tx: Tx, to: Account, ids: Sequence[str], now: datetime) -> Message | None:
    groups: dict[str, list[Hold]] = {}
    for hold in _found(tx, ids, HoldState.DELIVERED):
        groups.setdefault(hold.recipient, []).append(hold)
    watch = _watch(tx, to, now)
    items = [
        (names.who_is(tx, recipient, to.tenant), max(hold.delivered_at or now for hold in group), len(group))
        for recipient, group in groups.items()
    ]
    return notes.landed(items, watch) if items else None


def _nudge(tx: Tx, vault: Vault, person: str, kind: Ritual, value: str, now: datetime) -> Message | None:
    record = tx.people.get(person)
    if record is None:
        return None
    teams = planning.teams_of(tx, person)
    watch = Watch(now, record.person.zone)
    waiting = tx.holds.waiting_for(person)
    urgent = sum(hold.urgency is Urgency.URGENT for hold in waiting)
    if kind is Ritual.START:
        segment = availability_at(record.person, teams, now)
        until = segment.end if segment.mode is Mode.AVAILABLE else None
        return rituals.start_of_day(value, f"{len(waiting)} waited overnight, {urgent} urgent", until, watch)
    ends = end_of_hours(record.person, teams, watch.local(now).date())
    return rituals.end_of_day(value, ends, f"{len(waiting)} waiting, {urgent} urgent", watch)


def _say(
    tx: Tx, to: Account, topic: Topic, facts: Sequence[tuple[str, str]], now: datetime
) -> Message | None:
    one = dict(facts)
    found = _found(tx, [value for name, value in facts if name == "hold"])
    match topic:
        case Topic.CONNECT:
            known = tx.accounts.get(to)
            wanted = tx.meta.get(CONNECTABLE) and not (known and known.connected)
            return account_texts.connect_offer() if wanted else None
        case Topic.CONNECTED:
            return account_texts.connected()
        case Topic.DISCONNECTED:
            return account_texts.disconnected()
        case Topic.ZONE:
            return _zone(tx, to, one)
        case Topic.MOVED:
            waits = _waits(tx, [hold for hold in found if hold.state is HoldState.WAITING], now)
            return notes.moved(waits, _watch(tx, to, now)) if waits else None
        case Topic.UNDELIVERED:
            people = {hold.recipient: names.who_is(tx, hold.recipient, to.tenant) for hold in found}
            return notes.undelivered(list(people.values()), sure=one.get("sure") != "no")
        case Topic.GONE:
            return notes.gone(one.get("name", ""), int(one.get("count", "1")))


def _zone(tx: Tx, to: Account, facts: Mapping[str, str]) -> Message | None:
    record, zone = names.record_of(tx, to), facts.get("zone", "")
    if record is None or not zone or record.person.zone == zone:
        return None
    return account_texts.moved_zone(zone, record.person.zone)
