"""The reply-by contract: wherever something waits or is delivered, both sides read by when an answer is due
and whose norm says so; and how a sender is coached about the hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.flows import coaching
from bot.flows.coaching import AfterHours
from bot.inbound import Submitted
from bot.messages.actions import FormId
from bot.messages.model import NoteField
from bot.messages.words import plain
from bot.records import Hold, TeamRecord
from rules import ReplyWithin, Team, WorkingTime
from tests.support.shown import shown
from tests.support.story import MONDAY, Story, account

TEN = MONDAY.replace(minute=0)
NORM = "Platform's norm: direct messages within 1 working day."
MENTIONS = "Platform's norm: mentions within 4 working hours."


async def put(story: Story, *names: str, **changes: Any) -> Team:
    ids = tuple([(await story.record(name)).person.id for name in names])
    within = ReplyWithin(WorkingTime(minutes=240), WorkingTime(days=1), timedelta(minutes=30))
    team = Team("platform", "Europe/Lisbon", ids, reply_within=within, name="Platform")
    team = replace(team, **changes)
    await story.store.write(lambda tx: tx.teams.put(TeamRecord(team)))
    return team


@pytest.fixture
async def story() -> Story:
    """Monday at 10:00 in Lisbon. Maya, Ana and Kenji share a team; Sam does not."""
    story = Story(now=TEN)
    for name in ("maya", "ana", "kenji", "sam"):
        await story.enrol(name)
        await story.says(name, "/boundary zone Europe/Lisbon")
        await story.says(name, "/boundary hours mon-fri 09:00-18:00")
        await story.says(name, "/boundary mute rituals")
    await put(story, "maya", "ana", "kenji")
    return story


async def evening(story: Story) -> None:
    await story.until(datetime(2026, 11, 23, 21, 0, tzinfo=UTC))
    story.chat.seen.clear()


async def last_hold(story: Story, name: str = "ana") -> Hold:
    return (await story.holds(name))[-1]


# Where it is printed ------------------------------------------------------------------------------------


async def test_a_message_that_waits_names_the_day_and_the_norm_to_both_sides(story: Story) -> None:
    await story.says("maya", "/focus 90m")
    said = await story.says("ana", "/later @maya hello")
    assert "No reply is expected before Tue 11:30." in said
    assert said.count(NORM) == 1
    assert NORM in await story.says("ana", "/boundary waiting")
    mine = await story.says("maya", "/boundary waiting")
    assert "reply by Tue 11:30" in mine
    assert NORM in mine
    assert "1 waiting, 0 urgent. The reply is due by Tue 11:30." in await story.says(
        "maya", "/boundary today"
    )
    assert "1 waiting, 0 urgent. The reply is due by Tue 11:30." in shown(await story.opens_home("maya"))
    await story.until(TEN + timedelta(hours=2))
    digest = story.read("maya")[-1]
    assert "Reply by Tue 11:30." in digest
    assert NORM in digest
    landed = story.read("ana")[-1]
    assert landed.startswith("Your message reached Maya at 11:")
    assert "No reply is expected before Tue 11:30." in landed
    assert NORM in landed


async def test_of_several_messages_that_landed_the_last_answer_counts(story: Story) -> None:
    await story.says("maya", "/focus 90m")
    await story.says("ana", "/later @maya hello")
    await story.mentions("ana", "maya")
    await story.until(TEN + timedelta(hours=2))
    landed = story.read("ana")[-1]
    assert landed.startswith("Your 2 messages reached Maya at 11:")
    assert f"No reply is expected before Tue 11:30.\n{NORM}" in landed
    assert MENTIONS in story.read("maya")[-1]


async def test_what_is_passed_on_at_once_says_by_when_an_answer_is_due(story: Story) -> None:
    said = await story.says("ana", "/later @maya @kenji hello")
    assert "Passed on now to Maya and Kenji. No reply is expected before Tue 10:00." in said
    assert said.count(NORM) == 1
    passed = story.read("maya")[-1]
    assert "Reply by Tue 10:00." in passed
    assert NORM in passed


async def test_a_note_about_a_mention_tells_of_those_who_have_it_at_once(story: Story) -> None:
    await story.says("maya", "/focus 90m")
    await story.mentions("ana", "maya", "kenji", "sam")
    note = story.read("ana", "note")[-1]
    assert "Kenji has it without delay. No reply is expected before 14:00." in note
    assert note.count(MENTIONS) == 1
    assert "Sam" not in note
    kept = await story.press("ana", story.last("ana", "note"), "Deliver when back")
    assert MENTIONS in shown(kept.message)


async def test_whoever_shares_no_team_is_told_no_norm(story: Story) -> None:
    await story.says("maya", "/focus 90m")
    said = await story.says("sam", "/later @maya hello")
    assert "No reply is expected before Tue 11:30." in said
    assert "norm:" not in said


async def test_an_answer_is_due_later_when_the_release_moves(story: Story) -> None:
    await story.says("maya", "/focus 90m")
    await story.says("ana", "/later @maya hello")
    await story.says("maya", "/focus 3h")
    assert (await last_hold(story)).reply_by == TEN + timedelta(days=1, hours=3)
    assert "No reply is expected before Tue 13:00." in story.read("ana")[-1]
    assert NORM in story.read("ana")[-1]


async def test_time_for_an_answer_counts_from_when_a_late_message_arrives(story: Story) -> None:
    """The bot was away from before the release until the afternoon."""
    await story.says("maya", "/focus 90m")
    await story.says("ana", "/later @maya hello")
    story.clock.at = TEN + timedelta(hours=6)
    await story.sweep()
    assert "Reply by Tue 16:00." in story.read("maya")[-1]
    landed = story.read("ana")[-1]
    assert landed.startswith("Your message reached Maya at 16:00.")
    assert "No reply is expected before Tue 16:00." in landed


async def test_so_it_does_for_an_urgent_ping_that_comes_late(story: Story) -> None:
    await story.says("maya", "/focus 90m")
    await story.says("ana", "/later @maya the shop is down")
    held = await last_hold(story)
    fields = {"reason": "broken", "words": "shop", "sure": "yes"}
    await story.app.handle(Submitted(story.key(), account("ana"), FormId.URGENT, held.id, fields))
    story.clock.at += timedelta(minutes=20)
    await story.perform()
    assert "Reply by 10:50." in story.read("maya")[-1]
    assert (await last_hold(story)).reply_by == TEN + timedelta(minutes=50)


async def test_an_urgent_ping_says_by_when_and_whose_norm(story: Story) -> None:
    await story.says("maya", "/focus 90m")
    await story.says("ana", "/later @maya the shop is down")
    held = await last_hold(story)
    said = await story.submit("ana", FormId.URGENT, held.id, reason="broken", words="shop", sure="yes")
    norm = "Platform's norm: urgent messages within 30m."
    assert "No reply is expected before 10:30." in shown(said.message)
    assert norm in shown(said.message)
    ping = story.read("maya")[-1]
    assert "Reply by 10:30." in ping
    assert norm in ping


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"urgent_means": "The shop is down"}, "Urgent in Platform: The shop is down"),
        (
            {"urgent_budget": 3},
            "Platform agreed on at most 3 break-throughs a week, and this one is counted.",
        ),
    ],
)
async def test_the_urgent_form_quotes_what_the_team_agreed(
    story: Story, changes: dict[str, Any], words: str
) -> None:
    await put(story, "maya", "ana", "kenji", **changes)
    await story.says("maya", "/focus 90m")
    for sender, expected in (("ana", True), ("sam", False)):
        reply = await story.command(sender, "/later @maya hello")
        form = (await story.press(sender, reply.message, "Send now…")).form
        assert form is not None
        told = [plain(each.line) for each in form.fields if isinstance(each, NoteField)]
        assert (words in told) is expected


# Coaching -----------------------------------------------------------------------------------------------

GUESS = "People guess that an answer is wanted sooner than it is"
LEAD = "You lead Platform: at this hour a message from you reads as an expectation."


async def test_outside_hours_a_sender_is_told_what_helps_once_a_day(story: Story) -> None:
    await evening(story)
    said = await story.says("ana", "/later @maya hello")
    assert f"{GUESS}: saying “no reply needed before Wed 09:00” in the message" in said
    assert GUESS not in await story.says("ana", "/later @kenji hello")
    story.clock.at += timedelta(hours=4)
    assert GUESS in await story.says("ana", "/later @maya again")


async def test_within_hours_nobody_is_coached(story: Story) -> None:
    await story.says("maya", "/focus 90m")
    assert GUESS not in await story.says("ana", "/later @maya hello")
    assert (await story.record("ana")).state.coached is None


async def test_a_lead_hears_how_a_message_at_this_hour_reads(story: Story) -> None:
    ana = (await story.record("ana")).person.id
    await put(story, "maya", "ana", "kenji", leads=(ana,))
    await evening(story)
    await story.mentions("ana", "maya")
    note = story.read("ana", "note")[-1]
    assert f"{LEAD} If it can wait, say there that no answer is needed before Tue 13:00." in note
    assert LEAD not in await story.says("ana", "/later @maya hello")


async def test_a_lead_who_holds_a_message_hears_it_too(story: Story) -> None:
    ana = (await story.record("ana")).person.id
    await put(story, "maya", "ana", "kenji", leads=(ana,))
    await evening(story)
    assert f"{LEAD} Held, it does not;" in await story.says("ana", "/later @maya hello")


async def test_a_sender_without_norms_is_not_coached(story: Story) -> None:
    await evening(story)
    await story.mentions("lee", "maya")
    assert GUESS not in story.read("lee", "note")[-1]


# A lead's own figures -----------------------------------------------------------------------------------


async def counted(story: Story, name: str = "ana") -> AfterHours:
    record = await story.record(name)
    until = story.clock.at + timedelta(minutes=1)
    return await story.store.read(lambda tx: coaching.after_hours(tx, record, TEN, until))


async def test_pings_outside_hours_are_counted_without_names(story: Story) -> None:
    await story.says("maya", "/focus 30m")
    await story.says("ana", "/later @maya in hours")
    assert await counted(story) == AfterHours()
    await evening(story)
    await story.mentions("ana", "maya", "kenji")
    await story.says("ana", "/later @maya once more")
    assert await counted(story) == AfterHours(pings=3, people=2, held=3)
    held = await last_hold(story)
    await story.submit("ana", FormId.URGENT, held.id, reason="broken", words="shop", sure="yes")
    assert await counted(story) == AfterHours(pings=3, people=2, held=2)
    assert await counted(story, "kenji") == AfterHours()


async def test_whoever_is_on_call_agreed_to_be_reached(story: Story) -> None:
    await story.says("maya", "/boundary on-call mon 20:00-22:00 pager")
    await evening(story)
    await story.says("ana", "/later @maya the shop is down")
    assert (await counted(story)).pings == 1
    held = await last_hold(story)
    await story.submit("ana", FormId.URGENT, held.id, reason="broken", words="shop", sure="yes")
    assert await counted(story) == AfterHours()


async def test_what_was_taken_back_is_not_counted(story: Story) -> None:
    await evening(story)
    reply = await story.command("ana", "/later @maya hello")
    await story.press("ana", reply.message, "Cancel")
    assert await counted(story) == AfterHours()


async def test_whoever_is_never_off_is_never_reached_outside_hours(story: Story) -> None:
    await story.says("maya", "/boundary hours none")
    await evening(story)
    await story.says("maya", "/quiet 30m")
    await story.says("ana", "/later @maya hello")
    assert await counted(story) == AfterHours()


async def test_a_status_says_by_when_answers_are_due() -> None:
    story = Story(now=TEN, connect=True)
    await story.enrol("maya", "ana")
    await story.connects("maya")
    await story.says("maya", "/focus 90m salary review")
    assert story.chat.statuses[account("maya")].text == "Focusing, back at 11:30"
    await story.says("maya", "/focus off")
    await put(story, "maya", "ana")
    await story.says("maya", "/focus 90m salary review")
    assert story.chat.statuses[account("maya")].text == "Focusing, back at 11:30, replies by Tue 11:30"
