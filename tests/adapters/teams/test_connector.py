"""The connector: paths and bodies as Microsoft wants them, each call once, and what every answer means."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import aiohttp
import pytest

from adapters.teams.connector import NOT_OURS, Connector, Turn
from adapters.teams.limits import CEILINGS, Meter
from adapters.teams.tokens import AppTokens
from bot.ports import Outcome, Refused, Unclear, Wait
from tests.support.microsoft import APP, PASSWORD, Microsoft, Say, microsoft
from tests.support.outside import HandClock

CHAT = "a:1x/y z"
PATH = "/service/v3/conversations/a%3A1x%2Fy%20z"
CARD = {"type": "message", "summary": "hello"}
SECRETS = (PASSWORD, "token-1", "hello")


class Stage:
    """A scripted service, and a connector whose clock is moved by hand."""

    def __init__(self, service: Microsoft, http: aiohttp.ClientSession, **settings: Any) -> None:
        self.service, self.clock = service, HandClock()
        made = service.settings(**settings)
        self.tokens = AppTokens(made, self.clock)
        self.connector = Connector(http, made, self.tokens, self.clock, chance=lambda: 0.5)
        self.url = service.service_url

    async def send(self, activity: dict[str, Any] = CARD) -> object:
        return await self.connector.send(self.url, CHAT, activity)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with microsoft() as service, aiohttp.ClientSession() as http:
        yield Stage(service, http)


Call = Callable[[Connector, str], Awaitable[object]]
CREATING: dict[str, Call] = {
    "send": lambda one, url: one.send(url, CHAT, CARD),
    "reply": lambda one, url: one.send(url, CHAT, CARD, reply_to="17"),
    "create": lambda one, url: one.create_conversation(url, "t", "29:maya"),
}
REPEATABLE: dict[str, Call] = {
    "update": lambda one, url: one.update(url, CHAT, "17", CARD),
    "delete": lambda one, url: one.delete(url, CHAT, "17"),
    "member": lambda one, url: one.member(url, CHAT, "29:maya"),
}
ALL = CREATING | REPEATABLE


# What is asked --------------------


async def test_each_call_has_its_path(stage: Stage) -> None:
    for call in ALL.values():
        await call(stage.connector, stage.url)
    assert [(asked.method, asked.path) for asked in stage.service.asked] == [
        ("POST", f"{PATH}/activities"),
        ("POST", f"{PATH}/activities/17"),
        ("POST", "/service/v3/conversations"),
        ("PUT", f"{PATH}/activities/17"),
        ("DELETE", f"{PATH}/activities/17"),
        ("GET", f"{PATH}/members/29%3Amaya"),
    ]
    assert {asked.token for asked in stage.service.asked} == {"token-1"}
    assert len(stage.service.logged_in) == 1


@pytest.mark.parametrize(
    ("id_", "segment"),
    [
        ("..", "-"),
        (".", "-"),
        ("../../x", "..%2F..%2Fx"),
        ("a?b#c", "a%3Fb%23c"),
        ("a\tHost: b", "a%09Host%3A%20b"),
    ],
)
async def test_no_id_leaves_its_place_in_the_address(stage: Stage, id_: str, segment: str) -> None:
    await stage.connector.send(stage.url, id_, CARD)
    await stage.connector.member(stage.url, CHAT, id_)
    await stage.connector.delete(stage.url, CHAT, id_)
    assert [asked.path for asked in stage.service.asked] == [
        f"/service/v3/conversations/{segment}/activities",
        f"{PATH}/members/{segment}",
        f"{PATH}/activities/{segment}",
    ]


async def test_targeted_calls_say_so_and_only_a_new_one_names_its_reader(stage: Stage) -> None:
    card = CARD | {"recipient": {"id": "29:maya"}}
    await stage.connector.send(stage.url, CHAT, card, targeted=True)
    await stage.connector.update(stage.url, CHAT, "17", card, targeted=True)
    await stage.connector.delete(stage.url, CHAT, "17", targeted=True)
    assert all(asked.path.endswith("?isTargetedActivity=true") for asked in stage.service.asked)
    assert [asked.body for asked in stage.service.asked] == [card, CARD, None]


async def test_a_new_conversation_names_the_tenant_where_the_service_looks_for_it(stage: Stage) -> None:
    await stage.connector.create_conversation(stage.url, "tenant-1", "29:maya")
    assert stage.service.asked[0].body == {
        "isGroup": False,
        "bot": {"id": f"28:{APP}"},
        "members": [{"id": "29:maya"}],
        "tenantId": "tenant-1",
        "channelData": {"tenant": {"id": "tenant-1"}},
    }


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "http://127.0.0.1:1/",
        "https://smba.trafficmanager.net@evil.example/",
        "",
        "x",
    ],
)
async def test_no_token_leaves_for_a_service_that_is_not_allowed(stage: Stage, url: str) -> None:
    for call in ALL.values():
        assert await call(stage.connector, url) == NOT_OURS
    assert stage.service.logged_in == []


async def test_without_authentication_only_this_machine_is_called_and_without_a_token() -> None:
    async with microsoft() as service, aiohttp.ClientSession() as http:
        stage = Stage(service, http, auth=False, service_hosts=frozenset())
        assert await stage.send() == {"id": "1"}
        assert service.asked[0].token == ""
        assert await stage.connector.send("https://smba.trafficmanager.net/emea/", CHAT, CARD) == NOT_OURS


# What the answers mean --------------------


@pytest.mark.parametrize("call", ALL)
@pytest.mark.parametrize(
    "said", [Say(429, headers={"Retry-After": "7"}), Say(412, headers={"Retry-After": "7"}, text="busy"),
             Say(503, headers={"Retry-After": "7"})], ids=lambda said: str(said.status),
)  # fmt: skip
async def test_a_definite_not_now_waits_as_long_as_told(stage: Stage, call: str, said: Say) -> None:
    stage.service.script.append(said)
    answer = await ALL[call](stage.connector, stage.url)
    assert isinstance(answer, Wait)
    assert answer.seconds == 7
    assert len(stage.service.asked) == 1


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("0", 0),
        ("999999", 86_400),
        ("9" * 400, 86_400),
        (30.0, 30),
        (-30.0, 0),
        ("soon", 3),
        ("-5", 3),
        ("", 3),
    ],
)
async def test_when_to_come_back_is_a_number_or_a_date(stage: Stage, said: str | float, seconds: int) -> None:
    at = stage.clock.now() + timedelta(seconds=said) if isinstance(said, float) else None
    header = format_datetime(at, usegmt=True) if at else str(said)
    stage.service.script.append(Say(429, headers={"Retry-After": header}))
    answer = await stage.send()
    assert isinstance(answer, Wait)
    assert abs(answer.seconds - seconds) <= 1  # dates have whole seconds


@pytest.mark.parametrize("call", CREATING)
@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
async def test_creating_is_unclear_after_a_server_error(stage: Stage, call: str, status: int) -> None:
    stage.service.script.append(Say(status))
    assert isinstance(await CREATING[call](stage.connector, stage.url), Unclear)
    assert len(stage.service.asked) == 1


@pytest.mark.parametrize("call", REPEATABLE)
@pytest.mark.parametrize("status", [412, 429, 502, 503, 504])
async def test_what_can_be_repeated_waits_after_a_passing_error(stage: Stage, call: str, status: int) -> None:
    stage.service.script.append(Say(status))
    answer = await REPEATABLE[call](stage.connector, stage.url)
    assert isinstance(answer, Wait)
    assert 2 <= answer.seconds <= 20


@pytest.mark.parametrize("call", ALL)
@pytest.mark.parametrize(
    "said",
    [Say(hang_up=True), Say(201, cut=True), Say(201, text="{"), Say(200, text="x" * 1_100_000)],
    ids=["reset", "cut", "no JSON", "too long"],
)
async def test_a_lost_answer_is_unclear_and_asked_for_once(stage: Stage, call: str, said: Say) -> None:
    await stage.send()  # a kept connection: aiohttp would repeat a GET, PUT or DELETE on it
    stage.service.script.append(said)
    assert isinstance(await ALL[call](stage.connector, stage.url), Unclear)
    assert len(stage.service.asked) == 2


@pytest.mark.parametrize("call", ALL)
async def test_a_late_answer_is_unclear(stage: Stage, call: str) -> None:
    await stage.send()
    stage.connector.timeout = 0.1
    stage.service.script.append(Say(after=0.4))
    assert isinstance(await ALL[call](stage.connector, stage.url), Unclear)
    assert len(stage.service.asked) == 2


async def test_a_connection_that_never_came_about_leaves_nothing_in_doubt(stage: Stage) -> None:
    await stage.send()
    url = "http://127.0.0.1:1/service/"
    closed = Stage(stage.service, stage.connector._session, service_hosts=frozenset({"127.0.0.1"}))
    assert isinstance(await closed.connector.send(url, CHAT, CARD), Wait)


async def test_a_redirect_is_not_followed(stage: Stage) -> None:
    stage.service.script.append(Say(307, headers={"Location": "/elsewhere"}))
    assert await stage.send() == Refused("HTTP 307")
    assert len(stage.service.asked) == 1


@pytest.mark.parametrize(
    ("status", "code", "meaning"),
    [
        (400, "BadSyntax", Refused("BadSyntax")),
        (400, "", Refused("HTTP 400")),
        (403, "ConversationBlockedByUser", Refused("ConversationBlockedByUser", unreachable=True)),
        (403, "MessageWritesBlocked", Refused("MessageWritesBlocked", unreachable=True)),
        (403, "BotNotInConversationRoster", Refused("BotNotInConversationRoster", unreachable=True)),
        (403, "BotDisabledByAdmin", Refused("BotDisabledByAdmin", unreachable=True)),
        (404, "BotNotInConversationRoster", Refused("BotNotInConversationRoster", unreachable=True)),
        (403, "", Refused("HTTP 403")),
        (404, "", Refused("HTTP 404")),
        (404, "ConversationNotFound", Refused("ConversationNotFound", unreachable=True)),
        (404, "ActivityNotFoundInConversation", Refused("ActivityNotFound")),
        (413, "MessageSizeTooBig", Refused("MessageSizeTooBig")),
        (409, "hello person, your text was: hello", Refused("HTTP 409")),
    ],
)
async def test_a_refusal_tells_its_kind(stage: Stage, status: int, code: str, meaning: Refused) -> None:
    stage.service.script.append(Say(status, {"error": {"code": code, "message": "hello"}}))
    assert await stage.send() == meaning
    assert len(stage.service.asked) == 1


@pytest.mark.parametrize("call", ["update", "delete"])
async def test_what_cannot_be_changed_because_it_is_not_there_is_gone(stage: Stage, call: str) -> None:
    stage.service.script.append(Say(404, text="<html>"))
    assert await ALL[call](stage.connector, stage.url) == Refused("ActivityNotFound")


async def test_a_refused_token_is_renewed_once(stage: Stage) -> None:
    stage.service.script.append(Say(401, {}))
    assert await stage.send() == {"id": "2"}
    assert [asked.token for asked in stage.service.asked] == ["token-1", "token-2"]


async def test_a_bot_that_is_not_registered_is_the_whole_tenants_trouble_and_told_once(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    refusal = Say(401, {"error": {"code": "BotNotRegistered"}})
    stage.service.script += [refusal] * 4
    for _ in range(2):
        assert await stage.send() == Refused("BotNotRegistered", tenant_wide=True)
    assert len(stage.service.asked) == 4
    (told,) = [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]
    assert "BotNotRegistered" in told
    assert "TEAMS_APP_ID" in told


async def test_pauses_grow_with_each_failure_of_a_conversation_and_start_anew(stage: Stage) -> None:
    stage.service.script += [Say(429)] * 5
    waits = [await stage.send() for _ in range(5)]
    assert [wait.seconds for wait in waits if isinstance(wait, Wait)] == [3, 5, 9, 11, 11]
    assert await stage.send() == {"id": "6"}
    stage.service.script.append(Say(429))
    assert await stage.send() == Wait(3, "activities.send/2s", CHAT)


async def test_a_pause_names_the_budget_that_it_is_about(stage: Stage) -> None:
    found = {}
    for name, call in ALL.items():
        stage.service.script.append(Say(429, headers={"Retry-After": "1"}))
        answer = await call(stage.connector, stage.url)
        assert isinstance(answer, Wait)
        found[name] = answer.method, answer.channel
    assert found == dict.fromkeys(["send", "reply", "update"], ("activities.send/2s", CHAT)) | {
        "delete": ("connector/1s", ""),
        "create": ("conversations.create/2s", ""),
        "member": ("connector/1s", ""),
    }


# Limits --------------------


async def test_a_call_over_the_limit_is_not_made(stage: Stage) -> None:
    for _ in range(7):
        assert not isinstance(await stage.send(), Outcome)
    answer = await stage.send()
    assert isinstance(answer, Wait)
    assert len(stage.service.asked) == 7
    stage.clock.advance(answer.seconds)
    assert not isinstance(await stage.send(), Outcome)


async def test_tenants_do_not_share_a_ceiling_on_one_service() -> None:
    async with microsoft() as service, aiohttp.ClientSession() as http:
        stage = Stage(service, http)
        stage.connector.meter = Meter(stage.clock, CEILINGS)
        for number in range(50):
            answer = await stage.connector.send(stage.url, f"a:{number}", CARD, turn=Turn("t1"))
            assert not isinstance(answer, Outcome)
        assert isinstance(await stage.connector.send(stage.url, "a:x", CARD, turn=Turn("t1")), Wait)
        assert not isinstance(await stage.connector.send(stage.url, "a:y", CARD, turn=Turn("t2")), Outcome)


# Secrets --------------------


async def test_no_failure_tells_a_token_or_a_message(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    leak = {"error": {"code": f"hello {PASSWORD}", "message": f"token-1 {PASSWORD} hello"}}
    troubles = [Say(status, leak) for status in (400, 403, 404, 413, 429, 500)]
    said = []
    for trouble in [*troubles, Say(hang_up=True), Say(cut=True), Say(text="hello {")]:
        stage.service.script.append(trouble)
        said.append(await stage.send())
        stage.clock.advance(10)
    told = repr(said) + caplog.text
    assert not any(secret in told for secret in SECRETS)
