"""Verified payloads in, answers out: Bolt routes each family to one listener, which translates, asks and
renders.

The handler is awaited before Slack gets its answer (`process_before_response`), so a crash loses nothing:
Slack sends an event again until it was stored. What takes longer than Slack waits is finished in the
background and answered through the surface that is still open.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse

from adapters.slack import translate
from adapters.slack.api import silent
from adapters.slack.chat import SlackChat
from adapters.slack.forms import form_view, shown_errors
from adapters.slack.render import answer_view, private_body
from adapters.slack.surfaces import Origins, Surfaces
from adapters.traces import where
from bot.inbound import (
    Account,
    Command,
    HomeOpened,
    Inbound,
    Mentioned,
    Pressed,
    Profile,
    StatusChanged,
    Submitted,
)
from bot.messages.model import Message, Paragraph, Plain
from bot.ports import Directory, Done, Handler, Refused, Reply, Store
from bot.records import AccountRecord, Tenant

Json = dict[str, Any]
T = TypeVar("T")

ANSWER_WITHIN: Final = 2.5  # seconds; Slack waits three
PROFILE_WITHIN: Final = 1.0  # seconds of those for looking up somebody we meet for the first time
MOST_PROFILES: Final = 10  # looked up for one request
REFUSED_KEPT: Final = 10_000  # accounts that Slack does not tell us about, so that we do not ask again
ANYTHING: Final = re.compile(r"")

logger = logging.getLogger(__name__)


def _sentence(text: str) -> Message:
    return Message(text, (Paragraph(((Plain(text),),)),))


FAILED: Final = _sentence(
    "Something went wrong on my side and nothing was changed. Please try again in a minute."
)
STILL_WORKING: Final = _sentence("This takes longer than usual. I will answer here when it is done.")
TOO_LATE: Final = _sentence("Slack waited too long for the form. Please do that once more.")
NOT_INSTALLED: Final = _sentence(
    "I am not connected to this workspace. Ask whoever runs me to install the app again."
)


class HandlerFailed(Exception):
    """The application or its store raised; Slack may send the request again."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What to tell Slack: an HTTP status, and a body that is JSON, or "" for none."""

    status: int = 200
    body: str = ""
    content_type: str = "application/json"


class Dispatcher:
    """Takes payloads of both transports. `handler` is the application."""

    def __init__(
        self, *, chat: SlackChat, surfaces: Surfaces, store: Store, directory: Directory, handler: Handler
    ) -> None:
        self._chat, self._surfaces, self._store = chat, surfaces, store
        self._directory, self._handler = directory, handler
        self._origins = Origins()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._refused: set[Account] = set()
        self._app = self._bolt()

    async def dispatch(self, body: Json) -> Answered:
        """One verified payload; never raises. 400 for what Slack does not document, 5xx when Slack should try
        again.
        """
        try:
            # "socket_mode" hands Bolt the parsed body: its form parser loses commands with the word "payload"
            response = await self._app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=body))
        except Exception as error:  # a shape that Bolt itself stumbles over
            logger.warning("A verified request has an unknown shape: %s.", type(error).__name__)
            return Answered(400)
        if response.status == 404:  # nobody listens to this kind: Slack must not count it as a failure
            return Answered()
        kind = (response.headers.get("content-type") or ["application/json"])[0]
        return Answered(response.status, str(response.body or ""), kind.partition(";")[0])

    async def close(self) -> None:
        """Wait for answers under way, a moment at most."""
        tasks = tuple(self._tasks)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=ANSWER_WITHIN)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    # Bolt ---------------------------------------------------------------------------------------------------

    def _bolt(self) -> AsyncApp:
        async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
            return await self._authorize(enterprise_id, team_id)  # Bolt cannot call a method here

        app = AsyncApp(
            process_before_response=True,
            request_verification_enabled=False,  # verified already, on the raw bytes
            ssl_check_enabled=False,
            authorize=authorize,
            client=self._chat.api.client,
            logger=silent,
        )
        app.command(ANYTHING)(self._on_command)
        app.action(ANYTHING)(self._on_action)
        app.view(ANYTHING)(self._on_submission)
        app.shortcut(ANYTHING)(self._on_shortcut)
        app.event(ANYTHING)(self._on_event)
        app.error(_on_error)
        return app

    async def _authorize(self, enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        """From our own tables, without `auth.test`. Bolt uses it only to know the bot's own messages."""
        tenant = f"slack:{team_id or enterprise_id}"
        record = await self._tenant(tenant)
        try:
            token = await self._directory.bot_token(tenant)
        except Exception as error:
            raise HandlerFailed(where(error)) from None
        return AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, bot_user_id=record.bot_user or None, bot_token=token
        )

    # Families -----------------------------------------------------------------------------------------------

    async def _on_command(self, ack: AsyncAck, body: Json) -> None:
        command = translate.command(body)
        if await self._directory.bot_token(command.who.tenant) is None:
            await ack(private_body(NOT_INSTALLED))
            return
        url = str(body.get("response_url") or "")

        async def late(reply: Reply) -> None:
            await self._surfaces.respond(url, private_body(reply.message or TOO_LATE))

        reply = await self._in_time(self._command(command), late)
        if reply is None:
            await ack(private_body(STILL_WORKING))
            return
        message = reply.message
        if reply.form and not await self._open(command.who, body, form_view(reply.form)):
            message = message or TOO_LATE
        await (ack(private_body(message)) if message else ack())

    async def _on_action(self, ack: AsyncAck, body: Json) -> None:
        pressed = translate.pressed(body)
        if pressed is not None:
            await self._in_time(self._press(pressed, body))
        await ack()

    async def _on_shortcut(self, ack: AsyncAck, body: Json) -> None:
        used = translate.shortcut(body, await self._tenant(translate.tenant_of(body)))
        if used is not None:
            await self._in_time(self._press(used, body))
        await ack()

    async def _on_submission(self, ack: AsyncAck, body: Json) -> None:
        if body.get("type") != "view_submission":
            await ack()
            return
        submitted = translate.submitted(body)
        view = body["view"]
        title = str((view.get("title") or {}).get("text") or "Boundary Bot")

        async def late(reply: Reply) -> None:
            shown = reply.message or _sentence(" ".join(reply.errors.values()) or "Done.")
            await self._surfaces.update(submitted.who.tenant, str(view["id"]), answer_view(shown, title))

        reply = await self._in_time(self._submitted(submitted), late)
        if reply is None:
            await ack(response_action="update", view=answer_view(STILL_WORKING, title))
        elif reply.errors:
            await ack(response_action="errors", errors=shown_errors(reply.errors, view))
        elif reply.form:
            await ack(response_action="update", view=form_view(reply.form))
        elif reply.message:
            await ack(response_action="update", view=answer_view(reply.message, title))
        else:
            await ack()

    async def _on_event(self, ack: AsyncAck, body: Json) -> BoltResponse | None:
        inbound = translate.event(body, await self._tenant(translate.tenant_of(body)))
        if isinstance(inbound, StatusChanged):
            self._chat.readers.heard(inbound.who, body["event"]["user"])
        if inbound is None or not await self._concerns_us(inbound):
            return None
        done = await self._in_time(self._event(inbound, translate.thread_of(body)))
        # not stored yet: Slack asks again, and the dedupe key makes the second time harmless
        return None if done is not None else BoltResponse(status=503)

    # Asking the application ---------------------------------------------------------------------------------

    async def _command(self, command: Command) -> Reply:
        return await self._ask(replace(command, profile=await self._stranger(command.who)))

    async def _press(self, inbound: Inbound, body: Json) -> Reply:
        """Ask, then show the reply where the person pressed; what others see as well stays as it is.

        Buttons in channels are for everybody to press: whether it is a guest is looked up first.
        """
        if profile := await self._stranger(inbound.who):
            inbound = replace(inbound, profiles={inbound.who.user: profile})
        reply = await self._ask(inbound)
        is_shared = isinstance(inbound, Pressed) and inbound.surface == "channel"
        if reply.form:
            url = "" if is_shared else str(body.get("response_url") or "")
            self._origins.keep(inbound.who, reply.form, url)
            is_shown = await self._open(inbound.who, body, form_view(reply.form))
            reply = reply if is_shown or reply.message else replace(reply, message=TOO_LATE)
        if reply.message:
            replaces = reply.replace and not is_shared
            await self._show(inbound.who, body, reply.message, replaces=replaces)
        return reply

    async def _submitted(self, submitted: Submitted) -> Reply:
        """Ask; the message whose button opened the form then says what holds now, as the modal does."""
        reply = await self._ask(submitted)
        url = "" if reply.errors else self._origins.take(submitted)
        if url and reply.replace and reply.message:
            body = private_body(reply.message, replace=True)
            self._spawn(self._surfaces.respond(url, body))
        return reply

    async def _event(self, inbound: Inbound, thread: str) -> Reply:
        if isinstance(inbound, Command | HomeOpened):
            inbound = replace(inbound, profile=await self._stranger(inbound.who))
        reply = await self._handled(inbound)
        if isinstance(inbound, Command) and reply.message:
            await self._say(inbound, reply.message, thread)
        return reply

    async def _ask(self, inbound: Inbound) -> Reply:
        """The reply to somebody who is looking at the screen: a failure is told there."""
        try:
            return await self._handled(inbound)
        except HandlerFailed as error:
            logger.error("A person's request failed: %s", error)
            return Reply(message=FAILED)

    async def _handled(self, inbound: Inbound) -> Reply:
        try:
            return await self._handler(await self._introduced(inbound))
        except Exception as error:
            raise HandlerFailed(where(error)) from None

    async def _in_time(
        self, work: Coroutine[Any, Any, Reply], late: Callable[[Reply], Awaitable[None]] | None = None
    ) -> Reply | None:
        """The reply if it comes before Slack gives up; None otherwise, then `late` gets it."""
        task = self._spawn(work)
        await asyncio.wait({task}, timeout=ANSWER_WITHIN)
        if task.done():
            return task.result()
        self._spawn(_later(task, late))
        return None

    def _spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # Showing ------------------------------------------------------------------------------------------------

    async def _open(self, who: Account, body: Json, view: Json) -> bool:
        """A form over whatever is open: on top of a modal, else as the first one."""
        trigger = str(body.get("trigger_id") or "")
        is_in_modal = (body.get("view") or {}).get("type") == "modal"
        show = self._surfaces.push if is_in_modal else self._surfaces.open
        return await show(who.tenant, trigger, view)

    async def _show(self, who: Account, body: Json, message: Message, *, replaces: bool) -> None:
        """Privately, where the person pressed: beside or in place of the message, or as a modal where there
        is none.
        """
        view = body.get("view") or {}
        if view.get("type") == "modal" and replaces:
            await self._surfaces.update(who.tenant, str(view.get("id")), answer_view(message))
        elif view or not body.get("response_url"):
            await self._open(who, body, answer_view(message))
        else:
            mark = _mark_of(body) if replaces else ""
            answer = private_body(message, replace=replaces, block_id=mark)
            await self._surfaces.respond(str(body["response_url"]), answer)

    async def _say(self, command: Command, message: Message, thread: str) -> None:
        """The answer to words typed to the bot: in its own chat, or for the writer's eyes in the channel."""
        if command.channel.startswith("D"):
            outcome = await self._chat.post(command.who, message, command.key)
        else:
            outcome = await self._chat.note(command.who, command.channel, message, command.key, thread)
        if not isinstance(outcome, Done):
            logger.warning("An answer to typed words was not delivered: %s.", type(outcome).__name__)

    # What we know -------------------------------------------------------------------------------------------

    async def _tenant(self, tenant: str) -> Tenant:
        try:
            return await self._store.read(lambda tx: tx.tenants.get(tenant)) or Tenant(tenant, "slack")
        except Exception as error:
            raise HandlerFailed(where(error)) from None

    async def _account(self, who: Account) -> AccountRecord | None:
        return await self._store.read(lambda tx: tx.accounts.get(who))

    async def _concerns_us(self, inbound: Inbound) -> bool:
        """Slack reports every status in the workspace; only people we know matter."""
        return not isinstance(inbound, StatusChanged) or await self._account(inbound.who) is not None

    async def _stranger(self, who: Account) -> Profile | None:
        """The profile of somebody whose zone we do not know yet; None if known or not to be had quickly."""
        known = await self._account(who)
        if known is not None and known.zone:
            return None
        return await self._profile(who)

    async def _introduced(self, inbound: Inbound) -> Inbound:
        """With the profiles of those whom it is about and whose names we do not know: looked up once, and
        only where somebody who uses us is concerned."""
        users = translate.people_of(inbound)
        if not users:
            return inbound
        accounts = [Account(inbound.who.tenant, user) for user in users]
        known = await self._store.read(lambda tx: [tx.accounts.get(each) for each in accounts])
        if isinstance(inbound, Mentioned) and not any(each and each.person for each in known):
            return inbound
        strangers = [
            who
            for who, each in zip(accounts, known, strict=True)
            if not (each and each.name) and who not in self._refused
        ][:MOST_PROFILES]
        found = await asyncio.gather(*map(self._profile, strangers))
        told = {who.user: profile for who, profile in zip(strangers, found, strict=True) if profile}
        return replace(inbound, profiles={**inbound.profiles, **told}) if told else inbound

    async def _profile(self, who: Account) -> Profile | None:
        """What Slack says about an account; None if it does not, or not quickly."""
        try:
            async with asyncio.timeout(PROFILE_WITHIN):
                found = await self._chat.profile(who)
        except TimeoutError:
            return None
        if isinstance(found, Refused) and not found.tenant_wide and len(self._refused) < REFUSED_KEPT:
            self._refused.add(who)
        return found if isinstance(found, Profile) else None


def _mark_of(body: Json) -> str:
    """What marks the pressed message as a delivery of ours: what takes its place is found as one, too."""
    blocks: list[Json] = (body.get("message") or {}).get("blocks") or [{}]
    return str(blocks[0].get("block_id") or "")


async def _later(task: asyncio.Task[Reply], late: Callable[[Reply], Awaitable[None]] | None) -> None:
    try:
        reply = await task
    except HandlerFailed as error:
        logger.error("A slow request failed: %s", error)
        return
    if late is not None:
        await late(reply)


async def _on_error(error: Exception) -> BoltResponse:
    """Bolt's error listener: 500 for our own trouble, 400 for a payload that makes no sense."""
    if isinstance(error, HandlerFailed):
        logger.error("A request failed and may come again: %s", error)
        return BoltResponse(status=500)
    logger.warning("A verified request has an unknown shape: %s.", type(error).__name__)
    return BoltResponse(status=400)
