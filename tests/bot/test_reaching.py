"""Accounts named before anything can be set there: once their owner turns up, they wear what holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import roster
from bot.inbound import Account
from bot.ports import Outcome, Refused
from tests.support.story import EMPTY, MONDAY, TEAMS, TENANT, Story, account

HERE = account("maya@teams")
TEAMS_ONLY = """
[people.maya]
zone = "Europe/Lisbon"
hours = "mon-fri 09:00-17:00"
teams = "29:maya"

[[people.maya.windows]]
name = "morning"
kind = "focus"
when = "mon 09:00-12:00"
"""
BOTH = TEAMS_ONLY.replace('teams = "29:maya"', 'teams = "29:maya"\nslack = "U0MAYA"')


async def named(tmp_path: Path, norms: str) -> Story:
    """Monday at 10:05: a norms file names Maya, and her account in Teams is not known there yet."""
    story, file = Story(presence=True), tmp_path / "norms.toml"
    file.write_text(norms)
    await story.app.begin()
    story.begun = True
    tenants = {"slack": TENANT, "teams": TEAMS}

    async def unknown(to: Account) -> Outcome:
        return Refused("no_directory_id")

    story.teams.read_status = story.teams.read_presence = unknown  # type: ignore[method-assign]
    await roster.load_file(story.store, file, tenants, story.calendars, MONDAY)
    await story.perform()
    assert story.teams.calls == []
    del story.teams.read_status, story.teams.read_presence
    return story


@pytest.mark.parametrize("norms", [TEAMS_ONLY, BOTH])
async def test_who_adds_the_app_later_wears_at_once_what_holds(tmp_path: Path, norms: str) -> None:
    story = await named(tmp_path, norms)
    await story.opens_home("maya@teams")
    assert story.teams.message("maya@teams").endswith("back at 12:00")
    assert story.teams.presence("maya@teams") == "DoNotDisturb"
    calls = len(story.teams.calls)
    await story.opens_home("maya@teams")
    assert len(story.teams.calls) == calls


async def test_so_does_who_comes_over_from_the_other_platform(tmp_path: Path) -> None:
    story = await named(tmp_path, BOTH)
    await story.says("maya@teams", "/boundary today")
    assert story.teams.presence("maya@teams") == "DoNotDisturb"


async def test_who_is_available_gets_nothing(tmp_path: Path) -> None:
    story = await named(tmp_path, BOTH)
    await story.until(MONDAY.replace(hour=13))
    story.teams.calls.clear()
    await story.opens_home("maya@teams")
    assert story.teams.calls == []
    assert story.teams.statuses.get(HERE, EMPTY).text == ""
