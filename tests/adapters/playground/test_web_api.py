"""The Web API as the unmodified slack_sdk meets it."""

import pytest
from slack_sdk.errors import SlackApiError

from adapters.playground.records import ChannelKind, TokenKind
from adapters.playground.seed import USER_SCOPES

DIRECT = "D0BOT0MAYA"
LONG_METADATA = {"event_type": "x", "event_payload": {"a": "b" * 20_000}}


async def test_auth_test_says_who_the_token_is_and_which_scopes_it_has(play):
    answer = await play.bot.auth_test()
    assert (answer["user_id"], answer["bot_id"], answer["team_id"]) == ("U0BOT", "B0BOUNDARY", "T0PLAY")
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")


@pytest.mark.parametrize(("token", "error"), [(None, "not_authed"), ("xoxb-wrong", "invalid_auth")])
async def test_a_missing_or_wrong_token_is_refused_by_name(play, error_of, token, error):
    assert await error_of(play.client(token).auth_test()) == error


async def test_a_revoked_token_says_so(play, error_of):
    maya = play.person("U0MAYA")
    assert (await maya.auth_revoke())["revoked"] is True
    assert await error_of(maya.auth_test()) == "token_revoked"


async def test_a_person_who_left_has_an_inactive_account(play, error_of):
    play.workspace.users["U0MAYA"].deleted = True
    assert await error_of(play.person("U0MAYA").dnd_info()) == "account_inactive"


async def test_a_missing_scope_names_what_is_needed_and_what_is_there(play):
    play.seeded.bot.scopes = ("commands",)
    with pytest.raises(SlackApiError) as caught:
        await play.bot.chat_postMessage(channel="C0GENERAL", text="hello")
    answer = caught.value.response
    assert (answer["error"], answer["needed"], answer["provided"]) == (
        "missing_scope",
        "chat:write",
        "commands",
    )


async def test_the_bot_cannot_do_what_only_a_person_may(play, error_of):
    profile = {"status_text": "x", "status_emoji": ":x:"}
    assert await error_of(play.bot.users_profile_set(profile=profile)) == "not_allowed_token_type"
    assert await error_of(play.bot.dnd_setSnooze(num_minutes=5)) == "not_allowed_token_type"
    assert (
        await error_of(play.bot.apps_connections_open(app_token=play.seeded.bot.secret))
        == "not_allowed_token_type"
    )


async def test_an_unknown_method_is_refused_by_name(play, error_of):
    assert await error_of(play.bot.api_call("chat.scheduleMessage")) == "unknown_method"


async def test_a_post_to_a_person_lands_in_the_bots_direct_messages(play):
    answer = await play.bot.chat_postMessage(channel="U0MAYA", text="hello")
    assert answer["channel"] == DIRECT
    history = await play.bot.conversations_history(channel=DIRECT)
    assert [message["ts"] for message in history["messages"]] == [answer["ts"]]


async def test_the_bot_is_shut_out_of_a_conversation_between_two_people(play, error_of):
    assert await error_of(play.bot.chat_postMessage(channel="D0MAYA0SAM", text="x")) == "channel_not_found"
    assert await error_of(play.bot.chat_postMessage(channel="C0LEADS", text="x")) == "channel_not_found"
    assert await error_of(play.bot.chat_postMessage(channel="C0RANDOM", text="x")) == "not_in_channel"


async def test_metadata_comes_back_only_when_asked_for(play):
    mark = {"event_type": "delivery", "event_payload": {"id": "d1"}}
    posted = await play.bot.chat_postMessage(channel="U0MAYA", text="hello", metadata=mark)
    assert "event_payload" not in posted["message"]["metadata"]
    plain = await play.bot.conversations_history(channel=DIRECT)
    assert plain["messages"][0]["metadata"] == {"event_type": "delivery"}
    whole = await play.bot.conversations_history(channel=DIRECT, include_all_metadata=True)
    assert whole["messages"][0]["metadata"] == mark


async def test_history_pages_newest_first_and_honours_its_edges(play):
    sent = []
    for number in range(5):
        sent.append((await play.bot.chat_postMessage(channel="U0MAYA", text=str(number)))["ts"])
        play.time.advance(2)
    first = await play.bot.conversations_history(channel=DIRECT, limit=2)
    assert [m["text"] for m in first["messages"]] == ["4", "3"]
    assert first["has_more"] is True
    cursor = first["response_metadata"]["next_cursor"]
    second = await play.bot.conversations_history(channel=DIRECT, limit=2, cursor=cursor)
    assert [m["text"] for m in second["messages"]] == ["2", "1"]
    between = await play.bot.conversations_history(channel=DIRECT, oldest=sent[1], latest=sent[3])
    assert [m["text"] for m in between["messages"]] == ["2"]


async def test_replies_are_in_the_thread_and_not_in_the_history(play):
    parent = await play.bot.chat_postMessage(channel="U0MAYA", text="parent")
    await play.bot.chat_postMessage(channel="U0MAYA", text="reply", thread_ts=parent["ts"])
    history = await play.bot.conversations_history(channel=DIRECT)
    assert [(m["text"], m["reply_count"]) for m in history["messages"]] == [("parent", 1)]
    thread = await play.bot.conversations_replies(channel=DIRECT, ts=parent["ts"])
    assert [m["text"] for m in thread["messages"]] == ["parent", "reply"]


async def test_only_own_messages_are_changed_or_deleted(play, error_of):
    seen = await play.humans.say("U0MAYA", "C0GENERAL", "mine")
    bot = play.bot
    assert await error_of(bot.chat_update(channel="C0GENERAL", ts=seen.ts, text="x")) == "cant_update_message"
    assert await error_of(bot.chat_delete(channel="C0GENERAL", ts=seen.ts)) == "cant_delete_message"
    own = await bot.chat_postMessage(channel="C0GENERAL", text="draft")
    await bot.chat_update(channel="C0GENERAL", ts=own["ts"], text="final")
    newest = (await bot.conversations_history(channel="C0GENERAL"))["messages"][0]
    assert (newest["text"], "edited" in newest) == ("final", True)
    await bot.chat_delete(channel="C0GENERAL", ts=own["ts"])
    assert await error_of(bot.chat_delete(channel="C0GENERAL", ts=own["ts"])) == "message_not_found"


async def test_an_ephemeral_message_is_seen_by_its_viewer_only_and_cannot_be_updated(play, error_of):
    answer = await play.bot.chat_postEphemeral(channel="C0GENERAL", user="U0SAM", text="only you")
    ts = answer["message_ts"]
    assert await error_of(play.bot.chat_update(channel="C0GENERAL", ts=ts, text="x")) == "message_not_found"
    sams = await play.get("/playground/messages", **{"as": "U0SAM", "channel": "C0GENERAL"})
    mayas = await play.get("/playground/messages", **{"as": "U0MAYA", "channel": "C0GENERAL"})
    assert [m["ephemeral"] for m in sams["messages"] if m["ts"] == ts] == [True]
    assert ts not in [m["ts"] for m in mayas["messages"]]
    stranger = play.bot.chat_postEphemeral(channel="C0LEADS", user="U0SAM", text="x")
    assert await error_of(stranger) == "channel_not_found"
    del play.workspace.channels["C0GENERAL"].members["U0LEE"]
    outsider = play.bot.chat_postEphemeral(channel="C0GENERAL", user="U0LEE", text="x")
    assert await error_of(outsider) == "user_not_in_channel"


async def test_a_permalink_leads_to_the_page(play):
    seen = await play.humans.say("U0MAYA", "C0GENERAL", "hello")
    link = (await play.bot.chat_getPermalink(channel="C0GENERAL", message_ts=seen.ts))["permalink"]
    assert link == f"{play.server.url}/archives/C0GENERAL/p{seen.ts.replace('.', '')}"
    async with play.http.get(link, allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (302, f"/#C0GENERAL/{seen.ts}")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({}, "no_text"),
        ({"blocks": [{"type": "section"}]}, "invalid_blocks"),
        ({"blocks": "not json"}, "invalid_blocks_format"),
        ({"text": "x", "metadata": {"event_type": "x"}}, "invalid_metadata_format"),
        ({"text": "x", "metadata": LONG_METADATA}, "metadata_too_large"),
        ({"text": "x", "markdown_text": "x"}, "markdown_text_conflict"),
    ],
)  # fmt: skip
async def test_a_bad_post_is_refused_by_name(play, error_of, arguments, error):
    assert (
        await error_of(play.bot.api_call("chat.postMessage", json={"channel": "U0MAYA", **arguments}))
        == error
    )


async def test_conversations_open_gives_the_same_conversation_again(play, error_of):
    first = await play.bot.conversations_open(users="U0MAYA")
    assert first["channel"]["id"] == DIRECT
    play.workspace.users["U0LEE"].deleted = True
    assert await error_of(play.bot.conversations_open(users="U0LEE")) == "user_disabled"
    assert await error_of(play.bot.conversations_open(users="U0NOBODY")) == "user_not_found"


async def test_conversations_list_needs_the_scope_of_each_kind(play, error_of):
    named = [
        c["name"]
        for c in (await play.bot.conversations_list(types="public_channel,private_channel"))["channels"]
    ]
    assert named == ["general", "platform", "random"]
    play.seeded.bot.scopes = ("channels:read",)
    assert await error_of(play.bot.conversations_list(types="im")) == "missing_scope"
    assert (await play.bot.conversations_info(channel="C0GENERAL"))["channel"]["is_member"] is True
    assert await error_of(play.bot.conversations_info(channel=DIRECT)) == "missing_scope"


async def test_users_list_pages_with_a_cursor(play):
    first = await play.bot.users_list(limit=3)
    cursor = first["response_metadata"]["next_cursor"]
    rest = await play.bot.users_list(limit=10, cursor=cursor)
    assert len(first["members"]) + len(rest["members"]) == len(play.workspace.users)


async def test_users_info_carries_zone_and_guest_flags(play):
    play.workspace.users["U0LEE"].ultra_restricted = True
    lee = (await play.bot.users_info(user="U0LEE", include_locale=True))["user"]
    assert (lee["tz"], lee["is_ultra_restricted"], lee["is_bot"], lee["locale"]) == (
        "America/Los_Angeles", True, False, "en-US")  # fmt: skip
    assert isinstance(lee["tz_offset"], int)


async def test_a_persons_scopes_only_grow(play):
    before = play.seeded.users["U0MAYA"].secret
    grown = play.workspace.grant(TokenKind.USER, "U0MAYA", ["im:write"])
    assert grown.secret == before
    assert set(grown.scopes) == {*USER_SCOPES, "im:write"}


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("conversations.open", {}, "users_list_not_supplied"),
        ("conversations.open", {"users": "U0BOT"}, "cannot_dm_bot"),
        ("conversations.open", {"users": ",".join(f"U{n}" for n in range(9))}, "too_many_users"),
        ("conversations.open", {"users": "U0MAYA,U0SAM"}, "missing_scope"),
        ("conversations.list", {"types": "spaceship"}, "invalid_types"),
        ("conversations.history", {"channel": "C0RANDOM"}, "not_in_channel"),
        ("conversations.history", {"channel": DIRECT, "oldest": "yesterday"}, "invalid_ts_oldest"),
        ("conversations.history", {"channel": DIRECT, "cursor": "page:x"}, "invalid_cursor"),
        ("conversations.history", {"channel": DIRECT, "limit": "many"}, "invalid_arguments"),
        ("conversations.replies", {"channel": DIRECT, "ts": "1.0"}, "thread_not_found"),
        ("chat.postMessage", {"text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "U0NOBODY", "text": "x"}, "channel_not_found"),
        ("chat.update", {"channel": "C0GENERAL", "ts": "1.0", "text": "x"}, "message_not_found"),
        ("chat.getPermalink", {"channel": "C0GENERAL", "message_ts": "1.0"}, "message_not_found"),
        ("chat.postEphemeral", {"channel": "C0GENERAL", "user": "U0SAM", "text": "x" * 4001}, "msg_too_long"),
        ("users.info", {"user": "U0NOBODY"}, "user_not_found"),
        ("views.publish", {"view": "{}"}, "invalid_arguments"),
    ],
)
async def test_a_wrong_call_is_refused_with_slacks_error_name(play, error_of, method, arguments, error):
    assert await error_of(play.bot.api_call(method, data=arguments)) == error


async def test_a_reply_goes_to_the_parent_of_a_thread_and_to_nothing_else(play, error_of):
    play.workspace.limits.enabled = False
    parent = await play.bot.chat_postMessage(channel="U0MAYA", text="parent")
    reply = await play.bot.chat_postMessage(channel="U0MAYA", text="reply", thread_ts=parent["ts"])
    for wrong in (reply["ts"], "1.000001", "yesterday"):
        post = play.bot.chat_postMessage(channel="U0MAYA", text="lost", thread_ts=wrong)
        assert await error_of(post) == "cannot_reply_to_message"
    await play.bot.chat_delete(channel=parent["channel"], ts=parent["ts"])
    late = await play.bot.chat_postMessage(channel="U0MAYA", text="late", thread_ts=parent["ts"])
    assert late["message"]["thread_ts"] == parent["ts"]


async def test_an_archived_channel_takes_no_posts(play, error_of):
    play.workspace.channels["C0GENERAL"].archived = True
    assert await error_of(play.bot.chat_postMessage(channel="C0GENERAL", text="x")) == "is_archived"
    listed = await play.bot.conversations_list(exclude_archived=True)
    assert "general" not in [channel["name"] for channel in listed["channels"]]


async def test_a_switched_off_tab_refuses_its_use(play, error_of):
    play.workspace.app.messages_tab_enabled = play.workspace.app.home_tab_enabled = False
    assert await error_of(play.bot.chat_postMessage(channel="U0MAYA", text="x")) == "messages_tab_disabled"
    view = {"type": "home", "blocks": []}
    assert await error_of(play.bot.views_publish(user_id="U0MAYA", view=view)) == "not_enabled"


async def test_a_form_may_carry_structures_as_json_text(play):
    arguments = {"channel": "U0MAYA", "text": "x", "blocks": '[{"type": "divider"}]'}
    posted = await play.bot.api_call("chat.postMessage", data=arguments)
    assert posted["message"]["blocks"][0]["type"] == "divider"


async def test_an_update_takes_at_most_four_thousand_characters(play, error_of):
    posted = await play.bot.chat_postMessage(channel="U0MAYA", text="x")
    call = play.bot.chat_update(channel=posted["channel"], ts=posted["ts"], text="x" * 4001)
    assert await error_of(call) == "msg_too_long"


async def test_an_update_with_text_alone_takes_the_blocks_away(play):
    posted = await play.bot.chat_postMessage(channel="U0MAYA", text="x", blocks=[{"type": "divider"}])
    changed = await play.bot.chat_update(channel=posted["channel"], ts=posted["ts"], text="done")
    assert "blocks" not in changed["message"]


async def test_members_page_with_a_cursor(play):
    first = await play.bot.conversations_members(channel="C0GENERAL", limit=4)
    cursor = first["response_metadata"]["next_cursor"]
    rest = await play.bot.conversations_members(channel="C0GENERAL", limit=4, cursor=cursor)
    assert first["members"] + rest["members"] == list(play.workspace.channels["C0GENERAL"].members)


async def test_the_apps_own_token_says_which_app_it_is(play):
    answer = await play.client(play.seeded.app.secret).auth_test()
    assert (answer["app_id"], "user_id" in answer.data) == ("A0BOUNDARY", False)
    assert (await play.bot.auth_revoke(test=True))["revoked"] is False


@pytest.mark.parametrize(
    ("what", "flags"),
    [("", ()), ("shared", ("is_shared", "is_ext_shared")), ("invited", ("is_pending_ext_shared",))],
)
async def test_a_channel_says_whether_another_organisation_is_in_it_or_invited(play, what, flags):
    if what:
        setattr(play.workspace.channels["C0GENERAL"], what, True)
    shown = (await play.bot.conversations_info(channel="C0GENERAL"))["channel"]
    known = ("is_shared", "is_ext_shared", "is_pending_ext_shared")
    assert tuple(flag for flag in known if shown[flag]) == flags


@pytest.mark.parametrize("method", ["conversations_info", "conversations_members"])
async def test_who_is_in_a_channel_needs_the_right_for_its_kind(play, error_of, method):
    play.workspace.add_channel("G0SECRET", "secret", ["U0MAYA", "U0BOT"], kind=ChannelKind.PRIVATE)
    ask = getattr(play.bot, method)
    await ask(channel="G0SECRET")
    play.seeded.bot.scopes = tuple(scope for scope in play.seeded.bot.scopes if scope != "groups:read")
    assert await error_of(ask(channel="G0SECRET")) == "missing_scope"
    assert await error_of(ask(channel="C0NOWHERE")) == "channel_not_found"
