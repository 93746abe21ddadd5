"""The contract of every store: where to send to, and what was accepted and is not handled yet."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot.inbound import Account
from bot.ports import Store, Tx
from bot.records import Conversation, Parcel
from tests.support.records import NOW, TEAMS_MAYA, conversation, later, parcel

TENANT = TEAMS_MAYA.tenant


class Stumble(Exception):
    """A work that fails on purpose."""


async def waiting(store: Store, limit: int = 500) -> list[str]:
    return await store.read(lambda tx: [each.key for each in tx.inbox.waiting(limit)])


# Conversations -----------------------------------------------------------------------------------


async def test_a_conversation_comes_back_as_stored(store: Store) -> None:
    thread = Conversation(
        TENANT, "19:t@thread.tacv2;messageid=17", "https://smba.example/amer/", "channel",
        team="19:team", channel="19:t@thread.tacv2", home="1700",
    )  # fmt: skip
    await store.write(lambda tx: tx.conversations.put(replace(thread, service_url="", home="wanted")))
    await store.write(lambda tx: tx.conversations.put(thread))
    assert await store.read(lambda tx: tx.conversations.get(TENANT, thread.id)) == thread
    assert await store.read(lambda tx: tx.conversations.get(TENANT, "19:t@thread.tacv2")) is None
    assert await store.read(lambda tx: tx.conversations.get("teams:other", thread.id)) is None


async def test_a_removed_conversation_is_gone_and_its_neighbours_are_not(store: Store) -> None:
    def work(tx: Tx) -> None:
        tx.conversations.put(conversation("a:1"))
        tx.conversations.put(conversation("a:2"))
        tx.conversations.remove(TENANT, "a:1")
        tx.conversations.remove(TENANT, "a:3")

    await store.write(work)
    found = await store.read(lambda tx: [tx.conversations.get(TENANT, id_) for id_ in ("a:1", "a:2")])
    assert found == [None, conversation("a:2")]


async def test_forgetting_a_user_forgets_their_own_chats_in_their_own_tenant(store: Store) -> None:
    kept = [
        conversation("19:crew", kind="groupChat", user=""),
        conversation("a:kenji", user="29:kenji"),
        conversation("a:elsewhere", tenant="teams:other"),
    ]

    def work(tx: Tx) -> None:
        for each in (conversation("a:old"), conversation("a:new"), *kept):
            tx.conversations.put(each)
        tx.conversations.remove_user(TEAMS_MAYA)
        tx.conversations.remove_user(Account(TENANT, ""))

    await store.write(work)
    keys = [(TENANT, "a:old"), (TENANT, "a:new"), *((each.tenant, each.id) for each in kept)]
    found = await store.read(lambda tx: [tx.conversations.get(*key) for key in keys])
    assert found == [None, None, *kept]


# Inbox -------------------------------------------------------------------------------------------


async def test_a_parcel_comes_back_as_added_until_it_is_removed(store: Store) -> None:
    full = Parcel("teams:a:maya:1700", TENANT, "a:maya", b"\x00\xff", later(microseconds=1))
    assert await store.write(lambda tx: tx.inbox.add(full))
    assert await store.read(lambda tx: tx.inbox.waiting()) == [full]
    await store.write(lambda tx: tx.inbox.remove(full.key))
    await store.write(lambda tx: tx.inbox.remove("never there"))
    assert await store.read(lambda tx: tx.inbox.waiting()) == []


async def test_parcels_wait_in_the_order_in_which_they_came_whatever_their_clocks_say(store: Store) -> None:
    parcels = [parcel(key, at=later(minutes=-n)) for n, key in enumerate(("c", "a", "d", "b"))]
    await store.write(lambda tx: [tx.inbox.add(each) for each in parcels[:3]])
    await store.write(lambda tx: tx.inbox.remove("d"))
    await store.write(lambda tx: tx.inbox.add(parcels[3]))
    assert await waiting(store) == ["c", "a", "b"]
    assert await waiting(store, limit=2) == ["c", "a"]


async def test_a_failed_removal_leaves_the_parcel_in_its_place(store: Store) -> None:
    await store.write(lambda tx: [tx.inbox.add(parcel(key)) for key in ("c", "a", "b")])

    def failing(tx: Tx) -> None:
        tx.inbox.remove("c")
        tx.inbox.add(parcel("d"))
        raise Stumble

    with pytest.raises(Stumble):
        await store.write(failing)
    assert await waiting(store) == ["c", "a", "b"]
    assert await store.write(lambda tx: tx.inbox.add(parcel("d")))


async def test_a_parcel_that_comes_again_is_kept_once_even_after_it_was_handled(store: Store) -> None:
    again = parcel(sealed=b"again", at=later(seconds=15))
    assert await store.write(lambda tx: (tx.inbox.add(parcel()), tx.inbox.add(again))) == (True, False)
    assert await store.read(lambda tx: tx.inbox.waiting()) == [parcel()]
    await store.write(lambda tx: tx.inbox.remove("p1"))
    assert not await store.write(lambda tx: tx.inbox.add(again))
    assert await waiting(store) == []


async def test_inbox_and_once_know_of_each_other(store: Store) -> None:
    assert await store.write(lambda tx: tx.once.first("seen", NOW))
    assert not await store.write(lambda tx: tx.inbox.add(parcel("seen")))
    assert await store.write(lambda tx: tx.inbox.add(parcel("new")))
    assert not await store.write(lambda tx: tx.once.first("new", NOW))


async def test_purging_what_was_seen_keeps_what_still_waits_and_keeps_it_once(store: Store) -> None:
    await store.write(lambda tx: tx.inbox.add(parcel()))
    assert await store.write(lambda tx: tx.once.purge(later(days=7))) == 1
    assert not await store.write(lambda tx: tx.inbox.add(parcel(at=later(days=7))))
    assert await store.read(lambda tx: tx.inbox.waiting()) == [parcel()]
    await store.write(lambda tx: (tx.inbox.remove("p1"), tx.once.purge(later(days=14))))
    assert await store.write(lambda tx: tx.inbox.add(parcel(at=later(days=14))))


async def test_what_waits_of_one_conversation_is_forgotten(store: Store) -> None:
    def work(tx: Tx) -> None:
        for each in (
            parcel("p1"), parcel("p2", line="19:crew"), parcel("p3"), parcel("p4", tenant="teams:other"),
        ):  # fmt: skip
            tx.inbox.add(each)
        tx.inbox.remove_line(TENANT, "a:maya")

    await store.write(work)
    assert await waiting(store) == ["p2", "p4"]
    assert not await store.write(lambda tx: tx.inbox.add(parcel("p1")))


async def test_of_eight_that_deliver_the_same_parcel_exactly_one_is_kept(
    stores: Callable[[], Awaitable[Store]],
) -> None:
    racers = [await stores() for _ in range(2)] * 4
    keys = [f"p{number}" for number in range(100)]
    added = await asyncio.gather(
        *(racer.write(lambda tx, k=key: tx.inbox.add(parcel(k))) for key in keys for racer in racers)
    )
    assert added.count(True) == 100
    assert len(await waiting(racers[0])) == 100


async def test_a_parcel_is_sealed_anew_in_its_place(store: Store) -> None:
    await store.write(lambda tx: [tx.inbox.add(parcel(key)) for key in ("a", "b")])

    def reseal(tx: Tx) -> None:
        tx.inbox.reseal("a", b"anew")
        tx.inbox.reseal("gone", b"anew")

    await store.write(reseal)
    found = await store.read(lambda tx: tx.inbox.waiting())
    assert found == [replace(parcel("a"), sealed=b"anew"), parcel("b")]
