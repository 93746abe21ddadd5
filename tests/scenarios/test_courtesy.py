"""What makes the conversation considerate: the right place, names instead of ids, nobody's own quiet time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.inbound import Pressed
from bot.messages.actions import Act
from bot.records import HoldState
from tests.support.shown import shown
from tests.support.story import MONDAY, Story, account


@pytest.fixture
def story() -> Story:
    return Story()


async def test_the_note_about_a_mention_in_a_thread_stands_in_that_thread(story: Story) -> None:
    await story.enrol("maya", "ana")
    await story.says("maya", "/focus 90m")
    await story.mentions("ana", "maya", thread="1700.1")
    await story.mentions("ana", "maya")
    assert [each.thread for each in story.saw("ana", "note")] == ["1700.1", ""]


async def test_one_note_a_thread_is_enough(story: Story) -> None:
    await story.enrol("maya", "ana")
    await story.says("maya", "/focus 90m")
    await story.mentions("ana", "maya", thread="1700.1")
    await story.mentions("ana", "maya", thread="1700.1")
    assert len(story.saw("ana", "note")) == 1
    assert [hold.thread for hold in await story.holds("ana")] == ["1700.1", "1700.1"]


async def test_a_new_ping_judges_nothing_but_itself(story: Story) -> None:
    await story.enrol("maya", "ana", "kenji")
    await story.says("maya", "/focus 90m")
    await story.says("ana", "/later @maya hello")
    first = (await story.holds("ana"))[0]
    assert first.release_at is not None
    moved = replace(first, release_at=first.release_at + timedelta(hours=1))
    await story.store.write(lambda tx: tx.holds.put(moved))
    await story.says("kenji", "/later @maya hello")
    assert (await story.holds("ana"))[0] == moved
    second = (await story.holds("kenji"))[0]
    assert second.release_at is not None
    assert (await story.record("maya")).next_at <= second.release_at  # type: ignore[operator]


async def test_where_a_message_landed_is_told_when_its_sender_is_back_themself(story: Story) -> None:
    await story.enrol("maya", "ana")
    await story.says("maya", "/focus 30m")
    await story.says("ana", "/later @maya hello")
    await story.says("ana", "/focus 3h")
    await story.until(MONDAY + timedelta(hours=2))
    assert any("hello" in each for each in story.read("maya"))
    assert story.read("ana") == []
    await story.until(MONDAY + timedelta(hours=3))
    assert [each.at for each in story.saw("ana", "post")] == [MONDAY + timedelta(hours=3)]
    assert story.read("ana")[0].startswith("Your message reached Maya at 10:")


async def test_a_release_that_moves_is_told_when_its_sender_is_back_themself(story: Story) -> None:
    await story.enrol("maya", "ana")
    await story.says("maya", "/focus 30m")
    await story.says("ana", "/later @maya hello")
    await story.says("ana", "/focus 1h")
    await story.says("maya", "/focus 3h")
    assert story.read("ana") == []
    await story.until(MONDAY + timedelta(hours=1))
    assert "changed their plans" in story.read("ana")[0]


async def test_what_connecting_adds_is_told_in_working_time() -> None:
    story = Story(connect=True, now=MONDAY.replace(hour=20))
    await story.enrol("maya")
    assert story.read("maya") == []
    await story.until(MONDAY + timedelta(days=1))
    offers = [each for each in story.saw("maya", "post") if "[Connect\u2026]" in shown(each.message)]
    assert [each.at for each in offers] == [MONDAY.replace(day=24, hour=9, minute=0)]


async def test_a_text_that_no_key_opens_is_not_delivered_and_its_sender_is_told(story: Story) -> None:
    await story.enrol("maya", "ana")
    await story.says("maya", "/focus 30m")
    await story.says("ana", "/later @maya lost words")
    await story.says("ana", "/later @maya kept words")
    lost, kept = await story.holds("ana")
    sealed = story.vault.seal("lost words", "hold:other")
    await story.store.write(lambda tx: tx.holds.put(replace(lost, text=sealed)))
    reply = await story.handle(Pressed(story.key(), account("ana"), Act.EDIT_HOLD, lost.id))
    assert "cannot open that text any more" in shown(reply.message)
    await story.until(MONDAY + timedelta(hours=1))
    digest = next(each for each in story.read("maya") if "kept words" in each)
    assert "Ana wrote something that I cannot open any more" in digest
    states = {hold.id: hold.state for hold in await story.holds("ana")}
    assert states == {lost.id: HoldState.CANCELLED, kept.id: HoldState.DELIVERED}
    told = story.read("ana")
    assert "Your message could not be delivered to Maya. Please write to them directly." in told
    assert sum(each.startswith("Your message reached Maya") for each in told) == 1
