"""The weekly summary of a team as people read it: at most five lines, one picture, one vote.

It names the norm, never a person, except leads who chose to show their own figures this time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.messages.actions import Act, alone
from bot.messages.digest import REASONS
from bot.messages.model import (
    Actions,
    Bullets,
    Button,
    Chart,
    Code,
    Heading,
    Line,
    Message,
    Plain,
    Series,
    Strong,
    Verbatim,
)
from bot.messages.words import buttons, count, line, listed, message, plain, say, small
from rules import parse_week
from rules.summary import Advice, Name, Norm, Suggestion, Summary

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class LeadLine:
    """What a lead shows of their own week: evenings after working days, how many were kept, their own pings
    that came outside their recipients' hours, and how many of these were `held` until they were back."""

    name: str
    evenings: int
    kept: int
    after_hours: int
    held: int = 0


@dataclass(frozen=True, slots=True)
class Published:
    """A summary with what is around it: the team's name, the leads who show their own line, and whether the
    suggestion can still be put to a vote."""

    name: str
    summary: Summary
    leads: tuple[LeadLine, ...] = ()
    votable: bool = True


@dataclass(frozen=True, slots=True)
class OwnLine:
    """A lead's line of a `week` ("2026-W48") as it is now; `over`: it has ended, so that it is as the team
    reads it."""

    line: LeadLine
    week: str
    over: bool


def weekly_summary(shown: Published) -> Message:
    """The summary as the team reads it."""
    summary = shown.summary
    title = f"{shown.name}: week {_week(summary)}"
    return message(Heading(title), Bullets(lines(shown)), chart(summary), _vote(shown), summary=title)


def lines(shown: Published) -> tuple[Line, ...]:
    """The lines of the summary, five at most."""
    summary = shown.summary
    figures = (_norms(summary), _pings(summary), _breaks(summary)) if summary.people else (_too_few(summary),)
    return (*figures, _suggestion(summary), _review(shown))


def _week(summary: Summary) -> str:
    """`48, 23 to 29 Nov`."""
    week = parse_week(summary.week)
    last = week.first + timedelta(days=6)
    month = "" if last.month == week.first.month else f" {_MONTHS[week.first.month - 1]}"
    return f"{week.number}, {week.first.day}{month} to {last.day} {_MONTHS[last.month - 1]}"


def _too_few(summary: Summary) -> Line:
    return line(
        Strong("Too few people this week"),
        f" to show figures: {summary.least} must have been here this week and the week before, "
        "and no difference to earlier figures may point at fewer.",
    )


# Against the norms ---------------------------------------------------------------------------------


def _norms(summary: Summary) -> Line:
    kept = [_norm(summary, norm) for norm, was in summary.kept if was]
    risk = [_norm(summary, norm) for norm, was in summary.kept if not was]
    if not summary.kept:
        return line(Strong("Norms: "), "nothing is agreed yet that a week could keep.")
    parts = [f"kept: {listed(kept)}"] if kept else []
    parts += [f"at risk: {listed(risk)}"] if risk else []
    return line(Strong("Norms "), f"{'; '.join(parts)}.")


def _norm(summary: Summary, norm: Norm) -> str:
    number = summary.number
    blocks, overridden = number(Name.BLOCKS) or 0, number(Name.OVERRIDDEN) or 0
    outside = number(Name.OUTSIDE) or 0
    match norm:
        case Norm.FOCUS:
            return f"shared focus ({blocks - overridden} of {count(blocks, 'block')} undisturbed)"
        case Norm.CORE:
            closed = 100 - (number(Name.CORE) or 0)
            return f"core hours (people's own norms close {f'{closed} %' if closed else 'none'} of them)"
        case Norm.REPLIES:
            return f"reply times ({number(Name.TOLD)} of {count(number(Name.DUE) or 0, 'sender')} told)"
        case Norm.HOURS:
            return f"hours ({count(outside, 'ping') if outside else 'no ping'} came outside them)"


def _pings(summary: Summary) -> Line:
    held, delivered = summary.number(Name.HELD) or 0, summary.number(Name.DELIVERED) or 0
    pings = f"{count(held, 'ping')} held" if held else "nothing had to be held"
    return line(Strong("Pings: "), f"{pings}{_came(held, delivered)}. {_over(summary)}")


def _came(held: int, delivered: int) -> str:
    if not held:
        return ""
    if not delivered:
        return ", not delivered yet" if held == 1 else ", none of them delivered yet"
    done = f"{delivered} of them" if delivered < held else "all of them" if held > 1 else "then"
    return f" until people were back, {done} delivered"


def _over(summary: Summary) -> str:
    whom = "members" if summary.of == summary.members else "members who had not just joined"
    if summary.people == summary.of:
        return f"Counted over all {summary.people} {whom}."
    return f"Counted over {summary.people} of the {summary.of} {whom}."


def _breaks(summary: Summary) -> Line:
    broke = summary.number(Name.BROKE) or 0
    if not broke:
        budget = "no budget is agreed" if summary.budget is None else f"the budget is {summary.budget}"
        said = "" if summary.number(Name.JUDGED) is None else f" {_fair(summary)}"
        return line(Strong("Broke through: "), f"nothing; {budget}.{said}")
    reasons = listed([f"{number} “{REASONS.get(name, name).lower()}”" for name, number in summary.reasons()])
    return line(Strong("Broke through: "), f"{broke}{_against(summary, broke)}: {reasons}. {_fair(summary)}")


def _against(summary: Summary, broke: int) -> str:
    if summary.budget is None:
        return ", without an agreed budget"
    over = broke - summary.budget
    return (
        f", {over} over the budget of {summary.budget}" if over > 0 else f" of a budget of {summary.budget}"
    )


def _fair(summary: Summary) -> str:
    judged, fair = summary.number(Name.JUDGED), summary.number(Name.FAIR)
    if judged is None or fair is None:
        on = "; it is counted on" if summary.since else ""
        return f"How many were fair is told once {summary.least} people said{on}."
    return f"{fair} of the {judged}{_since(summary)} that somebody judged were fair."


def _since(summary: Summary) -> str:
    """` since 9 Nov` if words of earlier weeks are counted, too."""
    if summary.since in ("", summary.week):
        return ""
    first = parse_week(summary.since).first
    return f" since {first.day} {_MONTHS[first.month - 1]}"


# What next -----------------------------------------------------------------------------------------


def _suggestion(summary: Summary) -> Line:
    if summary.suggestion is None:
        risk = any(not kept for _, kept in summary.kept) or not summary.people
        return line(Strong("Change: "), "none suggested." if risk else "none: what you agreed was kept.")
    return line(Strong("To vote on: "), *_advice(summary, summary.suggestion))


def _advice(summary: Summary, suggestion: Suggestion) -> Sequence[str | Code]:
    text = suggestion.changes[0][1]
    match suggestion.advice:
        case Advice.BUDGET:
            return (f"a budget of {text} urgent a week, as many as this week: none is agreed.",)
        case Advice.MEANING:
            return (f"say what counts as urgent. To begin with: “{text}”.",)
        case Advice.MORE:
            return (f"a budget of {text} urgent a week: most of them were judged fair.",)
        case Advice.REREAD:
            return (f"read your norms again by {_date(text)}: the budget does not hold.",)
        case Advice.MOVE:
            return ("shared focus on ", Code(text), ": fewer pings come then.")
        case Advice.REVIEW:
            return (f"read your norms again by {_date(text)}: no day ahead is agreed for it.",)


def _review(shown: Published) -> Line:
    review = shown.summary.review_by
    when = _date(review.isoformat()) if review else "no date is agreed"
    leads = [span for lead in shown.leads for span in _lead(lead)]
    return line(Strong("Next review: "), f"{when}.", *leads)


def _lead(lead: LeadLine) -> Line:
    return (Plain(" "), Verbatim(lead.name), Plain(f" {_own(lead)}."))


def _own(lead: LeadLine) -> str:
    sent = count(lead.after_hours, "ping") if lead.after_hours else "no ping"
    kept = f"kept {lead.kept} of {count(lead.evenings, 'evening')}"
    return f"{kept} and sent {sent} outside others' hours{_spared(lead)}"


def _spared(lead: LeadLine) -> str:
    """What of a lead's late pings disturbed nobody: without it the line would read as if all had."""
    if not lead.held:
        return ""
    return ", held until they were back" if lead.held == lead.after_hours else f", {lead.held} of them held"


def _date(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _vote(shown: Published) -> Actions | None:
    summary = shown.summary
    if summary.suggestion is None or not shown.votable:
        return None
    return buttons(
        Button("Put it to the vote", Act.SUGGEST, f"{summary.team}:{summary.week}", tone="primary")
    )


# The picture ---------------------------------------------------------------------------------------


def chart(summary: Summary) -> Chart | None:
    """Bars by weekday: what was held and what broke through. None where nothing may be shown, or nothing
    happened. The weekend is left out when nothing happened then."""
    held, broke = summary.days(Name.HELD_BY_DAY), summary.days(Name.BROKE_BY_DAY)
    if not any(held) and not any(broke):
        return None
    shown = 7 if any((*held[5:], *broke[5:])) else 5
    series = (Series("Held", held[:shown]), Series("Broke through", broke[:shown]))
    alt = ". ".join(f"{each.name}: {_told(each.values)}" for each in series)
    return Chart("Pings by weekday", DAYS[:shown], series, f"{alt}.")


def _told(values: Sequence[int]) -> str:
    some = [f"{day} {value}" for day, value in zip(DAYS, values, strict=False) if value]
    return ", ".join(some) if some else "none"


# Answers -------------------------------------------------------------------------------------------


def would_show(own: OwnLine, value: str) -> Message:
    """What the team would read of a lead, to that lead alone, who decides."""
    when = "the team would read" if own.over else "the team would read, as it stands so far"
    return message(
        say(f"With the summary of {own.week} {when}: “", *_lead(own.line)[1:], "”"),
        small("Only you see this now. It stands there if you show it, this one time."),
        buttons(
            Button("Show this with the summary", Act.SHOW_MINE, alone(value), tone="primary"),
            Button("Not this week", Act.HIDE_MINE, alone(value)),
        ),
    )


def shown_with(own: OwnLine, posted: bool, value: str) -> Message:
    """A lead chose to show their own line with a summary."""
    when = "It stands there now" if posted else "It will stand there when it is posted"
    so_far = "" if own.over else ", as it stands so far"
    return message(
        say(f"With the summary of {own.week} the team reads{so_far}: “", *_lead(own.line)[1:], "”"),
        small(f"{when}, this one time. Nobody else's figures are shown."),
        buttons(Button("Don't show it", Act.HIDE_MINE, alone(value))),
    )


def not_shown_with(week: str, value: str) -> Message:
    """A lead does not show their line, or took it back."""
    see = Button("Show it after all…", Act.SEE_MINE, alone(value))
    return message(say(f"Your line does not stand with the summary of {week}."), buttons(see))


def as_text(shown: Published) -> list[str]:
    """The summary as lines for a terminal."""
    picture = chart(shown.summary)
    return [*(plain(each) for each in lines(shown)), *([picture.alt] if picture else [])]


__all__ = [
    "LeadLine",
    "OwnLine",
    "Published",
    "as_text",
    "chart",
    "lines",
    "not_shown_with",
    "shown_with",
    "weekly_summary",
    "would_show",
]
