"""The contract of a `Chat`: the same story, whatever the platform (tests/support/chat_worlds.py). What only
some platforms can do is told in their worlds alone."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.inbound import Account, Profile
from bot.messages.model import Actions, Button, Message, Plain, Quote, Row
from bot.ports import Dnd, Done, Presences, Refused, Snoozes, Unclear, Wait
from bot.records import Delivery, Lane
from rules.effects import EndSnooze, PublishHome, SetStatus, Snooze
from rules.statuses import Status
from tests.support.chat_worlds import WORLDS, Trait, Trouble, World
from tests.support.slack_stage import START, sentence

HOSTILE = "<!channel> <@U0SAM> <https://evil.example|bank> & *bold* `code`"
BACK, NOTHING = Status("Back at 15:00", ":dart:", None), Status("", "", None)
DND = "DoNotDisturb"

Call = Callable[[World], Awaitable[object]]


def snoozes(world: World) -> Snoozes:
    assert isinstance(world.chat, Snoozes)
    return world.chat


def presences(world: World) -> Presences:
    assert isinstance(world.chat, Presences)
    return world.chat


COMMON: dict[str, Call] = {
    "post": lambda world: world.chat.post(world.maya, sentence("hello"), "d_1"),
    "note": lambda world: world.chat.note(world.maya, world.channel, sentence("hello"), "d_1"),
    "withdraw": lambda world: world.chat.withdraw(world.maya, world.nothing),
    "read_status": lambda world: world.chat.read_status(world.maya),
    "write_status": lambda world: world.chat.write_status(world.maya, BACK),
    "publish_home": lambda world: world.chat.publish_home(world.maya, sentence("hello")),
    "announce": lambda world: world.chat.announce(world.place, sentence("hello"), "d_1"),
    "revise": lambda world: world.chat.revise(world.place, world.refs["revise"], sentence("hello")),
    "profile": lambda world: world.chat.profile(world.maya),
}
SPECIAL: dict[Trait, dict[str, Call]] = {
    Trait.PROBES: {"find": lambda world: world.chat.find(world.maya, ["d_1"])},
    Trait.SNOOZES: {
        "read_dnd": lambda world: snoozes(world).read_dnd(world.maya),
        "snooze": lambda world: snoozes(world).snooze(world.maya, 30),
        "end_snooze": lambda world: snoozes(world).end_snooze(world.maya),
    },
    Trait.PRESENCES: {
        "read_presence": lambda world: presences(world).read_presence(world.maya),
        "write_presence": lambda world: presences(world).write_presence(world.maya, Status(DND, "", None)),
        "clear_presence": lambda world: presences(world).write_presence(world.maya, NOTHING),
    },
}
CALLS = COMMON | {name: call for calls in SPECIAL.values() for name, call in calls.items()}
CASES = [
    (name, call)
    for name, entry in WORLDS.items()
    for call in (
        *COMMON,
        *(each for trait, calls in SPECIAL.items() if trait in entry.traits for each in calls),
    )
]
each_call = pytest.mark.parametrize(
    ("world", "call"), CASES, indirect=["world"], ids=[f"{name}-{call}" for name, call in CASES]
)


def where(trait: Trait, *, present: bool = True) -> pytest.MarkDecorator:
    """For tests about what only some platforms can do."""
    names = sorted(name for name, entry in WORLDS.items() if (trait in entry.traits) is present)
    return pytest.mark.parametrize("world", names, indirect=True)


@pytest.fixture(params=sorted(WORLDS))
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with WORLDS[request.param].raised() as one:
        yield one


async def make(world: World, call: str) -> object:
    """One call, after what it needs before it."""
    if call == "publish_home":
        await world.wants_home(world.maya)
    if call == "revise" and not world.refs:
        await begin(world)
    return await CALLS[call](world)


async def begin(world: World) -> None:
    """The chat with Maya is open, it is known who reads the channel, and whatever tokens are needed are
    there."""
    await world.chat.post(world.maya, sentence("before"), "d_0")
    announced = await world.chat.announce(world.place, sentence("before"), "d_0")
    world.refs["revise"] = announced.ref if isinstance(announced, Done) else ""
    await world.chat.read_status(world.maya)


def made(world: World, before: Mapping[str, int]) -> dict[str, int]:
    """The calls that arrived since then."""
    now = world.calls()
    return {name: count - before.get(name, 0) for name, count in now.items() if count > before.get(name, 0)}


@pytest.mark.parametrize("name", sorted(WORLDS))
async def test_a_chat_says_what_its_platform_can_do(name: str) -> None:
    traits = WORLDS[name].traits
    async with WORLDS[name].raised() as world:
        assert world.chat.platform == name
        assert world.chat.probes == (Trait.PROBES in traits)
        assert isinstance(world.chat, Snoozes) == (Trait.SNOOZES in traits)
        assert isinstance(world.chat, Presences) == (Trait.PRESENCES in traits)


# Messages --------------------


async def test_messages_arrive_as_they_were_posted_in_order(world: World) -> None:
    refs = []
    for text in ("Three messages waited.", "Another."):
        posted = await world.chat.post(world.maya, sentence(text), f"d_{text}")
        assert isinstance(posted, Done)
        refs.append(posted.ref)
    assert world.posts(world.maya)[-2:] == ["Three messages waited.", "Another."]
    assert len(set(refs) - {""}) == 2


@where(Trait.PROBES)
async def test_a_posted_message_is_found_by_its_delivery(world: World) -> None:
    posted = await world.chat.post(world.maya, sentence("Three messages waited."), "d_1")
    assert isinstance(posted, Done)
    await world.chat.post(world.maya, sentence("Another."), "d_2")
    assert await world.chat.find(world.maya, ["d_1", "d_9"]) == {"d_1": (posted.ref,)}


@where(Trait.PROBES, present=False)
async def test_where_nothing_can_be_read_back_the_chat_says_so_without_asking(world: World) -> None:
    await world.chat.post(world.maya, sentence("once"), "d_1")
    before = world.calls()
    assert isinstance(await world.chat.find(world.maya, ["d_1"]), Refused | Unclear)
    assert made(world, before) == {}


@where(Trait.PROBES)
async def test_copies_of_one_delivery_are_all_found(world: World) -> None:
    first = await world.chat.post(world.maya, sentence("once"), "d_1")
    second = await world.chat.post(world.maya, sentence("once"), "d_1")
    assert isinstance(first, Done)
    assert isinstance(second, Done)
    found = await world.chat.find(world.maya, ["d_1"])
    assert isinstance(found, Mapping)
    assert set(found["d_1"]) == {first.ref, second.ref}
    assert isinstance(await world.chat.withdraw(world.maya, second.ref), Done)
    assert await world.chat.find(world.maya, ["d_1"]) == {"d_1": (first.ref,)}


async def test_a_copy_can_be_withdrawn_by_its_ref_and_the_other_stays(world: World) -> None:
    before = len(world.posts(world.maya))
    await world.chat.post(world.maya, sentence("the first"), "d_1")
    second = await world.chat.post(world.maya, sentence("the second"), "d_1")
    assert isinstance(second, Done)
    assert isinstance(await world.chat.withdraw(world.maya, second.ref), Done)
    assert world.posts(world.maya)[before:] == ["the first"]


async def test_withdrawing_what_is_gone_is_done(world: World) -> None:
    posted = await world.chat.post(world.maya, sentence("once"), "d_1")
    assert isinstance(posted, Done)
    for _ in range(2):
        assert isinstance(await world.chat.withdraw(world.maya, posted.ref), Done)


@where(Trait.PROBES)
async def test_a_delivery_is_found_among_many_messages(world: World) -> None:
    await world.chat.post(world.maya, sentence("the first"), "d_old")
    world.chatter(world.maya, 130)
    found = await world.chat.find(world.maya, ["d_old"])
    assert isinstance(found, Mapping)
    assert list(found) == ["d_old"]


async def test_text_from_people_arrives_inert(world: World) -> None:
    message = Message(HOSTILE, (Quote(HOSTILE), Row((Plain(HOSTILE),), (Button(HOSTILE, "a", "v"),))))
    assert isinstance(await world.chat.post(world.maya, message, "d_1"), Done)
    assert world.inert(world.maya, HOSTILE)


async def test_a_note_is_seen_by_one_person_only(world: World) -> None:
    buttons = Actions((Button("Deliver when back", "keep", "h_1"),))
    note = Message("Maya is back at 19:30.", (buttons,))
    assert isinstance(await world.chat.note(world.maya, world.channel, note, "d_1"), Done)
    ((viewer, _),) = world.private_notes(world.channel)
    assert viewer == world.maya.user


async def test_a_note_says_the_same_sentence_everywhere(world: World) -> None:
    await world.chat.note(world.maya, world.channel, sentence("Maya is back at 19:30."), "d_1")
    assert world.private_notes(world.channel) == [(world.maya.user, "Maya is back at 19:30.")]


@where(Trait.OWN_CHAT_FOR_NOTES, present=False)
async def test_a_note_where_the_bot_is_not_is_refused_for_this_note_only(world: World) -> None:
    refused = await world.chat.note(world.maya, world.elsewhere, sentence("x"), "d_1")
    assert isinstance(refused, Refused)
    assert refused.code
    assert not refused.tenant_wide
    assert not refused.account_wide


@where(Trait.OWN_CHAT_FOR_NOTES)
async def test_a_note_where_the_bot_is_not_goes_to_the_persons_own_chat(world: World) -> None:
    noted = await world.chat.note(world.maya, world.elsewhere, sentence("Maya is back at 19:30."), "d_1")
    assert isinstance(noted, Done)
    assert noted.ref
    assert world.posts(world.maya) == ["Maya is back at 19:30."]
    assert world.private_notes(world.elsewhere) == []


@where(Trait.LEAVES)
async def test_who_removed_the_bot_is_unreachable_and_nobody_else_is(world: World) -> None:
    await world.chat.post(world.maya, sentence("before"), "d_0")
    world.leaves(world.maya)
    refused = await world.chat.post(world.maya, sentence("x"), "d_1")
    assert isinstance(refused, Refused)
    assert (refused.unreachable, refused.tenant_wide, refused.account_wide) == (True, False, False)
    assert isinstance(await world.chat.post(world.lee, sentence("still delivered"), "d_2"), Done)


async def test_home_is_published(world: World) -> None:
    await world.wants_home(world.maya)
    for _ in range(2):
        assert isinstance(await world.chat.publish_home(world.maya, sentence("Your day")), Done)
    assert "Your day" in world.home_of(world.maya)


async def test_a_profile_tells_name_zone_and_kind(world: World) -> None:
    profile = await world.chat.profile(world.maya)
    guest, robot = await world.chat.profile(world.guest), await world.chat.profile(world.robot)
    assert isinstance(profile, Profile)
    assert isinstance(guest, Profile)
    assert isinstance(robot, Profile)
    assert (profile.name, profile.zone) == ("Maya Costa", world.zone)
    assert (profile.is_guest, guest.is_guest, profile.is_bot, robot.is_bot) == (False, True, False, True)


# Status, snooze and presence --------------------


@pytest.mark.parametrize("text", ["Back at 15:00", "Q & A <until> 15:00"])
async def test_a_status_reads_back_as_written_and_clears(world: World, text: str) -> None:
    ends = world.now() + timedelta(hours=2)
    status = Status(text, ":dart:", ends)
    assert isinstance(await world.chat.write_status(world.maya, status), Done)
    known = status if world.chat.tells_expiry else replace(status, expires=None)
    assert await world.chat.read_status(world.maya) == known
    assert isinstance(await world.chat.write_status(world.maya, NOTHING), Done)
    assert await world.chat.read_status(world.maya) == NOTHING


@where(Trait.SNOOZES)
async def test_a_snooze_is_seen_and_ended_and_ending_twice_is_done(world: World) -> None:
    chat = snoozes(world)
    assert isinstance(await chat.snooze(world.maya, 90), Done)
    seen = await chat.read_dnd(world.maya)
    assert isinstance(seen, Dnd)
    assert seen.snoozed_until == world.now().replace(microsecond=0) + timedelta(minutes=90)
    for _ in range(2):
        assert isinstance(await chat.end_snooze(world.maya), Done)
    seen = await chat.read_dnd(world.maya)
    assert isinstance(seen, Dnd)
    assert seen.snoozed_until is None


@where(Trait.SNOOZES)
async def test_a_snooze_longer_than_allowed_is_shortened(world: World) -> None:
    assert isinstance(await snoozes(world).snooze(world.maya, 100_000), Done)
    seen = await snoozes(world).read_dnd(world.maya)
    assert isinstance(seen, Dnd)
    assert seen.snoozed_until is not None
    assert timedelta(hours=1) < seen.snoozed_until - world.now() <= timedelta(hours=24)


@where(Trait.PRESENCES)
@pytest.mark.parametrize("name", [DND, "Busy", "BeRightBack", "OffWork"])
async def test_a_presence_is_seen_and_given_back_and_giving_it_back_twice_is_done(
    world: World, name: str
) -> None:
    chat, ends = presences(world), world.now() + timedelta(minutes=90)
    assert isinstance(await chat.write_presence(world.maya, Status(name, "", ends)), Done)
    assert await chat.read_presence(world.maya) == Status(name, "", None)
    for _ in range(2):
        assert isinstance(await chat.write_presence(world.maya, NOTHING), Done)
    assert await chat.read_presence(world.maya) == NOTHING


@where(Trait.PERSONAL_TOKENS)
async def test_who_has_not_connected_is_refused_for_that_account_only(world: World) -> None:
    for answer in (
        await world.chat.read_status(world.lee),
        await world.chat.write_status(world.lee, Status("x", "", None)),
        await snoozes(world).snooze(world.lee, 30),
        await snoozes(world).end_snooze(world.lee),
    ):
        assert isinstance(answer, Refused)
        assert answer.account_wide
        assert not answer.tenant_wide
    assert isinstance(await world.chat.post(world.lee, sentence("still delivered"), "d_1"), Done)


# What goes wrong --------------------


@each_call
async def test_a_limit_is_a_definite_no_with_its_time(world: World, call: str) -> None:
    await begin(world)
    before = world.calls()
    world.trouble(Trouble.LIMITED)
    answer = await make(world, call)
    assert isinstance(answer, Wait)
    assert answer.seconds == 7
    assert answer.method
    assert sum(made(world, before).values()) == 1


@each_call
@pytest.mark.parametrize("kind", [kind for kind in Trouble if kind is not Trouble.LIMITED])
async def test_a_lost_answer_is_unclear_and_nothing_is_called_twice(
    world: World, call: str, kind: Trouble
) -> None:
    await begin(world)
    before = world.calls()
    world.trouble(kind)
    assert isinstance(await make(world, call), world.meaning(kind, call))
    assert sum(made(world, before).values()) == 1


@where(Trait.PROBES)
@pytest.mark.parametrize("kind", [Trouble.DROPPED, Trouble.RESET, Trouble.TRUNCATED, Trouble.SLOW])
async def test_a_message_whose_answer_was_lost_is_found(world: World, kind: Trouble) -> None:
    await world.chat.post(world.maya, sentence("before"), "d_0")
    world.trouble(kind)
    assert isinstance(await world.chat.post(world.maya, sentence("lost"), "d_1"), Unclear)
    world.calm()
    found = await world.chat.find(world.maya, ["d_1"])
    assert isinstance(found, Mapping)
    assert len(found["d_1"]) == 1


@pytest.mark.parametrize("kind", [Trouble.DROPPED, Trouble.RESET, Trouble.TRUNCATED, Trouble.SLOW])
async def test_a_message_whose_answer_was_lost_stands_once(world: World, kind: Trouble) -> None:
    await world.chat.post(world.maya, sentence("before"), "d_0")
    world.trouble(kind)
    assert isinstance(await world.chat.post(world.maya, sentence("lost"), "d_1"), Unclear)
    assert world.posts(world.maya).count("lost") == 1


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


@where(Trait.PERSONAL_TOKENS)
async def test_a_dead_persons_token_is_that_accounts_trouble(world: World) -> None:
    world.kill_token(world.maya)
    refused = await snoozes(world).snooze(world.maya, 30)
    assert isinstance(refused, Refused)
    assert refused.account_wide
    assert not refused.tenant_wide
    assert isinstance(await world.chat.post(world.maya, sentence("still delivered"), "d_1"), Done)


@each_call
async def test_no_failure_tells_a_secret_or_a_message(
    world: World, call: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    said: list[object] = []
    for kind in Trouble:
        world.trouble(kind)
        said.append(await make(world, call))
        world.calm()
    for owner in (world.maya, None):
        world.kill_token(owner)
        said.append(await make(world, call))
    told = repr(said) + caplog.text
    assert world.secrets
    assert not any(secret in told for secret in world.secrets)
    assert "hello" not in told


# Costs --------------------

STEPS = {
    Lane.MESSAGE: ["post"],
    Lane.NOTE: ["note"],
    Lane.STATUS: ["read_status", "write_status"],
    Lane.HOME: ["publish_home"],
}
PAUSES = {Trait.SNOOZES: ["read_dnd", "snooze"], Trait.PRESENCES: ["read_presence", "write_presence"]}


def _delivery(lane: Lane, to: Account) -> Delivery:
    effect = {
        Lane.STATUS: SetStatus("p", START),
        Lane.SNOOZE: Snooze("p", START),
        Lane.HOME: PublishHome("p", START),
    }.get(lane, PublishHome("p", START))
    return Delivery("d_1", "key", lane, to, effect, START)


async def _costs_what_it_calls(world: World, delivery: Delivery, steps: list[str]) -> None:
    if delivery.lane is Lane.HOME:
        await world.wants_home(world.maya)
    costs, before = world.chat.costs(delivery), world.calls()
    for step in steps:
        await CALLS[step](world)
    assert set(made(world, before)) == world.charged(costs)
    assert all(0 < cost.burst <= cost.per_minute for cost in costs)


@pytest.mark.parametrize("lane", STEPS)
async def test_what_a_delivery_calls_is_what_it_costs(world: World, lane: Lane) -> None:
    await _costs_what_it_calls(world, _delivery(lane, world.maya), STEPS[lane])


@pytest.mark.parametrize(
    ("world", "trait"),
    [(name, trait) for name, entry in sorted(WORLDS.items()) for trait in PAUSES if trait in entry.traits],
    indirect=["world"],
)
async def test_a_pause_costs_what_it_calls(world: World, trait: Trait) -> None:
    await _costs_what_it_calls(world, _delivery(Lane.SNOOZE, world.maya), PAUSES[trait])


async def test_an_open_chat_is_not_paid_for_again(world: World) -> None:
    first = {cost.method for cost in world.chat.costs(_delivery(Lane.MESSAGE, world.maya))}
    await world.chat.post(world.maya, sentence("x"), "d_1")
    second = {cost.method for cost in world.chat.costs(_delivery(Lane.MESSAGE, world.maya))}
    assert second < first


@where(Trait.SNOOZES)
async def test_ending_a_snooze_costs_what_it_calls(world: World) -> None:
    delivery = replace(_delivery(Lane.SNOOZE, world.maya), effect=EndSnooze("p", START))
    await _costs_what_it_calls(world, delivery, ["read_dnd", "end_snooze"])
