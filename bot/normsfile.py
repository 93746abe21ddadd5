"""Norms as code: a TOML file with people and teams, checked as a whole.

Every problem is reported at once, each with file, line, the offending text and what to write instead; a
file with any problem loads nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.normscheck import Checker, NormsFileError, Problem, Values, short
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
)
from bot.normslines import KeyPath
from rules import Holiday, Kind, Leave, Passes, Person, ReplyWithin, Team, Voting, Window
from rules.wording import near

__all__ = [
    "LARGEST",
    "FilePerson",
    "HolidaysOf",
    "NormsFile",
    "NormsFileError",
    "Problem",
    "load_norms",
    "parse_norms",
]

LARGEST = 256 * 1024
"""Bytes a norms file may have."""
_MOST_SLIPS = 50  # looking for what each of thousands of ids might have meant takes minutes

HolidaysOf = Callable[[str, Sequence[int]], Sequence[Holiday]]
"""Gives the public holidays of a place ("PT", "DE-BY") in some years; raises ValueError for an unknown
place.
"""


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
    checker = Checker(name, text)
    data = checker.toml()
    norms = NormsFile({}, {}) if checker.problems else _file(checker, data, holidays_of, years)
    if checker.problems:
        raise NormsFileError(sorted(set(checker.problems)))
    return norms


def _file(checker: Checker, data: Values, holidays_of: HolidaysOf | None, years: Sequence[int]) -> NormsFile:
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


def _places(checker: Checker, teams: object) -> dict[str, tuple[tuple[str, str], ...]]:
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


def _id_fits(checker: Checker, path: KeyPath) -> bool:
    id = str(path[-1])
    if id in RESERVED:
        checker.add(path, id, "this word means something else: choose another id")
    elif not ID.fullmatch(id):
        checker.add(path, id, "an id is made of letters, digits, - and _, for example maya")
    else:
        return True
    return False


def _person(checker: Checker, path: KeyPath, value: object) -> FilePerson:
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


def _windows(checker: Checker, path: KeyPath, value: object) -> Iterator[Window]:
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


def _leave(checker: Checker, path: KeyPath, value: object) -> Iterator[Leave]:
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


def _team(checker: Checker, path: KeyPath, value: object) -> Team:
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


def _slips(checker: Checker, people: Mapping[str, FilePerson]) -> Iterator[Problem]:
    """Yield the named ids that look like one of the file's misspelt.

    A team may name people whose norms are not in the file: they say them in chat, or have none. So a slip is
    worth a thought, not an error.
    """
    strange = [each for each in checker.named if each[1] not in people]
    for path, id in strange[:_MOST_SLIPS]:
        guess = near(id, people)
        if guess:
            message = f'nobody in this file has this id: did you mean "{guess}"?'
            yield Problem(checker.name, checker.line(path), short(id), message)


def _check_names(checker: Checker, people: Mapping[str, FilePerson], teams: Mapping[str, Team]) -> None:
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
    checker: Checker, entry: FilePerson, holidays_of: HolidaysOf, years: Sequence[int]
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


def _team_with_holidays(checker: Checker, team: Team, holidays_of: HolidaysOf, years: Sequence[int]) -> Team:
    if team.place is None:
        return team
    try:
        return replace(team, holidays=tuple(holidays_of(team.place, years)))
    except ValueError as error:
        checker.add(("teams", team.id, "holidays"), team.place, str(error))
        return team
