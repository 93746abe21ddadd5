"""What the person who acted sees besides the answer itself: modals, and messages through a `response_url`.

These calls belong to one click and cannot wait in an outbox: a trigger lives three seconds. They are made
once; what fails is reported by its name, and the person can press again.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp

from adapters.slack.api import Credential, SlackApi
from bot.inbound import Account, Submitted
from bot.messages.model import Form
from bot.ports import Directory, Outcome, Refused

Json = dict[str, Any]

RESPONSE_HOST: Final = ("https", "hooks.slack.com")
RESPOND_WITHIN: Final = 5.0  # seconds
ORIGINS_KEPT: Final = 500

logger = logging.getLogger(__name__)


class Origins:
    """The messages whose buttons opened forms, by their response URLs: what they say is made right once the
    form is sent. In memory only: such a URL serves for half an hour [slack: handling user interaction]."""

    def __init__(self) -> None:
        self._urls: OrderedDict[tuple[Account, str, str], str] = OrderedDict()

    def keep(self, who: Account, form: Form, url: str) -> None:
        """`url` is "" where the form was opened from something that is no message."""
        self._urls.pop((who, form.id, form.context), None)
        if url:
            self._urls[(who, form.id, form.context)] = url
        while len(self._urls) > ORIGINS_KEPT:
            self._urls.popitem(last=False)

    def take(self, submitted: Submitted) -> str:
        """The URL for a form that was sent; "" if there is none."""
        return self._urls.pop((submitted.who, submitted.form, submitted.context), "")


class Surfaces:
    """Opens and changes modals with the bot's token; posts to response URLs of Slack and of no other host."""

    def __init__(self, api: SlackApi, directory: Directory, session: aiohttp.ClientSession) -> None:
        self._api, self._directory, self._session = api, directory, session
        base = urlsplit(api.base_url)
        self._hosts = frozenset({RESPONSE_HOST, (base.scheme, base.netloc)})

    async def open(self, tenant: str, trigger: str, view: Json) -> bool:
        """`views.open`; False if it did not open."""
        body = {"trigger_id": trigger, "view": view}
        return _worked(await self._api.send("views.open", await self._bot(tenant), body))

    async def push(self, tenant: str, trigger: str, view: Json) -> bool:
        """`views.push` on top of the open modal."""
        body = {"trigger_id": trigger, "view": view}
        return _worked(await self._api.send("views.push", await self._bot(tenant), body))

    async def update(self, tenant: str, view_id: str, view: Json) -> bool:
        """`views.update` in place of the open modal."""
        body = {"view_id": view_id, "view": view}
        return _worked(await self._api.send("views.update", await self._bot(tenant), body))

    async def respond(self, url: str, body: Json) -> bool:
        """POST to a `response_url`, once, following no redirect."""
        if _host(url) not in self._hosts:
            logger.warning("A response_url leads elsewhere than to Slack; nothing was sent there.")
            return False
        try:
            async with (
                asyncio.timeout(RESPOND_WITHIN),
                self._session.post(url, json=body, allow_redirects=False) as response,
            ):
                worked = response.status == 200
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            logger.warning("A private answer was not delivered: %s.", type(error).__name__)
            return False
        if not worked:
            logger.warning("A private answer was not delivered: HTTP %d.", response.status)
        return worked

    async def _bot(self, tenant: str) -> Credential | Refused:
        secret = await self._directory.bot_token(tenant)
        return Credential(secret) if secret else Refused("not_installed", tenant_wide=True)


def _host(url: str) -> tuple[str, str]:
    """Scheme and exact host of an address; ("", "") for what is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.scheme, parts.netloc


def _worked(answer: Json | Outcome) -> bool:
    if isinstance(answer, Outcome):
        logger.warning(
            "A form or private page did not open: %s.", getattr(answer, "code", type(answer).__name__)
        )
        return False
    return True
