"""The terminal: `boundary-bot` and `python -m bot`.

Exit codes: 0 fine, 1 the answer is no or a check found problems, 2 bad usage or bad input. Standard output
carries answers only, so that `--json` can be piped; everything else goes to standard error. Commands import
what they need when they run: `boundary-bot check` must not wait for a chat platform's client.
"""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli import importing, policy, questions, running, summary, teams, upkeep
from bot.version import VERSION

app = typer.Typer(
    name="boundary-bot",
    help="Keeps people's and teams' time norms in work chat.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # a traceback must not show a token
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"boundary-bot {VERSION}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None: ...


for _module in (running, questions, upkeep, teams, importing, policy, summary):
    for _command in _module.COMMANDS:
        app.command()(_command)


def main() -> None:
    """Run the command that the arguments name, then exit the process."""
    app(prog_name="boundary-bot")
