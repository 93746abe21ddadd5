"""`playground` and `serve` as processes: they start, answer, stop when told, and say why when they cannot."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.vault import new_key
from tests.bot.cli.conftest import Run

ROOT = Path(__file__).parents[3]
COMPLETE = {"SLACK_BOT_TOKEN": "xoxb-hidden", "SLACK_SIGNING_SECRET": "hidden", "BOUNDARY_PORT": "0"}


@pytest.fixture
def playground(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "bot", "playground", "--port", "0"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(  # noqa: S603 -- our own interpreter with fixed arguments
        command, cwd=tmp_path, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    yield process
    process.kill()
    process.communicate()


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_the_playground_serves_its_page_until_told_to_stop(
    playground: subprocess.Popen[str], tmp_path: Path, told: signal.Signals
) -> None:
    assert playground.stdout is not None
    said = playground.stdout.readline()
    found = re.search(r"http://127\.0\.0\.1:\d+", said)
    assert found, said or playground.communicate()[1]
    with urllib.request.urlopen(found[0]) as page:  # noqa: S310 -- loopback
        assert b"<title>" in page.read()
    playground.send_signal(told)
    assert playground.wait(20) == 0
    assert list(tmp_path.iterdir()) == []


def test_an_address_in_use_is_told_as_a_sentence(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("playground", "--port", port)
    assert result.exit_code == 2
    assert f"Cannot listen on 127.0.0.1:{port}: choose another BOUNDARY_PORT" in result.stderr


def test_serve_that_cannot_reach_slack_says_so_without_the_token(run: Run) -> None:
    environ = COMPLETE | {"SLACK_API_URL": "http://127.0.0.1:9/api/", "BOUNDARY_SECRET_KEYS": new_key()}
    result = run("serve", **environ)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "SLACK_API_URL" in result.stderr
    assert "hidden" not in result.stderr


def test_serve_with_a_key_that_is_none_says_which(run: Run) -> None:
    result = run("serve", **COMPLETE, BOUNDARY_SECRET_KEYS=f"{new_key()},hidden")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Key 2 in BOUNDARY_SECRET_KEYS" in result.stderr
    assert "hidden" not in result.stderr


def test_serve_whose_database_cannot_be_opened_says_so(run: Run, tmp_path: Path) -> None:
    (tmp_path / "b.db").write_bytes(b"no database at all" * 500)
    url = f"sqlite:///{tmp_path / 'b.db'}"
    result = run("serve", **COMPLETE, BOUNDARY_SECRET_KEYS=new_key(), BOUNDARY_DATABASE_URL=url)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Traceback" not in result.stderr


def test_serve_leaves_no_open_door(run: Run) -> None:
    result = run("serve", TEAMS_AUTH="off", BOUNDARY_HOST="0.0.0.0")  # noqa: S104 -- it must refuse that
    assert (result.exit_code, result.stdout) == (2, "")
    assert "others could reach the open door" in result.stderr


def test_serve_with_nothing_set_names_both_platforms(run: Run) -> None:
    result = run("serve")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "SLACK_BOT_TOKEN" in result.stderr
    assert "TEAMS_APP_ID" in result.stderr
