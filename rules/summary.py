"""A team's week against what it agreed: figures over a cohort, what they say, and one change to vote on.

Only sums over the whole cohort leave this module, and everything else follows from those sums: what may not
be shown changes neither a sentence nor the suggestion. A team is compared with its norms, never a person
with another. Nothing here knows who was online or how fast anybody answered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from rules.privacy import LEAST, Cohort, People
from rules.values import Clause, Team, TimeRange, When
from rules.weeks import Week
from rules.when import format_when, normal

WORKDAYS = range(5)
REACHABLE = 80
"""Per cent of the core hours that the members' own norms leave open, for them to count as kept."""
REVIEW_EVERY = timedelta(weeks=12)
REVIEW_SOON = timedelta(weeks=2)
MEANING = "customers cannot work, or somebody's health or safety is at stake"
"""What counts as urgent, as a start for a team that has not said it."""


# Facts: one entry for each thing that happened, with whom it concerns ------------------------------


@dataclass(frozen=True, slots=True)
class Held:
    """A ping that waited: for whom, the local weekday it was written (0 = Monday), whether it has been
    delivered, whether the team agreed when such a ping is answered, and whether its sender was told so."""

    person: str
    day: int
    delivered: bool
    due: bool
    told: bool


@dataclass(frozen=True, slots=True)
class Broke:
    """A ping that broke through what a person's norms hold: to whom, on which local weekday, the name of its
    reason, their word on it (None: none that counts), and whether it reached them outside their hours."""

    person: str
    day: int
    reason: str
    fair: bool | None
    outside: bool


@dataclass(frozen=True, slots=True)
class Word:
    """A person's word on what broke through to them: whether it was fair."""

    person: str
    fair: bool


@dataclass(frozen=True, slots=True)
class Core:
    """Minutes of a person's agreed core hours in the week, without leave and holidays, and how many of them
    their own norms leave open."""

    person: str
    agreed: int
    reachable: int


@dataclass(frozen=True, slots=True)
class Block:
    """One block of shared focus: its local weekday, whether the team lifted it, and whom an urgent ping
    reached in it."""

    day: int
    lifted: bool
    disturbed: People


@dataclass(frozen=True, slots=True)
class WeekFacts:
    """Everything a summary is made of. `team` has the norms as they were at the week's end, `now` as they are
    (None: the same), for what comes next; `voting` are the norms that are being voted on; `members` is how
    many the team has, 0 if that is not known. With this week's words on break-throughs those of earlier weeks
    are counted, `words`, from the week `since` on (None: this week's alone, and they are not counted on)."""

    team: Team
    week: Week
    cohort: Cohort
    held: tuple[Held, ...] = ()
    broke: tuple[Broke, ...] = ()
    core: tuple[Core, ...] = ()
    blocks: tuple[Block, ...] = ()
    voting: frozenset[str] = frozenset()
    now: Team | None = None
    members: int = 0
    words: tuple[Word, ...] = ()
    since: Week | None = None


# The summary ---------------------------------------------------------------------------------------


class Name(StrEnum):
    """The figures of a summary. A reason's own figure is `BROKE` with a dot and the name of the reason."""

    BLOCKS = "focus_blocks"
    OVERRIDDEN = "focus_overridden"
    CORE = "core_reachable"
    HELD = "held"
    DUE = "reply_agreed"
    TOLD = "reply_told"
    DELIVERED = "delivered"
    BROKE = "broke_through"
    OUTSIDE = "outside_hours"
    JUDGED = "judged"
    FAIR = "fair"
    HELD_BY_DAY = "held_by_day"
    BROKE_BY_DAY = "broke_through_by_day"
    OVERRIDDEN_BY_DAY = "focus_overridden_by_day"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its number, or seven by weekday; none where it is not shown. `because` says why it is shown
    or not."""

    name: str
    numbers: tuple[int, ...]
    because: str

    @property
    def shown(self) -> bool:
        """Whether people may see it."""
        return bool(self.numbers)


class Norm(StrEnum):
    """What a team agreed and a week can keep."""

    FOCUS = "focus"
    CORE = "core"
    REPLIES = "replies"
    HOURS = "hours"


class Advice(StrEnum):
    """Why a change is suggested."""

    BUDGET = "budget"
    MEANING = "meaning"
    MORE = "more"
    REREAD = "reread"
    MOVE = "move"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A change worth a vote: (field, text) as in the norms file."""

    advice: Advice
    changes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """A team's week as it is published. `people` of the `of` who took part in both weeks stand behind the
    figures, 0 of them if these are suppressed; `kept` says of each norm that the week can tell about whether
    it was kept. `because` are the sentences on the cohort, `members` how many the team had. `since` is the
    first week of the block over which words on break-throughs are counted; "" where this week stands alone
    and they are not counted on, as in what earlier versions published. The dates are local to the team."""

    team: str
    week: str
    people: int
    of: int
    least: int
    because: tuple[str, ...]
    figures: tuple[Figure, ...]
    kept: tuple[tuple[Norm, bool], ...] = ()
    budget: int | None = None
    suggestion: Suggestion | None = None
    review_by: date | None = None
    members: int = 0
    since: str = ""

    def number(self, name: str) -> int | None:
        """A figure's number; None where it is not shown or there is none."""
        return next((each.numbers[0] for each in self.figures if each.name == name and each.numbers), None)

    def days(self, name: str) -> tuple[int, ...]:
        """A figure's numbers by weekday, Monday first; empty where they are not shown."""
        return next((each.numbers for each in self.figures if each.name == name), ())

    def reasons(self) -> tuple[tuple[str, int], ...]:
        """What broke through by the name of its reason, the most frequent first."""
        lead = f"{Name.BROKE}."
        found = [
            (each.name.removeprefix(lead), each.numbers[0])
            for each in self.figures
            if each.name.startswith(lead) and each.numbers
        ]
        return tuple(sorted(found, key=lambda each: (-each[1], each[0])))


def summarise(facts: WeekFacts) -> Summary:
    """Return the summary of a week: figures over the cohort, norms kept or at risk, one suggestion."""
    team, now, cohort = facts.team, facts.now or facts.team, facts.cohort
    figures = _figures(_within(facts))
    summary = Summary(
        team.id,
        str(facts.week),
        len(cohort.people),
        cohort.of,
        max(LEAST, team.figures_from),
        cohort.because,
        figures,
        budget=team.urgent_budget,
        review_by=now.review_by,
        members=facts.members,
        since=str(facts.since or ""),
    )
    summary = replace(summary, kept=_kept(summary))
    return replace(summary, suggestion=suggest(summary, now, facts.week, facts.voting))


def _within(facts: WeekFacts) -> WeekFacts:
    """The facts of the cohort alone."""
    people = facts.cohort.people
    return replace(
        facts,
        held=tuple(each for each in facts.held if each.person in people),
        broke=tuple(each for each in facts.broke if each.person in people),
        words=tuple(each for each in facts.words if each.person in people),
        core=tuple(each for each in facts.core if each.person in people),
        blocks=tuple(replace(each, disturbed=each.disturbed & people) for each in facts.blocks),
    )


# Figures -------------------------------------------------------------------------------------------


def _figures(facts: WeekFacts) -> tuple[Figure, ...]:
    counted = [*_norms(facts), *_pings(facts), *_breaks(facts), *_days(facts)]
    if facts.cohort.shown:
        return tuple(counted)
    because = f"Too few people this week. {facts.cohort.because[0]}"
    general = [each for each in counted if "." not in each.name]  # which reasons there were tells something
    return tuple(Figure(each.name, (), because) for each in general)


def _norms(facts: WeekFacts) -> list[Figure]:
    team = facts.team
    due, told = sum(each.due for each in facts.held), sum(each.due and each.told for each in facts.held)
    agreed = any((team.reply_within.mention, team.reply_within.direct, team.reply_within.urgent))
    overridden = sum(each.lifted or bool(each.disturbed) for each in facts.blocks)
    minutes = sum(each.agreed for each in facts.core)
    focus, core = bool(team.shared_focus), bool(team.core)
    return [
        _figure(facts, Name.BLOCKS, len(facts.blocks), "" if focus else "No shared focus is agreed."),
        _figure(facts, Name.OVERRIDDEN, overridden, "" if focus else "No shared focus is agreed."),
        _figure(facts, Name.CORE, _share(facts.core), _why_no_core(core, minutes)),
        _figure(facts, Name.DUE, due, "" if agreed else "No reply time is agreed."),
        _figure(facts, Name.TOLD, told, "" if agreed else "No reply time is agreed."),
    ]


def _share(core: Sequence[Core]) -> int:
    """Per cent of the core hours that are open, in tenths: an exact share says more about few people."""
    agreed, reachable = sum(each.agreed for each in core), sum(each.reachable for each in core)
    return 10 * (10 * reachable // agreed) if agreed else 0


def _why_no_core(core: bool, minutes: int) -> str:
    if not core:
        return "No core hours are agreed."
    return "" if minutes else "Nobody had core hours in this week."


def _pings(facts: WeekFacts) -> list[Figure]:
    return [
        _figure(facts, Name.HELD, len(facts.held)),
        _figure(facts, Name.DELIVERED, sum(each.delivered for each in facts.held)),
    ]


def _breaks(facts: WeekFacts) -> list[Figure]:
    broke = facts.broke
    reasons = Counter(each.reason for each in broke)
    return [
        _figure(facts, Name.BROKE, len(broke)),
        *(_figure(facts, f"{Name.BROKE}.{reason}", number) for reason, number in sorted(reasons.items())),
        _figure(facts, Name.OUTSIDE, sum(each.outside for each in broke)),
        *_judged(facts),
    ]


def _judged(facts: WeekFacts) -> list[Figure]:
    """How many were judged, and fair. Behind a count stands the cohort; behind these stand those who judged:
    with fewer of them than k, whoever wrote would learn what the one person said whom they reached."""
    this_week = [Word(each.person, each.fair) for each in facts.broke if each.fair is not None]
    words = [*facts.words, *this_week]
    least = max(LEAST, facts.team.figures_from)
    span = "" if facts.since in (None, facts.week) else f" since {facts.since}"
    if len({each.person for each in words}) < least:
        on = "" if facts.since is None else " It is counted on."
        few = f"Fewer than {least} people gave their word on one{span}, and a word is a person's own.{on}"
        return [Figure(name, (), few) for name in (Name.JUDGED, Name.FAIR)]
    enough = f"{least} people or more gave their word{span}."
    fair = sum(each.fair for each in words)
    return [Figure(Name.JUDGED, (len(words),), enough), Figure(Name.FAIR, (fair,), enough)]


def _days(facts: WeekFacts) -> list[Figure]:
    overridden = [each.day for each in facts.blocks if each.lifted or each.disturbed]
    return [
        _by_day(facts, Name.HELD_BY_DAY, [each.day for each in facts.held]),
        _by_day(facts, Name.BROKE_BY_DAY, [each.day for each in facts.broke]),
        _by_day(facts, Name.OVERRIDDEN_BY_DAY, overridden),
    ]


def _by_day(facts: WeekFacts, name: Name, days: Sequence[int]) -> Figure:
    return Figure(name, tuple(days.count(day) for day in range(7)), _over(facts))


def _figure(facts: WeekFacts, name: str, number: int, why_not: str = "") -> Figure:
    return Figure(name, () if why_not else (number,), why_not or _over(facts))


def _over(facts: WeekFacts) -> str:
    return f"Counted over {len(facts.cohort.people)} members."


# Norms and the suggestion, from what is shown ------------------------------------------------------


def _kept(summary: Summary) -> tuple[tuple[Norm, bool], ...]:
    blocks, overridden = summary.number(Name.BLOCKS), summary.number(Name.OVERRIDDEN)
    core, outside = summary.number(Name.CORE), summary.number(Name.OUTSIDE)
    due, told = summary.number(Name.DUE), summary.number(Name.TOLD)
    found: list[tuple[Norm, bool]] = []
    if blocks:
        found.append((Norm.FOCUS, not overridden))
    if core is not None:
        found.append((Norm.CORE, core >= REACHABLE))
    if due:
        found.append((Norm.REPLIES, told == due))
    if outside is not None:
        found.append((Norm.HOURS, not outside))
    return tuple(found)


def suggest(summary: Summary, team: Team, week: Week, voting: Iterable[str] = ()) -> Suggestion | None:
    """Return the one change that is most worth a vote, None when everything agreed was kept. What is being
    voted on already is not suggested again."""
    busy = set(voting)
    wanted = (_about_urgent(summary, team, week), _about_focus(summary, team), _about_review(team, week))
    return next((each for each in wanted if each and not busy & {field for field, _ in each.changes}), None)


def _about_urgent(summary: Summary, team: Team, week: Week) -> Suggestion | None:
    broke = summary.number(Name.BROKE)
    if not broke or (team.urgent_budget is not None and broke <= team.urgent_budget):
        return None
    if team.urgent_budget is None:
        return Suggestion(Advice.BUDGET, (("urgent_budget", str(broke)),))
    if not team.urgent_means:
        return Suggestion(Advice.MEANING, (("urgent_means", MEANING),))
    judged, fair = summary.number(Name.JUDGED), summary.number(Name.FAIR)
    if judged and fair is not None and 2 * fair > judged:
        return Suggestion(Advice.MORE, (("urgent_budget", str(broke)),))
    soon = week.after().first + REVIEW_SOON
    if team.review_by is not None and week.after().first <= team.review_by <= soon:
        return None
    return Suggestion(Advice.REREAD, (("review_by", soon.isoformat()),))


def _about_focus(summary: Summary, team: Team) -> Suggestion | None:
    if not summary.number(Name.OVERRIDDEN) or team.shared_focus is None:
        return None
    moved = _moved(team.shared_focus, team.core, _load(summary))
    return Suggestion(Advice.MOVE, (("shared_focus", format_when(moved)),)) if moved else None


def _about_review(team: Team, week: Week) -> Suggestion | None:
    if team.review_by is not None and team.review_by >= week.after().first:
        return None
    return Suggestion(Advice.REVIEW, (("review_by", (week.after().first + REVIEW_EVERY).isoformat()),))


def _load(summary: Summary) -> tuple[tuple[int, int, int], ...]:
    """How busy each weekday was: overrides count before break-throughs, and those before what was held."""
    named = (Name.OVERRIDDEN_BY_DAY, Name.BROKE_BY_DAY, Name.HELD_BY_DAY)
    overridden, broke, held = (summary.days(name) for name in named)
    return tuple(zip(overridden, broke, held, strict=True))


def _moved(focus: When, core: When | None, load: Sequence[tuple[int, int, int]]) -> When | None:
    """The shared focus with its busiest day moved to the quietest working day that has none yet and where it
    does not meet the core hours; None if no quieter day is left."""
    taken = {day for clause in focus.clauses for day in clause.days}
    busiest = max(sorted(taken), key=lambda day: load[day])
    times = tuple(time for clause in focus.clauses if busiest in clause.days for time in clause.times)
    free = [day for day in WORKDAYS if day not in taken and not _meets(times, core, day)]
    quietest = min(free, key=lambda day: (load[day], day), default=None)
    if quietest is None or load[quietest] >= load[busiest]:
        return None
    rest = [replace(each, days=tuple(day for day in each.days if day != busiest)) for each in focus.clauses]
    left = tuple(each for each in rest if each.days)
    return normal(replace(focus, clauses=(*left, Clause((quietest,), times))))


def _meets(times: Sequence[TimeRange], core: When | None, day: int) -> bool:
    clauses = core.clauses if core else ()
    agreed = [time for clause in clauses if day in clause.days for time in clause.times]
    return any(mine.start < each.end and each.start < mine.end for mine in times for each in agreed)
