"""Every action that a button can ask for stands on a button, and every one is answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.flows.pressing import _HANDLERS as HANDLERS
from bot.messages.actions import Act

ROOT = Path(__file__).parents[3] / "bot"
BUILDERS = "".join(
    path.read_text(encoding="utf-8")
    for part in ("messages", "flows", "summary", "commands")
    for path in (ROOT / part).rglob("*.py")
    if path.stem != "pressing"
) + (ROOT / "norms.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("act", Act)
def test_an_action_stands_on_a_button_and_is_answered(act: Act) -> None:
    assert f"Act.{act.name}" in BUILDERS
    assert act in HANDLERS
