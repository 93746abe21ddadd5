"""A team in a story: founded in the channel C1, its versions, its votes."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.records import TeamVersion
from rules import format_when
from tests.support.story import MONDAY, Story

CORE = "/boundary team propose core mon-thu 13:00-15:00"
TUESDAY = datetime(2026, 11, 24, tzinfo=UTC)


async def team_of(*people: str) -> Story:
    """A team called Platform in the channel C1, founded by the first of these."""
    story = Story()
    await story.enrol(*people)
    await story.says(people[0], "/boundary team new Platform")
    for person in people[1:]:
        await story.says(person, "/boundary team join platform")
    return story


async def colleagues(*names: str) -> Story:
    """A Monday at 10:05 in Lisbon; all of these work there by day, and nobody wants nudges."""
    story = Story(now=MONDAY)
    for name in names:
        await story.enrol(name)
        await story.says(name, "/boundary zone Europe/Lisbon")
        await story.says(name, "/boundary hours mon-fri 09:00-18:00")
        await story.says(name, "/boundary mute rituals")
    return story


async def versions(story: Story) -> list[TeamVersion]:
    return await story.store.read(lambda tx: tx.teams.versions("platform"))


async def core(story: Story) -> str:
    found = (await story.team()).team.core
    return format_when(found) if found else ""


async def votes(story: Story, yes: tuple[str, ...] = (), no: tuple[str, ...] = (), number: str = "") -> None:
    for person in yes:
        await story.says(person, f"/boundary team vote yes {number}")
    for person in no:
        await story.says(person, f"/boundary team vote no {number}")
