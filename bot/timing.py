"""How long the delivery protocol waits, in one place. Seconds are real ones, of Clock.monotonic()."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Timing:
    """The protocol's times.

    `guard` (B): a call begins at most this long after its row was claimed, else the row goes back unsent.
    `timeout` (T): a call is given up after this. `quarantine` (Q): a row in doubt is read back no earlier
    than this after its claim; a platform that accepts later than Q - B after a call began makes a
    duplicate, which settling then withdraws. `back_off` is the first pause after an unclear repeatable
    call; it doubles up to `back_off_most`. `reads_per_minute` paces reading chats back, below Slack's 50
    for conversations.history (docs.slack.dev/apis/web-api/rate-limits, Tier 3). `patience` is how long after
    it was due a message in doubt is given up, and `attempts` how often an unclear repeatable call is made.
    """

    guard: float = 5.0
    timeout: float = 10.0
    quarantine: float = 90.0
    concurrency: int = 16
    quantum: int = 4
    reads_per_minute: float = 45.0
    back_off: float = 5.0
    back_off_most: float = 300.0
    attempts: int = 12
    refusals: int = 3
    refusal_pause: timedelta = timedelta(minutes=1)
    patience: timedelta = timedelta(hours=1)
    heartbeat: float = 30.0
    drain: float = 10.0
    retention_every: timedelta = timedelta(days=1)

    def __post_init__(self) -> None:
        if not 0 < self.guard < self.quarantine:
            raise ValueError("The guard must be shorter than the quarantine, and both longer than 0 s.")
        if self.timeout <= 0 or self.concurrency < 1 or self.quantum < 1:
            raise ValueError("The timeout must be longer than 0 s; concurrency and quantum at least 1.")

    def pause(self, attempt: int) -> timedelta:
        """How long to wait before repeating a call that was tried `attempt` times."""
        return timedelta(seconds=min(self.back_off * 2 ** max(0, attempt - 1), self.back_off_most))
