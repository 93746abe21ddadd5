"""Slack as a `Chat`: posts, notes, statuses, snoozes and Home through the Web API. It never decides or
retries.

Every post carries its delivery id twice, in the message's metadata and in its first block id, so that `find`
can read it back after an answer was lost. Both are opaque: metadata is visible to the whole workspace.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import aiohttp

from adapters.slack.api import DEFAULT_API_URL, Credential, Json, SlackApi
from adapters.slack.limits import channel_costs, lane_costs
from adapters.slack.readers import Readers, is_outsider
from adapters.slack.render import home_view, post_body
from adapters.slack.wording import unescape_text
from bot.inbound import Account, Profile
from bot.messages.model import Chart, Message
from bot.ports import Directory, Dnd, Done, Outcome, Refused, Unclear, Wait
from bot.records import Cost, Delivery, Lane
from rules.effects import EndSnooze
from rules.statuses import Status

DELIVERY_EVENT: Final = "boundary_delivery"
LONGEST_SNOOZE: Final = 1440  # minutes; Slack's own maximum behind `too_long` is not documented
HISTORY_PAGES: Final = 5  # of 100: looking for a lost post further back than that is given up as unclear

STATUS_LENGTH: Final = 100  # users.profile.set refuses more
OPEN_AGAIN: Final = 5.0  # seconds

NOT_INSTALLED: Final = Refused("not_installed", tenant_wide=True)
NOT_CONNECTED: Final = Refused("not_connected", account_wide=True)


class SlackChat:
    """`Chat` for every Slack workspace of the directory. `timeout` is in seconds and covers one call."""

    platform = "slack"
    probes = True
    tells_expiry = True

    def __init__(
        self,
        session: aiohttp.ClientSession,
        api_url: str = DEFAULT_API_URL,
        *,
        directory: Directory,
        timeout: float = 10.0,
        monotonic: Callable[[], float] = lambda: asyncio.get_running_loop().time(),
    ) -> None:
        self.api = SlackApi(session, api_url, timeout)
        self.readers = Readers(self.api, self._bot, monotonic)
        self._directory = directory
        self._known: set[Account] = set()
        self._without_charts: set[str] = set()

    def remember(self, account: Account) -> None:
        """The bot's chat with `account` is known to be open: posting there costs no `conversations.open`."""
        self._known.add(account)

    def costs(self, delivery: Delivery) -> tuple[Cost, ...]:
        """The calls that performing `delivery` will make."""
        to = delivery.to
        if delivery.lane is Lane.CHANNEL:
            return channel_costs(to, anew=bool(delivery.after), looks=not self.readers.known(to))
        ends = isinstance(delivery.effect, EndSnooze)
        return lane_costs(delivery.lane, to, opens=to not in self._known, ends_snooze=ends)

    # Messages -----------------------------------------------------------------------------------------------

    async def post(self, to: Account, message: Message, delivery: str) -> Outcome:
        """`chat.postMessage` into the bot's own chat with `to`; the ref is "channel:ts"."""
        channel = await self._dm(to)
        if isinstance(channel, Outcome):
            return channel
        return await self._posted(to, channel, message, delivery)

    async def announce(self, place: Account, message: Message, delivery: str) -> Outcome:
        """`chat.postMessage` into the channel `place`, if nobody from outside reads it; the ref is
        "channel:ts"."""
        refusal = await self.readers.refusal(place)
        if refusal is not None:
            return refusal
        outcome = await self._posted(place, place.user, message, delivery)
        if isinstance(outcome, Refused):
            self.readers.forget(place)
        return outcome

    async def revise(self, place: Account, ref: str, message: Message) -> Outcome:
        """`chat.update`; the marks of the delivery stay, since Slack keeps metadata that is not sent anew."""
        refusal = await self.readers.refusal(place)
        if refusal is not None:
            return refusal
        channel, _, ts = ref.partition(":")
        where = {"channel": channel, "ts": ts}

        async def update(body: Json) -> Json | Outcome:
            return await self.api.send("chat.update", await self._bot(place), body | where)

        return _done(await self._drawn(place.tenant, message, "", update), ref=ref)

    async def _posted(self, to: Account, channel: str, message: Message, delivery: str) -> Outcome:
        where = {
            "channel": channel,
            "metadata": {"event_type": DELIVERY_EVENT, "event_payload": {"id": delivery}},
            "unfurl_links": False,
        }

        async def post(body: Json) -> Json | Outcome:
            return await self.api.send("chat.postMessage", await self._bot(to), body | where)

        answer = await self._drawn(to.tenant, message, delivery, post)
        if isinstance(answer, Outcome):
            return answer
        ts = answer.get("ts")
        return Done(f"{channel}:{ts}") if ts else Unclear("chat.postMessage answered without a ts")

    async def _drawn(
        self, tenant: str, message: Message, mark: str, send: Callable[[Json], Awaitable[Json | Outcome]]
    ) -> Json | Outcome:
        """Send a message; where Slack does not take its charts, which is a definite no, once more in words.

        Charts are new (June 2026), and which workspaces have them is not documented.
        """
        has_charts = any(isinstance(part, Chart) for part in message.parts)
        if has_charts and tenant not in self._without_charts:
            answer = await send(post_body(message, mark))
            if not isinstance(answer, Refused) or answer.code != "invalid_blocks":
                return answer
            self._without_charts.add(tenant)
        return await send(post_body(message, mark, charts=0))

    async def note(
        self, to: Account, channel: str, message: Message, delivery: str, thread: str = ""
    ) -> Outcome:
        """`chat.postEphemeral`: accepted, never known to be delivered, so there is no ref."""
        body = post_body(message, delivery) | {
            "channel": channel,
            "user": to.user,
            "thread_ts": thread or None,
        }
        return _done(await self.api.send("chat.postEphemeral", await self._bot(to), body))

    async def find(self, to: Account, deliveries: Sequence[str]) -> Mapping[str, tuple[str, ...]] | Outcome:
        """`conversations.history` of the bot's own chat or the channel `to`, one walk for all `deliveries`,
        newest first."""
        channel = to.user if is_channel(to) else await self._dm(to)
        if isinstance(channel, Outcome):
            return channel
        found: dict[str, tuple[str, ...]] = {}
        cursor = ""
        for _ in range(HISTORY_PAGES):
            page = await self._history(to, channel, cursor)
            if isinstance(page, Outcome):
                return page
            _collect(page, channel, frozenset(deliveries), found)
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor or len(found) == len(set(deliveries)):
                return found
        return Unclear("the chat is too long to tell whether a message is in it")

    async def _history(self, to: Account, channel: str, cursor: str) -> Json | Outcome:
        return await self.api.read(
            "conversations.history",
            await self._bot(to),
            channel=channel,
            include_all_metadata=True,
            limit=100,
            cursor=cursor or None,
        )

    async def withdraw(self, to: Account, ref: str) -> Outcome:
        """`chat.delete`; a message that is gone already is done."""
        channel, _, ts = ref.partition(":")
        answer = await self.api.send("chat.delete", await self._bot(to), {"channel": channel, "ts": ts})
        return _done(answer, fine="message_not_found", ref=ref)

    async def publish_home(self, to: Account, home: Message) -> Outcome:
        """`views.publish`."""
        body = {"user_id": to.user, "view": home_view(home)}
        return _done(await self.api.send("views.publish", await self._bot(to), body))

    # The person's own status and snooze ---------------------------------------------------------------------

    async def read_status(self, to: Account) -> Status | Outcome:
        """`users.profile.get` with the person's token."""
        answer = await self.api.read("users.profile.get", await self._person(to))
        if isinstance(answer, Outcome):
            return answer
        profile = answer.get("profile") or {}
        return Status(
            text=unescape_text(str(profile.get("status_text") or "")),
            emoji=str(profile.get("status_emoji") or ""),
            expires=_instant(profile.get("status_expiration")),
        )

    async def write_status(self, to: Account, status: Status) -> Outcome:
        """`users.profile.set` with the person's token; Slack clears when text and emoji are both empty."""
        profile = {
            "status_text": status.text[:STATUS_LENGTH],
            "status_emoji": status.emoji,
            "status_expiration": int(status.expires.timestamp()) if status.expires else 0,
        }
        return _done(await self.api.send("users.profile.set", await self._person(to), {"profile": profile}))

    async def read_dnd(self, to: Account) -> Dnd | Outcome:
        """`dnd.info`; only the person's own token may see a snooze, the bot's sees the schedule."""
        token = await self._person(to)
        if isinstance(token, Refused):
            token = await self._bot(to)
        answer = await self.api.read("dnd.info", token, user=to.user, team_id=team_of(to.tenant))
        return answer if isinstance(answer, Outcome) else _dnd(answer)

    async def snooze(self, to: Account, minutes: int) -> Outcome:
        """`dnd.setSnooze`, at most a day; halved once more each time Slack finds it too long."""
        token = await self._person(to)
        left = max(1, min(minutes, LONGEST_SNOOZE))
        while True:
            answer = await self.api.read("dnd.setSnooze", token, num_minutes=left)
            if isinstance(answer, Refused) and answer.code == "too_long" and left > 1:
                left //= 2
                continue
            if isinstance(answer, Outcome):
                return answer
            # ok alone proves nothing (slackhq/slack-api-docs#112)
            return Done() if answer.get("snooze_enabled") else Refused("snooze_not_set")

    async def end_snooze(self, to: Account) -> Outcome:
        """`dnd.endSnooze`; without a snooze there is nothing left to do."""
        answer = await self.api.send("dnd.endSnooze", await self._person(to), {})
        return _done(answer, fine="snooze_not_active", also_fine="snooze_end_failed")

    async def profile(self, who: Account) -> Profile | Outcome:
        """`users.info` with the bot's token."""
        answer = await self.api.read("users.info", await self._bot(who), user=who.user, include_locale=True)
        return answer if isinstance(answer, Outcome) else _profile(answer.get("user") or {})

    # Tokens and chats ---------------------------------------------------------------------------------------

    async def _bot(self, to: Account) -> Credential | Refused:
        secret = await self._directory.bot_token(to.tenant)
        return Credential(secret) if secret else NOT_INSTALLED

    async def _person(self, to: Account) -> Credential | Refused:
        secret = await self._directory.person_token(to)
        return Credential(secret, person=True) if secret else NOT_CONNECTED

    async def _dm(self, to: Account) -> str | Outcome:
        """The channel of the bot's chat with `to`, opened the first time and kept."""
        channel = await self._directory.dm(to) or await self._open(to)
        if isinstance(channel, str):
            self._known.add(to)
        return channel

    async def _open(self, to: Account) -> str | Outcome:
        answer = await self.api.send("conversations.open", await self._bot(to), {"users": to.user})
        if isinstance(answer, Unclear):
            # nothing was posted, and opening twice is harmless: this is a clear "not now"
            return Wait(OPEN_AGAIN, "conversations.open")
        if isinstance(answer, Outcome):
            return answer
        channel = str((answer.get("channel") or {}).get("id") or "")
        if not channel:
            return Wait(OPEN_AGAIN, "conversations.open")
        await self._directory.keep_dm(to, channel)
        return channel


def team_of(tenant: str) -> str:
    """Slack's team id of "slack:T123"."""
    return tenant.partition(":")[2]


def is_channel(to: Account) -> bool:
    """Whether it is a channel, public or private, in place of a person (whose ids begin with U or W)."""
    return to.user.startswith(("C", "G"))


def _done(answer: Json | Outcome, *, fine: str = "", also_fine: str = "", ref: str = "") -> Outcome:
    """`Done(ref)` for an answer, or for a refusal that says there is nothing left to do."""
    if isinstance(answer, Refused) and answer.code in {fine, also_fine}:
        return Done(ref)
    return answer if isinstance(answer, Outcome) else Done(ref)


def _collect(page: Json, channel: str, wanted: frozenset[str], found: dict[str, tuple[str, ...]]) -> None:
    """Add the refs of wanted deliveries on this page of history."""
    for message in page.get("messages") or ():
        delivery = _delivery_of(message)
        if delivery in wanted:
            found[delivery] = (*found.get(delivery, ()), f"{channel}:{message.get('ts')}")


def _delivery_of(message: Mapping[str, Any]) -> str:
    """The delivery id in the metadata, or in the first block id where Slack left the metadata out."""
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") == DELIVERY_EVENT:
        in_metadata = (metadata.get("event_payload") or {}).get("id")
        if in_metadata:
            return str(in_metadata)
    blocks = message.get("blocks") or [{}]
    return str(blocks[0].get("block_id") or "")


def _instant(epoch: Any) -> datetime | None:
    """Slack's epoch seconds; 0 and nonsense are None (years beyond 9999 were seen in the field)."""
    try:
        return datetime.fromtimestamp(int(epoch), UTC) if epoch else None
    except (OverflowError, OSError, TypeError, ValueError):
        return None


def _dnd(answer: Json) -> Dnd:
    snoozed = _instant(answer.get("snooze_endtime")) if answer.get("snooze_enabled") else None
    if not answer.get("dnd_enabled"):
        return Dnd(snoozed_until=snoozed)
    start, end = _instant(answer.get("next_dnd_start_ts")), _instant(answer.get("next_dnd_end_ts"))
    return Dnd(start, end, snoozed) if start and end and start < end else Dnd(snoozed_until=snoozed)


def _profile(user: Mapping[str, Any]) -> Profile:
    shown = user.get("profile") or {}
    name = shown.get("real_name") or user.get("real_name") or shown.get("display_name") or user.get("name")
    return Profile(
        name=str(name or ""),
        zone=str(user.get("tz") or ""),
        locale=str(user.get("locale") or ""),
        is_bot=bool(user.get("is_bot")) or user.get("id") == "USLACKBOT",
        is_guest=is_outsider(user),
    )
