"""`check`, `timeline`, `decide` and `schema`: shapes, exit codes, and errors that help."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest

from tests.bot.cli.conftest import Run

EXAMPLE = Path(__file__).parents[3] / "deploy/examples/norms.toml"
MONDAY, TUESDAY = "2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z"

PLAIN = """
[people.maya]
zone = "Europe/Lisbon"
hours = "mon-fri 09:00-17:00"

[[people.maya.windows]]
name = "[bold]lunch[/bold]"
kind = "break"
when = "daily 12:00-13:00"

[people.ana]
zone = "Asia/Tokyo"

[teams.core]
members = ["maya", "ana"]
zone = "Europe/Lisbon"
core = "mon-fri 10:00-11:00"
review_by = 2027-02-01
"""

DESIGNED = """\
# norms.toml: norms as code. `boundary-bot check` validates it, `boundary-bot schema` prints its JSON Schema.
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
lets_through = ["urgent", "sam"]      # "nobody" | "urgent" | "everyone" | person ids; default depends on kind and style
share_name = false                    # default: others see only when the person is back

[[people.maya.leave]]
from = 2026-12-21
to = 2027-01-03
stand_in = "sam"

[teams.platform]
members = ["maya", "sam", "kenji", "ana", "lee"]
leads = ["ana"]
zone = "Europe/Lisbon"
core = "mon-thu 14:00-16:00"
shared_focus = "wed 09:00-12:00"      # a focus window of every member who has not opted out
urgent_budget = 3                     # break-throughs a week before the team is asked about it
summary = "mon 09:30"
review_by = 2027-02-01
[teams.platform.reply_within]
mention = "4 working hours"
direct = "1 working day"
urgent = "30m"
"""  # noqa: E501 - word for word
"""The example of the design, word for word."""


@pytest.fixture
def norms(tmp_path: Path) -> Path:
    path = tmp_path / "norms.toml"
    path.write_text(PLAIN, encoding="utf-8")
    return path


def _timeline(
    run: Run, file: Path, person: str, since: str = MONDAY, to: str = TUESDAY
) -> list[dict[str, object]]:
    result = run("timeline", file, "--person", person, "--from", since, "--to", to, "--json")
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_timeline_has_the_documented_shape(run: Run, norms: Path) -> None:
    (answer,) = _timeline(run, norms, "maya", to="2026-11-23T12:30:00Z")
    assert answer == {
        "person": "maya",
        "zone": "Europe/Lisbon",
        "segments": [
            _segment("00:00", "09:00", "off", "outside hours"),
            _segment("09:00", "12:00", "available", "hours"),
            _segment("12:00", "12:30", "break", "[bold]lunch[/bold]"),
        ],
    }


def _segment(start: str, end: str, mode: str, because: str) -> dict[str, str]:
    day = "2026-11-23T"
    return {"start": f"{day}{start}:00Z", "end": f"{day}{end}:00Z", "mode": mode, "because": because}


def test_everyone_is_printed_one_object_a_line(run: Run, norms: Path) -> None:
    assert [each["person"] for each in _timeline(run, norms, "all")] == ["maya", "ana"]


def test_segments_tile_the_asked_range_across_a_clock_change(run: Run) -> None:
    since, to = "2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z"
    for answer in _timeline(run, EXAMPLE, "all", since, to):
        segments = answer["segments"]
        assert isinstance(segments, list)
        edges = [since, *(segment["end"] for segment in segments)]
        assert [segment["start"] for segment in segments] == edges[:-1]
        assert edges[-1] == to


def test_an_offset_is_as_good_as_z(run: Run, norms: Path) -> None:
    shifted = _timeline(run, norms, "maya", "2026-11-23T01:00:00+01:00", "2026-11-23T19:00:00-05:00")
    assert shifted == _timeline(run, norms, "maya")


def test_without_json_a_table_in_local_time_shows_names_as_they_are(run: Run, norms: Path) -> None:
    result = run("timeline", norms, "--person", "ana", "--from", MONDAY, "--to", TUESDAY)
    assert "Mon 2026-11-23 09:00" in result.stdout
    assert (
        "[bold]lunch" in run("timeline", norms, "--person", "maya", "--from", MONDAY, "--to", TUESDAY).stdout
    )


@pytest.mark.parametrize(
    ("at", "says"),
    [
        ("2026-11-23T09:00", "add Z for UTC"),
        ("tomorrow", "write it like 2026-11-22T09:00:00Z"),
        ("2026-11-23", "add Z for UTC"),
        ("1969-12-31T23:59:59Z", "outside the years"),
        ("9999-12-31T23:59:59-23:59", "outside the years"),
    ],
)
def test_an_instant_that_is_none_is_bad_usage(run: Run, norms: Path, at: str, says: str) -> None:
    result = run("decide", norms, "--sender", "a", "--recipient", "b", "--at", at)
    assert result.exit_code == 2
    assert says in " ".join(result.stderr.replace("│", " ").split())
    assert result.stdout == ""


def test_a_range_that_ends_before_it_starts_is_bad_usage(run: Run, norms: Path) -> None:
    result = run("timeline", norms, "--person", "maya", "--from", TUESDAY, "--to", MONDAY)
    assert result.exit_code == 2
    assert "--to must be later" in result.stderr


def test_an_unknown_person_is_bad_input_with_a_guess(run: Run, norms: Path) -> None:
    result = run("timeline", norms, "--person", "maja", "--from", MONDAY, "--to", TUESDAY, "--json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert 'Did you mean "maya"?' in result.stderr


def _decide(run: Run, file: Path, at: str, *more: str) -> tuple[int, dict[str, object]]:
    result = run("decide", file, "--sender", "ana", "--recipient", "maya", "--at", at, "--json", *more)
    return result.exit_code, json.loads(result.stdout)


def test_a_held_ping_is_answered_with_one_and_the_documented_shape(run: Run, norms: Path) -> None:
    code, answer = _decide(run, norms, "2026-11-23T12:10:00Z")
    assert code == 1
    assert list(answer) == ["verdict", "release_at", "reply_by", "reason", "trace"]
    trace = answer.pop("trace")
    assert answer == {
        "verdict": "hold",
        "release_at": "2026-11-23T13:00:00Z",
        "reply_by": None,
        "reason": "held_by_break",
    }
    assert isinstance(trace, list)
    assert all(set(step) == {"rule", "applied", "because"} for step in trace)
    assert any(step["applied"] is True for step in trace)


def test_a_delivered_ping_is_answered_with_zero(run: Run, norms: Path) -> None:
    code, answer = _decide(run, norms, "2026-11-23T10:10:00Z", "--kind", "mention")
    assert (code, answer["verdict"], answer["reason"]) == (0, "deliver", "available")
    assert answer["release_at"] == "2026-11-23T10:10:00Z"


def test_a_reason_makes_a_ping_urgent_and_a_blank_one_does_not(run: Run, norms: Path) -> None:
    at = "2026-11-23T12:10:00Z"
    assert _decide(run, norms, at, "--urgent", "the site is down")[1]["reason"] == "urgent_passes"
    assert _decide(run, norms, at, "--urgent", " ")[1]["reason"] == "held_by_break"


def test_somebody_who_is_not_in_the_file_has_no_norms(run: Run, norms: Path) -> None:
    result = run("decide", norms, "--sender", "ana", "--recipient", "zoe", "--at", MONDAY, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["reason"] == "not_enrolled"


def test_without_json_a_decision_is_explained_in_words(run: Run, norms: Path) -> None:
    result = run("decide", norms, "--sender", "ana", "--recipient", "maya", "--at", "2026-11-23T12:10:00Z")
    assert result.stdout.startswith("hold: The recipient is on a break.")
    assert "released: Mon 2026-11-23 13:00 (Europe/Lisbon)" in result.stdout
    assert "reply by: no norm says" in result.stdout


def test_on_leave_the_stand_in_is_named(run: Run) -> None:
    at = "2026-12-24T10:00:00Z"
    result = run("decide", EXAMPLE, "--sender", "ana", "--recipient", "maya", "--at", at)
    assert "stand-in: sam" in result.stdout
    assert "released: Mon 2027-01-04 09:00 (Europe/Lisbon)" in result.stdout


def test_the_example_of_the_design_is_fine(run: Run) -> None:
    result = run("check", EXAMPLE, "--at", MONDAY)
    assert result.exit_code == 0, result.stderr
    assert "5 people, 1 team, 0 to reconsider" in result.stdout


@pytest.mark.parametrize("command", ["check", "timeline", "decide"])
def test_a_broken_file_is_bad_input_with_file_line_and_sentence(
    run: Run, tmp_path: Path, command: str
) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text('[people.maya]\nzone = "Europe/Lisboa"\nhuors = "daily 9-17"\n', encoding="utf-8")
    options = {
        "check": [],
        "timeline": ["--person", "maya", "--from", MONDAY, "--to", TUESDAY],
        "decide": ["--sender", "a", "--recipient", "b", "--at", MONDAY],
    }
    result = run(command, broken, *options[command])
    assert (result.exit_code, result.stdout) == (2, "")
    lines = result.stderr.splitlines()
    assert lines[0].startswith(f"{broken}:2: Europe/Lisboa: ")
    assert "Europe/Lisbon" in lines[0]
    assert lines[1].startswith(f"{broken}:3: huors: ")


def test_problems_are_json_too(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("[people.maya]\n", encoding="utf-8")
    result = run("check", broken, "--json", "--at", MONDAY)
    assert result.exit_code == 2
    (problem,) = json.loads(result.stdout)["problems"]
    assert (problem["file"], problem["line"]) == (str(broken), 1)
    assert "zone" in problem["message"]


def test_a_missing_file_is_bad_input(run: Run) -> None:
    result = run("check", "nowhere.toml", "--at", MONDAY)
    assert result.exit_code == 2
    assert result.stderr.startswith("nowhere.toml:1:")


@pytest.mark.parametrize(
    ("old", "new", "at", "says"),
    [
        ("12:00-13:00", "10:30-13:00", MONDAY, "covers core hours"),
        ("", "", "2027-02-03T00:00:00Z", "due for review by 2027-02-01"),
        (
            'zone = "Asia/Tokyo"',
            'zone = "Asia/Tokyo"\n' + "{leave}",
            MONDAY,
            "away too from 2026-12-24 to 2026-12-26",
        ),
    ],
)
def test_what_a_team_may_reconsider_is_answered_with_one(  # noqa: PLR0917 -- one parametrised table
    run: Run, tmp_path: Path, old: str, new: str, at: str, says: str
) -> None:
    leave = """
[[people.ana.leave]]
from = 2026-12-24
to = 2027-01-02
[[people.maya.leave]]
from = 2026-12-20
to = 2026-12-26
stand_in = "ana"
"""
    file = tmp_path / "norms.toml"
    file.write_text(PLAIN.replace(old, new.replace("{leave}", leave)) if old else PLAIN, encoding="utf-8")
    result = run("check", file, "--at", at)
    assert result.exit_code == 1, result.stderr
    assert says in result.stderr
    assert len(json.loads(run("check", file, "--at", at, "--json").stdout)["warnings"]) == 1


def test_the_schema_accepts_the_example(run: Run) -> None:
    import tomllib

    schema = json.loads(run("schema").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    values = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    plain = json.loads(json.dumps(values, default=str))
    jsonschema.validate(plain, schema)


def test_the_designs_example_is_fine_and_fits_the_schema(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "norms.toml"
    path.write_text(DESIGNED, encoding="utf-8")
    result = run("check", path, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout)["warnings"] == []
    schema = json.loads(run("schema").stdout)
    dated = json.loads(json.dumps(tomllib.loads(DESIGNED), default=str))  # JSON has no dates
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(dated)


def test_an_id_that_looks_misspelt_is_pointed_out_and_the_file_stays_usable(run: Run, norms: Path) -> None:
    norms.write_text(PLAIN.replace('"maya", "ana"]', '"mya", "ana"]'), encoding="utf-8")
    result = run("check", norms)
    assert result.exit_code == 1
    assert 'line 15: mya: nobody in this file has this id: did you mean "maya"?' in result.stderr
    assert _timeline(run, norms, "maya")


@pytest.mark.parametrize("content", [b"[people.m]\nzone = " + b"9" * 5000, b"a = " + b"[" * 9000, b"\0"])
def test_a_hostile_file_is_bad_input_and_never_a_traceback(run: Run, norms: Path, content: bytes) -> None:
    norms.write_bytes(content)
    result = run("check", norms)
    assert (result.exit_code, result.stdout) == (2, "")
    assert str(norms) in result.stderr
    assert result.exception is None or isinstance(result.exception, SystemExit)
