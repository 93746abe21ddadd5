"""What the buttons of a team do. Each checks for itself that the acting account may know of the team."""

from __future__ import annotations

from collections.abc import Callable

from bot.commands import team as words
from bot.commands.reading import Words
from bot.flows.teams import membership, proposals
from bot.flows.teams.seeing import is_member, is_visible
from bot.messages.actions import Act
from bot.messages.team import called
from bot.ports import Reply
from bot.records import TeamRecord
from bot.turn import Refusal, Turn

Handler = Callable[[Turn, str], Reply]
NOTHING = Words("")


def of_team(handler: Callable[[Turn, TeamRecord], Reply], *, members_only: bool = True) -> Handler:
    """A button whose value begins with a team's id."""

    def pressed(turn: Turn, value: str) -> Reply:
        me = turn.enrolled().person.id
        record = turn.tx.teams.get(value.partition(":")[0])
        if record is None or not is_visible(turn.tx, record, turn.who):
            raise Refusal("That team is gone. /boundary team shows the one of this channel.")
        if members_only and not is_member(turn.tx, record.team, me):
            raise Refusal(
                f"Only members of {called(record.team)} can do that. To join it: /boundary team join"
            )
        return handler(turn, record)

    return pressed


HANDLERS: dict[str, Handler] = {
    Act.PROPOSE: of_team(words.form, members_only=False),
    Act.VOTE_YES: lambda turn, id: proposals.vote(turn, id, yes=True),
    Act.VOTE_NO: lambda turn, id: proposals.vote(turn, id, yes=False),
    Act.WITHDRAW: lambda turn, id: Reply(proposals.withdraw(turn, id)),
    Act.TEAM_HISTORY: of_team(lambda turn, team: words.history(turn, team, NOTHING), members_only=False),
    Act.TEAM_UNDO: of_team(lambda turn, team: words.undo(turn, team, NOTHING)),
    Act.TEAM_JOIN: of_team(lambda turn, team: Reply(membership.join(turn, team)), members_only=False),
    Act.TEAM_LEAVE: of_team(lambda turn, team: Reply(membership.leave(turn, team)), members_only=False),
    Act.REVIEWED: of_team(lambda turn, team: Reply(proposals.still_right(turn, team))),
}
"""By action."""
