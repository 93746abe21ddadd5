"""Teams activities as inbound values: mentions are people, words are words, and nothing else is guessed."""

from __future__ import annotations

import random
from html import escape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.payloads import Malformed
from adapters.teams.translate import (
    acted,
    installed,
    key_of,
    message,
    named_of,
    people_of,
    profile_of,
    shortcut,
    with_accounts,
)
from adapters.teams.typed import html_pieces, message_pieces
from bot.inbound import (
    Account,
    Command,
    HomeOpened,
    Inbound,
    Left,
    Mentioned,
    PersonRef,
    Pieces,
    Pressed,
    Profile,
    ShortcutUsed,
    Submitted,
)
from tests.support.teams_door import APP, CONVERSATION, TENANT, Json, activity

BOT = f"28:{APP}"
WHO = f"teams:{TENANT}"
WORDS = frozenset({"boundary", "focus", "quiet", "later", "today", "who"})
CREW = {"id": "19:crew@thread.v2", "conversationType": "groupChat", "tenantId": TENANT}
CHANNEL = {"id": "19:gen@thread.tacv2;messageid=17", "conversationType": "channel", "tenantId": TENANT}
KENJI, NOOR = PersonRef("29:kenji", "Kenji Mori"), PersonRef("29:noor", "Noor Haddad")


def mention(user: str, name: str, text: str | None = None) -> Json:
    words = f"<at>{name}</at>" if text is None else text
    return {"type": "mention", "mentioned": {"id": user, "name": name}, "text": words}


TO_BOT = mention(BOT, "Boundary Bot")
TO_KENJI, TO_NOOR = mention(KENJI.user, KENJI.label), mention(NOOR.user, NOOR.label)


def said(text: str, *entities: Json, where: Json | None = None, **changed: Any) -> Inbound | None:
    place = {"conversation": where} if where else {}
    return message(activity(text=text, entities=list(entities), **place, **changed), WHO, WORDS)


def command(text: str, *entities: Json, where: Json | None = None, **changed: Any) -> tuple[str, Pieces]:
    found = said(text, *entities, where=where, **changed)
    assert isinstance(found, Command), found
    return found.word, found.text


@pytest.mark.parametrize(
    ("text", "word", "rest"),
    [
        ("focus 90m", "focus", ("90m",)),
        ("/focus 90m", "focus", ("90m",)),
        ("FOCUS\t90m deep work", "focus", ("90m deep work",)),
        ("  quiet", "quiet", ()),
        ("boundary today", "boundary", ("today",)),
        ("/boundary today", "boundary", ("today",)),
        ("/boundary", "boundary", ()),
        ("today", "boundary", ("today",)),
        ("/today", "boundary", ("today",)),
        ("focused work", "boundary", ("focused work",)),
        ("later\nsee you", "later", ("see you",)),
        ("focus&nbsp;90m", "focus", ("90m",)),
        ("focus\u00a090m", "focus", ("90m",)),
        ("quiet daily 18:00-19:30 Q&amp;A &lt;b&gt;", "quiet", ("daily 18:00-19:30 Q&A <b>",)),
        ("", "boundary", ()),
    ],
)
def test_words_in_the_own_chat_are_commands(text: str, word: str, rest: Pieces) -> None:
    assert command(text) == (word, rest)


@pytest.mark.parametrize(
    "text",
    [
        "<at>Boundary Bot</at> focus 90m",
        "<at>Boundary Bot</at>&nbsp;focus 90m",
        "<at>Boundary Bot</at>\u00a0focus 90m",
        "<AT>boundary bot</AT> focus 90m",
        '<at id="0">Boundary Bot</at>focus 90m',
        "  <at>Boundary&nbsp;Bot</at>  /focus 90m ",
        "<at>Boundary Bot</at> <at>Boundary Bot</at> focus 90m",
    ],
)
def test_the_mention_of_the_bot_is_no_part_of_the_words(text: str) -> None:
    assert command(text, TO_BOT, where=CREW) == ("focus", ("90m",))


def test_people_in_a_command_are_people() -> None:
    text = "later <at>Kenji Mori</at> by 17:00 see <at>Noor Haddad</at>"
    assert command(text, TO_KENJI, TO_NOOR) == ("later", (KENJI, " by 17:00 see ", NOOR))


def test_two_people_with_the_same_name_are_told_apart_by_their_order() -> None:
    one, two = mention("29:one", "Sam Lee"), mention("29:two", "Sam Lee")
    text = "later <at>Sam Lee</at> and <at>Sam Lee</at> hello"
    found = command(text, one, two)[1]
    assert [piece.user for piece in found if isinstance(piece, PersonRef)] == ["29:one", "29:two"]


def test_a_name_said_twice_with_one_entity_is_one_person() -> None:
    found = command("later <at>Kenji Mori</at> as <at>Kenji Mori</at> said", TO_KENJI)[1]
    assert [piece.user for piece in found if isinstance(piece, PersonRef)] == [KENJI.user] * 2


def test_an_at_tag_around_somebody_who_is_not_mentioned_stays_text() -> None:
    assert command("later <at>Maya Costa</at> hello") == ("later", ("<at>Maya Costa</at> hello",))


def test_other_bots_and_channels_are_words() -> None:
    other, channel = mention("28:poll", "Polly"), mention("19:gen@thread.tacv2", "General")
    text = "quiet <at>Polly</at> in <at>General</at>"
    assert command(text, other, channel) == ("quiet", ("@Polly in <at>General</at>",))


SAFE = st.text(st.characters(exclude_characters="<>&\u00a0\r", exclude_categories=("Cs", "Cc")), max_size=40)


@given(SAFE)
def test_any_typed_text_comes_out_as_it_was_typed(text: str) -> None:
    for sent in (text, escape(text, quote=False)):
        found = message_pieces(activity(text=sent, entities=[]), BOT)
        assert found == ((text.strip(),) if text.strip() else ())


@given(st.lists(st.one_of(SAFE, st.sampled_from([KENJI, NOOR])), max_size=8))
def test_any_mix_of_words_and_people_keeps_its_order(parts: list[str | PersonRef]) -> None:
    text = "".join(each if isinstance(each, str) else f"<at>{each.label}</at>" for each in parts)
    found = message_pieces(activity(text=text, entities=[TO_KENJI, TO_NOOR]), BOT)
    shown = "".join(each if isinstance(each, str) else f"@{each.label}" for each in parts)
    assert "".join(each if isinstance(each, str) else f"@{each.label}" for each in found) == shown.strip()
    assert [each for each in found if isinstance(each, PersonRef)] == [
        each for each in parts if isinstance(each, PersonRef)
    ]


@given(st.text(max_size=80))
def test_any_text_at_all_is_some_command(text: str) -> None:
    assert isinstance(said(text, TO_KENJI), Command | HomeOpened)


# Groups and channels ----------------------------------------------------------------------------------------


def test_a_message_that_mentions_others_is_a_mention_of_all_of_them() -> None:
    text = "<at>Kenji Mori</at> and <at>Noor Haddad</at>, look"
    found = said(text, TO_KENJI, TO_NOOR, TO_KENJI, where=CREW)
    assert found == Mentioned(
        key="teams:19:crew@thread.v2:1700000000001",
        who=Account(WHO, "29:maya"),
        channel="19:crew@thread.v2",
        message="1700000000001",
        people=(KENJI.user, NOOR.user),
        link="https://teams.microsoft.com/l/message/19:crew@thread.v2/1700000000001"
        "?context=%7B%22contextType%22%3A%22chat%22%7D",
    )


def test_a_mention_in_a_channel_names_its_thread() -> None:
    found = said("<at>Kenji Mori</at>", TO_KENJI, where=CHANNEL)
    assert isinstance(found, Mentioned)
    assert found.thread == "17"
    assert found.link == (
        "https://teams.microsoft.com/l/message/19:gen@thread.tacv2/1700000000001?parentMessageId=17"
    )


@pytest.mark.parametrize(
    "text", ["<at>Boundary Bot</at> look <at>Kenji Mori</at>", "<at>Kenji Mori</at> look"]
)
def test_who_mentions_the_bot_and_others_without_a_command_mentions_the_others(text: str) -> None:
    found = said(text, TO_BOT, TO_KENJI, where=CREW)
    assert isinstance(found, Mentioned)
    assert found.people == (KENJI.user,)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("<at>Boundary Bot</at> later <at>Kenji Mori</at> hello", "later"),
        ("<at>Boundary Bot</at> who <at>Kenji Mori</at>", "boundary"),
        ("<at>Boundary Bot</at> /boundary who <at>Kenji Mori</at>", "boundary"),
    ],
)
def test_a_command_about_others_is_a_command(text: str, word: str) -> None:
    assert command(text, TO_BOT, TO_KENJI, where=CREW)[0] == word


def test_a_targeted_message_is_a_command_whatever_it_mentions() -> None:
    to = {"id": BOT, "isTargeted": True}
    assert command("hello <at>Kenji Mori</at>", TO_KENJI, where=CREW, recipient=to)[0] == "boundary"


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("just talking", []),
        ("<at>Maya Costa</at> note to self", [mention("29:maya", "Maya Costa")]),
        ("focus 90m", []),
        ("", []),
    ],
)
def test_what_does_not_concern_us_is_nothing(text: str, entities: list[Json]) -> None:
    assert said(text, *entities, where=CREW) is None


def test_bots_are_not_listened_to() -> None:
    assert said("focus 90m", **{"from": {"id": "28:another"}}) is None
    assert said("focus 90m", **{"from": {"id": BOT}}) is None


# Home, installing, buttons ----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["home", "Home ", "/home", "boundary home", "/boundary HOME"])
def test_home_is_asked_for_in_the_own_chat(text: str) -> None:
    assert isinstance(said(text), HomeOpened)
    assert not isinstance(said(text, TO_BOT, where=CREW), HomeOpened)


def test_home_and_more_is_a_command() -> None:
    assert command("home office") == ("boundary", ("home office",))


@pytest.mark.parametrize(
    ("action", "kind"),
    [("add", HomeOpened), ("remove", Left), ("add-upgrade", None), ("remove-upgrade", None), (None, None)],
)
def test_installing_in_the_own_chat_opens_home_and_removing_leaves(
    action: str | None, kind: type[Inbound] | None
) -> None:
    update = activity(type="installationUpdate", action=action, text=None)
    found = installed(update, WHO)
    assert found is None if kind is None else type(found) is kind
    assert installed(update | {"conversation": CREW}, WHO) is None


def test_buttons_and_forms_are_told_apart() -> None:
    pressed = acted(activity(), WHO, {"action": "look", "value": "7", "surface": "home"})
    key, maya, chat = key_of(activity()), Account(WHO, "29:maya"), activity()["conversation"]["id"]
    assert pressed == Pressed(key, maya, "look", "7", "", "home", chat)
    data = {"form": "later", "context": "c", "fields": "to,text", "to": "29:kenji", "text": "hi"}
    found = acted(activity(), WHO, data)
    assert found == Submitted(key, maya, "later", "c", {"to": "29:kenji", "text": "hi"}, chat)
    assert acted(activity(), WHO, {"something": "else"}) is None


def test_a_button_that_comes_as_a_message_is_a_button() -> None:
    found = message(activity(text=None, value={"action": "look", "value": "7"}), WHO, WORDS)
    assert isinstance(found, Pressed)
    assert isinstance(message(activity(value={"unknown": 1}), WHO, WORDS), Command)


# Keys, profiles, people -------------------------------------------------------------------------------------


def test_a_key_names_conversation_and_activity() -> None:
    assert key_of(activity()) == f"teams:{CONVERSATION}:1700000000001"
    nameless = activity(id=None)
    assert key_of(nameless) == key_of(dict(reversed(nameless.items())))
    assert key_of(nameless) != key_of(nameless | {"text": "another"})


def test_an_activity_says_who_wrote_it() -> None:
    assert profile_of(activity()) == Profile("Maya Costa", "Europe/Lisbon", "en-GB", directory_id="aad-maya")
    odd = activity(entities=[5, {"type": "clientInfo", "timezone": 7}], locale=None)
    assert profile_of(odd) == Profile("Maya Costa", directory_id="aad-maya")
    assert named_of(activity(entities=[TO_KENJI])) == {KENJI.user: Profile(KENJI.label)}


def test_directory_ids_become_accounts() -> None:
    key, who = "k", Account(WHO, "29:maya")
    sent = Submitted(key, who, "later", "", {"to": "aad-kenji,aad-x", "text": "aad-kenji"})
    assert people_of(sent) == ("aad-kenji", "aad-x")
    found = with_accounts(sent, {"aad-kenji": KENJI.user})
    assert isinstance(found, Submitted)
    assert found.fields == {"to": "29:kenji,aad-x", "text": "aad-kenji"}
    text: Pieces = (PersonRef("aad-kenji", "Kenji"), " and ", PersonRef("aad-x", "Xenia"))
    used = ShortcutUsed(key, who, "c", "1", "aad-x", text)
    assert people_of(used) == ("aad-kenji", "aad-x")
    turned = with_accounts(used, {"aad-kenji": KENJI.user})
    assert isinstance(turned, ShortcutUsed)
    assert (turned.text, turned.author) == ((PersonRef(KENJI.user, "Kenji"), " and ", "@Xenia"), "")


# Messages that the action is used on ------------------------------------------------------------------------

PAYLOAD: Json = {
    "id": "42",
    "from": {"user": {"id": "aad-kenji", "displayName": "Kenji Mori"}},
    "body": {
        "contentType": "html",
        "content": '<div>Hello <at id="0">Noor</at>,&nbsp;1 &lt; 2</div><p>bye</p>',
    },
    "mentions": [{"id": 0, "mentionText": "Noor", "mentioned": {"user": {"id": "aad-noor"}}}],
    "linkToMessage": "https://teams.microsoft.com/l/message/19:crew@thread.v2/42",
}


def used(payload: Json, command_id: str = "deliver_when_available") -> ShortcutUsed | None:
    value = {"commandId": command_id, "messagePayload": payload}
    return shortcut(activity(type="invoke", value=value, conversation=CREW), WHO)


def test_the_action_on_a_message_carries_its_words_and_author() -> None:
    found = used(PAYLOAD)
    assert found is not None
    assert found.text == ("Hello ", PersonRef("aad-noor", "Noor"), ", 1 < 2\nbye")
    assert (found.author, found.message, found.channel) == ("aad-kenji", "42", CREW["id"])
    assert found.link == PAYLOAD["linkToMessage"]
    assert used(PAYLOAD, "another") is None


@pytest.mark.parametrize(
    "link", [None, 5, "javascript:alert(1)", "https://evil.example/l/message/x", "http://"]
)
def test_a_link_that_leads_elsewhere_is_not_taken(link: object) -> None:
    found = used(PAYLOAD | {"linkToMessage": link})
    assert found is not None
    assert found.link.startswith("https://teams.microsoft.com/l/message/19:crew@thread.v2/42")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one</p><p>two</p>", ("one\ntwo",)),
        ("one<br>two<br/>three", ("one\ntwo\nthree",)),
        ("<div><div>one</div></div>", ("one",)),
        ("<ul><li>a</li><li>b</li></ul>", ("a\nb",)),
        ('look <img alt="😀" src="x"> here', ("look 😀 here",)),
        ('<attachment id="1">gone</attachment>kept', ("kept",)),
        ("<script>alert(1)</script>kept", ("kept",)),
        ('<at id="9">Nobody</at> hi', ("Nobody hi",)),
        ('<span itemtype="http://schema.skype.com/Mention" itemid="0">Noor</span> hi', None),
        ("", ()),
        ("&amp;lt;b&amp;gt;", ("&lt;b&gt;",)),
        ("<p>broken <b", ("broken <b",)),
        ("<!-- pasted --><!doctype x>kept", ("kept",)),
        ("1 <a 2 <b>3</b>", ("1 <a 2 3",)),
    ],
)
def test_html_is_read_as_people_see_it(html: str, text: Pieces | None) -> None:
    found = html_pieces(PAYLOAD | {"body": {"contentType": "html", "content": html}})
    if text is None:
        assert found
    else:
        assert found == text


@pytest.mark.parametrize("half", ["<a ", "<!--", "<a b='", "</"])
def test_a_message_full_of_half_tags_is_words_at_once(half: str) -> None:
    """The stock parser takes most of a minute over it, and nothing else happens meanwhile."""
    text = (half * 20_000).strip()
    assert html_pieces({"body": {"contentType": "html", "content": text}}) == (text,)


def test_a_bot_presses_and_asks_for_nothing() -> None:
    robot = activity(**{"from": {"id": "28:robot"}})
    assert acted(robot, WHO, {"action": "release"}) is None
    asked = {"commandId": "deliver_when_available", "messagePayload": PAYLOAD}
    assert shortcut(activity(value=asked), WHO) is not None
    assert shortcut(robot | {"value": asked}, WHO) is None


def test_plain_bodies_are_taken_as_they_are() -> None:
    assert html_pieces({"body": {"contentType": "text", "content": "a <b> &amp;"}}) == ("a <b> &amp;",)
    for body in (None, 5, {}, {"content": 7}, {"content": None}):
        assert html_pieces({"body": body}) == ()


@given(st.text(max_size=120))
def test_any_html_is_some_text(html: str) -> None:
    found = html_pieces(PAYLOAD | {"body": {"contentType": "html", "content": html}})
    assert all(isinstance(piece, str | PersonRef) for piece in found)


# Odd shapes -------------------------------------------------------------------------------------------------

ODD: tuple[Any, ...] = (
    None,
    1,
    -1.5,
    True,
    [],
    {},
    "",
    "x" * 300,
    [None],
    {"id": None},
    {"id": 5},
    [{}],
    "29:x",
)
PLACES: tuple[tuple[str, ...], ...] = (
    *(("text",), ("entities",), ("recipient",), ("recipient", "id"), ("value",), ("from", "aadObjectId")),
    *(("conversation", "conversationType"), ("id",), ("channelData",), ("action",), ("replyToId",)),
    *(("value", "messagePayload"), ("value", "commandId"), ("value", "action"), ("value", "form")),
    *(("value", "messagePayload", "body"), ("value", "messagePayload", "mentions"), ("value", "fields")),
)


@pytest.mark.parametrize("seed", range(3))
def test_any_shape_is_understood_or_malformed(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(600):
        value: Json = {"commandId": "deliver_when_available", "messagePayload": dict(PAYLOAD)}
        value |= chance.choice([{}, {"action": "look"}, {"form": "later", "fields": "a,b"}])
        made = activity(value=value, entities=[TO_BOT, TO_KENJI], conversation=dict(CREW))
        for place in chance.sample(PLACES, 2):
            inner: Any = made
            for step in place[:-1]:
                inner = inner[step] if isinstance(inner, dict) and step in inner else {}
            if isinstance(inner, dict):
                inner[place[-1]] = chance.choice(ODD)
        for translate in (
            lambda a: message(a, WHO, WORDS),
            lambda a: shortcut(a, WHO),
            lambda a: installed(a, WHO),
        ):
            try:
                found = translate(made)
            except Malformed:
                continue
            assert found is None or isinstance(found, Inbound)
