"""Who reads a channel, so that a team's affairs are told to nobody from outside.

Before every post the channel is looked at, and whoever is in it: guests, people of another organisation, and
whoever Slack does not tell us about count as outsiders. What was seen is kept for a while, a channel without
outsiders for a minute, what a person is for half a day; Slack reports every change of a person
(`user_change`), which is heard at once. So lookups are few after the first post. Sources:
docs.slack.dev/reference/methods/{conversations.info,conversations.members,users.info}.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from adapters.slack.api import Credential, Json, SlackApi
from bot.inbound import Account
from bot.ports import OUTSIDERS, Outcome, Refused, Unclear, Wait

MOST: Final = 1000  # readers; a team does not talk to more, and to look them all up would take long
PAGE: Final = 200
AT_ONCE: Final = 10  # lookups under way together
A_TRY: Final = 40  # lookups for one post, whose time is limited; the next try goes on from there
A_MINUTE: Final = 80  # lookups: users.info is Tier 4, 100 a minute, and is needed elsewhere too
CHANNEL_KEPT: Final = 60.0  # seconds
PERSON_KEPT: Final = 43_200.0
REMEMBERED: Final = 50_000
AGAIN: Final = 5.0  # seconds

FLAGS: Final = ("is_restricted", "is_ultra_restricted", "is_stranger")
_SHARED: Final = ("is_ext_shared", "is_pending_ext_shared", "is_im", "is_mpim")
_STRANGE: Final = Refused(OUTSIDERS)
# what says that we are not there, as opposed to what keeps us from seeing who is
_NOT_THERE: Final = frozenset({"channel_not_found", "not_in_channel", "is_archived"})


def is_outsider(user: Mapping[str, Any]) -> bool:
    """Whether `users.info` calls somebody a guest or a person of another organisation. Apps are nobody."""
    return not user.get("is_bot") and any(user.get(flag) for flag in FLAGS)


class Readers:
    """What is known of channels and people; `bot` gives the bot's token, `monotonic` the time in seconds."""

    def __init__(
        self,
        api: SlackApi,
        bot: Callable[[Account], Awaitable[Credential | Refused]],
        monotonic: Callable[[], float],
    ) -> None:
        self._api, self._bot, self._monotonic = api, bot, monotonic
        self._fine: dict[Account, float] = {}
        self._people: OrderedDict[Account, tuple[bool, float]] = OrderedDict()
        self._lookups: dict[str, deque[float]] = {}

    def known(self, place: Account) -> bool:
        """Whether a post there needs no look at who reads it."""
        return self._fine.get(place, float("-inf")) > self._monotonic()

    def forget(self, place: Account) -> None:
        """Something is different there: look again."""
        self._fine.pop(place, None)

    def heard(self, who: Account, user: Mapping[str, Any]) -> None:
        """An event shows somebody as they are now."""
        if FLAGS[0] in user:
            before = self._outsider(who)
            self._keep(who, is_outsider(user))
            if before is False and is_outsider(user):
                self._fine.clear()

    async def refusal(self, place: Account) -> Outcome | None:
        """Why nothing may be posted in `place` now; None if only the organisation's own people read it."""
        if self.known(place):
            return None
        wrong = await self._closed(place)
        readers = wrong or await self._members(place)
        if isinstance(readers, Outcome):
            return readers
        wrong = await self._strange(place.tenant, readers)
        if wrong is None:
            self._fine[place] = self._monotonic() + CHANNEL_KEPT
        return wrong

    # -- the channel --------------------------------------------------------------------------------------

    async def _closed(self, place: Account) -> Outcome | None:
        """What is wrong with the channel itself."""
        answer = await self._api.read("conversations.info", await self._bot(place), channel=place.user)
        if isinstance(answer, Outcome):
            return _unseen(answer, "conversations.info")
        channel = answer.get("channel") or {}
        if channel.get("is_archived"):
            return Refused("is_archived")
        if any(channel.get(flag) for flag in _SHARED) or channel.get("pending_shared"):
            return _STRANGE
        return None if channel.get("is_member") else Refused("not_in_channel")

    async def _members(self, place: Account) -> list[str] | Outcome:
        found: list[str] = []
        cursor = ""
        while True:
            page = await self._page(place, cursor)
            if isinstance(page, Outcome):
                return _unseen(page, "conversations.members")
            found += map(str, page.get("members") or ())
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if len(found) > MOST:
                return _STRANGE
            if not cursor:
                return found

    async def _page(self, place: Account, cursor: str) -> Json | Outcome:
        return await self._api.read(
            "conversations.members",
            await self._bot(place),
            channel=place.user,
            limit=PAGE,
            cursor=cursor or None,
        )

    # -- people -------------------------------------------------------------------------------------------

    async def _strange(self, tenant: str, users: Sequence[str]) -> Outcome | None:
        """Whether somebody is from outside, or why that cannot be told yet."""
        unknown = []
        for who in (Account(tenant, user) for user in users):
            outsider = self._outsider(who)
            if outsider:
                return _STRANGE
            if outsider is None:
                unknown.append(who)
        for first in range(0, min(len(unknown), A_TRY), AT_ONCE):
            together = unknown[first : min(first + AT_ONCE, A_TRY)]
            if (wait := self._room(tenant, len(together))) > 0:
                return Wait(wait, "users.info/readers")
            looked = await asyncio.gather(*map(self._look_up, together))
            if wrong := next((each for each in looked if each is not None), None):
                return wrong
        return Wait(AGAIN, "users.info/readers") if len(unknown) > A_TRY else None

    async def _look_up(self, who: Account) -> Outcome | None:
        answer = await self._api.read("users.info", await self._bot(who), user=who.user)
        if isinstance(answer, Outcome):
            return _unseen(answer, "users.info")
        strange = is_outsider(answer.get("user") or {FLAGS[0]: True})
        self._keep(who, strange)
        return _STRANGE if strange else None

    def _room(self, tenant: str, calls: int) -> float:
        """Count that many lookups, or tell the seconds until there is room for them."""
        now = self._monotonic()
        made = self._lookups.setdefault(tenant, deque())
        while made and now - made[0] >= 60:
            made.popleft()
        if len(made) + calls > A_MINUTE:
            return made[len(made) + calls - A_MINUTE - 1] + 60 - now
        made.extend([now] * calls)
        return 0.0

    def _outsider(self, who: Account) -> bool | None:
        """What is known of somebody, None if nothing is, or it is too old."""
        found = self._people.get(who)
        return found[0] if found and found[1] > self._monotonic() else None

    def _keep(self, who: Account, outsider: bool) -> None:
        self._people[who] = outsider, self._monotonic() + PERSON_KEPT
        self._people.move_to_end(who)
        while len(self._people) > REMEMBERED:
            self._people.popitem(last=False)


def _unseen(outcome: Outcome, method: str) -> Outcome:
    """What a reading that failed comes to: nothing was posted, so an unclear one is a "not now"; what we may
    not see is taken for the worst."""
    if isinstance(outcome, Unclear):
        return Wait(AGAIN, method)
    if isinstance(outcome, Refused) and not outcome.tenant_wide and outcome.code not in _NOT_THERE:
        return _STRANGE
    return outcome
