"""The words people can say after `/boundary`, as one table. The registry adds help, which reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from bot.commands import frame, look, now, own, rituals, team
from bot.commands.reading import Words
from bot.flows import later
from bot.messages.model import Message
from bot.ports import Reply
from bot.turn import Turn
from rules import Ritual

Handler = Callable[[Turn, Words], Reply]


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """One word. `usage` and `example` are complete lines to type; `summary` is one short sentence.
    `slash` is the word's own short form ("/focus"), "" if it has none. `enrols`: saying it is a first
    contact. `guide` is the help of a word that has words of its own."""

    word: str
    usage: str
    example: str
    summary: str
    handler: Handler
    slash: str = ""
    enrols: bool = True
    also: tuple[str, ...] = ()
    guide: Callable[[], Message] | None = None


WORDS: tuple[CommandSpec, ...] = (
    CommandSpec(
        "focus",
        "/focus LENGTH [name] | /focus until TIME [name] | /focus DAYS TIMES [name] | /focus off",
        "/focus 90m deep work",
        "Focus now, or every week.",
        now.focus,
        slash="/focus",
    ),
    CommandSpec(
        "quiet",
        "/quiet LENGTH [name] | /quiet until TIME [name] | /quiet DAYS TIMES [name] | /quiet off",
        "/quiet daily 18:00-19:30 family dinner",
        "Quiet now, or every week.",
        now.quiet,
        slash="/quiet",
    ),
    CommandSpec(
        "later",
        "/later @person [@person …] [by TIME] text",
        "/later @maya by 17:00 Could you look at the draft?",
        "Hold a message for the right moment.",
        later.later,
        slash="/later",
        enrols=False,
    ),
    CommandSpec(
        "back",
        "/boundary back TIME [what]",
        "/boundary back 14:30 care",
        "A short absence.",
        now.back,
    ),
    CommandSpec(
        "here",
        "/boundary here [LENGTH]",
        "/boundary here",
        "Available now in spite of your norms.",
        now.here,
    ),
    CommandSpec(
        "resume",
        "/boundary resume",
        "/boundary resume",
        "Back to your norms.",
        now.resume,
    ),
    CommandSpec(
        "today",
        "/boundary today",
        "/boundary today",
        "Your day, what waits, the next change.",
        look.today,
    ),
    CommandSpec(
        "waiting",
        "/boundary waiting",
        "/boundary waiting",
        "What waits for you, and what you sent that waits.",
        look.waiting,
        enrols=False,
    ),
    CommandSpec(
        "why",
        "/boundary why [@sender | urgent]",
        "/boundary why urgent",
        "Why a message would wait or reach you now.",
        look.why,
    ),
    CommandSpec(
        "when",
        "/boundary when @person [@person …]",
        "/boundary when @maya @sam",
        "When you are all available.",
        look.when,
        enrols=False,
    ),
    CommandSpec(
        "hours",
        "/boundary hours DAYS TIMES [; DAYS TIMES …] | /boundary hours none",
        "/boundary hours mon-thu 09:00-12:30, 14:00-18:00; fri 09:00-13:00",
        "Your working hours.",
        frame.hours,
    ),
    CommandSpec(
        "break",
        "/boundary break DAYS TIMES [name]",
        "/boundary break weekdays 12:30-13:15 lunch",
        "A recurring break.",
        partial(now.recurring, "break"),
    ),
    CommandSpec(
        "recharge",
        "/boundary recharge DAYS TIMES [name]",
        "/boundary recharge sun 00:00-24:00 sunday",
        "Recurring time to recharge.",
        partial(now.recurring, "recharge"),
    ),
    CommandSpec(
        "on-call",
        "/boundary on-call DAYS TIMES [name]",
        "/boundary on-call sat 09:00-18:00 every 2 weeks from 2026-11-28 pager",
        "While you are on call, urgent messages pass everything.",
        partial(now.recurring, "on-call"),
        also=("on_call", "oncall"),
    ),
    CommandSpec(
        "leave",
        "/boundary leave [DATE..DATE [@stand-in] | off]",
        "/boundary leave 2026-12-21..2027-01-03 @sam",
        "Leave, and who stands in.",
        frame.leave,
    ),
    CommandSpec(
        "holidays",
        "/boundary holidays PLACE | /boundary holidays none",
        "/boundary holidays PT",
        "Public holidays count as recharge.",
        frame.holidays,
    ),
    CommandSpec(
        "zone",
        "/boundary zone ZONE",
        "/boundary zone Europe/Lisbon",
        "The time zone of your norms.",
        frame.zone,
        also=("timezone", "tz"),
    ),
    CommandSpec(
        "style",
        "/boundary style separator | integrator | cycler",
        "/boundary style separator",
        "How you draw the line: a preset of defaults.",
        frame.style,
    ),
    CommandSpec(
        "digests",
        "/boundary digests MOMENT [, MOMENT …]",
        "/boundary digests return, midday, 16:30",
        "When what waited comes.",
        frame.digests,
    ),
    CommandSpec(
        "norms",
        "/boundary norms",
        "/boundary norms",
        "Everything you said, as you said it.",
        frame.norms,
    ),
    CommandSpec(
        "remove",
        "/boundary remove NAME",
        "/boundary remove deep work",
        "Remove a norm.",
        frame.remove,
    ),
    CommandSpec(
        "team",
        "/boundary team [WORD …]",
        "/boundary team",
        "Your team's norms: read them, propose a change, vote.",
        team.team,
        guide=team.help_message,
    ),
    CommandSpec(
        "undo",
        "/boundary undo",
        "/boundary undo",
        "Take the latest change back.",
        own.undo,
    ),
    CommandSpec(
        "start",
        "/boundary start [what matters | now]",
        "/boundary start The draft for Ana",
        "Begin the day: what matters, and the first step.",
        partial(rituals.ritual, Ritual.START),
        also=("morning",),
    ),
    CommandSpec(
        "close",
        "/boundary close [first step tomorrow | now]",
        "/boundary close Call Ana about the draft",
        "Close the day: what you write comes back with the next one.",
        partial(rituals.ritual, Ritual.END),
        also=("end",),
    ),
    CommandSpec(
        "handover",
        "/boundary handover [next step | now]",
        "/boundary handover Second half of the review",
        "Close a block of hours: what you write comes back with the next one.",
        partial(rituals.ritual, Ritual.HANDOVER),
        also=("hand-over",),
    ),
    CommandSpec(
        "land",
        "/boundary land [next step | now]",
        "/boundary land now",
        "Land before a quiet window: quiet from now on.",
        partial(rituals.ritual, Ritual.LANDING),
        also=("landing",),
    ),
    CommandSpec(
        "more",
        "/boundary more [start | end | handover | landing] [anyway]",
        "/boundary more end",
        "30 more minutes, and who will notice.",
        rituals.more,
    ),
    CommandSpec(
        "skip",
        "/boundary skip [start | end | handover | landing | return]",
        "/boundary skip end",
        "Not today: no ritual, and nothing changes.",
        rituals.skip,
    ),
    CommandSpec(
        "rituals",
        "/boundary rituals [KIND, KIND … | usual]",
        "/boundary rituals end, landing",
        "Today's rituals, and which come as nudges.",
        rituals.chosen,
        also=("ritual",),
    ),
    CommandSpec(
        "words",
        "/boundary words [KIND QUESTION [| QUESTION …] | KIND off]",
        "/boundary words end What did I learn today?",
        "Let a ritual ask in your own words.",
        rituals.own_words,
    ),
    CommandSpec(
        "journal",
        "/boundary journal [forget]",
        "/boundary journal",
        "What you wrote in rituals, for you alone.",
        rituals.journal,
    ),
    CommandSpec(
        "week",
        "/boundary week",
        "/boundary week",
        "Your own week so far, for you alone.",
        rituals.week,
    ),
    CommandSpec(
        "mute",
        "/boundary mute rituals | start | end | handover | landing | return | weekly | votes",
        "/boundary mute rituals",
        "Turn nudges off.",
        own.mute,
    ),
    CommandSpec(
        "unmute",
        "/boundary unmute rituals | start | end | handover | landing | return | weekly | votes",
        "/boundary unmute start",
        "Turn nudges on.",
        own.unmute,
    ),
    CommandSpec(
        "connect",
        "/boundary connect",
        "/boundary connect",
        "Let me set your status and pause your notifications.",
        own.connect,
    ),
    CommandSpec(
        "link",
        "/boundary link | /boundary link CODE",
        "/boundary link",
        "One set of norms for your accounts in Slack and Teams.",
        own.link,
        enrols=False,
    ),
    CommandSpec(
        "unlink",
        "/boundary unlink",
        "/boundary unlink",
        "Take this account off the link with your others.",
        own.unlink,
        enrols=False,
    ),
    CommandSpec(
        "export",
        "/boundary export",
        "/boundary export",
        "Everything I keep about you, as JSON.",
        own.export,
        enrols=False,
    ),
    CommandSpec(
        "forget",
        "/boundary forget me",
        "/boundary forget me",
        "Delete everything about you.",
        own.forget,
        enrols=False,
    ),
)
"""All but help, in the order in which help shows them."""
