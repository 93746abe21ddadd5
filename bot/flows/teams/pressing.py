"""What the buttons of a team do. Each checks for itself that the acting account may know of the team."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.commands import team as words
from bot.commands.reading import Words
from bot.flows.teams import focus, lifting, membership, policy, proposals
from bot.flows.teams.seeing import is_visible
from bot.messages.actions import Act
from bot.messages.model import Message
from bot.planning.teaming import is_member
from bot.ports import Reply
from bot.records import TeamRecord
from bot.turn import Refusal, Turn

Handler = Callable[[Turn, str], Reply]
NOTHING = Words("")


def lift_form(turn: Turn, context: str, fields: Mapping[str, str]) -> Reply:
    """The form for lifting a stretch was sent; `context` is the team's id."""
    return of_team(lambda turn, team: lifting.submitted(turn, team, fields))(turn, context)


def of_team(handler: Callable[[Turn, TeamRecord], Reply], *, members_only: bool = True) -> Handler:
    """A button whose value begins with a team's id."""

    def pressed(turn: Turn, value: str) -> Reply:
        me = turn.enrolled().person.id
        record = turn.tx.teams.get(value.partition(":")[0])
        if record is None or not is_visible(turn.tx, record, turn.who):
            raise Refusal("That team is gone. /boundary team shows the one of this channel.")
        if members_only and not is_member(turn.tx, record.team, me):
            raise Refusal(words.only_members(record.team))
        return handler(turn, record)

    return pressed


def _with_rest(handler: Callable[[Turn, TeamRecord, str], Message], *, members_only: bool = True) -> Handler:
    """A button whose value goes on after the team's id and a colon."""

    def pressed(turn: Turn, value: str) -> Reply:
        rest = value.partition(":")[2]
        answer = of_team(lambda turn, team: Reply(handler(turn, team, rest)), members_only=members_only)
        return answer(turn, value)

    return pressed


def _acknowledge(turn: Turn, value: str) -> Reply:
    """The answer takes the place of an invitation, and stands below a policy."""
    number, _, asked = value.partition(":")[2].partition(":")
    version = int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 0
    answer = of_team(lambda turn, team: Reply(policy.acknowledge(turn, team, version), replace=bool(asked)))
    return answer(turn, value)


HANDLERS: dict[str, Handler] = {
    Act.PROPOSE: of_team(words.form, members_only=False),
    Act.VOTE_YES: lambda turn, id: proposals.vote(turn, id, yes=True, pressed=True),
    Act.VOTE_NO: lambda turn, id: proposals.vote(turn, id, yes=False, pressed=True),
    Act.WITHDRAW: lambda turn, id: Reply(proposals.withdraw(turn, id)),
    Act.MUTE_VOTES: lambda turn, _: Reply(proposals.mute(turn, muted=True)),
    Act.TEAM_HISTORY: of_team(lambda turn, team: words.history(turn, team, NOTHING), members_only=False),
    Act.TEAM_UNDO: of_team(lambda turn, team: words.undo(turn, team, NOTHING)),
    Act.TEAM_JOIN: of_team(lambda turn, team: Reply(membership.join(turn, team)), members_only=False),
    Act.FOCUS_OUT: of_team(lambda turn, team: Reply(focus.opt_out(turn, team), replace=True)),
    Act.FOCUS_IN: of_team(lambda turn, team: Reply(focus.opt_in(turn, team), replace=True)),
    Act.LIFT: of_team(lambda turn, team: Reply(form=lifting.form(turn, team))),
    Act.LIFT_BACK: lambda turn, id: Reply(lifting.take_back(turn, id), replace=True),
    Act.OVERRIDE_FAIR: lambda turn, id: Reply(lifting.judge(turn, id, fair=True)),
    Act.OVERRIDE_WAITED: lambda turn, id: Reply(lifting.judge(turn, id, fair=False)),
    Act.POLICY: of_team(lambda turn, team: Reply(policy.show(turn, team)), members_only=False),
    Act.ACKNOWLEDGE: _acknowledge,
    Act.OPEN_POLICY: lambda turn, _: Reply(),
    Act.TEMPLATES: _with_rest(policy.templates, members_only=False),
    Act.USE_TEMPLATE: _with_rest(policy.use, members_only=False),
    Act.REVIEWED: of_team(lambda turn, team: Reply(proposals.still_right(turn, team))),
}
"""By action."""
