"""`/later`: who it is for, by when, what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.inbound import Pressed, Profile
from bot.messages.actions import Act
from bot.messages.forms import LONGEST_TEXT
from bot.messages.model import NoteField, PeopleField, TextField
from bot.messages.words import plain
from bot.records import HoldState, Tenant
from tests.support.shown import shown
from tests.support.story import MONDAY, TENANT, Story, account


async def test_somebody_available_gets_it_at_once_and_nobody_learns_more(story: Story) -> None:
    assert await story.says("ana", "/later @maya hello") == "Passed on now to Maya."
    assert await story.says("ana", "/later @lee hello") == "Passed on now to lee."
    assert story.read("maya")[-1] == "Ana wrote at 10:05:\nhello"
    assert story.read("lee")[-1] == "Ana wrote at 10:05:\nhello"


async def test_several_people_each_get_it_at_their_own_moment(story: Story) -> None:
    await story.says("maya", "/focus 90m")
    said = await story.says("ana", "/later @maya, @lee and @sam The plan moved")
    assert said.startswith("Passed on now to lee.")
    assert "Maya is away from notifications and back at 11:35." in said
    assert "Sam is away from notifications and back at 14:00." in said
    assert "Times are your local time." in said
    assert {hold.state for hold in await story.holds("ana")} == {HoldState.WAITING, HoldState.DELIVERED}


@pytest.mark.parametrize(
    ("typed", "held"),
    [
        ("by 11:00 could you look", "could you look"),
        ("by tomorrow 9:00 could you look", "could you look"),
        ("by fri could you look", "could you look"),
        ("by 5pm could you look", "could you look"),
        ("by the way, could you look", "by the way, could you look"),
        ("by 5 people at least", "by 5 people at least"),
        ("line one\nline two", "line one\nline two"),
        ("by 17:00 " + "word " * 450 + "end", "word " * 450 + "end"),
        ("by 17:00\nline one\n\nline two", "line one\n\nline two"),
    ],
)
async def test_by_is_a_time_only_where_a_time_follows(story: Story, typed: str, held: str) -> None:
    await story.says("maya", "/focus 90m")
    await story.says("ana", f"/later @maya {typed}")
    hold = (await story.holds("ana"))[0]
    assert hold.text is not None
    assert story.vault.open(hold.text, f"hold:{hold.id}") == held
    assert (hold.needs_by is not None) == (held != typed)


async def test_an_answer_needed_before_they_are_back_is_said_at_once(story: Story) -> None:
    await story.says("maya", "/focus 90m")
    late = await story.says("ana", "/later @maya by 11:00 look?")
    assert "You need an answer by 11:00. Maya will not have seen it by then." in late
    assert "will not have seen it" not in await story.says("ana", "/later @maya by 15:00 look?")
    await story.until(MONDAY + timedelta(hours=2))
    assert "They need an answer by 15:00." in story.read("maya")[-1]


async def test_an_answer_needed_before_the_next_digest_is_said_at_once_too(story: Story) -> None:
    await story.says("maya", "/boundary digests 16:30")
    await story.says("maya", "/focus 30m")
    said = await story.says("ana", "/later @maya by 10:36 look?")
    assert "You need an answer by 10:36. Maya may not have seen it by then." in said
    await story.until(MONDAY + timedelta(hours=1))
    await story.says("maya", "/focus 30m")
    said = await story.says("ana", "/later @maya by 14:00 look?")
    assert "back at 11:35" in said
    assert "You need an answer by 14:00. Maya will not have seen it by then." in said
    assert "seen it" not in await story.says("ana", "/later @maya by 17:00 look?")


async def test_a_time_that_has_passed_is_refused(story: Story) -> None:
    said = await story.says("ana", "/later @maya by 9:00 look?")
    assert 'has passed today. For example: "by tomorrow 09:00".' in said
    late = await story.submit("ana", "later", to="U0MAYA", text="look?", needs_by="9:00")
    assert late.errors["needs_by"].endswith('has passed today. For example: "tomorrow 09:00".')
    odd = await story.submit("ana", "later", to="U0MAYA", text="look?", needs_by="nonsense")
    assert odd.errors["needs_by"].endswith('For example: "fri 14:00".')
    more = await story.submit("ana", "later", to="U0MAYA", text="look?", needs_by="23:00 please")
    assert more.errors["needs_by"] == 'At "please": this does not belong to a time. For example: "fri 14:00".'
    assert await story.holds("ana") == []


async def test_what_cannot_be_held_is_refused_with_what_to_do(story: Story) -> None:
    await story.knows(Tenant(TENANT, "slack", bot_user="U0BOT"))
    assert "I can hold 2500 characters" in await story.says("ana", f"/later @maya {'x' * (LONGEST_TEXT + 1)}")
    many = " ".join(f"@p{letter}" for letter in "abcdefghijk")
    assert "at most 10" in await story.says("ana", f"/later {many} hello")
    assert "That one is me" in await story.says("ana", "/later @bot hello")


async def test_a_name_that_nobody_here_goes_by_opens_the_form_with_everything_else_filled_in(
    story: Story,
) -> None:
    form = (await story.command("ana", "/later @Maya.C by 17:00 hello there")).form
    assert form is not None
    note, to, text, needs_by = form.fields
    assert isinstance(note, NoteField)
    assert plain(note.line) == "I do not know “@Maya.C”: choose who it is for."
    assert isinstance(to, PeopleField)
    assert isinstance(text, TextField)
    assert isinstance(needs_by, TextField)
    assert (text.value, needs_by.value) == ("hello there", "17:00")


async def test_those_who_are_known_are_chosen_already_beside_a_name_that_is_not(story: Story) -> None:
    form = (await story.command("ana", "/later @maya @Sam.B by 99:99 hello")).form
    assert form is not None
    people = [field for field in form.fields if isinstance(field, PeopleField)]
    assert [field.chosen for field in people] == [(account("maya").user,)]
    texts = [field.value for field in form.fields if isinstance(field, TextField)]
    assert texts == ["by 99:99 hello", ""]
    trailing = (await story.command("ana", "/later hello @Sam.B")).form
    assert trailing is not None
    assert "hello @Sam.B" in [field.value for field in trailing.fields if isinstance(field, TextField)]


async def test_a_sender_without_a_zone_reads_the_recipients_time_and_is_told_so(story: Story) -> None:
    await story.says("maya", "/focus 90m")
    said = await story.says("lee", "/later @maya hi", Profile("Lee"))
    assert "back at 11:35" in said
    assert "Times are their local time." in said


async def test_a_norm_that_changes_tells_the_sender_that_it_moved(story: Story) -> None:
    await story.says("maya", "/focus 90m")
    await story.says("ana", "/later @maya hello")
    await story.says("maya", "/focus 3h")
    assert "Maya has changed their plans. I'll pass on your message between 13:05 and 13:20." in story.read(
        "ana"
    )


async def test_choosing_to_wait_says_when(story: Story) -> None:
    await story.says("maya", "/focus 90m")
    await story.mentions("ana", "maya")
    told = await story.press("ana", story.last("ana", "note"), "Deliver when back")
    assert shown(told.message).startswith("Maya is told when they are back. I'll pass on a link")


async def test_what_is_over_can_no_longer_be_changed(story: Story) -> None:
    await story.says("maya", "/focus 90m")
    reply = await story.command("ana", "/later @maya hello")
    hold = (await story.holds("ana"))[0]
    await story.until(MONDAY + timedelta(hours=2))
    for label in ("Edit…", "Cancel", "Send now…"):
        told = await story.press("ana", reply.message, label)
        assert told.form is None
        assert "already" in shown(told.message)
    assert "already been delivered" in shown(
        (await story.submit("ana", "edit_hold", hold.id, text="x")).message
    )
    sent = await story.submit("ana", "urgent", hold.id, reason="broken", sure="yes")
    assert "already been delivered" in shown(sent.message)
    kept = await story.handle(Pressed(story.key(), account("ana"), Act.KEEP, hold.id))
    assert "already been delivered" in shown(kept.message)


async def test_a_hold_whose_recipient_is_gone_is_on_its_way_out(story: Story) -> None:
    await story.says("maya", "/focus 90m")
    await story.says("ana", "/later @maya hello")
    hold = (await story.holds("ana"))[0]
    lost = replace(hold, id="h_lost", recipient="p_gone")
    await story.store.write(lambda tx: tx.holds.put(lost))
    assert "already on its way" in shown(
        (await story.submit("ana", "urgent", "h_lost", reason="asked", sure="yes")).message
    )


async def test_nothing_waits_means_nothing_to_deliver(story: Story) -> None:
    reply = await story.handle(Pressed(story.key(), account("maya"), Act.RELEASE, ""))
    assert shown(reply.message) == "Nothing waits for you."
