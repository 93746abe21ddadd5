"""The delivery protocol, step by step, against a chat that fails on request."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from adapters.stores.memory import MemoryStore
from bot.inbound import Account
from bot.messages.model import Message
from bot.metrics import Metrics
from bot.perform import Performer
from bot.ports import Refused, Tx, Vault, Wait
from bot.records import (
    AccountRecord,
    Cost,
    Delivery,
    DeliveryState,
    Hold,
    HoldState,
    Lane,
    PersonRecord,
    PersonState,
    Tenant,
)
from bot.timing import Timing
from rules import (
    Digest,
    Mode,
    Nudge,
    Person,
    PingKind,
    PublishHome,
    Said,
    Say,
    SenderNote,
    SetStatus,
    Urgency,
    UrgentPing,
)
from tests.support.outside import START, FaultyChat, HandClock, Lost, Never, OpenVault, plain_text

MAYA, SAM = Account("slack:T1", "UMAYA"), Account("slack:T1", "USAM")
TIMING = Timing(guard=5, timeout=10, quarantine=90)


@dataclass
class Stage:
    """A performer between a store in memory and a chat that fails on request."""

    timing: Timing = TIMING
    compose: object = plain_text
    clock: HandClock = field(default_factory=HandClock)
    store: MemoryStore = field(default_factory=MemoryStore)

    def __post_init__(self) -> None:
        self.chat = FaultyChat(self.clock)
        self.metrics = Metrics()
        self.performer = self.another("first")

    def another(self, owner: str) -> Performer:
        return Performer(
            store=self.store,
            clock=self.clock,
            chats={"slack": self.chat},
            vault=OpenVault(),
            timing=self.timing,
            owner=owner,
            metrics=self.metrics,
            compose=self.compose,  # type: ignore[arg-type]
        )

    async def add(self, key: str, **changes: object) -> Delivery:
        first = Delivery(f"id-{key}", key, Lane.MESSAGE, MAYA, Say("maya", "connected"), self.clock.now())
        row = replace(first, **changes)  # type: ignore[arg-type]
        await self.store.write(lambda tx: tx.outbox.add(row))
        return row

    async def row(self, key: str) -> Delivery:
        found = await self.store.read(lambda tx: tx.outbox.get(key))
        assert found is not None
        return found

    async def work(self) -> float | None:
        """Step until there is nothing left to do now."""
        while (delay := await self.performer.step()) == 0.0:
            pass
        return delay

    async def enrol(self, **changes: object) -> None:
        def work(tx: Tx) -> None:
            tx.tenants.put(Tenant("slack:T1", "slack"))
            tx.accounts.put(AccountRecord(MAYA, "maya", connected=True))
            tx.accounts.put(AccountRecord(SAM, "sam"))
            person = replace(Person("maya", "Europe/Lisbon"), **changes)  # type: ignore[arg-type]
            tx.people.put(PersonRecord(person, PersonState(home=MAYA)))

        await self.store.write(work)

    async def holding(self, *ids: str, state: HoldState = HoldState.WAITING, **changes: object) -> None:
        for hold in ids:
            first = Hold(
                hold, SAM, "maya", PingKind.DIRECT, Urgency.ROUTINE, START, START, text=b"hi", state=state
            )
            new = replace(first, **changes)  # type: ignore[arg-type]
            await self.store.write(lambda tx: tx.holds.put(new))  # noqa: B023 -- run before the next turn

    async def hold(self, hold: str) -> Hold:
        found = await self.store.read(lambda tx: tx.holds.get(hold))
        assert found is not None
        return found


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    made = Stage()
    await made.store.write(lambda tx: tx.tenants.put(Tenant("slack:T1", "slack")))
    yield made
    await made.performer.drain()


async def test_what_is_due_is_posted_once_and_recorded_with_where_it_is(stage: Stage) -> None:
    await stage.add("a")
    await stage.work()
    row = await stage.row("a")
    assert (row.state, row.ref) == (DeliveryState.DONE, "UMAYA:0")
    assert [post.delivery for post in stage.chat.posts] == ["id-a"]


async def test_a_lost_answer_is_read_back_after_the_quarantine_and_never_repeated(stage: Stage) -> None:
    stage.chat.script["post"].append(Lost())
    await stage.add("a")
    await stage.work()
    assert (await stage.row("a")).state is DeliveryState.SENDING
    stage.clock.advance(89)
    await stage.work()
    assert stage.chat.count("find") == 0
    stage.clock.advance(2)
    await stage.work()
    assert (await stage.row("a")).state is DeliveryState.DONE
    assert len(stage.chat.posts) == 1


async def test_a_lost_request_is_sent_again_after_it_was_looked_for(stage: Stage) -> None:
    stage.chat.script["post"].append(Never())
    await stage.add("a")
    await stage.work()
    stage.clock.advance(91)
    await stage.work()
    row = await stage.row("a")
    assert (row.state, row.attempt) == (DeliveryState.DONE, 2)
    assert len(stage.chat.posts) == 1


async def test_a_copy_that_was_accepted_too_late_is_withdrawn_when_the_chat_is_settled(stage: Stage) -> None:
    stage.chat.script["post"].append(Never())
    await stage.add("a")
    await stage.work()
    stage.clock.advance(91)
    await stage.work()
    await stage.chat.post(MAYA, Message("late", ()), "id-a")  # the first one arrives after all
    stage.clock.advance(91)
    await stage.work()
    assert [post.ref for post in stage.chat.standing()] == [(await stage.row("a")).ref]
    assert (await stage.row("a")).settle_at is None


async def test_a_crash_after_the_claim_sends_the_row_once(stage: Stage) -> None:
    await stage.add("a")
    await stage.store.write(lambda tx: tx.outbox.claim(["id-a"], "died", stage.clock.monotonic()))
    await stage.work()
    assert not stage.chat.posts
    stage.clock.advance(91)
    await stage.work()
    assert (await stage.row("a")).state is DeliveryState.DONE
    assert len(stage.chat.posts) == 1


async def test_one_look_at_a_chat_settles_all_its_rows_in_doubt(stage: Stage) -> None:
    stage.chat.script["post"].extend([Lost(), Never(), Lost()])
    for key in "abc":
        await stage.add(key)
    await stage.work()
    stage.clock.advance(91)
    await stage.work()
    assert stage.chat.count("find") == 1
    assert sorted(post.delivery for post in stage.chat.posts) == ["id-a", "id-b", "id-c"]


async def test_a_row_that_waited_past_the_guard_goes_back_unsent(stage: Stage) -> None:
    def slow(tx: Tx, vault: Vault, row: Delivery, now: datetime) -> Message:
        stage.clock.advance(6 if row.attempt == 1 else 0)
        return Message("late", ())

    stage.compose = slow
    stage.performer = stage.another("slow")
    await stage.add("a")
    await stage.work()
    row = await stage.row("a")
    assert (row.state, row.attempt, row.because) == (DeliveryState.DONE, 2, "")
    assert row.settle_at is None  # it was never in doubt
    assert len(stage.chat.posts) == 1


async def test_a_sender_who_lost_its_row_withdraws_its_own_copy(stage: Stage) -> None:
    stage.chat.hold = asyncio.Event()
    await stage.add("a")
    await stage.performer.begin()
    await asyncio.sleep(0)
    stage.clock.advance(91)
    other = stage.another("second")
    stage.chat.hold, gate = None, stage.chat.hold
    while await other.step() == 0.0:  # finds nothing, sends its own
        pass
    gate.set()
    await stage.performer.drain()
    assert len(stage.chat.posts) == 2
    assert [post.ref for post in stage.chat.standing()] == [(await stage.row("a")).ref]


async def test_too_many_requests_waits_as_long_as_the_platform_says(stage: Stage) -> None:
    stage.chat.prices[Lane.MESSAGE] = (Cost("post", 1000, 100),)
    stage.chat.script["post"].append(Wait(30, "post"))
    await stage.add("a")
    assert await stage.work() == pytest.approx(30)
    stage.clock.advance(29)
    await stage.work()
    assert not stage.chat.posts
    stage.clock.advance(1.5)
    await stage.work()
    row = await stage.row("a")
    assert (row.state, row.because, row.due_at) == (DeliveryState.DONE, "", START)


async def test_a_used_up_lane_does_not_hide_the_others(stage: Stage) -> None:
    stage.chat.prices[Lane.HOME] = (Cost("publish", 2),)
    for number in range(100):
        await stage.add(f"home{number}", lane=Lane.HOME, effect=PublishHome("maya", START))
    await stage.add("ping", due_at=START)
    delay = await stage.work()
    assert (await stage.row("ping")).state is DeliveryState.DONE
    assert stage.chat.count("publish_home") == 1
    assert delay == pytest.approx(60)


async def test_a_revoked_bot_token_parks_the_tenant_and_loses_nothing(stage: Stage) -> None:
    stage.chat.script["post"].append(Refused("token_revoked", tenant_wide=True))
    await stage.add("a")
    await stage.add("b", due_at=START + timedelta(seconds=1))
    await stage.work()
    stage.clock.advance(60)
    await stage.work()
    assert not stage.chat.posts
    assert stage.chat.count("post") == 1
    await stage.store.write(lambda tx: tx.tenants.put(Tenant("slack:T1", "slack")))
    await stage.work()
    assert sorted(post.delivery for post in stage.chat.posts) == ["id-a", "id-b"]


async def test_a_dead_personal_token_is_forgotten_and_its_owner_told_once(stage: Stage) -> None:
    await stage.enrol()
    await stage.store.write(lambda tx: tx.tokens.put(MAYA, b"sealed"))
    dead = Refused("token_revoked", account_wide=True)
    stage.chat.script["read_status"].extend([dead, dead])
    await stage.add("s1", lane=Lane.STATUS, effect=SetStatus("maya", START))
    await stage.add("s2", lane=Lane.STATUS, effect=SetStatus("maya", START))
    await stage.work()
    known = await stage.store.read(lambda tx: (tx.accounts.get(MAYA), tx.tokens.get(MAYA)))
    assert known[0] is not None
    assert (known[0].connected, known[1]) == (False, None)
    assert len([post for post in stage.chat.posts if "disconnected" in post.message.summary]) == 1


async def test_a_definite_refusal_is_tried_three_times_then_parked_and_the_sender_told(stage: Stage) -> None:
    await stage.enrol()
    await stage.holding("h1", state=HoldState.RELEASING)
    stage.chat.script["post"].extend([Refused("channel_not_found")] * 3)
    await stage.add("a", effect=Digest("maya", ("h1",)))
    for _ in range(3):
        await stage.work()
        stage.clock.advance(61)
    await stage.work()
    assert (await stage.row("a")).state is DeliveryState.PARKED
    assert ((await stage.hold("h1")).state, (await stage.hold("h1")).text) == (HoldState.CANCELLED, None)
    assert [(post.to, post.message.summary) for post in stage.chat.posts] == [(SAM, "say:undelivered:h1")]


async def test_a_digest_gathers_what_waits_when_it_is_claimed_and_tells_the_sender(stage: Stage) -> None:
    await stage.enrol()
    await stage.holding("h1", "h2")
    await stage.add("d", effect=Digest("maya", ()))
    await stage.work()
    assert {(await stage.hold(h)).state for h in ("h1", "h2")} == {HoldState.DELIVERED}
    assert (await stage.hold("h1")).text is None
    assert [post.to for post in stage.chat.posts] == [MAYA, SAM]
    record = await stage.store.read(lambda tx: tx.people.get("maya"))
    assert record is not None
    assert record.state.digest_on == START.date()


async def test_a_cancelled_hold_is_not_in_the_digest_and_an_empty_digest_is_not_sent(stage: Stage) -> None:
    await stage.enrol()
    await stage.holding("h1", state=HoldState.CANCELLED)
    await stage.add("d", effect=Digest("maya", ()))
    await stage.work()
    assert (await stage.row("d")).state is DeliveryState.CANCELLED
    assert not stage.chat.posts


async def test_a_person_who_became_unavailable_gets_the_digest_later(stage: Stage) -> None:
    said = Said(Mode.FOCUS, START, START + timedelta(hours=2), START)
    await stage.enrol(said=(said,))
    await stage.holding("h1")
    await stage.add("d", effect=Digest("maya", ()))
    await stage.work()
    hold = await stage.hold("h1")
    assert (await stage.row("d")).state is DeliveryState.CANCELLED
    assert hold.state is HoldState.WAITING
    assert hold.release_at is not None
    assert hold.release_at >= said.until


async def test_a_digest_the_recipient_asked_for_goes_in_spite_of_their_norms(stage: Stage) -> None:
    await stage.enrol(said=(Said(Mode.FOCUS, START, START + timedelta(hours=2), START),))
    await stage.holding("h1", state=HoldState.RELEASING)
    await stage.add("d", effect=Digest("maya", ("h1",)), urgent=True)
    await stage.work()
    assert (await stage.hold("h1")).state is HoldState.DELIVERED


async def test_what_does_not_fit_one_digest_goes_in_the_next(stage: Stage) -> None:
    await stage.enrol()
    await stage.holding(*[f"h{number:02}" for number in range(20)])
    await stage.add("d", effect=Digest("maya", ()))
    await stage.work()
    assert len([post for post in stage.chat.posts if post.to == MAYA]) == 2
    assert {(await stage.hold(f"h{number:02}")).state for number in range(20)} == {HoldState.DELIVERED}


async def test_a_note_with_a_lost_answer_is_known_as_unknown_and_not_repeated(stage: Stage) -> None:
    await stage.holding("h1", channel="C1")
    stage.chat.script["note"].append(Lost())
    await stage.add("n", lane=Lane.NOTE, to=SAM, effect=SenderNote("sam", ("h1",)))
    await stage.work()
    stage.clock.advance(200)
    await stage.work()
    assert (await stage.row("n")).state is DeliveryState.UNKNOWN
    assert stage.chat.count("note") == 1


async def test_where_nothing_can_be_read_back_an_urgent_ping_is_repeated_once_and_says_so(
    stage: Stage,
) -> None:
    stage.chat.probes = False
    await stage.enrol()
    await stage.holding("h1", state=HoldState.RELEASING, urgency=Urgency.URGENT, reason="broken")
    stage.chat.script["post"].extend([Never(), Lost()])
    await stage.add("u", effect=UrgentPing("maya", "h1"), urgent=True)
    await stage.work()
    assert (await stage.row("u")).state is DeliveryState.UNKNOWN
    again = await stage.row("u:again")
    assert (again.state, again.attempt) == (DeliveryState.UNKNOWN, 1)
    assert len([post for post in stage.chat.posts if post.to == MAYA]) == 1
    assert (SAM, "say:undelivered:h1") in [(post.to, post.message.summary) for post in stage.chat.posts]


async def test_word_of_a_lost_message_is_said_again_where_nothing_can_be_read_back(stage: Stage) -> None:
    stage.chat.probes = False
    stage.chat.script["post"].extend([Never(), Lost()])
    await stage.add("lost", to=SAM, effect=Say("sam", "undelivered", (("hold", "h1"),)))
    await stage.work()
    assert (await stage.row("lost")).state is DeliveryState.UNKNOWN
    assert (await stage.row("lost:again")).state is DeliveryState.UNKNOWN
    assert len([post for post in stage.chat.posts if post.to == SAM]) == 1
    assert stage.chat.count("post") == 2


async def test_what_can_be_done_without_is_not_said_again(stage: Stage) -> None:
    stage.chat.probes = False
    stage.chat.script["post"].append(Never())
    await stage.add("tip", to=SAM, effect=Say("sam", "connect"))
    await stage.work()
    assert (await stage.row("tip")).state is DeliveryState.UNKNOWN
    assert stage.chat.count("post") == 1


async def test_a_nudge_whose_moment_has_passed_expires(stage: Stage) -> None:
    await stage.enrol()
    nudge = Nudge("maya", "end_of_day", START.date())
    await stage.add("n", effect=nudge, expires_at=START + timedelta(minutes=10))
    stage.clock.advance(660)
    await stage.work()
    assert (await stage.row("n")).state is DeliveryState.EXPIRED


async def test_a_row_that_cannot_be_built_is_parked_and_its_neighbours_go(stage: Stage) -> None:
    def compose(tx: Tx, vault: Vault, row: Delivery, now: datetime) -> Message:
        if row.key == "bad":
            raise ValueError("no key opens it")
        return Message(row.key, ())

    stage.compose = compose
    stage.performer = stage.another("poison")
    await stage.enrol()
    await stage.holding("h1")
    await stage.add("bad", effect=Digest("maya", ()))
    await stage.add("good")
    await stage.work()
    assert (await stage.row("bad")).state is DeliveryState.PARKED
    assert (await stage.row("good")).state is DeliveryState.DONE
    assert (await stage.hold("h1")).state is HoldState.CANCELLED
    assert "say:undelivered:h1" in [post.message.summary for post in stage.chat.posts]


async def test_tenants_take_turns_and_urgent_goes_first(stage: Stage) -> None:
    stage.timing = replace(TIMING, concurrency=1, quantum=1)
    stage.performer = stage.another("fair")
    for number in range(20):
        await stage.add(f"a{number:02}")
    other = Account("slack:T2", "UOTHER")
    for number in range(3):
        await stage.add(f"b{number}", to=other, due_at=START + timedelta(milliseconds=number + 1))
    await stage.add("urgent", urgent=True, due_at=START + timedelta(milliseconds=9))
    stage.clock.advance(1)
    await stage.work()
    order = [post.delivery for post in stage.chat.posts]
    assert order.index("id-urgent") <= 1
    assert max(order.index(f"id-b{number}") for number in range(3)) <= 6


async def test_a_tenant_that_hangs_leaves_room_for_the_others(stage: Stage) -> None:
    stage.timing = replace(TIMING, concurrency=4)
    stage.performer = stage.another("stuck")
    stage.chat.hold = asyncio.Event()
    for number in range(10):
        await stage.add(f"a{number}")
    await stage.performer.begin()
    await asyncio.sleep(0)
    assert stage.performer.busy == 3
    await stage.add("b", to=Account("slack:T2", "UOTHER"))
    await stage.performer.begin()
    assert stage.performer.busy == 4
    stage.chat.hold.set()
    stage.chat.hold = None
    await stage.work()
    assert len(stage.chat.posts) == 11


async def test_a_delivery_waits_for_the_one_it_comes_after(stage: Stage) -> None:
    await stage.add("second", after="first", urgent=True)
    await stage.add("first")
    await stage.work()
    assert [post.delivery for post in stage.chat.posts] == ["id-first", "id-second"]


async def test_a_home_page_that_is_unclear_is_published_again_later(stage: Stage) -> None:
    stage.chat.script["publish_home"].append(Never())
    await stage.add("h", lane=Lane.HOME, effect=PublishHome("maya", START))
    delay = await stage.work()
    assert delay == pytest.approx(5)
    stage.clock.advance(5)
    await stage.work()
    assert (await stage.row("h")).state is DeliveryState.DONE


async def test_after_a_reboot_of_the_host_quarantines_count_from_the_start(stage: Stage) -> None:
    await stage.performer.recover()
    await stage.add("a")
    await stage.store.write(lambda tx: tx.outbox.claim(["id-a"], "died", stage.clock.monotonic()))
    stage.clock.advance(80)
    stage.clock.seconds = 5.0  # boottime began anew
    await stage.performer.recover()
    await stage.work()
    assert not stage.chat.posts
    stage.clock.advance(91)
    await stage.work()
    assert len(stage.chat.posts) == 1


async def test_the_metrics_name_lanes_and_states_and_nobody(stage: Stage) -> None:
    await stage.add("a")
    await stage.work()
    text = stage.metrics.text().decode()
    assert 'boundary_deliveries_total{lane="message",state="done"} 1.0' in text
    assert "UMAYA" not in text
    assert "maya" not in text


async def test_a_message_that_never_gets_through_is_given_up_after_an_hour_and_the_sender_told(
    stage: Stage,
) -> None:
    await stage.enrol()
    await stage.holding("h1", state=HoldState.RELEASING)
    await stage.add("a", effect=Digest("maya", ("h1",)))
    for _ in range(60):
        stage.chat.script["post"].append(Never())
        await stage.work()
        if (await stage.row("a")).state is DeliveryState.PARKED:
            break
        stage.clock.advance(91)
    assert (await stage.row("a")).because == "tried_too_long"
    stage.chat.script.clear()
    stage.clock.advance(91)
    await stage.work()
    assert [post.message.summary for post in stage.chat.posts] == ["say:undelivered:h1"]


async def test_turns_that_never_left_the_house_do_not_count_against_a_message(stage: Stage) -> None:
    stage.chat.prices[Lane.MESSAGE] = (Cost("post", 1000, 100),)
    stage.chat.script["post"].extend([Wait(2, "post")] * 20)
    await stage.add("a")
    for _ in range(20):
        await stage.work()
        stage.clock.advance(2.1)
    stage.chat.script["post"].append(Never())
    await stage.work()
    stage.clock.advance(91)
    await stage.work()
    assert (await stage.row("a")).state is DeliveryState.DONE
