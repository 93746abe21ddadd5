"""`boundary-bot import`: a norms file brought in from the terminal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from adapters.stores.sqlite import migrate
from bot.inbound import Account
from bot.records import Origin, Tenant
from tests.bot.cli.conftest import Run
from tests.support.database import in_database

NORMS = """
[people.maya]
zone = "Europe/Lisbon"
slack = "U0MAYA"

[teams.platform]
members = ["maya"]
zone = "Europe/Lisbon"
core = "mon-thu 14:00-16:00"
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "b.db"
    migrate(path)
    in_database(path, lambda tx: tx.tenants.put(Tenant("slack:T1", "slack")))
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "norms.toml"
    path.write_text(NORMS)
    return path


def origins(database: Path) -> Sequence[Origin]:
    return in_database(database, lambda tx: [each.origin for each in tx.teams.versions("platform")])


def environ(database: Path) -> dict[str, str]:
    return {"BOUNDARY_DATABASE_URL": f"sqlite:///{database}"}


def test_people_come_in_at_once_and_a_teams_norms_are_put_to_its_vote(
    run: Run, file: Path, database: Path
) -> None:
    result = run("import", file, **environ(database))
    assert result.exit_code == 0
    assert "1 person, 1 team." in result.stdout
    assert "platform: what differs is up for the team's vote." in result.stdout
    assert origins(database) == [Origin.FOUNDED]
    bound = in_database(database, lambda tx: tx.accounts.of("maya"))
    assert [each.account for each in bound] == [Account("slack:T1", "U0MAYA")]


def test_an_administrators_name_makes_a_version(run: Run, file: Path, database: Path) -> None:
    told = run("import", file, "--by", "Ana Reis", "--json", **environ(database))
    assert json.loads(told.stdout)["taken"]["changed"] == ["platform"]
    assert origins(database) == [Origin.ADMIN]


def test_the_setting_names_the_administrator_too(run: Run, file: Path, database: Path) -> None:
    run("import", file, **environ(database), BOUNDARY_NORMS_BY="Ana Reis")
    by = in_database(database, lambda tx: tx.teams.versions("platform")[0].by)
    assert by == "Ana Reis"


def test_a_file_that_was_loaded_is_not_loaded_again(run: Run, file: Path, database: Path) -> None:
    run("import", file, **environ(database))
    assert "nothing to do" in run("import", file, **environ(database)).stdout


def test_a_file_with_a_mistake_is_bad_input_with_its_line(run: Run, file: Path, database: Path) -> None:
    file.write_text(NORMS.replace("14:00-16:00", "14:00-36:00"))
    result = run("import", file, **environ(database))
    assert result.exit_code == 2
    assert "norms.toml:9" in result.stderr
    assert in_database(database, lambda tx: tx.people.get("maya")) is None


def test_norms_of_a_team_that_contradict_each_other_are_told_by_check(run: Run, file: Path) -> None:
    file.write_text(NORMS + 'shared_focus = "tue 15:00-17:00"\n')
    result = run("check", file, "--at", "2026-11-23T09:00:00Z")
    assert "platform: Core hours and shared focus overlap on Tuesdays: focus holds then." in result.output
