"""The tenant everyone meets first: four people in three time zones, one of them a guest, a little history."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Final

from adapters.playground.clock import TimeSource
from adapters.playground.teams.records import (
    Kind,
    Team,
    TeamsActivity,
    TeamsApp,
    TeamsUser,
    WorkingHours,
)
from adapters.playground.teams.world import TENANT, TeamsWorld

GENERAL: Final = "19:general@thread.tacv2"
CREW: Final = "19:crew@thread.v2"
PLATFORM: Final = "19:platform@thread.v2"
"""The place of the team without the guest, who is in General and in the crew."""
TWINS: Final = {"U0MAYA": "29:maya", "U0KENJI": "29:kenji", "U0ANA": "29:ana"}
"""Who of the local Slack workspace is the same human here."""
NOT_INSTALLED: Final = "29:ana"
COMMANDS: Final = (("today", "Your day"), ("focus", "Focus now"), ("later", "Hold a message"))
"""A few, for an app that declares none; the playground takes those of our manifest."""
ACTIONS: Final = (("deliver_when_available", "Deliver when available"),)
_HISTORY: Final = (  # hours ago, at a time of day that is a working one where the author lives
    (18.7, GENERAL, "29:ana", "Our guests from the agency are here too now. Please plan in the open."),
    (17.6, CREW, "29:noor", "The release notes are translated. Whoever is up first, please have a look."),
    (1.2, CREW, "29:kenji", "I did, they are fine. I am off for today; the build is yours."),
    (0.4, GENERAL, "29:maya", "The migration starts at noon. Nothing you need to do."),
)


def people() -> tuple[TeamsUser, ...]:
    """The people, as fresh records."""
    return (
        _person("maya", "Maya Costa", "Europe/Lisbon", hours=WorkingHours(zone="GMT Standard Time")),
        _person("kenji", "Kenji Mori", "Asia/Tokyo", hours=_hours("09:30", "18:30", "Asia/Tokyo")),
        _person("ana", "Ana Duarte", "Europe/Lisbon", hours=_hours("08:00", "16:30", "GMT Standard Time")),
        TeamsUser(
            "29:noor",
            _directory_id("noor"),
            "Noor Haddad",
            "noor_haddad.example#EXT#@play.onmicrosoft.com",
            "Europe/Berlin",
            locale="de-DE",
            guest=True,
        ),
    )


def seed_teams(
    clock: TimeSource,
    *,
    app: TeamsApp | None = None,
    limit_time: Callable[[], float] | None = None,
    tenant_id: str = TENANT,
    installed: Iterable[str] | None = None,
) -> TeamsWorld:
    """A fresh tenant: team "Platform" with the channel General, group chats "Release crew" and "Platform
    core", personal chats, and what was said before anybody came.

    The app is in the team, in the group chats and in the personal scope of `installed` (everybody but Ana).
    """
    world = empty_teams(clock, app=app, limit_time=limit_time, tenant_id=tenant_id)
    everybody = [world.add_user(person).id for person in people()]
    having = set(everybody) - {NOT_INSTALLED} if installed is None else set(installed)
    world.teams[GENERAL] = Team(GENERAL, "Platform", "9f0c0000-0000-4000-8000-000000009f0c")
    world.add_conversation(GENERAL, Kind.CHANNEL, "General", [*everybody, world.app.bot_id], team=GENERAL)
    world.add_conversation(CREW, Kind.GROUP, "Release crew", [*everybody, world.app.bot_id])
    members = [user for user in everybody if not world.users[user].guest]
    world.add_conversation(PLATFORM, Kind.GROUP, "Platform core", [*members, world.app.bot_id])
    for user in everybody:
        world.users[user].installed = user in having
        if user in having:
            world.personal(user)
    _remember(world)
    return world


def _remember(world: TeamsWorld) -> None:
    for hours, place, user, text in _HISTORY:
        at = world.now() - timedelta(hours=hours)
        world.store(TeamsActivity(world.new_activity_id(at), place, user, text, at))


def empty_teams(
    clock: TimeSource,
    *,
    app: TeamsApp | None = None,
    limit_time: Callable[[], float] | None = None,
    tenant_id: str = TENANT,
) -> TeamsWorld:
    """A tenant with nobody in it, for load tests; add people with `add_user`."""
    own = app or TeamsApp()
    own.commands, own.actions = own.commands or COMMANDS, own.actions or ACTIONS
    return TeamsWorld(clock, tenant_id=tenant_id, app=own, limit_time=limit_time)


def _hours(start: str, end: str, zone: str) -> WorkingHours:
    """Hours as Outlook keeps them, other than everybody's default: the bot has something to offer."""
    return WorkingHours(start=f"{start}:00.0000000", end=f"{end}:00.0000000", zone=zone)


def _person(name: str, full: str, zone: str, *, hours: WorkingHours | None = None) -> TeamsUser:
    upn = f"{full.lower().replace(' ', '.')}@play.onmicrosoft.com"
    return TeamsUser(f"29:{name}", _directory_id(name), full, upn, zone, hours=hours)


def _directory_id(name: str) -> str:
    """A made-up directory id in which the name can be found again."""
    return f"aad00000-0000-4000-8000-{name.encode().hex():0>12}"
