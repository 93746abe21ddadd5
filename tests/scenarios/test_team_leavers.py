"""Whoever is no member any more hears nothing more in private, however long it waited for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.ports import Tx
from tests.support.story import MONDAY, Story, account
from tests.support.team_story import CORE, team_of

Step = Callable[[Story], Awaitable[object]]


async def leaves(story: Story) -> None:
    await story.says("sam", "/boundary team leave platform")


async def becomes_a_guest(story: Story) -> None:
    def work(tx: Tx) -> None:
        known = tx.accounts.get(account("sam"))
        assert known is not None
        tx.accounts.put(replace(known, guest=True))

    await story.store.write(work)


async def stays(story: Story) -> None:
    """Nothing happens."""


async def told_after(step: Step) -> list[str]:
    """What Sam, whose own norms let nothing through when it was proposed, reads once they do."""
    story = await team_of("maya", "sam")
    await story.says("maya", "/boundary team here off")
    await story.says("sam", "/focus 90m")
    before = len(story.read("sam"))
    await story.says("maya", CORE)
    assert len(story.read("sam")) == before
    await step(story)
    await story.until(MONDAY + timedelta(days=1))
    return [each for each in story.read("sam")[before:] if "13:00-15:00" in each]


@pytest.mark.parametrize(("step", "heard"), [(stays, 1), (leaves, 0), (becomes_a_guest, 0)])
async def test_a_ballot_that_waited_reaches_members_only(step: Step, heard: int) -> None:
    assert len(await told_after(step)) == heard
