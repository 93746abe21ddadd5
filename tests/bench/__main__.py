"""`python -m tests.bench`: every benchmark beside its stated peer, as tables.

A benchmark is a module `tests/bench/bench_*.py` with `run(quick: bool) -> list[dict[str, str | float]]`: rows
of one table. Name a part of a module's name to run only that one.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

Row = dict[str, str | float]
Run = Callable[[bool], list[Row]]

FOLDER = Path(__file__).parent
WIDTH = 120
"""Columns where there is no terminal to ask."""


def benches(folder: Path = FOLDER, part: str = "") -> Iterator[tuple[str, Run]]:
    """The title and `run` of each benchmark whose name contains `part`, in alphabetical order."""
    for path in sorted(folder.glob("bench_*.py")):
        if part in path.stem:
            module = importlib.import_module(f"tests.bench.{path.stem}")
            yield (module.__doc__ or path.stem).splitlines()[0], module.run


def table(title: str, rows: Sequence[Row]) -> Table:
    """The rows as a table; figures are aligned to the right."""
    made = Table(title=title, title_justify="left")
    columns = list(dict.fromkeys(key for row in rows for key in row))
    for column in columns:
        figures = all(isinstance(row.get(column, 0), int | float) for row in rows)
        made.add_column(column, justify="right" if figures else "left", overflow="fold")
    for row in rows:
        made.add_row(*(shown(row.get(column, "")) for column in columns))
    return made


def shown(value: str | float) -> str:
    """A figure with three significant digits at least, thousands separated."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def main(arguments: Sequence[str]) -> int:
    """Run the benchmarks that the arguments name and print them."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench", description="Measure the numbers of the bot."
    )
    parser.add_argument("part", nargs="?", default="", help="only benchmarks whose name contains this")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, for a look")
    chosen = parser.parse_args(arguments)
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDTH)
    found = list(benches(part=chosen.part))
    if not found:
        console.print(f'No benchmark is called like "{chosen.part}".', markup=False)
        return 2
    for title, run in found:
        console.print(table(title, run(chosen.quick)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
