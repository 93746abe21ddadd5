"""What a team's proposals look like: the ballot, what voting came to, and what has changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.messages.actions import Act
from bot.messages.model import (
    Actions,
    Bullets,
    Button,
    Line,
    Message,
    Paragraph,
    Part,
    Row,
    Span,
    Strong,
    Verbatim,
    Who,
)
from bot.messages.words import Watch, buttons, count, known, line, message, plain, say, small
from bot.records import Origin, ProposalState


@dataclass(frozen=True, slots=True)
class NormChange:
    """One norm as it is and as it would be; an empty line stands for none."""

    label: str
    before: Line
    after: Line


@dataclass(frozen=True, slots=True)
class Ballot:
    """A proposal as somebody reads it. `by` is None for a norms file; `standing` is how the vote stands, as a
    sentence; `notes` what is worth knowing before voting. `own`: the reader made it; `votes`: they may vote.
    `clock` says whose the times are where that is not the same for everybody, "" otherwise; `zone` is
    that of the norms themselves."""

    id: str
    number: int
    team: str
    changes: tuple[NormChange, ...]
    by: Who | None
    state: ProposalState
    standing: str
    closes_at: datetime
    effective_at: datetime | None = None
    notes: tuple[str, ...] = ()
    own: bool = False
    clock: str = ""
    zone: str = ""
    votes: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """A version of the norms. `by` is who proposed it, None where nobody is known; `admin` the name that an
    administrator gave."""

    number: int
    at: datetime
    effective_at: datetime
    label: str
    origin: Origin
    by: Who | None
    admin: str
    yes: int
    no: int


def ballot(shown: Ballot, watch: Watch) -> Message:
    """The proposal with its buttons while it is open, and what it came to afterwards."""
    head = line(Strong(f"Proposal {shown.number}"), " for ", Verbatim(shown.team), *_made_by(shown))
    is_open = shown.state is ProposalState.OPEN
    return message(
        Paragraph((head,)),
        Bullets(tuple(change_line(change) for change in shown.changes)),
        *(small(note) for note in shown.notes if is_open),
        say(*_stands(shown, watch)),
        small(_takes_effect(shown, watch)) if is_open else None,
        vote_buttons(shown) if is_open else None,
        summary=f"Proposal {shown.number}: {'vote' if is_open else _ended(shown.state)}",
    )


def _made_by(shown: Ballot) -> tuple[str | Span, ...]:
    if shown.by is None:
        return (", from the norms file",)
    return ", by ", known(shown.by, "a member")


def change_line(change: NormChange) -> Line:
    """`Core hours: mon-thu 14:00-16:00 → mon-thu 13:00-15:00`."""
    if not change.before:
        return line(f"{change.label}: ", *change.after, " (new)")
    if not change.after:
        return line(f"{change.label}: ", *change.before, " → none")
    return line(f"{change.label}: ", *change.before, " → ", *change.after)


def _stands(shown: Ballot, watch: Watch) -> Iterator[str]:
    yield shown.standing
    if shown.state is ProposalState.OPEN:
        yield f" Open until {_moment(shown, watch, shown.closes_at)}."
    elif shown.state is ProposalState.ACCEPTED and shown.effective_at:
        yield f" It takes effect {_moment(shown, watch, shown.effective_at)}."
    elif shown.state is ProposalState.IN_FORCE:
        yield " It is in force."


def _moment(shown: Ballot, watch: Watch, at: datetime) -> str:
    return f"{watch.moment(at)}{shown.clock}"


def _takes_effect(shown: Ballot, watch: Watch) -> str:
    if shown.effective_at is None:
        return (
            "If it is accepted, it takes effect the midnight after. Votes are secret: only counts are shown."
        )
    if shown.effective_at <= watch.now:
        return "If it is accepted, it takes effect at once. Votes are secret: only counts are shown."
    at = _moment(shown, watch, shown.effective_at)
    zone = f" Times of norms are in {shown.zone}." if shown.zone else ""
    return f"If it is accepted, it takes effect {at}. Votes are secret: only counts are shown.{zone}"


def _ended(state: ProposalState) -> str:
    return {
        ProposalState.ACCEPTED: "accepted",
        ProposalState.IN_FORCE: "accepted and in force",
        ProposalState.REJECTED: "not accepted",
    }.get(state, "withdrawn")


def vote_buttons(shown: Ballot) -> Actions | None:
    """Yes and no for whoever may vote, and, for whoever made it, taking it back; None without any."""
    yes = Button("Yes", Act.VOTE_YES, shown.id, tone="primary")
    no = Button("No", Act.VOTE_NO, shown.id)
    found = [*([yes, no] if shown.votes else []), *([_withdraw(shown)] if shown.own else [])]
    return buttons(*found) if found else None


def _withdraw(shown: Ballot) -> Button:
    return Button("Withdraw", Act.WITHDRAW, shown.id, confirm="Withdraw this proposal?")


def ballot_row(shown: Ballot, watch: Watch) -> Row:
    """An open proposal as one line with its buttons, for lists."""
    what = " · ".join(plain(change_line(change)) for change in shown.changes)
    said = line(
        Strong(f"Proposal {shown.number}"), " ", Verbatim(what), f" · {''.join(_stands(shown, watch))}"
    )
    choices = vote_buttons(shown)
    return Row(said, choices.buttons if choices else ())


def pending_line(shown: Ballot, watch: Watch) -> Line:
    """An accepted proposal whose day has not come."""
    what = " · ".join(plain(change_line(change)) for change in shown.changes)
    at = _moment(shown, watch, shown.effective_at) if shown.effective_at else "soon"
    return line(f"From {at}: ", Verbatim(what), f" (proposal {shown.number}, accepted)")


def proposed(shown: Ballot, watch: Watch, *, here: bool = False, again: bool = False) -> Message:
    """To whoever proposed it, with their own vote; in a line where the ballot is posted before their eyes
    (`here`). `again`: the same was proposed before, and that is what is voted on."""
    if here:
        return _proposed_here(shown, again=again)
    return message(
        say(f"Proposal {shown.number} for ", Verbatim(shown.team), f" is up for the vote{_already(again)}:"),
        Bullets(tuple(change_line(change) for change in shown.changes)),
        *(small(note) for note in shown.notes),
        say(f"Open until {_moment(shown, watch, shown.closes_at)}. {shown.standing}"),
        small(_takes_effect(shown, watch)),
        vote_buttons(shown),
    )


def _proposed_here(shown: Ballot, *, again: bool) -> Message:
    return message(
        say(f"Proposal {shown.number} is up for the vote{_already(again)}. {shown.standing}"),
        buttons(_withdraw(shown)) if shown.own else None,
    )


def _already(again: bool) -> str:
    return " already" if again else ""


def voted(shown: Ballot, watch: Watch, *, yes: bool) -> Message:
    """The private confirmation of a vote."""
    return message(
        say(f"You voted {'yes' if yes else 'no'} on proposal {shown.number}. ", *_stands(shown, watch)),
        small("You can change it while the vote is open. Nobody sees who voted how.")
        if shown.state is ProposalState.OPEN
        else None,
    )


def vote_is_over(shown: Ballot) -> Message:
    """To whoever votes too late."""
    return message(say(f"The vote on proposal {shown.number} has ended. {shown.standing}"))


def withdrawn(shown: Ballot) -> Message:
    """To whoever took a proposal back."""
    return message(
        say(f"Proposal {shown.number} is withdrawn. Nothing changes."),
        Bullets(tuple(change_line(change) for change in shown.changes)),
    )


MOST_REMINDED = 10
"""Votes that one reminder shows with their buttons."""


def reminder(shown: Sequence[Ballot], watch: Watch) -> Message:
    """Once for each vote, half way to its end, to a member who has not voted; those of one day together."""
    end = (buttons(Button("No more reminders", Act.MUTE_VOTES)), small("I remind once. Not voting is fine."))
    if len(shown) > 1:
        return _several(shown, watch, end)
    only = shown[0]
    return message(
        say(
            f"Proposal {only.number} for ",
            Verbatim(only.team),
            f" is open until {_moment(only, watch, only.closes_at)}, and you have not voted.",
        ),
        Bullets(tuple(change_line(change) for change in only.changes)),
        vote_buttons(only),
        *end,
    )


def _several(shown: Sequence[Ballot], watch: Watch, end: tuple[Part, ...]) -> Message:
    left = len(shown) - MOST_REMINDED
    more = "/boundary team vote lists them"
    return message(
        say(f"You have not voted on {count(len(shown), 'proposal')}:"),
        *(_reminded(each, watch) for each in shown[:MOST_REMINDED]),
        small(f"and {left} more; {more}") if left > 0 else None,
        *end,
    )


def _reminded(shown: Ballot, watch: Watch) -> Row:
    what = " · ".join(plain(change_line(change)) for change in shown.changes)
    until = _moment(shown, watch, shown.closes_at)
    said = line(f"Proposal {shown.number} for ", Verbatim(shown.team), ": ", Verbatim(what))
    choices = vote_buttons(shown)
    return Row((*said, *line(f" · open until {until}")), choices.buttons if choices else ())


def reminders(*, muted: bool) -> Message:
    """To whoever turned reminders of votes off or on."""
    if muted:
        return message(
            say("I no longer remind you of votes."), small("To be reminded again: /boundary unmute votes")
        )
    return message(say("I remind you of a vote once, half way to its end, if you have not voted by then."))


def decided(shown: Ballot, watch: Watch) -> Message:
    """To whoever proposed it, once it is decided."""
    return message(
        say(f"Your proposal {shown.number} for ", Verbatim(shown.team), ": ", *_stands(shown, watch)),
        Bullets(tuple(change_line(change) for change in shown.changes)),
    )


def changed(
    team: str, id: str, step: Step, changes: tuple[NormChange, ...], watch: Watch, *, clock: str = ""
) -> Message:
    """What holds from now on, said once; `clock` as in a ballot."""
    return message(
        say(Strong("The norms of "), Verbatim(team), f" have changed (version {step.number})."),
        Bullets(tuple(change_line(change) for change in changes)) if changes else None,
        say(*_how(step), f" In force since {watch.moment(step.effective_at)}."),
        buttons(
            Button("History", Act.TEAM_HISTORY, id),
            Button(
                "Propose to go back",
                Act.TEAM_UNDO,
                id,
                confirm="Put it to the vote to have the norms as they were before?",
            ),
        ),
        summary=f"The norms of {team} have changed",
    )


def _how(step: Step) -> tuple[str | Span, ...]:
    by = known(step.by, "a member") if step.by else "somebody"
    if step.origin is Origin.VOTE:
        return f"Decided by vote, {step.yes}:{step.no}. Proposed by ", by, "."
    if step.origin is Origin.ADMIN:
        return "Set from the norms file by ", Verbatim(step.admin or "an administrator"), "."
    return "Founded by ", by, "."


MOST_STEPS = 20
"""Versions that are listed in chat: with 200 characters each they fit into one message of any platform."""


def history(team: str, id: str, steps: Sequence[Step], watch: Watch) -> Message:
    """Every version, newest first; of a long history the latest, and how many come before. `watch` is the
    team's, so that a version has one date."""
    before = len(steps) - MOST_STEPS
    earlier = f"and {count(before, 'earlier version')}, which stand in the file of the policy"
    return message(
        say(Strong("History of "), Verbatim(team)),
        Bullets(tuple(_step(step, watch) for step in steps[:MOST_STEPS])),
        small(earlier) if before > 0 else None,
        small(f"Times are in {watch.zone}."),
        buttons(
            Button(
                "Propose to go back",
                Act.TEAM_UNDO,
                id,
                confirm="Put it to the vote to have the norms as they were before the latest version?",
            )
        )
        if len(steps) > 1
        else None,
        summary=f"History of {team}",
    )


def _step(step: Step, watch: Watch) -> Line:
    since = f"{watch.local(step.effective_at):%Y-%m-%d %H:%M}"
    label = (Verbatim(step.label), ". ") if step.origin is not Origin.FOUNDED else ()
    return line(Strong(f"Version {step.number}"), f" · {since} · ", *label, *_how(step))


def open_votes(team: str, shown: Sequence[Ballot], watch: Watch) -> Message:
    """The open votes of a team, each with its buttons."""
    rows: list[Part] = [ballot_row(each, watch) for each in shown]
    return message(say(Strong("Open votes of "), Verbatim(team)), *rows)
