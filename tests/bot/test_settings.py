"""Settings: where they come from, what is refused, and that secrets stay secret."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError, load_settings
from bot.settings_serve import check_serve, unknown_variables
from bot.settings_table import TABLE

SECRET = "xoxb-very-secret"


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for row in TABLE:
        monkeypatch.delenv(row.name, raising=False)
    monkeypatch.delenv("BOUNDARY_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)


def _refusal(**values: str) -> str:
    with pytest.raises(SettingsError) as caught:
        _load(**values)
    return str(caught.value)


def _load(**values: str) -> Settings:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in values.items():
            patch.setenv(name, value)
        return load_settings()


def _file(text: str, name: str = "boundary.toml") -> Path:
    path = Path(name)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_defaults_need_no_variable_and_no_file() -> None:
    settings = _load()
    assert (settings.host, settings.port, settings.log_level) == ("127.0.0.1", 3000, "info")
    assert (settings.guard_seconds, settings.quarantine_seconds, settings.call_timeout_seconds) == (5, 90, 10)
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.norms is None
    assert not settings.socket_mode
    assert not settings.connect_enabled


def test_every_row_of_the_table_is_a_field_and_every_field_a_row() -> None:
    aliases = {field.validation_alias for field in Settings.model_fields.values()}
    assert aliases == {row.name for row in TABLE}


@pytest.mark.parametrize("row", [row for row in TABLE if row.default and "file" not in row.default], ids=str)
def test_the_default_in_the_table_is_the_real_one(row) -> None:  # type: ignore[no-untyped-def]
    field = next(field for field in Settings.model_fields.values() if field.validation_alias == row.name)
    assert (f"{field.default:g}" if isinstance(field.default, float) else str(field.default)) == row.default


def test_an_empty_variable_counts_as_unset() -> None:
    settings = _load(BOUNDARY_PORT="", SLACK_BOT_TOKEN="", BOUNDARY_SECRET_KEYS="")
    assert settings.port == 3000
    assert settings.slack_bot_token is None
    assert settings.secret_keys == ()


def test_the_file_in_the_working_folder_is_read() -> None:
    _file('[boundary]\nport = 4000\nsecret_keys = ["new", "old"]\n[slack]\nbot_token = "xoxb-file"\n')
    settings = _load()
    assert settings.port == 4000
    assert [key.get_secret_value() for key in settings.secret_keys] == ["new", "old"]
    assert settings.slack_bot_token is not None
    assert settings.slack_bot_token.get_secret_value() == "xoxb-file"


def test_a_byte_order_mark_and_windows_line_ends_harm_nobody() -> None:
    Path("boundary.toml").write_bytes(b"\xef\xbb\xbf[boundary]\r\nport = 4100\r\n")
    assert _load().port == 4100


def test_a_variable_beats_the_file() -> None:
    _file('[boundary]\nport = 4000\nhost = "0.0.0.0"\n')
    settings = _load(BOUNDARY_PORT="5000")
    assert (settings.port, settings.host) == (5000, "0.0.0.0")  # noqa: S104 -- only parsed


def test_an_empty_variable_leaves_the_file_its_say() -> None:
    _file("[boundary]\nport = 4000\n")
    assert _load(BOUNDARY_PORT="").port == 4000


def test_the_config_variable_names_another_file() -> None:
    path = _file("[boundary]\nport = 4100\n", "other.toml")
    assert _load(BOUNDARY_CONFIG=str(path)).port == 4100


def test_a_named_file_that_is_missing_is_an_error_with_advice() -> None:
    assert "Check the path in BOUNDARY_CONFIG" in _refusal(BOUNDARY_CONFIG="nowhere.toml")


def test_several_secrets_are_separated_by_commas() -> None:
    settings = _load(SLACK_SIGNING_SECRET=" new , old,")
    assert [secret.get_secret_value() for secret in settings.slack_signing_secrets] == ["new", "old"]


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("BOUNDARY_DATABASE_URL", "postgresql://h/db", "`postgresql` is not supported"),
        ("BOUNDARY_DATABASE_URL", "sqlite:///", "not supported"),
        ("BOUNDARY_PORT", "99999", "BOUNDARY_PORT"),
        ("BOUNDARY_PORT", "many", "The default is 3000"),
        ("BOUNDARY_LOG_LEVEL", "loud", "BOUNDARY_LOG_LEVEL"),
        ("BOUNDARY_PUBLIC_URL", "boundary.example.org", "no web address"),
        ("BOUNDARY_GUARD_SECONDS", "0", "BOUNDARY_GUARD_SECONDS"),
        ("BOUNDARY_QUARANTINE_SECONDS", "14", "at least 15"),
    ],
)
def test_a_bad_value_is_refused_with_its_name_and_what_to_write(name: str, value: str, says: str) -> None:
    message = _refusal(**{name: value})
    assert says in message
    assert name in message


def test_all_bad_values_are_told_at_once() -> None:
    message = _refusal(BOUNDARY_PORT="x", BOUNDARY_LOG_LEVEL="loud")
    assert "BOUNDARY_PORT" in message
    assert "BOUNDARY_LOG_LEVEL" in message


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[boundary]\nprot = 1\n", "Did you mean `port`?"),
        ("[slack]\nport = 1\n", "`port` in [slack] is not a setting"),
        ("[bundary]\nport = 1\n", "not a table of the settings file"),
        ("port = 3000\n", "Write settings under `[boundary]`"),
        (f'[slack]\nbot_token = "{SECRET}\n', "line 2"),
        ("[boundary]\n" + "#" * 300_000, "256 KiB"),
        (f"[boundary]\nport = {'9' * 5000}\n", "not valid TOML"),
        ("[boundary]\nport = true\n", "BOUNDARY_PORT"),
    ],
)
def test_a_broken_file_is_refused_with_the_place_and_advice(text: str, says: str) -> None:
    _file(text)
    message = _refusal()
    assert says in message
    assert SECRET not in message


def test_no_secret_shows_in_repr_errors_or_logs(caplog: pytest.LogCaptureFixture) -> None:
    secrets = {row.name: f"hidden-{row.key}" for row in TABLE if row.secret}
    settings = _load(**secrets)
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("test").info("settings %r %s", settings, settings.model_dump())
    for value in secrets.values():
        assert value not in repr(settings) + str(settings) + caplog.text


def test_a_refused_secret_is_not_quoted() -> None:
    _file(f"[slack]\nbot_token = [[1, 2], '{SECRET}']\n")
    assert SECRET not in _refusal()


def test_the_database_path_follows_the_url() -> None:
    assert _load(BOUNDARY_DATABASE_URL="sqlite:////srv/b.db").database_path == Path("/srv/b.db")
    assert _load(BOUNDARY_DATABASE_URL="sqlite:///b.db").database_path == Path("b.db")
    assert _load(BOUNDARY_DATABASE_URL="sqlite:///~/b.db").database_path == Path.home() / "b.db"


def test_the_default_database_is_in_the_users_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert _load().database_path == Path("/data/boundary-bot/boundary.db")
    monkeypatch.setattr("sys.platform", "darwin")
    assert _load().database_path.parts[-3:-1] == ("Application Support", "boundary-bot")


def test_the_api_address_always_ends_in_a_slash() -> None:
    assert _load(SLACK_API_URL="http://127.0.0.1:5/api").slack_api_url == "http://127.0.0.1:5/api/"
    assert _load(BOUNDARY_PUBLIC_URL="https://b.example.org/").public_url == "https://b.example.org"


HTTP = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s"}
SOCKET = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
CONNECT = {"SLACK_CLIENT_ID": "1", "SLACK_CLIENT_SECRET": "c", "BOUNDARY_PUBLIC_URL": "https://b.example.org"}


@pytest.mark.parametrize("values", [HTTP, SOCKET, HTTP | CONNECT, SOCKET | CONNECT])
def test_a_complete_configuration_may_serve(values: dict[str, str]) -> None:
    assert check_serve(_load(**values)) == []


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        (HTTP | {"SLACK_SIGNING_SECRET": ""}, ["SLACK_SIGNING_SECRET"]),
        (SOCKET | {"SLACK_BOT_TOKEN": ""}, ["SLACK_BOT_TOKEN"]),
        (HTTP | {"SLACK_CLIENT_ID": "1"}, ["SLACK_CLIENT_SECRET", "BOUNDARY_PUBLIC_URL"]),
        (HTTP | CONNECT | {"SLACK_CLIENT_ID": ""}, ["SLACK_CLIENT_ID"]),
        (HTTP | CONNECT | {"BOUNDARY_PUBLIC_URL": ""}, ["BOUNDARY_PUBLIC_URL"]),
    ],
)
def test_serve_names_each_missing_setting_and_where_to_get_it(
    values: dict[str, str], missing: list[str]
) -> None:
    findings = check_serve(_load(**values))
    assert [finding.check for finding in findings] == missing
    assert all(finding.do.startswith("Get it here: ") and len(finding.do) > 20 for finding in findings)


def test_a_mistyped_variable_is_pointed_out() -> None:
    found = unknown_variables(
        {"BOUNDARY_NORM": "x", "BOUNDARY_PORT": "1", "BOUNDARY_FAILPOINT": "", "HOME": "/"}
    )
    assert [finding.do for finding in found] == ["Did you mean BOUNDARY_NORMS?"]
