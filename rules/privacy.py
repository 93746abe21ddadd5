"""Behind whom team figures may stand: a cohort is published only if nobody in it can be worked out.

A minimum size alone does not help: one person who leaves between two weeks can be worked out from the
difference of two figures, each over many people. So a cohort is compared with everything that was published
before, of any team: what it differs by is nobody or enough people. Within one week every cell that the
published cohorts make together must be empty or large enough too, so that adding and subtracting the figures
of several teams ends at groups and never at a person. Over all weeks, no sum of figures may single a person
out, even for somebody who takes it that every person had the same figures every week.

What this cannot do: whoever knows the figures of all others behind a number knows the last one's as well,
and a zero says that everybody had zero.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

LEAST = 5
"""People behind a figure, at least; a team may ask for more, never for fewer."""

People = frozenset[str]


@dataclass(frozen=True, slots=True)
class Published:
    """An earlier publication: of which week ("2026-W48"), over whom, and how many its team asks for."""

    week: str
    people: People
    least: int = LEAST


@dataclass(frozen=True, slots=True)
class Cohort:
    """The people behind the figures of a team's week, empty if there are too few; `of` is how many took part
    in both weeks. `because` are the sentences that say why."""

    people: People
    of: int
    because: tuple[str, ...]

    @property
    def shown(self) -> bool:
        """Whether there are figures at all."""
        return bool(self.people)


@dataclass(frozen=True, slots=True)
class Case:
    """What a cohort is checked against. `gone` are marks that stand for forgotten people in `earlier`: they
    may be anybody who came since."""

    week: str
    least: int
    earlier: tuple[Published, ...]
    gone: People = frozenset()


Check = Callable[[People, Case], str]
"""What speaks against publishing over these people, as a sentence; "" if nothing does."""


def enough(people: People, case: Case) -> str:
    """At least k people stand behind a figure."""
    if len(people) >= case.least:
        return ""
    return f"Figures need {case.least} people who were here this week and the week before; too few were."


def apart(people: People, case: Case) -> str:
    """The difference to every earlier publication is nobody, or at least k people."""
    close = [each for each in case.earlier if 0 < _distance(people, each, case) < _least(case, each)]
    if not close:
        return ""
    return f"{_compared(close, case)} differ by so few people that these could be worked out."


def cells(people: People, case: Case) -> str:
    """Every group that the cohorts published for the same week make together is empty or at least k people:
    whatever is added or subtracted ends at such groups."""
    if not any(_small_cells(people, case)):
        return ""
    return f"Together with other figures of {case.week} they would leave a group of too few people."


def combined(people: People, case: Case) -> str:
    """No sum of figures of any weeks singles a person out who was not singled out before."""
    if not _newly_alone(people, case):
        return ""
    return "Together with the figures of several weeks they would leave a single person."


CHECKS: tuple[Check, ...] = (enough, apart, cells, combined)
"""All of them, in order: the first objection is the reason that is given."""


def cohort(
    eligible: Collection[str],
    week: str,
    earlier: Sequence[Published],
    least: int = LEAST,
    *,
    gone: Collection[str] = (),
    checks: Sequence[Check] = CHECKS,
) -> Cohort:
    """Return the people over whom a team's figures of `week` may be published: all of `eligible` (who took
    part in it and in the week before), else the most that qualify, else nobody.

    `earlier` is what was published so far, of every team, before this; the answer is the same for the same
    arguments. `least` below 5 counts as 5.
    """
    whole = frozenset(eligible)
    least = max(LEAST, least)
    case = Case(week, least, _connected(whole, earlier), frozenset(gone))
    objection = _objection(whole, case, checks)
    if not objection:
        return Cohort(whole, len(whole), (f"Over all {len(whole)} people who were here both weeks.",))
    good = [each for each in _smaller(whole, case) if not _objection(each, case, checks)]
    if not good:
        return Cohort(frozenset(), len(whole), (objection, "Nor would it do to leave some of them out."))
    best = max(good, key=lambda each: (len(each), sorted(each)))
    over = f"Over {len(best)} of the {len(whole)} people who were here both weeks; the others are left out."
    return Cohort(best, len(whole), (objection, over))


def singled_out(cohorts: Iterable[People]) -> People:
    """Return the people whose own figure follows from sums over these cohorts, by adding and subtracting any
    multiples of them, if everybody's figure is the same in each."""
    distinct = sorted(set(cohorts), key=sorted)
    groups: dict[tuple[bool, ...], list[str]] = {}
    for person in sorted(frozenset().union(*distinct)):
        groups.setdefault(tuple(person in each for each in distinct), []).append(person)
    if all(len(group) > 1 for group in groups.values()):
        return frozenset()  # people who are always together cannot be told apart
    rows = _reduced([[Fraction(signature[place]) for signature in groups] for place in range(len(distinct))])
    alone = {row.index(Fraction(1)) for row in rows if sum(value != 0 for value in row) == 1}
    members = list(groups.values())
    return frozenset(members[place][0] for place in alone if len(members[place]) == 1)


# Checking -----------------------------------------------------------------------------------------


def _objection(people: People, case: Case, checks: Sequence[Check]) -> str:
    return next((said for said in (check(people, case) for check in checks) if said), "")


def _connected(whole: People, earlier: Sequence[Published]) -> tuple[Published, ...]:
    """Publications that share people with `whole`, directly or through others: the rest has no bearing."""
    reach, found, left = set(whole), list[Published](), list(dict.fromkeys(earlier))
    while near := [each for each in left if not reach.isdisjoint(each.people)]:
        found += near
        left = [each for each in left if reach.isdisjoint(each.people)]
        reach.update(*(each.people for each in near))
    return tuple(found)


def _least(case: Case, other: Published) -> int:
    return max(case.least, other.least)


def _distance(people: People, other: Published, case: Case) -> int:
    """Return by how many people a cohort differs from an earlier one, at the least: a mark may stand for
    somebody who was forgotten and came back under another id."""
    out, came = other.people - people, people - other.people
    if not out and not came:
        return 0
    return max(1, len(out) + len(came) - 2 * min(len(out & case.gone), len(came)))


def _compared(close: Sequence[Published], case: Case) -> str:
    weeks = sorted({each.week for each in close})
    if weeks == [case.week]:
        return f"They and other figures of {case.week}"
    return f"They and the figures of {', '.join(weeks[:3])}{' and others' if len(weeks) > 3 else ''}"


def _small_cells(people: People, case: Case) -> Iterable[tuple[People, People, int]]:
    """Yield groups that a cohort would cut too small: (the small part, what it was cut from, its least)."""
    same = [each for each in case.earlier if each.week == case.week]
    groups: dict[tuple[bool, ...], set[str]] = {}
    for person in people.union(*(each.people for each in same)):
        groups.setdefault(tuple(person in each.people for each in same), set()).add(person)
    for signature in sorted(groups):
        group = frozenset(groups[signature])
        covering = [each.least for each, within in zip(same, signature, strict=True) if within]
        least = max([case.least, *covering])
        parts = (group & people, group - people)
        if same and (all(parts) or not covering):
            yield from ((part, group, least) for part in parts if 0 < len(part) < least)


def _newly_alone(people: People, case: Case) -> People:
    before = [each.people for each in case.earlier]
    after = singled_out([*before, people])
    return after - singled_out(before) if after else after


def _reduced(rows: list[list[Fraction]]) -> list[list[Fraction]]:
    """Return the reduced row echelon form: a unit vector is a sum of rows exactly if it is one of them."""
    done: list[list[Fraction]] = []
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in rows if row[column]), None)
        if pivot is None:
            continue
        rows = [row for row in rows if row is not pivot]
        pivot = [value / pivot[column] for value in pivot]
        rows = [_minus(row, pivot, column) for row in rows]
        done = [*(_minus(row, pivot, column) for row in done), pivot]
    return done


def _minus(row: list[Fraction], pivot: list[Fraction], column: int) -> list[Fraction]:
    times = row[column]
    if not times:
        return row
    return [value - times * other for value, other in zip(row, pivot, strict=True)]


# Leaving people out -------------------------------------------------------------------------------


def _smaller(whole: People, case: Case) -> set[People]:
    """Return smaller cohorts worth checking: what was published before, and all but those in the way."""
    known = {each.people for each in case.earlier}
    starts = {whole, *(whole & each for each in known)}
    before = {each for each in known if each <= whole}
    return before | {_without_those_in_the_way(each, case) for each in starts}


def _without_those_in_the_way(people: People, case: Case) -> People:
    """Leave people out, in the order of their ids, until nothing speaks against the rest or too few are
    left."""
    while len(people) >= case.least:
        drop = _in_the_way(people, case)
        if not drop:
            return people
        people -= drop
    return frozenset()


def _in_the_way(people: People, case: Case) -> People:
    for each in case.earlier:
        distance = _distance(people, each, case)
        if 0 < distance < _least(case, each):
            return _first(people & each.people, _least(case, each) - distance)
    for part, group, least in _small_cells(people, case):
        return part if part <= people else _first(group & people, least - len(part))
    return _newly_alone(people, case) & people


def _first(people: People, number: int) -> People:
    return frozenset(sorted(people)[:number])
