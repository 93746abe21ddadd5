"""A norms file for the commands that ask about it: read with its public holidays, or looked over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.cli.output import BAD_INPUT, stop
from bot.normsfile import NormsFile, NormsFileError, Problem, load_norms
from bot.teamnorms import BY_KEY, contradictions
from rules import Holiday, Leave, advice


@dataclass(frozen=True, slots=True)
class Report:
    """What `check` found: `problems` make the file unusable, `warnings` are worth a thought."""

    file: Path
    people: int = 0
    teams: int = 0
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """One line for each finding, beginning with the file, as compilers do."""
        yield from (problem.told() for problem in self.problems)
        yield from (f"{self.file}: {warning}" for warning in self.warnings)

    def as_json(self) -> dict[str, Any]:
        """The answer of `check --json`."""
        problems = [
            {"file": each.file, "line": each.line, "text": each.text, "message": each.message}
            for each in self.problems
        ]
        counts = {"file": str(self.file), "people": self.people, "teams": self.teams}
        return counts | {"problems": problems, "warnings": list(self.warnings)}


def read_norms(file: Path, since: datetime, to: datetime) -> NormsFile:
    """The norms with the public holidays around [since, to], or exit code 2 with every problem named."""
    try:
        return _load(file, since, to)
    except NormsFileError as error:
        stop(BAD_INPUT, *(problem.told() for problem in error.problems))


def _load(file: Path, since: datetime, to: datetime) -> NormsFile:
    """Holidays reach two years further: a release may be 400 days away. Raises NormsFileError."""
    return load_norms(file, _holidays_of, range(since.year - 1, to.year + 3))


def _holidays_of(place: str, years: Sequence[int]) -> Sequence[Holiday]:
    from bot.bootstrap.parts import calendars

    return calendars().holidays(place, years[0], years[-1])


def checked_norms(file: Path, at: datetime | None) -> Report:
    """Look a norms file over as of `at`, by default now."""
    if at is None:
        from bot.bootstrap.parts import clock

        at = clock().now()
    try:
        norms = _load(file, at, at)
    except NormsFileError as error:
        return Report(file, problems=error.problems)
    return Report(file, len(norms.people), len(norms.teams), warnings=tuple(_warnings(norms, at)))


def _warnings(norms: NormsFile, at: datetime) -> Iterator[str]:
    yield from (f"line {slip.line}: {slip.text}: {slip.message}" for slip in norms.slips)
    for id, each in norms.people.items():
        for window in each.person.windows:
            yield from (f"{id}: {sentence}" for sentence in advice(window, each.person, norms.teams_of(id)))
        for leave in each.person.leave:
            yield from _both_away(id, leave, norms)
    for team in norms.teams.values():
        yield from (f"{team.id}: {sentence}" for sentence in contradictions(team, at, tuple(BY_KEY)))
        today = at.astimezone(ZoneInfo(team.zone)).date()
        if team.review_by is not None and team.review_by < today:
            yield f"{team.id}: its norms were due for review by {team.review_by}. Set a new date then."


def _both_away(id: str, leave: Leave, norms: NormsFile) -> Iterator[str]:
    stand_in = norms.people.get(leave.stand_in or "")
    for other in stand_in.person.leave if stand_in else ():
        if other.first <= leave.last and leave.first <= other.last:
            first, last = max(leave.first, other.first), min(leave.last, other.last)
            yield f"{id}: the stand-in {leave.stand_in} is away too from {first} to {last}."
