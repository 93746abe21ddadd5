"""Code, the table of uses and what the local tenant asks for agree; each right has its feature and reason."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from adapters.playground.teams import graph as tenant_graph
from adapters.playground.teams.seed import GENERAL
from adapters.teams import permissions
from adapters.teams.permissions import GRAPH, NOBODY, RSC, USES, graph_permissions
from bot.inbound import Account
from bot.messages.model import Message, Paragraph, Plain
from bot.ports import Done, Wait
from rules import Status
from tests.support.teams_stage import TeamsStage, teams_stage

SOURCE = Path(permissions.__file__).parent
HELLO = Message("hello", (Paragraph(((Plain("hello"),),)),))
NEVER_CALLED = {"login.token", "login.discovery"}  # no right of ours is needed to ask for a token


async def call_everything(stage: TeamsStage) -> None:
    """Everything that the chat and its clients can do."""
    chat, maya = stage.chat, stage.account("maya")
    posted = await chat.post(maya, HELLO, "d_1")
    place = await chat.places.own(maya)
    assert isinstance(posted, Done)
    assert place is not None
    await chat.places.swap_home(place, "", "wanted")
    for _ in range(2):
        await chat.publish_home(maya, HELLO)
    await chat.withdraw(maya, posted.ref)
    await stage.join_groups()
    await chat.announce(Account(stage.tenant, GENERAL), HELLO, "d_2")
    await chat.profile(maya)
    await chat.write_status(maya, Status("Back", "", None))
    await chat.read_presence(maya)
    for presence in ("DoNotDisturb", ""):
        await chat.write_presence(maya, Status(presence, "", None))


async def test_the_table_holds_exactly_the_calls_that_are_made() -> None:
    async with teams_stage() as stage:
        await call_everything(stage)
        arrivals = {name for name, count in stage.world.audit.arrivals.items() if count}
        assert arrivals - NEVER_CALLED == {use.name for use in USES}
        refused = [call for call in stage.world.audit.calls if call.outcome != "ok"]
        assert refused == []


def test_the_table_names_exactly_the_paths_that_are_in_the_code() -> None:
    written = {path.name: path.read_text() for path in (SOURCE / "connector.py", SOURCE / "graph.py")}
    ends = {use.path.rpartition("/")[2] for use in USES} | {"{id}"}
    found = set()
    for text in written.values():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "/" in node.value:
                last = node.value.partition("?")[0].rstrip("/").rpartition("/")[2]
                found |= {last} if last.isalpha() and " " not in node.value else set()
    found -= {"s"}  # of "activities.send/2s" and the like
    assert found <= ends | {"members", "users"}
    assert {end for end in ends if end.isalpha()} <= found


@pytest.mark.parametrize("use", USES, ids=lambda use: use.name)
def test_each_right_is_one_that_graph_asks_for(use: permissions.Use) -> None:
    needed = {
        "graph.presence.get": tenant_graph.READ,
        "graph.mailbox.get": tenant_graph.MAILBOX,
    }.get(use.name, tenant_graph.WRITE if use.name.startswith("graph.") else ("",))
    assert use.permission in needed
    assert len(use.why) > 10
    assert not use.why.endswith(".")


def test_nothing_is_asked_for_that_nothing_uses() -> None:
    assert {each.name for each in GRAPH} == {use.permission for use in USES} - {""}
    assert all(each.feature == "channels" and each.name.count(".Read.") == 1 for each in RSC)
    assert all(len(each.why) > 20 and each.why.startswith("to ") for each in (*GRAPH, *RSC))
    assert graph_permissions("targeted") == ()


@pytest.mark.parametrize("permission", GRAPH, ids=lambda one: one.name)
async def test_without_a_consent_its_calls_and_no_others_are_refused(
    permission: permissions.Permission,
) -> None:
    async with teams_stage() as stage:
        app = stage.world.app
        app.permissions = app.permissions - {permission.name}
        await call_everything(stage)
        refused = {call.method for call in stage.world.audit.calls if call.outcome != "ok"}
        assert refused == {use.name for use in USES if use.permission == permission.name}


async def test_nobody_tells_whether_there_is_a_consent() -> None:
    async with teams_stage() as stage:
        tenant = stage.world.tenant_id
        assert not isinstance(await stage.chat.graph.presence(tenant, NOBODY), Wait)
        stage.world.app.permissions = frozenset()
        assert isinstance(await stage.chat.graph.presence(tenant, NOBODY), Wait)


async def test_without_features_graph_is_never_asked() -> None:
    async with teams_stage(features=frozenset()) as stage:
        await call_everything(stage)
        assert not any(name.startswith("graph.") for name in stage.world.audit.arrivals)
