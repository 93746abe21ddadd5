"""What we show in Teams is a good card of a size Teams takes, and nothing that a person wrote is parsed."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.teams.forms import form_card, pressed_data
from adapters.teams.render import LARGEST, activities, activity, card
from adapters.teams.wording import size
from bot.messages.model import (
    Actions,
    Bullets,
    Button,
    ChoiceField,
    Code,
    Context,
    Divider,
    Form,
    Heading,
    Link,
    Message,
    NoteField,
    Option,
    Paragraph,
    Part,
    PeopleField,
    Plain,
    Quote,
    Ribbon,
    RibbonPart,
    Row,
    Strong,
    TextField,
    Who,
)
from tests.support import messages
from tests.support.cards import problems, walk

Json = dict[str, Any]
NASTY = (
    "<at>Maya</at>", "**bold**", "[bank](https://evil.example)", "# Head", "`code`", "- item", "\n", " ",
    "1. ", "https://evil.example", "www.evil.example", "{{DATE(2026-01-01T00:00:00Z)}}", "{{TIME(x)}}",
    "${x}", "<script>", "&lt;", "\\", "\u202e", "\x00", "\ud800", "😀", "é", "a", "_x_", "~~", "|", "{", "}",
    ">", "![x](https://evil.example/x.png)", "mailto:x@evil.example", "javascript:alert(1)",
)  # fmt: skip
OWN_LINK = "https://example.org/x"


def every_part(text: str) -> tuple[Part, ...]:
    spans = (Plain(text), Strong(text), Code(text), Link(text, OWN_LINK), Who("29:sam", text))
    button = Button(text, "act", text[:100], tone="danger", confirm=text)
    return (
        Heading(text),
        Paragraph((spans, (Plain(text),))),
        Bullets((spans, (Plain(text),))),
        Quote(text),
        Divider(),
        Context((spans,)),
        Row(spans),
        Row(spans, (button,)),
        Row((Plain(text), Link(text, f"javascript:{text}")), (Button(text, "act", "1"),)),
        Ribbon((RibbonPart(0, 540, "off"), RibbonPart(540, 1440, "available")), 600, text),
        Actions((button, Button(text, "go", url=OWN_LINK), Button(text, "go", url="data:text/html,x"))),
    )


def every_field(text: str) -> Form:
    options = tuple(Option(str(number), text) for number in range(3))
    return Form(
        "f",
        text,
        text,
        (
            TextField("a", text, value=text, hint=text, placeholder=text, multiline=True),
            ChoiceField("c", text, options, chosen=("1",), hint=text),
            PeopleField("h", text, many=True, chosen=("29:sam", "u2")),
            NoteField((Plain(text), Link(text, OWN_LINK))),
        ),
    )


def shown(value: object) -> list[str]:
    """Every text that a renderer may read as Markdown, and every address a card leads to."""
    found = []
    for each in walk(value):
        kind = str(each.get("type"))
        found += [each["text"]] if kind == "TextBlock" else []
        found += [each[key] for key in ("fallbackText", "summary", "errorMessage") if key in each]
        if kind == "Input.ChoiceSet" and each.get("style") == "expanded":
            found += [choice["title"] for choice in each["choices"]]
    return found


@pytest.mark.parametrize(("name", "message"), list(messages.messages()))
def test_every_message_we_build_is_a_good_card(name: str, message: Message) -> None:
    made = activity(message, surface="home")
    assert problems(made["attachments"][0]["content"]) == [], name
    assert made["summary"]
    assert made["type"] == "message"
    assert "text" not in made
    assert len(activities(message)) == 1


@pytest.mark.parametrize("text", ["", "a", "word " * 10_000, "x" * 10_000, "**x** " * 500, "\x00" * 9000])
def test_every_part_fits_whatever_its_length(text: str) -> None:
    for message in (Message(text, every_part(text)), *(Message(text, (part,)) for part in every_part(text))):
        made = [activity(message), *activities(message)]
        for one in made:
            assert problems(one["attachments"][0]["content"]) == []
            assert size(one) <= LARGEST


def test_fifty_thousand_hostile_strings_stay_inert() -> None:
    dice = random.Random(20261122)
    for _ in range(50_000 // 40):  # about forty places take the words
        text = "".join(dice.choices(NASTY, k=dice.randrange(12)))
        people = {"29:sam": text, "u2": text}
        form = form_card(every_field(text), errors={"a": text, "gone": text}, people=people)
        made = [activity(Message(text, every_part(text))), form]
        for one in shown(made):
            assert not set(one) & set("*_`~[]()<>#|\\{}@/!")
        for found in walk(made):
            assert "entities" not in found
            assert found.get("url", OWN_LINK) == OWN_LINK
            if found.get("type") == "TextRun":
                assert "{{DATE(" not in found["text"]
                assert "{{TIME(" not in found["text"]


@pytest.mark.parametrize("words", ["**Maya** [x](https://evil.example)", "<at>all</at>", "{{DATE(2026)}}"])
def test_no_message_we_build_puts_a_persons_words_where_markdown_is_read(words: str) -> None:
    cards = [card(message) for _, message in messages.messages(words)]
    cards += [form_card(form) for _, form in messages.forms(words)]
    for text in shown(cards):
        assert words not in text
    runs = "".join(found["text"] for found in walk(cards) if found.get("type") == "TextRun")
    assert runs.count(words) > 20


@settings(max_examples=50, deadline=None)
@given(st.text(min_size=1), st.integers(1, 30_000))
def test_a_quote_of_any_length_arrives_whole(piece: str, times: int) -> None:
    text = (piece * times)[:150_000]
    made = activities(Message("s", (Paragraph(((Plain("They wrote:"),),)), Quote(text))))
    assert all(size(one) <= LARGEST for one in made)
    runs = [found["text"] for found in walk(made) if found.get("type") == "TextRun"]
    assert "".join(runs) == "They wrote:" + text


def test_a_long_digest_becomes_several_cards_without_losing_a_row_or_its_buttons() -> None:
    rows = tuple(
        Row((Plain(f"hold {number} {'x' * 900}"),), (Button("Edit", "e", str(number)),))
        for number in range(60)
    )
    made = activities(Message("Digest", (Heading("Digest"), *rows)), alert=True)
    assert len(made) > 1
    for number in range(60):
        (place,) = [one for one in made if f"hold {number} " in str(one)]
        assert [each for each in walk(place) if each.get("data", {}).get("value") == str(number)]
    assert [one.get("channelData") for one in made] == [
        {"notification": {"alert": True}},
        *[None] * (len(made) - 1),
    ]


def test_our_limit_is_below_that_of_teams() -> None:
    assert LARGEST <= 80 * 1024  # of 100 KB, [MST bots/how-to/format-your-bot-messages.md]


def test_a_heading_never_stands_alone_at_the_end_of_a_card() -> None:
    parts = [part for number in range(40) for part in (Heading(f"Sender {number}"), Quote("x" * 2500))]
    for one in activities(Message("s", tuple(parts))):
        assert one["attachments"][0]["content"]["body"][-1]["type"] == "Container"


def test_a_page_updated_in_place_counts_what_has_no_room_and_keeps_its_closing_buttons() -> None:
    rows = tuple(Row((Plain(f"norm {number} {'x' * 2000}"),)) for number in range(30))
    message = Message("Home", (*rows, Divider(), Actions((Button("Forget me", "forget"),))))
    body = activity(message)["attachments"][0]["content"]["body"]
    left = 30 - sum(1 for each in body if "norm " in str(each))
    assert left > 0
    assert body[-2]["inlines"][0]["text"] == f"And {left} more that have no room here."
    assert body[-1]["type"] == "ActionSet"


def test_a_line_stands_with_its_button_to_its_right() -> None:
    row = Row((Plain("deep work"),), (Button("Edit…", "edit_window", "0:x"),))
    (columns,) = card(Message("s", (row,)), "home")["body"]
    text, buttons = (column["items"][0] for column in columns["columns"])
    assert text["inlines"] == [{"type": "TextRun", "text": "deep work"}]
    first = buttons["actions"][0]
    assert (first["type"], first["verb"], first["title"]) == ("Action.Execute", "edit_window", "Edit…")
    assert pressed_data(first["data"]) == ("edit_window", "0:x", "home")
    assert first["fallback"] == {"type": "Action.Submit", "title": "Edit…", "data": first["data"]}


def test_two_buttons_leave_a_line_its_room_on_a_phone() -> None:
    row = Row((Plain("deep work"),), (Button("Edit…", "edit_window", "0:x"), Button("Remove", "remove")))
    said, pressed, below, _ = card(Message("s", (row, row)), "home")["body"]
    assert said["inlines"] == [{"type": "TextRun", "text": "deep work"}]
    assert [each["title"] for each in pressed["actions"]] == ["Edit…", "Remove"]
    assert (pressed["spacing"], below["spacing"]) == ("Small", "Large")


def test_what_cannot_be_undone_takes_one_press_more() -> None:
    button = Button("Forget me", "forget", confirm="This cannot be undone. Delete it?")
    asks = card(Message("s", (Row((Plain("Data"),), (button,)),)))["body"][1]["actions"][0]
    assert (asks["type"], asks["title"]) == ("Action.ShowCard", "Forget me")
    assert asks["card"]["body"][0]["inlines"][0]["text"] == "This cannot be undone. Delete it?"
    assert asks["card"]["actions"][0]["verb"] == "forget"
    assert asks["card"]["actions"][0]["title"] == "Yes, forget me"


def test_a_seventh_button_goes_into_the_menu() -> None:
    row = Actions(tuple(Button(str(number), "act", str(number)) for number in range(9)))
    (shown_row,) = card(Message("s", (row,)))["body"]
    assert [each.get("mode") for each in shown_row["actions"]] == [None] * 6 + ["secondary"] * 3


def test_a_divider_is_a_line_above_what_follows_and_nothing_at_an_end() -> None:
    words = Paragraph(((Plain("x"),),))
    body = card(Message("s", (Divider(), words, Divider(), Divider(), words, Divider())))["body"]
    assert [each.get("separator", False) for each in body] == [False, True]


def test_naming_a_person_shows_the_name_and_never_the_id() -> None:
    line = (Who("29:sam", "Sam"), Plain(" and "), Who("29:x", ""))
    inlines = card(Message("s", (Paragraph((line,)),)))["body"][0]["inlines"]
    assert [each["text"] for each in inlines] == ["Sam", " and ", "a colleague"]
    assert "29:" not in str(inlines)


def test_a_notification_is_raised_only_where_it_is_asked_for() -> None:
    message = Message("Urgent, from Sam", ())
    assert "channelData" not in activity(message)
    assert activities(message, alert=True)[0]["channelData"] == {"notification": {"alert": True}}


def test_a_message_without_parts_still_says_something() -> None:
    assert card(Message("Saved", ()))["body"][0]["inlines"][0]["text"] == "Saved"
    assert card(Message("", ()))["body"][0]["inlines"][0]["text"] == "Nothing to show."


@pytest.mark.parametrize(
    "bad",
    [
        {"type": "TextBlock", "text": "x", "onclick": "y"},
        {"type": "RichTextBlock", "inlines": []},
        {"type": "ActionSet", "actions": [{"type": "Action.OpenUrl", "url": "javascript:x"}]},
        {"type": "Media"},
    ],
)
def test_the_check_of_cards_finds_a_planted_mistake(bad: Json) -> None:
    assert problems(card(Message("s", ())) | {"body": [bad]})
