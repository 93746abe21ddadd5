"""Each verified activity renews where to send to; nothing that it does not say is forgotten."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.stores.memory import MemoryStore
from adapters.teams.references import line_of, remember, want_home
from bot.inbound import Account
from bot.ports import Tx
from bot.records import AccountRecord, Conversation, Tenant
from tests.support.teams_door import APP, CONVERSATION, SERVICE, TENANT, Json, activity

WHO = f"teams:{TENANT}"
MAYA = Account(WHO, "29:maya")
BOT = f"28:{APP}"
TEAM = {"tenant": {"id": TENANT}, "team": {"id": "19:team"}, "channel": {"id": "19:gen@thread.tacv2"}}
THREAD = {"id": "19:gen@thread.tacv2;messageid=17", "conversationType": "channel", "tenantId": TENANT}
CREW = {"id": "19:crew@thread.v2", "conversationType": "groupChat", "tenantId": TENANT}


@pytest.fixture
async def store() -> AsyncIterator[MemoryStore]:
    made = MemoryStore()
    yield made
    await made.close()


async def hear(store: MemoryStore, **changed: Any) -> None:
    sent = activity(**changed)
    await store.write(lambda tx: remember(tx, sent, WHO))


async def place(store: MemoryStore, id_: str = CONVERSATION) -> Conversation | None:
    return await store.read(lambda tx: tx.conversations.get(WHO, id_))


async def maya(store: MemoryStore) -> AccountRecord | None:
    return await store.read(lambda tx: tx.accounts.get(MAYA))


async def test_the_own_chat_and_its_human_are_remembered(store: MemoryStore) -> None:
    await hear(store)
    assert await place(store) == Conversation(WHO, CONVERSATION, SERVICE, "personal", user="29:maya")
    assert await maya(store) == AccountRecord(MAYA, dm=CONVERSATION, directory_id="aad-maya")
    tenant = await store.read(lambda tx: tx.tenants.get(WHO))
    assert tenant == Tenant(WHO, "teams", bot_user=BOT)


async def test_a_new_address_replaces_the_old_one_and_home_stays(store: MemoryStore) -> None:
    await hear(store)
    await store.write(lambda tx: want_home(tx, activity(), WHO))
    await hear(store, serviceUrl="https://smba.trafficmanager.net/amer/", type="messageReaction")
    found = await place(store)
    assert found is not None
    assert (found.service_url, found.home) == ("https://smba.trafficmanager.net/amer/", "wanted")


async def test_what_is_known_of_an_account_is_kept_and_who_is_back_can_be_reached(store: MemoryStore) -> None:
    known = AccountRecord(MAYA, "p1", "Maya", "Europe/Lisbon", guest=True, unreachable="blocked")
    await store.write(lambda tx: tx.accounts.put(known))
    await hear(store)
    found = await maya(store)
    assert found is not None
    assert (found.person, found.name, found.guest, found.unreachable) == ("p1", "Maya", True, "")


async def test_removing_the_app_does_not_make_somebody_reachable(store: MemoryStore) -> None:
    await hear(store)
    gone = AccountRecord(MAYA, dm=CONVERSATION, directory_id="aad-maya", unreachable="left")
    await store.write(lambda tx: tx.accounts.put(gone))
    await hear(store, type="installationUpdate", action="remove")
    await hear(store, type="conversationUpdate", membersRemoved=[{"id": BOT}])
    assert await maya(store) == gone
    await hear(store, type="installationUpdate", action="add")
    assert await maya(store) != gone


async def test_a_parked_tenant_stays_parked(store: MemoryStore) -> None:
    parked = Tenant(WHO, "teams", parked="BotNotRegistered")
    await store.write(lambda tx: tx.tenants.put(parked))
    await hear(store)
    assert await store.read(lambda tx: tx.tenants.get(WHO)) == parked


PAIR = {"id": "19:aad-maya_aad-kenji@unq.gbl.spaces", "conversationType": "personal", "tenantId": TENANT}


async def test_a_chat_of_two_people_is_nobodys_own(store: MemoryStore) -> None:
    """A message extension can be used there without the bot, and the chat is called personal."""
    await hear(store)
    await hear(store, type="invoke", conversation=PAIR)
    found = await place(store, PAIR["id"])
    assert found is not None
    assert (found.kind, found.user) == ("groupChat", "")
    assert await maya(store) == AccountRecord(MAYA, dm=CONVERSATION, directory_id="aad-maya")


async def test_an_own_chat_may_be_named_by_person_and_bot(store: MemoryStore) -> None:
    own = PAIR | {"id": f"19:aad-maya_{APP}@unq.gbl.spaces"}
    await hear(store, conversation=own)
    found = await maya(store)
    assert found is not None
    assert found.dm == own["id"]


@pytest.mark.parametrize(
    "changed",
    [
        {"from": {"id": "29:kenji", "aadObjectId": "aad-kenji"}},
        {"conversation": CREW | {"id": CONVERSATION}},
        {"conversation": {"id": CONVERSATION, "conversationType": "channel"}, "from": {"id": "29:kenji"}},
    ],
)
async def test_an_own_chat_stays_its_persons(store: MemoryStore, changed: Json) -> None:
    await hear(store)
    before, record = await place(store), await maya(store)
    await hear(store, **changed)
    assert (await place(store), await maya(store)) == (before, record)
    assert await store.read(lambda tx: tx.accounts.get(Account(WHO, "29:kenji"))) is None


async def test_a_group_is_nobodys_own_whatever_comes_later(store: MemoryStore) -> None:
    await hear(store, conversation=CREW)
    await hear(store, conversation=CREW | {"id": CREW["id"], "conversationType": "personal"})
    found = await place(store, CREW["id"])
    assert found is not None
    assert (found.kind, found.user) == ("groupChat", "")
    assert await maya(store) is None


async def test_all_threads_of_a_channel_are_one_reference(store: MemoryStore) -> None:
    for number in range(3):
        thread = THREAD | {"id": f"19:gen@thread.tacv2;messageid={number}"}
        await hear(store, conversation=thread, channelData=TEAM)
    assert line_of(activity(conversation=THREAD)) == "19:gen@thread.tacv2"
    found = await place(store, "19:gen@thread.tacv2")
    assert found is not None
    assert (found.kind, found.team, found.channel, found.user) == (
        "channel",
        "19:team",
        "19:gen@thread.tacv2",
        "",
    )
    assert await place(store, THREAD["id"]) is None


async def test_of_people_in_groups_only_what_is_known_is_renewed(store: MemoryStore) -> None:
    await hear(store, conversation=CREW)
    assert await maya(store) is None
    await store.write(lambda tx: tx.accounts.put(AccountRecord(MAYA, name="Maya", dm="a:x")))
    await hear(store, conversation=CREW)
    assert await maya(store) == AccountRecord(MAYA, name="Maya", dm="a:x", directory_id="aad-maya")


@pytest.mark.parametrize(
    "left",
    [
        {"type": "installationUpdate", "action": "remove"},
        {"type": "conversationUpdate", "membersRemoved": [{"id": "29:x"}, {"id": BOT}]},
    ],
)
async def test_a_group_that_the_app_has_left_is_forgotten(store: MemoryStore, left: Json) -> None:
    await hear(store, conversation=CREW)
    await hear(store, conversation=CREW, type="conversationUpdate", membersRemoved=[{"id": "29:x"}])
    assert await place(store, CREW["id"]) is not None
    await hear(store, conversation=CREW, **left)
    assert await place(store, CREW["id"]) is None


async def test_our_own_account_is_none_of_a_human(store: MemoryStore) -> None:
    await hear(store, **{"from": {"id": BOT}})
    found = await place(store)
    assert found is not None
    assert found.user == ""
    assert await store.read(lambda tx: tx.accounts.get(Account(WHO, BOT))) is None


async def test_home_is_wanted_only_where_there_is_a_chat(store: MemoryStore) -> None:
    def work(tx: Tx) -> None:
        want_home(tx, activity(), WHO)

    await store.write(work)
    assert await place(store) is None
