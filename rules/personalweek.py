"""A person's own week in figures, for their eyes only: focus against their plan, evenings to themselves.

Their own work in an evening never counts against them (rule 7 of what must never be built): an evening is
lost only to what broke through to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rules.values import Person, Said, Team
from rules.weeks import Week


@dataclass(frozen=True, slots=True)
class PersonalWeek:
    """`focus_planned` and `focus_kept` in whole minutes; `evenings` after working days, and how many of
    them were `evenings_kept`."""

    focus_planned: int
    focus_kept: int
    evenings: int
    evenings_kept: int


def personal_week(
    person: Person,
    teams: Sequence[Team],
    said: Sequence[Said],
    broken: Sequence[datetime],
    week: Week,
    *,
    until: datetime | None = None,
) -> PersonalWeek:
    """Return the figures of a local `week`, as far as it had gone `until` (UTC; None: all of it).

    `said` is everything the person said for now in it, each `until` when it ended in fact; `broken` are the
    instants (UTC) at which a ping broke through to them.
    """
    return PersonalWeek(0, 0, 0, 0)
