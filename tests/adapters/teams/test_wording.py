"""Words on their way to Teams: nothing is lost in cutting, and nothing is left for a parser."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.fitting import chunks, clip
from adapters.teams.wording import bare, inert, is_harmless, size


@given(st.text(), st.integers(1, 50))
def test_chunks_lose_nothing_and_fit(text: str, longest: int) -> None:
    pieces = list(chunks(text, longest))
    assert "".join(pieces) == text
    assert all(0 < len(piece) <= longest for piece in pieces)


@pytest.mark.parametrize("text", ["{{DATE(x)}}", "a {{TIME(x, LONG)}}", "{{{DATE(x)}}}", "{{date(x)}}"])
def test_what_would_become_a_date_is_cut_between_its_braces(text: str) -> None:
    pieces = inert(text)
    assert "".join(pieces) == text
    assert not any(
        "{{" in piece.upper().replace("{{DATE", "{{").replace("{{TIME", "{{") for piece in pieces[1:]
    )
    assert len(pieces) == 2


def test_other_braces_stay_in_one_piece() -> None:
    assert inert("{{x}} {DATE(1)}") == ["{{x}} {DATE(1)}"]
    assert inert("") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Urgent, from Maya", "Urgent, from Maya"),
        ("3 waited while you were away, 1 urgent", "3 waited while you were away, 1 urgent"),
        ("Back at 15:00.", "Back at 15:00."),
        ("[bank](https://evil.example)", "bank https: evil example"),
        ("<at>Maya</at> **x** _y_", "at Maya at x y"),
        ("- item", "item"),
        ("\n", "Boundary Bot"),
    ],
)
def test_bare_words_keep_their_sense_and_lose_their_marks(text: str, words: str) -> None:
    assert bare(text, 100) == words


@given(st.text(alphabet="ab1*_[]()<>`~#|!{}\\/&@:. \n-"))
def test_bare_words_hold_no_mark_and_no_address(text: str) -> None:
    words = bare(text, 50)
    assert 0 < len(words) <= 50
    assert not set(words) & set("*_[]()<>`~#|!{}\\/&@\n")
    assert not words.startswith(("-", " "))


@pytest.mark.parametrize("text", ["Hello Maya", "3 waited, 0 urgent", "Focus until 15:00", "It's João"])
def test_plain_headings_are_harmless(text: str) -> None:
    assert is_harmless(text)


@pytest.mark.parametrize("text", ["", "- x", "1. x", "*x*", "a_b_c", "x\ny", "www.evil.example", "<b>", " x"])
def test_what_markdown_may_read_is_not_harmless(text: str) -> None:
    assert not is_harmless(text)


@given(st.text())
def test_the_size_is_that_of_the_json_in_utf_16(text: str) -> None:
    assert size({"x": text}) == len(json.dumps({"x": text}, ensure_ascii=False).encode("utf-16-le"))


def test_clipping_shows_that_something_went() -> None:
    assert clip("abcdef", 4) == "abc…"
    assert clip("abcd", 4) == "abcd"
