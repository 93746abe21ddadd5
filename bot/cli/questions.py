"""Commands that ask about a norms file, without settings: `check`, `timeline`, `decide`, `schema`."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.norms import checked_norms, read_norms
from bot.cli.output import (
    BAD_INPUT,
    FINE,
    NO,
    AsJson,
    complain,
    counted,
    instant_json,
    local,
    parse_instant,
    say,
    stop,
    write_json,
    write_table,
)
from bot.normsfile import NormsFile
from rules import (
    Answer,
    Person,
    Ping,
    PingKind,
    Segment,
    Urgency,
    Verdict,
)
from rules import (
    decide as decide_ping,
)
from rules import (
    timeline as segments_of,
)

File = Annotated[Path, typer.Argument(metavar="FILE", help="A norms file (TOML).")]


def check(
    file: File,
    at: Annotated[
        datetime | None,
        typer.Option(parser=parse_instant, metavar="INSTANT", help="As if it were then; default now."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check a norms file: errors (exit code 2) and what a team may want to reconsider (exit code 1)."""
    report = checked_norms(file, at)
    if as_json:
        write_json(report.as_json())
    for line in report.lines():
        complain(line)
    if not as_json and not report.problems:
        people, teams = counted(report.people, "person", "people"), counted(report.teams, "team", "teams")
        say(f"{file}: {people}, {teams}, {len(report.warnings)} to reconsider.")
    raise typer.Exit(BAD_INPUT if report.problems else NO if report.warnings else FINE)


def timeline(
    file: File,
    person: Annotated[str, typer.Option(metavar="ID", help='A person of the file, or "all".')],
    since: Annotated[
        datetime, typer.Option("--from", parser=parse_instant, metavar="INSTANT", help="From when on.")
    ],
    to: Annotated[
        datetime, typer.Option("--to", parser=parse_instant, metavar="INSTANT", help="Until when.")
    ],
    as_json: AsJson = False,
) -> None:
    """Print the modes a person is in between two instants, and why."""
    if to <= since:
        raise typer.BadParameter("--to must be later than --from.")
    norms = read_norms(file, since, to)
    for each in _wanted(file, norms, person):
        segments = segments_of(each, norms.teams_of(each.id), since, to)
        if as_json:
            write_json(_timeline_json(each, segments), one_line=person == "all")
        else:
            _write_timeline(each, segments)


def _wanted(file: Path, norms: NormsFile, person: str) -> list[Person]:
    """Everyone, or the one person named; exit code 2 if the file does not know them."""
    if person == "all":
        return [each.person for each in norms.people.values()]
    if person in norms.people:
        return [norms.people[person].person]
    close = difflib.get_close_matches(person, norms.people, 1)
    hint = f'Did you mean "{close[0]}"?' if close else f"It has: {', '.join(norms.people) or 'nobody'}."
    stop(BAD_INPUT, f'{file}: nobody is called "{person}" here. {hint}')


def _timeline_json(person: Person, segments: Sequence[Segment]) -> dict[str, Any]:
    return {"person": person.id, "zone": person.zone, "segments": [_segment_json(each) for each in segments]}


def _segment_json(segment: Segment) -> dict[str, str | None]:
    return {
        "start": instant_json(segment.start),
        "end": instant_json(segment.end),
        "mode": segment.mode.value,
        "because": segment.because,
    }


def _write_timeline(person: Person, segments: Sequence[Segment]) -> None:
    rows = (
        (local(each.start, person.zone), local(each.end, person.zone), each.mode.value, each.because)
        for each in segments
    )
    write_table(f"{person.id} ({person.zone})", ("from", "until", "mode", "because"), rows)


def decide(
    file: File,
    *,
    sender: Annotated[str, typer.Option(metavar="ID", help="Who writes; need not be in the file.")],
    recipient: Annotated[
        str, typer.Option(metavar="ID", help="To whom; somebody not in the file has no norms.")
    ],
    at: Annotated[datetime, typer.Option(parser=parse_instant, metavar="INSTANT", help="When.")],
    kind: Annotated[
        PingKind, typer.Option(help="How: a mention in a channel or a direct message.")
    ] = PingKind.DIRECT,
    urgent: Annotated[str | None, typer.Option(metavar="REASON", help="That it is urgent, and why.")] = None,
    as_json: AsJson = False,
) -> None:
    """Decide about one ping and explain it: exit code 0 if it is delivered, 1 if it is held."""
    norms = read_norms(file, at, at)
    urgency = Urgency.ROUTINE if urgent is None else Urgency.URGENT
    ping = Ping(sender=sender, kind=kind, urgency=urgency, reason=urgent or "")
    person = norms.people[recipient].person if recipient in norms.people else None
    verdict = decide_ping(ping, person, norms.teams_of(recipient), at)
    if as_json:
        write_json(_verdict_json(verdict))
    else:
        _write_verdict(verdict, person.zone if person else "UTC")
    raise typer.Exit(FINE if verdict.answer is Answer.DELIVER else NO)


def _verdict_json(verdict: Verdict) -> dict[str, Any]:
    return {
        "verdict": verdict.answer.value,
        "release_at": instant_json(verdict.release_at),
        "reply_by": instant_json(verdict.reply_by),
        "reason": verdict.reason.value,
        "trace": [
            {"rule": step.rule, "applied": step.applied, "because": step.because} for step in verdict.trace
        ],
    }


def _write_verdict(verdict: Verdict, zone: str) -> None:
    from rules import text

    say(f"{verdict.answer.value}: {text(verdict.reason)}")
    for label, at, otherwise in (
        ("released", verdict.release_at, "not within 400 days"),
        ("reply by", verdict.reply_by, "no norm says"),
    ):
        say(f"{label}: {f'{local(at, zone)} ({zone})' if at else otherwise}")
    if verdict.stand_in:
        say(f"stand-in: {verdict.stand_in}")
    rows = (("yes" if step.applied else "no", step.rule, step.because) for step in verdict.trace)
    write_table("Why", ("applied", "rule", "because"), rows)


def schema(as_json: AsJson = False) -> None:
    """Print the JSON Schema of norms files, for editors. It is JSON with and without --json."""
    from bot.normsschema import json_schema

    write_json(json_schema())


COMMANDS = (check, timeline, decide, schema)
