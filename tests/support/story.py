"""A day told as a story: the real application, planning and performer over the store in memory and a
chat that keeps everything it is asked to show. The clock stands still until the story moves it.

There are two platforms: "maya" acts and reads in Slack, "maya@teams" in a chat that works like Teams, where
nothing can be read back, people set presences by hand, and no status tells when it ends.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count

from typing_extensions import override

from adapters.stores.memory import MemoryStore
from bot import planning
from bot.app import App
from bot.flows.teams.due import plan_team
from bot.inbound import (
    Account,
    Command,
    Connected,
    HomeOpened,
    Inbound,
    Left,
    Mentioned,
    PersonRef,
    Pieces,
    Pressed,
    Profile,
    ShortcutUsed,
    Submitted,
)
from bot.messages.model import Message
from bot.metrics import Metrics
from bot.perform import Performer
from bot.ports import OUTSIDERS, Dnd, Done, Outcome, Refused, Reply, Store, Tx, VaultError
from bot.records import Cost, Delivery, Hold, PersonRecord, TeamRecord, Tenant
from bot.timing import Timing
from rules import Holiday, Status
from tests.support.shown import button, shown

TENANT = "slack:T1"
TEAMS = "teams:7e1a"
EMPTY = Status("", "", None)
MONDAY = datetime(2026, 11, 23, 10, 5, tzinfo=UTC)
"""A Monday at 10:05 in Lisbon, which is UTC in winter."""
ZONES = {"maya": "Europe/Lisbon", "sam": "America/New_York", "kenji": "Asia/Tokyo", "ana": "Europe/Lisbon"}


def account(name: str) -> Account:
    """The account of a person of the story: "maya" is U0MAYA, "maya@teams" is 29:maya."""
    human, _, platform = name.partition("@")
    return Account(TEAMS, f"29:{human}") if platform else Account(TENANT, f"U0{human.upper()}")


def profile(name: str) -> Profile:
    human, _, platform = name.partition("@")
    directory = f"aad-{human}" if platform else ""
    return Profile(human.capitalize(), ZONES.get(human, "Europe/Lisbon"), directory_id=directory)


def pieces(text: str, speaker: str = "") -> Pieces:
    """Text as the speaker's platform sends it: "@maya" is a mention."""
    parts = re.split(r"@([a-z]+)\b", text)
    at = "@teams" if "@" in speaker else ""
    found: list[str | PersonRef] = []
    for place, part in enumerate(parts):
        if place % 2:
            found.append(PersonRef(account(part + at).user, part))
        elif part:
            found.append(part)
    return tuple(found)


def code_in(text: str) -> str:
    """The one-time code that a message shows."""
    found = re.search(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}\b", text)
    assert found is not None, text
    return found.group()


class StoryClock:
    """A clock that shows what the story says; monotonic seconds follow it."""

    def __init__(self, now: datetime) -> None:
        self.at = now

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return (self.at - MONDAY).total_seconds() + 1_000_000

    def delay_until(self, at: datetime) -> float | None:
        return (at - self.at).total_seconds()

    def on_change(self, callback: Callable[[], None]) -> None:
        """Nothing waits on this clock."""


class PlainVault:
    """Seals by writing backwards in base 64: enough to tell sealed text from text, and to check what it
    is about."""

    def seal(self, text: str, about: str) -> bytes:
        return b64encode(f"{about}\0{text}".encode())[::-1]

    def open(self, sealed: bytes, about: str) -> str:
        found, _, text = b64decode(sealed[::-1]).decode().partition("\0")
        if found != about:
            raise VaultError("sealed for something else")
        return text

    def rotate(self, sealed: bytes) -> bytes:
        return sealed


class SmallCalendars:
    """Knows Portugal's first days of December, and no other place."""

    def holidays(self, place: str, first_year: int, last_year: int) -> tuple[Holiday, ...]:
        if place != "PT":
            raise ValueError(f'"{place}" is no place whose holidays I know. Did you mean "PT"?')
        return tuple(
            Holiday(date(year, 12, day), name)
            for year in range(first_year, last_year + 1)
            for day, name in ((1, "Restauração"), (8, "Imaculada Conceição"))
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """One message the platform was asked to show: `how` is "post", "note", "home", "announce" or "revise";
    the latter two are to a channel, and `ref` is what the platform calls the message."""

    to: Account
    how: str
    message: Message
    at: datetime
    channel: str = ""
    thread: str = ""
    ref: str = ""


class _Chat:
    """Shows everything at once and keeps it; statuses are what they were set to. `answers` is what the next
    posts come to; they are not shown then."""

    def __init__(self, clock: StoryClock, seen: list[Shown] | None = None) -> None:
        self._clock = clock
        self.seen: list[Shown] = [] if seen is None else seen
        self.answers: deque[Outcome] = deque()
        self.found: Outcome | None = None  # what looking for posts comes to instead of finding none
        self.statuses: dict[Account, Status] = {}
        self.calls: list[tuple[str, Account, str]] = []
        self.outsiders: set[str] = set()  # channels in which guests read along
        self.away: set[str] = set()  # channels that we are not in

    def costs(self, delivery: Delivery) -> tuple[Cost, ...]:
        return (Cost("any", 100_000, 100_000),)

    async def post(self, to: Account, message: Message, delivery: str) -> Outcome:
        if self.answers:
            return self.answers.popleft()
        self.seen.append(Shown(to, "post", message, self._clock.now()))
        return Done(f"D:{len(self.seen)}")

    async def note(
        self, to: Account, channel: str, message: Message, delivery: str, thread: str = ""
    ) -> Outcome:
        self.seen.append(Shown(to, "note", message, self._clock.now(), channel, thread))
        return Done()

    async def announce(self, place: Account, message: Message, delivery: str) -> Outcome:
        if place.user in self.outsiders:
            return Refused(OUTSIDERS)
        if place.user in self.away:
            return Refused("not_in_channel")
        ref = f"{place.user}:{len(self.seen)}"
        self.seen.append(Shown(place, "announce", message, self._clock.now(), place.user, ref=ref))
        return Done(ref)

    async def revise(self, place: Account, ref: str, message: Message) -> Outcome:
        self.seen.append(Shown(place, "revise", message, self._clock.now(), place.user, ref=ref))
        return Done(ref)

    async def find(self, to: Account, deliveries: Sequence[str]) -> Mapping[str, tuple[str, ...]] | Outcome:
        return {} if self.found is None else self.found

    async def withdraw(self, to: Account, ref: str) -> Outcome:
        return Done()

    async def read_status(self, to: Account) -> Status | Outcome:
        return self.statuses.get(to, Status("", "", None))

    async def write_status(self, to: Account, status: Status) -> Outcome:
        self.statuses[to] = status
        self.calls.append(("status", to, f"{status.text} {status.expires}"))
        return Done()

    async def publish_home(self, to: Account, home: Message) -> Outcome:
        self.seen.append(Shown(to, "home", home, self._clock.now()))
        return Done()

    async def profile(self, who: Account) -> Profile | Outcome:
        return Profile()


class StoryChat(_Chat):
    """Slack: snoozes pause notifications, and are what they were set to."""

    platform = "slack"
    probes = True
    tells_expiry = True

    def __init__(self, clock: StoryClock) -> None:
        super().__init__(clock)
        self.snoozes: dict[Account, datetime] = {}

    async def read_dnd(self, to: Account) -> Dnd | Outcome:
        return Dnd(snoozed_until=self.snoozes.get(to))

    async def snooze(self, to: Account, minutes: int) -> Outcome:
        self.snoozes[to] = self._clock.now() + timedelta(minutes=minutes)
        self.calls.append(("snooze", to, self.snoozes[to].isoformat()))
        return Done()

    async def end_snooze(self, to: Account) -> Outcome:
        self.snoozes.pop(to, None)
        self.calls.append(("end_snooze", to, self._clock.now().isoformat()))
        return Done()


class TeamsLikeChat(_Chat):
    """Teams: presences pause notifications. They end by themselves, and nothing tells when."""

    platform = "teams"
    probes = False
    tells_expiry = False

    def __init__(self, clock: StoryClock, seen: list[Shown]) -> None:
        super().__init__(clock, seen)
        self.presences: dict[Account, Status] = {}

    def presence(self, name: str) -> str:
        """What everybody sees of a person: "" is what the platform shows by itself."""
        return self._alive(self.presences, account(name)).text

    def message(self, name: str) -> str:
        """The status message that everybody sees of a person."""
        return self._alive(self.statuses, account(name)).text

    def _alive(self, shown: Mapping[Account, Status], to: Account) -> Status:
        found = shown.get(to, EMPTY)
        return EMPTY if found.expires is not None and found.expires <= self._clock.now() else found

    @override
    async def read_status(self, to: Account) -> Status | Outcome:
        return replace(self._alive(self.statuses, to), expires=None)

    async def read_presence(self, to: Account) -> Status | Outcome:
        return replace(self._alive(self.presences, to), expires=None)

    async def write_presence(self, to: Account, presence: Status) -> Outcome:
        self.presences[to] = presence
        self.calls.append(("presence", to, f"{presence.text} {presence.expires}"))
        return Done()


@dataclass
class Story:
    """What people do and what they get to see. Names are lower case: "maya", "sam"."""

    now: datetime = MONDAY
    connect: bool = False
    presence: bool = False
    keys: count[int] = field(default_factory=count)
    store: Store = field(default_factory=MemoryStore)

    def __post_init__(self) -> None:
        self.clock = StoryClock(self.now)
        self.vault = PlainVault()
        self.calendars = SmallCalendars()
        self.chat = StoryChat(self.clock)
        self.teams = TeamsLikeChat(self.clock, self.chat.seen)
        self.pokes = 0
        self.begun = False
        self.app = App(
            store=self.store,
            clock=self.clock,
            vault=self.vault,
            calendars=self.calendars,
            poke=self._poke,
            public_url="https://bot.example" if self.connect else None,
            connect_enabled=self.connect,
            app_sets_status=("teams",) if self.presence else (),
        )
        self.performer = Performer(
            store=self.store,
            clock=self.clock,
            chats={"slack": self.chat, "teams": self.teams},
            vault=self.vault,
            timing=Timing(),
            owner="story",
            metrics=Metrics(),
        )

    def _poke(self) -> None:
        self.pokes += 1

    # What people do ------------------------------------------------------------------------------

    def key(self) -> str:
        return f"key:{next(self.keys)}"

    async def handle(self, inbound: Inbound) -> Reply:
        if not self.begun:
            self.begun = True
            await self.app.begin()
        reply = await self.app.handle(inbound)
        await self.perform()
        return reply

    async def says(self, name: str, text: str, known: Profile | None = None, channel: str = "C1") -> str:
        """Type a command, "/focus 90m" or "/boundary today"; returns what the person reads at once."""
        return shown((await self.command(name, text, known, channel)).message)

    async def command(self, name: str, text: str, known: Profile | None = None, channel: str = "C1") -> Reply:
        slash, _, rest = text.partition(" ")
        word = slash.removeprefix("/")
        return await self.handle(
            Command(self.key(), account(name), word, pieces(rest, name), channel, known or profile(name))
        )

    async def mentions(
        self, name: str, *people: str, channel: str = "C1", twin: str = "", thread: str = ""
    ) -> None:
        key = self.key()
        at = "@teams" if "@" in name else ""
        users = tuple(account(person + at).user for person in people)
        link = f"https://t1.example/archives/{channel}/p{key}"
        await self.handle(Mentioned(key, account(name), channel, key, users, link, thread, twin))

    async def press(
        self, name: str, message: Message | None, label: str, surface: str = "message", channel: str = ""
    ) -> Reply:
        found = button(message, label)
        pressed = Pressed(self.key(), account(name), found.action, found.value, "", surface, channel)
        return await self.handle(pressed)

    async def submit(self, name: str, form: str, context: str = "", /, **fields: str) -> Reply:
        return await self.handle(Submitted(self.key(), account(name), form, context, fields))

    async def shortcut(self, name: str, text: str, author: str = "sam") -> Reply:
        link = "https://t1.example/archives/C1/p1"
        return await self.handle(
            ShortcutUsed(self.key(), account(name), "C1", "1.1", account(author).user, pieces(text), link)
        )

    async def opens_home(self, name: str, known: Profile | None = None) -> Message:
        await self.handle(HomeOpened(self.key(), account(name), known or profile(name)))
        return self.saw(name, "home")[-1].message

    async def connects(self, name: str) -> None:
        """Grant a token, as the platform's page does."""
        await self.handle(Connected(self.key(), account(name), "xoxp-secret", ("users.profile:write",)))

    async def leaves(self, name: str) -> None:
        """Remove the app from one's own chat."""
        await self.handle(Left(self.key(), account(name)))

    async def link(self, made: str, typed: str) -> str:
        """Link two accounts by a code; returns what whoever typed it reads."""
        code = code_in(await self.says(made, "/boundary link"))
        return await self.says(typed, f"/boundary link {code}")

    async def enrol(self, *names: str) -> None:
        """Let people set up with defaults, quietly."""
        for name in names:
            await self.says(name, "/boundary")

    # Time ----------------------------------------------------------------------------------------

    async def perform(self) -> None:
        """Perform everything that is due."""
        while await self.performer.step() == 0.0:
            pass

    async def until(self, at: datetime) -> None:
        """Move the clock, stopping wherever something must happen."""
        while True:
            following = await self.store.read(self._next)
            if following is None or following > at:
                break
            self.clock.at = max(self.clock.at, following)
            await self.sweep()
        self.clock.at = at
        await self.sweep()

    def _next(self, tx: Tx) -> datetime | None:
        found = [tx.people.next_at(), tx.teams.next_at(), tx.outbox.next_due(self.clock.at)]
        return min((at for at in found if at is not None), default=None)

    async def sweep(self) -> None:
        for team in await self.store.read(lambda tx: tx.teams.due(self.clock.at, 100)):
            await self.store.write(lambda tx, id=team: self._swept_team(tx, id))  # type: ignore[misc]
        for person in await self.store.read(lambda tx: tx.people.due(self.clock.at, 100)):
            await self.store.write(lambda tx, id=person: self._swept(tx, id))  # type: ignore[misc]
        await self.perform()

    def _swept(self, tx: Tx, person: str) -> None:
        if record := tx.people.get(person):
            planning.replan(tx, record, self.clock.at, changed=False)

    def _swept_team(self, tx: Tx, team: str) -> None:
        if record := tx.teams.get(team):
            plan_team(tx, record, self.clock.at, self.calendars)

    # What people see -----------------------------------------------------------------------------

    def saw(self, name: str, how: str = "") -> list[Shown]:
        """What was shown to a person, oldest first."""
        return [each for each in self.chat.seen if each.to == account(name) and how in ("", each.how)]

    def read(self, name: str, how: str = "post") -> list[str]:
        """The same as words, Home left out unless asked for."""
        return [shown(each.message) for each in self.saw(name, how)]

    def last(self, name: str, how: str = "post") -> Message:
        return self.saw(name, how)[-1].message

    def standing(self, channel: str = "C1", tenant: str = TENANT) -> list[Message]:
        """What stands in a channel, oldest first, each as it was shown last."""
        found = {}
        for each in self.chat.seen:
            if each.to == Account(tenant, channel) and each.how in ("announce", "revise"):
                found[each.ref] = each.message
        return list(found.values())

    def posted(self, channel: str = "C1", tenant: str = TENANT) -> list[str]:
        """The same as words."""
        return [shown(each) for each in self.standing(channel, tenant)]

    # What is stored ------------------------------------------------------------------------------

    async def record(self, name: str) -> PersonRecord:
        found = await self.store.read(lambda tx: _record(tx, account(name)))
        assert found is not None, f"{name} has not enrolled"
        return found

    async def holds(self, name: str) -> list[Hold]:
        """The holds that a person sent, oldest first."""
        return (await self.store.read(lambda tx: tx.holds.sent_by(account(name), 1000)))[::-1]

    async def team(self, id: str = "platform") -> TeamRecord:
        found = await self.store.read(lambda tx: tx.teams.get(id))
        assert found is not None, f"there is no team {id}"
        return found

    async def knows(self, tenant: Tenant) -> None:
        await self.store.write(lambda tx: tx.tenants.put(tenant))


async def maya_and_ana(*, undisturbed: tuple[str, ...] = ("ana",)) -> Story:
    """Maya and Ana have enrolled; those who are `undisturbed` want no rituals."""
    story = Story()
    await story.enrol("maya", "ana")
    for name in undisturbed:
        await story.says(name, "/boundary mute all")
    return story


def _record(tx: Tx, who: Account) -> PersonRecord | None:
    known = tx.accounts.get(who)
    return tx.people.get(known.person) if known and known.person else None
