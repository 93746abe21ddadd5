"""What a recipient reads: the digest of what waited, an urgent ping, and the list of what still waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.messages.actions import Act, alone
from bot.messages.contract import Norm, no_reply_before, norms, reply_by
from bot.messages.model import (
    Actions,
    Bullets,
    Button,
    Heading,
    Line,
    Link,
    Message,
    Part,
    Plain,
    Quote,
    Span,
    Verbatim,
    Who,
)
from bot.messages.words import Watch, buttons, count, known, line, message, say, small
from bot.records import Hold
from rules import Urgency

DIGEST_LIMIT = 15
"""Holds in one digest: fifteen texts fit a platform message; what is more goes in the next digest."""

_SENT_SHOWN = 5

AGAIN = "This may be a repeat: I could not see whether it reached you before."
"""Said of what a platform swallowed the answer to, where nobody can look whether it arrived."""

REASONS = {
    "broken": "Something is broken for customers",
    "safety": "Somebody's health or safety",
    "deadline": "A deadline before they are back",
    "blocked": "Others cannot go on without an answer",
    "asked": "They asked to be told",
}
"""The five reasons for breaking through, by the name that is stored."""


@dataclass(frozen=True, slots=True)
class Item:
    """One hold as its recipient may see it; `text` is opened, None for a link or where it cannot be
    opened. `norm` is whose norm an answer to it goes by, if the two share that team."""

    hold: Hold
    who: Who
    text: str | None = None
    norm: Norm | None = None

    @property
    def lost(self) -> bool:
        """In a digest: there is a text, and no key opens it any more."""
        return self.hold.text is not None and self.text is None


def ordered(items: Sequence[Item]) -> list[Item]:
    """Urgent first, then mentions before texts, each by time."""
    return sorted(
        items,
        key=lambda item: (
            item.hold.urgency is not Urgency.URGENT,
            item.hold.kind != "mention",
            item.hold.created_at,
        ),
    )


def digest(items: Sequence[Item], watch: Watch, *, delayed: bool = False, repeat: bool = False) -> Message:
    """Everything that waited, together: urgent first, then mentions, then texts, each by time."""
    urgent = sum(item.hold.urgency is Urgency.URGENT for item in items)
    head = f"{len(items)} waited while you were away, {urgent} urgent"
    parts: list[Part | None] = [Heading(head)]
    for group in _groups(ordered(items)):
        parts += _group(group, watch)
    parts += _judging(items)
    parts.append(norms(item.norm for item in ordered(items)))
    parts.append(small("This comes later than planned: I was delayed.") if delayed else None)
    parts.append(small(AGAIN) if repeat else None)
    return message(*parts)


def passed_on(items: Sequence[Item], watch: Watch) -> Message:
    """Messages that somebody asked us to pass on to a person whom nothing keeps from reading them now."""
    parts: list[Part | None] = []
    for group in _groups(ordered(items)):
        parts += _group(group, watch)
    parts.append(norms(item.norm for item in ordered(items)))
    who = items[0].who.label if items else ""
    return message(*parts, summary=f"{who or 'A colleague'} asked me to pass something on")


def _judging(items: Sequence[Item]) -> list[Part | None]:
    """The recipient's word on each ping that comes while others would still wait."""
    broke = [item for item in ordered(items) if item.hold.broke_for]
    parts: list[Part | None] = []
    for item in broke:
        parts += [
            say(known(item.who, "A colleague"), " said it cannot wait, so it comes before the rest. ",
                "Your answer is not shown to them."),
            buttons(
                Button("Fair", Act.FAIR, item.hold.id),
                Button("Could have waited", Act.COULD_WAIT, item.hold.id),
            ),
        ]  # fmt: skip
    return parts


def _groups(items: list[Item]) -> list[list[Item]]:
    groups: list[list[Item]] = []
    for item in items:
        last = groups[-1][-1] if groups else None
        if last and last.hold.urgency == item.hold.urgency:
            groups[-1].append(item)
        else:
            groups.append([item])
    return groups


def _group(group: list[Item], watch: Watch) -> list[Part | None]:
    links = [item for item in group if item.text is None]
    parts: list[Part | None] = []
    if links:
        parts.append(Bullets(tuple(_link_line(item, watch) for item in links)))
    for item in group:
        if item.text is not None:
            parts += [say(*_who_and_when(item, watch)), Quote(item.text)]
            parts.append(_due(item, watch))
    return parts


def _who_and_when(item: Item, watch: Watch) -> Line:
    urgent: Line = (Plain("Urgent. "),) if item.hold.urgency is Urgency.URGENT else ()
    reason = f" ({reason_text(item.hold.reason)})" if urgent and item.hold.reason else ""
    return (
        *urgent,
        known(item.who, "A colleague"),
        Plain(f" wrote at {watch.moment(item.hold.created_at)}"),
        *([Verbatim(reason)] if reason else []),
        Plain(":"),
    )


def _link_line(item: Item, watch: Watch) -> Line:
    hold = item.hold
    urgent = "Urgent. " if hold.urgency is Urgency.URGENT else ""
    reason = f" ({reason_text(hold.reason)})" if urgent and hold.reason else ""
    said = "wrote something that I cannot open any more" if item.lost else "mentioned you"
    what: Span = Link(said, hold.link) if hold.link else Plain(said)
    due = "" if item.lost else " ".join(["", *_when_due(hold, watch)])
    due += f" {AGAIN}" if hold.doubted else ""
    return line(
        urgent,
        known(item.who, "A colleague"),
        " ",
        what,
        f" at {watch.moment(hold.created_at)}",
        Verbatim(reason),
        f".{due}",
    )


def _due(item: Item, watch: Watch) -> Part | None:
    hold = item.hold
    words = _when_due(hold, watch)
    words += [AGAIN] if hold.doubted else []
    link: list[Span] = [Plain(" "), Link("Where it was written", hold.link)] if hold.link else []
    return small(" ".join(words), *link) if words or link else None


def _when_due(hold: Hold, watch: Watch) -> list[str]:
    words = [reply_by(hold.reply_by, watch)] if hold.reply_by else []
    return words + ([f"They need an answer by {watch.moment(hold.needs_by)}."] if hold.needs_by else [])


def reason_text(reason: str) -> str:
    """A stored reason ("broken: shop is down") as words; `reason` is a name of REASONS and, after a
    colon, free words."""
    name, _, words = reason.partition(":")
    label = REASONS.get(name, name)
    return f"{label}: {words.strip()}" if words.strip() else label


def urgent_ping(item: Item, watch: Watch, *, repeat: bool = False, judged: bool = False) -> Message:
    """One ping that breaks through, with its reason and the recipient's word on it. Without the choices once
    it is `judged`. A text stays where it is when it is judged: we do not have it any more."""
    hold = item.hold
    value = hold.id if hold.text is not None else alone(hold.id)
    content: list[Part | None] = [Quote(item.text)] if item.text is not None else []
    content += [small("I cannot open what they wrote any more: please ask them.")] if item.lost else []
    link = say(Link("Open the message", hold.link)) if hold.link else None
    return message(
        say(known(item.who, "A colleague"), " says this cannot wait."),
        say(Verbatim(f"{reason_text(hold.reason)}.")),
        *content,
        link,
        small(" ".join(_when_due(hold, watch))) if hold.reply_by or hold.needs_by else None,
        norms([item.norm]),
        small(AGAIN) if repeat or hold.doubted else None,
        buttons(
            Button("Fair", Act.FAIR, value, tone="primary"),
            Button("Could have waited", Act.COULD_WAIT, value),
        )
        if not judged
        else None,
        small(
            f"Sent at {watch.moment(hold.created_at)}.",
            "" if judged else " Your answer is not shown to them.",
        ),
        summary=f"Urgent, from {item.who.name}",
    )


def waiting_counts(items: Sequence[Item]) -> str:
    """`3 waiting, 0 urgent`."""
    return f"{len(items)} waiting, {sum(item.hold.urgency is Urgency.URGENT for item in items)} urgent"


def waiting_line(items: Sequence[Item], watch: Watch) -> str:
    """The same as a sentence, with when the first answer is due: `3 waiting, 0 urgent. The first reply is due
    by Tue 13:00.`"""
    due = min((item.hold.reply_by for item in items if item.hold.reply_by), default=None)
    which = "The" if len(items) == 1 else "The first"
    return f"{waiting_counts(items)}." + (f" {which} reply is due by {watch.moment(due)}." if due else "")


def waiting(items: Sequence[Item], mine: Sequence[Item], watch: Watch) -> Message:
    """What waits for a person, bounded, and what they sent that still waits. For `mine`, `who` is the
    recipient."""
    shown = ordered(items)[:20]
    more = len(items) - len(shown)
    return message(
        Heading(waiting_counts(items)),
        Bullets(tuple(_waiting_line(item, watch) for item in shown)) if shown else None,
        small(f"And {more} more.") if more > 0 else None,
        release_button() if items else None,
        *_sent(mine, watch),
        norms(item.norm for item in (*shown, *mine[:_SENT_SHOWN])),
    )


def _waiting_line(item: Item, watch: Watch) -> Line:
    hold = item.hold
    urgent = "Urgent. " if hold.urgency is Urgency.URGENT else ""
    what: Span = (
        Link("mentioned you", hold.link) if hold.kind == "mention" and hold.link else Plain("wrote to you")
    )
    when = f", comes at {watch.moment(hold.release_at)}" if hold.release_at else ""
    when += f", reply by {watch.moment(hold.reply_by)}" if hold.reply_by else ""
    return line(
        urgent, known(item.who, "A colleague"), " ", what, f" at {watch.moment(hold.created_at)}{when}"
    )


def release_button() -> Actions:
    return buttons(Button("Deliver these now", Act.RELEASE, tone="primary"))


def _sent(mine: Sequence[Item], watch: Watch) -> list[Part | None]:
    if not mine:
        return []
    parts: list[Part | None] = [say(f"From you, {count(len(mine), 'message')} still waiting:")]
    for item in mine[:_SENT_SHOWN]:
        when = f", goes at {watch.moment(item.hold.release_at)}" if item.hold.release_at else ""
        due = " ".join(["", no_reply_before(item.hold.reply_by, watch)]).rstrip()
        parts += [say("To ", known(item.who, "a colleague"), f"{when}.{due}"), sent_choices(item.hold)]
    return parts


def sent_choices(hold: Hold) -> Actions:
    """What the sender of a hold can still do; only a text of their own can be edited."""
    edit = Button("Edit…", Act.EDIT_HOLD, hold.id) if hold.text is not None else None
    return buttons(edit, Button("Cancel", Act.NEVER_MIND, hold.id), Button("Send now…", Act.URGENT, hold.id))
