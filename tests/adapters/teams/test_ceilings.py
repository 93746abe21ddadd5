"""A crowd of deliveries, and messages past the outbox in between, at a tenant with Microsoft's limits."""

from __future__ import annotations

from dataclasses import replace

from adapters.playground.teams.records import TeamsUser
from bot.inbound import Account
from bot.metrics import Metrics
from bot.perform import Performer
from bot.ports import Done, Tx
from bot.records import AccountRecord, DeliveryState, Lane, Tenant
from bot.timing import Timing
from rules.effects import Say
from tests.support.outside import OpenVault, plain_text
from tests.support.records import delivery
from tests.support.slack_stage import sentence
from tests.support.teams_stage import TeamsStage, teams_stage


async def crowd(stage: TeamsStage, people: int, each: int) -> list[Account]:
    """`each` messages for everybody, all due at once; nobody's chat is open yet."""
    accounts = [stage.account(f"p{number}") for number in range(people)]
    for number, account in enumerate(accounts):
        name = f"p{number}"
        stage.world.add_user(TeamsUser(account.user, f"aad-{number}", name, f"{name}@x", "Etc/UTC"))

    def work(tx: Tx) -> None:
        tx.tenants.put(Tenant(stage.tenant, "teams"))
        for account in accounts:
            tx.accounts.put(AccountRecord(account))
            for number in range(each):
                row = delivery(f"d {account.user} {number}", to=account, effect=Say("p", "hello"))
                tx.outbox.add(replace(row, lane=Lane.MESSAGE, due_at=stage.clock.now()))

    await stage.store.write(work)
    return accounts


async def perform(stage: TeamsStage, besides: Account | None = None) -> float:
    """Perform everything, in time that jumps from one thing to do to the next; how many seconds passed.

    Whoever is named `besides` is written to past the outbox as well, as often as it works.
    """
    performer = Performer(
        store=stage.store, clock=stage.clock, chats={"teams": stage.chat}, vault=OpenVault(),
        timing=Timing(), owner="test", metrics=Metrics(), compose=plain_text,
    )  # fmt: skip
    begun = stage.time.monotonic()
    while (delay := await performer.step()) is not None:
        if besides:
            await stage.chat.post(besides, sentence("besides"), "d_2")
        stage.pass_by(max(delay, 0.001))
    return stage.time.monotonic() - begun


async def done(stage: TeamsStage) -> int:
    counts = await stage.store.read(lambda tx: dict(tx.outbox.counts()))
    assert set(counts) == {DeliveryState.DONE}
    return counts[DeliveryState.DONE]


def refused(stage: TeamsStage) -> int:
    return sum(count for (_, outcome), count in stage.world.audit.outcomes.items() if outcome != "ok")


async def test_one_persons_flood_stays_within_the_conversations_windows() -> None:
    async with teams_stage() as stage:
        (maya,) = await crowd(stage, 1, 70)
        took = await perform(stage, besides=maya)
        assert await done(stage) == 70
        assert refused(stage) == 0
        assert took >= 60


async def test_a_tenants_evening_stays_within_its_ceiling_and_uses_it() -> None:
    async with teams_stage() as stage:
        people = await crowd(stage, 150, 1)
        for account in people:
            await stage.meet_again(account)
        took = await perform(stage)
        assert await done(stage) == 150
        assert refused(stage) == 0
        assert took <= 150 / 30


async def test_people_whom_nobody_has_met_are_not_opened_all_at_once() -> None:
    async with teams_stage() as stage:
        await crowd(stage, 20, 1)
        await perform(stage)
        assert await done(stage) == 20
        assert stage.world.audit.arrivals["conversations.create"] == 20
        assert refused(stage) == 0
        assert isinstance(await stage.chat.post(stage.account("p0"), sentence("x"), "d"), Done)
