"""Norms as code: a TOML file with people and teams, checked as a whole.

Every problem is reported at once, each with file, line, the offending text and what to write instead; a
file with any problem loads nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.normsfields import (
    ID,
    LEAVE,
    PERSON,
    PLACES,
    REPLY,
    RESERVED,
    TEAM,
    VOTING,
    WINDOW,
    Field,
    FieldError,
)
from bot.normslines import KeyPath, located
from rules import Holiday, Kind, Leave, Passes, Person, ReplyWithin, Team, Voting, Window
from rules.wording import near

LARGEST = 256 * 1024
"""Bytes a norms file may have."""
_SHOWN = 60
_MOST_SLIPS = 50  # looking for what each of thousands of ids might have meant takes minutes
_LONG_NUMBER = re.compile(r"\d[\d_]{4000,}")

HolidaysOf = Callable[[str, Sequence[int]], Sequence[Holiday]]
"""Gives the public holidays of a place ("PT", "DE-BY") in some years; raises ValueError for an unknown
place.
"""
_Values = dict[str, Any]


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


@dataclass(frozen=True, slots=True)
class FilePerson:
    """A person of the file, with the accounts that are theirs: a Slack member id, a Microsoft Teams id."""

    person: Person
    slack: str | None = None
    teams: str | None = None


@dataclass(frozen=True, slots=True)
class NormsFile:
    """What a file says, by id."""

    people: Mapping[str, FilePerson]
    teams: Mapping[str, Team]
    slips: tuple[Problem, ...] = ()
    """Ids that look like one of the file's misspelt. Two people may well be called Ana and Anna."""
    places: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """Where teams talk, by team id: (platform, the platform's id of the channel)."""

    def teams_of(self, person_id: str) -> tuple[Team, ...]:
        """Return the teams a person is a member of, in the file's order."""
        return tuple(team for team in self.teams.values() if person_id in team.members)


def load_norms(path: Path, holidays_of: HolidaysOf | None = None, years: Sequence[int] = ()) -> NormsFile:
    """Read and check a norms file; see parse_norms. A file that cannot be read is a problem of line 1
    too.
    """
    name = str(path)
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        why = error.strerror or "it cannot be read"
        raise NormsFileError([Problem(name, 1, name, f"{why}; give the path of a norms file")]) from error
    if len(content) > LARGEST:
        raise NormsFileError([_too_large(name)])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NormsFileError([_no_utf8(name, content, error.start)]) from error
    if "\0" in text:  # UTF-16 without its mark: every other byte is one
        raise NormsFileError([_no_utf8(name, content, content.index(0))])
    return parse_norms(text, name, holidays_of, years)


def _no_utf8(name: str, content: bytes, place: int) -> Problem:
    line = content.count(b"\n", 0, place) + 1
    return Problem(name, line, "bytes", "this is not UTF-8 text; save it as UTF-8")


def _too_large(name: str) -> Problem:
    return Problem(name, 1, "the file", f"it is larger than {LARGEST // 1024} KiB; split it into several")


def parse_norms(
    text: str, name: str = "norms.toml", holidays_of: HolidaysOf | None = None, years: Sequence[int] = ()
) -> NormsFile:
    """Read and check the text of a norms file called `name`. Raises NormsFileError with every problem
    found.

    `holidays_of` fills in the public holidays of `years`; without it people have none.
    """
    if len(text.encode()) > LARGEST:
        raise NormsFileError([_too_large(name)])
    checker = _Checker(name, text)
    data = checker.toml()
    norms = NormsFile({}, {}) if checker.problems else _file(checker, data, holidays_of, years)
    if checker.problems:
        raise NormsFileError(sorted(set(checker.problems)))
    return norms


@dataclass(slots=True)
class _Checker:
    """Collects problems and the ids of people that are named, and knows at which line each key stands."""

    name: str
    text: str
    problems: list[Problem] = field(default_factory=list)
    lines: dict[KeyPath, int] = field(default_factory=dict)
    named: list[tuple[KeyPath, str]] = field(default_factory=list)

    def toml(self) -> _Values:
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
        shown = _short(rows[min(line, len(rows)) - 1].strip()) or "the end of the file"
        self.problems.append(
            Problem(self.name, line, shown, f"this is not TOML: {told}; see https://toml.io")
        )

    def _long_number(self) -> None:
        found = _LONG_NUMBER.search(self.text)
        line = self.text.count("\n", 0, found.start()) + 1 if found else 1
        shown = found[0] if found else "the file"
        self.problems.append(
            Problem(self.name, line, _short(shown), "this number is too long; write a small one")
        )

    def add(self, path: KeyPath, shown: object, message: str) -> None:
        """Note a problem at a key."""
        self.problems.append(Problem(self.name, self.line(path), _short(shown), message))

    def line(self, path: KeyPath) -> int:
        """Return the line of a key, or of the nearest table around it whose line is known."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def table(
        self, path: KeyPath, value: object, fields: Mapping[str, Field], inner: Sequence[str] = ()
    ) -> _Values:
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

    def keys(self, path: KeyPath, value: _Values, known: Sequence[str]) -> None:
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


def _short(shown: object) -> str:
    """Return the offending text as one short line that a terminal can print; empty text as two quotes."""
    try:
        text = " ".join(str(shown).split()) or '""'
    except ValueError:  # a hexadecimal number with more digits than Python prints
        text = hex(shown) if isinstance(shown, int) else type(shown).__name__
    text = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def _file(
    checker: _Checker, data: _Values, holidays_of: HolidaysOf | None, years: Sequence[int]
) -> NormsFile:
    checker.keys((), data, ["people", "teams"])
    people = {
        str(path[-1]): _person(checker, path, value)
        for path, value in checker.entries(("people",), data.get("people", {}), dict)
        if _id_fits(checker, path)
    }
    teams = {
        str(path[-1]): _team(checker, path, value)
        for path, value in checker.entries(("teams",), data.get("teams", {}), dict)
        if _id_fits(checker, path)
    }
    _check_names(checker, people, teams)
    places = _places(checker, data.get("teams", {}))
    if holidays_of is not None and not checker.problems:
        people = {id: _with_holidays(checker, entry, holidays_of, years) for id, entry in people.items()}
        teams = {id: _team_with_holidays(checker, team, holidays_of, years) for id, team in teams.items()}
    return NormsFile(people, teams, tuple(_slips(checker, people)), places)


def _places(checker: _Checker, teams: object) -> dict[str, tuple[tuple[str, str], ...]]:
    """Where each team talks; a channel belongs to one team."""
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    owners: dict[str, str] = {}
    for id, raw in teams.items() if isinstance(teams, dict) else ():
        named = {key: raw.get(key) for key in PLACES} if isinstance(raw, dict) else {}
        own = {key: channel.strip() for key, channel in named.items() if isinstance(channel, str)}
        for key, channel in own.items():
            owner = owners.setdefault(channel, id)
            if owner != id:
                checker.add(("teams", id, key), channel, f"this is the channel of {owner} already")
        found[id] = tuple((key.removesuffix("_channel"), channel) for key, channel in own.items())
    return found


def _id_fits(checker: _Checker, path: KeyPath) -> bool:
    id = str(path[-1])
    if id in RESERVED:
        checker.add(path, id, "this word means something else: choose another id")
    elif not ID.fullmatch(id):
        checker.add(path, id, "an id is made of letters, digits, - and _, for example maya")
    else:
        return True
    return False


def _person(checker: _Checker, path: KeyPath, value: object) -> FilePerson:
    read = checker.table(path, value, PERSON, ["windows", "leave"])
    raw = value if isinstance(value, dict) else {}
    person = Person(id=str(path[-1]), zone=read.get("zone", "UTC"))
    person = replace(
        person,
        **{key: read[key] for key in ("style", "hours", "digests", "rituals", "opt_out") if key in read},
    )
    person = replace(
        person,
        place=read.get("holidays"),
        windows=tuple(_windows(checker, (*path, "windows"), raw.get("windows", []))),
        leave=tuple(_leave(checker, (*path, "leave"), raw.get("leave", []))),
    )
    return FilePerson(person, read.get("slack"), read.get("teams"))


def _windows(checker: _Checker, path: KeyPath, value: object) -> Iterator[Window]:
    names: set[str] = set()
    for here, each in checker.entries(path, value, list):
        read = checker.table(here, each, WINDOW)
        name = read.get("name", "")
        if name and name.casefold() in names:
            checker.add(
                (*here, "name"), name, "this person has a window of this name already: choose another name"
            )
        names.add(name.casefold())
        checker.named += [
            ((*here, "lets_through"), id) for id in sorted(read.get("lets_through", Passes()).people)
        ]
        if read.get("kind") is Kind.ON_CALL:
            for key in ("lets_through", "share_name"):
                if key in read:
                    checker.add(
                        (*here, key), key, "an on_call window has no such key: urgent pings always pass it"
                    )
        if all(key in read for key in ("name", "kind", "when")):
            yield Window(
                name, read["kind"], read["when"], read.get("lets_through"), read.get("share_name", False)
            )


def _leave(checker: _Checker, path: KeyPath, value: object) -> Iterator[Leave]:
    for here, each in checker.entries(path, value, list):
        read = checker.table(here, each, LEAVE)
        if "stand_in" in read:
            checker.named.append(((*here, "stand_in"), read["stand_in"]))
        if "from" not in read or "to" not in read:
            continue
        if read["from"] > read["to"]:
            checker.add(
                (*here, "to"), read["to"], f"leave ends before it begins on {read['from']}: swap the dates"
            )
        yield Leave(read["from"], read["to"], read.get("stand_in"))


def _team(checker: _Checker, path: KeyPath, value: object) -> Team:
    read = checker.table(path, value, TEAM, ["reply_within"])
    raw = value if isinstance(value, dict) else {}
    for key in ("members", "leads"):
        checker.named += [((*path, key), id) for id in read.get(key, ())]
    reply = checker.table((*path, "reply_within"), raw.get("reply_within", {}), REPLY)
    if "ask_on_leave" in read:
        checker.named.append(((*path, "ask_on_leave"), read["ask_on_leave"]))
    voting = Voting(**{name: read.pop(key) for key, name in VOTING.items() if key in read})
    for key in PLACES:
        read.pop(key, None)
    team = Team(
        id=str(path[-1]),
        zone=read.pop("zone", "UTC"),
        reply_within=ReplyWithin(**reply),
        voting=voting,
        place=read.pop("holidays", None),
    )
    return replace(team, **read)


def _slips(checker: _Checker, people: Mapping[str, FilePerson]) -> Iterator[Problem]:
    """Yield the named ids that look like one of the file's misspelt.

    A team may name people whose norms are not in the file: they say them in chat, or have none. So a slip is
    worth a thought, not an error.
    """
    strange = [each for each in checker.named if each[1] not in people]
    for path, id in strange[:_MOST_SLIPS]:
        guess = near(id, people)
        if guess:
            message = f'nobody in this file has this id: did you mean "{guess}"?'
            yield Problem(checker.name, checker.line(path), _short(id), message)


def _check_names(checker: _Checker, people: Mapping[str, FilePerson], teams: Mapping[str, Team]) -> None:
    """Check that teams opted out of exist and that nobody shares an account."""
    for person_id, entry in people.items():
        for id in entry.person.opt_out:
            if id not in teams:
                checker.add(("people", person_id, "opt_out"), id, _unknown_team(id, teams))
    for key in ("slack", "teams"):
        owners: dict[str, str] = {}
        for person_id, entry in people.items():
            account = getattr(entry, key)
            owner = owners.setdefault(account, person_id) if account else person_id
            if owner != person_id:
                checker.add(("people", person_id, key), account, f"this is the account of {owner} already")


def _unknown_team(id: str, known: Mapping[str, object]) -> str:
    guess = near(id, known)
    return "no team of this file has this id: " + (
        f'did you mean "{guess}"?' if guess else "add it or mend the id"
    )


def _with_holidays(
    checker: _Checker, entry: FilePerson, holidays_of: HolidaysOf, years: Sequence[int]
) -> FilePerson:
    place = entry.person.place
    if place is None:
        return entry
    try:
        found = tuple(holidays_of(place, years))
    except ValueError as error:
        checker.add(("people", entry.person.id, "holidays"), place, str(error))
        return entry
    return replace(entry, person=replace(entry.person, holidays=found))


def _team_with_holidays(checker: _Checker, team: Team, holidays_of: HolidaysOf, years: Sequence[int]) -> Team:
    if team.place is None:
        return team
    try:
        return replace(team, holidays=tuple(holidays_of(team.place, years)))
    except ValueError as error:
        checker.add(("teams", team.id, "holidays"), team.place, str(error))
        return team
