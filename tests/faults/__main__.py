"""`python -m tests.faults --kills 500`: the long form of the fault run, printed as a table with its seed."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from adapters.clock import SystemClock
from adapters.playground.faults import Fault, FaultKind
from tests.faults.lives import Kill
from tests.faults.site import Site, Tally
from tests.faults.slack_site import POINTS, site

SECONDS_PER_KILL = 1.0
PATIENCE = 3.0
"""Seconds in which a life that is to end at a failpoint may get there."""


def main() -> int:
    """Exit code 0 if nothing was lost or doubled, 1 otherwise."""
    words = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    words.add_argument("--kills", type=int, default=500, help="how often the bot is killed (default 500)")
    words.add_argument(
        "--pings", type=int, default=0, help="how many messages are written (default 10 a kill)"
    )
    words.add_argument("--seed", type=int, default=20261122, help="repeats a run")
    asked = words.parse_args()
    started = SystemClock().monotonic()
    tally, struck = asyncio.run(run(asked.kills, asked.pings or 10 * asked.kills, asked.seed))
    show(tally, struck, asked.seed, SystemClock().monotonic() - started)
    return 0 if not (tally.lost or tally.twice or tally.left) else 1


async def run(kills: int, pings: int, seed: int) -> tuple[Tally, int]:
    """Kill at every failpoint in turn and at random points, half and half, while people write."""
    span = kills * SECONDS_PER_KILL
    with tempfile.TemporaryDirectory(prefix="boundary-faults-") as folder:
        async with site(Path(folder), seed=seed, away=timedelta(minutes=span * 0.8)) as made:
            faults = made.workspace.faults
            faults.add(Fault(FaultKind.DROP, "chat.postMessage", probability=0.01))
            faults.add(Fault(FaultKind.RATE_LIMITED, "chat.postMessage", probability=0.02, seconds=1))
            writing = asyncio.create_task(made.write(pings, over=span))
            await made.suffer(_kills(made, kills))
            await made.start()
            await writing
            await made.settle(120)
            return made.count(), faults.struck


def _kills(made: Site, kills: int) -> list[Kill]:
    points = POINTS
    planned = [
        Kill(points[number // 2 % len(points)], seconds=PATIENCE)
        if number % 2
        else Kill(seconds=made.random.uniform(0.05, 0.9))
        for number in range(kills)
    ]
    return planned


def show(tally: Tally, struck: int, seed: int, seconds: float) -> None:
    """The table."""
    rows = [
        ("seed", seed),
        ("seconds", f"{seconds:.0f}"),
        ("pings acknowledged", tally.pings),
        ("kills", tally.kills),
        ("answers spoilt", struck),
        ("lost", len(tally.lost)),
        ("read twice", len(tally.twice)),
        ("stored twice, then withdrawn", tally.copies - tally.left),
        ("copies left", tally.left),
        *((f"died at {point.value}", tally.reached[point]) for point in POINTS),
    ]
    width = max(len(name) for name, _ in rows)
    sys.stdout.writelines(f"{name:<{width}}  {value}\n" for name, value in rows)


if __name__ == "__main__":
    raise SystemExit(main())
