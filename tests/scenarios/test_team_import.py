"""Teams of a norms file: who is in them comes from the file, what they agreed on from their vote or from an
administrator."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from bot import roster
from bot.records import Origin, Place, ProposalState, TeamVersion
from bot.teamimport import Taken
from rules import format_when
from tests.support.story import TENANT, Story

PEOPLE = "".join(
    f'[people.{name}]\nzone = "Europe/Lisbon"\nslack = "U0{name.upper()}"\n'
    for name in ("maya", "ana", "lee")
)
TEAM = """
[teams.platform]
name = "Platform"
members = ["maya", "ana"]
leads = ["ana"]
zone = "Europe/Lisbon"
slack_channel = "C1"
core = "mon-thu 14:00-16:00"
no_meetings = "fri"
urgent_means = "customers cannot work"
ask_on_leave = "ana"
holidays = "PT"
quorum = 60
figures_from = 6
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "norms.toml"


def _write(path: Path, text: str) -> None:
    path.write_text(text)


async def load(story: Story, path: Path, text: str = PEOPLE + TEAM, by: str = "") -> Taken:
    _write(path, text)
    loaded = await roster.load_file(story.store, path, TENANT, story.calendars, story.clock.at, by=by)
    await story.perform()
    return loaded.taken


async def versions(story: Story) -> Sequence[TeamVersion]:
    return await story.store.read(lambda tx: tx.teams.versions("platform"))


async def test_a_new_team_is_founded_bare_and_votes_on_the_files_norms(story: Story, path: Path) -> None:
    assert await load(story, path) == Taken(proposed=("platform",))
    record = await story.team()
    assert (record.team.members, record.team.leads) == (("maya", "ana"), ("ana",))
    assert record.state.places == (Place(TENANT, "C1"),)
    assert record.team.core is None
    [ballot] = story.posted()
    assert "from the norms file" in ballot
    assert "While somebody is on leave, ask: Ana (new)" in ballot
    for person in ("maya", "ana"):
        await story.says(person, "/boundary team vote yes")
    await story.until(story.clock.at + timedelta(days=1))
    team = (await story.team()).team
    assert team.core is not None
    assert format_when(team.core) == "mon-thu 14:00-16:00"
    assert (team.voting.quorum, team.figures_from, team.place, team.ask_on_leave) == (60, 6, "PT", "ana")
    assert team.holidays
    assert [each.origin for each in await versions(story)] == [Origin.VOTE, Origin.FOUNDED]


async def test_an_administrator_who_stands_for_it_is_named_in_the_history(story: Story, path: Path) -> None:
    assert await load(story, path, by="Ana Reis") == Taken(changed=("platform",))
    assert (await story.team()).team.core is not None
    told = await story.says("maya", "/boundary team history")
    assert "Version 1" in told
    assert "Set from the norms file by Ana Reis." in told
    changed = PEOPLE + TEAM.replace("14:00-16:00", "13:00-15:00")
    assert await load(story, path, changed, by="Ana Reis") == Taken(changed=("platform",))
    assert "Version 2" in await story.says("maya", "/boundary team history")
    assert "Core hours: mon-thu 14:00-16:00 → mon-thu 13:00-15:00" in story.posted()[-1]


async def test_a_changed_file_takes_the_place_of_what_it_proposed_before(story: Story, path: Path) -> None:
    await load(story, path)
    story.clock.at += timedelta(minutes=1)
    await load(story, path, PEOPLE + TEAM.replace("14:00-16:00", "13:00-15:00"))
    found = await story.store.read(lambda tx: tx.ballots.of("platform"))
    assert [each.state for each in found] == [ProposalState.OPEN, ProposalState.WITHDRAWN]
    await story.until(story.clock.at + timedelta(days=4))
    again = PEOPLE + TEAM.replace("14:00-16:00", "13:00-15:00") + "# a remark\n"
    assert await load(story, path, again) == Taken()


async def test_who_joined_in_chat_stays_and_so_does_a_team_founded_there(story: Story, path: Path) -> None:
    await load(story, path, by="Ana Reis")
    await story.says("lee", "/boundary team join")
    await story.says("lee", "/boundary team new Crew", channel="C2")
    await load(story, path, PEOPLE + TEAM.replace('["maya", "ana"]', '["maya"]'), by="Ana Reis")
    assert (await story.team()).team.members == ("maya", "lee")
    assert (await story.team("crew")).team.members == ("lee",)


async def test_figures_are_never_lowered_by_a_file(story: Story, path: Path) -> None:
    await load(story, path, by="Ana Reis")
    lower = PEOPLE + TEAM.replace("figures_from = 6", "figures_from = 5")
    assert await load(story, path, lower, by="Ana Reis") == Taken()
    assert (await story.team()).team.figures_from == 6


async def test_a_team_in_which_nobody_can_vote_waits(story: Story, path: Path) -> None:
    assert await load(story, path, TEAM) == Taken(without_voters=("platform",))
    assert story.posted() == []


async def test_a_channel_in_which_another_team_talks_is_left_to_it(story: Story, path: Path) -> None:
    await story.enrol("kenji")
    await story.says("kenji", "/boundary team new Crew")
    await load(story, path, by="Ana Reis")
    assert (await story.team()).state.places == ()
    assert (await story.team("crew")).state.places == (Place(TENANT, "C1"),)
