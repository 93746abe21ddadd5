"""Teams as a `Chat` with `Presences`: messages through the connector, statuses and presences through Graph.
It never decides or retries a message whose fate is unknown: a bot cannot read back what it said.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from weakref import WeakValueDictionary

import aiohttp

from adapters.teams.calling import Json
from adapters.teams.channels import Channels
from adapters.teams.clouds import is_public
from adapters.teams.connector import ACTIVITY_GONE, CONVERSATION_GONE, Connector, Turn
from adapters.teams.graph import Graph
from adapters.teams.limits import Meter, channel_costs, lane_costs
from adapters.teams.members import profile_of
from adapters.teams.places import ANYWHERE, WANTED, Places, Ref, tenant_id
from adapters.teams.render import activities, activity
from adapters.teams.statuses import (
    NOTHING,
    preferred_presence,
    presence_read,
    status_message,
    status_read,
    working_hours,
)
from adapters.teams.tokens import AppTokens
from bot.inbound import Account, Profile
from bot.messages.model import Message
from bot.ports import Clock, Done, Outcome, Refused, Store, Unclear, Wait
from bot.records import Conversation, Cost, Delivery, Lane
from rules import Status

if TYPE_CHECKING:
    from adapters.teams.adapter import TeamsSettings

PRESENCE, HOURS, TARGETED = "presence", "hours", "targeted"
"""The features of TEAMS_FEATURES."""
PRESENCE_OFF: Final = Refused("presence_not_enabled")
NO_DIRECTORY_ID: Final = Refused("no_directory_id")
UNREADABLE: Final = Refused("teams_cannot_be_read_back")

PATIENCE: Final = 2.0  # seconds that an answer to a person may wait for its place in the rate windows
PAUSES: Final = (2.0, 2.0, 0.0)  # seconds to wait at most between tries of a message's later parts
_GONE: Final = frozenset({ACTIVITY_GONE, CONVERSATION_GONE})


class TeamsChat:
    """`Chat` and `Presences` for every tenant. What cannot be had without a feature is refused."""

    platform = "teams"
    probes = False
    tells_expiry = False

    def __init__(
        self, session: aiohttp.ClientSession, settings: TeamsSettings, *, store: Store, clock: Clock
    ) -> None:
        meter = Meter(clock)
        self.tokens = AppTokens(settings, clock)
        self.connector = Connector(session, settings, self.tokens, clock, meter=meter)
        self.graph = Graph(session, settings, self.tokens, clock, meter=meter)
        # a token of a stand-in or of another cloud is nothing for Microsoft's public service
        self.places = Places(store, self.connector, ANYWHERE if is_public(settings.login_url) else "")
        self.channels = Channels(self.places, self.connector, clock)
        self._features = settings.features
        self._clock = clock
        self._no_hours_until = float("-inf")
        self._showing_home: WeakValueDictionary[Account, asyncio.Lock] = WeakValueDictionary()

    async def close(self) -> None:
        """Wait for token requests under way."""
        await self.tokens.close()

    def remember(self, account: Account) -> None:
        """The chat with `account` is known to exist: posting there costs no `conversations.create`."""
        self.places.known.add(account)

    async def heard(self, tenant: str, service_url: str) -> None:
        """A verified activity came in from there: where to create conversations that we do not have yet."""
        await self.places.learn(tenant, service_url)

    def costs(self, delivery: Delivery) -> tuple[Cost, ...]:
        """The calls that performing `delivery` will make; a conversation's budget is named by its person."""
        if delivery.lane is Lane.CHANNEL:
            looks = not self.channels.known(delivery.to)
            return channel_costs(delivery.to, anew=bool(delivery.after), looks=looks)
        notes_open = TARGETED not in self._features
        opens = delivery.lane is Lane.MESSAGE or (delivery.lane is Lane.NOTE and notes_open)
        return lane_costs(delivery.lane, delivery.to, opens=opens and delivery.to not in self.places.known)

    # Messages -----------------------------------------------------------------------------------------------

    async def post(self, to: Account, message: Message, delivery: str) -> Outcome:
        """Into the person's own chat, created if we do not have it; in several activities if it is long."""
        return await self._to_own_chat(to, activities(message, alert=True))

    async def note(
        self, to: Account, channel: str, message: Message, delivery: str, thread: str = ""
    ) -> Outcome:
        """To one member of `channel` if targeted messages are on, else (or where that is refused) into their
        own chat."""
        place = await self._shared(to, channel, thread)
        if place is not None:
            parts = activities(message, surface="private")
            outcome = await self._privately(place, to, parts, Turn(tenant_id(to.tenant)))
            if not isinstance(outcome, Refused) or outcome.tenant_wide:
                return outcome
        return await self._to_own_chat(to, activities(message))

    async def announce(self, place: Account, message: Message, delivery: str) -> Outcome:
        """A new thread in a channel, a message in a group chat; one activity, however long the message."""
        return await self.channels.announce(place, message)

    async def revise(self, place: Account, ref: str, message: Message) -> Outcome:
        """Another content for what was announced, for everybody."""
        return await self.channels.revise(place, ref, message)

    async def answer(
        self, to: Account, conversation: str, message: Message, *, reply_to: str = ""
    ) -> Outcome:
        """To a person who is waiting, where only they see it: in the personal chat they wrote in, else as a
        targeted message or in their own chat. It may wait for its place in the rate windows."""
        return await self.show(
            to, conversation, lambda surface: activities(message, surface=surface), reply_to=reply_to
        )

    async def show(
        self, to: Account, conversation: str, render: Callable[[str], Sequence[Json]], *, reply_to: str = ""
    ) -> Outcome:
        """The same for any activities: `render` makes them for "message", their own chat, or "private"."""
        turn = Turn(tenant_id(to.tenant), PATIENCE)
        place = await self.places.get(to.tenant, conversation)
        if place is not None and place.kind == "personal" and place.user in {"", to.user}:
            return _for(to, await self._send(place, render("message"), turn, reply_to=reply_to))
        shared = await self._shared(to, conversation, "")
        if shared is not None:
            outcome = await self._privately(shared, to, render("private"), turn)
            if not isinstance(outcome, Refused) or outcome.tenant_wide:
                return outcome
        return await self._to_own_chat(to, render("message"), turn)

    async def find(self, to: Account, deliveries: Sequence[str]) -> Mapping[str, tuple[str, ...]] | Outcome:
        """Never: no way is known for a bot to read its own messages without rights to read everybody's."""
        return UNREADABLE

    async def withdraw(self, to: Account, ref: str) -> Outcome:
        """Delete what a ref names; what is gone already is done."""
        where = Ref.of(ref)
        place = await self.places.get(to.tenant, where.conversation)
        if place is None:
            return Done(ref)  # the app was removed there, and with it all that could be taken back
        turn = Turn(tenant_id(to.tenant), PATIENCE)
        for each in where.activities:
            answer = await self.connector.delete(
                place.service_url, place.id, each, targeted=where.private, turn=turn
            )
            if isinstance(answer, Outcome) and not (isinstance(answer, Refused) and answer.code in _GONE):
                return _for(to, answer)
        return Done(ref)

    async def publish_home(self, to: Account, home: Message) -> Outcome:
        """The one card with the person's day: posted anew when they asked for it, else updated in place.

        One at a time for each person: what is shown next must find the card that is just being posted.
        """
        lock = self._showing_home.setdefault(to, asyncio.Lock())
        async with lock:
            return await self._publish_home(to, home)

    async def _publish_home(self, to: Account, home: Message) -> Outcome:
        place = await self.places.own(to)
        if place is None or not place.home:
            return Done()
        card, turn = activity(home, surface="home"), Turn(tenant_id(to.tenant))
        if place.home != WANTED:
            answer = await self.connector.update(place.service_url, place.id, place.home, card, turn=turn)
            if isinstance(answer, Refused) and answer.code in _GONE:
                await self.places.swap_home(place, place.home, "")
                return Done()
            return _for(
                to, answer if isinstance(answer, Outcome) else Done(Ref(place.id, (place.home,)).text())
            )
        # the mark is taken first, so that a lost answer is not followed by a second card
        if not await self.places.swap_home(place, WANTED, ""):
            return Done()
        outcome = await self._send(place, [card], turn)
        if isinstance(outcome, Wait) or (isinstance(outcome, Refused) and outcome.tenant_wide):
            await self.places.swap_home(place, "", WANTED)  # it comes again
        elif isinstance(outcome, Done) and outcome.ref:
            await self.places.swap_home(place, "", Ref.of(outcome.ref).activities[0])
        return _for(to, outcome)

    # Sending ------------------------------------------------------------------------------------------------

    async def _to_own_chat(self, to: Account, parts: Sequence[Json], turn: Turn | None = None) -> Outcome:
        """Once more in a new conversation if ours is dead: that is a definite no."""
        turn = turn or Turn(tenant_id(to.tenant))
        place = await self.places.own(to) or await self.places.open(to, turn)
        if not isinstance(place, Conversation):
            return place
        outcome = await self._send(place, parts, turn)
        if isinstance(outcome, Refused) and outcome.code == CONVERSATION_GONE:
            await self.places.forget(to, place)
            anew = await self.places.open(to, turn, like=place)
            if not isinstance(anew, Conversation):
                return anew
            outcome = await self._send(anew, parts, turn)
        return _for(to, outcome)

    async def _shared(self, to: Account, channel: str, thread: str) -> Conversation | None:
        """The group or channel thread where targeted messages may be sent."""
        if TARGETED not in self._features or not channel:
            return None
        return await self.places.shared(to.tenant, channel, thread)

    async def _privately(
        self, place: Conversation, to: Account, parts: Sequence[Json], turn: Turn
    ) -> Outcome:
        named = [part | {"recipient": {"id": to.user}} for part in parts]
        return await self._send(place, named, turn, private=True)

    async def _send(
        self,
        place: Conversation,
        parts: Sequence[Json],
        turn: Turn,
        *,
        private: bool = False,
        reply_to: str = "",
    ) -> Outcome:
        """The first part decides; a later one that cannot be sent leaves the whole unclear."""
        sent: list[str] = []
        for part in parts:
            if sent:
                answer = await self._later(place, part, turn, private)
            else:
                answer = await self._once(place, part, turn, private=private, reply_to=reply_to)
            if isinstance(answer, Outcome):
                return Unclear("a later part of the message was not sent") if sent else answer
            sent.append(str(answer.get("id") or ""))
        return Done(Ref(place.id, tuple(filter(None, sent)), private).text())

    async def _later(self, place: Conversation, part: Json, turn: Turn, private: bool) -> Json | Outcome:
        """What was definitely not taken is tried a few times more."""
        for pause in PAUSES:
            answer = await self._once(place, part, replace(turn, patience=PATIENCE), private=private)
            if not isinstance(answer, Wait) or answer.seconds > pause:
                break
            await asyncio.sleep(answer.seconds)
        return answer

    async def _once(
        self, place: Conversation, part: Json, turn: Turn, *, private: bool, reply_to: str = ""
    ) -> Json | Outcome:
        return await self.connector.send(
            place.service_url, place.id, part, reply_to=reply_to, targeted=private, turn=turn
        )

    # Status, presence and profile ---------------------------------------------------------------------------

    async def read_status(self, to: Account) -> Status | Outcome:
        """The status message, with an emoji of ours before it as `emoji`; never when it ends."""
        answer = await self._presence(to)
        return answer if isinstance(answer, Outcome) else status_read(answer)

    async def write_status(self, to: Account, status: Status) -> Outcome:
        """`setStatusMessage`; an empty one clears it."""
        user = await self._user(to)
        if isinstance(user, Outcome):
            return user
        return _done(await self.graph.set_status_message(tenant_id(to.tenant), user, status_message(status)))

    async def read_presence(self, to: Account) -> Status | Outcome:
        """The presence set by hand or by us; empty for what Teams shows by itself."""
        answer = await self._presence(to)
        return answer if isinstance(answer, Outcome) else presence_read(answer)

    async def write_presence(self, to: Account, presence: Status) -> Outcome:
        """`setUserPreferredPresence` up to `presence.expires`, or `clearUserPreferredPresence`."""
        user = await self._user(to)
        if isinstance(user, Outcome):
            return user
        if presence == NOTHING:
            return _done(await self.graph.clear_presence(tenant_id(to.tenant), user))
        preferred = preferred_presence(presence, self._clock.now())
        if preferred is None:
            return Refused("unknown_presence")
        return _done(await self.graph.set_presence(tenant_id(to.tenant), user, preferred))

    async def profile(self, who: Account) -> Profile | Outcome:
        """The member of their own chat with the bot, and with `hours` what their mailbox says."""
        if who.user.startswith("28:"):
            return Profile(is_bot=True)
        turn = Turn(tenant_id(who.tenant), PATIENCE)
        place = await self.places.own(who) or await self.places.open(who, turn)
        if not isinstance(place, Conversation):
            return place
        answer = await self.connector.member(place.service_url, place.id, who.user, turn=turn)
        if isinstance(answer, Outcome):
            return answer
        profile = profile_of(answer, who.tenant)
        hours, zone = await self._hours(who, profile.directory_id)
        return replace(profile, hours=hours, zone=zone)

    async def _presence(self, to: Account) -> Json | Outcome:
        user = await self._user(to)
        return user if isinstance(user, Outcome) else await self.graph.presence(tenant_id(to.tenant), user)

    async def _user(self, to: Account) -> str | Outcome:
        """The directory's id of `to`, which is what Graph goes by."""
        if PRESENCE not in self._features:
            return PRESENCE_OFF
        record = await self.places.record(to)
        if record is not None and record.directory_id:
            return record.directory_id
        profile = await self.profile(to)
        if isinstance(profile, Outcome):
            # nothing was asked of Graph: a lost answer here leaves nothing in doubt
            return profile
        if not profile.directory_id:
            return NO_DIRECTORY_ID
        await self.places.keep_directory_id(to, profile.directory_id)
        return profile.directory_id

    async def _hours(self, who: Account, user: str) -> tuple[str, str]:
        """Working hours are an offer: whatever goes wrong, there are none."""
        if HOURS not in self._features or not user or self._clock.monotonic() < self._no_hours_until:
            return "", ""
        answer = await self.graph.mailbox_settings(tenant_id(who.tenant), user)
        if isinstance(answer, Wait):
            self._no_hours_until = self._clock.monotonic() + answer.seconds
        return ("", "") if isinstance(answer, Outcome) else working_hours(answer)


def _done(answer: Json | Outcome) -> Outcome:
    return answer if isinstance(answer, Outcome) else Done()


def _for(to: Account, outcome: Outcome) -> Outcome:
    """A pause of a conversation, as the budgets name it: by its person."""
    if isinstance(outcome, Wait) and outcome.channel:
        return replace(outcome, channel=to.user)
    return outcome
