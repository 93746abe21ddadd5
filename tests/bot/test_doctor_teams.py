"""Doctor on Teams: app, keys, tenants, and which right of Microsoft Graph an admin still has to grant."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from pydantic import SecretStr

from bot.doctor import healthy
from bot.doctor_teams import examine
from bot.findings import Finding, Level
from bot.probes import Right, TeamsFacts
from bot.settings import Settings

APP = "11111111-2222-3333-4444-555555555555"
TENANT = "66666666-7777-8888-9999-aaaaaaaaaaaa"
OTHER = "bbbbbbbb-7777-8888-9999-aaaaaaaaaaaa"
WRITE = Right("Presence.ReadWrite.All", "to set presence and status message.")
READ = Right("Presence.Read.All", "to see what is set by hand.")
HOURS = Right("MailboxSettings.Read", "to read working hours.")
FINE, FOUR = TeamsFacts(), TeamsFacts(count=4)
SETTINGS = Settings.model_construct(
    teams_app_id=APP,
    teams_app_password=SecretStr("hidden"),
    teams_tenant_id=TENANT,
    public_url="https://boundary.example.org",
)


@dataclass
class Microsoft:
    """Probes of a Microsoft that a test describes."""

    token_says: TeamsFacts = FINE
    keys_say: TeamsFacts = FOUR
    refused: dict[str, str] = field(default_factory=dict)
    installed: str = "4.17.1"
    asked: list[str] = field(default_factory=list)

    async def token(self) -> TeamsFacts:
        self.asked.append("token")
        return self.token_says

    async def keys(self) -> TeamsFacts:
        self.asked.append("keys")
        return self.keys_say

    def needs(self, feature: str) -> tuple[Right, ...]:
        return {"presence": (READ, WRITE), "hours": (HOURS,)}.get(feature, ())

    async def rights(self, feature: str) -> tuple[Right, ...]:
        self.asked.append(feature)
        return tuple(replace(each, error=self.refused.get(each.name, "")) for each in self.needs(feature))

    def sdk(self) -> tuple[str, str]:
        return self.installed, "4.17.1"


async def _found(
    microsoft: Microsoft, level: Level | None = None, settings: Settings = SETTINGS
) -> list[Finding]:
    return [each for each in await examine(settings, microsoft) if level is None or each.level is level]


def _changed(**values: object) -> Settings:
    return SETTINGS.model_copy(update=values)


ALL = _changed(teams_features=("presence", "hours", "targeted"))


@pytest.mark.parametrize("settings", [SETTINGS, ALL])
async def test_a_sound_teams_bot_has_only_fine_findings(settings: Settings) -> None:
    findings = await _found(Microsoft(), settings=settings)
    assert {each.level for each in findings} == {Level.FINE}
    assert {"presence", "hours", "targeted", "TEAMS_APP_PASSWORD"} <= {each.check for each in findings}


@pytest.mark.parametrize(
    ("microsoft", "check", "do"),
    [
        (Microsoft(token_says=TeamsFacts("invalid_client")), "TEAMS_APP_PASSWORD", "its value, not its id"),
        (Microsoft(token_says=TeamsFacts("unauthorized_client")), "TEAMS_APP_PASSWORD", "TEAMS_TENANT_ID"),
        (Microsoft(token_says=TeamsFacts("unreachable: X")), "TEAMS_APP_PASSWORD", "TEAMS_LOGIN_URL"),
        (Microsoft(keys_say=TeamsFacts("status 404")), "TEAMS_OPENID_URL", "TEAMS_OPENID_URL"),
        (Microsoft(keys_say=TeamsFacts(count=0)), "TEAMS_OPENID_URL", "reaches it"),
        (Microsoft(refused={HOURS.name: "unreachable: X"}), "hours", "TEAMS_GRAPH_URL"),
    ],
)
async def test_a_problem_is_found_and_says_what_to_do(microsoft: Microsoft, check: str, do: str) -> None:
    (problem,) = await _found(microsoft, Level.PROBLEM, _changed(teams_features=("hours",)))
    assert problem.check == check
    assert do in problem.do


async def test_a_missing_consent_names_the_permission_why_and_where_it_is_granted() -> None:
    microsoft = Microsoft(refused={WRITE.name: "status 403"})
    (problem,) = await _found(microsoft, Level.PROBLEM, ALL)
    assert problem.check == "presence"
    for words in (WRITE.name, "to set presence", "admin must consent", "API permissions"):
        assert words in problem.do
    assert not healthy([problem])


async def test_a_feature_that_is_off_is_explained_and_not_asked_about() -> None:
    microsoft = Microsoft()
    (presence,) = [each for each in await _found(microsoft) if each.check == "presence"]
    assert presence.what == "Off."
    for words in ("`presence` in TEAMS_FEATURES", READ.name, WRITE.name, "admin must consent"):
        assert words in presence.do
    assert microsoft.asked == ["token", "keys"]


async def test_without_a_token_no_right_is_asked_about() -> None:
    microsoft = Microsoft(token_says=TeamsFacts("invalid_client"))
    await _found(microsoft, settings=ALL)
    assert microsoft.asked == ["token", "keys"]


@pytest.mark.parametrize(
    ("settings", "check"),
    [
        (_changed(teams_allowed_tenants=(OTHER,)), "TEAMS_ALLOWED_TENANTS"),
        (_changed(teams_allowed_tenants=(TENANT, OTHER)), "TEAMS_TENANT_ID"),
        (_changed(public_url=None), "messaging endpoint"),
        (
            _changed(
                teams_auth="off",
                teams_app_id="",
                teams_app_password=None,
                teams_tenant_id="",
                public_url=None,
            ),
            "TEAMS_AUTH",
        ),
    ],
)
async def test_what_is_worth_knowing_is_a_note_and_no_problem(settings: Settings, check: str) -> None:
    findings = await _found(Microsoft(), settings=settings)
    assert [each.check for each in findings if each.level is Level.NOTE] == [check]
    assert healthy(findings)


async def test_another_botbuilder_than_the_one_worked_around_is_a_note() -> None:
    (note,) = await _found(Microsoft(installed="4.18.0"), Level.NOTE)
    assert note.check == "botbuilder-core"


async def test_incomplete_settings_ask_microsoft_nothing() -> None:
    microsoft = Microsoft()
    await _found(microsoft, settings=_changed(teams_app_password=None))
    assert microsoft.asked == []


async def test_no_finding_quotes_the_secret() -> None:
    microsoft = Microsoft(token_says=TeamsFacts("invalid_client"))
    assert "hidden" not in "".join(each.sentence() for each in await _found(microsoft))
