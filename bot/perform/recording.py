"""The fenced record of an outcome, and what follows from it, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from bot import limiter, planning
from bot.messages.actions import Topic
from bot.perform.claiming import holds_of
from bot.perform.jobs import (
    IN_DOUBT,
    REPEAT,
    Job,
    Result,
    SnoozeWork,
    StatusWork,
    can_be_found,
    can_be_repeated,
)
from bot.planning import teaming
from bot.planning.rows import row as new_row
from bot.ports import Chat, Done, Refused, Tx, Unclear, Wait
from bot.records import Delivery, DeliveryState, HoldState, Lane, Marks, PersonRecord
from bot.timing import Timing
from rules import Digest, Effect, EndSnooze, Ours, Say, SetStatus, Status, UrgentPing
from rules.effects import TeamPost

_SHORTEST_WAIT = 1.0
"""Seconds to stay away when the platform does not say how long."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """`state` is the row's now; `fenced`: somebody else had it, nothing was changed. `withdraw`: a copy of
    ours that must go, since another one stands."""

    state: DeliveryState
    fenced: bool = False
    withdraw: str = ""


@dataclass(frozen=True, slots=True)
class Book:
    """Records outcomes of `chat`'s deliveries at `now` (wall clock) and `at` (Clock.monotonic seconds)."""

    tx: Tx
    chat: Chat
    timing: Timing
    now: datetime
    at: float

    def record(self, job: Job, result: Result) -> Recorded:
        """Write down what performing `job` came to."""
        row = job.delivery
        if not result.wrote:
            for cost in self.chat.costs(row)[1:]:
                limiter.give_back(self.tx.budgets, row.to.tenant, cost, self.at)
        match result.outcome:
            case Done(ref=ref):
                return self.done(row, ref, job=job, result=result)
            case Wait() as wait:
                return self._waited(row, wait)
            case Refused() as refused:
                return self._refused(row, refused)
            case Unclear() as unclear:
                return self._unclear(row, unclear)
            case other:
                assert_never(other)

    def give_back(self, row: Delivery) -> Recorded:
        """The row goes back unsent."""
        for cost in self.chat.costs(row):
            limiter.give_back(self.tx.budgets, row.to.tenant, cost, self.at)
        return self._finish(row, DeliveryState.DUE, because=row.because)

    def done(
        self, row: Delivery, ref: str, *, job: Job | None = None, result: Result | None = None
    ) -> Recorded:
        """It happened. A row that was in doubt is looked at once more when no other copy can appear any
        longer."""
        doubt = can_be_found(row) and row.because == IN_DOUBT
        settle = self.at + self.timing.quarantine if doubt else None
        if not self.tx.outbox.finish(row, DeliveryState.DONE, ref=ref, because=row.because, settle_at=settle):
            return self._fenced_off(row, ref)
        holds = holds_of(self.tx, row)
        if holds:
            tell = isinstance(row.effect, Digest) and not row.effect.passed_on
            planning.landed(self.tx, holds, self.now, tell=tell)
        if job is not None and result is not None:
            self._remember(job, result)
        return Recorded(DeliveryState.DONE)

    def missing(self, row: Delivery) -> Recorded:
        """It was read back and is not there: it is sent again, unless that has been tried for too long.

        Attempts do not count: most of them never left the house (guard, 429).
        """
        if self.now - row.due_at > self.timing.patience:
            return self.give_up(row, DeliveryState.PARKED, "tried_too_long", sure=True)
        return self._finish(row, DeliveryState.DUE, because=IN_DOUBT)

    def give_up(self, row: Delivery, state: DeliveryState, because: str, *, sure: bool) -> Recorded:
        """It will not be tried again; whoever waits for it hears so, and what a channel did not get is told
        in private. Not `sure`: nobody can see whether it arrived."""
        recorded = self._finish(row, state, because=because)
        if recorded.fenced:
            return recorded
        if row.lane is Lane.CHANNEL:
            teaming.told_privately(self.tx, row, self.now)
            return recorded
        if not sure and _matters(row.effect) and row.because != REPEAT:
            urgent = isinstance(row.effect, UrgentPing)
            again = new_row(
                row.lane,
                row.to,
                row.effect,
                self.now,
                f"{row.key}:again",
                urgent=urgent,
                expires_at=row.expires_at,
            )
            self.tx.outbox.add(replace(again, because=REPEAT))
            return recorded
        holds = holds_of(self.tx, row)
        if not sure and isinstance(row.effect, Digest) and not self.chat.probes:
            holds = planning.ask_again(self.tx, holds, self.now)
        if holds:
            planning.given_up(self.tx, holds, self.now, sure=sure)
        return recorded

    def doubtful(self, row: Delivery, why: str) -> Recorded:
        """Nobody can see whether it happened: what can be repeated is, the rest is known as unknown."""
        if not can_be_repeated(row):
            return self.give_up(row, DeliveryState.UNKNOWN, why, sure=False)
        if row.attempt >= self.timing.attempts:
            return self._finish(row, DeliveryState.UNKNOWN, because=why)
        return self._finish(row, DeliveryState.DUE, because=row.because, wait=self.timing.pause(row.attempt))

    def park_tenant(self, tenant: str, code: str) -> None:
        """Nothing more is sent there until the app is installed anew; its rows stay where they are."""
        known = self.tx.tenants.get(tenant)
        if known is not None and not known.parked:
            self.tx.tenants.put(replace(known, parked=code))

    # -- the kinds of no ----------------------------------------------------------------------------------

    def _waited(self, row: Delivery, wait: Wait) -> Recorded:
        seconds = max(wait.seconds, _SHORTEST_WAIT)
        limiter.hold_off(
            self.tx.budgets, row.to.tenant, wait.method, wait.channel, until=self.at + seconds, now=self.at
        )
        known = any(
            (cost.method, cost.channel) == (wait.method, wait.channel) for cost in self.chat.costs(row)
        )
        pause = None if known else timedelta(seconds=seconds)  # no bucket of ours would hold it back
        return self._finish(row, DeliveryState.DUE, because=row.because, wait=pause)

    def _refused(self, row: Delivery, refused: Refused) -> Recorded:
        if refused.tenant_wide:
            self.park_tenant(row.to.tenant, refused.code)
            self._unbind(row)
            return self._finish(row, DeliveryState.DUE, because=row.because)
        if row.lane is Lane.CHANNEL:
            return self.give_up(row, DeliveryState.PARKED, refused.code, sure=True)
        if refused.account_wide:
            return self._disconnected(row, refused.code)
        if refused.unreachable:
            planning.mark_unreachable(self.tx, row.to, refused.code)
            return self._moved_on(row, refused.code)
        if row.lane is Lane.MESSAGE and row.refused + 1 < self.timing.refusals:
            return self._finish(
                row, DeliveryState.DUE, because=row.because, wait=self.timing.refusal_pause, refused=True
            )
        return self.give_up(row, DeliveryState.PARKED, refused.code, sure=True)

    def _unbind(self, row: Delivery) -> None:
        """A parked tenant may stay so for long: what a digest of its own accord gathered waits on, so that it
        can go out in another place."""
        effect, doubt = row.effect, row.because == IN_DOUBT
        if not isinstance(effect, Digest) or row.urgent or effect.passed_on or doubt:
            return
        if self.tx.outbox.rewrite(row, replace(effect, holds=())):
            for hold in holds_of(self.tx, row):
                self.tx.holds.put(replace(hold, state=HoldState.WAITING))

    def _moved_on(self, row: Delivery, code: str) -> Recorded:
        """Nothing reaches this account: its person is told elsewhere, or whoever waits for it hears so."""
        recorded = self._finish(row, DeliveryState.PARKED, because=code)
        if recorded.fenced or planning.pass_on(self.tx, row):
            return recorded
        planning.given_up(self.tx, holds_of(self.tx, row), self.now, sure=True)
        return recorded

    def _disconnected(self, row: Delivery, code: str) -> Recorded:
        """The person's own token is dead: forget it, tell them once when their norms let us through, and arm
        anew when they connect again."""
        known = self.tx.accounts.get(row.to)
        if known is not None and known.connected:
            self.tx.accounts.put(replace(known, connected=False))
            self.tx.tokens.remove(row.to)
            effect = Say(known.person, "disconnected")
            key = f"say:disconnected:{row.id}"
            due = planning.reachable_at(self.tx, row.to, self.now)
            self.tx.outbox.add(new_row(Lane.MESSAGE, row.to, effect, due, key))
        record = self.tx.people.get(known.person) if known else None
        if record is not None:
            marks = replace(record.state.marks_on(row.to), snoozed_until=None, dnd=None)
            state = record.state.marked(marks)
            if not planning.wearers(self.tx, record):
                state = replace(state, armed_for=None, armed=None, snooze_armed=None)
            self.tx.people.put(replace(record, state=state))
        return self._finish(row, DeliveryState.PARKED, because=code)

    def _unclear(self, row: Delivery, unclear: Unclear) -> Recorded:
        if can_be_found(row) and self.chat.probes:
            return Recorded(
                DeliveryState.SENDING
            )  # stays: read back after the quarantine, never repeated blindly
        return self.doubtful(row, unclear.why)

    # -- the row ------------------------------------------------------------------------------------------

    def _finish(
        self,
        row: Delivery,
        state: DeliveryState,
        *,
        because: str,
        wait: timedelta | None = None,
        refused: bool = False,
    ) -> Recorded:
        due_at = None if wait is None else self.now + wait
        if self.tx.outbox.finish(row, state, because=because, due_at=due_at, refused=refused):
            return Recorded(state)
        return Recorded(state, fenced=True)

    def _fenced_off(self, row: Delivery, ref: str) -> Recorded:
        """Somebody else took the row over while we were sending: if it has come to an end without our copy,
        that goes."""
        standing = self.tx.outbox.get(row.key)
        over = standing is not None and standing.state in (
            DeliveryState.DONE,
            DeliveryState.CANCELLED,
            DeliveryState.PARKED,
        )
        ours = ref if over and standing is not None and standing.ref != ref else ""
        return Recorded(standing.state if standing else DeliveryState.DONE, fenced=True, withdraw=ours)

    # -- what we know of the person's status and snooze ----------------------------------------------------

    def _remember(self, job: Job, result: Result) -> None:
        known = self.tx.accounts.get(job.delivery.to)
        record = self.tx.people.get(known.person) if known and known.person else None
        if record is None:
            return
        marks = record.state.marks_on(job.delivery.to)
        if result.ours != "keep":
            marks = _with_ours(marks, job.delivery.lane, result.ours)
        if result.snoozed_until != "keep":
            marks = replace(marks, snoozed_until=result.snoozed_until)
        if result.dnd is not None:
            marks = replace(marks, dnd=result.dnd)
        if marks != record.state.marks_on(job.delivery.to):
            self.tx.people.put(replace(record, state=record.state.marked(marks)))
        self._plan_restore(job, result, record)

    def _plan_restore(self, job: Job, result: Result, record: PersonRecord) -> None:
        """Expiry clears what we set but puts nothing back: that takes a delivery at the end."""
        if result.ours == "keep" or result.ours is None or result.ours.before is None:
            return
        effect: Effect
        match job.work:
            case StatusWork(desired=Status(), end=end):
                effect = SetStatus(record.person.id, end, None)
            case SnoozeWork(until=end):
                effect = EndSnooze(record.person.id, end)
            case _:
                return
        row = job.delivery
        key = f"restore:{row.lane}:{row.to.tenant}:{record.person.id}:{end.isoformat()}:{record.version}"
        self.tx.outbox.add(new_row(row.lane, row.to, effect, end, key))


def _matters(effect: Effect) -> bool:
    """Whether something goes out once more when nobody can see whether it arrived: twice is better than never
    for what is urgent, what a team says, and that a message did not reach anybody."""
    if isinstance(effect, Say):
        return effect.topic in (Topic.UNDELIVERED, Topic.UNREACHED, Topic.GONE)
    return isinstance(effect, UrgentPing | TeamPost)


def _with_ours(marks: Marks, lane: Lane, ours: Ours | None) -> Marks:
    return replace(marks, ours=ours) if lane is Lane.STATUS else replace(marks, pause=ours)


def remember_ours(tx: Tx, job: Job, ours: Ours) -> None:
    """Store a status or presence of ours that is about to be set, if its sender still holds the row."""
    row = tx.outbox.get(job.delivery.key)
    known = tx.accounts.get(job.delivery.to)
    record = tx.people.get(known.person) if known and known.person else None
    if row is None or (row.owner, row.attempt) != (job.delivery.owner, job.delivery.attempt):
        return
    if record is not None:
        marks = _with_ours(record.state.marks_on(row.to), row.lane, ours)
        tx.people.put(replace(record, state=record.state.marked(marks)))
