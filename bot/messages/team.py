"""A team's norms as one page, and what people hear about being in a team."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.messages.actions import Act, FormId
from bot.messages.ballots import Ballot, ballot_row, pending_line
from bot.messages.model import (
    Actions,
    Bullets,
    Button,
    Code,
    Field,
    Form,
    Line,
    Message,
    NoteField,
    Part,
    PeopleField,
    Strong,
    TextField,
    Verbatim,
    Who,
)
from bot.messages.words import Watch, buttons, count, known, line, message, say, small
from bot.teamnorms import BY_KEY, FIELDS, PEOPLE, QUIETLY, TeamField
from rules.values import Team


@dataclass(frozen=True, slots=True)
class TeamPage:
    """A team as one reader sees it. `number` and `since` are those of the version in force; `people` whom the
    norms name, by id; `here`: it talks in this channel; `channels` in how many. `ballots` can be voted on,
    `pending` wait for their day."""

    team: Team
    number: int
    since: datetime
    people: Mapping[str, Who]
    member: bool
    here: bool
    channels: int
    ballots: tuple[Ballot, ...] = ()
    pending: tuple[Ballot, ...] = ()


def called(team: Team) -> str:
    """What people call a team: its name, else its id."""
    return team.name or team.id


def value_line(key: str, text: str, people: Mapping[str, Who]) -> Line:
    """What a norm says, as people read it; () where nothing is agreed."""
    if not text:
        return ()
    if key in PEOPLE:
        pieces: list[str | Who] = []
        for id in text.split(","):
            pieces += [", ", people.get(id, Who("", ""))]
        return line(*pieces[1:])
    shown = BY_KEY[key].shown(text)
    return line(Verbatim(shown) if BY_KEY[key].words else shown)


_AGREED = (
    "core",
    "shared_focus",
    "no_meetings",
    "reply_within.mention",
    "reply_within.direct",
    "reply_within.urgent",
    "urgent_means",
    "urgent_budget",
    "ask_on_leave",
    "review_by",
)
"""What the page lists whether it is agreed or not; "not agreed" is worth seeing, too."""


def norms_page(page: TeamPage, watch: Watch) -> Message:
    """Everything the team agreed on, how it decides, what is being decided, and what can be done."""
    team = page.team
    rows: list[Part] = [ballot_row(each, watch) for each in page.ballots]
    pending = tuple(pending_line(each, watch) for each in page.pending)
    return message(
        say(Strong("The norms of "), Verbatim(called(team))),
        None if _something(page) else say("Nothing is agreed yet. Start from a template, or propose a norm:"),
        Bullets(_norm_lines(page) if _something(page) else _first_steps()),
        say(*_voting(team)),
        Bullets(pending) if pending else None,
        *rows,
        _page_buttons(page),
        small(*_dated(page)),
        summary=f"The norms of {called(team)}",
    )


def _something(page: TeamPage) -> bool:
    return any(BY_KEY[key].text(page.team) for key in (*_AGREED, "summary"))


def _norm_lines(page: TeamPage) -> tuple[Line, ...]:
    team = page.team
    lines = []
    for key in _AGREED:
        field = BY_KEY[key]
        value = value_line(key, field.text(team), page.people) or line("not agreed")
        lines.append(line(Strong(f"{field.label}: "), *value))
    lines.insert(-1, line(Strong("Weekly summary: "), *_summary(page)))
    return tuple(lines)


def _summary(page: TeamPage) -> Line:
    text = BY_KEY["summary"].text(page.team)
    if not text:
        return line("not agreed")
    return line(f"{text}, {_where(page)}")


def _where(page: TeamPage) -> str:
    if not page.channels:
        return "to each member in private"
    if not page.here:
        return f"in {count(page.channels, 'channel')}"
    others = page.channels - 1
    return f"here and in {count(others, 'other channel')}" if others else "here"


def _first_steps() -> tuple[Line, ...]:
    keys = ("core", "shared_focus", "reply_within.mention")
    return tuple(line(Code(f"/boundary team propose {BY_KEY[key].example}")) for key in keys)


def _voting(team: Team) -> tuple[str, ...]:
    voting = team.voting
    half = "more than half" if voting.majority == 50 else f"more than {voting.majority}%"
    days = count(voting.days, "day")
    quorum = f"at least {voting.quorum}% of the members vote"
    return (f"Votes are open for {days}; a change is accepted if {quorum} and {half} of the votes are yes.",)


def _page_buttons(page: TeamPage) -> Actions:
    id = page.team.id
    return buttons(
        Button("Propose a change…", Act.PROPOSE, id, tone="primary"),
        Button("History", Act.TEAM_HISTORY, id),
        Button("Templates", Act.TEMPLATES, id),
        Button("Policy", Act.POLICY, id) if _something(page) else None,
        None if page.member else Button("Join", Act.TEAM_JOIN, id),
    )


def _dated(page: TeamPage) -> tuple[str, ...]:
    """A version has one date: the team's."""
    team = page.team
    holidays = f" · public holidays of {team.place}" if team.place else ""
    members = count(len(team.members), "member")
    since = f"{page.since.astimezone(ZoneInfo(team.zone)):%Y-%m-%d}"
    return (
        f"Version {page.number} of {since} · {members} · times of norms in {team.zone}{holidays} · "
        f"figures need {team.figures_from} people",
    )


# Being in a team -----------------------------------------------------------------------------------


def founded_by_you(id: str, name: str) -> Message:
    """To the founder."""
    return message(
        say(
            "The team ",
            Verbatim(name),
            " is founded, and it talks in this channel. You are its first member.",
        ),
        say("Others join with the button that I post here, or with ", Code("/boundary team join"), "."),
        small("I can post here only if I have been added to this channel; if not, you hear so from me."),
        buttons(
            Button("Templates", Act.TEMPLATES, id, tone="primary"),
            Button("Propose a change…", Act.PROPOSE, id),
        ),
        small("Figures about a team are shown only once five people or more stand behind them."),
    )


def founded(name: str, id: str, founder: Who) -> Message:
    """To the channel."""
    return message(
        say(
            known(founder, "Somebody"),
            " has founded the team ",
            Verbatim(name),
            " here: its members agree on when they can be reached, on focus, and on how soon they answer.",
        ),
        say("Nothing is agreed yet. Whoever joins votes on what will be."),
        buttons(Button("Join", Act.TEAM_JOIN, id, tone="primary")),
        summary=f"The team {name} is founded",
    )


def not_there(name: str, *, outsiders: bool) -> Message:
    """To each member in private, where nothing could be posted in the channel in which a team was founded."""
    if outsiders:
        why = "people from outside read along there, so each member hears from me in private."
        return message(say("I post nothing of ", Verbatim(name), f" in its channel: {why}"))
    return message(
        say(
            "I could not post in the channel of ", Verbatim(name), ": I am not in it, or may not post there."
        ),
        say("Add me to it, for example by mentioning me there. Until then I tell each member in private."),
        small("Others join with /boundary team join, said in that channel."),
    )


def joined(name: str) -> Message:
    """To a new member."""
    return message(
        say("You are in ", Verbatim(name), " from now on. Its norms hold for you, next to your own."),
        small("/boundary team shows them. You vote from the next proposal on."),
    )


def left(name: str, id: str) -> Message:
    """To whoever left."""
    return message(
        say("You have left ", Verbatim(name), ". Its norms no longer hold for you."),
        buttons(Button("Join again", Act.TEAM_JOIN, id)),
    )


def in_already(name: str) -> Message:
    """To a member who joins again."""
    return message(say("You are in ", Verbatim(name), " already. /boundary team shows its norms."))


def not_in(name: str) -> Message:
    """To somebody who leaves without being a member."""
    return message(say("You are not in ", Verbatim(name), ", so there is nothing to leave."))


def talks_here(name: str, *, before: bool) -> Message:
    """The team talks in this channel now, or did so before."""
    if before:
        return message(say(Verbatim(name), " talks here already."))
    return message(
        say(Verbatim(name), " talks here from now on: votes, changes and the weekly summary."),
        small("Where guests or people of another organisation read along, I tell each member in private."),
    )


def talks_no_more(name: str, *, privately: bool) -> Message:
    """The team talks here no longer."""
    then = " With no channel left, each member hears in private." if privately else ""
    return message(say(Verbatim(name), f" no longer talks here.{then}"))


def never_talked(name: str) -> Message:
    """The team did not talk here."""
    return message(say(Verbatim(name), " does not talk here."))


def review_due(name: str, id: str, by: date) -> Message:
    """Once, on the day the team set."""
    return message(
        say(
            "The norms of ", Verbatim(name), f" are due to be read again: {by.isoformat()} was agreed for it."
        ),
        say("Are they still right?"),
        buttons(
            Button("Still right", Act.REVIEWED, id, tone="primary"),
            Button("Propose a change…", Act.PROPOSE, id),
        ),
        small("“Still right” puts a new date, three months on, to the vote. /boundary team shows the norms."),
        summary=f"The norms of {name} are due to be read again",
    )


# The form ------------------------------------------------------------------------------------------


def propose_form(team: Team, number: int, users: Sequence[str]) -> Form:
    """Every norm as it stands; what is changed becomes one proposal. `users` are the platform ids of whom to
    ask on leave."""
    fields: list[Field] = [NoteField(line("What you change is put to the vote; the rest stays as it is."))]
    for field in FIELDS:
        if field.key in QUIETLY or field.key == "leads":
            continue
        if field.key in PEOPLE:
            fields.append(PeopleField(field.key, field.label, tuple(users), optional=True))
        else:
            fields.append(_text_field(field, team))
    fields.append(
        TextField(
            "from",
            "Takes effect",
            placeholder="2026-12-01",
            hint="now, a weekday or a date. Empty: the midnight after it is decided.",
            optional=True,
            max_length=20,
        )
    )
    return Form(FormId.PROPOSE, "Propose a change", "Propose", tuple(fields), context=f"{team.id}:{number}")


def _text_field(field: TeamField, team: Team) -> TextField:
    return TextField(
        field.key,
        field.label,
        value=field.filled(field.text(team)),
        hint=field.hint,
        optional=not field.fixed,
        max_length=300,
    )
