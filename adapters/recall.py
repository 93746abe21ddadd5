"""Which people's chats with the bot are open already, learnt from the store in the background at start.

Posting there is then not budgeted as opening one first, which platforms allow much less often than posting.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from bot.inbound import Account
from bot.ports import Store, Tx

PAGE: Final = 200  # people read at once: a short moment in which nothing else is answered


class Recall:
    """Tells `remember` of every open chat on one platform ("slack")."""

    def __init__(self, store: Store, platform: str, remember: Callable[[Account], None]) -> None:
        self._store, self._platform, self._remember = store, platform, remember
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Begin; what is not known yet is budgeted as not open, which is only slower."""
        self._task = asyncio.get_running_loop().create_task(self._recall())

    async def done(self) -> None:
        """Wait until all of them are known."""
        if self._task is not None:
            await self._task

    async def close(self) -> None:
        """Stop, if it is still at it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _recall(self) -> None:
        page = await self._store.read(partial(_open_chats, self._platform, ""))
        while page.last:
            for who in page.chats:
                self._remember(who)
            await asyncio.sleep(0)  # others first
            page = await self._store.read(partial(_open_chats, self._platform, page.last))


@dataclass(frozen=True, slots=True)
class _Page:
    """The open chats of a page of people, and the last person on it ("" after the end)."""

    chats: tuple[Account, ...] = ()
    last: str = ""


def _open_chats(platform: str, after: str, tx: Tx) -> _Page:
    people = tx.people.ids(after, PAGE)
    known = (record for person in people for record in tx.accounts.of(person))
    ours = f"{platform}:"
    chats = tuple(each.account for each in known if each.dm and each.account.tenant.startswith(ours))
    return _Page(chats, people[-1] if people else "")
