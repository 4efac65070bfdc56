"""Settings are read once, refused by name when weak, and never taken over from elsewhere."""

from pathlib import Path

import pytest

from survey.config import SettingsError, load_settings
from survey.db import connect_all

SECRET = "x" * 40


def production(folder: Path, **changes: str) -> dict[str, str]:
    secret = folder / "secret"
    secret.write_text(SECRET, encoding="utf-8")
    return {
        "CERMIN_ENVIRONMENT": "production",
        "CERMIN_DATA_DIRECTORY": str(folder / "var"),
        "CERMIN_SECRET_KEY_FILE": str(secret),
        "CERMIN_BASE_URL": "https://umpanbalik.example.go.id",
    } | changes


def test_a_sound_production_setup_is_taken(tmp_path: Path) -> None:
    assert load_settings(production(tmp_path)).secret_key == SECRET


MAIL = {"CERMIN_SMTP_HOST": "mail.example.go.id", "CERMIN_MAIL_FROM": "umpanbalik@example.go.id"}


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"CERMIN_BASE_URL": "http://umpanbalik.example.go.id"}, "CERMIN_BASE_URL"),
        ({"CERMIN_SECRET_KEY_FILE": "/nowhere/secret"}, "CERMIN_SECRET_KEY_FILE"),
        ({"CERMIN_SECRET_KEY_FILE": "", "CERMIN_SECRET_KEY": "short"}, "CERMIN_SECRET_KEY_FILE"),
        ({"CERMIN_SECRET_KEY_FILE": ""}, "CERMIN_SECRET_KEY_FILE"),
        ({"CERMIN_TIME_ZONE": "Asia/Bukittinggi"}, "CERMIN_TIME_ZONE"),
        ({"CERMIN_TRUSTED_PROXIES": "many"}, "malformed"),
        ({"CERMIN_ENVIRONMENT": "prod"}, "malformed"),
        ({"CERMIN_COLOUR": "red"}, "CERMIN_COLOUR"),
        ({"CERMIN_SMTP_HOST": "mail.example.go.id"}, "CERMIN_MAIL_FROM"),
        ({"CERMIN_MAIL_QUIET_FROM": "24"}, "mail_quiet_from"),
        (MAIL | {"CERMIN_MAIL_HOLIDAYS_FILE": "/nowhere"}, "CERMIN_MAIL_HOLIDAYS_FILE"),
        (MAIL | {"CERMIN_MAIL_PER_MINUTE": "0"}, "CERMIN_MAIL_PER_MINUTE"),
        (MAIL | {"CERMIN_SMTP_SECURITY": "none"}, "CERMIN_SMTP_SECURITY"),
        (
            {"CERMIN_PEOPLE_URL": "sqlite:////tmp/one", "CERMIN_ANSWERS_URL": "sqlite:////tmp/one"},
            "CERMIN_ANSWERS_URL",
        ),
    ],
)
def test_a_weak_or_wrong_setting_is_refused_by_name(
    tmp_path: Path, changes: dict[str, str], named: str
) -> None:
    with pytest.raises(SettingsError, match=named):
        load_settings(production(tmp_path, **changes))


def test_development_makes_a_secret_of_its_own_and_keeps_it(tmp_path: Path) -> None:
    environ = {"CERMIN_DATA_DIRECTORY": str(tmp_path / "var")}
    first = load_settings(environ).secret_key
    assert len(first) >= 32
    assert load_settings(environ).secret_key == first
    assert (tmp_path / "var" / "secret_key").stat().st_mode & 0o077 == 0


def test_the_port_is_part_of_the_address_on_slips(tmp_path: Path) -> None:
    environ = {"CERMIN_DATA_DIRECTORY": str(tmp_path / "var"), "PORT": "9000"}
    assert load_settings(environ).base_url == "http://127.0.0.1:9000"


def test_settings_cannot_be_changed(tmp_path: Path) -> None:
    settings = load_settings({"CERMIN_DATA_DIRECTORY": str(tmp_path / "var")})
    with pytest.raises(AttributeError):
        settings.city = "Kota lain"  # type: ignore[misc]


def test_only_the_service_itself_looks_into_its_data(tmp_path: Path) -> None:
    settings = load_settings({"CERMIN_DATA_DIRECTORY": str(tmp_path / "var")})
    (tmp_path / "var").chmod(0o755)
    connect_all(settings).dispose()
    assert (tmp_path / "var").stat().st_mode & 0o077 == 0
