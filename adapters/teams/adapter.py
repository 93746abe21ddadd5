"""Teams as a whole: what the application's start puts together from settings."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Final

import aiohttp
from aiohttp import web

from adapters.recall import Recall
from adapters.teams.chat import TeamsChat
from adapters.teams.clouds import BOT_SCOPE
from adapters.teams.dispatch import TeamsDispatcher
from adapters.teams.front import TeamsFrontDoor
from adapters.teams.keys import SigningKeys
from bot.ports import Clock, Handler, PlatformError, Refused, Store, Vault
from bot.records import Tenant

KEYS_WITHIN: Final = 5.0  # seconds: an invoke whose key is new must still be answered in time


class TeamsRefused(PlatformError):
    """Microsoft gives this app no token; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class TeamsSettings:
    """What the app registration gave us. Secrets do not show in the repr.

    `allowed_tenants` are the tenant ids that may talk to us; `service_hosts` hosts ("host" or "host:port")
    besides Microsoft's that an activity's serviceUrl may name; `features` is a subset of
    {"presence", "hours", "targeted"}. `auth` False (loopback only): nothing is verified and no
    token is asked for.
    """

    app_id: str = ""
    app_password: str = field(default="", repr=False)
    tenant_id: str = ""
    openid_url: str = "https://login.botframework.com/v1/.well-known/openidconfiguration"
    login_url: str = "https://login.microsoftonline.com"
    graph_url: str = "https://graph.microsoft.com/v1.0"
    allowed_tenants: frozenset[str] = frozenset()
    service_hosts: frozenset[str] = frozenset()
    auth: bool = True
    features: frozenset[str] = frozenset()
    timeout: float = 10.0


class TeamsAdapter:
    """Both directions of Teams over one shared HTTP session, which the caller opens and closes.

    `words` are the commands that may begin a message in a chat of several people; `on_refused` is told the
    reason, a word of ours, for each request that is not let in.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        store: Store,
        vault: Vault,
        handler: Handler,
        session: aiohttp.ClientSession,
        settings: TeamsSettings,
        words: Collection[str],
        on_refused: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._settings = settings
        self.chat = TeamsChat(session, settings, store=store, clock=clock)
        self._keys = SigningKeys(clock, settings.openid_url, session, min(settings.timeout, KEYS_WITHIN))
        self._dispatcher = TeamsDispatcher(
            front=TeamsFrontDoor(clock, settings, self._keys, on_refused),
            chat=self.chat,
            store=store,
            vault=vault,
            clock=clock,
            handler=handler,
            words=words,
        )
        self._recall = Recall(store, self.chat.platform, self.chat.remember)

    def routes(self, app: web.Application) -> None:
        """Add `/api/messages`."""
        self._dispatcher.routes(app)

    async def sign_in(self) -> bool:
        """Whether Microsoft gives us a token; False if it cannot be asked now. Raises TeamsRefused."""
        answer = await self.chat.tokens.token(BOT_SCOPE)
        if isinstance(answer, Refused):
            raise TeamsRefused(
                f"Microsoft refuses TEAMS_APP_PASSWORD ({answer.code}). `boundary-bot doctor` knows more."
            )
        return isinstance(answer, str)

    def tenant(self, tenant_id: str) -> Tenant:
        """An organisation that may talk to us, as it is kept."""
        return Tenant(f"teams:{tenant_id}", "teams", bot_user=f"28:{self._settings.app_id}")

    async def start(self) -> None:
        """Handle what an earlier run had accepted and what comes in from now on."""
        self._recall.begin()
        await self._dispatcher.start()

    async def close(self) -> None:
        """Let what is being handled finish; what is accepted and not begun stays for the next run."""
        await self._recall.close()
        await self._dispatcher.close()
        await self._keys.close()
        await self.chat.close()
