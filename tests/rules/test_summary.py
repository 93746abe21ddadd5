"""A team's week against what it agreed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import ReplyWithin, Team, Week, parse_when
from rules.privacy import Cohort, cohort
from rules.summary import (
    MEANING,
    Advice,
    Block,
    Broke,
    Core,
    Held,
    Name,
    Norm,
    Suggestion,
    Summary,
    WeekFacts,
    Word,
    suggest,
    summarise,
)

WEEK = Week(2026, 48)
PEOPLE = tuple(f"p{number}" for number in range(6))
ALL = cohort(PEOPLE, str(WEEK), ())
NOBODY = cohort(PEOPLE[:3], str(WEEK), ())
TEAM = Team(
    "platform",
    "UTC",
    core=parse_when("mon-thu 14:00-16:00"),
    shared_focus=parse_when("wed 09:00-12:00"),
    reply_within=ReplyWithin(mention=timedelta(hours=4)),
    urgent_budget=2,
    review_by=date(2027, 2, 1),
)


def facts(team: Team = TEAM, chosen: Cohort = ALL, **changes: Any) -> WeekFacts:
    core = tuple(Core(each, 480, 480) for each in PEOPLE)
    return replace(
        WeekFacts(team, WEEK, chosen, core=core, blocks=(Block(2, False, frozenset()),)), **changes
    )


def broke(person: str = "p0", day: int = 1, **changes: Any) -> Broke:
    return replace(Broke(person, day, "broken", None, False), **changes)


def held(person: str = "p0", day: int = 1, **changes: Any) -> Held:
    return replace(Held(person, day, True, True, True), **changes)


# Figures -------------------------------------------------------------------------------------------


def test_every_figure_is_a_sum_over_the_cohort() -> None:
    found = summarise(
        facts(
            held=(held("p0"), held("p1", 6, delivered=False), held("p2", due=False, told=False)),
            broke=(broke("p0", reason="safety", outside=True), broke("p3", 2), broke("p3", 2)),
        )
    )
    numbers = {each.name: each.numbers for each in found.figures if each.shown}
    assert numbers == {
        Name.BLOCKS: (1,),
        Name.OVERRIDDEN: (0,),
        Name.CORE: (100,),
        Name.DUE: (2,),
        Name.TOLD: (2,),
        Name.HELD: (3,),
        Name.DELIVERED: (2,),
        Name.BROKE: (3,),
        "broke_through.broken": (2,),
        "broke_through.safety": (1,),
        Name.OUTSIDE: (1,),
        Name.HELD_BY_DAY: (0, 2, 0, 0, 0, 0, 1),
        Name.BROKE_BY_DAY: (0, 1, 2, 0, 0, 0, 0),
        Name.OVERRIDDEN_BY_DAY: (0, 0, 0, 0, 0, 0, 0),
    }
    assert found.reasons() == (("broken", 2), ("safety", 1))
    assert (found.people, found.of, found.least) == (6, 6, 5)


def test_who_is_not_in_the_cohort_adds_nothing() -> None:
    stranger = facts(
        held=(held("zoe"),),
        broke=(broke("zoe"),),
        core=(Core("zoe", 480, 0),),
        blocks=(Block(2, False, frozenset({"zoe"})),),
    )
    plain = facts(core=())
    assert summarise(stranger) == summarise(plain)


def test_the_fair_ones_are_counted_when_five_people_said_so() -> None:
    said = [broke(each, fair=each != "p0") for each in PEOPLE[:5]]
    shown = summarise(facts(broke=(*said, broke("p0", fair=True), broke("p5"))))
    assert (shown.number(Name.JUDGED), shown.number(Name.FAIR)) == (6, 5)


def test_the_fair_ones_are_suppressed_when_four_people_said_so() -> None:
    said = [broke(each, fair=True) for each in PEOPLE[:4]]
    found = summarise(facts(broke=(*said, broke("p0", fair=True), broke("p0", fair=False))))
    assert found.number(Name.FAIR) is None
    assert found.number(Name.JUDGED) is None
    why = next(each.because for each in found.figures if each.name == Name.FAIR)
    assert why == "Fewer than 5 people gave their word on one, and a word is a person's own."


def test_words_of_earlier_weeks_are_counted_with_this_weeks() -> None:
    said = tuple(broke(each, fair=True) for each in PEOPLE[:3])
    words = (*(Word(each, False) for each in PEOPLE[2:5]), Word("zoe", True))
    found = summarise(facts(broke=said, words=words, since=Week(2026, 46)))
    assert (found.number(Name.JUDGED), found.number(Name.FAIR), found.since) == (6, 3, "2026-W46")
    why = next(each.because for each in found.figures if each.name == Name.FAIR)
    assert why == "5 people or more gave their word since 2026-W46."


def test_words_of_others_put_nobody_behind_a_figure() -> None:
    words = tuple(Word(each, True) for each in (*PEOPLE[:4], PEOPLE[0], "zoe"))
    found = summarise(facts(words=words, since=Week(2026, 46)))
    whys = {each.because for each in found.figures if each.name in (Name.JUDGED, Name.FAIR)}
    assert (found.number(Name.JUDGED), found.number(Name.FAIR)) == (None, None)
    assert whys == {
        "Fewer than 5 people gave their word on one since 2026-W46, and a word is a person's own. "
        "It is counted on."
    }


def test_a_block_that_begins_with_this_week_is_not_said_to_begin_earlier() -> None:
    said = tuple(broke(each, fair=True) for each in PEOPLE)
    found = summarise(facts(broke=said, since=WEEK))
    assert next(each.because for each in found.figures if each.name == Name.FAIR) == (
        "5 people or more gave their word."
    )


def test_a_team_may_ask_for_more_who_judge() -> None:
    said = tuple(broke(each, fair=True) for each in PEOPLE)
    assert summarise(facts(broke=said)).number(Name.FAIR) == 6
    assert summarise(facts(replace(TEAM, figures_from=7), broke=said)).number(Name.FAIR) is None


def test_a_share_of_core_hours_is_told_in_tenths() -> None:
    some = (Core("p0", 480, 400), Core("p1", 480, 480), Core("p2", 0, 0))
    assert summarise(facts(core=some)).number(Name.CORE) == 90


def test_what_is_not_agreed_has_no_figure_and_says_so() -> None:
    found = summarise(facts(Team("t", "UTC"), core=(), blocks=(), held=(held(),)))
    why = {each.name: each.because for each in found.figures if not each.shown}
    assert why[Name.CORE] == "No core hours are agreed."
    assert why[Name.BLOCKS] == why[Name.OVERRIDDEN] == "No shared focus is agreed."
    assert why[Name.TOLD] == why[Name.DUE] == "No reply time is agreed."
    assert dict(found.kept) == {Norm.HOURS: True}


def test_a_week_in_which_everybody_was_away_has_no_core_hours() -> None:
    found = summarise(facts(core=(Core("p0", 0, 0),)))
    why = next(each.because for each in found.figures if each.name == Name.CORE)
    assert why == "Nobody had core hours in this week."


# Suppression ---------------------------------------------------------------------------------------


def test_too_few_people_is_said_of_every_figure() -> None:
    found = summarise(facts(chosen=NOBODY, held=(held(),), broke=(broke(),)))
    assert not any(each.shown for each in found.figures)
    assert all(each.because.startswith("Too few people this week. ") for each in found.figures)
    assert (found.people, found.of, found.kept, found.reasons()) == (0, 3, (), ())
    assert found.days(Name.HELD_BY_DAY) == ()


DAY = st.integers(0, 6)
PERSON = st.sampled_from((*PEOPLE, "zoe"))
HELD = st.builds(Held, PERSON, DAY, st.booleans(), st.booleans(), st.booleans())
BROKE = st.builds(
    Broke,
    PERSON,
    DAY,
    st.sampled_from(["broken", "safety", "asked"]),
    st.none() | st.booleans(),
    st.booleans(),
)
CORE = st.builds(Core, PERSON, st.integers(0, 600), st.integers(0, 600))
BLOCK = st.builds(Block, DAY, st.booleans(), st.frozensets(PERSON))
EVENTS = st.fixed_dictionaries(
    {
        "held": st.lists(HELD, max_size=12).map(tuple),
        "broke": st.lists(BROKE, max_size=12).map(tuple),
        "core": st.lists(CORE, max_size=6).map(tuple),
        "blocks": st.lists(BLOCK, max_size=4).map(tuple),
    }
)


@given(EVENTS)
def test_nothing_that_happened_changes_a_suppressed_summary(happened: dict[str, Any]) -> None:
    empty = facts(chosen=NOBODY, core=(), blocks=())
    assert summarise(replace(empty, **happened)) == summarise(empty)


@given(EVENTS)
def test_nothing_that_happened_to_others_changes_a_summary(happened: dict[str, Any]) -> None:
    known = facts(**happened)
    without = {
        name: tuple(each for each in events if getattr(each, "person", "") != "zoe")
        for name, events in happened.items()
    }
    without["blocks"] = tuple(replace(each, disturbed=each.disturbed - {"zoe"}) for each in known.blocks)
    assert summarise(known) == summarise(facts(**without))


@given(EVENTS, st.permutations(PEOPLE))
def test_who_in_the_cohort_it_was_changes_nothing_but_the_count_of_judges(
    happened: dict[str, Any], order: list[str]
) -> None:
    """The same week with the people of the cohort exchanged reads the same."""
    new = {**dict(zip(PEOPLE, order, strict=True)), "zoe": "zoe"}
    swapped = {
        name: tuple(replace(each, person=new[each.person]) for each in events)
        for name, events in happened.items()
        if name != "blocks"
    }
    swapped["blocks"] = tuple(
        replace(each, disturbed=frozenset(new[person] for person in each.disturbed))
        for each in happened["blocks"]
    )
    assert summarise(facts(**happened)) == summarise(facts(**swapped))


# Norms ---------------------------------------------------------------------------------------------


def test_a_week_without_exceptions_kept_everything() -> None:
    found = summarise(facts(held=(held(),)))
    assert dict(found.kept) == dict.fromkeys((Norm.FOCUS, Norm.CORE, Norm.REPLIES, Norm.HOURS), True)
    assert found.suggestion is None


@pytest.mark.parametrize(
    ("changes", "norm"),
    [
        ({"blocks": (Block(2, True, frozenset()),)}, Norm.FOCUS),
        ({"blocks": (Block(2, False, frozenset({"p0"})),)}, Norm.FOCUS),
        ({"core": (Core("p0", 480, 300),)}, Norm.CORE),
        ({"held": (held(told=False),)}, Norm.REPLIES),
        ({"broke": (broke(outside=True),)}, Norm.HOURS),
    ],
)
def test_each_norm_can_be_at_risk(changes: dict[str, Any], norm: Norm) -> None:
    found = dict(summarise(facts(**changes)).kept)
    assert found.pop(norm) is False
    assert all(found.values())


# The suggestion ------------------------------------------------------------------------------------


def suggested(team: Team = TEAM, **changes: Any) -> Suggestion | None:
    return summarise(facts(team, **changes)).suggestion


OVER = tuple(broke(each) for each in PEOPLE[:3])


def test_without_a_budget_one_is_suggested() -> None:
    found = suggested(replace(TEAM, urgent_budget=None), broke=OVER)
    assert found == Suggestion(Advice.BUDGET, (("urgent_budget", "3"),))


def test_over_the_budget_a_meaning_is_suggested() -> None:
    assert suggested(broke=OVER) == Suggestion(Advice.MEANING, (("urgent_means", MEANING),))
    assert suggested(broke=OVER[:2]) is None


def test_with_a_meaning_and_fair_ones_a_larger_budget_is_suggested() -> None:
    means = replace(TEAM, urgent_means="the shop is down")
    fair = tuple(broke(each, fair=True) for each in PEOPLE)
    assert suggested(means, broke=fair) == Suggestion(Advice.MORE, (("urgent_budget", "6"),))


def test_with_a_meaning_and_unfair_ones_an_earlier_review_is_suggested() -> None:
    means = replace(TEAM, urgent_means="the shop is down")
    unfair = tuple(broke(each, fair=False) for each in PEOPLE)
    assert suggested(means, broke=unfair) == Suggestion(Advice.REREAD, (("review_by", "2026-12-14"),))
    soon = replace(means, review_by=date(2026, 12, 7))
    assert suggested(soon, broke=unfair) is None


def test_overridden_focus_moves_to_the_quietest_day_outside_core_hours() -> None:
    busy = (held(day=0), held(day=1), held(day=3), held(day=4), broke(day=4))
    found = suggested(
        blocks=(Block(2, True, frozenset()),),
        held=tuple(each for each in busy if isinstance(each, Held)),
        broke=tuple(each for each in busy if isinstance(each, Broke)),
    )
    assert found == Suggestion(Advice.MOVE, (("shared_focus", "mon 09:00-12:00"),))


def test_focus_does_not_move_into_core_hours() -> None:
    team = replace(TEAM, core=parse_when("mon,tue 10:00-11:00; thu 12:00-13:00"))
    found = suggested(team, blocks=(Block(2, True, frozenset()),))
    assert found == Suggestion(Advice.MOVE, (("shared_focus", "thu 09:00-12:00"),))


def test_focus_on_several_days_moves_only_the_overridden_one() -> None:
    team = replace(TEAM, shared_focus=parse_when("tue,wed 09:00-12:00; fri 13:00-15:00"), core=None)
    found = suggested(team, blocks=(Block(1, False, frozenset()), Block(2, True, frozenset())))
    assert found is not None
    assert found.changes == (("shared_focus", "mon,tue 09:00-12:00; fri 13:00-15:00"),)


def test_focus_on_every_working_day_has_nowhere_to_move() -> None:
    team = replace(TEAM, shared_focus=parse_when("mon-fri 09:00-12:00"))
    assert suggested(team, blocks=(Block(2, True, frozenset()),)) is None


def test_a_weekend_block_moves_only_to_a_quieter_day() -> None:
    team = replace(TEAM, shared_focus=parse_when("wed 09:00-12:00"))
    summary = summarise(facts(team, blocks=(Block(3, True, frozenset()),)))
    assert summary.suggestion is None  # overridden on a day that has no focus any more: none is busier


@pytest.mark.parametrize("review", [None, date(2026, 11, 29)])
def test_without_a_day_ahead_for_the_review_one_is_suggested(review: date | None) -> None:
    found = suggested(replace(TEAM, review_by=review))
    assert found == Suggestion(Advice.REVIEW, (("review_by", "2027-02-22"),))


def test_too_few_people_do_not_hinder_a_review() -> None:
    found = suggested(replace(TEAM, review_by=None), chosen=NOBODY, broke=OVER)
    assert found is not None
    assert found.advice is Advice.REVIEW


def test_what_is_being_voted_on_is_not_suggested_again() -> None:
    team = replace(TEAM, review_by=None)
    assert suggested(team, broke=OVER, voting=frozenset({"urgent_means"})) == Suggestion(
        Advice.REVIEW, (("review_by", "2027-02-22"),)
    )
    assert suggested(team, voting=frozenset({"review_by"})) is None


def test_a_suggestion_follows_from_what_is_shown_alone() -> None:
    bare = Summary("t", "2026-W48", 0, 0, 5, (), ())
    assert suggest(bare, TEAM, WEEK) is None
