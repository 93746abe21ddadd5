"""Putting the bot together: which platforms it serves, and what is kept about their tenants."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from pydantic import SecretStr

from adapters.clock import SystemClock
from adapters.playground.clock import PlaygroundClock
from adapters.playground.seed import Seeded, seed
from adapters.playground.server import PlaygroundServer
from adapters.playground.teams.seed import seed_teams
from adapters.playground.teams.world import TENANT, TeamsWorld
from adapters.stores.sqlite import SqliteStore, migrate
from adapters.teams.adapter import TeamsRefused
from bot.bootstrap.serving import installed
from bot.ports import PlatformError
from bot.records import Tenant
from bot.settings import Settings

OTHER = "11111111-0000-4000-8000-000000000001"
PARKED = Tenant(f"teams:{TENANT}", "teams", name="Playground", parked="BotNotRegistered")


class Stage:
    """Both stand-ins, and settings that face them."""

    def __init__(self, server: PlaygroundServer, seeded: Seeded, world: TeamsWorld, folder: Path) -> None:
        self.server, self.seeded, self.world = server, seeded, world
        self.path = folder / "b.db"
        self.plain = Settings().model_copy(update={"database_url": f"sqlite:///{self.path}"})

    def teams(self, **changes: object) -> Settings:
        """Settings of Teams alone."""
        values: dict[str, object] = {
            "teams_app_id": self.world.app.app_id,
            "teams_app_password": SecretStr(self.world.app.password),
            "teams_tenant_id": TENANT,
            "teams_login_url": self.world.login_url,
        }
        return self.plain.model_copy(update=values | changes)

    def both(self) -> Settings:
        slack = {
            "slack_api_url": self.server.api_url,
            "slack_bot_token": SecretStr(self.seeded.bot.secret),
            "slack_signing_secrets": (SecretStr(self.seeded.workspace.app.signing_secret),),
        }
        return self.teams(**slack)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    clock = PlaygroundClock(SystemClock())
    seeded, world = seed(clock), seed_teams(clock)
    async with PlaygroundServer(seeded.workspace, teams=world) as server:
        yield Stage(server, seeded, world, tmp_path)


async def _tenants(settings: Settings) -> tuple[dict[str, str], list[Tenant | None]]:
    """Which tenants a start finds by platform, and what is kept of the Teams ones."""
    async with AsyncExitStack() as stack:
        ready = await installed(stack, settings, SystemClock())
        ids = [each.id for each in ready.teams]
        kept = await ready.bot.store.read(lambda tx: [tx.tenants.get(each) for each in ids])
        return ready.by_platform(), kept


async def _park(stage: Stage) -> None:
    migrate(stage.path)
    store = SqliteStore(stage.path)
    await store.write(lambda tx: tx.tenants.put(PARKED))
    await store.close()


async def test_each_platform_that_is_set_up_is_served(stage: Stage) -> None:
    assert (await _tenants(stage.teams()))[0] == {"teams": f"teams:{TENANT}"}
    assert (await _tenants(stage.both()))[0] == {"slack": "slack:T0PLAY", "teams": f"teams:{TENANT}"}


async def test_every_tenant_that_may_talk_to_us_is_kept_the_own_one_first(stage: Stage) -> None:
    settings = stage.teams(teams_allowed_tenants=(OTHER, TENANT))
    by_platform, kept = await _tenants(settings)
    assert by_platform == {"teams": f"teams:{TENANT}"}
    assert [each and each.id for each in kept] == [f"teams:{TENANT}", f"teams:{OTHER}"]
    assert {each and each.bot_user for each in kept} == {f"28:{stage.world.app.app_id}"}


async def test_a_parked_tenant_goes_on_once_there_is_a_token(stage: Stage) -> None:
    await _park(stage)
    (kept,) = (await _tenants(stage.teams()))[1]
    assert kept is not None
    assert (kept.parked, kept.name) == ("", "Playground")


async def test_without_an_answer_from_the_login_it_starts_and_what_is_parked_stays_so(stage: Stage) -> None:
    await _park(stage)
    (kept,) = (await _tenants(stage.teams(teams_login_url="http://127.0.0.1:9")))[1]
    assert kept is not None
    assert kept.parked == PARKED.parked


async def test_a_password_that_microsoft_refuses_keeps_it_from_starting(stage: Stage) -> None:
    with pytest.raises(TeamsRefused) as caught:
        await _tenants(stage.teams(teams_app_password=SecretStr("wrong-password")))
    assert isinstance(caught.value, PlatformError)
    assert "TEAMS_APP_PASSWORD (invalid_client" in str(caught.value)
    assert "wrong-password" not in str(caught.value)


async def test_without_sign_in_no_token_is_asked_for(stage: Stage) -> None:
    off = stage.teams(teams_auth="off", teams_app_id="", teams_app_password=None, teams_tenant_id="")
    by_platform, kept = await _tenants(off.model_copy(update={"teams_login_url": "http://127.0.0.1:9"}))
    assert (by_platform, kept) == ({}, [])
