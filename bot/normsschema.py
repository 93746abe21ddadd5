"""The JSON Schema of a norms file, from the same table of keys that reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.normsfields import ID, LEAVE, PERSON, REPLY, TEAM, WINDOW, Field


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a norms file, for editors. It knows shapes; the check here knows
    more.
    """
    window, leave = _object(WINDOW, "A window of time and what it promises."), _object(LEAVE, "Days away.")
    person = _object(PERSON, "One person's norms.")
    person["properties"] |= {
        "windows": {"type": "array", "items": window},
        "leave": {"type": "array", "items": leave},
    }
    team = _object(TEAM, "The norms that a team shares.")
    team["properties"]["reply_within"] = _object(REPLY, "By when an answer is due.")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Boundary Bot norms",
        "type": "object",
        "additionalProperties": False,
        "properties": {"people": _by_id(person), "teams": _by_id(team)},
    }


def _object(fields: Mapping[str, Field], description: str) -> dict[str, Any]:
    return {
        "type": "object",
        "description": description,
        "additionalProperties": False,
        "required": [key for key, each in fields.items() if each.required],
        "properties": {key: dict(each.schema) for key, each in fields.items()},
    }


def _by_id(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "propertyNames": {"pattern": f"^{ID.pattern}$"},
        "additionalProperties": entry,
    }
