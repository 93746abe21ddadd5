"""What a team says in its channels: posted once, found again after a lost answer, shown anew in its place,
and told in private where a channel does not take it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from adapters.stores.memory import MemoryStore
from bot.inbound import Account
from bot.messages.model import Message
from bot.metrics import Metrics
from bot.perform import REPEAT, Performer
from bot.planning import teaming
from bot.ports import OUTSIDERS, Refused, Tx, Unclear, Vault, Wait
from bot.records import (
    AccountRecord,
    Delivery,
    DeliveryState,
    Lane,
    PersonRecord,
    PersonState,
    Place,
    TeamRecord,
    TeamState,
    Tenant,
)
from bot.timing import Timing
from rules import Person
from rules.values import Team
from tests.support.outside import FaultyChat, HandClock, Lost, Never, OpenVault

TENANT, CHANNEL = "slack:T1", Account("slack:T1", "C1")
MEMBERS = {"maya": Account(TENANT, "UMAYA"), "sam": Account(TENANT, "USAM")}
KEY = f"team:platform:ballot:b1:{TENANT}:C1"


class Talk:
    """A team with two members and one channel, and a performer. `words` is what its ballot says."""

    def __init__(self) -> None:
        self.clock, self.store, self.metrics = HandClock(), MemoryStore(), Metrics()
        self.chat = FaultyChat(self.clock)
        self.words = "as it was"
        self.performer = self.another("first")
        self.record = TeamRecord(
            Team("platform", "UTC", members=tuple(MEMBERS)), TeamState(places=(Place(TENANT, "C1"),))
        )

    def another(self, owner: str) -> Performer:
        return Performer(
            store=self.store, clock=self.clock, chats={"slack": self.chat}, vault=OpenVault(),
            timing=Timing(guard=5, timeout=10, quarantine=90), owner=owner, metrics=self.metrics,
            compose=self._compose,
        )  # fmt: skip

    def _compose(self, tx: Tx, vault: Vault, row: Delivery, now: datetime) -> Message | None:
        return Message(self.words, ())

    async def settle(self) -> None:
        def work(tx: Tx) -> None:
            tx.tenants.put(Tenant(TENANT, "slack"))
            for name, account in MEMBERS.items():
                tx.accounts.put(AccountRecord(account, name))
                tx.people.put(PersonRecord(Person(name, "UTC"), PersonState(home=account)))
            tx.teams.put(self.record)

        await self.store.write(work)

    async def post(self, expires_at: datetime | None = None) -> None:
        now = self.clock.now()
        await self.store.write(
            lambda tx: teaming.post(tx, self.record, "ballot", "b1", now, expires_at=expires_at)
        )

    async def repost(self, turn: int, words: str) -> None:
        self.words = words
        now = self.clock.now()
        await self.store.write(lambda tx: teaming.repost(tx, self.record, "ballot", "b1", now, turn=turn))

    async def work(self) -> float | None:
        while (delay := await self.performer.step()) == 0.0:
            pass
        return delay

    async def row(self, key: str = KEY) -> Delivery:
        found = await self.store.read(lambda tx: tx.outbox.get(key))
        assert found is not None
        return found

    async def keys(self) -> list[str]:
        """The keys of what was told to members."""
        found = [f"team:platform:ballot:b1:{name}{end}" for name in MEMBERS for end in ("", ":again")]
        rows = await self.store.read(lambda tx: [tx.outbox.get(key) for key in found])
        return [row.key for row in rows if row is not None]

    def told(self) -> set[str]:
        """Who was told in private, by the accounts to which something was posted."""
        return {to.user for name, to, _ in self.chat.calls if name == "post"}

    def standing(self) -> list[tuple[str, str]]:
        return [(post.to.user, post.message.summary) for post in self.chat.standing()]


@pytest.fixture
async def team() -> AsyncIterator[Talk]:
    made = Talk()
    await made.settle()
    yield made
    await made.performer.drain()


async def test_a_post_stands_in_the_channel_once_and_nobody_is_told_in_private(team: Talk) -> None:
    for _ in range(2):
        await team.post()
        await team.work()
    row = await team.row()
    assert (row.state, row.ref, row.lane) == (DeliveryState.DONE, "C1:0", Lane.CHANNEL)
    assert team.standing() == [("C1", "as it was")]


async def test_two_workers_post_it_once(team: Talk) -> None:
    await team.post()
    other = team.another("second")
    await asyncio.gather(team.performer.step(), other.step(), team.performer.step())
    assert team.chat.count("announce") == 1


@pytest.mark.parametrize(
    "refused", [Refused(OUTSIDERS), Refused("not_in_channel"), Refused("Stopped", unreachable=True)]
)
async def test_what_a_channel_does_not_take_is_told_to_each_member_in_private(
    team: Talk, refused: Refused
) -> None:
    team.chat.script["announce"].append(refused)
    await team.post()
    await team.work()
    row = await team.row()
    assert (row.state, row.because) == (DeliveryState.PARKED, refused.code)
    assert team.told() == {"UMAYA", "USAM"}
    assert await team.store.read(lambda tx: tx.accounts.get(CHANNEL)) is None


async def test_a_lost_answer_is_read_back_in_the_channel_and_never_repeated(team: Talk) -> None:
    team.chat.script["announce"].append(Lost())
    await team.post()
    await team.work()
    assert (await team.row()).state is DeliveryState.SENDING
    team.clock.advance(91)
    await team.work()
    row = await team.row()
    assert (row.state, row.ref) == (DeliveryState.DONE, "C1:0")
    assert (team.chat.count("announce"), team.told()) == (1, set())


async def test_a_request_that_never_arrived_is_sent_again_after_looking(team: Talk) -> None:
    team.chat.script["announce"].append(Never())
    await team.post()
    await team.work()
    team.clock.advance(91)
    await team.work()
    assert [name for name, _, _ in team.chat.calls] == ["announce", "find", "announce"]
    assert team.standing() == [("C1", "as it was")]


async def test_a_second_copy_is_taken_back_once_no_other_can_appear(team: Talk) -> None:
    team.chat.script["announce"] += [Never(), Lost()]
    await team.post()
    await team.work()
    for _ in range(4):
        team.clock.advance(91)
        await team.work()
    assert len(team.chat.standing()) == 1
    assert (await team.row()).settle_at is None


async def test_where_nothing_can_be_read_back_a_lost_answer_is_told_in_private(team: Talk) -> None:
    team.chat.probes = False
    team.chat.script["announce"].append(Lost())
    await team.post()
    await team.work()
    assert (await team.row()).state is DeliveryState.UNKNOWN
    assert (team.chat.count("announce"), team.told()) == (1, {"UMAYA", "USAM"})


async def test_where_nothing_can_be_read_back_what_a_member_may_have_missed_is_told_once_more(
    team: Talk,
) -> None:
    team.chat.probes = False
    team.chat.script["announce"].append(Refused(OUTSIDERS))
    team.chat.script["post"] += [Lost(), Never()]
    await team.post()
    for _ in range(3):
        await team.work()
        team.clock.advance(91)
    again = [key for key in await team.keys() if key.endswith(":again")]
    assert len(again) == 2
    assert [(await team.row(key)).because for key in again] == [REPEAT, REPEAT]
    assert team.chat.count("post") == 4


async def test_a_post_that_comes_too_late_is_not_made(team: Talk) -> None:
    await team.post(expires_at=team.clock.now() + timedelta(hours=1))
    team.clock.advance(3601)
    await team.work()
    assert (await team.row()).state is DeliveryState.EXPIRED
    assert team.chat.calls == []


async def test_a_limit_of_the_channel_keeps_it_for_later(team: Talk) -> None:
    team.chat.script["announce"].append(Wait(7, "announce", "C1"))
    await team.post()
    await team.work()
    assert (await team.row()).state is DeliveryState.DUE
    team.clock.advance(8)
    await team.work()
    assert (await team.row()).state is DeliveryState.DONE


async def test_it_is_shown_anew_in_its_place(team: Talk) -> None:
    await team.post()
    await team.work()
    await team.repost(1, "one voted")
    await team.work()
    assert team.standing() == [("C1", "one voted")]
    assert (await team.row(f"{KEY}:1")).state is DeliveryState.DONE


async def test_of_many_changes_only_the_latest_is_shown(team: Talk) -> None:
    await team.post()
    for turn in range(1, 6):
        await team.repost(turn, f"{turn} voted")
    await team.work()
    assert (team.chat.count("revise"), team.standing()) == (1, [("C1", "5 voted")])
    assert (await team.row(f"{KEY}:1")).state is DeliveryState.CANCELLED


async def test_a_change_does_not_overtake_the_one_before_it(team: Talk) -> None:
    await team.post()
    await team.work()
    team.chat.hold = asyncio.Event()
    await team.repost(1, "one voted")
    await team.performer.begin()
    await asyncio.sleep(0)
    await team.repost(2, "two voted")
    other = team.another("second")
    await other.step()
    assert (await team.row(f"{KEY}:2")).state is DeliveryState.DUE
    team.chat.hold.set()
    await team.performer.drain()
    team.clock.advance(2)
    await team.work()
    assert team.standing() == [("C1", "two voted")]


async def test_an_unclear_change_is_made_again(team: Talk) -> None:
    await team.post()
    await team.work()
    team.chat.script["revise"].append(Unclear("reset"))
    await team.repost(1, "one voted")
    await team.work()
    team.clock.advance(60)
    await team.work()
    assert (team.chat.count("revise"), team.standing()) == (2, [("C1", "one voted")])


async def test_what_was_never_posted_is_not_shown_anew_and_members_are_told_once(team: Talk) -> None:
    team.chat.script["announce"].append(Refused(OUTSIDERS))
    await team.post()
    await team.repost(1, "one voted")
    await team.work()
    assert (await team.row(f"{KEY}:1")).state is DeliveryState.CANCELLED
    assert (team.chat.count("revise"), team.chat.count("post")) == (0, 2)


@pytest.mark.parametrize("refused", [Refused(OUTSIDERS), Refused("message_not_found")])
async def test_a_refused_change_is_told_to_nobody(team: Talk, refused: Refused) -> None:
    await team.post()
    await team.work()
    team.chat.script["revise"].append(refused)
    await team.repost(1, "one voted")
    await team.work()
    assert (await team.row(f"{KEY}:1")).state is DeliveryState.PARKED
    assert team.told() == set()
