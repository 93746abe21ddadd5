"""The app's tokens: kept, shared, renewed in time; a login that fails is told once and tells nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from adapters.teams.clouds import BOT_SCOPE, GRAPH_SCOPE
from adapters.teams.tokens import AGAIN, EARLY, SULK, AppTokens
from bot.ports import Refused, Wait
from tests.support.microsoft import APP, PASSWORD, TENANT, Microsoft, Say, microsoft
from tests.support.outside import HandClock

WRONG_SECRET = Say(
    401, {"error": "invalid_client", "error_codes": [7000215], "error_description": f"no {PASSWORD}"}
)


@pytest.fixture
async def login() -> AsyncIterator[Microsoft]:
    async with microsoft() as one:
        yield one


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


async def test_a_token_is_asked_for_once_and_kept(login: Microsoft, clock: HandClock) -> None:
    tokens = AppTokens(login.settings(), clock)
    answers = await asyncio.gather(*(tokens.token(BOT_SCOPE) for _ in range(50)))
    assert set(answers) == {"token-1"}
    clock.advance(3600 - EARLY - 1)
    assert await tokens.token(BOT_SCOPE) == "token-1"
    (asked,) = login.logged_in
    assert asked["path"] == f"/login/{TENANT}/oauth2/v2.0/token"
    assert (asked["client_id"], asked["client_secret"], asked["scope"]) == (APP, PASSWORD, BOT_SCOPE)
    assert asked["grant_type"] == "client_credentials"


async def test_a_token_is_renewed_five_minutes_before_it_expires(login: Microsoft, clock: HandClock) -> None:
    tokens = AppTokens(login.settings(), clock)
    await tokens.token(BOT_SCOPE)
    clock.advance(3600 - EARLY)
    assert await tokens.token(BOT_SCOPE) == "token-2"


async def test_a_token_that_lives_shortly_is_used_for_half_its_life(
    login: Microsoft, clock: HandClock
) -> None:
    login.logins.append(Say(200, {"access_token": "brief", "expires_in": 100, "token_type": "Bearer"}))
    tokens = AppTokens(login.settings(), clock)
    assert await tokens.token(BOT_SCOPE) == "brief"
    clock.advance(49)
    assert await tokens.token(BOT_SCOPE) == "brief"
    clock.advance(1)
    assert await tokens.token(BOT_SCOPE) == "token-2"


async def test_each_scope_has_its_own_token(login: Microsoft, clock: HandClock) -> None:
    tokens = AppTokens(login.settings(), clock)
    assert await tokens.token(BOT_SCOPE) != await tokens.token(GRAPH_SCOPE, "other-tenant")
    assert [each["scope"] for each in login.logged_in] == [BOT_SCOPE, GRAPH_SCOPE]
    assert {each["path"] for each in login.logged_in} == {f"/login/{TENANT}/oauth2/v2.0/token"}


async def test_without_a_tenant_of_its_own_the_bot_logs_in_with_the_bot_service(
    login: Microsoft, clock: HandClock
) -> None:
    tokens = AppTokens(login.settings(tenant_id=""), clock)
    await tokens.token(BOT_SCOPE, TENANT)
    await tokens.token(GRAPH_SCOPE, TENANT)
    tenants = [each["path"].split("/")[2] for each in login.logged_in]
    assert tenants == ["botframework.com", TENANT]


async def test_a_refused_token_is_dropped_and_a_newer_one_is_not(login: Microsoft, clock: HandClock) -> None:
    tokens = AppTokens(login.settings(), clock)
    assert await tokens.token(BOT_SCOPE) == "token-1"
    tokens.drop(BOT_SCOPE, "token-1")
    assert await tokens.token(BOT_SCOPE) == "token-2"
    tokens.drop(BOT_SCOPE, "token-1")
    assert await tokens.token(BOT_SCOPE) == "token-2"


async def test_without_authentication_nobody_is_asked(login: Microsoft, clock: HandClock) -> None:
    assert await AppTokens(login.settings(auth=False), clock).token(BOT_SCOPE) == ""
    assert login.logged_in == []


async def test_a_refused_login_is_the_whole_tenants_trouble_for_a_minute(
    login: Microsoft, clock: HandClock
) -> None:
    login.logins.append(WRONG_SECRET)
    tokens = AppTokens(login.settings(), clock)
    for _ in range(3):
        assert await tokens.token(BOT_SCOPE) == Refused("invalid_client 7000215", tenant_wide=True)
    assert len(login.logged_in) == 1
    clock.advance(SULK)
    assert await tokens.token(BOT_SCOPE) == "token-2"


@pytest.mark.parametrize(
    "said",
    [
        Say(503, {}), Say(500, text="<html>"), Say(200, text="no json"), Say(200, {}), Say(hang_up=True),
        Say(200, cut=True), Say(400, {"error": "temporarily_unavailable"}), Say(200, text="x" * 300_000),
    ],
    ids=repr,
)  # fmt: skip
async def test_a_login_that_does_not_answer_is_a_clear_not_now(
    login: Microsoft, clock: HandClock, said: Say
) -> None:
    login.logins.append(said)
    tokens = AppTokens(login.settings(), clock)
    assert await tokens.token(BOT_SCOPE) == Wait(AGAIN, "login.token")
    assert isinstance(await tokens.token(BOT_SCOPE), Wait)
    assert len(login.logged_in) == 1
    clock.advance(AGAIN)
    assert await tokens.token(BOT_SCOPE) == "token-2"


async def test_a_login_that_is_too_slow_is_given_up(login: Microsoft, clock: HandClock) -> None:
    login.logins.append(Say(200, after=1.0))
    tokens = AppTokens(login.settings(timeout=0.2), clock)
    assert isinstance(await tokens.token(BOT_SCOPE), Wait)


async def test_a_login_says_when_it_may_be_asked_again(login: Microsoft, clock: HandClock) -> None:
    login.logins.append(Say(429, {"error": "temporarily_unavailable"}, {"Retry-After": "17"}))
    assert await AppTokens(login.settings(), clock).token(BOT_SCOPE) == Wait(17.0, "login.token")


async def test_nobody_at_the_address_is_a_clear_not_now(login: Microsoft, clock: HandClock) -> None:
    settings = login.settings(login_url="http://127.0.0.1:1/login")
    assert isinstance(await AppTokens(settings, clock).token(BOT_SCOPE), Wait)


async def test_a_caller_that_gives_up_does_not_take_the_others_along(
    login: Microsoft, clock: HandClock
) -> None:
    token = {"access_token": "late", "expires_in": 3600, "token_type": "Bearer"}
    login.logins.append(Say(200, token, after=0.2))
    tokens = AppTokens(login.settings(), clock)
    first, second = (asyncio.create_task(tokens.token(BOT_SCOPE)) for _ in range(2))
    await asyncio.sleep(0.05)
    first.cancel()
    assert await second == "late"
    await tokens.close()


async def test_the_operator_reads_one_sentence_a_minute_and_no_secret(
    login: Microsoft, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    login.logins.extend([WRONG_SECRET] * 3)
    tokens = AppTokens(login.settings(), clock)
    said = [await tokens.token(BOT_SCOPE), await tokens.token(GRAPH_SCOPE)]
    ours = [each for each in caplog.records if each.name == "adapters.teams.tokens"]
    assert [each.levelname for each in ours] == ["ERROR"]
    assert "TEAMS_APP_PASSWORD" in ours[0].getMessage()
    clock.advance(SULK)
    said.append(await tokens.token(BOT_SCOPE))
    assert await tokens.token(GRAPH_SCOPE) == "token-4"
    told = caplog.text + repr(said) + repr(vars(tokens))
    assert PASSWORD not in told
    assert "token-4" not in told


async def test_an_answer_that_cannot_be_read_is_not_quoted(
    login: Microsoft, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    login.logins.append(Say(200, text='{"access_token": "half of it'))
    assert isinstance(await AppTokens(login.settings(), clock).token(BOT_SCOPE), Wait)
    assert "half of it" not in caplog.text
    assert not [each for each in caplog.records if each.name.startswith("msal")]


async def test_another_cloud_is_asked_in_its_own_names(
    login: Microsoft, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.teams.clouds.US_LOGIN", "127.0.0.1")
    settings = login.settings(tenant_id="", graph_url="https://graph.microsoft.us/v1.0")
    tokens = AppTokens(settings, clock)
    await tokens.token(BOT_SCOPE)
    await tokens.token(GRAPH_SCOPE, TENANT)
    assert [(each["path"].split("/")[2], each["scope"]) for each in login.logged_in] == [
        ("MicrosoftServices.onmicrosoft.us", "https://api.botframework.us/.default"),
        (TENANT, "https://graph.microsoft.us/.default"),
    ]


async def test_who_waits_too_long_for_a_token_could_not_finish_the_call(
    login: Microsoft, clock: HandClock
) -> None:
    token = {"access_token": "late", "expires_in": 3600, "token_type": "Bearer"}
    login.logins.append(Say(200, token, after=0.6))
    tokens = AppTokens(login.settings(timeout=1.0), clock)
    assert await tokens.token(BOT_SCOPE) == Wait(AGAIN, "login.token")
    await tokens.close()
    assert await tokens.token(BOT_SCOPE) == "late"
    assert len(login.logged_in) == 1
