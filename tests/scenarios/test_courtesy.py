"""What makes the conversation considerate: the right place, names instead of ids, nobody's own quiet time."""

from __future__ import annotations

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
    assert [(each.channel, each.thread) for each in story.saw("ana", "note")] == [("C1", "1700.1"), ("C1", "")]


async def test_one_note_a_thread_is_enough(story: Story) -> None:
    await story.enrol("maya", "ana")
    await story.says("maya", "/focus 90m")
    await story.mentions("ana", "maya", thread="1700.1")
    await story.mentions("ana", "maya", thread="1700.1")
    assert len(story.saw("ana", "note")) == 1
    assert [hold.thread for hold in await story.holds("ana")] == ["1700.1", "1700.1"]
