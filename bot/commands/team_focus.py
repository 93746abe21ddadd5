"""What members say about what their team keeps quiet: `/boundary team focus`, `lift` and `ledger`."""

from __future__ import annotations

from bot.commands.reading import Words
from bot.flows.teams import focus as flow
from bot.flows.teams import ledger as ledgers
from bot.flows.teams import lifting
from bot.messages import focus as texts
from bot.ports import Reply
from bot.records import TeamRecord
from bot.turn import Refusal, Turn

_OFF = frozenset(("off", "out", "no", "back"))
_ON = frozenset(("on", "in", "yes"))


def focus(turn: Turn, record: TeamRecord, words: Words) -> Reply:
    """`/boundary team focus` shows it; `focus off [why]` opts out, `focus on` comes back."""
    word, rest = words.split()
    if word in _OFF:
        return Reply(flow.opt_out(turn, record, rest.plain()))
    if word in _ON:
        return Reply(flow.opt_in(turn, record))
    if word:
        raise Refusal(
            f'"{word[:40]}" is not understood. To opt out: /boundary team focus off. '
            "To change it for everybody: /boundary team propose focus wed 09:00-12:00"
        )
    shared = flow.shared_of(turn.enrolled().person, record.team, turn.now)
    return Reply(texts.shared_focus(shared, turn.watch()))


def lift(turn: Turn, record: TeamRecord, words: Words) -> Reply:
    """`/boundary team lift today 10:00-11:00 incident review`; alone it opens the form, `lift off` takes it
    back."""
    text = words.plain()
    if text.lower() in _OFF:
        return Reply(lifting.take_latest_back(turn, record))
    if not text:
        return Reply(form=lifting.form(turn, record))
    wanted, reason = lifting.read(text, turn.now, turn.zone())
    return Reply(lifting.lift(turn, record, wanted, reason))


def ledger(turn: Turn, record: TeamRecord, words: Words) -> Reply:
    """`/boundary team ledger`: the exceptions of the last four weeks."""
    page = ledgers.page(turn.tx, record.team, turn.enrolled(), turn.who, turn.now)
    return Reply(texts.ledger(page, turn.watch()))
