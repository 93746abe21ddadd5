"""Tables and migrations, through sqlite-utils. Instants are whole microseconds UTC, in INTEGER columns.

All tables are strict. `agenda` stands apart from `people` because a sweep rewrites it for everyone who is
due, while norms are large and rarely change: its small rows lie together, so one commit touches few pages.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database, Migrations

MIGRATION_SET = "boundary"

FIRST = (
    "CREATE TABLE people (id TEXT PRIMARY KEY, norms TEXT NOT NULL) STRICT",
    """CREATE TABLE agenda (
        person TEXT PRIMARY KEY, state TEXT NOT NULL, next_at INTEGER, version INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX agenda_next_at ON agenda (next_at) WHERE next_at IS NOT NULL",
    """CREATE TABLE accounts (
        tenant TEXT NOT NULL, user TEXT NOT NULL, person TEXT NOT NULL, name TEXT NOT NULL,
        zone TEXT NOT NULL, dm TEXT NOT NULL, connected INTEGER NOT NULL, guest INTEGER NOT NULL,
        PRIMARY KEY (tenant, user)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX accounts_person ON accounts (person) WHERE person <> ''",
    "CREATE INDEX accounts_enrolled ON accounts (tenant, person) WHERE person <> ''",
    """CREATE TABLE holds (
        id TEXT PRIMARY KEY, sender_tenant TEXT NOT NULL, sender_user TEXT NOT NULL, recipient TEXT NOT NULL,
        kind TEXT NOT NULL, urgency TEXT NOT NULL, created_at INTEGER NOT NULL, release_at INTEGER,
        reply_by INTEGER, needs_by INTEGER, reason TEXT NOT NULL, channel TEXT NOT NULL,
        message TEXT NOT NULL, thread TEXT NOT NULL, link TEXT NOT NULL, text BLOB, state TEXT NOT NULL,
        delivered_at INTEGER, fair INTEGER
    ) STRICT""",
    "CREATE INDEX holds_waiting ON holds (recipient) WHERE state = 'waiting'",
    "CREATE INDEX holds_sender ON holds (sender_tenant, sender_user, created_at)",
    "CREATE INDEX holds_sealed ON holds (id) WHERE text IS NOT NULL",
    """CREATE TABLE outbox (
        id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, lane TEXT NOT NULL, tenant TEXT NOT NULL,
        user TEXT NOT NULL, effect TEXT NOT NULL, due_at INTEGER NOT NULL,
        urgent INTEGER NOT NULL, expires_at INTEGER, after TEXT NOT NULL, state TEXT NOT NULL,
        owner TEXT NOT NULL, attempt INTEGER NOT NULL, claimed_at REAL, settle_at REAL,
        refused INTEGER NOT NULL, ref TEXT NOT NULL, because TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX outbox_lane ON outbox (tenant, lane, urgent, due_at, id) WHERE state = 'due'",
    "CREATE INDEX outbox_due ON outbox (tenant, due_at) WHERE state = 'due'",
    "CREATE INDEX outbox_claimed ON outbox (claimed_at) WHERE state IN ('sending', 'probing')",
    "CREATE INDEX outbox_settle ON outbox (settle_at) WHERE settle_at IS NOT NULL",
    """CREATE TABLE budgets (
        tenant TEXT NOT NULL, method TEXT NOT NULL, channel TEXT NOT NULL, tokens REAL NOT NULL,
        as_of REAL NOT NULL, not_before REAL NOT NULL, PRIMARY KEY (tenant, method, channel)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE tokens (
        tenant TEXT NOT NULL, user TEXT NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (tenant, user)
    ) STRICT, WITHOUT ROWID""",
    "CREATE TABLE seen (key TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    """CREATE TABLE issued (
        secret TEXT PRIMARY KEY, payload TEXT NOT NULL, expires_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE history (
        number INTEGER PRIMARY KEY, person TEXT NOT NULL, at INTEGER NOT NULL, label TEXT NOT NULL, norms TEXT
    ) STRICT""",
    "CREATE INDEX history_person ON history (person, number)",
    """CREATE TABLE tenants (
        id TEXT PRIMARY KEY, platform TEXT NOT NULL, name TEXT NOT NULL, url TEXT NOT NULL,
        bot_user TEXT NOT NULL, parked TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    "CREATE TABLE teams (id TEXT PRIMARY KEY, payload TEXT NOT NULL) STRICT",
    """CREATE TABLE team_members (
        person TEXT NOT NULL, team TEXT NOT NULL, PRIMARY KEY (person, team)
    ) STRICT, WITHOUT ROWID""",
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
)

# Defaults let rows of the first step stand as they are.
TEAMS = (
    "ALTER TABLE accounts ADD COLUMN directory_id TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE accounts ADD COLUMN unreachable TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX accounts_directory ON accounts (tenant, directory_id) WHERE directory_id <> ''",
    "ALTER TABLE holds ADD COLUMN doubted INTEGER NOT NULL DEFAULT 0",
    """CREATE TABLE conversations (
        tenant TEXT NOT NULL, id TEXT NOT NULL, service_url TEXT NOT NULL, kind TEXT NOT NULL,
        user TEXT NOT NULL, team TEXT NOT NULL, channel TEXT NOT NULL, home TEXT NOT NULL,
        PRIMARY KEY (tenant, id)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX conversations_user ON conversations (tenant, user) WHERE user <> ''",
    """CREATE TABLE inbox (
        number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, tenant TEXT NOT NULL, line TEXT NOT NULL,
        sealed BLOB NOT NULL, at INTEGER NOT NULL
    ) STRICT""",
)

NAMES = ("CREATE INDEX accounts_name ON accounts (tenant, name COLLATE NOCASE, user) WHERE name <> ''",)

# Teams of earlier versions keep their norms and are looked at by the first sweep (next_at in the past).
# `named` says which teams' norms, versions, proposals and publications name a person: forgetting reads only
# those.
NORMS = (
    "ALTER TABLE holds ADD COLUMN broke_for TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX holds_reached ON holds (recipient, created_at)",
    """ALTER TABLE teams ADD COLUMN state TEXT NOT NULL DEFAULT '{"v":1}'""",
    "ALTER TABLE teams ADD COLUMN next_at INTEGER",
    "ALTER TABLE teams ADD COLUMN version INTEGER NOT NULL DEFAULT 1",
    "UPDATE teams SET next_at = 0",
    "CREATE INDEX teams_next_at ON teams (next_at) WHERE next_at IS NOT NULL",
    "CREATE INDEX team_members_team ON team_members (team)",
    """CREATE TABLE team_places (
        tenant TEXT NOT NULL, channel TEXT NOT NULL, team TEXT NOT NULL, PRIMARY KEY (tenant, channel, team)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX team_places_team ON team_places (team)",
    """CREATE TABLE team_versions (
        team TEXT NOT NULL, number INTEGER NOT NULL, payload TEXT NOT NULL, PRIMARY KEY (team, number)
    ) STRICT""",
    """CREATE TABLE named (
        person TEXT NOT NULL, team TEXT NOT NULL, PRIMARY KEY (person, team)
    ) STRICT, WITHOUT ROWID""",
    "INSERT INTO named SELECT person, team FROM team_members",
    """INSERT OR IGNORE INTO named SELECT lead.value, teams.id FROM teams,
        json_each(CASE WHEN json_valid(payload) THEN payload ELSE '{}' END, '$.leads') AS lead""",
    """CREATE TABLE proposals (
        id TEXT PRIMARY KEY, team TEXT NOT NULL, at INTEGER NOT NULL, payload TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX proposals_team ON proposals (team, at, id)",
    """CREATE TABLE votes (
        proposal TEXT NOT NULL, person TEXT NOT NULL, yes INTEGER NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (proposal, person)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX votes_person ON votes (person)",
    """CREATE TABLE ledger (
        id TEXT PRIMARY KEY, team TEXT NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, who TEXT NOT NULL,
        starts_at INTEGER NOT NULL, ends_at INTEGER NOT NULL, reason TEXT NOT NULL, hold TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX ledger_team ON ledger (team, at, id)",
    "CREATE INDEX ledger_who ON ledger (who, at, id)",
    "CREATE INDEX ledger_at ON ledger (at)",
    """CREATE TABLE ledger_verdicts (
        entry TEXT NOT NULL, place INTEGER NOT NULL, person TEXT NOT NULL, fair INTEGER NOT NULL,
        PRIMARY KEY (entry, place)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX ledger_verdicts_person ON ledger_verdicts (person)",
    """CREATE TABLE publications (
        team TEXT NOT NULL, week TEXT NOT NULL, at INTEGER NOT NULL, cohort TEXT NOT NULL,
        content TEXT NOT NULL, PRIMARY KEY (team, week)
    ) STRICT""",
    """CREATE TABLE acknowledgements (
        team TEXT NOT NULL, number INTEGER NOT NULL, person TEXT NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (team, number, person)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX acknowledgements_person ON acknowledgements (person)",
    """CREATE TABLE journal (
        person TEXT NOT NULL, day TEXT NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL,
        sealed BLOB NOT NULL, PRIMARY KEY (person, day, kind)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX journal_day ON journal (day)",
    """CREATE TABLE said (
        person TEXT NOT NULL, at INTEGER NOT NULL, until INTEGER NOT NULL, payload TEXT NOT NULL,
        PRIMARY KEY (person, at)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX said_until ON said (until)",
)

# Every migration in order, by name: opening a database compares these without importing sqlite-utils (98 ms).
STEPS: dict[str, tuple[str, ...]] = {
    "0001_first": FIRST,
    "0002_teams": TEAMS,
    "0003_names": NAMES,
    "0004_norms": NORMS,
}


def applied_names(connection: sqlite3.Connection) -> list[str]:
    """The migrations this database has had, in order; empty for a new file."""
    known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'").fetchone()
    if known is None:
        return []
    rows = connection.execute(
        "SELECT name FROM _sqlite_migrations WHERE migration_set = ? ORDER BY rowid", (MIGRATION_SET,)
    )
    return [row[0] for row in rows]


def apply_pending(connection: sqlite3.Connection) -> list[str]:
    """Bring the schema up to date; returns the steps taken. Several processes may call it at once."""
    from sqlite_utils import Database

    # sqlite-utils opens deferred transactions, which fail at once when another process writes; inside this
    # one its steps become savepoints, and the second process waits here until the first has committed.
    connection.execute("BEGIN IMMEDIATE")
    try:
        missing = [name for name in STEPS if name not in applied_names(connection)]
        _migrations().apply(Database(connection))
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return missing


def _migrations() -> Migrations:
    from sqlite_utils import Migrations

    migrations = Migrations(MIGRATION_SET)
    for name, statements in STEPS.items():
        migrations(name=name)(_step(statements))
    return migrations


def _step(statements: tuple[str, ...]) -> Callable[[Database], None]:
    def step(db: Database, /) -> None:
        for statement in statements:
            db.execute(statement)

    return step
