"""The contract of a `Chat` in channels: what a team says there is read by its organisation's own people only,
and can be shown anew in its place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.messages.model import Actions, Button, Chart, Message, Quote, Series, Who
from bot.messages.words import say
from bot.ports import OUTSIDERS, Done, Refused, Unclear, Wait
from bot.records import Delivery, Lane
from rules.effects import TeamPost
from tests.support.chat_worlds import WORLDS, Trait, Trouble, World
from tests.support.slack_stage import START, sentence

BALLOT = Message("Vote on core hours.", (Actions((Button("Yes", "vote_yes", "b1"),)),))
PROBING = sorted(name for name, entry in WORLDS.items() if Trait.PROBES in entry.traits)


@pytest.fixture(params=sorted(WORLDS))
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with WORLDS[request.param].raised() as one:
        yield one


async def announced(world: World, text: str = "Core hours are put to the vote.") -> str:
    outcome = await world.chat.announce(world.place, sentence(text), "d_1")
    assert isinstance(outcome, Done)
    assert outcome.ref
    return outcome.ref


def made(world: World, before: dict[str, int]) -> dict[str, int]:
    return {name: n - before.get(name, 0) for name, n in world.calls().items() if n > before.get(name, 0)}


async def test_everybody_in_the_channel_reads_what_is_announced(world: World) -> None:
    await announced(world)
    assert world.said(world.place) == ["Core hours are put to the vote."]
    assert world.private_notes(world.place.user) == []


async def test_it_is_shown_anew_in_its_place(world: World) -> None:
    ref = await announced(world)
    other = await world.chat.announce(world.place, sentence("Another vote."), "d_2")
    assert isinstance(other, Done)
    for text in ("Two of five voted.", "It is decided."):
        assert isinstance(await world.chat.revise(world.place, ref, sentence(text)), Done)
    assert world.said(world.place) == ["It is decided.", "Another vote."]


async def test_nothing_is_announced_where_a_guest_reads_along(world: World) -> None:
    refused = await world.chat.announce(world.mixed, sentence("x"), "d_1")
    assert refused == Refused(OUTSIDERS)
    assert world.said(world.mixed) == []


@pytest.mark.parametrize("kind", ["guest", "stranger"])
async def test_whoever_joins_from_outside_is_seen_before_the_next_post(world: World, kind: str) -> None:
    ref = await announced(world)
    world.joins(world.place, kind)
    assert await world.chat.announce(world.place, sentence("x"), "d_2") == Refused(OUTSIDERS)
    assert await world.chat.revise(world.place, ref, sentence("x")) == Refused(OUTSIDERS)
    assert world.said(world.place) == ["Core hours are put to the vote."]


async def test_a_colleague_who_joins_changes_nothing(world: World) -> None:
    await announced(world)
    world.joins(world.place, "colleague")
    assert isinstance(await world.chat.announce(world.place, sentence("x"), "d_2"), Done)


async def test_where_the_bot_is_not_is_a_clear_no_for_this_post_only(world: World) -> None:
    refused = await world.chat.announce(world.outside, sentence("x"), "d_1")
    assert isinstance(refused, Refused)
    assert refused.code not in {"", OUTSIDERS}
    assert not refused.tenant_wide
    assert world.said(world.outside) == []
    await announced(world)


async def test_who_reads_a_channel_is_not_asked_for_every_post(world: World) -> None:
    ref = await announced(world)
    before = dict(world.calls())
    await world.chat.revise(world.place, ref, sentence("x"))
    await world.chat.revise(world.place, ref, sentence("y"))
    assert sum(made(world, before).values()) == 2


async def test_nobody_is_mentioned(world: World) -> None:
    hostile = "<!channel> <@U0SAM> <at>Kenji Mori</at> @everyone"
    message = Message(hostile, (Quote(hostile), *sentence(hostile).parts))
    named = replace(message, parts=(*message.parts, *Message("", (say(Who("U0SAM", "Sam")),)).parts))
    assert isinstance(await world.chat.announce(world.place, named, "d_1"), Done)
    assert world.mentions(world.place) == []


async def test_a_chart_goes_with_its_words(world: World) -> None:
    chart = Chart("Kept focus", ("Mon", "Tue"), (Series("kept", (3, 1)), Series("planned", (4, 4))), "Most.")
    assert isinstance(await world.chat.announce(world.place, Message("Week 48", (chart,)), "d_1"), Done)


# What goes wrong --------------------


@pytest.mark.parametrize("kind", [Trouble.DROPPED, Trouble.RESET, Trouble.TRUNCATED, Trouble.SLOW])
async def test_an_announcement_whose_answer_was_lost_stands_once(world: World, kind: Trouble) -> None:
    await announced(world, "before")
    world.trouble(kind)
    assert isinstance(await world.chat.announce(world.place, sentence("lost"), "d_2"), Unclear)
    assert world.said(world.place).count("lost") == 1


@pytest.mark.parametrize("world", PROBING, indirect=True)
async def test_an_announcement_whose_answer_was_lost_is_found_in_the_channel(world: World) -> None:
    first = await announced(world, "before")
    world.trouble(Trouble.DROPPED)
    assert isinstance(await world.chat.announce(world.place, sentence("lost"), "d_2"), Unclear)
    world.calm()
    found = await world.chat.find(world.place, ["d_1", "d_2", "d_3"])
    assert isinstance(found, dict)
    assert found["d_1"] == (first,)
    assert (set(found), len(found["d_2"])) == ({"d_1", "d_2"}, 1)


@pytest.mark.parametrize("world", PROBING, indirect=True)
async def test_what_was_shown_anew_is_still_found(world: World) -> None:
    ref = await announced(world)
    await world.chat.revise(world.place, ref, BALLOT)
    assert await world.chat.find(world.place, ["d_1"]) == {"d_1": (ref,)}


async def test_a_copy_can_be_taken_back(world: World) -> None:
    await announced(world, "the first")
    second = await world.chat.announce(world.place, sentence("the second"), "d_1")
    assert isinstance(second, Done)
    assert isinstance(await world.chat.withdraw(world.place, second.ref), Done)
    assert world.said(world.place) == ["the first"]


@pytest.mark.parametrize("kind", [kind for kind in Trouble if kind is not Trouble.SLOW])
async def test_trouble_with_seeing_who_reads_means_not_now_and_nothing_is_posted(
    world: World, kind: Trouble
) -> None:
    await world.chat.post(world.maya, sentence("before"), "d_0")  # whatever token is needed is there
    world.trouble(kind)
    outcome = await world.chat.announce(world.place, sentence("x"), "d_1")
    assert isinstance(outcome, Wait)
    assert outcome.seconds > 0
    assert world.said(world.place) == []


async def test_showing_anew_what_is_gone_is_refused(world: World) -> None:
    ref = await announced(world)
    await world.chat.withdraw(world.place, ref)
    refused = await world.chat.revise(world.place, ref, sentence("x"))
    assert isinstance(refused, Refused)
    assert not refused.tenant_wide
    assert world.said(world.place) == []


async def test_a_dead_bot_token_is_the_whole_tenants_trouble(world: World) -> None:
    world.kill_token(None)
    refused = await world.chat.announce(world.place, sentence("x"), "d_1")
    assert isinstance(refused, Refused)
    assert refused.tenant_wide


# Costs --------------------


def _row(world: World, after: str = "") -> Delivery:
    effect = TeamPost("platform", "ballot", "b1", 1 if after else 0)
    return Delivery("d_9", "key", Lane.CHANNEL, world.place, effect, START, after=after)


async def test_a_post_costs_what_it_calls_and_looking_costs_once(world: World) -> None:
    for _ in range(2):
        costs, before = world.chat.costs(_row(world)), dict(world.calls())
        await announced(world)
        assert set(made(world, before)) == world.charged(costs)


async def test_showing_anew_costs_what_it_calls(world: World) -> None:
    ref = await announced(world)
    world.joins(world.place, "colleague")
    for _ in range(2):
        costs, before = world.chat.costs(_row(world, after="key")), dict(world.calls())
        await world.chat.revise(world.place, ref, BALLOT)
        assert set(made(world, before)) == world.charged(costs)


async def test_a_limit_of_a_channel_is_one_that_its_deliveries_pay_for(world: World) -> None:
    await announced(world)
    world.trouble(Trouble.LIMITED)
    wait = await world.chat.announce(world.place, sentence("x"), "d_2")
    assert isinstance(wait, Wait)
    paid = {(cost.method, cost.channel) for cost in world.chat.costs(_row(world))}
    assert (wait.method, wait.channel) in paid
