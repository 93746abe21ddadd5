"""Proposals in plain words: what is understood, and what is said about what is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.proposing import Proposed, read_proposal
from bot.commands.reading import read
from bot.inbound import PersonRef
from bot.teamnorms import BY_KEY, FIELDS, PEOPLE, TeamField, applied, texts
from rules import WordError, parse_when
from rules.values import Team

NOW = datetime(2026, 11, 23, 10, 5, tzinfo=UTC)
TEAM = Team("platform", "Europe/Lisbon", core=parse_when("mon-thu 14:00-16:00"), urgent_budget=3)


def understood(text: str, team: Team = TEAM) -> Proposed:
    return read_proposal(read((text,)), team, NOW, lambda person: person.user)


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("core mon-thu 13:00-15:00", "core", "mon-thu 13:00-15:00"),
        ("core hours mon-thu 13-15", "core", "mon-thu 13:00-15:00"),
        ("Core: mon-thu 1pm-3pm", "core", "mon-thu 13:00-15:00"),
        ("shared focus wed 9-12", "shared_focus", "wed 09:00-12:00"),
        ("no meetings on fri", "no_meetings", "fri 00:00-24:00"),
        ("no-meeting days tue and thu", "no_meetings", "tue,thu 00:00-24:00"),
        ("meeting-free fri 13:00-17:00", "no_meetings", "fri 13:00-17:00"),
        ("reply to mentions within 2 working hours", "reply_within.mention", "2 working hours"),
        ("reply to a direct message within 1 working day", "reply_within.direct", "1 working day"),
        ("reply to urgent messages within 30m", "reply_within.urgent", "30m"),
        ("urgent means customers cannot work", "urgent_means", "customers cannot work"),
        ("budget 5", "urgent_budget", "5"),
        ("urgent budget 5 a week", "urgent_budget", "5"),
        ("summary mon 9:30", "summary", "mon 09:30"),
        ("review 2027-02-01", "review_by", "2027-02-01"),
        ("review date 2027-02-01", "review_by", "2027-02-01"),
        ("quorum 60%", "quorum", "60"),
        ("majority 66 %", "majority", "66"),
        ("open for 2 days", "open_days", "2"),
        ("holidays PT", "holidays", "PT"),
        ("zone Europe/Lisbon", "zone", "Europe/Lisbon"),
        ("figures from 8 people", "figures_from", "8"),
        ("name Deep Platform", "name", "Deep Platform"),
        ("remove core", "core", ""),
        ("no core hours", "core", ""),
        ("budget none", "urgent_budget", ""),
        ("reply-within mention 2 hours", "reply_within.mention", "2h"),
        ("reply_within.direct 1 working day", "reply_within.direct", "1 working day"),
        ("Reply to a mention: within 4 working hours", "reply_within.mention", "4 working hours"),
    ],
)
def test_plain_words_name_a_norm_and_its_value(text: str, key: str, value: str) -> None:
    assert understood(text).changes == ((key, value),)


def test_whom_to_ask_is_mentioned() -> None:
    ana = PersonRef("U0ANA", "ana")
    words = read(("ask ", ana, " on leave"))
    assert read_proposal(words, TEAM, NOW, lambda person: person.user).changes == (("ask_on_leave", "U0ANA"),)
    with pytest.raises(WordError, match="name one person"):
        understood("ask somebody on leave")


ASKED_IN_OTHER_WORDS = (
    "who to ask on leave",
    "While somebody is on leave, ask:",
    "ask_on_leave",
    "whom to ask while somebody is away:",
)


@pytest.mark.parametrize("said", ASKED_IN_OTHER_WORDS)
def test_whom_to_ask_is_understood_as_the_page_says_it(said: str) -> None:
    words = read((f"{said} ", PersonRef("U0ANA", "ana")))
    assert read_proposal(words, TEAM, NOW, lambda person: person.user).changes == (("ask_on_leave", "U0ANA"),)


@pytest.mark.parametrize(
    "field", [each for each in FIELDS if each.key not in (*PEOPLE, "template")], ids=lambda field: field.key
)
def test_every_norm_is_understood_as_the_page_prints_it(field: TeamField) -> None:
    [(key, text)] = understood(field.example).changes
    assert understood(f"{field.label}: {field.shown(text)}").changes == ((key, text),)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("core mon 9-12 from now", NOW),
        ("core mon 9-12 from today", NOW),
        ("core mon 9-12 from tomorrow", datetime(2026, 11, 24, tzinfo=UTC)),
        ("core mon 9-12 from monday", datetime(2026, 11, 30, tzinfo=UTC)),
        ("core mon 9-12 starting fri", datetime(2026, 11, 27, tzinfo=UTC)),
        ("core mon 9-12, from 2026-12-01", datetime(2026, 12, 1, tzinfo=UTC)),
        ("remove core from 2026-12-01", datetime(2026, 12, 1, tzinfo=UTC)),
        ("core mon 9-12", None),
    ],
)
def test_a_stated_day_begins_at_the_teams_midnight(text: str, start: datetime | None) -> None:
    assert understood(text).effective_at == start


def test_the_week_of_a_pattern_is_not_the_day_it_takes_effect() -> None:
    found = understood("core mon 9-12 every 2 weeks from 2026-11-23")
    assert found == Proposed((("core", "mon 09:00-12:00 every 2 weeks from 2026-11-23"),))
    both = understood("core mon 9-12 every 2 weeks from 2026-11-23 from 2026-12-01")
    assert both.effective_at == datetime(2026, 12, 1, tzinfo=UTC)


def test_words_of_people_keep_their_from() -> None:
    assert understood("urgent means news from customers").changes[0][1] == "news from customers"


@pytest.mark.parametrize(
    ("text", "word", "example"),
    [
        ("coer mon 9-12", "coer", "core mon-thu 13:00-15:00"),
        ("core mon 29:00-12", "29:00", "core mon-thu 13:00-15:00"),
        ("core", "", "core mon-thu 13:00-15:00"),
        ("no meetings on frx", "frx", "no meetings on fri"),
        ("figures from 3 people", "3 people", "figures from 8 people"),
        ("majority 30%", "30%", "majority 66%"),
        ("quorum lots", "lots", "quorum 60%"),
        ("zone Lisbon", "Lisbon", "zone Europe/Lisbon"),
        ("review 2027-02-31", "2027-02-31", "review 2027-02-01"),
        ("review 2020-01-01", "2020-01-01", "review 2027-02-22"),
        ("review 2026-11-23", "2026-11-23", "review 2027-02-22"),
        ("remove zone", "zone", "zone Europe/Lisbon"),
        ("remove shared focus", "shared focus", "remove core"),
        ("core mon 9-12 from 2025-01-01", "from 2025-01-01", "core mon-thu 13:00-15:00 from 2026-11-30"),
        ("", "", "core mon-thu 13:00-15:00"),
    ],
)
def test_what_cannot_be_read_is_named_with_a_correct_example(text: str, word: str, example: str) -> None:
    with pytest.raises(WordError) as wrong:
        understood(text)
    assert (wrong.value.word, wrong.value.example) == (word, example)


@pytest.mark.parametrize("field", [each for each in FIELDS if each.key not in (*PEOPLE, "template")])
def test_every_norm_can_be_proposed_as_its_example_says(field: object) -> None:
    key, example = getattr(field, "key"), getattr(field, "example")  # noqa: B009 -- its class is not named
    assert [found for found, _ in understood(example).changes] == [key]


@given(st.text(max_size=60))
def test_any_text_is_understood_or_refused_with_an_example(text: str) -> None:
    try:
        changes = understood(text).changes
    except WordError:
        return  # which always carries an example
    assert applied(TEAM, changes)


SPOKEN = (
    "core shared focus no meetings on fri mon-thu 9-12 13:00-15:00 reply to mentions within 2 working hours "
    "from now 2026-12-01 remove urgent means budget 5 summary mon 09:30 quorum 60% every weeks figures people"
)


@given(st.lists(st.sampled_from(sorted(set(SPOKEN.split()))), max_size=9))
def test_what_is_understood_reads_back_as_the_same(words: list[str]) -> None:
    try:
        [(key, text)] = understood(" ".join(words)).changes
    except WordError:
        return
    team = applied(Team("other", "Europe/Lisbon", urgent_means="x"), ((key, text),))
    said = texts(team)[key]
    assert said == text or (not text and BY_KEY[key].text(team) in ("", "50", "3"))


@given(st.integers(min_value=-400, max_value=800))
def test_a_stated_day_lies_ahead_and_within_a_year(days: int) -> None:
    day = (NOW + timedelta(days=days)).date()
    try:
        start = understood(f"core mon 9-12 from {day.isoformat()}").effective_at
    except WordError:
        assert days < 0 or days > 365
    else:
        assert start is not None
        assert NOW <= start <= NOW + timedelta(days=366)


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-02-30"])
def test_a_day_at_the_ends_of_the_calendar_is_refused_as_any_other(day: str) -> None:
    with pytest.raises(WordError, match=r"For example|2026"):
        understood(f"core mon 9-12 from {day}")
