"""The words of the domain as values: modes, kinds, styles, windows, people, teams.

Everything here is frozen and carries no behaviour that needs a clock. Wall-clock times are minutes after
local midnight; instants are aware UTC datetimes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum


class Mode(StrEnum):
    """What a person is in at an instant."""

    AVAILABLE = "available"
    BREAK = "break"
    OFF = "off"
    FOCUS = "focus"
    RECHARGE = "recharge"
    QUIET = "quiet"
    LEAVE = "leave"


class Kind(StrEnum):
    """What sort of promise a window makes. Only ON_CALL is no mode: while it is open, urgent pings pass."""

    FOCUS = "focus"
    QUIET = "quiet"
    BREAK = "break"
    RECHARGE = "recharge"
    ON_CALL = "on_call"


class Style(StrEnum):
    """How a person draws the line: a preset of defaults, always changeable."""

    SEPARATOR = "separator"
    INTEGRATOR = "integrator"
    CYCLER = "cycler"


class Urgency(StrEnum):
    ROUTINE = "routine"
    URGENT = "urgent"


class PingKind(StrEnum):
    MENTION = "mention"
    DIRECT = "direct"


class Owner(StrEnum):
    """Whose norm it is; a person's beats the team's among equals."""

    PERSON = "person"
    TEAM = "team"


@dataclass(frozen=True, slots=True, order=True)
class TimeRange:
    """`start` 0..1439 and `end` 1..1440, minutes after local midnight; an end at or before start is on the
    next local day.
    """

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Clause:
    """The same ranges on each of `days` (0 = Monday, ascending)."""

    days: tuple[int, ...]
    times: tuple[TimeRange, ...]


@dataclass(frozen=True, slots=True)
class When:
    """A weekly pattern; with `every` > 1 it holds in every N-th local week (Monday first) from the week of
    `anchor` on.
    """

    clauses: tuple[Clause, ...]
    every: int = 1
    anchor: date | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment of the week: `day` 0 = Monday, `minute` after local midnight (0..1439)."""

    day: int
    minute: int


@dataclass(frozen=True, slots=True)
class Passes:
    """Whom a window lets through. `people` are person ids. Nobody is `Passes()`."""

    everyone: bool = False
    urgent: bool = False
    people: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Window:
    """A recurring norm. `passes` None means: the default of its kind and the person's style."""

    name: str
    kind: Kind
    when: When
    passes: Passes | None = None
    share_name: bool = False
    owner: Owner = Owner.PERSON


@dataclass(frozen=True, slots=True)
class Leave:
    """Away on the local dates `first` to `last`, both inclusive; `stand_in` is a person id."""

    first: date
    last: date
    stand_in: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said for now: `mode` from `start` to `until` (UTC). `at` is when it was said: the
    latest wins.

    AVAILABLE is `/boundary here`, FOCUS `/focus 25m`, QUIET `/quiet 30m` and `/boundary back 14:30`, OFF
    "done for today".
    """

    mode: Mode
    start: datetime
    until: datetime
    at: datetime
    name: str = ""
    passes: Passes | None = None
    share_name: bool = False


@dataclass(frozen=True, slots=True)
class Holiday:
    """One public holiday of a person's place, on its local date."""

    on: date
    name: str


@dataclass(frozen=True, slots=True)
class Person:
    """One person's norms. `hours` None: never `off`. `place` is a country code ("PT", "DE-BY"); `holidays`
    are its dates as data, filled in by whoever knows them. `digests` are this person's digest moments
    ("return", "midday", "before_end", or minutes after local midnight as "HH:MM"). `opt_out` are team ids
    whose shared focus and meeting-free time they left. `rituals` are the daily kinds of ritual they want
    (of `rules.DAILY_RITUALS`, each once), the most wanted first; empty: the usual ones of their style.
    """

    id: str
    zone: str
    style: Style = Style.INTEGRATOR
    hours: When | None = None
    windows: tuple[Window, ...] = ()
    leave: tuple[Leave, ...] = ()
    place: str | None = None
    holidays: tuple[Holiday, ...] = ()
    said: tuple[Said, ...] = ()
    digests: tuple[str, ...] = ("return", "midday", "before_end")
    opt_out: tuple[str, ...] = ()
    rituals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """A duration that only runs in the recipient's hours: `minutes` of working time, or whole working
    `days`.
    """

    minutes: int = 0
    days: int = 0


@dataclass(frozen=True, slots=True)
class ReplyWithin:
    """A team's response expectation per kind; a timedelta runs on the clock, a WorkingTime in the
    recipient's hours.
    """

    mention: timedelta | WorkingTime | None = None
    direct: timedelta | WorkingTime | None = None
    urgent: timedelta | WorkingTime | None = None


@dataclass(frozen=True, slots=True)
class Interval:
    """One occurrence of a window: `[start, end)` in UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Voting:
    """How a team decides, in whole per cent: at least `quorum` (1..100) of its members vote, and more than
    `majority` (50..99: a minority never decides) of the votes are yes. A proposal stays open for `days` days
    (1..14). Whoever reads these from text refuses anything else."""

    quorum: int = 50
    majority: int = 50
    days: int = 3


@dataclass(frozen=True, slots=True)
class Team:
    """Shared norms. `core`, `shared_focus`, `no_meetings` and `summary` are in the team's own `zone`.

    `urgent_means` is what counts as urgent and `ask_on_leave` (a person id) whom to ask while somebody is
    away, both in the team's words. `place` is where the team's public holidays come from ("PT"); `holidays`
    are their dates. `lifted` are stretches for which the team lifted its shared focus and its meeting-free
    time. Team figures need `figures_from` people behind them: 5 or more. `template` names the template that
    the norms started from, with its date ("async-first 2026-11-01").
    """

    id: str
    zone: str
    members: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()
    core: When | None = None
    shared_focus: When | None = None
    reply_within: ReplyWithin = ReplyWithin()
    urgent_budget: int | None = None
    summary: Moment | None = None
    review_by: date | None = None
    name: str = ""
    no_meetings: When | None = None
    urgent_means: str = ""
    ask_on_leave: str | None = None
    place: str | None = None
    holidays: tuple[Holiday, ...] = ()
    voting: Voting = Voting()
    lifted: tuple[Interval, ...] = ()
    figures_from: int = 5
    template: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A maximal interval with one mode and one cause.

    `because` names the cause for the person themself: a window's name, "hours", "outside hours", "leave",
    "public holiday: …", "said". `passes` is whom it lets through, defaults already resolved. `public` is
    what others may read: the window's name only if shared, else "". `stand_in` only on leave.
    """

    start: datetime
    end: datetime
    mode: Mode
    because: str
    passes: Passes
    public: str = ""
    stand_in: str | None = None


@dataclass(frozen=True, slots=True)
class Ping:
    """One attempt to get one person's attention. `reason` is the evidence of an urgent ping: without one it
    counts as routine. `needs_by` is when the sender says an answer is needed.
    """

    sender: str
    kind: PingKind = PingKind.DIRECT
    urgency: Urgency = Urgency.ROUTINE
    reason: str = ""
    needs_by: datetime | None = None
