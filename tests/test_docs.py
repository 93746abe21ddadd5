"""The documentation keeps up with the source: everything one can say, set, run, read or receive is in it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from bot.cli import app
from bot.commands import COMMANDS
from bot.settings import load_settings
from bot.settings_table import TABLE
from bot.version import VERSION
from rules import Reason, text
from tests.support import tables

ROOT = Path(__file__).parent.parent
DOCUMENTS = (
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "deploy/docs/reference.md",
    "deploy/teams/README.md",
)


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", tables.FILES)
def test_generated_parts_are_current(name: str) -> None:
    assert _read(name) == tables.filled(_read(name)), f"{name} is behind the source: run make docs"


def test_every_generated_part_stands_somewhere() -> None:
    documents = "".join(_read(name) for name in tables.FILES)
    assert set(re.findall(r"<!-- begin (\w+) -->", documents)) == set(tables.PARTS)


def test_a_missing_row_would_be_noticed() -> None:
    document = _read("README.md").replace(f"| `{COMMANDS[0].example}`", "| `/gone`", 1)
    assert tables.filled(document) != document


def test_the_example_settings_file_is_current_and_readable(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _read(tables.EXAMPLE) == tables.example(), "run make docs"
    for row in TABLE:
        monkeypatch.delenv(row.name, raising=False)
    assert load_settings(ROOT / tables.EXAMPLE).port == 3000


def test_the_example_of_a_teams_manifest_is_current() -> None:
    assert _read(tables.MANIFEST) == tables.manifest(), "run make docs"


def test_every_line_of_the_example_settings_is_a_valid_setting(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    used = tmp_path / "boundary.toml"
    used.write_text(
        re.sub(r"^# (\w+ = )", r"\1", _read(tables.EXAMPLE), flags=re.MULTILINE), encoding="utf-8"
    )
    for row in TABLE:
        monkeypatch.delenv(row.name, raising=False)
    keys = {
        f"{section}_{key}".upper()
        for section, keys in tomllib.loads(used.read_text()).items()
        for key in keys
    }
    assert keys == {row.name for row in TABLE}
    assert load_settings(used).public_url == "https://boundary.example.org"


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_every_setting_has_help_and_says_where_a_value_comes_from(row) -> None:  # type: ignore[no-untyped-def]
    assert row.help.endswith(".")
    assert row.default or row.where
    assert f"`{row.name}`" in _read("README.md")


def test_every_setting_is_read_by_something() -> None:
    source = "".join(path.read_text() for path in (ROOT / "bot").rglob("*.py") if "settings" not in path.stem)
    source += _read("bot/settings.py").partition("def data_folder")[0].partition("@property")[2]
    fields = {"slack_signing_secret": "slack_signing_secrets"}
    for row in TABLE:
        field = row.name.removeprefix("BOUNDARY_").lower()
        assert re.search(rf"\b(settings|self)\.{fields.get(field, field)}\b", source), (
            f"nothing reads {row.name}"
        )


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_sentence_in_the_reference(reason: Reason) -> None:
    assert f"| `{reason.value}` | {text(reason)} |" in _read("deploy/docs/reference.md")


def test_every_terminal_command_has_help_and_stands_in_the_docs() -> None:
    group = get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    for name, command in group.commands.items():
        assert command.help, name
        assert re.search(rf"`?(boundary-bot )?{name}\b", _read("README.md")), name
        assert re.search(rf"\b{name}\b", _read("deploy/docs/reference.md")), name
        options = [each for each in command.params if each.param_type_name == "option"]
        assert all(getattr(each, "help", "") or each.name in ("since",) for each in options), name


def test_the_terminal_has_the_commands_of_the_design() -> None:
    group = get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    wanted = "playground serve check timeline decide schema doctor migrate export forget teams-package policy"
    wanted += " summary import"
    assert set(group.commands) == set(wanted.split())


def test_every_make_target_is_in_help_and_every_one_in_the_docs_exists() -> None:
    makefile = _read("Makefile")
    targets = set(re.findall(r"^([a-z0-9-]+):.*## ", makefile, re.MULTILINE))
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony
    assert targets == set(phony[1].split())
    said = {
        name
        for document in DOCUMENTS
        for name in re.findall(r"^`?make ([a-z0-9-]+)", _code(_read(document)), re.M)
    }
    assert said <= targets
    assert {"run", "test", "bench", "faults", "lint"} <= said


def _code(document: str) -> str:
    """Only what is set as code."""
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", document, re.DOTALL))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name: str) -> None:
    document = _read(name)
    for target in re.findall(r"\]\(([^)#]+?)(?:#[\w-]*)?\)", document):
        if not target.startswith("http"):
            assert (ROOT / name).parent.joinpath(target).exists(), f"{name} links to {target}"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_files_that_the_docs_name_exist(name: str) -> None:
    for path in re.findall(r"`((?:rules|bot|adapters|tests|deploy|docs)/[\w./-]+)`", _read(name)):
        assert (ROOT / path).exists(), f"{name} speaks of {path}"


def test_decisions_are_numbered_and_complete() -> None:
    document = _read("ARCHITECTURE.md")
    decisions = re.split(r"^## (\d+)\. ", document, flags=re.MULTILINE)[1:]
    numbers, bodies = decisions[::2], decisions[1::2]
    assert numbers == [str(number) for number in range(1, len(numbers) + 1)]
    for number, body in zip(numbers, bodies, strict=True):
        parts = re.findall(r"^(Status|Context|Decision|Consequences): \S", body, re.MULTILINE)
        assert parts == ["Status", "Context", "Decision", "Consequences"], number


def test_the_changelog_speaks_of_this_version_in_tagged_lines() -> None:
    changelog = _read("CHANGELOG.md")
    assert f"## {VERSION}" in changelog
    lines = re.findall(r"^- .*$", changelog, re.MULTILINE)
    assert lines
    assert all(re.match(r"- \[(FEATURE|ENHANCEMENT|CHANGE|BUGFIX|SECURITY)\] ", line) for line in lines)
