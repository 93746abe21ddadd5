"""A reminder of a vote is a nudge: no third message of a day that nobody asked for, none in quiet time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.shown import shown
from tests.support.story import Story
from tests.support.team_story import CORE, team_of, votes

BUDGET = "/boundary team propose budget 4"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A time in Lisbon; the 23rd is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def told(story: Story, person: str, day: int) -> list[str]:
    """What a person read in their own chat on a day, without Home."""
    found = story.saw(person, "post")
    return [shown(each.message) for each in found if each.at.date() == at(day, 0).date()]


def reminders(story: Story, person: str) -> list[str]:
    return [each for each in story.read(person) if "not voted" in each]


async def test_a_reminder_counts_as_one_of_the_two_nudges_of_a_day() -> None:
    story = await team_of("maya", "ana")
    await story.says("maya", CORE)
    await story.until(at(25, 23))
    assert len(told(story, "ana", 24)) == 2  # its start and its end; half way is at 22:05
    read = told(story, "ana", 25)
    assert sum("not voted" in each for each in read) == 1
    assert len(read) == 2
    assert (await story.record("ana")).state.nudges == 2


async def test_reminders_of_one_day_come_as_one_message_with_a_vote_for_each() -> None:
    story = await team_of("maya", "ana")
    await story.until(at(23, 22, 30))
    await story.says("maya", CORE)
    await story.until(at(24, 2))
    await story.says("maya", BUDGET)
    await story.until(at(26, 23))
    [reminder] = reminders(story, "ana")
    assert "You have not voted on 2 proposals:" in reminder
    assert "Proposal 1 for Platform: Core hours: mon-thu 13:00-15:00 (new) · open until" in reminder
    assert "Proposal 2 for Platform: Urgent budget: 4 a week (new) · open until Fri 02:00" in reminder
    assert reminder.count("[Yes] [No]") == 2
    assert not [each for each in told(story, "ana", 26) if "not voted" in each]


async def test_what_was_voted_on_meanwhile_is_not_in_the_reminder() -> None:
    story = await team_of("maya", "ana", "sam")
    await story.says("maya", CORE)
    await story.says("maya", BUDGET)
    await story.until(at(24, 23))
    await votes(story, yes=("ana",), number="1")
    await votes(story, yes=("sam",), number="1")
    await votes(story, yes=("sam",), number="2")
    await story.until(at(26, 9))
    [reminder] = reminders(story, "ana")
    assert "Proposal 2 for Platform is open until Thu 10:05, and you have not voted." in reminder
    assert reminders(story, "sam") == []


async def test_a_reminder_waits_for_the_next_morning_once_two_nudges_went_out() -> None:
    story = await team_of("maya", "ana")
    await story.until(at(24, 4, 50))
    await story.says("maya", CORE)
    await story.until(at(26, 8, 59))
    assert len(told(story, "ana", 25)) == 2
    assert reminders(story, "ana") == []
    await story.until(at(26, 9, 1))
    assert len(reminders(story, "ana")) == 1


async def test_a_reminder_waits_for_the_end_of_quiet_time() -> None:
    story = await team_of("maya", "ana")
    await story.until(at(24, 0))
    await story.says("maya", CORE)
    await story.until(at(25, 11, 30))
    await story.says("ana", "/quiet until 14:00")
    await story.until(at(25, 13, 59))
    assert reminders(story, "ana") == []
    await story.until(at(25, 14, 1))
    assert len(reminders(story, "ana")) == 1


async def test_nobody_is_invited_to_shared_focus_at_midnight() -> None:
    story = await team_of("maya", "ana")
    await story.says("ana", "/boundary hours none")
    await story.says("maya", "/boundary team propose shared focus fri 09:00-12:00")
    await votes(story, yes=("maya", "ana"))
    before = len(story.read("ana"))
    await story.until(at(24, 7, 59))
    assert story.read("ana")[before:] == []
    await story.until(at(24, 8) + timedelta(minutes=1))
    [invited] = story.read("ana")[before:]
    assert "fri 09:00-12:00" in invited
    assert "[Without me]" in invited


@pytest.mark.parametrize("muted", ["ana", "ana@teams"])
async def test_reminders_that_were_turned_off_on_one_platform_stay_off_once_accounts_are_linked(
    muted: str,
) -> None:
    story = await team_of("maya", "ana")
    await story.enrol("ana@teams")
    await story.says(muted, "/boundary mute votes")
    await story.link("ana", "ana@teams")
    await story.says("maya", CORE)
    await story.until(at(25, 12))
    assert reminders(story, "ana") + reminders(story, "ana@teams") == []
