"""Our own client of the Bot Framework connector: every call once, and every failure as an `Outcome`.

The stock SDK makes a new client, connection and token per message, cannot send targeted activities, and its
retries do not work. Here one session and one token serve all, and nothing that a person wrote, nor a token,
is in what is returned, raised or logged.

Creating an activity takes no key and is not idempotent: after a lost answer nobody can see whether it stands.
So only what the service says it did not do is a definite no: 429, 412, and 503 with Retry-After
(msteams-docs, bots/how-to/rate-limit.md). Changing, deleting and reading by id can be repeated.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import quote

import aiohttp
from yarl import URL

from adapters.teams.calling import Answer, Json, NoAnswer, call
from adapters.teams.clouds import BOT_SCOPE
from adapters.teams.hosts import is_loopback_url, is_service_url
from adapters.teams.limits import CONNECTOR, CREATE, MEMBERS, SEND, Meter
from adapters.teams.tokens import AppTokens
from bot.ports import Clock, Outcome, Refused, Unclear, Wait

if TYPE_CHECKING:
    from adapters.teams.adapter import TeamsSettings

CONVERSATION_GONE: Final = "ConversationNotFound"
ACTIVITY_GONE: Final = "ActivityNotFound"
STOPPED: Final = frozenset(
    {
        CONVERSATION_GONE,
        "BotDisabledByAdmin",
        "BotNotInConversationRoster",
        "ConversationBlockedByUser",
        "MessageWritesBlocked",
    }
)
"""Refusals after which nothing can be sent to somebody until they or their admin let us again."""
NOT_OURS: Final = Refused("service_url_not_allowed")

SHORTEST, LONGEST = 2.0, 20.0
"""Seconds to stay away when the service does not say: Microsoft's own example of a back-off."""
MEMBERS_PAGE: Final = 500  # the most that the service gives at once
LEAST: Final = 0.1  # seconds that a call has at least, however long its token took

_NOT_KNOWN: Final = (
    "Microsoft Teams refuses the bot (%s), so nothing is sent. Check in Azure that the bot of TEAMS_APP_ID "
    "exists and has the Microsoft Teams channel, then start again."
)
_FOR_NOW: Final = frozenset({412, 429})
_REPEATABLE_FOR_NOW: Final = frozenset({412, 429, 502, 503, 504})
_MOST_TROUBLES: Final = 10_000
_COUNTED: Final = MappingProxyType(
    {"send": SEND, "change": SEND, "create": CREATE, "thread": CREATE, "read": MEMBERS}
)
"""What a conversation's calls are counted as. Whether an update counts as sending is not documented: it does
here, since every client draws it anew."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose ceiling a call counts for (`tenant`, as Microsoft names it), and how many seconds it may wait for
    a free place in the rate windows. Without patience, a call that would exceed them is a `Wait`."""

    tenant: str = ""
    patience: float = 0.0


NOW: Final = Turn()


@dataclass(frozen=True, slots=True)
class _Request:
    """One call. `kind` decides what a failure means; `thread` is what Microsoft counts it per."""

    method: Literal["GET", "POST", "PUT", "DELETE"]
    service_url: str
    path: str
    thread: str
    kind: Literal["send", "create", "thread", "change", "remove", "read"]
    body: Mapping[str, Any] | None = None

    @property
    def name(self) -> str:
        """The budget that a pause belongs to, as adapters/teams/limits.py names it."""
        own = _COUNTED.get(self.kind)
        return f"{CONNECTOR}/1s" if own in {None, MEMBERS} else f"{own}/2s"

    def wait(self, seconds: float) -> Wait:
        """Not now; what is counted per tenant has no channel."""
        return Wait(seconds, self.name, self.thread if self.kind in {"send", "thread", "change"} else "")


class Connector:
    """Calls the connector at the `serviceUrl` of each conversation, which is checked before every call.

    `timeout` is in seconds and covers one call.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        settings: TeamsSettings,
        tokens: AppTokens,
        clock: Clock,
        *,
        meter: Meter | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.timeout = settings.timeout
        self.meter = meter or Meter(clock)
        self._session = session
        self._settings = settings
        self._tokens = tokens
        self._clock = clock
        self._chance = chance
        self._troubles: dict[str, int] = {}
        self._told = False

    # Activities ---------------------------------------------------------------------------------------------

    async def send(
        self,
        service_url: str,
        conversation: str,
        activity: Json,
        *,
        reply_to: str = "",
        targeted: bool = False,
        turn: Turn = NOW,
    ) -> Json | Outcome:
        """A new activity, in answer to another one if `reply_to` names it. `targeted`: only its `recipient`,
        a member there, sees it, for 24 h."""
        there = _activity(conversation, reply_to) if reply_to else f"{_conversation(conversation)}/activities"
        path = f"{there}{_query(targeted)}"
        return await self._call(_Request("POST", service_url, path, conversation, "send", activity), turn)

    async def update(
        self,
        service_url: str,
        conversation: str,
        activity_id: str,
        activity: Json,
        *,
        targeted: bool = False,
        turn: Turn = NOW,
    ) -> Json | Outcome:
        """Another content for an activity. A targeted one takes no recipient: it would be refused."""
        path = f"{_activity(conversation, activity_id)}{_query(targeted)}"
        body = {name: value for name, value in activity.items() if not (targeted and name == "recipient")}
        return await self._call(_Request("PUT", service_url, path, conversation, "change", body), turn)

    async def delete(
        self,
        service_url: str,
        conversation: str,
        activity_id: str,
        *,
        targeted: bool = False,
        turn: Turn = NOW,
    ) -> Json | Outcome:
        """Take an activity of ours away."""
        path = f"{_activity(conversation, activity_id)}{_query(targeted)}"
        return await self._call(_Request("DELETE", service_url, path, conversation, "remove"), turn)

    # Conversations and members ------------------------------------------------------------------------------

    async def create_conversation(
        self, service_url: str, tenant: str, member: str, *, turn: Turn = NOW
    ) -> Json | Outcome:
        """The bot's own chat with `member`; the same one each time. `tenant` is Microsoft's id of it.

        Without the tenant in channelData the service answers 400 "Could not parse tenant id".
        """
        body = {
            "isGroup": False,
            "bot": {"id": f"28:{self._settings.app_id}"},
            "members": [{"id": member}],
            "tenantId": tenant,
            "channelData": {"tenant": {"id": tenant}},
        }
        request = _Request("POST", service_url, "v3/conversations", tenant, "create", body)
        return await self._call(request, turn)

    async def create_thread(
        self, service_url: str, tenant: str, channel: str, activity: Json, *, turn: Turn = NOW
    ) -> Json | Outcome:
        """A new thread in a channel, which begins with `activity`: its conversation as `id`, the message as
        `activityId`. Like sending, it is not idempotent."""
        body = {
            "isGroup": True,
            "bot": {"id": f"28:{self._settings.app_id}"},
            "tenantId": tenant,
            "channelData": {"tenant": {"id": tenant}, "channel": {"id": channel}},
            "activity": activity,
        }
        request = _Request("POST", service_url, "v3/conversations", channel, "thread", body)
        return await self._call(request, turn)

    async def members(
        self, service_url: str, conversation: str, *, after: str = "", turn: Turn = NOW
    ) -> Json | Outcome:
        """A page of the members (of a channel: of its team), and where the next one begins as
        `continuationToken`."""
        token = f"&continuationToken={quote(after, safe='')}" if after else ""
        path = f"{_conversation(conversation)}/pagedmembers?pageSize={MEMBERS_PAGE}{token}"
        return await self._call(_Request("GET", service_url, path, conversation, "read"), turn)

    async def member(
        self, service_url: str, conversation: str, member: str, *, turn: Turn = NOW
    ) -> Json | Outcome:
        """One member by "29:…" or directory id: name, userPrincipalName, userRole, aadObjectId."""
        path = f"{_conversation(conversation)}/members/{_part(member)}"
        return await self._call(_Request("GET", service_url, path, conversation, "read"), turn)

    # One call -----------------------------------------------------------------------------------------------

    async def _call(self, request: _Request, turn: Turn) -> Json | Outcome:
        if not self._allowed(request.service_url):
            return NOT_OURS
        wait = await self.meter.turn(_windows(request, turn), turn.patience)
        if wait > 0:
            return request.wait(wait)
        answer = await self._authorized(request, self._clock.monotonic() + self.timeout)
        return self._judged(request, answer) if isinstance(answer, Answer | NoAnswer) else answer

    def _allowed(self, url: str) -> bool:
        if self._settings.auth:
            return is_service_url(url, self._settings.service_hosts)
        return is_loopback_url(url)

    async def _authorized(self, request: _Request, until: float) -> Answer | NoAnswer | Outcome:
        """The answer; once more with a new token when this one is refused, which is a definite no."""
        answer = await self._once(request, until)
        if isinstance(answer, Answer) and answer.status == 401 and self._settings.auth:
            return await self._once(request, until)
        return answer

    async def _once(self, request: _Request, until: float) -> Answer | NoAnswer | Outcome:
        token = await self._tokens.token(BOT_SCOPE)
        if not isinstance(token, str):
            return token
        url = URL(f"{request.service_url.rstrip('/')}/{request.path}", encoded=True)
        answer = await call(
            self._session, request.method, url, body=request.body,
            token=token, seconds=max(LEAST, until - self._clock.monotonic()), now=self._clock.now(),
        )  # fmt: skip
        if isinstance(answer, Answer) and answer.status == 401:
            self._tokens.drop(BOT_SCOPE, token)
        return answer

    def _judged(self, request: _Request, answer: Answer | NoAnswer) -> Json | Outcome:
        if isinstance(answer, NoAnswer):
            # a connection that never came about carried nothing: a clear "not now"
            return Unclear(f"{answer.why} from {request.name}") if answer.sent else self._pause(request, None)
        if answer.fine and answer.readable:
            self._troubles.pop(request.thread, None)
            self._told = False
            return answer.data
        status = answer.status
        if status in _FOR_NOW or (status == 503 and answer.retry_after is not None):
            return self._pause(request, answer.retry_after)
        if request.kind not in {"send", "create", "thread"} and status in _REPEATABLE_FOR_NOW:
            return self._pause(request, answer.retry_after)
        if answer.fine or status >= 500 or status == 408:
            return Unclear(f"HTTP {status} from {request.name}")
        refused = _refusal(request, answer)
        if refused.tenant_wide and not self._told:
            self._told = True
            logger.error(_NOT_KNOWN, refused.code)
        return refused

    def _pause(self, request: _Request, seconds: float | None) -> Wait:
        """As long as the service says, which holds for whatever else is to go there; else longer each time,
        with jitter, per conversation."""
        if seconds is not None:
            self.meter.hold(_own_window(request), seconds)
            return request.wait(seconds)
        count = self._troubles.get(request.thread, 0)
        if len(self._troubles) >= _MOST_TROUBLES:
            self._troubles.clear()
        self._troubles[request.thread] = count + 1
        most = min(LONGEST, SHORTEST * 2 ** min(count + 1, 8))
        return request.wait(SHORTEST + (most - SHORTEST) * self._chance())


def _windows(request: _Request, turn: Turn) -> tuple[tuple[str, str], ...]:
    """What the call is counted in: the tenant's ceiling, and the conversation's."""
    shared = CONNECTOR, turn.tenant or request.service_url
    return (shared, _own_window(request))


def _own_window(request: _Request) -> tuple[str, str]:
    return _COUNTED.get(request.kind, CONNECTOR), request.thread


def _refusal(request: _Request, answer: Answer) -> Refused:
    """A definite no. Only what Microsoft names makes somebody unreachable, no gateway's own 403 or 404."""
    code = answer.code or f"HTTP {answer.status}"
    match answer.status:
        case 401:
            return Refused(code, tenant_wide=True)
        case 403 | 404 if code in STOPPED:
            return Refused(code, unreachable=True)
        case 404 if code.startswith(ACTIVITY_GONE) or request.kind in {"change", "remove"}:
            return Refused(ACTIVITY_GONE)
        case 413:
            return Refused("MessageSizeTooBig")
        case _:
            return Refused(code)


def _part(text: str) -> str:
    """One segment of a path: ids hold colons, semicolons, slashes and at signs. Dots alone, which would
    climb, are nobody: a dash."""
    return quote(text, safe="") if text.strip(".") else "-"


def _conversation(conversation: str) -> str:
    return f"v3/conversations/{_part(conversation)}"


def _activity(conversation: str, activity_id: str) -> str:
    return f"{_conversation(conversation)}/activities/{_part(activity_id)}"


def _query(targeted: bool) -> str:
    return "?isTargetedActivity=true" if targeted else ""
