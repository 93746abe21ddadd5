"""Names and types of what the workspace answers, against Slack's published samples and reference pages."""

import pytest

TEXT, WHOLE, FLAG = str, int, bool
PROFILE = {
    "title": TEXT, "phone": TEXT, "skype": TEXT, "real_name": TEXT, "real_name_normalized": TEXT,
    "display_name": TEXT, "display_name_normalized": TEXT, "status_text": TEXT, "status_emoji": TEXT,
    "status_expiration": WHOLE, "avatar_hash": TEXT, "first_name": TEXT, "last_name": TEXT,
    "status_text_canonical": TEXT, "team": TEXT, "fields": object, "status_emoji_display_info": list,
}  # fmt: skip
USER = {
    "id": TEXT, "team_id": TEXT, "name": TEXT, "deleted": FLAG, "color": TEXT, "real_name": TEXT, "tz": TEXT,
    "tz_label": TEXT, "tz_offset": WHOLE, "profile": PROFILE, "is_admin": FLAG, "is_owner": FLAG,
    "is_primary_owner": FLAG, "is_restricted": FLAG, "is_ultra_restricted": FLAG, "is_bot": FLAG,
    "is_app_user": FLAG, "updated": WHOLE, "is_email_confirmed": FLAG, "is_stranger": FLAG, "locale": TEXT,
}  # fmt: skip
TOPIC = {"value": TEXT, "creator": TEXT, "last_set": WHOLE}
CHANNEL = {
    "id": TEXT, "name": TEXT, "is_channel": FLAG, "is_group": FLAG, "is_im": FLAG, "created": WHOLE,
    "is_archived": FLAG, "is_general": FLAG, "unlinked": WHOLE, "name_normalized": TEXT, "is_shared": FLAG,
    "creator": TEXT, "is_ext_shared": FLAG, "is_pending_ext_shared": FLAG, "is_org_shared": FLAG,
    "is_member": FLAG, "is_private": FLAG, "is_mpim": FLAG, "topic": TOPIC, "purpose": TOPIC,
    "previous_names": list, "num_members": WHOLE, "context_team_id": TEXT, "updated": WHOLE, "user": TEXT,
    "is_user_deleted": FLAG, "priority": WHOLE,
}  # fmt: skip
MESSAGE = {
    "type": TEXT, "user": TEXT, "text": TEXT, "ts": TEXT, "client_msg_id": TEXT, "bot_id": TEXT,
    "app_id": TEXT, "team": TEXT, "blocks": list, "metadata": {"event_type": TEXT, "event_payload": dict},
    "edited": {"user": TEXT, "ts": TEXT}, "thread_ts": TEXT, "parent_user_id": TEXT, "reply_count": WHOLE,
    "reply_users": list, "reply_users_count": WHOLE, "latest_reply": TEXT,
}  # fmt: skip
DND = {
    "dnd_enabled": FLAG, "next_dnd_start_ts": WHOLE, "next_dnd_end_ts": WHOLE, "snooze_enabled": FLAG,
    "snooze_endtime": WHOLE, "snooze_remaining": WHOLE, "snooze_is_indefinite": FLAG,
}  # fmt: skip
HISTORY = {
    "messages": [MESSAGE], "has_more": FLAG, "pin_count": WHOLE, "channel_actions_ts": object,
    "channel_actions_count": WHOLE, "response_metadata": {"next_cursor": TEXT},
}  # fmt: skip


def differences(answer: object, shape: object, where: str = "") -> list[str]:
    """Where an answer has a name or a type that the shape has not; names may be absent."""
    if isinstance(shape, dict):
        if not isinstance(answer, dict):
            return [f"{where}: not an object"]
        unknown = [f"{where}.{name}: unknown" for name in answer if name not in shape]
        known = [
            differences(answer[name], shape[name], f"{where}.{name}") for name in answer if name in shape
        ]
        return unknown + [line for lines in known for line in lines]
    if isinstance(shape, list):
        return [line for item in answer for line in differences(item, shape[0], where + "[]")]
    right = shape is object or type(answer) is shape
    return [] if right else [f"{where}: {type(answer).__name__}"]


async def prepared(play) -> dict[str, dict]:
    """One answer of each family, without `ok`."""
    maya, bot = play.person("U0MAYA"), play.bot
    mark = {"event_type": "t", "event_payload": {"id": "1"}}
    posted = await bot.chat_postMessage(channel="U0MAYA", text="x", metadata=mark)
    await bot.chat_postMessage(channel="U0MAYA", text="reply", thread_ts=posted["ts"])
    await bot.chat_update(channel=posted["channel"], ts=posted["ts"], text="y")
    await maya.dnd_setSnooze(num_minutes=5)
    return {
        "users.info": (await bot.users_info(user="U0LEE", include_locale=True)).data,
        "users.profile.get": (await maya.users_profile_get()).data,
        "dnd.info": (await maya.dnd_info()).data,
        "conversations.info": (
            await bot.conversations_info(channel="C0GENERAL", include_num_members=True)
        ).data,
        "conversations.info of a direct message": (
            await bot.conversations_info(channel=posted["channel"])
        ).data,
        "conversations.history": (await bot.conversations_history(channel=posted["channel"], limit=1)).data,
        "conversations.replies": (
            await bot.conversations_replies(channel=posted["channel"], ts=posted["ts"])
        ).data,
        "chat.postMessage": posted.data,
        "team.info": (await bot.team_info()).data,
    }


TEAM = {"id": TEXT, "name": TEXT, "url": TEXT, "domain": TEXT, "email_domain": TEXT,
        "icon": {"image_default": FLAG}, "avatar_base_url": TEXT, "is_verified": FLAG}  # fmt: skip
SHAPES = {
    "users.info": {"user": USER},
    "users.profile.get": {"profile": PROFILE},
    "dnd.info": DND,
    "conversations.info": {"channel": CHANNEL},
    "conversations.info of a direct message": {"channel": CHANNEL},
    "conversations.history": HISTORY,
    "conversations.replies": HISTORY,
    "chat.postMessage": {"channel": TEXT, "ts": TEXT, "message": MESSAGE},
    "team.info": {"team": TEAM},
}


@pytest.mark.parametrize("family", SHAPES)
async def test_an_answer_has_no_name_or_type_that_slack_has_not(play, family):
    answer = (await prepared(play))[family]
    assert differences(answer, SHAPES[family] | {"ok": FLAG}) == []


def test_the_comparison_itself_can_fail():
    assert differences({"a": "1", "c": 2}, {"a": WHOLE, "b": TEXT}) == [".c: unknown", ".a: str"]
    assert differences({"a": True}, {"a": WHOLE}) == [".a: bool"]
