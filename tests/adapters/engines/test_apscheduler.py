"""What only the embedded engine promises: stopping, naps, no data in APScheduler."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from adapters.engines import apscheduler
from adapters.engines.apscheduler import ApschedulerEngine
from tests.support.clocks import START, FakeClock


class Handled(list[str]):
    """Keys in the order in which they were handled."""

    def __init__(self) -> None:
        super().__init__()
        self._some = asyncio.Event()

    async def __call__(self, key: str) -> None:
        self.append(key)
        self._some.set()

    async def first(self) -> None:
        await asyncio.wait_for(self._some.wait(), 5)


async def test_stopping_lets_a_running_handler_finish() -> None:
    finished: list[str] = []
    begun = asyncio.Event()

    async def slow(key: str) -> None:
        begun.set()
        await asyncio.sleep(0.05)
        finished.append(key)

    engine = ApschedulerEngine(FakeClock())
    await engine.start(slow)
    engine.wake("sweep", START)
    await begun.wait()
    await engine.stop()
    assert finished == ["sweep"]


async def test_stopping_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apscheduler, "STOP_SECONDS", 0.02)
    begun = asyncio.Event()

    async def stuck(key: str) -> None:
        begun.set()
        await asyncio.Event().wait()

    engine = ApschedulerEngine(FakeClock())
    await engine.start(stuck)
    engine.wake("sweep", START)
    await begun.wait()
    async with asyncio.timeout(2):
        await engine.stop()


async def test_a_long_wait_is_looked_at_again_so_that_a_set_clock_cannot_delay_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The clock jumps without telling anyone, as the system's does after a suspend."""
    monkeypatch.setattr(apscheduler, "LONGEST_NAP", timedelta(seconds=0.02))
    handled = Handled()
    clock = FakeClock(speed=1.0)
    engine = ApschedulerEngine(clock)
    await engine.start(handled)
    engine.wake("sweep", START + timedelta(hours=8))
    clock._origin += timedelta(hours=9)
    await handled.first()
    await engine.stop()


async def test_a_stopped_engine_can_start_again_with_what_it_was_asked_meanwhile() -> None:
    handled = Handled()
    engine = ApschedulerEngine(FakeClock())
    await engine.start(handled)
    await engine.stop()
    engine.wake("sweep", START)
    await engine.start(handled)
    await handled.first()
    await engine.stop()


async def test_ten_thousand_wake_ups_for_one_key_are_one_job() -> None:
    handled = Handled()
    clock = FakeClock()
    engine = ApschedulerEngine(clock)
    await engine.start(handled)
    for number in range(10_000):
        engine.wake("sweep", START + timedelta(seconds=10 + number))
    clock.advance(days=1)
    await handled.first()
    await asyncio.sleep(0.02)
    assert handled == ["sweep"]
    await engine.stop()
