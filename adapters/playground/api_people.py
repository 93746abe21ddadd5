"""The `users.*`, `dnd.*` and `team.*` methods."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from adapters.playground import members
from adapters.playground.call import Call, Handler, page_of
from adapters.playground.errors import SlackError
from adapters.playground.records import Json, User

_EMOJI: Final = re.compile(r":[a-z0-9_+'-]+(?:::skin-tone-[2-6])?:")


def info(call: Call) -> Json:
    """`users.info`."""
    user = call.workspace.user(call.need("user", "user_not_found"))
    return {"user": members.user_json(call.workspace, user, locale=call.flag("include_locale"))}


def list_all(call: Call) -> Json:
    """`users.list`."""
    locale = call.flag("include_locale")
    people = [
        members.user_json(call.workspace, user, locale=locale) for user in call.workspace.users.values()
    ]
    rows, following = page_of(people, call.text("cursor"), call.whole("limit", 1000))
    now = int(call.workspace.epoch())
    return {"members": rows, "cache_ts": now, "response_metadata": {"next_cursor": following}}


def profile_get(call: Call) -> Json:
    """`users.profile.get`: of `user`, or of whom the token speaks for."""
    user = call.workspace.user(call.text("user") or call.token.user)
    return {"profile": members.profile_json(call.workspace, user)}


def profile_set(call: Call) -> Json:
    """`users.profile.set`: the three status fields, of oneself (only admins may set another's)."""
    if call.text("user") not in {None, "", call.token.user}:
        raise SlackError("not_admin")
    if call.encoding != "json":
        raise SlackError("invalid_array_arg")  # node-slack-sdk#360
    given = call.args.get("profile")
    if not isinstance(given, dict):
        raise SlackError("invalid_profile")
    _set_status(call, call.me, given)
    profile = members.profile_json(call.workspace, call.me)
    return {"username": call.me.name, "profile": profile}


def _set_status(call: Call, user: User, given: Json) -> None:
    text = str(given.get("status_text", user.profile.status_text) or "")
    emoji = str(given.get("status_emoji", user.profile.status_emoji) or "")
    expiration = given.get("status_expiration", user.profile.status_expiration)
    if len(text) > members.STATUS_TEXT:
        raise SlackError("too_long")
    if emoji and not _EMOJI.fullmatch(emoji):
        raise SlackError("invalid_emoji_not_allowed")
    half_cleared = (not text and emoji) or (
        text and given.get("status_emoji") == "" and "status_text" not in given
    )
    if half_cleared:
        raise SlackError("must_clear_both_status_text_and_status_emoji")
    if isinstance(expiration, bool) or not isinstance(expiration, int) or expiration < 0:
        raise SlackError("invalid_profile")
    members.set_status(call.workspace, user, text, emoji, expiration)


def dnd_info(call: Call) -> Json:
    """`dnd.info`: the schedule of anybody, the snooze of nobody but oneself."""
    user = call.workspace.user(call.text("user") or call.token.user)
    return members.dnd_json(call.workspace, user, own=user.id == call.token.user)


def set_snooze(call: Call) -> Json:
    """`dnd.setSnooze`."""
    minutes = call.text("num_minutes") or ""
    if not minutes.isdecimal() or int(minutes) < 1:
        raise SlackError("missing_duration")
    members.set_snooze(call.workspace, call.me, int(minutes))
    return members.snooze_json(call.workspace, call.me)


def end_snooze(call: Call) -> Json:
    """`dnd.endSnooze`."""
    members.end_snooze(call.workspace, call.me)
    return members.dnd_json(call.workspace, call.me, own=True)


def end_dnd(call: Call) -> Json:
    """`dnd.endDnd`."""
    members.end_dnd(call.workspace, call.me)
    return {}


def team_dnd(call: Call) -> Json:
    """`dnd.teamInfo`: the schedules of at most 50 people."""
    names = [name.strip() for name in (call.text("users") or "").split(",") if name.strip()]
    if not names:
        raise SlackError("no_users_provided")
    if len(names) > 50:
        raise SlackError("too_many_users")
    users = [call.workspace.user(name) for name in names]
    return {"users": {user.id: members.dnd_json(call.workspace, user, own=False) for user in users}}


def team_info(call: Call) -> Json:
    """`team.info`."""
    workspace = call.workspace
    return {
        "team": {
            "id": workspace.team_id,
            "name": workspace.team_name,
            "url": f"{workspace.base_url}/",
            "domain": workspace.team_name.lower(),
            "email_domain": "",
            "icon": {"image_default": True},
            "avatar_base_url": "",
            "is_verified": False,
        }
    }


HANDLERS: Final[Mapping[str, Handler]] = MappingProxyType(
    {
        "users.info": info,
        "users.list": list_all,
        "users.profile.get": profile_get,
        "users.profile.set": profile_set,
        "dnd.info": dnd_info,
        "dnd.setSnooze": set_snooze,
        "dnd.endSnooze": end_snooze,
        "dnd.endDnd": end_dnd,
        "dnd.teamInfo": team_dnd,
        "team.info": team_info,
    }
)
