"""Behind whom team figures may stand: a cohort is published only if nobody in it can be worked out.

A minimum size alone does not help: one person who leaves between two weeks can be worked out from the
difference of two figures, each over many people. So a cohort is compared with everything that was published
before, of any team: what it differs by is nobody or enough people. Within one week every cell that the
published cohorts make together must be empty or large enough too, so that adding and subtracting the figures
of several teams ends at groups and never at a person. Over all weeks, no sum of figures may single a person
out, even for somebody who takes it that every person had the same figures every week.

What this cannot do: whoever knows the figures of all others behind a number knows the last one's as well (of
all but two, they know neither's), and a zero says that everybody had zero. Over several weeks somebody who
was forgotten and came back counts as somebody new.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

LEAST = 5
"""People behind a figure, at least; a team may ask for more, never for fewer."""

People = frozenset[str]
Row = dict[str, int]
"""A sum of people's figures: how often each counts, modulo a prime; whoever does not is left out."""
Basis = tuple[tuple[str, Row], ...]
"""Sums that can be worked out, each with a person who counts once in it and in no other."""

_PRIME = 2**127 - 1
"""Counting modulo a prime this large is as good as with fractions: the two differ with odds of 2**-100."""


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
        return Cohort(whole, len(whole), (f"Over all {len(whole)} members who had not just joined.",))
    best = _largest(whole, case, checks)
    if not best:
        return Cohort(best, len(whole), (objection, "Nor would it do to leave some of them out."))
    over = f"Over {len(best)} of the {len(whole)} members who had not just joined; the others are left out."
    return Cohort(best, len(whole), (objection, over))


def singled_out(cohorts: Iterable[People]) -> People:
    """Return the people whose own figure follows from sums over these cohorts, by adding and subtracting any
    multiples of them, if everybody's figure is the same in each."""
    return _alone(_basis(tuple(sorted(set(cohorts), key=sorted))))


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
    before = _basis(tuple(sorted({each.people for each in case.earlier}, key=sorted)))
    return _alone(_plus(before, people)) - _alone(before)


def _alone(basis: Basis) -> People:
    """Whoever stands alone in a sum: in a basis in which every leading person counts in one sum only, a
    person's own figure can be worked out exactly if it is one of the sums."""
    return frozenset(leading for leading, row in basis if len(row) == 1)


@lru_cache(maxsize=16)
def _basis(cohorts: tuple[People, ...]) -> Basis:
    found: Basis = ()
    for each in cohorts:
        found = _plus(found, each)
    return found


def _plus(basis: Basis, people: People) -> Basis:
    """Return the basis with one more cohort (Gauss and Jordan's elimination)."""
    row = dict.fromkeys(people, 1)
    for leading, each in basis:
        row = _minus(row, each, row.get(leading, 0))
    if not row:
        return basis
    new = min(row)
    row = {person: times * pow(row[new], -1, _PRIME) % _PRIME for person, times in row.items()}
    return (*((leading, _minus(each, row, each.get(new, 0))) for leading, each in basis), (new, row))


def _minus(row: Row, other: Row, times: int) -> Row:
    if not times:
        return row
    found = dict(row)
    for person, each in other.items():
        found[person] = (found.get(person, 0) - times * each) % _PRIME
    return {person: each for person, each in found.items() if each}


# Leaving people out -------------------------------------------------------------------------------


def _largest(whole: People, case: Case, checks: Sequence[Check]) -> People:
    """Return the largest smaller cohort against which nothing speaks, of those that were published before and
    those that leave out who is in the way; nobody if there is none."""
    known = {each.people for each in case.earlier}
    found = {_cleared(each, case) for each in (whole, *(whole & each for each in known))}
    queue = sorted(_rank(each) for each in found | {each for each in known if each <= whole})
    while queue:
        people = frozenset(queue.pop(0)[1])
        if not _objection(people, case, checks):
            return people
        if alone := _newly_alone(people, case) & people:
            insort(queue, _rank(_cleared(people - alone, case)))
    return frozenset()


def _rank(people: People) -> tuple[int, list[str]]:
    return -len(people), sorted(people)


def _cleared(people: People, case: Case) -> People:
    """Leave people out, in the order of their ids, until the rest differs by enough and leaves no small group
    (or too few are left)."""
    while len(people) >= case.least and (drop := _in_the_way(people, case)):
        people -= drop
    return people if len(people) >= case.least else frozenset()


def _in_the_way(people: People, case: Case) -> People:
    for each in case.earlier:
        distance = _distance(people, each, case)
        if 0 < distance < _least(case, each):
            return _first(people & each.people, _least(case, each) - distance)
    for part, group, least in _small_cells(people, case):
        return part if part <= people else _first(group & people, least - len(part))
    return frozenset()


def _first(people: People, number: int) -> People:
    return frozenset(sorted(people)[:number])
