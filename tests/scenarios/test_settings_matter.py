"""Product rule 9: every stored setting changes an outcome. Each field of what is stored about a person
is varied, the same day is told twice, and what people get to see must differ. A field without a row here
is a failing test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.directory import about_token, keep_sealed
from bot.inbound import Profile
from bot.ports import Tx
from bot.records import AccountRecord, Marks, PersonRecord, PersonState, RitualState, TeamRecord
from rules import (
    Holiday,
    Kind,
    Leave,
    Mode,
    Ours,
    Owner,
    Passes,
    Person,
    Said,
    Status,
    Style,
    Team,
    Window,
    parse_when,
)
from tests.support.shown import shown
from tests.support.story import MONDAY, TENANT, Story, account

TODAY = MONDAY.date()
FOCUS = Window("deep work", Kind.FOCUS, parse_when("mon 09:00-12:00"))
NOON = MONDAY.replace(hour=12, minute=0)
PERSON = Person("p_maya", "Europe/Lisbon", hours=parse_when("mon-fri 09:00-17:00"))
BUSY = replace(PERSON, windows=(FOCUS,))
BLOCKS = replace(PERSON, style=Style.CYCLER, hours=parse_when("mon-fri 09:00-12:00, 14:00-17:00"))
DINNER = replace(
    PERSON, windows=(Window("gym", Kind.QUIET, parse_when("mon 15:00-16:00")),), rituals=("landing",)
)
AWAY = replace(PERSON, leave=(Leave(TODAY, TODAY),))
MONDAYS = replace(PERSON, hours=parse_when("mon 09:00-17:00"))
STATE = PersonState(
    home=account("maya"), name="Maya", met=True, told_connect=True, zone_asked="Europe/Lisbon"
)
TEAM = Team("platform", "Europe/Lisbon", ("p_maya",), shared_focus=parse_when("mon 09:00-12:00"))


async def day(person: Person, state: PersonState, **given: Any) -> list[str]:
    """A Monday from 10:05 on for a day, as everybody gets to see it."""
    story = Story(connect=True)
    if given.get("connected", True):
        await story.store.write(lambda tx: _token(tx, story))
    await story.store.write(lambda tx: _put(tx, person, state, given.get("team", False)))
    story.chat.statuses.update({account("maya"): given["status"]} if "status" in given else {})
    story.chat.snoozes.update({account("maya"): given["snooze"]} if "snooze" in given else {})
    await story.store.write(_put_ana)
    seen = []
    if not given.get("silent"):  # where she says something is where she is talked to
        seen.append(await story.says("maya", "/boundary today", given.get("profile")))
        seen.append(await story.says("maya", "/boundary norms", given.get("profile")))
    seen.append(await story.says("ana", "/later @maya hello"))
    story.clock.at += timedelta(minutes=1)
    await story.mentions("kenji", "maya")
    await story.until(MONDAY + timedelta(hours=26))
    seen.append(shown(await story.opens_home("maya", given.get("profile"))))
    # Sorted, because what happens at one instant happens in the order of random ids.
    seen += sorted(f"{each.at} {each.to.user} {each.how} {shown(each.message)}" for each in story.chat.seen)
    return [*seen, *sorted(f"{what} {to.user} {how}" for what, to, how in story.chat.calls)]


def _token(tx: Tx, story: Story) -> None:
    keep_sealed(tx, account("maya"), story.vault.seal("xoxp-1", about_token(account("maya"))))


def _put(tx: Tx, person: Person, state: PersonState, with_team: bool) -> None:
    known = tx.accounts.get(account("maya")) or AccountRecord(account("maya"))
    tx.accounts.put(replace(known, person=person.id, name="Maya", zone="Europe/Lisbon"))
    tx.people.put(PersonRecord(person, state, MONDAY))
    if with_team:
        tx.teams.put(TeamRecord(replace(TEAM, members=(person.id,))))


def _put_ana(tx: Tx) -> None:
    """A colleague under an id of our choice: what is spread by id must fall the same way each time."""
    ana = replace(PERSON, id="p_ana")
    tx.accounts.put(AccountRecord(account("ana"), person=ana.id, name="Ana", zone=ana.zone))
    tx.people.put(PersonRecord(ana, PersonState(home=account("ana"), name="Ana", met=True), MONDAY))


def _said(**changes: Any) -> Person:
    said = Said(Mode.FOCUS, MONDAY, NOON, MONDAY)
    return replace(PERSON, said=(replace(said, **changes),))


def _window(**changes: Any) -> Person:
    return replace(PERSON, windows=(replace(FOCUS, **changes),))


def _leave(**changes: Any) -> Person:
    leave = Leave(TODAY, TODAY, f"{TENANT}/U0SAM")
    return replace(PERSON, leave=(replace(leave, **changes),))


PEOPLE: Mapping[str, tuple[Person, Person]] = {
    "id": (BUSY, replace(BUSY, id="p_other")),
    "zone": (PERSON, replace(PERSON, zone="Asia/Tokyo")),
    "style": (PERSON, replace(PERSON, style=Style.SEPARATOR)),
    "hours": (PERSON, replace(PERSON, hours=None)),
    "windows": (PERSON, BUSY),
    "leave": (PERSON, _leave()),
    "place": (PERSON, replace(PERSON, place="PT")),
    "holidays": (PERSON, replace(PERSON, holidays=(Holiday(TODAY, "A day"),))),
    "said": (PERSON, _said()),
    "digests": (BUSY, replace(BUSY, digests=("16:30",))),
    "opt_out": (PERSON, replace(PERSON, opt_out=("platform",))),
    "rituals": (PERSON, replace(PERSON, rituals=("start_of_day",))),
}
WINDOWS: Mapping[str, tuple[Person, Person]] = {
    "name": (_window(), _window(name="writing")),
    "kind": (_window(), _window(kind=Kind.QUIET)),
    "when": (_window(), _window(when=parse_when("mon 09:00-11:00"))),
    "passes": (_window(), _window(passes=Passes(everyone=True))),
    "share_name": (_window(), _window(share_name=True)),
    "owner": (
        replace(PERSON, windows=(FOCUS, replace(FOCUS, name="a plan"))),
        replace(PERSON, windows=(FOCUS, replace(FOCUS, name="a plan", owner=Owner.TEAM))),
    ),
}
LEAVES: Mapping[str, tuple[Person, Person]] = {
    "first": (_leave(), _leave(first=TODAY - timedelta(days=3))),
    "last": (_leave(), _leave(last=TODAY + timedelta(days=1))),
    "stand_in": (_leave(), _leave(stand_in=None)),
}
SAID: Mapping[str, tuple[Person, Person]] = {
    "mode": (_said(), _said(mode=Mode.QUIET)),
    "start": (_said(), _said(start=MONDAY + timedelta(minutes=30))),
    "until": (_said(), _said(until=NOON - timedelta(minutes=30))),
    "at": (
        replace(PERSON, said=(*_said().said, Said(Mode.QUIET, MONDAY, NOON, MONDAY - timedelta(minutes=1)))),
        replace(PERSON, said=(*_said().said, Said(Mode.QUIET, MONDAY, NOON, MONDAY + timedelta(minutes=1)))),
    ),
    "name": (_said(), _said(name="deep work")),
    "passes": (_said(), _said(passes=Passes(everyone=True))),
    "share_name": (_said(name="writing"), _said(name="writing", share_name=True)),
}

OURS = Ours(Status("Focusing, back at 12:00", ":dart:", NOON), Status("On a train", ":train:", None), MONDAY)
FULL = (TODAY, NOON)
STRETCH = {"armed_for": MONDAY.replace(hour=9, minute=0), "armed": NOON}
STATES: Mapping[str, tuple[Person, dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    # field: norms, the state at first, what is varied, what else is given
    "home": (BUSY, {}, {"home": account("kenji")}, {"silent": True}),
    "name": (BUSY, {}, {"name": "Lima"}, {"profile": Profile()}),
    "met": (BUSY, {}, {"met": False}, {}),
    "told_connect": (BUSY, {}, {"told_connect": False}, {"connected": False}),
    "zone_asked": (BUSY, {}, {"zone_asked": "Asia/Tokyo"}, {"profile": Profile("Maya", "Asia/Tokyo")}),
    "zone_kept_until": (
        BUSY,
        {"zone_asked": "Asia/Tokyo"},
        {"zone_kept_until": date(2026, 11, 1)},
        {"profile": Profile("Maya", "Asia/Tokyo")},
    ),
    "armed_for": (BUSY, STRETCH, {"armed_for": None}, {}),
    "armed": (BUSY, STRETCH, {"armed": NOON - timedelta(hours=1)}, {}),
    "marks": (
        PERSON,
        {"snooze_armed": NOON},
        {"marks": (Marks(account("maya"), snoozed_until=MONDAY + timedelta(hours=1)),)},
        {"snooze": MONDAY + timedelta(hours=1)},
    ),
    "snooze_armed": (BUSY, {}, {"snooze_armed": NOON}, {}),
    "nudges_on": (PERSON, {"nudges": 2}, {"nudges_on": TODAY}, {}),
    "nudges": (PERSON, {"nudges_on": TODAY}, {"nudges": 2}, {}),
    "digest_on": (replace(BUSY, digests=("16:30",)), {}, {"digest_on": TODAY}, {}),
    "start_of_day": (PERSON, {}, {"start_of_day": RitualState(muted=True)}, {}),
    "end_of_day": (PERSON, {}, {"end_of_day": RitualState(muted=True)}, {}),
    "handover": (BLOCKS, {}, {"handover": RitualState(muted=True)}, {}),
    "landing": (DINNER, {}, {"landing": RitualState(muted=True)}, {}),
    "return_from_leave": (AWAY, {}, {"return_from_leave": RitualState(muted=True)}, {}),
    "weekly": (MONDAYS, {}, {"weekly": RitualState(muted=True)}, {}),
}
MARKS: Mapping[str, tuple[Person, dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "ours": (PERSON, STRETCH, {"ours": OURS}, {"status": OURS.status}),
    "snoozed_until": (
        PERSON,
        {"snooze_armed": NOON},
        {"snoozed_until": MONDAY + timedelta(hours=1)},
        {"snooze": MONDAY + timedelta(hours=1)},
    ),
    "dnd": (BUSY, {}, {"dnd": (MONDAY - timedelta(hours=3), NOON, MONDAY)}, {}),
}
"""What we left on an account."""
ELSEWHERE = {"account", "pause", "aliases", "merged_into", "home_until", "coached", "votes_muted", "since"}
"""Told in test_two_platforms.py, test_linking.py and test_standing_home.py: they need an account in Teams. In
test_reply_contract.py: only who writes to others is coached. In test_team_votes.py: reminders of votes. In
test_weekly.py: evenings before we met are not told of."""
RITUALS: Mapping[str, tuple[RitualState, RitualState]] = {
    "sent": (RitualState(), RitualState(sent=TODAY)),
    "answered": (
        RitualState(TODAY - timedelta(days=1), True, 2),
        RitualState(TODAY - timedelta(days=1), False, 2),
    ),
    "ignored": (RitualState(), RitualState(ignored=3)),
    "muted": (RitualState(), RitualState(muted=True)),
}


@pytest.mark.parametrize("field", list(PEOPLE))
async def test_every_field_of_a_persons_norms_changes_what_happens(field: str) -> None:
    one, other = PEOPLE[field]
    state = replace(STATE, digest_on=TODAY) if field == "digests" else STATE
    given = {"team": field == "opt_out"}
    assert await day(one, state, **given) != await day(other, state, **given)


NORMS = {"window": WINDOWS, "leave": LEAVES, "said": SAID}


@pytest.mark.parametrize(("kind", "field"), [(kind, name) for kind, rows in NORMS.items() for name in rows])
async def test_every_field_of_a_norm_changes_what_happens(kind: str, field: str) -> None:
    one, other = NORMS[kind][field]
    assert await day(one, STATE) != await day(other, STATE)


@pytest.mark.parametrize("field", list(STATES))
async def test_every_field_of_a_persons_state_changes_what_happens(field: str) -> None:
    person, first, varied, given = STATES[field]
    base = replace(STATE, **first)
    assert await day(person, base, **given) != await day(person, replace(base, **varied), **given)


@pytest.mark.parametrize("field", list(MARKS))
async def test_every_mark_on_an_account_changes_what_happens(field: str) -> None:
    person, first, left, given = MARKS[field]
    base = replace(STATE, **first)
    marked = base.marked(replace(base.marks_on(account("maya")), **left))
    assert await day(person, base, **given) != await day(person, marked, **given)


@pytest.mark.parametrize("field", list(RITUALS))
async def test_every_field_of_a_nudge_changes_what_happens(field: str) -> None:
    one, other = (replace(STATE, end_of_day=each) for each in RITUALS[field])
    assert await day(PERSON, one) != await day(PERSON, other)


def test_no_stored_field_is_left_out_here() -> None:
    norms = ((Person, PEOPLE), (Window, WINDOWS), (Leave, LEAVES), (Said, SAID))
    covered = (*norms, (PersonState, STATES), (Marks, MARKS), (RitualState, RITUALS))
    for kind, table in covered:
        assert {field.name for field in fields(kind)} - ELSEWHERE == set(table), kind.__name__


async def test_telling_the_same_day_twice_shows_the_same() -> None:
    assert await day(BUSY, STATE) == await day(BUSY, STATE)
