"""The few calls to Microsoft Graph that presence and working hours need: each once, failures as `Outcome`s.

Setting a status or a presence twice leaves what setting it once does, so what is unclear may be repeated.
Without an admin's consent Graph answers 403: nothing is asked for ten minutes, and the operator reads one
line.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import quote

import aiohttp
from yarl import URL

from adapters.teams.calling import Answer, Json, NoAnswer, call
from adapters.teams.clouds import GRAPH_SCOPE
from adapters.teams.limits import READ, WRITE, Meter
from adapters.teams.tokens import AppTokens
from bot.ports import Clock, Outcome, Refused, Unclear, Wait

if TYPE_CHECKING:
    from adapters.teams.adapter import TeamsSettings

NO_CONSENT: Final = 600.0  # seconds until it is asked again whether an admin has consented
SHORTEST, LONGEST = 5.0, 20.0
"""Seconds to stay away when Graph does not say."""
USER_GONE: Final = Refused("user_not_found")

_WARNING: Final = (
    "Microsoft Graph does not let the bot use %s (HTTP %d): grant the application permission with admin "
    "consent, or take the feature out of TEAMS_FEATURES. `boundary-bot doctor` explains it. It is tried "
    "again every ten minutes."
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Request:
    """One call about a person of `tenant`; `feature` is what needs the permission."""

    tenant: str
    method: Literal["GET", "POST"]
    path: str
    feature: Literal["presence", "hours"]
    body: Mapping[str, Any] | None = None

    @property
    def kind(self) -> str:
        return READ if self.method == "GET" else WRITE

    def wait(self, seconds: float) -> Wait:
        """Not now. Working hours have a budget's name of their own, so that they never hold statuses up."""
        return Wait(seconds, f"{self.kind}/30s" if self.feature == "presence" else "graph.hours")


class Graph:
    """Calls Graph with the app's own token. `user` is always the directory's id of a person, `tenant`
    Microsoft's id of theirs. `timeout` is in seconds and covers one call."""

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
        self._base = settings.graph_url.rstrip("/")
        self._auth = settings.auth
        self._session = session
        self._tokens = tokens
        self._clock = clock
        self.meter = meter or Meter(clock)
        self._chance = chance
        self._warned: set[str] = set()

    async def presence(self, tenant: str, user: str) -> Json | Outcome:
        """Availability, activity and status message."""
        return await self._call(_Request(tenant, "GET", f"{_user(user)}/presence", "presence"))

    async def set_status_message(self, tenant: str, user: str, message: Mapping[str, Any]) -> Json | Outcome:
        """An empty content clears it."""
        path = f"{_user(user)}/presence/setStatusMessage"
        return await self._call(_Request(tenant, "POST", path, "presence", message))

    async def set_presence(self, tenant: str, user: str, preferred: Mapping[str, Any]) -> Json | Outcome:
        """It takes effect while the person has a signed-in client, and is accepted all the same without."""
        path = f"{_user(user)}/presence/setUserPreferredPresence"
        return await self._call(_Request(tenant, "POST", path, "presence", preferred))

    async def clear_presence(self, tenant: str, user: str) -> Json | Outcome:
        """Fine too when nothing was set."""
        path = f"{_user(user)}/presence/clearUserPreferredPresence"
        return await self._call(_Request(tenant, "POST", path, "presence", {}))

    async def mailbox_settings(self, tenant: str, user: str) -> Json | Outcome:
        """Working hours and time zone."""
        return await self._call(_Request(tenant, "GET", f"{_user(user)}/mailboxSettings", "hours"))

    async def _call(self, request: _Request) -> Json | Outcome:
        wait = await self.meter.turn([(request.kind, request.tenant)], 0.0)
        if wait > 0:
            return request.wait(wait)
        answer = await self._once(request)
        if isinstance(answer, Answer) and answer.status == 401 and self._auth:
            answer = await self._once(request)  # with a new token
        return self._judged(request, answer) if isinstance(answer, Answer | NoAnswer) else answer

    async def _once(self, request: _Request) -> Answer | NoAnswer | Outcome:
        token = await self._tokens.token(GRAPH_SCOPE, request.tenant)
        if isinstance(token, Refused):
            return request.wait(NO_CONSENT)  # told by the tokens; messages go on with theirs
        if not isinstance(token, str):
            return token
        url = URL(f"{self._base}/{request.path}", encoded=True)
        answer = await call(
            self._session, request.method, url, body=request.body,
            token=token, seconds=self.timeout, now=self._clock.now(),
        )  # fmt: skip
        if isinstance(answer, Answer) and answer.status == 401:
            self._tokens.drop(GRAPH_SCOPE, token, request.tenant)
        return answer

    def _judged(self, request: _Request, answer: Answer | NoAnswer) -> Json | Outcome:
        if isinstance(answer, NoAnswer):
            return Unclear(f"{answer.why} from {request.kind}") if answer.sent else self._pause(request, None)
        if answer.fine and answer.readable:
            return answer.data
        status = answer.status
        if status in {401, 403}:
            return self._not_allowed(request, status)
        if status == 429 or (status == 503 and answer.retry_after is not None):
            return self._pause(request, answer.retry_after)
        if answer.fine or status >= 500 or status == 408:
            return Unclear(f"HTTP {status} from {request.kind}")
        return USER_GONE if status == 404 else Refused(answer.code or f"HTTP {status}")

    def _not_allowed(self, request: _Request, status: int) -> Wait:
        if request.feature not in self._warned:
            self._warned.add(request.feature)
            logger.warning(_WARNING, request.feature, status)
        return request.wait(NO_CONSENT)

    def _pause(self, request: _Request, seconds: float | None) -> Wait:
        jittered = SHORTEST + (LONGEST - SHORTEST) * self._chance()
        return request.wait(jittered if seconds is None else seconds)


def _user(user: str) -> str:
    """Dots alone, which would climb, are nobody."""
    return f"users/{quote(user, safe='') if user.strip('.') else '-'}"
