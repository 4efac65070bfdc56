"""`import-people`: both files or nothing."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from survey.commands.people import command
from survey.db import reading
from survey.models.people import Employee

UNITS = "kode,nama\nDINKES,Dinas Kesehatan\n"
PEOPLE = "nip,jenis,nama,unit,atasan\n198001012005011001,PNS,Ani,DINKES,\n"


@pytest.fixture
def run(monkeypatch, databases, settings, tmp_path):
    """Runs a command on the test's databases; files are written from their text."""
    monkeypatch.setenv("CERMIN_DATA_DIRECTORY", str(settings.data_directory))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def run(chosen, *arguments, files=(), entered=None):
        paths = []
        for number, text in enumerate(files):
            path = tmp_path / f"{number}.csv"
            path.write_text(text, encoding="utf-8")
            paths.append(str(path))
        return CliRunner().invoke(chosen, [*paths, *arguments], input=entered)

    return run


def names(databases) -> list[str]:
    with reading(databases.people) as session:
        return list(session.scalars(select(Employee.name)))


def test_two_files_are_brought_in(run, databases):
    result = run(command, files=[UNITS, PEOPLE])
    assert result.exit_code == 0, result.output
    assert "File of employees: 1 new, 0 changed, 0 unchanged, 0 kept as they are." in result.stdout
    assert names(databases) == ["Ani"]


def test_a_dry_run_saves_nothing(run, databases):
    result = run(command, "--dry-run", files=[UNITS, PEOPLE])
    assert result.exit_code == 0
    assert "Nothing is saved yet." in result.stdout
    assert names(databases) == []


def test_a_bad_file_ends_with_code_2_and_the_report_on_standard_error(run, databases):
    result = run(command, files=[UNITS, PEOPLE + "1,SALAH,Budi,DINKES,2\n"])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Places to mend: 2; listed: 2." in result.stderr
    assert "File of employees: Row 3, column “jenis”: “SALAH” is not a kind of employee." in result.stderr
    assert "Row 3, column “atasan”: There is no employee with the number 2." in result.stderr
    assert names(databases) == []


def test_the_report_is_indonesian_in_an_indonesian_terminal(run, monkeypatch):
    monkeypatch.setenv("LC_ALL", "id_ID.UTF-8")
    result = run(command, files=["x,nama\n1,2\n", PEOPLE])
    assert "Berkas unit: Baris 1, kolom “kode”: Kolom ini tidak ada dalam berkas." in result.stderr


def test_columns_that_are_not_read_are_said(run):
    result = run(
        command,
        files=[UNITS, PEOPLE.replace("atasan\n", "atasan,pangkat\n").replace("DINKES,\n", "DINKES,,III\n")],
    )
    assert "Columns that are not read: pangkat." in result.stdout
