"""The contract of every store: transactions, people, and what may happen only once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from bot.ports import Store, StoreError, Tx
from bot.records import Marks, PersonRecord, PersonState
from rules.statuses import Ours, Status
from tests.support.records import MAYA, NOW, delivery, later, person, record


class Stumble(Exception):
    """A work that fails on purpose."""


def fail_after(work: Callable[[Tx], object]) -> Callable[[Tx], None]:
    def failing(tx: Tx) -> None:
        work(tx)
        raise Stumble

    return failing


async def test_a_write_returns_what_its_work_returns(store: Store) -> None:
    assert await store.write(lambda tx: ("any", 1)) == ("any", 1)


async def test_a_read_sees_what_was_written_before_it(store: Store) -> None:
    await store.write(lambda tx: tx.meta.put("seed", "7"))
    assert await store.read(lambda tx: tx.meta.get("seed")) == "7"


async def test_a_work_sees_its_own_writes(store: Store) -> None:
    def work(tx: Tx) -> list[str]:
        tx.people.put(record("maya"))
        tx.people.put(record("sam"))
        tx.people.remove("maya")
        return tx.people.due(NOW, 10)

    assert await store.write(work) == ["sam"]


async def test_a_failing_work_changes_nothing_and_its_error_reaches_the_caller(store: Store) -> None:
    await store.write(lambda tx: tx.people.put(record("maya")))

    def work(tx: Tx) -> None:
        tx.people.put(record("maya", next_at=later(hours=5)))
        tx.people.put(record("sam"))
        tx.outbox.add(delivery())
        tx.once.first("slack:event:Ev1", NOW)
        tx.meta.put("seed", "7")

    with pytest.raises(Stumble):
        await store.write(fail_after(work))

    def look(tx: Tx) -> tuple[object, ...]:
        return tx.people.due(NOW, 10), tx.people.get("sam"), tx.outbox.get("key of d1"), tx.meta.get("seed")

    assert await store.read(look) == (["maya"], None, None, None)
    assert await store.write(lambda tx: tx.once.first("slack:event:Ev1", NOW))


async def test_a_failing_work_does_not_take_its_neighbours_with_it(store: Store) -> None:
    def put(number: int) -> Callable[[Tx], object]:
        def work(tx: Tx) -> None:
            tx.meta.put(str(number), "here")

        return fail_after(work) if number % 3 == 0 else work

    works = (store.write(put(number)) for number in range(60))
    results = await asyncio.gather(*works, return_exceptions=True)
    assert [number for number, result in enumerate(results) if result] == list(range(0, 60, 3))
    kept = await store.read(lambda tx: [number for number in range(60) if tx.meta.get(str(number))])
    assert kept == [number for number in range(60) if number % 3]


async def test_a_work_may_raise_anything(store: Store) -> None:
    def stop(tx: Tx) -> None:
        raise StopIteration

    with pytest.raises((RuntimeError, StopIteration)):
        await asyncio.wait_for(store.write(stop), 5)


async def test_a_cancelled_caller_leaves_the_store_working(store: Store) -> None:
    task = asyncio.ensure_future(store.write(lambda tx: tx.meta.put("a", "1")))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await store.write(lambda tx: 5) == 5


async def test_a_read_cannot_write(store: Store) -> None:
    with pytest.raises(StoreError, match=r"Store\.write"):
        await store.read(lambda tx: tx.meta.put("seed", "7"))
    assert await store.read(lambda tx: tx.meta.get("seed")) is None


async def test_a_failing_read_leaves_the_store_working(store: Store) -> None:
    with pytest.raises(Stumble):
        await store.read(fail_after(lambda tx: tx.meta.get("seed")))
    assert await store.read(lambda tx: tx.meta.get("seed")) is None


async def test_a_second_opening_sees_what_the_first_wrote(stores: Callable[[], Awaitable[Store]]) -> None:
    first, second = await stores(), await stores()
    await first.write(lambda tx: tx.people.put(record("maya")))
    assert await second.read(lambda tx: tx.people.due(NOW, 10)) == ["maya"]


async def test_a_closed_store_says_so_and_closes_twice(stores: Callable[[], Awaitable[Store]]) -> None:
    store = await stores()
    await store.close()
    await store.close()
    with pytest.raises(StoreError, match="closed"):
        await store.read(lambda tx: None)
    with pytest.raises(StoreError, match="closed"):
        await store.write(lambda tx: None)


# People ------------------------------------------------------------------------------------------


async def test_a_person_comes_back_as_stored(store: Store) -> None:
    ours = Ours(Status("Back at 19:30", ":fork_and_knife:", later(hours=1)), None, NOW)
    marks = Marks(MAYA, ours, snoozed_until=later(hours=1), dnd=(NOW, later(hours=8), NOW))
    state = PersonState(home=MAYA, name="Zoë \ud83d", met=True, marks=(marks,))
    stored = PersonRecord(person(), state, later(microseconds=1))
    await store.write(lambda tx: tx.people.put(stored))
    assert await store.read(lambda tx: tx.people.get("maya")) == replace(stored, version=1)
    assert await store.read(lambda tx: tx.people.get("nobody")) is None


async def test_each_put_raises_the_version_by_one(store: Store) -> None:
    def put_twice(tx: Tx) -> int:
        tx.people.put(record("maya"))
        tx.people.put(record("maya"))
        return tx.people.get("maya").version  # type: ignore[union-attr]

    assert await store.write(put_twice) == 2
    await store.write(lambda tx: tx.people.put(replace(record("maya"), version=77)))
    found = await store.read(lambda tx: tx.people.get("maya"))
    assert found is not None
    assert found.version == 3


async def test_norms_changed_after_reading_are_stored(store: Store) -> None:
    await store.write(lambda tx: tx.people.put(record("maya")))

    def move(tx: Tx) -> None:
        found = tx.people.get("maya")
        assert found is not None
        tx.people.put(replace(found, person=replace(found.person, zone="Asia/Tokyo")))
        tx.people.put(replace(found, person=found.person, next_at=None))
        tx.people.put(replace(found, person=replace(found.person, zone="Africa/Cairo")))

    await store.write(move)
    found = await store.read(lambda tx: tx.people.get("maya"))
    assert found is not None
    assert found.person.zone == "Africa/Cairo"


async def test_norms_put_back_after_a_failed_change_are_the_old_ones(store: Store) -> None:
    await store.write(lambda tx: tx.people.put(record("maya")))
    moved = person(zone="Asia/Tokyo")
    with pytest.raises(Stumble):
        await store.write(fail_after(lambda tx: tx.people.put(PersonRecord(moved, PersonState()))))
    await store.write(lambda tx: tx.people.put(PersonRecord(moved, PersonState())))
    found = await store.read(lambda tx: tx.people.get("maya"))
    assert found is not None
    assert found.person == moved


async def test_people_are_due_from_their_instant_on_earliest_first(store: Store) -> None:
    def work(tx: Tx) -> None:
        for id_, wait in (("lee", 2), ("maya", 0), ("ana", -3), ("sam", 0)):
            tx.people.put(record(id_, next_at=later(seconds=wait)))
        tx.people.put(record("kenji", next_at=None))

    await store.write(work)
    assert await store.read(lambda tx: tx.people.due(NOW, 10)) == ["ana", "maya", "sam"]
    assert await store.read(lambda tx: tx.people.due(NOW, 2)) == ["ana", "maya"]
    assert await store.read(lambda tx: tx.people.due(later(microseconds=-1), 10)) == ["ana"]
    assert await store.read(lambda tx: tx.people.next_at()) == later(seconds=-3)


async def test_without_anything_due_there_is_no_next_instant(store: Store) -> None:
    assert await store.read(lambda tx: tx.people.next_at()) is None
    await store.write(lambda tx: tx.people.put(record("maya", next_at=None)))
    assert await store.read(lambda tx: (tx.people.next_at(), tx.people.due(NOW, 1))) == (None, [])


async def test_ids_come_a_page_at_a_time(store: Store) -> None:
    await store.write(lambda tx: [tx.people.put(record(f"p{n}")) for n in (3, 1, 4, 2, 5)])
    assert await store.read(lambda tx: tx.people.ids(limit=2)) == ["p1", "p2"]
    assert await store.read(lambda tx: tx.people.ids("p2")) == ["p3", "p4", "p5"]


async def test_a_removed_person_is_gone_and_begins_anew(store: Store) -> None:
    def work(tx: Tx) -> PersonRecord | None:
        tx.people.put(record("maya"))
        tx.people.remove("maya")
        tx.people.remove("nobody")
        assert tx.people.get("maya") is None
        assert tx.people.next_at() is None
        tx.people.put(record("maya"))
        return tx.people.get("maya")

    found = await store.write(work)
    assert found is not None
    assert found.version == 1


async def test_an_instant_of_another_zone_is_the_same_instant(store: Store) -> None:
    lisbon_summer = timezone(timedelta(hours=1))
    await store.write(lambda tx: tx.people.put(record("maya", next_at=NOW.astimezone(lisbon_summer))))
    assert await store.read(lambda tx: tx.people.next_at()) == NOW


async def test_a_naive_instant_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="aware UTC datetime"):
        await store.write(lambda tx: tx.people.put(record("maya", next_at=datetime(2026, 1, 1))))  # noqa: DTZ001
    assert await store.read(lambda tx: tx.people.get("maya")) is None


# Once --------------------------------------------------------------------------------------------


async def test_a_key_is_first_once(store: Store) -> None:
    assert await store.write(lambda tx: [tx.once.first("Ev1", NOW) for _ in range(3)]) == [True, False, False]
    assert not await store.write(lambda tx: tx.once.first("Ev1", later(days=1)))
    assert await store.write(lambda tx: tx.once.first("Ev2", NOW))


async def test_a_secret_is_consumed_once_and_in_time(store: Store) -> None:
    def issue(tx: Tx) -> None:
        tx.once.issue("state", "for maya", later(minutes=5))
        tx.once.issue("late", "for sam", later(minutes=5))

    await store.write(issue)
    assert await store.write(lambda tx: tx.once.consume("late", later(minutes=5))) is None
    assert await store.write(lambda tx: tx.once.consume("state", later(minutes=4))) == "for maya"
    assert await store.write(lambda tx: tx.once.consume("state", later(minutes=4))) is None
    assert await store.write(lambda tx: tx.once.consume("never issued", NOW)) is None


async def test_secrets_are_withdrawn_by_their_payload(store: Store) -> None:
    def issued(tx: Tx) -> None:
        for secret, payload in (("one", "maya"), ("two", "maya"), ("three", "sam")):
            tx.once.issue(secret, payload, later(minutes=5))

    await store.write(issued)
    await store.write(lambda tx: tx.once.withdraw("maya"))
    secrets = ("one", "two", "three")
    found = await store.write(lambda tx: [tx.once.consume(each, NOW) for each in secrets])
    assert found == [None, None, "sam"]


async def test_of_eight_that_race_for_a_secret_exactly_one_gets_it(
    stores: Callable[[], Awaitable[Store]],
) -> None:
    racers = [await stores() for _ in range(2)] * 4
    secrets = [f"state {number}" for number in range(200)]
    await racers[0].write(lambda tx: [tx.once.issue(secret, "yes", later(minutes=5)) for secret in secrets])
    consumed = await asyncio.gather(
        *(racer.write(lambda tx, s=secret: tx.once.consume(s, NOW)) for secret in secrets for racer in racers)
    )
    assert len(consumed) == 1600
    assert consumed.count("yes") == 200


async def test_what_was_seen_or_issued_is_purged_by_age(store: Store) -> None:
    def work(tx: Tx) -> tuple[object, ...]:
        tx.once.first("old", NOW)
        tx.once.first("new", later(hours=2))
        tx.once.issue("old", "", NOW)
        tx.once.issue("new", "kept", later(hours=2))
        purged = tx.once.purge(later(hours=1))
        kept = tx.once.consume("new", later(hours=1))
        return purged, kept, tx.once.first("old", NOW), tx.once.first("new", NOW)

    assert await store.write(work) == (2, "kept", True, False)
