"""Adaptive Cards as a client handles them: which actions there are, what the inputs hold, what is sent.

The rules of merging are those of the reference client (github.com/microsoft/AdaptiveCards, card-elements.ts):
inputs go over the action's `data`; an input without a value is left out.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from adapters.playground.records import Json

_PARTS: Final = (
    "body",
    "items",
    "columns",
    "rows",
    "cells",
    "inlineAction",
    "selectAction",
    "actions",
    "card",
)


def walk(node: Any) -> Iterator[Json]:
    """Every element and action of a card, in the order of the document; fallbacks are left out."""
    for one in node if isinstance(node, list) else [node]:
        if isinstance(one, dict):
            yield one
            for part in _PARTS:
                yield from walk(one.get(part))


def actions(card: Json) -> list[Json]:
    """The actions of a card in the order of the document, those of a ShowCard after it."""
    return [one for one in walk(card) if str(one.get("type", "")).startswith("Action.") and one is not card]


def find_action(card: Json, wanted: int | str) -> Json:
    """An action by its place in `actions()` or by its title; KeyError otherwise."""
    known = actions(card)
    if isinstance(wanted, int):
        if not 0 <= wanted < len(known):
            raise KeyError(f"the card has {len(known)} actions, there is no number {wanted}")
        return known[wanted]
    found = next((one for one in known if one.get("title") == wanted), None)
    if found is None:
        titles = ", ".join(str(one.get("title")) for one in known)
        raise KeyError(f"the card has no action {wanted!r}; it has {titles or 'none'}")
    return found


def inputs(card: Json) -> dict[str, Json]:
    """The card's inputs by id."""
    return {str(one["id"]): one for one in walk(card) if str(one.get("type", "")).startswith("Input.")}


def entered(card: Json, values: Mapping[str, str]) -> dict[str, str]:
    """What the inputs hold with these entries, empty ones left out; an unknown id raises KeyError."""
    known = inputs(card)
    strange = set(values) - set(known)
    if strange:
        raise KeyError(
            f"the card has no input {', '.join(sorted(strange))}; it has {', '.join(known) or 'none'}"
        )
    held = {name: str(values.get(name, _initial(field))) for name, field in known.items()}
    return {name: value for name, value in held.items() if value}


def complaints(card: Json, held: Mapping[str, str]) -> dict[str, str]:
    """What the client itself objects to, by input id: it then sends nothing."""
    found = {}
    for name, field in inputs(card).items():
        value = held.get(name, "")
        if not _acceptable(field, value):
            found[name] = str(field.get("errorMessage") or "Check what you typed here.")
    return found


def merged(action: Json, held: Mapping[str, str]) -> Any:
    """The data that is sent: the action's own with what the inputs hold over it."""
    data = action.get("data")
    if action.get("associatedInputs") == "none":
        return data
    return {**data, **held} if isinstance(data, dict) else (dict(held) if data is None else data)


def _initial(field: Json) -> str:
    if field["type"] == "Input.Toggle":
        return str(field.get("value", field.get("valueOff", "false")))
    return str(field.get("value", ""))


def _acceptable(field: Json, value: str) -> bool:
    if not value:
        return not field.get("isRequired")
    if field.get("maxLength") and len(value) > int(field["maxLength"]):
        return False
    if field.get("regex") and re.search(str(field["regex"]), value) is None:
        return False
    return field["type"] != "Input.ChoiceSet" or "choices.data" in field or _offered(field, value)


def _offered(field: Json, value: str) -> bool:
    chosen = value.split(",") if field.get("isMultiSelect") else [value]
    return set(chosen) <= {str(choice.get("value")) for choice in field.get("choices", [])}
