"""Statuses and snoozes on their way out: a person's own are never lost, and ours come to an end."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from adapters.stores.memory import MemoryStore
from bot import planning
from bot.inbound import Account
from bot.metrics import Metrics
from bot.perform import Performer
from bot.ports import Dnd, Tx
from bot.records import AccountRecord, Cost, Hold, HoldState, Lane, PersonRecord, PersonState
from bot.timing import Timing
from rules import Kind, Mode, Person, PingKind, Said, Status, Urgency, Window, parse_when
from tests.support.outside import START, FaultyChat, HandClock, Lost, OpenVault, plain_text

MAYA, SAM = Account("slack:T1", "UMAYA"), Account("slack:T1", "USAM")
EMPTY = Status("", "", None)
LUNCH = Status("Lunch with mum", ":knife_fork_plate:", None)


class Day:
    """Maya's day: she says things, time passes, and what is due is planned and performed."""

    def __init__(self) -> None:
        self.clock, self.store = HandClock(), MemoryStore()
        self.chat = FaultyChat(self.clock)
        self.performer = Performer(
            store=self.store, clock=self.clock, chats={"slack": self.chat}, vault=OpenVault(),
            timing=Timing(), owner="one", metrics=Metrics(), compose=plain_text,
        )  # fmt: skip

    @property
    def status(self) -> Status:
        """What others see now; the platform clears what has expired."""
        shown = self.chat.statuses.get(MAYA, EMPTY)
        return EMPTY if shown.expires and shown.expires <= self.clock.at else shown

    async def begin(self, **norms: object) -> None:
        person = replace(Person("maya", "Europe/Lisbon"), **norms)  # type: ignore[arg-type]

        def work(tx: Tx) -> None:
            tx.accounts.put(AccountRecord(MAYA, "maya", connected=True))
            planning.replan(tx, PersonRecord(person, PersonState(home=MAYA)), self.clock.at)

        await self.store.write(work)
        await self.perform()

    async def say(self, *said: Said) -> None:
        def work(tx: Tx) -> None:
            record = tx.people.get("maya")
            assert record is not None
            changed = replace(record, person=replace(record.person, said=said))
            planning.replan(tx, changed, self.clock.at, asked=True)

        await self.store.write(work)
        await self.perform()

    async def focus(self, minutes: int) -> None:
        now = self.clock.at
        await self.say(Said(Mode.FOCUS, now, now + timedelta(minutes=minutes), now))

    async def until(self, at: datetime) -> None:
        while (following := await self.store.read(self._next)) is not None and following <= at:
            self.clock.advance((following - self.clock.at).total_seconds())
            await self.sweep()
        self.clock.advance((at - self.clock.at).total_seconds())
        self.chat.statuses[MAYA] = self.status
        await self.sweep()

    async def sweep(self) -> None:
        self.chat.statuses[MAYA] = self.status

        def work(tx: Tx) -> None:
            for person in tx.people.due(self.clock.at, 10):
                record = tx.people.get(person)
                assert record is not None
                planning.replan(tx, record, self.clock.at, changed=False)

        await self.store.write(work)
        await self.perform()

    async def perform(self) -> None:
        while await self.performer.step() == 0.0:
            pass

    def _next(self, tx: Tx) -> datetime | None:
        found = [tx.people.next_at(), tx.outbox.next_due(self.clock.at)]
        return min((at for at in found if at is not None), default=None)


@pytest.fixture
def day() -> Day:
    return Day()


async def test_a_status_is_set_and_left_to_expire_with_two_calls(day: Day) -> None:
    await day.begin()
    await day.focus(90)
    assert day.status == Status("Focusing, back at 11:30", ":dart:", START + timedelta(minutes=90))
    await day.until(START + timedelta(hours=3))
    assert day.status == EMPTY
    assert (day.chat.count("read_status"), day.chat.count("write_status")) == (1, 1)


async def test_a_status_set_by_hand_is_put_back_after_what_was_asked_for(day: Day) -> None:
    await day.begin()
    day.chat.statuses[MAYA] = LUNCH
    await day.focus(90)
    assert day.status.text == "Focusing, back at 11:30"
    await day.until(START + timedelta(hours=3))
    assert day.status == LUNCH


async def test_a_status_set_by_hand_is_never_overwritten_by_a_standing_norm(day: Day) -> None:
    day.chat.statuses[MAYA] = LUNCH
    await day.begin(windows=(Window("deep", Kind.FOCUS, parse_when("tue 10:30-11:30")),))
    await day.until(START + timedelta(hours=3))
    assert day.status == LUNCH
    assert day.chat.count("write_status") == 0


async def test_a_status_set_by_hand_during_ours_stays_when_ours_would_end(day: Day) -> None:
    await day.begin()
    await day.focus(90)
    await day.until(START + timedelta(minutes=30))
    day.chat.statuses[MAYA] = LUNCH
    await day.say()
    assert day.status == LUNCH
    await day.until(START + timedelta(hours=3))
    assert day.status == LUNCH


async def test_ending_focus_early_clears_the_status_and_the_snooze(day: Day) -> None:
    await day.begin()
    await day.focus(90)
    await day.until(START + timedelta(minutes=30))
    await day.say()
    assert day.status == EMPTY
    assert day.chat.dnd[MAYA] == Dnd()


async def test_a_snooze_the_person_set_meanwhile_is_left_alone(day: Day) -> None:
    await day.begin()
    await day.focus(90)
    own = Dnd(snoozed_until=START + timedelta(hours=5))
    day.chat.dnd[MAYA] = own
    await day.say()
    assert day.chat.dnd[MAYA] == own
    assert day.chat.count("end_snooze") == 0


async def test_ones_own_schedule_that_covers_the_span_saves_the_call_and_its_token(day: Day) -> None:
    day.chat.prices[Lane.SNOOZE] = (Cost("dnd.info", 50), Cost("dnd.setSnooze", 20))
    day.chat.dnd[MAYA] = Dnd(START - timedelta(hours=1), START + timedelta(hours=9))
    await day.begin()
    await day.focus(90)
    assert day.chat.count("snooze") == 0
    budget = await day.store.read(lambda tx: tx.budgets.get("slack:T1", "dnd.setSnooze", ""))
    assert budget is not None
    assert budget.tokens == 1.0


async def test_a_lost_answer_to_a_status_is_made_right_by_reading_again(day: Day) -> None:
    await day.begin()
    day.chat.script["write_status"].append(Lost())
    await day.focus(90)
    await day.until(START + timedelta(minutes=5))
    assert day.chat.count("write_status") == 1
    await day.say()
    assert day.status == EMPTY


async def test_what_stood_there_is_put_back_even_if_the_process_died_while_setting_ours(day: Day) -> None:
    await day.begin()
    day.chat.statuses[MAYA] = LUNCH
    day.chat.script["write_status"].append(Lost())  # what a crash in that instant looks like afterwards
    await day.focus(90)
    await day.until(START + timedelta(minutes=10))
    assert day.status.text == "Focusing, back at 11:30"
    await day.until(START + timedelta(hours=3))
    assert day.status == LUNCH


async def test_an_urgent_ping_breaks_through_and_the_snooze_comes_back_ten_seconds_later(day: Day) -> None:
    await day.begin()
    await day.focus(90)
    hold = Hold("h1", SAM, "maya", PingKind.DIRECT, Urgency.URGENT, START, START, reason="broken")

    def work(tx: Tx) -> None:
        record = tx.people.get("maya")
        assert record is not None
        planning.break_through(tx, record, replace(hold, state=HoldState.RELEASING), START)

    await day.store.write(work)
    await day.perform()
    methods = [method for method, _, _ in day.chat.calls if method in ("snooze", "end_snooze", "post")]
    assert methods == ["snooze", "end_snooze", "post"]
    await day.until(START + timedelta(seconds=11))
    assert day.chat.dnd[MAYA].snoozed_until is not None
