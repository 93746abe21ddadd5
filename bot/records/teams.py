"""What we keep of teams, and what people wrote or said for themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from rules.values import Said, Team


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A channel in which a team talks: its tenant and the platform's id of the channel or group chat."""

    tenant: str
    channel: str


@dataclass(frozen=True, slots=True)
class TeamState:
    """What has happened to a team, apart from its norms. `number` is that of the version in force; `joined`
    when members came (UTC), without those who were there before us; `shown` the leads who show their own
    line with the summary of a week ("2026-W48"), as (week, person id); `summed` the last week whose summary
    was dealt with.
    """

    number: int = 0
    places: tuple[Place, ...] = ()
    joined: tuple[tuple[str, datetime], ...] = ()
    shown: tuple[tuple[str, str], ...] = ()
    summed: str = ""


@dataclass(frozen=True, slots=True)
class TeamRecord:
    """A team as stored. `next_at` is the next instant at which something must happen for it (indexed)."""

    team: Team
    state: TeamState = TeamState()
    next_at: datetime | None = None
    version: int = 0


class Origin(StrEnum):
    """Where a version of a team's norms comes from."""

    FOUNDED = "founded"
    VOTE = "vote"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class TeamVersion:
    """A dated version of a team's norms. `at` is when it was decided, `effective_at` from when it holds
    (UTC). `by` is the person id of whoever proposed it, for ADMIN the name that the admin gave; `yes` and
    `no` count the votes."""

    team: str
    number: int
    at: datetime
    effective_at: datetime
    norms: Team
    label: str
    origin: Origin
    by: str = ""
    proposal: str = ""
    yes: int = 0
    no: int = 0


class ProposalState(StrEnum):
    """OPEN is voted on; ACCEPTED waits for its day; IN_FORCE took effect. The others came to nothing."""

    OPEN = "open"
    ACCEPTED = "accepted"
    IN_FORCE = "in_force"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change of a team's norms that its members vote on.

    `changes` are (field, text) as in the norms file ("reply_within.mention", "4 working hours"), "" to remove
    one. `by` is a person id, "" for a norms file. `effective_at` is the stated instant, None for the next
    local midnight after it is decided. `electorate` are the person ids of the members when it was made;
    `counted` are the yes and no votes when it was decided: whoever is forgotten later does not change them,
    since the difference would tell their vote. `turn` counts how often its ballot has been shown anew.
    """

    id: str
    team: str
    by: str
    at: datetime
    closes_at: datetime
    changes: tuple[tuple[str, str], ...]
    label: str
    effective_at: datetime | None = None
    electorate: tuple[str, ...] = ()
    state: ProposalState = ProposalState.OPEN
    source: str = ""
    decided_at: datetime | None = None
    turn: int = 0
    counted: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Vote:
    """One member's word on a proposal; it may be changed while the proposal is open. Shown to nobody else."""

    proposal: str
    person: str
    yes: bool
    at: datetime


class Override(StrEnum):
    """How an agreed quiet stretch of a team was overridden."""

    LIFTED = "lifted"
    BROKE_THROUGH = "broke_through"
    OPTED_OUT = "opted_out"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """An override of shared focus or meeting-free time, with its reason. `by` is a person id (or the outside
    id of a sender without norms); `start` and `end` the stretch (UTC); `hold` the ping that broke through;
    `verdicts` what those whom it disturbed said: (person id, fair)."""

    id: str
    team: str
    at: datetime
    kind: Override
    by: str
    start: datetime
    end: datetime
    reason: str = ""
    hold: str = ""
    verdicts: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Publication:
    """Team figures as they were published for a week ("2026-W48"): never worked out anew, since the
    difference would tell what a single person did since. `cohort` are the person ids behind them (a
    forgotten person is an opaque mark there); `content` is their JSON."""

    team: str
    week: str
    at: datetime
    cohort: tuple[str, ...]
    content: str


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A member has read the policy that version `number` of the team's norms makes."""

    team: str
    number: int
    person: str
    at: datetime


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """What a person wrote for themself in a ritual: encrypted, shown to nobody else. `day` is local; `kind`
    a ritual, or "words:" and a ritual for the person's own question there."""

    person: str
    day: date
    kind: str
    at: datetime
    sealed: bytes


@dataclass(frozen=True, slots=True)
class SaidEntry:
    """Something a person said for now, kept a while for their own week; `said.until` is when it ended in
    fact."""

    person: str
    said: Said
