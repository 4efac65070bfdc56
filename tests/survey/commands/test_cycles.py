"""`close` and `export-appraisals`: what they do, and what they say to bad input."""

import errno
from pathlib import Path
from typing import IO

import openpyxl
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from survey.commands.cycles import close_command, export_command
from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.models.audit import AuditEvent
from survey.models.cycles import Cycle
from survey.services.auditing.public_log import PUBLIC_ACTIONS
from survey.services.cycles import cycles
from survey.services.documents import export_files
from tests.factories import answer, make_team, make_unit, open_cycle, plan
from tests.survey.results import counted, release

BY_STAFF = AuditEvent.action.not_in(PUBLIC_ACTIONS)


@pytest.fixture(autouse=True)
def environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands read their settings from the environment, as on a server."""
    monkeypatch.setenv("CERMIN_DATA_DIRECTORY", str(settings.data_directory))
    monkeypatch.setenv("CERMIN_ENVIRONMENT", "test")


def run(command, *arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments))


def test_close_counts_an_open_cycle_by_its_name(databases: Databases, settings: Settings) -> None:
    with transaction(databases.people) as people:
        team = make_team(people, make_unit(people), 6)
    cycle = open_cycle(databases, settings, plan("Semester II"))
    for rater in team:
        answer(databases, cycle, rater, lambda *_: 4)
    result = run(close_command, "Semester II")
    assert result.exit_code == 0, result.output
    assert "6/6 appraise" in result.stderr
    with reading(databases.people) as people:
        assert people.scalars(select(Cycle.state)).one() == "tallied"
        event = people.scalars(select(AuditEvent).where(BY_STAFF)).one()
    assert (event.action, event.account_id) == ("cycle.close", None)


def test_close_refuses_what_is_not_open_and_changes_nothing(databases: Databases) -> None:
    with transaction(databases.people) as people:
        public_id = cycles.create_cycle(people, plan()).public_id
    result = run(close_command, public_id)
    assert result.exit_code == 2
    assert "draft" in result.stderr
    with reading(databases.people) as people:
        assert people.scalars(select(AuditEvent).where(BY_STAFF)).all() == []


@pytest.mark.parametrize("command", [close_command, export_command])
def test_an_unknown_cycle_is_bad_input(databases: Databases, command, tmp_path: Path) -> None:
    more = ["--out", str(tmp_path / "x.csv")] if command is export_command else []
    result = run(command, "nothing", *more)
    assert result.exit_code == 2
    assert "there is no cycle 'nothing'" in result.stderr


def test_export_writes_both_kinds_of_file(databases: Databases, settings: Settings, tmp_path: Path) -> None:
    done = counted(databases, settings)
    for kind in ("csv", "xlsx"):
        result = run(export_command, done.cycle.name, "--out", str(tmp_path / f"a.{kind}"))
        assert result.exit_code == 0, result.output
    assert (tmp_path / "a.csv").read_text("utf-8-sig").startswith("NIP;Nama;Unit;")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert sheet.max_row == len(done.team) + 1
    with reading(databases.people) as people:
        assert people.scalars(select(AuditEvent.action).where(BY_STAFF)).all() == ["appraisals.export"] * 2


def test_rater_groups_are_exported_once_the_cycle_is_released(
    databases: Databases, settings: Settings, tmp_path: Path
) -> None:
    done = counted(databases, settings)
    to = ("--groups", "--out", str(tmp_path / "g.csv"))
    early = run(export_command, done.cycle.name, *to)
    assert early.exit_code == 2 and "release it first" in early.output
    assert not (tmp_path / "g.csv").exists()
    release(databases, done.cycle)
    assert run(export_command, done.cycle.name, *to).exit_code == 0
    assert (tmp_path / "g.csv").read_text("utf-8-sig").count("\n") > 50


def test_export_refuses_a_kind_of_file_it_does_not_know(databases: Databases, tmp_path: Path) -> None:
    result = run(export_command, "x", "--out", str(tmp_path / "a.ods"))
    assert result.exit_code == 2
    assert ".csv or .xlsx" in result.stderr


def test_export_of_a_cycle_that_is_not_counted_makes_no_file(databases: Databases, tmp_path: Path) -> None:
    with transaction(databases.people) as people:
        cycles.create_cycle(people, plan())
    result = run(export_command, "Uji", "--out", str(tmp_path / "a.csv"))
    assert result.exit_code == 2
    assert "close it first" in result.stderr
    assert not (tmp_path / "a.csv").exists()


def test_export_to_a_place_that_cannot_be_written_is_bad_input(
    databases: Databases, settings: Settings, tmp_path: Path
) -> None:
    done = counted(databases, settings)
    result = run(export_command, done.cycle.name, "--out", str(tmp_path / "nowhere" / "a.csv"))
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


def test_an_export_that_breaks_off_leaves_the_earlier_file_as_it_was(
    databases: Databases, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(_table: object, target: IO[bytes]) -> None:
        target.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    done = counted(databases, settings)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.csv").write_text("before")
    monkeypatch.setitem(export_files.WRITERS, "csv", break_off)
    result = run(export_command, done.cycle.name, "--out", str(tmp_path / "out" / "a.csv"))
    assert result.exit_code == 2
    assert "No space left" in result.stderr
    assert [(path.name, path.read_text()) for path in (tmp_path / "out").iterdir()] == [("a.csv", "before")]
    with reading(databases.people) as people:
        assert people.scalars(select(AuditEvent).where(BY_STAFF)).all() == []
