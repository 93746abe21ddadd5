"""The worlds in which every `Chat` is told the same story: a stand-in of each platform, and a chat that talks
to it. A new platform adds one world and what it can do to WORLDS.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto
from typing import Any, Protocol

from adapters.playground import posting
from adapters.playground.faults import Fault, FaultKind
from adapters.playground.teams.records import Kind, TeamsActivity
from adapters.playground.teams.seed import CREW, GENERAL
from adapters.slack.chat import SlackChat
from adapters.teams.places import WANTED
from bot.inbound import Account
from bot.ports import Chat, Done, Tx, Unclear, Wait
from bot.records import AccountRecord, Conversation, Cost
from tests.support.cards import walk
from tests.support.slack_stage import Stage, account, raised_stage
from tests.support.teams_stage import TeamsStage, teams_stage

PATIENT, HASTY = 10.0, 0.4  # seconds


class Trouble(Enum):
    """What may happen to a call."""

    LIMITED = auto()  # refused for 7 seconds, nothing stored
    SERVER_ERROR = auto()  # 503, nothing stored
    DROPPED = auto()  # stored, connection closed without an answer
    RESET = auto()  # stored, connection reset
    TRUNCATED = auto()  # stored, half an answer
    SLOW = auto()  # stored, the answer comes after the time limit


class Trait(Enum):
    """What a platform can do; tests that need it run in the worlds that have it, and only there."""

    PROBES = auto()  # the bot's own messages can be read back
    SNOOZES = auto()  # notifications pause by a timer
    PRESENCES = auto()  # notifications pause by a presence
    PERSONAL_TOKENS = auto()  # a status needs the person's own consent
    OWN_CHAT_FOR_NOTES = auto()  # a note that is refused goes to the person's own chat
    LEAVES = auto()  # a person can remove the bot


class World(Protocol):
    """One platform's stand-in. `maya` is connected, `lee` is not; `elsewhere` is a place without the bot;
    `nothing` is the ref of a message that never was. The bot is in the channels `place`, where only people of
    the organisation are, and `mixed`, where a guest is too; in `outside` it is not. `refs` is for tests to
    keep what they posted."""

    chat: Chat
    maya: Account
    lee: Account
    guest: Account
    robot: Account
    channel: str
    elsewhere: str
    nothing: str
    zone: str
    place: Account
    mixed: Account
    outside: Account
    refs: dict[str, str]

    @property
    def secrets(self) -> Collection[str]: ...
    def now(self) -> datetime: ...
    def trouble(self, kind: Trouble, times: int | None = 1) -> None: ...
    def meaning(self, kind: Trouble, call: str) -> type[Done | Unclear | Wait]:
        """What a trouble comes to: unclear, but a pause where doing it again is harmless."""

    def kill_token(self, of: Account | None) -> None: ...
    def calm(self) -> None:
        """No more troubles, and enough time has passed for limits to be free again."""

    def calls(self) -> Mapping[str, int]:
        """How many calls arrived, by the name under which they are budgeted."""

    def charged(self, costs: Collection[Cost]) -> set[str]:
        """The names of the calls that these costs pay for."""

    def posts(self, to: Account) -> list[str]: ...
    def said(self, place: Account) -> list[str]:
        """What the bot said in a channel for everybody there, as it stands."""

    def joins(self, place: Account, kind: str) -> None:
        """Somebody joins a channel: a "guest", a "stranger" of another organisation, or a "colleague"."""

    def mentions(self, place: Account) -> list[str]:
        """Whom the posts in a channel mention."""

    def inert(self, to: Account, words: str) -> bool:
        """Whether these words of a person's stand in their chat as text that no client reads as more."""

    def private_notes(self, channel: str) -> list[tuple[str, str]]: ...
    async def wants_home(self, who: Account) -> None: ...
    def home_of(self, to: Account) -> str: ...
    def chatter(self, by: Account, messages: int) -> None: ...
    def leaves(self, who: Account) -> None: ...


# Slack ----------------------------------------------------------------------------------------------------


class SlackWorld:
    """The local workspace and a chat whose time limit is short while answers are slow."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.refs = stage, {}
        self._slack = SlackChat(stage.http, stage.slack.api_url, directory=stage.directory, timeout=PATIENT)
        self.chat: Chat = self._slack
        self.maya, self.lee = account("U0MAYA"), account("U0LEE")
        self.guest, self.robot = account("U0GUEST"), account("U0BOT")
        self.channel, self.elsewhere = "C0PLATFORM", "C0RANDOM"
        self.nothing, self.zone = "D1:1.0", "Europe/Lisbon"
        guest = replace(
            stage.workspace.users["U0ANA"], id="U0GUEST", name="guest", real_name="A Guest", restricted=True
        )
        stage.workspace.add_user(guest)
        self.place, self.outside = account("C0PLATFORM"), account("C0RANDOM")
        members = ["U0MAYA", "U0GUEST", "U0BOT"]
        self.mixed = account(stage.workspace.add_channel("C0MIXED", "mixed", members).id)

    @property
    def secrets(self) -> Collection[str]:
        seeded = self.stage.seeded
        return (seeded.bot.secret, *(token.secret for token in seeded.users.values()))

    def now(self) -> datetime:
        return self.stage.clock.now()

    def trouble(self, kind: Trouble, times: int | None = 1) -> None:
        self.stage.workspace.faults.add(fault(kind, times))
        self._slack.api.timeout = HASTY if kind is Trouble.SLOW else PATIENT

    def meaning(self, kind: Trouble, call: str) -> type[Done | Unclear | Wait]:
        return Unclear

    def kill_token(self, of: Account | None) -> None:
        token = self.stage.seeded.users[of.user] if of else self.stage.seeded.bot
        token.revoked = True

    def calm(self) -> None:
        self.stage.workspace.faults.clear()
        self._slack.api.timeout = PATIENT

    def calls(self) -> Mapping[str, int]:
        return dict(self.stage.workspace.audit.arrivals)

    def charged(self, costs: Collection[Cost]) -> set[str]:
        return {cost.method for cost in costs}

    def posts(self, to: Account) -> list[str]:
        chat = self.stage.workspace.direct(to.user, "U0BOT")
        return [message.text for message in chat.messages.values()]

    def said(self, place: Account) -> list[str]:
        found = self.stage.workspace.channels[place.user].messages.values()
        return [message.text for message in found if message.user == "U0BOT"]

    def joins(self, place: Account, kind: str) -> None:
        user = replace(
            self.stage.workspace.users["U0ANA"],
            id=f"U0{kind.upper()}",
            restricted=kind == "guest",
            stranger=kind == "stranger",
        )
        self.stage.workspace.add_user(user)
        self.stage.workspace.channels[place.user].members[user.id] = None
        self._slack.readers.forget(place)  # a minute later

    def mentions(self, place: Account) -> list[str]:
        return re.findall(r"<[@!#][^>]*>", " ".join(self.said(place)))

    def inert(self, to: Account, words: str) -> bool:
        return "<!" not in self.posts(to)[-1] and "<@" not in self.posts(to)[-1]

    def private_notes(self, channel: str) -> list[tuple[str, str]]:
        found = self.stage.workspace.channels[channel].ephemeral
        return [(message.viewer or "", message.text) for message in found]

    async def wants_home(self, who: Account) -> None:
        """Home is a tab that everybody has."""

    def home_of(self, to: Account) -> str:
        return repr(self.stage.workspace.views[self.stage.workspace.homes[to.user]]["blocks"])

    def chatter(self, by: Account, messages: int) -> None:
        chat = self.stage.workspace.direct(by.user, "U0BOT")
        for number in range(messages):
            posting.post(self.stage.workspace, chat, by.user, f"chatter {number}", method="say")

    def leaves(self, who: Account) -> None:
        raise NotImplementedError("Nobody leaves a Slack app.")


@asynccontextmanager
async def slack_world() -> AsyncIterator[World]:
    async with raised_stage() as stage:
        yield SlackWorld(stage)


# Teams ----------------------------------------------------------------------------------------------------

ELSEWHERE, OWN = "19:elsewhere@thread.v2", "19:own@thread.tacv2"
BUDGETED = {
    "activities.update": "activities.send",
    "members.list": "members.get",
    "graph.presence.get": "graph.read",
    "graph.status.set": "graph.write",
    "graph.presence.prefer": "graph.write",
    "graph.presence.clear": "graph.write",
}


class TeamsWorld:
    """The local tenant and a chat that may use presences and targeted messages."""

    def __init__(self, stage: TeamsStage) -> None:
        self.stage, self.refs = stage, {}
        self.chat: Chat = stage.chat
        self.maya, self.lee, self.guest = (stage.account(name) for name in ("maya", "kenji", "noor"))
        self.robot = Account(stage.tenant, stage.world.app.bot_id)
        self.channel, self.elsewhere = CREW, ELSEWHERE
        self.nothing, self.zone = "a:1maya 1", ""
        stage.world.add_conversation(ELSEWHERE, Kind.GROUP, "Elsewhere", ["29:maya", "29:kenji"])
        members = ["29:maya", "29:kenji", stage.world.app.bot_id]
        stage.world.add_conversation(OWN, Kind.CHANNEL, "Own", members, team=OWN)
        self.place, self.mixed, self.outside = (Account(stage.tenant, id) for id in (OWN, GENERAL, ELSEWHERE))

    async def prepare(self) -> None:
        """What the bot has heard of; nobody's own chat among it."""
        await self.stage.join_groups()

        def work(tx: Tx) -> None:
            place = Conversation(self.stage.tenant, ELSEWHERE, self.stage.world.service_url, "groupChat")
            tx.conversations.put(place)
            tx.conversations.put(replace(place, id=OWN, kind="channel", team=OWN, channel=OWN))
            for who in (self.maya, self.lee):
                aad = self.stage.world.users[who.user].aad
                tx.accounts.put(AccountRecord(who, directory_id=aad))

        await self.stage.store.write(work)

    @property
    def secrets(self) -> Collection[str]:
        return (self.stage.world.app.password, *self.stage.world.tokens)

    def now(self) -> datetime:
        return self.stage.clock.now()

    def trouble(self, kind: Trouble, times: int | None = 1) -> None:
        self.stage.world.faults.add(fault(kind, times))
        self._hurry(HASTY if kind is Trouble.SLOW else PATIENT)

    def _hurry(self, timeout: float) -> None:
        self.stage.chat.connector.timeout = self.stage.chat.graph.timeout = timeout

    def meaning(self, kind: Trouble, call: str) -> type[Done | Unclear | Wait]:
        if kind is Trouble.SERVER_ERROR and call in {"withdraw", "profile", "revise"}:
            return Wait
        # Graph answers these with nothing, of which no half can be lost
        empty = call in {"write_status", "write_presence", "clear_presence"}
        return Done if kind is Trouble.TRUNCATED and empty else Unclear

    def kill_token(self, of: Account | None) -> None:
        if of is None:
            self.stage.world.app.registered = False

    def calm(self) -> None:
        self.stage.world.faults.clear()
        self.stage.pass_by(10)
        self._hurry(PATIENT)

    def calls(self) -> Mapping[str, int]:
        arrivals = self.stage.world.audit.arrivals
        found: dict[str, int] = {}
        for name, count in arrivals.items():
            if not name.startswith("login."):
                known = BUDGETED.get(name, name)
                found[known] = found.get(known, 0) + count
        return found

    def charged(self, costs: Collection[Cost]) -> set[str]:
        return {cost.method.partition("/")[0] for cost in costs} - {"connector"}  # which every call pays

    def posts(self, to: Account) -> list[str]:
        return [words_of(post) for post in self.stage.standing(self._own(to))]

    def said(self, place: Account) -> list[str]:
        return [words_of(post) for post in self.stage.standing(place.user) if post.viewer is None]

    def joins(self, place: Account, kind: str) -> None:
        person = replace(
            self.stage.world.users["29:ana"],
            id=f"29:{kind}",
            aad=f"aad-{kind}",
            guest=kind == "guest",
            tenant="5e1f0000-0000-4000-8000-000000005e1f" if kind == "stranger" else "",
        )
        self.stage.world.add_user(person)
        self.stage.world.conversations[place.user].members[person.id] = None
        self.stage.pass_by(61)

    def mentions(self, place: Account) -> list[str]:
        return [who for post in self.stage.standing(place.user) for who, _ in post.mentions]

    def inert(self, to: Account, words: str) -> bool:
        post = self.stage.standing(self._own(to))[-1]
        runs = [each["text"] for each in walk(post.card) if each.get("type") == "TextRun"]
        others = [
            text
            for each in walk(post.raw)
            for name, text in each.items()
            if isinstance(text, str) and (each.get("type"), name) != ("TextRun", "text")
            # what stands on a button is plain text (adaptivecards.io: Markdown in TextBlock and FactSet only)
            if not (str(each.get("type")).startswith("Action.") and name == "title")
        ]
        return words in runs and not any(sign in text for text in others for sign in "<>@*`&|")

    def private_notes(self, channel: str) -> list[tuple[str, str]]:
        return [(post.viewer or "", words_of(post)) for post in self.stage.standing(channel) if post.viewer]

    async def wants_home(self, who: Account) -> None:
        await self.stage.meet(who.user.removeprefix("29:"))

        def work(tx: Tx) -> None:
            place = tx.conversations.get(self.stage.tenant, self._own(who))
            assert place is not None
            tx.conversations.put(replace(place, home=WANTED))

        await self.stage.store.write(work)

    def home_of(self, to: Account) -> str:
        return repr(self.stage.standing(self._own(to))[-1].card)

    def chatter(self, by: Account, messages: int) -> None:
        raise NotImplementedError("Nothing is read back here.")

    def leaves(self, who: Account) -> None:
        self.stage.world.users[who.user].installed = False

    def _own(self, to: Account) -> str:
        return self.stage.world.personal(to.user).id


def words_of(post: TeamsActivity) -> str:
    """What people read on a card before its buttons."""
    blocks = [each for each in walk((post.card or {}).get("body")) if each.get("type") == "RichTextBlock"]
    return "\n".join("".join(run["text"] for run in block["inlines"]) for block in blocks)


@asynccontextmanager
async def teams_world() -> AsyncIterator[World]:
    async with teams_stage(features=frozenset({"presence", "targeted"}), timeout=PATIENT) as stage:
        world = TeamsWorld(stage)
        await world.prepare()
        yield world


# Both -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """How to raise a world, and what its platform can do."""

    raised: Callable[[], AbstractAsyncContextManager[World]]
    traits: frozenset[Trait]


WORLDS: Mapping[str, Entry] = {
    "slack": Entry(slack_world, frozenset({Trait.PROBES, Trait.SNOOZES, Trait.PERSONAL_TOKENS})),
    "teams": Entry(teams_world, frozenset({Trait.PRESENCES, Trait.OWN_CHAT_FOR_NOTES, Trait.LEAVES})),
}


def fault(kind: Trouble, times: int | None) -> Fault:
    """A trouble as the stand-ins know it."""
    kinds: dict[Trouble, tuple[FaultKind, dict[str, Any]]] = {
        Trouble.LIMITED: (FaultKind.RATE_LIMITED, {"seconds": 7, "json_body": False}),
        Trouble.SERVER_ERROR: (FaultKind.SERVER_ERROR, {}),
        Trouble.DROPPED: (FaultKind.DROP, {}),
        Trouble.RESET: (FaultKind.RESET, {}),
        Trouble.TRUNCATED: (FaultKind.TRUNCATE, {}),
        Trouble.SLOW: (FaultKind.SLOW_ANSWER, {"seconds": 1.2}),
    }
    name, details = kinds[kind]
    return Fault(name, times=times, **details)
