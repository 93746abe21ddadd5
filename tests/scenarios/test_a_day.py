"""The main story: focus, a ping deferred, one digest, the end of the day, Home, the trace."""

from __future__ import annotations

from datetime import timedelta

from bot.inbound import Profile
from rules import Mode
from tests.support.shown import button, fields_of, shown
from tests.support.story import MONDAY, Story, account


async def test_a_ping_during_focus_comes_in_one_digest_and_its_sender_is_told(story: Story) -> None:
    await story.enrol("maya", "sam", "ana")
    said = await story.says("maya", "/focus 90m deep work")
    assert said.startswith("Focus until 11:35. 2 people will be told if they write.")

    await story.mentions("ana", "maya")
    note = story.read("ana", "note")[-1]
    assert "Maya is away from notifications and back at 11:35." in note
    assert "I'll pass on a link to your message between 11:35 and 11:50." in note
    reply = await story.says("ana", "/later @maya Could you look at the draft?")
    assert "I'll pass on your message between 11:35 and 11:50." in reply

    await story.until(MONDAY + timedelta(hours=2))
    digests = [text for text in story.read("maya") if "waited" in text]
    assert len(digests) == 1
    assert digests[0].startswith("2 waited while you were away, 0 urgent")
    assert "Could you look at the draft?" in digests[0]
    assert story.read("ana")[-1] == f"Your 2 messages reached Maya at {story.saw('ana')[-1].at:%H:%M}."
    assert all(hold.text is None for hold in await story.holds("ana"))


async def test_the_status_follows_the_focus_and_is_cleared() -> None:
    connected = Story(connect=True)
    await connected.enrol("maya")
    await connected.connects("maya")
    await connected.says("maya", "/focus 90m deep work")
    status = connected.chat.statuses[account("maya")]
    assert "11:35" in status.text
    assert "deep work" not in status.text
    await connected.says("maya", "/focus off")
    assert connected.chat.statuses[account("maya")].text == ""


async def test_a_sender_says_it_is_urgent_and_the_recipient_calls_it_fair(story: Story) -> None:
    await story.enrol("maya", "ana")
    await story.says("maya", "/focus 90m")
    await story.mentions("ana", "maya")
    opened = await story.press("ana", story.last("ana", "note"), "It's urgent…")
    assert fields_of(opened.form) == ["reason", "words", "sure"]
    assert opened.form is not None
    missing = await story.submit("ana", "urgent", opened.form.context, reason="", sure="")
    assert set(missing.errors) == {"reason", "sure"}

    done = await story.submit("ana", "urgent", opened.form.context, reason="broken", words="shop", sure="yes")
    assert shown(done.message).startswith("On its way to Maya now")
    ping = story.read("maya")[-1]
    assert "Ana says this cannot wait." in ping
    assert "Something is broken for customers: shop." in ping
    assert "Noted: fair." in shown((await story.press("maya", story.last("maya"), "Fair")).message)
    assert (await story.holds("ana"))[-1].fair is True


async def test_urgent_that_may_not_pass_is_said_honestly_and_comes_first(story: Story) -> None:
    await story.enrol("maya", "ana", "sam")
    await story.says("maya", "/boundary style separator")
    await story.says("maya", "/boundary leave 2026-11-23..2026-11-24 @sam")
    reply = await story.command("ana", "/later @maya The shop is down")
    assert "Sam stands in until then." in shown(reply.message)
    opened = await story.press("ana", reply.message, "Send now…")
    assert opened.form is not None
    done = await story.submit("ana", "urgent", opened.form.context, reason="broken", sure="yes")
    assert "lets nobody through right now" in shown(done.message)
    assert "Sam stands in: write to them." in shown(done.message)
    assert not [text for text in story.read("maya") if "cannot wait" in text]


async def test_the_day_ends_because_the_person_ends_it(story: Story) -> None:
    await story.enrol("maya")
    await story.until(MONDAY.replace(hour=16, minute=46))
    nudge = story.last("maya")
    assert "Your hours end at 17:00." in shown(nudge)
    done = await story.press("maya", nudge, "Close the day")
    assert shown(done.message).startswith("Done for today. You are off until Tue 09:00.")
    assert (await story.record("maya")).person.said[-1].mode is Mode.OFF
    await story.until(MONDAY + timedelta(days=1))
    assert shown(story.last("maya")).startswith("Good morning. 0 waited, 0 urgent.")


async def test_thirty_more_minutes_last_from_the_end_of_hours(story: Story) -> None:
    await story.enrol("maya")
    await story.until(MONDAY.replace(hour=16, minute=46))
    more = await story.press("maya", story.last("maya"), "30 more minutes")
    said = shown(more.message)
    assert said.startswith("You are available until 17:30, then off.")
    assert "For colleagues you are available until 17:30;" in said
    assert "from then on they read that you are back at Tue 09:00." in said
    assert said.endswith("[Undo]")


async def test_home_shows_the_day_and_the_norms_with_what_can_be_done(story: Story) -> None:
    invitation = await story.opens_home("maya")
    assert "[Set up in a minute]" in shown(invitation)
    opened = await story.press("maya", invitation, "Set up in a minute", "home")
    assert fields_of(opened.form) == ["hours", "never", "style"]
    answered = await story.submit(
        "maya",
        "first",
        hours="mon-fri 9-18",
        never="daily 18:00-19:30 family dinner",
        style="separator",
    )
    assert "Quiet “family dinner”: daily 18:00-19:30" in shown(answered.message)
    home = story.last("maya", "home")
    assert "family dinner · quiet · daily 18:00-19:30 · lets nobody through [Edit…] [Remove]" in shown(home)
    removed = await story.press("maya", home, "Remove", "home")
    assert shown(removed.message).startswith("“family dinner” is removed.")
    assert "family dinner" not in shown(story.last("maya", "home"))


async def test_why_names_the_norm_that_wins_and_what_would_change_it(story: Story) -> None:
    await story.enrol("maya", "sam")
    await story.says("maya", "/focus 90m deep work")
    told = await story.says("maya", "/boundary why @sam")
    assert told.startswith("A message from Sam now? It would wait until 11:35.")
    assert "an urgent ping with a reason would pass now" in told
    assert "It would reach you now." in await story.says("maya", "/boundary why urgent")


async def test_a_sender_edits_cancels_and_sees_what_still_waits(story: Story) -> None:
    await story.enrol("maya", "ana")
    await story.says("maya", "/focus 90m")
    reply = await story.command("ana", "/later @maya first words")
    opened = await story.press("ana", reply.message, "Edit…")
    assert opened.form is not None
    saved = await story.submit("ana", "edit_hold", opened.form.context, text="better words")
    assert "gets the new text" in shown(saved.message)
    listed = await story.command("ana", "/boundary waiting")
    assert "From you, 1 message still waiting:" in shown(listed.message)
    taken = await story.press("ana", listed.message, "Cancel")
    assert shown(taken.message) == "Taken back. Maya will not hear of it."
    again = await story.press("ana", reply.message, "Cancel")
    assert shown(again.message) == "It was taken back already."
    await story.until(MONDAY + timedelta(hours=3))
    assert not [text for text in story.read("maya") if "waited" in text]


async def test_looking_early_delivers_what_waits_at_once(story: Story) -> None:
    await story.enrol("maya", "ana")
    await story.says("maya", "/focus 90m")
    await story.says("ana", "/later @maya hello there")
    listed = await story.command("maya", "/boundary waiting")
    assert "1 waiting, 0 urgent" in shown(listed.message)
    assert "hello there" not in shown(listed.message)
    done = await story.press("maya", listed.message, "Deliver these now")
    assert shown(done.message) == "1 message on the way to you now."
    assert "hello there" in story.read("maya")[-1]
    assert "reached Maya at 10:05" in story.read("ana")[-1]


async def test_a_zone_that_moved_is_asked_about_once(story: Story) -> None:
    await story.enrol("maya")
    for _ in range(3):
        await story.command("maya", "/boundary today", Profile("Maya", "Asia/Tokyo"))
    asked = [each.message for each in story.saw("maya", "post") if "Tokyo" in shown(each.message)]
    assert len(asked) == 1
    followed = await story.press("maya", asked[0], "Follow Tokyo")
    assert "Asia/Tokyo" in shown(followed.message)
    assert (await story.record("maya")).person.zone == "Asia/Tokyo"


async def test_keeping_the_home_zone_asks_again_after_the_date(story: Story) -> None:
    await story.enrol("maya")
    away = Profile("Maya", "Asia/Tokyo")
    await story.command("maya", "/boundary today", away)
    opened = await story.press("maya", story.last("maya"), "Keep Lisbon…")
    assert opened.form is not None
    wrong = await story.submit("maya", "zone", opened.form.context, until="soon")
    assert "2026-12-21" in wrong.errors["until"]
    await story.submit("maya", "zone", opened.form.context, until="2026-11-25")
    await story.until(MONDAY + timedelta(days=2))
    await story.command("maya", "/boundary today", away)
    assert len([text for text in story.read("maya") if "Tokyo" in text]) == 1
    await story.until(MONDAY + timedelta(days=3))
    await story.command("maya", "/boundary today", away)
    assert len([text for text in story.read("maya") if "Tokyo" in text]) == 2


async def test_the_shortcut_opens_the_form_and_holds_the_message(story: Story) -> None:
    await story.enrol("maya", "ana")
    await story.says("maya", "/focus 90m")
    opened = await story.shortcut("ana", "Could you look at this?")
    assert opened.form is not None
    wrong = await story.submit("ana", "later", opened.form.context, to="", text="x", needs_by="soon")
    assert "soon" in wrong.errors["needs_by"]
    to = account("maya").user
    sent = await story.submit("ana", "later", opened.form.context, to=to, text="Look?", needs_by="11:00")
    assert "You need an answer by 11:00. Maya will not have seen it by then." in shown(sent.message)
    assert button(sent.message, "Send now…")
