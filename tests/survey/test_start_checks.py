"""The service does not start in production with demo accounts or a debugger."""

from pathlib import Path

import msgspec
import pytest

from survey.app import create_app
from survey.config import Settings, SettingsError
from survey.db import Databases, transaction
from survey.services.accounts import accounts
from survey.start_checks import refuse_weak_setup
from tests.conftest import PASSWORD


@pytest.fixture
def production(settings: Settings, tmp_path: Path) -> Settings:
    return msgspec.structs.replace(settings, environment="production", base_url="https://example.go.id")


def test_demo_accounts_are_refused_in_production(production: Settings, databases: Databases) -> None:
    app = create_app(production, databases)
    refuse_weak_setup(app)
    with transaction(databases.people) as people:
        accounts.create_account(people, "hr", PASSWORD, ("hr_admin",), is_demo=True)
    with pytest.raises(SettingsError, match="demo accounts"):
        refuse_weak_setup(app)


def test_the_debugger_is_refused_in_production(production: Settings, databases: Databases) -> None:
    app = create_app(production, databases)
    app.debug = True
    with pytest.raises(SettingsError, match="debugger"):
        refuse_weak_setup(app)


def test_cookies_are_secure_in_production(production: Settings, databases: Databases) -> None:
    app = create_app(production, databases)
    assert app.config["SESSION_COOKIE_SECURE"] is True
    answer = app.test_client().get("/", base_url="https://example.go.id")
    assert "max-age=63072000" in answer.headers["Strict-Transport-Security"]


def test_demo_accounts_are_welcome_in_development(settings: Settings, databases: Databases) -> None:
    with transaction(databases.people) as people:
        accounts.create_account(people, "hr", PASSWORD, ("hr_admin",), is_demo=True)
    refuse_weak_setup(create_app(settings, databases))
