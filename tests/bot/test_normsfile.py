"""Norms files: what is read, and every problem at its line with what to write instead."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.normsfile import LARGEST, NormsFileError, Problem, load_norms, parse_norms
from bot.normslines import located
from bot.normsschema import json_schema
from rules import (
    Holiday,
    Kind,
    Leave,
    Moment,
    Passes,
    ReplyWithin,
    Style,
    WorkingTime,
    format_when,
    parse_when,
)
from rules.values import Voting

EXAMPLE = """\
[people.maya]
zone = "Europe/Lisbon"
style = "separator"
hours = "mon-thu 09:00-12:30, 14:00-18:00; fri 09:00-13:00"
holidays = "PT"
slack = "U0MAYA"                      # optional: who this is on each platform
teams = "29:maya"

[[people.maya.windows]]
name = "family dinner"
kind = "quiet"                        # focus | quiet | break | recharge | on_call
when = "daily 18:00-19:30"
lets_through = ["urgent", "sam"]
share_name = false

[[people.maya.windows]]
name = "duty"
kind = "on_call"
when = "sat 10:00-12:00"

[[people.maya.leave]]
from = 2026-12-21
to = "2027-01-03"
stand_in = "sam"

[people.sam]
zone = "America/New_York"
digests = ["return", "15:00"]
opt_out = ["platform"]

[teams.platform]
members = ["maya", "sam"]
leads = ["sam"]
zone = "Europe/Lisbon"
core = "mon-thu 14:00-16:00"
shared_focus = "wed 09:00-12:00"
urgent_budget = 3
summary = "mon 09:30"
review_by = 2027-02-01
[teams.platform.reply_within]
mention = "4 working hours"
direct = "1 working day"
urgent = "30m"
"""


def problems(text: str) -> tuple[Problem, ...]:
    try:
        parse_norms(text)
    except NormsFileError as error:
        return error.problems
    return ()


def told(text: str, **more: Any) -> list[tuple[int, str, str]]:
    """The problems of a text: line, offending text, message."""
    with pytest.raises(NormsFileError) as caught:
        parse_norms(text, **more)
    return [(problem.line, problem.text, problem.message) for problem in caught.value.problems]


def test_the_example_is_read_whole() -> None:
    norms = parse_norms(EXAMPLE)
    maya, sam = norms.people["maya"], norms.people["sam"]
    assert (maya.slack, maya.teams, sam.slack) == ("U0MAYA", "29:maya", None)
    assert (maya.person.zone, maya.person.style, maya.person.place) == (
        "Europe/Lisbon",
        Style.SEPARATOR,
        "PT",
    )
    assert maya.person.hours is not None
    assert format_when(maya.person.hours) == "mon-thu 09:00-12:30, 14:00-18:00; fri 09:00-13:00"
    dinner, duty = maya.person.windows
    assert (dinner.kind, dinner.passes) == (Kind.QUIET, Passes(urgent=True, people=frozenset({"sam"})))
    assert (duty.kind, duty.passes) == (Kind.ON_CALL, None)
    assert maya.person.leave == (Leave(date(2026, 12, 21), date(2027, 1, 3), "sam"),)
    assert (sam.person.digests, sam.person.opt_out) == (("return", "15:00"), ("platform",))


def test_a_team_is_read_whole_and_found_by_its_members() -> None:
    norms = parse_norms(EXAMPLE)
    (team,) = norms.teams_of("sam")
    assert (team.members, team.leads, team.urgent_budget) == (("maya", "sam"), ("sam",), 3)
    assert (team.summary, team.review_by) == (Moment(0, 570), date(2027, 2, 1))
    assert team.reply_within == ReplyWithin(
        WorkingTime(minutes=240), WorkingTime(days=1), timedelta(minutes=30)
    )
    assert norms.teams_of("nobody") == ()


def test_an_empty_file_has_nobody_in_it() -> None:
    assert parse_norms("").people == parse_norms("# nothing\n").people == {}


@pytest.mark.parametrize(
    ("line", "wrong", "offending", "message"),
    [
        (1, "[person.maya]", "person", "the keys here are people, teams"),
        (1, "[people.urgent]", "urgent", "choose another id"),
        (1, '[people."maya b"]', "maya b", "letters, digits"),
        (2, 'zone = "Europe/Lisbn"', "Europe/Lisbn", 'did you mean "Europe/Lisbon"?'),
        (2, 'zone = "?"', "?", "IANA zone"),
        (2, "zone = 3", "3", "write the zone in quotes"),
        (2, 'zones = "UTC"', "zones", 'did you mean "zone"?'),
        (3, 'style = "separater"', "separater", 'did you mean "separator"?'),
        (3, "style = 1", "1", "one of separator"),
        (4, 'hours = "mon-thu 09:00-25:30"', "25:30", "24:00"),
        (4, "hours = []", "[]", "in quotes"),
        (5, 'holidays = "Portugal"', "Portugal", '"PT"'),
        (6, 'slack = "U0 MAYA"', "U0 MAYA", "U0MAYA"),
        (10, 'name = ""', '""', "a name is one line"),
        (10, 'name = "a\\nb"', "a b", "a name is one line"),
        (11, 'kind = "quite"', "quite", 'did you mean "quiet"?'),
        (12, 'when = "daily 18:00"', "18:00", "needs an end"),
        (13, 'lets_through = ["nobody", "sam"]', "nobody", "stands alone"),
        (13, 'lets_through = "everyone!"', "everyone!", "id of a person"),
        (13, "lets_through = [1]", "[1]", "nobody"),
        (14, 'share_name = "no"', "no", "true or false"),
        (16, "[people.maya.window]", "window", 'did you mean "windows"?'),
        (17, 'name = "Family Dinner"', "Family Dinner", "already"),
        (21, "[people.maya.leave]", "leave", "[[people.maya.leave]]"),
        (22, 'from = "2026-02-30"', "2026-02-30", "YYYY-MM-DD"),
        (22, "from = 2026-12-21T10:00:00", "2026-12-21 10:00:00", "YYYY-MM-DD"),
        (23, "to = 2026-12-20", "2026-12-20", "ends before it begins"),
        (24, "stand_in = 3", "3", "id of a person"),
        (28, 'digests = ["midnight"]', "midnight", "one of return"),
        (28, "digests = [3]", "3", "one of return"),
        (28, "digests = []", "[]", "a list of moments"),
        (29, 'opt_out = ["platfrom"]', "platfrom", 'did you mean "platform"?'),
        (32, 'members = ["maya", "maya", "sam"]', "maya", "listed twice"),
        (32, 'members = "maya"', "maya", "write a list"),
        (37, "urgent_budget = true", "True", "whole number"),
        (37, "urgent_budget = 3000", "3000", "whole number"),
        (38, 'summary = "daily 9:00"', "daily", "name one day"),
        (40, "[teams.platform.reply]", "reply", 'did you mean "reply_within"?'),
        (41, 'mention = "4 wrking hours"', "wrking", 'did you mean "working"?'),
    ],
)
def test_each_problem_is_told_at_its_line(line: int, wrong: str, offending: str, message: str) -> None:
    rows = EXAMPLE.splitlines()
    rows[line - 1] = wrong
    found = told("\n".join(rows))
    assert any(at == line and text == offending and message in why for at, text, why in found), found


def test_all_problems_are_told_at_once_in_the_order_of_their_lines() -> None:
    text = EXAMPLE.replace("Europe/Lisbon", "Lisbon").replace('"quiet"', '"qiet"').replace("30m", "30 moons")
    found = told(text)
    assert [line for line, _, _ in found] == [2, 11, 34, 43]


@pytest.mark.parametrize(
    ("text", "line", "offending", "message"),
    [
        ("[people.a]\nstyle = 'cycler'\n", 1, "people.a", 'zone is missing: add zone = "Europe/Lisbon"'),
        ("[people.a]\nzone = 'UTC'\nzone = 'UTC'\n", 3, "zone = 'UTC'", "not TOML"),
        ("a = [\n", 1, "a = [", "not TOML"),
        ("people = 3\n", 1, "people", "[people.maya]"),
        ("[people]\nmaya = 3\n", 2, "maya", "a table"),
        ("[people.a]\nzone = 'UTC'\nwindows = [3]\n", 3, "3", "a table"),
        ("x" * 300 + "\n", 1, "x" * 59 + "…", "not TOML"),
        ("[teams.t]\nzone = 'UTC'\nreply_within = 3", 3, "reply_within", "a table"),
    ],
)
def test_a_broken_structure_is_told_too(text: str, line: int, offending: str, message: str) -> None:
    assert any((at, shown) == (line, offending) and message in why for at, shown, why in told(text)), told(
        text
    )


def test_lines_are_right_in_odd_but_valid_files() -> None:
    text = '''\
# people.maya.zone = "x"
people.maya.zone = "UTC"
people.maya.windows = [
  { name = """a
zone = 1""", kind = "focus", when = "daily 9-10" },
]
["people" . 'sam'] # a comment
"zone" = "UTX"
'''
    found = told(text)
    assert [(line, shown) for line, shown, _ in found] == [(3, "a zone = 1"), (8, "UTX")]


def test_an_on_call_window_takes_no_key_that_nothing_would_read() -> None:
    text = EXAMPLE.replace(
        'when = "sat 10:00-12:00"', 'when = "sat 10:00-12:00"\nshare_name = true\nlets_through = []'
    )
    assert [(line, shown) for line, shown, _ in told(text)] == [(20, "share_name"), (21, "lets_through")]


def test_two_people_cannot_share_an_account() -> None:
    text = EXAMPLE.replace('zone = "America/New_York"', 'zone = "America/New_York"\nslack = "U0MAYA"')
    assert told(text) == [(28, "U0MAYA", "this is the account of maya already")]


def test_public_holidays_come_from_whoever_knows_them() -> None:
    asked: list[tuple[str, tuple[int, ...]]] = []

    def holidays_of(place: str, years: Any) -> tuple[Holiday, ...]:
        asked.append((place, tuple(years)))
        return (Holiday(date(2026, 12, 8), "Imaculada Conceição"),)

    norms = parse_norms(EXAMPLE, holidays_of=holidays_of, years=(2026, 2027))
    assert asked == [("PT", (2026, 2027))]
    assert norms.people["maya"].person.holidays[0].name == "Imaculada Conceição"
    assert norms.people["sam"].person.holidays == ()


def test_a_place_nobody_knows_is_a_problem_at_its_line() -> None:
    def unknown(place: str, years: Any) -> tuple[Holiday, ...]:
        raise ValueError('did you mean "PT"?')

    assert told(EXAMPLE, holidays_of=unknown) == [(5, "PT", 'did you mean "PT"?')]


def test_a_file_is_loaded_and_its_name_stands_in_every_problem(tmp_path: Path) -> None:
    path = tmp_path / "norms.toml"
    path.write_bytes(b"\xef\xbb\xbf" + EXAMPLE.encode())
    assert set(load_norms(path).people) == {"maya", "sam"}
    path.write_text(EXAMPLE.replace("separator", "x"))
    with pytest.raises(NormsFileError, match=r"norms\.toml:3: x: It is one of"):
        load_norms(path)


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"# " + b"x" * LARGEST, 1, "larger than 256 KiB"),
        (b"# fine\n# \xff\n", 2, "not UTF-8"),
        ("# fine".encode("utf-16"), 1, "not UTF-8"),
        ("# fine".encode("utf-16-le"), 1, "not UTF-8"),
        (None, 1, "No such file"),
    ],
)
def test_a_file_that_cannot_be_used_is_told(
    tmp_path: Path, content: bytes | None, line: int, message: str
) -> None:
    path = tmp_path / "norms.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(NormsFileError) as caught:
        load_norms(path)
    (problem,) = caught.value.problems
    assert problem.line == line
    assert message in problem.message


def test_a_text_above_the_cap_is_refused_and_one_at_it_is_not() -> None:
    assert parse_norms("#" * LARGEST).people == {}
    assert "256 KiB" in told("#" * (LARGEST + 1))[0][2]


def test_deep_nesting_is_refused() -> None:
    assert told("a = " + "[" * 5000)


@settings(max_examples=150, derandomize=True, deadline=None, database=None)
@given(st.integers(0, len(EXAMPLE)), st.text("[]{}=\"'\\#.,x1\n", max_size=4), st.integers(0, 6))
def test_a_damaged_file_is_read_or_refused_with_lines_that_exist(place: int, put: str, gone: int) -> None:
    text = EXAMPLE[:place] + put + EXAMPLE[place + gone :]
    rows = len(text.splitlines())
    assert all(1 <= problem.line <= rows and problem.message for problem in problems(text))


def test_the_schema_accepts_the_example_and_is_itself_valid() -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    text = EXAMPLE.replace("2026-12-21", '"2026-12-21"').replace(
        "review_by = 2027-02-01", 'review_by = "2027-02-01"'
    )
    jsonschema.Draft202012Validator(schema).validate(tomllib.loads(text))


@pytest.mark.parametrize(
    "text",
    [
        "nobody = 1",
        "[people.a]",
        "[people.a]\nzone = 3",
        "[people.a]\nzone = 'UTC'\nhors = 'x'",
        "[people.a]\nzone = 'UTC'\nstyle = 'x'",
        "[people.'a b']\nzone = 'UTC'",
        "[people.a]\nzone = 'UTC'\n[[people.a.windows]]\nname = 'x'",
        "[people.a]\nzone = 'UTC'\n[[people.a.leave]]\nfrom = 'x'\nto = 'y'",
        "[teams.t]\nmembers = ['a']",
        "[teams.t]\nzone = 'UTC'\nurgent_budget = -1",
        "[teams.t.reply_within]\nmentions = '1h'",
    ],
)
def test_the_schema_refuses_what_the_check_refuses(text: str) -> None:
    assert told(text)
    assert not jsonschema.Draft202012Validator(json_schema()).is_valid(tomllib.loads(text))


def test_every_key_of_the_schema_is_described() -> None:
    schema = json_schema()["properties"]
    tables = [schema["people"]["additionalProperties"], schema["teams"]["additionalProperties"]]
    tables += [tables[0]["properties"][key]["items"] for key in ("windows", "leave")]
    tables.append(tables[1]["properties"]["reply_within"])
    for table in tables:
        for key, each in table["properties"].items():
            assert each.get("description") or key in ("windows", "leave"), key


@pytest.mark.parametrize(
    ("line", "row", "slip"),
    [
        (13, 'lets_through = ["urgent", "sma"]', "sma"),
        (24, 'stand_in = "sma"', "sma"),
        (33, 'leads = ["mya"]', "mya"),
    ],
)
def test_an_id_that_looks_misspelt_is_worth_a_thought_and_no_problem(line: int, row: str, slip: str) -> None:
    rows = EXAMPLE.splitlines()
    rows[line - 1] = row
    (found,) = parse_norms("\n".join(rows)).slips
    assert (found.line, found.text) == (line, slip)
    assert "did you mean" in found.message


def test_a_person_called_almost_like_another_is_no_slip_when_the_file_has_both() -> None:
    both = '[people.ana]\nzone = "UTC"\n[people.anna]\nzone = "UTC"\n[teams.t]\nzone = "UTC"\n'
    assert parse_norms(both + 'members = ["ana", "anna"]').slips == ()


@pytest.mark.parametrize("number", ["9" * 5000, "0x" + "f" * 5000, "[" + "9" * 5000 + "]"])
def test_a_number_of_thousands_of_digits_is_a_problem_at_its_line(number: str) -> None:
    ((line, shown, message),) = told(f'[teams.t]\nzone = "UTC"\nurgent_budget = {number}')
    assert line == 3
    assert len(shown) <= 60
    assert "number" in message


def test_what_a_terminal_cannot_print_is_not_repeated() -> None:
    ((_, shown, _),) = told('[people.maya]\nzone = "\\u001b[31mred"')
    assert shown == "\N{REPLACEMENT CHARACTER}[31mred"
    ((_, shown, _),) = told('[people.maya]\nzone = ""')
    assert shown == '""'


def test_a_heading_of_thousands_of_parts_costs_no_more_than_its_length() -> None:
    deep = ".".join(["a"] * 5000)
    assert len(list(located(f"[{deep}]\n{deep} = 1\n"))) <= 20
    assert told(f"[{deep}]")
    assert next(located("a = [\n[" + " " * 5000 + "\n1]]")) == (("a",), 1)


def test_a_team_may_name_people_whose_norms_are_not_in_the_file() -> None:
    norms = parse_norms(
        """
        [people.maya]
        zone = "Europe/Lisbon"
        windows = [{ name = "dinner", kind = "quiet", when = "daily 18:00-19:30", lets_through = ["kenji"] }]
        leave = [{ from = 2026-12-21, to = 2027-01-03, stand_in = "kenji" }]

        [teams.platform]
        members = ["maya", "kenji", "lee"]
        leads = ["lee"]
        zone = "Europe/Lisbon"
        """,
        "norms.toml",
    )
    assert norms.teams["platform"].members == ("maya", "kenji", "lee")
    assert norms.people["maya"].person.leave[0].stand_in == "kenji"


TEAM_KEYS = """
[teams.platform]
zone = "Europe/Lisbon"
name = "Platform"
no_meetings = "fri"
urgent_means = "customers cannot work"
ask_on_leave = "ana"
holidays = "PT"
quorum = 60
majority = 66
open_days = 2
figures_from = 8
slack_channel = "C1"
teams_channel = "19:platform@thread.tacv2"
"""


def test_a_team_says_how_it_votes_where_it_talks_and_what_it_agreed_on() -> None:
    found = parse_norms(TEAM_KEYS)
    team = found.teams["platform"]
    assert (team.name, team.urgent_means, team.ask_on_leave, team.place) == (
        "Platform", "customers cannot work", "ana", "PT",
    )  # fmt: skip
    assert (team.voting, team.figures_from) == (Voting(60, 66, 2), 8)
    assert team.no_meetings == parse_when("fri 00:00-24:00")
    assert found.places == {"platform": (("slack", "C1"), ("teams", "19:platform@thread.tacv2"))}
    jsonschema.Draft202012Validator(json_schema()).validate(tomllib.loads(TEAM_KEYS))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("quorum = 60", "quorum = 0", "from 1 to 100"),
        ("majority = 66", "majority = 100", "from 50 to 99"),
        ("open_days = 2", "open_days = 30", "from 1 to 14"),
        ("figures_from = 8", "figures_from = 4", "from 5 to 1000"),
        ('no_meetings = "fri"', 'no_meetings = "frx"', 'did you mean "fri"?'),
        ('urgent_means = "customers cannot work"', 'urgent_means = ""', "one sentence"),
        ('slack_channel = "C1"', 'slack_channel = "#platform talk"', "the channel's id"),
    ],
)
def test_a_key_of_a_team_that_does_not_fit_says_what_does(old: str, new: str, said: str) -> None:
    [(_, _, message)] = told(TEAM_KEYS.replace(old, new))
    assert said in message


def test_two_teams_cannot_talk_in_one_channel() -> None:
    other = '[teams.crew]\nzone = "UTC"\nslack_channel = "C1"\n'
    [(_, channel, message)] = told(TEAM_KEYS + other)
    assert (channel, message) == ("C1", "this is the channel of platform already")
