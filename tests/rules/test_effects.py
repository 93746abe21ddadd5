"""Effects are data with a key under which they happen once."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import (
    Digest,
    Effect,
    EndSnooze,
    Landed,
    Nudge,
    PublishHome,
    Say,
    SenderNote,
    SetStatus,
    Snooze,
    UrgentPing,
    effect_key,
)
from tests.rules.people import utc

AT = utc("2026-11-24T10:00")
ALL: list[Effect] = [
    SetStatus("maya", AT),
    SetStatus("maya", AT, AT, asked=True),
    Snooze("maya", AT),
    EndSnooze("maya", AT),
    Digest("maya", ("a", "b")),
    Digest("maya", ("a,b",)),
    UrgentPing("maya", "a"),
    SenderNote("maya", ("a",)),
    SenderNote("maya", ("a",), ("b",)),
    SenderNote("maya", ("a",), coach=True),
    Landed("maya", ("a",)),
    Nudge("maya", "end_of_day", date(2026, 11, 24)),
    Say("maya", "connected", (("scope", "status"),)),
    Say("maya", "connected"),
    PublishHome("maya", AT),
]


def test_no_two_effects_share_a_key_and_deciding_twice_gives_the_same() -> None:
    assert len({effect_key(effect) for effect in ALL}) == len(ALL)
    assert effect_key(SetStatus("maya", AT)) == effect_key(SetStatus("maya", AT))
    assert effect_key(SetStatus("maya", AT)) == "set_status:maya:2026-11-24T10:00:00+00:00::False"


@given(st.lists(st.text()), st.lists(st.text()), st.text(), st.text())
def test_no_text_can_forge_another_key(one: list[str], other: list[str], person: str, someone: str) -> None:
    same = (person, one) == (someone, other)
    keys = effect_key(Digest(person, tuple(one))), effect_key(Digest(someone, tuple(other)))
    assert (keys[0] == keys[1]) == same


@pytest.mark.parametrize("effect", ALL)
def test_an_effect_carries_ids_and_facts_only(effect: Effect) -> None:
    assert not {field.name for field in fields(effect)} & {"text", "message", "body"}
