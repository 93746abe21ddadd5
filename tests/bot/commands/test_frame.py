"""The frame: hours, zone, style, leave, holidays, digests; each shows what holds when said alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.inbound import StatusChanged
from bot.records import TeamRecord
from rules import Team, parse_when
from tests.support.shown import shown
from tests.support.story import MONDAY, Story, account


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("/boundary hours", "Your hours: weekdays 09:00-17:00."),
        ("/boundary zone", "Your zone: Europe/Lisbon."),
        ("/boundary style", "Your style: integrator."),
        ("/boundary holidays", "Public holidays of: none."),
        ("/boundary digests", "What waited comes: return, midday, before_end."),
        ("/boundary leave", "No leave planned."),
        ("/boundary remove", "Which norm?"),
    ],
)
async def test_a_word_alone_shows_what_holds_and_how_to_change_it(
    story: Story, typed: str, words: str
) -> None:
    said = await story.says("maya", typed)
    assert said.startswith(words)
    assert "/boundary" in said


async def test_hours_none_means_never_off(story: Story) -> None:
    said = await story.says("maya", "/boundary hours none")
    assert said.startswith("You have no hours: never off.")
    assert (await story.says("maya", "/boundary hours")).startswith("Your hours: none, so you are never off.")


async def test_a_city_is_enough_for_a_zone(story: Story) -> None:
    said = await story.says("maya", "/boundary zone tokyo")
    assert said.startswith("Your norms are in Asia/Tokyo time, where it is 19:05.")


async def test_a_style_says_what_it_changes(story: Story) -> None:
    assert "lets nobody through" in await story.says("maya", "/boundary style separator")
    assert "lets urgent messages through" in await story.says("maya", "/boundary style cycler")


async def test_leave_names_the_stand_in_to_whoever_writes(story: Story) -> None:
    said = await story.says("maya", "/boundary leave 2026-11-23 to 2026-11-24 @sam")
    assert said.startswith("On leave from 2026-11-23 to 2026-11-24.")
    assert "Sam stands in and is named to whoever writes." in said
    assert "Sam stands in until then." in await story.says("ana", "/later @maya hello")
    assert "You cannot stand in for yourself." in await story.says("maya", "/boundary leave 2026-12-01 @maya")


async def test_leave_of_one_day_can_be_ended_today_or_by_its_date(story: Story) -> None:
    await story.says("maya", "/boundary leave 2026-11-23")
    assert "Nobody stands in." in await story.says("maya", "/boundary leave 2026-12-24")
    assert (await story.says("maya", "/boundary leave off")).startswith("Leave on 2026-11-23 is off.")
    assert (await story.says("maya", "/boundary leave off 2026-12-24")).startswith(
        "Leave on 2026-12-24 is off."
    )
    assert "You have no such leave." in await story.says("maya", "/boundary leave off")


async def test_public_holidays_count_and_can_be_turned_off(story: Story) -> None:
    said = await story.says("maya", "/boundary holidays pt")
    assert said.startswith("Public holidays of PT count as recharge. The next is Restauração on 2026-12-01.")
    assert "holidays of PT" in await story.says("maya", "/boundary norms")
    await story.until(MONDAY + timedelta(days=8))
    assert "Recharge until" in await story.says("maya", "/boundary today")
    assert (await story.says("maya", "/boundary holidays none")).startswith(
        "Public holidays no longer count."
    )


async def test_removing_a_norm_says_what_holds_now(story: Story) -> None:
    await story.says("maya", "/focus mon 9-12 deep work")
    removed = await story.command("maya", "/boundary remove Deep Work")
    assert shown(removed.message).startswith("“deep work” is removed. You are available until 17:00.")
    await story.press("maya", removed.message, "Undo")
    assert "deep work" in await story.says("maya", "/boundary norms")


async def test_when_offers_times_or_says_why_not(story: Story) -> None:
    said = await story.says("maya", "/boundary when @sam and @ana")
    assert said.startswith("You, Sam and Ana are available:")
    assert "14:00 to 14:30" in said
    await story.says("sam", "/boundary leave 2026-11-23..2027-03-01")
    said = await story.says("maya", "/boundary when @sam")
    assert said == "You and Sam are never both available for half an hour in the next two weeks."
    assert "I know no norms of kenji" in await story.says("lee", "/boundary when @kenji")
    assert "is not understood" in await story.says("maya", "/boundary when @sam tomorrow")


async def test_when_leaves_out_what_a_shared_team_keeps_free_of_meetings(story: Story) -> None:
    people = tuple([(await story.record(name)).person.id for name in ("maya", "sam")])
    tuesdays = Team("quiet", "Europe/Lisbon", people, no_meetings=parse_when("tue 00:00-24:00"))
    assert "Tue " in await story.says("maya", "/boundary when @sam")
    await story.store.write(lambda tx: tx.teams.put(TeamRecord(tuesdays)))
    said = await story.says("maya", "/boundary when @sam")
    assert "Tue " not in said
    assert "The meeting-free time of their team is left out." in said
    said = await story.says("maya", "/boundary when @ana")
    assert "Tue " in said
    assert "meeting-free" not in said


async def test_when_claims_nothing_about_people_whose_norms_it_does_not_know(story: Story) -> None:
    said = await story.says("maya", "/boundary when @ana @kenji")
    assert said.startswith("You and Ana are available:")
    assert "I know no norms of kenji, so these times leave that out." in said
    said = await story.says("lee", "/boundary when @ana")
    assert said.startswith("Ana is available:")
    assert "I do not know your own norms, so these times leave that out." in said


async def test_a_zone_chosen_by_hand_is_not_asked_about(story: Story) -> None:
    await story.says("maya", "/boundary zone Asia/Tokyo")
    await story.handle(StatusChanged(story.key(), account("maya"), "", "", zone="Europe/Lisbon"))
    assert story.read("maya") == []
    await story.handle(StatusChanged(story.key(), account("maya"), "", "", zone="America/New_York"))
    await story.until(MONDAY + timedelta(days=1))
    assert any("New York" in each for each in story.read("maya"))
