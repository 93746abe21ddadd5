"""`python -m tests.faults --kills 500`: the long form of the fault runs, printed as a table with its seed."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from adapters.clock import SystemClock
from adapters.playground.faults import Fault, FaultKind, Faults
from bot.failpoints import Failpoint
from tests.faults import slack_site, teams_site
from tests.faults.lives import Kill
from tests.faults.site import Site, Tally

SECONDS_PER_KILL = 1.0
PATIENCE = 3.0
"""Seconds in which a life that is to end at a failpoint may get there."""
TEAMS_SHARE = 5
"""Teams has one kill for so many on Slack: its messages go the same way, and each life takes longer."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of one platform's run."""

    tally: Tally
    struck: int
    seconds: float
    points: Sequence[Failpoint]

    @property
    def well(self) -> bool:
        """Nothing lost, nothing doubled, everything taken in once."""
        tally = self.tally
        return not (tally.lost or tally.twice or tally.left) and tally.kept == tally.pings


def main() -> int:
    """Exit code 0 if nothing was lost or doubled, 1 otherwise."""
    words = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    words.add_argument(
        "--kills", type=int, default=500, help="how often the bot is killed on Slack (default 500)"
    )
    words.add_argument(
        "--teams-kills", type=int, default=None, help=f"and on Teams (default one in {TEAMS_SHARE})"
    )
    words.add_argument("--seed", type=int, default=20261122, help="repeats a run")
    asked = words.parse_args()
    on_teams = asked.kills // TEAMS_SHARE if asked.teams_kills is None else asked.teams_kills
    well = True
    for name, kills, suffer in (("Slack", asked.kills, slack), ("Teams", on_teams, teams)):
        if kills:
            ran = asyncio.run(suffer(kills, asked.seed))
            show(name, ran, asked.seed)
            well = well and ran.well
    return 0 if well else 1


async def slack(kills: int, seed: int) -> Ran:
    """Kill the bot while people write to each other on Slack."""
    with tempfile.TemporaryDirectory(prefix="boundary-faults-") as folder:
        away = timedelta(minutes=kills * SECONDS_PER_KILL * 0.8)
        async with slack_site.site(Path(folder), seed=seed, away=away) as made:
            return await run(made, made.workspace.faults, "chat.postMessage", kills, slack_site.POINTS)


async def teams(kills: int, seed: int) -> Ran:
    """Kill the bot while people write to each other on Teams."""
    with tempfile.TemporaryDirectory(prefix="boundary-faults-") as folder:
        speed = teams_site.SPEED
        away = timedelta(seconds=kills * SECONDS_PER_KILL * 0.8 * speed)
        async with teams_site.teams_site(Path(folder), seed=seed, away=away, speed=speed) as made:
            return await run(made, made.world.faults, teams_site.SEND, kills, teams_site.POINTS)


async def run(made: Site, faults: Faults, post: str, kills: int, points: Sequence[Failpoint]) -> Ran:
    """Kill at every failpoint in turn and at random points, half and half, while people write."""
    started, span = SystemClock().monotonic(), kills * SECONDS_PER_KILL
    faults.add(Fault(FaultKind.DROP, post, probability=0.01))
    faults.add(Fault(FaultKind.RATE_LIMITED, post, probability=0.02, seconds=1))
    writing = asyncio.create_task(made.write(10 * kills, over=span))
    await made.suffer(_kills(made, kills, points))
    await made.start()
    await writing
    await made.settle(120)
    return Ran(made.count(), faults.struck, SystemClock().monotonic() - started, points)


def _kills(made: Site, kills: int, points: Sequence[Failpoint]) -> list[Kill]:
    return [
        Kill(points[number // 2 % len(points)], seconds=PATIENCE)
        if number % 2
        else Kill(seconds=made.random.uniform(0.05, 0.9))
        for number in range(kills)
    ]


def show(name: str, ran: Ran, seed: int) -> None:
    """The table of one platform."""
    tally = ran.tally
    rows = [
        ("platform", name),
        ("seed", seed),
        ("seconds", f"{ran.seconds:.0f}"),
        ("pings acknowledged", tally.pings),
        ("pings taken in", tally.kept),
        ("kills", tally.kills),
        ("answers spoilt", ran.struck),
        ("lost in silence", len(tally.lost)),
        ("not read, sender told", tally.told),
        ("read twice in silence", len(tally.twice)),
        ("stored twice, then withdrawn or marked", tally.copies - tally.left),
        ("copies left that do not say so", tally.left),
        *((f"died at {point.value}", tally.reached[point]) for point in ran.points),
    ]
    width = max(len(what) for what, _ in rows)
    sys.stdout.writelines(f"{what:<{width}}  {value}\n" for what, value in rows)
    sys.stdout.write("\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
