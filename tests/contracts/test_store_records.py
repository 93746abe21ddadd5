"""The contract of every store: accounts, holds, history, tokens, budgets, tenants, meta."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.inbound import Account
from bot.ports import Store, Tx
from bot.records import AccountRecord, Budget, Change, HoldState, Tenant
from rules.values import PingKind, Urgency
from tests.support.records import MAYA, SAM, TEAMS_MAYA, conversation, hold, later, person, record

# Accounts ----------------------------------------------------------------------------------------


async def test_an_account_comes_back_as_stored(store: Store) -> None:
    full = AccountRecord(
        MAYA, "maya", "Maya Ünal", "Europe/Lisbon", "D1", True, guest=True,
        directory_id="6f0c", unreachable="BotNotInConversationRoster",
    )  # fmt: skip
    await store.write(lambda tx: tx.accounts.put(AccountRecord(MAYA)))
    await store.write(lambda tx: tx.accounts.put(full))
    assert await store.read(lambda tx: tx.accounts.get(MAYA)) == full
    assert await store.read(lambda tx: tx.accounts.get(SAM)) is None


async def test_a_persons_accounts_are_found_and_strangers_are_not(store: Store) -> None:
    def work(tx: Tx) -> None:
        tx.accounts.put(AccountRecord(TEAMS_MAYA, "maya"))
        tx.accounts.put(AccountRecord(MAYA, "maya"))
        tx.accounts.put(AccountRecord(SAM, ""))

    await store.write(work)
    assert [row.account for row in await store.read(lambda tx: tx.accounts.of("maya"))] == [MAYA, TEAMS_MAYA]
    assert await store.read(lambda tx: tx.accounts.of("")) == []


async def test_an_account_that_changes_hands_is_found_once(store: Store) -> None:
    await store.write(lambda tx: tx.accounts.put(AccountRecord(MAYA, "maya")))
    await store.write(lambda tx: tx.accounts.put(AccountRecord(MAYA, "maya 2")))
    assert await store.read(lambda tx: tx.accounts.of("maya")) == []
    assert len(await store.read(lambda tx: tx.accounts.of("maya 2"))) == 1


async def test_enrolled_people_are_counted_by_tenant(store: Store) -> None:
    def work(tx: Tx) -> None:
        tx.accounts.put(AccountRecord(MAYA, "maya"))
        tx.accounts.put(AccountRecord(replace(MAYA, user="UMAYA2"), "maya"))
        tx.accounts.put(AccountRecord(SAM, "sam"))
        tx.accounts.put(AccountRecord(replace(SAM, user="UNEW"), ""))
        tx.accounts.put(AccountRecord(Account("slack:T2", "ULEE"), "lee"))

    await store.write(work)
    assert await store.read(lambda tx: tx.accounts.enrolled("slack:T1")) == 2
    await store.write(lambda tx: tx.accounts.remove(SAM))
    assert await store.read(lambda tx: tx.accounts.enrolled("slack:T1")) == 1
    assert await store.read(lambda tx: tx.accounts.enrolled("slack:T9")) == 0


async def test_an_account_is_found_by_its_directory_id_in_its_own_tenant(store: Store) -> None:
    def work(tx: Tx) -> None:
        tx.accounts.put(AccountRecord(TEAMS_MAYA, directory_id="6f0c"))
        tx.accounts.put(AccountRecord(replace(TEAMS_MAYA, tenant="teams:other"), directory_id="77aa"))
        tx.accounts.put(AccountRecord(replace(TEAMS_MAYA, user="29:kenji"), directory_id=""))

    def found(tx: Tx, directory_id: str) -> Account | None:
        record = tx.accounts.by_directory(TEAMS_MAYA.tenant, directory_id)
        return record.account if record else None

    await store.write(work)
    assert await store.read(lambda tx: [found(tx, id_) for id_ in ("6f0c", "77aa", "")]) == [
        TEAMS_MAYA, None, None,
    ]  # fmt: skip
    await store.write(lambda tx: tx.accounts.put(AccountRecord(TEAMS_MAYA, directory_id="new")))
    assert await store.read(lambda tx: [found(tx, id_) for id_ in ("6f0c", "new")]) == [None, TEAMS_MAYA]
    await store.write(lambda tx: tx.accounts.remove(TEAMS_MAYA))
    assert await store.read(lambda tx: found(tx, "new")) is None


async def test_of_two_accounts_with_one_directory_id_it_is_always_the_same(store: Store) -> None:
    accounts = [replace(TEAMS_MAYA, user=f"29:{name}") for name in ("zoe", "amy", "lou")]
    await store.write(lambda tx: [tx.accounts.put(AccountRecord(a, directory_id="6f0c")) for a in accounts])
    found = await store.read(lambda tx: tx.accounts.by_directory(TEAMS_MAYA.tenant, "6f0c"))
    assert found is not None
    assert found.account.user == "29:amy"


async def test_accounts_are_found_by_how_their_names_begin_in_their_own_tenant(store: Store) -> None:
    names = ["Kenji Mori", "kenji", "KENJI Sato", "Ken", "Émile", "Kenji % _", ""]
    accounts = {f"29:{place}": name for place, name in enumerate(names)}

    def work(tx: Tx) -> None:
        for user, name in accounts.items():
            tx.accounts.put(AccountRecord(replace(TEAMS_MAYA, user=user), name=name))
        tx.accounts.put(AccountRecord(Account("teams:other", "29:0"), name="Kenji Other"))

    def found(tx: Tx, beginning: str, limit: int = 9) -> list[str]:
        return [each.name for each in tx.accounts.named(TEAMS_MAYA.tenant, beginning, limit)]

    await store.write(work)
    wanted = ["kenji", "Kenji % _", "Kenji Mori", "KENJI Sato"]
    assert await store.read(lambda tx: found(tx, "kEnJi")) == wanted
    assert await store.read(lambda tx: found(tx, "kenji", 2)) == wanted[:2]
    assert await store.read(lambda tx: [found(tx, each) for each in ("Ém", "émi", "%", "")]) == [
        ["Émile"], [], [], [],
    ]  # fmt: skip
    await store.write(lambda tx: tx.accounts.put(AccountRecord(replace(TEAMS_MAYA, user="29:1"), name="Jo")))
    await store.write(lambda tx: tx.accounts.remove(replace(TEAMS_MAYA, user="29:2")))
    assert await store.read(lambda tx: found(tx, "kenji")) == ["Kenji % _", "Kenji Mori"]


# Holds -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fair", [None, True, False])
async def test_a_hold_comes_back_as_stored(store: Store, fair: bool | None) -> None:
    full = hold(
        kind=PingKind.MENTION, urgency=Urgency.URGENT, reply_by=later(hours=2), needs_by=later(hours=3),
        reason="the site is down", channel="C1", message="1700.1", thread="1690.2",
        link="https://x.example/p1", text=None, state=HoldState.DELIVERED, delivered_at=later(hours=1),
        fair=fair, release_at=None, doubted=True,
    )  # fmt: skip
    await store.write(lambda tx: tx.holds.put(full))
    assert await store.read(lambda tx: tx.holds.get("h1")) == full
    assert await store.read(lambda tx: tx.holds.get("h2")) is None


async def test_text_with_a_broken_character_is_stored_all_the_same(store: Store) -> None:
    await store.write(lambda tx: tx.holds.put(hold(reason="down \ud83d\x00 now")))
    found = await store.read(lambda tx: tx.holds.get("h1"))
    assert found is not None
    assert found.reason.startswith("down ")
    assert found.reason.endswith("\x00 now")


async def test_what_waits_is_urgent_first_then_oldest(store: Store) -> None:
    def work(tx: Tx) -> None:
        tx.holds.put(hold("young", created_at=later(minutes=2)))
        tx.holds.put(hold("old", created_at=later(minutes=1)))
        tx.holds.put(hold("urgent", created_at=later(minutes=3), urgency=Urgency.URGENT))
        tx.holds.put(hold("bound", state=HoldState.RELEASING))
        tx.holds.put(hold("for sam", recipient="sam"))

    await store.write(work)
    waiting = await store.read(lambda tx: [row.id for row in tx.holds.waiting_for("maya")])
    assert waiting == ["urgent", "old", "young"]
    await store.write(lambda tx: tx.holds.put(hold("old", state=HoldState.CANCELLED)))
    waiting = await store.read(lambda tx: [row.id for row in tx.holds.waiting_for("maya")])
    assert waiting == ["urgent", "young"]
    assert await store.read(lambda tx: tx.holds.waiting_for("nobody")) == []


async def test_a_sender_sees_their_own_newest_first(store: Store) -> None:
    holds = [hold(f"h{n}", created_at=later(minutes=n), state=HoldState.CANCELLED) for n in (2, 3, 1)]
    await store.write(lambda tx: [tx.holds.put(each) for each in (*holds, hold("other", sender=MAYA))])
    assert [row.id for row in await store.read(lambda tx: tx.holds.sent_by(SAM))] == ["h3", "h2", "h1"]
    assert [row.id for row in await store.read(lambda tx: tx.holds.sent_by(SAM, limit=1))] == ["h3"]


async def test_a_recipient_sees_what_reached_them_and_nothing_that_was_taken_back(store: Store) -> None:
    came = [hold(f"h{n}", created_at=later(minutes=n), state=HoldState.DELIVERED) for n in (2, 1)]
    never = [hold(f"{state}", state=state) for state in (HoldState.WAITING, HoldState.CANCELLED)]
    other = hold("other", recipient="sam", state=HoldState.DELIVERED)
    await store.write(lambda tx: [tx.holds.put(each) for each in (*came, *never, other)])
    assert [row.id for row in await store.read(lambda tx: tx.holds.received_by("maya"))] == ["h2", "h1"]
    assert [row.id for row in await store.read(lambda tx: tx.holds.received_by("maya", limit=1))] == ["h2"]


async def test_sealed_texts_come_a_page_at_a_time(store: Store) -> None:
    await store.write(lambda tx: [tx.holds.put(hold(f"h{n}")) for n in (3, 1, 2)])
    await store.write(lambda tx: tx.holds.put(hold("h0", text=None)))
    assert [row.id for row in await store.read(lambda tx: tx.holds.sealed(limit=2))] == ["h1", "h2"]
    assert [row.id for row in await store.read(lambda tx: tx.holds.sealed("h2"))] == ["h3"]


async def test_a_forgotten_persons_holds_are_gone_both_ways(store: Store) -> None:
    def work(tx: Tx) -> None:
        tx.holds.put(hold("to maya"))
        tx.holds.put(hold("from maya", sender=MAYA, recipient="sam"))
        tx.holds.put(hold("other", sender=SAM, recipient="lee"))
        tx.holds.remove_person("maya", [MAYA])

    await store.write(work)
    ids = ("to maya", "from maya", "other")
    assert await store.read(lambda tx: [tx.holds.get(id_) is None for id_ in ids]) == [True, True, False]
    assert await store.read(lambda tx: tx.holds.waiting_for("maya")) == []


async def test_finished_holds_are_purged_by_age(store: Store) -> None:
    def work(tx: Tx) -> int:
        tx.holds.put(hold("waiting"))
        tx.holds.put(hold("cancelled", state=HoldState.CANCELLED))
        tx.holds.put(hold("delivered", state=HoldState.DELIVERED, delivered_at=later(hours=1)))
        tx.holds.put(hold("just now", state=HoldState.DELIVERED, delivered_at=later(hours=3)))
        return tx.holds.purge(later(hours=2))

    assert await store.write(work) == 2
    kept = [row.id for row in await store.read(lambda tx: tx.holds.sent_by(SAM))]
    assert sorted(kept) == ["just now", "waiting"]


# History -----------------------------------------------------------------------------------------


def change(number: int) -> Change:
    return Change("maya", later(minutes=number), f"step {number} é", person() if number % 2 else None)


async def test_the_latest_change_is_taken_back_first(store: Store) -> None:
    await store.write(lambda tx: [tx.history.push(change(n)) for n in (1, 2)])
    assert await store.read(lambda tx: tx.history.of("maya")) == [change(2), change(1)]
    assert await store.write(lambda tx: tx.history.pop("maya")) == change(2)
    assert await store.write(lambda tx: tx.history.pop("maya")) == change(1)
    assert await store.write(lambda tx: tx.history.pop("maya")) is None


async def test_only_the_latest_changes_are_kept(store: Store) -> None:
    def work(tx: Tx) -> None:
        tx.history.push(replace(change(1), person="sam"))
        for number in range(6):
            tx.history.push(change(number), keep=3)

    await store.write(work)
    assert [row.at for row in await store.read(lambda tx: tx.history.of("maya"))] == [
        later(minutes=5), later(minutes=4), later(minutes=3),
    ]  # fmt: skip
    await store.write(lambda tx: tx.history.remove("maya"))
    assert await store.read(lambda tx: (tx.history.of("maya"), len(tx.history.of("sam")))) == ([], 1)


# Tokens ------------------------------------------------------------------------------------------


async def test_a_token_comes_back_until_it_is_removed(store: Store) -> None:
    await store.write(lambda tx: tx.tokens.put(MAYA, b"old"))
    await store.write(lambda tx: tx.tokens.put(MAYA, b"new"))
    assert await store.read(lambda tx: tx.tokens.get(MAYA)) == b"new"
    await store.write(lambda tx: tx.tokens.remove(MAYA))
    assert await store.read(lambda tx: tx.tokens.get(MAYA)) is None


async def test_tokens_come_a_page_at_a_time(store: Store) -> None:
    accounts = [Account("slack:T1", ""), MAYA, SAM, Account("slack:T2", "")]
    await store.write(lambda tx: [tx.tokens.put(each, each.user.encode()) for each in reversed(accounts)])
    first = await store.read(lambda tx: tx.tokens.all(limit=3))
    rest = await store.read(lambda tx: tx.tokens.all(first[-1][0], 3))
    assert (len(first), len(rest)) == (3, 1)
    assert first + rest == [(each, each.user.encode()) for each in accounts]


# Budgets, tenants, meta --------------------------------------------------------------------------


async def test_a_budget_is_kept_by_tenant_method_and_channel(store: Store) -> None:
    first = Budget("slack:T1", "chat.postMessage", "D1", 0.25, 12.5, 40.0)
    await store.write(lambda tx: tx.budgets.put(replace(first, tokens=9.0)))
    await store.write(lambda tx: tx.budgets.put(first))
    assert await store.read(lambda tx: tx.budgets.get("slack:T1", "chat.postMessage", "D1")) == first
    assert await store.read(lambda tx: tx.budgets.get("slack:T1", "chat.postMessage", "")) is None


async def test_budgets_are_purged_unless_something_still_waits_for_them(store: Store) -> None:
    def work(tx: Tx) -> int:
        tx.budgets.put(Budget("t", "old", "", 1.0, 10.0))
        tx.budgets.put(Budget("t", "new", "", 1.0, 30.0))
        tx.budgets.put(Budget("t", "told to wait", "", 1.0, 10.0, 99.0))
        return tx.budgets.purge(20.0)

    assert await store.write(work) == 1
    assert await store.read(lambda tx: tx.budgets.get("t", "old", "")) is None
    assert await store.read(lambda tx: tx.budgets.get("t", "told to wait", "")) is not None


async def test_tenants_come_back_in_order(store: Store) -> None:
    one = Tenant("slack:T1", "slack", "Acme é", "https://acme.example", "UBOT", "token_revoked")
    two = Tenant("slack:T2", "slack")
    await store.write(lambda tx: [tx.tenants.put(each) for each in (two, replace(one, parked=""), one)])
    assert await store.read(lambda tx: tx.tenants.all()) == [one, two]
    assert await store.read(lambda tx: tx.tenants.get("slack:T1")) == one
    assert await store.read(lambda tx: tx.tenants.get("slack:T3")) is None


async def test_a_note_about_ourselves_is_replaced(store: Store) -> None:
    await store.write(lambda tx: tx.meta.put("boot", "1"))
    await store.write(lambda tx: tx.meta.put("boot", "2"))
    assert await store.read(lambda tx: (tx.meta.get("boot"), tx.meta.get("other"))) == ("2", None)


# Forgetting --------------------------------------------------------------------------------------


def everything(tx: Tx) -> list[Callable[[], object]]:
    return [
        lambda: tx.people.get("maya"), lambda: tx.accounts.of("maya"), lambda: tx.holds.waiting_for("maya"),
        lambda: tx.history.of("maya"), lambda: tx.tokens.get(MAYA), lambda: tx.accounts.get(MAYA),
        lambda: tx.accounts.by_directory(MAYA.tenant, "6f0c"),
        lambda: tx.conversations.get(TEAMS_MAYA.tenant, "a:maya"),
    ]  # fmt: skip


async def test_nothing_is_found_of_a_forgotten_person(store: Store) -> None:
    def live(tx: Tx) -> None:
        tx.people.put(record("maya"))
        tx.accounts.put(AccountRecord(MAYA, "maya", directory_id="6f0c"))
        tx.conversations.put(conversation())
        tx.holds.put(hold())
        tx.history.push(change(1))
        tx.tokens.put(MAYA, b"sealed")

    def forget(tx: Tx) -> None:
        tx.people.remove("maya")
        tx.accounts.remove(MAYA)
        tx.conversations.remove_user(TEAMS_MAYA)
        tx.holds.remove_person("maya", [MAYA])
        tx.history.remove("maya")
        tx.tokens.remove(MAYA)

    await store.write(live)
    assert all(await store.read(lambda tx: [look() for look in everything(tx)]))
    await store.write(forget)
    await store.scrub()
    assert not any(await store.read(lambda tx: [look() for look in everything(tx)]))
    assert await store.read(lambda tx: tx.people.due(later(days=999), 9)) == []
