"""What doctor asks Microsoft: a token, the signing keys, and whether Graph lets us use what a feature needs.

No person is touched: a permission is tried on a directory id that belongs to nobody, where Graph answers 403
without consent and 404 with it (learn.microsoft.com/graph/errors).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib import metadata
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import aiohttp
from yarl import URL

from adapters.teams.calling import Answer, NoAnswer, call
from adapters.teams.clouds import BOT_SCOPE, GRAPH_SCOPE
from adapters.teams.keys import keys_of
from adapters.teams.permissions import BOTBUILDER, NOBODY, graph_permissions
from adapters.teams.tokens import AppTokens
from bot.ports import Clock, Outcome, Refused
from bot.probes import Right, TeamsFacts

if TYPE_CHECKING:
    from adapters.teams.adapter import TeamsSettings

_HARMLESS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "Presence.ReadWrite.All": ("POST", "presence/clearUserPreferredPresence"),
        "MailboxSettings.Read": ("GET", "mailboxSettings"),
    }
)
"""A call that needs the permission and changes nothing about nobody."""


class TeamsInspection:
    """Implements `bot.probes.TeamsProbes`. `clock` times how long a token is kept."""

    def __init__(self, settings: TeamsSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._tokens = AppTokens(settings, clock)

    async def token(self) -> TeamsFacts:
        """A token for the connector."""
        answer = await self._tokens.token(BOT_SCOPE)
        return TeamsFacts() if isinstance(answer, str) else TeamsFacts(_why(answer))

    async def keys(self) -> TeamsFacts:
        """The OpenID document and the keys that it names."""
        async with aiohttp.ClientSession() as session:
            document = await self._get(session, self._settings.openid_url)
            if isinstance(document, NoAnswer) or not document.fine:
                return TeamsFacts(_failure(document))
            address = document.data.get("jwks_uri")
            if not isinstance(address, str):
                return TeamsFacts("it names no keys")
            listed = await self._get(session, address)
        if isinstance(listed, NoAnswer) or not listed.fine:
            return TeamsFacts(_failure(listed))
        try:
            return TeamsFacts(count=len(keys_of(listed.data)))
        except ValueError:
            return TeamsFacts("there is no list of keys")

    def needs(self, feature: str) -> tuple[Right, ...]:
        """What adapters/teams/permissions.py says."""
        return tuple(Right(each.name, each.why) for each in graph_permissions(feature))

    async def rights(self, feature: str) -> tuple[Right, ...]:
        """Each permission of the feature, tried once."""
        async with aiohttp.ClientSession() as session:
            return tuple([await self._tried(session, right) for right in self.needs(feature)])

    def sdk(self) -> tuple[str, str]:
        """Without importing it."""
        try:
            return metadata.version("botbuilder-core"), BOTBUILDER
        except metadata.PackageNotFoundError:
            return "", BOTBUILDER

    async def _tried(self, session: aiohttp.ClientSession, right: Right) -> Right:
        token = await self._tokens.token(GRAPH_SCOPE, self._settings.tenant_id)
        if not isinstance(token, str):
            return replace(right, error=_why(token))
        method, path = _HARMLESS[right.name]
        answer = await call(
            session,
            method,
            URL(f"{self._settings.graph_url}/users/{NOBODY}/{path}", encoded=True),
            token=token,
            seconds=self._settings.timeout,
            now=self._clock.now(),
            body=None if method == "GET" else {},
        )
        granted = isinstance(answer, Answer) and (answer.fine or answer.status == 404)
        return right if granted else replace(right, error=_failure(answer))

    async def _get(self, session: aiohttp.ClientSession, url: str) -> Answer | NoAnswer:
        seconds = self._settings.timeout
        return await call(session, "GET", URL(url), token="", seconds=seconds, now=self._clock.now())


def _why(outcome: Outcome) -> str:
    """Why there is no token: Entra's error name, without the number after it."""
    return outcome.code.partition(" ")[0] if isinstance(outcome, Refused) else "unreachable"


def _failure(answer: Answer | NoAnswer) -> str:
    return f"status {answer.status}" if isinstance(answer, Answer) else f"unreachable: {answer.why}"
