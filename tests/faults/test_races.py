"""Taking back and changing race with the release: acknowledged means never sent, too late says so."""

from __future__ import annotations

import asyncio
import random

import pytest

from bot.messages.actions import hold_in
from bot.records import HoldState
from tests.support.shown import button, shown
from tests.support.story import Story

pytestmark = pytest.mark.faults


@pytest.mark.parametrize("seed", range(60))
async def test_a_cancel_that_was_acknowledged_is_never_sent_and_a_late_one_says_so(seed: int) -> None:
    dice = random.Random(seed)
    story = Story()
    await story.enrol("maya")
    await story.says("maya", "/focus 30m")
    answers = [(await story.command("sam", f"/later @maya secret {n}")).message for n in range(6)]
    release = (await story.holds("sam"))[0].release_at
    assert release is not None
    story.clock.at = release

    async def later(turns: int, act: object) -> object:
        for _ in range(turns):
            await asyncio.sleep(0)
        return await act  # type: ignore[misc]

    cancels = [later(dice.randrange(12), story.press("sam", answer, "Cancel")) for answer in answers]
    *replies, _ = await asyncio.gather(*cancels, later(dice.randrange(12), story.sweep()))
    await story.sweep()

    read = " ".join(story.read("maya"))
    held = {hold.id: hold for hold in await story.holds("sam")}
    for number, (reply, answer) in enumerate(zip(replies, answers, strict=True)):
        hold, _ = hold_in(button(answer, "Cancel").value)
        taken_back = held[hold].state is HoldState.CANCELLED
        assert taken_back == (f"secret {number}" not in read), f"seed {seed}"
        said = shown(reply.message)  # type: ignore[attr-defined]
        assert ("on its way" in said or "delivered" in said) != taken_back, f"seed {seed}: {said}"
