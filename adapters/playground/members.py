"""People's profiles: statuses that expire, snoozes, do-not-disturb schedules, and their JSON."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from adapters.playground.errors import SlackError
from adapters.playground.records import Json, User
from adapters.playground.workspace import Workspace

STATUS_TEXT: Final = 100
DEFAULT_EMOJI: Final = ":speech_balloon:"  # what Slack shows for a status without an emoji


def set_status(workspace: Workspace, user: User, text: str, emoji: str, expiration: int) -> None:
    """Set a status (two empty strings clear it) and tell the app; `expiration` in epoch seconds or 0."""
    profile = user.profile
    cleared = not text and not emoji
    profile.status_text = text
    profile.status_emoji = emoji or ("" if cleared else DEFAULT_EMOJI)
    profile.status_expiration = 0 if cleared else expiration
    _announce(workspace, user)


def expire_statuses(workspace: Workspace) -> None:
    """Clear the statuses whose time has come, as Slack does by itself."""
    for user in workspace.users.values():
        expire_status(workspace, user)


def expire_status(workspace: Workspace, user: User) -> None:
    """Clear one person's status if its time has come."""
    if 0 < user.profile.status_expiration <= workspace.epoch():
        set_status(workspace, user, "", "", 0)


def set_snooze(workspace: Workspace, user: User, minutes: int) -> None:
    """Start a snooze, or replace the one that runs."""
    if minutes > workspace.max_snooze_minutes:
        raise SlackError("too_long")
    user.snooze_until = float(int(workspace.epoch()) + minutes * 60)
    workspace.changed()


def end_snooze(workspace: Workspace, user: User) -> None:
    """End the snooze that runs; `snooze_end_failed` when none does."""
    if user.snooze_until <= workspace.epoch():
        raise SlackError("snooze_end_failed")
    user.snooze_until = 0.0
    workspace.changed()


def end_dnd(workspace: Workspace, user: User) -> None:
    """End the scheduled period that runs now; `not_in_dnd` when none does."""
    now = workspace.epoch()
    start, end = next_dnd(workspace, user)
    if not start <= now < end:
        raise SlackError("not_in_dnd")
    user.dnd_ended_until = float(end)
    workspace.changed()


def next_dnd(workspace: Workspace, user: User) -> tuple[int, int]:
    """Start and end of the running or next scheduled period, epoch seconds; (1, 1) without one, as Slack."""
    now = max(workspace.epoch(), user.dnd_ended_until)
    return next(((start, end) for start, end in _periods(workspace, user) if end > now), (1, 1))


def dnd_json(workspace: Workspace, user: User, *, own: bool) -> Json:
    """`dnd.info`'s answer; only `own` shows the snooze.

    "All `snooze_*` properties will only be visible if the user being queried is also the current user."
    """
    start, end = next_dnd(workspace, user)
    data: Json = {
        "dnd_enabled": user.dnd_start is not None,
        "next_dnd_start_ts": start,
        "next_dnd_end_ts": end,
    }
    return data | (snooze_json(workspace, user) if own else {})


def snooze_json(workspace: Workspace, user: User) -> Json:
    """The person's snooze; end and rest only while one runs."""
    left = int(user.snooze_until - workspace.epoch())
    if left <= 0:
        return {"snooze_enabled": False}
    return {
        "snooze_enabled": True,
        "snooze_endtime": int(user.snooze_until),
        "snooze_remaining": left,
        "snooze_is_indefinite": False,
    }


def profile_json(workspace: Workspace, user: User) -> Json:
    """A profile as `users.profile.get` and `users.info` show it."""
    expire_status(workspace, user)
    first, _, last = user.real_name.partition(" ")
    profile = user.profile
    return {
        "title": profile.title,
        "phone": "",
        "skype": "",
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.name,
        "display_name_normalized": user.name,
        "fields": None,
        "status_text": profile.status_text,
        "status_emoji": profile.status_emoji,
        "status_emoji_display_info": [],
        "status_expiration": profile.status_expiration,
        "avatar_hash": "",
        "first_name": first,
        "last_name": last,
        "status_text_canonical": "",
        "team": workspace.team_id,
    }


def user_json(workspace: Workspace, user: User, *, locale: bool = False) -> Json:
    """A member as `users.info` shows one."""
    here = workspace.clock.now().astimezone(ZoneInfo(user.tz))
    offset = here.utcoffset() or timedelta()
    data: Json = {
        "id": user.id,
        "team_id": workspace.team_id,
        "name": user.name,
        "deleted": user.deleted,
        "color": "4bbe2e",
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": here.tzname() or user.tz,
        "tz_offset": int(offset.total_seconds()),
        "profile": profile_json(workspace, user),
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": user.restricted or user.ultra_restricted,
        "is_ultra_restricted": user.ultra_restricted,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": user.updated,
        "is_email_confirmed": not user.is_bot,
    }
    if user.stranger:
        data["is_stranger"] = True
    return data | ({"locale": user.locale} if locale else {})


def _periods(workspace: Workspace, user: User) -> Iterator[tuple[int, int]]:
    if user.dnd_start is None or user.dnd_end is None:
        return
    zone = ZoneInfo(user.tz)
    today = workspace.clock.now().astimezone(zone).date()
    for offset in range(-1, 4):
        day = today + timedelta(days=offset)
        last = day if user.dnd_end > user.dnd_start else day + timedelta(days=1)
        start = datetime.combine(day, user.dnd_start, zone)
        end = datetime.combine(last, user.dnd_end, zone)
        yield int(start.timestamp()), int(end.timestamp())


def _announce(workspace: Workspace, user: User) -> None:
    user.updated = int(workspace.epoch())
    workspace.changed()
    shown = user_json(workspace, user)
    for kind in ("user_status_changed", "user_profile_changed", "user_change"):
        workspace.emit(
            {"type": kind, "user": shown, "cache_ts": user.updated, "event_ts": workspace.new_ts()}
        )
