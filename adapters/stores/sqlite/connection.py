"""Opening an SQLite database the way this project needs it, and its errors as sentences."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

from bot.ports import StoreError

OLDEST = (3, 38, 0)  # STRICT tables (3.37), RETURNING (3.35), upserts; 3.38 has all of them everywhere
BUSY_SECONDS = 2.5  # an honest error must come within the three seconds a platform waits for an answer

PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # acknowledged means stored, also when the power goes
    "PRAGMA secure_delete = ON",  # what is forgotten is overwritten
    "PRAGMA cache_size = -16000",
    "PRAGMA journal_size_limit = 16000000",
    "PRAGMA wal_autocheckpoint = 2000",
    "PRAGMA temp_store = MEMORY",
)

ADVICE = {
    "SQLITE_BUSY": "Another program holds the database locked; stop it or try again in a moment.",
    "SQLITE_LOCKED": "Another program holds the database locked; stop it or try again in a moment.",
    "SQLITE_FULL": "The disk with the database is full; free some space and try again.",
    "SQLITE_READONLY": "The database cannot be written; check the permissions of its file and folder.",
    "SQLITE_CANTOPEN": "The database cannot be opened; check that its folder exists and may be written.",
    "SQLITE_CORRUPT": "The database is damaged; stop the bot, keep a copy of the files and restore a backup.",
    "SQLITE_NOTADB": "This file is not an SQLite database; check BOUNDARY_DATABASE_URL.",
    "SQLITE_IOERR": "The disk reported an error; check it and the system log before trying again.",
    "SQLITE_CONSTRAINT": "Two rows claim the same identity; this is a defect, please report it.",
}


def store_error(error: sqlite3.Error, *, reading: bool = False) -> StoreError:
    """The sentence for an error of SQLite. Its names carry no data of ours."""
    name = getattr(error, "sqlite_errorname", None) or type(error).__name__
    family = "_".join(name.split("_")[:2])
    if reading and family == "SQLITE_READONLY":
        return StoreError("This transaction only reads; use Store.write to change anything.")
    return StoreError(f"{ADVICE.get(family, 'The database could not do it; see the error name.')} ({name})")


def connect(path: Path, *, reader: bool = False) -> sqlite3.Connection:
    """A connection for any one thread at a time, without implicit transactions. Raises StoreError.

    The file is created private to its owner; SQLite gives its WAL the same mode.
    """
    if sqlite3.sqlite_version_info < OLDEST:
        needed = ".".join(map(str, OLDEST))
        found = sqlite3.sqlite_version
        raise StoreError(f"SQLite {needed} or newer is needed, this is {found}; update Python.")
    connection = None
    try:
        _make_private(path)
        connection = sqlite3.connect(
            path,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
        )
        for pragma in (*PRAGMAS, *(["PRAGMA query_only = ON"] if reader else [])):
            connection.execute(pragma)
    except (sqlite3.Error, OSError) as error:
        if connection is not None:
            connection.close()
        if isinstance(error, sqlite3.Error):
            raise store_error(error) from error
        raise StoreError(f"The database {path} cannot be opened: {error.strerror}.") from error
    return connection


def library_warning(version: tuple[int, int, int] = sqlite3.sqlite_version_info[:3]) -> str | None:
    """What to know about this SQLite library, None if nothing.

    sqlite.org: two connections that write or checkpoint at once may corrupt a WAL database, from 3.7.0 on,
    fixed in 3.51.3 and 3.53.0; 3.52.0 was withdrawn. Within one process only our one writer does either.
    """
    if version >= (3, 53, 0) or (3, 51, 3) <= version < (3, 52, 0):
        return None
    shown = ".".join(map(str, version))
    return (
        f"SQLite {shown} has the WAL-reset bug (fixed in 3.51.3): never write to the database with another "
        "program while the bot runs, or update SQLite."
    )


def _make_private(path: Path) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
    with contextlib.suppress(PermissionError):  # somebody else's file: theirs to decide
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
