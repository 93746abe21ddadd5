"""Text to and from Slack: escapes, cutting, mentions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.fitting import chunks, clip
from adapters.slack.wording import escape, mentioned, pieces, unescape_text
from bot.inbound import PersonRef


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("plain words", ("plain words",)),
        ("ask <@U012ABC> now", ("ask ", PersonRef("U012ABC"), " now")),
        ("<@U1|maya>", (PersonRef("U1", "maya"),)),
        ("<@W1|>", (PersonRef("W1"),)),
        ("in <#C1|general> and <#C2|>", ("in #general and #C2",)),
        ("a &lt;b&gt; &amp; c &amp;lt;", ("a <b> & c &lt;",)),
        ("see <https://example.org|example.org>", ("see example.org",)),
        ("see <https://example.org>", ("see https://example.org",)),
        ("see <https://example.org|the page>", ("see the page (https://example.org)",)),
        ("<mailto:a@b.c|a@b.c>", ("a@b.c",)),
        ("<!here> <!subteam^S1|@devs> <!channel|channel>", ("@here @devs @channel",)),
        ("<@not an id>", ("@not an id",)),
        ("&copy; stays", ("&copy; stays",)),
    ],
)
def test_mrkdwn_becomes_words_and_people(text: str, expected: tuple[object, ...]) -> None:
    assert pieces(text) == expected


@given(st.text())
def test_what_a_person_typed_comes_back_as_typed(text: str) -> None:
    assert "".join(each for each in pieces(escape(text)) if isinstance(each, str)) == text
    assert unescape_text(escape(text)) == text


@given(st.text())
def test_escaped_text_mentions_nobody(text: str) -> None:
    assert mentioned(escape(text)) == ()
    assert not any(isinstance(piece, PersonRef) for piece in pieces(escape(text)))


@given(st.text(max_size=400), st.integers(min_value=1, max_value=50))
def test_cutting_loses_nothing_and_keeps_the_size(text: str, longest: int) -> None:
    found = list(chunks(text, longest))
    assert "".join(found) == text
    assert all(0 < len(chunk) <= longest for chunk in found)
    assert len(clip(text, longest)) <= longest


def test_text_is_cut_at_a_space_where_there_is_one() -> None:
    assert list(chunks("one two three four", 10)) == ["one two ", "three four"]


def test_each_person_is_mentioned_once_in_order() -> None:
    assert mentioned("<@U2> <@U1|x> <@U2> <!here> <@lower>") == ("U2", "U1")
