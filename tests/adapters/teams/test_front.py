"""The front door: only the Bot Connector, speaking of this activity, from a tenant that is ours."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import aiohttp
import jwt
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from multidict import CIMultiDict

from adapters.bodies import Refusal
from adapters.stores.memory import MemoryStore
from adapters.teams.adapter import TeamsAdapter
from adapters.teams.front import DEEPEST, LARGEST, LEEWAY, LONGEST_ID, Entry
from adapters.teams.hosts import is_service_url
from adapters.teams.keys import AT_MOST_EVERY
from tests.support.clocks import START
from tests.support.slack_stage import Script
from tests.support.story import PlainVault
from tests.support.teams_door import (
    APP,
    CONVERSATION,
    SERVICE,
    TENANT,
    HandClock,
    Json,
    activity,
    claims,
    door_settings,
    issuing,
    listed,
    private_key,
    public_pem,
    raw_token,
    request,
    threshold,
    token,
)
from tests.support.waiting import until

NOW = int(START.timestamp())
MARK = "family-dinner-mark"
Sent = tuple[CIMultiDict[str], bytes]


def bearer(text: str) -> Sent:
    return request(f"Bearer {text}")


def claiming(**changed: Any) -> Sent:
    return bearer(token(**changed))


def about(**changed: Any) -> Sent:
    return request(body=activity(**changed))


def typed(kind: str | None) -> Sent:
    return request(kind=kind)


def twice(name: str, value: str) -> Sent:
    headers, raw = request()
    headers.add(name, value)
    return headers, raw


def in_tenant(*, data: object = TENANT, conversation: object = TENANT) -> Sent:
    said = {"id": CONVERSATION, "conversationType": "personal"}
    return about(
        channelData={} if data is None else {"tenant": {"id": data}},
        conversation=said if conversation is None else said | {"tenantId": conversation},
    )


def hmac_with_the_public_key() -> Sent:
    """The classic confusion: HS256 with the public key as the secret."""
    import hashlib
    import hmac

    made = raw_token({"alg": "HS256", "kid": "one", "typ": "JWT"}, claims()).rpartition(".")[0]
    digest = hmac.new(public_pem("one"), made.encode(), hashlib.sha256).digest()
    return bearer(f"{made}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}")


def resigned(**changed: Any) -> Sent:
    """Other claims under the signature of a good token."""
    head, _, signature = token().split(".")
    payload = base64.urlsafe_b64encode(json.dumps(claims(**changed)).encode()).rstrip(b"=").decode()
    return bearer(f"{head}.{payload}.{signature}")


BAD_TOKEN: dict[str, Callable[[], Sent]] = {
    "no header": lambda: request(""),
    "empty header": lambda: request(" "),
    "Basic": lambda: request("Basic dXNlcjpwYXNz"),
    "Bearer alone": lambda: request("Bearer"),
    "Bearer and a space": lambda: request("Bearer "),
    "lowercase": lambda: request(f"bearer {token()}"),
    "two spaces": lambda: request(f"Bearer  {token()}"),
    "garbage": lambda: bearer("garbage"),
    "a.b.c": lambda: bearer("a.b.c"),
    "not ASCII": lambda: bearer("ä.ö.ü"),
    "two headers": lambda: twice("Authorization", f"Bearer {token()}"),
    "two tokens": lambda: request(f"Bearer {token()}, Bearer {token()}"),
    "concatenated": lambda: bearer(f"{token()}.{token()}"),
    "self-signed, known kid": lambda: bearer(token("mine", kid="one")),
    "self-signed, unknown kid": lambda: bearer(token("mine")),
    "no kid": lambda: bearer(jwt.encode(claims(), private_key("one"), algorithm="RS256")),
    "kid is empty": lambda: bearer(token(kid="")),
    "kid is a path": lambda: bearer(token(kid="../../dev/null")),
    "kid is long": lambda: bearer(token(kid="x" * (LONGEST_ID + 1))),
    "alg none": lambda: bearer(raw_token({"alg": "none", "kid": "one"}, claims(), b"")),
    "alg none, signed": lambda: bearer(raw_token({"alg": "none", "kid": "one"}, claims())),
    "alg HS256": lambda: bearer(jwt.encode(claims(), "x" * 32, algorithm="HS256", headers={"kid": "one"})),
    "HS256 with our public key": hmac_with_the_public_key,
    "alg RS512": lambda: bearer(
        jwt.encode(claims(), private_key("one"), algorithm="RS512", headers={"kid": "one"})
    ),
    "alg is a list": lambda: bearer(raw_token({"alg": ["RS256"], "kid": "one"}, claims())),
    "crit": lambda: bearer(token(headers={"crit": ["exp"], "exp": NOW})),
    "changed payload": lambda: resigned(aud=APP, exp=NOW + 9999),
    "payload is a list": lambda: bearer(raw_token({"alg": "RS256", "kid": "one"}, b"[]")),
    "no exp": lambda: claiming(exp=None),
    "expired over five minutes ago": lambda: claiming(exp=NOW - LEEWAY),
    "exp is text": lambda: claiming(exp="never"),
    "exp is true": lambda: claiming(exp=True),
    "exp is NaN": lambda: claiming(exp=float("nan")),
    "exp is endless": lambda: claiming(exp=float("inf")),
    "exp is huge": lambda: claiming(exp=10**400),
    "nbf in the future": lambda: claiming(nbf=NOW + LEEWAY + 1),
    "nbf is text": lambda: claiming(nbf="now"),
    "no iss": lambda: claiming(iss=None),
    "wrong iss": lambda: claiming(iss="https://sts.windows.net/x/"),
    "iss and more": lambda: claiming(iss="https://api.botframework.com/"),
    "no aud": lambda: claiming(aud=None),
    "wrong aud": lambda: claiming(aud="another-app"),
    "several aud": lambda: claiming(aud=[APP, "another-app"]),
}

ABOUT_SOMETHING_ELSE: dict[str, Callable[[], Sent]] = {
    "no serviceurl claim": lambda: claiming(serviceurl=None),
    "serviceurl of another": lambda: claiming(serviceurl="https://smba.trafficmanager.net/amer/"),
    "serviceurl said twice": lambda: claiming(serviceUrl="https://smba.trafficmanager.net/amer/"),
    "no serviceUrl in the activity": lambda: about(serviceUrl=None),
    "no channelId": lambda: about(channelId=None),
    "channel not endorsed": lambda: about(channelId="directline"),
    "channelId is a list": lambda: about(channelId=["msteams"]),
    "emulator": lambda: about(channelId="emulator"),
}

UNAUTHORISED = BAD_TOKEN | ABOUT_SOMETHING_ELSE

FORBIDDEN: dict[str, Callable[[], Sent]] = {
    "another tenant": lambda: in_tenant(data="someone-else", conversation="someone-else"),
    "no tenant": lambda: in_tenant(data=None, conversation=None),
    "two tenants": lambda: in_tenant(conversation="someone-else"),
    "the other way round": lambda: in_tenant(data="someone-else"),
    "a tenant that is none": lambda: in_tenant(data=["x"]),
    "a tenant of nothing": lambda: in_tenant(data="", conversation=""),
}

MALFORMED: dict[str, Callable[[], Sent]] = {
    "too large": lambda: request(body=b" " * (LARGEST + 1)),
    "encoded": lambda: request(**{"Content-Encoding": "gzip"}),
    "text/plain": lambda: typed("text/plain"),
    "no Content-Type": lambda: typed(None),
    "a form": lambda: typed("application/x-www-form-urlencoded"),
    "two types": lambda: twice("Content-Type", "application/json"),
    "empty": lambda: request(body=b""),
    "bad JSON": lambda: request(body=b"{"),
    "not UTF-8": lambda: request(body=b'{"type":"\xff"}'),
    "a list": lambda: request(body=b"[]"),
    "null": lambda: request(body=b"null"),
    "nothing in it": lambda: request(body=b"{}"),
    "NaN": lambda: request(body=json.dumps(activity(value=float("nan"))).encode()),
    "too deep": lambda: request(body=activity(value=json.loads("[" * DEEPEST + "]" * DEEPEST))),
    "absurdly deep": lambda: request(body=b'{"a":' * 50_000 + b"1" + b"}" * 50_000),
    "no type": lambda: about(type=None),
    "type is a number": lambda: about(type=5),
    "no conversation": lambda: about(conversation=None),
    "conversation is text": lambda: about(conversation="a:x"),
    "no sender": lambda: about(**{"from": None}),
    "sender without id": lambda: about(**{"from": {"name": "x"}}),
    "a bad timestamp": lambda: about(timestamp="yesterday"),
    "a timestamp that is a number": lambda: about(timestamp=1700000000),
    "a long id": lambda: about(id="x" * (LONGEST_ID + 1)),
    "an id that is a list": lambda: about(id=["x"]),
}

WELCOME: dict[str, Callable[[], Sent]] = {
    "the Connector's own": request,
    "expired a moment ago": lambda: claiming(exp=NOW - LEEWAY + 1),
    "valid in a moment": lambda: claiming(nbf=NOW + LEEWAY),
    "without nbf": lambda: claiming(nbf=None),
    "the claim in the other spelling": lambda: claiming(serviceurl=None, serviceUrl=SERVICE),
    "with a charset": lambda: typed("application/json; charset=utf-8"),
    "tenant in channelData only": lambda: in_tenant(conversation=None),
    "tenant in the conversation only": lambda: in_tenant(data=None),
    "tenant in capitals": lambda: in_tenant(data=TENANT.upper()),
    "a header that leads elsewhere": lambda: bearer(
        token(
            headers={
                "jku": "http://127.0.0.1:1/keys",
                "x5u": "http://127.0.0.1:1/cert",
                "jwk": {"kty": "RSA"},
            }
        )
    ),
}


async def verdict(make: Callable[[], Sent]) -> Entry | Refusal:
    async with threshold() as at:
        found = await at.door.check(*make())
        refused = sum(at.door.refused.values())
        assert refused == isinstance(found, Refusal)
        return found


@pytest.mark.parametrize("case", UNAUTHORISED)
async def test_whoever_is_not_the_connector_is_not_let_in(case: str) -> None:
    found = await verdict(UNAUTHORISED[case])
    assert isinstance(found, Refusal)
    assert found.status == 401


@pytest.mark.parametrize("case", FORBIDDEN)
async def test_a_tenant_that_is_not_ours_is_turned_away(case: str) -> None:
    assert await verdict(FORBIDDEN[case]) == Refusal(403, "tenant")


@pytest.mark.parametrize("case", MALFORMED)
async def test_what_is_no_activity_is_a_bad_request(case: str) -> None:
    found = await verdict(MALFORMED[case])
    assert isinstance(found, Refusal)
    assert found.status == 400


@pytest.mark.parametrize("case", WELCOME)
async def test_what_is_right_comes_in(case: str) -> None:
    found = await verdict(WELCOME[case])
    assert isinstance(found, Entry)
    assert found.tenant == f"teams:{TENANT}"
    assert found.activity["text"] == "focus 90m"


@pytest.mark.parametrize("case", BAD_TOKEN)
async def test_without_a_good_token_a_body_is_not_even_parsed(
    case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.teams.front.json_object", lambda text: pytest.fail("parsed"))
    assert isinstance(await verdict(BAD_TOKEN[case]), Refusal)


HOSTS = {
    "https://smba.trafficmanager.net/emea/": True,
    "https://smba.trafficmanager.net:443/emea/": True,
    "https://SMBA.trafficmanager.net/emea/": True,
    "https://europe.webchat.botframework.com/": True,
    "https://smba.infra.gcc.teams.microsoft.com/gcc": True,
    "https://smba.infra.gov.teams.microsoft.us/teams": True,
    "https://bot.example:8443/x": True,
    "https://plain.example/x": True,
    "http://127.0.0.1:9000/teams/connector/": True,
    "http://plain.example/x": False,
    "http://127.0.0.1:9001/": False,
    "http://smba.trafficmanager.net/emea/": False,
    "https://smba.trafficmanager.net:8443/emea/": False,
    "https://evil.trafficmanager.net/": False,
    "https://x.smba.trafficmanager.net/": False,
    "https://smba.trafficmanager.net.evil.example/": False,
    "https://evilbotframework.com/": False,
    "https://smba.trafficmanager.net@evil.example/": False,
    "https://evil.example\\@smba.trafficmanager.net/": False,
    "https://evil.example/smba.trafficmanager.net": False,
    "https://smba.trafficmanager.net/?x=1": False,
    "https://smba.trafficmanager.net/#x": False,
    "https://smba.trafficmanager.net\n.evil.example/": False,
    "https://[smba.trafficmanager.net/": False,
    "https://smba.trafficmanager.net:x/": False,
    "https://169.254.169.254/": False,
    "https://bot.example/x": False,
    "ftp://smba.trafficmanager.net/": False,
    "//smba.trafficmanager.net/": False,
    "https:///emea": False,
    "": False,
    "https://smba.trafficmanager.net/" + "x" * 600: False,
}


@pytest.mark.parametrize("url", HOSTS)
async def test_only_addresses_that_are_known_are_written_to(url: str) -> None:
    extra = frozenset({"bot.example:8443", "plain.example", "127.0.0.1:9000"})
    assert is_service_url(url, extra) is HOSTS[url]
    async with threshold(service_hosts=extra) as at:
        found = await at.door.check(*request(f"Bearer {token(serviceurl=url)}", activity(serviceUrl=url)))
    assert isinstance(found, Entry) is HOSTS[url]
    assert isinstance(found, Entry) or found.status == 403 or (found.status, url) == (401, "")


async def test_nobody_is_let_in_where_no_tenant_is_allowed() -> None:
    async with threshold(allowed_tenants=frozenset()) as at:
        assert await at.door.check(*request()) == Refusal(403, "tenant")
    async with threshold(allowed_tenants=frozenset(), tenant_id=TENANT) as at:
        assert isinstance(await at.door.check(*request()), Entry)


async def test_a_rollover_heals_within_the_first_request() -> None:
    async with threshold() as at:
        assert isinstance(await at.door.check(*request()), Entry)
        at.clock.pass_by(AT_MOST_EVERY)
        at.issuer.keys = [listed("two")]
        assert isinstance(await at.door.check(*bearer(token("two"))), Entry)
        assert await at.door.check(*request()) == Refusal(401, "unknown_key")


async def test_a_thousand_unknown_keys_cause_one_refresh_a_minute() -> None:
    async with threshold() as at:
        assert isinstance(await at.door.check(*request()), Entry)
        made = [raw_token({"alg": "RS256", "kid": f"no-{each}"}, claims()) for each in range(1000)]
        for minute in range(2):
            found = await asyncio.gather(*(at.door.check(*bearer(each)) for each in made))
            assert set(found) == {Refusal(401, "unknown_key")}
            assert at.issuer.asked.count("/keys") == 1 + minute
            at.clock.pass_by(AT_MOST_EVERY)


async def test_a_key_that_is_not_endorsed_for_teams_lets_nobody_in() -> None:
    async with threshold() as at:
        at.issuer.keys = [listed("one", ["webchat"])]
        assert await at.door.check(*request()) == Refusal(401, "channel")


async def test_without_verification_only_this_machine_is_written_to() -> None:
    async with threshold(auth=False, allowed_tenants=frozenset()) as at:
        local = activity(serviceUrl="http://localhost:56150/_connector")
        assert isinstance(await at.door.check(*request("", local)), Entry)
        assert isinstance(await at.door.check(*request("Bearer x", local)), Entry)
        assert await at.door.check(*request("")) == Refusal(403, "service_url")
        assert await at.door.check(*request("", b"{}")) == Refusal(400, "no_activity")
        assert at.issuer.asked == []
    async with threshold(auth=False) as at:
        found = await at.door.check(*request("", local | {"channelData": {"tenant": {"id": "other"}}}))
        assert found == Refusal(403, "tenant")


async def test_what_cannot_be_stored_is_cleaned() -> None:
    async with threshold() as at:
        found = await at.door.check(*about(text="a\ud800b\x00c", entities=[{"text": "\udfff"}]))
    assert isinstance(found, Entry)
    assert found.activity["text"] == "a\ufffdbc"
    assert found.activity["entities"] == [{"text": "\ufffd"}]


async def test_nothing_of_tokens_and_bodies_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with threshold() as at:
        for make in (*UNAUTHORISED.values(), *FORBIDDEN.values(), *WELCOME.values()):
            headers, raw = make()
            await at.door.check(headers, raw.replace(b"focus 90m", MARK.encode()))
        sent = [value for make in UNAUTHORISED.values() for value in make()[0].getall("Authorization", ())]
    said = caplog.text
    assert MARK not in said
    assert not [each for each in sent if len(each) > 20 and each[-20:] in said]
    assert token()[:40] not in said
    assert MARK not in repr(Entry(activity(text=MARK), "t"))


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    ["type", "id", "timestamp", "serviceUrl", "channelId", "from", "recipient", "conversation", "channelData"]
)
HEADERS = st.dictionaries(
    st.sampled_from(["Authorization", "Content-Type", "Content-Encoding", "X-Ms-Agents-Playground"]),
    st.text(max_size=200) | st.just("Bearer a.b.c") | st.just("application/json"),
    max_size=4,
)
FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FUZZ
@given(headers=HEADERS, raw=st.binary(max_size=300))
async def test_any_request_is_answered_with_400_or_401(headers: dict[str, str], raw: bytes) -> None:
    async with threshold() as at:
        found = await at.door.check(CIMultiDict(headers), raw)
    assert isinstance(found, Refusal)
    assert found.status in {400, 401}


@FUZZ
@given(changed=st.dictionaries(FIELDS, JSONS, min_size=1, max_size=3))
async def test_any_activity_with_a_good_token_is_let_in_or_refused(changed: Json) -> None:
    async with threshold() as at:
        found = await at.door.check(*request(body=activity() | changed))
    assert isinstance(found, Entry) or found.status in {400, 401, 403}


@FUZZ
@given(header=JSONS, payload=JSONS | st.binary(max_size=60), signature=st.binary(max_size=40))
async def test_any_token_is_refused_without_a_word(
    header: object, payload: object, signature: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    head: Any = {"alg": "RS256", "kid": "one"} | header if isinstance(header, dict) else header
    made = raw_token(head, payload if isinstance(payload, bytes) else json.dumps(payload).encode(), signature)
    async with threshold() as at:
        found = await at.door.check(*bearer(made))
    assert isinstance(found, Refusal)
    assert found.status == 401
    assert made not in caplog.text


# Over HTTP, with everything behind the door -----------------------------------------------------------------


@dataclass
class House:
    """The whole adapter behind its door; `script` is the application, which must never be reached."""

    url: str
    http: aiohttp.ClientSession
    script: Script
    store: MemoryStore
    adapter: TeamsAdapter

    async def post(self, headers: Mapping[str, str], raw: bytes) -> tuple[int, bytes]:
        async with self.http.post(self.url, data=raw, headers=headers, skip_auto_headers=PLAIN) as answer:
            return answer.status, await answer.read()

    async def is_untouched(self) -> bool:
        """Nobody was asked, and nothing is kept."""
        kept = await self.store.read(lambda tx: (tx.inbox.waiting(), tx.tenants.all()))
        return (self.script.heard, *kept) == ([], [], [])


PLAIN = ("Content-Type", "Accept", "Accept-Encoding")


@asynccontextmanager
async def house() -> AsyncIterator[House]:
    script, store, routes = Script(), MemoryStore(), web.Application()
    fresh = aiohttp.TCPConnector(force_close=True)  # aiohttp hangs up after a broken encoding
    async with issuing() as issuer, aiohttp.ClientSession(connector=fresh) as http:
        adapter = TeamsAdapter(
            clock=HandClock(),
            store=store,
            vault=PlainVault(),
            handler=script,
            session=http,
            settings=door_settings(issuer.url),
            words=(),
        )
        adapter.routes(routes)
        await adapter.start()
        async with TestServer(routes) as server:
            yield House(str(server.make_url("/api/messages")), http, script, store, adapter)
            await adapter.close()
    await store.close()


ROWS = [
    *((401, name, make) for name, make in UNAUTHORISED.items()),
    *((403, name, make) for name, make in FORBIDDEN.items()),
    *((400, name, make) for name, make in MALFORMED.items()),
]


async def test_over_http_every_row_is_answered_without_a_word_and_the_bot_never_runs(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    async with house() as at:
        for status, name, make in ROWS:
            headers, raw = make()
            answer = await at.post(headers, raw.replace(b"focus 90m", MARK.encode()))
            assert answer == (status, b"") or (name, answer[0]) == ("two types", 400), name  # aiohttp's own
        assert await at.is_untouched()
        headers, raw = request()
        assert await at.post(headers, raw) == (201, b"")
        await until(lambda: len(at.script.heard) == 1)
    ours = [each for each in caplog.records if each.name.startswith("adapters")]
    said = "".join(each.getMessage() for each in ours)
    assert MARK not in said
    assert token()[:40] not in said
    assert not [each for each in ours if each.exc_info]


async def test_only_posts_are_taken_and_a_body_that_never_ends_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("adapters.bodies.READ_WITHIN", 0.05)

    async def dripping() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(5)

    async with house() as at:
        async with at.http.get(at.url) as answer:
            assert answer.status == 405
        with suppress(aiohttp.ClientError):
            async with at.http.post(at.url, data=dripping(), headers=request()[0]) as answer:
                assert answer.status == 400
        assert await at.is_untouched()


@pytest.mark.parametrize("seed", range(2))
async def test_a_verified_activity_of_any_shape_is_answered_and_never_quoted(
    seed: int, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr("adapters.teams.people.PROFILE_WITHIN", 0.001)  # there is no connector to ask
    monkeypatch.setattr("adapters.teams.chat.PATIENCE", 0.0)
    chance = random.Random(seed)
    async with house() as at:
        for number in range(150):
            made = spoiled(chance, number)
            status, _ = await at.post(*request(body=made))
            assert status in {200, 201, 400, 401, 403}, made
        await until(lambda: not at.adapter._dispatcher._inbox.waiting)
    ours = "".join(each.getMessage() for each in caplog.records if each.name.startswith("adapters"))
    assert MARK not in ours
    assert "Task exception" not in caplog.text


CHECKED = {"type", "serviceUrl", "channelId", "tenant", "tenantId"}  # the door's own tests are above
ODD: tuple[Any, ...] = (None, 1, True, [], {}, "", MARK, "x" * 300, [None], {"id": None}, 1e308, 10**30, [{}])
KINDS: tuple[Json, ...] = (
    {"type": "message", "text": MARK},
    {"type": "message", "text": None, "value": {"action": "look", "value": MARK}},
    {"type": "message", "text": f"<at>Kenji</at> {MARK}", "conversation": {"id": "19:x", "tenantId": TENANT}},
    {"type": "installationUpdate", "action": "add"},
    {
        "type": "conversationUpdate",
        "membersAdded": [{"id": "29:x"}],
        "channelData": {"tenant": {"id": TENANT}},
    },
    {"type": "messageReaction", "reactionsAdded": [{"type": "like"}]},
    {
        "type": "invoke",
        "name": "adaptiveCard/action",
        "value": {"action": {"type": "Action.Execute", "data": {}}},
    },
    {"type": "invoke", "name": "composeExtension/fetchTask", "value": {"messagePayload": {"id": MARK}}},
    {"type": "invoke", "name": "task/submit", "value": {"data": {"form": "later", "fields": MARK}}},
)


def spoiled(chance: random.Random, number: int) -> Json:
    """An activity of some kind with one to three things gone or replaced by something odd."""
    made: Json = json.loads(json.dumps(activity(id=f"n{number}") | chance.choice(KINDS)))
    for _ in range(chance.randint(1, 3)):
        inner = made
        while True:
            key = chance.choice([each for each in inner if each not in CHECKED] or ["x"])
            found = inner.get(key)
            if not isinstance(found, dict) or chance.random() < 0.4:
                break
            inner = found
        inner[key] = chance.choice(ODD)
    return made
