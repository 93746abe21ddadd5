"""What a team says is decided once more when it goes out: members may have gone quiet, turned it off, or
ended the team's talk in a channel since it was planned."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.inbound import Pressed
from bot.messages.actions import Act
from tests.support.shown import shown
from tests.support.story import Story, account
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
    assert not [text for text in story.read("sam") if "[Without me]" in text]
    await story.until(at(24, 15))
    assert [text for text in story.read("sam") if "[Without me]" in text]


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


@pytest.mark.parametrize("again", ["/boundary team undo", "/boundary team propose budget 5 from now", CORE])
async def test_what_is_up_for_the_vote_already_is_shown_and_not_proposed_twice(again: str) -> None:
    story = await team_of("maya", "sam")
    await story.says("maya", "/boundary team propose budget 3 from now")
    await votes(story, yes=("maya", "sam"))
    first = await story.says("maya", again)
    story.clock.at += timedelta(seconds=5)
    second = await story.says("sam", again)
    assert "Proposal 2 is up for the vote. 0 of 2 voted; 1 is needed." in first
    assert "Proposal 2 is up for the vote already. 0 of 2 voted; 1 is needed." in second
    assert "Proposal 3" not in await story.says("maya", "/boundary team vote")


async def test_a_long_history_lists_the_latest_and_counts_the_others() -> None:
    story = await team_of("maya")
    for budget in range(23):
        await story.says("maya", f"/boundary team propose budget {budget} from now")
        await story.says("maya", "/boundary team vote yes")
    told = await story.says("maya", "/boundary team history")
    assert "and 4 earlier versions" in told
    assert "Version 24 " in told
    assert "Version 5 " in told
    assert "Version 4 " not in told


async def test_only_a_lifted_stretch_is_judged_as_one() -> None:
    story = await team_of("maya", "sam")
    await story.says("maya", "/boundary team propose shared focus wed 09:00-12:00 from now")
    await votes(story, yes=("maya", "sam"))
    await story.says("maya", "/boundary team focus off my own reasons")
    [entry] = await story.store.read(lambda tx: tx.ledger.of("platform", at(1, 0)))
    pressed = Pressed(story.key(), account("sam"), Act.OVERRIDE_WAITED, entry.id, "", "channel", "C1")
    assert "no longer in the ledger" in shown((await story.handle(pressed)).message)
    [after] = await story.store.read(lambda tx: tx.ledger.of("platform", at(1, 0)))
    assert after.verdicts == ()


async def test_a_ledger_that_counts_nobody_does_not_say_that_it_counts() -> None:
    story = await team_of("maya", "sam")
    told = await story.says("maya", "/boundary team ledger")
    assert "Those of others are not counted here" in told
    assert "only counted" not in told


async def test_open_votes_are_posted_in_a_channel_in_which_the_team_begins_to_talk() -> None:
    story = await team_of("maya", "sam", "kenji")
    await story.says("maya", CORE)
    await votes(story, yes=("maya",))
    await story.says("maya", "/boundary team here", channel="C2")
    [ballot] = story.posted("C2")
    assert "Proposal 1 for Platform" in ballot
    assert "1 of 3 voted" in ballot
    await story.says("maya", "/boundary team here off", channel="C2")
    await votes(story, no=("sam",))
    assert "1 of 3 voted" in story.posted("C2")[0]
    await story.says("maya", "/boundary team here", channel="C2")
    [ballot] = story.posted("C2")
    assert "2 of 3 voted" in ballot
    await votes(story, yes=("kenji",))
    assert "Accepted: 2 yes and 1 no" in story.posted("C2")[0]
