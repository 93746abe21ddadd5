"""`boundary-bot summary`: a team's week as it is posted, and why each figure is shown or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.configuration import Config, read_settings
from bot.cli.output import BAD_INPUT, NO, AsJson, local, say, stop, write_json, write_table
from bot.cli.upkeep import with_store

if TYPE_CHECKING:
    from bot.ports import Tx
    from bot.summary.posting import Posting
    from bot.summary.report import Report


def summary(
    team: Annotated[str, typer.Option(metavar="ID", help="The team.")],
    week: Annotated[
        str, typer.Option(metavar="WEEK", help='A week such as "2026-W48"; default the last that has ended.')
    ] = "",
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Say, too, where and when it is posted and why each figure is shown or not."
        ),
    ] = False,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Print the weekly summary of a team. It posts nothing; the figures stay as they are printed."""
    found = _found(team, week, config)
    if as_json:
        write_json({**found.as_json(), **(found.why_json() if dry_run else {})})
        return
    say(f"{found.view.name}, {found.view.summary.week}")
    for line in found.lines():
        say(f"- {line}")
    if dry_run:
        _explain(found)


def _found(team: str, week: str, config: Config) -> Report:
    from bot.bootstrap.parts import clock
    from bot.summary.posting import Fate
    from bot.summary.publication import NoSummary
    from bot.summary.report import UnknownTeam, plan_of, report

    now = clock().now()

    def work(tx: Tx) -> Report | str:
        try:
            return report(tx, team, week, now)
        except NoSummary as none:
            posting, zone, where = plan_of(tx, team, week, now)
            return f"{none} {_posting(posting, zone, where)}" if posting.fate is Fate.AHEAD else str(none)

    try:
        found = with_store(read_settings(config), lambda store: store.write(work))
    except UnknownTeam as unknown:
        stop(NO, str(unknown))
    except ValueError as wrong:
        stop(BAD_INPUT, str(wrong))
    if isinstance(found, str):
        stop(NO, found)
    return found


def _explain(found: Report) -> None:
    say("")
    say(_posting(found.posting, found.zone, found.where))
    for line in found.view.summary.because:
        say(line)
    from bot.summary.report import called

    rows = [
        (called(each.name), " ".join(map(str, each.numbers)) or "not shown", each.because)
        for each in found.view.summary.figures
    ]
    write_table("Figures", ("figure", "shown as", "why"), rows)


def _posting(posting: Posting, zone: str, where: str) -> str:
    from bot.summary.report import WORDS

    at = f"{local(posting.at, zone)} ({zone})" if posting.at else ""
    return WORDS[posting.fate].format(at=at, where=where or "each member's own chat")


COMMANDS = (summary,)
