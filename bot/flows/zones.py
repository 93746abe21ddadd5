"""A person who moves zone is asked once: follow the new one, or keep the home zone until a date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from bot import names, planning
from bot.inbound import Profile
from bot.messages import forms
from bot.messages.actions import Topic
from bot.messages.model import Message
from bot.messages.words import message, same_time, say
from bot.norms import day_of, set_zone, undo_button
from bot.ports import Reply
from bot.records import PersonRecord
from bot.turn import Refusal, Turn


def remember(turn: Turn, profile: Profile | None) -> None:
    """Keep what the platform says about the acting account, and ask about a zone that is new."""
    if profile is None:
        return
    known = turn.account()
    seen = replace(
        known,
        name=profile.name or known.name,
        zone=names.known_zone(profile.zone) or known.zone,
        guest=profile.is_guest,
        directory_id=profile.directory_id or known.directory_id,
    )
    if seen != known:
        turn.tx.accounts.put(seen)
    record = turn.me()
    if record is None:
        return
    if profile.name and profile.name != record.state.name:
        record = replace(record, state=replace(record.state, name=profile.name))
        turn.tx.people.put(record)
    seen_zone(turn, seen.zone)


def remember_zone(turn: Turn, zone: str) -> None:
    """The platform said only that an enrolled account's zone is `zone`."""
    if zone := names.known_zone(zone):
        turn.tx.accounts.put(replace(turn.account(), zone=zone))
        seen_zone(turn, zone)


def seen_zone(turn: Turn, zone: str) -> None:
    """The platform shows `zone` for the acting account: ask the person once if their norms keep another
    time."""
    record = turn.me()
    if record is None or not names.known_zone(zone):
        return
    if same_time(zone, record.person.zone, turn.now):
        if record.state.zone_asked != zone and not _shown_elsewhere(turn, record):
            # Back home: a later journey is asked about again.
            turn.tx.people.put(
                replace(record, state=replace(record.state, zone_asked=zone, zone_kept_until=None))
            )
        return
    if _asked(record, zone, turn.watch().local(turn.now).date()):
        return
    state = replace(record.state, zone_asked=zone, zone_kept_until=None)
    turn.tx.people.put(replace(record, state=state))
    key = f"{record.person.id}:{zone}:{turn.now.isoformat()}"
    due = planning.reachable_at(turn.tx, turn.who, turn.now)
    turn.say(turn.who, Topic.ZONE, key, ("zone", zone), due=due)


def _shown_elsewhere(turn: Turn, record: PersonRecord) -> bool:
    """Whether a linked account still shows the zone that was asked about: then nobody has come back home."""
    linked = turn.tx.accounts.of(record.person.id)
    return any(each.zone == record.state.zone_asked for each in linked if each.account != turn.who)


def _asked(record: PersonRecord, zone: str, today: date) -> bool:
    """Whether this zone was asked about, and is not due again."""
    kept = record.state.zone_kept_until
    return record.state.zone_asked == zone and (kept is None or today <= kept)


def follow(turn: Turn, zone: str) -> Message:
    """The norms move with the person: the same wall-clock times in the new zone."""
    if not names.known_zone(zone):
        raise Refusal("That button is out of date. For example: /boundary zone Europe/Lisbon")
    set_zone(turn, turn.enrolled(), zone)
    return message(
        say(f"Your norms now follow {zone}, where it is {turn.watch().clock(turn.now)}."), undo_button(turn)
    )


def keep(turn: Turn, zone: str) -> Reply:
    """Ask until when the home zone is kept."""
    return Reply(form=forms.keep_zone(zone, turn.enrolled().person.zone))


def kept(turn: Turn, zone: str, fields: Mapping[str, str]) -> Reply:
    """The home zone is kept until a local date, or for as long as the person stays in this other zone."""
    record = turn.enrolled()
    text = fields.get("until", "")
    try:
        until = day_of(text) if text.strip() else None
    except Refusal as wrong:
        return Reply(errors={"until": str(wrong)})
    if until is not None and until < turn.watch().local(turn.now).date():
        return Reply(errors={"until": f"{until} is past. Write a day to come, such as 2026-12-04."})
    state = replace(record.state, zone_asked=zone, zone_kept_until=until)
    turn.store(replace(record, state=state))
    then = f" I ask again after {until}." if until else ""
    return Reply(message(say(f"Your norms stay in {record.person.zone} time.{then}")))
