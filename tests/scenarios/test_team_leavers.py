"""Whoever is no member any more hears nothing more in private, however long it waited for them, and what they
voted stays a secret."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.forget import forget
from bot.ports import Tx
from bot.sweep import sweep
from tests.support.shown import shown
from tests.support.story import MONDAY, Story, account
from tests.support.team_story import CORE, team_of, votes

Step = Callable[[Story], Awaitable[object]]


async def leaves(story: Story) -> None:
    await story.says("sam", "/boundary team leave platform")


async def becomes_a_guest(story: Story) -> None:
    def work(tx: Tx) -> None:
        known = tx.accounts.get(account("sam"))
        assert known is not None
        tx.accounts.put(replace(known, guest=True))

    await story.store.write(work)


async def stays(story: Story) -> None:
    """Nothing happens."""


async def told_after(step: Step) -> list[str]:
    """What Sam, whose own norms let nothing through when it was proposed, reads once they do."""
    story = await team_of("maya", "sam")
    await story.says("maya", "/boundary team here off")
    await story.says("sam", "/focus 90m")
    before = len(story.read("sam"))
    await story.says("maya", CORE)
    assert len(story.read("sam")) == before
    await step(story)
    await story.until(MONDAY + timedelta(days=1))
    return [each for each in story.read("sam")[before:] if "13:00-15:00" in each]


@pytest.mark.parametrize(("step", "heard"), [(stays, 1), (leaves, 0), (becomes_a_guest, 0)])
async def test_a_ballot_that_waited_reaches_members_only(step: Step, heard: int) -> None:
    assert len(await told_after(step)) == heard


async def test_forgetting_somebody_does_not_change_the_count_of_a_vote_that_was_decided() -> None:
    story = await team_of("maya", "sam", "kenji", "ana", "lee")
    await story.says("maya", f"{CORE} from 2026-12-10")
    asked = story.standing()[1]
    await votes(story, no=("ana",))
    await votes(story, yes=("maya", "sam", "kenji"))
    assert "Accepted: 3 yes and 1 no of 5 members" in story.posted()[1]
    await forget(story.store, (await story.record("ana")).person.id, story.clock.at)
    over = shown((await story.press("lee", asked, "Yes")).message)
    assert "3 yes and 1 no of 5 members" in over
    await story.until(datetime(2026, 12, 11, tzinfo=UTC))
    assert "3:1" in await story.says("maya", "/boundary team history")


async def test_open_votes_are_counted_anew_without_somebody_who_is_forgotten() -> None:
    story = await team_of("maya", "sam")
    await story.says("maya", CORE)
    await votes(story, yes=("maya",))
    assert "1 of 2 voted" in story.posted()[1]
    await forget(story.store, (await story.record("sam")).person.id, story.clock.at)
    await story.perform()
    assert "Accepted: 1 yes and 0 no of 1 member" in story.posted()[1]
    await sweep(story.store, story.clock.at)
    assert (await story.team()).next_at == datetime(2026, 11, 24, tzinfo=UTC)  # when it takes effect


async def test_a_member_who_has_become_a_guest_is_none_whose_vote_is_waited_for() -> None:
    story = await team_of("maya", "sam", "kenji")
    await becomes_a_guest(story)
    await story.says("maya", CORE)
    assert "0 of 2 voted" in story.posted()[1]
