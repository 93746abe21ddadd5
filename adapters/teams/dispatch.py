"""Verified activities in, answers out: messages are stored and answered 201 at once, invokes are answered
inline.

Teams waits 15 seconds and then sends an activity again; so what a person wrote is durable before the answer,
handled in order afterwards, and a repetition is harmless. An invoke always gets a valid answer: Teams shows
its users an ugly error for anything else.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from adapters.bodies import Json, Refusal, read_body
from adapters.payloads import Malformed
from adapters.teams import translate
from adapters.teams.answers import (
    FAILED,
    NOT_MINE,
    OUT_OF_DATE,
    STILL_WORKING,
    UNKNOWN_PERSON,
    Shown,
    Where,
    refusal,
    results,
    sentence,
    with_words,
)
from adapters.teams.channels import SHARED
from adapters.teams.chat import TeamsChat
from adapters.teams.forms import CANCEL
from adapters.teams.front import LARGEST, Entry, TeamsFrontDoor
from adapters.teams.inbox import Inbox
from adapters.teams.people import Acquaintances
from adapters.teams.references import line_of, remember, want_home
from adapters.teams.replies import Replies
from adapters.traces import where as where_it_broke
from bot.inbound import Account, Command, HomeOpened, Inbound, Pressed, ShortcutUsed, Submitted
from bot.messages.actions import Act
from bot.messages.forms import PEOPLE_FIELDS
from bot.ports import Clock, Handler, Reply, Store, StoreError, Tx, Vault

if TYPE_CHECKING:
    from adapters.teams.turns import Turns

PATH: Final = "/api/messages"
ANSWER_WITHIN: Final = 5.0  # seconds for an invoke; Teams itself gives up after about ten
CLOSE_WITHIN: Final = 2.5
INVOKE_KEPT: Final = 60.0  # seconds that an answer is kept, for an invoke that comes again

_Asking = tuple[Account, str]  # who asks, and the key of the invoke

logger = logging.getLogger(__name__)


class TeamsDispatcher:
    """Takes activities at `/api/messages`. `handler` is the application, `words` begin its commands."""

    def __init__(
        self,
        *,
        front: TeamsFrontDoor,
        chat: TeamsChat,
        store: Store,
        vault: Vault,
        clock: Clock,
        handler: Handler,
        words: Collection[str],
    ) -> None:
        self._front, self._chat, self._store, self._handler = front, chat, store, handler
        self._words = frozenset(words) | translate.SLASH
        self._people = Acquaintances(chat, store)
        self._replies = Replies(chat, self._people, Shown(clock))
        self._inbox = Inbox(store, vault, clock, self._work)
        self._turns: asyncio.Task[Turns] | None = None
        self._invokes: dict[_Asking, asyncio.Task[Json]] = {}
        self._late: set[str] = set()

    def routes(self, app: web.Application) -> None:
        """Add `/api/messages`."""
        app.router.add_post(PATH, self.handle)

    async def start(self) -> None:
        """Handle what was accepted earlier and what comes in from now on; botbuilder loads meanwhile."""
        self._begin_loading()
        await self._inbox.start()

    async def close(self) -> None:
        """Let answers under way finish, a moment at most; what is accepted and not begun stays."""
        await self._inbox.close()
        running = [task for task in self._invokes.values() if not task.done()]
        if running:
            _, late = await asyncio.wait(running, timeout=CLOSE_WITHIN)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._replies.close()
        if self._turns is not None:
            await asyncio.gather(self._turns, return_exceptions=True)

    async def handle(self, request: web.Request) -> web.Response:
        """One request: through the door, then kept or answered. 503 asks Teams to come again."""
        raw = await read_body(request, LARGEST)
        front = self._front
        found = front.counted(raw) if isinstance(raw, Refusal) else await front.check(request.headers, raw)
        try:
            if isinstance(found, Entry) and found.activity["type"] == "invoke":
                return web.json_response(await self._invoke(found))
            if isinstance(found, Entry):
                await self._accept(found)
                return web.Response(status=201)
        except Malformed as error:
            found = front.counted(Refusal(400, f"malformed_{error}"))
        except StoreError:
            logger.error("An activity could not be kept; Teams is asked to send it again.")
            return web.Response(status=503)
        logger.info("Refused a request to %s: %s.", PATH, found.why)
        return web.Response(status=found.status)

    # Keeping ------------------------------------------------------------------------------------------------

    async def _accept(self, entry: Entry) -> None:
        """Durable when it returns. What means nothing to us only renews what we know, and is not kept."""
        activity, tenant = entry.activity, entry.tenant
        inbound = self._meant(activity, tenant)

        def learn(tx: Tx, is_new: bool) -> None:
            remember(tx, activity, tenant)
            if is_new and isinstance(inbound, HomeOpened):
                want_home(tx, activity, tenant)

        if inbound is None:
            await self._store.write(lambda tx: learn(tx, False))
        else:
            await self._inbox.accept(tenant, inbound.key, line_of(activity), activity, learn)
        await self._chat.heard(tenant, str(activity["serviceUrl"]))

    def _meant(self, activity: Json, tenant: str) -> Inbound | None:
        """What an activity is to the application; None for edits, reactions, typing and all the others."""
        if activity["type"] == "message":
            return translate.message(activity, tenant, self._words)
        return translate.installed(activity, tenant) if activity["type"] == "installationUpdate" else None

    async def _work(self, tenant: str, activity: Json) -> None:
        """One parcel."""
        turns = await self._loaded()
        await turns.run(activity, tenant)

    # Invokes ------------------------------------------------------------------------------------------------

    async def _invoke(self, entry: Entry) -> Json:
        """The answer to an invoke; the same again for one that comes again."""
        key, name = translate.key_of(entry.activity), str(entry.activity.get("name") or "")
        asking = translate.who_of(entry.activity, entry.tenant), key  # what one is told is nobody else's
        task = self._invokes.get(asking)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._answer(entry, name))
            self._invokes[asking] = task
            task.add_done_callback(lambda _: self._tidy(asking))
        await asyncio.wait({task}, timeout=ANSWER_WITHIN)
        if task.done() and not task.cancelled():
            return task.result()
        self._late.add(key)
        task.add_done_callback(lambda _: self._late.discard(key))
        return refusal(name, STILL_WORKING)

    async def _answer(self, entry: Entry, name: str) -> Json:
        """Never raises: what fails is a sentence."""
        activity, tenant = entry.activity, entry.tenant
        try:
            await self._store.write(lambda tx: remember(tx, activity, tenant))
            turns = await self._loaded()
            answer = await turns.run(activity, tenant)
        except Malformed as error:
            logger.warning("An invoke has an unknown shape: %s.", error)
            return refusal(name, OUT_OF_DATE)
        except Exception as error:
            logger.error("An invoke failed: %s.", where_it_broke(error))
            return refusal(name, FAILED)
        if answer is None or answer[0] != 200:  # nobody listens to this kind, or botbuilder does not like it
            return refusal(name, NOT_MINE)
        return answer[1] if isinstance(answer[1], dict) else {}

    def _tidy(self, asking: _Asking) -> None:
        """An answer is kept for a moment, in case the same invoke comes again."""
        asyncio.get_running_loop().call_later(INVOKE_KEPT, self._invokes.pop, asking, None)

    # Turns --------------------------------------------------------------------------------------------------

    async def on_message(self, activity: Json, tenant: str) -> None:
        """Words, a mention of others, or a button of a client that knows no Action.Execute."""
        inbound = translate.message(activity, tenant, self._words)
        where = _where(activity, tenant, inbound)
        if isinstance(inbound, Pressed) and inbound.action == CANCEL:
            self._replies.closed(where)
        elif inbound is not None:
            reply = await self._ask(inbound, activity)
            await self._show(where, reply, inbound if isinstance(inbound, Submitted) else None)

    async def on_installed(self, activity: Json, tenant: str) -> None:
        """The app was added to somebody's chat, or removed there."""
        inbound = translate.installed(activity, tenant)
        if inbound is not None:
            await self._show(_where(activity, tenant), await self._ask(inbound, activity))

    async def on_card(self, activity: Json, tenant: str) -> Json:
        """A pressed button or a sent form of a card."""
        inbound = translate.acted(activity, tenant, activity["value"]["action"].get("data") or {})
        where = _where(activity, tenant, inbound)
        if inbound is None:
            return with_words(OUT_OF_DATE)
        if isinstance(inbound, Pressed) and inbound.action == CANCEL:
            return self._replies.closed(where)
        if isinstance(inbound, Submitted):
            return await self._asked(
                inbound, activity, lambda reply: self._replies.to_form(where, inbound, reply)
            )
        return await self._asked(
            inbound, activity, lambda reply: self._replies.to_press(where, reply, inbound.surface)
        )

    async def on_shortcut(self, activity: Json, tenant: str) -> Json:
        """The message extension's action on a message opens a form."""
        inbound = translate.shortcut(activity, tenant)
        if inbound is None:
            return refusal(str(activity["name"]), NOT_MINE)
        return await self._asked(inbound, activity, lambda reply: self._replies.in_dialog(inbound.who, reply))

    async def on_dialog(self, activity: Json, tenant: str) -> Json:
        """A dialog's form was sent, or a button opens a dialog."""
        value = activity.get("value")
        data = value.get("data") if isinstance(value, dict) else None
        inbound = translate.acted(activity, tenant, data if isinstance(data, dict) else {})
        if inbound is None:
            return refusal(str(activity["name"]), OUT_OF_DATE)
        submitted = inbound if isinstance(inbound, Submitted) else None
        return await self._asked(
            inbound, activity, lambda reply: self._replies.in_dialog(inbound.who, reply, submitted)
        )

    async def on_search(self, activity: Json, tenant: str) -> Json:
        """We have nothing to be searched for."""
        return results(NOT_MINE)

    # Asking the application ---------------------------------------------------------------------------------

    async def _asked(
        self, inbound: Inbound, activity: Json, show: Callable[[Reply], Awaitable[Json]]
    ) -> Json:
        """The answer to somebody who is looking at the screen; a late one goes into the chat."""
        try:
            reply = await self._ask(inbound, activity)
        except StoreError:
            reply = _failed(inbound)
        if inbound.key not in self._late:
            return await show(reply)
        where = _where(activity, inbound.who.tenant, inbound)
        await self._show(where, reply, inbound if isinstance(inbound, Submitted) else None)
        return {}

    async def _ask(self, inbound: Inbound, activity: Json) -> Reply:
        """The application's reply; its trouble is told to whoever waits. Raises StoreError: not yet."""
        try:
            found, unknown = await self._people.resolved(inbound, activity)
            if unknown and isinstance(found, Submitted):
                return Reply(errors=_unknown_in(found, unknown))
            reply = await self._handler(await self._people.introduced(found, activity))
        except StoreError:
            raise
        except Exception as error:
            logger.error("A person's request failed: %s.", where_it_broke(error))
            return _failed(inbound)
        if isinstance(inbound, Pressed) and inbound.action == Act.FORGET:
            self._people.forget(inbound.who)
            self._replies.forget(inbound.who)
        return reply

    async def _show(self, where: Where, reply: Reply, submitted: Submitted | None = None) -> None:
        """Below typed words. It is handled already: trouble with showing it must not repeat that."""
        try:
            await self._replies.to_words(where, reply, submitted)
        except Exception as error:
            logger.error("An answer was not delivered: %s.", where_it_broke(error))

    # botbuilder ---------------------------------------------------------------------------------------------

    def _begin_loading(self) -> asyncio.Task[Turns]:
        if self._turns is None:
            self._turns = asyncio.get_running_loop().create_task(self._load())
        return self._turns

    async def _load(self) -> Turns:
        """In a thread: importing botbuilder takes most of a second."""
        return await asyncio.to_thread(_turns_for, self)

    async def _loaded(self) -> Turns:
        return await asyncio.shield(self._begin_loading())


def _turns_for(dispatcher: TeamsDispatcher) -> Turns:
    from adapters.teams.turns import Turns

    return Turns(dispatcher)


def _where(activity: Json, tenant: str, inbound: Inbound | None = None) -> Where:
    """Where an answer goes. A card that others see as well is none that an answer may change."""
    is_shared = isinstance(inbound, Pressed) and inbound.surface == SHARED
    card: Any = None if is_shared else activity.get("replyToId")
    return Where(
        who=Account(tenant, str(activity["from"]["id"])),
        service_url=str(activity["serviceUrl"]),
        conversation=str(activity["conversation"]["id"]),
        personal=translate.is_personal(activity),
        card=card if isinstance(card, str) else "",
    )


def _failed(inbound: Inbound) -> Reply:
    """For somebody who waits; a form stays as it was filled in."""
    if isinstance(inbound, Submitted):
        return Reply(errors={"": FAILED})
    return Reply(sentence(FAILED)) if isinstance(inbound, Command | Pressed | ShortcutUsed) else Reply()


def _unknown_in(submitted: Submitted, unknown: Collection[str]) -> dict[str, str]:
    """An error at each field that names somebody whom nobody knows."""
    chosen = {name: set(submitted.fields.get(name, "").split(",")) for name in PEOPLE_FIELDS}
    return {name: UNKNOWN_PERSON for name, ids in chosen.items() if ids & set(unknown)}
