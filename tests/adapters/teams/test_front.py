"""The front door: only the Bot Connector, speaking of this activity, from a tenant that is ours."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from multidict import CIMultiDict

from adapters.bodies import Refusal
from adapters.teams.front import Entry, TeamsFrontDoor
from adapters.teams.hosts import is_service_url
from adapters.teams.keys import AT_MOST_EVERY
from tests.support.teams_abuse import (
    BAD_TOKEN,
    FORBIDDEN,
    MALFORMED,
    UNAUTHORISED,
    WELCOME,
    Sent,
    about,
    bearer,
)
from tests.support.teams_door import (
    TENANT,
    Json,
    activity,
    claims,
    door_settings,
    listed,
    raw_token,
    request,
    threshold,
    token,
)

MARK = "family-dinner-mark"


async def verdict(make: Callable[[], Sent]) -> Entry | Refusal:
    async with threshold() as at:
        found = await at.door.check(*make())
        assert at.refused == ([found.why] if isinstance(found, Refusal) else [])
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
    "https://smba.trafficmanager.net/emea?": False,
    "https://smba.trafficmanager.net/emea#": False,
    "https://evil.example%2f.botframework.com/": False,
    "https://evil.example;.botframework.com/": False,
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


async def test_tokens_of_another_cloud_are_those_of_another_issuer() -> None:
    async with threshold() as at:
        openid = "https://login.botframework.azure.us/v1/.well-known/openidconfiguration"
        settings = door_settings(at.issuer.url, openid_url=openid)
        government = TeamsFrontDoor(at.clock, settings, at.keys)
        theirs = bearer(token(iss="https://api.botframework.us"))
        assert isinstance(await government.check(*theirs), Entry)
        assert await at.door.check(*theirs) == Refusal(401, "bad_token")
        assert await government.check(*request()) == Refusal(401, "bad_token")


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
