"""The benchmarks keep running: each in its short form, with rows that can be printed."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from tests.bench.__main__ import FOLDER, benches, main, shown, table

NAMES = [path.stem for path in sorted(FOLDER.glob("bench_*.py"))]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", NAMES)
def test_a_short_run_gives_rows_of_one_shape(name: str) -> None:
    ((title, run),) = benches(part=name)
    rows = run(True)
    assert rows
    assert title
    assert all(isinstance(value, str | int | float) for row in rows for value in row.values())
    printed = io.StringIO()
    Console(file=printed, width=200).print(table(title, rows))
    assert title[:40] in printed.getvalue()


def test_an_unknown_name_is_refused() -> None:
    assert main(["no such benchmark"]) == 2


def test_figures_are_printed_so_that_they_compare() -> None:
    assert [shown(each) for each in (12345, 12345.6, 99.94, 0.01234, "x")] == [
        "12,345",
        "12,346",
        "99.9",
        "0.0123",
        "x",
    ]
