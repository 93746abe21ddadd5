"""Running a command as a person would: arguments in; exit code, standard output and standard error out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.cli import app
from bot.settings_table import TABLE

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Call a command in an empty folder with none of our variables set but those given."""
    for row in TABLE:
        monkeypatch.delenv(row.name, raising=False)
    monkeypatch.delenv("BOUNDARY_CONFIG", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object, input: str | None = None, **environ: str) -> Result:
        return CliRunner().invoke(app, [str(each) for each in arguments], input=input, env=environ)

    return call
