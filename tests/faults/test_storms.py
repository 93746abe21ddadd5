"""The platform misbehaves: answers get lost, calls come too soon, tokens die. Nothing is lost or doubled."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.playground.faults import Fault, FaultKind
from adapters.playground.records import TokenKind
from adapters.playground.seed import install
from tests.faults.slack_site import BOT, SlackSite, site

pytestmark = [pytest.mark.faults, pytest.mark.timeout(120)]
SEED = 7


async def storm(made: SlackSite, pings: int = 50) -> None:
    """People write while the faults that are on strike; then the weather clears."""
    await made.start()
    await made.write(pings, over=1.5)
    await asyncio.sleep(0.3)
    made.workspace.faults.clear()
    await made.settle()


@pytest.mark.parametrize("kind", [FaultKind.DROP, FaultKind.TRUNCATE, FaultKind.SLOW_ANSWER])
async def test_posts_whose_answer_is_lost_are_found_and_not_repeated(tmp_path: Path, kind: FaultKind) -> None:
    async with site(tmp_path, seed=SEED, away=timedelta(seconds=40)) as made:
        made.workspace.faults.add(Fault(kind, "chat.postMessage", probability=0.2, seconds=0.5))
        await storm(made)
        tally = made.count()
        assert made.workspace.faults.struck > 0
    assert (tally.lost, tally.twice, tally.copies) == ([], [], 0)


async def test_lost_requests_and_server_errors_lose_nothing(tmp_path: Path) -> None:
    async with site(tmp_path, seed=SEED, away=timedelta(seconds=40)) as made:
        made.workspace.faults.add(Fault(FaultKind.DROP, "chat.postMessage", probability=0.2, stores=False))
        made.workspace.faults.add(Fault(FaultKind.SERVER_ERROR, "chat.postMessage", probability=0.2))
        await storm(made)
        tally = made.count()
    assert (tally.lost, tally.twice, tally.left) == ([], [], 0)


async def test_posts_that_are_accepted_late_but_within_the_quarantine_are_not_doubled(tmp_path: Path) -> None:
    async with site(tmp_path, seed=SEED, away=timedelta(seconds=40)) as made:
        made.workspace.faults.add(
            Fault(FaultKind.SLOW_ACCEPT, "chat.postMessage", probability=0.3, seconds=0.33)
        )
        await storm(made)
        tally = made.count()
    assert (tally.lost, tally.twice, tally.copies) == ([], [], 0)


async def test_a_storm_of_refusals_for_coming_too_soon_loses_nothing(tmp_path: Path) -> None:
    async with site(tmp_path, seed=SEED, away=timedelta(seconds=40)) as made:
        too_soon = Fault(
            FaultKind.RATE_LIMITED, "chat.postMessage", probability=0.8, seconds=1, json_body=False
        )
        made.workspace.faults.add(too_soon)
        await storm(made)
        tally = made.count()
    assert (tally.lost, tally.twice, tally.copies) == ([], [], 0)


async def test_a_revoked_token_parks_the_work_which_goes_on_after_the_new_install(tmp_path: Path) -> None:
    async with site(tmp_path, seed=SEED, away=timedelta(minutes=1)) as made:
        await made.start()
        writing = asyncio.create_task(made.write(50, over=2))
        await asyncio.sleep(1.0)
        bot = made.workspace.token_of(TokenKind.BOT, BOT)
        assert bot is not None
        made.workspace.revoke(bot)
        await writing
        refused = made.workspace.audit.outcomes["chat.postMessage", "token_revoked"]
        await asyncio.sleep(1.0)
        assert made.workspace.audit.outcomes["chat.postMessage", "token_revoked"] == refused
        assert refused <= 16  # those under way at that moment; then nobody knocks any more
        await made.stop()
        made.token, _ = install(made.workspace)
        await made.start()
        await made.settle()
        tally = made.count()
    assert (tally.lost, tally.twice, tally.copies) == ([], [], 0)
