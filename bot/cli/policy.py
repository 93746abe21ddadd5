"""The written policy of a team: `policy`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.configuration import Config, read_settings
from bot.cli.output import BAD_INPUT, NO, AsJson, say, stop, write_json
from bot.cli.upkeep import with_store

if TYPE_CHECKING:
    from bot.messages.document import Document
    from bot.policy.sharing import Format, PolicyFile
    from bot.ports import Store, Tx
    from bot.settings import Settings

FORMATS = ("md", "pdf")


def policy(
    team: Annotated[str, typer.Option("--team", metavar="TEAM", help="The team's id.")],
    format: Annotated[
        str, typer.Option("--format", metavar="md|pdf", help="What to write; default by the ending of --out.")
    ] = "",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where to write it; default standard output.")
    ] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Write the policy that a team's norms make, with its version and date, as Markdown or PDF. Not legal
    advice."""
    from bot.policy.sharing import Format

    chosen = Format(_format(format, out))
    if out is None and chosen is Format.PDF and (as_json or sys.stdout.isatty()):
        stop(BAD_INPUT, f"A PDF is not for a terminal: add --out {team}.pdf, or send it on with a pipe.")
    file = _made(read_settings(config), team, chosen)
    if out is not None:
        _write(out, file)
    if as_json:
        answer = {"team": team, "format": chosen.value, "file": str(out) if out else None}
        write_json(answer if out else {**answer, "text": file.content.decode()})
    elif out is not None:
        say(f"Written: {out}")
    else:
        sys.stdout.buffer.write(file.content)
        sys.stdout.buffer.flush()


def _format(wanted: str, out: Path | None) -> str:
    ending = out.suffix.removeprefix(".").lower() if out else ""
    chosen = wanted.lower() or ending or "md"
    if not wanted and chosen not in FORMATS:
        raise typer.BadParameter(
            f'"{out}" does not end in .md or .pdf: name it so, or add --format md or pdf.'
        )
    if chosen not in FORMATS:
        raise typer.BadParameter(f'"{wanted}" is no format: write md or pdf.')
    return chosen


def _made(settings: Settings, team: str, format: Format) -> PolicyFile:
    from bot.bootstrap.parts import typesetter
    from bot.policy.sharing import written

    async def read(store: Store) -> tuple[Document | None, list[str]]:
        return await store.read(lambda tx: _found(tx, team))

    document, teams = with_store(settings, read)
    if document is None:
        known = f"The teams are {', '.join(teams)}." if teams else "There is no team yet."
        stop(NO, f'There is no team "{team}" here. {known}')
    return written(document, format, typesetter())


def _found(tx: Tx, team: str) -> tuple[Document | None, list[str]]:
    from bot.policy.facts import document_of

    record = tx.teams.get(team)
    return (document_of(tx, record) if record else None), tx.teams.ids()


def _write(out: Path, file: PolicyFile) -> None:
    try:
        out.write_bytes(file.content)
    except OSError as error:
        stop(BAD_INPUT, f"{out} cannot be written: {error.strerror}. Choose another place with --out.")


COMMANDS = (policy,)
