"""The end of a day over the wire, on both platforms: the form sent from a nudge closes the day, the nudge
says so, and nothing of what was written is left readable."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.clock import SystemClock
from adapters.playground.clock import PlaygroundClock
from adapters.playground.seed import seed
from adapters.playground.server import PlaygroundServer
from tests.e2e.test_serve import Stage as SlackStage
from tests.e2e.test_serve import norms_around, written
from tests.e2e.test_serve_teams import MAYA
from tests.e2e.test_serve_teams import Stage as TeamsStage
from tests.e2e.test_serve_teams import norms_around as long_day
from tests.e2e.test_serve_teams import tenant as teams_tenant
from tests.support.serving import serving
from tests.support.waiting import until

STEP = "call the plumber about the leak"
OWN_CHAT = "D0BOT0MAYA"


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[SlackStage]:
    """Maya's hours end in 14 minutes: the nudge is due at the start."""
    clock = PlaygroundClock(SystemClock())
    seeded = seed(clock)
    norms = tmp_path / "norms.toml"
    norms.write_text(norms_around(clock.now()))
    extra = {"BOUNDARY_NORMS": str(norms), "BOUNDARY_LOG_LEVEL": "debug"}
    async with (
        PlaygroundServer(seeded.workspace) as server,
        serving(server, tmp_path, extra, slack=seeded) as served,
    ):
        yield SlackStage(server, seeded, served)
    _assert_unreadable(tmp_path)


@pytest.fixture
async def teams(tmp_path: Path) -> AsyncIterator[TeamsStage]:
    clock = PlaygroundClock(SystemClock())
    world = teams_tenant(clock)
    norms = tmp_path / "norms.toml"
    norms.write_text(long_day(clock.now()))
    extra = {"BOUNDARY_NORMS": str(norms), "BOUNDARY_LOG_LEVEL": "debug"}
    async with (
        PlaygroundServer(seed(clock).workspace, teams=world) as server,
        serving(server, tmp_path, extra, teams=world) as served,
    ):
        yield TeamsStage(server, world, served)
    _assert_unreadable(tmp_path)


def _assert_unreadable(folder: Path) -> None:
    """What somebody wrote for themself is neither in the database nor in its log nor in ours."""
    for file in folder.rglob("*"):
        assert not file.is_file() or STEP.encode() not in file.read_bytes(), file
    assert "Traceback" not in (folder / "serve.log").read_text()


async def test_in_slack_the_nudge_says_that_the_day_is_closed(slack: SlackStage) -> None:
    nudge = await slack.told(OWN_CHAT, "Write and close")
    actions = [each for block in nudge.blocks or [] for each in block.get("elements", [])]
    write = next(each for each in actions if "Write and close" in json.dumps(each))
    opened = await slack.humans.press("U0MAYA", nudge.ts, write["action_id"], channel=OWN_CHAT)
    assert opened.view is not None
    assert opened.view["title"]["text"] == "Close the day"
    first = next(each for each in opened.view["blocks"] if "first step" in json.dumps(each))
    entered = {first["block_id"]: {first["element"]["action_id"]: STEP}}
    sent = await slack.humans.submit_view("U0MAYA", opened.view["id"], entered)
    assert "Done for today. You are off until" in json.dumps(sent.view)
    await until(lambda: "Done for today." in written(nudge), within=15)
    assert "Not today" not in written(nudge)
    seen = await slack.humans.command("U0MAYA", "C0PLATFORM", "/boundary", "journal")
    assert STEP in written(seen.messages[0])


async def test_in_teams_the_nudge_goes_and_its_form_says_that_the_day_is_closed(teams: TeamsStage) -> None:
    await teams.humans.install(MAYA)
    await teams.told(MAYA, "Today")
    hours = norms_around(datetime.now(UTC)).split('"')[3]  # noqa: TID251 -- real time, as in the other process
    await teams.humans.say(MAYA, teams.own(MAYA), f"hours {hours}")
    nudge = await teams.told(MAYA, "Write and close")
    assert (await teams.humans.press(MAYA, teams.own(MAYA), nudge.id, "Write and close…")).ok
    form = await teams.told(MAYA, "The first step tomorrow")
    done = await teams.humans.press(MAYA, teams.own(MAYA), form.id, "Close the day", {"first": STEP})
    assert done.ok, done
    await teams.told(MAYA, "Done for today. You are off until")
    await until(lambda: nudge.deleted is not None, within=15)
    await teams.humans.say(MAYA, teams.own(MAYA), "journal")
    await teams.told(MAYA, STEP)
