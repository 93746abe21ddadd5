"""Forms as cards with inputs, and what comes back from them: `Submitted.fields`, and what was pressed.

Teams merges the inputs, by their ids, into the data of the action: field ids must not be one of OURS.
Errors are shown at their fields, and what was typed stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from adapters.fitting import clip
from adapters.teams.elements import SUBTLE, card_activity, card_of, execute, rich, text
from adapters.teams.wording import is_harmless, spoken
from bot.messages.model import (
    SOMEBODY,
    ChoiceField,
    Field,
    Form,
    Line,
    NoteField,
    PeopleField,
    Plain,
    Strong,
    TextField,
)

Json = dict[str, Any]

CANCEL: Final = "form_cancel"
VERB: Final = "form:"
OURS: Final = frozenset({"form", "context", "fields", "action", "value", "surface", "msteams"})
PEOPLE: Final = "graph.microsoft.com/users"
MISSING: Final = "This is needed."
LABEL_TEXT: Final = 200
PLACEHOLDER_TEXT: Final = 150
RADIO_BUTTONS: Final = 5  # so many options are shown at once; more fold into a list

Values = Mapping[str, str]
NOTHING: Final[Values] = MappingProxyType({})


def form_activity(
    form: Form, *, values: Values | None = None, errors: Values | None = None, people: Values | None = None
) -> Json:
    """A message activity with the card of a form."""
    return card_activity(form_card(form, values=values, errors=errors, people=people), form.title)


def form_card(
    form: Form,
    *,
    values: Values | None = None,
    errors: Values | None = None,
    people: Values | None = None,
    dialog: bool = False,
) -> Json:
    """The card of a form; its context and the ids of its fields travel in the data of its button.

    `values` is what was typed, by field id, in place of what the form begins with; `errors` a sentence by
    field id; one for a field that is not there stands on top. `people` are names by id, for the picker.
    `dialog`: for a message extension's dialog, which has its own way out and takes Action.Submit only.
    """
    typed, wrong, known = values or NOTHING, errors or NOTHING, people or NOTHING
    ids = [field.id for field in form.fields if not isinstance(field, NoteField)]
    body = [] if dialog else list(_title(form.title))
    for id_ in (each for each in wrong if each not in ids):
        body += _error("Please look again", wrong[id_])
    for field in form.fields:
        body += _elements(field, typed, wrong, known)
    data: Json = {"form": form.id, "context": form.context, "fields": ",".join(ids)}
    send = execute(form.submit, f"{VERB}{form.id}", data)
    if dialog:
        return card_of(body, form.title, [send["fallback"]])
    cancel = execute("Cancel", CANCEL, {"action": CANCEL, "value": "", "surface": "message"}, inputs=False)
    return card_of(body, form.title, [send, cancel])


def form_fields(data: Mapping[str, Any]) -> tuple[str, str, dict[str, str]]:
    """Form id, context and what was filled in, by field id, from the data of an action with its inputs.

    A field that the client left out is "", which is how Teams sends an empty one.
    """
    wanted = [each for each in str(data.get("fields") or "").split(",") if each]
    fields = dict.fromkeys(wanted, "")
    fields |= {id_: _answer(data[id_]) for id_ in data if id_ not in OURS and (id_ in fields or not wanted)}
    return str(data.get("form") or ""), str(data.get("context") or ""), fields


def pressed_data(data: Mapping[str, Any]) -> tuple[str, str, str]:
    """Action, value and surface from a button's data; ("", "", …) for what is none of ours."""
    action, value = data.get("action"), data.get("value")
    surface = data.get("surface")
    return (
        action if isinstance(action, str) else "",
        value if isinstance(value, str) else "",
        surface if surface in ("message", "channel", "private", "home") else "message",
    )


def _answer(value: object) -> str:
    return value if isinstance(value, str) else ""


# Fields -----------------------------------------------------------------------------------------------------


def _title(title: str) -> Iterator[Json]:
    look = {"size": "Large", "weight": "Bolder"}
    if is_harmless(title):
        yield {"type": "TextBlock", "text": title, "wrap": True, "style": "heading", **look}
    else:
        yield from text(title, **look)


def _error(label: str, sentence: str) -> Iterator[Json]:
    """A sentence in the color of warnings that says which field it is about, for those who see no color."""
    line: Line = (Strong(f"{label}: "), Plain(sentence))
    return (block | {"spacing": "Small"} for block in rich(line, color="Attention"))


def _elements(field: Field, typed: Values, wrong: Values, people: Values) -> Iterator[Json]:
    if isinstance(field, NoteField):
        yield from rich(field.line)
        return
    if isinstance(field, ChoiceField) and not field.options:
        return
    yield {
        "id": field.id,
        "label": clip(field.label, LABEL_TEXT) or field.id,
        "isRequired": not field.optional,
        **({} if field.optional else {"errorMessage": MISSING}),
        **_input(field, typed.get(field.id), people),
    }
    if sentence := wrong.get(field.id):
        yield from _error(field.label, sentence)
    for block in text(spoken(field.hint), **SUBTLE):
        yield block | {"spacing": "Small"}


def _input(field: TextField | ChoiceField | PeopleField, typed: str | None, people: Values) -> Json:
    if isinstance(field, TextField):
        return _text_input(field, typed)
    if isinstance(field, PeopleField):
        return _people_picker(field, typed, people)
    return _choice_set(field, typed)


def _text_input(field: TextField, typed: str | None) -> Json:
    value = field.value if typed is None else typed
    element: Json = {"type": "Input.Text", "maxLength": field.max_length, "value": value[: field.max_length]}
    if field.multiline:
        element["isMultiline"] = True
    if field.placeholder:
        element["placeholder"] = clip(spoken(field.placeholder), PLACEHOLDER_TEXT)
    return element


def _choice_set(field: ChoiceField, typed: str | None) -> Json:
    """Few options show at once, unless a title might be read as Markdown: a folded list renders none."""
    chosen = list(field.chosen) if typed is None else typed.split(",")
    plain = all(is_harmless(option.label) for option in field.options)
    few = len(field.options) <= RADIO_BUTTONS
    return {
        "type": "Input.ChoiceSet",
        "style": "expanded" if plain and few else "compact",
        "isMultiSelect": field.many,
        "wrap": True,
        "choices": [
            {"title": option.label or option.value, "value": option.value} for option in field.options
        ],
        "value": ",".join(option.value for option in field.options if option.value in chosen),
    }


def _people_picker(field: PeopleField, typed: str | None, people: Values) -> Json:
    """Teams' own search for colleagues; those already chosen need a choice each to be shown by name."""
    chosen = list(field.chosen) if typed is None else [each for each in typed.split(",") if each]
    return {
        "type": "Input.ChoiceSet",
        "isMultiSelect": field.many,
        "placeholder": "Find people" if field.many else "Find somebody",
        "choices": [{"title": people.get(each) or SOMEBODY, "value": each} for each in chosen],
        "choices.data": {"type": "Data.Query", "dataset": PEOPLE},
        "value": ",".join(chosen),
    }
