"""The signing keys: a rollover heals at once, and nobody makes us ask more than once a minute."""

from __future__ import annotations

import asyncio
import json

import pytest

from adapters.teams.keys import AT_MOST_EVERY, FIRST_AGAIN, KEPT, keys_of
from tests.support.teams_door import Json, listed, private_key, threshold


async def test_keys_are_fetched_when_first_needed_and_then_kept() -> None:
    async with threshold() as at:
        assert at.issuer.asked == []
        for _ in range(5):
            assert await at.keys.find("one") is not None
        assert at.issuer.asked == ["/openid", "/keys"]


async def test_a_new_key_is_known_at_once() -> None:
    async with threshold() as at:
        await at.keys.find("one")
        at.clock.pass_by(AT_MOST_EVERY)
        at.issuer.keys = [listed("two")]
        assert await at.keys.find("two") is not None
        assert await at.keys.find("one") is None


async def test_a_thousand_unknown_keys_cause_one_refresh_a_minute() -> None:
    async with threshold() as at:
        await at.keys.find("one")
        for minute in range(3):
            found = await asyncio.gather(*(at.keys.find(f"no-{minute}-{each}") for each in range(1000)))
            assert set(found) == {None}
            assert at.issuer.asked.count("/keys") == 1 + minute
            at.clock.pass_by(AT_MOST_EVERY - 1)
            assert await at.keys.find("no") is None
            assert at.issuer.asked.count("/keys") == 1 + minute
            at.clock.pass_by(1)


async def test_everybody_waits_for_the_same_fetch() -> None:
    async with threshold() as at:
        at.issuer.delay = 0.05
        found = await asyncio.gather(*(at.keys.find("one") for _ in range(50)))
        assert all(found)
        assert at.issuer.asked == ["/openid", "/keys"]


async def test_a_fetch_outlives_the_request_that_began_it() -> None:
    async with threshold() as at:
        at.issuer.delay = 0.05
        first = asyncio.create_task(at.keys.find("one"))
        await asyncio.sleep(0.01)
        second = asyncio.create_task(at.keys.find("one"))
        await asyncio.sleep(0)
        first.cancel()
        assert await second is not None


async def test_keys_are_looked_at_again_once_a_day() -> None:
    async with threshold() as at:
        await at.keys.find("one")
        at.clock.pass_by(KEPT)
        at.issuer.keys = [listed("one", ["webchat"])]
        found = await at.keys.find("one")
        assert found is not None
        assert found.endorsements == {"webchat"}


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"keys": []}', b"\xff", b"x" * 600_000, b"[" * 100_000]
)
async def test_a_failing_fetch_keeps_the_old_keys(body: bytes) -> None:
    async with threshold() as at:
        await at.keys.find("one")
        at.clock.pass_by(KEPT)
        at.issuer.body = body
        assert await at.keys.find("one") is not None
        assert await at.keys.find("two") is None


@pytest.mark.parametrize("status", [301, 404, 500])
async def test_only_200_is_an_answer(status: int) -> None:
    async with threshold() as at:
        at.issuer.status = status
        assert await at.keys.find("one") is None


async def test_a_redirect_is_not_followed() -> None:
    async with threshold() as at:
        at.issuer.moved_to = f"{at.issuer.url}/openid"
        assert await at.keys.find("one") is None
        assert at.issuer.asked == []


async def test_a_slow_issuer_is_given_up_and_asked_again_soon_while_there_are_no_keys() -> None:
    async with threshold() as at:
        at.issuer.delay = 30
        assert await at.keys.find("one") is None
        at.issuer.delay = 0
        assert await at.keys.find("one") is None
        at.clock.pass_by(FIRST_AGAIN)
        assert await at.keys.find("one") is not None


async def test_keys_are_taken_from_https_or_from_where_the_document_is() -> None:
    async with threshold() as at:
        for place in ("http://127.0.0.1:1/keys", "file:///etc/passwd", "//elsewhere/keys", 7, ""):
            at.issuer.document = {"jwks_uri": place}
            assert await at.keys.find("one") is None
            at.clock.pass_by(FIRST_AGAIN)
        assert "/keys" not in at.issuer.asked


@pytest.mark.parametrize(
    "odd",
    [
        {"kid": None},
        {"kid": ""},
        {"kty": "oct", "k": "c2VjcmV0"},
        {"use": "enc"},
        {"n": ""},
        {"n": "!!"},
        {"n": 5},
        {"e": "AA"},
        {"e": None},
        {"n": listed("one")["n"][:170]},
    ],
)
def test_a_key_that_is_none_is_left_out_and_harms_no_other(odd: Json) -> None:
    assert list(keys_of({"keys": [listed("two") | odd, 5, None, listed("one")]})) == ["one"]


def test_a_key_without_endorsements_speaks_for_no_channel() -> None:
    plain = {name: value for name, value in listed("one").items() if name != "endorsements"}
    for shown in (plain, plain | {"endorsements": "msteams"}, plain | {"endorsements": [5, None]}):
        assert keys_of({"keys": [shown]})["one"].endorsements == frozenset()


def test_what_a_list_says_beside_the_public_numbers_is_not_read() -> None:
    secret = private_key("one").private_numbers()
    found = keys_of(
        {"keys": [json.loads(json.dumps(listed("one", d=str(secret.d), x5u="http://127.0.0.1:1/")))]}
    )
    assert found["one"].public.public_numbers() == private_key("one").public_key().public_numbers()
