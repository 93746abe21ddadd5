"""Forms as Slack modals, and what people filled in as `Submitted.fields`.

A field's id is its block id, so that an error can be shown at its field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from adapters.slack.render import TITLE_TEXT, part_blocks, plain_text
from bot.messages.model import ChoiceField, Field, Form, NoteField, Option, Paragraph, PeopleField, TextField

Json = dict[str, Any]

ANSWER: Final = "answer"  # the action id of every input
LABEL_TEXT: Final = 2000
OPTION_TEXT: Final = 75
PLACEHOLDER_TEXT: Final = 150
CHECKBOXES: Final = 10
OPTIONS_A_GROUP: Final = 100
INPUT_TEXT: Final = 3000


def form_view(form: Form) -> Json:
    """The modal of a form; its context travels as `private_metadata`."""
    return {
        "type": "modal",
        "callback_id": form.id,
        "private_metadata": form.context,
        "title": plain_text(form.title, TITLE_TEXT),
        "submit": plain_text(form.submit, TITLE_TEXT),
        "close": plain_text("Cancel", TITLE_TEXT),
        "blocks": [block for field in form.fields for block in _field_blocks(field)],
    }


def answers(view: Mapping[str, Any]) -> dict[str, str]:
    """What was filled in, by field id; several choices are joined by commas, nothing chosen is ""."""
    values: Mapping[str, Any] = (view.get("state") or {}).get("values") or {}
    return {block: _answer(next(iter(elements.values()), {})) for block, elements in values.items()}


def shown_errors(errors: Mapping[str, str], view: Mapping[str, Any]) -> dict[str, str]:
    """Errors at fields of `view`; one for a field that is not there goes to the first, or Slack drops them
    all.
    """
    fields = [str(block["block_id"]) for block in view.get("blocks") or () if block.get("type") == "input"]
    shown: dict[str, str] = {}
    for field, sentence in errors.items():
        place = field if field in fields or not fields else fields[0]
        shown[place] = f"{shown[place]} {sentence}" if place in shown else sentence
    return shown


def _answer(element: Mapping[str, Any]) -> str:
    if element.get("selected_option"):
        return str(element["selected_option"].get("value") or "")
    if "selected_options" in element:
        return ",".join(str(option.get("value")) for option in element["selected_options"] or ())
    if "selected_users" in element:
        return ",".join(map(str, element["selected_users"] or ()))
    return str(element.get("selected_user") or element.get("value") or "")


def _field_blocks(field: Field) -> list[Json]:
    if isinstance(field, NoteField):
        return part_blocks(Paragraph((field.line,)))
    if isinstance(field, ChoiceField) and not field.options:
        return []
    block: Json = {
        "type": "input",
        "block_id": field.id,
        "label": plain_text(field.label, LABEL_TEXT),
        "element": _element(field) | {"action_id": ANSWER},
        "optional": field.optional,
    }
    return [block | {"hint": plain_text(field.hint, LABEL_TEXT)}] if field.hint else [block]


def _element(field: TextField | ChoiceField | PeopleField) -> Json:
    if isinstance(field, TextField):
        return _text_input(field)
    if isinstance(field, PeopleField):
        return _people_select(field)
    if field.many and len(field.options) <= CHECKBOXES:
        return _with_chosen({"type": "checkboxes"}, field)
    return _with_chosen({"type": "multi_static_select" if field.many else "static_select"}, field)


def _text_input(field: TextField) -> Json:
    longest = min(field.max_length, INPUT_TEXT)
    element: Json = {"type": "plain_text_input", "multiline": field.multiline, "max_length": longest}
    if field.value:
        element["initial_value"] = field.value[:longest]
    if field.placeholder:
        element["placeholder"] = plain_text(field.placeholder, PLACEHOLDER_TEXT)
    return element


def _people_select(field: PeopleField) -> Json:
    if field.many:
        chosen = {"initial_users": list(field.chosen)} if field.chosen else {}
        return {"type": "multi_users_select"} | chosen
    return {"type": "users_select"} | ({"initial_user": field.chosen[0]} if field.chosen else {})


def _with_chosen(element: Json, field: ChoiceField) -> Json:
    chosen = [_option(option) for option in field.options if option.value in field.chosen]
    element |= _options(field.options)
    if chosen:
        element |= {"initial_options": chosen} if field.many else {"initial_option": chosen[0]}
    return element


def _options(options: Sequence[Option]) -> Json:
    """A flat list, or groups of a hundred, which is what Slack takes at once."""
    rendered = [_option(option) for option in options]
    if len(rendered) <= OPTIONS_A_GROUP:
        return {"options": rendered}
    groups = [rendered[first : first + OPTIONS_A_GROUP] for first in range(0, len(rendered), OPTIONS_A_GROUP)]
    return {"option_groups": [{"label": _span_label(group), "options": group} for group in groups]}


def _span_label(group: Sequence[Json]) -> Json:
    first, last = group[0]["text"]["text"], group[-1]["text"]["text"]
    return plain_text(f"{first[:30]} to {last[:30]}", OPTION_TEXT)


def _option(option: Option) -> Json:
    return {"text": plain_text(option.label, OPTION_TEXT), "value": option.value}
