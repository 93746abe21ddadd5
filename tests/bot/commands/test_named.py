"""Every command that an answer or a document names is one that people can say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.commands.registry import COMMANDS
from bot.commands.team import TEAM_WORDS

ROOT = Path(__file__).parents[3]
SOURCES = sorted(path for part in ("bot", "adapters") for path in (ROOT / part).rglob("*.py"))
DOCUMENTS = ("README.md", "ARCHITECTURE.md", "deploy/docs/reference.md", "deploy/teams/README.md")
NAMED = re.compile(r"/boundary (?:(team) )?([a-z][a-z-]*)")
WORDS = {word for spec in COMMANDS for word in (spec.word, *spec.also)}
OF_A_TEAM = {word for spec in TEAM_WORDS for word in (spec.word, *spec.also)} | {"platform"}
"""A team's name may stand where its words do."""


def said_in(path: Path) -> Iterator[str]:
    """The texts of a module that are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
            yield node.value


def unknown_in(text: str) -> list[str]:
    found = [match for line in text.splitlines() for match in NAMED.finditer(line)]
    return [match[0] for match in found if match[2] not in (OF_A_TEAM if match[1] else WORDS) | IN_SENTENCES]


IN_SENTENCES = {"shows", "whenever", "to"}
"""What stands after a command in a sentence: "/boundary team shows the norms"."""


def test_a_word_that_nobody_can_say_would_be_noticed() -> None:
    assert unknown_in("Say /boundary teem, or /boundary team propse.") == [
        "/boundary teem",
        "/boundary team propse",
    ]


def test_answers_name_only_words_that_one_can_say() -> None:
    wrong = {str(path): found for path in SOURCES for text in said_in(path) if (found := unknown_in(text))}
    assert not wrong


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_name_only_words_that_one_can_say(name: str) -> None:
    assert not unknown_in((ROOT / name).read_text(encoding="utf-8"))
