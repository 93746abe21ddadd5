"""The personal weekly line: what held of one's own plan. It is for the person alone, compares them with
nobody, and carries its off switch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.messages.actions import Act, beside
from bot.messages.model import Bullets, Button, Line, Message, Part, Quote, Row, Verbatim
from bot.messages.words import buttons, count, line, message, say, small
from rules import Ritual


@dataclass(frozen=True, slots=True)
class Lead:
    """What a lead alone learns: `pings` of theirs that reached, or would have reached, `people` outside
    their hours, and how many of them were `held`. `choices` let them show their own line with the summary
    of each team they lead, by the team's name."""

    pings: int
    people: int
    held: int
    choices: tuple[tuple[str, Button], ...] = ()


@dataclass(frozen=True, slots=True)
class OwnWeek:
    """A person's week so far. Focus in whole minutes against their own plan: `focus_lifted` is what of it
    teams lifted, `focus_ahead` what the rest of the week has. `evenings` that are over, from that of the
    local day `since` on, and how many of them nothing broke into; `waited` messages of theirs that waited
    for `spared` people to be back; `mattered` what they wrote about what mattered, by day."""

    focus_planned: int
    focus_kept: int
    evenings: int
    evenings_kept: int
    waited: int
    spared: int
    mattered: tuple[str, ...] = ()
    lead: Lead | None = None
    focus_lifted: int = 0
    focus_ahead: int = 0
    since: date | None = None


def weekly(value: str, week: OwnWeek) -> Message:
    """The line as a message of its own."""
    return message(
        say("Your week, for you alone:"),
        *_figures(week),
        buttons(
            Button("Good to know", Act.RITUAL_DONE, value),
            Button("Turn these off", Act.MUTE, Ritual.WEEKLY.value),
        ),
    )


def within(week: OwnWeek) -> Message:
    """The line as a part of the last day's end."""
    return message(
        say("Your week, for you alone:"),
        *_figures(week),
        buttons(Button("Turn the weekly line off", Act.MUTE, beside(Ritual.WEEKLY.value))),
    )


def asked_for(week: OwnWeek, *, off: bool) -> Message:
    """The line because somebody asked for it; `off`: it does not come by itself."""
    switch = (
        Button("Turn it on", Act.UNMUTE, Ritual.WEEKLY.value)
        if off
        else Button("Turn it off", Act.MUTE, Ritual.WEEKLY.value)
    )
    comes = "It does not come by itself." if off else "It comes when your last working day of the week ends."
    return message(say("Your week so far, for you alone:"), *_figures(week), small(comes), buttons(switch))


def _figures(week: OwnWeek) -> list[Part | None]:
    lines = [_focus(week), _evenings(week), _spared(week)]
    parts: list[Part | None] = [Bullets(tuple(lines)), *_mattered(week.mattered)]
    parts += _lead(week.lead) if week.lead else []
    parts.append(small("Only you see this. Evenings in which you chose to work do not count against you."))
    return parts


def _focus(week: OwnWeek) -> Line:
    if not week.focus_planned and week.focus_ahead:
        return line(f"Focus: none is over yet. {hours(week.focus_ahead)} are planned this week.")
    if not week.focus_planned:
        return line("Focus: none was planned. /focus tue,thu 09:00-11:30 plans some.")
    lifted = f" Your team lifted {hours(week.focus_lifted)} of it." if week.focus_lifted else ""
    kept, planned = hours(week.focus_kept), hours(week.focus_planned)
    return line(f"Focus: {kept} kept of the {planned} you planned.{lifted}")


def _evenings(week: OwnWeek) -> Line:
    if not week.evenings:
        return line("Evenings: none is over yet.")
    since = f" since {week.since:%a} {week.since.day} {week.since:%b}" if week.since else ""
    return line(f"Evenings{since}: {week.evenings_kept} of {week.evenings} stayed yours.")


def _spared(week: OwnWeek) -> Line:
    if not week.waited:
        return line("Others: nothing of yours had to wait for anybody.")
    people = count(week.spared, "person", "people")
    return line(f"Others: {count(week.waited, 'message')} of yours waited for {people} to be back.")


def _mattered(mattered: Sequence[str]) -> list[Part | None]:
    if not mattered:
        return [small("What matters on a day can be kept here: /boundary start The draft")]
    return [say("What mattered:"), Quote("\n".join(mattered))]


def _lead(lead: Lead) -> list[Part | None]:
    if lead.pings:
        people = count(lead.people, "person", "people")
        said = (
            f"As a lead: {count(lead.pings, 'message')} of yours reached, or would have reached, {people} "
            f"outside their hours; {lead.held} waited."
        )
    else:
        said = "As a lead: no message of yours reached anybody outside their hours."
    return [say(said), *(Row(line(Verbatim(name)), (button,)) for name, button in lead.choices)]


def hours(minutes: int) -> str:
    """`1 h 30`, `2 h`, `45 min`."""
    whole, rest = divmod(minutes, 60)
    if not whole:
        return f"{rest} min"
    return f"{whole} h {rest:02}" if rest else f"{whole} h"
