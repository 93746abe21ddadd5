"""Looking: today, what waits, why a ping would be held, when several people are available."""

from __future__ import annotations

from dataclasses import replace

from bot import names
from bot.commands import naming
from bot.commands.reading import Words
from bot.flows import holds, linking
from bot.inbound import Account, PersonRef
from bot.messages import day, digest
from bot.messages.digest import Item
from bot.messages.model import SOMEBODY, Bullets, Message, Part
from bot.messages.words import joined, known, line, listed, message, say, small
from bot.outlook import ping_of
from bot.planning import teams_today
from bot.ports import Reply
from bot.records import HoldState, PersonRecord
from bot.turn import Refusal, Turn
from rules import (
    Person,
    Ping,
    PingKind,
    Team,
    Urgency,
    Verdict,
    availability_at,
    common_times,
    decide,
    meeting_free_teams,
)


def today(turn: Turn, words: Words) -> Reply:
    """`/boundary today`: the day as a picture and in words, what waits, the next change."""
    record = turn.enrolled()
    person, teams = record.person, turn.teams(record)
    waiting = digest.waiting_line(items(turn, record), turn.watch())
    segments = day.segments_of_today(person, teams_today(turn.tx, person.id, turn.now), turn.now)
    current = availability_at(person, teams, turn.now)
    linked = linking.line_of(turn.tx, turn.who)
    shown = day.today(person, segments, current, waiting, turn.watch())
    return Reply(joined(shown, message(small(f"{linked}.")) if linked else None))


def items(turn: Turn, record: PersonRecord) -> list[Item]:
    """What waits for the acting person."""
    return holds.waiting_items(turn.tx, turn.world.vault, record.person.id, turn.who.tenant)


def waiting(turn: Turn, words: Words) -> Reply:
    """`/boundary waiting`: what waits for you, what you sent that still waits, and the button to look now."""
    record = turn.me()
    return Reply(digest.waiting(items_with_norms(turn, record) if record else [], _sent(turn), turn.watch()))


def items_with_norms(turn: Turn, record: PersonRecord) -> list[Item]:
    """What waits, with whose norm the reply to each goes by."""
    return [replace(item, norm=holds.norm_of(turn.tx, item.hold)) for item in items(turn, record)]


def _sent(turn: Turn) -> list[Item]:
    sent = [hold for account in turn.accounts() for hold in turn.tx.holds.sent_by(account)]
    mine = [hold for hold in sent if hold.state is HoldState.WAITING]
    return [
        Item(hold, names.recipient_of(turn.tx, hold, turn.who.tenant), norm=holds.norm_of(turn.tx, hold))
        for hold in mine
    ]


def why(turn: Turn, words: Words) -> Reply:
    """`/boundary why [@sender|urgent]`: what would happen to a ping now, and to the last one that came."""
    record = turn.enrolled()
    naming.check(turn, words, "why")
    people, rest = words.all_people()
    urgent = "urgent" in rest.lower().split()
    if rest and not urgent:
        raise Refusal(
            f'"{rest[:40]}" is not understood. '
            "For example: /boundary why, /boundary why urgent or /boundary why @sam"
        )
    sender = _sender(turn, record, people)
    ping = Ping(
        sender, PingKind.DIRECT, Urgency.URGENT if urgent else Urgency.ROUTINE, "asked" if urgent else ""
    )
    verdict = decide(ping, record.person, turn.teams(record), turn.now)
    who = (
        names.who(turn.tx, Account(turn.who.tenant, people[0].user), people[0].label).name
        if people
        else SOMEBODY
    )
    kind = "An urgent message" if urgent else "A message"
    told = named_trace(turn, verdict, record, {sender: who})
    explained = day.why(f"{kind} from {who} now?", told, turn.watch())
    return Reply(Message(explained.summary, (*explained.parts, *_last(turn, record))))


def _sender(turn: Turn, record: PersonRecord, people: tuple[PersonRef, ...]) -> str:
    if not people:
        return SOMEBODY
    return names.sender_id(turn.tx, Account(turn.who.tenant, people[0].user), record.person)


def named_trace(turn: Turn, verdict: Verdict, record: PersonRecord, known: dict[str, str]) -> Verdict:
    """The verdict with names in its trace where the rules know only ids."""
    labels = {
        **{id: who.name for id, who in names.named_in(turn.tx, record.person, turn.who.tenant).items()},
        **known,
    }
    steps = []
    for step in verdict.trace:
        because = step.because
        for id in sorted(labels, key=len, reverse=True):
            because = because.replace(id, labels[id])
        steps.append(replace(step, because=because))
    return replace(verdict, trace=tuple(steps))


def _last(turn: Turn, record: PersonRecord) -> list[Part]:
    """What was decided about the newest ping that still waits, so that "why" answers about something
    real too."""
    newest = max(turn.tx.holds.waiting_for(record.person.id), key=lambda hold: hold.created_at, default=None)
    if newest is None:
        return []
    sender = names.sender_id(turn.tx, newest.sender, record.person)
    verdict = decide(ping_of(newest, sender), record.person, turn.teams(record), newest.created_at)
    at = turn.watch().moment(newest.created_at)
    return [
        small(
            "The last one that waits came from ",
            known(names.who_here(turn.tx, newest.sender, turn.who.tenant), SOMEBODY),
            f" at {at}. {day.to_you(verdict.reason)}",
        )
    ]


def when(turn: Turn, words: Words) -> Reply:
    """`/boundary when @maya [@sam]`: times at which all who use us are available, you included."""
    naming.check(turn, words, "when")
    people, rest = words.all_people()
    if not people:
        raise Refusal("When is who available? For example: /boundary when @maya @sam")
    if rest and rest.lower() not in {"and", "are", "is"}:
        raise Refusal(f'"{rest[:40]}" is not understood. For example: /boundary when @maya @sam')
    found: dict[str, tuple[Person, tuple[Team, ...]]] = {}
    known, unknown = [], []
    for account, name in _asked_about(turn, people).items():
        if record := names.record_of(turn.tx, account):
            found[record.person.id] = (record.person, turn.teams(record))
            known.append(name)
        else:
            unknown.append(name)
    if not set(known) - {_YOU}:
        whom = listed([name for name in unknown if name != _YOU])
        return Reply(message(say(f"{_no_norms(whom)}, so I have nothing to go by. Ask them directly.")))
    left_out = small(f"{_no_norms(listed(unknown))}, so these times leave that out.") if unknown else None
    return Reply(message(*_common(turn, list(found.values()), listed(known)), left_out))


_YOU = "you"


def _asked_about(turn: Turn, people: tuple[PersonRef, ...]) -> dict[Account, str]:
    """Everybody whose time is asked for, with what to call them; the one who asks is one of them."""
    others = {Account(turn.who.tenant, each.user): each.label for each in people}
    named = {account: names.who(turn.tx, account, label).name for account, label in others.items()}
    return {turn.who: _YOU} | {account: name for account, name in named.items() if account != turn.who}


def _no_norms(whom: str) -> str:
    return f"I know no norms of {whom}" if whom != _YOU else "I do not know your own norms"


def _common(turn: Turn, people: list[tuple[Person, tuple[Team, ...]]], whom: str) -> list[Part]:
    """When these people are all available, in the time of the one who asks."""
    whom, are = whom[0].upper() + whom[1:], "are" if len(people) > 1 or whom == _YOU else "is"
    times = common_times(people, turn.now)
    agreed = [small("The meeting-free time of their team is left out.")] if meeting_free_teams(people) else []
    if not times:
        both = "both " if len(people) == 2 else "all " if len(people) > 2 else ""
        return [say(f"{whom} {are} never {both}available for half an hour in the next two weeks."), *agreed]
    watch = turn.watch()
    slots = tuple(
        line(watch.between(each.start, each.end).replace("between ", "").replace(" and ", " to "))
        for each in times
    )
    return [say(f"{whom} {are} available:"), Bullets(slots), small(f"Times are in {watch.zone}."), *agreed]
