"""Connect: once, in one browser, for the person the link was made for."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from adapters.playground.faults import Fault, FaultKind
from adapters.slack.oauth import COOKIE
from adapters.slack.scopes import USER_SCOPES
from adapters.stores.sqlite import SqliteStore, migrate
from bot import tickets
from bot.inbound import Connected, Inbound
from bot.ports import Reply, Tx
from tests.support.slack_stage import Stage, account


async def _ticket(stage: Stage, user: str = "U0LEE") -> str:
    now = stage.clock.now()
    return await stage.store.write(lambda tx: tickets.issue(tx, account(user), now))


async def _install(stage: Stage, ticket: str) -> tuple[int, dict[str, str], str, str]:
    """Status, query of the consent page, cookie, its raw header."""
    async with stage.http.get(
        f"{stage.bot_url}/slack/install", params={"t": ticket}, allow_redirects=False
    ) as r:
        location = r.headers.get("Location", "")
        query = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        cookie = r.cookies.get(COOKIE)
        return (
            r.status,
            query | {"at": location.partition("?")[0]},
            cookie.value if cookie else "",
            str(cookie),
        )


async def _back(stage: Stage, cookie: str | None, **query: str) -> tuple[int, str]:
    stage.http.cookie_jar.clear()
    headers = {"Cookie": f"{COOKIE}={cookie}"} if cookie is not None else {}
    async with stage.http.get(
        f"{stage.bot_url}/slack/oauth_redirect", params=query, headers=headers
    ) as response:
        return response.status, await response.text()


def _code(stage: Stage, user: str, query: dict[str, str]) -> str:
    return stage.humans.allow(user, (), tuple(query["user_scope"].split(",")), query["redirect_uri"])


async def test_a_person_connects_with_user_scopes_only(stage: Stage) -> None:
    status, query, cookie, header = await _install(stage, await _ticket(stage))
    assert status == 302
    assert query["at"] == f"{stage.slack.url}/oauth/v2/authorize"
    assert "scope" not in query
    assert query["user_scope"].split(",") == list(USER_SCOPES)
    assert query["team"] == "T0PLAY"
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    status, html = await _back(stage, cookie, code=_code(stage, "U0LEE", query), state=query["state"])
    assert status == 200
    assert "You are connected" in html
    heard = stage.script.only()
    assert isinstance(heard, Connected)
    assert heard.who == account("U0LEE")
    assert set(heard.scopes) == set(USER_SCOPES)
    assert heard.token.startswith("xoxp-")
    assert heard.token not in repr(heard)


async def test_a_link_works_once_and_for_ten_minutes(stage: Stage) -> None:
    ticket, late = await _ticket(stage), await _ticket(stage)
    assert (await _install(stage, ticket))[0] == 302
    assert (await _install(stage, ticket))[0] == 410
    stage.time.advance(601)
    assert (await _install(stage, late))[0] == 410
    assert (await _install(stage, "guessed"))[0] == 410


async def test_a_state_needs_its_cookie_and_lives_five_minutes(stage: Stage) -> None:
    _, query, cookie, _ = await _install(stage, await _ticket(stage))
    for wrong in (None, "", "another"):
        status, html = await _back(stage, wrong, code="x", state=query["state"])
        assert status == 400
        assert "press Connect again" in html
    assert (await _back(stage, cookie, code="x", state="guessed"))[0] == 400
    stage.time.advance(301)
    assert (await _back(stage, cookie, code="x", state=query["state"]))[0] == 400
    assert stage.script.heard == []


async def test_two_hundred_states_raced_eight_ways_are_consumed_two_hundred_times(stage: Stage) -> None:
    stage.workspace.limits.enabled = False  # 200 people within a minute are more than Slack allows
    installs = [await _install(stage, await _ticket(stage)) for _ in range(200)]
    won = 0
    for _, query, cookie, _ in installs:
        code = _code(stage, "U0LEE", query)
        race = (_back(stage, cookie, code=code, state=query["state"]) for _ in range(8))
        won += [status for status, _ in await asyncio.gather(*race)].count(200)
    assert won == 200
    assert len(stage.script.heard) == 200


async def test_sqlite_too_gives_a_state_to_one_of_eight(tmp_path: Path) -> None:
    path, now = tmp_path / "boundary.db", datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    migrate(path)
    store = SqliteStore(path)

    def issue(tx: Tx) -> None:
        for number in range(200):
            tx.once.issue(f"s{number}", str(number), now + timedelta(minutes=5))

    async def consume(secret: str) -> str | None:
        return await store.write(lambda tx: tx.once.consume(secret, now))

    await store.write(issue)
    won = await asyncio.gather(*(consume(f"s{number}") for _ in range(8) for number in range(200)))
    await store.close()
    assert sorted(each for each in won if each is not None) == sorted(map(str, range(200)))


async def test_what_looks_at_a_link_beforehand_does_not_use_it_up(stage: Stage) -> None:
    ticket = await _ticket(stage)
    async with stage.http.head(f"{stage.bot_url}/slack/install", params={"t": ticket}) as looked:
        assert looked.status == 405
    assert (await _install(stage, ticket))[0] == 302


async def test_a_cookie_of_any_bytes_is_only_the_wrong_one(stage: Stage) -> None:
    address = urlsplit(stage.bot_url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(b"GET /slack/oauth_redirect?state=x HTTP/1.1\r\nHost: a\r\nCookie: ")
    writer.write(COOKIE.encode() + b"=\xff\xfe\r\nConnection: close\r\n\r\n")
    assert b" 400 " in await reader.readline()
    writer.close()
    await writer.wait_closed()


async def test_below_a_path_the_cookie_comes_back_to_that_path(stage: Stage) -> None:
    connect = stage.adapter._connect
    connect._app = replace(connect._app, public_url="https://bot.example/below/")
    _, query, _, header = await _install(stage, await _ticket(stage))
    assert query["redirect_uri"] == "https://bot.example/below/slack/oauth_redirect"
    assert "Path=/below/slack/oauth_redirect" in header
    assert "Secure" in header


async def test_the_token_of_somebody_else_is_not_taken(stage: Stage) -> None:
    _, query, cookie, _ = await _install(stage, await _ticket(stage, "U0LEE"))
    status, html = await _back(stage, cookie, code=_code(stage, "U0SAM", query), state=query["state"])
    assert status == 403
    assert "somebody else" in html
    assert stage.script.heard == []
    assert not stage.seeded.users["U0SAM"].revoked


async def test_a_person_may_decline(stage: Stage) -> None:
    _, query, cookie, _ = await _install(stage, await _ticket(stage))
    status, html = await _back(stage, cookie, error="access_denied", state=query["state"])
    assert status == 200
    assert "nothing has changed" in html
    assert stage.script.heard == []


@pytest.mark.parametrize("kind", [FaultKind.SERVER_ERROR, FaultKind.DROP, FaultKind.ERROR])
async def test_a_slack_that_does_not_confirm_is_explained(stage: Stage, kind: FaultKind) -> None:
    _, query, cookie, _ = await _install(stage, await _ticket(stage))
    stage.workspace.faults.add(Fault(kind, "oauth.v2.access", error="invalid_code"))
    status, html = await _back(stage, cookie, code=_code(stage, "U0LEE", query), state=query["state"])
    assert status == 502
    assert "did not confirm" in html


async def test_a_token_that_cannot_be_kept_is_explained(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(inbound: Inbound) -> Reply:
        assert isinstance(inbound, Connected)
        raise OSError(inbound.token)

    stage.script.replies[Connected] = broken
    _, query, cookie, _ = await _install(stage, await _ticket(stage))
    status, html = await _back(stage, cookie, code=_code(stage, "U0LEE", query), state=query["state"])
    assert status == 503
    assert "could not be kept" in html
    assert "xoxp-" not in caplog.text + html
