"""What is planned for a person: statuses, snoozes, releases, rituals; deciding twice adds nothing."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.stores.memory import MemoryStore
from bot import planning
from bot.inbound import Account
from bot.planning.arming import APP_SETS
from bot.planning.rows import CONNECTABLE
from bot.ports import Tx
from bot.records import (
    AccountRecord,
    Delivery,
    DeliveryState,
    Hold,
    HoldState,
    Lane,
    Marks,
    PersonRecord,
    PersonState,
)
from rules import (
    EndSnooze,
    Kind,
    Mode,
    Nudge,
    Ours,
    Person,
    PingKind,
    Said,
    Say,
    SetStatus,
    Snooze,
    Status,
    Urgency,
    Window,
    parse_when,
)

MAYA, SAM = Account("slack:T1", "UMAYA"), Account("slack:T1", "USAM")
TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)  # a Tuesday; Lisbon is UTC in winter


def at(hour: int, minute: int = 0, day: int = 24) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def maya(**changes: object) -> Person:
    dinner = Window("family dinner", Kind.QUIET, parse_when("daily 18:00-19:30"))
    deep = Window("deep work", Kind.FOCUS, parse_when("tue,thu 15:00-16:30"))
    hours = parse_when("mon-fri 09:00-12:30, 14:00-18:00")
    first = Person("maya", "Europe/Lisbon", hours=hours, windows=(dinner, deep))
    return replace(first, **changes)  # type: ignore[arg-type]


@dataclass
class Desk:
    """One person and their outbox."""

    store: MemoryStore = field(default_factory=MemoryStore)

    async def enrol(
        self, person: Person, now: datetime, *, connected: bool = True, **state: object
    ) -> PersonRecord:
        def work(tx: Tx) -> PersonRecord:
            tx.accounts.put(AccountRecord(MAYA, person.id, connected=connected))
            kept = PersonState(home=MAYA, **state)  # type: ignore[arg-type]
            return planning.replan(tx, PersonRecord(person, kept), now)

        return await self.store.write(work)

    async def record(self) -> PersonRecord:
        found = await self.store.read(lambda tx: tx.people.get("maya"))
        assert found is not None
        return found

    async def replan(
        self, now: datetime, *, asked: bool = False, changed: bool = True, **changes: object
    ) -> PersonRecord:
        record = await self.record()
        person = replace(record.person, **changes)  # type: ignore[arg-type]
        record = replace(record, person=person)
        return await self.store.write(
            lambda tx: planning.replan(tx, record, now, asked=asked, changed=changed)
        )

    async def sweep_until(self, end: datetime) -> PersonRecord:
        record = await self.record()
        while record.next_at is not None and record.next_at <= end:
            record = await self.replan(record.next_at, changed=False)
        return record

    async def rows(self, *lanes: Lane, tenant: str = "slack:T1") -> list[Delivery]:
        """What is in the outbox, in order of when it is due."""
        rows = await self.store.read(
            lambda tx: tx.outbox.ready(at(0, day=30), tenant, 1000, lanes or tuple(Lane))
        )
        return sorted(rows, key=lambda row: row.due_at)

    async def waits(self, hold: str, release: datetime | None, **changes: object) -> None:
        first = Hold(hold, SAM, "maya", PingKind.DIRECT, Urgency.ROUTINE, TEN, release, text=b"hi")
        new = replace(first, **changes)  # type: ignore[arg-type]
        await self.store.write(lambda tx: tx.holds.put(new))

    async def hold(self, hold: str) -> Hold:
        found = await self.store.read(lambda tx: tx.holds.get(hold))
        assert found is not None
        return found


@pytest.fixture
def desk() -> Desk:
    return Desk()


def due(rows: list[Delivery]) -> list[tuple[datetime, datetime | None]]:
    return [(row.due_at, getattr(row.effect, "until", None)) for row in rows]


async def test_each_stretch_of_the_day_is_armed_once_and_says_when_the_person_is_back(desk: Desk) -> None:
    await desk.enrol(maya(), TEN)
    await desk.sweep_until(at(23))
    assert due(await desk.rows(Lane.STATUS)) == [
        (at(12, 30), at(14)),
        (at(15), at(16, 30)),
        (at(18), at(9, day=25)),  # the dinner is part of the evening off
    ]


async def test_one_snooze_spans_adjacent_windows(desk: Desk) -> None:
    await desk.enrol(maya(), at(17))
    await desk.sweep_until(at(23))
    assert due(await desk.rows(Lane.SNOOZE)) == [(at(18), at(9, day=25))]


async def test_a_weekend_is_snoozed_a_day_at_a_time(desk: Desk) -> None:
    await desk.enrol(maya(), at(17, day=27))
    await desk.sweep_until(at(12, day=30))
    snoozes = [row for row in await desk.rows(Lane.SNOOZE) if row.due_at < at(9, day=30)]
    assert len(snoozes) == 3
    for row in snoozes:
        assert isinstance(row.effect, Snooze)
        assert row.effect.until - row.due_at <= timedelta(hours=24)
    for before, after in itertools.pairwise(snoozes):
        assert isinstance(before.effect, Snooze)
        assert after.due_at <= before.effect.until


async def test_planning_twice_adds_nothing(desk: Desk) -> None:
    await desk.enrol(maya(), at(17, 56))
    before = await desk.rows()
    for minute in (56, 57, 59):
        await desk.replan(at(17, minute))
        await desk.replan(at(17, minute), changed=False)
    assert await desk.rows() == before


async def test_the_next_wake_up_is_always_ahead(desk: Desk) -> None:
    record = await desk.enrol(maya(), TEN)
    now = TEN
    for _ in range(60):
        assert record.next_at is not None
        assert record.next_at > now
        now = record.next_at
        record = await desk.replan(now, changed=False)
    assert now > TEN + timedelta(days=5)


async def test_a_person_without_norms_is_never_woken(desk: Desk) -> None:
    record = await desk.enrol(Person("maya", "Europe/Lisbon"), TEN)
    assert record.next_at is None


async def test_without_a_connection_nothing_is_armed_and_connecting_is_offered_once(desk: Desk) -> None:
    await desk.store.write(lambda tx: tx.meta.put(f"{CONNECTABLE}slack", "yes"))
    await desk.enrol(maya(), TEN, connected=False)
    await desk.sweep_until(at(23, day=26))
    said = [row.effect for row in await desk.rows() if isinstance(row.effect, Say)]
    assert said == [Say("maya", "connect")]
    assert not await desk.rows(Lane.STATUS, Lane.SNOOZE)


async def test_connecting_is_offered_as_soon_as_it_can_be_done_here(desk: Desk) -> None:
    await desk.enrol(maya(), TEN, connected=False)
    await desk.sweep_until(at(12, day=25))
    assert not [row for row in await desk.rows() if isinstance(row.effect, Say)]
    await desk.store.write(lambda tx: tx.meta.put(f"{CONNECTABLE}slack", "yes"))
    await desk.sweep_until(at(23, day=25))
    assert len([row for row in await desk.rows() if isinstance(row.effect, Say)]) == 1


async def test_focus_for_now_is_armed_at_once_and_may_stand_before_a_status_by_hand(desk: Desk) -> None:
    await desk.enrol(maya(), TEN)
    focus = Said(Mode.FOCUS, TEN, at(11, 30), TEN)
    await desk.replan(TEN, asked=True, said=(focus,))
    status, snooze = (await desk.rows(Lane.STATUS))[0], (await desk.rows(Lane.SNOOZE))[0]
    assert status.effect == SetStatus("maya", TEN, at(11, 30), asked=True)
    assert (status.due_at, snooze.due_at, snooze.effect) == (TEN, TEN, Snooze("maya", at(11, 30), True))


async def test_coming_back_early_takes_the_status_down_and_ends_the_snooze(desk: Desk) -> None:
    await desk.enrol(maya(), at(15, 10))
    ours = Ours(Status("Focusing", ":dart:", at(16, 30)), None, at(15, 10))
    record = await desk.record()
    state = record.state.marked(Marks(MAYA, ours, snoozed_until=at(16, 31)))
    await desk.store.write(lambda tx: tx.people.put(replace(record, state=state)))
    here = Said(Mode.AVAILABLE, at(15, 30), at(16, 30), at(15, 30))
    await desk.replan(at(15, 30), asked=True, said=(here,))
    late = [row.effect for row in await desk.rows() if row.due_at == at(15, 30)]
    assert SetStatus("maya", at(15, 30), None, asked=True) in late
    assert EndSnooze("maya", at(16, 31)) in late


async def test_taking_back_that_one_is_here_arms_the_same_stretch_again(desk: Desk) -> None:
    await desk.enrol(maya(), at(15, 10))
    here = Said(Mode.AVAILABLE, at(15, 30), at(16, 30), at(15, 30))
    await desk.replan(at(15, 30), asked=True, said=(here,))
    await desk.replan(at(15, 40), asked=True, said=())
    again = [row for row in await desk.rows(Lane.STATUS, Lane.SNOOZE) if row.due_at == at(15, 40)]
    assert {row.lane for row in again} == {Lane.STATUS, Lane.SNOOZE}


async def test_an_end_that_comes_by_itself_needs_no_call(desk: Desk) -> None:
    await desk.enrol(maya(), at(15, 10))
    before = len(await desk.rows(Lane.STATUS, Lane.SNOOZE))
    await desk.replan(at(16, 30), changed=False)
    assert len(await desk.rows(Lane.STATUS, Lane.SNOOZE)) == before


async def test_a_crowded_edge_is_armed_up_to_five_minutes_early_and_in_order(desk: Desk) -> None:
    def enrol(tx: Tx, number: int) -> None:
        person = replace(maya(), id=f"p{number:03}")
        account = Account("slack:T1", f"U{number:03}")
        tx.accounts.put(AccountRecord(account, person.id, connected=True))
        planning.replan(tx, PersonRecord(person, PersonState(home=account)), at(17, 55))

    for number in range(150):
        await desk.store.write(lambda tx: enrol(tx, number))  # noqa: B023 -- run before the next turn
    snoozes = [row.due_at for row in await desk.rows(Lane.SNOOZE)]
    assert (min(snoozes), max(snoozes)) == (at(17, 55), at(18))
    gaps = sorted({later - earlier for earlier, later in itertools.pairwise(snoozes)})
    assert gaps[0] == timedelta(0)  # those beyond five minutes' worth
    assert gaps[1] >= timedelta(seconds=3)


async def test_where_the_app_sets_presences_a_crowd_is_armed_a_moment_early(desk: Desk) -> None:
    def enrol(tx: Tx, number: int) -> None:
        tx.meta.put(f"{APP_SETS}teams", "yes")
        person = replace(maya(), id=f"p{number:03}")
        account = Account("teams:1", f"29:{number:03}")
        tx.accounts.put(AccountRecord(account, person.id))
        planning.replan(tx, PersonRecord(person, PersonState(home=account)), at(17, 55))

    for number in range(50):
        await desk.store.write(lambda tx: enrol(tx, number))  # noqa: B023 -- run before the next turn
    pauses = [row.due_at for row in await desk.rows(Lane.SNOOZE, tenant="teams:1")]
    assert max(pauses) == at(18)
    assert at(18) - timedelta(seconds=2) < min(pauses) < at(18)


async def test_a_small_workspace_is_armed_on_time(desk: Desk) -> None:
    await desk.enrol(maya(), at(17, 55))
    assert {row.due_at for row in await desk.rows(Lane.STATUS, Lane.SNOOZE)} == {at(18)}


async def test_a_snooze_is_skipped_while_ones_own_schedule_covers_it(desk: Desk) -> None:
    schedule = (at(17), at(10, day=25), at(17))
    await desk.enrol(maya(), at(17, 56), marks=(Marks(MAYA, dnd=schedule),))
    assert not await desk.rows(Lane.SNOOZE)


async def test_a_late_wake_up_arms_only_the_current_stretch_and_skips_old_rituals(desk: Desk) -> None:
    await desk.enrol(maya(), TEN)
    record = await desk.replan(at(20), changed=False)  # the process was down since ten
    rows = await desk.rows()
    assert [(row.lane, row.due_at) for row in rows] == [(Lane.STATUS, at(20)), (Lane.SNOOZE, at(20))]
    assert record.next_at == at(9, day=25)


async def test_rituals_come_twice_a_day_at_most_and_stop_after_three_ignored(desk: Desk) -> None:
    await desk.enrol(maya(), at(8))
    await desk.sweep_until(at(23, day=30))
    nudges = [
        (row.effect.kind, row.effect.day.day) for row in await desk.rows() if isinstance(row.effect, Nudge)
    ]
    assert nudges == [
        ("start_of_day", 24), ("end_of_day", 24), ("start_of_day", 25),
        ("end_of_day", 25), ("start_of_day", 26), ("end_of_day", 26), ("weekly", 27),
    ]  # fmt: skip
    assert (await desk.record()).state.start_of_day.muted


async def test_a_nudge_that_was_never_delivered_was_not_ignored(desk: Desk) -> None:
    await desk.enrol(maya(), at(8))
    for day, ignored in ((24, 0), (25, 0), (26, 1)):
        await desk.sweep_until(at(23, day=day))
        assert (await desk.record()).state.start_of_day.ignored == ignored
        if day == 24:
            await desk.store.write(_expire_nudges)


def _expire_nudges(tx: Tx) -> None:
    found = [row for row in tx.outbox.ready(at(23), MAYA.tenant, 100) if isinstance(row.effect, Nudge)]
    for row in tx.outbox.claim([row.id for row in found], "bot", 0.0):
        assert tx.outbox.finish(row, DeliveryState.EXPIRED)


async def test_an_answered_ritual_goes_on(desk: Desk) -> None:
    await desk.enrol(maya(), at(8))
    for day in range(24, 28):
        await desk.sweep_until(at(23, day=day))
        record = await desk.record()
        start = replace(record.state.start_of_day, answered=True, ignored=0)
        answered = replace(record, state=replace(record.state, start_of_day=start))
        await desk.store.write(lambda tx: tx.people.put(answered))  # noqa: B023 -- run before the next turn
    nudges = [row for row in await desk.rows() if isinstance(row.effect, Nudge)]
    assert sum(row.effect.kind == "start_of_day" for row in nudges if isinstance(row.effect, Nudge)) == 4


async def test_what_waits_is_planned_as_one_digest_at_its_release(desk: Desk) -> None:
    await desk.enrol(maya(), at(13))
    for hold in ("h1", "h2"):
        await desk.waits(hold, at(14, 5))
    record = await desk.replan(at(13, 10))
    release = (await desk.hold("h1")).release_at
    assert release is not None
    assert record.next_at == release
    assert at(14) <= release < at(14, 15)
    await desk.sweep_until(release)
    digests = [row for row in await desk.rows(Lane.MESSAGE) if row.key.startswith("digest:")]
    assert [row.due_at for row in digests] == [release]


async def test_a_release_moves_with_the_norms_and_the_sender_hears_of_it_once(desk: Desk) -> None:
    await desk.enrol(maya(), at(13))
    await desk.waits("h1", at(14, 5))
    await desk.waits("h2", at(14, 5))
    focus = Said(Mode.FOCUS, at(13, 30), at(15), at(13, 30))
    await desk.replan(at(13, 30), said=(focus,))
    await desk.replan(at(13, 31))
    moved = (await desk.hold("h1")).release_at
    assert moved is not None
    assert moved >= at(16, 30)  # the focus at three follows
    told = [row for row in await desk.rows() if isinstance(row.effect, Say) and row.effect.topic == "moved"]
    assert [(row.to, row.effect) for row in told] == [
        (SAM, Say("slack:T1/USAM", "moved", (("hold", "h1"), ("hold", "h2"))))
    ]


async def test_coming_back_early_brings_what_waits_and_looking_again_does_not_push_it_on(desk: Desk) -> None:
    await desk.enrol(maya(), at(15, 10))
    await desk.waits("h1", at(16, 35))
    here = Said(Mode.AVAILABLE, at(15, 30), at(16, 30), at(15, 30))
    await desk.replan(at(15, 30), said=(here,))
    first = (await desk.hold("h1")).release_at
    assert first is not None
    assert first <= at(15, 45)
    for minute in range(31, 45):
        await desk.replan(at(15, minute))
    last = (await desk.hold("h1")).release_at
    assert last is not None
    assert last <= first


async def test_a_hold_that_missed_its_digest_gets_another(desk: Desk) -> None:
    await desk.enrol(maya(), at(14))
    await desk.waits("h1", at(14, 5))
    await desk.replan(at(14, 5), changed=False)
    [first] = [row for row in await desk.rows() if row.key.startswith("digest:")]

    def cancelled(tx: Tx) -> None:
        tx.outbox.cancel([first.key])

    await desk.store.write(cancelled)
    await desk.replan(at(14, 6), changed=False)
    [second] = [row for row in await desk.rows() if row.key.startswith("digest:")]
    assert second.key != first.key
    assert second.state is DeliveryState.DUE


async def test_breaking_through_writes_the_snooze_that_follows_before_anything_happens(desk: Desk) -> None:
    await desk.enrol(maya(), at(15, 10))
    await desk.waits("h1", None, urgency=Urgency.URGENT, reason="broken")
    hold, record = await desk.hold("h1"), await desk.record()
    await desk.store.write(lambda tx: planning.break_through(tx, record, hold, at(15, 20)))
    rows = [row for row in await desk.rows() if row.key.startswith("break:")]
    keys = {row.key: row.after for row in rows}
    assert [type(row.effect).__name__ for row in await _all(desk, keys)] == [
        "EndSnooze",
        "UrgentPing",
        "Snooze",
    ]
    assert (await desk.hold("h1")).state is HoldState.RELEASING


async def _all(desk: Desk, first: dict[str, str]) -> list[Delivery]:
    keys = ["break:h1:end_snooze", "break:h1", "break:h1:snooze"]
    assert keys[0] in first
    found = await desk.store.read(lambda tx: [tx.outbox.get(key) for key in keys])
    return [row for row in found if row is not None]
