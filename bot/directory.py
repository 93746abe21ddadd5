"""Who is reachable how: platform tokens, sealed, and the bot's own chats, kept in the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial

from bot.inbound import Account
from bot.ports import Store, Tx, Vault
from bot.records import AccountRecord, Hold, JournalEntry

PAGE = 200  # Fernet rotates about 45,000 values a second: a page holds the event loop for a few milliseconds
_ALL = 1_000_000


def about_token(account: Account) -> str:
    """What a sealed token is bound to."""
    return f"token of {account.tenant} {account.user}"


class StoredDirectory:
    """The `Directory` port. A tenant's bot token is kept under user ""."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self._vault = vault

    async def bot_token(self, tenant: str) -> str | None:
        return await self.person_token(Account(tenant, ""))

    async def person_token(self, account: Account) -> str | None:
        """Raises VaultError when the keys do not fit what is stored."""
        sealed = await self._store.read(lambda tx: tx.tokens.get(account))
        return None if sealed is None else self._vault.open(sealed, about_token(account))

    async def dm(self, account: Account) -> str:
        record = await self._store.read(lambda tx: tx.accounts.get(account))
        return "" if record is None else record.dm

    async def keep_dm(self, account: Account, channel: str) -> None:
        await self._store.write(lambda tx: _change(tx, account, dm=channel))

    def seal_token(self, account: Account, token: str) -> bytes:
        """For a transaction of the caller's own, to be stored with `keep_sealed`."""
        return self._vault.seal(token, about_token(account))

    async def keep_token(self, account: Account, token: str) -> None:
        """Store a token and mark the account as connected; user "" stores the tenant's bot token."""
        sealed = self.seal_token(account, token)
        await self._store.write(lambda tx: keep_sealed(tx, account, sealed))

    async def forget_token(self, account: Account) -> None:
        await self._store.write(lambda tx: drop_token(tx, account))

    async def rotate_all(self) -> int:
        """Seal every token, held text, journal entry and parcel with the newest key while everything goes on;
        returns how many.

        Afterwards the older keys can be taken out of the setting.
        """
        kept = await self._rotate_tokens() + await self._rotate_holds() + await self._rotate_journal()
        return kept + await self._rotate_parcels()

    async def _rotate_tokens(self) -> int:
        count = 0
        page = await self._store.read(partial(_tokens_after, after=None))
        while page:
            fresh = [(account, sealed, self._vault.rotate(sealed)) for account, sealed in page]
            count += await self._store.write(partial(_swap_tokens, fresh=fresh))
            page = await self._store.read(partial(_tokens_after, after=page[-1][0]))
        return count

    async def _rotate_holds(self) -> int:
        count = 0
        page = await self._store.read(partial(_texts_after, after=""))
        while page:
            texts = [(hold.id, hold.text, self._vault.rotate(hold.text)) for hold in page if hold.text]
            count += await self._store.write(partial(_swap_texts, texts=texts))
            page = await self._store.read(partial(_texts_after, after=page[-1].id))
        return count

    async def _rotate_journal(self) -> int:
        count = 0
        page = await self._store.read(partial(_entries_after, after=None))
        while page:
            fresh = [(entry, self._vault.rotate(entry.sealed)) for entry in page]
            count += await self._store.write(partial(_swap_entries, fresh=fresh))
            last = page[-1]
            page = await self._store.read(partial(_entries_after, after=(last.person, last.day, last.kind)))
        return count

    async def _rotate_parcels(self) -> int:
        """All at once: parcels wait for seconds only, those of an earlier run included."""
        count, waiting = 0, await self._store.read(lambda tx: tx.inbox.waiting(_ALL))
        while waiting:
            page, waiting = waiting[:PAGE], waiting[PAGE:]
            fresh = [(parcel.key, self._vault.rotate(parcel.sealed)) for parcel in page]
            await self._store.write(partial(_reseal, fresh=fresh))
            count += len(fresh)
        return count


def keep_sealed(tx: Tx, account: Account, sealed: bytes) -> None:
    """Store a token sealed by `StoredDirectory.seal_token` and mark the account as connected."""
    tx.tokens.put(account, sealed)
    if account.user:
        _change(tx, account, connected=True)


def drop_token(tx: Tx, account: Account) -> None:
    """Remove a token and mark the account as not connected."""
    tx.tokens.remove(account)
    if account.user and tx.accounts.get(account) is not None:
        _change(tx, account, connected=False)


def _change(tx: Tx, account: Account, *, dm: str | None = None, connected: bool | None = None) -> None:
    record = tx.accounts.get(account) or AccountRecord(account)
    tx.accounts.put(
        replace(
            record,
            dm=record.dm if dm is None else dm,
            connected=record.connected if connected is None else connected,
        )
    )


def _tokens_after(tx: Tx, after: Account | None) -> list[tuple[Account, bytes]]:
    return tx.tokens.all(after, PAGE)


def _texts_after(tx: Tx, after: str) -> list[Hold]:
    return tx.holds.sealed(after, PAGE)


def _entries_after(tx: Tx, after: tuple[str, date, str] | None) -> list[JournalEntry]:
    return tx.diary.all(after, PAGE)


def _swap_entries(tx: Tx, fresh: list[tuple[JournalEntry, bytes]]) -> int:
    """Only those still as they were read, as with tokens: a forgotten person's do not come back."""
    same = [(entry, new) for entry, new in fresh if entry in tx.diary.of(entry.person, entry.day)]
    for entry, new in same:
        tx.diary.put(replace(entry, sealed=new))
    return len(same)


def _swap_tokens(tx: Tx, fresh: list[tuple[Account, bytes, bytes]]) -> int:
    """Only those still as they were read: a token replaced meanwhile has the newest key already."""
    same = [(account, new) for account, old, new in fresh if tx.tokens.get(account) == old]
    for account, new in same:
        tx.tokens.put(account, new)
    return len(same)


def _reseal(tx: Tx, fresh: list[tuple[str, bytes]]) -> None:
    for key, sealed in fresh:
        tx.inbox.reseal(key, sealed)


def _swap_texts(tx: Tx, texts: list[tuple[str, bytes, bytes]]) -> int:
    holds = [(tx.holds.get(id_), old, new) for id_, old, new in texts]
    same = [replace(hold, text=new) for hold, old, new in holds if hold is not None and hold.text == old]
    for hold in same:
        tx.holds.put(hold)
    return len(same)
