"""The contract of every engine: wake-ups come, in time, one at a time per key, whatever handlers do."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta

import pytest

from adapters.engines.apscheduler import ApschedulerEngine
from adapters.engines.manual import ManualEngine
from bot.ports import Engine
from tests.support.clocks import START, FakeClock

FAST = 1000.0  # a minute in 60 ms
PRIVATE = "family dinner with Zoë"


class Bench:
    """An engine, its clock and what was handled: (key, instant)."""

    def __init__(self, kind: str) -> None:
        self.clock = FakeClock()
        self.manual = ManualEngine()
        self.engine: Engine = self.manual if kind == "manual" else ApschedulerEngine(self.clock)
        self.handled: list[tuple[str, datetime]] = []
        self.during: Callable[[str], None] = lambda key: None
        self.gate: asyncio.Event | None = None
        self.begun = asyncio.Event()
        self.most_at_once = 0
        self._at_once = 0

    @property
    def keys(self) -> list[str]:
        return [key for key, _ in self.handled]

    async def handle(self, key: str) -> None:
        self.handled.append((key, self.clock.now()))
        self.begun.set()
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            if self.gate is not None:
                await self.gate.wait()
            self.during(key)
        finally:
            self._at_once -= 1

    async def start(self) -> None:
        await self.engine.start(self.handle)

    async def turn(self) -> None:
        """Give the engine a little real time."""
        if self.engine is self.manual:
            await self.manual.fire(self.clock.now())
        await asyncio.sleep(0.002)

    async def until(self, handled: int) -> None:
        """Wait for that many runs, then a little longer for one too many."""
        async with asyncio.timeout(5):
            while len(self.handled) < handled:
                await self.turn()
        await self.rest()
        assert len(self.handled) == handled

    async def rest(self) -> None:
        for _ in range(5):
            await self.turn()


@pytest.fixture(params=["apscheduler", "manual"])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    made = Bench(request.param)
    yield made
    if made.gate is not None:
        made.gate.set()
    await made.engine.stop()


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


async def test_a_wake_up_comes_at_its_instant_and_not_before(bench: Bench) -> None:
    bench.clock.set(speed=FAST)
    await bench.start()
    due = bench.clock.now() + timedelta(seconds=30)
    bench.engine.wake("sweep", due)
    await bench.until(1)
    assert bench.handled[0][1] >= due


async def test_a_wake_up_in_the_past_comes_at_once_even_while_paused(bench: Bench) -> None:
    await bench.start()
    bench.engine.wake("sweep", at(-3600))
    await bench.until(1)


async def test_wake_ups_asked_for_before_the_start_are_kept(bench: Bench) -> None:
    bench.engine.wake("sweep", at(-1))
    bench.engine.wake("other", at(60))
    await bench.start()
    await bench.until(1)
    bench.clock.advance(minutes=1)
    await bench.until(2)
    assert bench.keys == ["sweep", "other"]


async def test_of_several_wake_ups_for_a_key_the_earliest_wins(bench: Bench) -> None:
    await bench.start()
    for seconds in (60, 20, 40, 20):
        bench.engine.wake("sweep", at(seconds))
    bench.clock.set(now=at(19))
    await bench.rest()
    assert bench.handled == []
    bench.clock.set(now=at(20))
    await bench.until(1)


async def test_keys_do_not_wait_for_each_other(bench: Bench) -> None:
    await bench.start()
    for number in range(20):
        bench.engine.wake(f"key {number}", at(number))
    bench.clock.set(now=at(9))
    await bench.until(10)
    assert sorted(bench.keys) == [f"key {number}" for number in range(10)]


async def test_a_paused_clock_holds_wake_ups_until_it_goes_on(bench: Bench) -> None:
    bench.clock.set(speed=FAST)
    await bench.start()
    bench.engine.wake("sweep", bench.clock.now() + timedelta(hours=1))
    bench.clock.set(speed=0.0)
    await bench.rest()
    assert bench.handled == []
    bench.clock.set(speed=100 * FAST)
    await bench.until(1)


async def test_a_jump_over_the_instant_wakes_at_once(bench: Bench) -> None:
    await bench.start()
    bench.engine.wake("sweep", at(86_400))
    bench.clock.advance(days=2)
    await bench.until(1)


async def test_a_handler_may_ask_for_its_next_wake_up(bench: Bench) -> None:
    bench.during = lambda key: bench.engine.wake(key, at(len(bench.handled) * 10))
    await bench.start()
    bench.engine.wake("sweep", at(0))
    for run in range(4):
        bench.clock.set(now=at(run * 10))
        await bench.until(run + 1)


async def test_a_failing_handler_is_logged_without_its_words_and_stops_nothing(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(key: str) -> None:
        raise ValueError(PRIVATE)

    bench.during = fail
    await bench.start()
    with caplog.at_level(logging.ERROR):
        bench.engine.wake("sweep", at(0))
        await bench.until(1)
    assert "ValueError" in caplog.text
    assert PRIVATE not in caplog.text
    bench.engine.wake("sweep", at(0))
    await bench.until(2)


async def test_a_wake_up_during_a_run_is_kept_and_runs_after_it(bench: Bench) -> None:
    bench.gate = asyncio.Event()
    await bench.start()
    bench.engine.wake("sweep", at(0))
    turns = asyncio.ensure_future(bench.until(2))
    await bench.begun.wait()
    bench.engine.wake("sweep", at(-5))
    await asyncio.sleep(0.02)
    assert len(bench.handled) == 1
    bench.gate.set()
    await turns
    assert bench.most_at_once == 1


async def test_after_the_stop_nothing_comes(bench: Bench) -> None:
    await bench.start()
    bench.engine.wake("sweep", at(10))
    await bench.engine.stop()
    bench.engine.wake("sweep", at(-1))
    bench.clock.advance(hours=1)
    await bench.rest()
    assert bench.handled == []
    await bench.engine.stop()
