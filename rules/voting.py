"""How a team's vote stands: quorum, majority, and when a result can no longer change.

Votes are secret: while a vote is open its sentence tells the turnout only.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rules.values import Voting


@dataclass(frozen=True, slots=True)
class Tally:
    """The votes so far: `members` is how many may vote, `yes` and `no` how many did, at most one each."""

    members: int
    yes: int
    no: int

    @property
    def voted(self) -> int:
        """How many have voted."""
        return self.yes + self.no

    @property
    def missing(self) -> int:
        """How many may still vote."""
        return max(0, self.members - self.voted)


class Outcome(StrEnum):
    """Where a vote stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


def needed_votes(members: int, voting: Voting) -> int:
    """Return how many of `members` must vote, yes or no, for a result to count: at least one."""
    return max(1, -(-members * voting.quorum // 100))


def outcome(tally: Tally, voting: Voting, *, closed: bool) -> tuple[Outcome, str]:
    """Return how a vote stands, and a sentence that says it.

    Accepted when at least `quorum` per cent of the members voted and more than `majority` per cent of the
    votes are yes; a tie is no majority. Before it is `closed` a vote is decided only when no further vote
    can change the result. Without members nothing is accepted.
    """
    needed = needed_votes(tally.members, voting)
    if tally.members <= 0:
        return Outcome.REJECTED, "Not accepted: the team has no members who can vote."
    if closed and tally.voted < needed:
        return Outcome.REJECTED, f"Not accepted: {_turnout(tally)}; {needed} {_were(needed)} needed."
    missing = 0 if closed else tally.missing
    if tally.voted >= needed and _carried(tally.yes, tally.voted + missing, voting):
        return Outcome.ACCEPTED, f"Accepted: {_counts(tally)}."
    if not _carried(tally.yes + missing, tally.voted + missing, voting):
        return Outcome.REJECTED, f"Not accepted: {_counts(tally)}; {_share(voting)} had to be yes."
    if tally.voted < needed:
        return Outcome.OPEN, f"{_turnout(tally)}; {needed} {'is' if needed == 1 else 'are'} needed."
    return Outcome.OPEN, f"{_turnout(tally)}; {_share(voting)} must be yes."


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _carried(yes: int, votes: int, voting: Voting) -> bool:
    return yes * 100 > voting.majority * votes


def _turnout(tally: Tally) -> str:
    return f"{tally.voted} of {tally.members} voted"


def _counts(tally: Tally) -> str:
    members = "member" if tally.members == 1 else "members"
    return f"{tally.yes} yes and {tally.no} no of {tally.members} {members}"


def _share(voting: Voting) -> str:
    return (
        "more than half of the votes"
        if voting.majority == 50
        else f"more than {voting.majority} % of the votes"
    )
