"""What the steps of a delivery hand to each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.messages.model import Message
from bot.ports import Outcome, Tx, Vault
from bot.records import Delivery, Lane
from rules import Ours, Status

Composer = Callable[[Tx, Vault, Delivery, datetime], Message | None]
"""Builds the text of a MESSAGE, NOTE, CHANNEL or HOME delivery from the ids in its effect; None: nothing to
say any more."""

IN_DOUBT = "in_doubt"
"""`Delivery.because` of a row that may have been sent before: once it is done, its chat is settled."""
REPEAT = "repeat"
"""`Delivery.because` of an urgent message, or a team's, that is sent again although nobody can see whether it
arrived."""


def shows_anew(row: Delivery) -> bool:
    """Whether a row shows what was posted in a channel anew, in its place."""
    return row.lane is Lane.CHANNEL and bool(row.after)


def can_be_found(row: Delivery) -> bool:
    """Whether a row can be read back where it goes, if its platform has that: a message, and the first post
    in a channel. A note cannot."""
    return row.lane is Lane.MESSAGE or (row.lane is Lane.CHANNEL and not row.after)


def can_be_repeated(row: Delivery) -> bool:
    """Whether a row is made right by doing it again, whatever came of it before."""
    return row.lane in (Lane.STATUS, Lane.SNOOZE, Lane.HOME) or shows_anew(row)


@dataclass(frozen=True, slots=True)
class StatusWork:
    """Bring a status in line with `desired` (None: available), which holds until `end`."""

    desired: Status | None
    ours: Ours | None
    end: datetime
    asked: bool


@dataclass(frozen=True, slots=True)
class SnoozeWork:
    """Pause notifications until `until`; `start` is when the span begins. `presence` is ours on the account;
    `asked`: the person said it just now, so that it may stand before a presence set by hand."""

    start: datetime
    until: datetime
    presence: Ours | None = None
    asked: bool = False


@dataclass(frozen=True, slots=True)
class WakeWork:
    """End the pause if it is ours: a running snooze known by its end, a presence known as `presence`."""

    ours_until: datetime
    presence: Ours | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed delivery, ready to be performed. `started` is Clock.monotonic() from before the claim;
    `channel` and `thread` are where a note is shown, `ref` is the post in a channel that is shown anew."""

    delivery: Delivery
    started: float
    message: Message | None = None
    channel: str = ""
    thread: str = ""
    ref: str = ""
    work: StatusWork | SnoozeWork | WakeWork | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What performing came to. `wrote` False: only the first of the planned calls was needed.

    `ours` is the status (in the SNOOZE lane the presence) of ours to remember ("keep": as it was),
    `snoozed_until` likewise; `dnd` is what was read of the person's own schedule.
    """

    outcome: Outcome
    wrote: bool = True
    ours: Ours | Literal["keep"] | None = "keep"
    snoozed_until: datetime | Literal["keep"] | None = "keep"
    dnd: tuple[datetime, datetime, datetime] | None = None
