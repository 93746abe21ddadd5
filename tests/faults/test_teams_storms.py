"""Teams misbehaves: answers get lost, calls come too soon, people are out of reach.

Every ping arrives or its sender hears of it; a copy says that it may be one; nobody knocks before they may.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.playground.faults import Fault, FaultKind
from tests.faults.fast import TIMING
from tests.faults.teams_site import SEND, SPEED, TeamsSite, teams_site

pytestmark = [pytest.mark.faults, pytest.mark.timeout(120)]
SEED = 7


async def storm(made: TeamsSite, pings: int = 40) -> None:
    """People write while the faults that are on strike; then the weather clears."""
    await made.start()
    await made.write(pings, over=1.5)
    await asyncio.sleep(0.3)
    made.world.faults.clear()
    await made.settle()


async def test_whatever_happens_to_answers_a_ping_arrives_or_its_sender_hears_and_copies_say_so(
    tmp_path: Path,
) -> None:
    async with teams_site(tmp_path, seed=SEED, away=timedelta(minutes=5)) as made:
        for kind in (FaultKind.DROP, FaultKind.TRUNCATE, FaultKind.SLOW_ANSWER):
            made.world.faults.add(Fault(kind, SEND, probability=0.08, seconds=0.5))
        made.world.faults.add(Fault(FaultKind.DROP, SEND, probability=0.08, stores=False))
        made.world.faults.add(Fault(FaultKind.SERVER_ERROR, SEND, probability=0.08, status=502))
        made.world.faults.add(Fault(FaultKind.SERVER_ERROR, SEND, probability=0.08, status=412))
        await storm(made)
        tally = made.count()
    assert (tally.lost, tally.twice, tally.kept) == ([], [], tally.pings)
    assert tally.copies > 0


async def test_no_window_is_exceeded_and_nobody_comes_back_before_retry_after(tmp_path: Path) -> None:
    """In real time, so that Retry-After and the windows are Teams' own; nobody has enrolled, so that a few
    people are told a lot at once."""
    async with teams_site(tmp_path, seed=SEED, away=None, speed=1.0) as made:
        made.recipients = 4
        made.world.faults.add(Fault(FaultKind.RATE_LIMITED, SEND, probability=0.2, seconds=1))
        await storm(made)
        tally = made.count()
        assert made.world.faults.struck > 5
        assert made.too_early(1.0) == 0
    assert (tally.lost, tally.twice, tally.copies, tally.over_limit) == ([], [], 0, 0)


async def test_people_out_of_reach_are_not_knocked_at_again_and_senders_hear_of_it(tmp_path: Path) -> None:
    async with teams_site(tmp_path, seed=SEED, away=timedelta(minutes=5)) as made:
        blocked, gone = made.recipient(0), made.recipient(1)
        made.world.users[blocked].blocked = True
        made.world.users[gone].installed = False
        made.recipients = 4
        await storm(made)
        tally = made.count()
        knocked = [made.knocks(user) for user in (blocked, gone)]
        with closing(sqlite3.connect(made.database)) as reader:
            marked = dict(reader.execute("SELECT user, unreachable FROM accounts WHERE unreachable <> ''"))
    assert (tally.lost, tally.twice, tally.copies) == ([], [], 0)
    assert tally.told > 0
    assert marked == {blocked: "ConversationBlockedByUser", gone: "BotNotInConversationRoster"}
    for times in knocked:
        assert times[-1] - times[0] < TIMING.timeout * SPEED, "only what was on its way already"
