"""A summary for a terminal: its words, why each figure is shown or not, where and when it is posted."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot import names
from bot.inbound import Account
from bot.messages.digest import REASONS
from bot.messages.summary import Published, as_text, chart
from bot.ports import Tx
from bot.records import TeamRecord
from bot.summary import shown
from bot.summary.posting import Fate, Posting, posting_of
from bot.summary.publication import last_week, publish
from rules import Week, parse_week
from rules.summary import Name


class UnknownTeam(Exception):
    """There is no such team; the text names those there are."""


@dataclass(frozen=True, slots=True)
class Report:
    """What is known of a team's week; `zone` is the team's, `where` names the places of the posting."""

    view: Published
    posting: Posting
    zone: str
    where: str

    def lines(self) -> list[str]:
        """The summary, a line each; the picture in words."""
        return as_text(self.view)

    def as_json(self) -> dict[str, Any]:
        """The summary as plain values; a figure that is not shown has no numbers anywhere."""
        summary, picture = self.view.summary, chart(self.view.summary)
        return {
            "team": summary.team,
            "week": summary.week,
            "people": summary.people,
            "of": summary.of,
            "lines": self.lines(),
            "judged_since": summary.since or None,
            "kept": {norm.value: kept for norm, kept in summary.kept},
            "suggestion": dict(summary.suggestion.changes) if summary.suggestion else None,
            "review_by": summary.review_by.isoformat() if summary.review_by else None,
            "picture": {each.name: list(each.values) for each in picture.series} if picture else None,
        }

    def why_json(self) -> dict[str, Any]:
        """Why each figure is shown or not, and the posting."""
        summary, posting = self.view.summary, self.posting
        return {
            "because": list(summary.because),
            "figures": [
                {"name": each.name, "shown": each.shown, "numbers": each.numbers or None, "why": each.because}
                for each in summary.figures
            ],
            "posting": {
                "fate": posting.fate.value,
                "at": posting.at.strftime("%Y-%m-%dT%H:%M:%SZ") if posting.at else None,
                "places": [[place.tenant, place.channel] for place in posting.places],
            },
        }


def report(tx: Tx, team: str, week: str, now: datetime) -> Report:
    """The report on a team's week, the last one that ended if `week` is empty; like every look it publishes
    the figures if nobody has. Raises UnknownTeam, NoSummary, and ValueError for what is no week."""
    record = _team(tx, team)
    wanted = parse_week(week) if week else last_week(record.team, now)
    summary = publish(tx, record, wanted, now)
    posting = posting_of(tx, record, wanted, now)
    return Report(shown.view(tx, record, summary, ""), posting, record.team.zone, _where(tx, posting))


def plan_of(tx: Tx, team: str, week: str, now: datetime) -> tuple[Posting, str, str]:
    """Where and when a week is posted, with the team's zone and the names of the places; raises UnknownTeam
    and ValueError."""
    record = _team(tx, team)
    wanted: Week = parse_week(week) if week else last_week(record.team, now)
    posting = posting_of(tx, record, wanted, now)
    return posting, record.team.zone, _where(tx, posting)


def _where(tx: Tx, posting: Posting) -> str:
    """Channels go by the platform's id: we are not told what people call them."""
    places = (Account(each.tenant, each.channel) for each in posting.places)
    return ", ".join(f"{each.user} of {names.side(tx, each)}" for each in places)


def _team(tx: Tx, team: str) -> TeamRecord:
    record = tx.teams.get(team)
    if record is not None:
        return record
    known = tx.teams.ids()
    close = difflib.get_close_matches(team, known, 1)
    hint = f'Did you mean "{close[0]}"?' if close else f"There are: {', '.join(known) or 'none'}."
    raise UnknownTeam(f'No team is called "{team}" here. {hint}')


def called(figure: str) -> str:
    """What a figure is called by people."""
    lead, _, reason = figure.partition(".")
    name = _FIGURES.get(lead, lead)
    return f"{name}: {REASONS.get(reason, reason).lower()}" if reason else name


_FIGURES: dict[str, str] = {
    Name.BLOCKS: "Blocks of shared focus",
    Name.OVERRIDDEN: "Blocks lifted or disturbed",
    Name.CORE: "Core hours open, in %",
    Name.HELD: "Pings held",
    Name.DUE: "Held with an agreed reply time",
    Name.TOLD: "Senders told that time",
    Name.DELIVERED: "Held and delivered",
    Name.BROKE: "Broke through",
    Name.OUTSIDE: "Broke through outside hours",
    Name.JUDGED: "Judged by who got them",
    Name.FAIR: "Judged fair",
    Name.HELD_BY_DAY: "Held, Mon to Sun",
    Name.BROKE_BY_DAY: "Broke through, Mon to Sun",
    Name.OVERRIDDEN_BY_DAY: "Blocks disturbed, Mon to Sun",
}

WORDS = {
    Fate.AHEAD: "It is posted at {at} in {where}.",
    Fate.POSTED: "It was due at {at} and went to {where}.",
    Fate.NOT_POSTED: "It was due at {at} and was not posted; a summary more than a day late is skipped.",
    Fate.NOT_WANTED: "It is not posted: the team's norms name no time for it.",
}
"""What becomes of the posting, in a sentence with the local time and the places."""
