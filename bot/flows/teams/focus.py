"""Shared focus and meeting-free time: members are invited once, may opt out and come back, and are told what
of their own is at the same time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot import names
from bot.inbound import Account
from bot.messages import focus as texts
from bot.messages.actions import Topic
from bot.messages.focus import Clash, Shared
from bot.messages.model import Message
from bot.messages.words import Watch, message, same_time, say
from bot.norms import undo_button, visible
from bot.planning import teaming
from bot.ports import Tx
from bot.records import LedgerEntry, Override, PersonRecord, TeamRecord
from bot.turn import Refusal, Turn, new_id
from rules import Interval, Kind, Person, Say, Team, When, Window, format_when, occurrences

_AHEAD = timedelta(days=60)
"""How far shared focus and a member's own norms are laid over each other: norms of every eighth week too."""
_SOON = timedelta(days=14)


def invite(tx: Tx, before: Team | None, after: Team, number: int, now: datetime) -> None:
    """Version `number` of a team's norms takes effect: tell each member once, in private, what shared focus
    or meeting-free time is new in it, with the way out. Nothing where neither is new."""
    moved = before is None or before.zone != after.zone
    new = [
        what
        for what, pattern, old in (
            ("focus", after.shared_focus, before and before.shared_focus),
            ("meetings", after.no_meetings, before and before.no_meetings),
        )
        if pattern is not None and (moved or pattern != old)
    ]
    for member in teaming.members_of(tx, after) if new else ():
        _invite(tx, after, member, tuple(new), f"{number}", now=now)


def invite_one(tx: Tx, team: Team, member: PersonRecord, key: str, now: datetime) -> None:
    """Somebody has joined a team: tell them what it keeps quiet together, if anything."""
    new = [what for what, when in (("focus", team.shared_focus), ("meetings", team.no_meetings)) if when]
    if new:
        _invite(tx, team, member, new, key, now=now)


def _invite(tx: Tx, team: Team, member: PersonRecord, new: Sequence[str], key: str, *, now: datetime) -> None:
    facts = (("team", team.id), *(("what", what) for what in new))
    effect = Say(member.person.id, Topic.FOCUS, facts)
    teaming.tell_member(tx, member, effect, f"focus:{team.id}:{key}:{member.person.id}", now)


def invitation(tx: Tx, to: Account, facts: Sequence[tuple[str, str]], now: datetime) -> Message | None:
    """What an invitation says, as of now; None for whoever is no member any more, and once it is over."""
    record, known = names.record_of(tx, to), tx.teams.get(dict(facts)["team"])
    if record is None or known is None or not teaming.is_member(tx, known.team, record.person.id):
        return None
    what = [value for name, value in facts if name == "what"]
    shared = shared_of(record.person, known.team, now)
    shared = replace(
        shared,
        focus=shared.focus if "focus" in what else "",
        meetings=shared.meetings if "meetings" in what else "",
    )
    return texts.invited(shared, Watch(now, record.person.zone)) if shared.focus or shared.meetings else None


def shared_of(person: Person, team: Team, now: datetime) -> Shared:
    """What a team keeps quiet together, as one member reads it, with when it holds next and what of theirs is
    at the same time."""
    return replace(
        kept_by(person, team, now),
        starts=next((each.start for each in _coming(team, team.shared_focus, now)), None),
        clashes=tuple(clashes(person, team, now)),
        lifted=tuple(each for each in team.lifted if each.end > now),
    )


def kept_by(person: Person, team: Team, now: datetime) -> Shared:
    """The same in brief."""
    return Shared(
        team.id,
        team.name or team.id,
        format_when(team.shared_focus) if team.shared_focus else "",
        format_when(team.no_meetings) if team.no_meetings else "",
        "" if same_time(team.zone, person.zone, now) else team.zone,
        out=team.id in person.opt_out,
    )


def _coming(team: Team, when: When | None, now: datetime) -> tuple[Interval, ...]:
    return occurrences(when, team.zone, now, now + _AHEAD) if when else ()


def clashes(person: Person, team: Team, now: datetime) -> Iterator[Clash]:
    """The norms of a person that fall into their team's shared focus within two months. Focus of their own
    that lets the same people through is no clash."""
    shared = _coming(team, team.shared_focus, now)
    for window in person.windows:
        same = window.kind is Kind.FOCUS and window.passes is None
        if not same and _meets(shared, occurrences(window.when, person.zone, now, now + _AHEAD)):
            yield _clash(window)


def _clash(window: Window) -> Clash:
    return Clash(window.name, window.kind, format_when(window.when))


def _meets(one: Sequence[Interval], other: Sequence[Interval]) -> bool:
    """Whether any of two ascending runs of intervals overlap."""
    first, second = 0, 0
    while first < len(one) and second < len(other):
        if one[first].end <= other[second].start:
            first += 1
        elif other[second].end <= one[first].start:
            second += 1
        else:
            return True
    return False


def opt_out(turn: Turn, record: TeamRecord, reason: str = "") -> Message:
    """The acting member leaves what the team keeps quiet together; undo takes it back. Noted in the ledger,
    with the reason if they give one."""
    me, team = turn.enrolled(), record.team
    if team.shared_focus is None and team.no_meetings is None:
        raise Refusal(f"{team.name or team.id} has agreed on no shared focus, so there is nothing to leave.")
    if team.id in me.person.opt_out:
        return message(say("You opted out already. To come back: /boundary team focus on"))
    person = replace(me.person, opt_out=(*me.person.opt_out, team.id))
    stored = turn.change(me, person, f"opting out of shared focus of {team.name or team.id}", asked=True)
    turn.tx.ledger.put(_opted_out(turn, team, person.id, reason))
    said = texts.opted_out(shared_of(stored.person, team, turn.now))
    undo = undo_button(turn)
    return replace(said, parts=(*said.parts, undo)) if undo else said


def _opted_out(turn: Turn, team: Team, person: str, reason: str) -> LedgerEntry:
    found = (*_coming(team, team.shared_focus, turn.now), *_coming(team, team.no_meetings, turn.now))
    stretch = min(found, key=lambda each: each.start, default=Interval(turn.now, turn.now))
    why = visible(reason)[: texts.LONGEST_REASON]
    return LedgerEntry(
        new_id("l"), team.id, turn.now, Override.OPTED_OUT, person, stretch.start, stretch.end, why
    )


def opt_in(turn: Turn, record: TeamRecord) -> Message:
    """The acting member takes part again."""
    me, team = turn.enrolled(), record.team
    if team.id not in me.person.opt_out:
        return message(say("You take part already. To opt out: /boundary team focus off"))
    person = replace(me.person, opt_out=tuple(each for each in me.person.opt_out if each != team.id))
    stored = turn.change(me, person, f"shared focus of {team.name or team.id} again", asked=True)
    said = texts.opted_in(shared_of(stored.person, team, turn.now), turn.watch())
    undo = undo_button(turn)
    return replace(said, parts=(*said.parts, undo)) if undo else said


def coming(team: Team, now: datetime) -> list[Interval]:
    """The next stretches in two weeks that can be lifted, at most three."""
    found = [
        each
        for when in (team.shared_focus, team.no_meetings)
        if when
        for each in occurrences(when, team.zone, now, now + _SOON)
    ]
    return sorted(found, key=lambda each: each.start)[:3]
