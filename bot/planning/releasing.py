"""What waits: when it goes, what goes together, and what its sender hears.

A digest is planned as a row without holds; the holds are bound to it in the transaction that claims it. So
a cancel that was acknowledged before the claim is never sent, and one that comes after it answers "already
on its way".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot import names
from bot.inbound import Account
from bot.messages.digest import DIGEST_LIMIT
from bot.outlook import Outlook, outlook, ping_of
from bot.planning.overrides import broke_for, note_breaks
from bot.planning.rows import row, teams_of
from bot.planning.standing import repaint
from bot.ports import Tx
from bot.records import Delivery, DeliveryState, Hold, HoldState, Lane, PersonRecord
from rules import (
    SPREAD,
    Digest,
    Landed,
    Person,
    Ping,
    PingKind,
    Say,
    Team,
    Urgency,
    decide,
    digest_at,
)

WORTH_TELLING = timedelta(minutes=5)
"""A release that moves by more than this is told to the sender."""
SETTLED = timedelta(minutes=1)
"""A release that would move by less stays where it is."""
DOUBTED_AFTER = timedelta(hours=1)
"""How long at least what may have been delivered waits before it is delivered again."""
_US = ""
"""Whom a message of our own comes from, as the rules see it: nobody whom a norm could let through by name."""
_OPEN = (DeliveryState.DUE, DeliveryState.SENDING, DeliveryState.PROBING)


def judge(tx: Tx, hold: Hold, record: PersonRecord, teams: Sequence[Team], now: datetime) -> Outlook:
    """What the rules say about a hold's ping at `now`, and when it would go."""
    person = record.person
    verdict = decide(ping_of(hold, names.sender_id(tx, hold.sender, person)), person, teams, now)
    return outlook(verdict, record, teams, hold.urgency)


def talk_to(tx: Tx, record: PersonRecord) -> Account | None:
    """Where a person is talked to: their home, else their first account; None if they have none that can be
    reached."""
    if record.state.home is not None:
        return record.state.home
    reached = (known.account for known in tx.accounts.of(record.person.id) if not known.unreachable)
    return next(reached, None)


def notice_to(tx: Tx, account: Account) -> Account:
    """Where the human behind an account is told something: their home if they have norms, else there."""
    record = names.record_of(tx, account)
    return (talk_to(tx, record) if record else None) or account


def reachable_at(tx: Tx, account: Account, now: datetime) -> datetime:
    """When something that is not urgent may be told to an account: now, or when their own norms let a
    message through again. Whoever has no norms hears it now."""
    record = names.record_of(tx, account)
    return now if record is None else lets_us_through(record.person, teams_of(tx, record.person.id), now)


def lets_us_through(person: Person, teams: Sequence[Team], now: datetime) -> datetime:
    """The first instant from `now` on at which a person's norms let through what is not urgent; `now` if
    there is none within sight."""
    return decide(Ping(_US, PingKind.DIRECT), person, teams, now).release_at or now


# Planning -----------------------------------------------------------------------------------------


def plan_releases(
    tx: Tx, record: PersonRecord, teams: Sequence[Team], now: datetime, *, asked: bool, changed: bool
) -> datetime | None:
    """Plan digests for what may go now and move what may not; returns the next release after `now`.

    With `changed` the norms may have changed, so that every release is worked out anew. Whoever `asked`, and
    is reachable by what they just said, gets what waits at once: nothing is spread over them alone.
    """
    holds = tx.holds.waiting_for(record.person.id)
    if not holds:
        return None
    to = talk_to(tx, record)
    releases: list[datetime] = []
    ready: list[Hold] = []
    moved: list[Hold] = []
    for hold in holds:
        kept, goes = _replanned(tx, hold, record, teams, now, asked=asked, changed=changed)
        if kept != hold:
            tx.holds.put(kept)
        if goes:
            ready.append(kept)
        elif kept.release_at is not None:
            releases.append(kept.release_at)
        if _worth_telling(hold, kept) and not goes:
            moved.append(kept)
    if ready and to is not None:
        plan_digest(tx, record, to, min(hold.release_at or now for hold in ready))
    elif ready:
        tell_unreached(tx, ready, now)
    tell_moved(tx, moved, now)
    return min(releases, default=None)


def _replanned(
    tx: Tx,
    hold: Hold,
    record: PersonRecord,
    teams: Sequence[Team],
    now: datetime,
    *,
    asked: bool,
    changed: bool,
) -> tuple[Hold, bool]:
    """The hold with its release as of now, and whether it may go at once."""
    due = hold.release_at is not None and hold.release_at <= now
    if not due and (not changed or hold.doubted):
        return hold, False
    seen = judge(tx, hold, record, teams, now)
    if not seen.held and due:
        return hold, True
    if not seen.held and asked:
        return replace(hold, release_at=now), True
    return _moved(hold, seen, now), False


def _moved(hold: Hold, seen: Outlook, now: datetime) -> Hold:
    """The hold with its release as judged anew; by when an answer is due moves with it."""
    old, new, due = hold.release_at, seen.goes, seen.verdict.reply_by
    if old is None or new is None or old <= now:
        return replace(hold, release_at=new, reply_by=due)
    if not seen.held and new > old:
        return hold  # reachable already: a later look must not push the digest on and on
    if abs(new - old) < SETTLED:
        return replace(hold, reply_by=due) if seen.held else hold
    return replace(hold, release_at=new, reply_by=due)


def _worth_telling(before: Hold, after: Hold) -> bool:
    if before.release_at is None or after.release_at is None:
        return False
    return abs(after.release_at - before.release_at) > WORTH_TELLING


def plan_digest(tx: Tx, record: PersonRecord, to: Account, release: datetime) -> None:
    """A digest at `release` that gathers what may go when it is claimed: a second one finds nothing left."""
    key = f"digest:{record.person.id}:{release.isoformat()}"
    known = tx.outbox.get(key)
    if known is not None and (known.state not in _OPEN or known.to != to):
        key = f"{key}:{record.version}"  # that one has had its turn, or stands where its reader is no longer
    tx.outbox.add(row(Lane.MESSAGE, to, Digest(record.person.id, ()), release, key))


def tell_moved(tx: Tx, holds: Iterable[Hold], now: datetime) -> None:
    """Each sender hears once, for all their holds together, that the release moved; not in their own quiet
    time."""
    _tell(tx, "moved", holds, now, mark=lambda hold: f"{hold.id}@{hold.release_at}")


def tell_undelivered(tx: Tx, holds: Iterable[Hold], now: datetime, *, sure: bool) -> None:
    """Each sender hears that these were not delivered; not `sure`: nobody can see whether they were."""
    facts = () if sure else (("sure", "no"),)
    _tell(tx, "undelivered", holds, now, mark=lambda hold: hold.id, facts=facts)


def tell_unreached(tx: Tx, holds: Iterable[Hold], now: datetime) -> None:
    """Each sender hears once of each message that it is due and that nothing reaches its recipient."""
    for hold in holds:
        _tell(tx, "unreached", [hold], now, mark=lambda hold: hold.id)


def _tell(
    tx: Tx,
    topic: str,
    holds: Iterable[Hold],
    now: datetime,
    *,
    mark: Callable[[Hold], str],
    facts: tuple[tuple[str, str], ...] = (),
) -> None:
    for sender, own in by_sender(tx, holds).items():
        effect = Say(names.id_of(tx, sender), topic, (*(("hold", hold.id) for hold in own), *facts))
        key = f"say:{topic}:{','.join(sorted(mark(hold) for hold in own))}"
        urgent = any(hold.urgency is Urgency.URGENT for hold in own)
        due = now if urgent else reachable_at(tx, sender, now)
        tx.outbox.add(row(Lane.MESSAGE, sender, effect, due, key))


def by_sender(tx: Tx, holds: Iterable[Hold]) -> dict[Account, list[Hold]]:
    """The holds of each sender, by where the sender is told about them, in the order given."""
    found: dict[Account, list[Hold]] = {}
    for hold in holds:
        found.setdefault(notice_to(tx, hold.sender), []).append(hold)
    return found


# Sending ------------------------------------------------------------------------------------------


def gather(tx: Tx, delivery: Delivery, digest: Digest, now: datetime) -> tuple[Hold, ...]:
    """Bind to a claimed digest what may go now and mark it RELEASING; empty: nothing to say any more.

    A digest that names its holds (a repeat, or one that somebody asked for) keeps to them. Unless the
    recipient asked for it (`delivery.urgent`), what may not go any more goes back to waiting. What does not
    fit into one message goes in the next.
    """
    bound = [hold for hold in map(tx.holds.get, digest.holds) if hold and hold.state is HoldState.RELEASING]
    record = tx.people.get(names.resolved(tx, digest.person))
    if delivery.urgent or record is None:
        return tuple(bound)
    teams = teams_of(tx, record.person.id)
    going: list[Hold] = []
    for hold in bound if digest.holds else _releasable(tx, record.person.id, now):
        seen = judge(tx, hold, record, teams, now)
        if seen.held:
            put_back(tx, [replace(hold, reply_by=seen.verdict.reply_by)], seen.goes, now)
        elif len(going) < DIGEST_LIMIT:
            broke = broke_for(tx, hold, record, teams, now) or (hold.broke_for if hold.doubted else "")
            passed = replace(hold, state=HoldState.RELEASING, broke_for=broke)
            going.append(due_from_now(passed, seen, now))
        else:
            more = row(Lane.MESSAGE, delivery.to, Digest(record.person.id, ()), now, f"{delivery.key}+")
            tx.outbox.add(more)
    for hold in going:
        tx.holds.put(hold)
    tx.outbox.rewrite(delivery, replace(digest, holds=tuple(hold.id for hold in going)))
    return tuple(going)


def due_from_now(hold: Hold, seen: Outlook, now: datetime) -> Hold:
    """The hold as it goes at `now`. Later than both sides were told, the time for an answer begins anew: it
    counts from when a message reaches people."""
    late = hold.release_at is not None and now - hold.release_at > WORTH_TELLING
    return replace(hold, reply_by=seen.verdict.reply_by) if late or hold.doubted else hold


def _releasable(tx: Tx, person: str, now: datetime) -> list[Hold]:
    """What waits and is due, and what would be within the spread: one digest, not two in a quarter of an
    hour."""
    soon = now + SPREAD
    waiting = tx.holds.waiting_for(person)
    return [
        hold for hold in waiting if hold.release_at and hold.release_at <= (now if hold.doubted else soon)
    ]


def put_back(tx: Tx, holds: Iterable[Hold], release: datetime | None, now: datetime) -> None:
    """Back to waiting with a new release; the person is swept again when it comes."""
    moved = []
    for hold in _of_todays_person(tx, holds):
        waiting = replace(hold, state=HoldState.WAITING, release_at=release, broke_for="")
        tx.holds.put(waiting)
        if _worth_telling(hold, waiting):
            moved.append(waiting)
        sweep_at(tx, waiting.recipient, release)
    tell_moved(tx, moved, now)


def ask_again(tx: Tx, holds: Sequence[Hold], now: datetime) -> list[Hold]:
    """These may have been delivered, which nobody can see: they go out once more at the person's next digest
    moment, which says so. Returns those for which that has been done before, or whose recipient has no norms:
    they are not tried again.

    Never at once: whatever swallowed the answer may still be there, and a digest read twice is a nuisance.
    """
    holds = _of_todays_person(tx, holds)
    record = tx.people.get(holds[0].recipient) if holds else None
    if record is None:
        return holds
    release = _next_digest(record, teams_of(tx, record.person.id), now + DOUBTED_AFTER)
    for hold in holds:
        if not hold.doubted:
            tx.holds.put(replace(hold, state=HoldState.WAITING, release_at=release, doubted=True))
    sweep_at(tx, record.person.id, release)
    return [hold for hold in holds if hold.doubted]


def _next_digest(record: PersonRecord, teams: Sequence[Team], earliest: datetime) -> datetime:
    verdict = decide(Ping(_US, PingKind.DIRECT), record.person, teams, earliest)
    return max(earliest, digest_at(record.person, teams, verdict.release_at or earliest, False))


def _of_todays_person(tx: Tx, holds: Iterable[Hold]) -> list[Hold]:
    """The holds of one delivery with their recipient as that person goes by now: two accounts may have been
    linked while it was on its way."""
    found = list(holds)
    recipient = names.resolved(tx, found[0].recipient) if found else ""
    return [hold if hold.recipient == recipient else replace(hold, recipient=recipient) for hold in found]


def sweep_at(tx: Tx, person: str, at: datetime | None) -> None:
    """Have a person swept at `at` if nothing of theirs is due before; None asks for nothing."""
    record = tx.people.get(person)
    if record is not None and at is not None and (record.next_at is None or at < record.next_at):
        tx.people.put(replace(record, next_at=at))


def landed(tx: Tx, holds: Sequence[Hold], now: datetime, *, tell: bool) -> None:
    """These have been delivered: erase their text, note the day's digest, and tell the senders, each when
    their own norms let a message through."""
    holds = _of_todays_person(tx, holds)
    for hold in holds:
        tx.holds.put(replace(hold, state=HoldState.DELIVERED, delivered_at=now, text=None))
    record = tx.people.get(holds[0].recipient) if holds else None
    if record is not None:
        today = now.astimezone(ZoneInfo(record.person.zone)).date()
        tx.people.put(replace(record, state=replace(record.state, digest_on=today)))
        note_breaks(tx, holds, record, now)
        repaint(tx, record, f"landed:{holds[0].id}", now)
    if not tell:
        return
    for sender, own in by_sender(tx, holds).items():
        ids = tuple(hold.id for hold in own)
        effect = Landed(names.id_of(tx, sender), ids)
        due = reachable_at(tx, sender, now)
        tx.outbox.add(row(Lane.MESSAGE, sender, effect, due, f"landed:{','.join(ids)}"))


def given_up(tx: Tx, holds: Sequence[Hold], now: datetime, *, sure: bool) -> None:
    """These will not be tried again: erase their text and tell the senders."""
    for hold in holds:
        tx.holds.put(replace(hold, state=HoldState.CANCELLED, text=None))
    tell_undelivered(tx, holds, now, sure=sure)
