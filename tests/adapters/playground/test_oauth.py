"""Connecting a person: the consent page, the code, the tokens."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from slack_sdk.oauth import AuthorizeUrlGenerator

from adapters.playground.seed import USER_SCOPES

# slack_sdk 3.47 builds the header with a class that aiohttp 3.14 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")

BACK = "http://127.0.0.1/slack/oauth_redirect"


def exchange(play, right_code: str, **changed):
    app = play.workspace.app
    wanted = {
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "code": right_code,
        "redirect_uri": BACK,
    }
    return play.client(None).oauth_v2_access(**(wanted | changed))


async def decide(play, decision: str) -> dict[str, list[str]]:
    """Open the consent page as Lee, submit its form, and return the query of where one is sent."""
    made = AuthorizeUrlGenerator(
        client_id=play.workspace.app.client_id, user_scopes=list(USER_SCOPES), redirect_uri=BACK,
        authorization_url=f"{play.server.url}/oauth/v2/authorize",
    )  # fmt: skip
    url = made.generate(state="s1") + "&as=U0LEE"
    async with play.http.get(url) as response:
        page = await response.text()
    assert '<option value="U0LEE" selected>' in page
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))
    form = fields | {"user": "U0LEE", "decision": decision}
    async with play.http.post(url, data=form, allow_redirects=False) as response:
        assert response.status == 302
        return parse_qs(urlsplit(response.headers["Location"]).query)


async def test_allow_gives_a_code_that_is_good_for_one_persons_token(play):
    query = await decide(play, "allow")
    assert query["state"] == ["s1"]
    answer = await exchange(play, query["code"][0])
    assert (answer["authed_user"]["id"], answer["authed_user"]["token_type"]) == ("U0LEE", "user")
    assert set(answer["authed_user"]["scope"].split(",")) == set(USER_SCOPES)
    assert "access_token" not in answer.data
    lee = play.client(answer["authed_user"]["access_token"])
    assert (await lee.auth_test())["user_id"] == "U0LEE"


async def test_deny_sends_back_an_error_and_no_code(play):
    query = await decide(play, "deny")
    assert (query["error"], "code" in query) == (["access_denied"], False)


async def test_a_code_works_once(play, error_of):
    code = play.humans.allow("U0LEE", (), USER_SCOPES, BACK)
    await exchange(play, code)
    assert await error_of(exchange(play, code)) == "invalid_code"


async def test_a_code_ends_after_ten_minutes(play, error_of):
    code = play.humans.allow("U0LEE", (), USER_SCOPES, BACK)
    play.time.advance(601)
    assert await error_of(exchange(play, code)) == "invalid_code"


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"client_secret": "wrong"}, "bad_client_secret"),
        ({"client_id": "wrong"}, "invalid_client_id"),
        ({"redirect_uri": "http://127.0.0.1/else"}, "bad_redirect_uri"),
        ({"code": "wrong"}, "invalid_code"),
    ],
)
async def test_a_bad_exchange_is_refused_by_name_and_uses_nothing_up(play, error_of, changed, error):
    code = play.humans.allow("U0LEE", (), USER_SCOPES, BACK)
    assert await error_of(exchange(play, code, **changed)) == error
    assert (await exchange(play, code))["ok"] is True


async def test_an_installation_brings_the_bots_token(play):
    code = play.humans.allow("U0ANA", ("chat:write", "commands"), (), BACK)
    answer = await exchange(play, code)
    assert (answer["bot_user_id"], answer["access_token"]) == ("U0BOT", play.seeded.bot.secret)


@pytest.mark.parametrize("query", [{}, {"client_id": "x", "scope": "a"}, {"scope": ""}])
async def test_a_bad_authorisation_address_is_explained(play, query):
    query = {"client_id": play.workspace.app.client_id, "redirect_uri": BACK} | query
    async with play.http.get(f"{play.server.url}/oauth/v2/authorize", params=query) as response:
        assert response.status == 400


async def test_a_foreign_redirect_is_refused(play):
    play.workspace.app.redirect_urls = (BACK,)
    query = {
        "client_id": play.workspace.app.client_id,
        "scope": "chat:write",
        "redirect_uri": "http://127.0.0.1/x",
    }
    async with play.http.get(f"{play.server.url}/oauth/v2/authorize", params=query) as response:
        assert "bad_redirect_uri" in await response.text()


async def test_no_token_reaches_the_call_log(play):
    code = play.humans.allow("U0LEE", (), USER_SCOPES, BACK)
    await exchange(play, code)
    await play.bot.chat_postMessage(channel="U0MAYA", text="private words")
    log = repr(play.workspace.audit.calls)
    secrets = [*play.workspace.tokens, code, play.workspace.app.client_secret, "private words"]
    assert [secret for secret in secrets if secret in log] == []
