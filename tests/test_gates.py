"""Each gate turns red when its rule is broken: on a temporary copy, with planted breaches."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOOLS = Path(sys.executable).parent


def _run(folder: Path, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(folder), **environ}
    return subprocess.run(  # noqa: S603 -- our own tools with fixed arguments
        command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=100
    )


# Breaches of what tests/conftest.py and pytest's settings promise ------------------------------------------

BREACHES = """
import asyncio, gc, socket, pytest

@pytest.mark.skip(reason="no browser")
def test_skipped() -> None: ...

@pytest.mark.xfail
def test_expected_failure() -> None:
    assert False

def test_connects_outside() -> None:
    socket.create_connection(("192.0.2.1", 9), 1)

def test_resolves_a_name() -> None:
    socket.create_connection(("slack.example", 9), 1)

def test_sends_a_datagram() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as s:
        s.sendto(b"x", ("192.0.2.1", 9))

async def test_connects_outside_from_a_loop() -> None:
    await asyncio.wait_for(asyncio.open_connection("192.0.2.1", 9), 2)

def test_uses_loopback() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), 1).close()

def test_leaves_a_socket_open() -> None:
    socket.socket()
    gc.collect()

@pytest.mark.no_such_marker
def test_after() -> None: ...
"""
MODULE_SKIP = "import pytest\npytest.importorskip('no_such_module_at_all')\n"
ALWAYS_RED = {
    "connects_outside",
    "resolves_a_name",
    "sends_a_datagram",
    "connects_outside_from_a_loop",
    "leaves_a_socket_open",
}


def _outcomes(tmp_path: Path, skips_fail: str) -> tuple[dict[str, str], str]:
    """The outcome of each planted test by its name, and all that pytest said."""
    (tmp_path / "tests").mkdir()
    shutil.copy(ROOT / "tests/conftest.py", tmp_path / "tests")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "tests/test_it.py").write_text(BREACHES.replace("@pytest.mark.no_such_marker\n", ""))
    (tmp_path / "tests/test_module.py").write_text(MODULE_SKIP)
    command = (
        sys.executable,
        "-m",
        "pytest",
        "-v",
        "-p",
        "no:cacheprovider",
        "--continue-on-collection-errors",
    )
    output = _run(tmp_path, *command, BOUNDARY_SKIPS_FAIL=skips_fail, COLUMNS="120").stdout
    return dict(re.findall(r"^tests/test_it\.py::test_(\w+) ([A-Z]+)", output, re.MULTILINE)), output


def test_skips_pass_where_nothing_is_said(tmp_path: Path) -> None:
    outcomes, output = _outcomes(tmp_path, "")
    assert outcomes["skipped"] == "SKIPPED"
    assert {name for name, outcome in outcomes.items() if outcome == "FAILED"} == ALWAYS_RED
    assert output.count("Tests run without a network") >= 4
    assert "skips fail here" not in output


def test_skips_fail_where_everything_must_run(tmp_path: Path) -> None:
    outcomes, output = _outcomes(tmp_path, "1")
    assert outcomes["skipped"] == "ERROR"
    assert {name for name, outcome in outcomes.items() if outcome == "FAILED"} == ALWAYS_RED
    assert outcomes["expected_failure"] == "XFAIL"
    assert outcomes["uses_loopback"] == "PASSED"
    assert "could not import 'no_such_module_at_all'" in output
    assert output.count("skips fail here (BOUNDARY_SKIPS_FAIL=1)") >= 2


def test_an_unknown_marker_stops_the_run(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_it.py").write_text(
        "import pytest\n@pytest.mark.nope\ndef test_it() -> None: ...\n"
    )
    assert _run(tmp_path, sys.executable, "-m", "pytest", "-q").returncode == 2


# Breaches of the style, type and import rules --------------------------------------------------------------

RUFF = {
    "TID251": "from datetime import UTC, datetime\n\nNOW = datetime.now(UTC)\n",
    "DTZ001": "from datetime import datetime\n\nTHEN = datetime(2026, 1, 1)\n",
    "T201": 'print("x")\n',
    "S608": 'def query(name: str) -> str:\n    return f"SELECT * FROM people WHERE id = {name}"\n',
    "PGH003": "x = 1  # type: ignore\n",
    "C901": "def f(a):\n"
    + "".join(f"    if a == {n}:\n        a += {n}\n" for n in range(12))
    + "    return a\n",
}


@pytest.mark.parametrize("rule", RUFF)
def test_ruff_refuses(rule: str, tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/planted.py").write_text(RUFF[rule])
    config = ["--config", str(tmp_path / "pyproject.toml"), "--config", "exclude = []", "--no-cache"]
    result = _run(tmp_path, str(TOOLS / "ruff"), "check", "rules", "--output-format", "concise", *config)
    assert result.returncode == 1
    assert rule in result.stdout


def test_mypy_refuses_an_untyped_function(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/planted.py").write_text("def double(n):\n    return 2 * n\n")
    result = _run(tmp_path, sys.executable, "-m", "mypy", "rules", "--cache-dir", str(tmp_path / "cache"))
    assert result.returncode == 1
    assert "no-untyped-def" in result.stdout


IMPORTS = {
    "rules/planted.py": ("import sqlite3\n", "rules is pure"),
    "bot/planted.py": ("import adapters.clock\n", "only bootstrap chooses adapters"),
    "adapters/playground/planted.py": ("import adapters.slack\n", "outside systems do not know each other"),
    "adapters/planted.py": ("import bot.bootstrap\n", "adapters reach the application only through"),
}


def _skeleton(folder: Path) -> None:
    """Empty packages with the names that the contracts speak of."""
    shutil.copy(ROOT / "pyproject.toml", folder)
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    named = {
        name
        for contract in contracts
        for name in (*contract.get("modules", ()), *contract.get("forbidden_modules", ()))
        if name.startswith(("bot.", "adapters."))
    }
    for name in ("rules", "bot", "adapters", *sorted(named)):
        package = folder / name.replace(".", "/")
        package.mkdir()
        (package / "__init__.py").touch()


def test_import_linter_refuses_each_forbidden_direction(tmp_path: Path) -> None:
    _skeleton(tmp_path)
    (tmp_path / "adapters/clock.py").touch()
    (tmp_path / "bot/bootstrap/serving.py").write_text("import adapters.clock\n")
    for name, (code, _) in IMPORTS.items():
        (tmp_path / name).write_text(code)
    result = _run(tmp_path, str(TOOLS / "lint-imports"), "--no-cache", COLUMNS="200")
    broken = re.findall(r"^(.+) BROKEN", result.stdout, re.MULTILINE)
    for _, contract in IMPORTS.values():
        assert any(line.startswith(contract) for line in broken), (contract, result.stdout)


def test_the_gate_runs_every_check_with_skips_as_failures() -> None:
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert os.access(ROOT / ".ci/run", os.X_OK)
    for step in (
        "apt-get install -y -qq chromium",
        "make lint",
        "BOUNDARY_SKIPS_FAIL=1 make test COVERAGE=1",
    ):
        assert step in script
    assert "COVERAGE_RULES=100" in script
    assert "|| true" not in script


def test_the_coverage_floor_is_compared_as_a_number(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/half.py").write_text(
        "def sign(n):\n    if n:\n        return 1\n    return 0\n\n\nsign(1)\n"
    )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    coverage = (sys.executable, "-m", "coverage")
    assert _run(tmp_path, *coverage, "run", "rules/half.py").returncode == 0
    assert _run(tmp_path, *coverage, "combine", "--quiet").returncode == 0
    report = (*coverage, "report", "--include=rules/*")
    assert _run(tmp_path, *report, "--fail-under=100").returncode == 2
    assert _run(tmp_path, *report, "--fail-under=9").returncode == 0
