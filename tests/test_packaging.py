"""What ships: an application whose wheel holds our three packages and nothing of the tests."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

from bot.version import VERSION

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def _python(*arguments: str, cwd: Path) -> str:
    """Standard output of our own interpreter, which must succeed."""
    command, environ = [sys.executable, *arguments], {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(  # noqa: S603 -- our own interpreter with fixed arguments
        command, cwd=cwd, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built offline from a copy with the locked build tool."""
    copy = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    for package in ("rules", "bot", "adapters"):
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "tests").mkdir()
    (copy / "tests/test_planted.py").touch()
    _python("-m", "hatchling", "build", "-t", "wheel", cwd=copy)
    (built,) = (copy / "dist").glob("*.whl")
    return zipfile.ZipFile(built)


def test_the_wheel_holds_our_packages_and_no_tests(wheel: zipfile.ZipFile) -> None:
    tops = {name.partition("/")[0] for name in wheel.namelist()}
    assert tops == {"rules", "bot", "adapters", f"boundary_bot-{VERSION}.dist-info"}


def test_the_wheel_holds_the_playgrounds_page(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    page = ROOT / "adapters/playground/page"
    shipped = {str(path.relative_to(ROOT)) for path in page.rglob("*") if path.is_file()}
    assert "adapters/playground/page/index.html" in shipped
    assert shipped <= names


def test_the_wheel_holds_no_state_and_no_secrets(wheel: zipfile.ZipFile) -> None:
    assert not [name for name in wheel.namelist() if re.search(r"\.(db|db-wal|db-shm|env|pyc|log)$", name)]


def test_the_wheel_installs_one_command_and_carries_the_licence(wheel: zipfile.ZipFile) -> None:
    info = f"boundary_bot-{VERSION}.dist-info"
    assert "boundary-bot = bot.cli:main" in wheel.read(f"{info}/entry_points.txt").decode()
    metadata = Parser().parsestr(wheel.read(f"{info}/METADATA").decode())
    assert metadata["License-Expression"] == "Apache-2.0"
    assert f"{info}/licenses/LICENSE" in wheel.namelist()


def test_versions_agree() -> None:
    assert PROJECT["version"] == VERSION


def test_no_dependency_has_the_name_of_a_package_of_ours() -> None:
    locked = re.findall(
        r"^([\w.-]+)==", (ROOT / "requirements-dev.txt").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert locked
    assert not {"rules", "bot", "adapters"} & set(locked)


def test_every_dependency_is_locked_and_has_a_floor() -> None:
    locked = set(
        re.findall(r"^([\w.-]+)==", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    )
    for dependency in PROJECT["dependencies"]:
        name = re.split(r"[<>=\[]", dependency)[0]
        assert name in locked, f"{dependency}: run make lock"
        assert re.search(r"[>=]=\d", dependency), dependency


def test_the_module_runs_like_the_command(tmp_path: Path) -> None:
    assert _python("-m", "bot", "--version", cwd=tmp_path) == f"boundary-bot {VERSION}\n"


def test_questions_about_a_norms_file_load_no_chat_platform() -> None:
    code = """
import sys
from typer.testing import CliRunner
from bot.cli import app
asked = ["check", "deploy/examples/norms.toml", "--at", "2026-11-23T00:00:00Z"]
result = CliRunner().invoke(app, asked)
heavy = {"slack_bolt", "slack_sdk", "botbuilder", "botframework", "msal", "jwt", "aiohttp"}
heavy |= {"apscheduler", "sqlite_utils", "cryptography"}
print(result.exit_code, sorted(heavy & set(sys.modules)))
"""
    assert _python("-c", code, cwd=ROOT) == "0 []\n"
