"""One person of both platforms taken apart, over the wire: the card asks, and its answer does it."""

from __future__ import annotations

import pytest

from tests.e2e.test_serve_teams import MAYA, Stage, platforms, seeded, stage

__all__ = ["platforms", "seeded", "stage"]


@pytest.mark.parametrize("platforms", ["both"], indirect=True)
async def test_the_button_of_the_question_takes_the_account_off(stage: Stage) -> None:
    humans = stage.humans
    await humans.install(MAYA)
    await stage.told(MAYA, "Today")
    await humans.say(MAYA, stage.own(MAYA), "unlink")
    asked = await stage.told(MAYA, "off the link with Slack (Playground)")
    done = await humans.press(MAYA, stage.own(MAYA), asked.id, "Yes, unlink Teams")
    assert done.ok, done
    await stage.told(MAYA, "is on its own now")
    await humans.say(MAYA, stage.own(MAYA), "unlink")
    await stage.told(MAYA, "linked with no other")
