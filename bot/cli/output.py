"""What commands share: instants in and out, JSON, tables, and how to stop with a sentence."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated, NoReturn
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.findings import Finding, Level

FINE, NO, BAD_INPUT = 0, 1, 2
_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_STYLES = {Level.FINE: "green", Level.NOTE: "yellow", Level.PROBLEM: "bold red"}

out = Console(highlight=False)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def parse_instant(text: str) -> datetime:
    """An aware UTC instant from `2026-11-22T09:00:00Z` or one with an offset; anything else is bad usage."""
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        raise typer.BadParameter(f'"{text}" is no instant: write it like 2026-11-22T09:00:00Z.') from None
    if instant.tzinfo is None:
        raise typer.BadParameter(f'"{text}" does not say its zone: add Z for UTC or an offset like +01:00.')
    try:
        instant = instant.astimezone(UTC)
    except OverflowError:
        instant = _LAST
    if not _FIRST <= instant < _LAST:
        raise typer.BadParameter(f'"{text}" is outside the years 1970 to 2099.')
    return instant


AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


def instant_json(at: datetime | None) -> str | None:
    """`2026-11-22T09:00:00Z`; None stays None."""
    if at is None:
        return None
    exact = "seconds" if at.microsecond == 0 else "microseconds"
    return at.astimezone(UTC).isoformat(timespec=exact).replace("+00:00", "Z")


def local(at: datetime, zone: str) -> str:
    """An instant as a person in `zone` would read it."""
    return f"{at.astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M}"


def write_json(value: object, *, one_line: bool = False) -> None:
    """One JSON value on standard output: on one line for programs, indented for a person at a terminal."""
    indent = 2 if out.is_terminal and not one_line else None
    typer.echo(json.dumps(value, ensure_ascii=False, indent=indent))


def write_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table on standard output. Cells are text, never markup."""
    table = Table(title=Text(title), title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    out.print(table)


def counted(number: int, one: str, many: str) -> str:
    """`1 person`, `5 people`."""
    return f"{number} {one if number == 1 else many}"


def say(line: str) -> None:
    """A line of an answer on standard output, as it is."""
    out.print(Text(line), soft_wrap=True)


def complain(line: str) -> None:
    """A line on standard error, as it is."""
    err.print(Text(line))


def stop(code: int, *lines: str) -> NoReturn:
    """End the command with an exit code, after the lines on standard error."""
    for line in lines:
        complain(line)
    raise typer.Exit(code)


def write_findings(findings: Iterable[Finding]) -> None:
    """Findings on standard output: how bad, what, and what to do."""
    for finding in findings:
        about = "" if finding.what.startswith(finding.check) else f"{finding.check}: "
        line = Text.assemble((f"{finding.level.value:8}", _STYLES[finding.level]), about, finding.what)
        out.print(line, soft_wrap=True)
        if finding.do:
            out.print(Text(f"{'':8}{finding.do}"), soft_wrap=True)
