"""Typed text, message ids and the workspace's own state."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.playground import posting
from adapters.playground.clock import PlaygroundClock
from adapters.playground.errors import SlackError
from adapters.playground.records import ChannelKind, TokenKind
from adapters.playground.seed import seed
from tests.adapters.playground.conftest import ManualTime

WORKSPACE = seed(PlaygroundClock(ManualTime())).workspace


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("@maya", "<@U0MAYA>"),
        ("hey @Maya, @sam.", "hey <@U0MAYA>, <@U0SAM>."),
        ("@mayakovsky and a@maya.example", "@mayakovsky and a@maya.example"),
        ("#platform #none", "<#C0PLATFORM> #none"),
        ("<@U0MAYA> <#C0PLATFORM|platform>", "<@U0MAYA> <#C0PLATFORM|platform>"),
        ("<!channel> & <b>", "&lt;!channel&gt; &amp; &lt;b&gt;"),
        ("&lt;!channel&gt;", "&amp;lt;!channel&amp;gt;"),
    ],
)
def test_typed_text_becomes_what_slack_stores(typed, stored):
    assert posting.resolve_typed(WORKSPACE, typed) == stored


@given(st.text(alphabet="<>&@#!|maysU0C platform:", max_size=60))
def test_only_people_and_channels_are_ever_marked_up(typed):
    stored = posting.resolve_typed(WORKSPACE, typed, labels=True)
    bare = re.sub(r"<[@#][A-Z0-9]+(\|[^&|<>]*)?>", "", stored)
    assert "<" not in bare
    assert ">" not in bare


@given(st.lists(st.sampled_from([0.0, 0.0000001, 0.5, 3600.0]), min_size=1, max_size=50))
def test_message_ids_grow_even_while_time_stands_still(steps):
    time = ManualTime()
    workspace = seed(PlaygroundClock(time)).workspace
    seen = []
    for step in steps:
        time.advance(step)
        seen.append(workspace.new_ts())
    assert seen == sorted(set(seen))
    assert all(re.fullmatch(r"\d{10}\.\d{6}", ts) for ts in seen)


def test_text_beyond_forty_thousand_characters_is_cut():
    workspace = seed(PlaygroundClock(ManualTime())).workspace
    message = posting.post(workspace, workspace.channels["C0GENERAL"], "U0MAYA", "x" * 40_001, method="say")
    assert len(message.text) == 40_000


def test_the_seed_is_five_people_in_four_zones_with_four_connected():
    made = seed(PlaygroundClock(ManualTime()))
    people = [user for user in made.workspace.users.values() if not user.is_bot]
    assert (len(people), len({user.tz for user in people})) == (5, 4)
    assert set(made.users) == {"U0MAYA", "U0SAM", "U0KENJI", "U0ANA"}
    assert made.workspace.token_of(TokenKind.USER, "U0LEE") is None
    kinds = [channel.kind for channel in made.workspace.channels_of("U0ANA")]
    assert (
        kinds.count(ChannelKind.PUBLIC),
        kinds.count(ChannelKind.PRIVATE),
        kinds.count(ChannelKind.IM),
    ) == (3, 1, 5)


def test_two_seeds_share_nothing():
    one, other = seed(PlaygroundClock(ManualTime())), seed(PlaygroundClock(ManualTime()))
    one.workspace.users["U0MAYA"].profile.status_text = "changed"
    assert other.workspace.users["U0MAYA"].profile.status_text == ""
    assert one.bot.secret != other.bot.secret


def test_a_private_conversation_is_unknown_to_others():
    with pytest.raises(SlackError, match="channel_not_found"):
        WORKSPACE.channel_for("U0MAYA", "C0LEADS")
    assert WORKSPACE.channel_for("U0ANA", "C0LEADS").name == "leads"


def test_no_token_shows_in_a_representation():
    made = seed(PlaygroundClock(ManualTime()))
    assert made.bot.secret not in repr(made.bot)
    assert made.workspace.app.signing_secret not in repr(made.workspace.app)
