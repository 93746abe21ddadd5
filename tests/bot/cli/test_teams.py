"""`teams-package` writes what Teams takes, or says which option or setting is missing."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tests.bot.cli.conftest import Run

APP_ID = "0a1b2c3d-0000-4000-8000-00000000000a"


def _manifest(path: Path) -> dict[str, object]:
    with zipfile.ZipFile(path) as archive:
        made: dict[str, object] = json.loads(archive.read("manifest.json"))
    return made


def test_a_package_is_written_for_the_settings(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEAMS_APP_ID", APP_ID)
    monkeypatch.setenv("TEAMS_FEATURES", "targeted")
    monkeypatch.setenv("BOUNDARY_PUBLIC_URL", "https://boundary.example.org")
    out = tmp_path / "package.zip"
    done = run("teams-package", "--out", str(out))
    assert done.exit_code == 0, done.output
    assert str(out) in done.stdout.replace("\n", "")
    made = _manifest(out)
    assert made["id"] == APP_ID
    assert "supportsTargetedMessages" in json.dumps(made)
    assert "authorization" not in made


def test_reading_mentions_is_asked_for_by_name(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "package.zip"
    options = ("--app-id", APP_ID, "--website", "https://example.org", "--read-mentions", "--json")
    done = run("teams-package", "--out", str(out), *options)
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert answer["file"] == str(out)
    assert answer["manifest"] == _manifest(out)
    assert "ChatMessage.Read.Chat" in json.dumps(answer["manifest"])


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        (("--website", "https://example.org"), "--app-id"),
        (("--app-id", APP_ID), "--website"),
        (("--app-id", APP_ID, "--website", "https://example.org", "--package-version", "1"), "1.0.0"),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_written(
    run: Run, tmp_path: Path, options: tuple[str, ...], hint: str
) -> None:
    out = tmp_path / "package.zip"
    done = run("teams-package", "--out", str(out), *options)
    assert done.exit_code == 2
    assert hint in done.stderr
    assert not out.exists()


def test_a_place_that_cannot_be_written_is_named(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "no" / "package.zip"
    done = run("teams-package", "--out", str(out), "--app-id", APP_ID, "--website", "https://example.org")
    assert done.exit_code == 2
    assert "--out" in done.stderr
