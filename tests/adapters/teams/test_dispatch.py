"""What comes in from the local Teams reaches the application, and what it answers reaches the person."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import Any

import pytest

from adapters.playground.faults import Fault, FaultKind
from adapters.playground.teams import activities
from adapters.teams.answers import CLOSED, FAILED, FILL_IN, STILL_WORKING
from bot.inbound import (
    Command,
    HomeOpened,
    Left,
    Mentioned,
    PersonRef,
    Pressed,
    Profile,
    ShortcutUsed,
    Submitted,
)
from bot.messages import forms
from bot.messages.model import Actions, Button, Message, Paragraph, Plain
from bot.ports import Reply
from tests.support.slack_stage import sentence
from tests.support.teams_inbound import (
    ANA,
    CREW,
    GENERAL,
    KENJI,
    MAYA,
    NOOR,
    Inbound,
    inbound,
)
from tests.support.waiting import until

Json = dict[str, Any]

BUTTONS = Message(
    "What waits",
    (
        Paragraph(((Plain("Two messages wait."),),)),
        Actions((Button("Look", "look", "7"), Button("Release", "release"))),
    ),
)


async def test_words_in_the_own_chat_are_a_command_and_are_answered_there() -> None:
    async with inbound() as at:
        at.script.replies[Command] = Reply(sentence("Focus until 19:30."))
        await at.humans.say(MAYA, at.personal(MAYA), "focus 90m deep work")
        await at.heard()
        heard = at.script.only()
        assert isinstance(heard, Command)
        assert (heard.word, heard.text, heard.channel) == ("focus", ("90m deep work",), at.personal(MAYA))
        assert heard.profile is not None
        assert (heard.profile.name, heard.profile.zone) == ("Maya Costa", "Europe/Lisbon")
        assert [post.summary for post in at.said(at.personal(MAYA))] == ["Focus until 19:30."]
        record = await at.record(MAYA)
        assert record is not None
        assert (record.dm, record.directory_id) == (at.personal(MAYA), at.world.users[MAYA].aad)


async def test_a_mention_of_the_bot_in_a_channel_is_answered_only_to_who_wrote() -> None:
    async with inbound() as at:
        at.script.replies[Command] = Reply(sentence("Your day."))
        await at.humans.say(KENJI, GENERAL, "@Boundary Bot today")
        await at.heard()
        heard = at.script.only()
        assert isinstance(heard, Command)
        assert (heard.word, heard.text) == ("boundary", ("today",))
        said = at.said(GENERAL)
        assert [post.viewer for post in said] == [KENJI]
        place = await at.conversation(GENERAL)
        assert place is not None
        assert (place.kind, place.team) == ("channel", GENERAL)


async def test_without_targeted_messages_a_group_is_answered_in_the_own_chat() -> None:
    async with inbound(features=frozenset()) as at:
        at.script.replies[Command] = Reply(sentence("Your day."))
        await at.humans.say(KENJI, CREW, "@Boundary Bot today")
        await at.heard()
        assert at.said(CREW) == []
        assert [post.summary for post in at.said(at.personal(KENJI))] == ["Your day."]


async def test_a_slash_command_is_a_command() -> None:
    async with inbound() as at:
        await at.humans.say(MAYA, CREW, "/later @Kenji tomorrow is fine", slash=True)
        await at.heard()
        heard = at.script.only()
        assert isinstance(heard, Command)
        assert (heard.word, heard.text) == ("later", (PersonRef(KENJI, "Kenji"), " tomorrow is fine"))


async def test_a_message_that_mentions_others_is_a_mention() -> None:
    async with inbound() as at:
        await at.enrol(KENJI)
        await at.humans.say(MAYA, CREW, "@Kenji @Noor Haddad could you look?")
        await at.heard()
        heard = at.script.only()
        assert isinstance(heard, Mentioned)
        assert (heard.people, heard.channel, heard.who.user) == ((KENJI, NOOR), CREW, MAYA)
        assert f"{CREW}/{heard.message}" in heard.link
        assert heard.profiles[MAYA].name == "Maya Costa"
        assert KENJI not in heard.profiles


async def test_of_a_mention_among_strangers_nobody_is_looked_up() -> None:
    async with inbound() as at:
        await at.humans.say(MAYA, CREW, "@Kenji could you look?")
        await at.heard()
        assert at.script.only().profiles == {}
        assert await at.record(MAYA) is None


async def test_a_guest_is_told_as_one() -> None:
    async with inbound() as at:
        await at.humans.say(NOOR, at.personal(NOOR), "who @Maya")
        await at.heard()
        heard = at.script.only()
        assert isinstance(heard, Command)
        assert heard.profile is not None
        assert heard.profile.is_guest
        await at.enrol(NOOR, guest=True)
        await at.humans.say(NOOR, at.personal(NOOR), "today")
        await at.heard(2)
        again = at.script.heard[1]
        assert isinstance(again, Command)
        assert again.profile is not None
        assert again.profile.is_guest


async def test_a_guest_whom_others_named_is_still_found_out() -> None:
    async with inbound() as at:
        await at.enrol(NOOR, person="", name="Noor Haddad")
        await at.enrol(MAYA)
        await at.humans.say(NOOR, CREW, "@Maya could you look?")
        await at.heard()
        assert at.script.only().profiles[NOOR].is_guest


async def test_a_guest_who_acts_where_the_bot_is_not_is_still_found_out() -> None:
    async with inbound() as at:
        at.world.faults.add(
            Fault(FaultKind.ERROR, "members.get", times=1, error="BotNotInConversationRoster")
        )
        await at.enrol(MAYA)
        await at.humans.say(NOOR, CREW, "@Maya could you look?")
        await at.heard()
        assert at.script.only().profiles[NOOR].is_guest


async def test_who_cannot_be_looked_up_now_is_asked_about_again() -> None:
    async with inbound() as at:
        at.world.faults.add(Fault(FaultKind.SERVER_ERROR, "members.get", times=1))
        await at.humans.say(NOOR, at.personal(NOOR), "today")
        await at.heard()
        await at.humans.say(NOOR, at.personal(NOOR), "today")
        await at.heard(2)
        first, second = (getattr(each, "profile", Profile()) for each in at.script.heard)
        assert (first.name, first.zone) == ("", "Europe/Berlin")
        assert (second.name, second.is_guest) == ("Noor Haddad", True)
        assert at.world.audit.arrivals["members.get"] == 2


async def test_people_who_use_us_are_not_looked_up() -> None:
    async with inbound() as at:
        await at.enrol(MAYA)
        for number in range(3):
            await at.humans.say(MAYA, at.personal(MAYA), "today")
            await at.heard(number + 1)
        assert at.world.audit.arrivals["members.get"] == 0


async def test_installing_shows_home_and_removing_is_heard() -> None:
    async with inbound() as at:
        await at.humans.install("29:ana")
        await at.heard()
        assert isinstance(at.script.heard[0], HomeOpened)
        place = await at.conversation(at.personal("29:ana"))
        assert place is not None
        assert (place.home, place.user) == ("wanted", "29:ana")
        await at.humans.uninstall("29:ana")
        await at.heard(2)
        assert isinstance(at.script.heard[1], Left)


async def test_an_installation_told_twice_shows_home_once() -> None:
    async with inbound() as at:
        person, place = at.world.users[MAYA], at.world.personal(MAYA)
        told = activities.installation(at.world, person, place, added=True)[0]
        await at.humans.deliver(told)
        await at.heard()
        shown = await at.conversation(place.id)
        assert shown is not None
        await at.store.write(lambda tx: tx.conversations.put(replace(shown, home="1700")))
        assert await at.humans.deliver(told) == 201
        await at.quiet()
        again = await at.conversation(place.id)
        assert again is not None
        assert (again.home, len(at.script.heard)) == ("1700", 1)


async def test_typing_home_wants_home() -> None:
    async with inbound() as at:
        await at.humans.say(MAYA, at.personal(MAYA), "Home ")
        await at.heard()
        assert isinstance(at.script.only(), HomeOpened)
        place = await at.conversation(at.personal(MAYA))
        assert place is not None
        assert place.home == "wanted"


async def test_the_app_in_a_group_is_only_remembered_and_forgotten() -> None:
    async with inbound() as at:
        await at.humans.add_app(KENJI, CREW)
        await at.quiet()
        assert await at.conversation(CREW) is not None
        await at.humans.remove_app(KENJI, CREW)
        await at.quiet()
        assert await at.conversation(CREW) is None
        assert at.script.heard == []


async def _card(at: Inbound, message: Message = BUTTONS) -> str:
    """The id of a card that the bot showed Maya."""
    at.script.replies[Command] = Reply(message)
    await at.humans.say(MAYA, at.personal(MAYA), "today")
    await at.heard()
    return str(at.said(at.personal(MAYA))[-1].id)


async def test_a_pressed_button_is_answered_in_passing_and_its_card_stays() -> None:
    async with inbound() as at:
        card = await _card(at)
        at.script.replies[Pressed] = Reply(sentence("It goes out at 9:00."))
        done = await at.humans.press(MAYA, at.personal(MAYA), card, "Look")
        assert (done.ok, done.toast) == (True, "It goes out at 9:00.")
        heard = at.script.heard[-1]
        assert isinstance(heard, Pressed)
        assert (heard.action, heard.value, heard.surface) == ("look", "7", "message")
        assert len(at.said(at.personal(MAYA))) == 1


async def test_a_longer_answer_stands_below_the_card() -> None:
    async with inbound() as at:
        card = await _card(at)
        at.script.replies[Pressed] = Reply(BUTTONS)
        done = await at.humans.press(MAYA, at.personal(MAYA), card, "Look")
        assert done.toast == "I have answered below."
        assert len(at.said(at.personal(MAYA))) == 2


async def test_an_answer_that_settles_a_card_takes_its_place_and_stays_there() -> None:
    async with inbound() as at:
        card = await _card(at)
        at.script.replies[Pressed] = Reply(sentence("On their way."), replace=True)
        done = await at.humans.press(MAYA, at.personal(MAYA), card, "Release")
        assert done.ok
        await at.quiet()
        post = at.said(at.personal(MAYA))[0]
        assert (len(at.said(at.personal(MAYA))), post.summary) == (1, "On their way.")
        assert "On their way." in str(post.card_for(MAYA))


async def test_in_a_group_a_settled_card_changes_for_nobody_else() -> None:
    async with inbound() as at:
        at.script.replies[Command] = Reply(BUTTONS)
        await at.humans.say(MAYA, CREW, "@Boundary Bot today")
        await at.heard()
        at.script.replies[Pressed] = Reply(sentence("On their way."), replace=True)
        done = await at.humans.press(MAYA, CREW, at.said(CREW)[0].id, "Release")
        assert done.ok
        await at.quiet()
        assert [(post.viewer, post.summary) for post in at.said(CREW)] == [(MAYA, "On their way.")]


async def test_a_form_opens_below_and_its_result_takes_its_place() -> None:
    async with inbound() as at:
        card = await _card(at)
        at.script.replies[Pressed] = Reply(form=forms.leave())
        done = await at.humans.press(MAYA, at.personal(MAYA), card, "Look")
        assert done.toast == FILL_IN
        form = at.said(at.personal(MAYA))[-1].id
        at.script.replies[Submitted] = Reply(sentence("Saved."))
        typed = {"first": "2026-12-21", "last": "2027-01-03"}
        assert (await at.humans.press(MAYA, at.personal(MAYA), form, "Save", typed)).ok
        heard = at.script.heard[-1]
        assert isinstance(heard, Submitted)
        assert (heard.form, heard.fields) == ("leave", typed | {"stand_in": ""})
        await at.quiet()
        assert at.said(at.personal(MAYA))[-1].summary == "Saved."


@pytest.mark.parametrize("settles", [True, False])
async def test_a_sent_form_takes_away_the_note_that_it_settles(settles: bool) -> None:
    async with inbound() as at:
        at.script.replies[Command] = Reply(BUTTONS)
        await at.humans.say(MAYA, CREW, "@Boundary Bot today")
        await at.heard()
        at.script.replies[Pressed] = Reply(form=forms.leave())
        assert (await at.humans.press(MAYA, CREW, at.said(CREW)[0].id, "Look")).ok
        form = at.said(CREW)[-1].id
        at.script.replies[Submitted] = Reply(sentence("On its way."), replace=settles)
        typed = {"first": "2026-12-21", "last": "2027-01-03"}
        assert (await at.humans.press(MAYA, CREW, form, "Save", typed)).ok
        await at.quiet()
        standing = [post.summary for post in at.said(CREW) if post.deleted is None]
        assert standing == (["On its way."] if settles else ["What waits", "On its way."])


async def test_a_cancelled_form_leaves_the_note_as_it_was() -> None:
    async with inbound() as at:
        card = await _card(at)
        at.script.replies[Pressed] = Reply(form=forms.leave())
        await at.humans.press(MAYA, at.personal(MAYA), card, "Look")
        await at.humans.press(MAYA, at.personal(MAYA), at.said(at.personal(MAYA))[-1].id, "Cancel")
        await at.quiet()
        assert [post.summary for post in at.said(at.personal(MAYA))] == ["What waits", CLOSED]


async def test_a_wrong_form_shows_what_is_wrong_and_keeps_what_was_typed() -> None:
    async with inbound() as at:
        card = await _card(at)
        at.script.replies[Pressed] = Reply(form=forms.leave())
        await at.humans.press(MAYA, at.personal(MAYA), card, "Look")
        post = at.said(at.personal(MAYA))[-1]
        at.script.replies[Submitted] = Reply(errors={"last": "That day comes before the first."})
        typed = {"first": "2026-12-21", "last": "2026-12-20"}
        assert (await at.humans.press(MAYA, at.personal(MAYA), post.id, "Save", typed)).ok
        shown = str(post.card_for(MAYA))
        assert "That day comes before the first." in shown
        assert "2026-12-20" in shown


async def test_a_form_from_before_a_restart_is_answered_in_words() -> None:
    async with inbound() as at:
        card = await _card(at)
        at.script.replies[Pressed] = Reply(form=forms.leave())
        await at.humans.press(MAYA, at.personal(MAYA), card, "Look")
        at.adapter._dispatcher._replies._shown._kept.clear()
        at.script.replies[Submitted] = Reply(errors={"last": "That day comes before the first."})
        form = at.said(at.personal(MAYA))[-1].id
        done = await at.humans.press(MAYA, at.personal(MAYA), form, "Save", {"first": "1", "last": "2"})
        assert done.toast == "That day comes before the first."


async def test_cancel_closes_a_form_without_asking_the_application() -> None:
    async with inbound() as at:
        card = await _card(at)
        at.script.replies[Pressed] = Reply(form=forms.leave())
        await at.humans.press(MAYA, at.personal(MAYA), card, "Look")
        before = len(at.script.heard)
        form = at.said(at.personal(MAYA))[-1]
        assert (await at.humans.press(MAYA, at.personal(MAYA), form.id, "Cancel")).ok
        await at.quiet()
        assert (len(at.script.heard), form.summary) == (before, CLOSED)


async def test_people_chosen_in_a_form_are_accounts() -> None:
    async with inbound() as at:
        card = await _card(at)
        at.script.replies[Pressed] = Reply(form=forms.leave())
        await at.enrol(KENJI, directory_id=at.world.users[KENJI].aad)
        await at.humans.press(MAYA, at.personal(MAYA), card, "Look")
        form = at.said(at.personal(MAYA))[-1]
        typed = {"first": "1", "last": "2", "stand_in": at.world.users[KENJI].aad}
        await at.humans.press(MAYA, at.personal(MAYA), form.id, "Save", typed)
        heard = at.script.heard[-1]
        assert isinstance(heard, Submitted)
        assert heard.fields["stand_in"] == KENJI
        typed["stand_in"] = at.world.users[ANA].aad  # she has not added the app
        at.script.replies[Pressed] = Reply(form=forms.leave())
        await at.humans.press(MAYA, at.personal(MAYA), card, "Look")
        before = len(at.script.heard)
        form = at.said(at.personal(MAYA))[-1]
        await at.humans.press(MAYA, at.personal(MAYA), form.id, "Save", typed)
        assert len(at.script.heard) == before
        assert "not met all of these people" in str(form.card_for(MAYA))


async def test_somebody_who_never_wrote_is_found_by_their_directory_id() -> None:
    async with inbound() as at:
        card = await _card(at)
        at.script.replies[Pressed] = Reply(form=forms.leave())
        await at.humans.press(MAYA, at.personal(MAYA), card, "Look")
        typed = {"first": "1", "last": "2", "stand_in": at.world.users[KENJI].aad}
        await at.humans.press(MAYA, at.personal(MAYA), at.said(at.personal(MAYA))[-1].id, "Save", typed)
        heard = at.script.heard[-1]
        assert isinstance(heard, Submitted)
        assert heard.fields["stand_in"] == KENJI
        assert heard.profiles[KENJI].directory_id == at.world.users[KENJI].aad


async def test_a_member_of_the_group_who_never_added_the_app_is_found_there() -> None:
    async with inbound() as at:
        at.script.replies[ShortcutUsed] = Reply(form=forms.leave())
        await at.humans.say(ANA, CREW, "the numbers are in")
        post = list(at.world.conversations[CREW].activities.values())[-1]
        await at.humans.message_action(MAYA, CREW, post.id)
        heard = at.script.heard[-1]
        assert isinstance(heard, ShortcutUsed)
        assert heard.author == ANA
        assert at.world.audit.arrivals["conversations.create"] == 0


async def test_the_action_on_a_message_opens_a_dialog_that_stays_until_it_is_right() -> None:
    async with inbound() as at:
        await at.enrol(KENJI, directory_id=at.world.users[KENJI].aad)
        said = await at.humans.say(KENJI, CREW, "The draft is <ready>, @Maya")
        await at.heard()
        at.script.replies[ShortcutUsed] = Reply(form=forms.later("The draft", "ctx", (KENJI,)))
        done = await at.humans.message_action(MAYA, CREW, str(said.id))
        assert done.ok
        heard = at.script.heard[-1]
        assert isinstance(heard, ShortcutUsed)
        assert (heard.author, heard.channel, heard.message) == (KENJI, CREW, said.id)
        assert heard.text[0] == "The draft is <ready>, "
        at.script.replies[Submitted] = Reply(errors={"needs_by": "I cannot read that time."})
        await at.humans.submit_dialog(MAYA, {"needs_by": "soonish"})
        dialog = str(at.world.dialogs[MAYA].card)
        assert "I cannot read that time." in dialog
        assert "soonish" in dialog
        at.script.replies[Submitted] = Reply(sentence("I will deliver it."))
        await at.humans.submit_dialog(MAYA, {"needs_by": "17:00"})
        assert "I will deliver it." in str(at.world.dialogs[MAYA].card)


async def test_a_failing_application_is_told_in_words() -> None:
    async with inbound() as at:
        card = await _card(at)

        def fail(_: object) -> Reply:
            raise PermissionError("secret-words")

        at.script.replies[Pressed] = at.script.replies[Command] = fail
        done = await at.humans.press(MAYA, at.personal(MAYA), card, "Look")
        assert done.toast == FAILED
        await at.humans.say(MAYA, at.personal(MAYA), "today")
        await at.heard(3)
        assert at.said(at.personal(MAYA))[-1].summary == FAILED


async def test_an_invoke_that_comes_again_is_handled_once_and_answered_the_same() -> None:
    async with inbound() as at:
        value = {
            "action": {"type": "Action.Execute", "verb": "look", "data": {"action": "look", "value": "1"}}
        }
        at.script.replies[Pressed] = lambda heard: Reply(sentence(f"Number {len(at.script.heard)}"))
        activity = invoke(at, "adaptiveCard/action", value)
        first, second = await at.server.delivery.invoke(activity), await at.server.delivery.invoke(activity)
        assert first == second
        assert len(at.script.heard) == 1


async def test_the_answer_to_one_persons_invoke_is_nobody_elses() -> None:
    async with inbound() as at:
        value = {"action": {"type": "Action.Execute", "verb": "look", "data": {"action": "look"}}}
        at.script.replies[Pressed] = lambda heard: Reply(sentence(f"For {at.script.heard[-1].who.user}"))
        activity = invoke(at, "adaptiveCard/action", value)
        kenji = activity["from"] | {"id": KENJI}
        answers = [await at.server.delivery.invoke(each) for each in (activity, activity | {"from": kenji})]
        assert [(each.body or {})["value"] for each in answers] == [f"For {MAYA}", f"For {KENJI}"]


async def test_closing_waits_a_moment_only_for_cards_that_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.teams.replies.CLOSE_WITHIN", 0.01)
    async with inbound() as at, asyncio.timeout(10):
        replies = at.adapter._dispatcher._replies
        replies._spawn(asyncio.sleep(60))
        await replies.close()
        assert not replies._tasks


ODD_INVOKES: tuple[tuple[str, Any], ...] = (
    ("adaptiveCard/action", None),
    ("adaptiveCard/action", [1]),
    ("adaptiveCard/action", {"action": "x"}),
    ("adaptiveCard/action", {"action": {"type": "Action.Execute", "data": [1]}}),
    ("adaptiveCard/action", {"action": {"type": "Action.Execute", "data": {"action": "form_x", "form": 5}}}),
    ("adaptiveCard/action", {"action": {"type": "Action.Submit"}}),
    ("composeExtension/fetchTask", None),
    ("composeExtension/fetchTask", {"commandId": "another"}),
    ("composeExtension/fetchTask", {"commandId": "deliver_when_available", "messagePayload": {"id": 5}}),
    ("composeExtension/submitAction", {"data": {}, "botMessagePreviewAction": "edit"}),
    ("composeExtension/query", {"parameters": 5}),
    ("composeExtension/query", {"commandId": "x", "parameters": []}),
    ("composeExtension/queryLink", {"url": "x"}),
    ("task/fetch", {"data": {}}),
    ("task/submit", None),
    ("config/fetch", {}),
    ("signin/verifyState", {}),
    ("fileConsent/invoke", {}),
    ("whatever", {}),
    ("", {}),
)


def invoke(at: Inbound, name: str, value: Any) -> Json:
    person, place = at.world.users[MAYA], at.world.personal(MAYA)
    return activities.invoke(at.world, person, place, name, value)


@pytest.mark.parametrize("number", range(len(ODD_INVOKES)))
async def test_any_invoke_gets_a_valid_answer(number: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    name, value = ODD_INVOKES[number]
    async with inbound() as at:
        heard = await at.server.delivery.invoke(invoke(at, name, value))
    assert heard.status == 200
    assert heard.body is not None
    if name == "adaptiveCard/action":
        assert heard.body["statusCode"] == 200
        assert heard.body["value"]
    elif name.startswith("composeExtension/query"):
        assert heard.body["composeExtension"]["text"]
    elif name.startswith(("composeExtension/", "task/")):
        assert heard.body["task"]["value"]
    assert "Traceback" not in caplog.text


async def test_a_slow_application_is_waited_for_in_the_chat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.teams.dispatch.ANSWER_WITHIN", 0.05)
    waited = asyncio.Event()

    async def slow(heard: object) -> Reply:
        await waited.wait()
        return Reply(sentence("Here it is."))

    async with inbound(handler=slow) as at:
        value = {
            "action": {"type": "Action.Execute", "verb": "look", "data": {"action": "look", "value": "1"}}
        }
        heard = await at.server.delivery.invoke(invoke(at, "adaptiveCard/action", value))
        assert heard.body is not None
        assert heard.body["value"] == STILL_WORKING
        waited.set()
        await until(lambda: bool(at.said(at.personal(MAYA))))
        assert at.said(at.personal(MAYA))[0].summary == "Here it is."


async def test_who_wants_to_be_forgotten_is_not_kept_in_memory() -> None:
    async with inbound() as at:
        card = await _card(at, replace(BUTTONS, parts=(Actions((Button("Forget", "forget"),)),)))
        at.adapter._dispatcher._replies._shown.keep(at.account(MAYA), forms.leave(), {})
        done = await at.humans.press(MAYA, at.personal(MAYA), card, "Forget")
        assert done.ok
        assert not at.adapter._dispatcher._replies._shown._kept
        assert not [key for key in at.adapter._dispatcher._people._met if key[0] == at.account(MAYA)]


async def test_the_answer_to_an_invoke_is_kept_for_a_moment_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.teams.dispatch.INVOKE_KEPT", 0.01)
    async with inbound() as at:
        await at.server.delivery.invoke(invoke(at, "task/fetch", {"data": {}}))
        await until(lambda: not at.adapter._dispatcher._invokes)
