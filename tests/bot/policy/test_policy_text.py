"""The written policy: made from norms and versions alone, and text whatever people wrote."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.messages.model import Link, Verbatim, Who
from bot.messages.words import line, plain
from bot.policy.markdown import as_markdown
from bot.policy.templates import PACKS
from bot.policy.text import Dated, PolicyFacts, policy
from bot.teamnorms import applied
from rules.values import Team, Voting

TEAM = Team("plat form/é", "America/New_York", ("maya", "sam"), name="Plattform", ask_on_leave="maya")
VERSIONS = (
    Dated(3, datetime(2026, 12, 1, 2, tzinfo=UTC), "Urgent means: fire"),
    Dated(1, datetime(2026, 11, 23, 12, tzinfo=UTC), "founded"),
)


def facts(team: Team = TEAM, name: str = "Ana") -> PolicyFacts:
    return PolicyFacts(team, {"maya": Who("U0MAYA", name)}, VERSIONS)


def text(team: Team = TEAM, name: str = "Ana") -> str:
    return as_markdown(policy(facts(team, name)))


def test_the_date_is_the_teams_own_day() -> None:
    assert "Version 3, in force from 2026-11-30." in text()
    assert "- **Version 3**, 2026-11-30: Urgent means: fire\n- **Version 1**, 2026-11-23: founded" in text()


def test_every_norm_stands_in_it() -> None:
    changes = (
        ("core", "mon-thu 13:00-15:00"), ("shared_focus", "wed 09:00-12:00"),
        ("no_meetings", "fri 00:00-24:00"),
        ("reply_within.mention", "4 working hours"), ("reply_within.direct", "1 working day"),
        ("reply_within.urgent", "30m"), ("urgent_means", "customers cannot work"), ("urgent_budget", "4"),
        ("review_by", "2027-02-01"), ("summary", "mon 09:30"),
    )  # fmt: skip
    said = text(replace(applied(TEAM, changes), voting=Voting(60, 66, 1)))
    for wanted in (
        "mon-thu 13:00-15:00", "wed 09:00-12:00", "**No meetings:** fri\n", "within 4 working hours",
        "within 1 working day", "within 30m", "customers cannot work", "4 a week", "ask:** Ana", "mon 09:30",
        "within 1 day, at least 60% of the members have voted and more than 66% of the votes",
        "To be read again by 2027-02-01.", "Times are in America/New\\_York.",
    ):  # fmt: skip
        assert wanted in said, wanted


def test_norms_without_a_version_are_called_undated() -> None:
    document = policy(PolicyFacts(TEAM, {}, ()))
    assert "Undated" in as_markdown(document)
    assert document.file == "policy-plat-form-v0"


def test_the_file_is_named_in_letters_that_every_system_knows() -> None:
    for id, stem in (("../../etc", "etc"), ("健二", "team"), ("A b", "a-b"), ("x" * 99, "x" * 60)):
        assert policy(facts(replace(TEAM, id=id))).file == f"policy-{stem}-v3"


def test_no_advice_is_said_at_both_ends_and_beside_the_law() -> None:
    bare, packs = text(), [text(replace(TEAM, template=each.mark)) for each in PACKS]
    assert bare.count("Not legal advice.") == 2
    for said in packs:
        assert said.count("Not legal advice.") == 3
        assert "Source: " in said
        assert f"Looked at on {date(2026, 11, 22)}" in said


def test_what_the_bot_keeps_is_said_with_the_days_that_it_is_kept() -> None:
    said = text()
    assert "without its text, for 30 days" in said
    assert "with their reasons, for 35 days" in said
    assert "encrypted, for 90 days" in said


def test_nothing_outside_the_facts_makes_a_difference() -> None:
    assert policy(facts()) == policy(facts())


_SIGNS = st.text("-+=.)(1 \\`*_[]<>&#|~!:/@$^{}w\t\n\u00a0ax", min_size=1, max_size=30)


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=40) | _SIGNS)
def test_no_words_of_a_person_become_markup(words: str) -> None:
    """A reader of Markdown finds the same kinds of things in the same order, and the words as they are."""

    def structure(said: str) -> list[str]:
        found = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(said)
        return [part.type for each in found for part in (each, *(each.children or ())) if part.type != "text"]

    neutral, odd = text(replace(TEAM, urgent_means="x"), "x"), text(replace(TEAM, urgent_means=words), words)
    begins = as_markdown(replace(policy(facts()), about=(line(Verbatim(words)), line(Verbatim("x")))))
    plainly = as_markdown(replace(policy(facts()), about=(line("x"), line("x"))))
    assert structure(odd) == structure(neutral)
    if words.strip().isprintable() and words.strip():
        assert structure(begins) == structure(plainly)


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("customers cannot work, or health (safety) is at stake: now", None),
        ("mon-thu 13:00-16:00; we're off!", None),
        ("see https://a.example/b", "see https\\://a.example/b"),
        ("WWW.a.example", "WWW\\.a.example"),
        ("ask a@b.example or :smile:", "ask a\\@b.example or \\:smile:"),
        ("- a_b", "\\- a\\_b"),
        ("12. x", "12\\. x"),
        ("2026-12-01", None),
    ],
)
def test_only_what_could_be_markup_is_escaped(words: str, written: str | None) -> None:
    said = as_markdown(replace(policy(facts()), about=(line(Verbatim(words)),)))
    assert said.split("\n\n")[1] == (written or words)


def test_a_shout_before_a_link_makes_no_picture() -> None:
    title = line(Verbatim("look!"), Link("here", "https://a.example"))
    said = as_markdown(replace(policy(facts()), title=title))
    assert said.startswith("# look\\![here](<https://a.example>)\n")


def test_a_link_in_a_document_keeps_its_label_as_text() -> None:
    document = replace(policy(facts()), title=line(Link("[x](y)", "https://a.example"), Verbatim(" <b>")))
    assert as_markdown(document).startswith("# [\\[x\\](y)](<https://a.example>)\\<b\\>\n")
    assert plain(document.title) == "[x](y) <b>"
