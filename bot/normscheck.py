"""Checking a norms file: reads TOML by tables of fields and collects every problem with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.normsfields import Field, FieldError
from bot.normslines import KeyPath, located
from rules.wording import near

_SHOWN = 60
_LONG_NUMBER = re.compile(r"\d[\d_]{4000,}")
Values = dict[str, Any]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend: `text` is what stands at `line` (from 1), `message` says what to write instead."""

    file: str
    line: int
    text: str
    message: str

    def told(self) -> str:
        """Return the problem as one line, `file:line: text: message`, which editors can jump to."""
        return f"{self.file}:{self.line}: {self.text}: {self.message}"


class NormsFileError(ValueError):
    """A norms file that cannot be used, with all its problems in the order of their lines."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.told() for problem in problems))


@dataclass(slots=True)
class Checker:
    """Collects problems and the ids of people that are named, and knows at which line each key stands."""

    name: str
    text: str
    problems: list[Problem] = field(default_factory=list)
    lines: dict[KeyPath, int] = field(default_factory=dict)
    named: list[tuple[KeyPath, str]] = field(default_factory=list)

    def toml(self) -> Values:
        try:
            data = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            self._syntax(str(error))
            return {}
        except ValueError:  # Python refuses to turn thousands of digits into a number
            self._long_number()
            return {}
        except RecursionError:
            self.problems.append(
                Problem(self.name, 1, "the file", "it is nested too deeply; write flat tables")
            )
            return {}
        self.lines = dict(located(self.text))
        return data

    def _syntax(self, message: str) -> None:
        found = re.search(r"\(at line (\d+), column \d+\)", message)
        rows = self.text.splitlines() or [""]
        line = int(found[1]) if found else len(rows)
        told = re.sub(r" \(at [^)]*\)$", "", message)
        shown = short(rows[min(line, len(rows)) - 1].strip()) or "the end of the file"
        self.problems.append(
            Problem(self.name, line, shown, f"this is not TOML: {told}; see https://toml.io")
        )

    def _long_number(self) -> None:
        found = _LONG_NUMBER.search(self.text)
        line = self.text.count("\n", 0, found.start()) + 1 if found else 1
        shown = found[0] if found else "the file"
        self.problems.append(
            Problem(self.name, line, short(shown), "this number is too long; write a small one")
        )

    def add(self, path: KeyPath, shown: object, message: str) -> None:
        """Note a problem at a key."""
        self.problems.append(Problem(self.name, self.line(path), short(shown), message))

    def line(self, path: KeyPath) -> int:
        """Return the line of a key, or of the nearest table around it whose line is known."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def table(
        self, path: KeyPath, value: object, fields: Mapping[str, Field], inner: Sequence[str] = ()
    ) -> Values:
        """Read the keys of a table by `fields`; `inner` names the keys that somebody else reads."""
        if not isinstance(value, dict):
            shown = value if isinstance(path[-1], int) else path[-1]
            self.add(path, shown, "this is a table: write its keys below a [heading]")
            return {}
        self.keys(path, value, [*fields, *inner])
        for key, each in fields.items():
            if each.required and key not in value:
                example = each.schema.get("examples", ["…"])[0]
                self.add(
                    path, ".".join(str(part) for part in path), f'{key} is missing: add {key} = "{example}"'
                )
        read = {key: self.value((*path, key), fields[key], value[key]) for key in value if key in fields}
        return {key: each for key, each in read.items() if each is not None}

    def keys(self, path: KeyPath, value: Values, known: Sequence[str]) -> None:
        for key in value:
            if key not in known:
                guess = near(key, known)
                hint = f'did you mean "{guess}"?' if guess else f"the keys here are {', '.join(known)}"
                self.add((*path, key), key, f"unknown key: {hint}")

    def value(self, path: KeyPath, each: Field, value: object) -> Any:
        try:
            return each.read(value)
        except FieldError as error:
            shown = value if error.item is None else error.item
            self.add(path, shown, str(error))
            return None

    def entries(self, path: KeyPath, value: object, kind: type) -> Iterator[tuple[KeyPath, Any]]:
        """Yield the entries of a table of tables or an array of tables, each with its path."""
        if isinstance(value, kind) and isinstance(value, dict):
            yield from (((*path, key), each) for key, each in value.items())
        elif isinstance(value, kind) and isinstance(value, list):
            yield from (((*path, number), each) for number, each in enumerate(value))
        else:
            heading = ".".join(str(part) for part in path)
            example = f"[{heading}.maya]" if kind is dict else f"[[{heading}]]"
            self.add(path, path[-1], f"write {example} and its keys below")


def short(shown: object) -> str:
    """Return the offending text as one short line that a terminal can print; empty text as two quotes."""
    try:
        text = " ".join(str(shown).split()) or '""'
    except ValueError:  # a hexadecimal number with more digits than Python prints
        text = hex(shown) if isinstance(shown, int) else type(shown).__name__
    text = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
