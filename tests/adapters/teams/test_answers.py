"""What an invoke is answered: always a shape that Teams understands."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adapters.teams.answers import (
    FORM_AGE,
    FORMS_KEPT,
    SHORT,
    Shown,
    all_of,
    dialog_message,
    in_passing,
    refusal,
    sentence,
    with_card,
    with_error,
    with_words,
)
from adapters.teams.elements import CARD_TYPE
from adapters.teams.render import card
from bot.inbound import Account, Submitted
from bot.messages import forms
from bot.messages.model import (
    Actions,
    Bullets,
    Button,
    Context,
    Heading,
    Link,
    Message,
    Paragraph,
    Part,
    Plain,
    Quote,
    Who,
)
from tests.support.teams_door import HandClock

MAYA = Account("teams:t", "29:maya")


def words(*parts: Part) -> Message:
    return Message("summary", parts)


def paragraph(text: str) -> Paragraph:
    return Paragraph(((Plain(text),),))


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (sentence("Focus until 19:30."), "Focus until 19:30."),
        (
            words(Heading("Focus"), paragraph("Until 19:30."), Context(((Plain("UTC"),),))),
            "Focus Until 19:30. UTC",
        ),
        (
            words(
                Paragraph(
                    (
                        (
                            Who("29:x", "Sam"),
                            Plain(" is back."),
                        ),
                        (Link("Look", "https://x"),),
                    )
                )
            ),
            "Sam is back. Look",
        ),
        (sentence("x" * SHORT), "x" * SHORT),
        (sentence("x" * (SHORT + 1)), ""),
        (words(paragraph("Sure?"), Actions((Button("Yes", "yes"),))), ""),
        (words(Bullets(((Plain("one"),),))), ""),
        (words(Quote("theirs")), ""),
        (words(), ""),
    ],
)
def test_only_what_is_short_and_asks_nothing_is_said_in_passing(message: Message, text: str) -> None:
    assert in_passing(message) == text


def test_answers_have_the_shapes_of_universal_actions() -> None:
    content = card(sentence("Done."))
    assert with_card(content) == {"statusCode": 200, "type": CARD_TYPE, "value": content}
    assert with_words("Done.")["type"] == "application/vnd.microsoft.activity.message"
    assert with_error("No.") == {
        "statusCode": 400,
        "type": "application/vnd.microsoft.error",
        "value": {"code": "BadRequest", "message": "No."},
    }
    task: Any = dialog_message(sentence("Done."))["task"]
    assert (task["type"], task["value"]["card"]["contentType"]) == ("continue", CARD_TYPE)


def test_every_refusal_is_an_answer_of_its_kind() -> None:
    assert refusal("adaptiveCard/action", "No.") == with_words("No.")
    for name in ("composeExtension/fetchTask", "composeExtension/submitAction", "task/fetch", "task/submit"):
        assert refusal(name, "No.") == dialog_message(sentence("No."))
    assert refusal("composeExtension/query", "No.") == {
        "composeExtension": {"type": "message", "text": "No."}
    }
    assert refusal("whatever", "No.") == {}


def sent(form: str = "leave", who: Account = MAYA, **fields: str) -> Submitted:
    return Submitted("k", who, form, "", fields)


def test_a_form_is_shown_again_with_what_was_typed_to_whom_it_belongs() -> None:
    shown = Shown(HandClock())
    shown.keep(MAYA, forms.leave(), {"29:kenji": "Kenji Mori"})
    typed = sent(first="2026-12-21", stand_in="29:kenji,aad-x")
    again = str(shown.again(typed, {"last": "That is no day."}, {"aad-x": "Xenia"}))
    assert all(each in again for each in ("2026-12-21", "That is no day.", "Kenji Mori", "Xenia"))
    assert shown.again(sent(who=Account("teams:t", "29:other")), {}, {}) is None
    assert shown.again(sent("frame"), {}, {}) is None
    assert (shown.title(typed), shown.title(sent("frame"))) == ("Add leave", "Boundary Bot")
    shown.drop(typed)
    assert shown.again(typed, {}, {}) is None


def test_forms_are_kept_for_an_hour_and_no_more_than_some() -> None:
    clock = HandClock()
    shown = Shown(clock)
    shown.keep(MAYA, forms.leave(), {})
    clock.pass_by(FORM_AGE + 1)
    assert shown.again(sent(), {}, {}) is None
    for number in range(FORMS_KEPT + 10):
        shown.keep(Account("teams:t", str(number)), forms.leave(), {})
    assert len(shown._kept) == FORMS_KEPT


def test_errors_without_a_form_are_one_sentence() -> None:
    assert all_of({"a": "One.", "b": "Two.", "c": "One."}) == "One. Two."
    assert all_of({}) == "Please look at the form again."


def test_buttons_of_a_dialog_submit_since_it_cannot_execute() -> None:
    message = Message("Held", (Actions((Button("Cancel", "never_mind", "h_1"),)),))
    shown = json.dumps(dialog_message(message))
    assert "Action.Execute" not in shown
    assert '"type": "Action.Submit"' in shown
    assert "never_mind" in shown
