"""`analyse` from real files to figures, and what it says about files it cannot use."""

import ast
import csv
import gzip
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from click.testing import CliRunner, Result

from survey.commands.analyse import command
from survey.commands.output import safe_cell
from survey.commands.rating_report import WARNINGS
from tests.analysis.reference_values import HERE, close, column, golden

LEAD = ",".join(f"LEAD{i:02d}" for i in range(1, 12))
WORDS = ("--subject", "who", "--items", "a,b", "--scale", "1:5")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def analyse(tmp_path: Path, text: str, *arguments: str, name: str = "ratings.csv") -> Result:
    """Run on a small file with English messages."""
    file = tmp_path / name
    file.write_text(text)
    return run(file, *WORDS, "--out", tmp_path / "out", "--language", "en", *arguments)


def subjects(directory: Path) -> list[dict[str, str]]:
    with (directory / "subjects.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def reliability(directory: Path) -> dict[str, Any]:
    return json.loads((directory / "reliability.json").read_text())


@pytest.fixture(scope="module")
def lq2002(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("lq2002")
    result = run(HERE / "lq2002.csv", "--subject", "COMPID", "--items", LEAD, "--scale", "1:5", "--out", out)
    assert result.exit_code == 0, result.output
    return out


def test_lq2002_reliability_agrees_with_r(lq2002: Path) -> None:
    results, found = golden("lq2002"), reliability(lq2002)
    alpha, omega, icc1 = (results[f"lead.{key}"] for key in ("alpha.total", "omega1", "icc1.n0"))
    squares, reml, wald = (results[f"lead.{key}"] for key in ("ms", "lmer.reml.var", "icc1.wald_exact_ci95"))
    close(found["alpha"], alpha, column(alpha["value"], "raw_alpha")[0])
    close(found["omega_total"], omega, omega["value"]["omega.tot"])
    close(found["icc1"], icc1, icc1["value"])
    close(found["icck"], results["lead.icck.ci95"], results["lead.icck.ci95"]["value"]["icck"])
    close(found["icc1_ci"], wald, [wald["value"]["lower"], wald["value"]["upper"]])
    close(found["sigma2_within"], squares, squares["value"]["MSW"])
    between = (squares["value"]["MSB"] - squares["value"]["MSW"]) / results["counts"]["value"]["n0"]
    close(found["sigma2_between"], squares, between)
    close([found["reml_sigma2_between"], found["reml_sigma2_within"]], reml, list(reml["value"].values()))
    assert (found["n_rows"], found["n_subjects"], found["n_complete"]) == (2042, 49, 2042)


def test_lq2002_items_agree_with_r(lq2002: Path) -> None:
    stats, drop = golden("lq2002")["lead.item.stats"], golden("lq2002")["lead.alpha.drop"]
    items = reliability(lq2002)["items"]
    for mine, theirs in (("n", "n"), ("mean", "mean"), ("sd", "sd"), ("item_total_r", "r.drop")):
        close([item[mine] for item in items], stats, column(stats["value"], theirs))
    close([item["alpha_if_dropped"] for item in items], drop, column(drop["value"], "raw_alpha"))


def test_lq2002_shrunken_means_agree_with_r(lq2002: Path) -> None:
    results, rows = golden("lq2002"), subjects(lq2002)
    blup, mu = results["lead.lmer.blup"], results["lead.lmer.fixef"]["value"]
    assert [row["subject"] for row in rows] == [row[0] for row in blup["value"]["values"]]
    shrunken = np.array([float(row["shrunken_mean"]) for row in rows]) - mu
    close(shrunken, blup | {"tol": 1e-6}, column(blup["value"], "blup"))
    reliability_of_mean = results["lead.GmeanRel"]
    found = [float(row["reliability"]) for row in rows[:10]]
    close(found, reliability_of_mean | {"tol": 1e-5}, reliability_of_mean["value"]["MeanRel"])


def test_lq2002_standard_errors_are_pooled_and_own(lq2002: Path) -> None:
    """Witness: sqrt(MSW / n) with R's MSW, and s / sqrt(n) of the raw rows."""
    msw = golden("lq2002")["lead.ms"]["value"]["MSW"]
    with (HERE / "lq2002.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["COMPID"] == "2"]
    scores = [np.mean([float(row[name]) for name in LEAD.split(",")]) for row in rows]
    first = subjects(lq2002)[0]
    assert float(first["se"]) == pytest.approx(np.sqrt(msw / 24))
    assert float(first["se_own"]) == pytest.approx(np.std(scores, ddof=1) / np.sqrt(24))
    assert float(first["mean"]) == pytest.approx(np.mean(scores))


def test_lq2002_report_stands_alone_and_shows_numbers_beside_plots(lq2002: Path) -> None:
    report = (lq2002 / "report.html").read_text()
    for name, method in (("ICC(1)", "Wald"), ("ICC(k)", "F, eksak bila")):
        row = re.search(rf"<tr><th scope=.row.>{re.escape(name)}<.*?</tr>", report, re.S)
        assert row and method in row[0]
    assert report.count("<svg") == len(re.findall(r"<svg[^>]* viewBox=", report)) == 3
    assert re.search(r"\.figure svg \{ width: 100%; height: auto", report)  # whole on a phone
    assert 'lang="id"' in report
    assert "0,902" in report
    for outside in ('src="http', "<script", "<link", "@import", 'url("http'):
        assert outside not in report


def test_insteval_agrees_with_r(tmp_path: Path) -> None:
    result = run(
        HERE / "insteval_open.csv.gz", "--subject", "d", "--items", "y", "--scale", "1:5", "--out", tmp_path
    )
    assert result.exit_code == 0, result.output
    results, found, rows = golden("insteval_open"), reliability(tmp_path), subjects(tmp_path)
    close(found["icc1"], results["icc1.n0"], results["icc1.n0"]["value"])
    close(found["icck"], results["icck.MSBMSW"], results["icck.MSBMSW"]["value"])
    reml = results["lmer.d.reml.var"]
    close([found["reml_sigma2_between"], found["reml_sigma2_within"]], reml, list(reml["value"].values()))
    assert found["alpha"] is None
    assert "one_item" in found["warnings"]
    assert len(rows) == 564
    blup = results["lmer.d.blup.first20"]
    mu = results["lmer.d.reml.fixef"]["value"]["(Intercept)"]
    by_subject = {row["subject"]: float(row["shrunken_mean"]) - mu for row in rows}
    found20 = [by_subject[row[0]] for row in blup["value"]["values"]]
    close(found20, blup | {"tol": 1e-5}, column(blup["value"], "blup"))


def test_each_group_has_its_analysis_and_one_stands_over_all(tmp_path: Path) -> None:
    rows = [
        f"{who},U{who[0]},{group},{1 + (i * j) % 5},{1 + (i + j) % 5}"
        for i, who in enumerate(["a1", "b2", "c3"])
        for group in ("peer", "boss")
        for j in range(6 if group == "peer" else 1)
    ]
    result = analyse(tmp_path, "who,unit,from,a,b\n" + "\n".join(rows), "--unit", "unit", "--group", "from")
    assert result.exit_code == 0, result.output
    found, listed = reliability(tmp_path / "out"), subjects(tmp_path / "out")
    assert set(found["groups"]) == {"peer", "boss"}
    assert (found["n_rows"], found["groups"]["peer"]["n_rows"], found["groups"]["boss"]["n_rows"]) == (
        21,
        18,
        3,
    )
    assert found["groups"]["boss"]["icc1"] is None
    assert "no_subject_with_two_raters" in found["groups"]["boss"]["warnings"]
    assert [(row["group"], row["subject"], row["unit"], row["flag"]) for row in listed[:3]] == [
        ("boss", "a1", "Ua", "below_minimum"),
        ("boss", "b2", "Ub", "below_minimum"),
        ("boss", "c3", "Uc", "below_minimum"),
    ]
    assert {row["flag"] for row in listed if row["group"] == "peer"} == {""}
    report = (tmp_path / "out" / "report.html").read_text()
    assert "Rater group: peer" in report


def test_a_row_counts_when_at_least_half_of_its_items_are_answered(tmp_path: Path) -> None:
    result = analyse(tmp_path, "who,a,b\nx,2,NA\nx,,\nx,4,2\ny,1,1\ny,5,\n")
    assert result.exit_code == 0, result.output
    found, listed = reliability(tmp_path / "out"), subjects(tmp_path / "out")
    assert (found["n_rows"], found["n_rows_counted"], found["n_complete"]) == (5, 4, 2)
    assert [(row["subject"], row["n"], float(row["mean"])) for row in listed] == [
        ("x", "2", 2.5),
        ("y", "2", 3.0),
    ]
    assert [item["n"] for item in found["items"]] == [4, 2]


def test_a_subject_without_a_counting_row_stays_with_empty_figures(tmp_path: Path) -> None:
    analyse(tmp_path, "who,a,b\nx,,\ny,1,1\ny,5,4\nz,2,3\nz,2,2\n")
    first = subjects(tmp_path / "out")[0]
    assert (first["subject"], first["n"], first["mean"], first["se"]) == ("x", "0", "", "")


@pytest.mark.parametrize(
    "text",
    [
        "who,a,b\nx,3,3\nx,3,3\ny,3,3\ny,3,3\n",
        "who,a,b\nx,1,2\n",
        "who,a,b\nx,,\ny,,\n",
        "who,a,b\nx,1,5\nx,5,1\ny,5,1\ny,1,5\n",
        "who,a,b\nx,1,1\nx,1,1\ny,5,5\ny,5,5\n",
        "who,a,b\nx,1,3\nx,2,3\ny,5,3\ny,4,3\n",
    ],
    ids=["all equal", "one row", "nothing answered", "no difference", "perfect", "constant item"],
)
@pytest.mark.parametrize("language", ["id", "en"])
def test_data_that_give_no_answer_still_give_a_report(tmp_path: Path, text: str, language: str) -> None:
    result = analyse(tmp_path, text, "--language", language)
    assert result.exit_code == 0, result.output
    assert reliability(tmp_path / "out")["warnings"]


def test_a_decimal_comma_is_a_decimal_sign(tmp_path: Path) -> None:
    analyse(tmp_path, 'who;a;b\nx;"2,5";3\nx;3;3\n')
    assert float(subjects(tmp_path / "out")[0]["mean"]) == pytest.approx(2.875)


def test_packed_and_spreadsheet_files_give_the_same_as_csv(tmp_path: Path) -> None:
    rows = [["who", "a", "b"], ["x", 1, 2], ["x", 3, 4], ["y", 5, 5], ["y", 4, 4]]
    text = "\n".join(",".join(map(str, row)) for row in rows)
    (tmp_path / "r.csv").write_text(text)
    (tmp_path / "r.csv.gz").write_bytes(gzip.compress(text.encode()))
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "r.xlsx")
    for name in ("r.csv", "r.csv.gz", "r.xlsx"):
        assert run(tmp_path / name, *WORDS, "--out", tmp_path / name.replace(".", "_")).exit_code == 0
    one, two, three = (reliability(tmp_path / name) for name in ("r_csv", "r_csv_gz", "r_xlsx"))
    assert one == two == three


@pytest.mark.parametrize(
    ("text", "report"),
    [
        ("who,a,c\nx,1,2\n", "Row 1, column “b”: There is no column of this name. The file has: who, a, c."),
        ("who,a,b\nx,1,2\nx,6,2\n", "Row 3, column “a”: 6 is no step of the scale 1 to 5."),
        ("who,a,b\nx,1,two\n", "Row 2, column “b”: “two” is not a number."),
        ("who,a,b\nx,1,inf\n", "Row 2, column “b”: “inf” is not a number."),
        ("who,a,b\n,1,2\n", "Row 2, column “who”: The cell is empty."),
        ("who,a,b\nx,1,=1+1\n", "Row 2, column “b”: This cell holds a formula."),
        ("who,a,b\n", "no rows below them"),
    ],
)
def test_bad_input_is_told_with_row_column_and_mend(tmp_path: Path, text: str, report: str) -> None:
    result = analyse(tmp_path, text)
    assert result.exit_code == 2
    assert report in result.stderr
    assert result.stdout == ""
    assert not (tmp_path / "out").exists()


def test_bad_input_is_told_in_indonesian_by_default(tmp_path: Path) -> None:
    result = analyse(tmp_path, "who,a,b\nx,9,2\n", "--language", "id")
    assert "Berkas ini tidak dapat dipakai. Tidak ada yang ditulis." in result.stderr
    assert "Perbaiki sel ini" in result.stderr


def test_bad_input_leaves_earlier_results_alone(tmp_path: Path) -> None:
    analyse(tmp_path, "who,a,b\nx,1,2\nx,2,2\n")
    before = {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir()}
    assert analyse(tmp_path, "who,a,b\nx,9,2\n").exit_code == 2
    assert {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir()} == before


@pytest.mark.parametrize("wrong", [("--scale", "5"), ("--scale", "5:1"), ("--items", ""), ("--items", "a,a")])
def test_wrong_options_leave_with_the_code_of_bad_input(tmp_path: Path, wrong: tuple[str, str]) -> None:
    assert analyse(tmp_path, "who,a,b\nx,1,2\n", *wrong).exit_code == 2


def test_latin_1_is_read_with_a_note(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_bytes("who,a,b\nJosé,1,2\nJosé,2,3\n".encode("latin-1"))
    result = run(tmp_path / "r.csv", *WORDS, "--out", tmp_path / "out", "--language", "en")
    assert result.exit_code == 0
    assert "Windows-1252" in result.stderr
    assert subjects(tmp_path / "out")[0]["subject"] == "José"


def test_two_hundred_thousand_rows_are_analysed(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    rows = np.column_stack([rng.integers(0, 3000, 200_000), rng.integers(1, 6, (200_000, 2))])
    np.savetxt(tmp_path / "r.csv", rows, fmt="%d", delimiter=",", header="who,a,b", comments="")
    result = run(tmp_path / "r.csv", *WORDS, "--out", tmp_path / "out")
    assert result.exit_code == 0
    assert reliability(tmp_path / "out")["n_rows"] == 200_000


def test_names_that_look_like_formulas_are_defused_in_csv_and_harmless_in_html(tmp_path: Path) -> None:
    analyse(tmp_path, "who,a,b\n@sum,1,2\n@sum,2,2\n<b>x</b>,3,3\n<b>x</b>,2,3\n-5,4,4\n")
    assert {row["subject"] for row in subjects(tmp_path / "out")} == {"'@sum", "<b>x</b>", "-5"}
    assert "<b>x</b>" not in (tmp_path / "out" / "report.html").read_text()


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1", "'=1"),
        ("+x", "'+x"),
        ("-x", "'-x"),
        ("@x", "'@x"),
        ("-1.5", "-1.5"),
        (-1.5, "-1.5"),
        (None, ""),
        ("x", "x"),
    ],
)
def test_cells_are_safe_for_spreadsheets(value: object, cell: str) -> None:
    assert safe_cell(value) == cell


def test_the_command_runs_as_a_program_and_tells_its_steps(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("who,a,b\nx,1,2\nx,2,3\n")
    program = "import click; from survey.commands import analyse; click.Group(commands=[analyse.command])()"
    arguments = ["analyse", tmp_path / "r.csv", *WORDS, "--out", tmp_path / "out", "--language", "en"]
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "[1/4] Reading the file" in done.stderr
    assert "report.html" in done.stdout


def test_an_answer_between_two_steps_is_told(tmp_path: Path) -> None:
    rows = "who,a,b\n" + "".join(f"{n % 4},{1 + n % 5},{1 + (n * 2) % 5}\n" for n in range(12)) + "1,3.5,3\n"
    found = analyse(tmp_path, rows, *WORDS)
    assert found.exit_code == 0
    page = next(tmp_path.rglob("report.html")).read_text()
    assert "Some answers lie between two steps" in page or "di antara dua langkah" in page


def test_every_warning_that_the_figures_can_carry_has_words() -> None:
    sources = ("moments", "_result", "reliability/alpha", "reliability/omega", "agreement/oneway")
    root = Path(__file__).parents[3] / "analysis"
    strings = {
        node.value
        for name in sources
        for node in ast.walk(ast.parse((root / f"{name}.py").read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    codes = {text for text in strings if re.fullmatch(r"[a-z]+(_[a-z]+)+", text)}
    only_elsewhere = {"pair_never_answered_together"}  # of pairwise rows, which `analyse` does not use
    assert codes - only_elsewhere <= set(WARNINGS)
    assert "perfect_agreement" in codes
