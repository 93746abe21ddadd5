"""What the application answers, shown where the person acted and only to them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from typing import Any, Final

from adapters.bodies import Json
from adapters.fitting import clip
from adapters.teams import translate
from adapters.teams.answers import (
    BELOW,
    CLOSED,
    DONE,
    FILL_IN,
    IN_OWN_CHAT,
    NOT_HERE,
    SHORT,
    Shown,
    Where,
    all_of,
    chosen_in,
    dialog,
    dialog_message,
    in_passing,
    sentence,
    with_card,
    with_words,
)
from adapters.teams.channels import SHARED
from adapters.teams.chat import PATIENCE, TeamsChat
from adapters.teams.connector import Turn
from adapters.teams.elements import card_activity
from adapters.teams.forms import form_activity, form_card
from adapters.teams.people import Acquaintances
from adapters.teams.places import Ref, tenant_id
from adapters.teams.render import activity, card
from adapters.teams.wording import spoken
from adapters.traces import where as where_it_broke
from bot.inbound import Account, Submitted
from bot.messages.model import Form, Message
from bot.ports import Done, Outcome, Reply

CLOSE_WITHIN: Final = 2.5  # seconds for updates under way

logger = logging.getLogger(__name__)


class Replies:
    """Shows replies. Failures of Teams are logged by their kind; the person still gets some answer."""

    def __init__(self, chat: TeamsChat, people: Acquaintances, shown: Shown) -> None:
        self._chat, self._people, self._shown = chat, people, shown
        self._tasks: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Let updates under way finish, a moment at most: they only repeat what was shown already."""
        if self._tasks:
            _, late = await asyncio.wait(tuple(self._tasks), timeout=CLOSE_WITHIN)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def forget(self, who: Account) -> None:
        """They want nothing of them kept, in memory neither."""
        self._shown.forget(who)

    # Messages -----------------------------------------------------------------------------------------------

    async def to_words(self, where: Where, reply: Reply, submitted: Submitted | None = None) -> None:
        """Below typed words, or in place of the card whose button came as a message."""
        settles = submitted is not None or reply.replace
        if submitted is not None and reply.errors:
            await self._show_errors(where, submitted, reply.errors)
        elif submitted is not None:
            self._filled_in(where, submitted, reply)
        if reply.form:
            await self._send_form(where, reply.form)
        is_silent = submitted is not None and not reply.errors and not reply.form
        message = reply.message or (sentence(DONE) if is_silent else None)
        if message is None:
            return
        if settles and where.personal and where.card:
            _report(await self._update(where, activity(message)))
        else:
            _report(await self._chat.answer(where.who, where.conversation, message))

    async def _show_errors(self, where: Where, submitted: Submitted, errors: Mapping[str, str]) -> None:
        again = await self._again(submitted, errors)
        if again is not None and where.personal and where.card:
            content = card_activity(again, self._shown.title(submitted))
            _report(await self._update(where, content))
        else:
            _report(await self._chat.answer(where.who, where.conversation, sentence(all_of(errors))))

    # Invokes ------------------------------------------------------------------------------------------------

    async def to_press(self, where: Where, reply: Reply, surface: str) -> Json:
        """The answer to a pressed button: a card in its place, words in passing, or a message below it."""
        if reply.form:
            if reply.message:
                _report(await self._chat.answer(where.who, where.conversation, reply.message))
            return await self._form_below(where, reply.form, is_shared=surface == SHARED)
        if reply.message is None:
            return with_words(DONE)
        if reply.replace and surface not in {"home", SHARED}:
            self._keep(where, reply.message)
            return with_card(card(reply.message, surface))
        if text := in_passing(reply.message):
            return with_words(text)
        outcome = await self._chat.answer(where.who, where.conversation, reply.message)
        if isinstance(outcome, Done):
            return with_words(_place_of(outcome, where, BELOW))
        _report(outcome)
        summary = clip(spoken(reply.message.summary), SHORT)
        stays = surface in {"home", SHARED}
        return with_words(summary) if stays else with_card(card(reply.message))

    async def to_form(self, where: Where, submitted: Submitted, reply: Reply) -> Json:
        """The answer to a sent form, in its place: again with what is wrong, another one, or what it did."""
        if reply.errors:
            again = await self._again(submitted, reply.errors)
            return with_card(again) if again else with_words(all_of(reply.errors))
        self._filled_in(where, submitted, reply)
        if reply.form:
            return with_card(form_card(reply.form, people=await self._noted(where.who, reply.form)))
        message = reply.message or sentence(DONE)
        self._keep(where, message)
        return with_card(card(message))

    def closed(self, where: Where) -> Json:
        """The answer to Cancel on a form."""
        self._keep(where, sentence(CLOSED))
        return with_card(card(sentence(CLOSED)))

    async def in_dialog(self, who: Account, reply: Reply, submitted: Submitted | None = None) -> Json:
        """A page of a dialog: a form, again with what is wrong, or what it did."""
        if submitted is not None and reply.errors:
            again = await self._again(submitted, reply.errors, in_dialog=True)
            title = self._shown.title(submitted)
            return dialog(title, again) if again else dialog_message(sentence(all_of(reply.errors)))
        if submitted is not None:
            self._shown.drop(submitted)
        if reply.form:
            names = await self._noted(who, reply.form)
            return dialog(reply.form.title, form_card(reply.form, people=names, dialog=True))
        return dialog_message(reply.message or sentence(DONE))

    # Forms and cards ----------------------------------------------------------------------------------------

    async def _form_below(self, where: Where, form: Form, *, is_shared: bool) -> Json:
        """A form as a message of its own, so that the pressed card stays; in its place where that fails and
        nobody else sees it."""
        outcome = await self._send_form(where, form)
        if isinstance(outcome, Done):
            return with_words(_place_of(outcome, where, FILL_IN))
        if is_shared:
            return with_words(NOT_HERE)
        return with_card(form_card(form, people=await self._noted(where.who, form)))

    async def _send_form(self, where: Where, form: Form) -> Outcome:
        made = form_activity(form, people=await self._noted(where.who, form, where))
        outcome = await self._chat.show(where.who, where.conversation, lambda _: [made])
        _report(outcome)
        return outcome

    async def _again(
        self, submitted: Submitted, errors: Mapping[str, str], *, in_dialog: bool = False
    ) -> Json | None:
        """The card of a form as it was filled in, with what is wrong beside each field."""
        names = await self._people.names(submitted.who.tenant, translate.people_of(submitted))
        return self._shown.again(submitted, errors, names, in_dialog=in_dialog)

    async def _noted(self, who: Account, form: Form, opened_from: Where | None = None) -> Mapping[str, str]:
        """Keep a form for showing it again; the names of the people in it."""
        names = await self._people.names(who.tenant, chosen_in(form))
        self._shown.keep(who, form, names, opened_from)
        return names

    def _filled_in(self, where: Where, submitted: Submitted, reply: Reply) -> None:
        """The answer stands where the form was. The card that opened it says what holds no more: it goes."""
        before = self._shown.drop(submitted)
        if reply.replace and before and before.card and before.card != where.card:
            self._spawn(self._done_with("removed", self._remove(before)))

    def _keep(self, where: Where, message: Message) -> None:
        """An invoke's answer lasts until the chat is opened anew: our own card is changed, too."""
        if where.card:
            self._spawn(self._done_with("changed", self._update(where, activity(message))))

    async def _done_with(self, what: str, work: Coroutine[Any, Any, Outcome]) -> None:
        try:
            _report(await work)
        except Exception as error:
            logger.error("A card could not be %s: %s.", what, where_it_broke(error))

    async def _remove(self, where: Where) -> Outcome:
        answer = await self._chat.connector.delete(
            where.service_url,
            where.conversation,
            where.card,
            targeted=not where.personal,
            turn=Turn(tenant_id(where.who.tenant), PATIENCE),
        )
        return answer if isinstance(answer, Outcome) else Done()

    async def _update(self, where: Where, content: Json) -> Outcome:
        """In a group our cards are targeted messages: nobody else's view changes."""
        answer = await self._chat.connector.update(
            where.service_url,
            where.conversation,
            where.card,
            content,
            targeted=not where.personal,
            turn=Turn(tenant_id(where.who.tenant), PATIENCE),
        )
        return answer if isinstance(answer, Outcome) else Done()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _place_of(outcome: Done, where: Where, here: str) -> str:
    """Where an answer went, in words."""
    there = Ref.of(outcome.ref).conversation.partition(";")[0]
    return here if not there or there == where.conversation.partition(";")[0] else IN_OWN_CHAT


def _report(outcome: Outcome) -> None:
    if not isinstance(outcome, Done):
        code = getattr(outcome, "code", "")
        logger.warning("An answer was not delivered: %s %s", type(outcome).__name__, code)
