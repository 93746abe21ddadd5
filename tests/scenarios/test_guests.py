"""Guests of a workspace never learn when its members are available: they are turned away."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.inbound import Mentioned
from bot.ports import Tx
from tests.support.story import MONDAY, Story, account, profile

GUEST = replace(profile("kenji"), is_guest=True)
TURNED_AWAY = "Boundary Bot is for members, and you are a guest here. Please write to people directly."


@pytest.fixture
async def story() -> Story:
    """Maya is in focus, so that a member who mentions her would get a note."""
    found = Story()
    await found.enrol("maya")
    await found.says("maya", "/focus 90m")
    return found


@pytest.mark.parametrize("words", ["/boundary", "/boundary when @maya", "/boundary why @maya", "/focus 25m"])
async def test_no_command_answers_a_guest(story: Story, words: str) -> None:
    assert await story.says("kenji", words, GUEST) == TURNED_AWAY
    known = await story.store.read(lambda tx: tx.accounts.get(account("kenji")))
    assert known is not None
    assert (known.guest, known.person) == (True, "")


async def test_a_guests_message_is_not_held(story: Story) -> None:
    assert await story.says("kenji", "/later @maya are you there?", GUEST) == TURNED_AWAY
    assert await waiting(story) == 0


async def test_a_guest_who_mentions_somebody_gets_no_note(story: Story) -> None:
    mention = Mentioned(
        "slack:event:G1", account("kenji"), channel="C1", message="1.1", people=("U0MAYA",), link="https://x/p11",
        profiles={"U0KENJI": GUEST},
    )  # fmt: skip
    await story.handle(mention)
    await story.until(MONDAY.replace(hour=11))
    assert await waiting(story) == 0
    assert story.read("kenji") == []


async def test_whoever_becomes_a_member_is_answered(story: Story) -> None:
    await story.says("kenji", "/boundary when @maya", GUEST)
    assert await story.says("kenji", "/boundary when @maya", profile("kenji")) != TURNED_AWAY


async def waiting(story: Story) -> int:
    def count(tx: Tx) -> int:
        known = tx.accounts.get(account("maya"))
        assert known is not None
        return len(tx.holds.waiting_for(known.person))

    return await story.store.read(count)
