"""What makes the conversation considerate: the right place, names instead of ids, nobody's own quiet time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.support.story import Story


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
