"""The tenant of every test here."""

from collections.abc import AsyncIterator

import pytest

from tests.support.teams_wire import Stage, raised_stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with raised_stage() as made:
        yield made
