"""The real probes of doctor, against the playground's workspace and real files."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.clock import SystemClock
from adapters.inspection import Inspection
from adapters.playground.clock import PlaygroundClock
from adapters.playground.faults import Fault, FaultKind
from adapters.playground.seed import Seeded, seed
from adapters.playground.server import PlaygroundServer
from adapters.slack.scopes import BOT_SCOPES
from adapters.stores.sqlite import library_warning, migrate, pending
from adapters.teams.adapter import TeamsSettings
from adapters.teams.inspection import TeamsInspection
from adapters.vault import is_key, new_key


@pytest.fixture
async def seeded() -> Seeded:
    clock = PlaygroundClock(SystemClock())
    return seed(clock, limit_time=clock.elapsed)


@pytest.fixture
async def inspection(seeded: Seeded, tmp_path: Path) -> AsyncIterator[Inspection]:
    async with PlaygroundServer(seeded.workspace) as server:
        yield Inspection(
            clock=SystemClock(), path=tmp_path / "b.db", api_url=server.api_url, timeout=2.0, pending=pending,
            warning=library_warning, works=is_key, scopes=BOT_SCOPES, bot_token=seeded.bot.secret,
            microsoft=TeamsInspection(TeamsSettings(), SystemClock()),
        )  # fmt: skip


async def test_a_good_token_shows_team_scopes_and_the_servers_clock(inspection: Inspection) -> None:
    facts = await inspection.slack_bot()
    assert facts.ok
    assert facts.team
    assert facts.user
    assert facts.needed <= facts.granted
    assert facts.date is not None
    assert abs((inspection.now() - facts.date).total_seconds()) < 60


async def test_a_bad_token_shows_slacks_error_name(inspection: Inspection) -> None:
    facts = await replace(inspection, bot_token="xoxb-wrong").slack_bot()
    assert (facts.ok, facts.error) == (False, "invalid_auth")


async def test_a_bot_token_is_no_app_token(inspection: Inspection) -> None:
    facts = await replace(inspection, app_token=inspection.bot_token).slack_app()
    assert (facts.ok, facts.error) == (False, "not_allowed_token_type")


@pytest.mark.parametrize("kind", [FaultKind.SERVER_ERROR, FaultKind.DROP, FaultKind.TRUNCATE])
async def test_a_broken_answer_is_a_finding_without_the_token(
    inspection: Inspection, seeded: Seeded, kind: FaultKind
) -> None:
    seeded.workspace.faults.add(Fault(kind, "auth.test"))
    facts = await inspection.slack_bot()
    assert not facts.ok
    assert facts.error
    assert inspection.bot_token not in f"{facts}{inspection!r}"


async def test_a_server_that_is_not_there_is_unreachable(inspection: Inspection) -> None:
    facts = await replace(inspection, api_url="http://127.0.0.1:9/api/").slack_bot()
    assert facts.error == "unreachable: ClientConnectorError"


async def test_looking_does_not_create_the_database(inspection: Inspection) -> None:
    assert not inspection.database().exists
    assert not inspection.path.exists()


async def test_a_current_database_and_a_broken_one_are_told_apart(inspection: Inspection) -> None:
    migrate(inspection.path)
    current = inspection.database()
    assert (current.exists, current.pending, current.error) == (True, (), "")
    inspection.path.write_bytes(b"no database at all" * 500)
    assert inspection.database().error


async def test_only_fernet_keys_work(inspection: Inspection) -> None:
    assert inspection.key_works(new_key())
    assert not inspection.key_works("secret")
