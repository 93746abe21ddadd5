"""Slack as a whole: what the application's start puts together from settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

from adapters.recall import Recall
from adapters.slack.api import DEFAULT_API_URL, Credential
from adapters.slack.chat import SlackChat
from adapters.slack.dispatch import Dispatcher
from adapters.slack.front import FrontDoor
from adapters.slack.oauth import Connect, OAuthApp
from adapters.slack.server import SlackServer
from adapters.slack.socket_mode import SlackSocket
from adapters.slack.surfaces import Surfaces
from bot.ports import Clock, Directory, Handler, Outcome, PlatformError, Refused, Store
from bot.records import Tenant


class SlackUnreachable(PlatformError):
    """Slack could not be asked, or refused the token; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """What Slack gave the app. Secrets do not show in the repr."""

    signing_secrets: Sequence[str] = field(default=(), repr=False)
    api_url: str = DEFAULT_API_URL
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    public_url: str = ""
    app_token: str = field(default="", repr=False)
    timeout: float = 10.0


class SlackAdapter:
    """Both directions of Slack over one shared HTTP session, which the caller opens and closes."""

    def __init__(
        self,
        *,
        clock: Clock,
        store: Store,
        directory: Directory,
        handler: Handler,
        session: aiohttp.ClientSession,
        settings: SlackSettings,
    ) -> None:
        self.chat = SlackChat(
            session,
            settings.api_url,
            directory=directory,
            timeout=settings.timeout,
            monotonic=clock.monotonic,
        )
        surfaces = Surfaces(self.chat.api, directory, session)
        self._dispatcher = Dispatcher(
            chat=self.chat, surfaces=surfaces, store=store, directory=directory, handler=handler
        )
        self._server = SlackServer(FrontDoor(clock, settings.signing_secrets), self._dispatcher)
        oauth_app = OAuthApp(settings.client_id, settings.client_secret, settings.public_url)
        self._connect = Connect(clock=clock, store=store, handler=handler, api=self.chat.api, app=oauth_app)
        self._socket = SlackSocket(
            clock=clock, api=self.chat.api, app_token=settings.app_token, dispatcher=self._dispatcher
        )
        self._settings = settings
        self._recall = Recall(store, self.chat.platform, self.chat.remember)

    def routes(self, app: web.Application) -> None:
        """Add `/slack/events`, `/slack/install` and `/slack/oauth_redirect`."""
        self._server.routes(app)
        self._connect.routes(app)

    async def start_socket(self) -> None:
        """Connect through Socket Mode; returns once connected. Raises SlackUnreachable without a token."""
        if not self._settings.app_token:
            raise SlackUnreachable("Socket Mode needs SLACK_APP_TOKEN, an app-level token (xapp-…).")
        await self._socket.start()

    def recall_chats(self) -> None:
        """Begin to learn, in the background, which chats are open already."""
        self._recall.begin()

    async def close(self) -> None:
        """Hang up and let answers under way finish."""
        await self._recall.close()
        await self._socket.close()
        await self._dispatcher.close()

    async def identify(self, bot_token: str) -> Tenant:
        """The workspace and bot user a token belongs to (`auth.test`). Raises SlackUnreachable."""
        answer = await self.chat.api.send("auth.test", Credential(bot_token), {})
        if isinstance(answer, Refused):
            raise SlackUnreachable(
                f"Slack refuses SLACK_BOT_TOKEN ({answer.code}). Copy it again from OAuth & Permissions."
            )
        if isinstance(answer, Outcome):
            raise SlackUnreachable("Slack did not answer auth.test. Check the network and SLACK_API_URL.")
        return Tenant(
            id=f"slack:{answer.get('team_id')}",
            platform="slack",
            name=str(answer.get("team") or ""),
            url=str(answer.get("url") or ""),
            bot_user=str(answer.get("user_id") or ""),
        )
