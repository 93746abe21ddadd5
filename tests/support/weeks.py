"""Whole weeks of the playground over the real wire: what people do in both clients, and what they then read.

Nobody sleeps: the clock stands still and jumps. People go by their short names; places are "#platform",
"maya" (her talk with the bot in Slack), "core" (the team's chat in Teams) and "maya@teams" (her talk there).
"""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from adapters.playground.human import Seen
from adapters.playground.records import Channel
from adapters.playground.teams.seed import GENERAL, PLATFORM
from adapters.playground.teams.world import TeamsWorld
from adapters.playground.workspace import Workspace
from bot.bootstrap.playground import Local
from bot.ports import Tx
from bot.records import DeliveryState

LISBON: Final = ZoneInfo("Europe/Lisbon")
TEAM: Final = "C0PLATFORM"
PLACES: Final = {"core": PLATFORM, "general": GENERAL}
_PATIENCE: Final = 20.0
_TRIES: Final = 30  # looks, some milliseconds apart, before a second of a limit is skipped
_UNDER_WAY: Final = (DeliveryState.SENDING, DeliveryState.PROBING)


def lisbon(text: str) -> datetime:
    """ "2026-09-21 09:30" in Lisbon as an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=LISBON).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Post:
    """One message as it stands in a client now: `place` as above, `at` the minute it came (UTC), `viewer` for
    what one person alone sees."""

    id: str
    place: str
    author: str
    at: datetime
    text: str
    viewer: str = ""
    by_bot: bool = False


def words(thing: Any) -> str:
    """Everything that people read in blocks or a card, one piece a line."""
    return "\n".join(_words(thing))


def _words(thing: Any) -> Iterator[str]:
    if isinstance(thing, list):
        for each in thing:
            yield from _words(each)
    elif isinstance(thing, dict):
        if thing.get("type") in {"rich_text_section", "RichTextBlock"}:
            pieces = thing.get("elements") or thing.get("inlines") or []
            yield "".join(piece if isinstance(piece, str) else _run(piece) for piece in pieces)
            return
        for key, each in thing.items():
            if key in {"fallback", "confirm", "data"}:
                continue
            if isinstance(each, dict | list):
                yield from _words(each)
            elif key in {"text", "title", "label", "name", "altText"} and isinstance(each, str):
                yield each


def _run(piece: dict[str, Any]) -> str:
    return str(piece.get("text") or piece.get("url") or "")


class Weeks:
    """The hands and eyes of everybody, and the clock."""

    def __init__(self, local: Local) -> None:
        self.local = local
        self.slack: Workspace = local.server.workspace
        self.humans = local.server.humans
        self.in_teams = local.server.teams_humans
        assert local.server.teams is not None
        self.teams: TeamsWorld = local.server.teams.world
        self.pressed: list[tuple[datetime, str, str]] = []  # when, who, which label

    @property
    def now(self) -> datetime:
        return self.local.clock.now()

    # Time ----------------------------------------------------------------------------------------

    async def at(self, when: str) -> None:
        """Let it be that time in Lisbon, with everything done that is due then."""
        await self._jump(lisbon(when))

    async def through(self, when: str) -> None:
        """The same, stopping wherever something is due before: nothing comes late."""
        end = lisbon(when)
        while (due := await self.local.bot.store.read(self._next)) is not None and due < end:
            await self._jump(max(due, self.now))
        await self._jump(end)

    def _next(self, tx: Tx) -> datetime | None:
        found = (tx.people.next_at(), tx.teams.next_at(), tx.outbox.next_due(self.now))
        return min((at for at in found if at is not None), default=None)

    async def _jump(self, to: datetime) -> None:
        self.local.clock.jump(to)
        await self._fill_budgets()
        await self.settle()

    async def _a_minute(self) -> None:
        """Whatever a person does takes a minute, in which the bot does what follows from it."""
        await self.settle()
        await self._jump(self.now + timedelta(minutes=1))

    async def settle(self) -> None:
        """Wait until nothing is due any more. Whatever a limit of a platform holds up for a second or two
        costs the story those seconds, and the test none."""
        calm = tries = 0
        async with asyncio.timeout(_PATIENCE):
            while calm < 2:
                calm = 0 if await self.local.bot.store.read(self._busy) else calm + 1
                tries += 1
                if calm == 0 and tries % _TRIES == 0:
                    self.local.clock.jump(self.now + timedelta(seconds=2))
                    await self._fill_budgets()
                await asyncio.sleep(0.005)

    async def _fill_budgets(self) -> None:
        """Budgets run on real seconds, which a jump spares us: by then they are all full again."""
        await self.local.bot.store.write(lambda tx: tx.budgets.purge(math.inf))

    def _busy(self, tx: Tx) -> bool:
        now, counts = self.now, tx.outbox.counts()
        under_way = sum(counts.get(state, 0) for state in _UNDER_WAY)
        return bool(tx.people.due(now, 1) or tx.teams.due(now, 1) or under_way or tx.outbox.tenants_due(now))

    # What people do ------------------------------------------------------------------------------

    async def says(self, name: str, text: str, place: str = "#platform") -> str:
        """Write in a place; "/boundary today" is a command. Returns what the person alone reads at once."""
        human, _, client = name.partition("@")
        if client:
            return await self._says_in_teams(human, text, place)
        user, channel = _slack(human), self._channel(human, place).id
        if text.startswith("/"):
            command, _, rest = text.partition(" ")
            seen = await self.humans.command(user, channel, command, rest)
        else:
            seen = await self.humans.say(user, channel, text)
        assert seen.ok, seen
        await self._a_minute()
        return "\n".join(words(each.blocks) for each in seen.messages)

    async def _says_in_teams(self, human: str, text: str, place: str) -> str:
        where = PLACES.get(place) or self.teams.personal(f"29:{human}").id
        before = {post.id for post in self.posts()}
        done = await self.in_teams.say(f"29:{human}", where, text)
        assert done.ok, done
        await self._a_minute()
        return "\n".join(post.text for post in self.posts() if post.by_bot and post.id not in before)

    async def presses(self, name: str, post: Post, label: str) -> Seen | None:
        """Press a button of a message by its label."""
        self.pressed.append((self.now, name, label))
        human, _, client = name.partition("@")
        if client:
            where = PLACES.get(post.place) or self.teams.personal(f"29:{human}").id
            done = await self.in_teams.press(f"29:{human}", where, post.id, label)
            assert done.ok, done
            await self._a_minute()
            return None
        channel = self._channel(human, post.place)
        block, action = _button(self._blocks(channel, post), label)
        seen = await self.humans.press(_slack(human), post.id, action, channel=channel.id, block_id=block)
        assert seen.ok, seen
        await self._a_minute()
        return seen

    async def submits(self, name: str, seen: Seen | None, **fields: Any) -> Seen:
        """Fill in the form that a press opened, by the ids of its fields, and send it."""
        assert seen is not None
        assert seen.view is not None, "no form is open"
        human = name.partition("@")[0]
        values = {key: {"answer": value} for key, value in fields.items()}
        sent = await self.humans.submit_view(_slack(human), seen.view["id"], values)
        assert sent.ok, sent
        while sent.view is not None:  # a form that says what will happen stays open
            sent = await self.humans.close_view(_slack(human), sent.view["id"], everything=True)
        await self._a_minute()
        return sent

    # What people read ----------------------------------------------------------------------------

    def posts(self, place: str = "", since: str = "", until: str = "") -> list[Post]:
        """Every message of the place (all places without one) as it stands, oldest first; the times are
        Lisbon's, the later one left out."""
        found = [*self._slack_posts(), *self._teams_posts()]
        first = lisbon(since) if since else datetime.min.replace(tzinfo=UTC)
        last = lisbon(until) if until else datetime.max.replace(tzinfo=UTC)
        kept = (post for post in found if first <= post.at < last and place in ("", post.place))
        return sorted(kept, key=lambda post: (post.at, post.id))

    def post(self, place: str, text: str, holds: Callable[[Post], bool] = lambda _: True) -> Post:
        """The latest message of a place that says `text`."""
        found = [post for post in self.posts(place) if text in post.text and holds(post)]
        assert found, f"nothing in {place} says {text!r}: {[post.text for post in self.posts(place)][-5:]}"
        return found[-1]

    def chart(self, post: Post) -> dict[str, tuple[int, ...]]:
        """The chart of a message: the values of each series, in the order in which they are drawn."""
        if post.place.startswith("#"):
            blocks = next(each.blocks or [] for each in self.slack.audit.posts if each.ts == post.id)
            chart = next(block["chart"] for block in blocks if block["type"] == "data_visualization")
            return {each["name"]: tuple(one["value"] for one in each["data"]) for each in chart["series"]}
        card = self.teams.conversations[PLACES[post.place]].activities[post.id].card or {}
        chart = next(each for each in card["body"] if str(each["type"]).startswith("Chart."))
        return {each["legend"]: tuple(one["y"] for one in each["values"]) for each in chart["data"]}

    def _slack_posts(self) -> Iterator[Post]:
        for message in self.slack.audit.posts:
            channel = self.slack.channels[message.channel]
            if message.deleted_ts is not None:
                continue
            yield Post(
                message.ts,
                f"#{channel.name}" if channel.name else self._partner(channel),
                self.slack.users[message.user].name,
                _minute(datetime.fromtimestamp(float(message.ts), UTC)),
                words(message.blocks) if message.blocks else message.text,
                self.slack.users[message.viewer].name if message.viewer else "",
                message.bot_id is not None,
            )

    def _teams_posts(self) -> Iterator[Post]:
        names = {place: name for name, place in PLACES.items()}
        for place in self.teams.conversations.values():
            people = [each for each in place.members if each != self.teams.app.bot_id]
            name = names.get(place.id) or f"{people[0].removeprefix('29:')}@teams"
            for each in place.activities.values():
                if each.deleted is None:
                    card = each.card_for(each.viewer or people[0])
                    text = words(card.get("body")) if card else each.text
                    viewer = (each.viewer or "").removeprefix("29:")
                    author = each.sender.removeprefix("29:")
                    yield Post(each.id, name, author, _minute(each.at), text, viewer, each.by_bot)

    def _channel(self, human: str, place: str) -> Channel:
        if not place.startswith("#"):
            return self.slack.direct(_slack(human), self.slack.bot_user)
        return next(each for each in self.slack.channels.values() if f"#{each.name}" == place)

    def _partner(self, channel: Channel) -> str:
        people = [each for each in channel.members if each != self.slack.bot_user]
        return "+".join(self.slack.users[each].name for each in people)

    def _blocks(self, channel: Channel, post: Post) -> list[dict[str, Any]]:
        message = next(each for each in self.slack.audit.posts if each.ts == post.id)
        assert message.channel == channel.id
        return message.blocks or []


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _slack(human: str) -> str:
    return f"U0{human.upper()}"


def _button(blocks: list[dict[str, Any]], label: str) -> tuple[str, str]:
    """The block and action ids of the button with this label."""
    labels: list[str] = []
    for block in blocks:
        inner = block.get("elements", []) if block["type"] == "actions" else [block.get("accessory") or {}]
        for each in inner:
            if each.get("type") == "button":
                labels.append(each["text"]["text"])
                if labels[-1] == label:
                    return block["block_id"], each["action_id"]
    raise AssertionError(f"no button {label!r} among {labels} in {json.dumps(blocks)[:400]}")
