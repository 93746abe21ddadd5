"""`boundary-bot policy` on a real database file."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from pypdf import PdfReader

from adapters.stores.sqlite import migrate
from bot.ports import Tx
from tests.bot.cli.conftest import Run
from tests.support.database import in_database
from tests.support.records import PLATFORM, team_record, version


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """A database with one team at its first version."""
    path = tmp_path / "b.db"
    migrate(path)

    def fill(tx: Tx) -> None:
        tx.teams.put(team_record(PLATFORM))
        tx.teams.keep(version())

    in_database(path, fill)
    return {"BOUNDARY_DATABASE_URL": f"sqlite:///{path}"}


def test_the_policy_is_printed_as_markdown(run: Run, environ: dict[str, str]) -> None:
    result = run("policy", "--team", "platform", **environ)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("# Policy on time and messages: Plattform Ünal\n")
    assert "Version 1, in force from 2026-11-24." in result.stdout


def test_it_is_written_as_pdf_by_the_ending_of_the_file(
    run: Run, environ: dict[str, str], tmp_path: Path
) -> None:
    result = run("policy", "--team", "platform", "--out", "policy.pdf", **environ)
    assert (result.exit_code, result.stdout) == (0, "Written: policy.pdf\n")
    [*pages] = PdfReader(io.BytesIO((tmp_path / "policy.pdf").read_bytes())).pages
    assert "Plattform Ünal" in pages[0].extract_text()
    again = run("policy", "--team", "platform", "--format", "pdf", **environ)
    assert again.stdout_bytes == (tmp_path / "policy.pdf").read_bytes()


def test_as_json_it_says_what_was_written_or_the_text(run: Run, environ: dict[str, str]) -> None:
    told = json.loads(run("policy", "--team", "platform", "--out", "p.md", "--json", **environ).stdout)
    assert told == {"team": "platform", "format": "md", "file": "p.md"}
    text = json.loads(run("policy", "--team", "platform", "--json", **environ).stdout)["text"]
    assert text.startswith("# Policy")
    assert text == Path("p.md").read_text("utf-8")


def test_what_cannot_be_done_is_said_with_what_to_do(run: Run, environ: dict[str, str]) -> None:
    missing = run("policy", "--team", "web", **environ)
    assert (missing.exit_code, missing.stderr) == (
        1, 'There is no team "web" here. The teams are platform.\n',
    )  # fmt: skip
    unknown = run("policy", "--team", "platform", "--format", "docx", **environ)
    assert unknown.exit_code == 2
    assert "write md or pdf" in unknown.stderr
    ending = run("policy", "--team", "platform", "--out", "p.txt", **environ)
    assert ending.exit_code == 2
    assert '"p.txt" does not end in .md or .pdf' in " ".join(ending.stderr.replace("│", " ").split())
    assert not Path("p.txt").exists()
    assert run("policy", "--team", "platform", "--out", "p.txt", "--format", "md", **environ).exit_code == 0
    folder = run("policy", "--team", "platform", "--out", "no/where.md", **environ)
    assert folder.exit_code == 2
    assert "--out" in folder.stderr
    both = run("policy", "--team", "platform", "--format", "pdf", "--json", **environ)
    assert both.exit_code == 2
    assert "--out platform.pdf" in both.stderr
