"""What is known here about laws on the right to disconnect: dated, with sources, and not legal advice.

Nothing is said beyond the facts that this project has checked; where they do not tell more, the text says
where to look. Whoever changes a sentence changes `CHECKED`, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

CHECKED: Final = date(2026, 11, 22)
"""The day on which the facts below were looked at last."""


@dataclass(frozen=True, slots=True)
class Law:
    """What a pack was written for. `source` names where it stands and from when it holds."""

    place: str
    source: str
    facts: tuple[str, ...]
    checked: date = CHECKED


AUSTRALIA: Final = Law(
    "Australia",
    "the right to disconnect in Australian employment law, in force since 26 August 2024 for employers with "
    "15 or more staff and since 26 August 2025 for smaller ones",
    (
        "Contact outside hours is not banned as such; staff may refuse it.",
        "Whether a refusal is reasonable is judged by the reason for the contact, how disruptive it is, "
        "extra pay, the person's role, and their personal and caring situation.",
    ),
)
FRANCE: Final = Law(
    "France",
    "the right to disconnect in French labour law, since 2016",
    ("It concerns employers with 50 or more staff.",),
)
PORTUGAL: Final = Law(
    "Portugal",
    "Law 83/2021, article 199-A, in force since 1 January 2022",
    ("It is the employer who must refrain from contact outside hours.",),
)
ONTARIO: Final = Law(
    "Ontario",
    "Ontario's rules on written policies of employers",
    (
        "An employer with 25 or more staff on 1 January has a written policy by 1 March.",
        "The policy is dated, and so are its changes.",
        "Staff get a copy within 30 days.",
        "A written policy on electronic monitoring is wanted as well. What this bot keeps is said here.",
    ),
)
IRELAND: Final = Law(
    "Ireland",
    "S.I. 159/2021",
    ("It has three elements, which are to be read there.", "It is admissible in proceedings."),
)
