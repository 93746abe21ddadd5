"""The real application behind the real adapter: everything it says and shows is taken by Slack."""

from __future__ import annotations

import logging
from functools import partial

import pytest
from slack_sdk.models.blocks import Block

from adapters.playground.blocks import elements, problems
from adapters.playground.human import Seen
from adapters.playground.modals import home
from adapters.playground.records import Json
from bot.app import App
from bot.commands import COMMANDS, CommandSpec
from bot.metrics import Metrics
from bot.perform import Performer
from bot.ports import Tx
from bot.records import AccountRecord, PersonRecord, PersonState
from bot.timing import Timing
from rules import Person
from tests.support.slack_stage import Stage, account
from tests.support.story import PlainVault, SmallCalendars

CHANNEL = "C0PLATFORM"


@pytest.fixture
async def performer(stage: Stage) -> Performer:
    """The application takes the script's place; the performer sends what it decided."""
    vault = PlainVault()
    app = App(
        store=stage.store,
        clock=stage.clock,
        vault=vault,
        calendars=SmallCalendars(),
        poke=lambda: None,
        public_url=stage.bot_url,
        connect_enabled=True,
    )
    await app.begin()
    stage.adapter._dispatcher._handler = app.handle
    return Performer(
        store=stage.store,
        clock=stage.clock,
        chats={"slack": stage.adapter.chat},
        vault=vault,
        timing=Timing(),
        owner="test",
        metrics=Metrics(),
    )


async def _deliver(stage: Stage, performer: Performer) -> None:
    for _ in range(20):
        await performer.step()
        await performer.drain()
        stage.time.advance(61)


def _assert_taken(seen: Seen) -> None:
    assert seen.error is None
    assert "failed with the error" not in seen.text
    for message in seen.messages:
        _assert_valid(message.blocks or [])
    if seen.view:
        _assert_valid(seen.view["blocks"], 100)


def _assert_valid(blocks: list[Json], at_most: int = 50) -> None:
    assert problems(blocks, at_most=at_most) == []
    assert len(Block.parse_all(blocks)) == len(blocks)


async def _press_everything(
    stage: Stage, user: str, where: str, blocks: list[Json], channel: str = ""
) -> int:
    """Every button of something shown, each once; forms that open are sent as they are."""
    names = [element["action_id"] for block in blocks for element in elements(block)]
    pressed = 0
    for name in names:
        if name.startswith(("forget", "link", "leave_us")) or not _is_there(
            stage, user, where, channel, name
        ):
            continue
        seen = await stage.humans.press(user, where, name, channel=channel or None)
        _assert_taken(seen)
        pressed += 1
        if seen.view and seen.view["type"] == "modal":
            _assert_taken(
                await stage.humans.submit_view(user, seen.view["id"]) if "submit" in seen.view else seen
            )
            stage.workspace.modals[user] = []
    return pressed


def _is_there(stage: Stage, user: str, where: str, channel: str, name: str) -> bool:
    """Whether the button is still shown: a pressed one may have replaced its message."""
    view = stage.workspace.views.get(where)
    place = stage.workspace.channels.get(channel)
    shown = [message for message in place.ephemeral if message.ts == where] if place else []
    blocks = view["blocks"] if view else (shown[0].blocks or []) if shown else []
    return any(element["action_id"] == name for block in blocks for element in elements(block))


@pytest.mark.parametrize("spec", COMMANDS, ids=lambda spec: spec.word)
async def test_every_command_and_every_button_in_its_answer_works(
    stage: Stage, performer: Performer, spec: CommandSpec, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    word, _, text = spec.example.partition(" ")
    for before in ("hours mon-fri 09:00-17:00", "today"):
        _assert_taken(await stage.humans.command("U0SAM", CHANNEL, "/boundary", before))
    seen = await stage.humans.command("U0SAM", CHANNEL, word, text)
    _assert_taken(seen)
    assert seen.messages or seen.view
    for message in seen.messages:
        await _press_everything(stage, "U0SAM", message.ts, message.blocks or [], CHANNEL)
    assert [record.getMessage() for record in caplog.records if "failed" in record.getMessage()] == []


async def test_home_with_much_on_it_is_shown_and_every_button_on_it_works(
    stage: Stage, performer: Performer, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(12):
        when = f"tue {8 + number % 10:02d}:00-{8 + number % 10:02d}:30"
        await stage.humans.command("U0MAYA", CHANNEL, "/quiet", f"{when} <!channel> *{number}*")
    await stage.humans.open_home("U0MAYA")
    await _deliver(stage, performer)
    view = home(stage.workspace, "U0MAYA")
    assert view is not None
    _assert_valid(view["blocks"], 100)
    assert await _press_everything(stage, "U0MAYA", view["id"], view["blocks"]) > 20
    assert [record.getMessage() for record in caplog.records if "failed" in record.getMessage()] == []


async def test_chats_that_are_open_already_are_recalled_after_a_restart(stage: Stage) -> None:
    for number in range(450):
        who = f"U{number:04d}"
        await stage.store.write(partial(_enrol, who=who))
    stage.adapter.recall_chats()
    await stage.adapter._recall.done()
    assert len(stage.adapter.chat._known) == 225


def _enrol(tx: Tx, who: str) -> None:
    tx.people.put(PersonRecord(Person(who, "UTC"), PersonState()))
    tx.accounts.put(AccountRecord(account(who), person=who, dm="D1" if int(who[1:]) % 2 else ""))
