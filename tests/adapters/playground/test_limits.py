"""Rate limits as Slack counts them: per method and workspace, in sliding windows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError

from adapters.playground.limits import Limit, RateLimiter


async def refusal_of(call):
    """Slack's refusal of a call, None when it goes through."""
    try:
        await call
    except SlackApiError as error:
        return error.response
    return None


async def refused_after(call, most: int) -> tuple[int, int]:
    """How many calls went through before the first 429, and its Retry-After."""
    for done in range(most):
        refusal = await refusal_of(call())
        if refusal is not None:
            assert (refusal.status_code, refusal["error"]) == (429, "ratelimited")
            return done, int(refusal.headers["Retry-After"])
    pytest.fail(f"No limit within {most} calls.")


async def test_a_tier_two_method_is_refused_after_twenty_calls_whoever_asks(play):
    tokens = iter([play.person("U0MAYA"), play.person("U0SAM")] * 20)
    done, wait = await refused_after(lambda: next(tokens).dnd_setSnooze(num_minutes=5), 30)
    assert (done, wait) == (20, 60)
    play.time.advance(60)
    assert (await play.person("U0MAYA").dnd_setSnooze(num_minutes=5))["ok"] is True


async def test_a_channel_takes_a_short_burst_and_then_one_post_a_second(play):
    done, wait = await refused_after(lambda: play.bot.chat_postMessage(channel="U0MAYA", text="x"), 10)
    assert (done, wait) == (3, 3)
    assert (await play.bot.chat_postMessage(channel="U0SAM", text="x"))["ok"] is True
    play.time.advance(3)
    assert (await play.bot.chat_postMessage(channel="D0BOT0MAYA", text="x"))["ok"] is True


async def test_a_profile_is_set_at_most_ten_times_a_minute(play):
    profile = {"status_text": "x", "status_emoji": ":x:"}
    done, wait = await refused_after(lambda: play.person("U0MAYA").users_profile_set(profile=profile), 20)
    assert (done, wait) == (10, 60)
    assert (await play.person("U0SAM").users_profile_set(profile=profile))["ok"] is True


async def test_calls_over_the_limit_and_before_retry_after_are_counted(play):
    await refused_after(lambda: play.person("U0MAYA").dnd_setSnooze(num_minutes=5), 30)
    counts = await play.get("/playground/calls")
    assert (counts["over_limit"], counts["before_retry_after"], counts["worst_minute"]["dnd.setSnooze"]) == (
        1,
        0,
        21,
    )
    await refused_after(lambda: play.person("U0MAYA").dnd_setSnooze(num_minutes=5), 30)
    counts = await play.get("/playground/calls")
    assert (counts["over_limit"], counts["before_retry_after"]) == (2, 1)


async def test_a_limiter_that_is_off_still_counts(play):
    play.workspace.limits.enabled = False
    for _ in range(25):
        await play.person("U0MAYA").dnd_setSnooze(num_minutes=5)
    assert play.workspace.limits.over == 5


@given(st.lists(st.integers(0, 20), max_size=60), st.integers(1, 5), st.integers(1, 10))
def test_no_window_ever_holds_more_than_the_limit(gaps, calls, seconds):
    now = 0.0
    limiter = RateLimiter(lambda: now)
    accepted = []
    for gap in gaps:
        now += gap
        wait = limiter.take([Limit(("m",), calls, float(seconds))])
        if wait is None:
            accepted.append(now)
        else:
            assert 0 < wait <= seconds
    for start in accepted:
        assert sum(start <= at < start + seconds for at in accepted) <= calls
