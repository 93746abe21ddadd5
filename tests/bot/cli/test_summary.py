"""`boundary-bot summary` on a real database file, on a Monday at ten."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.stores.sqlite import migrate
from bot.bootstrap import parts
from bot.flows.teams.due import plan_team
from bot.inbound import Account
from bot.ports import Tx
from bot.records import (
    AccountRecord,
    Hold,
    HoldState,
    Origin,
    PersonRecord,
    PersonState,
    Place,
    TeamRecord,
    TeamState,
    TeamVersion,
)
from rules import Moment, Person, PingKind, Team, Urgency
from rules.summary import Name
from tests.bot.cli.conftest import Run
from tests.support.database import in_database
from tests.support.story import StoryClock

MONDAY = datetime(2026, 11, 30, 10, tzinfo=UTC)
PEOPLE = tuple(f"p{number}" for number in range(6))
SUNDAY = MONDAY - timedelta(days=1)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A team of six for whom three pings were held on a Tuesday, and one of four."""
    monkeypatch.setattr(parts, "clock", lambda: StoryClock(MONDAY))
    path = tmp_path / "b.db"
    migrate(path)

    def fill(tx: Tx) -> None:
        for id in PEOPLE:
            tx.people.put(PersonRecord(Person(id, "UTC"), PersonState(name=id)))
            tx.accounts.put(AccountRecord(Account("slack:T1", f"U{id}"), person=id))
        for number in range(3):
            tx.holds.put(_held(f"h{number}", PEOPLE[number]))
        whole = Team("platform", "Europe/Lisbon", PEOPLE, summary=Moment(0, 570), name="Platform")
        tx.teams.put(TeamRecord(whole, TeamState(1, (Place("slack:T1", "C1"),), summed="2026-W47")))
        tx.teams.put(TeamRecord(Team("small", "UTC", PEOPLE[:4])))

    in_database(path, fill)
    return path


def _held(id: str, person: str) -> Hold:
    at = MONDAY - timedelta(days=6)
    late = at + timedelta(hours=3)
    return Hold(
        id,
        Account("slack:T1", "UBOSS"),
        person,
        PingKind.DIRECT,
        Urgency.ROUTINE,
        at,
        late,
        state=HoldState.DELIVERED,
        delivered_at=late,
    )


def environ(path: Path) -> dict[str, str]:
    return {"BOUNDARY_DATABASE_URL": f"sqlite:///{path}"}


def test_the_last_week_is_printed_in_lines(run: Run, path: Path) -> None:
    result = run("summary", "--team", "platform", **environ(path))
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines()[:3] == [
        "Platform, 2026-W48",
        "- Norms kept: hours (no ping came outside them).",
        "- Pings: 3 pings held until people were back, all of them delivered. Counted over all 6 members.",
    ]
    assert "- Held: Tue 3. Broke through: none." in result.stdout


def test_it_posts_nothing_and_prints_the_same_again(run: Run, path: Path) -> None:
    first = run("summary", "--team", "platform", **environ(path)).stdout
    in_database(path, lambda tx: tx.holds.put(_held("h9", PEOPLE[4])))
    assert run("summary", "--team", "platform", "--week", "2026-W48", **environ(path)).stdout == first
    assert in_database(path, lambda tx: tx.outbox.tenants_due(MONDAY + timedelta(days=1))) == []


def test_what_was_printed_is_what_is_posted(run: Run, path: Path) -> None:
    run("summary", "--team", "platform", **environ(path))
    frozen = in_database(path, lambda tx: tx.publications.get("platform", "2026-W48"))

    def sweep(tx: Tx) -> None:
        record = tx.teams.get("platform")
        assert record is not None
        plan_team(tx, record, MONDAY)

    in_database(path, sweep)
    assert in_database(path, lambda tx: tx.publications.get("platform", "2026-W48")) == frozen
    told = json.loads(run("summary", "--team", "platform", "--dry-run", "--json", **environ(path)).stdout)
    assert told["posting"]["fate"] == "posted"


def test_a_dry_run_says_where_when_and_why(run: Run, path: Path) -> None:
    printed = run("summary", "--team", "platform", "--dry-run", **environ(path)).stdout
    assert "It is posted at Mon 2026-11-30 09:30 (Europe/Lisbon) in C1 of Slack." in printed
    assert "Counted over 6 members." in printed
    assert "not shown" in printed
    assert "Blocks of shared focus" in printed
    assert not [name for name in Name if "_" in name and name in printed]
    assert "Fewer than 5 people gave their word" in " ".join(printed.replace("│", " ").split())


def test_a_suppressed_figure_is_printed_nowhere(run: Run, path: Path) -> None:
    told = json.loads(run("summary", "--team", "small", "--dry-run", "--json", **environ(path)).stdout)
    assert told["people"] == 0
    assert all(not each["shown"] and each["numbers"] is None for each in told["figures"])
    assert all(each["why"].startswith("Too few people this week.") for each in told["figures"])
    assert told["picture"] is None
    assert told["lines"][0].startswith("Too few people this week to show figures")
    assert told["posting"] == {"fate": "not_wanted", "at": None, "places": []}


def test_as_json_it_is_one_object(run: Run, path: Path) -> None:
    told = json.loads(run("summary", "--team", "platform", "--json", **environ(path)).stdout)
    assert (told["team"], told["week"], told["people"], told["of"]) == ("platform", "2026-W48", 6, 6)
    assert told["picture"] == {"Held": [0, 3, 0, 0, 0], "Broke through": [0, 0, 0, 0, 0]}
    assert told["suggestion"] == {"review_by": "2027-02-22"}
    assert told["judged_since"] == "2026-W45"
    assert "figures" not in told


@pytest.mark.parametrize(
    ("asked", "code", "words"),
    [
        ("platfrom", 1, 'No team is called "platfrom" here. Did you mean "platform"?'),
        ("marketing", 1, "There are: platform, small."),
        ("platform --week soon", 2, '"soon" is no week'),
        ("platform --week 2026-W60", 2, "2026 has the weeks 1 to 53"),
        ("platform --week 2026-W49", 1, "2026-W49 has not ended. The last week that has is 2026-W48."),
        ("platform --week 2026-W49", 1, "It is posted at Mon 2026-12-07 09:30 (Europe/Lisbon)"),
        ("platform --week 2026-W30", 1, "There are no figures of 2026-W30"),
    ],
)
def test_what_cannot_be_printed_is_explained(run: Run, path: Path, asked: str, code: int, words: str) -> None:
    result = run("summary", "--team", *asked.split(), **environ(path))
    assert result.exit_code == code
    assert words in " ".join(result.stderr.split())
    assert result.stdout == ""


def test_of_a_week_before_the_team_was_here_no_posting_is_told(run: Run, path: Path) -> None:
    def found(tx: Tx) -> None:
        record = tx.teams.get("platform")
        assert record is not None
        tx.teams.keep(TeamVersion("platform", 1, SUNDAY, SUNDAY, record.team, "founded", Origin.FOUNDED))

    in_database(path, found)
    result = run("summary", "--team", "platform", "--week", "2026-W47", **environ(path))
    assert " ".join(result.stderr.split()) == (
        "The team has been here since 2026-W48: its first figures are of that week."
    )


def test_the_team_must_be_named(run: Run) -> None:
    assert run("summary").exit_code == 2
