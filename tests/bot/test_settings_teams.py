"""Settings of Teams: shapes, who may talk to the bot, and the combinations that would leave a door open."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError, load_settings
from bot.settings_serve import check_serve, unknown_variables
from bot.settings_table import TABLE

APP = "11111111-2222-3333-4444-555555555555"
TENANT = "66666666-7777-8888-9999-aaaaaaaaaaaa"
OTHER = "bbbbbbbb-7777-8888-9999-aaaaaaaaaaaa"
SECRET = "very-secret~value"
COMPLETE = {"TEAMS_APP_ID": APP, "TEAMS_APP_PASSWORD": SECRET, "TEAMS_TENANT_ID": TENANT}
SLACK = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s"}
OPEN = {"TEAMS_AUTH": "off"}


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for row in TABLE:
        monkeypatch.delenv(row.name, raising=False)
    monkeypatch.delenv("BOUNDARY_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)


def _load(**values: str) -> Settings:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in values.items():
            patch.setenv(name, value)
        return load_settings()


def _refusal(**values: str) -> str:
    with pytest.raises(SettingsError) as caught:
        _load(**values)
    return str(caught.value)


def test_without_any_variable_teams_is_not_wanted_and_points_at_microsoft() -> None:
    settings = _load()
    assert not settings.teams_wanted
    assert settings.teams_login_url == "https://login.microsoftonline.com"
    assert settings.teams_graph_url == "https://graph.microsoft.com/v1.0"
    assert settings.teams_openid_url.startswith("https://login.botframework.com/")
    assert settings.teams_features == ()


@pytest.mark.parametrize("values", [COMPLETE, OPEN, *({name: value} for name, value in COMPLETE.items())])
def test_an_id_a_secret_a_tenant_or_no_sign_in_means_that_teams_is_wanted(values: dict[str, str]) -> None:
    settings = _load(**values)
    assert settings.teams_wanted
    assert not settings.slack_wanted


def test_ids_are_compared_in_small_letters() -> None:
    settings = _load(TEAMS_APP_ID=f" {{{APP.upper()}}} ", TEAMS_ALLOWED_TENANTS=f"{TENANT.upper()}, {OTHER}")
    assert settings.teams_app_id == APP
    assert settings.teams_tenants == (TENANT, OTHER)


def test_without_a_list_only_the_apps_own_tenant_may_talk_to_us() -> None:
    assert _load(TEAMS_TENANT_ID=TENANT).teams_tenants == (TENANT,)
    assert _load(TEAMS_TENANT_ID=TENANT, TEAMS_ALLOWED_TENANTS=OTHER).teams_tenants == (OTHER,)
    assert _load().teams_tenants == ()


def test_the_file_has_a_table_for_teams() -> None:
    Path("boundary.toml").write_text(
        f'[teams]\napp_id = "{APP}"\nfeatures = ["presence", "hours"]\n', encoding="utf-8"
    )
    settings = _load()
    assert (settings.teams_app_id, settings.teams_features) == (APP, ("presence", "hours"))


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("TEAMS_APP_ID", "boundary", "00000000-0000-0000-0000-000000000000"),
        ("TEAMS_TENANT_ID", "contoso.onmicrosoft.com", "32 digits"),
        ("TEAMS_ALLOWED_TENANTS", f"{TENANT},common", "32 digits"),
        ("TEAMS_FEATURES", "presense", "did you mean `presence`?"),
        (
            "TEAMS_FEATURES",
            "hours,payroll",
            "no such feature. Write one or more of `presence,hours,targeted`",
        ),
        ("TEAMS_AUTH", "maybe", "'on' or 'off'"),
        ("TEAMS_SERVICE_HOSTS", "https://relay.example.org", "without `https://`"),
        ("TEAMS_LOGIN_URL", "http://login.example.org", "only https is safe here"),
        ("TEAMS_OPENID_URL", "http://192.0.2.7/keys", "only https is safe here"),
        ("TEAMS_GRAPH_URL", "graph.microsoft.com", "no web address"),
    ],
)
def test_a_bad_value_is_refused_with_its_name_and_what_to_write(name: str, value: str, says: str) -> None:
    message = _refusal(**{name: value})
    assert name in message
    assert says in message


def test_what_is_missing_is_said_in_whole_sentences() -> None:
    (finding,) = check_serve(_load(**COMPLETE | {"TEAMS_TENANT_ID": ""}))
    assert "TEAMS_TENANT_ID is not set, nor TEAMS_ALLOWED_TENANTS: nobody may" in finding.sentence()
    assert "?." not in finding.sentence()


def test_a_test_server_on_this_computer_needs_no_https() -> None:
    settings = _load(
        TEAMS_LOGIN_URL="http://127.0.0.1:8080/teams/login/", TEAMS_SERVICE_HOSTS="127.0.0.1:8080"
    )
    assert settings.teams_login_url == "http://127.0.0.1:8080/teams/login"
    assert settings.teams_service_hosts == ("127.0.0.1:8080",)


@pytest.mark.parametrize(
    "values",
    [
        COMPLETE,
        COMPLETE | SLACK,
        {"TEAMS_APP_ID": APP, "TEAMS_APP_PASSWORD": SECRET, "TEAMS_ALLOWED_TENANTS": TENANT},
        OPEN,
        OPEN | {"TEAMS_TENANT_ID": TENANT, "BOUNDARY_HOST": "::1"},
        OPEN | {"BOUNDARY_HOST": "localhost", "BOUNDARY_PUBLIC_URL": "http://127.0.0.1:3000"},
    ],
)
def test_slack_teams_both_or_a_test_client_on_this_computer_may_serve(values: dict[str, str]) -> None:
    assert check_serve(_load(**values)) == []


def test_neither_platform_names_both_ways() -> None:
    (finding,) = check_serve(_load())
    assert "SLACK_BOT_TOKEN" in finding.do
    assert "TEAMS_APP_ID" in finding.do
    assert [each.check for each in check_serve(_load(SLACK_SIGNING_SECRET="s"))] == ["SLACK_BOT_TOKEN"]


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        (COMPLETE | {"TEAMS_APP_ID": ""}, ["TEAMS_APP_ID"]),
        (COMPLETE | {"TEAMS_APP_PASSWORD": ""}, ["TEAMS_APP_PASSWORD"]),
        (COMPLETE | {"TEAMS_TENANT_ID": ""}, ["TEAMS_TENANT_ID"]),
        ({"TEAMS_TENANT_ID": TENANT}, ["TEAMS_APP_ID", "TEAMS_APP_PASSWORD"]),
        (COMPLETE | SLACK | {"SLACK_BOT_TOKEN": "", "TEAMS_APP_ID": ""}, ["SLACK_BOT_TOKEN", "TEAMS_APP_ID"]),
        (COMPLETE | OPEN, ["TEAMS_AUTH"]),
        (OPEN | {"BOUNDARY_HOST": "0.0.0.0"}, ["TEAMS_AUTH"]),  # noqa: S104 -- only parsed
        (OPEN | {"BOUNDARY_HOST": "boundary.example.org"}, ["TEAMS_AUTH"]),
        (OPEN | SLACK | {"BOUNDARY_PUBLIC_URL": "https://boundary.example.org"}, ["TEAMS_AUTH"]),
        (COMPLETE | OPEN | {"BOUNDARY_HOST": "192.0.2.1"}, ["TEAMS_AUTH", "TEAMS_AUTH"]),
    ],
)
def test_what_is_missing_or_would_leave_the_door_open_keeps_serve_from_starting(
    values: dict[str, str], wrong: list[str]
) -> None:
    findings = check_serve(_load(**values))
    assert [each.check for each in findings] == wrong
    assert all(len(each.do) > 15 and SECRET not in each.sentence() for each in findings)


def test_a_missing_tenant_names_both_settings_that_help() -> None:
    (finding,) = check_serve(_load(**COMPLETE | {"TEAMS_TENANT_ID": ""}))
    assert "TEAMS_ALLOWED_TENANTS" in finding.what


def test_a_mistyped_variable_is_pointed_out_for_teams_too() -> None:
    found = unknown_variables({"TEAMS_APPID": "x", "TEAMS_APP_ID": APP, "TEAMS_BACKGROUND": "y"})
    assert [each.check for each in found] == ["settings", "settings"]
    assert "Did you mean TEAMS_APP_ID?" in {each.do for each in found}
