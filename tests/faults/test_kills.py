"""The bot is killed wherever it may be; the workspace counts what arrived: nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
import signal
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.playground.faults import Fault, FaultKind
from bot.failpoints import Failpoint
from tests.faults.lives import Kill
from tests.faults.slack_site import POINTS, SlackSite, served, site

pytestmark = [pytest.mark.faults, pytest.mark.timeout(170)]
SEED = 20261122


def unreliable(made: SlackSite) -> None:
    """One answer in a hundred is lost after the post was stored, one call in fifty comes too soon."""
    made.workspace.faults.add(Fault(FaultKind.DROP, "chat.postMessage", probability=0.01))
    made.workspace.faults.add(Fault(FaultKind.RATE_LIMITED, "chat.postMessage", probability=0.02, seconds=1))


async def test_killed_at_every_failpoint_and_30_random_points_nothing_is_lost_or_doubled(
    tmp_path: Path,
) -> None:
    async with site(tmp_path, seed=SEED, away=timedelta(minutes=20)) as made:
        unreliable(made)
        kills = [Kill(point) for point in POINTS]
        kills += [Kill(seconds=made.random.uniform(0.05, 0.9)) for _ in range(30)]
        writing = asyncio.create_task(made.write(500, over=20))
        await made.suffer(kills)
        await made.start()
        await writing
        await made.settle()
        tally = made.count()
    assert (tally.lost, tally.twice, tally.left) == ([], [], 0), f"seed {SEED}"
    assert tally.kept == tally.pings
    assert set(tally.reached) == set(POINTS)


async def test_the_real_command_survives_kills_too(tmp_path: Path) -> None:
    async with served(tmp_path, seed=SEED) as made:
        first = asyncio.create_task(made.write(10, over=1))
        await made.suffer([Kill(Failpoint.AFTER_CALL, nth=2)])
        second = asyncio.create_task(made.write(10, over=1))
        await made.suffer([Kill(Failpoint.AFTER_HANDLE_COMMIT)])
        await made.start()
        await asyncio.gather(first, second)
        await made.settle()
        tally = made.count()
        assert await made.stop() == 0
    assert (tally.lost, tally.twice, tally.left, tally.over_limit) == ([], [], 0, 0), f"seed {SEED}"
    assert set(tally.reached) == {Failpoint.AFTER_CALL, Failpoint.AFTER_HANDLE_COMMIT}


async def test_a_process_that_was_stopped_and_goes_on_sends_nothing_twice(tmp_path: Path) -> None:
    async with site(tmp_path, seed=SEED, away=timedelta(minutes=1)) as made:
        await made.start()
        writing = asyncio.create_task(made.write(60, over=4))
        for _ in range(3):
            await asyncio.sleep(made.random.uniform(0.1, 0.5))
            assert made.life is not None
            made.life.signal(signal.SIGSTOP)
            await asyncio.sleep(1.2)  # twice the quarantine
            made.life.signal(signal.SIGCONT)
        await writing
        await made.settle()
        tally = made.count()
    assert (tally.lost, tally.twice, tally.left) == ([], [], 0), f"seed {SEED}"


async def test_a_rolling_restart_finishes_what_is_under_way(tmp_path: Path) -> None:
    async with site(tmp_path, seed=SEED, away=timedelta(minutes=1)) as made:
        writing = asyncio.create_task(made.write(40, over=3))
        for _ in range(3):
            await made.start()
            await asyncio.sleep(0.8)
            assert await made.stop() == 0
        await made.start()
        await writing
        await made.settle()
        tally = made.count()
    assert (tally.lost, tally.twice, tally.copies) == ([], [], 0), f"seed {SEED}"
