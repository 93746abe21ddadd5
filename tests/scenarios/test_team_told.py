"""What a team says is decided once more when it goes out: members may have gone quiet, turned it off, or
ended the team's talk in a channel since it was planned."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.support.story import Story
from tests.support.team_story import CORE, team_of, votes


def at(day: int, hour: int) -> datetime:
    """An hour in Lisbon; the 23rd is a Monday."""
    return datetime(2026, 11, day, hour, tzinfo=UTC)


async def told_in_private(*people: str) -> Story:
    """A team without a channel, whose members work in Lisbon from nine to five."""
    story = await team_of(*people)
    await story.says(people[0], "/boundary team here off")
    for person in people:
        await story.says(person, "/boundary zone Europe/Lisbon")
        await story.says(person, "/boundary hours mon-fri 09:00-17:00")
    return story


@pytest.mark.parametrize(
    ("said", "back"),
    [("/quiet until 14:00", at(24, 14)), ("/boundary leave 2026-11-24..2026-11-24", at(25, 9))],
)
async def test_a_ballot_that_waited_for_the_morning_waits_for_whoever_is_quiet_by_then(
    said: str, back: datetime
) -> None:
    story = await told_in_private("maya", "sam")
    await story.until(at(23, 19))
    await story.says("maya", CORE)
    await story.until(at(24, 7))
    await story.says("sam", said)
    await story.until(back.replace(hour=back.hour - 1))
    assert not [text for text in story.read("sam") if "Proposal 1" in text]
    await story.until(back.replace(minute=1))
    [ballot] = [text for text in story.read("sam") if "Proposal 1" in text]
    assert "[Yes] [No]" in ballot


async def test_an_invitation_to_shared_focus_waits_for_whoever_is_quiet_by_then() -> None:
    story = await told_in_private("maya", "sam")
    await story.says("maya", "/boundary team propose shared focus wed 14:00-16:00")
    await votes(story, yes=("maya", "sam"))
    await story.until(at(24, 7))
    await story.says("sam", "/quiet until 14:00")
    await story.until(at(24, 13))
    assert not [text for text in story.read("sam") if "14:00-16:00" in text and "[Yes]" not in text][1:]
    await story.until(at(24, 15))
    assert any("without me" in text.lower() or "opt out" in text.lower() for text in story.read("sam"))


async def test_a_reminder_that_waits_does_not_come_to_whoever_turns_reminders_off() -> None:
    story = await told_in_private("maya", "sam", "kenji")
    await story.until(at(24, 6))
    await story.says("maya", CORE)
    await story.until(at(25, 20))
    await story.says("sam", "/boundary mute votes")
    await story.until(at(26, 12))
    assert not [text for text in story.read("sam") if "you have not voted" in text]
    assert [text for text in story.read("kenji") if "you have not voted" in text]


async def test_a_channel_that_a_team_has_left_hears_nothing_more_and_its_members_do() -> None:
    story = await team_of("maya", "sam")
    await story.says("maya", f"{CORE} from tomorrow")
    await votes(story, yes=("maya", "sam"))
    await story.until(at(24, 1))
    await story.says("maya", "/boundary team here off")
    await story.until(at(24, 15))
    assert not [text for text in story.posted() if "have changed" in text]
    assert [text for text in story.read("sam") if "have changed" in text]


async def test_what_one_of_two_channels_no_longer_hears_still_stands_in_the_other() -> None:
    story = await team_of("maya", "sam")
    await story.says("maya", "/boundary team here", channel="C2")
    await story.says("maya", f"{CORE} from tomorrow")
    await votes(story, yes=("maya", "sam"))
    await story.until(at(24, 1))
    await story.says("maya", "/boundary team here off")
    await story.until(at(24, 15))
    assert [any("have changed" in text for text in story.posted(each)) for each in ("C1", "C2")] == [
        False,
        True,
    ]
    assert not [text for text in story.read("sam") if "have changed" in text]
