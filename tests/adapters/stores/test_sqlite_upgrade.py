"""Databases of earlier versions: brought up to date with all that is in them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.stores.sqlite import SqliteStore, migrate, pending
from bot.codec import encode_team, from_micros
from bot.ports import StoreError
from bot.records import (
    AccountRecord,
    HoldState,
    Marks,
    PersonRecord,
    PersonState,
    TeamRecord,
    TeamState,
)
from rules.statuses import Ours, Status
from rules.values import PingKind
from tests.support.records import MAYA, NOW, PLATFORM, SAM, delivery, hold, later, parcel, person

# Written by this program when 0001 was its only step, as `sqlite3 .dump` shows it.
MADE_BY_0001 = Path(__file__).with_name("made_by_0001.sql")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    file = tmp_path / "old" / "boundary.db"
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(MADE_BY_0001.read_text("utf-8"))
    return file


async def test_a_database_of_the_first_version_opens_after_migrating_with_all_its_rows(old: Path) -> None:
    with pytest.raises(StoreError, match="boundary-bot migrate"):
        SqliteStore(old)
    assert pending(old) == migrate(old) == ["0002_teams", "0003_names", "0004_norms"]
    store = SqliteStore(old)
    maya = AccountRecord(MAYA, "maya", "Maya Ünal", "Europe/Lisbon", "D1", True, guest=True)
    mention = hold(
        "h2", kind=PingKind.MENTION, state=HoldState.DELIVERED, delivered_at=later(hours=1), fair=True,
        text=None, link="https://x.example/p1",
    )  # fmt: skip
    ours = Ours(
        Status("Back at 19:30", ":fork_and_knife:", later(hours=1)), Status("Lunch", ":sushi:", None), NOW
    )
    marks = Marks(MAYA, ours, snoozed_until=later(hours=1), dnd=(NOW, later(hours=8), NOW))
    state = PersonState(home=MAYA, name="Maya Ünal", met=True, marks=(marks,))
    look = await store.read(
        lambda tx: (
            tx.people.get("maya"),
            tx.accounts.of("maya"),
            tx.accounts.get(SAM),
            tx.holds.get("h1"),
            tx.holds.get("h2"),
            tx.outbox.get("key of d1"),
            tx.tokens.get(MAYA),
            tx.inbox.waiting(),
        )
    )
    met = PersonRecord(person(), state, NOW, 1)
    assert look == (met, [maya], AccountRecord(SAM), hold(), mention, delivery(), b"sealed", [])
    assert not await store.write(lambda tx: tx.inbox.add(parcel("slack:event:Ev1")))
    assert await store.write(lambda tx: tx.inbox.add(parcel()))
    await store.close()


async def test_a_team_of_an_earlier_version_keeps_its_norms_is_due_at_once_and_forgets_its_people(
    old: Path,
) -> None:
    with closing(sqlite3.connect(old)) as connection, connection:
        team = replace(PLATFORM, leads=("maya", "lee"))  # Lee is no member
        payload = encode_team(team)
        connection.execute("UPDATE teams SET payload = ? WHERE id = 'platform'", (payload,))
        rows = [(person, "platform") for person in PLATFORM.members]
        connection.executemany("INSERT OR IGNORE INTO team_members (person, team) VALUES (?, ?)", rows)
    migrate(old)
    store = SqliteStore(old)
    look = await store.read(lambda tx: (tx.teams.get("platform"), tx.teams.of("sam"), tx.teams.due(NOW, 9)))
    assert look == (TeamRecord(team, TeamState(), from_micros(0), 1), [payload], ["platform"])
    for gone in ("lee", "sam"):
        await store.write(lambda tx, gone=gone: tx.remove_person(gone, "x_1"))  # type: ignore[misc]
    left = await store.read(lambda tx: tx.teams.get("platform"))
    assert left is not None
    assert (left.team.members, left.team.leads) == (("maya", "kenji"), ("maya",))
    assert left.team.ask_on_leave is None
    assert (await store.read(lambda tx: tx.holds.get("h2")) or hold()).broke_for == ""
    await store.close()


def test_an_old_database_and_a_new_one_end_with_the_same_schema(old: Path, tmp_path: Path) -> None:
    """Which also shows that no step was changed after its release."""
    new = tmp_path / "new.db"
    migrate(old)
    migrate(new)
    schemas = []
    for file in (old, new):
        with closing(sqlite3.connect(file)) as connection:
            schemas.append(set(connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema")))
    assert schemas[0] == schemas[1]
