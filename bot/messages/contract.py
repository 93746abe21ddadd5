"""The reply-by contract in words: by when an answer is due, whose norm says so, and how a message at an odd
hour may read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.messages.model import Context, Line, Verbatim
from bot.messages.words import Watch, line


@dataclass(frozen=True, slots=True)
class Norm:
    """What a team that sender and recipient share agreed: `team` is its name, `what` the messages it is
    about ("mentions"), `within` the time as in the norms file ("4 working hours")."""

    team: str
    what: str
    within: str


@dataclass(frozen=True, slots=True)
class Tip:
    """Something for a sender whose message comes outside the recipient's hours. `lead` is the name of a
    shared team that the sender leads, "" without one; `before` when an answer can be expected; `posted`
    whether it stands in a channel already, where it is read before it is passed on."""

    lead: str
    before: datetime | None
    posted: bool


def no_reply_before(at: datetime | None, watch: Watch) -> str:
    """`No reply is expected before Tue 13:00.`, "" where no norm says anything."""
    return f"No reply is expected before {watch.moment(at)}." if at else ""


def reply_by(at: datetime | None, watch: Watch) -> str:
    """The same for the recipient: `Reply by Tue 13:00.`"""
    return f"Reply by {watch.moment(at)}." if at else ""


def norms(found: Iterable[Norm | None]) -> Context | None:
    """Whose norms a message goes by, each once: `Platform's norm: mentions within 4 working hours.`"""
    lines = tuple(_norm(norm) for norm in dict.fromkeys(found) if norm is not None)
    return Context(lines) if lines else None


def _norm(norm: Norm) -> Line:
    return line(Verbatim(norm.team), f"'s norm: {norm.what} within {norm.within}.")


def tip_line(tip: Tip, watch: Watch) -> Line:
    """One gentle sentence about the hour, and what to do.

    Source: receivers overestimate how fast an answer is wanted, and saying what is expected is the remedy
    (Giurge and Bohns 2021).
    """
    before = f"before {watch.moment(tip.before)}" if tip.before else "before they are back"
    if not tip.lead:
        return line(
            "People guess that an answer is wanted sooner than it is: "
            f"saying “no reply needed {before}” in the message takes that off them."
        )
    lead: Line = line("You lead ", Verbatim(tip.lead), ": at this hour a message from you reads as an")
    if tip.posted:
        return (*lead, *line(f" expectation. If it can wait, say there that no answer is needed {before}."))
    return (*lead, *line(f" expectation. Held, it does not; say in it that no answer is needed {before}."))
