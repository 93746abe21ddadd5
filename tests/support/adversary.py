"""Somebody who reads every summary, knows who stands behind each, and works out what single people did.

Exact fractions: what follows from the figures is found, and nothing else is.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction

Sum = tuple[frozenset[str], int]
"""People and the figure that was published over them."""


def worked_out(sums: Sequence[Sum], known: Collection[Sum] = ()) -> dict[str, Fraction]:
    """The figure of each single person that follows from published sums and what is known anyway (Gauss and
    Jordan's elimination); nothing of those who are known anyway."""
    people = sorted(frozenset().union(*(cohort for cohort, _ in (*sums, *known))))
    rows = [
        [Fraction(person in cohort) for person in people] + [Fraction(total)]
        for cohort, total in (*sums, *known)
    ]
    done = 0
    for column in range(len(people)):
        pivot = next((place for place in range(done, len(rows)) if rows[place][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        rows[done] = [value / rows[done][column] for value in rows[done]]
        for place, row in enumerate(rows):
            if place != done and row[column]:
                times = row[column]
                rows[place] = [value - times * lead for value, lead in zip(row, rows[done], strict=True)]
        done += 1
    alone = [row for row in rows[:done] if sum(value != 0 for value in row[:-1]) == 1]
    found = {people[row.index(Fraction(1))]: row[-1] for row in alone}
    told = {person for cohort, _ in known for person in cohort}
    return {person: value for person, value in found.items() if person not in told}


def differences(sums: Sequence[Sum]) -> set[int]:
    """By how many people any two published figures differ."""
    return {len(one ^ other) for one, _ in sums for other, _ in sums}
