"""Fixtures of the stories."""

from __future__ import annotations

import pytest

from tests.support.story import Story


@pytest.fixture
def story() -> Story:
    """A Monday at 10:05 in Lisbon; nobody has enrolled."""
    return Story()
