"""The bot is killed while it delivers to Teams, where nothing can be read back.

Nothing is lost in silence, nothing stands twice without saying so, and what was accepted is done once.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.playground.faults import Fault, FaultKind
from tests.faults.lives import Kill
from tests.faults.teams_site import POINTS, SEND, TeamsSite, teams_site

pytestmark = [pytest.mark.faults, pytest.mark.timeout(170)]
SEED = 20261122


def unreliable(made: TeamsSite) -> None:
    """One answer in fifty is lost after the message was stored, one call in fifty comes too soon."""
    made.world.faults.add(Fault(FaultKind.DROP, SEND, probability=0.02))
    made.world.faults.add(Fault(FaultKind.RATE_LIMITED, SEND, probability=0.02, seconds=1))


async def test_killed_at_every_failpoint_nothing_is_lost_in_silence_or_stands_twice_in_silence(
    tmp_path: Path,
) -> None:
    async with teams_site(tmp_path, seed=SEED, away=timedelta(minutes=150)) as made:
        unreliable(made)
        kills = [Kill(point) for point in POINTS]
        kills += [Kill(seconds=made.random.uniform(0.05, 0.9)) for _ in range(4)]
        writing = asyncio.create_task(made.write(180, over=12))
        await made.suffer(kills)
        await made.start()
        await writing
        await made.settle(60)
        tally = made.count()
    assert (tally.lost, tally.twice) == ([], []), f"seed {SEED}"
    assert tally.kept == tally.pings
    assert set(tally.reached) == set(POINTS)
