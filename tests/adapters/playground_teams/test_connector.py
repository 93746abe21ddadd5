"""The connector: what it stores, what it refuses, and with which codes."""

from urllib.parse import quote

import pytest

from tests.support.teams_wire import ANA, CARD, CREW, GENERAL, MAYA, Stage, card, paragraph, text


async def test_a_message_is_stored_and_its_id_comes_back(stage: Stage) -> None:
    answer = await stage.send(MAYA, text("Good morning"))

    assert answer.status == 201
    stored = stage.place(MAYA).activities[answer.body["id"]]
    assert (stored.text, stored.by_bot, stored.sender) == ("Good morning", True, stage.world.app.bot_id)


async def test_the_same_post_twice_is_two_messages(stage: Stage) -> None:
    for _ in range(2):
        await stage.send(MAYA, text("Once?"))

    assert [post.text for post in stage.world.audit.sent_by_bot()] == ["Once?", "Once?"]


async def test_text_and_card_in_one_activity_become_two_and_no_id_comes_back(stage: Stage) -> None:
    answer = await stage.send(MAYA, card(paragraph("Card")) | {"text": "Words"})

    assert (answer.status, answer.body) == (201, {})
    words, shown = stage.world.audit.sent_by_bot()
    assert (words.text, words.card) == ("Words", None)
    assert shown.text == ""
    assert shown.card is not None


async def test_a_message_can_be_changed_and_taken_away_by_its_id(stage: Stage) -> None:
    sent = (await stage.send(MAYA, text("Old"))).body["id"]

    assert (await stage.change(MAYA, sent, text("New"))).body == {"id": sent}
    post = stage.place(MAYA).activities[sent]
    assert post.text == "New"
    assert post.edited is not None
    assert (await stage.remove(MAYA, sent)).status == 200
    assert not post.seen_by("29:maya", stage.world.now())
    assert (await stage.change(MAYA, sent, text("Again"))).code == "ActivityNotFoundInConversation"


async def test_nobody_else_s_message_can_be_changed(stage: Stage) -> None:
    said = await stage.humans.say("29:maya", MAYA, "mine")

    assert (await stage.change(MAYA, said.id or "", text("yours"))).status == 403


async def test_what_is_no_message_or_empty_is_refused(stage: Stage) -> None:
    pictures = {"type": "message", "attachments": [{"contentType": "image/png", "contentUrl": "http://x"}]}
    broken = {"type": "message", "attachments": [{"contentType": CARD, "content": {"type": "Wrong"}}]}
    for activity in ({"type": "trace"}, {"type": "message"}, pictures, broken):
        assert (await stage.send(MAYA, activity)).code == "BadSyntax"
    assert not stage.world.audit.sent_by_bot()


@pytest.mark.parametrize(("letters", "status"), [(51_000, 201), (51_300, 413)])
async def test_the_payload_is_counted_as_utf_16(stage: Stage, letters: int, status: int) -> None:
    assert (await stage.send(MAYA, text("x" * letters))).status == status


async def test_base64_pictures_do_not_count(stage: Stage) -> None:
    picture = {"type": "Image", "url": "data:image/png;base64," + "A" * 60_000}

    assert (await stage.send(MAYA, card(picture))).status == 201


async def test_an_unknown_conversation_is_a_dead_reference(stage: Stage) -> None:
    answer = await stage.send("a:nobody", text("x"))

    assert (answer.status, answer.code) == (404, "ConversationNotFound")


async def test_who_blocked_the_bot_or_lost_the_app_cannot_be_written_to(stage: Stage) -> None:
    stage.maya.blocked = True
    blocked = await stage.send(MAYA, text("x"))
    stage.maya.blocked, stage.maya.installed = False, False
    removed = await stage.send(MAYA, text("x"))

    assert (blocked.status, blocked.code) == (403, "ConversationBlockedByUser")
    assert (removed.status, removed.code) == (403, "BotNotInConversationRoster")


async def test_the_bot_writes_in_no_group_that_it_is_not_in(stage: Stage) -> None:
    await stage.humans.remove_app("29:maya", CREW)

    for answer in (
        await stage.send(CREW, text("x")),
        await stage.connector("GET", f"conversations/{CREW}/pagedmembers"),
    ):
        assert (answer.status, answer.code) == (403, "BotNotInConversationRoster")


async def test_an_admin_s_ban_and_a_lost_registration_have_their_own_codes(stage: Stage) -> None:
    stage.world.app.disabled_by_admin = True
    banned = await stage.send(MAYA, text("x"))
    stage.world.app.registered = False
    unknown = await stage.send(MAYA, text("x"))

    assert (banned.status, banned.code) == (403, "BotDisabledByAdmin")
    assert (unknown.status, unknown.code) == (401, "BotNotRegistered")


@pytest.mark.parametrize("member", ["29:maya", "aad00000-0000-4000-8000-00006d617961"])
async def test_a_personal_chat_is_found_by_account_and_directory_id(stage: Stage, member: str) -> None:
    tenant = {"tenant": {"id": stage.world.tenant_id}}
    answer = await stage.connector(
        "POST", "conversations", {"members": [{"id": member}], "channelData": tenant}
    )

    assert (answer.status, answer.body) == (201, {"id": MAYA})


async def test_a_new_chat_needs_the_tenant_the_app_and_somebody_who_exists(stage: Stage) -> None:
    tenant = {"channelData": {"tenant": {"id": stage.world.tenant_id}}}

    async def start(member: str, extra: dict[str, object]) -> tuple[str, str]:
        answer = await stage.connector("POST", "conversations", {"members": [{"id": member}], **extra})
        return answer.code, answer.body["error"]["message"]

    assert await start("29:maya", {"tenantId": "x"}) == ("BadSyntax", "Could not parse tenant id")
    assert (await start("29:ana", tenant))[0] == "BotNotInConversationRoster"
    assert await start("29:ghost", tenant) == ("BadArgument", "Failed to decrypt pairwise id")
    assert ANA not in stage.world.conversations


async def test_a_thread_starts_in_a_channel_and_replies_join_it(stage: Stage) -> None:
    data = {"tenant": {"id": stage.world.tenant_id}, "channel": {"id": GENERAL}}
    made = await stage.connector(
        "POST", "conversations", {"isGroup": True, "channelData": data, "activity": text("Week 48")}
    )
    reply = await stage.send(quote(made.body["id"], safe=""), text("More"))

    root = made.body["activityId"]
    assert made.body["id"] == f"{GENERAL};messageid={root}"
    assert stage.place(GENERAL).activities[reply.body["id"]].root == root


async def test_members_are_found_one_by_one_and_in_pages(stage: Stage) -> None:
    noor = await stage.connector("GET", f"conversations/{CREW}/members/29:noor")
    first = await stage.connector("GET", f"conversations/{CREW}/pagedmembers?pageSize=3")
    token = first.body["continuationToken"]
    rest = await stage.connector("GET", f"conversations/{CREW}/pagedmembers?continuationToken={token}")
    stranger = await stage.connector("GET", f"conversations/{MAYA}/members/29:kenji")

    assert noor.body["userRole"] == "guest"
    assert "#EXT#" in noor.body["userPrincipalName"]
    names = [one["name"] for one in first.body["members"] + rest.body["members"]]
    assert names == ["Maya Costa", "Kenji Mori", "Ana Duarte", "Noor Haddad"]
    assert "continuationToken" not in rest.body
    assert (stranger.status, stranger.code) == (404, "MemberNotFoundInConversation")


async def test_a_team_tells_its_name_and_its_channels(stage: Stage) -> None:
    team = await stage.connector("GET", f"teams/{GENERAL}")
    channels = await stage.connector("GET", f"teams/{GENERAL}/conversations")

    assert team.body["name"] == "Platform"
    assert channels.body == {"conversations": [{"id": GENERAL, "name": None}]}
    assert (await stage.connector("GET", "teams/19:none")).code == "TeamNotFound"


async def test_only_a_channel_starts_a_thread_and_only_as_a_group(stage: Stage) -> None:
    tenant = {"id": stage.world.tenant_id}
    for channel, group in ((GENERAL, False), (CREW, True)):
        data = {"tenant": tenant, "channel": {"id": channel}}
        answer = await stage.connector(
            "POST", "conversations", {"isGroup": group, "channelData": data, "activity": text("Week 48")}
        )
        assert (answer.status, answer.code) == (400, "BadSyntax")
    assert not stage.world.audit.sent_by_bot()


async def test_a_ban_holds_for_new_chats_too_and_starts_none(stage: Stage) -> None:
    ana = stage.world.users["29:ana"]
    ana.installed, stage.world.app.disabled_by_admin = True, True
    body = {"members": [{"id": ana.id}], "channelData": {"tenant": {"id": stage.world.tenant_id}}}
    answer = await stage.connector("POST", "conversations", body)

    assert (answer.status, answer.code) == (403, "BotDisabledByAdmin")
    assert ANA not in stage.world.conversations


async def test_members_from_elsewhere_say_so(stage: Stage) -> None:
    stage.world.users["29:maya"].tenant = "5e1f"
    stage.world.users["29:ana"].anonymous = True

    answer = await stage.connector("GET", f"conversations/{CREW}/pagedmembers")

    shown = {one["id"]: one for one in answer.body["members"]}
    assert (shown["29:maya"]["tenantId"], shown["29:maya"]["userRole"]) == ("5e1f", "user")
    assert shown["29:ana"] == {"id": "29:ana", "name": "Ana Duarte", "userRole": "anonymous"}
