"""Appraisals as CSV and XLSX: what Excel reads, what is left out, and what can never be a formula."""

import csv
import io
import re

import openpyxl
import pytest
from flask import Flask
from flask_babel import force_locale, gettext
from sqlalchemy import select, update

from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.exceptions import StepNotAllowed
from survey.i18n import decimal
from survey.models.appraisals import Appraisal, ScaleComposite, ScaleScore
from survey.models.cycles import Cycle
from survey.models.people import Employee
from survey.services.accounts.access import WHOLE_CITY
from survey.services.cycles import cycles
from survey.services.documents.export_files import write_csv, write_xlsx
from survey.services.documents.rounding import half_up
from survey.services.gate import disclosure
from survey.services.results import exports
from tests.factories import plan
from tests.survey.results import Counted, counted


@pytest.fixture
def done(databases: Databases, settings: Settings) -> Counted:
    return counted(databases, settings)


def as_csv(databases: Databases, cycle: Cycle, language: str = "en") -> tuple[bytes, list[dict[str, str]]]:
    target = io.BytesIO()
    with reading(databases.people) as people:
        write_csv(exports.appraisal_table(people, WHOLE_CITY, cycle, str, language), target)
    content = target.getvalue()
    return content, list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def as_sheet(databases: Databases, cycle: Cycle) -> list[tuple[object, ...]]:
    target = io.BytesIO()
    with reading(databases.people) as people:
        write_xlsx(exports.appraisal_table(people, WHOLE_CITY, cycle, str, "en"), target)
    return list(openpyxl.load_workbook(target).active.iter_rows(values_only=True))


def change(databases: Databases, model: type, **values: object) -> None:
    with transaction(databases.people) as people:
        people.execute(update(model).values(**values))


@pytest.mark.db
def test_the_file_has_a_row_for_every_subject_by_name(databases: Databases, settings: Settings) -> None:
    done = counted(databases, settings)
    _content, rows = as_csv(databases, done.cycle)
    assert [row["Name"] for row in rows] == sorted(member.name for member in done.team)
    with reading(databases.people) as people:
        stored = people.scalars(select(Appraisal).join(Employee).order_by(Employee.name)).all()
    assert [row["Overall figure"] for row in rows] == [
        f"{half_up(each.composite or 0, 4)}".replace(".", ",") if each.usable else "" for each in stored
    ]


def test_excel_with_indonesian_settings_reads_signs_columns_numbers_and_nip(
    databases: Databases, done: Counted
) -> None:
    change(databases, Appraisal, usable=True, reasons=[], composite=3.456, standard_error=0.123)
    content, rows = as_csv(databases, done.cycle)
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.splitlines()[0].count(b";") >= 20
    assert rows[0]["Overall figure"] == "3,4560"
    assert rows[0]["Standard error"] == "0,1230"
    assert rows[0]["Employee number"] == "19800101 200501 1 001"


def test_a_workbook_keeps_the_nip_as_text_and_figures_as_numbers(databases: Databases, done: Counted) -> None:
    change(databases, Appraisal, usable=True, reasons=[], composite=3.456, standard_error=0.123)
    header, first, *_rest = as_sheet(databases, done.cycle)
    row = dict(zip(header, first, strict=True))
    assert row["Employee number"] == "198001012005011001"
    assert (row["Overall figure"], row["Standard error"]) == (3.456, 0.123)


def test_figures_are_rounded_half_up_as_on_the_pages(app: Flask, databases: Databases, done: Counted) -> None:
    """Witness: 3.12345 is 3.1235 on paper; to even it would be 3.1234. The workbook rounds nothing."""
    change(
        databases,
        Appraisal,
        usable=True,
        reasons=[],
        composite=3.12345,
        standard_error=0.12345,
        reliability=0.62345,
    )
    change(databases, ScaleComposite, composite=2.5, standard_error=0.375, reason=None)
    _content, rows = as_csv(databases, done.cycle)
    first = rows[0]
    assert (first["Overall figure"], first["Standard error"], first["Reliability"]) == (
        "3,1235",
        "0,1235",
        "0,6235",
    )
    assert (first["Loyal"], first["Loyal: standard error"]) == ("2,5000", "0,3750")
    header, cells, *_rest = as_sheet(databases, done.cycle)
    row = dict(zip(header, cells, strict=True))
    assert (row["Overall figure"], row["Standard error"], row["Reliability"]) == (3.12345, 0.12345, 0.62345)
    with app.test_request_context("/?lang=id"):
        assert [decimal(3.125), decimal(0.125), decimal(0.625)] == ["3,13", "0,13", "0,63"]


def in_language(app: Flask, databases: Databases, cycle: Cycle, language: str) -> list[list[str]]:
    """Header and rows as text, translated as the pages are."""
    with app.app_context(), force_locale(language), reading(databases.people) as people:
        table = exports.appraisal_table(people, WHOLE_CITY, cycle, gettext, language)
        return [table.header, *([str(cell or "") for cell in row] for row in table.rows)]


def test_no_header_or_reason_stays_in_the_other_language(
    app: Flask, databases: Databases, done: Counted
) -> None:
    change(
        databases, Appraisal, usable=False, reasons=list(disclosure.REASONS), error_excludes=["supervisor"]
    )
    tables = [in_language(app, databases, done.cycle, language) for language in ("id", "en")]
    own_words = (tables[0][0], tables[1][0]), *zip(*(table[1:] for table in tables), strict=True)
    alike = {
        here
        for id_row, en_row in own_words
        for here, there in zip(id_row, en_row, strict=True)
        if here == there
    }
    people = {text for row in tables[0][1:] for text in row[:3]}
    assert alike - people == {"", "Unit", "Loyal", "Uji"}  # the last one is the cycle's name
    for code, words in (*disclosure.REASONS.items(), *disclosure.SHORT_REASONS.items()):
        with app.app_context(), force_locale("id"):
            assert gettext(words) != words, code


def test_the_indonesian_file_holds_no_english_word_and_its_own_decimal_sign(
    app: Flask, databases: Databases, done: Counted
) -> None:
    change(
        databases,
        Appraisal,
        usable=False,
        reasons=list(disclosure.REASONS),
        error_excludes=["supervisor", "peer", "subordinate"],
    )
    text = " ".join(cell for row in in_language(app, databases, done.cycle, "id") for cell in row)
    english = "the and of or error standard mean raters rater figure group groups usable reliability below "
    english += "behaviour weight cycle rule note method peers supervisor subordinates yes no more less counts"
    assert set(english.split()) & set(re.findall(r"[a-z]+", text.lower())) == set()
    assert "0,50" in text and "4,9" in text
    assert not re.search(r"\d\.\d", text)


def test_an_unusable_figure_is_an_empty_cell_with_its_reason_never_a_zero(
    databases: Databases, done: Counted
) -> None:
    change(
        databases,
        Appraisal,
        usable=False,
        reasons=["low_reliability"],
        composite=3.7777,
        standard_error=0.4444,
    )
    content, rows = as_csv(databases, done.cycle)
    assert {row["Overall figure"] for row in rows} == {""}
    assert {row["Standard error"] for row in rows} == {""}
    assert {row["Usable"] for row in rows} == {"No"}
    assert "below 0.50" in rows[0]["Why not usable"]
    assert b"3,7" not in content and b"0,44" not in content
    sheet = as_sheet(databases, done.cycle)
    place = sheet[0].index("Overall figure")
    assert {row[place] for row in sheet[1:]} == {None}


def test_an_unusable_behaviour_is_empty_though_the_whole_is_usable(
    databases: Databases, done: Counted
) -> None:
    change(databases, Appraisal, usable=True, reasons=[], composite=3.5, standard_error=0.1)
    change(databases, ScaleComposite, composite=2.2222, standard_error=0.3, reason="low_reliability")
    content, rows = as_csv(databases, done.cycle)
    assert {row["Loyal"] for row in rows} == {""}
    assert b"2,22" not in content


def test_no_mean_or_number_of_a_single_rater_group_is_in_the_file(
    databases: Databases, done: Counted
) -> None:
    change(databases, ScaleScore, mean=2.7182, standard_error=0.3141, n=97)
    content, _rows = as_csv(databases, done.cycle)
    assert not any(sign in content for sign in (b"2,71", b"2,72", b"0,31", b"97"))


def test_every_row_says_how_means_at_the_end_of_the_scale_count(databases: Databases, done: Counted) -> None:
    _content, rows = as_csv(databases, done.cycle)
    [note] = {row["Note"] for row in rows}
    assert "4.8 or more counts as 4.9" in note and "1.2 or less counts as 1.1" in note


@pytest.mark.parametrize("name", ["=1+1", "+62 811", "-Budi", "@SUM(A1)", "\t=1+1"])
def test_no_cell_is_ever_taken_as_a_formula(databases: Databases, done: Counted, name: str) -> None:
    change(databases, Employee, name=name)
    _content, rows = as_csv(databases, done.cycle)
    assert {row["Name"] for row in rows} == {f"'{name}"}
    target = io.BytesIO()
    with reading(databases.people) as people:
        write_xlsx(exports.appraisal_table(people, WHOLE_CITY, done.cycle, str, "en"), target)
    sheet = openpyxl.load_workbook(target).active
    assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)


def test_every_row_says_cycle_purpose_method_and_rule(databases: Databases, done: Counted) -> None:
    _content, rows = as_csv(databases, done.cycle)
    assert {row["Cycle"] for row in rows} == {"Uji"}
    assert {row["Purpose"] for row in rows} == {"Development: not for appraisal or pay"}
    assert all("at most 60%" in row["Rule"] and "at least 5" in row["Rule"] for row in rows)


def test_behaviours_are_named_in_the_language_of_the_reader(databases: Databases, done: Counted) -> None:
    _content, rows = as_csv(databases, done.cycle, "id")
    assert "Berorientasi Pelayanan" in rows[0]


def test_a_cycle_that_is_not_counted_has_no_file(databases: Databases) -> None:
    with transaction(databases.people) as people:
        cycle = cycles.create_cycle(people, plan())
        with pytest.raises(StepNotAllowed):
            exports.appraisal_table(people, WHOLE_CITY, cycle, str, "id")


def test_the_number_of_statements_does_not_grow_with_the_subjects(
    databases: Databases, settings: Settings, count_statements
) -> None:
    few = counted(databases, settings, members=2, silent=0, name="Kecil", code="A")
    many = counted(databases, settings, members=9, silent=0, name="Besar", first=50, code="B")
    counts = []
    for each in (few, many):
        with count_statements(databases.people) as statements:
            as_csv(databases, each.cycle)
        counts.append(statements())
    assert counts == [3, 3]
