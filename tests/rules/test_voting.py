"""How a vote stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import Outcome, Tally, Voting, needed_votes, outcome

HALF = Voting()
LOST = "; more than half of the votes had to be yes."
OPEN, ACCEPTED, REJECTED = Outcome.OPEN, Outcome.ACCEPTED, Outcome.REJECTED


@pytest.mark.parametrize(
    ("members", "yes", "no", "expected", "sentence"),
    [
        (5, 0, 0, OPEN, "0 of 5 voted; 3 are needed."),
        (5, 2, 0, OPEN, "2 of 5 voted; 3 are needed."),
        (5, 2, 1, OPEN, "3 of 5 voted; more than half of the votes must be yes."),
        (5, 3, 0, ACCEPTED, "Accepted: 3 yes and 0 no of 5 members."),
        (5, 2, 2, OPEN, "4 of 5 voted; more than half of the votes must be yes."),
        (5, 0, 3, REJECTED, "Not accepted: 0 yes and 3 no of 5 members" + LOST),
        (4, 0, 2, REJECTED, "Not accepted: 0 yes and 2 no of 4 members" + LOST),
        (4, 2, 0, OPEN, "2 of 4 voted; more than half of the votes must be yes."),
        (4, 3, 0, ACCEPTED, "Accepted: 3 yes and 0 no of 4 members."),
        (1, 0, 0, OPEN, "0 of 1 voted; 1 is needed."),
        (1, 1, 0, ACCEPTED, "Accepted: 1 yes and 0 no of 1 member."),
        (0, 0, 0, REJECTED, "Not accepted: the team has no members who can vote."),
    ],
)  # fmt: skip
def test_an_open_vote_is_decided_once_no_further_vote_can_change_it(
    members: int, yes: int, no: int, expected: Outcome, sentence: str
) -> None:
    assert outcome(Tally(members, yes, no), HALF, closed=False) == (expected, sentence)


@pytest.mark.parametrize(
    ("members", "yes", "no", "expected", "sentence"),
    [
        (5, 2, 0, REJECTED, "Not accepted: 2 of 5 voted; 3 were needed."),
        (5, 2, 1, ACCEPTED, "Accepted: 2 yes and 1 no of 5 members."),
        (4, 1, 1, REJECTED, "Not accepted: 1 yes and 1 no of 4 members" + LOST),
        (4, 0, 0, REJECTED, "Not accepted: 0 of 4 voted; 2 were needed."),
        (3, 1, 0, REJECTED, "Not accepted: 1 of 3 voted; 2 were needed."),
        (1, 0, 0, REJECTED, "Not accepted: 0 of 1 voted; 1 was needed."),
        (0, 0, 0, REJECTED, "Not accepted: the team has no members who can vote."),
    ],
)  # fmt: skip
def test_a_closed_vote_is_decided(members: int, yes: int, no: int, expected: Outcome, sentence: str) -> None:
    assert outcome(Tally(members, yes, no), HALF, closed=True) == (expected, sentence)


def test_a_team_may_ask_for_more_than_half() -> None:
    most = Voting(quorum=80, majority=66)
    assert outcome(Tally(6, 4, 0), most, closed=False) == (OPEN, "4 of 6 voted; 5 are needed.")
    assert outcome(Tally(6, 4, 0), most, closed=True)[0] is REJECTED
    assert outcome(Tally(6, 4, 2), most, closed=False)[0] is ACCEPTED  # 66.7 %
    assert outcome(Tally(6, 3, 3), most, closed=False) == (
        REJECTED,
        "Not accepted: 3 yes and 3 no of 6 members; more than 66 % of the votes had to be yes.",
    )
    assert outcome(Tally(3, 2, 0), Voting(majority=66), closed=False)[0] is ACCEPTED


def test_everybody_may_be_asked_to_vote() -> None:
    assert needed_votes(7, Voting(quorum=100)) == 7
    assert needed_votes(7, Voting(quorum=1)) == 1
    assert needed_votes(0, HALF) == 1
    assert outcome(Tally(3, 2, 0), Voting(quorum=100), closed=False) == (OPEN, "2 of 3 voted; 3 are needed.")


def test_votes_of_people_who_left_since_leave_nobody_to_wait_for() -> None:
    assert Tally(2, 2, 1).missing == 0
    assert outcome(Tally(2, 2, 1), HALF, closed=False)[0] is ACCEPTED


votings = st.builds(Voting, st.integers(1, 100), st.integers(50, 99))


@st.composite
def tallies(draw: st.DrawFn) -> Tally:
    members = draw(st.integers(0, 12))
    voted = draw(st.integers(0, members))
    yes = draw(st.integers(0, voted))
    return Tally(members, yes, voted - yes)


@given(tallies(), votings)
def test_a_decided_vote_stays_as_it_is_whatever_the_others_say(tally: Tally, voting: Voting) -> None:
    now, _ = outcome(tally, voting, closed=False)
    missing = range(tally.missing + 1)
    ends = {
        outcome(Tally(tally.members, tally.yes + yes, tally.no + no), voting, closed=True)[0]
        for yes in missing
        for no in missing
        if yes + no <= tally.missing
    }
    assert ends == {now} if now is not OPEN else OPEN not in ends


@given(tallies(), votings)
def test_an_open_vote_can_still_go_both_ways(tally: Tally, voting: Voting) -> None:
    if outcome(tally, voting, closed=False)[0] is OPEN:
        for_it = Tally(tally.members, tally.yes + tally.missing, tally.no)
        assert outcome(for_it, voting, closed=True)[0] is ACCEPTED
        against = Tally(tally.members, tally.yes, tally.no + tally.missing)
        assert REJECTED in {outcome(each, voting, closed=True)[0] for each in (tally, against)}


@given(tallies(), votings)
def test_nothing_is_accepted_without_quorum_and_majority(tally: Tally, voting: Voting) -> None:
    if outcome(tally, voting, closed=True)[0] is ACCEPTED:
        assert tally.yes > tally.no
        assert tally.yes / tally.voted > voting.majority / 100
        assert tally.voted / tally.members >= voting.quorum / 100
