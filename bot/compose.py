"""The text of a delivery, built in the transaction that claims it, from the ids in its effect.

So nothing is said that is no longer true: a hold that was taken back is gone from its digest, Home is as of
now.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot import names, planning
from bot.flows import coaching, holds
from bot.flows.homes import page
from bot.flows.nudges import nudged
from bot.flows.teams import focus as team_focus
from bot.flows.teams import lifting
from bot.flows.teams import policy as team_policy
from bot.flows.teams import posts as team_posts
from bot.inbound import Account
from bot.messages import account as account_texts
from bot.messages import digest as digest_texts
from bot.messages import linking as linking_texts
from bot.messages import notes
from bot.messages.actions import Topic
from bot.messages.digest import Item
from bot.messages.model import Message, Who
from bot.messages.notes import Wait
from bot.messages.words import Watch, small
from bot.planning.rows import connectable
from bot.planning.teaming import Post, is_member
from bot.ports import Tx, Vault
from bot.records import Delivery, Hold, HoldState, Lane
from bot.summary.shown import post as summary_post
from rules import (
    Digest,
    Landed,
    Nudge,
    PublishHome,
    Say,
    SenderNote,
    UrgentPing,
)
from rules.effects import TeamPost

LATE = timedelta(minutes=10)
"""A delivery later than this says so."""
REPEAT = "repeat"
"""`Delivery.because` of what is sent again without knowing whether it arrived (bot.perform says the same)."""


def compose(tx: Tx, vault: Vault, delivery: Delivery, now: datetime) -> Message | None:
    """What the delivery says, as of `now` (aware UTC); None when there is nothing to say any more."""
    said: Message | None = None
    match delivery.effect:
        case Digest() as digest:
            said = _digest(tx, vault, delivery, digest, now)
        case UrgentPing(_, id):
            said = _urgent(tx, vault, delivery, id, now)
        case SenderNote() as note:
            said = _sender_note(tx, delivery.to, note, now)
        case Landed(_, ids):
            said = _landed(tx, delivery.to, ids, now)
        case Nudge() as nudge:
            said = nudged(tx, vault, delivery, nudge, now)
        case Say(_, topic, facts):
            said = _SAY[Topic(topic)](tx, delivery.to, facts, now)
        case PublishHome():
            said = page(tx, vault, delivery.to, now)
        case TeamPost(topic=topic) as effect:
            build = _TEAM_POSTS.get(topic)
            heard = delivery.lane is Lane.CHANNEL or _hears(tx, effect, delivery.to)
            said = build(tx, vault, effect, delivery.to, now) if build and heard else None
            if said is not None and _is_repeat(delivery):
                said = replace(said, parts=(*said.parts, small(digest_texts.AGAIN)))
    return said


def _found(tx: Tx, ids: Sequence[str], *states: HoldState) -> list[Hold]:
    found = (tx.holds.get(id) for id in ids)
    return [hold for hold in found if hold is not None and (not states or hold.state in states)]


def _watch(tx: Tx, to: Account, now: datetime) -> Watch:
    return Watch(now, names.zone_of(tx, to) or "UTC")


def _is_repeat(delivery: Delivery) -> bool:
    return delivery.because == REPEAT


def _digest(tx: Tx, vault: Vault, delivery: Delivery, digest: Digest, now: datetime) -> Message | None:
    """Only what is bound to this delivery; what never waited comes without a word about waiting."""
    bound = _found(tx, digest.holds, HoldState.RELEASING)
    if not bound:
        return None
    watch = _watch(tx, delivery.to, now)
    items = [holds.item_of(tx, vault, hold, delivery.to.tenant) for hold in bound]
    _give_up_lost(tx, items, now)
    if digest.passed_on:
        return digest_texts.passed_on(items, watch)
    late = now - delivery.due_at > LATE
    return digest_texts.digest(items, watch, delayed=late, repeat=_is_repeat(delivery))


def _urgent(tx: Tx, vault: Vault, delivery: Delivery, id: str, now: datetime) -> Message | None:
    hold = next(iter(_found(tx, [id], HoldState.RELEASING)), None)
    if hold is None:
        return None
    item = holds.item_of(tx, vault, hold, delivery.to.tenant)
    _give_up_lost(tx, [item], now)
    return digest_texts.urgent_ping(item, _watch(tx, delivery.to, now), repeat=_is_repeat(delivery))


def _give_up_lost(tx: Tx, items: Sequence[Item], now: datetime) -> None:
    """A text that no key opens any more is not delivered, though its recipient hears of it: say so to its
    sender."""
    planning.given_up(tx, [item.hold for item in items if item.lost], now, sure=True)


def _waits(tx: Tx, found: Sequence[Hold], to: Account, now: datetime) -> list[Wait]:
    return [wait for hold in found if (wait := holds.wait_of(tx, hold, now, to.tenant)) is not None]


def _whom(tx: Tx, found: Sequence[Hold], to: Account) -> list[Who]:
    """Each recipient once, as the sender who reads it at `to` knows them."""
    return list(dict.fromkeys(names.recipient_of(tx, hold, to.tenant) for hold in found))


def _sender_note(tx: Tx, to: Account, note: SenderNote, now: datetime) -> Message | None:
    found = _found(tx, note.holds, HoldState.WAITING)
    waits = _waits(tx, found, to, now)
    if not waits:
        return None
    sender = found[0].sender
    seen = [each for id in note.seen if (each := holds.seen_by(tx, sender, id, to.tenant, now))]
    watch, whose = holds.sender_watch(tx, to, [hold.recipient for hold in found], now)
    tip = coaching.tip(tx, found, now) if note.coach else None
    return notes.sender_note(waits, seen, watch, whose=whose, tip=tip)


def _landed(tx: Tx, to: Account, ids: Sequence[str], now: datetime) -> Message | None:
    arrivals = holds.arrivals(tx, _found(tx, ids, HoldState.DELIVERED), to.tenant, now)
    return notes.landed(arrivals, _watch(tx, to, now)) if arrivals else None


# What is said by topic ----------------------------------------------------------------------------

Facts = Sequence[tuple[str, str]]


def _connect(tx: Tx, to: Account, facts: Facts, now: datetime) -> Message | None:
    known = tx.accounts.get(to)
    wanted = connectable(tx, to) and not (known and known.connected)
    return account_texts.connect_offer() if wanted else None


def _disconnected(tx: Tx, to: Account, facts: Facts, now: datetime) -> Message | None:
    """Nothing to whoever has connected again in the meantime."""
    known = tx.accounts.get(to)
    return None if known and known.connected else account_texts.disconnected()


def _zone(tx: Tx, to: Account, facts: Facts, now: datetime) -> Message | None:
    record, zone = names.record_of(tx, to), dict(facts).get("zone", "")
    if record is None or not zone or record.person.zone == zone:
        return None
    return account_texts.moved_zone(zone, record.person.zone)


def _moved(tx: Tx, to: Account, facts: Facts, now: datetime) -> Message | None:
    waits = _waits(tx, _found(tx, _ids(facts), HoldState.WAITING), to, now)
    return notes.moved(waits, _watch(tx, to, now)) if waits else None


def _undelivered(tx: Tx, to: Account, facts: Facts, now: datetime) -> Message | None:
    people = _whom(tx, _found(tx, _ids(facts)), to)
    return notes.undelivered(people, sure=dict(facts).get("sure") != "no")


def _linked(tx: Tx, to: Account, facts: Facts, now: datetime) -> Message | None:
    """Said even when the link was taken back since: whoever had the code may have read what waits."""
    others = [names.side(tx, account) for account in names.accounts_of(tx, to) if account != to]
    return linking_texts.told_maker(others) if others else linking_texts.told_of_past(dict(facts)["with"])


def _unreached(tx: Tx, to: Account, facts: Facts, now: datetime) -> Message | None:
    """Nothing once it has gone out after all."""
    people = _whom(tx, _found(tx, _ids(facts), HoldState.WAITING), to)
    return notes.unreached(people) if people else None


def _gone(tx: Tx, to: Account, facts: Facts, now: datetime) -> Message | None:
    known = dict(facts)
    return notes.gone(known.get("name", ""), int(known.get("count", "1")))


def _ids(facts: Facts) -> list[str]:
    return [value for name, value in facts if name == "hold"]


_SAY: dict[Topic, Callable[[Tx, Account, Facts, datetime], Message | None]] = {
    Topic.CONNECT: _connect,
    Topic.CONNECTED: lambda *_: account_texts.connected(),
    Topic.DISCONNECTED: _disconnected,
    Topic.ZONE: _zone,
    Topic.MOVED: _moved,
    Topic.UNDELIVERED: _undelivered,
    Topic.GONE: _gone,
    Topic.UNREACHED: _unreached,
    Topic.LINKED: _linked,
    Topic.FOCUS: team_focus.invitation,
}

# What is posted of a team by topic -----------------------------------------------------------------


def _hears(tx: Tx, effect: TeamPost, to: Account) -> bool:
    """Whether an account is told in private what its team posts: a message may have waited for days, and
    whoever has left since or is a guest reads nothing. Whoever proposed something hears what came of it."""
    known, record = tx.accounts.get(to), tx.teams.get(effect.team)
    if known is None or record is None or known.guest:
        return False
    return effect.topic == Post.DECIDED or is_member(tx, record.team, known.person)


_TEAM_POSTS: dict[str, team_posts.Builder] = {
    **team_posts.BUILDERS,
    Post.LIFTED.value: lifting.post,
    Post.SUMMARY.value: summary_post,
    Post.POLICY.value: team_policy.invitation,
}
