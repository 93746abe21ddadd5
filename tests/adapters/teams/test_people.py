"""What people in a form are called before Teams has told us anything about them."""

from __future__ import annotations

from adapters.teams.people import Acquaintances
from bot.ports import Tx
from bot.records import AccountRecord, PersonRecord, PersonState
from rules import Person
from tests.support.teams_stage import teams_stage


async def test_somebody_known_from_elsewhere_has_a_name_in_a_picker() -> None:
    async with teams_stage() as stage:
        ana, rui = stage.account("ana"), stage.account("rui")

        def known(tx: Tx) -> None:
            tx.people.put(PersonRecord(Person("ana", "UTC"), PersonState(name="Ana")))
            tx.accounts.put(AccountRecord(ana, person="ana"))

        await stage.store.write(known)
        people = Acquaintances(stage.chat, stage.store)
        assert await people.names(stage.tenant, (ana.user, rui.user)) == {ana.user: "Ana"}
