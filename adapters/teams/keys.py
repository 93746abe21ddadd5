"""The Bot Framework's signing keys: fetched without blocking, kept for a day, refreshed for an unknown key.

botbuilder 4.17.1 never refreshes (each request fails for up to a day after a rollover) and fetches with a
blocking call; so this is ours. Shapes: the OpenID document names `jwks_uri`, whose `keys` carry `kid`, the
RSA numbers and `endorsements`, the channels that a key may speak for.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm

from adapters.bodies import Json, json_object
from bot.ports import Clock

KEPT: Final = 24 * 3600.0  # seconds; Microsoft says to look again once a day
AT_MOST_EVERY: Final = 60.0  # seconds between refreshes, however many unknown keys are named
FIRST_AGAIN: Final = 5.0  # the same as long as we have no key at all, and nobody can be let in
LARGEST: Final = 512 * 1024  # bytes of either document
MOST_KEYS: Final = 200
SMALLEST: Final = 2048  # bits

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One public key and the channels it may speak for."""

    public: RSAPublicKey = field(repr=False)
    endorsements: frozenset[str] = frozenset()


class SigningKeys:
    """The keys behind one OpenID document. `timeout` is for one fetch of both documents, in seconds."""

    def __init__(self, clock: Clock, url: str, session: aiohttp.ClientSession, timeout: float = 5.0) -> None:
        self._clock, self._url, self._session, self._timeout = clock, url, session, timeout
        self._keys: Mapping[str, SigningKey] = {}
        self._fetched_at: float | None = None
        self._tried_at: float | None = None
        self._refresh: asyncio.Task[None] | None = None

    async def find(self, kid: str) -> SigningKey | None:
        """The key of this id; asks again, at most once a minute, when it is unknown or ours are a day old."""
        if (kid not in self._keys or self._is_old()) and (self._refresh or self._may_try()):
            await self._refreshed()
        return self._keys.get(kid)

    async def close(self) -> None:
        """Give up a fetch under way."""
        if self._refresh is not None:
            self._refresh.cancel()
            await asyncio.gather(self._refresh, return_exceptions=True)

    def _is_old(self) -> bool:
        return self._fetched_at is None or self._clock.monotonic() - self._fetched_at >= KEPT

    def _may_try(self) -> bool:
        if self._tried_at is None:
            return True
        wait = AT_MOST_EVERY if self._keys else FIRST_AGAIN
        return self._clock.monotonic() - self._tried_at >= wait

    async def _refreshed(self) -> None:
        """Everybody who asks meanwhile waits for one and the same fetch; it outlives whoever gives up."""
        if self._refresh is None:
            self._tried_at = self._clock.monotonic()
            self._refresh = asyncio.get_running_loop().create_task(self._fetch())
            self._refresh.add_done_callback(self._over)
        await asyncio.shield(self._refresh)

    def _over(self, _: asyncio.Task[None]) -> None:
        self._refresh = None

    async def _fetch(self) -> None:
        """New keys in place of the old ones; the old ones stay where that fails."""
        try:
            async with asyncio.timeout(self._timeout):
                found = keys_of(await self._get(self._jwks_uri(await self._get(self._url))))
        except Exception as error:  # whatever is wrong with them, the old keys stay
            logger.warning("The Bot Framework's signing keys could not be fetched: %s.", type(error).__name__)
            return
        if not found:
            logger.warning("The Bot Framework's list of signing keys is empty; the old ones stay.")
            return
        self._keys, self._fetched_at = found, self._clock.monotonic()

    async def _get(self, url: str) -> Json:
        async with self._session.get(url, allow_redirects=False) as answer:
            if answer.status != 200:
                raise ValueError("not found")
            chunks: list[bytes] = []
            async for chunk in answer.content.iter_chunked(64 * 1024):
                chunks.append(chunk)
                if sum(map(len, chunks)) > LARGEST:
                    raise ValueError("too large")
        return json_object(b"".join(chunks).decode("utf-8"))

    def _jwks_uri(self, document: Json) -> str:
        """Where the keys are: on https, or where the document itself came from."""
        found = document.get("jwks_uri")
        if not isinstance(found, str):
            raise ValueError("no jwks_uri")
        parts, ours = urlsplit(found), urlsplit(self._url)
        if parts.scheme != "https" and (parts.scheme, parts.netloc) != (ours.scheme, ours.netloc):
            raise ValueError("jwks_uri is not on https")
        return found


def keys_of(document: Json) -> dict[str, SigningKey]:
    """The usable keys of a JWKS by their ids; others (another algorithm, too short, private) are left out."""
    listed = document.get("keys")
    if not isinstance(listed, list):
        raise ValueError("no keys")
    read = {str(each.get("kid")): _key(each) for each in listed[:MOST_KEYS] if isinstance(each, dict)}
    return {kid: key for kid, key in read.items() if key is not None}


def _key(listed: Mapping[str, Any]) -> SigningKey | None:
    kid, channels = listed.get("kid"), listed.get("endorsements")
    if not isinstance(kid, str) or not kid or listed.get("use", "sig") != "sig" or listed.get("kty") != "RSA":
        return None
    try:
        public = RSAAlgorithm.from_jwk({name: str(listed[name]) for name in ("kty", "n", "e")})
    except Exception:  # numbers that are none: cryptography and PyJWT raise a dozen kinds
        return None
    if not isinstance(public, RSAPublicKey) or public.key_size < SMALLEST:
        return None
    named = (each for each in channels if isinstance(each, str)) if isinstance(channels, list) else ()
    return SigningKey(public, frozenset(named))
