"""Adaptive Cards as a client handles them: which actions there are, what the inputs hold, what is sent.

The rules of merging are those of the reference client (github.com/microsoft/AdaptiveCards, card-elements.ts):
inputs go over the action's `data`; an input without a value is left out.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from adapters.playground.records import Json

_PARTS: Final = (
    "selectAction",
    "inlines",
    "body",
    "items",
    "columns",
    "rows",
    "cells",
    "images",
    "actions",
    "card",
)


def walk(node: Any, parts: Sequence[str] = _PARTS) -> Iterator[Json]:
    """Every element and action of a card, in the order of the document; fallbacks are left out."""
    for one in node if isinstance(node, list) else [node]:
        if isinstance(one, dict):
            yield one
            for part in parts:
                yield from walk(one.get(part), parts)


def actions(card: Json) -> list[Json]:
    """The actions of a card in the order of the document, those of a ShowCard after it."""
    inside = (one for part in ("body", "actions") for one in walk(card.get(part)))
    return [one for one in inside if str(one.get("type", "")).startswith("Action.")]


def find_action(card: Json, wanted: int | str) -> Json:
    """An action by its place in `actions()` or its title, rather one that does something than one that only
    shows it; KeyError otherwise."""
    known = actions(card)
    if isinstance(wanted, int):
        if not 0 <= wanted < len(known):
            raise KeyError(f"the card has {len(known)} actions, there is no number {wanted}")
        return known[wanted]
    titled = [one for one in known if one.get("title") == wanted]
    found = next((one for one in titled if one["type"] != "Action.ShowCard"), next(iter(titled), None))
    if found is None:
        titles = ", ".join(str(one.get("title")) for one in known)
        raise KeyError(f"the card has no action {wanted!r}; it has {titles or 'none'}")
    return found


def inputs(card: Json, action: Json) -> dict[str, Json]:
    """The inputs that belong to an action, by id: those of its own card and of the cards around that one."""
    fields = (one for level in _levels(card, action) for one in _flat(level))
    return {str(one["id"]): one for one in fields if str(one.get("type", "")).startswith("Input.")}


def entered(card: Json, action: Json, values: Mapping[str, str]) -> dict[str, str]:
    """What the inputs hold with these entries, empty ones left out; an unknown id raises KeyError."""
    ids = [str(one["id"]) for one in walk(card) if str(one.get("type", "")).startswith("Input.")]
    strange = set(values) - set(ids)
    if strange:
        there = ", ".join(ids) or "none"
        raise KeyError(f"the card has no input {', '.join(sorted(strange))}; it has {there}")
    own = inputs(card, action)
    held = {name: str(values.get(name, _initial(field))) for name, field in own.items()}
    return {name: value for name, value in held.items() if value}


def complaints(card: Json, action: Json, held: Mapping[str, str]) -> dict[str, str]:
    """What the client itself objects to, by input id: it then sends nothing."""
    if action.get("associatedInputs") == "none":
        return {}
    return {
        name: str(field.get("errorMessage") or "Check what you typed here.")
        for name, field in inputs(card, action).items()
        if not _acceptable(field, held.get(name, ""))
    }


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
    longest = field.get("maxLength")
    if isinstance(longest, int) and len(value) > longest:
        return False
    if not _matches(field.get("regex"), value):
        return False
    return field["type"] != "Input.ChoiceSet" or "choices.data" in field or _offered(field, value)


def _matches(pattern: Any, value: str) -> bool:
    """A pattern that is none forbids nothing."""
    try:
        return not isinstance(pattern, str) or re.search(pattern, value) is not None
    except re.error:
        return True


def _offered(field: Json, value: str) -> bool:
    chosen = value.split(",") if field.get("isMultiSelect") else [value]
    return set(chosen) <= {str(choice.get("value")) for choice in walk(field.get("choices"), ())}


def _flat(card: Json) -> Iterator[Json]:
    """A card without what its ShowCards hold."""
    return walk(card, [part for part in _PARTS if part != "card"])


def _levels(card: Json, action: Json) -> list[Json]:
    """The card with this action, after the cards around it; empty if it is not there."""
    if any(one is action for one in _flat(card)):
        return [card]
    inner = (one["card"] for one in _flat(card) if isinstance(one.get("card"), dict))
    found = next((chain for chain in (_levels(one, action) for one in inner) if chain), [])
    return [card, *found] if found else []
