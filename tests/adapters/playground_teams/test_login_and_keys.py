"""Tokens for the app, and the keys with which it checks what it hears."""

import jwt
import pytest

from tests.support.teams_wire import MAYA, Answer, Stage, text

BOT = "https://api.botframework.com/.default"
GRAPH = "https://graph.microsoft.com/.default"


async def ask(stage: Stage, tenant: str = "", **changed: str) -> Answer:
    app = stage.world.app
    form = {
        "grant_type": "client_credentials",
        "client_id": app.app_id,
        "client_secret": app.password,
        "scope": BOT,
    }
    url = f"{stage.world.login_url}/{tenant or stage.world.tenant_id}/oauth2/v2.0/token"
    return await stage.ask("POST", url, form=form | changed)


async def test_a_token_opens_the_service_that_it_was_asked_for(stage: Stage) -> None:
    bot, graph = (await ask(stage)).body, (await ask(stage, scope=GRAPH)).body
    url = f"{stage.world.service_url}v3/conversations/{MAYA}/activities"

    assert (bot["token_type"], bot["expires_in"]) == ("Bearer", 3599)
    assert (await stage.ask("POST", url, text("x"), token=bot["access_token"])).status == 201
    assert (await stage.ask("POST", url, text("x"), token=graph["access_token"])).status == 401
    assert (await stage.ask("POST", url, text("x"), token="made-up")).status == 401
    assert (await stage.ask("POST", url, text("x"))).status == 401


async def test_a_token_ends_by_the_tenant_s_clock(stage: Stage) -> None:
    token = (await ask(stage)).body["access_token"]
    url = f"{stage.world.service_url}v3/conversations/{MAYA}/members/29:maya"

    stage.time.advance(3598)
    assert (await stage.ask("GET", url, token=token)).status == 200
    stage.time.advance(1)
    assert (await stage.ask("GET", url, token=token)).status == 401


@pytest.mark.parametrize(
    ("changed", "status", "error", "number"),
    [
        ({"client_secret": "old"}, 401, "invalid_client", 7000215),
        ({"client_id": "somebody"}, 400, "unauthorized_client", 700016),
        ({"scope": "https://api.botframework.com"}, 400, "invalid_scope", 1002012),
        ({"tenant": "contoso"}, 400, "invalid_request", 90002),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
    ],
)
async def test_entra_refuses_in_its_own_words(
    stage: Stage, changed: dict[str, str], status: int, error: str, number: int
) -> None:
    answer = await ask(stage, **changed)

    assert (answer.status, answer.body["error"], answer.body["error_codes"]) == (status, error, [number])
    assert answer.body["error_description"].startswith(f"AADSTS{number}: ")
    assert stage.world.app.password not in str(answer.body)


async def test_discovery_names_addresses_that_msal_accepts(stage: Stage) -> None:
    base = f"{stage.world.login_url}/{stage.world.tenant_id}"
    found = (await stage.ask("GET", f"{base}/v2.0/.well-known/openid-configuration")).body

    assert found["token_endpoint"] == f"{base}/oauth2/v2.0/token".replace("http:", "https:")


async def keys(stage: Stage) -> jwt.PyJWKSet:
    found = (await stage.ask("GET", stage.world.openid_url)).body
    return jwt.PyJWKSet.from_dict((await stage.ask("GET", found["jwks_uri"])).body)


async def test_what_is_signed_can_be_checked_with_the_published_key(stage: Stage) -> None:
    token = stage.world.keys.sign({"iss": "us"})
    (key,) = (await keys(stage)).keys

    assert jwt.get_unverified_header(token)["kid"] == key.key_id
    assert jwt.decode(token, key, algorithms=["RS256"])["iss"] == "us"
    assert stage.world.audit.key_fetches == 1


async def test_a_rollover_ends_what_was_signed_before(stage: Stage) -> None:
    old = stage.world.keys.sign({"iss": "us"})
    stage.world.keys.rollover()
    new = stage.world.keys.sign({"iss": "us"})
    (key,) = (await keys(stage)).keys

    assert jwt.get_unverified_header(old)["kid"] != key.key_id
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(old, key, algorithms=["RS256"])
    assert jwt.decode(new, key, algorithms=["RS256"])


async def test_the_keys_are_endorsed_for_teams(stage: Stage) -> None:
    stage.world.keys.endorsements = ("webchat",)
    found = (await stage.ask("GET", stage.world.base_url + "/teams/openid/.well-known/keys")).body

    assert found["keys"][0]["endorsements"] == ["webchat"]
