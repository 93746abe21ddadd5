"""The directory over a store and a vault: tokens sealed, rotated online, never readable in the files."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from adapters.stores.memory import MemoryStore
from adapters.stores.sqlite import SqliteStore, migrate
from adapters.vault import FernetVault, new_key
from bot.directory import StoredDirectory
from bot.inbound import Account
from bot.ports import Store, VaultError
from bot.records import AccountRecord
from tests.support.records import MAYA, SAM, hold, journal_entry, parcel

KEY = new_key()


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def directory(store: MemoryStore) -> StoredDirectory:
    return StoredDirectory(store, FernetVault([KEY]))


@pytest.fixture
async def on_disk(tmp_path: Path) -> AsyncIterator[tuple[Path, Store]]:
    migrate(tmp_path / "boundary.db")
    store = SqliteStore(tmp_path / "boundary.db")
    yield tmp_path, store
    await store.close()


async def record(store: Store, account: Account = MAYA) -> AccountRecord:
    found = await store.read(lambda tx: tx.accounts.get(account))
    assert found is not None
    return found


async def test_a_token_comes_back_and_marks_the_account(store: Store, directory: StoredDirectory) -> None:
    await store.write(lambda tx: tx.accounts.put(AccountRecord(MAYA, "maya", dm="D1")))
    await directory.keep_token(MAYA, "xoxp-1")
    assert await directory.person_token(MAYA) == "xoxp-1"
    assert await record(store) == AccountRecord(MAYA, "maya", dm="D1", connected=True)
    await directory.forget_token(MAYA)
    assert await directory.person_token(MAYA) is None
    assert await record(store) == AccountRecord(MAYA, "maya", dm="D1")


async def test_the_bots_token_is_the_tenants(store: Store, directory: StoredDirectory) -> None:
    await directory.keep_token(Account("slack:T1", ""), "xoxb-1")
    assert await directory.bot_token("slack:T1") == "xoxb-1"
    assert await directory.bot_token("slack:T2") is None
    assert await store.read(lambda tx: tx.accounts.get(Account("slack:T1", ""))) is None
    await directory.forget_token(Account("slack:T1", ""))
    assert await directory.bot_token("slack:T1") is None


async def test_forgetting_a_strangers_token_leaves_no_trace(store: Store, directory: StoredDirectory) -> None:
    await directory.forget_token(MAYA)
    assert await store.read(lambda tx: tx.accounts.get(MAYA)) is None


async def test_the_bots_chat_with_somebody_is_remembered(store: Store, directory: StoredDirectory) -> None:
    assert await directory.dm(MAYA) == ""
    await store.write(lambda tx: tx.accounts.put(AccountRecord(MAYA, "maya", connected=True)))
    await directory.keep_dm(MAYA, "D7")
    assert await directory.dm(MAYA) == "D7"
    assert (await record(store)).connected


async def test_a_token_copied_to_another_row_does_not_open(store: Store, directory: StoredDirectory) -> None:
    await directory.keep_token(MAYA, "xoxp-1")
    sealed = await store.read(lambda tx: tx.tokens.get(MAYA))
    await store.write(lambda tx: tx.tokens.put(SAM, sealed or b""))
    with pytest.raises(VaultError):
        await directory.person_token(SAM)


async def test_rotation_goes_on_beside_everything_else(store: Store) -> None:
    newest = new_key()
    before = StoredDirectory(store, FernetVault([KEY]))
    accounts = [Account("slack:T1", f"U{n:04}") for n in range(450)]
    for account in accounts:
        await before.keep_token(account, f"xoxp-{account.user}")
    sealed = FernetVault([KEY]).seal("hello", "hold h1")
    await store.write(lambda tx: tx.holds.put(hold(text=sealed)))
    both = StoredDirectory(store, FernetVault([newest, KEY]))
    count, *_ = await asyncio.gather(both.rotate_all(), both.keep_token(accounts[3], "xoxp-new"))
    assert 450 <= count <= 451
    after = StoredDirectory(store, FernetVault([newest]))
    tokens = [await after.person_token(account) for account in accounts]
    assert tokens == [f"xoxp-{account.user}" if n != 3 else "xoxp-new" for n, account in enumerate(accounts)]
    rotated = await store.read(lambda tx: tx.holds.get("h1"))
    assert rotated is not None
    assert FernetVault([newest]).open(rotated.text or b"", "hold h1") == "hello"


async def test_what_is_accepted_and_not_handled_is_sealed_with_the_newest_key_too(store: MemoryStore) -> None:
    newest = new_key()
    old = FernetVault([KEY]).seal("{}", "inbox")
    keys = [f"p{n:03}" for n in range(450)]
    await store.write(lambda tx: [tx.inbox.add(parcel(key, sealed=old)) for key in keys])
    assert await StoredDirectory(store, FernetVault([newest, KEY])).rotate_all() == len(keys)
    waiting = await store.read(lambda tx: tx.inbox.waiting())
    assert [each.key for each in waiting] == keys
    assert {FernetVault([newest]).open(each.sealed, "inbox") for each in waiting} == {"{}"}


async def test_what_people_wrote_is_sealed_with_the_newest_key_too_and_nothing_forgotten_comes_back(
    store: Store,
) -> None:
    newest, days = new_key(), [date(2026, 1, 1) + timedelta(days=n) for n in range(220)]
    old = FernetVault([KEY]).seal("first step: tea", "journal")
    entries = [journal_entry(day, person=who, sealed=old) for who in ("maya", "sam") for day in days]
    await store.write(lambda tx: [tx.diary.put(each) for each in entries])
    both = StoredDirectory(store, FernetVault([newest, KEY]))
    forget = store.write(lambda tx: tx.remove_person("sam", "x_1"))
    count, _ = await asyncio.gather(both.rotate_all(), forget)
    left = await store.read(lambda tx: tx.diary.all(limit=999))
    assert [(each.person, each.day) for each in left] == [("maya", day) for day in days]
    assert count >= len(days)
    assert {FernetVault([newest]).open(each.sealed, "journal") for each in left} == {"first step: tea"}


async def test_no_token_and_no_key_can_be_read_in_the_database_files(on_disk: tuple[Path, Store]) -> None:
    folder, store = on_disk
    directory = StoredDirectory(store, FernetVault([KEY]))
    for n in range(20):
        await directory.keep_token(Account("slack:T1", f"U{n}"), f"xoxp-secret-{n}")
    content = b"".join(file.read_bytes() for file in folder.iterdir())
    assert b"U19" in content
    assert b"xox" not in content
    assert KEY.encode() not in content
