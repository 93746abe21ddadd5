"""Fixtures of the commands."""

from __future__ import annotations

import pytest

from tests.support.story import Story


@pytest.fixture
async def story() -> Story:
    """Maya, Sam and Ana have enrolled; it is Monday 10:05 in Lisbon."""
    story = Story()
    await story.enrol("maya", "sam", "ana")
    return story
