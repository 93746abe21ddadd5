"""A Home that stays in sight, as a card in Teams does, follows the day; one that is opened is left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot import planning, roster
from bot.ports import Tx
from bot.records import AccountRecord, Conversation, Delivery, Lane
from tests.support.shown import shown
from tests.support.story import MONDAY, Story, account

MAYA = "maya@teams"
NAMES = (MAYA, "ana@teams")
HOUR, AFTER = timedelta(hours=1), timedelta(seconds=2)


@pytest.fixture
async def story() -> Story:
    """Maya and Ana use Teams, where a card in the own chat is Home; nobody wants nudges."""
    story = Story()
    await story.store.write(keep_homes)
    for name in NAMES:
        await story.says(name, "/boundary mute rituals")
    await story.opens_home(MAYA)
    return story


def keep_homes(tx: Tx) -> None:
    for to in map(account, NAMES):
        own = Conversation(to.tenant, f"a:{to.user}", "https://service.example/", "personal", to.user)
        tx.accounts.put(AccountRecord(to, dm=own.id))
        tx.conversations.put(replace(own, home="1"))


def homes(story: Story, name: str = MAYA) -> list[str]:
    return [shown(each.message) for each in story.saw(name, "home")]


async def rows(story: Story) -> list[Delivery]:
    """The Homes on their way."""
    at, tenant = story.clock.at, account(MAYA).tenant
    return await story.store.read(lambda tx: tx.outbox.ready(at, tenant, 100, (Lane.HOME,)))


async def test_home_follows_a_focus_that_ends_by_itself(story: Story) -> None:
    await story.says(MAYA, "/focus 90m")
    assert "Focus until 11:35" in homes(story)[-1]
    before = len(homes(story))
    await story.until(MONDAY + 1.5 * HOUR - timedelta(minutes=1))
    assert len(homes(story)) == before
    await story.until(MONDAY + 1.5 * HOUR + AFTER)
    assert "Available until 17:00" in homes(story)[-1]
    assert len(homes(story)) == before + 1


async def test_home_says_that_nothing_waits_once_the_digest_is_there(story: Story) -> None:
    await story.says(MAYA, "/focus 90m")
    await story.says("ana@teams", "/later @maya hello")
    assert "1 waiting" in homes(story)[-1]
    await story.until(MONDAY + 2 * HOUR)
    assert "hello" in story.read(MAYA)[-1]
    assert "0 waiting" in homes(story)[-1]


async def test_home_shows_the_new_day_after_midnight(story: Story) -> None:
    await story.until(MONDAY + 13.9 * HOUR)
    before = len(homes(story))
    await story.until(MONDAY + 14 * HOUR)
    assert [each.at for each in story.saw(MAYA, "home")][before:] == [
        MONDAY.replace(hour=0, minute=0) + timedelta(days=1) + AFTER
    ]


async def test_a_sweep_that_is_told_twice_paints_home_once(story: Story) -> None:
    await story.says(MAYA, "/focus 90m")
    record = await story.record(MAYA)
    story.clock.at = MONDAY + 2 * HOUR
    for _ in range(2):
        await story.store.write(lambda tx: planning.replan(tx, record, story.clock.at, changed=False))
    assert len(await rows(story)) == 1


async def test_who_removed_the_app_has_no_home_that_follows(story: Story) -> None:
    await story.leaves(MAYA)
    before = len(homes(story))
    await story.until(MONDAY + 24 * HOUR)
    assert len(homes(story)) == before
    assert (await story.record(MAYA)).state.home_until is None


async def test_home_shows_the_norms_of_a_file_that_was_loaded(story: Story, tmp_path: Path) -> None:
    path = tmp_path / "norms.toml"
    path.write_text('[people.maya]\nzone = "Europe/Lisbon"\nhours = "daily 09:00-15:30"\nteams = "29:maya"\n')
    tenants = {"teams": account(MAYA).tenant}
    await roster.load_file(story.store, path, tenants, story.calendars, story.clock.at)
    await story.perform()
    assert "Available until 15:30" in homes(story)[-1]
    await story.until(MONDAY.replace(hour=15, minute=31))
    assert "Off until Tue 09:00" in homes(story)[-1]


async def test_a_chat_in_which_nobody_asked_for_home_gets_none(story: Story) -> None:
    await story.store.write(_without_card)
    await story.says(MAYA, "/focus 90m")
    story.clock.at = MONDAY + 2 * HOUR
    record = await story.record(MAYA)
    await story.store.write(lambda tx: planning.replan(tx, record, story.clock.at, changed=False))
    assert await rows(story) == []


def _without_card(tx: Tx) -> None:
    to = account(MAYA)
    chat = tx.conversations.get(to.tenant, f"a:{to.user}")
    assert chat is not None
    tx.conversations.put(replace(chat, home=""))


async def test_a_home_that_is_opened_is_painted_by_nothing_but_acts() -> None:
    story = Story()
    await story.enrol("maya")
    await story.opens_home("maya")
    before = len(homes(story, "maya"))
    await story.until(MONDAY + 24 * HOUR)
    assert len(homes(story, "maya")) == before
    assert (await story.record("maya")).state.home_until is None


async def test_a_home_in_teams_follows_what_is_said_in_slack(story: Story) -> None:
    await story.enrol("maya")
    await story.link(MAYA, "maya")
    await story.says("maya", "/focus 90m")
    assert "Focus until 11:35" in homes(story)[-1]
    in_slack = len(homes(story, "maya"))
    await story.until(MONDAY + 2 * HOUR)
    assert "Available until" in homes(story)[-1]
    assert len(homes(story, "maya")) == in_slack
