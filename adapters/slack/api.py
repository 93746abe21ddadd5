"""One way to call Slack's Web API: the unmodified SDK client, no retries, and every failure as an `Outcome`.

The SDK's own text never leaves this module: it quotes answers, and its debug log quotes requests. Its loggers
are silenced, and what we report is Slack's error name only.
"""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.ports import Outcome, Refused, Unclear, Wait

Json = dict[str, Any]

DEFAULT_API_URL: Final = "https://slack.com/api/"
RETRY_AFTER: Final = 30.0  # seconds, when a 429 does not say (Tier 1 needs the longest)

# docs.slack.dev/reference/methods: errors that any method may return
_DEAD_TOKEN: Final = frozenset(
    {
        "token_revoked",
        "token_expired",
        "account_inactive",
        "invalid_auth",
        "not_authed",
        "team_access_not_granted",
    }
)
# a definite no for now; the last two while a workspace moves into an organisation
_NOT_NOW: Final = frozenset(
    {"ratelimited", "rate_limited", "message_limit_exceeded", "org_login_required", "team_added_to_org"}
)
# "may have partly succeeded"
_TRANSIENT: Final = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})

logger = logging.getLogger(__name__)
silent = logging.getLogger("adapters.slack.sdk")
silent.setLevel(logging.CRITICAL + 1)  # the SDK's debug lines hold message text and one-time tickets


@dataclass(frozen=True, slots=True)
class Credential:
    """A token and whose it is: when a `person`'s token dies, the rest of the workspace goes on."""

    secret: str = field(repr=False)
    person: bool = False


class SlackApi:
    """Calls methods over one shared HTTP session. `timeout` is in seconds and covers the whole call."""

    def __init__(
        self, session: aiohttp.ClientSession, base_url: str = DEFAULT_API_URL, timeout: float = 10.0
    ) -> None:
        self.base_url = base_url if base_url.endswith("/") else base_url + "/"
        self.timeout = timeout
        # one client for all tokens: each call carries its own Authorization header
        self._client = AsyncWebClient(
            base_url=self.base_url, session=session, retry_handlers=[], logger=silent, timeout=round(timeout)
        )

    @property
    def client(self) -> AsyncWebClient:
        """The SDK client without a token, for Bolt and Socket Mode."""
        return self._client

    async def read(
        self, method: str, token: Credential | Refused, **arguments: str | int | bool | None
    ) -> Json | Outcome:
        """POST as a form. A `Refused` in place of a token is the outcome.

        The SDK reads with GET, but aiohttp repeats a GET by itself when a kept connection was dropped.
        """
        if isinstance(token, Refused):
            return token
        data = {name: _form_value(value) for name, value in arguments.items() if value is not None}
        return await self._call(method, token, data=data)

    async def send(self, method: str, token: Credential | Refused, body: Mapping[str, Any]) -> Json | Outcome:
        """POST as JSON; arguments that are None are left out."""
        if isinstance(token, Refused):
            return token
        return await self._call(method, token, json={name: v for name, v in body.items() if v is not None})

    async def exchange(
        self, client_id: str, client_secret: str, code: str, redirect_uri: str
    ) -> Json | Outcome:
        """`oauth.v2.access`: a code for a token, with the app's own credentials instead of a token."""
        # not the SDK's `auth=`: it goes through an aiohttp class that warns of its removal
        basic = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
        data = {"code": code, "redirect_uri": redirect_uri}
        return await self._call("oauth.v2.access", None, authorization=f"Basic {basic}", data=data)

    async def _call(
        self, method: str, token: Credential | None, *, authorization: str = "", **request: Any
    ) -> Json | Outcome:
        headers = {"Authorization": f"Bearer {token.secret}" if token else authorization}
        try:
            # the SDK ignores its own time limit when it is given a session
            async with asyncio.timeout(self.timeout):
                response = await self._client.api_call(method, headers=headers, **request)
        except SlackClientError as error:
            return _failure(method, token, getattr(error, "response", None))
        except TimeoutError:
            return Unclear(f"no answer to {method} in {self.timeout:g} s")
        except (aiohttp.ClientError, OSError, ValueError, AttributeError) as error:
            # AttributeError: the SDK expects a mapping and was given an error page
            return Unclear(f"{type(error).__name__} during {method}")
        data = response.data
        return data if isinstance(data, dict) else Unclear(f"unreadable answer to {method}")


def _form_value(value: str | int | bool) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def _failure(method: str, token: Credential | None, response: Any) -> Outcome:
    """The outcome of a call that Slack answered with an error; `response` is the SDK's or aiohttp's."""
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0) or 0)
    data = getattr(response, "data", None)
    code = str(data.get("error", "")) if isinstance(data, Mapping) else ""
    if status == 429 or code in _NOT_NOW:
        return Wait(_retry_after(getattr(response, "headers", None)), method)
    if status != 200 or not code or code in _TRANSIENT:
        return Unclear(f"{code or f'HTTP {status}'} from {method}")
    dead = code in _DEAD_TOKEN
    person = token is not None and token.person
    return Refused(code, tenant_wide=dead and not person, account_wide=dead and person)


def _retry_after(headers: Any) -> float:
    """Seconds of `Retry-After`; a body that is no JSON, or a missing header, does not matter."""
    try:
        seconds = float(headers["Retry-After"])
    except (KeyError, TypeError, ValueError):
        return RETRY_AFTER
    return seconds if 0 <= seconds <= 86_400 else RETRY_AFTER
