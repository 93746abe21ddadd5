"""Lengths and working time as text, and when a length ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import (
    Length,
    LengthError,
    Until,
    WorkingTime,
    format_length,
    format_working,
    parse_length,
    parse_working,
    resolve_length,
    split_length,
    starts_like_length,
)

LISBON = "Europe/Lisbon"
FRIDAY = datetime(2026, 11, 20, 16, tzinfo=UTC)

untils = st.one_of(
    st.builds(Until, st.none(), st.integers(0, 1440)),
    st.builds(
        Until, st.one_of(st.just("tomorrow"), st.integers(0, 6)), st.one_of(st.none(), st.integers(0, 1440))
    ),
)
lengths = st.one_of(st.builds(Length, minutes=st.integers(1, 14 * 1440)), st.builds(Length, until=untils))


def refusal(work: Callable[[], object]) -> LengthError | None:
    """The error that some work ends with."""
    try:
        work()
    except LengthError as error:
        return error
    return None


@given(lengths)
def test_what_is_printed_reads_back_as_the_same_value(length: Length) -> None:
    text = format_length(length)
    assert parse_length(text) == length
    assert split_length(f"{text} deep work") == (length, "deep work")
    assert starts_like_length(text)


@given(st.text())
def test_any_text_is_read_or_refused_with_an_example_that_is_right(text: str) -> None:
    error = refusal(lambda: parse_length(text))
    if error is not None:
        assert 0 <= error.start <= error.end <= len(error.text)
        assert isinstance(parse_length(error.example), Length)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("90m", 90),
        ("90 min", 90),
        ("45 minutes", 45),
        ("1h30", 90),
        ("1h30m", 90),
        ("1 h 30 min", 90),
        ("2H", 120),
        ("2 hours", 120),
        ("1hr", 60),
        ("for 25m", 25),
        ("336h", 14 * 1440),
    ],
)
def test_lengths_on_the_clock_are_read(text: str, minutes: int) -> None:
    assert parse_length(text) == Length(minutes=minutes)


@pytest.mark.parametrize(
    ("text", "word", "advice"),
    [
        ("", "", "write a length"),
        ("25", "25", "minutes or hours"),
        ("soon", "soon", "write a length"),
        ("0m", "0m", "from 1m to 14 days"),
        (" 337h", "337h", "from 1m to 14 days"),
        ("90m deep", "deep", "does not belong"),
        ("1h5 x", "1h5", "write a length"),
        ("until", "", "say until when"),
        ("until 25:00", "25:00", "24:00"),
        ("until frday", "frday", 'did you mean "friday"?'),
        ("until qqqqq", "qqqqq", "a time, tomorrow or a weekday"),
        ("9" * 2000, "9" * 60, "longer than"),
    ],
)
def test_an_error_points_at_the_word(text: str, word: str, advice: str) -> None:
    with pytest.raises(LengthError) as caught:
        parse_length(text)
    assert caught.value.word == word
    assert advice in caught.value.advice


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("until fri 2 reports", "2 reports"),
        ("until fri 14:00 x", "x"),
        ("1h 30 people", "30 people"),
        ("2h", ""),
    ],
)
def test_the_rest_of_a_length_is_the_name(text: str, rest: str) -> None:
    assert split_length(text)[1] == rest


@pytest.mark.parametrize(
    ("text", "expected"), [("for 2h", True), ("until fri", True), ("deep", False), ("form", False)]
)
def test_a_command_can_tell_lengths_from_words(text: str, expected: bool) -> None:
    assert starts_like_length(text) is expected


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("90m", "2026-11-20T17:30"),
        ("until 17:00", "2026-11-20T17:00"),
        ("until 5pm", "2026-11-20T17:00"),
        ("until 24:00", "2026-11-21T00:00"),
        ("until tomorrow", "2026-11-21T08:30"),
        ("until tomorrow 9:00", "2026-11-21T09:00"),
        ("until fri", "2026-11-27T08:30"),  # today is Friday: the next one is meant
        ("until fri 17:00", "2026-11-20T17:00"),  # a time still to come means today
        ("until fri 14:00", "2026-11-27T14:00"),
        ("until thu", "2026-11-26T08:30"),
        ("until mon 10", "2026-11-23T10:00"),
    ],
)
def test_a_length_ends_where_people_expect_it(text: str, end: str) -> None:
    found = resolve_length(parse_length(text), FRIDAY, LISBON, morning=8 * 60 + 30)
    assert found == datetime.fromisoformat(end).replace(tzinfo=UTC)


def test_a_time_of_today_that_has_passed_says_what_to_write() -> None:
    with pytest.raises(LengthError, match="16:00 has passed today") as caught:
        resolve_length(parse_length("until 16:00"), FRIDAY, LISBON)
    assert caught.value.example == "until tomorrow 16:00"
    assert caught.value.word == "16:00"


@pytest.mark.parametrize(
    ("now", "text", "end"),
    [
        ("2026-03-29T00:30", "until 1:30", "2026-03-29T01:00"),  # the time is in the gap
        ("2026-10-24T23:30", "until 1:30", "2026-10-25T01:30"),  # the time occurs twice: the second
        ("2026-10-25T00:45", "until 1:30", "2026-10-25T01:30"),  # also between the two
        ("2026-03-28T22:00", "3h", "2026-03-29T01:00"),
    ],
)
def test_an_end_at_a_clock_change_is_never_cut_short(now: str, text: str, end: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert resolve_length(parse_length(text), at, LISBON) == datetime.fromisoformat(end).replace(tzinfo=UTC)


@given(lengths, st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_length_always_ends_after_now(length: Length, now: datetime) -> None:
    error = refusal(lambda: resolve_length(length, now, LISBON))
    if error is None:
        assert resolve_length(length, now, LISBON) > now
    else:
        assert length.until is not None
        assert length.until.day is None
        assert resolve_length(parse_length(error.example), now, LISBON) > now


def test_a_naive_now_is_refused() -> None:
    with pytest.raises(ValueError, match="needs an aware UTC datetime"):
        resolve_length(Length(minutes=1), datetime(2026, 1, 1), LISBON)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("4 working hours", WorkingTime(minutes=240)),
        ("1 working hour", WorkingTime(minutes=60)),
        ("90 working minutes", WorkingTime(minutes=90)),
        ("1 working day", WorkingTime(days=1)),
        ("3 Working Days", WorkingTime(days=3)),
        ("30m", timedelta(minutes=30)),
        ("2h", timedelta(hours=2)),
    ],
)
def test_durations_of_working_time_are_read_and_printed(text: str, value: timedelta | WorkingTime) -> None:
    assert parse_working(text) == value
    assert parse_working(format_working(value)) == value


@pytest.mark.parametrize(
    ("text", "word", "advice"),
    [
        ("4 wrking hours", "wrking", 'did you mean "working"?'),
        ("4 working weeks", "weeks", "minutes, hours or days"),
        ("0 working days", "0", "from 1 minute"),
        ("61 working days", "61", "60 working days"),
        ("999999 working minutes", "999999", "336 working hours"),
        ("4 working hours or so", " or so", "nothing may follow"),
        ("until fri", "until fri", "how long"),
        ("soon", "soon", "write a length"),
    ],
)
def test_a_duration_that_is_none_is_refused(text: str, word: str, advice: str) -> None:
    with pytest.raises(LengthError) as caught:
        parse_working(text)
    assert caught.value.word == word
    assert advice in caught.value.advice


@pytest.mark.parametrize("value", [timedelta(seconds=30), timedelta(0), WorkingTime(), WorkingTime(1, 1)])
def test_a_duration_that_no_text_can_say_is_refused(value: timedelta | WorkingTime) -> None:
    with pytest.raises(ValueError, match=r"whole minutes|days or minutes"):
        format_working(value)
