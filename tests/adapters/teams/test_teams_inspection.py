"""What doctor asks Microsoft, against the local tenant: token, keys, consents; nobody is touched."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adapters.clock import SystemClock
from adapters.playground.clock import PlaygroundClock
from adapters.playground.seed import empty
from adapters.playground.server import PlaygroundServer
from adapters.playground.teams.seed import seed_teams
from adapters.playground.teams.world import TeamsWorld
from adapters.teams.adapter import TeamsSettings
from adapters.teams.inspection import TeamsInspection
from adapters.teams.permissions import BOTBUILDER, GRAPH

FEATURES = ("presence", "hours")


@pytest.fixture
async def world() -> AsyncIterator[TeamsWorld]:
    clock = PlaygroundClock(SystemClock())
    world = seed_teams(clock)
    world.app.permissions = frozenset(each.name for each in GRAPH)
    async with PlaygroundServer(empty(clock), teams=world):
        yield world


def _settings(world: TeamsWorld) -> TeamsSettings:
    return TeamsSettings(
        app_id=world.app.app_id,
        app_password=world.app.password,
        tenant_id=world.tenant_id,
        openid_url=world.openid_url,
        login_url=world.login_url,
        graph_url=world.graph_url,
        timeout=2.0,
    )


def _inspection(world: TeamsWorld, **changes: str) -> TeamsInspection:
    return TeamsInspection(replace(_settings(world), **changes), SystemClock())  # type: ignore[arg-type]


async def test_a_sound_registration_has_a_token_keys_and_every_consent(world: TeamsWorld) -> None:
    inspection = _inspection(world)
    assert (await inspection.token()).error == ""
    keys = await inspection.keys()
    assert (keys.error, keys.count) == ("", 1)
    for feature in FEATURES:
        rights = await inspection.rights(feature)
        assert rights == inspection.needs(feature) != ()
    assert inspection.needs("targeted") == await inspection.rights("targeted") == ()


@pytest.mark.parametrize("feature", FEATURES)
async def test_without_consent_the_right_is_refused_and_names_itself(world: TeamsWorld, feature: str) -> None:
    world.app.permissions = frozenset()
    (right,) = await _inspection(world).rights(feature)
    assert right.error == "status 403"
    assert right.name in {each.name for each in GRAPH}
    assert right.why


async def test_trying_a_right_changes_nothing_about_anybody(world: TeamsWorld) -> None:
    before = {user.id: (user.preferred, user.status_message) for user in world.users.values()}
    for feature in FEATURES:
        await _inspection(world).rights(feature)
    assert {user.id: (user.preferred, user.status_message) for user in world.users.values()} == before
    asked = [call.user for call in world.audit.calls if call.method.startswith("graph.")]
    assert asked
    assert not any(world.person(user or "") for user in asked)


async def test_a_wrong_password_shows_microsofts_error_name_only(world: TeamsWorld) -> None:
    facts = await _inspection(world, app_password="wrong-password").token()
    assert facts.error == "invalid_client"
    (right,) = await _inspection(world, app_password="wrong-password").rights("hours")
    assert right.error == "invalid_client"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"openid_url": "http://127.0.0.1:9/keys"}, "unreachable: ClientConnectorError"),
        ({"openid_url": "{base}/teams/nothing"}, "status 404"),
        ({"openid_url": "{base}/teams/openid/.well-known/keys"}, "it names no keys"),
    ],
)
async def test_keys_that_cannot_be_had_are_a_finding(
    world: TeamsWorld, changes: dict[str, str], error: str
) -> None:
    given = {name: value.format(base=world.base_url) for name, value in changes.items()}
    facts = await _inspection(world, **given).keys()
    assert (facts.error, facts.count) == (error, 0)


async def test_a_login_that_is_not_there_is_unreachable(world: TeamsWorld) -> None:
    assert (await _inspection(world, login_url="http://127.0.0.1:9").token()).error == "unreachable"


async def test_the_installed_botbuilder_is_the_one_worked_around(world: TeamsWorld) -> None:
    assert _inspection(world).sdk() == (BOTBUILDER, BOTBUILDER)
