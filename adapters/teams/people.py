"""Who is who in what came in: profiles of those we do not know, and accounts for ids of the directory."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from adapters.bodies import Json
from adapters.teams import translate
from adapters.teams.chat import PATIENCE, TeamsChat, profile_of
from adapters.teams.connector import Turn
from adapters.teams.places import tenant_id
from bot.inbound import (
    Account,
    Command,
    HomeOpened,
    Inbound,
    Left,
    Mentioned,
    Profile,
    ShortcutUsed,
    Submitted,
)
from bot.ports import Outcome, Refused, Store, Tx
from bot.records import AccountRecord

PROFILE_WITHIN: Final = 1.5  # seconds of an answer for looking up somebody we meet for the first time
MOST_LOOKED_UP: Final = 10  # for one request
REMEMBERED: Final = 10_000  # accounts that were asked about, so that we do not ask again


class Acquaintances:
    """Asks Teams about people, quickly or not at all; what an activity says itself costs no call."""

    def __init__(self, chat: TeamsChat, store: Store) -> None:
        self._chat, self._store = chat, store
        self._refused: set[Account] = set()
        self._offered: set[Account] = set()

    async def introduced(self, inbound: Inbound, activity: Json) -> Inbound:
        """With profiles of who acts and of those it is about whose names we do not know.

        Of a mention only where somebody who uses us is concerned: others are nobody's business.
        """
        accounts = [
            inbound.who,
            *(Account(inbound.who.tenant, user) for user in translate.people_of(inbound)),
        ]
        known = await self._known(accounts)
        if isinstance(inbound, Left) or (
            isinstance(inbound, Mentioned) and not any(each and each.person for each in known.values())
        ):
            return inbound
        mine = await self._acting(inbound, activity, known[inbound.who])
        told = {user: each for user, each in translate.named_of(activity).items() if _is_new(user, known)}
        told |= dict(inbound.profiles)
        if not _name(known[inbound.who]):
            told[inbound.who.user] = mine
        found = replace(inbound, profiles=told)
        return replace(found, profile=mine) if isinstance(found, Command | HomeOpened) else found

    async def resolved(self, inbound: Inbound, activity: Json) -> tuple[Inbound, tuple[str, ...]]:
        """With accounts in place of directory ids, and the ids of whom nobody knows here."""
        wanted = [each for each in translate.people_of(inbound) if not each.startswith("29:")]
        if not wanted or not isinstance(inbound, Submitted | ShortcutUsed):
            return inbound, ()
        tenant = inbound.who.tenant
        records = await self._found(tenant, wanted)
        accounts = {each: record.account.user for each, record in records.items() if record}
        strangers = [each for each in wanted if each not in accounts][:MOST_LOOKED_UP]
        members = [] if translate.is_personal(activity) else strangers  # nobody else is in a personal chat
        looked = await asyncio.gather(*(self._member(activity, tenant, each) for each in members))
        met = {each: member for each, member in zip(members, looked, strict=True) if member}
        accounts |= {each: str(member["id"]) for each, member in met.items()}
        profiles = {accounts[each]: profile_of(member) for each, member in met.items()}
        unknown = tuple(each for each in wanted if each not in accounts)
        found = translate.with_accounts(inbound, accounts)
        return replace(found, profiles={**found.profiles, **profiles}), unknown

    async def names(self, tenant: str, users: Iterable[str]) -> dict[str, str]:
        """Names of accounts and of directory ids, as far as we know them."""
        wanted = tuple(users)
        if not wanted:
            return {}
        found = await self._found(tenant, wanted)
        return {each: record.name for each, record in found.items() if record and record.name}

    async def _found(self, tenant: str, users: Iterable[str]) -> Mapping[str, AccountRecord | None]:
        """What we know of accounts or of ids of the directory."""
        wanted = tuple(users)

        def work(tx: Tx) -> Mapping[str, AccountRecord | None]:
            return {
                each: tx.accounts.get(Account(tenant, each)) or tx.accounts.by_directory(tenant, each)
                for each in wanted
            }

        return await self._store.read(work)

    async def _known(self, accounts: list[Account]) -> Mapping[Account, AccountRecord | None]:
        return await self._store.read(lambda tx: {each: tx.accounts.get(each) for each in accounts})

    async def _acting(self, inbound: Inbound, activity: Json, known: AccountRecord | None) -> Profile:
        """Who acts: what the activity says, and what Teams says of somebody who is new."""
        said = replace(translate.profile_of(activity), is_guest=bool(known and known.guest))
        is_new = not _name(known) or (
            isinstance(inbound, Command | HomeOpened) and not (known and known.person)
        )
        looked = await self._looked_up(inbound.who, activity) if is_new else None
        if looked is None:
            return said
        return Profile(
            name=looked.name or said.name,
            zone=said.zone or looked.zone,
            locale=said.locale or looked.locale,
            is_bot=looked.is_bot,
            is_guest=looked.is_guest or said.is_guest,
            directory_id=said.directory_id or looked.directory_id,
            hours=looked.hours,
        )

    def _may_enrol(self, inbound: Inbound, known: AccountRecord | None) -> bool:
        """Somebody who may be about to use us is looked up once more: for the hours of their calendar."""
        if not isinstance(inbound, Command | HomeOpened) or (known and known.person):
            return False
        if inbound.who in self._offered or len(self._offered) >= REMEMBERED:
            return False
        self._offered.add(inbound.who)
        return True

    async def _looked_up(self, who: Account, activity: Json) -> Profile | None:
        """What Teams says about an account; None if it does not, or not quickly."""
        if who in self._refused:
            return None
        try:
            async with asyncio.timeout(PROFILE_WITHIN):
                if translate.is_personal(activity):
                    found = await self._chat.profile(who)
                else:
                    member = await self._asked(activity, who.tenant, who.user)
                    found = member if isinstance(member, Outcome) else profile_of(member)
        except TimeoutError:
            return None
        if isinstance(found, Refused) and not found.tenant_wide and len(self._refused) < REMEMBERED:
            self._refused.add(who)
        return found if isinstance(found, Profile) else None

    async def _member(self, activity: Json, tenant: str, directory_id: str) -> Json | None:
        """A member of the conversation by their directory id."""
        try:
            async with asyncio.timeout(PROFILE_WITHIN):
                found = await self._asked(activity, tenant, directory_id)
        except TimeoutError:
            return None
        is_person = not isinstance(found, Outcome) and str(found.get("id") or "").startswith("29:")
        return found if is_person and not isinstance(found, Outcome) else None

    async def _asked(self, activity: Json, tenant: str, member: str) -> Json | Outcome:
        place = str(activity["conversation"]["id"]).partition(";messageid=")[0]
        turn = Turn(tenant_id(tenant), PATIENCE)
        return await self._chat.connector.member(str(activity["serviceUrl"]), place, member, turn=turn)


def _name(known: AccountRecord | None) -> str:
    return known.name if known else ""


def _is_new(user: str, known: Mapping[Account, AccountRecord | None]) -> bool:
    """Whether it is about this account, and we have no name for it."""
    return any(account.user == user and not _name(record) for account, record in known.items())
