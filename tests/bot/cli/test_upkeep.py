"""`doctor`, `migrate`, `export` and `forget` on a real database file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adapters.stores.sqlite import migrate
from adapters.vault import new_key
from bot.inbound import Account
from bot.ports import Tx
from bot.records import AccountRecord, PersonRecord, PersonState
from rules import Person
from tests.bot.cli.conftest import Run
from tests.support.database import in_database

MAYA = Account("slack:T1", "U0MAYA")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database in which Maya is enrolled."""
    path = tmp_path / "b.db"
    migrate(path)
    record = PersonRecord(Person("maya", "Europe/Lisbon"), PersonState(home=MAYA, name="Maya", met=True))

    def enrol(tx: Tx) -> None:
        tx.people.put(record)
        tx.accounts.put(AccountRecord(MAYA, person="maya", name="Maya"))

    in_database(path, enrol)
    return path


def _environ(database: Path) -> dict[str, str]:
    return {"BOUNDARY_DATABASE_URL": f"sqlite:///{database}", "BOUNDARY_SECRET_KEYS": new_key()}


@pytest.mark.parametrize("folder", ["", "nowhere/"])
def test_without_a_database_it_is_said_how_to_name_or_make_one(run: Run, tmp_path: Path, folder: str) -> None:
    path = tmp_path / f"{folder}b.db"
    result = run("summary", "--team", "platform", **_environ(path))
    assert result.exit_code == 2
    assert f"There is no database at {path}." in result.stderr
    assert "BOUNDARY_DATABASE_URL" in result.stderr
    assert "boundary-bot migrate" in result.stderr
    assert not path.exists()


def test_migrate_creates_the_database_in_the_data_folder_once(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "data/boundary-bot/boundary.db"
    planned = json.loads(run("migrate", "--dry-run", "--json").stdout)
    assert planned["database"] == str(path)
    assert not path.exists()
    applied = json.loads(run("migrate", "--json").stdout)
    assert applied["applied"] == planned["pending"] != []
    assert path.stat().st_mode & 0o077 == 0
    assert json.loads(run("migrate", "--json").stdout)["applied"] == []
    assert "schema is current" in run("migrate").stdout


def test_migrate_says_what_it_applied(run: Run) -> None:
    assert "Applied: " in run("migrate").stdout
    assert "schema is current" in run("migrate", "--dry-run").stdout


def test_export_prints_everything_about_a_person(run: Run, database: Path) -> None:
    result = run("export", "maya", **_environ(database))
    assert result.exit_code == 0, result.stderr
    exported = json.loads(result.stdout)
    assert exported["person"] == "maya"
    assert exported["accounts"][0]["user"] == "U0MAYA"


@pytest.mark.parametrize("command", [["export"], ["forget", "--yes"]])
def test_nobody_by_that_id_is_the_answer_no(run: Run, database: Path, command: list[str]) -> None:
    result = run(*command, "zoe", **_environ(database))
    assert (result.exit_code, result.stdout) == (1, "")
    assert 'Nobody with the id "zoe"' in result.stderr


@pytest.mark.parametrize("command", [["export"], ["forget", "--yes"]])
def test_a_database_that_cannot_be_used_is_bad_input(run: Run, tmp_path: Path, command: list[str]) -> None:
    result = run(*command, "maya", **_environ(tmp_path / "missing.db"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.strip()


def test_a_folder_that_cannot_be_made_is_bad_input_and_found_by_doctor(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    environ = _environ(tmp_path / "file/deeper/b.db")
    result = run("migrate", **environ)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "cannot be made" in result.stderr
    found = run("doctor", **environ)
    assert found.exit_code == 1
    assert f"{tmp_path / 'file'} is no folder" in found.stdout


def test_a_key_that_is_none_is_bad_input_and_not_quoted(run: Run, database: Path) -> None:
    result = run("export", "maya", **_environ(database) | {"BOUNDARY_SECRET_KEYS": "hidden"})
    assert (result.exit_code, result.stdout) == (2, "")
    assert "BOUNDARY_SECRET_KEYS" in result.stderr
    assert "hidden" not in result.stderr


def test_forget_asks_and_no_keeps_everything(run: Run, database: Path) -> None:
    result = run("forget", "maya", input="n\n", **_environ(database))
    assert (result.exit_code, result.stdout.strip()) == (1, "n"), "the test's own input is all that is shown"
    assert "cannot be undone" in result.stderr
    assert in_database(database, lambda tx: tx.people.get("maya")) is not None


def test_forget_leaves_nothing_behind(run: Run, database: Path) -> None:
    result = run("forget", "maya", "--json", "--yes", **_environ(database))
    assert json.loads(result.stdout) == {"person": "maya", "forgotten": True}
    assert in_database(database, lambda tx: tx.people.get("maya")) is None
    left = b"".join(path.read_bytes() for path in database.parent.glob("b.db*"))
    assert b"U0MAYA" not in left


def test_doctor_answers_one_while_something_is_missing(run: Run) -> None:
    result = run("doctor", "--json", SLACK_CLIENT_ID="1")
    assert result.exit_code == 1
    answer = json.loads(result.stdout)
    assert answer["ok"] is False
    problems = {each["check"] for each in answer["findings"] if each["level"] == "problem"}
    assert problems == {
        "SLACK_BOT_TOKEN",
        "SLACK_SIGNING_SECRET",
        "SLACK_CLIENT_SECRET",
        "BOUNDARY_PUBLIC_URL",
    }
    assert all(set(each) == {"check", "level", "what", "do"} for each in answer["findings"])


def test_doctor_in_words_says_what_to_do(run: Run) -> None:
    result = run("doctor", SLACK_SIGNING_SECRET="s")
    assert "problem SLACK_BOT_TOKEN is not set." in result.stdout
    assert "OAuth & Permissions" in result.stdout
    assert "TEAMS_APP_ID" in run("doctor").stdout, "with nothing set it names both platforms"


def test_doctor_says_that_it_looked_no_further_than_a_setting_it_cannot_read(run: Run) -> None:
    result = run("doctor", TEAMS_APP_ID="boundary")
    assert result.exit_code == 2
    assert "Nothing else was checked: mend this first" in result.stderr


def test_doctor_makes_a_key_that_it_then_accepts(run: Run) -> None:
    key = run("doctor", "--new-key").stdout.strip()
    findings = json.loads(run("doctor", "--json", BOUNDARY_SECRET_KEYS=key).stdout)["findings"]
    assert [each["what"] for each in findings if each["check"] == "secret keys"] == [
        "1 usable; the first seals."
    ]
    assert set(json.loads(run("doctor", "--new-key", "--json").stdout)) == {"key"}


@pytest.mark.parametrize("command", ["doctor", "migrate", "serve", "playground"])
def test_a_setting_that_cannot_be_read_is_bad_input(run: Run, command: str) -> None:
    result = run(command, BOUNDARY_PORT="many")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "BOUNDARY_PORT" in result.stderr


def test_serve_refuses_to_start_half_configured(run: Run) -> None:
    result = run("serve", SLACK_BOT_TOKEN="xoxb-hidden")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "SLACK_SIGNING_SECRET is not set" in result.stderr
    assert "Basic Information → App Credentials" in result.stderr
    assert "xoxb-hidden" not in result.stderr


def test_a_settings_file_can_be_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("[boundary]\nport = 70000\n", encoding="utf-8")
    result = run("serve", "--config", "mine.toml")
    assert result.exit_code == 2
    assert "BOUNDARY_PORT" in result.stderr
