"""What we show fits Slack's sizes, and nothing that a person wrote is ever parsed by Slack."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from adapters.playground.blocks import problems
from adapters.slack.forms import answers, form_view
from adapters.slack.render import answer_view, home_view, message_blocks, post_body, private_body
from adapters.slack.translate import pressed
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

Json = dict[str, Any]
NASTY = (
    "<!channel>",
    "<@U0SAM>",
    "<https://evil.example|bank>",
    "@channel",
    "*bold*",
    "`code`",
    "```",
    "&lt;!here&gt;",
    "<!subteam^S1>",
    ":smile:",
    "\n",
    "\u202e",
    "é",
    "😀",
    "&",
    "<",
    ">",
    "|",
    "_",
    "~",
    " ",
    "a",
    "https://evil.example",
    "<#C1>",
    "<!date^1^{date}|x>",
    "\x00",
    "\\",
    '"',
    "{",
    "]",
)


def nasty(dice: random.Random, longest: int = 12) -> str:
    return "".join(dice.choices(NASTY, k=dice.randrange(longest)))


def every_part(text: str) -> tuple[Part, ...]:
    spans = (Plain(text), Strong(text), Code(text), Link(text, "https://example.org/x"), Who("U0SAM", text))
    button = Button(text, "act", text[:100], tone="danger", confirm=text)
    return (
        Heading(text),
        Paragraph((spans, (Plain(text),))),
        Bullets((spans, (Plain(text),))),
        Quote(text),
        Divider(),
        Context(((Plain(text), Strong(text), Who("U1", text)),)),
        Context((spans,)),
        Row(spans),
        Row(spans, (button,)),
        Row((Plain(text),), (button,)),
        Row((Plain(text),), (button, button)),
        Ribbon((RibbonPart(0, 540, "off"), RibbonPart(540, 1440, "available")), 600, text),
        Actions((button, Button(text, "go", url="https://example.org"))),
    )


def every_field(text: str) -> Form:
    options = tuple(Option(str(number), text or "x") for number in range(12))
    return Form(
        "f",
        text,
        text,
        (
            TextField("a", text, value=text, hint=text, placeholder=text, multiline=True),
            TextField("b", text, max_length=5, value=text, optional=True),
            ChoiceField("c", text, options, chosen=("1",)),
            ChoiceField("d", text, options, chosen=("1", "2"), many=True),
            ChoiceField("e", text, options[:3], many=True, hint=text),
            PeopleField("g", text, chosen=("U1",)),
            PeopleField("h", text, many=True, chosen=("U1", "U2")),
            NoteField((Plain(text),)),
            ChoiceField("i", text, ()),
        ),
    )


def walk(value: Any) -> Iterator[Json]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner)


def assert_valid(blocks: list[Json], at_most: int = 50) -> None:
    assert problems(blocks, at_most=at_most) == []
    for block, parsed in zip(blocks, Block.parse_all(blocks), strict=True):
        assert parsed.to_dict()["type"] == block["type"]


@pytest.mark.parametrize("text", ["", "a", "word " * 10_000, "x" * 10_000, "<!channel> " * 500])
def test_every_part_fits_whatever_its_length(text: str) -> None:
    for part in every_part(text):
        assert_valid(message_blocks(Message(text, (part,)), 50))
    body = post_body(Message(text, every_part(text)), "d_1")
    assert_valid(body["blocks"])
    assert 0 < len(body["text"]) <= 4000
    assert_valid(home_view(Message(text, every_part(text)))["blocks"], 100)
    assert View(**answer_view(Message(text, every_part(text)), text)).to_dict()


@pytest.mark.parametrize("text", ["a", "word " * 1000, "<!channel>"])
def test_every_field_fits_whatever_its_length(text: str) -> None:
    view = form_view(every_field(text))
    assert_valid(view["blocks"], 100)
    assert View(**view).to_dict()
    assert len(view["title"]["text"]) <= 24


def test_fifty_thousand_hostile_strings_stay_inert() -> None:
    dice = random.Random(20261122)
    for _ in range(50_000 // 25):
        text = nasty(dice)
        shown = [post_body(Message(text, every_part(text))), form_view(every_field(text))]
        for found in walk(shown):
            assert found.get("type") not in {
                "mrkdwn",
                "user",
                "usergroup",
                "channel",
                "broadcast",
                "markdown",
            }
            if found.get("type") == "link":
                assert found["url"] == "https://example.org/x"
        fallback = shown[0]["text"]
        assert "<" not in fallback
        assert ">" not in fallback
        assert shown[0]["link_names"] is False


def test_a_long_text_is_split_and_arrives_whole() -> None:
    text = "".join(f"{number} " for number in range(3000))
    blocks = message_blocks(Message("s", (Quote(text),)), 50)
    assert len(blocks) > 1
    assert "".join(found["text"] for found in walk(blocks) if found.get("type") == "text") == text


def test_what_does_not_fit_is_counted_and_the_closing_buttons_stay() -> None:
    rows = tuple(Row((Plain(f"hold {number}"),)) for number in range(80))
    blocks = message_blocks(Message("Digest", (*rows, Actions((Button("Done", "done"),)))), 50)
    assert len(blocks) == 50
    assert blocks[-1]["type"] == "actions"
    assert blocks[-2]["elements"][0]["text"] == "and 32 more, see /boundary waiting"
    assert_valid(blocks)


def test_naming_a_person_does_not_ping_them() -> None:
    shown = json.dumps(
        message_blocks(Message("s", (Paragraph(((Who("U0SAM", "sam"), Who("U1", "")),)),)), 50)
    )
    assert "@sam" in shown
    assert "a colleague" in shown
    assert "U1" not in shown
    assert '"user"' not in shown


def test_a_ribbon_shows_half_hours_with_now_in_brackets() -> None:
    parts = (RibbonPart(0, 540, "off"), RibbonPart(540, 1080, "available"), RibbonPart(1080, 1440, "quiet"))
    picture, legend, alt = message_blocks(Message("s", (Ribbon(parts, 615, "Off until 09:00."),)), 50)
    lines = picture["elements"][0]["elements"][0]["text"].split("\n")
    assert lines[0] == "00  " + "⬛" * 12
    assert lines[1] == "06  " + "⬛" * 6 + "🟩🟩[🟩]🟩🟩🟩"
    assert lines[3] == "18  " + "🟪" * 12
    assert legend["elements"][0]["text"] == "⬛ off  🟩 available  🟪 quiet"
    assert alt["elements"][0]["text"] == "Off until 09:00."


def test_buttons_of_one_row_come_back_as_what_they_are() -> None:
    row = Actions(
        (Button("A", "act", "1"), Button("B", "act", "2"), Button("C", "open", url="https://example.org"))
    )
    elements = message_blocks(Message("s", (row,)), 50)[0]["elements"]
    assert len({element["action_id"] for element in elements}) == 3
    body = {"team": {"id": "T1"}, "user": {"id": "U1"}, "trigger_id": "1.2", "container": {"type": "message"}}
    found = [pressed(body | {"actions": [element]}) for element in elements]
    assert [(one.action, one.value) for one in found if one] == [("act", "1"), ("act", "2")]
    assert found[2] is None


def test_a_private_answer_says_whether_it_replaces() -> None:
    message = Message("s", ())
    assert private_body(message, replace=True)["replace_original"] is True
    assert private_body(message)["response_type"] == "ephemeral"
    assert message_blocks(message, 50) != []


def test_more_than_a_hundred_options_become_groups() -> None:
    options = tuple(Option(f"v{number}", f"Zone {number}") for number in range(250))
    view = form_view(Form("f", "t", "s", (ChoiceField("z", "Zone", options, chosen=("v249",)),)))
    element = view["blocks"][0]["element"]
    assert [len(group["options"]) for group in element["option_groups"]] == [100, 100, 50]
    assert element["initial_option"]["value"] == "v249"
    assert_valid(view["blocks"], 100)


def test_every_kind_of_answer_is_read() -> None:
    values = {
        "text": {"answer": {"type": "plain_text_input", "value": "hello"}},
        "empty": {"answer": {"type": "plain_text_input", "value": None}},
        "one": {"answer": {"type": "static_select", "selected_option": {"value": "a"}}},
        "none": {"answer": {"type": "static_select", "selected_option": None}},
        "many": {"answer": {"type": "checkboxes", "selected_options": [{"value": "a"}, {"value": "b"}]}},
        "person": {"answer": {"type": "users_select", "selected_user": "U1"}},
        "people": {"answer": {"type": "multi_users_select", "selected_users": ["U1", "U2"]}},
    }
    assert answers({"state": {"values": values}}) == {
        "text": "hello",
        "empty": "",
        "one": "a",
        "none": "",
        "many": "a,b",
        "person": "U1",
        "people": "U1,U2",
    }
