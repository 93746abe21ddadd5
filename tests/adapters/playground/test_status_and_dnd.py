"""Statuses that expire by the workspace's clock, and who may see whose snooze."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest


async def test_a_status_is_set_read_and_expires_by_the_workspaces_clock(play):
    maya = play.person("U0MAYA")
    until = int(play.workspace.epoch()) + 600
    profile = {"status_text": "Focus", "status_emoji": ":dart:", "status_expiration": until}
    await maya.users_profile_set(profile=profile)
    shown = (await play.bot.users_profile_get(user="U0MAYA"))["profile"]
    assert {key: shown[key] for key in profile} == profile
    play.clock.jump(play.clock.now() + timedelta(seconds=601))
    shown = (await play.bot.users_profile_get(user="U0MAYA"))["profile"]
    assert (shown["status_text"], shown["status_emoji"], shown["status_expiration"]) == ("", "", 0)


@pytest.mark.parametrize(
    ("profile", "error"),
    [
        ({"status_text": "x" * 101, "status_emoji": ":x:"}, "too_long"),
        ({"status_text": "x", "status_emoji": "heart"}, "invalid_emoji_not_allowed"),
        ({"status_text": "", "status_emoji": ":x:"}, "must_clear_both_status_text_and_status_emoji"),
        ({"status_emoji": ""}, "must_clear_both_status_text_and_status_emoji"),
        ({"status_text": "x", "status_emoji": ":x:", "status_expiration": "soon"}, "invalid_profile"),
    ],
)
async def test_a_bad_status_is_refused_by_name(play, error_of, profile, error):
    maya = play.person("U0MAYA")
    await maya.users_profile_set(profile={"status_text": "before", "status_emoji": ":ok:"})
    assert await error_of(maya.users_profile_set(profile=profile)) == error


async def test_a_status_without_an_emoji_gets_slacks_own(play):
    answer = await play.person("U0MAYA").users_profile_set(profile={"status_text": "Out", "status_emoji": ""})
    assert answer["profile"]["status_emoji"] == ":speech_balloon:"


async def test_nobody_sets_the_status_of_another(play, error_of):
    call = play.person("U0MAYA").users_profile_set(user="U0SAM", profile={"status_text": "x"})
    assert await error_of(call) == "not_admin"


async def test_a_form_cannot_carry_a_profile(play, error_of):
    call = play.person("U0MAYA").api_call("users.profile.set", data={"profile": '{"status_text":"x"}'})
    assert await error_of(call) == "invalid_array_arg"


async def test_a_snooze_is_visible_to_oneself_only(play):
    set_to = await play.person("U0MAYA").dnd_setSnooze(num_minutes=30)
    assert (set_to["snooze_enabled"], set_to["snooze_is_indefinite"]) == (True, False)
    own = await play.person("U0MAYA").dnd_info()
    assert own["snooze_endtime"] == set_to["snooze_endtime"]
    for other in (play.bot, play.person("U0SAM")):
        seen = await other.dnd_info(user="U0MAYA")
        assert [key for key in seen.data if key.startswith("snooze")] == []
    team = await play.bot.dnd_teamInfo(users="U0MAYA,U0KENJI")
    assert set(team["users"]["U0KENJI"]) == {"dnd_enabled", "next_dnd_start_ts", "next_dnd_end_ts"}


async def test_a_snooze_is_replaced_runs_out_and_is_ended_once(play, error_of):
    maya = play.person("U0MAYA")
    await maya.dnd_setSnooze(num_minutes=60)
    await maya.dnd_setSnooze(num_minutes=10)
    assert (await maya.dnd_info())["snooze_remaining"] <= 600
    assert (await maya.dnd_endSnooze())["snooze_enabled"] is False
    assert await error_of(maya.dnd_endSnooze()) == "snooze_end_failed"
    await maya.dnd_setSnooze(num_minutes=1)
    play.time.advance(61)
    assert (await maya.dnd_info())["snooze_enabled"] is False


@pytest.mark.parametrize(
    ("minutes", "error"), [("", "missing_duration"), (0, "missing_duration"), (5000, "too_long")]
)
async def test_a_bad_length_is_refused_by_name(play, error_of, minutes, error):
    assert await error_of(play.person("U0MAYA").dnd_setSnooze(num_minutes=minutes)) == error


async def test_the_next_dnd_period_follows_the_persons_own_evening(play):
    info = await play.bot.dnd_info(user="U0KENJI")
    start = datetime.fromtimestamp(info["next_dnd_start_ts"], UTC).astimezone(ZoneInfo("Asia/Tokyo"))
    assert (start.hour, info["next_dnd_end_ts"] - info["next_dnd_start_ts"]) == (22, 10 * 3600)
    assert info["next_dnd_end_ts"] > play.workspace.epoch()


async def test_a_scheduled_period_can_be_ended_while_it_runs(play, error_of):
    assert await error_of(play.person("U0MAYA").dnd_endDnd()) == "not_in_dnd"
    kenji = play.person("U0KENJI")
    start = (await kenji.dnd_info())["next_dnd_start_ts"]
    play.clock.jump(max(play.clock.now(), datetime.fromtimestamp(start + 60, UTC)))
    before = await kenji.dnd_info()
    assert (await kenji.dnd_endDnd())["ok"] is True
    assert (await kenji.dnd_info())["next_dnd_start_ts"] >= before["next_dnd_end_ts"]


async def test_who_asks_for_nobodys_dnd_is_told(play, error_of):
    assert await error_of(play.bot.api_call("dnd.teamInfo", http_verb="GET")) == "no_users_provided"
