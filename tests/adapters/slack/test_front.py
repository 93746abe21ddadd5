"""The front door: only exact, recent, signed requests come in, each once, and nothing of a body is logged."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import logging
import random
from urllib.parse import urlencode

import pytest
from multidict import CIMultiDict

from adapters.bodies import Refusal
from adapters.playground.events import sign
from adapters.slack.front import LARGEST, WINDOW, Entry, FrontDoor, parse
from bot.inbound import Command
from tests.support.slack_stage import ManualTime, Stage

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
OLDER = "an-older-secret"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MARK = "family-dinner-mark"


class StillClock(ManualTime):
    """The clock port, standing still."""

    def delay_until(self, at: object) -> None:
        return None

    def on_change(self, callback: object) -> None:
        return None


def door(clock: StillClock | None = None) -> FrontDoor:
    return FrontDoor(clock or StillClock(), (SECRET, OLDER))


def signed(body: bytes, *, at: int | None = None, secret: str = SECRET, kind: str = JSON) -> CIMultiDict[str]:
    stamp = str(int(StillClock().now().timestamp()) if at is None else at)
    signature = sign(secret, stamp, body)
    return CIMultiDict(
        {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature, "Content-Type": kind}
    )


def test_the_documented_vector_is_accepted() -> None:
    # Slack's published example: secret above, timestamp 1531420618, signature v0=a2114d57...
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    clock = StillClock()
    clock.advance(1531420618 - clock.now().timestamp())
    headers = CIMultiDict(
        {
            "X-Slack-Request-Timestamp": "1531420618",
            "X-Slack-Signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
            "Content-Type": FORM,
        }
    )
    entry = door(clock).check(headers, body)
    assert isinstance(entry, Entry)
    assert entry.body["command"] == "/webhook-collect"


@pytest.mark.parametrize("secret", [SECRET, OLDER])
def test_every_configured_secret_is_accepted_while_one_is_rotated(secret: str) -> None:
    assert isinstance(door().check(signed(b"{}", secret=secret), b"{}"), Entry)


def test_a_foreign_secret_is_not() -> None:
    assert door().check(signed(b"{}", secret="guess"), b"{}") == Refusal(401, "bad_signature")


@pytest.mark.parametrize(("shift", "is_in"), [(-301, False), (-300, True), (300, True), (301, False)])
def test_the_window_is_five_minutes_on_both_sides(shift: int, is_in: bool) -> None:
    now = int(StillClock().now().timestamp())
    assert isinstance(door().check(signed(b"{}", at=now + shift), b"{}"), Entry) is is_in


def test_a_signature_is_good_once_until_its_window_has_passed() -> None:
    clock = StillClock()
    one = door(clock)
    assert isinstance(one.check(signed(b"{}"), b"{}"), Entry)
    assert one.check(signed(b"{}"), b"{}") == Refusal(401, "replayed")
    clock.advance(WINDOW + 1)
    assert one.check(signed(b"{}"), b"{}") == Refusal(401, "outside_window")


def test_a_failed_handling_lets_the_same_request_come_again() -> None:
    one = door()
    entry = one.check(signed(b"{}"), b"{}")
    assert isinstance(entry, Entry)
    one.forget(entry.signature)
    assert isinstance(one.check(signed(b"{}"), b"{}"), Entry)


def test_the_memory_of_signatures_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.slack.front.REMEMBERED", 10)
    one = door()
    for number in range(50):
        body = json.dumps({"n": number}).encode()
        assert isinstance(one.check(signed(body), body), Entry)
    assert len(one._seen) == 10


@pytest.mark.parametrize(
    ("kind", "body", "why"),
    [
        (JSON, b"[" * 100_000, "unreadable"),
        (JSON, b'{"a":' * 100_000, "unreadable"),
        (JSON, b"\xff\xfe", "unreadable"),
        (JSON, b"[]", "unreadable"),
        (JSON, b'{"a": NaN}', "unreadable"),
        (JSON, b'{"a": ' + b"9" * 5000 + b"}", "unreadable"),
        (FORM, b"payload=%ff", "unreadable"),
        (FORM, b"payload=[[[", "unreadable"),
        (FORM, b"&".join(b"a=1" for _ in range(200)), "unreadable"),
        ("text/plain", b"{}", "unknown_content_type"),
        ("", b"{}", "unknown_content_type"),
    ],
)
def test_a_signed_body_that_cannot_be_read_is_400(kind: str, body: bytes, why: str) -> None:
    assert door().check(signed(body, kind=kind), body) == Refusal(400, why)


def test_what_cannot_be_stored_is_cleaned() -> None:
    body = b'{"text": "half \\ud83d nul \\u0000 end", "more": ["\\uDC00"]}'
    assert parse(JSON, body) == {"text": "half \ufffd nul  end", "more": ["\ufffd"]}
    assert parse(FORM, b"text=a%00b") == {"text": "ab"}
    assert parse(JSON, '{"text": "\\ud83d\\ude00 😀"}'.encode()) == {"text": "😀 😀"}


def _malformed(dice: random.Random) -> tuple[CIMultiDict[str], bytes]:
    """A request that is signed wrongly in one of many ways, its body carrying a mark."""
    body = json.dumps({"text": MARK, "n": dice.random()}).encode() + dice.randbytes(dice.randrange(20))
    headers = signed(body, kind=dice.choice([JSON, FORM, "text/plain", "é", ""]))
    name = dice.choice(["X-Slack-Signature", "X-Slack-Request-Timestamp"])
    value = headers[name]
    at = dice.randrange(3, len(value))
    ways = [
        "",
        "abc",
        "-1",
        "٣" * 10,
        "9" * 5000,
        "1e9",
        " " + value,
        value + "\n",
        value.upper() + "A",
        "v0=é",
        "v0=",
        value[:at],
        value[:at] + dice.choice("xyz") + value[at + 1 :],
        "0x" + value,
        MARK,
        value + ",",
        "+1",
    ]
    way = dice.choice([*ways, None])
    del headers[name]
    if way is not None:
        headers.add(name, way)
        if dice.random() < 0.1:
            headers.add(name, way)
    return headers, body


def test_ten_thousand_malformed_requests_are_refused_and_leave_no_trace(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    dice, one = random.Random(20261122), door()
    for _ in range(10_000):
        answer = one.check(*_malformed(dice))
        assert isinstance(answer, Refusal)
        assert answer.status in {400, 401}
    assert MARK not in caplog.text
    assert len(one._seen) == 0


# Over HTTP --------------------


async def _post(stage: Stage, body: bytes | io.BytesIO, headers: dict[str, str]) -> int:
    async with stage.http.post(f"{stage.bot_url}/slack/events", data=body, headers=headers) as response:
        return response.status


async def test_malformed_requests_over_http_are_never_500(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    unsigned = {"Content-Type": FORM}
    assert await _post(stage, f"ssl_check=1&text={MARK}".encode(), unsigned) == 401
    assert (
        await _post(stage, MARK.encode(), {"X-Slack-Request-Timestamp": "abc", "X-Slack-Signature": "v0=é"})
        == 401
    )
    assert await _post(stage, io.BytesIO(b"x" * (LARGEST + 1)), unsigned) == 400
    bomb = gzip.compress(b"0" * 50_000_000)
    assert await _post(stage, bomb, unsigned | {"Content-Encoding": "gzip"}) == 400
    assert await _post(stage, b"no gzip", unsigned | {"Content-Encoding": "gzip"}) == 400
    assert stage.script.heard == []
    assert MARK not in "".join(
        record.getMessage() for record in caplog.records if record.name.startswith("adapters")
    )


async def test_a_body_that_never_ends_is_given_up(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.bodies.READ_WITHIN", 0.1)
    address = stage.bot_url.rpartition("/")[2].split(":")
    reader, writer = await asyncio.open_connection(address[0], int(address[1]))
    writer.write(b"POST /slack/events HTTP/1.1\r\nHost: bot\r\nContent-Length: 100\r\n\r\nabc")
    assert b" 400 " in await reader.readline()
    writer.close()
    await writer.wait_closed()


def _sign(stage: Stage, body: bytes, kind: str = JSON) -> dict[str, str]:
    return stage.slack.delivery.signed(body) | {"Content-Type": kind}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"type": "event_callback"},
        {"type": "event_callback", "event": "x"},
        {"type": "event_callback", "event": {}},
        {"type": "event_callback", "event": {"type": "message"}, "team_id": 5},
        {"type": "block_actions"},
        {"type": "event_callback", "event": {"type": 7}},
        {"command": "/x"},
        {"type": "block_actions", "actions": []},
        {"type": "view_submission", "view": {"callback_id": "x"}},
        {"type": "message_action", "callback_id": "x"},
        {"type": "block_actions", "actions": [{"action_id": "a~0"}], "team": [], "user": 3},
        {"team": "x", "user": []},
        {"type": "event_callback", "team_id": "T0PLAY", "event": {"type": "app_mention", "user": "U1"}},
        {
            "type": "event_callback",
            "team_id": "T0PLAY",
            "event_id": "E",
            "event": {"type": "user_change", "user": 4},
        },
    ],
)
async def test_a_signed_payload_of_no_known_shape_is_400_or_dropped(
    stage: Stage, body: dict[str, object]
) -> None:
    raw = json.dumps(body).encode()
    assert await _post(stage, raw, _sign(stage, raw)) in {200, 400}
    form = urlencode({"payload": raw.decode()}).encode()
    assert await _post(stage, form, _sign(stage, form, FORM)) in {200, 400}
    assert stage.script.heard == []


async def test_an_unknown_event_is_answered_and_dropped(stage: Stage) -> None:
    event = {"type": "emoji_changed"}
    raw = json.dumps(
        {"type": "event_callback", "team_id": "T0PLAY", "event_id": "Ev1", "event": event}
    ).encode()
    assert await _post(stage, raw, _sign(stage, raw)) == 200
    assert stage.script.heard == []


async def test_slacks_question_about_the_address_is_answered(stage: Stage) -> None:
    raw = b'{"type": "url_verification", "challenge": "3eZbrw1aB", "token": "t"}'
    headers = _sign(stage, raw)
    async with stage.http.post(f"{stage.bot_url}/slack/events", data=raw, headers=headers) as response:
        assert await response.json() == {"challenge": "3eZbrw1aB"}


async def test_a_replayed_request_has_no_effect(stage: Stage) -> None:
    form = urlencode(
        {"command": "/focus", "text": "90m", "team_id": "T0PLAY", "user_id": "U0MAYA", "trigger_id": "1.2.3"}
    ).encode()
    headers = _sign(stage, form, FORM)
    assert await _post(stage, form, headers) == 200
    assert [await _post(stage, form, headers) for _ in range(3)] == [401, 401, 401]
    assert isinstance(stage.script.only(), Command)


async def test_other_methods_than_post_are_not_served(stage: Stage) -> None:
    async with stage.http.get(f"{stage.bot_url}/slack/events") as response:
        assert response.status == 405


def test_without_a_secret_nobody_comes_in() -> None:
    nobody = FrontDoor(StillClock(), ("", ""))
    assert nobody.check(signed(b"{}", secret=""), b"{}") == Refusal(401, "bad_signature")


def test_an_encoded_or_oversized_body_is_refused_unseen() -> None:
    encoded = signed(b"{}")
    encoded["Content-Encoding"] = "gzip"
    assert door().check(encoded, b"{}") == Refusal(400, "encoded")
    huge = b"x" * (LARGEST + 1)
    assert door().check(signed(huge), huge) == Refusal(400, "too_large")
