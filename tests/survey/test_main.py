"""`python -m survey` as an operator runs it: exit codes, where the report stands, nothing by halves."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from survey.config import Settings
from survey.db import Databases, reading
from survey.services.accounts import accounts
from survey.services.organisation import people

ROOT = Path(__file__).parents[2]
PASSWORD, OTHER = "a long enough password", "another long password"
NUMBER = "198001012005011001"
UNITS = "sep=;\nkode;nama\nDINKES;Dinas Kesehatan\n"
PEOPLE = f"nip,jenis,nama,unit,atasan\n{NUMBER},PNS,Ani,DINKES,\n"
RATINGS = "who,a,b\nx,1,2\nx,2,3\ny,3,3\n"
ELEMENTS = ",".join(f"u{place}" for place in range(1, 10))
ANALYSE = ("--subject", "who", "--items", "a,b", "--scale", "1:5", "--language", "en")


@dataclass(frozen=True)
class Site:
    """An installation, and a place for files beside it."""

    settings: Settings
    folder: Path

    def file(self, name: str, text: str) -> str:
        """The path of a new file."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def run(self, *arguments: str, entered: str = "") -> subprocess.CompletedProcess[str]:
        """Run the program as a process of its own."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CERMIN_")}
        place = {"CERMIN_DATA_DIRECTORY": str(self.settings.data_directory), "LC_ALL": "C.UTF-8"}
        return subprocess.run(
            [sys.executable, "-m", "survey", *arguments],
            cwd=ROOT,
            env=kept | place,
            input=entered,
            capture_output=True,
            text=True,
            check=False,
        )

    def done(self, *arguments: str, entered: str = "") -> str:
        """What a run that went well says on standard output."""
        result = self.run(*arguments, entered=entered)
        assert result.returncode == 0, result.stderr
        return result.stdout

    def refused(self, *arguments: str, entered: str = "") -> str:
        """What a run with bad input reports on standard error, and nothing elsewhere."""
        result = self.run(*arguments, entered=entered)
        assert result.returncode == 2, result.stderr
        assert result.stdout == ""
        assert "Traceback" not in result.stderr
        return result.stderr


@pytest.fixture
def site(databases: Databases, settings: Settings, tmp_path: Path) -> Site:
    """A fresh installation with migrated databases."""
    folder = tmp_path / "files"
    folder.mkdir()
    return Site(settings, folder)


def test_ratings_are_analysed_and_bad_ones_leave_the_earlier_results_alone(site: Site) -> None:
    out = site.folder / "out"
    told = site.done("analyse", site.file("r.csv", RATINGS), *ANALYSE, "--out", str(out))
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert sorted(before) == ["reliability.json", "report.html", "subjects.csv"]
    assert all(name in told for name in before)
    assert json.loads(before["reliability.json"])["n_rows"] == 3

    bad = site.refused("analyse", site.file("bad.csv", RATINGS + "y,9,1\n"), *ANALYSE, "--out", str(out))
    assert "Row 5, column “a”: 9 is no step of the scale 1 to 5." in bad
    broken = site.refused("analyse", site.file("b.xlsx", "PK no workbook"), *ANALYSE, "--out", str(out))
    assert "save it again as XLSX or CSV" in broken
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_results_that_cannot_be_written_are_bad_input(site: Site) -> None:
    in_the_way = site.file("file", "")
    told = site.refused("analyse", site.file("r.csv", RATINGS), *ANALYSE, "--out", f"{in_the_way}/out")
    assert "The results cannot be written" in told


def test_the_index_is_computed_and_a_bad_answer_writes_nothing(site: Site) -> None:
    answers = site.file("a.csv", f"{ELEMENTS}\n{','.join('3' * 9)}\n")
    site.done("ikm", answers, "--out", str(site.folder / "out"))
    assert json.loads((site.folder / "out" / "ikm.json").read_text())["ikm"] == 75
    bad = site.file("bad.csv", f"{ELEMENTS}\n{','.join('5' * 9)}\n")
    assert "u1" in site.refused("ikm", bad, "--out", str(site.folder / "none"))
    assert not (site.folder / "none").exists()


def test_people_are_brought_in_and_sign_in_with_passwords_that_can_be_changed(
    site: Site, databases: Databases
) -> None:
    units, employees = site.file("u.csv", UNITS), site.file("p.csv", PEOPLE)
    bad = site.file("bad.csv", PEOPLE + "1,PNS,Budi,TIDAKADA,\n")
    assert "Row 3, column " in site.refused("import-people", units, bad)
    assert not _is_known(databases)
    assert "1 new" in site.done("import-people", units, employees)
    assert _is_known(databases)

    create = ("create-account", "ani", "--role", "employee", "--number", NUMBER)
    assert "12 characters or more" in site.refused(*create, entered="short\n")
    assert "can sign in" in site.done(*create, entered=f"{PASSWORD}\n")
    assert "already" in site.refused(*create, entered=f"{OTHER}\n")
    assert "no account “budi”" in site.refused("set-password", "budi", entered=f"{OTHER}\n")
    assert "new password" in site.done("set-password", "ani", entered=f"{OTHER}\n")
    with reading(databases.people) as session:
        assert accounts.check_password(session, "ani", PASSWORD) is None
        assert accounts.check_password(session, "ani", OTHER)


def test_databases_that_were_not_set_up_are_told_with_the_mend(settings: Settings, tmp_path: Path) -> None:
    told = Site(settings, tmp_path).refused(
        "create-account", "ani", "--role", "hr_admin", entered=f"{PASSWORD}\n"
    )
    assert "python -m survey migrate" in told


def _is_known(databases: Databases) -> bool:
    with reading(databases.people) as session:
        return people.employee_id_of(session, NUMBER) is not None
