"""Delivery to the bot: signed HTTP, once more with the same id when nobody answered within 15 s.

Sources: learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication, and
for the second try the reports in BotFramework-Services#59 and msteams-docs#6084.
"""

import asyncio
import json
from dataclasses import dataclass
from typing import Final, Self

import aiohttp

from adapters.playground.events import Attempt
from adapters.playground.records import Json
from adapters.playground.teams.openid import ISSUER
from adapters.playground.teams.world import TeamsWorld

DEADLINE: Final = 15.0
_TOKEN_SECONDS: Final = 3600
_AGENT: Final = "Microsoft-SkypeBotApi (Microsoft-BotFramework/3.0)"


@dataclass(frozen=True, slots=True)
class Heard:
    """What the bot answered: `status` 0 when it did not, `body` None when that was no JSON object.

    `outcome` is `ok`, `http_error`, `http_timeout` or `connection_failed`.
    """

    status: int
    outcome: str
    body: Json | None = None


class TeamsDelivery:
    """Carries activities to `world.app.endpoint`; `deadline` is in real seconds."""

    def __init__(self, world: TeamsWorld, *, deadline: float = DEADLINE) -> None:
        self.world = world
        self.deadline = deadline
        self.attempts: list[Attempt] = []
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[Heard]] = set()

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=100))
        return self

    async def __aexit__(self, *_exc: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def send(self, activity: Json) -> Heard:
        """Deliver something that needs no answer's body; gives what the first try brought."""
        heard = await self.attempt(activity, 0)
        if heard.outcome == "http_timeout":
            again = asyncio.get_running_loop().create_task(self.attempt(activity, 1))
            self._tasks.add(again)
            again.add_done_callback(self._tasks.discard)
        return heard

    async def invoke(self, activity: Json) -> Heard:
        """Deliver something whose answer people wait for: one try."""
        return await self.attempt(activity, 0)

    def claims(self) -> Json:
        """The claims of a token for the bot, made now."""
        now = int(self.world.now().timestamp())
        return {
            "iss": ISSUER,
            "aud": self.world.app.app_id,
            "serviceurl": self.world.service_url,
            "nbf": now,
            "exp": now + _TOKEN_SECONDS,
        }

    async def attempt(self, activity: Json, number: int = 0, *, authorization: str | None = None) -> Heard:
        """One try; `authorization` replaces the signed header ("" sends none)."""
        signed = f"Bearer {self.world.keys.sign(self.claims())}" if authorization is None else authorization
        heard = await self._post(activity, {"Authorization": signed} if signed else {})
        known = str(activity.get("id")), str(activity.get("type"))
        self.attempts.append(Attempt(*known, number, heard.outcome))
        return heard

    async def _post(self, activity: Json, headers: dict[str, str]) -> Heard:
        url = self.world.app.endpoint
        if self._session is None or url is None:
            return Heard(0, "connection_failed")
        sent = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Microsoft-SkypeBotApi",
            **headers,
        }
        try:
            async with (
                asyncio.timeout(self.deadline),
                self._session.post(
                    url, data=json.dumps(activity).encode(), headers=sent, allow_redirects=False
                ) as response,
            ):
                body = await response.read()
        except TimeoutError:
            return Heard(0, "http_timeout")
        except aiohttp.ClientError:
            return Heard(0, "connection_failed")
        return Heard(response.status, "ok" if response.status < 300 else "http_error", _decoded(body))


def _decoded(data: bytes) -> Json | None:
    try:
        body = json.loads(data)
    except (RecursionError, ValueError):
        return None
    return body if isinstance(body, dict) else None
