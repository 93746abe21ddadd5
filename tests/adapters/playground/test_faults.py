"""Each switchable fault, as the unmodified slack_sdk suffers it."""

import asyncio

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from adapters.playground.faults import Fault, FaultKind, Faults

POST = "chat.postMessage"


def mark(number: int) -> dict:
    return {"event_type": "delivery", "event_payload": {"id": f"d{number}"}}


async def post(play, number: int = 1):
    return await play.bot.chat_postMessage(channel="U0MAYA", text="hello", metadata=mark(number))


async def test_a_rate_limit_fault_strikes_n_times_and_stores_nothing(play):
    play.workspace.faults.add(Fault(FaultKind.RATE_LIMITED, POST, times=2, seconds=7))
    for _ in range(2):
        with pytest.raises(SlackApiError) as caught:
            await post(play)
        assert caught.value.response.headers["Retry-After"] == "7"
    assert (await post(play))["ok"] is True
    assert play.workspace.audit.copies("id") == {"d1": 1}
    assert play.workspace.audit.early == 2


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"method": "chat.postMessage"}, "each fault needs a kind"),
        ("drop", "each fault needs a kind"),
        ({"kind": "earthquake"}, "no kind of fault is 'earthquake'; kinds: "),
        ({"kind": "drop", "delay": 3}, "a fault has no 'delay'; it has "),
    ],
)
async def test_a_wrong_fault_is_answered_in_a_sentence(play, wrong: object, says: str):
    order = {"add": [wrong]}
    async with play.http.post(f"{play.server.url}/playground/faults", json=order) as response:
        answer = await response.json()
    assert (response.status, answer["ok"]) == (400, False)
    assert answer["error"].startswith(f"bad_fault: {says}")
    assert "__init__" not in answer["error"]


async def test_a_rate_limit_may_come_with_a_body_that_is_no_json(play):
    play.workspace.faults.add(Fault(FaultKind.RATE_LIMITED, POST, seconds=1, json_body=False))
    async with play.http.post(play.server.api_url + POST) as response:
        assert (response.status, response.content_type, await response.text()) == (
            429,
            "text/plain",
            "slow down",
        )


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_server_error_stores_nothing_unless_told_to(play, status):
    play.workspace.faults.add(Fault(FaultKind.SERVER_ERROR, POST, times=1, status=status))
    play.workspace.faults.add(Fault(FaultKind.SERVER_ERROR, POST, times=1, status=status, stores=True))
    for expected in ({}, {"d1": 1}):
        async with play.http.post(
            play.server.api_url + POST,
            json={"channel": "U0MAYA", "text": "x", "metadata": mark(1)},
            headers={"Authorization": f"Bearer {play.seeded.bot.secret}"},
        ) as response:
            assert response.status == status
        assert play.workspace.audit.copies("id") == expected


@pytest.mark.parametrize("kind", [FaultKind.DROP, FaultKind.RESET])
async def test_a_broken_connection_leaves_the_post_stored(play, kind):
    play.workspace.faults.add(Fault(kind, POST, times=1))
    with pytest.raises((aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)):
        await post(play)
    assert play.workspace.audit.copies("id") == {"d1": 1}


async def test_a_connection_can_break_before_anything_is_stored(play):
    play.workspace.faults.add(Fault(FaultKind.DROP, POST, times=1, stores=False))
    with pytest.raises(aiohttp.ClientError):
        await post(play)
    assert play.workspace.audit.copies("id") == {}


async def test_a_truncated_answer_leaves_the_post_stored(play):
    play.workspace.faults.add(Fault(FaultKind.TRUNCATE, POST, times=1))
    with pytest.raises(aiohttp.ClientPayloadError):
        await post(play)
    assert play.workspace.audit.copies("id") == {"d1": 1}


async def test_a_slow_answer_comes_after_the_post_is_stored(play):
    play.workspace.faults.add(Fault(FaultKind.SLOW_ANSWER, POST, times=1, seconds=30))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(post(play), 0.3)
    assert play.workspace.audit.copies("id") == {"d1": 1}


async def test_a_slow_acceptance_stores_after_the_client_gave_up(play, eventually):
    play.workspace.faults.add(Fault(FaultKind.SLOW_ACCEPT, POST, times=1, seconds=0.3))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(post(play), 0.1)
    assert play.workspace.audit.copies("id") == {}
    await eventually(lambda: play.workspace.audit.copies("id") == {"d1": 1})


async def test_a_trickle_delivers_the_whole_answer_byte_by_byte(play):
    play.workspace.faults.add(Fault(FaultKind.TRICKLE, "auth.test", times=1, seconds=0.0001))
    assert (await play.bot.auth_test())["user_id"] == "U0BOT"


async def test_a_named_error_can_be_made_to_appear(play, error_of):
    play.workspace.faults.add(Fault(FaultKind.ERROR, "users.*", error="token_revoked"))
    assert (await play.bot.auth_test())["ok"] is True
    play.workspace.faults.clear()
    play.workspace.faults.add(Fault(FaultKind.ERROR, error="token_revoked"))
    assert await error_of(play.bot.auth_test()) == "token_revoked"
    play.workspace.faults.clear()
    assert (await play.bot.auth_test())["ok"] is True


async def test_a_deleted_post_stays_in_the_oracle(play):
    posted = await post(play)
    await play.bot.chat_delete(channel=posted["channel"], ts=posted["ts"])
    oracle = await play.get("/playground/posts")
    kept = [row for row in oracle["posts"] if row["ts"] == posted["ts"]]
    assert (kept[0]["metadata"], kept[0]["deleted"] is not None) == (mark(1), True)
    assert oracle["arrivals"] == {"chat.postMessage": 1, "chat.delete": 1}
    assert (play.workspace.audit.copies("id"), play.workspace.audit.left("id")) == ({"d1": 1}, {})


def test_the_dice_repeat_with_their_seed():
    def rolls(seed: int) -> list[bool]:
        faults = Faults(seed)
        faults.add(Fault(FaultKind.DROP, probability=0.5))
        return [faults.pick("auth.test") is not None for _ in range(64)]

    assert rolls(1) == rolls(1)
    assert rolls(1) != rolls(2)
    assert 0 < sum(rolls(1)) < 64


async def test_faults_are_switched_over_http(play):
    wanted = {"clear": True, "seed": 5, "add": [{"kind": "drop", "method": POST, "times": 1}]}
    async with play.http.post(play.server.url + "/playground/faults", json=wanted) as response:
        assert response.status == 200
    shown = await play.get("/playground/faults")
    assert (shown["seed"], shown["faults"][0]["kind"], shown["faults"][0]["left"]) == (5, "drop", 1)
    async with play.http.post(
        play.server.url + "/playground/faults", json={"add": [{"kind": "no"}]}
    ) as response:
        assert response.status == 400
