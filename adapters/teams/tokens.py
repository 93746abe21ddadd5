"""The app's own tokens from Microsoft Entra, by msal: asked for in a worker thread, kept until shortly before
they expire, one request at a time and scope.

The stock SDK asks for a token on every turn and blocks the event loop for it. Here the secret goes to the
login service only, and neither it nor a token is in anything that is raised, logged or shown.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import logging
import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode, urlsplit

from adapters.teams.clouds import BOT_SCOPE, scope_at, shared_tenant
from bot.ports import Clock, Outcome, Refused, Wait

if TYPE_CHECKING:
    from adapters.teams.adapter import TeamsSettings

EARLY: Final = 300.0  # seconds before its expiry from which a token is not used any more
AGAIN: Final = 5.0  # seconds between two attempts while the login service does not answer
SULK: Final = 60.0  # seconds between two attempts after it refused us, and between two lines in the log
PATIENCE: Final = 0.5  # of a call's time: who waits longer for a token could not finish the call
LARGEST: Final = 262_144  # bytes of an answer

_AUTHORITY: Final = "https://login.microsoftonline.com"  # what msal calls it; it insists on https
_METHOD: Final = "login.token"
_NOT_NOW: Final = frozenset({"temporarily_unavailable", "server_error"})

_CANNOT_ASK: Final = (
    "Microsoft's login service (TEAMS_LOGIN_URL) cannot be asked for a token (%s). It is asked again, and "
    "messages wait meanwhile."
)
_REFUSED: Final = (
    "Microsoft refuses to give the bot a token (%s). Check TEAMS_APP_ID, TEAMS_TENANT_ID and "
    "TEAMS_APP_PASSWORD: has the secret expired?"
)

logger = logging.getLogger(__name__)
logging.getLogger("msal").setLevel(logging.CRITICAL + 1)  # it quotes answers that it cannot read


@dataclass(frozen=True, slots=True)
class _Kept:
    """A token, or the outcome of the last attempt, good until `until` (Clock.monotonic seconds)."""

    value: str | Outcome = field(repr=False)
    until: float


class AppTokens:
    """Tokens of one app registration, by scope and tenant."""

    def __init__(self, settings: TeamsSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._kept: dict[tuple[str, str], _Kept] = {}
        self._asking: dict[tuple[str, str], asyncio.Task[str | Outcome]] = {}
        self._shared = shared_tenant(settings.login_url)
        self._quiet_until = float("-inf")

    async def token(self, scope: str, tenant: str = "") -> str | Outcome:
        """A token for `scope`; "" when authentication is off. `tenant` is whose directory is meant where the
        registration is not bound to one (Graph).

        Nothing was sent anywhere when this is an Outcome: `Wait` while the login service cannot be asked,
        `Refused(tenant_wide=True)` when it refuses us.
        """
        if not self._settings.auth:
            return ""
        key = scope, self._tenant(scope, tenant)
        kept = self._kept.get(key)
        if kept is not None and self._clock.monotonic() < kept.until:
            return self._aged(kept)
        task = self._asking.get(key)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._ask(key), name="app token")
            self._asking[key] = task
        try:
            # whoever asked first may give up without taking the others' token along
            return await asyncio.wait_for(asyncio.shield(task), self._settings.timeout * PATIENCE)
        except TimeoutError:
            return Wait(AGAIN, _METHOD)

    def drop(self, scope: str, token: str, tenant: str = "") -> None:
        """Forget `token`, which a service refused; a newer one stays."""
        key = scope, self._tenant(scope, tenant)
        kept = self._kept.get(key)
        if kept is not None and kept.value == token:
            del self._kept[key]

    async def close(self) -> None:
        """Wait for what is under way."""
        await asyncio.gather(*self._asking.values(), return_exceptions=True)

    def _tenant(self, scope: str, tenant: str) -> str:
        return self._settings.tenant_id or (tenant if scope != BOT_SCOPE else "") or self._shared

    def _aged(self, kept: _Kept) -> str | Outcome:
        if isinstance(kept.value, Wait):
            return Wait(max(1.0, kept.until - self._clock.monotonic()), _METHOD)
        return kept.value

    async def _ask(self, key: tuple[str, str]) -> str | Outcome:
        scope, tenant = key
        begun = self._clock.monotonic()
        try:
            answer = await asyncio.to_thread(_acquire, self._settings, scope, tenant)
        except Exception as error:
            # msal raises what it did not expect as it comes: error pages, closed connections, bad JSON
            answer = {"error": "unreachable", "reason": type(error).__name__}
        finally:
            self._asking.pop(key, None)
        kept = self._judged(answer, begun)
        self._kept[key] = kept
        return kept.value

    def _judged(self, answer: dict[str, Any], begun: float) -> _Kept:
        token, lasts = answer.get("access_token"), answer.get("expires_in")
        if isinstance(token, str) and token and isinstance(lasts, int | float):
            return _Kept(token, begun + max(lasts - EARLY, lasts / 2))
        code = str(answer.get("error") or "unreadable")
        if code in {"unreachable", "unreadable"} | _NOT_NOW:
            seconds = max(AGAIN, min(float(answer.get("retry_after") or 0), 3600.0))
            self._tell(_CANNOT_ASK, answer.get("reason") or code)
            return _Kept(Wait(seconds, _METHOD), begun + seconds)
        known = _known_code(answer, code)
        self._tell(_REFUSED, known)
        return _Kept(Refused(known, tenant_wide=True), begun + SULK)

    def _tell(self, sentence: str, code: object) -> None:
        """One line for the operator, once a minute at most."""
        now = self._clock.monotonic()
        if now >= self._quiet_until:
            self._quiet_until = now + SULK
            logger.error(sentence, code)


def _known_code(answer: dict[str, Any], code: str) -> str:
    """Entra's error with its number ("invalid_client 7000222"), never its description, which quotes ids."""
    numbers = answer.get("error_codes")
    number = f" {numbers[0]}" if isinstance(numbers, list) and numbers and isinstance(numbers[0], int) else ""
    return f"{code if code.replace('_', '').isalnum() else 'refused'}{number}"


def _acquire(settings: TeamsSettings, scope: str, tenant: str) -> dict[str, Any]:
    """Ask for one token; runs in a worker thread. Each time with a new client: msal's own caches would hide
    that a secret was mended for a minute, and a token that was revoked for an hour.
    """
    import msal  # loads in a quarter of a second, and only where there is Teams

    client = _LoginClient(settings.login_url, settings.timeout)
    app = msal.ConfidentialClientApplication(
        settings.app_id,
        client_credential=settings.app_password,
        authority=f"{_AUTHORITY}/{tenant}",
        instance_discovery=False,
        http_client=client,
    )
    answer = app.acquire_token_for_client([scope_at(scope, settings.login_url, settings.graph_url)])
    found: dict[str, Any] = answer if isinstance(answer, dict) else {}
    return found | {"retry_after": client.retry_after}


@dataclass(slots=True)
class _Answer:
    """What msal expects of a response."""

    status_code: int
    text: str = field(repr=False)
    headers: dict[str, str] = field(default_factory=dict)

    def raise_for_status(self) -> None:
        if self.status_code >= 400:
            raise ConnectionError(f"HTTP {self.status_code}")


class _LoginClient:
    """The HTTP client that msal uses: no proxies, no redirects, no repeats, a time limit and a size cap.

    msal accepts authorities over https only; here its name for the login service becomes `login_url`, so that
    a stand-in on loopback can be asked over http.
    """

    def __init__(self, login_url: str, timeout: float) -> None:
        self._base = login_url.rstrip("/")
        self._timeout = timeout
        self.retry_after = 0.0

    def get(self, url: str, **_: object) -> _Answer:
        """The authority's metadata, which msal asks for first: the documented endpoints, without a call."""
        tenant = url.removeprefix(_AUTHORITY).strip("/").partition("/")[0]
        oauth = f"{_AUTHORITY}/{tenant}/oauth2/v2.0"
        found = {
            "issuer": f"{_AUTHORITY}/{tenant}/v2.0",
            "authorization_endpoint": f"{oauth}/authorize",
            "token_endpoint": f"{oauth}/token",
        }
        return _Answer(200, json.dumps(found))

    def post(
        self, url: str, data: dict[str, str], headers: dict[str, str] | None = None, **_: object
    ) -> _Answer:
        target = urlsplit(self._base + url.removeprefix(_AUTHORITY))
        connection = _connection(target.scheme, target.netloc, self._timeout)
        sent = {**(headers or {}), "Content-Type": "application/x-www-form-urlencoded"}
        try:
            connection.request("POST", target.path, body=urlencode(data), headers=sent)
            response = connection.getresponse()
            body = response.read(LARGEST + 1)
        finally:
            connection.close()
        if len(body) > LARGEST:
            raise ValueError("The answer of the login service is too long.")
        self.retry_after = _seconds(response.headers.get("Retry-After"))
        return _Answer(response.status, body.decode("utf-8", "replace"), dict(response.headers.items()))

    def close(self) -> None:
        """Every call closes its own connection."""


def _connection(scheme: str, netloc: str, timeout: float) -> http.client.HTTPConnection:
    if scheme == "http":
        return http.client.HTTPConnection(netloc, timeout=timeout)
    return http.client.HTTPSConnection(netloc, timeout=timeout, context=ssl.create_default_context())


def _seconds(header: str | None) -> float:
    return float(header) if header and header.isdecimal() and len(header) <= 5 else 0.0
