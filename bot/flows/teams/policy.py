"""A team's written policy in chat: shown, taken away, acknowledged; and the templates to start from."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot import names
from bot.flows.teams import proposals
from bot.inbound import Account
from bot.messages import policy as texts
from bot.messages.model import Line, Message, Strong
from bot.messages.policy import Offered, PolicyView
from bot.messages.team import called, value_line
from bot.messages.words import line
from bot.planning.teaming import is_member, members_of
from bot.policy import templates as known
from bot.policy.facts import document_of
from bot.policy.sharing import Format, path
from bot.policy.templates import Template
from bot.ports import Tx, Vault
from bot.records import Acknowledgement, TeamRecord
from bot.teamnorms import BY_KEY, QUIETLY, effective
from bot.turn import Refusal, Turn
from rules.effects import TeamPost

_IN_CHAT = 5
"""Versions that are listed in chat: what comes below them must not be pushed out of a message."""

# The policy ----------------------------------------------------------------------------------------


def show(turn: Turn, record: TeamRecord) -> Message:
    """The policy as the acting person reads it, with fresh addresses for its files."""
    document = document_of(turn.tx, record, turn.who.tenant, latest=_IN_CHAT)
    person = turn.enrolled().person
    own = _acknowledgement(turn.tx, record, person.id)
    markdown, pdf = (_address(turn, record, document.file, each) for each in Format)
    return texts.policy_page(
        PolicyView(
            document,
            record.team.id,
            record.state.number,
            is_member(turn.tx, record.team, person.id),
            _day(own, person.zone) if own else None,
            behind(turn.tx, record),
            markdown,
            pdf,
        )
    )


def file(turn: Turn, record: TeamRecord, format: Format) -> Message:
    """The way to the policy as one file, with a fresh address."""
    turn.enrolled()
    document = document_of(turn.tx, record, turn.who.tenant)
    url = _address(turn, record, document.file, format)
    return texts.policy_file(called(record.team), record.team.id, record.state.number, format.value, url)


def _address(turn: Turn, record: TeamRecord, file: str, format: Format) -> str:
    url = turn.world.public_url
    return f"{url.rstrip('/')}{path(turn.tx, record, file, format, turn.now)}" if url else ""


def acknowledge(turn: Turn, record: TeamRecord, number: int) -> Message:
    """Note that the acting member has read a version; only the one in force can be acknowledged, and the
    first time counts."""
    name, person = called(record.team), turn.enrolled().person
    if number != record.state.number:
        return texts.newer_version(name, record.team.id, record.state.number)
    own = _acknowledgement(turn.tx, record, person.id)
    if own is None:
        own = Acknowledgement(record.team.id, number, person.id, turn.now)
        turn.tx.acknowledgements.put(own)
    return texts.acknowledged(name, number, _day(own, person.zone), behind(turn.tx, record))


def behind(tx: Tx, record: TeamRecord) -> tuple[int, int] | None:
    """How many of how many members have acknowledged the version in force, rounded down to whole groups of as
    many as stand behind a figure: whoever looked again and again would else see who does. None in a team that
    is too small for figures."""
    members, least = {member.person.id for member in members_of(tx, record.team)}, record.team.figures_from
    if len(members) < least:
        return None
    given = tx.acknowledgements.of(record.team.id, record.state.number)
    have = len({names.resolved(tx, each.person) for each in given} & members)
    return have - have % least, len(members)


def _acknowledgement(tx: Tx, record: TeamRecord, person: str) -> Acknowledgement | None:
    given = tx.acknowledgements.of(record.team.id, record.state.number)
    return next((each for each in given if names.resolved(tx, each.person) == person), None)


def _day(given: Acknowledgement, zone: str) -> date:
    return given.at.astimezone(ZoneInfo(zone)).date()


def invitation(tx: Tx, vault: Vault, effect: TeamPost, to: Account, now: datetime) -> Message | None:
    """What the invitation says; nothing to whoever acknowledged it, or once another version holds."""
    record, reader = tx.teams.get(effect.team), names.record_of(tx, to)
    if record is None or reader is None or str(record.state.number) != effect.subject:
        return None
    if not is_member(tx, record.team, reader.person.id) or _acknowledgement(tx, record, reader.person.id):
        return None
    return texts.invitation(called(record.team), record.team.id, record.state.number)


# Templates -----------------------------------------------------------------------------------------


def templates(turn: Turn, record: TeamRecord, word: str = "") -> Message:
    """Every template, or the one that is meant."""
    name, team = called(record.team), record.team.id
    if word:
        return texts.template_page(name, team, _offered(turn, record, _meant(word)))
    found = [Offered(each.id, each.name, each.about, each.dated) for each in known.TEMPLATES]
    return texts.templates_page(name, team, found)


def use(turn: Turn, record: TeamRecord, word: str) -> Message:
    """Put a template to the vote."""
    return proposals.propose(turn, record, _meant(word).proposed(_today(turn, record)))


def _meant(word: str) -> Template:
    found = known.template(word)
    if found is None:
        near = known.near(word)
        hint = f"Did you mean {near}?" if near else "/boundary team templates lists them."
        example = near or known.TEMPLATES[0].id
        raise Refusal(
            f"I know no template “{word[:40]}”. {hint} For example: /boundary team templates {example}"
        )
    return found


def _offered(turn: Turn, record: TeamRecord, template: Template) -> Offered:
    changes = effective(record.team, template.proposed(_today(turn, record)))
    norms = [_norm_line(key, text) for key, text in changes if key not in QUIETLY]
    about = template.law
    advice = (f"Source: {about.source}. Looked at on {about.checked}.", *about.facts) if about else ()
    return Offered(
        template.id, template.name, template.about, template.dated, tuple(norms), template.beside, advice
    )


def _norm_line(key: str, text: str) -> Line:
    return line(Strong(f"{BY_KEY[key].label}: "), *(value_line(key, text, {}) or line("removed")))


def _today(turn: Turn, record: TeamRecord) -> date:
    return turn.now.astimezone(ZoneInfo(record.team.zone)).date()
