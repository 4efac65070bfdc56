"""What the file commands share: whole files or none, and numbers as people read them."""

import errno
import tempfile
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

from survey.commands import analyse, ikm
from survey.commands.output import CannotWrite, number, whole_files

RATINGS = "who,a,b\nx,1,2\nx,2,3\ny,3,3\n"
ANSWERS = ",".join(f"u{place}" for place in range(1, 10)) + "\n" + ",".join("3" * 9) + "\n"
COMMANDS = [
    pytest.param(
        analyse.command,
        RATINGS,
        ["--subject", "who", "--items", "a,b", "--scale", "1:5"],
        "subjects.csv",
        id="analyse",
    ),
    pytest.param(ikm.command, ANSWERS, ["--order", "form"], "ikm.html", id="ikm"),
]


def run(tmp_path: Path, command, text: str, options: list[str], out: Path, language: str = "en"):
    file = tmp_path / "answers.csv"
    file.write_text(text)
    return CliRunner().invoke(command, [str(file), *options, "--out", str(out), "--language", language])


@pytest.mark.parametrize(("command", "text", "options", "name"), COMMANDS)
def test_a_place_that_cannot_be_written_to_is_told_with_the_code_of_bad_input(
    tmp_path: Path, command, text: str, options: list[str], name: str
) -> None:
    (tmp_path / "file").write_text("in the way")
    result = run(tmp_path, command, text, options, tmp_path / "file" / "new" / "out")
    assert result.exit_code == 2
    assert "The results cannot be written to" in result.stderr
    assert "Not a directory" in result.stderr
    assert "Nothing was written." in result.stderr
    assert result.stdout == ""
    assert (
        "tidak dapat ditulis" in run(tmp_path, command, text, options, tmp_path / "file" / "o", "id").stderr
    )


@pytest.mark.parametrize(("command", "text", "options", "name"), COMMANDS)
def test_results_are_not_written_by_halves_when_something_is_in_the_way_of_one(
    tmp_path: Path, command, text: str, options: list[str], name: str
) -> None:
    (tmp_path / "out" / name).mkdir(parents=True)
    result = run(tmp_path, command, text, options, tmp_path / "out")
    assert result.exit_code == 2
    assert name in result.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == [name]


@pytest.mark.parametrize(("command", "text", "options", "name"), COMMANDS)
def test_a_file_that_cannot_be_read_is_told_with_the_code_of_bad_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command, text: str, options: list[str], name: str
) -> None:
    opened = Path.open

    def refuse(path: Path, *rest: object, **named: object):
        if path.name == "answers.csv" and rest == ("rb",):
            raise PermissionError(errno.EACCES, "Permission denied")
        return opened(path, *rest, **named)

    monkeypatch.setattr(Path, "open", refuse)
    result = run(tmp_path, command, text, options, tmp_path / "out")
    assert result.exit_code == 2
    assert "cannot be read" in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_full_disk_leaves_neither_a_draft_nor_a_new_directory_behind(tmp_path: Path) -> None:
    def fail() -> None:
        with whole_files(tmp_path / "new" / "deep") as draft:
            (draft / "half.csv").write_text("half")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(CannotWrite, match="No space left"):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_directory_in_which_no_draft_can_be_made_is_taken_away_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    with pytest.raises(CannotWrite, match="Permission denied"), whole_files(tmp_path / "new"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_failure_that_is_not_about_writing_keeps_its_name_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), whole_files(tmp_path / "new") as draft:
        (draft / "half.csv").write_text("half")
        _ = 1 / 0
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_earlier_results_and_other_files_alone(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("before")
    (tmp_path / "b.csv").mkdir()
    with pytest.raises(CannotWrite, match="Is a directory"), whole_files(tmp_path) as draft:
        (draft / "a.csv").write_text("after")
        (draft / "b.csv").write_text("after")
    assert (tmp_path / "a.csv").read_text() == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "b.csv"]


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (2.125, 2, "2.13"),  # halves to even would give 2.12
        (2.675, 2, "2.68"),  # its nearest binary fraction lies below the half: 2.67
        (2.5, 0, "3"),
        (-2.125, 2, "-2.13"),
        (-0.001, 2, "0.00"),
        (1234567.5, 1, "1,234,567.5"),
        (33291, 0, "33,291"),
        (float(Fraction(5001, 2000)), 3, "2.501"),
        (None, 2, "–"),
        (float("nan"), 2, "–"),
        (float("inf"), 2, "–"),
    ],
)
def test_shown_numbers_are_rounded_as_people_do_on_paper(
    value: float | None, decimals: int, shown: str
) -> None:
    assert number(value, decimals, "en") == shown


def test_shown_numbers_are_written_as_in_the_language() -> None:
    assert number(1234.565, 2, "id") == "1.234,57"
