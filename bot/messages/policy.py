"""The written policy of a team in chat, its acknowledgement, and the templates to start from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.messages.actions import Act
from bot.messages.document import Document
from bot.messages.model import (
    Bullets,
    Button,
    Code,
    Divider,
    Heading,
    Line,
    Message,
    Paragraph,
    Part,
    Row,
    Strong,
    Verbatim,
)
from bot.messages.words import buttons, count, line, message, plain, say, small

_NAMES = {"md": "Markdown", "pdf": "PDF"}


@dataclass(frozen=True, slots=True)
class PolicyView:
    """A policy as one reader sees it. `acknowledged` is the local day on which they acknowledged this
    version; `behind` says that at least so many of so many members have, in steps of as many as stand behind
    a figure, None where that is kept back. `markdown` and `pdf` are addresses, "" where there are none."""

    document: Document
    team: str
    number: int
    member: bool
    acknowledged: date | None
    behind: tuple[int, int] | None
    markdown: str
    pdf: str


@dataclass(frozen=True, slots=True)
class Offered:
    """A template as it is offered: `norms` are its lines, `beside` what people do themselves, `advice` what
    is to be said about the law, () where none is involved."""

    id: str
    name: str
    about: str
    dated: date
    norms: tuple[Line, ...] = ()
    beside: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()


def policy_page(view: PolicyView) -> Message:
    """The whole policy, whether the reader acknowledged it, and the ways to take it away."""
    parts: list[Part] = [Paragraph((view.document.title, *view.document.about))]
    for section in view.document.sections:
        parts.append(Heading(section.title))
        parts += [Paragraph(section.lines)] if section.lines else []
        parts += [Bullets(section.items)] if section.items else []
    return message(
        *parts,
        Divider(),
        say(*_acknowledged(view)),
        say(_count(*view.behind)) if view.behind else None,
        buttons(
            _acknowledge(view.team, view.number) if view.member and not view.acknowledged else None,
            _open("md", view.markdown) if view.markdown else None,
            _open("pdf", view.pdf) if view.pdf else None,
        ),
        small(
            *(("The links work once, for ten minutes.",) if view.pdf else _in_a_terminal("pdf", view.team))
        ),
        summary=plain(view.document.title),
    )


def _acknowledged(view: PolicyView) -> tuple[str, ...]:
    if view.acknowledged:
        return (f"You acknowledged version {view.number} on {view.acknowledged.isoformat()}.",)
    if view.member:
        return (f"You have not acknowledged version {view.number} yet.",)
    return ("Members acknowledge it for themselves.",)


def _count(have: int, members: int) -> str:
    if not have:
        return f"Too few of {count(members, 'member')} have acknowledged it yet to say how many."
    return f"At least {have} of {count(members, 'member')} have acknowledged it."


def _acknowledge(team: str, number: int, asked: str = "") -> Button:
    return Button("I have read it", Act.ACKNOWLEDGE, f"{team}:{number}{asked}", tone="primary")


def _open(format: str, url: str) -> Button:
    return Button(_NAMES.get(format, format), Act.OPEN_POLICY, format, url=url)


def _in_a_terminal(format: str, team: str) -> tuple[str | Code, ...]:
    command = Code(f"boundary-bot policy --team {team} --format {format} --out policy.{format}")
    return ("Whoever runs this bot can write it to a file: ", command)


def policy_file(name: str, team: str, number: int, format: str, url: str) -> Message:
    """The way to a policy as one file; without `url` (we have no address), what else can be done."""
    return message(
        say("The policy of ", Verbatim(name), f", version {number}, as {_NAMES.get(format, format)}."),
        buttons(_open(format, url)) if url else None,
        small(*(("The link works once, for ten minutes.",) if url else _in_a_terminal(format, team))),
    )


def acknowledged(name: str, number: int, on: date, behind: tuple[int, int] | None) -> Message:
    """To whoever acknowledged a version."""
    return message(
        say(f"You acknowledged version {number} of the policy of ", Verbatim(name), f" on {on.isoformat()}."),
        say(_count(*behind)) if behind else None,
        small("Nobody else is shown that you did."),
    )


def newer_version(name: str, team: str, number: int) -> Message:
    """The version that somebody wants to acknowledge is not in force any more."""
    return message(
        say("The policy of ", Verbatim(name), f" has changed: version {number} is in force now."),
        buttons(Button("Read it", Act.POLICY, team, tone="primary")),
    )


def invitation(name: str, team: str, number: int) -> Message:
    """To each member in private when a version takes effect in a team that uses a policy pack."""
    return message(
        say("Version ", str(number), " of the policy of ", Verbatim(name), " is in force. Have you read it?"),
        buttons(
            Button("Read it", Act.POLICY, team),
            _acknowledge(team, number, ":asked"),
        ),
        small("Nobody is shown who has acknowledged it."),
        summary=f"The policy of {name} has changed",
    )


# Templates -----------------------------------------------------------------------------------------

POINT = "Starting points, each dated, to be changed as you like. Not legal advice."


def templates_page(name: str, team: str, found: Sequence[Offered]) -> Message:
    """Every template with a way to look at it."""
    rows: list[Part] = [
        Row(
            line(Strong(each.name), f" ({each.dated.isoformat()}): {each.about}"),
            (Button("Look", Act.TEMPLATES, f"{team}:{each.id}"),),
        )
        for each in found
    ]
    return message(
        say("Templates for ", Verbatim(name)),
        *rows,
        small(POINT),
        summary="Templates",
    )


def template_page(name: str, team: str, found: Offered) -> Message:
    """One template: what would change, and the way to put it to the vote."""
    return message(
        say(Strong(found.name), f", of {found.dated.isoformat()}: {found.about}"),
        say("Put to the vote, these norms of ", Verbatim(name), " would hold:")
        if found.norms
        else say("All of it holds in ", Verbatim(name), " already."),
        Bullets(found.norms) if found.norms else None,
        Paragraph(tuple(line(each) for each in found.beside)) if found.beside else None,
        Bullets(tuple(line(each) for each in found.advice)) if found.advice else None,
        buttons(
            Button("Put it to the vote", Act.USE_TEMPLATE, f"{team}:{found.id}", tone="primary")
            if found.norms
            else None,
            Button("All templates", Act.TEMPLATES, team),
        ),
        small(POINT),
        summary=f"Template: {found.name}",
    )
