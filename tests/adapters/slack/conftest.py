"""A stage per test: the local workspace, our adapter, and a scripted application."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.slack_stage import Stage, raised_stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with raised_stage() as raised:
        yield raised
