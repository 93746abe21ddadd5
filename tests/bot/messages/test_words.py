"""Instants as people say them, counts, and messages put together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages.model import Bullets, Code, Context, Divider, Heading, Link, Message, Row, Strong, Who
from bot.messages.words import Watch, buttons, count, joined, line, listed, message, plain, same_time, say

NOW = datetime(2026, 11, 23, 10, 5, tzinfo=UTC)
LISBON = Watch(NOW, "Europe/Lisbon")


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (0, "10:05"),
        (13, "23:05"),
        (14, "Tue 00:05"),
        (24 * 6, "Sun 10:05"),
        (24 * 7, "30 Nov 10:05"),
        (24 * 42, "4 Jan 2027 10:05"),
        (-24, "Sun 10:05"),
        (-24 * 30, "24 Oct 11:05"),
    ],
)
def test_a_moment_names_the_day_only_when_it_is_another(hours: int, words: str) -> None:
    assert LISBON.moment(NOW + timedelta(hours=hours)) == words


def test_a_stretch_is_told_as_briefly_as_it_can_be() -> None:
    quarter = NOW + timedelta(minutes=15)
    assert LISBON.between(NOW, NOW) == "at 10:05"
    assert LISBON.between(NOW, quarter) == "between 10:05 and 10:20"
    late = NOW.replace(hour=23, minute=50)
    assert LISBON.between(late, late + timedelta(minutes=15)) == "between 23:50 and Tue 00:05"
    tomorrow = NOW + timedelta(days=1)
    assert LISBON.between(tomorrow, tomorrow + timedelta(minutes=15)) == "between Tue 10:05 and 10:20"


@given(st.integers(0, 15 * 365 * 24 * 60), st.sampled_from(["Asia/Tokyo", "Australia/Lord_Howe"]))
def test_a_clock_is_the_readers_own(minutes: int, zone: str) -> None:
    at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    watch = Watch(at, zone)
    assert watch.clock(at) == watch.moment(at) == f"{watch.local(at):%H:%M}"


def test_zones_are_the_same_when_both_seasons_are() -> None:
    assert same_time("Europe/Lisbon", "Europe/London", NOW)
    assert not same_time("Europe/Lisbon", "Africa/Casablanca", NOW)
    assert not same_time("Atlantic/Reykjavik", "Europe/London", NOW)


def test_counts_and_lists_read_well() -> None:
    assert [count(number, "person", "people") for number in (0, 1, 2)] == ["0 people", "1 person", "2 people"]
    assert count(3, "message") == "3 messages"
    assert [listed(words) for words in (["a"], ["a", "b"], ["a", "b", "c"])] == ["a", "a and b", "a, b and c"]


def test_a_message_takes_its_summary_from_its_first_words() -> None:
    spans = line("see ", Link("this", "https://x"), " by ", Who("U1", "Maya"), " ", Code("/x"), Strong("!"))
    assert plain(spans) == "see this by Maya /x!"
    assert message(None, Divider(), Heading("Hello")).summary == "Hello"
    assert message(Bullets(()), Row(line("row"))).summary == "row"
    assert message(Context((line("small"),))).summary == "small"
    assert message(Divider()).summary == "Boundary Bot"
    assert message(say("x"), summary="y").summary == "y"


def test_two_messages_join_under_the_first_ones_summary() -> None:
    one, two = message(say("one")), message(say("two"))
    assert joined(one, None) == one
    assert joined(None, two) == two
    assert joined(None, None) is None
    assert joined(one, two) == Message("one", one.parts + two.parts)


def test_buttons_leave_out_what_is_not_offered() -> None:
    assert buttons(None).buttons == ()
