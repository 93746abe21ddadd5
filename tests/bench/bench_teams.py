"""Messages to Teams: our connector client beside the stock SDK, at the same loopback service in the same run.

The stock peer is botbuilder-core's cloud adapter with `continue_conversation`, as its samples do it: each
message builds a client and asks for a token. "cached credentials" is the usual mend. To its favour, msal's
discovery costs no call here, and neither side has rate windows to keep. 16 messages are under way at a time.
"""

from __future__ import annotations

import asyncio
import gc
import http.client
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from statistics import median
from typing import Any
from unittest import mock

import aiohttp
import msal
from botbuilder.core import TurnContext
from botbuilder.core.cloud_adapter_base import CloudAdapterBase
from botbuilder.schema import Activity, ChannelAccount, ConversationAccount, ConversationReference
from botframework.connector.auth import (
    BotFrameworkAuthenticationFactory,
    PasswordServiceClientCredentialFactory,
)

from adapters.clock import SystemClock
from adapters.stores.memory import MemoryStore
from adapters.teams.adapter import TeamsSettings
from adapters.teams.chat import TeamsChat
from adapters.teams.limits import Meter
from adapters.teams.render import activity
from adapters.teams.tokens import _LoginClient
from bot.inbound import Account
from bot.messages.model import Actions, Button, Message, Paragraph, Plain, Quote
from bot.ports import Done, Outcome, Tx
from bot.records import AccountRecord, Conversation
from tests.bench.teams_service import COUNTS, service

Row = dict[str, str | float]
Send = Callable[[int], Awaitable[None]]

AT_ONCE = 16
TENANT, APP, PASSWORD = (
    "7e1a0000-0000-4000-8000-000000007e1a",
    "b0b0b0b0-0000-4000-8000-00000000b0b0",
    "secret",
)
OURS, STOCK = "ours: Connector.send", "stock continue_conversation"
TARGET = 10.0
DIGEST = Message(
    "Three messages waited for you",
    (
        Paragraph(((Plain("Three messages waited for you."),),)),
        *(Quote(f"Could you look at the release notes, part {number}?") for number in range(3)),
        Actions((Button("Answer", "answer", "h_1"), Button("Was it fair?", "fair", "h_1"))),
    ),
)


@dataclass(frozen=True)
class Figures:
    """Of one round: messages a second, milliseconds of CPU and tokens asked for per message."""

    rate: float
    cpu: float
    tokens: float


def run(quick: bool) -> list[Row]:
    """One row per way of sending, with how many times faster than the stock SDK it is."""
    few, many, rounds = (24, 150, 1) if quick else (200, 2000, 3)
    with service() as url:
        found = asyncio.run(_rounds(url, few, many, rounds))
    stock = median(each.rate for each in found[STOCK])
    return [_row(name, figures, stock) for name, figures in found.items()]


def _row(name: str, figures: list[Figures], stock: float) -> Row:
    rate = median(each.rate for each in figures)
    return {
        "way": name,
        "messages/s": rate,
        "CPU ms each": median(each.cpu for each in figures),
        "tokens asked each": median(each.tokens for each in figures),
        "times stock": rate / stock,
        "target": f"≥ {TARGET:g}" if name == OURS else "",
    }


async def _rounds(url: str, few: int, many: int, rounds: int) -> dict[str, list[Figures]]:
    """The ways take turns, so that a busy machine is busy for all of them."""
    found: dict[str, list[Figures]] = {}
    for _ in range(rounds):
        for name, ways, count in (
            (STOCK, _stock(url, cached=False), few),
            ("stock + cached credentials", _stock(url, cached=True), few),
            (OURS, _connector(url), many),
            ("ours: TeamsChat.post (look up, render, send)", _chat(url, many), many),
        ):
            async with ways as send:
                await send(0)
                found.setdefault(name, []).append(await _measured(url, send, count))
    return found


async def _measured(url: str, send: Send, count: int) -> Figures:
    gc.collect()
    free, logins = asyncio.Semaphore(AT_ONCE), (await _counts(url))[0]

    async def one(number: int) -> None:
        async with free:
            await send(number)

    sent, cpu, begun = (await _counts(url))[1], time.process_time(), time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(count)))
    took, worked = time.perf_counter() - begun, time.process_time() - cpu
    after = await _counts(url)
    if after[1] - sent != count:
        raise AssertionError(f"{after[1] - sent} of {count} messages arrived")
    return Figures(count / took, worked / count * 1000, (after[0] - logins) / count)


async def _counts(url: str) -> tuple[int, int]:
    """How many logins and messages the service has seen."""

    def asked() -> tuple[int, int]:
        connection = http.client.HTTPConnection(url.removeprefix("http://"))
        with closing(connection):
            connection.request("GET", COUNTS)
            logins, messages = connection.getresponse().read().split()
        return int(logins), int(messages)

    return await asyncio.to_thread(asked)


# Ours -----------------------------------------------------------------------------------------------------


@asynccontextmanager
async def _ours(url: str, people: int) -> AsyncIterator[TeamsChat]:
    settings = TeamsSettings(
        app_id=APP, app_password=PASSWORD, tenant_id=TENANT, login_url=f"{url}/login",
        service_hosts=frozenset({url.removeprefix("http://")}),
    )  # fmt: skip
    store, clock = MemoryStore(), SystemClock()
    async with aiohttp.ClientSession() as session:
        chat = TeamsChat(session, settings, store=store, clock=clock)
        chat.connector.meter = Meter(clock, {})
        await store.write(lambda tx: _meet(tx, url, people))
        yield chat
        await chat.close()
        await store.close()


def _meet(tx: Tx, url: str, people: int) -> None:
    for number in range(people):
        place = Conversation(f"teams:{TENANT}", f"a:{number}", f"{url}/service/", "personal")
        tx.conversations.put(place)
        tx.accounts.put(AccountRecord(_account(number), dm=place.id))


def _account(number: int) -> Account:
    return Account(f"teams:{TENANT}", f"29:{number}")


@asynccontextmanager
async def _connector(url: str) -> AsyncIterator[Send]:
    content = activity(DIGEST)
    async with _ours(url, 0) as chat:

        async def send(number: int) -> None:
            answer = await chat.connector.send(f"{url}/service/", f"a:{number}", content)
            if isinstance(answer, Outcome):
                raise AssertionError(answer)

        yield send


@asynccontextmanager
async def _chat(url: str, people: int) -> AsyncIterator[Send]:
    async with _ours(url, people) as chat:

        async def send(number: int) -> None:
            outcome = await chat.post(_account(number), DIGEST, "d_1")
            if not isinstance(outcome, Done):
                raise AssertionError(outcome)

        yield send


# The stock SDK --------------------------------------------------------------------------------------------


class CachedCredentials(PasswordServiceClientCredentialFactory):
    """One credentials object for all turns, whose own msal cache then works."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._kept: Any = None

    async def create_credentials(self, *args: Any, **more: Any) -> Any:
        self._kept = self._kept or await super().create_credentials(*args, **more)
        return self._kept


@asynccontextmanager
async def _stock(url: str, *, cached: bool) -> AsyncIterator[Send]:
    made = CachedCredentials if cached else PasswordServiceClientCredentialFactory
    authentication = BotFrameworkAuthenticationFactory.create(credential_factory=made(APP, PASSWORD, TENANT))
    adapter = CloudAdapterBase(authentication)
    content = activity(DIGEST)

    async def say(context: TurnContext) -> None:
        await context.send_activity(Activity().deserialize(content))

    async def send(number: int) -> None:
        reference = ConversationReference(
            service_url=f"{url}/service/",
            channel_id="msteams",
            bot=ChannelAccount(id=f"28:{APP}"),
            user=ChannelAccount(id=f"29:{number}"),
            conversation=ConversationAccount(id=f"a:{number}"),
        )
        await adapter.continue_conversation(reference, say, APP)

    login = mock.patch(
        "botframework.connector.auth.microsoft_app_credentials.ConfidentialClientApplication",
        lambda **how: msal.ConfidentialClientApplication(
            **how, instance_discovery=False, http_client=_LoginClient(f"{url}/login", 10.0)
        ),
    )
    with login:
        yield send


def main() -> None:
    """Print the rows of a full run."""
    from tests.bench.__main__ import main as bench

    bench(["bench_teams"])


if __name__ == "__main__":
    main()
