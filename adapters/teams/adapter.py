"""Teams as a whole: what the application's start puts together from settings."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import aiohttp
from aiohttp import web

from adapters.teams.chat import TeamsChat
from adapters.teams.clouds import BOT_SCOPE
from adapters.teams.dispatch import TeamsDispatcher
from adapters.teams.front import TeamsFrontDoor
from adapters.teams.keys import SigningKeys
from bot.inbound import Account
from bot.ports import Clock, Handler, PlatformError, Refused, Store, Tx, Vault
from bot.records import Tenant

KEYS_WITHIN: Final = 5.0  # seconds: an invoke whose key is new must still be answered in time
PAGE: Final = 200  # people read at once: a short moment in which nothing else is answered


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
        self._store = store
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
        self._recall: asyncio.Task[None] | None = None

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
        self._recall = asyncio.get_running_loop().create_task(self._recall_chats())
        await self._dispatcher.start()

    async def close(self) -> None:
        """Let what is being handled finish; what is accepted and not begun stays for the next run."""
        if self._recall is not None:
            self._recall.cancel()
            await asyncio.gather(self._recall, return_exceptions=True)
        await self._dispatcher.close()
        await self._keys.close()
        await self.chat.close()

    async def _recall_chats(self) -> None:
        """Learn in the background which chats are open already, so that nobody budgets for opening them."""
        page = await self._store.read(partial(_open_chats, after=""))
        while page.last:
            for who in page.chats:
                self.chat.remember(who)
            await asyncio.sleep(0)  # others first
            page = await self._store.read(partial(_open_chats, after=page.last))


@dataclass(frozen=True, slots=True)
class _Page:
    """The open chats of a page of people, and the last person on it ("" after the end)."""

    chats: tuple[Account, ...] = ()
    last: str = ""


def _open_chats(tx: Tx, after: str) -> _Page:
    people = tx.people.ids(after, PAGE)
    known = (record for person in people for record in tx.accounts.of(person))
    chats = tuple(each.account for each in known if each.dm and each.account.tenant.startswith("teams:"))
    return _Page(chats, people[-1] if people else "")
