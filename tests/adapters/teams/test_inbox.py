"""The inbox: what was accepted is handled, in order, also after a crash, and nothing blocks it for ever."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from cryptography.fernet import Fernet

from adapters.stores.memory import MemoryStore
from adapters.teams.inbox import Inbox, Work
from adapters.vault import FernetVault
from bot.inbound import Inbound
from bot.ports import Reply, StoreError, Tx, Vault
from tests.support.clocks import FakeClock
from tests.support.story import PlainVault
from tests.support.teams_inbound import MAYA, inbound
from tests.support.waiting import until

TENANT = "teams:t1"


def nothing(tx: Tx, is_new: bool) -> None:
    return None


class Heard:
    """A worker that remembers; `gate` holds it back, `fails` says what it raises for a text."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.fails: Callable[[str], Exception | None] = lambda text: None
        self.running = self.most = 0

    async def __call__(self, tenant: str, activity: dict[str, Any]) -> None:
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await self.gate.wait()
            await asyncio.sleep(0)
            if error := self.fails(activity["text"]):
                raise error
            self.texts.append(activity["text"])
        finally:
            self.running -= 1


class Unremoving:
    """A store in a process that dies before it removes what it handled."""

    def __init__(self, store: MemoryStore) -> None:
        self._store, self._writes = store, 0

    async def write(self, work: Callable[[Tx], Any]) -> Any:
        self._writes += 1
        if self._writes > 1:
            await asyncio.Event().wait()
        return await self._store.write(work)


@asynccontextmanager
async def inbox(store: MemoryStore, work: Work, vault: Vault | None = None) -> AsyncIterator[Inbox]:
    """An inbox that has not started yet."""
    made = Inbox(store, vault or PlainVault(), FakeClock(), work)
    try:
        yield made
    finally:
        await made.close()


@pytest.fixture
async def store() -> AsyncIterator[MemoryStore]:
    made = MemoryStore()
    yield made
    await made.close()


async def put(box: Inbox, text: str, line: str = "a:1") -> bool:
    return await box.accept(TENANT, f"teams:{line}:{text}", line, {"text": text}, nothing)


async def left(store: MemoryStore) -> list[str]:
    return [parcel.key for parcel in await store.read(lambda tx: tx.inbox.waiting())]


async def test_parcels_of_a_conversation_stay_in_order(store: MemoryStore) -> None:
    work = Heard()
    async with inbox(store, work) as box:
        await box.start()
        await asyncio.gather(*(put(box, f"{number:02}") for number in range(20)))
        await until(lambda: not box.waiting)
        assert work.texts == sorted(work.texts)
        assert (len(work.texts), work.most) == (20, 1)
    assert await left(store) == []


async def test_conversations_are_handled_side_by_side_but_not_all_at_once(store: MemoryStore) -> None:
    work = Heard()
    work.gate.clear()
    async with inbox(store, work) as box:
        await box.start()
        for number in range(40):
            await put(box, "x", f"a:{number}")
        await until(lambda: work.running == 16)
        work.gate.set()
        await until(lambda: len(work.texts) == 40)
        assert work.most == 16


async def test_a_repeated_activity_is_kept_once(store: MemoryStore) -> None:
    work, told = Heard(), list[bool]()
    async with inbox(store, work) as box:
        await box.start()
        for _ in range(3):
            await box.accept(TENANT, "k", "a:1", {"text": "x"}, lambda tx, is_new: told.append(is_new))
        await until(lambda: not box.waiting)
        assert await put(box, "y")
        await until(lambda: len(work.texts) == 2)
    assert (work.texts, told) == (["x", "y"], [True, False, False])


async def test_what_was_accepted_before_a_crash_is_handled_first_by_the_next_run(store: MemoryStore) -> None:
    work = Heard()
    async with inbox(store, work) as crashed:
        await put(crashed, "one")  # never started: as if the process had died right after the answer
    async with inbox(store, work) as box:
        await put(box, "two")
        await box.start()
        await put(box, "three")
        await until(lambda: len(work.texts) == 3)
    assert work.texts == ["one", "two", "three"]


async def test_what_was_handled_but_not_removed_is_handled_again(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The application sees the same key and does nothing twice.
    monkeypatch.setattr("adapters.teams.inbox.CLOSE_WITHIN", 0.05)
    work = Heard()
    async with inbox(store, work) as box:
        await box.start()
        box._store = Unremoving(store)  # type: ignore[assignment]
        await put(box, "one")
        await until(lambda: work.texts == ["one"])
    async with inbox(store, work) as box:
        await box.start()
        await until(lambda: work.texts == ["one", "one"])
        await until(lambda: not box.waiting)
    assert await left(store) == []


async def test_a_poisonous_parcel_is_dropped_and_the_next_ones_are_handled(
    store: MemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    work = Heard()
    work.fails = lambda text: ValueError("family-dinner-mark") if text == "poison" else None
    async with inbox(store, work) as box:
        await box.start()
        for text in ("one", "poison", "two"):
            await put(box, text)
        await until(lambda: not box.waiting)
    assert work.texts == ["one", "two"]
    assert await left(store) == []
    assert "An activity was dropped: ValueError" in caplog.text
    assert "family-dinner-mark" not in caplog.text


async def test_while_the_store_fails_a_parcel_waits_and_what_is_behind_it_too(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.teams.inbox.FIRST_AGAIN", 0.001)
    failures = iter([StoreError("full"), StoreError("full"), StoreError("full")])
    work = Heard()
    work.fails = lambda text: next(failures, None) if text == "one" else None
    async with inbox(store, work) as box:
        await box.start()
        await put(box, "one")
        await put(box, "two")
        await put(box, "elsewhere", "a:2")
        await until(lambda: len(work.texts) == 3)
    assert [text for text in work.texts if text != "elsewhere"] == ["one", "two"]


async def test_closing_leaves_what_is_not_begun_to_the_next_run(store: MemoryStore) -> None:
    work = Heard()
    work.gate.clear()
    async with inbox(store, work) as box:
        await box.start()
        await put(box, "one")
        await put(box, "two")
        await until(lambda: work.running == 1)
        closing = asyncio.create_task(box.close())
        await asyncio.sleep(0)
        work.gate.set()
        await closing
    assert (work.texts, len(await left(store))) == (["one"], 1)


async def test_more_than_fits_into_memory_is_handled_in_order(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.teams.inbox.MOST", 6)
    monkeypatch.setattr("adapters.teams.inbox.PAGE", 4)
    work = Heard()
    work.gate.clear()
    async with inbox(store, work) as box:
        await box.start()
        for number in range(60):
            await put(box, f"{number:02}", f"a:{number % 3}")
            assert box.waiting <= 6
        work.gate.set()
        for number in range(60, 90):
            await put(box, f"{number:02}", f"a:{number % 3}")
        await until(lambda: len(work.texts) == 90)
        await until(lambda: not box.waiting)
    for line in range(3):
        mine = [text for text in work.texts if int(text) % 3 == line]
        assert mine == sorted(mine)
    assert await left(store) == []


class SlowReading:
    """A store whose readings are old when they arrive: `gate` holds back what was read."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self.write = store.write
        self.gate, self.reading = asyncio.Event(), asyncio.Event()

    async def read(self, work: Callable[[Tx], Any]) -> Any:
        found = await self._store.read(work)
        self.reading.set()
        await self.gate.wait()
        return found


async def test_what_is_done_while_the_store_is_read_is_not_done_again(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.teams.inbox.MOST", 2)
    work, gates = list[str](), {"one": asyncio.Event(), "two": asyncio.Event(), "three": asyncio.Event()}

    async def gated(tenant: str, activity: dict[str, Any]) -> None:
        await gates[activity["text"]].wait()
        work.append(activity["text"])

    async with inbox(store, gated) as box:
        await box.start()
        for text in gates:
            await put(box, text, f"a:{text}")  # the third has no room in memory
        slow = SlowReading(store)
        box._store = slow  # type: ignore[assignment]
        gates["one"].set()
        await slow.reading.wait()
        gates["two"].set()
        await until(lambda: "two" in work and box.waiting == 0)
        gates["three"].set()
        slow.gate.set()
        await until(lambda: "three" in work)
        await until(lambda: not box.waiting)
    assert work == ["one", "two", "three"]


async def test_what_people_wrote_is_sealed_and_not_logged(
    store: MemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    vault = FernetVault([Fernet.generate_key().decode()])
    async with inbox(store, Heard(), vault) as box:
        await put(box, "family-dinner-mark")
        parcel = (await store.read(lambda tx: tx.inbox.waiting()))[0]
    assert b"family-dinner" not in parcel.sealed
    assert "family-dinner" not in caplog.text
    other = FernetVault([Fernet.generate_key().decode()])
    work = Heard()
    async with inbox(store, work, other) as box:
        await box.start()
        await until(lambda: not box.waiting)
    assert (work.texts, await left(store)) == ([], [])


async def test_a_crash_between_accepting_and_handling_loses_nothing() -> None:
    store = MemoryStore()
    async with inbound(store=store, start=False) as crashed:
        await crashed.humans.say(MAYA, crashed.personal(MAYA), "today")
        await crashed.humans.say(MAYA, crashed.personal(MAYA), "waiting")
        assert crashed.script.heard == []
    async with inbound(store=store) as at:
        await at.heard(2)
        said = [getattr(each, "text", None) for each in at.script.heard]
        assert said == [("today",), ("waiting",)]
    await store.close()


async def test_the_connector_is_asked_to_come_again_when_nothing_could_be_kept() -> None:
    async with inbound() as at:

        async def full(work: object) -> None:
            raise StoreError("disk full")

        kept = at.adapter._dispatcher._inbox._store.write
        at.adapter._dispatcher._inbox._store.write = full  # type: ignore[method-assign, assignment]
        done = await at.humans.say(MAYA, at.personal(MAYA), "today")
        assert done.status == 503
        at.adapter._dispatcher._inbox._store.write = kept  # type: ignore[method-assign]


async def test_a_failing_application_store_has_the_parcel_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.teams.inbox.FIRST_AGAIN", 0.001)
    tries: list[Inbound] = []

    async def handler(heard: Inbound) -> Reply:
        tries.append(heard)
        if len(tries) < 3:
            raise StoreError("locked")
        return Reply()

    async with inbound(handler=handler) as at:
        await at.humans.say(MAYA, at.personal(MAYA), "today")
        await until(lambda: len(tries) == 3)
        await at.quiet()
        assert len({each.key for each in tries}) == 1
