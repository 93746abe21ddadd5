"""The personal weekly line: one's own plan, nobody else's, and nothing that counts against anybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.messages.weekly import OwnWeek, hours, weekly, within
from bot.ports import Tx
from bot.records import TeamRecord
from rules import Moment, Team
from tests.support.shown import shown
from tests.support.story import MONDAY, Story, account, maya_and_ana

FRIDAY = MONDAY.replace(day=27)


@pytest.fixture
async def story() -> Story:
    return await maya_and_ana(undisturbed=("maya", "ana"))


async def week(story: Story, at: datetime = FRIDAY) -> str:
    await story.until(at)
    return await story.says("maya", "/boundary week")


async def test_an_empty_week_says_so_without_reproach(story: Story) -> None:
    said = await week(story, MONDAY)
    assert "Focus: none was planned." in said
    assert "Evenings: none is over yet." in said  # Friday's was before we met
    assert "Others: nothing of yours had to wait for anybody." in said
    assert "Only you see this." in said


async def test_focus_that_is_still_ahead_is_planned(story: Story) -> None:
    await story.says("maya", "/focus tue,thu 09:00-11:30 deep work")
    assert "Focus: none is over yet. 5 h are planned this week." in await week(story, MONDAY)
    assert "Focus: 5 h kept of the 5 h you planned." in await week(story)


async def test_without_hours_no_evening_is_over(story: Story) -> None:
    await story.says("maya", "/boundary hours none")
    assert "Evenings: none is over yet." in await week(story)


async def test_an_evening_after_the_line_is_told_of_in_the_next(story: Story) -> None:
    await story.until(FRIDAY.replace(hour=20))
    reply = await story.command("ana", "/later @maya The shop is down")
    opened = await story.press("ana", reply.message, "Send now…")
    assert opened.form is not None
    await story.submit("ana", "urgent", opened.form.context, reason="broken", sure="yes")
    assert "Evenings since Mon 23 Nov: 4 of 4 stayed yours." in await week(story, FRIDAY.replace(day=29))
    told = await week(story, FRIDAY + timedelta(days=7))
    assert "Evenings since Fri 27 Nov: 4 of 5 stayed yours." in told


async def test_focus_that_was_given_up_is_not_kept(story: Story) -> None:
    await story.says("maya", "/focus mon 11:00-12:00 deep work")
    await story.until(MONDAY.replace(hour=11, minute=20))
    await story.says("maya", "/boundary here")
    assert "Focus: 20 min kept of the 1 h you planned." in await week(story)


async def test_ones_own_evening_work_never_counts_against_one(story: Story) -> None:
    await story.until(MONDAY.replace(hour=20))
    await story.says("maya", "/boundary here 2h")
    await story.says("maya", "/later @ana a thought")
    assert "Evenings since Mon 23 Nov: 4 of 4 stayed yours." in await week(story)


async def test_an_evening_is_lost_to_what_broke_through(story: Story) -> None:
    await story.until(MONDAY.replace(hour=20))
    reply = await story.command("ana", "/later @maya The shop is down")
    opened = await story.press("ana", reply.message, "Send now…")
    assert opened.form is not None
    await story.submit("ana", "urgent", opened.form.context, reason="broken", sure="yes")
    assert "Evenings since Mon 23 Nov: 3 of 4 stayed yours." in await week(story)


async def test_others_were_spared_by_what_waited_and_was_not_urgent(story: Story) -> None:
    await story.says("ana", "/focus 90m")
    await story.says("maya", "/later @ana one")
    reply = await story.command("maya", "/later @ana two")
    await story.press("maya", reply.message, "Cancel")
    assert "Others: 1 message of yours waited for 1 person to be back." in await week(story)


def _lead(tx: Tx, lead: str, *, with_summary: bool = True) -> None:
    known = tx.accounts.get(account("maya"))
    other = tx.accounts.get(account("ana"))
    assert known is not None
    assert other is not None
    team = Team("platform", "Europe/Lisbon", (known.person, other.person), name="Platform")
    found = known.person if lead == "maya" else other.person
    summary = Moment(0, 570) if with_summary else None
    tx.teams.put(TeamRecord(replace(team, leads=(found,), summary=summary)))


async def test_a_lead_hears_what_they_cause_after_hours_and_may_show_it(story: Story) -> None:
    await story.store.write(lambda tx: _lead(tx, "maya"))
    await story.until(MONDAY.replace(hour=20))
    await story.says("maya", "/later @ana a thought")
    said = await week(story)
    assert "As a lead: 1 message of yours reached, or would have reached, 1 person outside" in said
    assert "Platform [Show mine with the summary…]" in said


async def test_without_a_summary_there_is_nothing_to_show_it_with(story: Story) -> None:
    await story.store.write(lambda tx: _lead(tx, "maya", with_summary=False))
    said = await week(story)
    assert "As a lead: no message of yours reached anybody outside their hours." in said
    assert "Show mine" not in said


async def test_who_leads_nobody_hears_nothing_of_it(story: Story) -> None:
    await story.store.write(lambda tx: _lead(tx, "ana"))
    assert "As a lead" not in await week(story)


async def test_it_is_switched_on_again_where_it_is_read(story: Story) -> None:
    asked = await story.command("maya", "/boundary week")
    assert "It does not come by itself." in shown(asked.message)
    await story.press("maya", asked.message, "Turn it on")
    assert "It comes when your last working day of the week ends." in await story.says(
        "maya", "/boundary week"
    )


def test_both_ways_of_telling_it_carry_the_same_figures() -> None:
    told = OwnWeek(480, 390, 4, 3, 2, 1)
    alone, part = shown(weekly("weekly:2026-11-27", told)), shown(within(told))
    assert "Focus: 6 h 30 kept of the 8 h you planned." in alone
    assert alone.splitlines()[:5] == part.splitlines()[:5]


@pytest.mark.parametrize(("minutes", "words"), [(0, "0 min"), (45, "45 min"), (60, "1 h"), (125, "2 h 05")])
def test_minutes_are_told_as_hours(minutes: int, words: str) -> None:
    assert hours(minutes) == words
