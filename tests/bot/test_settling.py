"""A choice settles the message it was made in, unless that message is about more."""

from __future__ import annotations

import pytest

from bot.inbound import Profile
from tests.support.shown import button, buttons_of, shown
from tests.support.story import Story

SURE = {"reason": "broken", "sure": "yes"}


@pytest.fixture
async def story() -> Story:
    """Maya is in focus; Ana and Kenji use us, too."""
    story = Story()
    await story.enrol("maya", "kenji", "ana")
    await story.says("maya", "/focus 90m")
    return story


@pytest.mark.parametrize("choice", ["Deliver when back", "Never mind"])
async def test_a_choice_takes_the_place_of_a_note_about_one_person(story: Story, choice: str) -> None:
    await story.mentions("ana", "maya")
    reply = await story.press("ana", story.last("ana", "note"), choice)
    assert reply.replace
    assert not buttons_of(reply.message)


async def test_what_comes_too_late_settles_the_note_as_well(story: Story) -> None:
    await story.mentions("ana", "maya")
    note = story.last("ana", "note")
    await story.press("ana", note, "Never mind")
    for choice in ("Deliver when back", "It's urgent…", "Never mind"):
        reply = await story.press("ana", note, choice)
        assert (reply.replace, shown(reply.message)) == (True, "It was taken back already.")


async def test_a_note_about_two_people_stays_for_the_other_one(story: Story) -> None:
    await story.says("kenji", "/focus 90m")
    await story.mentions("ana", "maya", "kenji")
    note = story.last("ana", "note")
    assert not (await story.press("ana", note, "Never mind (Maya)")).replace
    assert "Kenji is told" in shown((await story.press("ana", note, "Deliver when back (Kenji)")).message)


async def test_a_list_of_what_one_sent_stays(story: Story) -> None:
    await story.says("ana", "/later @maya one")
    await story.says("ana", "/later @maya two")
    listed = (await story.command("ana", "/boundary waiting")).message
    assert not (await story.press("ana", listed, "Cancel")).replace


async def test_what_somebody_else_got_at_once_is_not_taken_away(story: Story) -> None:
    said = (await story.command("ana", "/later @maya @sam words")).message
    assert "Passed on now to sam" in shown(said)
    assert not (await story.press("ana", said, "Cancel")).replace
    alone = (await story.command("ana", "/later @maya words")).message
    assert (await story.press("ana", alone, "Cancel")).replace


async def test_a_sent_reason_settles_the_note_that_asked_for_it(story: Story) -> None:
    await story.mentions("ana", "maya")
    opened = (await story.press("ana", story.last("ana", "note"), "It's urgent…")).form
    assert opened is not None
    wrong = await story.submit("ana", opened.id, opened.context)
    assert (bool(wrong.errors), wrong.replace) == (True, False)
    sent = await story.submit("ana", opened.id, opened.context, **SURE)
    assert (sent.replace, "On its way to Maya" in shown(sent.message)) == (True, True)


async def test_an_edited_text_settles_what_told_of_the_old_one(story: Story) -> None:
    said = (await story.command("ana", "/later @maya words")).message
    opened = (await story.press("ana", said, "Edit…")).form
    assert opened is not None
    saved = await story.submit("ana", opened.id, opened.context, text="other words")
    assert (saved.replace, "gets the new text" in shown(saved.message)) == (True, True)
    gone = await story.press("ana", saved.message, "Cancel")
    assert (gone.replace, shown(gone.message)) == (True, "Taken back. Maya will not hear of it.")


@pytest.mark.parametrize("choice", ["Fair", "Could have waited"])
async def test_a_judged_ping_keeps_its_link_and_loses_its_choices(story: Story, choice: str) -> None:
    await story.mentions("ana", "maya")
    hold = (await story.holds("ana"))[-1]
    await story.submit("ana", "urgent", hold.id, **SURE)
    reply = await story.press("maya", story.last("maya"), choice)
    assert reply.replace
    assert not buttons_of(reply.message)
    assert "Open the message" in shown(reply.message)
    assert "Noted: " in shown(reply.message)


async def test_a_judged_text_stays_where_it_was(story: Story) -> None:
    await story.says("ana", "/later @maya the shop is down")
    hold = (await story.holds("ana"))[-1]
    await story.submit("ana", "urgent", hold.id, **SURE)
    ping = story.last("maya")
    assert "the shop is down" in shown(ping)
    assert not (await story.press("maya", ping, "Fair")).replace


async def test_a_guest_reads_at_home_that_we_are_for_members(story: Story) -> None:
    home = await story.opens_home("noor", Profile("Noor", "Europe/Lisbon", is_guest=True))
    assert "you are a guest here" in shown(home)
    assert not buttons_of(home)
    member = await story.opens_home("lee")
    assert button(member, "Set up in a minute")
