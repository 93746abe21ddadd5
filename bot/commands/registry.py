"""The registry of words: one table drives dispatch, help, the docs test and completion."""

from __future__ import annotations

import difflib
import re

from bot.commands import look
from bot.commands.reading import Words
from bot.commands.table import WORDS, CommandSpec
from bot.flows.first import met
from bot.messages.model import Bullets, Code, Heading, Message
from bot.messages.words import joined, line, message, say, small
from bot.ports import Reply
from bot.turn import Refusal, Turn
from rules import WordError, ZoneError

__all__ = ["COMMANDS", "CommandSpec", "answer", "help_message", "unknown"]


def _help(turn: Turn, words: Words) -> Reply:
    return Reply(help_message(words.plain()))


COMMANDS: tuple[CommandSpec, ...] = (
    *WORDS,
    CommandSpec(
        "help",
        "/boundary help [word]",
        "/boundary help focus",
        "What you can say.",
        _help,
        enrols=False,
    ),
)
"""Every word people can say after `/boundary`, in the order in which help shows them."""

_NO_LETTERS = re.compile(r"\W+")
_GREETINGS = frozenset({"", "hi", "hello", "hey"})
_BY_WORD = {name: spec for spec in COMMANDS for name in (spec.word, *spec.also)}


def answer(turn: Turn, word: str, words: Words) -> Reply:
    """Answer a command. `word` is "boundary" or a short form's own word; the text may repeat the word."""
    if word == "boundary":
        word, words = words.split()
    if _NO_LETTERS.sub("", word) in _GREETINGS:
        return _greet(turn)
    spec = _BY_WORD.get(word)
    if spec is None:
        return Reply(joined(unknown(word), met(turn)[1]))
    welcome = met(turn)[1] if spec.enrols else None
    reply = _answered(turn, spec, words)
    return reply if welcome is None else _with_welcome(reply, welcome)


def _greet(turn: Turn) -> Reply:
    """The word alone, or a greeting: the welcome at first contact, then the day with how to get help."""
    _, welcome = met(turn)
    if welcome is not None:
        return Reply(welcome)
    shown = look.today(turn, Words("")).message
    return Reply(joined(shown, message(small("/boundary help shows what you can say."))))


def _answered(turn: Turn, spec: CommandSpec, words: Words) -> Reply:
    """What the handler says; what it cannot read is answered with the word in question and a correct
    example."""
    if words.text.lower() in {"help", "?"}:
        return Reply(help_message(spec.word))
    try:
        return spec.handler(turn, words)
    except Refusal as refused:
        return Reply(message(say(str(refused))))
    except (WordError, ZoneError) as wrong:
        return Reply(message(say(str(wrong)), small("All forms: ", Code(f"/boundary help {spec.word}"))))


def _with_welcome(reply: Reply, welcome: Message) -> Reply:
    if reply.message is None:
        return reply
    return Reply(joined(reply.message, welcome), form=reply.form)


def unknown(word: str) -> Message:
    """A word that is none of ours: what was probably meant, with its example."""
    near = difflib.get_close_matches(word, sorted(_BY_WORD), n=1, cutoff=0.6)
    if near:
        spec = _BY_WORD[near[0]]
        return message(
            say(
                f"“{word[:40]}” is no word I know. Did you mean {spec.word}? For example: ",
                Code(spec.example),
            )
        )
    example = Code("/focus 90m deep work")
    return message(
        say(f"“{word[:40]}” is no word I know. For example: ", example),
        small("/boundary help shows all words."),
    )


def help_message(word: str = "") -> Message:
    """Help for one word, or the list of all."""
    if word:
        spec = _BY_WORD.get(word.lower().lstrip("/"))
        if spec is None:
            return unknown(word)
        own = message(
            say(spec.summary), say("Say ", Code(spec.usage)), say("For example ", Code(spec.example))
        )
        return own if spec.guide is None else Message(own.summary, own.parts + spec.guide().parts)
    return message(
        Heading("What you can say"),
        Bullets(tuple(line(Code(spec.example), f" {spec.summary}") for spec in COMMANDS)),
        small(
            "A time is 15:00, a length 90m or 1h30; days are daily, weekdays, mon-fri or tue,thu. "
            "/boundary help focus tells more."
        ),
    )
