"""Lifting a stretch of what a team keeps quiet together: by any member, with a reason that the others read.

No vote and no new version: it is over by itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot import names
from bot.flows.teams import deciding, focus
from bot.flows.teams.due import plan_team
from bot.inbound import Account
from bot.messages import focus as texts
from bot.messages.focus import LIFT_EXAMPLE, LONGEST_REASON, Lifted
from bot.messages.model import Form, Message
from bot.messages.words import Watch, listed, message, same_time, say
from bot.norms import visible
from bot.planning import overrides, teaming
from bot.planning.teaming import Post
from bot.ports import Reply, Tx, Vault
from bot.records import LedgerEntry, Override, TeamRecord
from bot.turn import Refusal, Turn, new_id
from rules import (
    Interval,
    LengthError,
    Team,
    WhenError,
    occurrences,
    resolve_length,
    split_length,
    split_when,
    to_utc_end,
    to_utc_start,
)
from rules.effects import TeamPost
from rules.wording import DAYS, SHORT_DAYS

FURTHEST = timedelta(days=31)
"""How far ahead a stretch can be lifted: what is further away is better put to the vote."""
TOO_FAR = f"That is more than {FURTHEST.days} days away. To change the norm itself: /boundary team propose"
OVER = f"That is over already. For example: {LIFT_EXAMPLE}"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\b")
_FROM_NOW = re.compile(r"(?:until|for)\b|\d+\s*[hm]", re.IGNORECASE)
"""What begins a stretch that begins now: `until 11:00`, `90m`."""


# What people type -------------------------------------------------------------------------------------


def read(text: str, now: datetime, zone: str) -> tuple[Interval, str]:
    """`[DAY] 10:00-11:00 reason` or `until 11:00 reason` as a stretch (UTC) and the words after it. DAY is
    today, tomorrow, a weekday or a date, in `zone`. Raises Refusal with an example."""
    today = _today(now, zone)
    day, rest = _day(text.strip(), today)
    _check_day(day or today, today)
    try:
        if day is None and _FROM_NOW.match(rest):
            length, words = split_length(rest)
            return Interval(_minute(now), resolve_length(length, now, zone)), words
        first = day or today
        found, words = split_when(f"{SHORT_DAYS[first.weekday()]} {rest}")
    except (LengthError, WhenError) as wrong:
        at = wrong.word or rest[:20]
        where = f'At "{at}"' if at else "At the end"
        raise Refusal(f"{where}: {wrong.advice}. For example: {LIFT_EXAMPLE}") from None
    times = [span for clause in found.clauses for span in clause.times]
    if len(times) != 1:
        raise Refusal(f"One stretch at a time, please. For example: {LIFT_EXAMPLE}")
    last = first if times[0].end > times[0].start else first + timedelta(days=1)
    start, end = to_utc_start(first, times[0].start, zone), to_utc_end(last, times[0].end, zone)
    return Interval(max(start, _minute(now)), end), words


def _check_day(day: date, today: date) -> None:
    if day > today + FURTHEST:
        raise Refusal(TOO_FAR)
    if day < today - timedelta(days=1):
        raise Refusal(OVER)


def _today(now: datetime, zone: str) -> date:
    return now.astimezone(ZoneInfo(zone)).date()


def _minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0)


def _day(text: str, today: date) -> tuple[date | None, str]:
    """The day that the text begins with, None if it names none, and what follows."""
    word, _, rest = text.partition(" ")
    name = word.lower().rstrip(",")
    if name == "today":
        return (None if _FROM_NOW.match(rest.strip()) else today), rest.strip()
    if name == "tomorrow":
        return today + timedelta(days=1), rest.strip()
    if name in DAYS:
        return today + timedelta(days=(DAYS[name] - today.weekday()) % 7), rest.strip()
    if not _DATE.match(word):
        return None, text
    try:
        return date.fromisoformat(word), rest.strip()
    except ValueError:
        raise Refusal(f'"{word[:40]}" is not a date. For example: {LIFT_EXAMPLE}') from None


def form(turn: Turn, record: TeamRecord) -> Form:
    """The form for it, with the next stretches in the acting member's time."""
    watch = turn.watch()
    soon = [_span(each, watch) for each in focus.coming(record.team, turn.now)]
    return texts.lift(record.team.id, record.team.name or record.team.id, soon)


def _span(stretch: Interval, watch: Watch) -> str:
    """`Wed 09:00 to 12:00`."""
    return watch.between(stretch.start, stretch.end).replace("between ", "").replace(" and ", " to ")


def submitted(turn: Turn, record: TeamRecord, fields: Mapping[str, str]) -> Reply:
    """The form was sent: what is wrong is said beside its field."""
    reason = visible(fields.get("reason", ""))
    try:
        wanted, more = read(fields.get("when", ""), turn.now, turn.zone())
    except Refusal as wrong:
        return Reply(errors={"when": str(wrong)})
    reason = " ".join([more, reason]).strip()
    if not reason:
        return Reply(errors={"reason": "Say why: the others read it. For example: incident review"})
    try:
        return Reply(lift(turn, record, wanted, reason))
    except Refusal as wrong:
        return Reply(errors={"when": str(wrong)})


# Lifting ----------------------------------------------------------------------------------------------


def lift(turn: Turn, record: TeamRecord, wanted: Interval, reason: str) -> Message:
    """Lift what of `wanted` the team keeps quiet: note it in the ledger with who and why, plan every member
    anew and tell the team. Refuses outside shared focus and meeting-free time, and without a reason."""
    me, team, reason = turn.enrolled(), record.team, visible(reason)
    if not reason:
        raise Refusal(f"Say why, too: the others read it. For example: {LIFT_EXAMPLE}")
    if len(reason) > LONGEST_REASON:
        raise Refusal(f"Say why in at most {LONGEST_REASON} characters; this is {len(reason)}.")
    stretch = _agreed_in(turn, team, wanted)
    entry = LedgerEntry(
        new_id("l"), team.id, turn.now, Override.LIFTED, me.person.id, stretch.start, stretch.end, reason
    )
    turn.tx.ledger.put(entry)
    lifted = tuple(sorted((*team.lifted, stretch), key=lambda each: (each.start, each.end)))
    _store(turn, replace(record, team=replace(team, lifted=lifted)), entry)
    teaming.post(turn.tx, record, Post.LIFTED, entry.id, turn.now, expires_at=entry.end)
    made = _told(turn.tx, entry, team, turn.who.tenant)
    zone = "" if same_time(team.zone, turn.zone(), turn.now) else team.zone
    return texts.lifted_by_you(replace(made, zone=zone), turn.watch())


def _store(turn: Turn, record: TeamRecord, entry: LedgerEntry) -> None:
    """Store a team whose lifted stretches have changed, and plan everybody in it anew."""
    stored = plan_team(turn.tx, deciding.put(turn.tx, record), turn.now, turn.world.calendars)
    deciding.replan_members(turn.tx, stored.team, f"{entry.id}:{turn.key}", turn.now)


def _agreed_in(turn: Turn, team: Team, wanted: Interval) -> Interval:
    """The stretch from the first to the last instant of `wanted` that the team keeps quiet; refuses where
    there is none, or where it is lifted already."""
    if wanted.end <= turn.now or wanted.end <= wanted.start:
        raise Refusal(OVER)
    if wanted.end > turn.now + FURTHEST + timedelta(days=1):
        raise Refusal(TOO_FAR)
    pieces = [
        Interval(max(each.start, wanted.start), min(each.end, wanted.end))
        for when in (team.shared_focus, team.no_meetings)
        if when is not None
        for each in occurrences(when, team.zone, wanted.start, wanted.end)
    ]
    if not pieces:
        raise Refusal(_nothing_there(turn, team, wanted))
    stretch = Interval(min(each.start for each in pieces), max(each.end for each in pieces))
    if any(each.start <= stretch.start and stretch.end <= each.end for each in team.lifted):
        raise Refusal("That is lifted already. /boundary team ledger says by whom and why.")
    return stretch


def _nothing_there(turn: Turn, team: Team, wanted: Interval) -> str:
    watch, name = turn.watch(), team.name or team.id
    soon = [_span(each, watch) for each in focus.coming(team, turn.now)]
    if not soon:
        return f"{name} keeps nothing quiet together in the next two weeks, so there is nothing to lift."
    when = watch.between(wanted.start, wanted.end)
    return f"{name} has no shared focus or time without meetings {when}. Next: {listed(soon)}."


def take_latest_back(turn: Turn, record: TeamRecord) -> Message:
    """As `take_back`, of what the acting member lifted last and what is not over yet."""
    for entry in turn.tx.ledger.of(record.team.id, turn.now - FURTHEST - timedelta(days=1)):
        if _is_by(turn, entry) and Interval(entry.start, entry.end) in record.team.lifted:
            return take_back(turn, entry.id)
    raise Refusal(f"Nothing that you lifted is still ahead. For example: {LIFT_EXAMPLE}")


def take_back(turn: Turn, entry_id: str) -> Message:
    """The lifter changed their mind: the rest of the stretch is kept quiet again, and the post says so."""
    entry = turn.tx.ledger.get(entry_id)
    record = turn.tx.teams.get(entry.team) if entry else None
    if entry is None or record is None or entry.kind is not Override.LIFTED:
        raise Refusal("That is no longer in the ledger.")
    if not _is_by(turn, entry):
        raise Refusal("Only whoever lifted it can take it back.")
    stretch = Interval(entry.start, entry.end)
    if entry.end <= turn.now or stretch not in record.team.lifted:
        return message(say("It is over already."))
    left = tuple(each for each in record.team.lifted if each != stretch)
    over = replace(entry, end=max(entry.start, _minute(turn.now)))
    turn.tx.ledger.put(over)
    _store(turn, replace(record, team=replace(record.team, lifted=left)), over)
    teaming.repost(turn.tx, record, Post.LIFTED, entry.id, turn.now, turn=1)
    teaming.retell(turn.tx, record, Post.LIFTED, entry.id, turn.now, turn=1, expires_at=entry.end)
    return texts.taken_back(_told(turn.tx, entry, record.team, turn.who.tenant))


def _is_by(turn: Turn, entry: LedgerEntry) -> bool:
    return names.resolved(turn.tx, entry.by) == turn.enrolled().person.id


def judge(turn: Turn, entry_id: str, *, fair: bool) -> Message:
    """A member's word on a stretch that another one lifted; it can be changed, and nobody is shown it."""
    me, entry = turn.enrolled().person.id, turn.tx.ledger.get(entry_id)
    record = turn.tx.teams.get(entry.team) if entry else None
    members = teaming.members_of(turn.tx, record.team) if record else []
    if entry is None or entry.kind is not Override.LIFTED:
        raise Refusal("That is no longer in the ledger.")
    if me not in {each.person.id for each in members}:
        raise Refusal("Only members of the team can say whether it was fair.")
    if _is_by(turn, entry):
        raise Refusal("You lifted it, so the others say whether it was fair.")
    turn.tx.ledger.put(overrides.judged(entry, me, fair))
    return texts.override_judged(fair)


# What the team reads ------------------------------------------------------------------------------------


def post(tx: Tx, vault: Vault, effect: TeamPost, to: Account, now: datetime) -> Message | None:
    """The post about a lifted stretch; None once it is over or was taken back before anybody read it. In
    private nothing to its lifter, nor to whoever takes no part."""
    entry, record = tx.ledger.get(effect.subject), tx.teams.get(effect.team)
    if entry is None or record is None or not _disturbs(tx, entry, record.team, to):
        return None
    made = _told(tx, entry, record.team, to.tenant)
    if effect.turn:
        return texts.lift_ended(made)
    if entry.end <= max(now, entry.start):
        return None
    zone = names.zone_of(tx, to)
    shown = made if zone else replace(made, zone=record.team.zone)
    return texts.lifted(shown, Watch(now, zone or record.team.zone))


def _disturbs(tx: Tx, entry: LedgerEntry, team: Team, to: Account) -> bool:
    reader = names.record_of(tx, to)  # None of a channel
    if reader is None:
        return True
    return names.resolved(tx, entry.by) != reader.person.id and team.id not in reader.person.opt_out


def _told(tx: Tx, entry: LedgerEntry, team: Team, tenant: str) -> Lifted:
    who = names.who_is(tx, entry.by, tenant)
    kept = (team.shared_focus, texts.FOCUS), (team.no_meetings, texts.MEETINGS)
    end = max(entry.end, entry.start + timedelta(minutes=1))
    what = [name for when, name in kept if when and occurrences(when, team.zone, entry.start, end)]
    said = listed(what) or texts.FOCUS
    return Lifted(entry.id, said, team.name or team.id, who, entry.start, entry.end, entry.reason)
