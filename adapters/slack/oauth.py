"""Connect: a person grants their own token (OAuth v2, user scopes only;
docs.slack.dev/authentication/installing-with-oauth).

A ticket from the chat names the account; the state is single use, lives five minutes and belongs to one
browser; and the person whom Slack names must be that account. Only hashes of tickets, states and cookies are
stored.
"""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from aiohttp import web

from adapters.slack import pages
from adapters.slack.api import SlackApi
from adapters.slack.chat import team_of
from adapters.slack.pages import Page
from adapters.slack.scopes import USER_SCOPES
from bot import tickets
from bot.inbound import Account, Connected
from bot.ports import Clock, Handler, Outcome, Store

STATE_LIFE: Final = timedelta(seconds=300)
COOKIE: Final = "boundary_connect"
INSTALL: Final = "/slack/install"
REDIRECT: Final = "/slack/oauth_redirect"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OAuthApp:
    """The app's credentials, and `public_url`, where browsers reach us. All three, or Connect is off."""

    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    public_url: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether people can connect."""
        return bool(self.client_id and self.client_secret and self.public_url)

    @property
    def redirect_uri(self) -> str:
        """Where Slack sends people back to; it must be among the app's redirect URLs."""
        return self.public_url.rstrip("/") + REDIRECT


class Connect:
    """The two pages of Connect. `handler` is told of a granted token."""

    def __init__(self, *, clock: Clock, store: Store, handler: Handler, api: SlackApi, app: OAuthApp) -> None:
        self._clock, self._store, self._handler = clock, store, handler
        self._api, self._app = api, app

    def routes(self, app: web.Application) -> None:
        """Add `/slack/install` and `/slack/oauth_redirect`."""
        # no HEAD: what looks at links before a person does would use up their ticket
        app.router.add_get(INSTALL, self.install, allow_head=False)
        app.router.add_get(REDIRECT, self.redirect, allow_head=False)

    async def install(self, request: web.Request) -> web.Response:
        """`?t=<ticket>`: off to Slack's consent page, with a state that only this browser can bring back."""
        if not self._app.is_complete:
            return pages.OFF.response()
        now, ticket = self._clock.now(), request.query.get("t", "")
        state, cookie = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        who = await self._store.write(lambda tx: tickets.redeem(tx, ticket, now))
        if who is None:
            return pages.LINK_USED.response()
        payload = tickets.payload(who)
        await self._store.write(lambda tx: tx.once.issue(_key(state, cookie), payload, now + STATE_LIFE))
        response = web.Response(
            status=302, headers={"Location": self._consent(who, state), "Cache-Control": "no-store"}
        )
        response.set_cookie(
            COOKIE,
            cookie,
            max_age=round(STATE_LIFE.total_seconds()),
            path=urlsplit(self._app.redirect_uri).path,
            httponly=True,
            secure=self._app.public_url.startswith("https://"),
            samesite="Lax",
        )
        return response

    async def redirect(self, request: web.Request) -> web.Response:
        """Slack sends the person back with a code, or with `error`."""
        if not self._app.is_complete:
            return pages.OFF.response()
        key = _key(request.query.get("state", ""), request.cookies.get(COOKIE, ""))
        now = self._clock.now()
        payload = await self._store.write(lambda tx: tx.once.consume(key, now))
        if payload is None:
            return pages.STATE_GONE.response()
        if request.query.get("error"):
            return pages.DENIED.response()
        who = Account(*json.loads(payload))
        return (await self._grant(who, request.query.get("code", ""), key)).response()

    async def _grant(self, who: Account, code: str, key: str) -> Page:
        """Exchange the code; only the account the ticket was made for is connected."""
        answer = await self._api.exchange(
            self._app.client_id, self._app.client_secret, code, self._app.redirect_uri
        )
        person: Mapping[str, Any] = {} if isinstance(answer, Outcome) else answer.get("authed_user") or {}
        if isinstance(answer, Outcome) or not person.get("access_token"):
            why = (
                getattr(answer, "code", type(answer).__name__) if isinstance(answer, Outcome) else "no token"
            )
            logger.warning("oauth.v2.access did not grant a token: %s.", why)
            return pages.NOT_GRANTED
        team = (answer.get("team") or {}).get("id")
        if person.get("id") != who.user or team != team_of(who.tenant):
            # Their token is dropped, not revoked: Slack may have handed out the one they use already.
            return pages.OTHER_PERSON
        scopes = tuple(scope for scope in str(person.get("scope") or "").split(",") if scope)
        try:
            await self._handler(Connected(f"slack:connect:{key}", who, str(person["access_token"]), scopes))
        except Exception as error:
            logger.error("A granted connection could not be kept: %s.", type(error).__name__)
            return pages.NOT_STORED
        return pages.CONNECTED

    def _consent(self, who: Account, state: str) -> str:
        """Slack's consent page, on the host of the Web API, for user scopes only."""
        base = urlsplit(self._api.base_url)
        query = {
            "client_id": self._app.client_id,
            "user_scope": ",".join(USER_SCOPES),
            "state": state,
            "redirect_uri": self._app.redirect_uri,
            "team": team_of(who.tenant),
        }
        return urlunsplit((base.scheme, base.netloc, "/oauth/v2/authorize", urlencode(query), ""))


def _key(state: str, cookie: str) -> str:
    """A state can be consumed only together with the cookie of the browser it was issued to."""
    both = f"{state}.{cookie}".encode(errors="replace")  # a header may hold any byte; ours are ASCII
    return f"slack-state:{hashlib.sha256(both).hexdigest()}"
