"""What somebody wrote at the end of a day comes back, whatever keeps the morning's nudge from going out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.support.shown import shown
from tests.support.story import Story


def at(hour: int, minute: int = 0, day: int = 24) -> datetime:
    """An instant of that Tuesday in Lisbon."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.fixture
async def story() -> Story:
    """Maya has closed her Monday with a first step; it is Tuesday, ten to nine."""
    story = Story()
    await story.enrol("maya")
    await story.says("maya", "/boundary zone Europe/Lisbon")
    await story.says("maya", "/boundary hours mon-fri 09:00-17:00")
    await story.until(at(16, 50, day=23))
    await story.says("maya", "/boundary close call Ana")
    await story.until(at(8, 50))
    return story


def back(story: Story) -> list[datetime]:
    """When it came back."""
    return [each.at for each in story.saw("maya", "post") if "call Ana" in shown(each.message)]


@pytest.mark.parametrize("first", ["/boundary today", "/boundary mute start"])
@pytest.mark.parametrize(("minute", "comes"), [(0, at(9, 30)), (5, at(9, 35)), (30, at(10, 0))])
async def test_it_waits_for_the_end_of_a_focus_that_begins_as_it_is_sent(
    story: Story, first: str, minute: int, comes: datetime
) -> None:
    await story.says("maya", first)
    story.clock.at = at(9, minute)
    await story.says("maya", "/focus 30m")
    await story.until(at(16))
    assert back(story) == [comes]


async def test_it_comes_alone_where_the_nudge_expired_on_its_way(story: Story) -> None:
    story.clock.at = at(9)
    for person in await story.store.read(lambda tx: tx.people.due(at(9), 10)):
        await story.store.write(lambda tx, id=person: story._swept(tx, id))  # type: ignore[misc]
    story.clock.at = at(9, 11)  # the platform could not be reached until now
    await story.perform()
    await story.until(at(16))
    assert back(story) == [at(9, 11)]
    assert not [text for text in story.read("maya") if "What would make today a good day?" in text]


async def test_it_comes_once_with_a_nudge_that_goes_out(story: Story) -> None:
    await story.until(at(16))
    assert back(story) == [at(9)]
