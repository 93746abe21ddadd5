"""Shared focus and meeting-free time of a team: the invitation, lifting a stretch of it, and the ledger of
exceptions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.messages.actions import Act, FormId
from bot.messages.digest import reason_text
from bot.messages.model import (
    Actions,
    Bullets,
    Button,
    Form,
    Line,
    Message,
    NoteField,
    Part,
    Span,
    TextField,
    Verbatim,
    Who,
)
from bot.messages.words import Watch, buttons, known, line, listed, message, say, small
from bot.records import Override
from rules import Interval, Kind

FOCUS = "shared focus"
MEETINGS = "time without meetings"
LONGEST_REASON = 200
MOST_SHOWN = 20
LIFT_EXAMPLE = "/boundary team lift today 10:00-11:00 incident review"


@dataclass(frozen=True, slots=True)
class Clash:
    """A norm of a person's own at the same time as what their team agreed: its name, kind and `when`."""

    name: str
    kind: Kind
    when: str


@dataclass(frozen=True, slots=True)
class Shared:
    """What a team keeps quiet together, for one member. `focus` and `meetings` are patterns as text, "" where
    there is none to tell of; `zone` is the team's where it is not the reader's, else ""; `starts` when the
    shared focus holds next (UTC); `out`: this member opted out; `lifted` the stretches ahead for which it was
    lifted."""

    team: str
    name: str
    focus: str = ""
    meetings: str = ""
    zone: str = ""
    starts: datetime | None = None
    out: bool = False
    clashes: tuple[Clash, ...] = ()
    lifted: tuple[Interval, ...] = ()


def invited(shared: Shared, watch: Watch) -> Message:
    """The team has agreed on something new: what it means for this member, and the way out."""
    return message(*_agreed(shared, watch, "agreed on"), *_clashes(shared), _choice(shared, lift=False))


def shared_focus(shared: Shared, watch: Watch) -> Message:
    """`/boundary team focus`: what holds, whether it holds for the reader, and what can be done."""
    if not shared.focus and not shared.meetings:
        return message(
            say(Verbatim(shared.name), " has agreed on no shared focus and no time without meetings."),
            small("To put it to the vote: /boundary team propose focus wed 09:00-12:00"),
        )
    agreed = _agreed(shared, watch, "keeps")
    return message(*agreed, _lifted(shared, watch), *_clashes(shared), _choice(shared, lift=True))


def _lifted(shared: Shared, watch: Watch) -> Part | None:
    when = [watch.between(each.start, each.end) for each in shared.lifted[:5]]
    return say(f"Lifted {listed(when)}: /boundary team ledger says why.") if when else None


def _agreed(shared: Shared, watch: Watch, verb: str) -> list[Part | None]:
    zone = f" ({shared.zone} time)" if shared.zone else ""
    parts: list[Part | None] = []
    if shared.focus:
        parts.append(say(Verbatim(shared.name), f" {verb} shared focus: {shared.focus}{zone}."))
    if shared.meetings:
        parts.append(say(Verbatim(shared.name), f" {verb} time without meetings: {shared.meetings}{zone}. ",
                         "/boundary when leaves it out."))  # fmt: skip
    parts.append(say(_for_you(shared, watch)))
    return parts


def _for_you(shared: Shared, watch: Watch) -> str:
    if shared.out:
        return "You take no part: you opted out."
    if not shared.focus:
        return "It holds for you, too, unless you opt out."
    begins = shared.starts if shared.starts and shared.starts > watch.now else None
    start = f" from {watch.moment(begins)}" if begins else " from now"
    return f"Shared focus holds for you{start} on, unless you opt out: what can wait waits then."


def _clashes(shared: Shared) -> list[Part | None]:
    if not shared.clashes or shared.out:
        return []
    return [say("What of yours is at the same time:"), Bullets(tuple(map(_clash, shared.clashes)))]


def _clash(clash: Clash) -> Line:
    kind = clash.kind.value.replace("_", " ")
    then = {
        Kind.BREAK: "shared focus goes first.",
        Kind.FOCUS: "the one that ends later says who gets through.",
        Kind.ON_CALL: "urgent messages reach you all the same.",
    }.get(clash.kind, "yours goes first.")
    return line(Verbatim(clash.name), f" ({kind}, {clash.when}): {then}")


def _choice(shared: Shared, *, lift: bool) -> Actions:
    turn = (
        Button("With me again", Act.FOCUS_IN, shared.team, tone="primary")
        if shared.out
        else Button("Without me", Act.FOCUS_OUT, shared.team)
    )
    return buttons(turn, Button("Lift a stretch…", Act.LIFT, shared.team) if lift else None)


def opted_out(shared: Shared) -> Message:
    """The answer to [Without me]."""
    return message(
        say(f"Without you, then: you take no part in {_what_of(shared)} of ", Verbatim(shared.name), "."),
        small("In the team's ledger the others see at least how many opted out, not who."),
        buttons(Button("With me again", Act.FOCUS_IN, shared.team)),
    )


def _what_of(shared: Shared) -> str:
    return listed([*([FOCUS] if shared.focus else []), *([MEETINGS] if shared.meetings else [])]) or FOCUS


def opted_in(shared: Shared, watch: Watch) -> Message:
    """The answer to [With me again]."""
    return message(say("With you again."), *_agreed(shared, watch, "keeps"), *_clashes(shared))


# Lifting --------------------------------------------------------------------------------------------


def lift(team: str, name: str, coming: list[str]) -> Form:
    """Lift a stretch of what a team keeps quiet; `coming` are its next stretches in the reader's time."""
    nothing = "It has none in the next two weeks."
    soon = f"Next: {listed(coming)}." if coming else nothing
    return Form(
        FormId.LIFT,
        "Lift shared focus",
        "Lift it",
        (
            NoteField(line("For everybody in ", Verbatim(name), f". {soon}")),
            TextField(
                "when",
                "Which stretch",
                placeholder="today 10:00-11:00",
                hint="Also: until 11:00 · tomorrow 9-10 · fri 10:00-11:00 · 2026-12-02 10:00-11:00",
                max_length=60,
            ),
            TextField(
                "reason",
                "Why",
                placeholder="incident review",
                hint="The others read it, with your name, and can say whether it was fair.",
                max_length=LONGEST_REASON,
            ),
        ),
        context=team,
    )


@dataclass(frozen=True, slots=True)
class Lifted:
    """A stretch that somebody lifted: `entry` is its id in the ledger; `what` of the team it was ("shared
    focus"); `zone` is named where a reader could mistake the time, else ""."""

    entry: str
    what: str
    name: str
    who: Who
    start: datetime
    end: datetime
    reason: str
    zone: str = ""


def lifted(made: Lifted, watch: Watch) -> Message:
    """What the team reads: who lifted it, when and why, with each member's own word on it."""
    return message(
        say(known(made.who, "A member"), f" lifted {made.what} of ", Verbatim(made.name),
            f" {watch.between(made.start, made.end)}: ", Verbatim(made.reason)),
        buttons(
            Button("Fair", Act.OVERRIDE_FAIR, made.entry),
            Button("Could have waited", Act.OVERRIDE_WAITED, made.entry),
        ),
        small("Your word is shown to nobody.", f" Times are in {made.zone}." if made.zone else ""),
    )  # fmt: skip


def lift_ended(made: Lifted) -> Message:
    """The same post after its lifter took it back."""
    return message(
        say(known(made.who, "A member"), f" took it back: {made.what} of ", Verbatim(made.name),
            " holds again."),
    )  # fmt: skip


def lifted_by_you(made: Lifted, watch: Watch) -> Message:
    """The answer to whoever lifted a stretch."""
    return message(
        say(f"Lifted {watch.between(made.start, made.end)}{_theirs(made, watch)}: {made.what} of ",
            Verbatim(made.name),
            ". The others read that it was you, and why: ", Verbatim(made.reason)),
        buttons(Button("Take back", Act.LIFT_BACK, made.entry)),
    )  # fmt: skip


def _theirs(made: Lifted, watch: Watch) -> str:
    """The same stretch in the team's zone, where that is another time."""
    if not made.zone:
        return ""
    team = Watch(watch.now, made.zone)
    return f" your time, {team.between(made.start, made.end)} in {made.zone}"


def taken_back(made: Lifted) -> Message:
    """The answer to the lifter's [Take back]."""
    return message(say(f"Taken back: {made.what} of ", Verbatim(made.name), " holds again."))


def override_judged(fair: bool) -> Message:
    """The answer to a member's word on a lifted stretch."""
    word = "fair" if fair else "could have waited"
    return message(
        say(f"Noted: {word}. It is shown to nobody; it only counts when the team looks at its norms."),
        small("Press the other one to change it."),
    )


# The ledger ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """An exception that the reader made (`who` None) or that disturbed them. `fair` is the reader's own word
    on it, None without one; `void`: it was taken back before it began, or they came back from opting out;
    `back` is its id where the reader can still take it back, else ""."""

    kind: Override
    at: datetime
    start: datetime
    end: datetime
    who: Who | None
    reason: str
    fair: bool | None = None
    void: bool = False
    back: str = ""


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """The exceptions of a team that one member may see. `others` counts the rest by kind, None where too few
    people are in the team to count them."""

    name: str
    entries: tuple[Entry, ...]
    others: tuple[tuple[Override, int], ...] | None
    figures_from: int


def ledger(page: LedgerPage, watch: Watch) -> Message:
    """`/boundary team ledger`: the last four weeks."""
    shown = page.entries[:MOST_SHOWN]
    nothing = "None that you made or that disturbed you."
    return message(
        say("Exceptions in ", Verbatim(page.name), " in the last four weeks:"),
        Bullets(tuple(_entry(entry, watch) for entry in shown)) if shown else say(nothing),
        small(f"And {len(page.entries) - len(shown)} more.") if len(page.entries) > len(shown) else None,
        _backs(shown, watch),
        say(_others(page)),
        None
        if page.others is None
        else small("What did not reach you is only counted, a week at a time and without names."),
    )


def _backs(entries: tuple[Entry, ...], watch: Watch) -> Actions | None:
    mine = [entry for entry in entries if entry.back][:5]
    if not mine:
        return None
    return buttons(
        *(
            Button(f"Take back the one {watch.between(each.start, each.end)}", Act.LIFT_BACK, each.back)
            for each in mine
        )
    )


_DID = {
    Override.LIFTED: "lifted",
    Override.BROKE_THROUGH: "broke through",
    Override.OPTED_OUT: "opted out",
}


def _others(page: LedgerPage) -> str:
    if page.others is None:
        few = f"with fewer than {page.figures_from} people in the team, they would not stay nameless"
        return f"Those of others are not counted here: {few}."
    least = {Override.OPTED_OUT: "at least "}
    counted = [f"{least.get(kind, '')}{number} {_DID[kind]}" for kind, number in page.others if number]
    return f"Of others, until the end of last week: {listed(counted) if counted else 'none'}."


def _entry(entry: Entry, watch: Watch) -> Line:
    who: Span | str = "You" if entry.who is None else known(entry.who, "A colleague")
    return (*line(f"{watch.moment(entry.at)}: ", who, f" {_what(entry, watch)}"), *_why(entry), *_word(entry))


def _what(entry: Entry, watch: Watch) -> str:
    if entry.kind is not Override.LIFTED:
        return _DID[entry.kind] + (" and came back" if entry.void else "")
    if entry.void:
        return "lifted a stretch and took it back"
    return f"lifted it {watch.between(entry.start, entry.end)}"


def _why(entry: Entry) -> Line:
    if not entry.reason:
        return line(".")
    said = reason_text(entry.reason) if entry.kind is Override.BROKE_THROUGH else entry.reason
    return line(": ", Verbatim(said))


def _word(entry: Entry) -> Line:
    if entry.fair is None:
        return ()
    return line(" · you said: fair" if entry.fair else " · you said: could have waited")
