"""`python -m survey demo`: builds once, keeps, rebuilds what was interrupted, never touches other data."""

import re
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from survey.commands import demo
from survey.config import Settings, load_settings
from survey.db import Databases, connect_all, reading, transaction
from survey.demo.build import City, CityPlan, Report, build_city
from survey.migrate import upgrade_all
from survey.models.accounts import Account
from survey.models.cycles import Cycle
from survey.models.people import Employee
from survey.services.accounts import accounts
from tests.factories import make_unit
from tests.survey.demo.conftest import HAMLET


class Interrupted(Exception):
    """Stands for a lost machine."""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command builds; only a few offices, so that it takes a second."""
    for name in ("CERMIN_PEOPLE_URL", "CERMIN_ANSWERS_URL", "CERMIN_BASE_URL", "PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CERMIN_DATA_DIRECTORY", str(tmp_path / "var"))
    monkeypatch.setenv("CERMIN_ENVIRONMENT", "development")
    monkeypatch.setattr(demo, "build_city", build_hamlet)
    return tmp_path / "var"


def build_hamlet(settings: Settings, databases: Databases, plan: CityPlan, report: Report) -> City:
    return build_city(settings, databases, replace(plan, offices=HAMLET), report)


def break_off(settings: Settings, databases: Databases, plan: CityPlan, report: Report) -> City:
    def stop_at_the_open_cycle(part: str, done: int, total: int) -> None:
        if "2026" in part or "closing" in part:
            raise Interrupted

    return build_hamlet(settings, databases, plan, stop_at_the_open_cycle)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(demo.command, arguments)


def counts(place: Path) -> tuple[int, int, int]:
    """Employees, cycles and accounts."""
    databases = connect_all(load_settings({"CERMIN_DATA_DIRECTORY": str(place)}))
    with reading(databases.people) as people:
        found = [people.scalar(select(func.count()).select_from(m)) for m in (Employee, Cycle, Account)]
    databases.dispose()
    return found[0] or 0, found[1] or 0, found[2] or 0


def test_production_refuses_the_demo(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = place.parent / "secret"
    secret.write_text("s" * 40)
    monkeypatch.setenv("CERMIN_ENVIRONMENT", "production")
    monkeypatch.setenv("CERMIN_SECRET_KEY_FILE", str(secret))
    monkeypatch.setenv("CERMIN_BASE_URL", "https://cermin.example")
    result = run()
    assert result.exit_code == 2
    assert "production refuses" in result.stderr
    assert not place.exists()


def test_the_city_is_built_once_and_the_same_way_in_is_printed_again(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run()
    assert first.exit_code == 0, first.output
    before = counts(place)
    monkeypatch.setenv("PORT", "8555")
    second = run()
    assert second.exit_code == 0
    assert "done in" in first.output
    assert "done in" not in second.output
    assert counts(place) == before
    block = first.output[first.output.index("Demo city:") :]
    assert block.replace(":8360", ":8555") in second.output


def test_only_this_user_can_read_the_passwords_and_they_work(place: Path) -> None:
    output = run().output
    file = place / "demo" / "sign-ins.txt"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    name, password = re.search(r"^  ([a-z]+) +((?:\w{4}-){3}\w{4}) ", output, re.M).groups()
    databases = connect_all(load_settings({"CERMIN_DATA_DIRECTORY": str(place)}))
    with reading(databases.people) as people:
        assert accounts.check_password(people, name, password) is not None
    databases.dispose()


def test_an_interrupted_building_is_begun_anew(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "build_city", break_off)
    assert isinstance(run().exception, Interrupted)
    assert counts(place)[0] > 0
    monkeypatch.setattr(demo, "build_city", build_hamlet)
    result = run()
    assert result.exit_code == 0, result.output
    assert counts(place)[1] == 2
    assert not (place / "demo" / "building").exists()


def test_reset_removes_the_city_with_its_keys_and_builds_another(place: Path) -> None:
    run()
    keys, block = set((place / "keys").iterdir()), (place / "demo" / "sign-ins.txt").read_text()
    result = run("--reset", "--seed", "3")
    assert result.exit_code == 0, result.output
    assert keys.isdisjoint((place / "keys").iterdir())
    assert (place / "demo" / "sign-ins.txt").read_text() != block
    assert counts(place)[1] == 2


def test_a_lost_database_is_built_anew(place: Path) -> None:
    run()
    for file in place.glob("people.sqlite*"):
        file.unlink()
    assert run().exit_code == 0
    assert counts(place)[1] == 2


@pytest.mark.parametrize(("arguments", "code"), [((), 0), (("--reset",), 2)])
def test_data_that_the_demo_did_not_make_is_left_alone(
    place: Path, arguments: tuple[str, ...], code: int
) -> None:
    databases = connect_all(load_settings({"CERMIN_DATA_DIRECTORY": str(place)}))
    upgrade_all(databases)
    with transaction(databases.people) as people:
        make_unit(people)
        accounts.create_account(people, "real", "a password of theirs", ("hr_admin",))
    databases.dispose()
    result = run(*arguments)
    assert result.exit_code == code
    assert "did not make" in result.output
    assert counts(place) == (0, 0, 1)
