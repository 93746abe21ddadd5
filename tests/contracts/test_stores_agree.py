"""Whatever is done in whatever order, SQLite answers as the store in memory does."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.stores.memory import MemoryStore
from adapters.stores.sqlite import SqliteStore, migrate
from bot.inbound import Account
from bot.ports import Store, Tx
from bot.records import AccountRecord, Acknowledgement, DeliveryState, HoldState, Lane, Place, Tenant, Vote
from rules.effects import Digest
from tests.support.records import (
    DAY,
    MAYA,
    PLATFORM,
    SAM,
    conversation,
    delivery,
    entry,
    hold,
    journal_entry,
    later,
    parcel,
    proposal,
    publication,
    record,
    said_entry,
    team_record,
    version,
)

Op = Callable[[Tx], Any]

# Few of everything, so that steps meet: the same rows, the very same instants.
names = st.sampled_from(["a", "b", "c"])
minutes = st.integers(0, 2).map(lambda number: later(minutes=number))
moments = st.integers(0, 2).map(float)
who = st.sampled_from([MAYA, SAM, Account("slack:T2", "U")])
talks = st.sampled_from([MAYA, SAM, Account("slack:T1", "")])  # with nobody alone: a group
ids = st.sampled_from(["", "id 1", "id 2"])
lanes = st.sampled_from(Lane)
people = st.lists(names, max_size=3)
numbers = st.integers(1, 2)
ends = st.sampled_from([DeliveryState.DONE, DeliveryState.DONE, DeliveryState.DUE, DeliveryState.PARKED])


def op(work: Callable[..., Any], *arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Op]:
    """One step: `work(tx, …)` with arguments drawn beforehand."""
    return st.tuples(*arguments).map(lambda drawn: lambda tx: work(tx, *drawn))


def add(tx: Tx, id_: str, to: Account, due: Any, how: tuple[Lane, bool, str]) -> bool:
    lane, urgent, after = how
    key = f"key of {after}" if after != id_ else ""
    return tx.outbox.add(delivery(id_, to=to, due_at=due, lane=lane, urgent=urgent, after=key))


def put_hold(tx: Tx, id_: str, sender: Account, at: Any, state: HoldState) -> None:
    doubted = sender == SAM
    tx.holds.put(hold(id_, recipient=id_, sender=sender, created_at=at, state=state, doubted=doubted))


def put_account(tx: Tx, account: Account, person: str, directory_id: str) -> None:
    tx.accounts.put(AccountRecord(account, person, directory_id=directory_id, unreachable=person))


def talk(tx: Tx, with_: Account, id_: str, home: str) -> None:
    tx.conversations.put(conversation(id_, tenant=with_.tenant, user=with_.user, home=home))


def park(tx: Tx, to: Account, why: str) -> None:
    tx.tenants.put(Tenant(to.tenant, "slack", parked=why))


def finish(tx: Tx, id_: str, end: DeliveryState, settle: float) -> object:
    row = tx.outbox.get(f"key of {id_}")
    settle_at = settle if end == DeliveryState.DONE else None
    return row and tx.outbox.finish(row, end, ref=id_, settle_at=settle_at, refused=settle > 1)


def send(tx: Tx, id_: str, due: Any, end: DeliveryState, settle: float) -> object:
    """A whole life in one step, or random steps would seldom get as far as settling."""
    tx.outbox.add(delivery(id_, due_at=due))
    tx.outbox.claim([id_], "worker", settle)
    return finish(tx, id_, end, settle)


def put_team(tx: Tx, id_: str, people: list[str], channel: str, next_at: Any) -> None:
    team = replace(PLATFORM, id=id_, members=tuple(people), ask_on_leave=channel)
    tx.teams.put(team_record(team, next_at, places=(Place("slack:T1", channel),), joined=(), shown=()))


def publish(tx: Tx, team: str, week: str, cohort: list[str]) -> bool:
    content = json.dumps({"who": cohort, "n": len(cohort)})
    return tx.publications.add(publication(week, team=team, cohort=tuple(cohort), content=content))


def overrule(tx: Tx, id_: str, who: str, at: Any, verdicts: list[tuple[str, bool]]) -> None:
    tx.ledger.put(entry(id_, team=id_, by=who, at=at, verdicts=tuple(dict(verdicts).items())))


def reclaim(tx: Tx, id_: str, at: float) -> object:
    row = tx.outbox.get(f"key of {id_}")
    return row and tx.outbox.reclaim(row, "sweeper", at)


steps = st.one_of(
    op(add, names, who, minutes, st.tuples(lanes, st.booleans(), names)),
    op(lambda tx, id_, at: tx.outbox.claim([id_], "worker", at), names, moments),
    op(finish, names, ends, moments),
    op(send, names, minutes, ends, moments),
    op(reclaim, names, moments),
    op(lambda tx, id_: tx.outbox.cancel([f"key of {id_}"]), names),
    op(lambda tx, id_: tx.outbox.rewrite(delivery(id_), Digest("maya", ())), names),
    op(lambda tx, to: tx.outbox.remove_person([to]), who),
    op(lambda tx, at: tx.outbox.restamp(at), moments),
    op(lambda tx, at: tx.outbox.purge(at), minutes),
    op(park, who, st.sampled_from(["", "token_revoked"])),
    op(lambda tx, id_, at: tx.people.put(record(id_, next_at=at)), names, st.none() | minutes),
    op(lambda tx, id_: tx.people.remove(id_), names),
    op(put_hold, names, who, minutes, st.sampled_from(HoldState)),
    op(lambda tx, at: tx.holds.purge(at), minutes),
    op(put_account, who, names, ids),
    op(lambda tx, account: tx.accounts.remove(account), who),
    op(talk, talks, names, ids),
    op(lambda tx, id_: tx.conversations.remove("slack:T1", id_), names),
    op(lambda tx, account: tx.conversations.remove_user(account), talks),
    op(lambda tx, key, line, at: tx.inbox.add(parcel(key, line=line, at=at)), names, names, minutes),
    op(lambda tx, key: tx.inbox.remove(key), names),
    op(lambda tx, line: tx.inbox.remove_line("teams:7e1a", line), names),
    op(lambda tx, at: tx.once.purge(at), minutes),
    op(put_team, names, people, names, st.none() | minutes),
    op(lambda tx, id_: tx.teams.remove(id_), names),
    op(lambda tx, id_, n, who: tx.teams.keep(version(n, team=id_, by=who)), names, numbers, names),
    op(
        lambda tx, id_, team, who: tx.ballots.put(proposal(id_, team=team, electorate=tuple(who))),
        names,
        names,
        people,
    ),
    op(
        lambda tx, id_, who, yes, at: tx.ballots.vote(Vote(id_, who, yes, at)),
        names,
        names,
        st.booleans(),
        minutes,
    ),
    op(overrule, names, names, minutes, st.lists(st.tuples(names, st.booleans()), max_size=3)),
    op(lambda tx, at: tx.ledger.purge(at), minutes),
    op(publish, names, names, people),
    op(
        lambda tx, team, n, who, at: tx.acknowledgements.put(Acknowledgement(team, n, who, at)),
        names,
        numbers,
        names,
        minutes,
    ),
    op(
        lambda tx, who, n, kind: tx.diary.put(journal_entry(DAY + timedelta(n), person=who, kind=kind)),
        names,
        numbers,
        names,
    ),
    op(lambda tx, who, at, n: tx.said.put(said_entry(at, n, person=who)), names, minutes, numbers),
    op(lambda tx, who: tx.remove_person(who, "x"), names),
    op(lambda tx, who, to: tx.hand_over(who, to), names, names),
    op(lambda tx, key, at: tx.once.first(key, at), names, minutes),
    op(lambda tx, key, at: tx.once.consume(key, at), names, minutes),
    op(lambda tx, key, at: tx.once.issue(key, key, at), names, minutes),
)


class Stumble(Exception):
    """Undo everything."""


def everything(tx: Tx) -> list[object]:
    """All that can be asked, as one comparable list."""
    now = later(minutes=1)
    outbox = tx.outbox
    return [
        *(outbox.ready(now, tenant, limit, some)
          for tenant in ("slack:T1", "slack:T2") for limit in (1, 9) for some in (tuple(Lane), (Lane.NOTE,))),
        *(outbox.armed("slack:T1", lane, later(minutes=0), now) for lane in Lane),
        *(tx.holds.received_by(id_) for id_ in "abc"),
        *(tx.accounts.by_directory(tenant, id_)
          for tenant in ("slack:T1", "slack:T2") for id_ in ("", "id 1", "id 2")),
        *(tx.accounts.of(id_) for id_ in "abc"), *(tx.conversations.get("slack:T1", id_) for id_ in "abc"),
        tx.inbox.waiting(1), tx.inbox.waiting(),
        *(tx.holds.waiting_for(id_) for id_ in "abc"), *(tx.people.get(id_) for id_ in "abc"),
        [outbox.get(f"key of {id_}") for id_ in "abc"], dict(outbox.counts()),
        *(tx.teams.get(id_) for id_ in "abc"), *(tx.teams.of(id_) for id_ in "abc"), tx.teams.ids(),
        *(tx.teams.at(Place("slack:T1", id_)) for id_ in "abc"), tx.teams.due(now, 9), tx.teams.next_at(),
        *(tx.teams.versions(id_) for id_ in "abc"), *(tx.ballots.of(id_) for id_ in "abc"),
        *(tx.ballots.votes(id_) for id_ in "abc"), *(tx.ballots.votes_of(id_) for id_ in "abc"),
        *(tx.ledger.of(id_, now) for id_ in "abc"), *(tx.ledger.by(id_) for id_ in "abcx"),
        tx.publications.all(), *(tx.acknowledgements.by(id_) for id_ in "abc"), tx.diary.all(),
        *(tx.said.of(id_, now) for id_ in "abc"),
        tx.holds.reaching(["a", "b", "a"], later(minutes=0), now),
        tx.holds.sent_between([MAYA, SAM], later(minutes=0), now),
        outbox.tenants_due(now), outbox.next_due(now), outbox.quarantined(1.0), outbox.to_settle(1.0),
        tx.people.due(now, 9), tx.people.next_at(), tx.people.ids(), tx.holds.sent_by(MAYA), tx.tenants.all(),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "boundary.db"
    migrate(path)
    return path


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.lists(steps, min_size=4, max_size=25), st.booleans()), min_size=1, max_size=4))
def test_any_story_ends_the_same_in_both(template: Path, story: list[tuple[list[Op], bool]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(shutil.copy(template, folder))
        on_disk = asyncio.run(told(lambda: SqliteStore(path), story))
    assert on_disk == asyncio.run(told(MemoryStore, story))


async def told(open_it: Callable[[], Store], story: list[tuple[list[Op], bool]]) -> list[object]:
    """Each chapter is one transaction, which may fail at its end; what each step said and what is left."""
    store = open_it()
    said: list[object] = []

    def chapter(tx: Tx, ops: list[Op], fails: bool) -> None:
        said.extend([step(tx) for step in ops])
        said.append(everything(tx))
        if fails:
            raise Stumble

    for ops, fails in story:
        work = store.write(lambda tx, ops=ops, fails=fails: chapter(tx, ops, fails))
        [outcome] = await asyncio.gather(work, return_exceptions=True)
        assert isinstance(outcome, Stumble) if fails else outcome is None
        said.append(await store.read(everything))
    await store.close()
    return said
