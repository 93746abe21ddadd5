"""Behind whom team figures may stand."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from rules.privacy import (
    CHECKS,
    LEAST,
    Case,
    People,
    Published,
    apart,
    cells,
    cohort,
    combined,
    enough,
    singled_out,
)


def people(*numbers: int) -> People:
    return frozenset(f"p{number:02d}" for number in numbers)


NINETEEN = people(*range(19))
FIRST = Published("2026-W47", NINETEEN)


def case(*earlier: Published, week: str = "2026-W48", least: int = LEAST, gone: People = frozenset()) -> Case:
    return Case(week, least, earlier, gone)


# Who is shown --------------------------------------------------------------------------------------


def test_everybody_is_shown_when_nothing_speaks_against_it() -> None:
    found = cohort(NINETEEN, "2026-W48", [])
    assert (found.people, found.of, found.shown) == (NINETEEN, 19, True)
    assert found.because == ("Over all 19 members who had not just joined.",)


def test_four_people_are_too_few_and_five_are_enough() -> None:
    assert not cohort(people(1, 2, 3, 4), "2026-W48", []).shown
    assert cohort(people(1, 2, 3, 4, 5), "2026-W48", []).shown


def test_too_few_is_said_in_a_sentence_that_counts_nobody() -> None:
    found = cohort(people(1, 2, 3), "2026-W48", [])
    assert found.because[0] == (
        "Figures need 5 people who were here this week and the week before; too few were."
    )
    assert not found.people


def test_a_team_may_ask_for_more_people_but_not_for_fewer() -> None:
    assert not cohort(people(*range(7)), "2026-W48", [], 8).shown
    assert cohort(people(*range(5)), "2026-W48", [], 1).shown
    assert not cohort(people(*range(4)), "2026-W48", [], 1).shown


def test_the_same_people_are_shown_week_after_week() -> None:
    again = cohort(NINETEEN, "2026-W48", [FIRST])
    assert again.people == NINETEEN


def test_one_who_leaves_takes_four_others_with_them_and_that_is_said() -> None:
    found = cohort(NINETEEN - people(7), "2026-W48", [FIRST])
    assert len(found.people) == 14
    assert len(FIRST.people ^ found.people) == 5
    assert found.because[-1].startswith("Over 14 of the 18 members who had not just joined")


def test_one_who_joins_waits_until_the_difference_is_large_enough() -> None:
    assert cohort(NINETEEN | people(30), "2026-W48", [FIRST]).people == NINETEEN
    five_more = NINETEEN | people(30, 31, 32, 33, 34)
    assert cohort(five_more, "2026-W48", [FIRST]).people == five_more


def test_somebody_may_make_way_for_several_who_came() -> None:
    found = cohort(NINETEEN | people(30, 31, 32, 33), "2026-W48", [FIRST])
    assert found.people == NINETEEN - people(0) | people(30, 31, 32, 33)


def test_a_smaller_cohort_is_the_same_next_week() -> None:
    left = NINETEEN - people(7)
    first = cohort(left, "2026-W48", [FIRST])
    again = cohort(left, "2026-W49", [FIRST, Published("2026-W48", first.people)])
    assert again.people == first.people


def test_a_small_team_with_one_leaver_is_suppressed_openly() -> None:
    six = people(*range(6))
    found = cohort(six - people(0), "2026-W48", [Published("2026-W47", six)])
    assert not found.shown
    assert found.because == (
        "They and the figures of 2026-W47 differ by so few people that these could be worked out.",
        "Nor would it do to leave some of them out.",
    )


def test_a_team_that_asks_for_more_protects_its_people_in_other_teams_too() -> None:
    careful = Published("2026-W47", NINETEEN, least=8)
    found = cohort(NINETEEN | people(30, 31, 32, 33, 34), "2026-W48", [careful])
    assert len(found.people ^ NINETEEN) == 8  # five would do for this team


def test_a_forgotten_person_may_be_back_under_another_id() -> None:
    """Five differ by their ids; if the mark is one of those who came, only three do."""
    came, before = people(40, 41, 42, 43), [Published("2026-W47", people(*range(10)) | {"mark"})]
    now = people(*range(10)) | came
    assert cohort(now, "2026-W48", before).people == now
    assert cohort(now, "2026-W48", before, gone={"mark"}).people != now


def test_publications_of_people_who_share_nobody_have_no_bearing() -> None:
    other = Published("2026-W48", people(*range(50, 55)))
    assert cohort(NINETEEN, "2026-W48", [other]).people == NINETEEN


def test_the_answer_does_not_depend_on_the_order_of_what_was_published() -> None:
    earlier = [FIRST, Published("2026-W46", people(*range(3, 17))), Published("2026-W45", people(*range(8)))]
    found = {cohort(NINETEEN - people(0), "2026-W48", order).people for order in (earlier, earlier[::-1])}
    assert len(found) == 1


# Each check ----------------------------------------------------------------------------------------


def test_each_check_has_a_sentence_of_its_own() -> None:
    earlier = case(
        Published("2026-W48", people(*range(0, 10))),
        Published("2026-W48", people(*range(5, 15))),
        Published("2026-W47", NINETEEN),
    )
    small, near = people(1, 2), NINETEEN - people(3)
    assert enough(small, earlier).startswith("Figures need 5 people")
    assert apart(near, earlier) == (
        "They and the figures of 2026-W47 differ by so few people that these could be worked out."
    )
    assert cells(people(*range(0, 7)), earlier) == (
        "Together with other figures of 2026-W48 they would leave a group of too few people."
    )


def test_figures_of_the_same_week_are_called_so() -> None:
    now = case(Published("2026-W48", NINETEEN))
    assert apart(NINETEEN - people(3), now).startswith("They and other figures of 2026-W48 differ")


def test_many_weeks_are_not_all_listed() -> None:
    earlier = [Published(f"2026-W{number}", NINETEEN - people(number - 40)) for number in range(40, 45)]
    assert apart(NINETEEN, case(*earlier)).startswith(
        "They and the figures of 2026-W40, 2026-W41, 2026-W42 and others differ"
    )


def test_three_sub_teams_may_not_leave_a_small_group_between_them() -> None:
    """Every two differ by ten, yet one person alone is in both of the first two and not in the third."""
    one, two = people(*range(0, 10)), people(*range(5, 15))
    three = people(*range(6, 16))
    now = case(Published("2026-W48", one), Published("2026-W48", two))
    assert len(one ^ three) >= LEAST
    assert cells(three, now)


def test_groups_of_another_week_are_not_held_against_a_cohort() -> None:
    now = case(Published("2026-W47", people(*range(10))), Published("2026-W47", people(*range(5, 15))))
    assert not cells(people(*range(6, 16)), now)


def test_a_group_that_was_small_before_is_not_held_against_a_cohort_that_leaves_it_whole() -> None:
    one, two = people(*range(0, 10)), people(*range(8, 20))
    now = case(Published("2026-W48", one), Published("2026-W48", two))
    assert not cells(one | two, now)


def test_figures_of_several_weeks_may_not_leave_a_single_person() -> None:
    """Both halves and, weeks later, the whole with one more: every two differ by enough."""
    halves = [Published("2026-W40", people(*range(0, 10))), Published("2026-W41", people(*range(10, 20)))]
    whole = people(*range(0, 21))
    assert not apart(whole, case(*halves))
    assert combined(whole, case(*halves)) == (
        "Together with the figures of several weeks they would leave a single person."
    )
    assert cohort(whole, "2026-W48", halves).people == whole - people(20)


def test_whoever_was_singled_out_before_does_not_stand_in_the_way_for_ever() -> None:
    earlier = [Published("2026-W40", NINETEEN), Published("2026-W41", NINETEEN - people(3))]
    assert not combined(NINETEEN, case(*earlier))


# Singling out --------------------------------------------------------------------------------------


def test_a_difference_of_one_singles_them_out() -> None:
    assert singled_out([NINETEEN, NINETEEN - people(4)]) == people(4)


def test_a_difference_of_two_singles_nobody_out() -> None:
    assert not singled_out([NINETEEN, NINETEEN - people(4, 5)])


def test_nothing_published_singles_nobody_out() -> None:
    assert not singled_out([])


def test_a_triangle_of_pairs_singles_everybody_out() -> None:
    """(a+b) + (a+c) - (b+c) is twice a: multiples count, not only plus and minus."""
    assert singled_out([people(0, 1), people(0, 2), people(1, 2)]) == people(0, 1, 2)


SMALL = st.frozensets(st.sampled_from(sorted(people(*range(7)))), min_size=1)


@given(st.lists(SMALL, min_size=1, max_size=6))
def test_singled_out_agrees_with_trying_every_small_combination(cohorts: list[People]) -> None:
    """What sums and differences with factors -2 to 2 of at most three cohorts reach must be found."""
    reached = set()
    for few in combinations(cohorts, min(3, len(cohorts))):
        for factors in _factors(len(few)):
            total: dict[str, int] = {}
            for factor, each in zip(factors, few, strict=True):
                for person in each:
                    total[person] = total.get(person, 0) + factor
            alone = [person for person, times in total.items() if times]
            reached.update(alone if len(alone) == 1 else [])
    assert reached <= singled_out(cohorts)


def _factors(number: int) -> list[tuple[int, ...]]:
    found: list[tuple[int, ...]] = [()]
    for _ in range(number):
        found = [(*each, factor) for each in found for factor in (-2, -1, 0, 1, 2)]
    return found


MEMBERS = st.frozensets(st.sampled_from(sorted(people(*range(16)))))


@given(st.lists(st.tuples(MEMBERS, st.sampled_from(("2026-W46", "2026-W47", "2026-W48"))), max_size=8))
def test_whatever_is_published_in_turn_obeys_every_rule(teams: list[tuple[People, str]]) -> None:
    published: list[Published] = []
    for members, week in teams:
        found = cohort(members, week, published)
        assert found.people <= members
        if not found.shown:
            continue
        assert len(found.people) >= LEAST
        assert all(len(found.people ^ each.people) not in range(1, LEAST) for each in published)
        published.append(Published(week, found.people))
        assert not singled_out(each.people for each in published)
        same = [each.people for each in published if each.week == week]
        assert all(len(group) >= LEAST for group in _groups(same))


def _groups(cohorts: list[People]) -> list[People]:
    everybody = frozenset().union(*cohorts)
    marks = {person: tuple(person in each for each in cohorts) for person in everybody}
    return [frozenset(p for p in everybody if marks[p] == mark) for mark in set(marks.values())]


def test_there_are_four_checks_and_size_comes_first() -> None:
    assert (enough, apart, cells, combined) == CHECKS
