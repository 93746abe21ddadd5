"""The front door: what a request must be before anything else of ours, or botbuilder, looks at it.

botbuilder's own check accepts a token without `exp`, skips serviceUrl and channel where the activity names
none, answers 500 to a dozen kinds of rubbish and looks at no tenant. So everything is checked here, and no
word of a token or body is logged. Source: learn.microsoft.com/azure/bot-service, authentication with the Bot
Connector API.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeGuard

import jwt
from multidict import CIMultiDict, CIMultiDictProxy

from adapters.bodies import Json, Refusal, is_deeper, json_object
from adapters.teams.clouds import issuer
from adapters.teams.hosts import is_loopback_url, is_service_url
from adapters.teams.keys import SigningKey, SigningKeys
from bot.ports import Clock

if TYPE_CHECKING:
    from adapters.teams.adapter import TeamsSettings

Headers = CIMultiDictProxy[str] | CIMultiDict[str]

LARGEST: Final = 256 * 1024  # bytes; Teams' own limit for a message is 100 KB
DEEPEST: Final = 64  # levels of a body
LONGEST_ID: Final = 1024
LEEWAY: Final = 300  # seconds around `exp` and `nbf`
FAR: Final = 10**12  # a time of a token in seconds; beyond it is no time
ALGORITHMS: Final = ("RS256",)  # never what the token itself names
CHANNEL: Final = "msteams"
"""The only one we listen to: the clients of others (Direct Line, Web Chat) choose `from` and the tenant."""

_BEARER: Final = re.compile(r"Bearer ([\w-]+\.[\w-]+\.[\w-]+)", re.ASCII)
_SERVICE_CLAIMS: Final = ("serviceurl", "serviceUrl")


@dataclass(frozen=True, slots=True)
class Entry:
    """Let in: the activity as Teams sent it, and the tenant it is about ("teams:<tenant id>")."""

    activity: Json = field(repr=False)
    tenant: str


class TeamsFrontDoor:
    """Checks requests of the Bot Connector. `on_refused` is told the reason when somebody is not let in.

    Status: 400 for what is no activity, 401 for whoever is not the Connector speaking about this activity,
    403 for a tenant or an address that is not allowed.
    """

    def __init__(
        self,
        clock: Clock,
        settings: TeamsSettings,
        keys: SigningKeys,
        on_refused: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._clock, self._settings, self._keys = clock, settings, keys
        self._tenants = frozenset(
            each.lower() for each in settings.allowed_tenants or {settings.tenant_id} if each
        )
        self._issuer = issuer(settings.openid_url)
        self._on_refused = on_refused

    async def check(self, headers: Headers, raw: bytes) -> Entry | Refusal:
        """Size and encoding, token, body, then whether they fit each other. Never raises."""
        found = await self._check(headers, raw)
        return self.counted(found) if isinstance(found, Refusal) else found

    def counted(self, refusal: Refusal) -> Refusal:
        """Count a refusal, also one from before or behind the door."""
        self._on_refused(refusal.why)
        return refusal

    async def _check(self, headers: Headers, raw: bytes) -> Entry | Refusal:
        if len(raw) > LARGEST:
            return Refusal(400, "too_large")
        if headers.get("Content-Encoding"):
            return Refusal(400, "encoded")
        token = await self._token(headers) if self._settings.auth else None
        if isinstance(token, Refusal):
            return token
        activity = parse(headers.getall("Content-Type", ()), raw)
        if isinstance(activity, Refusal):
            return activity
        why = _mismatch(token, activity) if token else ""
        return Refusal(401, why) if why else self._entry(activity)

    async def _token(self, headers: Headers) -> Token | Refusal:
        """The claims of the one token there may be, signed by a key that we know."""
        values = headers.getall("Authorization", ())
        bearer = _BEARER.fullmatch(values[0]) if len(values) == 1 else None
        if bearer is None:
            return Refusal(401, "no_token")
        kid = _key_id(bearer[1])
        if not kid:
            return Refusal(401, "bad_header")
        key = await self._keys.find(kid)
        if key is None:
            return Refusal(401, "unknown_key")
        claims = self._claims(bearer[1], key)
        if claims is None:
            return Refusal(401, "bad_token")
        if not _is_current(claims, self._clock.now()):
            return Refusal(401, "expired")
        return Token(claims, key.endorsements)

    def _claims(self, token: str, key: SigningKey) -> Json | None:
        """The verified claims; the times are looked at by our own clock."""
        try:
            found: Json = jwt.decode(
                token,
                key=key.public,
                algorithms=list(ALGORITHMS),
                audience=self._settings.app_id,
                issuer=self._issuer,
                options={
                    "require": ["exp", "iss", "aud"],
                    "strict_aud": True,
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except Exception:  # PyJWT's own errors, and whatever odd JSON makes it raise besides
            return None
        return found

    def _entry(self, activity: Json) -> Entry | Refusal:
        """Whether this deployment is meant for where the activity comes from."""
        service_url = activity.get("serviceUrl")
        extra = self._settings.service_hosts
        is_ours = is_service_url(service_url, extra) if self._settings.auth else is_loopback_url(service_url)
        if not is_ours:
            return Refusal(403, "service_url")
        tenant = _tenant_of(activity)
        is_open = not self._settings.auth and not self._tenants
        if not tenant or not (is_open or tenant in self._tenants):
            return Refusal(403, "tenant")
        return Entry(activity, f"teams:{tenant}")


@dataclass(frozen=True, slots=True)
class Token:
    """Verified claims, and the channels that the signing key may speak for."""

    claims: Json = field(repr=False)
    endorsements: frozenset[str]


def parse(kinds: tuple[str, ...] | list[str], raw: bytes) -> Json | Refusal:
    """The body as an activity: JSON with the ids that everything else relies on."""
    if len(kinds) != 1 or kinds[0].partition(";")[0].strip().lower() != "application/json":
        return Refusal(400, "content_type")
    try:
        activity = json_object(raw.decode("utf-8"))
    except (ValueError, RecursionError):  # not UTF-8, not JSON, no object, NaN
        return Refusal(400, "unreadable")
    if is_deeper(activity, DEEPEST):
        return Refusal(400, "too_deep")
    return activity if _is_activity(activity) else Refusal(400, "no_activity")


def _is_activity(activity: Json) -> bool:
    """What each kind of activity has; a wrong time would make botbuilder stumble."""
    needed = (
        activity.get("type"),
        _inner(activity, "conversation").get("id"),
        _inner(activity, "from").get("id"),
    )
    ids = (activity.get(name) or "-" for name in ("id", "replyToId", "name"))
    times = (activity.get("timestamp"), activity.get("localTimestamp"))
    return all(_is_id(each) for each in (*needed, *ids)) and all(map(_is_time, times))


def _is_id(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_ID


def _is_time(value: object) -> bool:
    if value is None:
        return True
    try:
        return isinstance(value, str) and datetime.fromisoformat(value) is not None
    except ValueError:
        return False


def _key_id(token: str) -> str:
    """The id of the key that a token says it is signed with; "" for a header that we do not accept."""
    try:
        header = jwt.get_unverified_header(token)
    except Exception:  # PyJWT's own errors, and whatever odd JSON makes it raise besides
        return ""
    kid = header.get("kid")
    is_plain = header.get("alg") in ALGORITHMS and "crit" not in header
    return kid if is_plain and isinstance(kid, str) and len(kid) <= LONGEST_ID else ""


def _is_current(claims: Json, now: datetime) -> bool:
    """Not expired, and valid already if it says from when."""
    expires, begins = claims.get("exp"), claims.get("nbf", 0)
    if not _is_number(expires) or not _is_number(begins):
        return False
    stamp = now.timestamp()
    return bool(begins - LEEWAY <= stamp < expires + LEEWAY)


def _is_number(value: object) -> TypeGuard[int | float]:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return -FAR <= value <= FAR  # NaN is not, nor what no float can hold


def _mismatch(token: Token, activity: Json) -> str:
    """Why a token is not about this activity, "" if it is."""
    service_url = activity.get("serviceUrl")
    if activity.get("channelId") != CHANNEL or CHANNEL not in token.endorsements:
        return "channel"
    claimed = [token.claims[name] for name in _SERVICE_CLAIMS if name in token.claims]
    return (
        "" if claimed and _is_id(service_url) and all(each == service_url for each in claimed) else "service"
    )


def _tenant_of(activity: Json) -> str:
    """The tenant an activity says it comes from; "" if it says none, or two."""
    said = (
        _inner(_inner(activity, "channelData"), "tenant").get("id"),
        _inner(activity, "conversation").get("tenantId"),
    )
    named = {each.lower() if isinstance(each, str) else "" for each in said if each is not None}
    return named.pop() if len(named) == 1 else ""


def _inner(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value.get(name)
    return found if isinstance(found, Mapping) else {}
