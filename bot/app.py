"""The application's front: one inbound thing in, one transaction, one private answer out. No platform is
called here."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from bot import commands, names, planning
from bot.commands import naming
from bot.commands.reading import Words, read
from bot.failpoints import Failpoint, hit
from bot.flows import connection, later, mentions, zones
from bot.flows.pressing import pressed
from bot.flows.submitting import submitted
from bot.inbound import (
    Account,
    Command,
    Connected,
    Disconnected,
    HomeOpened,
    Inbound,
    Left,
    Mentioned,
    Pieces,
    Pressed,
    Profile,
    ShortcutUsed,
    StatusChanged,
    Submitted,
)
from bot.messages.welcome import GUESTS
from bot.messages.words import message, say
from bot.planning.arming import APP_SETS
from bot.planning.rows import CONNECTABLE
from bot.ports import Calendars, Clock, Reply, Store, Tx, Vault
from bot.turn import Decided, Refusal, Turn, World
from rules import Verdict

__all__ = ["App", "Decided", "Verdict"]

_REMEMBERED = 50
PLATFORMS = ("slack", "teams")
_PERSONAL_TOKENS = frozenset(("slack",))
"""Platforms on which people connect by granting their own token."""


@dataclass(frozen=True, slots=True)
class _Answered:
    """What one transaction came to. `scrub`: something was forgotten and must become unrecoverable."""

    reply: Reply
    decided: tuple[Decided, ...] = ()
    first: bool = True
    scrub: bool = False


class App:
    """Handles everything that comes in. `poke` is called after each commit: there may be something to send.

    `decisions` keeps the last 50 decisions about real pings in memory, for the page that explains them and
    the metrics; they are never stored. `app_sets_status` are the platforms ("teams") on which the app itself
    may set people's statuses, so that nobody needs to connect.
    """

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        vault: Vault,
        calendars: Calendars,
        poke: Callable[[], None],
        public_url: str | None = None,
        connect_enabled: bool = False,
        app_sets_status: Collection[str] = (),
    ) -> None:
        self._store = store
        self._clock = clock
        self._poke = poke
        self._world = World(vault, calendars, public_url, connect_enabled)
        self._app_sets_status = frozenset(app_sets_status)
        self.decisions: deque[Decided] = deque(maxlen=_REMEMBERED)
        self.on_decision: Callable[[Verdict], None] = lambda verdict: None

    async def begin(self) -> None:
        """Keep what the settings allow beside the data, before anything is sent: Home and offers are built
        where settings are not at hand."""
        connectable = _PERSONAL_TOKENS if self._world.connectable else frozenset[str]()

        def work(tx: Tx) -> None:
            for platform in PLATFORMS:
                tx.meta.put(CONNECTABLE + platform, "yes" if platform in connectable else "")
                tx.meta.put(APP_SETS + platform, "yes" if platform in self._app_sets_status else "")

        await self._store.write(work)

    async def handle(self, inbound: Inbound) -> Reply:
        """Answer one inbound thing. The same key (or twin) again changes nothing and is answered
        harmlessly."""
        now = self._clock.now()
        await self._prepare(inbound, now)
        hit(Failpoint.BEFORE_HANDLE_COMMIT)
        answered = await self._store.write(lambda tx: self._work(tx, inbound, now))
        hit(Failpoint.AFTER_HANDLE_COMMIT)
        for decided in answered.decided:
            self.decisions.append(decided)
            self.on_decision(decided[3])
        if answered.scrub:
            self._forget_decisions()
            await self._store.scrub()
        self._poke()
        return answered.reply

    def _work(self, tx: Tx, inbound: Inbound, now: datetime) -> _Answered:
        if not _is_first(tx, inbound, now):
            return _Answered(_repeated(inbound), first=False)
        turn = Turn(
            tx,
            now,
            inbound.who,
            inbound.key,
            self._world,
            profile=_profile_of(inbound),
            channel=_channel_of(inbound),
        )
        known = tx.accounts.get(inbound.who) is not None
        for user, profile in inbound.profiles.items():
            names.learn(tx, Account(inbound.who.tenant, user), profile)
        try:
            reply = _respond(turn, inbound)
        except Refusal as refused:
            reply = Reply(message(say(str(refused))))
        scrub = turn.scrub or (known and tx.accounts.get(inbound.who) is None)
        return _Answered(reply, tuple(turn.decided), scrub=scrub)

    async def _prepare(self, inbound: Inbound, now: datetime) -> None:
        """Load the calendar of a named place outside the transaction: the first one takes a moment."""
        place = _place_in(inbound)
        if not place:
            return
        try:
            await asyncio.to_thread(self._world.calendars.holidays, place, now.year - 1, now.year + 2)
        except ValueError:
            return  # the answer itself says so, with what to write instead

    def _forget_decisions(self) -> None:
        """Somebody was forgotten: what is only in memory goes too, whoever it was about."""
        self.decisions.clear()


def _is_first(tx: Tx, inbound: Inbound, now: datetime) -> bool:
    """Whether this gesture is seen for the first time, by its key and, for a mention, by its twin."""
    first = tx.once.first(inbound.key, now)
    if isinstance(inbound, Mentioned) and inbound.twin:
        return tx.once.first(f"twin:{inbound.twin}", now) and first
    return first


def _repeated(inbound: Inbound) -> Reply:
    if isinstance(inbound, Command):
        return Reply(message(say("I have this already; nothing was done twice.")))
    return Reply()


def _place_in(inbound: Inbound) -> str:
    if isinstance(inbound, Submitted):
        return inbound.fields.get("holidays", "").strip().upper()
    if isinstance(inbound, Command):
        words = read(inbound.text).plain().split()
        if len(words) == 2 and words[0].lower() == "holidays":
            return words[1].upper()
    return ""


def _channel_of(inbound: Inbound) -> str:
    """The conversation in which somebody did this, "" if that is not known."""
    return inbound.channel if isinstance(inbound, Command | Pressed | Submitted) else ""


def _profile_of(inbound: Inbound) -> Profile | None:
    """What the platform says about whoever did this."""
    profile = inbound.profile if isinstance(inbound, Command | HomeOpened) else None
    return profile or inbound.profiles.get(inbound.who.user)


def _respond(turn: Turn, inbound: Inbound) -> Reply:
    opened = isinstance(inbound, HomeOpened)
    back = _is_there(turn, inbound) and planning.came_back(turn.tx, turn.who, turn.now, opened=opened)
    if back and (record := turn.me()):
        turn.begin_anew(record.person.id)
    if isinstance(inbound, Command | HomeOpened):
        zones.remember(turn, inbound.profile)
    if isinstance(inbound, _OF_MEMBERS) and turn.account().guest:
        return _turn_away(inbound)
    return _answer(turn, inbound)


def _answer(turn: Turn, inbound: Inbound) -> Reply:
    match inbound:
        case Command(word=word, text=pieces):
            return commands.answer(turn, word, _words(turn, pieces))
        case Mentioned():
            mentions.mentioned(turn, inbound)
        case Pressed():
            return pressed(turn, inbound)
        case Submitted():
            return submitted(turn, inbound)
        case ShortcutUsed():
            return later.shortcut(turn, inbound)
        case _:
            _notice(turn, inbound)
    return Reply()


def _words(turn: Turn, pieces: Pieces) -> Words:
    """The text of a command with everybody in it who can be known."""
    tenant = turn.who.tenant
    return read(naming.recognised(turn.tx, tenant, names.labelled(turn.tx, tenant, pieces)))


def _notice(turn: Turn, inbound: Inbound) -> None:
    """What happened without anybody waiting for an answer."""
    match inbound:
        case HomeOpened():
            record = turn.me()
            turn.publish_home(turn.who, record.person.id if record else "")
            if record is not None:
                planning.follow_home(turn.tx, record, turn.now)
        case StatusChanged(zone=zone):
            _status_changed(turn, zone)
        case Connected():
            connection.connected(turn, inbound)
        case Disconnected():
            connection.disconnected(turn, inbound)
        case Left():
            planning.mark_unreachable(turn.tx, turn.who, "uninstalled")
            planning.take_down(turn.tx, turn.who, turn.now)


def _is_there(turn: Turn, inbound: Inbound) -> bool:
    """Whether the acting human can be talked to where they just did something: who writes in a channel may
    have removed the app from their own chat."""
    if isinstance(inbound, Mentioned):
        return planning.is_reachable(turn.tx, turn.who)
    return isinstance(inbound, _BY_HAND)


_OF_MEMBERS = (Command, Mentioned, Pressed, Submitted, ShortcutUsed)
_BY_HAND = (Command, Pressed, Submitted, ShortcutUsed, HomeOpened, Connected)
"""What only somebody who is there does. A status may also change because an account was closed."""


def _turn_away(inbound: Inbound) -> Reply:
    """Guests never learn when somebody is available (ASVS 8.2): no norms, no notes, nothing held."""
    if isinstance(inbound, Mentioned):
        return Reply()
    raise Refusal(GUESTS)


def _status_changed(turn: Turn, zone: str) -> None:
    """Only the zone is remembered, and only of people who use us: a status is read when it is about to
    be written."""
    if zone and names.record_of(turn.tx, turn.who) is not None:
        zones.remember_zone(turn, zone)
