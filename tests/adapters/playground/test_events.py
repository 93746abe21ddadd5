"""Signed events to the unmodified Bolt, with Slack's retries."""

import asyncio

from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.playground.events import sign


def test_the_signature_matches_slacks_published_vector():
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F"
        b"96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    signature = sign("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", body)
    assert signature == "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"


async def test_bolt_echoes_the_challenge(play, bolt):
    assert await play.server.delivery.verify_request_url() is True


async def test_a_direct_message_arrives_as_message_im(play, bolt):
    seen = await play.humans.say("U0MAYA", "D0BOT0MAYA", "hello <you> & me")
    event = bolt.heard[0]["event"]
    assert (event["type"], event["channel_type"], event["ts"]) == ("message", "im", seen.ts)
    assert event["text"] == "hello &lt;you&gt; &amp; me"
    assert event["client_msg_id"]
    assert bolt.heard[0]["authorizations"][0]["user_id"] == "U0BOT"


async def test_a_typed_mention_becomes_an_id(play, bolt):
    await play.humans.say("U0SAM", "C0GENERAL", "@maya, see #platform (mail me@maya.example)")
    assert bolt.heard[0]["event"]["text"] == "<@U0MAYA>, see <#C0PLATFORM> (mail me@maya.example)"


async def test_a_mention_of_the_bot_arrives_twice_as_message_and_app_mention(play, bolt):
    await play.humans.say("U0SAM", "C0GENERAL", "@boundary hello")
    assert sorted(body["event"]["type"] for body in bolt.heard) == ["app_mention", "message"]
    assert len({body["event_id"] for body in bolt.heard}) == 2


async def test_the_bot_hears_nothing_where_it_is_not(play, bolt):
    await play.humans.say("U0SAM", "C0RANDOM", "hello")
    await play.humans.say("U0SAM", "D0MAYA0SAM", "hello")
    assert bolt.heard == []


async def test_an_event_needs_its_scope(play, bolt):
    play.seeded.bot.scopes = ("im:history",)
    await play.humans.say("U0SAM", "C0GENERAL", "hello")
    await play.humans.say("U0MAYA", "D0BOT0MAYA", "hello")
    assert [body["event"]["channel_type"] for body in bolt.heard] == ["im"]


async def test_a_status_change_arrives_with_the_whole_person(play, bolt):
    await play.humans.set_status_by_hand("U0MAYA", "Reading", ":book:")
    kinds = {body["event"]["type"]: body["event"] for body in bolt.heard}
    assert set(kinds) == {"user_change", "user_status_changed", "user_profile_changed"}
    user = kinds["user_status_changed"]["user"]
    assert (user["id"], user["profile"]["status_text"], user["tz"]) == ("U0MAYA", "Reading", "Europe/Lisbon")


async def test_revoking_names_people_and_not_tokens(play, bolt):
    await play.humans.revoke("U0MAYA")
    assert bolt.heard[0]["event"]["tokens"] == {"oauth": ["U0MAYA"], "bot": []}
    assert "xoxp" not in str(bolt.heard)


async def test_uninstalling_kills_every_token_and_says_so(play, bolt, error_of):
    await play.humans.uninstall()
    assert sorted(body["event"]["type"] for body in bolt.heard) == ["app_uninstalled", "tokens_revoked"]
    assert await error_of(play.bot.auth_test()) == "token_revoked"
    assert await error_of(play.person("U0SAM").auth_test()) == "token_revoked"


class Failing:
    """An app that answers each request with the next of `statuses`, and keeps what it was sent."""

    def __init__(self, *statuses: int, headers: dict[str, str] | None = None) -> None:
        self.statuses = list(statuses)
        self.seen: list[tuple[str, str | None, str | None]] = []
        self.events: list[dict] = []
        self._headers = headers

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.json()
        headers = request.headers
        self.events.append(body["event"])
        self.seen.append(
            (body["event_id"], headers.get("x-slack-retry-num"), headers.get("x-slack-retry-reason"))
        )
        status = self.statuses.pop(0) if self.statuses else 200
        return web.Response(status=status, headers=self._headers)

    async def start(self, play) -> TestServer:
        app = web.Application()
        app.router.add_post("/", self.handle)
        server = TestServer(app)
        await server.start_server()
        play.workspace.app.request_url = str(server.make_url("/"))
        return server


async def settled(failing: Failing, count: int) -> None:
    for _ in range(200):
        if len(failing.seen) >= count:
            break
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.1)  # room for one try too many


async def test_a_failed_event_comes_again_with_the_same_id_and_its_number(play):
    failing = Failing(500, 500)
    async with await failing.start(play):
        await play.humans.say("U0MAYA", "D0BOT0MAYA", "hello")
        await settled(failing, 3)
    assert len({event_id for event_id, _, _ in failing.seen}) == 1
    assert [row[1:] for row in failing.seen] == [(None, None), ("1", "http_error"), ("2", "http_error")]


async def test_an_event_is_given_up_after_three_retries(play):
    failing = Failing(*[500] * 10)
    async with await failing.start(play):
        await play.humans.say("U0MAYA", "D0BOT0MAYA", "hello")
        await settled(failing, 4)
    assert [number for _, number, _ in failing.seen] == [None, "1", "2", "3"]


async def test_an_app_can_ask_for_no_retry(play):
    failing = Failing(500, headers={"x-slack-no-retry": "1"})
    async with await failing.start(play):
        await play.humans.say("U0MAYA", "D0BOT0MAYA", "hello")
        await settled(failing, 1)
    assert len(failing.seen) == 1


async def test_an_unreachable_app_is_a_failed_connection(play):
    play.workspace.app.request_url = "http://127.0.0.1:9/"
    await play.humans.say("U0MAYA", "D0BOT0MAYA", "hello")
    assert play.server.delivery.attempts[0].outcome == "connection_failed"


async def test_an_event_can_be_replayed_as_it_was(play, bolt):
    await play.humans.say("U0MAYA", "D0BOT0MAYA", "hello")
    assert await play.server.delivery.resend(bolt.heard[0], retry=1) == "ok"
    assert bolt.heard[0] == bolt.heard[1]


async def test_a_changed_message_carries_before_and_after(play):
    failing = Failing()
    play.workspace.app.events = ("message.channels",)
    async with await failing.start(play):
        posted = await play.bot.chat_postMessage(channel="C0GENERAL", text="draft")
        await play.bot.chat_update(channel="C0GENERAL", ts=posted["ts"], text="final")
        await play.bot.chat_delete(channel="C0GENERAL", ts=posted["ts"])
        await settled(failing, 3)
    changed, deleted = sorted((e for e in failing.events if "subtype" in e), key=lambda e: e["ts"])
    assert (changed["previous_message"]["text"], changed["message"]["text"]) == ("draft", "final")
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", posted["ts"])
