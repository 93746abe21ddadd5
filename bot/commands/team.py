"""`/boundary team …`: the words of a team, and which team is meant."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass

from bot import names
from bot.commands import naming, team_focus, team_policy, team_votes
from bot.commands.proposing import read_proposal
from bot.commands.reading import Words
from bot.flows.teams import membership, proposals, views
from bot.flows.teams.deciding import with_first_version
from bot.flows.teams.seeing import is_visible
from bot.inbound import Account
from bot.messages import ballots as ballot_texts
from bot.messages import team as texts
from bot.messages.model import Bullets, Code, Message, Strong
from bot.messages.words import Watch, line, listed, message, say, small
from bot.planning.teaming import is_member
from bot.ports import Reply
from bot.records import Place, TeamRecord
from bot.summary import leads, looking
from bot.turn import Refusal, Turn
from rules import Team, WordError

TeamHandler = Callable[[Turn, TeamRecord, Words], Reply]
NO_TEAM = "This channel has no team yet. To start one, say here: /boundary team new Platform"


@dataclass(frozen=True, slots=True)
class TeamWord:
    """One word after `/boundary team`; `usage` and `example` are complete lines to type. `members_only`:
    nobody else may say it. Without a `handler` it is about no team yet, or names its own."""

    word: str
    usage: str
    example: str
    summary: str
    handler: TeamHandler | None
    also: tuple[str, ...] = ()
    members_only: bool = True


def team(turn: Turn, words: Words) -> Reply:
    """`/boundary team [WORD …]`, `/boundary team NAME [WORD …]`."""
    turn.enrolled()
    word, rest = words.split()
    named = next((each for each in own_teams(turn) if _is_called(each, word)), None)
    if named is not None and word not in _BY_WORD:
        word, rest = rest.split()
        return _said(turn, _spec(word), named, rest)
    spec = _spec(word)
    if spec.handler is None:
        return _ALONE[spec.word](turn, rest)
    record, rest = team_for(turn, rest, word)
    return _said(turn, spec, record, rest)


def _said(turn: Turn, spec: TeamWord, record: TeamRecord, words: Words) -> Reply:
    if spec.handler is None:
        return _ALONE[spec.word](turn, words)
    if spec.members_only and not is_member(turn.tx, record.team, turn.enrolled().person.id):
        raise Refusal(only_members(record.team))
    return spec.handler(turn, record, words)


def only_members(team: Team) -> str:
    """What somebody reads who is no member and would have to be."""
    name = texts.called(team)
    return f"Only members of {name} can do that. To join it: /boundary team join {team.id}"


def _spec(word: str) -> TeamWord:
    spec = _BY_WORD.get(word or "show")
    if spec is None:
        near = difflib.get_close_matches(word, sorted(_BY_WORD), n=1, cutoff=0.6)
        known = ", ".join(each.word for each in TEAM_WORDS)
        hint = f"Did you mean {near[0]}?" if near else f"The words are {known}."
        example = _BY_WORD[near[0]].example if near else "/boundary team"
        raise Refusal(f"“{word[:40]}” is no word and no team of yours. {hint} For example: {example}")
    return spec


def team_for(turn: Turn, words: Words, said: str = "") -> tuple[TeamRecord, Words]:
    """The team that is meant, and the other words: one of the person's own by its id or name as the first
    word, else the channel's, else the person's only one. Raises Refusal with the teams there are, and what
    was `said` as its example."""
    own = own_teams(turn)
    word, rest = words.split()
    named = next((record for record in own if _is_called(record, word)), None)
    if named is not None:
        return named, rest
    several = teams_here(turn) or own
    if len(several) == 1:
        return several[0], words
    if not several:
        raise Refusal(NO_TEAM)
    called = listed([f"{record.team.id} ({texts.called(record.team)})" for record in several])
    example = f"/boundary team {several[0].team.id} {said}".strip()
    raise Refusal(f"Say which team: {called} come into question. For example: {example}")


def _is_called(record: TeamRecord, word: str) -> bool:
    return bool(word) and word in (record.team.id.lower(), record.team.name.lower())


def own_teams(turn: Turn) -> list[TeamRecord]:
    """The teams that the acting person is a member of, by id."""
    found = (turn.tx.teams.get(team.id) for team in turn.teams(turn.enrolled()))
    return [record for record in found if record]


def teams_here(turn: Turn) -> list[TeamRecord]:
    """The teams that talk in the channel in which this happens."""
    if not turn.channel:
        return []
    found = (turn.tx.teams.get(id) for id in turn.tx.teams.at(Place(turn.who.tenant, turn.channel)))
    return [record for record in found if record]


# Words ---------------------------------------------------------------------------------------------


def show(turn: Turn, record: TeamRecord, words: Words) -> Reply:
    """The norms as one page."""
    record = with_first_version(turn.tx, record, turn.now)
    page = views.page_of(turn.tx, record, turn.who, turn.channel, turn.now)
    return Reply(texts.norms_page(page, turn.watch()))


def propose(turn: Turn, record: TeamRecord, words: Words) -> Reply:
    """`/boundary team propose core mon-thu 13:00-15:00`; alone it opens the form."""
    if not words.text:
        return form(turn, record)
    naming.check(turn, words, "team propose")
    try:
        meant = read_proposal(
            words,
            record.team,
            turn.now,
            lambda person: names.id_of(turn.tx, Account(turn.who.tenant, person.user)),
        )
    except WordError as wrong:
        example = f"/boundary team propose {wrong.example}"
        raise WordError(wrong.text, wrong.start, wrong.end, wrong.advice, example) from None
    return Reply(proposals.propose(turn, record, meant.changes, meant.effective_at))


def form(turn: Turn, record: TeamRecord) -> Reply:
    """Every norm as it stands, to be changed."""
    asked = record.team.ask_on_leave
    account = names.account_of(turn.tx, asked, turn.who.tenant) if asked else None
    users = (account.user,) if account and account.tenant == turn.who.tenant else ()
    return Reply(form=texts.propose_form(record.team, record.state.number, users))


def undo(turn: Turn, record: TeamRecord, words: Words) -> Reply:
    """`/boundary team undo`: a proposal to go back to the version before."""
    return Reply(proposals.go_back(turn, record))


def history(turn: Turn, record: TeamRecord, words: Words) -> Reply:
    """Every version with its date and how it came about."""
    steps = views.steps_of(turn.tx, record, turn.who.tenant)
    name, id = texts.called(record.team), record.team.id
    return Reply(ballot_texts.history(name, id, steps, Watch(turn.now, record.team.zone)))


def review(turn: Turn, record: TeamRecord, words: Words) -> Reply:
    """`/boundary team review`: the norms are still right; `review DATE` proposes another date."""
    if words.text:
        return propose(turn, record, Words(f"review {words.text}", words.people))
    return Reply(proposals.still_right(turn, record))


def leave(turn: Turn, record: TeamRecord, words: Words) -> Reply:
    """`/boundary team leave`."""
    return Reply(membership.leave(turn, record))


def here(turn: Turn, record: TeamRecord, words: Words) -> Reply:
    """`/boundary team here`, `/boundary team here off`."""
    word = words.split()[0]
    if word not in ("", "off"):
        raise Refusal(f"“{word[:20]}” does not belong there. For example: /boundary team here off")
    bind = membership.unbind_here if word else membership.bind_here
    return Reply(bind(turn, record))


def _new(turn: Turn, words: Words) -> Reply:
    return Reply(membership.found_team(turn, words.plain(), _BY_WORD))


def _join(turn: Turn, words: Words) -> Reply:
    """`/boundary team join [NAME]`: the channel's team, or one of this workspace by its id or name."""
    name = words.plain().lower()
    here_now = teams_here(turn)
    if not name and len(here_now) == 1:
        return Reply(membership.join(turn, here_now[0]))
    if not name:
        raise Refusal(f"{NO_TEAM} To join another one: /boundary team join platform")
    record = next((each for each in here_now if _is_called(each, name)), None) or _known(turn, name)
    if record is None:
        raise Refusal(f"I know no team “{name[:40]}” here. Say /boundary team join in the team's channel.")
    return Reply(membership.join(turn, record))


def _known(turn: Turn, name: str) -> TeamRecord | None:
    """The team of this workspace that has an id, or that alone has a name; None if there is none."""
    tables = turn.tx.teams
    found = tables.get(name)
    if found is not None:
        return found if is_visible(turn.tx, found, turn.who) else None
    called = [each for each in map(tables.get, tables.ids()) if each and _is_called(each, name)]
    seen = [each for each in called if is_visible(turn.tx, each, turn.who)]
    return seen[0] if len(seen) == 1 else None


def _help(turn: Turn, words: Words) -> Reply:
    return Reply(help_message(words.plain().lower()))


def help_message(word: str = "") -> Message:
    """Help for one word after `/boundary team`, or for all."""
    spec = _BY_WORD.get(word)
    if spec is not None:
        return message(
            say(spec.summary), say("Say ", Code(spec.usage)), say("For example ", Code(spec.example))
        )
    return message(
        say(Strong("What a team can say")),
        Bullets(tuple(line(Code(each.example), f" {each.summary}") for each in TEAM_WORDS)),
        small("Said in the team's channel; elsewhere put the team's name after the word."),
    )


TEAM_WORDS: tuple[TeamWord, ...] = (
    TeamWord(
        "show",
        "/boundary team [NAME]",
        "/boundary team",
        "The norms of this channel's team, on one page.",
        show,
        also=("norms",),
        members_only=False,
    ),
    TeamWord(
        "propose",
        "/boundary team propose [NORM …] [from DAY]",
        "/boundary team propose core mon-thu 13:00-15:00",
        "Put a change to the vote; alone it opens a form.",
        propose,
        also=("change",),
        members_only=False,
    ),
    TeamWord(
        "vote",
        "/boundary team vote [yes | no] [NUMBER]",
        "/boundary team vote yes",
        "Vote, or change your vote; alone it lists what is open.",
        team_votes.vote,
        also=("votes",),
        members_only=False,
    ),
    TeamWord(
        "withdraw",
        "/boundary team withdraw [NUMBER]",
        "/boundary team withdraw",
        "Take back what you proposed.",
        team_votes.withdraw,
        members_only=False,
    ),
    TeamWord(
        "history",
        "/boundary team history",
        "/boundary team history",
        "Every version of the norms, and how it came about.",
        history,
        also=("versions",),
        members_only=False,
    ),
    TeamWord(
        "undo",
        "/boundary team undo",
        "/boundary team undo",
        "Propose to go back to the version before.",
        undo,
    ),
    TeamWord(
        "review",
        "/boundary team review [DATE]",
        "/boundary team review",
        "The norms are still right: propose to read them again in three months.",
        review,
    ),
    TeamWord(
        "focus",
        "/boundary team focus [off [WHY] | on]",
        "/boundary team focus",
        "What the team keeps quiet together; opt out, or come back.",
        team_focus.focus,
    ),
    TeamWord(
        "lift",
        "/boundary team lift [DAY] TIMES WHY | /boundary team lift until TIME WHY | /boundary team lift off",
        "/boundary team lift today 10:00-11:00 incident review",
        "Lift a stretch of shared focus for everybody; alone it opens a form.",
        team_focus.lift,
    ),
    TeamWord(
        "ledger",
        "/boundary team ledger",
        "/boundary team ledger",
        "Exceptions to what the team keeps quiet, with their reasons.",
        team_focus.ledger,
        also=("exceptions",),
    ),
    TeamWord(
        "summary",
        "/boundary team summary [WEEK]",
        "/boundary team summary",
        "The last week against your norms, for you alone.",
        looking.summary,
    ),
    TeamWord(
        "show-mine",
        "/boundary team show-mine [WEEK] [off]",
        "/boundary team show-mine",
        "As a lead, see your own figures, and show them with the summary this one time.",
        leads.said,
    ),
    TeamWord(
        "policy",
        "/boundary team policy [pdf | markdown]",
        "/boundary team policy",
        "The norms as a written policy, to read, acknowledge and take away.",
        team_policy.policy,
        members_only=False,
    ),
    TeamWord(
        "acknowledge",
        "/boundary team acknowledge [VERSION]",
        "/boundary team acknowledge",
        "Say that you have read the policy in force.",
        team_policy.acknowledge,
    ),
    TeamWord(
        "templates",
        "/boundary team templates [TEMPLATE [propose]]",
        "/boundary team templates core-hours",
        "Norms to start from; look at one, or put it to the vote.",
        team_policy.templates,
        also=("template",),
        members_only=False,
    ),
    TeamWord(
        "join",
        "/boundary team join [NAME]",
        "/boundary team join",
        "Become a member of this channel's team.",
        None,
    ),
    TeamWord(
        "leave",
        "/boundary team leave [NAME]",
        "/boundary team leave",
        "Stop being a member.",
        leave,
        members_only=False,
    ),
    TeamWord(
        "new",
        "/boundary team new NAME",
        "/boundary team new Platform",
        "Found a team that talks in this channel.",
        None,
        also=("found",),
    ),
    TeamWord(
        "here",
        "/boundary team here [off]",
        "/boundary team here",
        "Let the team talk in this channel, too, or no longer.",
        here,
    ),
    TeamWord(
        "help",
        "/boundary team help [WORD]",
        "/boundary team help propose",
        "What a team can say.",
        None,
        also=("?",),
    ),
)
"""Every word after `/boundary team`, in the order in which help shows them."""

_BY_WORD = {name: spec for spec in TEAM_WORDS for name in (spec.word, *spec.also)}
_ALONE: dict[str, Callable[[Turn, Words], Reply]] = {"new": _new, "join": _join, "help": _help}
