"""Stored values as compact, versioned JSON text, and instants as whole microseconds.

The text of a value names its fields and leaves out those that have their default, so a field added with a
default needs no migration. Patterns and holiday lists are small strings of their own: many people share
them, so they are decoded once. `decode_person` hands out the same frozen Person for the same text, which
makes a sweep of people whose norms did not change cheap.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache, lru_cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import rules.effects as effects_module
from bot.records import PersonState, Proposal, TeamState, TeamVersion
from rules.effects import Effect
from rules.summary import Summary
from rules.values import Clause, Holiday, Person, Said, Team, TimeRange, When

FORMAT = 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# ASCII only: lone surrogates, which platforms do send, survive as escapes; database drivers refuse them.
_ENCODER = json.JSONEncoder(separators=(",", ":"))

T = TypeVar("T")
Convert = Callable[[Any], Any]


class CodecError(Exception):
    """A stored value cannot be read: damaged, or written by a newer version of this program."""


# Instants ----------------------------------------------------------------------------------


def to_micros(at: datetime) -> int:
    """Whole microseconds since 1970 UTC; raises ValueError for a naive datetime."""
    if at.tzinfo is None:
        raise ValueError("An instant in the store needs an aware UTC datetime; this one has no zone.")
    return (at - EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """The aware UTC instant of `to_micros`."""
    return EPOCH + timedelta(microseconds=micros)


# Values ------------------------------------------------------------------------------------


def encode_person(person: Person) -> str:
    """A person's norms as text."""
    return _dump(Person, person)


@lru_cache(maxsize=16_384)
def decode_person(text: str) -> Person:
    """The inverse of `encode_person`; raises CodecError."""
    return _load(Person, text)


def encode_team(team: Team) -> str:
    """A team's shared norms as text."""
    return _dump(Team, team)


@lru_cache(maxsize=1024)
def decode_team(text: str) -> Team:
    """The inverse of `encode_team`; raises CodecError."""
    return _load(Team, text)


def encode_state(state: PersonState) -> str:
    """What happened for a person so far, as text."""
    return _dump(PersonState, state)


def decode_state(text: str) -> PersonState:
    """The inverse of `encode_state`, which also reads what was written while a person had one account;
    raises CodecError."""
    raw = _parsed(text, "PersonState")
    if not _ONE_ACCOUNTS.isdisjoint(raw):
        raw = _by_account(raw)
    return _built(PersonState, raw)


_ONE_ACCOUNTS = frozenset(("ours", "snoozed_until", "dnd"))
"""Fields that were a person's own before they belonged to an account: where we talked to the person."""


def _by_account(raw: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: item for name, item in raw.items() if name not in _ONE_ACCOUNTS}
    marks = {name: raw[name] for name in _ONE_ACCOUNTS & raw.keys()}
    home = raw.get("home")
    return kept if home is None else {**kept, "marks": [{"account": home, **marks}]}


def encode_team_state(state: TeamState) -> str:
    """What happened to a team so far, as text."""
    return _dump(TeamState, state)


def decode_team_state(text: str) -> TeamState:
    """The inverse of `encode_team_state`; raises CodecError."""
    return _load(TeamState, text)


def encode_version(version: TeamVersion) -> str:
    """A dated version of a team's norms as text."""
    return _dump(TeamVersion, version)


def decode_version(text: str) -> TeamVersion:
    """The inverse of `encode_version`; raises CodecError."""
    return _load(TeamVersion, text)


def encode_proposal(proposal: Proposal) -> str:
    """A proposal as text."""
    return _dump(Proposal, proposal)


def decode_proposal(text: str) -> Proposal:
    """The inverse of `encode_proposal`; raises CodecError."""
    return _load(Proposal, text)


def encode_said(said: Said) -> str:
    """What a person said for now, as text."""
    return _dump(Said, said)


def decode_said(text: str) -> Said:
    """The inverse of `encode_said`; raises CodecError."""
    return _load(Said, text)


def encode_summary(summary: Summary) -> str:
    """A published summary as text."""
    return _dump(Summary, summary)


def decode_summary(text: str) -> Summary:
    """The inverse of `encode_summary`; raises CodecError."""
    return _load(Summary, text)


def encode_effect(effect: Effect) -> str:
    """An effect as text; its class name stands under "is"."""
    return _text({"v": FORMAT, "is": type(effect).__name__, **_converters(type(effect))[0](effect)})


def decode_effect(text: str) -> Effect:
    """The inverse of `encode_effect`; raises CodecError, also for a kind of effect this version lacks."""
    raw = _parsed(text, "effect")
    name = raw.pop("is", "")
    kind = effect_kinds().get(name)
    if kind is None:
        raise CodecError("A stored effect is of a kind this version does not know; run the newer version.")
    return _built(kind, raw)


@cache
def effect_kinds() -> Mapping[str, type[Effect]]:
    """Every concrete effect of `rules.effects` by its class name."""
    return {
        name: kind
        for name, kind in vars(effects_module).items()
        if isinstance(kind, type) and issubclass(kind, Effect) and kind is not Effect
    }


def _dump(kind: type[T], value: T) -> str:
    return _text({"v": FORMAT, **_converters(kind)[0](value)})


def _load(kind: type[T], text: str) -> T:
    return _built(kind, _parsed(text, kind.__name__))


def _text(raw: Mapping[str, Any]) -> str:
    return _ENCODER.encode(raw)


def _parsed(text: str, what: str) -> dict[str, Any]:
    try:
        raw = json.loads(text)
        version = raw.pop("v")
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise CodecError(f"A stored {what} is not the JSON this program writes; restore a backup.") from error
    if version != FORMAT:
        raise CodecError(f"A stored {what} has another format than {FORMAT}; run the newer version.")
    return cast(dict[str, Any], raw)


def _built(kind: type[T], raw: Mapping[str, Any]) -> T:
    try:
        return cast(T, _converters(kind)[1](raw))
    except (KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
        # The value itself is private: only its kind and the sort of damage are named.
        why = type(error).__name__
        raise CodecError(f"A stored {kind.__name__} cannot be read ({why}); run the newer version.") from None


# Patterns and holidays as shared strings ---------------------------------------------------


def _pack_when(when: When) -> str:
    """Days, ranges in minutes, then every and anchor: "0123 540-750 840-1080;4 540-780/2@2026-11-23"."""
    clauses = ";".join(
        " ".join(["".join(map(str, clause.days)), *(f"{time.start}-{time.end}" for time in clause.times)])
        for clause in when.clauses
    )
    if when.every == 1 and when.anchor is None:
        return clauses
    return f"{clauses}/{when.every}@{when.anchor.isoformat() if when.anchor else ''}"


@lru_cache(maxsize=8192)
def _unpack_when(text: str) -> When:
    body, slash, cycle = text.partition("/")
    clauses = tuple(_unpack_clause(part) for part in body.split(";")) if body else ()
    if not slash:
        return When(clauses)
    every, _, anchor = cycle.partition("@")
    return When(clauses, int(every), date.fromisoformat(anchor) if anchor else None)


def _unpack_clause(text: str) -> Clause:
    days, *times = text.split(" ")
    ranges = (time.split("-") for time in times)
    return Clause(tuple(map(int, days)), tuple(TimeRange(int(start), int(end)) for start, end in ranges))


def _pack_holidays(holidays: tuple[Holiday, ...]) -> str:
    return _ENCODER.encode([holiday.on.isoformat() + holiday.name for holiday in holidays])


@lru_cache(maxsize=1024)
def _unpack_holidays(text: str) -> tuple[Holiday, ...]:
    return tuple(Holiday(date.fromisoformat(item[:10]), item[10:]) for item in json.loads(text))


# Converters from type hints ----------------------------------------------------------------
# One pair (to JSON, from JSON) per type, built once. None stands for "as it is".

Pair = tuple[Convert | None, Convert | None]
_PLAIN: Pair = (None, None)
_SPECIAL: dict[Any, Pair] = {
    str: _PLAIN,
    int: _PLAIN,
    float: _PLAIN,
    bool: _PLAIN,
    datetime: (to_micros, from_micros),
    date: (date.isoformat, date.fromisoformat),
    timedelta: (lambda span: span // _MICROSECOND, lambda micros: timedelta(microseconds=micros)),
    When: (_pack_when, _unpack_when),
    tuple[Holiday, ...]: (_pack_holidays, _unpack_holidays),
}


def _pair(hint: Any) -> Pair:
    if hint in _SPECIAL:
        return _SPECIAL[hint]
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _union(get_args(hint))
    if origin in (tuple, frozenset):
        return _sequence(origin, get_args(hint))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return (lambda member: member.value), hint
    if is_dataclass(hint):
        return _converters(cast(type, hint))
    raise TypeError(f"bot.codec cannot store a {hint!r}; teach it this type.")


def _union(options: tuple[Any, ...]) -> Pair:
    chosen = [option for option in options if option is not types.NoneType]
    encode, decode = _pair(chosen[0]) if len(chosen) == 1 else _tagged(chosen)
    return (
        encode and (lambda value: None if value is None else encode(value)),
        decode and (lambda raw: None if raw is None else decode(raw)),
    )


def _tagged(options: list[type]) -> Pair:
    """Several classes in one field: [class name, value]."""
    pairs = {option.__name__: _pair(option) for option in options}

    def encode(value: Any) -> Any:
        name = type(value).__name__
        return [name, _apply(pairs[name][0], value)]

    return encode, lambda raw: _apply(pairs[raw[0]][1], raw[1])


def _apply(convert: Convert | None, value: Any) -> Any:
    return value if convert is None else convert(value)


def _sequence(origin: type, options: tuple[Any, ...]) -> Pair:
    if origin is tuple and (len(options) != 2 or options[1] is not Ellipsis):
        return _fixed([_pair(option) for option in options])
    encode, decode = _pair(options[0])
    listed: Convert = sorted if origin is frozenset else list
    make = cast(Convert, origin)
    return (
        listed if encode is None else (lambda items: [encode(item) for item in listed(items)]),
        make if decode is None else (lambda raw: make(map(decode, raw))),
    )


def _fixed(pairs: list[Pair]) -> Pair:
    return (
        lambda items: [_apply(pair[0], item) for pair, item in zip(pairs, items, strict=True)],
        lambda raw: tuple(_apply(pair[1], item) for pair, item in zip(pairs, raw, strict=True)),
    )


_built_converters: dict[type, tuple[Convert, Convert]] = {}


def _converters(kind: type) -> tuple[Convert, Convert]:
    """(value → dict without defaults, dict → value) of a dataclass."""
    if kind not in _built_converters:
        _built_converters[kind] = _make_converters(kind)
    return _built_converters[kind]


def _make_converters(kind: type) -> tuple[Convert, Convert]:
    hints = get_type_hints(kind)
    pairs = {field.name: _pair(hints[field.name]) for field in fields(kind)}
    outward = [(field.name, _default(field), pairs[field.name][0]) for field in fields(kind)]
    inward = {name: pair[1] for name, pair in pairs.items()}

    def encode(value: Any) -> dict[str, Any]:
        raw = {}
        for name, default, convert in outward:
            item = getattr(value, name)
            if item is not default and item != default:
                raw[name] = item if convert is None else convert(item)
        return raw

    def decode(raw: Mapping[str, Any]) -> Any:
        return kind(**{name: _apply(inward[name], item) for name, item in raw.items()})

    return encode, decode


def _default(field: Field[Any]) -> Any:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default
