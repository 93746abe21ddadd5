"""How we speak: plain and calm. No exclamation marks, no guilt, no figure without a source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import bot

ROOT = Path(bot.__path__[0])
SPOKEN = [
    ROOT / "norms.py",
    *(file for part in ("messages", "commands", "flows") for file in (ROOT / part).rglob("*.py")),
]
UNWANTED = {
    "an exclamation mark": r"\w!|!$",
    "guilt": r"\b(should have|you failed|late again|sorry|oops|unfortunately|please note)\b",
    "invented science": r"\b(23 min|studies show|proven|productivity|experts)\b",
    "praise or pressure": r"\b(awesome|great job|well done|hurry up|asap|streak|score)\b",
}


def _said(file: Path) -> Iterator[str]:
    """Every string of a module that is not a docstring."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    docs = {node.body[0].value for node in ast.walk(tree) if _has_docstring(node)}  # type: ignore[attr-defined]
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docs:
            yield node.value


def _has_docstring(node: ast.AST) -> bool:
    body = getattr(node, "body", None)
    return isinstance(body, list) and bool(body) and isinstance(body[0], ast.Expr)


@pytest.mark.parametrize("what", list(UNWANTED))
def test_nothing_we_say_has_it(what: str) -> None:
    for file in SPOKEN:
        for words in _said(file):
            assert not re.search(UNWANTED[what], words, re.IGNORECASE), f"{file.name}: {words}"


def test_the_search_reads_what_is_said_and_would_find_it() -> None:
    said = [words for file in SPOKEN for words in _said(file)]
    assert "Which norm? For example: /boundary remove deep work" in said
    assert len(said) > 500
