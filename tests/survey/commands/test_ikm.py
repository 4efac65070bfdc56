"""`ikm` from answers to the index, by number and by name, in both orders."""

import csv
import json
import math
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from survey.commands.ikm import command
from survey.rules import satisfaction_policy, satisfaction_rules
from tests.analysis.reference_values import HERE

SEKADAU = HERE / "skm" / "sekadau_2019_raw49.csv"
NUMBERS = [f"u{i}" for i in range(1, 10)]


def run(file: Path, out: Path, *arguments: str) -> Result:
    return CliRunner().invoke(command, [str(file), "--out", str(out), "--language", "en", *arguments])


def ikm(out: Path) -> dict[str, Any]:
    return json.loads((out / "ikm.json").read_text())


def answers(tmp_path: Path, header: list[str], *rows: list[object]) -> Path:
    file = tmp_path / "answers.csv"
    with file.open("w", newline="") as target:
        csv.writer(target).writerows([header, *rows])
    return file


def rows_with_sums(row: dict[str, str]) -> list[list[int]]:
    """Answers from 1 to 4 with the published sums."""
    n = int(row["n"])
    columns = []
    for name in NUMBERS:
        rest = int(row[f"sum_{name}"]) - n
        columns.append([1 + max(0, min(3, rest - 3 * i)) for i in range(n)])
    return [list(row) for row in zip(*columns, strict=True)]


def test_sekadau_raw_rows(tmp_path: Path) -> None:
    """Witness: the published rows' sums, 138 139 150 177 159 163 161 143 159 over 49, give 78.74, B."""
    result = run(SEKADAU, tmp_path)
    assert result.exit_code == 0, result.output
    found = ikm(tmp_path)
    assert found["ikm"] == 78.74
    assert found["ni"] == pytest.approx(1389 / 441, abs=1e-12)
    assert (found["band"], found["n"], found["weights"], found["order"]) == ("B", 49, "1/9", "regulation")
    sums = [round(unsur["nrr"] * unsur["n"]) for unsur in found["unsur"].values()]
    assert sums == [138, 139, 150, 177, 159, 163, 161, 143, 159]
    assert list(found["unsur"]) == list(satisfaction_policy().elements)


@pytest.mark.parametrize(
    ("unit", "arguments", "published"),
    [
        ("Unnamed agency website, Triwulan 1", ["--nrr-decimals", "3"], 94.53),
        ("Unnamed agency website, Triwulan 2", ["--nrr-decimals", "3"], 95.02),
        ("GASPUL service app, Triwulan III", ["--weights", "0.11"], 90.56),
        ("GASPUL service app, Triwulan III", [], 91.48),
        ("MPP/DPMPTSP Kab. Jepara, Semester 1", [], 96.90),
        ("Kab. Sekadau, Semester I, first 49 rows", [], 78.74),
    ],
)
def test_published_figures(tmp_path: Path, unit: str, arguments: list[str], published: float) -> None:
    with (HERE / "skm" / "worked_examples_detail.csv").open() as file:
        example = next(row for row in csv.DictReader(file) if row["unit"] == unit)
    result = run(answers(tmp_path, NUMBERS, *rows_with_sums(example)), tmp_path / "out", *arguments)
    assert result.exit_code == 0, result.output
    assert ikm(tmp_path / "out")["ikm"] == published


def test_the_order_says_what_u8_and_u9_are(tmp_path: Path) -> None:
    file = answers(tmp_path, NUMBERS, [3, 3, 3, 3, 3, 3, 3, 1, 4])
    silent = run(file, tmp_path / "a")
    run(file, tmp_path / "b", "--order", "form")
    asked = run(file, tmp_path / "c", "--order", "regulation")
    a, b = ikm(tmp_path / "a"), ikm(tmp_path / "b")
    assert (a["unsur"]["pengaduan"]["nrr"], a["unsur"]["sarpras"]["nrr"], a["order"]) == (1, 4, "regulation")
    assert (b["unsur"]["pengaduan"]["nrr"], b["unsur"]["sarpras"]["nrr"], b["order"]) == (4, 1, "form")
    assert a["ikm"] == b["ikm"]
    assert "u8 was taken as complaints" in silent.stderr
    assert "u8 was taken as complaints" in (tmp_path / "a" / "ikm.html").read_text()
    assert "u8 was taken as complaints" not in asked.stderr


def test_columns_may_carry_the_elements_names(tmp_path: Path) -> None:
    names = list(satisfaction_rules().form_order.names)
    result = run(answers(tmp_path, [name.title() for name in names], [3, 3, 3, 3, 3, 3, 3, 1, 4]), tmp_path)
    assert result.exit_code == 0, result.output
    found = ikm(tmp_path)
    assert (found["unsur"]["sarpras"]["nrr"], found["unsur"]["pengaduan"]["nrr"]) == (1, 4)
    assert found["order"] == "names"
    assert "u8" not in result.stderr


def test_each_element_is_divided_by_its_own_answers(tmp_path: Path) -> None:
    file = answers(tmp_path, NUMBERS, [4, "", 3, 3, 3, 3, 3, 3, 3], [2, 4, "NA", 3, 3, 3, 3, 3, 3])
    run(file, tmp_path)
    found = ikm(tmp_path)["unsur"]
    assert [found[name]["n"] for name in ("persyaratan", "prosedur", "waktu", "biaya")] == [2, 1, 1, 2]
    assert [found[name]["nrr"] for name in ("persyaratan", "prosedur", "waktu")] == [3, 4, 3]


def test_an_element_without_answers_leaves_no_index_but_a_page_that_says_so(tmp_path: Path) -> None:
    result = run(answers(tmp_path, NUMBERS, [3, 3, 3, "", 3, 3, 3, 3, 3]), tmp_path)
    assert result.exit_code == 0
    found = ikm(tmp_path)
    assert found["ikm"] is found["ni"] is found["band"] is found["unsur"]["biaya"]["nrr"] is None
    assert found["warnings"] == ["element_without_answers"]
    assert "There is no index" in (tmp_path / "ikm.html").read_text()


def test_the_page_is_indonesian_by_default_and_stands_alone(tmp_path: Path) -> None:
    result = CliRunner().invoke(command, [str(SEKADAU), "--out", str(tmp_path)])
    assert result.exit_code == 0
    page = (tmp_path / "ikm.html").read_text()
    assert "78,74" in page
    assert "49 orang menjawab" in page
    assert page.count("<svg") == 1
    assert "<script" not in page
    assert 'src="http' not in page


@pytest.mark.parametrize(
    ("header", "row", "report"),
    [
        (NUMBERS[:8], [3] * 8, "Row 1, column “u9”: This element's column is missing."),
        (NUMBERS, [5, *[3] * 8], "Row 2, column “u1”: 5 is no step of the scale 1 to 4."),
        (NUMBERS, [2.5, *[3] * 8], "Row 2, column “u1”: 2.5 is no step of the scale 1 to 4."),
        (NUMBERS, ["baik", *[3] * 8], "Row 2, column “u1”: “baik” is not a number."),
        (["persyaratan", "waktu"], [3, 3], "Row 1, column “prosedur”: This element's column is missing."),
    ],
)
def test_bad_input_is_told_with_row_column_and_mend(
    tmp_path: Path, header: list[str], row: list[object], report: str
) -> None:
    result = run(answers(tmp_path, header, row), tmp_path / "out")
    assert result.exit_code == 2
    assert report in result.stderr
    assert result.stdout == ""
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("wrong", [["--order", "mine"], ["--weights", "0.1"], ["--nrr-decimals", "2"]])
def test_wrong_options_leave_with_the_code_of_bad_input(tmp_path: Path, wrong: list[str]) -> None:
    assert run(SEKADAU, tmp_path / "out", *wrong).exit_code == 2


def test_every_part_of_the_rule_names_its_source() -> None:
    rules = satisfaction_rules()
    parts = (rules.elements, rules.form_order, rules.answers, rules.factor, rules.bands, *rules.weights.modes)
    assert all(
        part.source.article and part.source.confidence in ("REG", "SEC", "MEM", "CALC") for part in parts
    )
    assert [(band.code, str(band.cut)) for band in rules.bands.table] == [
        ("D", "25.00"),
        ("C", "65.00"),
        ("B", "76.61"),
        ("A", "88.31"),
    ]


def test_the_index_and_its_elements_carry_their_intervals(tmp_path: Path) -> None:
    assert run(SEKADAU, tmp_path).exit_code == 0
    found = ikm(tmp_path)
    low, high = found["ikm_ci"]
    assert low < found["ikm_exact"] < high
    # t of 48 degrees of freedom on the logit of the share of the scale, turned back
    p = (found["ikm_exact"] - 25) / 75
    half = 2.0106347546964454 * found["ikm_se"] / (75 * p * (1 - p))
    limits = [25 + 75 / (1 + (1 - p) / p * math.exp(sign * half)) for sign in (1, -1)]
    assert found["ikm_ci"] == pytest.approx(limits)
    for element in found["unsur"].values():
        assert element["ci"][0] <= element["nrr"] <= element["ci"][1]
    assert run(SEKADAU, tmp_path, "--population", "98").exit_code == 0
    assert ikm(tmp_path)["ikm_se"] == pytest.approx(found["ikm_se"] * 0.5**0.5)
    page = (tmp_path / "ikm.html").read_text()
    assert "if those who answered were drawn at random" in page


def test_the_index_and_its_elements_are_printed_with_their_intervals(tmp_path: Path) -> None:
    lines = run(SEKADAU, tmp_path).stdout.splitlines()
    assert lines[0] == (
        "Satisfaction index: 78.74 (95% interval 76.17 to 81.14), band B (Good), 49 people answered"
    )
    assert lines[1] == "Requirements: 2.82 (95% interval 2.67 to 2.95), 49 answers"
    assert len(lines) == 11


def test_answers_that_are_all_alike_are_printed_without_an_interval(tmp_path: Path) -> None:
    file = answers(tmp_path, NUMBERS, *[[4] * 9] * 5, [4] * 8)
    result = run(file, tmp_path)
    assert result.stdout.startswith("Satisfaction index: 100.00, band A (Very good), 6 people answered\n")
    found = ikm(tmp_path)
    assert (found["ikm_ci"], found["ikm_se"], found["n_incomplete"]) == (None, 0, 1)
    assert found["ikm_ci_warnings"] == ["no_variance", "few_rows"]
    assert all(element["ci"] is None for element in found["unsur"].values())
    page = (tmp_path / "ikm.html").read_text()
    assert "All people answered alike" in page
    assert "1 of them left out at least one element." in page


def test_an_element_that_nobody_answered_is_printed_and_no_index(tmp_path: Path) -> None:
    lines = run(answers(tmp_path, NUMBERS, *[[3, 3, 3, "", 3, 3, 3, 3, 3]] * 3), tmp_path).stdout.splitlines()
    assert lines[0].startswith("Requirements: 3.00, 3 answers")
    assert lines[3] == "Cost or fee: –, 0 answers"


def test_a_population_below_the_respondents_is_refused_at_its_option(tmp_path: Path) -> None:
    result = run(SEKADAU, tmp_path, "--population", "10")
    assert result.exit_code == 2
    assert "--population" in result.output
