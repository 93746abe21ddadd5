"""Encryption at rest with rotating Fernet keys (cryptography's MultiFernet: AES-128-CBC and HMAC-SHA256)."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Sequence
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.ports import VaultError

SETTING = "BOUNDARY_SECRET_KEYS"


def new_key() -> str:
    """A fresh key in the form that the setting takes."""
    return Fernet.generate_key().decode("ascii")


def is_key(text: str) -> bool:
    """Whether this is a key that the setting takes."""
    try:
        Fernet(text)
    except ValueError:
        return False
    return True


def kept_key(path: Path) -> str:
    """The key in the file at `path`; made there first, readable by its owner only, if there is none."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        with contextlib.suppress(PermissionError):  # somebody else's file: theirs to decide
            if path.stat().st_mode & 0o077:
                path.chmod(0o600)
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        key = new_key()
        file.write(f"{key}\n")
    return key


class FernetVault:
    """The `Vault` port. Seals with the first key, opens with any; nothing it raises or prints shows a key."""

    def __init__(self, keys: Sequence[str]) -> None:
        """`keys` newest first; raises VaultError when there is none or one is malformed."""
        if not keys:
            raise VaultError(f"{SETTING} is empty; it takes Fernet keys, comma separated, newest first.")
        self._fernet = MultiFernet([_fernet(key, place) for place, key in enumerate(keys, 1)])
        self._count = len(keys)

    def seal(self, text: str, about: str) -> bytes:
        """`about` travels inside, so that a value copied to another tenant's row does not open there."""
        return self._fernet.encrypt(json.dumps([about, text]).encode("ascii"))

    def open(self, sealed: bytes, about: str) -> str:
        """The text; raises VaultError when no key fits or it was sealed about something else."""
        try:
            meant, text = json.loads(self._fernet.decrypt(sealed))
        except InvalidToken:
            raise VaultError(
                f"A sealed value does not open: {SETTING} lacks the key it was sealed with, or it is "
                "damaged. Put the earlier key back behind the newest one."
            ) from None
        if meant != about:
            raise VaultError("A sealed value belongs to another account; the database was changed by hand.")
        return str(text)

    def rotate(self, sealed: bytes) -> bytes:
        """The same value under the newest key; raises VaultError when no key fits."""
        try:
            return self._fernet.rotate(sealed)
        except InvalidToken:
            raise VaultError(
                f"A sealed value cannot be sealed anew: {SETTING} lacks the key it was sealed with."
            ) from None

    def __repr__(self) -> str:  # type: ignore[explicit-override] # typing.override is 3.12
        return f"FernetVault({self._count} keys)"


def _fernet(key: str, place: int) -> Fernet:
    try:
        return Fernet(key)
    except ValueError:
        raise VaultError(
            f"Key {place} in {SETTING} is no Fernet key: it must be 32 bytes in URL-safe base64."
        ) from None
