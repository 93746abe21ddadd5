"""Who takes an account off, or has everything forgotten, in the middle of a focus: what shows until when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.messages.actions import Act
from bot.messages.model import Message
from rules import Status
from tests.support.shown import buttons_of, shown
from tests.support.story import MONDAY, Story, account

HOUR = timedelta(hours=1)
SLACK, TEAMS = "maya", "maya@teams"
FOCUSING = "Focusing, back at 11:35"


@pytest.fixture
async def story() -> Story:
    """Maya is linked on both platforms, shown as busy in Teams by hand, and said that she focuses."""
    story = Story(connect=True, presence=True)
    await story.enrol(SLACK)
    await story.connects(SLACK)
    await story.link(SLACK, TEAMS)
    await story.says(SLACK, "/boundary mute rituals")
    story.teams.presences[account(TEAMS)] = Status("Busy", "", None)
    await story.says(SLACK, "/focus 90m")
    return story


def statuses(story: Story) -> tuple[str, str]:
    """What everybody sees in Slack and in Teams."""
    return story.chat.statuses[account(SLACK)].text, story.teams.message(TEAMS)


async def unlink(story: Story, name: str) -> None:
    asked = await story.command(name, "/boundary unlink")
    assert asked.message is not None
    await story.press(name, asked.message, _danger(asked.message))


def _danger(asked: Message) -> str:
    """What the button is called that does it."""
    return next(each.label for each in buttons_of(asked) if each.action == Act.UNLINK)


async def test_an_account_taken_off_keeps_the_focus_until_it_ends(story: Story) -> None:
    await unlink(story, TEAMS)
    assert statuses(story) == (FOCUSING, FOCUSING)
    assert story.teams.presence(TEAMS) == "DoNotDisturb"
    assert account(SLACK) in story.chat.snoozes
    await story.until(MONDAY + 2 * HOUR)
    assert (story.teams.presence(TEAMS), story.teams.message(TEAMS)) == ("Busy", "")


async def test_each_side_ends_its_own_focus_after_the_link_is_off(story: Story) -> None:
    await unlink(story, TEAMS)
    await story.says(SLACK, "/focus off")
    assert statuses(story) == ("", FOCUSING)
    assert story.teams.presence(TEAMS) == "DoNotDisturb"
    assert account(SLACK) not in story.chat.snoozes
    await story.says(TEAMS, "/focus off")
    assert (story.teams.presence(TEAMS), story.teams.message(TEAMS)) == ("Busy", "")


async def test_who_is_forgotten_reads_until_when_their_status_stays(story: Story) -> None:
    asked = await story.command(TEAMS, "/boundary forget me")
    done = await story.press(TEAMS, asked.message, "Delete everything about me")
    assert shown(done.message).endswith(
        "The status and the pause that I set end by themselves, at 11:45 at the latest; "
        "clear them yourself if you like. What stood there before does not come back."
    )


async def test_who_wears_nothing_of_ours_reads_no_word_about_it(story: Story) -> None:
    await story.says(SLACK, "/focus off")
    asked = await story.command(TEAMS, "/boundary forget me")
    done = await story.press(TEAMS, asked.message, "Delete everything about me")
    assert "by itself" not in shown(done.message)
    assert "by themselves" not in shown(done.message)


async def test_who_takes_the_first_contact_back_reads_until_when_their_status_stays() -> None:
    story = Story(presence=True)
    welcome = (await story.command(TEAMS, "/boundary")).message
    await story.says(TEAMS, "/focus 90m")
    done = await story.press(TEAMS, welcome, "Undo set-up")
    assert "clear them yourself if you like." in shown(done.message)
    assert "does not come back" not in shown(done.message)
