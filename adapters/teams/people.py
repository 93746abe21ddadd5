"""Who is who in what came in: profiles of those we do not know, and accounts for ids of the directory."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from adapters.bodies import Json
from adapters.teams import translate
from adapters.teams.chat import PATIENCE, TeamsChat
from adapters.teams.connector import Turn
from adapters.teams.members import profile_of
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
FOUND_WITHIN: Final = 2.5  # the same for finding somebody by their directory id
MOST_LOOKED_UP: Final = 10  # for one request
REMEMBERED: Final = 10_000  # what Teams said about an account, or that it says nothing: asked once a run


class Acquaintances:
    """Asks Teams about people, quickly or not at all; what an activity says itself costs no call."""

    def __init__(self, chat: TeamsChat, store: Store) -> None:
        self._chat, self._store = chat, store
        self._met: OrderedDict[tuple[Account, bool], Profile | None] = OrderedDict()

    def forget(self, who: Account) -> None:
        """They want nothing of them kept, in memory neither."""
        for is_personal in (True, False):
            self._met.pop((who, is_personal), None)

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
        if not _name(known[inbound.who]) or mine.is_guest or mine.hours:
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
        looked = await asyncio.gather(*(self._member(activity, tenant, each) for each in strangers))
        met = {each: member for each, member in zip(strangers, looked, strict=True) if member}
        accounts |= {each: str(member["id"]) for each, member in met.items()}
        profiles = {accounts[each]: profile_of(member, tenant) for each, member in met.items()}
        unknown = tuple(each for each in wanted if each not in accounts)
        found = translate.with_accounts(inbound, accounts)
        return replace(found, profiles={**found.profiles, **profiles}), unknown

    async def names(self, tenant: str, users: Iterable[str]) -> dict[str, str]:
        """Names of accounts and of directory ids, as far as we know them."""
        wanted = tuple(users)
        if not wanted:
            return {}

        def work(tx: Tx) -> dict[str, str]:
            return {each: _called(tx, record) for each, record in _known_as(tx, tenant, wanted).items()}

        return {each: name for each, name in (await self._store.read(work)).items() if name}

    async def _found(self, tenant: str, users: Iterable[str]) -> Mapping[str, AccountRecord | None]:
        """What we know of accounts or of ids of the directory."""
        wanted = tuple(users)
        return await self._store.read(lambda tx: _known_as(tx, tenant, wanted))

    async def _known(self, accounts: list[Account]) -> Mapping[Account, AccountRecord | None]:
        return await self._store.read(lambda tx: {each: tx.accounts.get(each) for each in accounts})

    async def _acting(self, inbound: Inbound, activity: Json, known: AccountRecord | None) -> Profile:
        """Who acts: what the activity says, and what Teams says of whoever has not enrolled.

        A name alone does not mean that somebody was looked up, since others may have mentioned them: a guest
        must not pass for a member. Whom Teams could not tell us about now stays nameless, and is asked about
        again.
        """
        said = replace(translate.profile_of(activity), is_guest=bool(known and known.guest))
        if known and known.person and known.name:
            return said
        key = (inbound.who, translate.is_personal(activity))
        if key not in self._met:
            await self._look_up(key, activity)
        if key not in self._met:
            return replace(said, name="")
        looked = self._met[key]
        if looked is None:
            return said
        return Profile(
            name=looked.name or said.name,
            zone=said.zone or looked.zone,
            locale=said.locale,
            is_bot=looked.is_bot,
            is_guest=looked.is_guest,
            directory_id=said.directory_id or looked.directory_id,
            hours=looked.hours,
        )

    async def _look_up(self, key: tuple[Account, bool], activity: Json) -> None:
        """Remember what Teams says about an account, or that it definitely says nothing."""
        who, is_personal = key
        try:
            async with asyncio.timeout(PROFILE_WITHIN):
                if is_personal:
                    found = await self._chat.profile(who)
                else:
                    member = await self._asked(activity, who.tenant, who.user)
                    found = member if isinstance(member, Outcome) else profile_of(member, who.tenant)
                    if isinstance(found, Refused) and not found.tenant_wide:
                        found = await self._chat.profile(who)  # an extension is used where the bot is not
        except TimeoutError:
            return
        if isinstance(found, Profile):
            self._met[key] = found
        elif isinstance(found, Refused) and not found.tenant_wide:
            self._met[key] = None
        while len(self._met) > REMEMBERED:
            self._met.popitem(last=False)

    async def _member(self, activity: Json, tenant: str, directory_id: str) -> Json | None:
        """Somebody by their directory id: a member of the conversation, else whoever has added us."""
        try:
            async with asyncio.timeout(FOUND_WITHIN):
                found = None
                if not translate.is_personal(activity):
                    found = await self._asked(activity, tenant, directory_id)
                if found is None or isinstance(found, Outcome):
                    found = await self._in_own_chat(activity, tenant, directory_id)
        except TimeoutError:
            return None
        if isinstance(found, Outcome) or not str(found.get("id") or "").startswith("29:"):
            return None
        return found

    async def _in_own_chat(self, activity: Json, tenant: str, directory_id: str) -> Json | Outcome:
        """The chat that everybody has who added the app can be asked for by directory id, and knows the
        account. It shows nothing to anybody."""
        connector, service_url = self._chat.connector, str(activity["serviceUrl"])
        turn = Turn(tenant_id(tenant), PATIENCE)
        made = await connector.create_conversation(service_url, tenant_id(tenant), directory_id, turn=turn)
        if isinstance(made, Outcome):
            return made
        return await connector.member(service_url, str(made.get("id") or ""), directory_id, turn=turn)

    async def _asked(self, activity: Json, tenant: str, member: str) -> Json | Outcome:
        place = str(activity["conversation"]["id"]).partition(";messageid=")[0]
        turn = Turn(tenant_id(tenant), PATIENCE)
        return await self._chat.connector.member(str(activity["serviceUrl"]), place, member, turn=turn)


def _name(known: AccountRecord | None) -> str:
    return known.name if known else ""


def _is_new(user: str, known: Mapping[Account, AccountRecord | None]) -> bool:
    """Whether it is about this account, and we have no name for it."""
    return any(account.user == user and not _name(record) for account, record in known.items())


def _known_as(tx: Tx, tenant: str, users: Iterable[str]) -> Mapping[str, AccountRecord | None]:
    return {
        each: tx.accounts.get(Account(tenant, each)) or tx.accounts.by_directory(tenant, each)
        for each in users
    }


def _called(tx: Tx, known: AccountRecord | None) -> str:
    """The name of an account; of one that Teams has not told us yet that of its person."""
    person = tx.people.get(known.person) if known and known.person and not known.name else None
    return person.state.name if person else known.name if known else ""
