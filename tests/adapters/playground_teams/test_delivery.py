"""What the bot hears, how it is signed, and what happens when it does not answer."""

import jwt
import pytest

from adapters.playground.teams.records import TeamsUser
from tests.support.teams_wire import ANA, CREW, GENERAL, MAYA, Stage, raised_stage
from tests.support.waiting import until

BOT = "@Boundary Bot"


async def test_every_activity_is_signed_for_this_app_and_service(stage: Stage) -> None:
    await stage.humans.say("29:maya", MAYA, "today")

    claims = jwt.decode(
        stage.bot.tokens[0],
        stage.world.keys.private.public_key(),
        algorithms=["RS256"],
        audience=stage.world.app.app_id,
        issuer="https://api.botframework.com",
        options={"verify_exp": False, "verify_nbf": False},
    )
    assert claims["serviceurl"] == stage.world.service_url == stage.bot.heard[0]["serviceUrl"]
    assert claims["nbf"] <= stage.world.now().timestamp() < claims["exp"]


async def test_an_activity_says_who_where_and_in_which_zone(stage: Stage) -> None:
    await stage.humans.say("29:kenji", GENERAL, f"{BOT} today")
    heard = stage.bot.heard[0]

    assert heard["from"] == {
        "id": "29:kenji",
        "name": "Kenji Mori",
        "aadObjectId": stage.world.users["29:kenji"].aad,
    }
    assert heard["conversation"]["conversationType"] == "channel"
    assert heard["conversation"]["id"] == f"{GENERAL};messageid={heard['id']}"
    assert heard["channelData"]["tenant"] == {"id": stage.world.tenant_id}
    assert heard["channelData"]["team"] == heard["channelData"]["channel"] == {"id": GENERAL}
    client = next(one for one in heard["entities"] if one["type"] == "clientInfo")
    assert client["timezone"] == heard["localTimezone"] == "Asia/Tokyo"


async def test_mentions_are_tagged_and_listed(stage: Stage) -> None:
    await stage.humans.say("29:maya", CREW, f"{BOT} later @Kenji and @Ana Duarte: 1 < 2")
    heard = stage.bot.heard[0]

    assert heard["text"] == ("<at>Boundary Bot</at>&nbsp;later <at>Kenji</at> and <at>Ana Duarte</at>: 1 < 2")
    mentions = [one for one in heard["entities"] if one["type"] == "mention"]
    assert [one["mentioned"]["id"] for one in mentions] == [
        stage.world.app.bot_id,
        "29:kenji",
        "29:ana",
    ]
    assert [one["text"] for one in mentions][1] == "<at>Kenji</at>"
    assert "1 &lt; 2" in heard["attachments"][0]["content"]


@pytest.mark.parametrize(
    ("rsc", "words", "count"), [(False, "hello", 0), (False, BOT, 1), (True, "hello", 1)]
)
async def test_a_group_s_messages_need_a_mention_or_consent(
    stage: Stage, rsc: bool, words: str, count: int
) -> None:
    stage.world.app.rsc = rsc
    said = await stage.humans.say("29:maya", CREW, words)

    assert len(stage.bot.heard) == count
    assert said.id in stage.place(CREW).activities


async def test_a_slash_command_is_seen_by_its_author_and_the_bot(stage: Stage) -> None:
    stage.world.app.targeted = True
    said = await stage.humans.say("29:maya", CREW, "/focus 90m", slash=True)

    assert stage.bot.heard[0]["recipient"]["isTargeted"] is True
    post = stage.place(CREW).activities[said.id or ""]
    assert post.seen_by("29:maya", stage.world.now())
    assert not post.seen_by("29:ana", stage.world.now())


async def test_there_are_no_slash_commands_without_the_manifest_s_word(stage: Stage) -> None:
    said = await stage.humans.say("29:maya", CREW, "/focus 90m", slash=True)

    assert not said.ok
    assert not stage.bot.heard


@pytest.mark.parametrize(("blocked", "installed"), [(True, True), (False, False)])
async def test_who_lost_the_app_or_blocked_the_bot_is_not_heard(
    stage: Stage, blocked: bool, installed: bool
) -> None:
    stage.maya.blocked, stage.maya.installed = blocked, installed
    await stage.humans.say("29:maya", MAYA, "hello?")

    assert not stage.bot.heard


async def test_installing_tells_twice_and_removing_once(stage: Stage) -> None:
    await stage.humans.install("29:ana")
    await stage.humans.uninstall("29:ana")

    told = [(one["type"], one.get("action")) for one in stage.bot.heard]
    assert told == [
        ("installationUpdate", "add"),
        ("conversationUpdate", None),
        ("installationUpdate", "remove"),
    ]
    assert {one["conversation"]["id"] for one in stage.bot.heard} == {ANA}
    assert not stage.world.users["29:ana"].installed


async def test_the_bot_hears_that_it_comes_to_a_team_and_leaves_it(stage: Stage) -> None:
    await stage.humans.remove_app("29:maya", GENERAL)
    await stage.humans.add_app("29:maya", GENERAL)

    bot = {"id": stage.world.app.bot_id}
    left, joined = (one for one in stage.bot.heard if one["type"] == "conversationUpdate")
    assert [one["action"] for one in stage.bot.heard if "action" in one] == ["remove", "add"]
    assert (left["membersRemoved"], left["channelData"]["eventType"]) == ([bot], "teamMemberRemoved")
    assert bot in joined["membersAdded"]
    assert joined["channelData"]["eventType"] == "teamMemberAdded"


async def test_what_is_not_answered_in_time_comes_again_once_with_the_same_id() -> None:
    async with raised_stage(deadline=0.5) as stage:
        stage.bot.silent = 2
        said = await stage.humans.say("29:maya", MAYA, "Are you there?")
        await until(lambda: len(stage.server.delivery.attempts) == 2)

        assert said.status == 0
        assert [one["id"] for one in stage.bot.heard] == [said.id, said.id]
        assert [one.outcome for one in stage.server.delivery.attempts] == ["http_timeout"] * 2


async def test_an_error_is_not_repeated(stage: Stage) -> None:
    stage.bot.status = 500
    said = await stage.humans.say("29:maya", MAYA, "x")

    assert said.status == 500
    assert [one.outcome for one in stage.server.delivery.attempts] == ["http_error"]


async def test_a_raw_activity_goes_out_as_it_is(stage: Stage) -> None:
    assert await stage.humans.deliver({"type": "event", "id": "1"}) == 201
    assert await stage.humans.deliver({"type": "event", "id": "2"}, authorization="") == 201
    assert stage.bot.heard[0] == {"type": "event", "id": "1"}
    assert stage.bot.tokens[0]
    assert not stage.bot.tokens[1]


async def test_a_name_is_mentioned_where_it_stands_and_one_word_is_a_whole_name(stage: Stage) -> None:
    stage.world.add_user(TeamsUser("29:may", "aad-may", "May", "may@play.onmicrosoft.com", "Europe/Berlin"))
    stage.world.users["29:noor"].name = "Maybe Haddad"
    stage.place(CREW).members["29:may"] = None
    bot = stage.world.app.bot_id
    await stage.humans.say("29:kenji", CREW, f"@Maybe @May <and> {BOT} hello", mentions=["29:may", bot])

    heard = stage.bot.heard[0]
    assert heard["text"] == "@Maybe <at>May</at> <and> <at>Boundary Bot</at>&nbsp;hello"
    assert [one["mentioned"]["id"] for one in heard["entities"][:2]] == ["29:may", bot]
    content = heard["attachments"][0]["content"]
    assert content.startswith("<p>@Maybe <span")
    assert "&lt;and&gt;" in content


async def test_without_an_address_nothing_is_reached(stage: Stage) -> None:
    stage.world.app.endpoint = None

    assert (await stage.humans.say("29:maya", MAYA, "x")).status == 0
    assert stage.server.delivery.attempts[0].outcome == "connection_failed"
