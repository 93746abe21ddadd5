"""One platform as the application sees it, and what calling it comes to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from bot.inbound import Account, Inbound, Profile
from bot.messages.model import Form, Message
from bot.records import Cost, Delivery
from rules.statuses import Status


class PlatformError(Exception):
    """A platform could not be asked at start, or refused us: a sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the acting person sees at once, in the answer to their own request.

    `message` is private to them; `replace` puts it in place of the message whose button was pressed, or whose
    button opened the form that was sent, unless others see that message too. `form` opens a modal; `errors`
    keep a submitted form open, by field id.
    """

    message: Message | None = None
    replace: bool = False
    form: Form | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Inbound], Awaitable[Reply]]


# What a platform call came to


@dataclass(frozen=True, slots=True)
class Done:
    """Accepted. `ref` identifies what was posted ("D1:1700.0001"), "" where there is nothing to refer
    to.
    """

    ref: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """A definite no for now (429): nothing was stored; not before `seconds` from now. `method` is the
    bucket.
    """

    seconds: float
    method: str
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A definite no. `tenant_wide` parks the whole tenant (token revoked); `account_wide` parks only this
    account's own token; `unreachable`: nothing can be sent to this account until it comes back.
    """

    code: str
    tenant_wide: bool = False
    account_wide: bool = False
    unreachable: bool = False


@dataclass(frozen=True, slots=True)
class Unclear:
    """Timeout, reset, 5xx, truncated answer: it may or may not have happened."""

    why: str


Outcome = Done | Wait | Refused | Unclear
OUTSIDERS = "outsiders"
"""The code of a refusal to announce where outsiders would read it."""


@dataclass(frozen=True, slots=True)
class Dnd:
    """A person's own notification schedule and snooze (UTC), None where there is none or it may not be
    read.
    """

    start: datetime | None = None
    end: datetime | None = None
    snoozed_until: datetime | None = None


class Chat(Protocol):
    """One platform. Never retries by itself, never decides; secrets never appear in what it raises or logs.

    `delivery` is the opaque delivery id to be stored with the post so that `find` can read it back.
    `probes`: `find` works; without it, an unclear post stays unknown. `tells_expiry`: `read_status` knows
    when a status ends; without it, one set by hand cannot be put back as it was.
    """

    platform: str
    probes: bool
    tells_expiry: bool

    def costs(self, delivery: Delivery) -> tuple[Cost, ...]:
        """The calls that performing this delivery will make, for the rate budgets."""

    async def post(self, to: Account, message: Message, delivery: str) -> Outcome:
        """Into the bot's own chat with `to`."""

    async def note(
        self, to: Account, channel: str, message: Message, delivery: str, thread: str = ""
    ) -> Outcome:
        """Privately to `to` inside `channel` (Slack: ephemeral, delivery not guaranteed)."""

    async def find(self, to: Account, deliveries: Sequence[str]) -> Mapping[str, tuple[str, ...]] | Outcome:
        """Which of these deliveries are in the bot's chat with `to`, or in the channel `to`: refs by
        delivery id. An Outcome if unreadable.
        """

    async def withdraw(self, to: Account, ref: str) -> Outcome: ...
    async def announce(self, place: Account, message: Message, delivery: str) -> Outcome:
        """Into a channel that the app is in (`place.user` is its id), for everybody there to read; no mention
        in it. Refused(OUTSIDERS), and nothing posted, where guests or people of another organisation would
        read it, or where that cannot be known."""

    async def revise(self, place: Account, ref: str, message: Message) -> Outcome:
        """Show what was announced as `ref` anew, in its place; the same checks as for announcing."""

    async def read_status(self, to: Account) -> Status | Outcome: ...
    async def write_status(self, to: Account, status: Status) -> Outcome:
        """An empty Status clears it."""

    async def publish_home(self, to: Account, home: Message) -> Outcome: ...
    async def profile(self, who: Account) -> Profile | Outcome: ...


@runtime_checkable
class Snoozes(Protocol):
    """A chat that pauses notifications by a timer beside the status (Slack)."""

    async def read_dnd(self, to: Account) -> Dnd | Outcome: ...
    async def snooze(self, to: Account, minutes: int) -> Outcome: ...
    async def end_snooze(self, to: Account) -> Outcome: ...


@runtime_checkable
class Presences(Protocol):
    """A chat that pauses notifications by a presence that everybody sees and people also set by hand (Teams).

    A presence is a Status whose text is the platform's name for it ("DoNotDisturb"), without emoji; an empty
    one is what the platform shows by itself (available, in a call, idle). Reading never tells when it ends.
    """

    async def read_presence(self, to: Account) -> Status | Outcome: ...
    async def write_presence(self, to: Account, presence: Status) -> Outcome:
        """An empty Status gives it back to the platform."""
