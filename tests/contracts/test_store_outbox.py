"""The contract of every outbox: the delivery protocol's rows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot.inbound import Account
from bot.ports import Store, StoreError, Tx
from bot.records import Delivery, DeliveryState, Lane, Tenant
from rules.effects import Digest, SetStatus
from tests.support.records import MAYA, NOW, SAM, delivery, later

TENANT = MAYA.tenant
ELSEWHERE = Account("slack:T2", "UMAYA")


def add(*deliveries: Delivery) -> Callable[[Tx], list[bool]]:
    return lambda tx: [tx.outbox.add(each) for each in deliveries]


def claim(*ids: str, owner: str = "worker", at: float = 100.0) -> Callable[[Tx], list[Delivery]]:
    return lambda tx: tx.outbox.claim(ids, owner, at)


def ready(**changes: int) -> Callable[[Tx], list[str]]:
    return lambda tx: [row.id for row in tx.outbox.ready(later(**changes), TENANT, 100)]


async def row(store: Store, id_: str = "d1") -> Delivery:
    found = await store.read(lambda tx: tx.outbox.get(f"key of {id_}"))
    assert found is not None
    return found


async def claimed(store: Store, id_: str = "d1", at: float = 100.0) -> Delivery:
    await store.write(add(delivery(id_)))
    [mine] = await store.write(claim(id_, at=at))
    return mine


async def test_a_delivery_comes_back_as_added(store: Store) -> None:
    full = delivery(
        lane=Lane.STATUS, effect=SetStatus("maya", NOW, later(hours=1), asked=True), urgent=True,
        expires_at=later(minutes=10), after="key of d0", due_at=later(microseconds=7), because="first",
    )  # fmt: skip
    await store.write(add(full))
    assert await row(store) == full
    assert await store.read(lambda tx: tx.outbox.get("no such key")) is None


async def test_deciding_twice_adds_once_whatever_became_of_it(store: Store) -> None:
    mine = await claimed(store)
    again = replace(delivery("other id"), key=mine.key)
    assert await store.write(add(again)) == [False]
    await store.write(lambda tx: tx.outbox.finish(mine, DeliveryState.DONE, ref="D1:1"))
    assert await store.write(add(again)) == [False]
    assert (await row(store)).state == DeliveryState.DONE


async def test_two_deliveries_cannot_share_an_id(store: Store) -> None:
    await store.write(add(delivery()))
    with pytest.raises(StoreError):
        await store.write(add(replace(delivery(), key="another key")))


async def test_a_claim_takes_what_is_due_and_nothing_else(store: Store) -> None:
    await store.write(add(delivery("d1"), delivery("d2")))
    assert [each.id for each in await store.write(claim("d2", owner="early"))] == ["d2"]
    [mine] = await store.write(claim("d2", "d1", "no such id", owner="late", at=7.5))
    assert mine == replace(
        delivery("d1"), state=DeliveryState.SENDING, owner="late", attempt=1, claimed_at=7.5
    )
    assert await row(store) == mine
    assert (await row(store, "d2")).owner == "early"


async def test_claims_come_in_the_order_asked_for(store: Store) -> None:
    await store.write(add(*(delivery(f"d{n}") for n in range(5))))
    assert [each.id for each in await store.write(claim("d3", "d1", "d4"))] == ["d3", "d1", "d4"]


async def test_of_many_that_claim_one_delivery_one_gets_it(
    stores: Callable[[], Awaitable[Store]],
) -> None:
    racers = [await stores(), await stores()]
    await racers[0].write(add(*(delivery(f"d{n}") for n in range(50))))
    wins = await asyncio.gather(
        *(racer.write(claim(f"d{n}")) for n in range(50) for racer in racers for _ in range(3))
    )
    assert sum(map(len, wins)) == 50


# What is ready ---------------------------------------------------------------------------------


async def test_ready_is_urgent_first_then_oldest_then_by_id(store: Store) -> None:
    await store.write(add(
        delivery("b", due_at=later(minutes=-1)), delivery("a", due_at=later(minutes=-1)),
        delivery("c", due_at=later(minutes=-9), lane=Lane.STATUS), delivery("d", urgent=True, lane=Lane.NOTE),
        delivery("e", due_at=later(seconds=1)), delivery("f", to=ELSEWHERE),
    ))  # fmt: skip
    assert await store.read(ready()) == ["d", "c", "a", "b"]
    assert await store.read(ready(seconds=1)) == ["d", "c", "a", "b", "e"]
    assert await store.read(lambda tx: [r.id for r in tx.outbox.ready(NOW, TENANT, 2)]) == ["d", "c"]


async def test_a_lane_left_out_does_not_hide_the_others(store: Store) -> None:
    statuses = [delivery(f"s{n}", lane=Lane.STATUS, urgent=True) for n in range(5)]
    await store.write(add(*statuses, delivery("m")))
    lanes = (Lane.MESSAGE, Lane.NOTE)
    assert [r.id for r in await store.read(lambda tx: tx.outbox.ready(NOW, TENANT, 3, lanes))] == ["m"]
    assert await store.read(lambda tx: tx.outbox.ready(NOW, TENANT, 3, ())) == []


@pytest.mark.parametrize("end", ["done", "parked", "unknown", "cancelled", "expired"])
async def test_a_delivery_waits_until_the_one_before_it_is_finished(store: Store, end: str) -> None:
    await store.write(add(delivery("first"), delivery("second", after="key of first")))
    assert await store.read(ready()) == ["first"]
    [first] = await store.write(claim("first"))
    assert await store.read(ready()) == []
    await store.write(lambda tx: tx.outbox.finish(first, DeliveryState(end)))
    assert await store.read(ready()) == ["second"]


async def test_waiting_for_a_delivery_that_does_not_exist_is_no_waiting(store: Store) -> None:
    await store.write(add(delivery("second", after="purged long ago")))
    assert await store.read(ready()) == ["second"]


async def test_blocked_deliveries_do_not_use_up_the_limit(store: Store) -> None:
    await store.write(add(delivery("first", due_at=later(hours=1)), delivery("free", due_at=NOW)))
    blocked = [delivery(f"b{n}", after="key of first", due_at=later(hours=-1)) for n in range(9)]
    await store.write(add(*blocked))
    assert [r.id for r in await store.read(lambda tx: tx.outbox.ready(NOW, TENANT, 1))] == ["free"]


async def test_tenants_with_something_due_come_in_order_of_their_oldest(store: Store) -> None:
    def work(tx: Tx) -> None:
        for n, wait in enumerate((-1, -3, 5, -2, -9)):
            tenant = f"slack:T{n}"
            tx.outbox.add(delivery(tenant, to=Account(tenant, "U"), due_at=later(seconds=wait)))
            tx.outbox.add(delivery(f"{tenant}+", to=Account(tenant, "U"), urgent=True))
        tx.tenants.put(Tenant("slack:T4", "slack", parked="token_revoked"))
        tx.tenants.put(Tenant("slack:T3", "slack"))

    await store.write(work)
    assert await store.read(lambda tx: tx.outbox.tenants_due(NOW)) == [
        "slack:T1", "slack:T3", "slack:T0", "slack:T2",
    ]  # fmt: skip
    assert await store.read(lambda tx: tx.outbox.tenants_due(later(seconds=-3))) == ["slack:T1"]


async def test_next_due_is_the_first_after_now_outside_parked_tenants(store: Store) -> None:
    assert await store.read(lambda tx: tx.outbox.next_due(NOW)) is None

    def work(tx: Tx) -> None:
        tx.outbox.add(delivery("now"))
        tx.outbox.add(delivery("later", due_at=later(minutes=9)))
        tx.outbox.add(delivery("urgent", due_at=later(minutes=8), urgent=True, lane=Lane.SNOOZE))
        tx.outbox.add(delivery("parked", due_at=later(minutes=1), to=ELSEWHERE))
        tx.tenants.put(Tenant(ELSEWHERE.tenant, "slack", parked="account_inactive"))

    await store.write(work)
    assert await store.read(lambda tx: tx.outbox.next_due(NOW)) == later(minutes=8)
    await store.write(claim("urgent"))
    assert await store.read(lambda tx: tx.outbox.next_due(NOW)) == later(minutes=9)
    assert await store.read(lambda tx: tx.outbox.next_due(later(minutes=9))) is None


# The fence -------------------------------------------------------------------------------------


async def test_the_owner_records_the_outcome_once(store: Store) -> None:
    mine = await claimed(store)

    def finish(tx: Tx) -> bool:
        return tx.outbox.finish(mine, DeliveryState.DONE, ref="D1:1.2", because="sent", settle_at=190.5)

    assert await store.write(finish)
    assert not await store.write(finish)
    done = await row(store)
    assert done == replace(
        mine, state=DeliveryState.DONE, ref="D1:1.2", because="sent", settle_at=190.5, claimed_at=None
    )


async def test_a_delivery_given_back_is_due_later_and_counts_refusals(store: Store) -> None:
    mine = await claimed(store)

    def give_back(tx: Tx) -> bool:
        due_at = later(seconds=30)
        return tx.outbox.finish(mine, DeliveryState.DUE, because="429", due_at=due_at, refused=True)

    await store.write(give_back)
    found = await row(store)
    assert (found.state, found.due_at) == (DeliveryState.DUE, later(seconds=30))
    assert (found.refused, found.attempt) == (1, 1)
    assert await store.read(ready()) == []
    [again] = await store.write(claim("d1", owner="next"))
    assert again.attempt == 2
    assert not await store.write(give_back)


@pytest.mark.parametrize("change", [{"owner": "zombie"}, {"attempt": 2}, {"state": DeliveryState.PROBING}])
async def test_nobody_else_records_an_outcome(store: Store, change: dict[str, object]) -> None:
    mine = await claimed(store)
    zombie = replace(mine, **change)  # type: ignore[arg-type]
    assert not await store.write(lambda tx: tx.outbox.finish(zombie, DeliveryState.DONE, ref="twice"))
    assert not await store.write(lambda tx: tx.outbox.rewrite(zombie, Digest("maya", ("other",))))
    assert not await store.write(lambda tx: tx.outbox.reclaim(zombie, "thief", 200.0))
    assert await row(store) == mine


async def test_a_delivery_that_nobody_claimed_cannot_be_finished(store: Store) -> None:
    await store.write(add(delivery()))
    assert not await store.write(lambda tx: tx.outbox.finish(delivery(), DeliveryState.DONE))
    assert not await store.write(lambda tx: tx.outbox.finish(delivery("gone"), DeliveryState.DONE))


async def test_what_is_being_sent_can_be_bound_by_its_owner(store: Store) -> None:
    mine = await claimed(store)
    assert await store.write(lambda tx: tx.outbox.rewrite(mine, Digest("maya", ("h1", "h2"))))
    assert (await row(store)).effect == Digest("maya", ("h1", "h2"))
    await store.write(lambda tx: tx.outbox.finish(mine, DeliveryState.DONE))
    assert not await store.write(lambda tx: tx.outbox.rewrite(mine, Digest("maya", ("h9",))))


# Quarantine, probing, settling -------------------------------------------------------------------


async def test_only_claims_older_than_the_quarantine_are_in_doubt(store: Store) -> None:
    for n in (3, 1, 2):
        await claimed(store, f"d{n}", at=float(n))
    await store.write(add(delivery("untouched")))
    assert [r.id for r in await store.read(lambda tx: tx.outbox.quarantined(3.0))] == ["d1", "d2"]
    assert [r.id for r in await store.read(lambda tx: tx.outbox.quarantined(9.0, limit=1))] == ["d1"]


async def test_a_reclaimed_delivery_is_probed_by_its_new_owner_only(store: Store) -> None:
    mine = await claimed(store)
    probing = await store.write(lambda tx: tx.outbox.reclaim(mine, "sweeper", 200.0))
    assert probing == replace(mine, state=DeliveryState.PROBING, owner="sweeper", claimed_at=200.0)
    assert not await store.write(lambda tx: tx.outbox.finish(mine, DeliveryState.DONE))
    assert [r.id for r in await store.read(lambda tx: tx.outbox.quarantined(201.0))] == ["d1"]
    assert await store.write(lambda tx: tx.outbox.finish(probing, DeliveryState.DUE))
    assert await store.read(ready()) == ["d1"]


async def test_of_those_that_reclaim_one_delivery_one_gets_it(
    stores: Callable[[], Awaitable[Store]],
) -> None:
    racers = [await stores(), await stores()]
    stale = [await claimed(racers[0], f"d{n}") for n in range(20)]
    wins = await asyncio.gather(*(
        racer.write(lambda tx, old=old, n=n: tx.outbox.reclaim(old, f"sweeper {n}", 300.0))
        for old in stale for racer in racers for n in range(3)
    ))  # fmt: skip
    assert sum(win is not None for win in wins) == 20


async def test_a_delivery_reclaimed_since_it_was_read_stays_with_its_prober(store: Store) -> None:
    mine = await claimed(store)
    probing = await store.write(lambda tx: tx.outbox.reclaim(mine, "sweeper", 200.0))
    assert probing is not None
    assert await store.write(lambda tx: tx.outbox.reclaim(probing, "sweeper", 300.0)) is not None
    assert await store.write(lambda tx: tx.outbox.reclaim(probing, "sweeper", 301.0)) is None


async def test_sent_deliveries_are_settled_once_their_time_has_come(store: Store) -> None:
    for n in (2, 1):
        mine = await claimed(store, f"d{n}")
        await store.write(
            lambda tx, mine=mine, n=n: tx.outbox.finish(mine, DeliveryState.DONE, settle_at=100.0 + n)
        )
    assert [r.id for r in await store.read(lambda tx: tx.outbox.to_settle(100.5))] == []
    [first, second] = await store.read(lambda tx: tx.outbox.to_settle(102.0))
    assert (first.id, second.id) == ("d1", "d2")
    await store.write(lambda tx: tx.outbox.settled(first))
    assert [r.id for r in await store.read(lambda tx: tx.outbox.to_settle(102.0))] == ["d2"]
    assert [r.id for r in await store.read(lambda tx: tx.outbox.to_settle(102.0, limit=0))] == []


async def test_after_a_reboot_quarantines_count_anew(store: Store) -> None:
    await claimed(store, "d1", at=900_000.0)
    mine = await claimed(store, "d2", at=900_000.0)
    await store.write(lambda tx: tx.outbox.finish(mine, DeliveryState.DONE, settle_at=900_090.0))
    await store.write(lambda tx: tx.outbox.restamp(5.0))
    assert await store.read(lambda tx: tx.outbox.quarantined(5.0)) == []
    assert [r.id for r in await store.read(lambda tx: tx.outbox.quarantined(5.1))] == ["d1"]
    assert [r.id for r in await store.read(lambda tx: tx.outbox.to_settle(5.0))] == ["d2"]


# Taking back, counting, forgetting -----------------------------------------------------------------


async def test_only_what_is_still_due_can_be_cancelled(store: Store) -> None:
    await claimed(store, "d1")
    await store.write(add(delivery("d2")))
    keys = ["key of d1", "key of d2", "key of d2", "no such key"]
    assert await store.write(lambda tx: tx.outbox.cancel(keys)) == 1
    assert await store.write(claim("d2")) == []
    assert ((await row(store)).state, (await row(store, "d2")).state) == ("sending", "cancelled")


async def test_a_crowded_edge_is_counted_by_lane(store: Store) -> None:
    edge = [delivery(f"s{n}", lane=Lane.STATUS, due_at=later(minutes=n), urgent=n == 2) for n in range(5)]
    elsewhere = delivery("t2", lane=Lane.STATUS, to=ELSEWHERE, due_at=later(minutes=2))
    await store.write(add(*edge, delivery("m", due_at=later(minutes=2)), elsewhere))
    await store.write(claim("s3"))
    count = await store.read(lambda tx: tx.outbox.armed(TENANT, "status", later(minutes=1), later(minutes=4)))
    assert count == 3


async def test_counts_are_by_state(store: Store) -> None:
    await claimed(store, "d1")
    await store.write(add(delivery("d2"), delivery("d3")))
    assert dict(await store.read(lambda tx: tx.outbox.counts())) == {"due": 2, "sending": 1}


async def test_a_forgotten_persons_deliveries_are_gone(store: Store) -> None:
    await store.write(add(delivery("d1"), delivery("d2", to=SAM), delivery("d3", to=ELSEWHERE)))
    await store.write(claim("d1"))
    await store.write(lambda tx: tx.outbox.remove_person([MAYA, ELSEWHERE]))
    assert dict(await store.read(lambda tx: tx.outbox.counts())) == {"due": 1}
    assert await store.read(ready()) == ["d2"]


async def test_finished_and_settled_deliveries_are_purged_by_age(store: Store) -> None:
    ends = {"done": DeliveryState.DONE, "parked": DeliveryState.PARKED, "unsettled": DeliveryState.DONE}
    for id_, end in ends.items():
        mine = await claimed(store, id_)
        settle = 9.0 if id_ == "unsettled" else None
        await store.write(lambda tx, m=mine, e=end, s=settle: tx.outbox.finish(m, e, settle_at=s))
    await claimed(store, "sending")
    await store.write(add(delivery("due"), delivery("new", due_at=later(days=2))))
    await store.write(lambda tx: tx.outbox.cancel(["key of new"]))
    assert await store.write(lambda tx: tx.outbox.purge(NOW)) == 0
    assert await store.write(lambda tx: tx.outbox.purge(later(microseconds=1))) == 2
    assert dict(await store.read(lambda tx: tx.outbox.counts())) == {
        "done": 1, "sending": 1, "due": 1, "cancelled": 1,
    }  # fmt: skip
    assert await store.write(add(delivery("done"))) == [True]
