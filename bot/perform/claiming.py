"""The claiming transaction: who is next within the budgets, what is still worth sending, and its text.

Nothing is claimed that has no rate tokens, so that nothing waits inside the process. What is claimed is
decided once more: norms may have changed since it was planned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot import limiter, names, planning
from bot.messages.actions import Topic
from bot.perform.jobs import Composer, Job, SnoozeWork, StatusWork, WakeWork, shows_anew
from bot.planning import nudging, reminding, teaming
from bot.planning.arming import LEAD
from bot.ports import Chat, Tx, Vault
from bot.records import Delivery, DeliveryState, Hold, HoldState, Lane, Marks, PersonRecord, Place
from rules import (
    Digest,
    EndSnooze,
    Mode,
    Nudge,
    Ours,
    PingKind,
    Say,
    SenderNote,
    SetStatus,
    Snooze,
    Urgency,
    UrgentPing,
    availability_at,
    desired_status,
    reply_by,
    snooze_span,
)
from rules.effects import TeamPost

BROKEN = "cannot_be_built"
"""`because` of a delivery whose text could not be made, e.g. since no key opens it."""
NEXT = timedelta(seconds=1)
"""How long what may not overtake steps aside."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What claiming needs beside the transaction."""

    chats: Mapping[str, Chat]
    vault: Vault
    compose: Composer
    owner: str

    def chat(self, tenant: str) -> Chat | None:
        """The chat of a tenant's platform: "slack:T1" is on "slack"."""
        return self.chats.get(tenant.partition(":")[0])


@dataclass(slots=True)
class Claimed:
    """What one claim came to. `wait`: seconds until a budget that held something back has a token."""

    jobs: list[Job] = field(default_factory=list)
    ended: list[tuple[Delivery, DeliveryState]] = field(default_factory=list)
    wait: float | None = None
    last: str = ""

    def held_back(self, seconds: float) -> None:
        self.wait = seconds if self.wait is None else min(self.wait, seconds)


def claim(
    tx: Tx, desk: Desk, shares: Mapping[str, int], slots: int, *, quantum: int, now: datetime, at: float
) -> Claimed:
    """Claim up to `slots` deliveries, `quantum` of each tenant in turn; `shares` is how many each may have
    at most, in the order in which they take turns. `at` is Clock.monotonic() from before this transaction.
    """
    claimed = Claimed()
    lines = {tenant: _line(tx, desk, tenant, claimed, now=now, at=at) for tenant in shares}
    left = dict(shares)
    while lines and len(claimed.jobs) < slots:
        for tenant in list(lines):
            for _ in range(min(quantum, left[tenant], slots - len(claimed.jobs))):
                job = next(lines[tenant], None)
                if job is None:
                    left[tenant] = 0
                    break
                claimed.jobs.append(job)
                left[tenant] -= 1
                claimed.last = tenant
            if left[tenant] <= 0:
                del lines[tenant]
    return claimed


def _line(tx: Tx, desk: Desk, tenant: str, claimed: Claimed, *, now: datetime, at: float) -> Iterator[Job]:
    """One tenant's jobs in order. A lane whose budget is used up steps aside for the others."""
    chat = desk.chat(tenant)
    lanes = list(Lane) if chat else []
    skipped: set[str] = set()
    while lanes and chat:
        rows = [
            row for row in tx.outbox.ready(now, tenant, 16 + len(skipped), lanes) if row.id not in skipped
        ]
        if not rows:
            return
        for row in rows:
            if row.lane not in lanes:
                continue
            short = limiter.take(tx.budgets, tenant, chat.costs(row), at)
            if short is not None:
                claimed.held_back(short.seconds)
                skipped.add(row.id)
                if short.shared:
                    lanes.remove(row.lane)
                continue
            job = _claimed(tx, desk, row, chat, claimed, now=now, at=at)
            if job is not None:
                yield job


def _claimed(
    tx: Tx, desk: Desk, row: Delivery, chat: Chat, claimed: Claimed, *, now: datetime, at: float
) -> Job | None:
    taken = tx.outbox.claim([row.id], desk.owner, at)
    if not taken:
        return None
    found = _prepared(tx, desk, taken[0], now, at)
    if isinstance(found, Job):
        return found
    tx.outbox.finish(taken[0], found.state, because=found.because, due_at=found.due_at)
    if found.state is not DeliveryState.DUE:
        claimed.ended.append((taken[0], found.state))
    for cost in chat.costs(row):
        limiter.give_back(tx.budgets, row.to.tenant, cost, at)
    return None


@dataclass(frozen=True, slots=True)
class _Put:
    """The state in which a row is put without being performed, and why; DUE waits until `due_at`."""

    state: DeliveryState
    because: str
    due_at: datetime | None = None


def _prepared(tx: Tx, desk: Desk, row: Delivery, now: datetime, at: float) -> Job | _Put:
    """The job, or where the row is put instead."""
    if row.expires_at is not None and row.expires_at <= now:
        _bring_back(tx, row)
        return _Put(DeliveryState.EXPIRED, "too_late")
    if astray := _astray(tx, row):
        if not planning.pass_on(tx, row):
            planning.given_up(tx, holds_of(tx, row), now, sure=True)
        return _Put(DeliveryState.PARKED, astray)
    waits_until = now + NEXT if _is_overtaking(tx, row) else _let_through(tx, row, now)
    if waits_until > now:
        return _Put(DeliveryState.DUE, row.because, waits_until)
    try:
        job = _job(tx, desk, row, now, at)
    except Exception as error:
        bound = tx.outbox.get(row.key) or row
        planning.given_up(tx, holds_of(tx, bound), now, sure=True)
        return _Put(DeliveryState.PARKED, f"{BROKEN}:{type(error).__name__}")
    if job is None:
        _bring_back(tx, row)
    return job or _Put(DeliveryState.CANCELLED, "nothing_to_do")


def _let_through(tx: Tx, row: Delivery, now: datetime) -> datetime:
    """When what is no nudge and can wait may be told: norms may have changed since it was planned."""
    match row.effect:
        case TeamPost() if row.lane is Lane.MESSAGE:
            return max(planning.reachable_at(tx, row.to, now), reminding.room_at(tx, row, now))
        case Say(topic=Topic.FOCUS):
            return planning.reachable_at(tx, row.to, now)
        case Nudge(person=id, kind=kind, day=day) if nudging.note_of(kind, day):
            record = tx.people.get(id)
            return _available_at(tx, record, now) if record else now
        case _:
            return now


def _available_at(tx: Tx, record: PersonRecord, now: datetime) -> datetime:
    person, teams = record.person, planning.teams_of(tx, record.person.id)
    segment = availability_at(person, teams, now)
    return now if segment.mode is Mode.AVAILABLE else planning.back_at(person, teams, segment)


def _bring_back(tx: Tx, row: Delivery) -> None:
    """A nudge that does not go out any more was perhaps to bring back what its person had written."""
    record = tx.people.get(row.effect.person) if isinstance(row.effect, Nudge) else None
    if record is not None and isinstance(row.effect, Nudge) and not record.state.merged_into:
        nudging.unsaid(tx, record, planning.teams_of(tx, record.person.id), row.effect, row.due_at)


def _astray(tx: Tx, row: Delivery) -> str:
    """Why a row would go where it should not, "" if it would not. Channels are no accounts of anybody."""
    if row.lane is Lane.CHANNEL:
        return ""
    if not planning.is_reachable(tx, row.to) and row.lane not in (Lane.STATUS, Lane.SNOOZE):
        return "unreachable"
    return "moved" if planning.is_misplaced(tx, row) else ""


def _job(tx: Tx, desk: Desk, row: Delivery, now: datetime, at: float) -> Job | None:
    match row.lane:
        case Lane.STATUS | Lane.SNOOZE:
            work = _work(tx, row, now)
            return None if work is None else Job(row, at, work=work)
        case _:
            decided = _decided(tx, row, now)
            message = desk.compose(tx, desk.vault, decided, now) if decided else None
            if decided is None or message is None:
                if decided is not None and holds_of(tx, decided):
                    raise LookupError("a delivery with holds has nothing to say")
                return None
            channel, thread = _place(tx, row)
            return Job(decided, at, message=message, channel=channel, thread=thread, ref=_shown(tx, row))


# Messages: is it still right to send this? --------------------------------------------------------


def _decided(tx: Tx, row: Delivery, now: datetime) -> Delivery | None:
    """The row as it may be sent; None if it may not be any more."""
    match row.effect:
        case Digest() as digest:
            going = planning.gather(tx, row, digest, now)
            return replace(row, effect=replace(digest, holds=tuple(h.id for h in going))) if going else None
        case UrgentPing(hold=hold):
            return row if _still_urgent(tx, tx.holds.get(hold), now) else None
        case Nudge(person=person):
            record = tx.people.get(person)
            stands = record is not None and not record.state.merged_into  # else they are nudged as one
            return row if record and stands and _is_available(tx, record, now) else None
        case TeamPost() as post if shows_anew(row):
            latest = _shown(tx, row) and not _turn(tx, row, post.turn + 1)
            return row if latest and _talks_there(tx, row, post) else None
        case TeamPost() as post if row.lane is Lane.CHANNEL and not _talks_there(tx, row, post):
            team = tx.teams.get(post.team)
            if team is not None and not team.state.places:
                teaming.told_privately(tx, row, now)
            return None
        case _:
            return reminding.taken(tx, row, now)


def _talks_there(tx: Tx, row: Delivery, post: TeamPost) -> bool:
    """Whether the team still talks in the channel: a member may have ended that since it was planned."""
    team = tx.teams.get(post.team)
    return team is not None and Place(row.to.tenant, row.to.user) in team.state.places


def _place(tx: Tx, row: Delivery) -> tuple[str, str]:
    """The channel, and the thread in it, where the message that a note answers was written."""
    if not isinstance(row.effect, SenderNote):
        return "", ""
    holds = filter(None, map(tx.holds.get, row.effect.holds))
    return next(((hold.channel, hold.thread) for hold in holds if hold.channel), ("", ""))


def _shown(tx: Tx, row: Delivery) -> str:
    """The ref of what a row shows anew, "" if it shows nothing anew or what it would is not there."""
    first = tx.outbox.get(row.after) if shows_anew(row) else None
    return first.ref if first is not None else ""


def _is_overtaking(tx: Tx, row: Delivery) -> bool:
    """Whether an earlier state of the same post may be on its way to it: the latest must arrive last."""
    if not isinstance(row.effect, TeamPost) or not shows_anew(row):
        return False
    for turn in range(row.effect.turn - 1, 0, -1):
        before = _turn(tx, row, turn)
        if before is None or before.state is DeliveryState.DONE:
            return False
        if before.state in (DeliveryState.SENDING, DeliveryState.PROBING):
            return True
    return False


def _turn(tx: Tx, row: Delivery, turn: int) -> Delivery | None:
    """Another state of the same post in a channel (see bot.planning.teaming)."""
    return tx.outbox.get(f"{row.after}:{turn}")


def _still_urgent(tx: Tx, hold: Hold | None, now: datetime) -> bool:
    """Whether an urgent ping still passes; if not, it goes back to waiting. Late, its answer is due later."""
    if hold is None or hold.state is not HoldState.RELEASING:
        return False
    record = tx.people.get(names.resolved(tx, hold.recipient))
    if record is None:
        return True  # someone without norms gets everything
    seen = planning.judge(tx, hold, record, planning.teams_of(tx, record.person.id), now)
    if seen.held:
        planning.put_back(tx, [replace(hold, reply_by=seen.verdict.reply_by)], seen.goes, now)
    else:
        tx.holds.put(planning.due_from_now(hold, seen, now))
    return not seen.held


def holds_of(tx: Tx, row: Delivery) -> list[Hold]:
    """The holds that a delivery carries and that are still on their way."""
    match row.effect:
        case Digest(holds=ids):
            wanted: Sequence[str] = ids
        case UrgentPing(hold=hold):
            wanted = (hold,)
        case _:
            return []
    return [hold for hold in map(tx.holds.get, wanted) if hold and hold.state is HoldState.RELEASING]


# Statuses and snoozes: what is right at this instant ----------------------------------------------


def _work(tx: Tx, row: Delivery, now: datetime) -> StatusWork | SnoozeWork | WakeWork | None:
    known = tx.accounts.get(row.to)
    record = tx.people.get(known.person) if known else None
    if known is None or record is None:
        return None
    marks = record.state.marks_on(row.to)
    if not planning.wears(tx, known):
        return _put_back(row, marks) if planning.app_sets(tx, row.to) else None
    match row.effect:
        case SetStatus() as effect:
            return _status_work(tx, record, marks.ours, effect, now)
        case Snooze() as effect:
            return _snooze_work(tx, record, marks.pause, effect, now)
        case EndSnooze() as effect:
            again = not row.urgent and _held_now(tx, record, now)
            return None if again else WakeWork(marks.snoozed_until or effect.ours_until, marks.pause)
        case _:
            return None


def _put_back(row: Delivery, marks: Marks) -> StatusWork | WakeWork | None:
    """An account that has left us gets nothing new; what stood there before us comes back."""
    match row.effect:
        case SetStatus(segment_start=at) if marks.ours is not None:
            return StatusWork(None, marks.ours, at, asked=False)
        case EndSnooze(ours_until=until) if marks.pause is not None:
            return WakeWork(until, marks.pause)
        case _:
            return None


def _status_work(
    tx: Tx, record: PersonRecord, ours: Ours | None, effect: SetStatus, now: datetime
) -> StatusWork:
    """What the status should be at the segment's start, or now if that has passed."""
    person, teams = record.person, planning.teams_of(tx, record.person.id)
    segment = availability_at(person, teams, max(now, effect.segment_start))
    end = planning.stretch_end(person, teams, segment)
    back = planning.back_at(person, teams, segment)
    due = reply_by(person, teams, PingKind.DIRECT, Urgency.ROUTINE, back)
    desired = desired_status(person, segment, back, due)
    if desired is not None:
        desired = replace(desired, expires=end)
    return StatusWork(desired, ours, end, effect.asked)


def _snooze_work(
    tx: Tx, record: PersonRecord, presence: Ours | None, effect: Snooze, now: datetime
) -> SnoozeWork | None:
    """The span to snooze; None if the person is back or the row has been overtaken."""
    span = snooze_span(record.person, planning.teams_of(tx, record.person.id), now)
    if span is None or span.start > now + LEAD:
        return None
    return SnoozeWork(max(span.start, now), span.end, presence, effect.asked)


def _held_now(tx: Tx, record: PersonRecord, now: datetime) -> bool:
    """Whether routine pings are held for this person at `now`."""
    span = snooze_span(record.person, planning.teams_of(tx, record.person.id), now)
    return span is not None and span.start <= now


def _is_available(tx: Tx, record: PersonRecord, now: datetime) -> bool:
    segment = availability_at(record.person, planning.teams_of(tx, record.person.id), now)
    return segment.mode is Mode.AVAILABLE
