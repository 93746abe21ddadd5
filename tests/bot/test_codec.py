"""Stored text: every value comes back, defaults cost nothing, damage is named without its content."""

from __future__ import annotations

import dataclasses
import json
import typing
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import codec
from bot.codec import CodecError
from bot.inbound import Account
from bot.records import Marks, PersonState, RitualState
from rules.effects import Effect, SetStatus
from rules.statuses import Ours, Status
from rules.values import (
    Clause,
    Holiday,
    Kind,
    Leave,
    Mode,
    Owner,
    Passes,
    Person,
    ReplyWithin,
    Said,
    Style,
    Team,
    TimeRange,
    When,
    Window,
    WorkingTime,
)
from tests.support.records import NOW, person

words = st.text(max_size=12)
instants = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
dates = st.dates(date(1990, 1, 1), date(2090, 1, 1))
ranges = st.builds(TimeRange, st.integers(0, 1439), st.integers(1, 1440))
clauses = st.builds(
    Clause,
    st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True).map(lambda days: tuple(sorted(days))),
    st.lists(ranges, min_size=1, max_size=3).map(tuple),
)
whens = st.builds(When, st.lists(clauses, max_size=3).map(tuple), st.integers(1, 9), st.none() | dates)
passes = st.builds(Passes, st.booleans(), st.booleans(), st.frozensets(words, max_size=3))
windows = st.builds(
    Window, words, st.sampled_from(Kind), whens, st.none() | passes, st.booleans(), st.sampled_from(Owner)
)
said = st.builds(
    Said, st.sampled_from(Mode), instants, instants, instants, words, st.none() | passes, st.booleans()
)
people = st.builds(
    Person, words, words, st.sampled_from(Style), st.none() | whens, st.lists(windows, max_size=4).map(tuple),
    st.lists(st.builds(Leave, dates, dates, st.none() | words), max_size=3).map(tuple), st.none() | words,
    st.lists(st.builds(Holiday, dates, words), max_size=3).map(tuple), st.lists(said, max_size=2).map(tuple),
    st.lists(words, max_size=3).map(tuple), st.lists(words, max_size=2).map(tuple),
)  # fmt: skip
durations = st.none() | st.timedeltas() | st.builds(WorkingTime, st.integers(0, 9999), st.integers(0, 9))
accounts = st.builds(Account, words, words)
statuses = st.builds(Status, words, words, st.none() | instants)
rituals = st.builds(RitualState, st.none() | dates, st.booleans(), st.integers(0, 9), st.booleans())
ours = st.none() | st.builds(Ours, statuses, st.none() | statuses, instants)
marks = st.builds(
    Marks, accounts, ours, ours, st.none() | instants, st.none() | st.tuples(instants, instants, instants)
)
states = st.builds(
    PersonState, home=st.none() | accounts, name=words, met=st.booleans(), armed=st.none() | instants,
    marks=st.lists(marks, max_size=2).map(tuple), nudges=st.integers(0, 99), nudges_on=st.none() | dates,
    start_of_day=rituals, aliases=st.lists(words, max_size=2).map(tuple), merged_into=words,
    home_until=st.none() | instants,
)  # fmt: skip


@settings(deadline=None)
@given(instants)
def test_an_instant_is_kept_to_the_microsecond(at: datetime) -> None:
    assert codec.from_micros(codec.to_micros(at)) == at


def test_an_instant_of_any_zone_is_stored_as_utc() -> None:
    tokyo = NOW.astimezone(timezone(timedelta(hours=9)))
    assert codec.from_micros(codec.to_micros(tokyo)).tzinfo is UTC
    assert codec.to_micros(tokyo) == codec.to_micros(NOW)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="aware UTC datetime"):
        codec.to_micros(datetime(2026, 1, 1))  # noqa: DTZ001


@settings(deadline=None)
@given(people)
def test_a_person_comes_back(value: Person) -> None:
    assert codec.decode_person(codec.encode_person(value)) == value


@settings(deadline=None)
@given(states)
def test_a_state_comes_back(value: PersonState) -> None:
    assert codec.decode_state(codec.encode_state(value)) == value


def test_a_state_from_when_a_person_had_one_account_is_read_as_of_that_account() -> None:
    old = (
        '{"v":1,"home":{"tenant":"slack:T1","user":"U1"},"name":"Maya",'
        '"ours":{"status":{"text":"Off","emoji":"","expires":null},"before":null,"set_at":0},'
        '"snoozed_until":60000000,"dnd":[0,60000000,0]}'
    )
    minute = codec.from_micros(60_000_000)
    off = Ours(Status("Off", "", None), None, codec.EPOCH)
    maya = Account("slack:T1", "U1")
    kept = Marks(maya, off, None, minute, (codec.EPOCH, minute, codec.EPOCH))
    assert codec.decode_state(old) == PersonState(home=maya, name="Maya", marks=(kept,))


def test_what_was_left_on_an_account_that_nobody_knows_is_dropped() -> None:
    assert codec.decode_state('{"v":1,"name":"Maya","snoozed_until":0}') == PersonState(name="Maya")


@settings(deadline=None)
@given(whens, whens, durations, durations)
def test_a_team_comes_back(core: When, focus: When, mention: Any, urgent: Any) -> None:
    within = ReplyWithin(mention=mention, urgent=urgent)
    value = Team("platform", "Europe/Lisbon", ("maya", "sam"), ("sam",), core, focus, within, 3)
    assert codec.decode_team(codec.encode_team(value)) == value


@settings(max_examples=20, deadline=None)
@given(st.data())
@pytest.mark.parametrize("name", sorted(codec.effect_kinds()))
def test_every_effect_comes_back_as_what_it_was(name: str, data: st.DataObject) -> None:
    kind = codec.effect_kinds()[name]
    hints = typing.get_type_hints(kind)
    value = data.draw(st.builds(kind, **{field: anything(hint) for field, hint in hints.items()}))
    again = codec.decode_effect(codec.encode_effect(value))
    assert (type(again), again) == (type(value), value)


def anything(hint: Any) -> st.SearchStrategy[Any]:
    """Any value of a field's type; instants are aware."""
    if hint == datetime:
        return instants
    return st.none() | instants if hint == datetime | None else st.from_type(hint)


def test_the_kinds_of_effect_are_all_there() -> None:
    assert codec.effect_kinds()["SetStatus"] is SetStatus
    assert Effect not in codec.effect_kinds().values()


def test_defaults_are_not_written() -> None:
    assert codec.encode_state(PersonState()) == '{"v":1}'
    assert json.loads(codec.encode_person(Person("maya", "Europe/Lisbon"))) == {
        "v": 1, "id": "maya", "zone": "Europe/Lisbon",
    }  # fmt: skip


def test_stored_text_is_ascii_whatever_was_said() -> None:
    text = codec.encode_person(person(zone="\ud83d é \x00"))
    assert text.isascii()
    assert codec.decode_person(text).zone == "\ud83d é \x00"


def test_a_person_with_eight_norms_is_small_and_shared() -> None:
    text = codec.encode_person(person())
    assert len(text) < 1500
    assert codec.decode_person(text) is codec.decode_person("".join(list(text)))


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", '{"id":"x"}', '{"v":1}', '{"v":1,"id":"secret","zone":"Z","hours":"x y"}',
     '{"v":1,"id":"secret","zone":"Z","style":"strict"}', '{"v":1,"id":"secret","zone":"Z","shoe":"42"}',
     '{"v":2,"id":"secret","zone":"Z"}', '{"v":1,"id":"secret","zone":"Z","windows":[1]}'],
)  # fmt: skip
def test_damage_is_an_error_that_quotes_nothing(text: str) -> None:
    with pytest.raises(CodecError) as caught:
        codec.decode_person(text)
    assert "secret" not in str(caught.value)


def test_an_effect_of_a_newer_version_is_named_as_such() -> None:
    with pytest.raises(CodecError, match="newer version"):
        codec.decode_effect('{"v":1,"is":"Teleport","person":"maya"}')


def test_a_type_the_codec_cannot_store_is_found_when_it_is_taught() -> None:
    @dataclasses.dataclass
    class Odd:
        value: complex

    with pytest.raises(TypeError, match="teach it"):
        codec._make_converters(Odd)
