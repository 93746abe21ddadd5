"""Pings that wait: made, passed on, changed and taken back by their sender, let through when they cannot
wait.

A hold is WAITING until a delivery binds it; from then on (RELEASING) its sender can no longer change it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot import names, planning
from bot.inbound import Account
from bot.messages import notes
from bot.messages.contract import Norm
from bot.messages.digest import DIGEST_LIMIT, Item, urgent_ping
from bot.messages.forms import UrgentNorm
from bot.messages.model import Message, Who
from bot.messages.notes import Arrival, Passed, Wait
from bot.messages.words import Watch, same_time
from bot.outlook import norm_between, outlook, ping_of
from bot.ports import Tx, Vault, VaultError
from bot.records import Hold, HoldState, PersonRecord
from bot.turn import Refusal, Turn, new_id
from rules import Answer, Digest, Mode, Ping, PingKind, Team, Urgency, Verdict, decide


def seal_about(hold: str) -> str:
    """What a held text is sealed for: opening it for another hold fails."""
    return f"hold:{hold}"


def judged(turn: Turn, recipient: Account, ping: Ping) -> tuple[PersonRecord | None, Verdict]:
    """The recipient, if enrolled, and what their norms say about a real ping."""
    record = names.record_of(turn.tx, recipient)
    return record, turn.judge(ping, record)


def ping(turn: Turn, recipient: Account, kind: PingKind, needs_by: datetime | None = None) -> Ping:
    """A routine ping of the acting account to `recipient`, by the name the recipient's norms know the
    sender by."""
    record = names.record_of(turn.tx, recipient)
    sender = names.sender_id(turn.tx, turn.who, record.person if record else None)
    return Ping(sender, kind, needs_by=needs_by)


def new_hold(turn: Turn, person: str, ping: Ping) -> Hold:
    """A hold of the acting account's ping to a person id or outside id; nothing is stored yet."""
    return Hold(
        new_id("h"),
        turn.who,
        person,
        ping.kind,
        ping.urgency,
        turn.now,
        None,
        needs_by=ping.needs_by,
    )


def keep(turn: Turn, record: PersonRecord, verdict: Verdict, hold: Hold) -> Hold:
    """Store a hold that waits, with when it goes, and have the recipient swept then.

    Nothing else of theirs changes, so what waits already is not judged again, however much it is.
    """
    ahead = outlook(verdict, record, turn.teams(record), hold.urgency)
    hold = replace(hold, release_at=ahead.goes, reply_by=verdict.reply_by)
    turn.tx.holds.put(hold)
    planning.sweep_at(turn.tx, record.person.id, ahead.goes)
    turn.show_home(record.person.id)
    return hold


def pass_on(turn: Turn, to: Account, hold: Hold) -> Hold:
    """Send a message on at once to somebody whom nothing keeps from reading it, enrolled or not. Returns it
    on its way."""
    hold = replace(hold, release_at=turn.now, state=HoldState.RELEASING)
    turn.tx.holds.put(hold)
    turn.send(to, Digest(hold.recipient, (hold.id,), passed_on=True), f"pass:{hold.id}")
    return hold


# What people read about a hold ---------------------------------------------------------------------


def wait_of(tx: Tx, hold: Hold, now: datetime, tenant: str = "") -> Wait | None:
    """A hold as its sender may know it, decided anew at `now`; None if the recipient is not enrolled any
    more. `tenant` is where the sender reads it, "" where they wrote it."""
    record = tx.people.get(hold.recipient)
    if record is None:
        return None
    teams = planning.teams_of(tx, record.person.id)
    verdict = decide(
        ping_of(hold, names.sender_id(tx, hold.sender, record.person)), record.person, teams, now
    )
    ahead = outlook(verdict, record, teams, hold.urgency)
    public = verdict.segment.public if verdict.segment and verdict.answer is Answer.HOLD else ""
    tenant = tenant or hold.sender.tenant
    return Wait(
        hold.id,
        names.recipient_of(tx, hold, tenant),
        verdict.release_at,
        ahead.lands,
        verdict.reply_by,
        hold.needs_by,
        public,
        names.who_is(tx, verdict.stand_in, tenant) if verdict.stand_in else None,
        hold.text is None,
        norm_of(tx, hold),
        _asked_instead(tx, hold, verdict, teams, tenant),
    )


def _asked_instead(tx: Tx, hold: Hold, verdict: Verdict, teams: Sequence[Team], tenant: str) -> Who | None:
    """Whom the team that sender and recipient share agreed to ask during a leave, when nobody stands in: only
    those in the team learn from it that somebody is away for longer."""
    away = verdict.answer is Answer.HOLD and verdict.segment and verdict.segment.mode is Mode.LEAVE
    if not away or verdict.stand_in:
        return None
    sender = names.id_of(tx, hold.sender)
    asked = [team.ask_on_leave for team in teams if sender in team.members and team.ask_on_leave]
    others = [id for id in asked if names.resolved(tx, id) not in (sender, hold.recipient)]
    return names.who_is(tx, others[0], tenant) if others else None


def norm_of(tx: Tx, hold: Hold) -> Norm | None:
    """Whose norm the reply to a ping goes by; None where sender and recipient share no team that says."""
    record = tx.people.get(hold.recipient)
    if record is None:
        return None
    teams, sender = planning.teams_of(tx, record.person.id), names.id_of(tx, hold.sender)
    seen_at = hold.release_at or hold.created_at
    return norm_between(sender, record.person, teams, ping_of(hold, sender), seen_at)


def agreed_urgent(tx: Tx, hold: Hold) -> list[UrgentNorm]:
    """What the teams that sender and recipient share agreed about urgent messages."""
    sender = names.id_of(tx, hold.sender)
    return [
        UrgentNorm(team.name or team.id, team.urgent_means, team.urgent_budget)
        for team in planning.teams_of(tx, hold.recipient)
        if sender in team.members and (team.urgent_means or team.urgent_budget is not None)
    ]


def seen_by(tx: Tx, sender: Account, person: str, tenant: str, now: datetime) -> Passed | None:
    """Somebody who has a mention at once, with by when they answer; None where they share no norm with the
    sender, who then learns nothing about them."""
    record, by = tx.people.get(names.resolved(tx, person)), names.id_of(tx, sender)
    if record is None:
        return None
    ping, teams = Ping(by, PingKind.MENTION), planning.teams_of(tx, record.person.id)
    verdict = decide(ping, record.person, teams, now)
    norm = norm_between(by, record.person, teams, ping, now)
    if norm is None or verdict.answer is not Answer.DELIVER:
        return None
    return Passed(names.who_is(tx, person, tenant), verdict.reply_by, norm)


def passed_to(tx: Tx, hold: Hold, tenant: str) -> Passed:
    """Whom a ping reaches at once, as its sender in `tenant` may know it."""
    return Passed(names.recipient_of(tx, hold, tenant), hold.reply_by, norm_of(tx, hold))


def arrivals(tx: Tx, delivered: Sequence[Hold], tenant: str, now: datetime) -> list[Arrival]:
    """Where a sender's messages landed, one for each recipient, in the order given."""
    groups: dict[Who, list[Hold]] = {}
    for hold in delivered:
        groups.setdefault(names.recipient_of(tx, hold, tenant), []).append(hold)
    return [_arrival(tx, who, group, now) for who, group in groups.items()]


def _arrival(tx: Tx, who: Who, group: Sequence[Hold], now: datetime) -> Arrival:
    """Of several messages the answer that is due last counts: the sender waits for nothing before."""
    last = max(group, key=lambda hold: (hold.reply_by is not None, hold.reply_by or now))
    at = max(hold.delivered_at or now for hold in group)
    return Arrival(who, at, len(group), last.reply_by, norm_of(tx, last) if last.reply_by else None)


def sender_watch(tx: Tx, sender: Account, recipients: list[str], now: datetime) -> tuple[Watch, str]:
    """How to tell a sender times, and in whose zone they are when that could be mistaken.

    In the sender's own zone; in the first recipient's if theirs is unknown.
    """
    own = names.zone_of(tx, sender)
    zones = [record.person.zone for each in recipients if (record := tx.people.get(each))]
    if not own:
        return Watch(now, zones[0] if zones else "UTC"), "Times are their local time."
    mistakable = any(not same_time(own, zone, now) for zone in zones)
    return Watch(now, own), "Times are your local time." if mistakable else ""


def item_of(tx: Tx, vault: Vault, hold: Hold, tenant: str, *, opened: bool = True) -> Item:
    """A hold as its recipient may see it. A text that the keys no longer open is left out; the line says
    so."""
    text = None
    if opened and hold.text is not None:
        try:
            text = vault.open(hold.text, seal_about(hold.id))
        except VaultError:
            text = None
    norm = norm_of(tx, hold) if opened and hold.reply_by else None
    return Item(hold, names.who_here(tx, hold.sender, tenant), text, norm)


def waiting_items(tx: Tx, vault: Vault, person: str, tenant: str) -> list[Item]:
    """What waits for a person, without opening the texts."""
    return [item_of(tx, vault, hold, tenant, opened=False) for hold in tx.holds.waiting_for(person)]


# What a sender can do about a hold ----------------------------------------------------------------


def own_hold(turn: Turn, hold_id: str) -> Hold:
    """The acting account's own hold; refuses for anybody else's, and for one that is gone."""
    hold = turn.tx.holds.get(hold_id)
    if hold is None or not names.same_human(turn.tx, hold.sender, turn.who):
        raise Refusal("That message is no longer here: it was delivered or taken back.")
    return hold


def too_late_for(hold: Hold) -> Message | None:
    """Why a hold can no longer be changed, None while it waits."""
    match hold.state:
        case HoldState.WAITING:
            return None
        case HoldState.RELEASING:
            return notes.already_moving()
        case _:
            return notes.already_over(hold.state is HoldState.DELIVERED)


def never_mind(turn: Turn, hold_id: str) -> Message:
    """Take a waiting hold back: its text is erased, and the recipient never hears of it."""
    hold = own_hold(turn, hold_id)
    if late := too_late_for(hold):
        return late
    turn.tx.holds.put(replace(hold, state=HoldState.CANCELLED, text=None))
    if record := turn.tx.people.get(hold.recipient):
        turn.store(record)
    return notes.cancelled(names.recipient_of(turn.tx, hold, turn.who.tenant))


def kept(turn: Turn, hold_id: str) -> Message:
    """The sender chose to wait, which is what happens anyway: say when."""
    hold = own_hold(turn, hold_id)
    wait = wait_of(turn.tx, hold, turn.now, turn.who.tenant)
    late = too_late_for(hold)
    if late or wait is None:
        return late or notes.already_moving()
    return notes.kept(wait, sender_watch(turn.tx, turn.who, [hold.recipient], turn.now)[0])


def edit_text(turn: Turn, hold_id: str, text: str) -> Message:
    """Seal another text in place of the one that waits."""
    hold = own_hold(turn, hold_id)
    if late := too_late_for(hold):
        return late
    sealed = turn.world.vault.seal(text, seal_about(hold.id))
    turn.tx.holds.put(replace(hold, text=sealed))
    wait = wait_of(turn.tx, hold, turn.now, turn.who.tenant)
    return notes.changed(wait, turn.watch()) if wait else notes.already_moving()


def text_to_edit(turn: Turn, hold_id: str) -> tuple[Hold, str]:
    """A waiting hold of the acting account with its text; refuses when there is nothing to edit any more."""
    hold = own_hold(turn, hold_id)
    if hold.state is not HoldState.WAITING or hold.text is None:
        raise Refusal("It is already on its way, so it can no longer be changed.")
    try:
        return hold, turn.world.vault.open(hold.text, seal_about(hold.id))
    except VaultError:
        raise Refusal(
            "I cannot open that text any more. Please cancel it and write it again: /boundary waiting"
        ) from None


def insist(turn: Turn, hold_id: str, reason: str) -> Message:
    """The sender says it cannot wait: let it through if the recipient's norms do, else say so and put it
    first."""
    hold = own_hold(turn, hold_id)
    if late := too_late_for(hold):
        return late
    record = turn.tx.people.get(hold.recipient)
    if record is None:
        return notes.already_moving()
    urgent = replace(hold, urgency=Urgency.URGENT, reason=reason)
    sender = names.sender_id(turn.tx, turn.who, record.person)
    verdict = turn.judge(ping_of(urgent, sender), record)
    if planning.talk_to(turn.tx, record) is None:
        raise Refusal("I cannot reach them at the moment. Please write to them directly.")
    if verdict.answer is Answer.DELIVER:
        return _break_through(turn, record, replace(urgent, reply_by=verdict.reply_by))
    keep(turn, record, verdict, urgent)
    wait = wait_of(turn.tx, urgent, turn.now, turn.who.tenant)
    watch = sender_watch(turn.tx, turn.who, [hold.recipient], turn.now)[0]
    return notes.not_passed(wait, watch) if wait else notes.already_moving()


def _break_through(turn: Turn, record: PersonRecord, hold: Hold) -> Message:
    """Let it through, and remember for what if a routine ping would still wait."""
    broke = planning.broke_for(turn.tx, hold, record, turn.teams(record), turn.now)
    moving = replace(hold, state=HoldState.RELEASING, release_at=turn.now, broke_for=broke)
    turn.tx.holds.put(moving)
    planning.break_through(turn.tx, record, moving, turn.now)
    return notes.passed(passed_to(turn.tx, moving, turn.who.tenant), turn.watch())


# What a recipient can do --------------------------------------------------------------------------


def verdict_on(turn: Turn, hold_id: str, *, fair: bool) -> Message:
    """The recipient's word on a break-through; it can be changed, and the sender does not see it."""
    record = turn.enrolled()
    hold = turn.tx.holds.get(hold_id)
    if hold is None or hold.recipient != record.person.id:
        raise Refusal("That message is no longer here.")
    turn.tx.holds.put(replace(hold, fair=fair))
    _note_in_ledgers(turn, record, hold, fair)
    noted = notes.judged(fair)
    if hold.kind != "mention":
        return noted
    shown = urgent_ping(item_of(turn.tx, turn.world.vault, hold, turn.who.tenant), turn.watch(), judged=True)
    return replace(noted, parts=(*shown.parts, *noted.parts))


def _note_in_ledgers(turn: Turn, record: PersonRecord, hold: Hold, fair: bool) -> None:
    """The word stands in the ledger too, where the ping broke through a team's shared focus."""
    for team in turn.teams(record):
        entry = turn.tx.ledger.get(planning.break_id(hold, team))
        if entry is not None:
            turn.tx.ledger.put(planning.judged(entry, record.person.id, fair))


def release_now(turn: Turn) -> int:
    """The recipient looks early: everything that waits for them goes now. Returns how many."""
    record = turn.enrolled()
    holds = turn.tx.holds.waiting_for(record.person.id)
    to = names.account_of(turn.tx, record.person.id, turn.who.tenant) or turn.who
    for hold in holds:
        turn.tx.holds.put(replace(hold, state=HoldState.RELEASING, release_at=turn.now))
    for start in range(0, len(holds), DIGEST_LIMIT):
        part = tuple(hold.id for hold in holds[start : start + DIGEST_LIMIT])
        turn.send(to, Digest(record.person.id, part), f"asked:{turn.key}:{start}", urgent=True)
    turn.store(record)
    return len(holds)
