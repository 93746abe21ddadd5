"""Verified payloads that are not what their platform documents: refused by name, without their data."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Malformed(Exception):
    """A verified payload that is not what its platform documents; says which translation gave up."""


def strict(translate: Callable[P, R]) -> Callable[P, R]:
    """Turn what a wrong shape raises into `Malformed`, without the data."""

    @wraps(translate)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return translate(*args, **kwargs)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            raise Malformed(translate.__name__) from None

    return checked


def an_id(value: Any) -> str:
    """An id: text that is not empty. Raises ValueError."""
    if not isinstance(value, str) or not value:
        raise ValueError("an id is missing")
    return value
