"""Doctor: every finding says what is wrong, how bad it is and what to do."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.doctor import examine, healthy
from bot.findings import Finding, Level
from bot.probes import DatabaseFacts, SlackFacts, TeamsProbes
from bot.settings import Settings

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
SCOPES = frozenset({"chat:write", "commands"})
GOOD = SlackFacts(ok=True, team="Acme", user="boundary", date=NOW, granted=SCOPES, needed=SCOPES)
CURRENT = DatabaseFacts("b.db", exists=True)
ACCEPTED = SlackFacts(ok=True)
REVOKED = replace(GOOD, ok=False, error="token_revoked")
UNREACHABLE = replace(GOOD, ok=False, error="unreachable: TimeoutError")
SCOPELESS = SlackFacts(ok=False, error="missing_scope")
SETTINGS = Settings.model_construct(
    slack_bot_token=SecretStr("xoxb-1"),
    slack_app_token=SecretStr("xapp-1"),
    secret_keys=(SecretStr("good"),),
)


@dataclass
class Installation:
    """Probes of an installation that a test describes."""

    facts: DatabaseFacts = CURRENT
    bot: SlackFacts = GOOD
    app: SlackFacts = ACCEPTED
    has_boottime: bool = True
    asked: list[str] = field(default_factory=list)

    def now(self) -> datetime:
        return NOW

    def boottime(self) -> bool:
        return self.has_boottime

    def database(self) -> DatabaseFacts:
        return self.facts

    def key_works(self, key: str) -> bool:
        return key == "good"

    async def slack_bot(self) -> SlackFacts:
        self.asked.append("bot")
        return self.bot

    async def slack_app(self) -> SlackFacts:
        self.asked.append("app")
        return self.app

    def teams(self) -> TeamsProbes:
        raise AssertionError("nothing about Teams is set")


async def _found(
    installation: Installation, level: Level | None = None, settings: Settings = SETTINGS, **environ: str
) -> list[Finding]:
    findings = await examine(settings, environ, installation)
    return [each for each in findings if level is None or each.level is level]


def _changed(**values: object) -> Settings:
    return SETTINGS.model_copy(update=values)


async def test_a_sound_installation_has_only_fine_findings() -> None:
    findings = await _found(Installation())
    assert {each.level for each in findings} == {Level.FINE}
    assert healthy(findings)
    assert len(findings) >= 7


@pytest.mark.parametrize(
    ("installation", "check", "do"),
    [
        (Installation(facts=replace(CURRENT, error="disk I/O error")), "database", "permissions"),
        (
            Installation(facts=DatabaseFacts("b.db", True, pending=("002",))),
            "database",
            "boundary-bot migrate",
        ),
        (
            Installation(bot=replace(GOOD, ok=False, error="token_revoked")),
            "SLACK_BOT_TOKEN",
            "Install the app",
        ),
        (
            Installation(bot=replace(GOOD, ok=False, error="unreachable: X")),
            "SLACK_BOT_TOKEN",
            "SLACK_API_URL",
        ),
        (
            Installation(app=SlackFacts(ok=False, error="missing_scope")),
            "SLACK_APP_TOKEN",
            "connections:write",
        ),
        (Installation(bot=replace(GOOD, granted=frozenset({"commands"}))), "scopes", "manifest.yaml"),
        (Installation(bot=replace(GOOD, date=NOW - timedelta(minutes=5))), "clock", "NTP"),
        (Installation(bot=replace(GOOD, date=NOW + timedelta(minutes=5))), "clock", "NTP"),
    ],
)
async def test_a_problem_is_found_and_says_what_to_do(
    installation: Installation, check: str, do: str
) -> None:
    (problem,) = await _found(installation, Level.PROBLEM)
    assert problem.check == check
    assert do in problem.do


@pytest.mark.parametrize(
    ("installation", "check"),
    [
        (Installation(facts=DatabaseFacts("b.db", True, warning="SQLite 3.40.1 has the bug.")), "SQLite"),
        (Installation(has_boottime=False), "clock"),
        (Installation(bot=replace(GOOD, granted=SCOPES | {"files:read"})), "scopes"),
        (Installation(bot=replace(GOOD, date=NOW - timedelta(seconds=45))), "clock"),
    ],
)
async def test_what_is_worth_knowing_is_a_note_and_no_problem(installation: Installation, check: str) -> None:
    findings = await _found(installation)
    assert [each.check for each in findings if each.level is Level.NOTE] == [check]
    assert healthy(findings)


async def test_without_keys_of_ones_own_doctor_says_where_serve_keeps_one() -> None:
    settings = _changed(secret_keys=())
    notes = await _found(Installation(), Level.NOTE, settings)
    assert [(each.check, str(settings.key_file) in each.what) for each in notes] == [
        ("BOUNDARY_SECRET_KEYS", True)
    ]


async def test_a_database_that_does_not_exist_yet_is_fine() -> None:
    assert await _found(Installation(facts=DatabaseFacts("b.db", exists=False)), Level.PROBLEM) == []


@pytest.mark.parametrize(
    ("settings", "check"),
    [
        (_changed(slack_bot_token=None), "SLACK_BOT_TOKEN"),
        (_changed(secret_keys=(SecretStr("good"), SecretStr("bad"))), "BOUNDARY_SECRET_KEYS"),
        (_changed(norms=Path("nowhere.toml")), "BOUNDARY_NORMS"),
        (_changed(public_url="http://boundary.example.org"), "BOUNDARY_PUBLIC_URL"),
    ],
)
async def test_a_setting_that_is_missing_or_wrong_is_a_problem(settings: Settings, check: str) -> None:
    assert [each.check for each in await _found(Installation(), Level.PROBLEM, settings)] == [check]


@pytest.mark.parametrize("url", ["https://b.example.org", "http://127.0.0.1:3000", "http://localhost:3000"])
async def test_https_and_this_machine_are_fine_as_public_address(url: str) -> None:
    assert await _found(Installation(), Level.PROBLEM, _changed(public_url=url)) == []


async def test_a_norms_file_is_read_before_it_keeps_serve_from_starting(tmp_path: Path) -> None:
    path = tmp_path / "norms.toml"
    path.write_text('[people.maya]\nzone = "Europe/Lisbon"\n')
    assert await _found(Installation(), Level.PROBLEM, _changed(norms=path)) == []
    path.write_text('[people.maya]\nzone = "Europe/Lisbn"\n')
    (found,) = await _found(Installation(), Level.PROBLEM, _changed(norms=path))
    assert found.check == "BOUNDARY_NORMS"
    assert f'{path}:2: Europe/Lisbn: did you mean "Europe/Lisbon"?' in found.what
    assert "boundary-bot check" in found.do


async def test_nobody_is_asked_about_a_token_that_is_not_set() -> None:
    installation = Installation()
    await _found(installation, settings=_changed(slack_bot_token=None, slack_app_token=None))
    assert installation.asked == []


async def test_a_mistyped_variable_is_a_note() -> None:
    (note,) = await _found(Installation(), Level.NOTE, BOUNDARY_PROT="3000")
    assert "BOUNDARY_PORT" in note.do


async def test_no_finding_quotes_a_secret() -> None:
    settings = _changed(secret_keys=(SecretStr("my-secret-key"),))
    text = "".join(each.sentence() for each in await _found(Installation(), settings=settings))
    assert "my-secret-key" not in text
    assert "xoxb-1" not in text
