"""The workspace everyone meets first: five people in four time zones, four channels and a little history."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from adapters.playground import posting
from adapters.playground.clock import TimeSource
from adapters.playground.records import (
    AppConfig,
    ChannelKind,
    Profile,
    Shortcut,
    SlashCommand,
    Token,
    TokenKind,
    User,
)
from adapters.playground.workspace import SLACKBOT, Workspace

BOT_USER: Final = "U0BOT"
# What the app may do and hear of is what deploy/slack/manifest.yaml asks for (a test compares them), so that
# the playground shows the manifest to be enough.
BOT_SCOPES: Final = (
    "app_mentions:read",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "dnd:read",
    "groups:history",
    "groups:read",
    "im:history",
    "im:write",
    "users:read",
)
USER_SCOPES: Final = ("dnd:read", "dnd:write", "users.profile:read", "users.profile:write")
BOT_EVENTS: Final = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "message.channels",
    "message.groups",
    "message.im",
    "tokens_revoked",
    "user_change",
    "user_status_changed",
)
COMMANDS: Final = (
    SlashCommand(
        "/boundary",
        "Your norms, your day, and what waits for you",
        "[today | waiting | hours | leave | why | undo | help]",
    ),
    SlashCommand(
        "/focus",
        "Focus now, or at fixed times every week",
        "[90m | until 15:00 | tue,thu 09:00-11:30 deep work | off]",
    ),
    SlashCommand(
        "/quiet",
        "Quiet now, or at fixed times every week",
        "[30m | daily 18:00-19:30 family dinner | off]",
    ),
    SlashCommand(
        "/later", "Deliver a message when the person is available", "@maya could you look at the draft?"
    ),
)
SHORTCUTS: Final = (
    Shortcut(
        "Deliver when available",
        "deliver_when_available",
        "message",
        "Hold this message and deliver it when the person is back",
    ),
)
_PEOPLE: Final = (
    User("U0MAYA", "maya", "Maya Costa", "Europe/Lisbon", profile=Profile(title="Platform engineer")),
    User("U0SAM", "sam", "Sam Rivera", "America/New_York", profile=Profile(title="Product manager")),
    User(
        "U0KENJI",
        "kenji",
        "Kenji Mori",
        "Asia/Tokyo",
        dnd_start=time(22),
        dnd_end=time(8),
        profile=Profile(title="Site reliability engineer"),
    ),
    User("U0ANA", "ana", "Ana Duarte", "Europe/Lisbon", profile=Profile(title="Team lead")),
    User("U0LEE", "lee", "Lee Park", "America/Los_Angeles", profile=Profile(title="Designer")),
)
UNCONNECTED: Final = "U0LEE"
_HISTORY: Final = (  # hours ago, at a time of day that is a working one where the author lives
    (18.6, "C0GENERAL", "U0ANA", "Welcome, everyone. Say here how you like to work, and we will keep it."),
    (17.9, "C0LEADS", "U0ANA", "Next week we review the team's norms together."),
    (12.4, "C0PLATFORM", "U0SAM", "The release notes are drafted. Could somebody look at them this week?"),
    (10.9, "C0RANDOM", "U0LEE", "The lemon tree on my balcony has its first lemon."),
    (1.1, "C0GENERAL", "U0KENJI", "Hello from Tokyo. My evening is your morning, so please do not wait up."),
    (0.9, "C0PLATFORM", "U0MAYA", "I will, after lunch."),
)


@dataclass(frozen=True, slots=True)
class _Earlier:
    """A time source that is behind another one: what was said before anybody came."""

    source: TimeSource
    by: timedelta

    def now(self) -> datetime:
        return self.source.now() - self.by

    def monotonic(self) -> float:
        return self.source.monotonic()


@dataclass(frozen=True, slots=True)
class Seeded:
    """The workspace and the tokens of its installed app; `users` maps user ids to connected tokens."""

    workspace: Workspace
    bot: Token
    app: Token
    users: dict[str, Token]


def seed(
    clock: TimeSource,
    *,
    app: AppConfig | None = None,
    limit_time: Callable[[], float] | None = None,
    scopes: Sequence[str] = BOT_SCOPES,
) -> Seeded:
    """A fresh workspace with people, channels, history, an installed bot and everybody but Lee connected."""
    workspace = empty(clock, app=app, limit_time=limit_time)
    for person in _PEOPLE:
        workspace.add_user(_copy(person))
    everybody = [person.id for person in _PEOPLE]
    workspace.add_channel("C0GENERAL", "general", [*everybody, BOT_USER])
    workspace.add_channel("C0PLATFORM", "platform", [*everybody, BOT_USER])
    workspace.add_channel("C0RANDOM", "random", everybody)
    workspace.add_channel("C0LEADS", "leads", ["U0ANA", "U0SAM"], kind=ChannelKind.PRIVATE)
    for one, other in itertools.combinations([*everybody, BOT_USER], 2):
        workspace.direct(one, other)
    for hours, channel, user, text in _HISTORY:
        workspace.clock = _Earlier(clock, timedelta(hours=hours))
        posting.post(workspace, workspace.channels[channel], user, text, method="seed")
    workspace.clock = clock
    connected = [person for person in everybody if person != UNCONNECTED]
    tokens = {user: workspace.grant(TokenKind.USER, user, USER_SCOPES) for user in connected}
    return Seeded(workspace, *install(workspace, scopes), tokens)


def empty(
    clock: TimeSource,
    *,
    app: AppConfig | None = None,
    limit_time: Callable[[], float] | None = None,
    team_id: str = "T0PLAY",
    team_name: str = "Playground",
) -> Workspace:
    """A workspace with nobody but the bot in it, for load tests; add people with `add_user`."""
    own = app or AppConfig(commands=COMMANDS, shortcuts=SHORTCUTS, events=BOT_EVENTS)
    workspace = Workspace(clock, app=own, limit_time=limit_time, team_id=team_id, team_name=team_name)
    workspace.bot_user = BOT_USER
    workspace.add_user(User(BOT_USER, "boundary", own.name, "Etc/UTC", is_bot=True, bot_id="B0BOUNDARY"))
    workspace.add_user(User(SLACKBOT, "slackbot", "Slackbot", "Etc/UTC", is_bot=True, bot_id="B0SLACKBOT"))
    return workspace


def install(workspace: Workspace, scopes: Sequence[str] = BOT_SCOPES) -> tuple[Token, Token]:
    """Install the app: the bot's token and the app-level one."""
    bot = workspace.grant(TokenKind.BOT, BOT_USER, scopes)
    return bot, workspace.grant(TokenKind.APP, BOT_USER, ("connections:write",))


def _copy(person: User) -> User:
    profile = Profile(title=person.profile.title)
    return User(
        person.id,
        person.name,
        person.real_name,
        person.tz,
        profile=profile,
        dnd_start=person.dnd_start,
        dnd_end=person.dnd_end,
    )
