"""What happened in a team's week, from the tables: only of people over whom figures may be published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo

from bot import names
from bot.codec import CodecError, decode_summary
from bot.flows.coaching import is_outside_hours
from bot.planning.rows import teams_of
from bot.planning.teaming import members_of
from bot.ports import Tx
from bot.records import (
    Hold,
    HoldState,
    LedgerEntry,
    Override,
    PersonRecord,
    ProposalState,
    Publication,
    TeamRecord,
)
from bot.summary.judging import Counting, counting
from rules import Interval, Mode, PingKind, Team, Week, bounds, occurrences, on_call_open, timeline
from rules.availability import holds_routine
from rules.privacy import LEAST, Cohort, Published, cohort
from rules.summary import Block, Broke, Core, Held, WeekFacts, Word

Agreed = tuple[tuple[Interval, Team], ...]
"""Stretches of a week (UTC), in order and without gaps, each with the norms that held in it."""
AHEAD = timedelta(weeks=8)
"""How long before a block of shared focus it may have been lifted."""
_ON_BALLOT = (ProposalState.OPEN, ProposalState.ACCEPTED)
_AWAY = (Mode.LEAVE, Mode.RECHARGE)


def facts(tx: Tx, record: TeamRecord, week: Week, back_to: Week | None = None) -> WeekFacts:
    """The week of a team, Monday to Sunday in its zone, by what it had agreed on at each time of it. Words on
    break-throughs are counted from the week `back_to` (None: `week`) or a later one on."""
    team, span = record.team, bounds(week, record.team.zone)
    agreed = agreed_in(tx, record, span)
    chosen = cohort_of(tx, record, week)
    members = members_of(tx, team)
    people = [each for each in members if each.person.id in chosen.people]
    pings = {hold.id: (hold, each) for each in people for hold in _reaching(tx, each, span)}
    block = counting(tx, record, week, chosen.people, back_to or week)
    broke = [_broke(tx, hold, each, team, block) for hold, each in pings.values() if hold.broke_for]
    waited = [_held(hold, each, team, agreed) for hold, each in pings.values() if _waited(hold)]
    disturbed = {id: each.person.id for id, (_, each) in pings.items()}
    return WeekFacts(
        agreed[-1][1],
        week,
        chosen,
        tuple(waited),
        tuple(broke),
        tuple(_core(tx, each, agreed) for each in people) if any(then.core for _, then in agreed) else (),
        tuple(block for stretch, then in agreed for block in _blocks(tx, team, stretch, then, disturbed)),
        frozenset(
            field
            for proposal in tx.ballots.of(team.id)
            if proposal.state in _ON_BALLOT
            for field, _ in proposal.changes
        ),
        team,
        len(members),
        _words(tx, record, people, block, span),
        block.since,
    )


# What was agreed -----------------------------------------------------------------------------------


def agreed_in(tx: Tx, record: TeamRecord, span: Interval) -> Agreed:
    """The stretches of a week, each with the norms that held in it: nobody keeps what was agreed on later.
    Before the first version the norms were as in it."""
    held = [each for each in reversed(tx.teams.versions(record.team.id)) if each.effective_at < span.end]
    before = [number for number, each in enumerate(held) if each.effective_at <= span.start]
    held = held[max(before, default=0) :]
    if not held:
        return ((span, record.team),)
    edges = [*accumulate([span.start, *(each.effective_at for each in held[1:])], max), span.end]
    least = record.team.figures_from
    return tuple(
        (Interval(start, end), replace(each.norms, figures_from=least))
        for each, (start, end) in zip(held, pairwise(edges), strict=True)
    )


# Who stands behind it ------------------------------------------------------------------------------


def cohort_of(tx: Tx, record: TeamRecord, week: Week) -> Cohort:
    """Over whom the figures of a team's week may be published, compared with everything published so far."""
    eligible = _present(tx, record, week)
    earlier = tx.publications.near(eligible)
    near = {id for each in earlier if not eligible.isdisjoint(each.cohort) for id in each.cohort}
    gone = {id for id in near - eligible if tx.people.get(id) is None}
    published = [_published(each, eligible) for each in earlier]
    return cohort(eligible, str(week), published, record.team.figures_from, gone=gone)


def _present(tx: Tx, record: TeamRecord, week: Week) -> frozenset[str]:
    """The members who were there all through the week and the one before."""
    since = bounds(week.before(), record.team.zone).start
    joined = _joined(tx, record)
    ids = [each.person.id for each in members_of(tx, record.team)]
    return frozenset(id for id in ids if id not in joined or joined[id] <= since)


def _joined(tx: Tx, record: TeamRecord) -> dict[str, datetime]:
    return {names.resolved(tx, id): at for id, at in record.state.joined}


def _published(earlier: Publication, eligible: frozenset[str]) -> Published:
    people = frozenset(earlier.cohort)
    least = LEAST if people.isdisjoint(eligible) else _asked_for(earlier)
    return Published(earlier.week, people, least)


def _asked_for(earlier: Publication) -> int:
    try:
        return decode_summary(earlier.content).least
    except CodecError:
        return len(earlier.cohort)  # unreadable: take it to have asked for all it had


# What happened -------------------------------------------------------------------------------------


def _reaching(tx: Tx, record: PersonRecord, span: Interval) -> list[Hold]:
    ids = (record.person.id, *record.state.aliases)
    return tx.holds.reaching(ids, span.start, span.end)


def _waited(hold: Hold) -> bool:
    """Whether it was held until its recipient was back: not passed on at once, and not broken through."""
    return not hold.broke_for and hold.release_at != hold.created_at


def _held(hold: Hold, record: PersonRecord, team: Team, agreed: Agreed) -> Held:
    within = next(then for stretch, then in agreed if hold.created_at < stretch.end).reply_within
    due = within.mention if hold.kind is PingKind.MENTION else within.direct
    return Held(
        record.person.id,
        _day(hold.created_at, team),
        hold.state is HoldState.DELIVERED,
        due is not None,
        hold.reply_by is not None,
    )


def _broke(tx: Tx, hold: Hold, record: PersonRecord, team: Team, block: Counting) -> Broke:
    """Somebody on call agreed to be reached then, hours or not."""
    at = hold.delivered_at or hold.release_at or hold.created_at
    teams = teams_of(tx, record.person.id)
    outside = is_outside_hours(record.person, teams, at) and on_call_open(record.person, at) is None
    word = block.word(hold, record.person.id)
    return Broke(record.person.id, _day(hold.created_at, team), hold.broke_for, word, outside)


def _words(
    tx: Tx, record: TeamRecord, people: Sequence[PersonRecord], block: Counting, week: Interval
) -> tuple[Word, ...]:
    """What these members said of break-throughs in the weeks of a block before its last, as members."""
    if block.since is None:
        return ()
    start, joined = bounds(block.since, record.team.zone).start, _joined(tx, record)
    found: list[Word] = []
    for each in people:
        id = each.person.id
        span = Interval(max(start, joined.get(id, start)), week.start)
        said = (block.word(hold, id) for hold in _reaching(tx, each, span) if hold.broke_for)
        found += [Word(id, fair) for fair in said if fair is not None]
    return tuple(found)


def _day(at: datetime, team: Team) -> int:
    return at.astimezone(ZoneInfo(team.zone)).weekday()


def _core(tx: Tx, record: PersonRecord, agreed_on: Agreed) -> Core:
    """By the person's own norms alone: what they said for now is a plan of the hour, and no promise."""
    person = replace(record.person, said=())
    teams, agreed, reachable = teams_of(tx, person.id), 0, 0
    for core in (each for stretch, then in agreed_on for each in _core_hours(then, stretch)):
        for segment in timeline(person, teams, core.start, core.end):
            minutes = int((segment.end - segment.start).total_seconds()) // 60
            if segment.mode not in _AWAY:
                agreed += minutes
                reachable += 0 if holds_routine(segment) else minutes
    return Core(person.id, agreed, reachable)


def _core_hours(team: Team, span: Interval) -> list[Interval]:
    found = occurrences(team.core, team.zone, span.start, span.end) if team.core else ()
    return [Interval(max(each.start, span.start), min(each.end, span.end)) for each in found]


def _blocks(tx: Tx, team: Team, span: Interval, then: Team, disturbed: dict[str, str]) -> tuple[Block, ...]:
    """The blocks of shared focus that began in a stretch, by the norms of `then`. `disturbed` is who received
    each ping, by its id."""
    if then.shared_focus is None:
        return ()
    entries = tx.ledger.of(team.id, span.start - AHEAD)
    found = occurrences(then.shared_focus, then.zone, span.start, span.end)
    return tuple(_block(each, team, entries, disturbed) for each in found if each.start >= span.start)


def _block(focus: Interval, team: Team, entries: Sequence[LedgerEntry], disturbed: dict[str, str]) -> Block:
    within = [each for each in entries if max(each.start, focus.start) < min(each.end, focus.end)]
    lifted = any(each.kind is Override.LIFTED for each in within)
    reached = (disturbed.get(each.hold) for each in within if each.kind is Override.BROKE_THROUGH)
    return Block(_day(focus.start, team), lifted, frozenset(id for id in reached if id))
