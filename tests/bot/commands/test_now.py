"""What is said for now and for every week, and what the person reads about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.ports import Tx
from bot.records import TeamRecord
from rules import Kind, Mode, Team, parse_when
from tests.support.story import MONDAY, Story


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("/focus 90m deep work", "Focus until 11:35. 2 people will be told if they write."),
        ("/focus until 15:00", "Focus until 15:00. 2 people will be told if they write."),
        ("/quiet 30m", "Quiet until 10:35. 2 people will be told if they write."),
        ("/boundary back 14:30 care", "Quiet until 14:30."),
        ("/boundary back in 30m", "Quiet until 10:35."),
        ("/boundary back fri", "Quiet until Fri 09:00."),
        ("/focus tue,thu 09:00-11:30 deep work", "Focus “deep work”: tue,thu 09:00-11:30. Next: Tue 09:00."),
        ("/quiet mon 10-12 now", "Quiet “now”: mon 10:00-12:00. It is open now, until 12:00."),
        (
            "/boundary on-call sat 9-18 pager",
            "On call “pager”: sat 09:00-18:00. Next: Sat 09:00. While it is open",
        ),
        ("/focus wed 9-11", "Focus “focus”: wed 09:00-11:00. Next: Wed 09:00."),
    ],
)
async def test_the_reply_states_what_will_now_happen(story: Story, typed: str, answer: str) -> None:
    assert (await story.says("maya", typed)).startswith(answer)


async def test_a_second_unnamed_norm_gets_a_name_of_its_own(story: Story) -> None:
    await story.says("maya", "/focus wed 9-11")
    assert "“focus 2”" in await story.says("maya", "/focus fri 9-11")
    assert [window.name for window in (await story.record("maya")).person.windows] == ["focus", "focus 2"]


async def test_a_norm_of_the_same_name_takes_its_place_and_says_so(story: Story) -> None:
    await story.says("maya", "/focus tue 9-10 Deep Work")
    said = await story.says("maya", "/quiet wed 9-10 deep work")
    assert "It takes the place of focus tue 09:00-10:00." in said
    windows = (await story.record("maya")).person.windows
    assert [(window.name, window.kind) for window in windows] == [("deep work", Kind.QUIET)]


async def test_what_is_said_again_replaces_what_was_said_before(story: Story) -> None:
    await story.says("maya", "/focus 90m")
    await story.says("maya", "/quiet 20m")
    await story.says("maya", "/focus 3h")
    said = (await story.record("maya")).person.said
    assert [each.mode for each in said] == [Mode.QUIET, Mode.FOCUS]


async def test_focus_off_says_when_a_norm_still_holds(story: Story) -> None:
    await story.says("maya", "/focus mon 9-12 deep work")
    await story.says("maya", "/focus 25m")
    said = await story.says("maya", "/focus off")
    assert said == "Focus ended. Focus until 12:00 (deep work). To be available anyway: /boundary here"
    assert (await story.says("maya", "/focus off")).startswith("You had not said focus for now.")


async def test_here_lasts_until_the_norms_would_let_the_person_be(story: Story) -> None:
    await story.says("maya", "/focus mon 9-12 deep work")
    await story.says("maya", "/boundary break mon 12:00-12:30 lunch")
    assert (await story.says("maya", "/boundary here")).startswith("You are available until 12:30.")
    assert (await story.says("maya", "/boundary here")).startswith("You are available already")
    assert "Focus until 12:00" in await story.says("maya", "/boundary resume")
    assert (await story.says("maya", "/boundary resume")).startswith("Your norms hold already.")


async def test_here_in_the_evening_ends_at_midnight(story: Story) -> None:
    await story.until(MONDAY.replace(hour=20))
    assert (await story.says("maya", "/boundary here")).startswith("You are available until Tue 00:00.")
    assert (await story.says("maya", "/boundary here 45m")).startswith("You are available until 20:50.")


async def test_here_brings_what_waited(story: Story) -> None:
    await story.says("maya", "/focus 3h")
    await story.says("ana", "/later @maya hello there")
    assert "What waited follows within 15 minutes." in await story.says("maya", "/boundary here")
    await story.until(MONDAY + timedelta(minutes=16))
    assert "hello there" in story.read("maya")[-1]


async def test_a_norm_that_covers_core_hours_is_pointed_out(story: Story) -> None:
    maya = (await story.record("maya")).person.id
    team = Team("platform", "Europe/Lisbon", (maya,), core=parse_when("mon-thu 14:00-16:00"))

    def put(tx: Tx) -> None:
        tx.teams.put(TeamRecord(team))

    await story.store.write(put)
    assert "covers core hours of platform" in await story.says("maya", "/focus tue 15-17 deep work")
    assert "core hours" not in await story.says("maya", "/focus fri 15-17 writing")


async def test_undo_takes_changes_back_one_by_one(story: Story) -> None:
    before = (await story.record("maya")).person
    await story.says("maya", "/focus 90m deep work")
    await story.says("maya", "/boundary style separator")
    assert (
        await story.says("maya", "/boundary undo")
        == "Undone: style separator. 1 earlier change can be undone too."
    )
    assert await story.says("maya", "/boundary undo") == "Undone: focus until 11:35 (deep work)."
    assert (await story.record("maya")).person == before
    assert await story.says("maya", "/boundary undo") == "There is nothing to undo."


async def test_undo_says_when_it_was_if_that_is_days_ago(story: Story) -> None:
    await story.says("maya", "/boundary style separator")
    await story.until(MONDAY + timedelta(days=2))
    assert await story.says("maya", "/boundary undo") == "Undone: style separator, of Mon 10:05."


async def test_an_undo_button_takes_back_only_its_own_change(story: Story) -> None:
    first = await story.command("maya", "/focus tue 9-10 one")
    await story.until(MONDAY + timedelta(minutes=1))
    await story.says("maya", "/focus wed 9-10 two")
    told = await story.press("maya", first.message, "Undo")
    assert "You have changed something since: two (wed 09:00-10:00)." in str(told.message)
    assert len((await story.record("maya")).person.windows) == 2


async def test_too_many_or_too_long_is_refused_with_what_to_do(story: Story) -> None:
    assert "at most 60 characters" in await story.says("maya", f"/focus 90m {'x' * 61}")
    record = await story.record("maya")
    window = (await story.record("maya")).person.windows
    assert window == ()
    for number in range(50):
        await story.says("maya", f"/focus tue 9-10 n{number}")
    assert "Remove one first: /boundary remove n0" in await story.says("maya", "/focus tue 9-10 one more")
    assert replace(record.person, windows=()) == replace((await story.record("maya")).person, windows=())


async def test_what_was_said_without_a_name_is_not_named_after_its_mode(story: Story) -> None:
    await story.says("maya", "/focus 25m")
    assert "10:05-10:30 Focus (said for now)" in await story.says("maya", "/boundary today")
    await story.says("maya", "/focus 25m deep work")
    assert "10:05-10:30 Focus (deep work, said for now)" in await story.says("maya", "/boundary today")
