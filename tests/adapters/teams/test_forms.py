"""Forms keep what was typed, show errors at their fields, and come back as plain text by field id."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.teams.forms import CANCEL, OURS, form_activity, form_card, form_fields, pressed_data
from bot.messages import forms
from bot.messages.model import ChoiceField, Form, NoteField, Option, PeopleField, TextField
from rules import Person
from tests.support import messages
from tests.support.cards import problems, walk

Json = dict[str, Any]


def inputs(card: Json) -> dict[str, Json]:
    return {each["id"]: each for each in walk(card) if str(each.get("type")).startswith("Input.")}


def sent(card: Json, typed: dict[str, str]) -> Json:
    """The data Teams sends: the button's, with the inputs merged in."""
    return {**card["actions"][0]["data"], **typed}


@pytest.mark.parametrize(("name", "form"), list(messages.forms()))
@pytest.mark.parametrize("dialog", [False, True])
def test_every_form_we_have_is_a_good_card(name: str, form: Form, dialog: bool) -> None:
    card = form_card(form, dialog=dialog)
    assert problems(card) == [], name
    fields = [field for field in form.fields if not isinstance(field, NoteField)]
    assert list(inputs(card)) == [field.id for field in fields]
    assert not OURS & {field.id for field in fields}
    for field in fields:
        shown = inputs(card)[field.id]
        assert shown["isRequired"] is ("errorMessage" in shown) is not field.optional


def test_a_form_comes_back_with_its_context_and_every_field() -> None:
    form = forms.later("Hello", context="https://teams.microsoft.com/l/message/19:x/1" + "y" * 1900)
    data = sent(form_card(form), {"to": "aad-1,aad-2", "text": "Hi"})
    fields = {"to": "aad-1,aad-2", "text": "Hi", "needs_by": ""}
    assert form_fields(data) == ("later", form.context, fields)


def test_what_a_stranger_sends_is_text_or_nothing() -> None:
    assert form_fields({"form": "f", "fields": "a,b", "a": {"x": 1}, "b": None, "c": "planted"}) == (
        "f",
        "",
        {"a": "", "b": ""},
    )
    assert form_fields({"form": "f", "context": "c", "msteams": "m", "x": "1"}) == ("f", "c", {"x": "1"})
    assert form_fields({"fields": "form", "form": "f"}) == ("f", "", {"form": ""})
    assert form_fields({"x": "1"}) == ("", "", {"x": "1"})
    assert pressed_data({}) == ("", "", "message")
    assert pressed_data({"action": 1, "value": [], "surface": "root"}) == ("", "", "message")


def test_errors_stand_at_their_fields_and_what_was_typed_stays() -> None:
    form = forms.frame(Person("p", "Europe/Lisbon"))
    typed = {"hours": "mon 25:00", "style": "cycler", "zone": ""}
    card = form_card(form, values=typed, errors={"hours": '"25:00" is no time.', "other": "Try again."})
    assert problems(card) == []
    assert {id_: inputs(card)[id_]["value"] for id_ in typed} == typed
    place = next(index for index, each in enumerate(card["body"]) if each.get("id") == "hours")
    label, sentence = card["body"][place + 1]["inlines"]
    assert (label["text"], sentence["text"]) == ("Your working hours: ", '"25:00" is no time.')
    assert label["color"] == sentence["color"] == "Attention"
    assert "Try again." in str(card["body"][1])


def test_a_choice_is_shown_at_once_or_folded_by_its_length_and_its_words() -> None:
    def style(*labels: str) -> str:
        options = tuple(Option(str(place), label) for place, label in enumerate(labels))
        card = form_card(Form("f", "T", "S", (ChoiceField("c", "C", options, chosen=("1",)),)))
        return str(inputs(card)["c"]["style"])

    assert style("Focus", "Quiet") == "expanded"
    assert style(*"abcdef") == "compact"
    assert style("Focus", "[bank](https://evil.example)") == "compact"


def test_several_choices_are_joined_by_commas() -> None:
    options = tuple(Option(each, each) for each in "abc")
    form = Form("f", "T", "S", (ChoiceField("c", "C", options, chosen=("c", "a", "gone"), many=True),))
    assert inputs(form_card(form))["c"]["value"] == "a,c"
    assert inputs(form_card(form, values={"c": "b"}))["c"]["value"] == "b"


def test_people_are_found_by_teams_and_those_chosen_have_names() -> None:
    form = Form("f", "T", "S", (PeopleField("to", "To", chosen=("aad-1", "aad-2"), many=True),))
    picker = inputs(form_card(form, people={"aad-1": "Maya Costa"}))["to"]
    assert picker["choices.data"] == {"type": "Data.Query", "dataset": "graph.microsoft.com/users"}
    assert [each["title"] for each in picker["choices"]] == ["Maya Costa", "a colleague"]
    assert picker["value"] == "aad-1,aad-2"


def test_a_text_is_cut_to_what_its_field_takes() -> None:
    form = Form("f", "T", "S", (TextField("a", "A", value="x" * 90, max_length=60, multiline=True),))
    field = inputs(form_card(form))["a"]
    assert (len(field["value"]), field["maxLength"], field["isMultiline"]) == (60, 60, True)


def test_cancel_sends_nothing_that_was_typed_and_checks_nothing() -> None:
    send, cancel = form_card(forms.leave())["actions"]
    assert send["verb"] == "form:leave"
    assert cancel["associatedInputs"] == cancel["fallback"]["associatedInputs"] == "none"
    assert pressed_data(cancel["data"]) == (CANCEL, "", "message")


def test_a_dialog_has_one_plain_button() -> None:
    (send,) = form_card(forms.later(), dialog=True)["actions"]
    assert send["type"] == "Action.Submit"
    assert form_fields(send["data"])[0] == "later"


def test_a_form_is_sent_as_one_card_without_text() -> None:
    activity = form_activity(forms.leave())
    assert activity["summary"] == "Add leave"
    assert "text" not in activity
    assert len(activity["attachments"]) == 1
