"""What a sender can be told about a ping before it lands: the verdict, when the digest goes, who stands in.

The same computation serves the hold's stored release, the sender's note and `/later`, so that they cannot
disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.messages.contract import Norm
from bot.records import Hold, PersonRecord
from rules import (
    Answer,
    Interval,
    Person,
    Ping,
    PingKind,
    Team,
    Urgency,
    Verdict,
    digest_at,
    format_working,
    landing,
    reply_by,
)


@dataclass(frozen=True, slots=True)
class Outlook:
    """`goes` is when the digest with the ping is planned to go (None: not within the time rules look
    ahead); `lands` is the stretch the sender is told."""

    verdict: Verdict
    goes: datetime | None
    lands: Interval | None

    @property
    def held(self) -> bool:
        return self.verdict.answer is Answer.HOLD


def outlook(verdict: Verdict, record: PersonRecord, teams: Sequence[Team], urgency: Urgency) -> Outlook:
    """What follows from a verdict for this recipient. An urgent ping is not gathered: it goes at the
    release itself."""
    release = verdict.release_at
    if release is None:
        return Outlook(verdict, None, None)
    if urgency is Urgency.URGENT:
        return Outlook(verdict, release, Interval(release, release))
    person = record.person
    first = record.state.digest_on != release.astimezone(ZoneInfo(person.zone)).date()
    return Outlook(
        verdict,
        digest_at(person, teams, release, first),
        landing(person, teams, release, first),
    )


def ping_of(hold: Hold, sender: str) -> Ping:
    """The ping behind a hold, as the rules see it; `sender` is what the recipient's norms call the sender."""
    return Ping(sender, PingKind(hold.kind), hold.urgency, hold.reason, hold.needs_by)


def norm_between(
    sender: str, person: Person, teams: Sequence[Team], ping: Ping, seen_at: datetime
) -> Norm | None:
    """The norm that a reply to this ping goes by: of the teams that `sender` (a person id) shares with its
    recipient the one that expects an answer first; None where none of them says anything."""
    due = {
        (at, team.id): team
        for team in teams
        if sender in team.members
        and (at := reply_by(person, [team], ping.kind, ping.urgency, seen_at)) is not None
    }
    return _norm(due[min(due)], ping) if due else None


def _norm(team: Team, ping: Ping) -> Norm | None:
    within = team.reply_within
    agreed, what = within.urgent, "urgent messages"
    if ping.urgency is not Urgency.URGENT or agreed is None:
        by_kind = (within.mention, "mentions"), (within.direct, "direct messages")
        agreed, what = by_kind[ping.kind is not PingKind.MENTION]
    return None if agreed is None else Norm(team.name or team.id, what, format_working(agreed))
