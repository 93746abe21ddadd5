"""A team votes in its channel: the real application behind the real adapter, over the wire."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from adapters.playground.records import Message
from bot.app import App
from bot.metrics import Metrics
from bot.perform import Performer
from bot.ports import Tx
from bot.timing import Timing
from rules import parse_when
from tests.support.slack_stage import Stage
from tests.support.story import PlainVault, SmallCalendars

CHANNEL = "C0PLATFORM"
TEAM = ("U0SAM", "U0KENJI", "U0MAYA")
CORE = "team propose core mon-thu 13:00-15:00"


@pytest.fixture
async def performer(stage: Stage) -> Performer:
    """The application takes the script's place, and a team of three is founded in the channel."""
    vault = PlainVault()
    app = App(
        store=stage.store, clock=stage.clock, vault=vault, calendars=SmallCalendars(), poke=lambda: None
    )  # fmt: skip
    await app.begin()
    stage.adapter._dispatcher._handler = app.handle
    made = Performer(
        store=stage.store, clock=stage.clock, chats={"slack": stage.adapter.chat}, vault=vault,
        timing=Timing(), owner="test", metrics=Metrics(),
    )  # fmt: skip
    for user in TEAM:
        await stage.humans.command(user, CHANNEL, "/boundary", "hours daily 00:00-24:00")
    await stage.humans.command(TEAM[0], CHANNEL, "/boundary", "team new Platform")
    for user in TEAM[1:]:
        await stage.humans.command(user, CHANNEL, "/boundary", "team join platform")
    await deliver(stage, made)
    return made


async def deliver(stage: Stage, performer: Performer) -> None:
    for _ in range(10):
        await performer.step()
        await performer.drain()
        stage.time.advance(2)


def posted(stage: Stage, channel: str = CHANNEL) -> list[Message]:
    """What the bot said for everybody, as it stands."""
    return [m for m in stage.workspace.channels[channel].messages.values() if m.user == "U0BOT"]


def button(message: Message, label: str) -> str:
    blocks = message.blocks or []
    found = [each for block in blocks for each in block.get("elements", []) if each.get("type") == "button"]
    return str(next(each["action_id"] for each in found if each["text"]["text"] == label))


async def test_a_ballot_in_the_channel_counts_votes_and_each_voter_is_answered_alone(
    stage: Stage, performer: Performer
) -> None:
    await stage.humans.command(TEAM[0], CHANNEL, "/boundary", CORE)
    await deliver(stage, performer)
    _, ballot = posted(stage)
    for place, user in enumerate(TEAM[1:], 1):
        seen = await stage.humans.press(user, ballot.ts, button(ballot, "Yes"), channel=CHANNEL)
        assert "You voted yes" in seen.text
        assert {message.viewer for message in seen.messages} == {user}
        await deliver(stage, performer)
        assert f"{place} of 3 voted" in json.dumps(ballot.blocks) or "Accepted" in json.dumps(ballot.blocks)
    assert len(posted(stage)) == 2
    assert ballot.edited_ts is not None
    assert "Kenji" not in json.dumps(ballot.blocks)
    assert stage.workspace.calls_over_limit() == 0


async def test_with_a_guest_in_the_channel_each_member_reads_the_ballot_in_private(
    stage: Stage, performer: Performer
) -> None:
    guest = replace(stage.workspace.users["U0ANA"], id="U0GUEST", name="guest", restricted=True)
    stage.workspace.add_user(guest)
    stage.workspace.channels[CHANNEL].members["U0GUEST"] = None
    stage.time.advance(60)
    await stage.humans.command(TEAM[0], CHANNEL, "/boundary", CORE)
    await deliver(stage, performer)
    assert len(posted(stage)) == 1
    for user in TEAM:
        private = posted(stage, stage.workspace.direct(user, "U0BOT").id)
        told = [message for message in private if message.text.startswith("Proposal 1")]
        assert len(told) == 1, user
        seen = await stage.humans.press(user, told[0].ts, button(told[0], "Yes"), channel=told[0].channel)
        assert seen.ok, user
    await deliver(stage, performer)
    assert len(posted(stage)) == 1


async def test_a_lifted_stretch_is_told_in_the_channel_judged_alone_and_taken_back(
    stage: Stage, performer: Performer
) -> None:
    await stage.store.write(focused)
    await stage.humans.command(TEAM[0], CHANNEL, "/boundary", "team lift 30m incident review")
    await deliver(stage, performer)
    _, post = posted(stage)
    assert "incident review" in json.dumps(post.blocks)
    for label in ("Fair", "Could have waited"):
        seen = await stage.humans.press(TEAM[1], post.ts, button(post, label), channel=CHANNEL)
        assert f"Noted: {label.lower()}" in seen.text
        assert {message.viewer for message in seen.messages} == {TEAM[1]}
    await stage.humans.command(TEAM[0], CHANNEL, "/boundary", "team lift off")
    await deliver(stage, performer)
    assert len(posted(stage)) == 2
    assert "took it back" in json.dumps(post.blocks)
    assert "Could have waited" not in json.dumps(post.blocks)


async def test_the_form_that_lifts_a_stretch_opens_and_says_what_is_missing(
    stage: Stage, performer: Performer
) -> None:
    await stage.store.write(focused)
    view = (await stage.humans.command(TEAM[0], CHANNEL, "/boundary", "team lift")).view
    assert view is not None
    wrong = {"when": {"answer": "someday"}, "reason": {"answer": "incident review"}}
    seen = await stage.humans.submit_view(TEAM[0], view["id"], wrong)
    assert list(seen.errors) == ["when"]
    right = wrong | {"when": {"answer": "30m"}}
    done = await stage.humans.submit_view(TEAM[0], view["id"], right)
    assert "The others read that it was you" in json.dumps(done.view)
    await deliver(stage, performer)
    assert "incident review" in json.dumps(posted(stage)[1].blocks)


def focused(tx: Tx) -> None:
    """The team keeps quiet all day."""
    record = tx.teams.get("platform")
    assert record is not None
    tx.teams.put(replace(record, team=replace(record.team, shared_focus=parse_when("daily 00:00-24:00"))))


async def test_a_guest_who_presses_in_the_channel_is_turned_away(stage: Stage, performer: Performer) -> None:
    (founded,) = posted(stage)
    guest = replace(stage.workspace.users["U0ANA"], id="U0GUEST", name="guest", restricted=True)
    stage.workspace.add_user(guest)
    stage.workspace.channels[CHANNEL].members["U0GUEST"] = None
    seen = await stage.humans.press("U0GUEST", founded.ts, button(founded, "Join"), channel=CHANNEL)
    assert seen.ok
    record = await stage.store.read(lambda tx: tx.teams.get("platform"))
    assert record is not None
    assert len(record.team.members) == len(TEAM)
    assert "guest" in seen.text.lower()
