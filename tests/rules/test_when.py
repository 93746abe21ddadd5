"""The `when` grammar: what is read, how it is printed, and errors that point at the word."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import (
    Clause,
    Moment,
    TimeRange,
    When,
    WhenError,
    format_moment,
    format_when,
    normal,
    parse_moment,
    parse_when,
    split_when,
    starts_like_when,
)
from tests.rules.norms import whens

WORK = When(
    (
        Clause((0, 1, 2, 3), (TimeRange(540, 750), TimeRange(840, 1080))),
        Clause((4,), (TimeRange(540, 780),)),
    )
)


def refused(text: str) -> WhenError | None:
    """The error of a text that cannot be read."""
    try:
        parse_when(text)
    except WhenError as error:
        return error
    return None


@given(whens)
def test_what_is_printed_reads_back_as_the_same_value(when: When) -> None:
    assert parse_when(format_when(when)) == normal(when) == normal(normal(when))


@given(st.text())
def test_any_text_is_read_or_refused_with_advice(text: str) -> None:
    error = refused(text)
    if error is None:
        assert parse_when(format_when(parse_when(text))) == parse_when(text)
    else:
        assert 0 <= error.start <= error.end <= len(error.text)
        assert error.advice
        assert isinstance(parse_when(error.example), When)


@given(whens, st.data())
def test_a_damaged_text_is_read_or_refused_never_worse(when: When, data: st.DataObject) -> None:
    text = format_when(when)
    place = data.draw(st.integers(0, len(text)))
    damaged = text[:place] + data.draw(
        st.sampled_from(["", " ", ",", ";", "-", ":", "x", "9", "é", "mon", "every"])
    )
    damaged += text[place + 1 :]
    error = refused(damaged)
    if error is None:
        assert parse_when(format_when(parse_when(damaged))) == parse_when(damaged)
    else:
        assert error.word in damaged


def test_the_example_of_the_norms_file_is_read() -> None:
    assert parse_when("mon-thu 09:00-12:30, 14:00-18:00; fri 09:00-13:00") == WORK


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("daily 18:00-24:00", "daily 18:00-24:00"),
        ("Mon-Fri 9-17", "weekdays 09:00-17:00"),
        ("weekend 9am-5:30pm", "weekends 09:00-17:30"),
        ("everyday 12am-12pm", "daily 00:00-12:00"),
        ("fri-mon 6 p.m. - 12 a.m.", "fri-mon 18:00-24:00"),
        ("tue , thu 09:00\u201311:30", "tue,thu 09:00-11:30"),
        ("tues,thurs 9.00 - 11.30;", "tue,thu 09:00-11:30"),
        ("Monday,sundays 22:00-07:00", "sun,mon 22:00-07:00"),
        ("wed 09:00-09:00", "wed 09:00-09:00"),
        ("wed 0-0", "wed 00:00-24:00"),
        ("sat 13-5pm", "sat 13:00-17:00"),
        ("mon 9-10, 10-11, 10:30-12", "mon 09:00-12:00"),
        ("mon 14-18, 9-12", "mon 09:00-12:00, 14:00-18:00"),
        ("mon 22-6, 23-7", "mon 22:00-07:00"),
        (
            "mon 09:00-09:00, 20:00-19:00",
            "mon 09:00-09:00, 20:00-19:00",
        ),  # together longer than a range can say
        ("tue 9-12; mon 9-12; mon 14-18", "mon 09:00-12:00, 14:00-18:00; tue 09:00-12:00"),
        ("mon 9-12; tue,wed,sat 9-12", "mon-wed,sat 09:00-12:00"),
        ("fri 9-13 EVERY 2 Weeks from 2026-11-27", "fri 09:00-13:00 every 2 weeks from 2026-11-27"),
        ("fri 9-13 every week", "fri 09:00-13:00"),
        ("fri 9-13 every week from 2026-11-27", "fri 09:00-13:00 every week from 2026-11-27"),
    ],
)
def test_many_spellings_have_one_canonical_form(text: str, canonical: str) -> None:
    assert format_when(parse_when(text)) == canonical


@pytest.mark.parametrize(
    ("text", "word", "advice"),
    [
        ("", "", "days first"),
        ("09:00-17:00", "09:00-17:00", "days first"),
        ("mon", "", "add the times"),
        ("mon ", "", "add the times"),
        ("mon,", "", "days first"),
        ("tusday 9-17", "tusday", 'did you mean "tuesday"?'),
        ("xyzzy 9-17", "xyzzy", "daily, weekdays"),
        ("tues day 9-17", "tues day", 'did you mean "tuesday"?'),
        ("mon noon 9-17", "noon", "a range of times belongs here"),
        ("mon-weekdays 9-17", "-weekdays", "from one day to another"),
        ("mon 25:00-26:00", "25:00", "24:00"),
        ("mon 24:00-25:00", "24:00", "only be an end"),
        ("mon 23:00-24:01", "24:01", "24:00"),
        ("mon 9:75-10", "9:75", "00 to 59"),
        ("mon 9:5-10", "9:5", "two-digit"),
        ("mon 0900-1700", "0900", "two-digit"),
        ("mon 13pm-2pm", "13pm", "1 to 12"),
        ("mon 1-5pm", "1-5pm", "both sides"),
        ("mon 9am-5", "9am-5", "both sides"),
        ("mon 09:00", "09:00", "needs an end"),
        ("mon 9-17 and 19-20", "and", "nothing after it"),
        ("mon 9-17 every 2 weeks", "every 2 weeks", "from which week on"),
        ("mon 9-17 every 0 weeks from 2026-01-01", "every 0 weeks", "1 to 52"),
        ("mon 9-17 every 2 weeks from 2026-02-30", "2026-02-30", "YYYY-MM-DD"),
        ("mon 9-17 every 2 weeks from tomorrow", "tomorrow", "YYYY-MM-DD"),
        ("mon 9-17;" * 200, ("mon 9-17;" * 200)[:60], "longer than"),
    ],
)
def test_an_error_points_at_the_word_and_shows_what_to_write(text: str, word: str, advice: str) -> None:
    with pytest.raises(WhenError) as caught:
        parse_when(text)
    error = caught.value
    assert error.word.strip() == word
    assert advice in error.advice
    assert error.example in str(error)


def test_a_pointer_puts_carets_under_the_word_even_across_lines() -> None:
    with pytest.raises(WhenError) as caught:
        parse_when("mon\n25:00-26:00")
    assert caught.value.pointer() == "mon 25:00-26:00\n    ^^^^^"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("tue,thu 09:00-11:30 deep work", "deep work"),
        ("daily 18:00-19:30", ""),
        ("mon 9-12; tue 9-12  a; b", "a; b"),
        ("mon 9-12 every 2 weeks from 2026-01-01 every other week", "every other week"),
        ("mon 9-12 everything", "everything"),
        ("mon 9am-11am am I late", "am I late"),
    ],
)
def test_the_longest_when_is_split_from_the_name(text: str, name: str) -> None:
    assert split_when(text)[1] == name


def test_a_name_glued_to_the_times_is_refused() -> None:
    with pytest.raises(WhenError, match="leave a space"):
        split_when("mon 9-12x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tue,thu 09:00-11:30 deep work", True),
        ("weekends", True),
        ("tusday 9-11", True),
        ("90m deep work", False),
        ("until 15:00", False),
        ("until fri 9-10", False),
        ("deep work", False),
        ("", False),
    ],
)
def test_a_command_can_tell_days_from_lengths(text: str, expected: bool) -> None:
    assert starts_like_when(text) is expected


@pytest.mark.parametrize(
    "when",
    [
        When(()),
        When((Clause((), (TimeRange(0, 60),)),)),
        When((Clause((7,), (TimeRange(0, 60),)),)),
        When((Clause((0,), (TimeRange(1440, 60),)),)),
        When((Clause((0,), (TimeRange(0, 0),)),)),
        When((Clause((0,), (TimeRange(0, 60),)),), every=2),
        When((Clause((0,), (TimeRange(0, 60),)),), every=53, anchor=date(2026, 1, 1)),
    ],
)
def test_a_value_that_no_text_can_say_is_refused(when: When) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        format_when(when)


def test_a_moment_of_the_week_is_read_and_printed() -> None:
    assert parse_moment(" Monday 9:30am") == Moment(0, 570)
    assert format_moment(Moment(0, 570)) == "mon 09:30"


@pytest.mark.parametrize(
    "text", ["", "mon", "daily 9:00", "mon 24:00", "mon 9:00 tue", "mon 9:00-10:00", "mon 9:61"]
)
def test_a_moment_that_is_none_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(WhenError, match="mon"):
        parse_moment(text)
