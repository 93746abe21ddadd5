"""Templates: norms to start from, as changes that a team can put to the vote. Each is dated and a starting
point only; the packs are written for a law and are not legal advice.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bot.policy import law
from bot.policy.law import Law

NOT_ADVICE: Final = "Not legal advice."
REVIEW_AFTER: Final = timedelta(days=91)
DATED: Final = date(2026, 11, 22)


@dataclass(frozen=True, slots=True)
class Template:
    """Norms to start from. `changes` are (field, text) as in the norms file, "" to remove one; `beside` says
    what people do themselves, which no norm of a team can say for them."""

    id: str
    name: str
    about: str
    changes: tuple[tuple[str, str], ...]
    beside: tuple[str, ...] = ()
    law: Law | None = None
    dated: date = DATED

    @property
    def mark(self) -> str:
        """What a team's norms keep of where they started: "core-hours 2026-11-22"."""
        return f"{self.id} {self.dated.isoformat()}"

    def proposed(self, today: date) -> tuple[tuple[str, str], ...]:
        """Everything to put to the vote on a local day of the team: the norms, a day on which to read them
        again, and the mark."""
        review = ("review_by", (today + REVIEW_AFTER).isoformat())
        return (*self.changes, review, ("template", self.mark))


_SUMMARY = ("summary", "mon 09:30")
_OWN_HOURS = "Everybody states their own hours: /boundary hours mon-fri 9-17"

STARTS: Final = (
    Template(
        "async-first",
        "Async first",
        "Written answers within a working day, two mornings of shared focus, one day without meetings.",
        (
            ("shared_focus", "tue,thu 09:00-12:00"),
            ("no_meetings", "wed 00:00-24:00"),
            ("reply_within.mention", "1 working day"),
            ("reply_within.direct", "1 working day"),
            ("reply_within.urgent", "2 working hours"),
            ("urgent_means", "somebody cannot go on working until it is answered"),
            ("urgent_budget", "3"),
            _SUMMARY,
        ),
        (_OWN_HOURS,),
    ),
    Template(
        "core-hours",
        "Core hours",
        "Three hours a day in which everybody can be reached; the rest of the day is each person's own.",
        (
            ("core", "mon-thu 13:00-16:00"),
            ("reply_within.mention", "4 working hours"),
            ("reply_within.direct", "1 working day"),
            ("reply_within.urgent", "1 working hour"),
            ("urgent_means", "waiting until the next core hours would do harm"),
            ("urgent_budget", "3"),
            _SUMMARY,
        ),
        (_OWN_HOURS,),
    ),
    Template(
        "follow-the-sun",
        "Follow the sun",
        "No hours in common: work is handed over in writing, and nobody waits up for another time zone.",
        (
            ("core", ""),
            ("reply_within.mention", "1 working day"),
            ("reply_within.direct", "1 working day"),
            ("reply_within.urgent", "2 working hours"),
            ("urgent_means", "customers cannot work, and nobody who is at work now can help"),
            ("urgent_budget", "2"),
            _SUMMARY,
        ),
        (_OWN_HOURS, "The ritual of handing over helps at the end of a day: /boundary rituals"),
    ),
    Template(
        "on-call",
        "On-call team",
        "Somebody is on call and answers at once; everybody else is left alone.",
        (
            ("reply_within.mention", "1 working day"),
            ("reply_within.direct", "1 working day"),
            ("reply_within.urgent", "15m"),
            ("urgent_means", "a service that customers use is down or losing data"),
            ("urgent_budget", "5"),
            _SUMMARY,
        ),
        ("Whoever is on call says so in their own norms: a window of the kind on_call in the norms file.",),
    ),
)
_CALM = (
    ("reply_within.mention", "1 working day"),
    ("reply_within.direct", "1 working day"),
    ("reply_within.urgent", "2 working hours"),
    ("urgent_means", "waiting until the next working day would do harm"),
    ("urgent_budget", "3"),
    _SUMMARY,
)


def _pack(id: str, about: Law, summary: str) -> Template:
    return Template(
        f"right-to-disconnect-{id}",
        f"Right to disconnect: {about.place}",
        summary,
        _CALM,
        (_OWN_HOURS, "The written policy is made from the norms: /boundary team policy"),
        about,
    )


PACKS: Final = (
    _pack("australia", law.AUSTRALIA, "For teams in Australia: what refusing contact out of hours rests on."),
    _pack("france", law.FRANCE, "For teams in France."),
    _pack("portugal", law.PORTUGAL, "For teams in Portugal: whoever writes is the one to refrain."),
    _pack("ontario", law.ONTARIO, "For teams in Ontario: a dated policy with its changes, and copies of it."),
    _pack("ireland", law.IRELAND, "For teams in Ireland."),
)
TEMPLATES: Final = (*STARTS, *PACKS)


def template(text: str) -> Template | None:
    """The template of an id or name, or of a place that has a pack."""
    wanted = "-".join(text.lower().replace(":", " ").split())
    return next(
        (
            each
            for each in TEMPLATES
            if wanted
            in (each.id, "-".join(each.name.lower().replace(":", "").split()), each.id.split("-")[-1])
        ),
        None,
    )


def near(text: str) -> str:
    """The id of the template that a word may have meant, "" if none is near."""
    ids = [each.id for each in TEMPLATES]
    ends = {id.split("-")[-1]: id for id in ids}
    found = difflib.get_close_matches(text.lower(), [*ids, *ends], n=1, cutoff=0.6)
    return ends.get(found[0], found[0]) if found else ""


def of_mark(mark: str) -> Template | None:
    """The template that a team's norms started from."""
    return next((each for each in TEMPLATES if each.id == mark.partition(" ")[0]), None) if mark else None


def uses_a_pack(mark: str) -> bool:
    """Whether a team's norms started from a pack: then each version is shown to every member to
    acknowledge."""
    found = of_mark(mark)
    return found is not None and found.law is not None
