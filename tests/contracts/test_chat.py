"""The contract of a `Chat`: the same story, whatever the platform. A new platform adds one world to
WORLDS."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Protocol

import pytest

from adapters.playground import posting
from adapters.playground.faults import Fault, FaultKind
from adapters.slack.adapter import SlackSettings
from adapters.slack.chat import SlackChat
from bot.inbound import Account
from bot.messages.model import Actions, Button, Message, Plain, Quote, Row
from bot.ports import Chat, Dnd, Done, Outcome, Refused, Unclear, Wait
from bot.records import Delivery, Lane
from rules.effects import EndSnooze, PublishHome, SetStatus, Snooze
from rules.statuses import Status
from tests.support.slack_stage import START, Stage, account, raised_stage, sentence

HOSTILE = "<!channel> <@U0SAM> <https://evil.example|bank> & *bold* `code`"
PATIENT, HASTY = 10.0, 0.4  # seconds


class Trouble(Enum):
    """What may happen to a call."""

    LIMITED = auto()  # refused for 7 seconds, nothing stored, body is no JSON
    SERVER_ERROR = auto()  # 503, nothing stored
    DROPPED = auto()  # stored, connection closed without an answer
    RESET = auto()  # stored, connection reset
    TRUNCATED = auto()  # stored, half an answer
    SLOW = auto()  # stored, the answer comes after the time limit


class World(Protocol):
    """One platform's stand-in with a chat that talks to it. `maya` is connected, `lee` is not."""

    chat: Chat
    maya: Account
    lee: Account
    guest: Account
    robot: Account
    channel: str
    elsewhere: str
    secrets: tuple[str, ...]

    def now(self) -> datetime: ...
    def trouble(self, kind: Trouble, times: int | None = 1) -> None: ...
    def kill_token(self, of: Account | None) -> None: ...
    def calm(self) -> None: ...
    def calls(self) -> Mapping[str, int]: ...
    def posts(self, to: Account) -> list[str]: ...
    def private_notes(self, channel: str) -> list[tuple[str, str]]: ...
    def home_of(self, to: Account) -> str: ...
    def chatter(self, by: Account, messages: int) -> None: ...


class SlackWorld:
    """The local workspace and a chat whose time limit is short while answers are slow."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._slack = SlackChat(stage.http, stage.slack.api_url, directory=stage.directory, timeout=PATIENT)
        self.chat: Chat = self._slack
        self.maya, self.lee = account("U0MAYA"), account("U0LEE")
        self.guest, self.robot = account("U0GUEST"), account("U0BOT")
        self.channel, self.elsewhere = "C0PLATFORM", "C0RANDOM"
        guest = replace(
            stage.workspace.users["U0ANA"], id="U0GUEST", name="guest", real_name="A Guest", restricted=True
        )
        stage.workspace.add_user(guest)
        self.secrets = (stage.seeded.bot.secret, *(token.secret for token in stage.seeded.users.values()))

    def now(self) -> datetime:
        return self.stage.clock.now()

    def trouble(self, kind: Trouble, times: int | None = 1) -> None:
        fault = {
            Trouble.LIMITED: Fault(FaultKind.RATE_LIMITED, times=times, seconds=7, json_body=False),
            Trouble.SERVER_ERROR: Fault(FaultKind.SERVER_ERROR, times=times),
            Trouble.DROPPED: Fault(FaultKind.DROP, times=times),
            Trouble.RESET: Fault(FaultKind.RESET, times=times),
            Trouble.TRUNCATED: Fault(FaultKind.TRUNCATE, times=times),
            Trouble.SLOW: Fault(FaultKind.SLOW_ANSWER, times=times, seconds=2.0),
        }[kind]
        self.stage.workspace.faults.add(fault)
        self._slack.api.timeout = HASTY if kind is Trouble.SLOW else PATIENT

    def kill_token(self, of: Account | None) -> None:
        token = self.stage.seeded.users[of.user] if of else self.stage.seeded.bot
        token.revoked = True

    def calm(self) -> None:
        self.stage.workspace.faults.clear()
        self._slack.api.timeout = PATIENT

    def calls(self) -> Mapping[str, int]:
        return dict(self.stage.workspace.audit.arrivals)

    def posts(self, to: Account) -> list[str]:
        chat = self.stage.workspace.direct(to.user, "U0BOT")
        return [message.text for message in chat.messages.values()]

    def private_notes(self, channel: str) -> list[tuple[str, str]]:
        found = self.stage.workspace.channels[channel].ephemeral
        return [(message.viewer or "", message.text) for message in found]

    def home_of(self, to: Account) -> str:
        return repr(self.stage.workspace.views[self.stage.workspace.homes[to.user]]["blocks"])

    def chatter(self, by: Account, messages: int) -> None:
        chat = self.stage.workspace.direct(by.user, "U0BOT")
        for number in range(messages):
            posting.post(self.stage.workspace, chat, by.user, f"chatter {number}", method="say")


@asynccontextmanager
async def slack_world() -> AsyncIterator[World]:
    async with raised_stage() as stage:
        yield SlackWorld(stage)


WORLDS: Mapping[str, Callable[[], AbstractAsyncContextManager[World]]] = {"slack": slack_world}


@pytest.fixture(params=sorted(WORLDS))
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with WORLDS[request.param]() as one:
        yield one


def _all_calls(world: World) -> dict[str, Callable[[], Awaitable[object]]]:
    chat, maya, note = world.chat, world.maya, sentence("hello")
    return {
        "post": lambda: chat.post(maya, note, "d_1"),
        "note": lambda: chat.note(maya, world.channel, note, "d_1"),
        "find": lambda: chat.find(maya, ["d_1"]),
        "withdraw": lambda: chat.withdraw(maya, "D1:1.0"),
        "read_status": lambda: chat.read_status(maya),
        "write_status": lambda: chat.write_status(maya, Status("Back at 15:00", ":dart:", None)),
        "read_dnd": lambda: chat.read_dnd(maya),
        "snooze": lambda: chat.snooze(maya, 30),
        "end_snooze": lambda: chat.end_snooze(maya),
        "publish_home": lambda: chat.publish_home(maya, note),
        "profile": lambda: chat.profile(maya),
    }


CALLS = (
    "post",
    "note",
    "find",
    "withdraw",
    "read_status",
    "write_status",
    "read_dnd",
    "snooze",
    "end_snooze",
    "publish_home",
    "profile",
)


# Messages --------------------


async def test_a_posted_message_is_found_by_its_delivery(world: World) -> None:
    posted = await world.chat.post(world.maya, sentence("Three messages waited."), "d_1")
    assert isinstance(posted, Done)
    await world.chat.post(world.maya, sentence("Another."), "d_2")
    assert world.posts(world.maya)[-2:] == ["Three messages waited.", "Another."]
    found = await world.chat.find(world.maya, ["d_1", "d_9"])
    assert found == {"d_1": (posted.ref,)}


async def test_copies_of_one_delivery_are_all_found_and_each_can_be_withdrawn(world: World) -> None:
    first = await world.chat.post(world.maya, sentence("once"), "d_1")
    second = await world.chat.post(world.maya, sentence("once"), "d_1")
    assert isinstance(first, Done)
    assert isinstance(second, Done)
    found = await world.chat.find(world.maya, ["d_1"])
    assert isinstance(found, Mapping)
    assert set(found["d_1"]) == {first.ref, second.ref}
    assert isinstance(await world.chat.withdraw(world.maya, second.ref), Done)
    assert await world.chat.find(world.maya, ["d_1"]) == {"d_1": (first.ref,)}


async def test_withdrawing_what_is_gone_is_done(world: World) -> None:
    posted = await world.chat.post(world.maya, sentence("once"), "d_1")
    assert isinstance(posted, Done)
    for _ in range(2):
        assert isinstance(await world.chat.withdraw(world.maya, posted.ref), Done)


async def test_a_delivery_is_found_among_many_messages(world: World) -> None:
    await world.chat.post(world.maya, sentence("the first"), "d_old")
    world.chatter(world.maya, 130)
    found = await world.chat.find(world.maya, ["d_old"])
    assert isinstance(found, Mapping)
    assert list(found) == ["d_old"]


async def test_text_from_people_arrives_inert(world: World) -> None:
    message = Message(HOSTILE, (Quote(HOSTILE), Row((Plain(HOSTILE),), (Button(HOSTILE, "a", "v"),))))
    assert isinstance(await world.chat.post(world.maya, message, "d_1"), Done)
    assert "<!" not in world.posts(world.maya)[-1]
    assert "<@" not in world.posts(world.maya)[-1]


async def test_a_note_is_seen_by_one_person_only(world: World) -> None:
    buttons = Actions((Button("Deliver when back", "keep", "h_1"),))
    note = Message("Maya is back at 19:30.", (buttons,))
    assert isinstance(await world.chat.note(world.maya, world.channel, note, "d_1"), Done)
    assert world.private_notes(world.channel) == [(world.maya.user, "Maya is back at 19:30.")]


async def test_a_note_where_the_bot_is_not_is_refused_for_this_note_only(world: World) -> None:
    refused = await world.chat.note(world.maya, world.elsewhere, sentence("x"), "d_1")
    assert isinstance(refused, Refused)
    assert refused.code
    assert not refused.tenant_wide
    assert not refused.account_wide


async def test_home_is_published(world: World) -> None:
    assert isinstance(await world.chat.publish_home(world.maya, sentence("Your day")), Done)
    assert "Your day" in world.home_of(world.maya)


async def test_a_profile_tells_name_zone_and_kind(world: World) -> None:
    profile = await world.chat.profile(world.maya)
    guest, robot = await world.chat.profile(world.guest), await world.chat.profile(world.robot)
    assert not isinstance(profile, Outcome)
    assert not isinstance(guest, Outcome)
    assert not isinstance(robot, Outcome)
    assert (profile.name, profile.zone) == ("Maya Costa", "Europe/Lisbon")
    assert (profile.is_guest, guest.is_guest, profile.is_bot, robot.is_bot) == (False, True, False, True)


# Status and snooze --------------------


@pytest.mark.parametrize("text", ["Back at 15:00", "Q & A <until> 15:00"])
async def test_a_status_reads_back_as_written_and_clears(world: World, text: str) -> None:
    ends = world.now() + timedelta(hours=2)
    status = Status(text, ":dart:", ends)
    assert isinstance(await world.chat.write_status(world.maya, status), Done)
    assert await world.chat.read_status(world.maya) == status
    assert isinstance(await world.chat.write_status(world.maya, Status("", "", None)), Done)
    assert await world.chat.read_status(world.maya) == Status("", "", None)


async def test_a_snooze_is_seen_and_ended_and_ending_twice_is_done(world: World) -> None:
    assert isinstance(await world.chat.snooze(world.maya, 90), Done)
    seen = await world.chat.read_dnd(world.maya)
    assert isinstance(seen, Dnd)
    assert seen.snoozed_until == world.now().replace(microsecond=0) + timedelta(minutes=90)
    for _ in range(2):
        assert isinstance(await world.chat.end_snooze(world.maya), Done)
    seen = await world.chat.read_dnd(world.maya)
    assert isinstance(seen, Dnd)
    assert seen.snoozed_until is None


async def test_a_snooze_longer_than_allowed_is_shortened(world: World) -> None:
    assert isinstance(await world.chat.snooze(world.maya, 100_000), Done)
    seen = await world.chat.read_dnd(world.maya)
    assert isinstance(seen, Dnd)
    assert seen.snoozed_until is not None
    assert timedelta(hours=1) < seen.snoozed_until - world.now() <= timedelta(hours=24)


async def test_who_has_not_connected_is_refused_for_that_account_only(world: World) -> None:
    for answer in (
        await world.chat.read_status(world.lee),
        await world.chat.write_status(world.lee, Status("x", "", None)),
        await world.chat.snooze(world.lee, 30),
        await world.chat.end_snooze(world.lee),
    ):
        assert isinstance(answer, Refused)
        assert answer.account_wide
        assert not answer.tenant_wide
    assert isinstance(await world.chat.post(world.lee, sentence("still delivered"), "d_1"), Done)


# What goes wrong --------------------


@pytest.mark.parametrize("call", CALLS)
async def test_a_limit_is_a_definite_no_with_its_time(world: World, call: str) -> None:
    await world.chat.post(world.maya, sentence("before"), "d_0")
    before = world.calls()
    world.trouble(Trouble.LIMITED)
    answer = await _all_calls(world)[call]()
    assert isinstance(answer, Wait)
    assert answer.seconds == 7
    assert answer.method
    assert sum(world.calls().values()) - sum(before.values()) == 1


@pytest.mark.parametrize("kind", [kind for kind in Trouble if kind is not Trouble.LIMITED])
@pytest.mark.parametrize("call", CALLS)
async def test_a_lost_answer_is_unclear_and_nothing_is_called_twice(
    world: World, call: str, kind: Trouble
) -> None:
    await world.chat.post(world.maya, sentence("before"), "d_0")
    before = world.calls()
    world.trouble(kind)
    answer = await _all_calls(world)[call]()
    assert isinstance(answer, Unclear)
    assert sum(world.calls().values()) - sum(before.values()) == 1


@pytest.mark.parametrize("kind", [Trouble.DROPPED, Trouble.RESET, Trouble.TRUNCATED, Trouble.SLOW])
async def test_a_message_whose_answer_was_lost_is_found(world: World, kind: Trouble) -> None:
    await world.chat.post(world.maya, sentence("before"), "d_0")
    world.trouble(kind)
    assert isinstance(await world.chat.post(world.maya, sentence("lost"), "d_1"), Unclear)
    world.calm()
    found = await world.chat.find(world.maya, ["d_1"])
    assert isinstance(found, Mapping)
    assert len(found["d_1"]) == 1


async def test_a_first_message_whose_chat_cannot_be_opened_is_not_unclear(world: World) -> None:
    world.trouble(Trouble.SERVER_ERROR)
    before = len(world.posts(world.maya))
    assert isinstance(await world.chat.post(world.maya, sentence("x"), "d_1"), Wait)
    assert len(world.posts(world.maya)) == before


async def test_a_dead_bot_token_is_the_whole_tenants_trouble(world: World) -> None:
    world.kill_token(None)
    refused = await world.chat.post(world.maya, sentence("x"), "d_1")
    assert isinstance(refused, Refused)
    assert refused.tenant_wide


async def test_a_dead_persons_token_is_that_accounts_trouble(world: World) -> None:
    world.kill_token(world.maya)
    refused = await world.chat.snooze(world.maya, 30)
    assert isinstance(refused, Refused)
    assert refused.account_wide
    assert not refused.tenant_wide
    assert isinstance(await world.chat.post(world.maya, sentence("still delivered"), "d_1"), Done)


@pytest.mark.parametrize("call", CALLS)
async def test_no_failure_tells_a_secret_or_a_message(
    world: World, call: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    said: list[object] = []
    for kind in Trouble:
        world.trouble(kind)
        said.append(await _all_calls(world)[call]())
        world.calm()
    for owner in (world.maya, None):
        world.kill_token(owner)
        said.append(await _all_calls(world)[call]())
    told = repr(said) + caplog.text
    assert not any(secret in told for secret in world.secrets)
    assert "hello" not in told


# Costs --------------------


def _delivery(lane: Lane, to: Account) -> Delivery:
    effect = {
        Lane.STATUS: SetStatus("p", START),
        Lane.SNOOZE: Snooze("p", START),
        Lane.HOME: PublishHome("p", START),
    }.get(lane, PublishHome("p", START))
    return Delivery("d_1", "key", lane, to, effect, START)


@pytest.mark.parametrize("lane", list(Lane))
async def test_what_a_delivery_calls_is_what_it_costs(world: World, lane: Lane) -> None:
    chat, maya = world.chat, world.maya
    costs = chat.costs(_delivery(lane, maya))
    before = world.calls()
    calls = _all_calls(world)
    steps = {
        Lane.MESSAGE: ["post"],
        Lane.NOTE: ["note"],
        Lane.STATUS: ["read_status", "write_status"],
        Lane.SNOOZE: ["read_dnd", "snooze"],
        Lane.HOME: ["publish_home"],
    }[lane]
    for step in steps:
        await calls[step]()
    made = {name for name, count in world.calls().items() if count > before.get(name, 0)}
    assert made == {cost.method for cost in costs}
    assert all(0 < cost.burst <= cost.per_minute for cost in costs)


async def test_an_open_chat_is_not_paid_for_again(world: World) -> None:
    first = {cost.method for cost in world.chat.costs(_delivery(Lane.MESSAGE, world.maya))}
    await world.chat.post(world.maya, sentence("x"), "d_1")
    second = {cost.method for cost in world.chat.costs(_delivery(Lane.MESSAGE, world.maya))}
    assert second < first


async def test_ending_a_snooze_costs_what_it_calls(world: World) -> None:
    delivery = replace(_delivery(Lane.SNOOZE, world.maya), effect=EndSnooze("p", START))
    before = world.calls()
    await world.chat.read_dnd(world.maya)
    await world.chat.end_snooze(world.maya)
    made = {name for name, count in world.calls().items() if count > before.get(name, 0)}
    assert made == {cost.method for cost in world.chat.costs(delivery)}


def test_settings_show_no_secret() -> None:
    settings = SlackSettings(("sign-me",), client_secret="shared", app_token="xapp-1")
    assert not any(secret in repr(settings) for secret in ("sign-me", "shared", "xapp-1"))
