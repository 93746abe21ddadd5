"""The words of the weekly summary."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import summary as texts
from bot.messages.actions import Act
from bot.messages.model import Bullets, Chart, Code, Heading, Strong
from bot.messages.summary import LeadLine, Published, as_text, chart, lines, weekly_summary
from bot.messages.words import plain
from rules import ReplyWithin, Team, Week, parse_when
from rules.privacy import cohort
from rules.summary import Block, Broke, Core, Held, Summary, WeekFacts, Word, summarise
from tests.support.shown import buttons_of, shown

PEOPLE = tuple(f"person-{number}" for number in range(6))
WEEK = Week(2026, 48)
TEAM = Team("platform", "UTC", urgent_budget=2, review_by=date(2027, 2, 1))


def summed(team: Team = TEAM, people: tuple[str, ...] = PEOPLE, week: Week = WEEK, **facts: Any) -> Summary:
    return summarise(replace(WeekFacts(team, week, cohort(people, str(week), ())), **facts))


def told(summary: Summary, *leads: LeadLine) -> list[str]:
    return [plain(each) for each in lines(Published("Platform", summary, leads))]


NUMBER = st.integers(0, 40)
DAY = st.integers(0, 6)
ANYBODY = st.sampled_from((*PEOPLE, "somebody-else"))
REASON = st.sampled_from(["broken", "safety", "deadline", "blocked", "asked", "of an older version"])
FACTS = st.fixed_dictionaries(
    {
        "held": st.lists(st.builds(Held, ANYBODY, DAY, st.booleans(), st.booleans(), st.booleans())),
        "broke": st.lists(st.builds(Broke, ANYBODY, DAY, REASON, st.none() | st.booleans(), st.booleans())),
        "core": st.lists(st.builds(Core, ANYBODY, NUMBER, NUMBER)),
        "blocks": st.lists(st.builds(Block, DAY, st.booleans(), st.frozensets(ANYBODY))),
        "words": st.lists(st.builds(Word, ANYBODY, st.booleans())),
    }
)
TEAMS = st.builds(
    Team,
    st.just("platform"),
    st.just("UTC"),
    core=st.none() | st.just(parse_when("mon 14:00-16:00")),
    shared_focus=st.none() | st.just(parse_when("wed 09:00-12:00")),
    reply_within=st.sampled_from([ReplyWithin(), ReplyWithin(mention=timedelta(hours=4))]),
    urgent_budget=st.none() | st.integers(0, 9),
    urgent_means=st.sampled_from(["", "the shop is down"]),
    review_by=st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    figures_from=st.integers(5, 9),
)
LEADS = st.lists(st.builds(LeadLine, st.sampled_from(["Ana", "Rui"]), NUMBER, NUMBER, NUMBER), max_size=3)


@given(TEAMS, FACTS, st.sampled_from([PEOPLE, PEOPLE[:3], (), PEOPLE * 2]), LEADS)
def test_there_are_five_lines_at_most_and_nobody_is_named(
    team: Team, facts: dict[str, list[Any]], people: tuple[str, ...], leads: list[LeadLine]
) -> None:
    happened = {name: tuple(events) for name, events in facts.items()}
    view = Published("Platform", summed(team, people, **happened), tuple(leads))
    message = weekly_summary(view)
    [listed] = [part for part in message.parts if isinstance(part, Bullets)]
    assert 3 <= len(listed.items) <= 5
    assert all("\n" not in plain(each) for each in listed.items)
    assert len([part for part in message.parts if isinstance(part, Chart)]) <= 1
    assert "person-" not in shown(message)
    assert not [each for each in ("  ", "..", " ,", "None") if each in shown(message)]


def test_it_begins_with_the_team_and_the_week() -> None:
    message = weekly_summary(Published("Platform", summed()))
    assert message.parts[0] == Heading("Platform: week 48, 23 to 29 Nov")
    assert message.summary == "Platform: week 48, 23 to 29 Nov"


@pytest.mark.parametrize(
    ("week", "words"),
    [(Week(2026, 49), "week 49, 30 Nov to 6 Dec"), (Week(2026, 53), "week 53, 28 Dec to 3 Jan")],
)
def test_a_week_across_two_months_names_both(week: Week, words: str) -> None:
    assert words in shown(weekly_summary(Published("Platform", summed(week=week))))


def test_some_that_still_wait_are_not_called_delivered() -> None:
    held = (Held("person-0", 1, True, False, False), Held("person-1", 1, False, False, False))
    assert "2 pings held until people were back, 1 of them delivered." in told(summed(held=held))[1]


def test_one_ping_is_one_ping() -> None:
    held = (Held("person-0", 1, True, True, True),)
    team = replace(TEAM, reply_within=ReplyWithin(mention=timedelta(hours=4)))
    first, second, *_ = told(summed(team, held=held))
    assert "reply times (1 of 1 sender told)" in first
    assert "1 ping held until people were back, then delivered." in second


def test_what_has_not_come_yet_is_said_so() -> None:
    held = tuple(Held(f"person-{number}", 1, False, False, False) for number in range(2))
    assert "1 ping held, not delivered yet." in told(summed(held=held[:1]))[1]
    assert "2 pings held, none of them delivered yet." in told(summed(held=held))[1]


def test_a_smaller_cohort_is_said_to_be_one() -> None:
    assert "Counted over all 6 members." in told(replace(summed(), members=6))[1]
    assert "Counted over all 6 members who had not just joined." in told(replace(summed(), members=7))[1]
    assert "Counted over 6 of the 9 members who had not just joined." in told(replace(summed(), of=9))[1]
    assert "Counted over 6 of the 9 members." in told(replace(summed(), of=9, members=9))[1]


def test_a_team_that_agreed_nothing_is_told_so_without_blame() -> None:
    bare = replace(summed(), kept=())
    assert told(bare)[0] == "Norms: nothing is agreed yet that a week could keep."


@pytest.mark.parametrize(
    ("budget", "words"),
    [
        (None, "Broke through: 2, without an agreed budget: 2 “something is broken for customers”."),
        (2, "Broke through: 2 of a budget of 2: 2 “"),
        (1, "Broke through: 2, 1 over the budget of 1: 2 “"),
    ],
)
def test_what_broke_through_stands_against_the_budget(budget: int | None, words: str) -> None:
    broke = (Broke("person-0", 1, "broken", None, False),) * 2
    assert words in told(summed(replace(TEAM, urgent_budget=budget), broke=broke))[2]


def test_every_advice_has_words_that_say_why() -> None:
    broke, fair = _broke(fair=None), _broke(fair=True)
    means = replace(TEAM, urgent_means="x")
    focus = replace(TEAM, shared_focus=parse_when("wed 09:00-12:00"))
    said = [
        told(summed(replace(TEAM, urgent_budget=None), broke=broke))[3],
        told(summed(broke=broke))[3],
        told(summed(means, broke=fair))[3],
        told(summed(means, broke=_broke(fair=False)))[3],
        told(summed(focus, blocks=(Block(2, True, frozenset()),)))[3],
        told(summed(replace(TEAM, review_by=None)))[3],
    ]
    assert [line.removeprefix("To vote on: ") for line in said] == [
        "a budget of 6 urgent a week, as many as this week: none is agreed.",
        "say what counts as urgent. To begin with: "
        "“customers cannot work, or somebody's health or safety is at stake”.",
        "a budget of 6 urgent a week: most of them were judged fair.",
        "read your norms again by 14 Dec 2026: the budget does not hold.",
        "shared focus on mon 09:00-12:00: fewer pings come then.",
        "read your norms again by 22 Feb 2027: no day ahead is agreed for it.",
    ]


def test_how_many_were_fair_says_since_when_that_is_counted() -> None:
    words = tuple(Word(person, person != "person-0") for person in PEOPLE)
    broke = (Broke("person-0", 1, "broken", None, False),)
    earlier = summed(broke=broke, words=words, since=Week(2026, 46))
    assert told(earlier)[2].endswith(". 5 of the 6 since 9 Nov that somebody judged were fair.")
    alone = summed(broke=_broke(fair=True), since=WEEK)
    assert told(alone)[2].endswith(". 6 of the 6 that somebody judged were fair.")


def test_in_a_week_without_break_throughs_it_is_said_as_well() -> None:
    words = tuple(Word(person, True) for person in PEOPLE)
    nothing = "Broke through: nothing; the budget is 2."
    said = told(summed(words=words, since=Week(2026, 47)))[2]
    assert said == f"{nothing} 6 of the 6 since 16 Nov that somebody judged were fair."
    assert told(summed(words=words[:4], since=Week(2026, 47)))[2] == nothing


def test_while_too_few_said_so_it_is_counted_on_where_it_is() -> None:
    open_still, over = summed(broke=_broke(fair=None), since=WEEK), summed(broke=_broke(fair=None))
    assert told(open_still)[2].endswith("How many were fair is told once 5 people said; it is counted on.")
    assert told(over)[2].endswith("How many were fair is told once 5 people said.")


def _broke(*, fair: bool | None) -> tuple[Broke, ...]:
    return tuple(Broke(person, 1, "broken", fair, False) for person in PEOPLE)


def test_none_is_suggested_without_praise_when_something_is_at_risk() -> None:
    at_risk = (Broke("person-0", 1, "broken", None, True),)
    assert told(summed(broke=at_risk))[3] == "Change: none suggested."
    assert told(summed())[3] == "Change: none: what you agreed was kept."


def test_the_vote_is_offered_until_it_was_held() -> None:
    wanted = summed(replace(TEAM, review_by=None))
    [vote] = buttons_of(weekly_summary(Published("Platform", wanted)))
    assert (vote.action, vote.value) == (Act.SUGGEST, "platform:2026-W48")
    assert not buttons_of(weekly_summary(Published("Platform", wanted, votable=False)))
    assert not buttons_of(weekly_summary(Published("Platform", summed())))


def test_leads_stand_in_the_last_line() -> None:
    said = told(summed(), LeadLine("Ana", 5, 4, 0), LeadLine("Rui", 1, 1, 2))
    assert said[-1] == (
        "Next review: 1 Feb 2027. Ana kept 4 of 5 evenings and sent no ping outside others' hours. "
        "Rui kept 1 of 1 evening and sent 2 pings outside others' hours."
    )


def test_a_leads_pings_that_were_held_are_said_to_have_waited() -> None:
    [all_held, some] = [told(summed(), LeadLine("Ana", 5, 5, 3, held))[-1] for held in (3, 1)]
    assert all_held.endswith("sent 3 pings outside others' hours, held until they were back.")
    assert some.endswith("sent 3 pings outside others' hours, 1 of them held.")


# The picture ---------------------------------------------------------------------------------------


def test_the_picture_leaves_out_a_quiet_weekend_and_says_itself_in_words() -> None:
    held = (Held("person-0", 0, True, True, True),)
    found = chart(summed(held=held))
    assert found is not None
    assert found.labels == ("Mon", "Tue", "Wed", "Thu", "Fri")
    assert found.alt == "Held: Mon 1. Broke through: none."
    weekend = chart(summed(broke=(Broke("person-0", 6, "asked", None, False),)))
    assert weekend is not None
    assert weekend.labels[-1] == "Sun"
    assert [each.values[-1] for each in weekend.series] == [0, 1]


def test_there_is_no_picture_of_nothing_or_of_too_few() -> None:
    assert chart(summed()) is None
    held = (Held("person-0", 0, True, True, True),)
    assert chart(summed(people=PEOPLE[:3], held=held)) is None


# Around it -----------------------------------------------------------------------------------------


def test_a_terminal_gets_the_lines_and_the_picture_in_words() -> None:
    held = (Held("person-0", 0, True, True, True),)
    printed = as_text(Published("Platform", summed(held=held)))
    assert printed[-1] == "Held: Mon 1. Broke through: none."
    assert len(printed) == 6


def test_a_lead_reads_what_the_team_will_read() -> None:
    own = texts.OwnLine(LeadLine("Ana", 5, 5, 0), "2026-W48", over=True)
    now = texts.shown_with(own, True, "platform:2026-W48")
    assert "“Ana kept 5 of 5 evenings and sent no ping outside others' hours.”" in shown(now)
    assert "It stands there now, this one time." in shown(now)
    later = texts.shown_with(replace(own, over=False), False, "platform:2026-W48")
    assert "the team reads, as it stands so far: “Ana kept" in shown(later)
    assert "It will stand there when it is posted, this one time." in shown(later)


def test_what_to_type_is_set_as_code_and_headings_are_strong() -> None:
    focus = replace(TEAM, shared_focus=parse_when("wed 09:00-12:00"))
    view = Published("Platform", summed(focus, blocks=(Block(2, True, frozenset()),)))
    assert Code("mon 09:00-12:00") in lines(view)[3]
    assert all(isinstance(each[0], Strong) for each in lines(view))
