"""What a team says in a channel or group chat, for everybody there; never where outsiders would read it.

A channel gets a new thread, a group chat a message, in one activity so that it can be shown anew in its
place. Who reads along is looked up before every post; what was seen is kept for a minute.
"""

from __future__ import annotations

from typing import Final

from adapters.teams.calling import Json
from adapters.teams.connector import Connector, Turn
from adapters.teams.members import is_outsider
from adapters.teams.places import PERSONAL, Places, Ref, tenant_id
from adapters.teams.render import activity
from bot.inbound import Account
from bot.messages.model import Message
from bot.ports import OUTSIDERS, Clock, Done, Outcome, Refused, Unclear, Wait
from bot.records import Conversation

SHARED: Final = "channel"
"""The surface that buttons name where others see them."""
CHANNEL: Final = "channel"
KEPT: Final = 60.0  # seconds
PAGES: Final = 4  # of 500 members: a team does not talk to more
AGAIN: Final = 5.0  # seconds
NOT_THERE: Final = Refused("BotNotInConversationRoster")
_STRANGE: Final = Refused(OUTSIDERS)


class Channels:
    """Posts in channels and group chats that the bot has heard from."""

    def __init__(self, places: Places, connector: Connector, clock: Clock) -> None:
        self._places, self._connector, self._clock = places, connector, clock
        self._fine: dict[Account, float] = {}

    def known(self, place: Account) -> bool:
        """Whether a post there needs no look at who reads it."""
        return self._fine.get(place, float("-inf")) > self._clock.monotonic()

    async def announce(self, place: Account, message: Message) -> Outcome:
        """Refused where the bot is not, or not alone with the organisation's own people."""
        where, turn = await self._places.get(place.tenant, place.user), Turn(tenant_id(place.tenant))
        if where is None or where.kind == PERSONAL:
            return NOT_THERE
        if (refusal := await self._refusal(place, where, turn)) is not None:
            return refusal
        card = activity(message, surface=SHARED)
        if where.kind != CHANNEL:
            answer = await self._connector.send(where.service_url, where.id, card, turn=turn)
            return _posted(place, answer, where.id)
        answer = await self._connector.create_thread(
            where.service_url, tenant_id(place.tenant), where.id, card, turn=turn
        )
        return _posted(place, answer, "")

    async def revise(self, place: Account, ref: str, message: Message) -> Outcome:
        """The same checks again: somebody may have joined."""
        named, turn = Ref.of(ref), Turn(tenant_id(place.tenant))
        where = await self._places.get(place.tenant, place.user)
        if where is None or not named.activities:
            return NOT_THERE
        if (refusal := await self._refusal(place, where, turn)) is not None:
            return refusal
        card = activity(message, surface=SHARED)
        answer = await self._connector.update(
            where.service_url, named.conversation, named.activities[0], card, turn=turn
        )
        return _for(place, answer) if isinstance(answer, Outcome) else Done(ref)

    async def _refusal(self, place: Account, where: Conversation, turn: Turn) -> Outcome | None:
        """Why nothing may be posted there now; None if only the organisation's own people read it."""
        if self.known(place):
            return None
        after = ""
        for _ in range(PAGES):
            page = await self._connector.members(where.service_url, where.id, after=after, turn=turn)
            if isinstance(page, Outcome):
                return _unseen(page)
            members = page.get("members")
            if not isinstance(members, list) or any(is_outsider(each, place.tenant) for each in members):
                return _STRANGE
            after = str(page.get("continuationToken") or "")
            if not after:
                self._fine[place] = self._clock.monotonic() + KEPT
                return None
        return _STRANGE


def _posted(place: Account, answer: Json | Outcome, conversation: str) -> Outcome:
    """A thread's answer names the thread and its first message."""
    if isinstance(answer, Outcome):
        return _for(place, answer)
    there = conversation or str(answer.get("id") or "")
    posted = (
        answer.get("id") if conversation else answer.get("activityId") or there.partition(";messageid=")[2]
    )
    return Done(Ref(there, (str(posted),) if posted else ()).text())


def _unseen(outcome: Outcome) -> Outcome:
    """What a reading that failed comes to: nothing was posted, so an unclear one is a "not now"; what we may
    not see is taken for the worst."""
    if isinstance(outcome, Unclear):
        return Wait(AGAIN, "members.get")
    if isinstance(outcome, Refused) and not outcome.tenant_wide and not outcome.unreachable:
        return _STRANGE
    return outcome


def _for(place: Account, outcome: Outcome) -> Outcome:
    """A pause of a thread is one of its channel, as the budgets name it."""
    if isinstance(outcome, Wait) and outcome.channel:
        return Wait(outcome.seconds, outcome.method, place.user)
    return outcome
