"""JSON of the bot, taken apart: nothing in it need have the shape that it should have."""

from typing import Any

from adapters.playground.records import Json
from adapters.playground.teams.errors import TeamsError


def part(body: Json, name: str) -> Json:
    """The object called `name`, {} if there is none; BadSyntax for anything else."""
    value = body.get(name)
    if value is not None and not isinstance(value, dict):
        raise TeamsError("BadSyntax", f"'{name}' must be an object.")
    return value or {}


def parts(body: Json, name: str) -> list[Json]:
    """The objects in the list called `name`, [] if there is none; BadSyntax for anything else."""
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise TeamsError("BadSyntax", f"'{name}' must be a list of objects.")
    return value


def words(body: Json, name: str) -> str:
    """The text called `name`, "" if there is none; BadSyntax for anything else."""
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise TeamsError("BadSyntax", f"'{name}' must be text.")
    return value or ""


def as_object(value: Any) -> Json:
    """An object of an answer to Teams, {} for whatever else stands there: nobody could tell the bot."""
    return value if isinstance(value, dict) else {}
