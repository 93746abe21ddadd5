"""Our commands in the sentences that Teams shows: the bare words, and nobody's own words are touched."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import bot
from adapters.teams.answers import all_of, in_passing
from adapters.teams.forms import form_card
from adapters.teams.render import activity, card
from adapters.teams.wording import spoken, typed
from bot.commands.registry import COMMANDS, help_message, unknown
from bot.messages import forms
from bot.messages.model import Code, Link, Message, Paragraph, Quote, Verbatim, Who
from bot.messages.words import message, say, small
from tests.support import messages as samples

SLASH = re.compile(r"(?<![\w/.])/(?:boundary|focus|quiet|later)\b")
SAID = [
    file
    for part in ("norms.py", "turn.py", "messages", "commands", "flows")
    for file in ([Path(bot.__path__[0], part)] if "." in part else Path(bot.__path__[0], part).rglob("*.py"))
]


def sentences() -> Iterator[str]:
    """Every string of ours that names a command, f-strings with an X for what is filled in."""
    for file in SAID:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        formatted = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
        apart = {id(each) for node in formatted for each in node.values}
        apart |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        whole = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in apart]
        found = [node.value for node in whole if isinstance(node.value, str)]
        found += ["".join(map(filled, node.values)) for node in formatted]
        yield from filter(SLASH.search, found)


def filled(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else "X"


def test_no_sentence_of_ours_names_a_slash_command_in_teams() -> None:
    found = list(sentences())
    assert len(found) > 80
    for text in found:
        told = json.dumps(activity(message(say(text), small(text), say(Code(text)))), ensure_ascii=False)
        assert not SLASH.search(told), told
        assert not SLASH.search(in_passing(message(say(text))))
        assert not SLASH.search(all_of({"": text}))


def test_no_sentence_begins_with_a_bare_command() -> None:
    for text in sentences():
        if "|" not in text and not SLASH.match(text):
            assert not re.search(r"[.;!?] [a-z]+ (shows|takes|brings|lists|links|tells)\b", spoken(text)), (
                text
            )


@pytest.mark.parametrize(
    ("ours", "there"),
    [
        ("Say /boundary to set up in a minute.", "Say hello to set up in a minute."),
        ("Say /boundary whenever you want to begin.", "Say hello whenever you want to begin."),
        ("/boundary help shows all words.", "“help” shows all words."),
        ("/boundary help focus tells more.", "“help focus” tells more."),
        ("Wait, then say /boundary link for a new one.", "Wait, then say “link” for a new one."),
        ("To be available anyway: /boundary here", "To be available anyway: “here”"),
        ("For example: /boundary remove deep work", "For example: remove deep work"),
        ("why, /boundary why urgent or /boundary why @sam", "why, why urgent or why @sam"),
        ("In a message: /later @maya by 17:00 Could you?", "In a message: later @maya by 17:00 Could you?"),
        ("“/boundary x” goes. /boundary undo takes it back.", "“/boundary x” goes. “undo” takes it back."),
        ("Off (see /boundary x). Stop: /boundary here", "Off (see /boundary x). Stop: “here”"),
        ('At "/boundary": 10:30 has passed', 'At "/boundary": 10:30 has passed'),
        ("https://x.example/boundary and or/later", "https://x.example/boundary and or/later"),
    ],
)  # fmt: skip
def test_a_command_is_told_as_it_is_typed_there(ours: str, there: str) -> None:
    assert spoken(ours) == there
    assert spoken(there) == there


def test_help_and_every_usage_show_the_words_alone() -> None:
    shown = [help_message(), unknown("foo"), *(help_message(spec.word) for spec in COMMANDS)]
    for each in shown:
        assert not SLASH.search(json.dumps(activity(each), ensure_ascii=False))
    for spec in COMMANDS:
        assert typed(spec.example).split()[0] == spec.word
        assert typed(spec.usage).startswith(spec.word)


def test_no_message_or_form_we_can_build_names_a_slash_command() -> None:
    for _, each in samples.messages():
        assert not SLASH.search(json.dumps(activity(each), ensure_ascii=False))
    for _, form in samples.forms():
        assert not SLASH.search(json.dumps(form_card(form), ensure_ascii=False))


def test_what_people_wrote_is_shown_as_they_wrote_it() -> None:
    theirs = "say /boundary help or /focus 90m"
    spans = (Verbatim(theirs), Link(theirs, "https://x.example"), Who("29:x", theirs))
    made = card(Message("Hello", (Paragraph((spans,)), Quote(theirs))))
    told = json.dumps(made["body"])
    assert told.count(theirs) == 4
    assert theirs in json.dumps(form_card(forms.edit_hold("h_1", theirs)))
    assert theirs in json.dumps(form_card(forms.later(), values={"text": theirs}))
