"""`/boundary team policy`, `templates` and `acknowledge`."""

from __future__ import annotations

from bot.commands.reading import Words
from bot.flows.teams import policy as flow
from bot.policy.sharing import Format
from bot.ports import Reply
from bot.records import TeamRecord
from bot.turn import Refusal, Turn

_FORMATS = {"pdf": Format.PDF, "markdown": Format.MARKDOWN, "md": Format.MARKDOWN}


def policy(turn: Turn, record: TeamRecord, words: Words) -> Reply:
    """`/boundary team policy [pdf | markdown]`: the written policy, or the way to one file of it."""
    text = words.plain().strip()
    if not text:
        return Reply(flow.show(turn, record))
    format = _FORMATS.get(text.lower())
    if format is None:
        raise Refusal(
            f"The policy can be taken away as pdf or as markdown, and not as “{text[:20]}”. "
            "For example: /boundary team policy pdf"
        )
    return Reply(flow.file(turn, record, format))


def templates(turn: Turn, record: TeamRecord, words: Words) -> Reply:
    """`/boundary team templates [TEMPLATE [propose]]`."""
    text = words.plain().strip()
    name, _, last = text.rpartition(" ")
    if name and last.lower() in ("propose", "vote"):
        return Reply(flow.use(turn, record, name))
    return Reply(flow.templates(turn, record, text))


def acknowledge(turn: Turn, record: TeamRecord, words: Words) -> Reply:
    """`/boundary team acknowledge [VERSION]`: the version in force unless another is named."""
    text = words.plain().strip().lower().removeprefix("version").strip()
    if text and not (text.isascii() and text.isdigit() and len(text) < 7):
        raise Refusal(f"“{text[:20]}” is no version. For example: /boundary team acknowledge")
    return Reply(flow.acknowledge(turn, record, int(text) if text else record.state.number))
