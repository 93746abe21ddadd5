"""The vault: sealing, rotation, and that no key or secret shows anywhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.vault import FernetVault, is_key, kept_key, new_key
from bot.ports import VaultError

OLD, NEW = new_key(), new_key()


@settings(deadline=None)
@given(st.text(), st.text())
def test_what_is_sealed_opens_about_the_same_thing(text: str, about: str) -> None:
    vault = FernetVault([NEW])
    assert vault.open(vault.seal(text, about), about) == text


def test_a_value_moved_to_another_tenant_does_not_open() -> None:
    vault = FernetVault([NEW])
    with pytest.raises(VaultError, match="another account"):
        vault.open(vault.seal("xoxp-1", "token of slack:T1 U1"), "token of slack:T2 U1")


def test_earlier_keys_still_open_and_rotation_frees_them() -> None:
    sealed = FernetVault([OLD]).seal("xoxp-1", "about")
    both = FernetVault([NEW, OLD])
    assert both.open(sealed, "about") == "xoxp-1"
    rotated = both.rotate(sealed)
    assert FernetVault([NEW]).open(rotated, "about") == "xoxp-1"
    with pytest.raises(VaultError):
        FernetVault([OLD]).open(rotated, "about")


def test_new_values_are_sealed_with_the_first_key() -> None:
    assert FernetVault([NEW]).open(FernetVault([NEW, OLD]).seal("x", ""), "") == "x"


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"gAAAA"])
def test_what_does_not_open_names_the_setting(damage: bytes) -> None:
    vault = FernetVault([NEW])
    for attempt in (lambda: vault.open(damage, "about"), lambda: vault.rotate(damage)):
        with pytest.raises(VaultError, match="BOUNDARY_SECRET_KEYS"):
            attempt()


def test_a_lost_key_names_the_setting_and_shows_nothing() -> None:
    sealed = FernetVault([OLD]).seal("xoxp-1", "about")
    with pytest.raises(VaultError, match="BOUNDARY_SECRET_KEYS") as caught:
        FernetVault([NEW]).open(sealed, "about")
    assert not any(secret in str(caught.value) for secret in (OLD, NEW, "xoxp"))


def test_a_malformed_key_is_named_by_its_place_only() -> None:
    with pytest.raises(VaultError, match="Key 2 in BOUNDARY_SECRET_KEYS") as caught:
        FernetVault([NEW, "hunter2"])
    assert "hunter2" not in str(caught.value)


def test_no_key_at_all_is_refused() -> None:
    with pytest.raises(VaultError, match="BOUNDARY_SECRET_KEYS is empty"):
        FernetVault([])


def test_a_vault_shows_no_key() -> None:
    vault = FernetVault([NEW, OLD])
    assert repr(vault) == "FernetVault(2 keys)"
    assert NEW not in repr(vars(vault))


def test_a_kept_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "boundary.db.key"
    key = kept_key(path)
    assert kept_key(path) == key
    assert is_key(key)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_kept_key_that_others_could_read_is_its_owners_alone_again(tmp_path: Path) -> None:
    path = tmp_path / "boundary.db.key"
    key = kept_key(path)
    path.chmod(0o644)  # restored from a backup, say
    assert kept_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
