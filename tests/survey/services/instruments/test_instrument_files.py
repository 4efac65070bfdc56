"""Questionnaires go out as YAML and XLSForm and come back as drafts."""

import io
from pathlib import Path

import openpyxl
import pytest
from flask.testing import FlaskClient
from pyxform.xls2xform import convert

from instruments import catalogue, drafting
from instruments.schema import Instrument
from survey.services.instruments import instrument_files, xlsform
from survey.tables import BadFile

PEOPLE = [each for each in catalogue.catalogue() if each.kind == "person"]


def came_back(instrument: Instrument, content: bytes, name: str) -> Instrument:
    data, notes = instrument_files.read_instrument(io.BytesIO(content), name)
    assert notes == []
    assert [str(words) for _path, words in drafting.problems(data)] == []
    return drafting.finished(data, instrument.version)


def without_default(instrument: Instrument) -> str:
    return drafting.finished(drafting.data_of(instrument), instrument.version).content_hash()


@pytest.mark.parametrize("instrument", PEOPLE, ids=lambda each: each.code)
def test_yaml_comes_back_with_the_same_hash(instrument: Instrument) -> None:
    text = instrument_files.yaml_text(instrument)
    assert came_back(instrument, text.encode(), "x.yaml").content_hash() == without_default(instrument)


def test_exported_yaml_is_a_file_of_the_product(tmp_path: Path) -> None:
    instrument = catalogue.get("berakhlak_360")
    file = tmp_path / "berakhlak_360.yaml"
    file.write_text(instrument_files.yaml_text(instrument), encoding="utf-8")
    assert catalogue.read_file(file) == instrument


@pytest.mark.parametrize("instrument", catalogue.catalogue(), ids=lambda each: each.code)
def test_an_xlsform_compiles_without_a_warning(instrument: Instrument, tmp_path: Path) -> None:
    file = tmp_path / f"{instrument.code}.xlsx"
    file.write_bytes(xlsform.workbook(instrument))
    made = convert(file)  # witness: pyxform, the compiler of ODK and KoboToolbox
    assert made.warnings == []
    for item in instrument.items:
        assert f"/{item.code}" in made.xform
    for language in xlsform.LANGUAGES.values():
        assert f'lang="{language}"' in made.xform


@pytest.mark.parametrize("instrument", PEOPLE, ids=lambda each: each.code)
def test_an_xlsform_of_ours_comes_back_with_all_it_said(instrument: Instrument) -> None:
    again = came_back(instrument, xlsform.workbook(instrument), f"{instrument.code}.xlsx")
    for group in instrument.rater_groups:
        assert [item.code for item in again.items_for(group)] == [
            item.code for item in instrument.items_for(group)
        ]
        assert [item.code for item in again.items_for(group, leader=False)] == [
            item.code for item in instrument.items_for(group, leader=False)
        ]
    assert again.sentence == instrument.sentence
    assert again.sources == instrument.sources
    assert again.options == instrument.options
    assert again.missing_reasons == instrument.missing_reasons
    assert again.open_questions == instrument.open_questions
    assert [(item.text, item.guidance, item.title) for item in again.items] == [
        (item.text, item.guidance, item.title) for item in instrument.items
    ]
    assert [(each.title, each.meaning, each.subjects) for each in again.scales] == [
        (each.title, each.meaning, each.subjects) for each in instrument.scales
    ]


def test_no_cell_is_a_formula() -> None:
    data = drafting.data_of(catalogue.get("berakhlak_short"))
    data["items"][0]["text"] = {"id": "=1+1", "en": "@SUM(A1)"}
    book = openpyxl.load_workbook(io.BytesIO(xlsform.workbook(drafting.finished(data, 1))))
    cells = [cell for sheet in book.worksheets for row in sheet.rows for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert [cell.value for cell in cells if cell.value == "=1+1"] == ["=1+1"]


def foreign() -> bytes:
    """A form as other people make them: one language, choices without numbers, types we do not know."""
    book = openpyxl.Workbook()
    survey = book.worksheets[0]
    survey.title = "survey"
    for row in (
        ["type", "name", "label", "hint"],
        ["start", "start", None, None],
        ["integer", "umur", "Berapa umur Anda?", None],
        ["select_one freq", "Membantu Rekan", "membantu rekan", "Suka menolong"],
        ["select_one freq", "tepat", "menepati janji", None],
        ["text", "saran", "Saran Anda?", None],
    ):
        survey.append(row)
    choices = book.create_sheet("choices")
    for row in (
        ["list_name", "name", "label"],
        ["freq", "jarang", "Jarang"],
        ["freq", "sering", "Sering"],
    ):
        choices.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def test_a_foreign_form_becomes_a_draft_and_what_is_left_out_is_named() -> None:
    data, notes = instrument_files.read_instrument(io.BytesIO(foreign()), "Umpan Balik.xlsx")
    assert [str(note) for note in notes] == [
        "Row 3: “integer” has no place in a questionnaire about people and is left out."
    ]
    assert data["title"]["id"] == "Umpan Balik"
    assert [item["code"] for item in data["items"]] == ["membantu_rekan", "tepat"]
    assert [step["value"] for step in data["options"]] == [1, 2]
    assert data["items"][0]["guidance"]["id"] == "Suka menolong"
    assert data["open_questions"][0]["text"]["id"] == "Saran Anda?"
    missing = {str(words) for _path, words in drafting.problems(data)}
    assert "the English text (en) is missing" in missing


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"code: x\ncode: y\n", "a.yaml", "Row 2: the field code stands twice"),
        (b"- 1\n", "a.yaml", "The file holds no questionnaire"),
        (b"\xff\xfe", "a.yaml", "not UTF-8"),
        (b"code: x\nkind: service\n", "a.yaml", "Only questionnaires about people"),
        (b"code: x\nkind: person\nscales: {}\n", "a.yaml", "Row 3"),
        (b"code: x\nkind: person\nowner: y\n", "a.yaml", "Row 3: unknown field owner"),
        (b"x", "a.xlsx", "damaged or has a password"),
        (b"x", "a.doc", "neither YAML nor XLSX"),
        (b"x" * (3 * 2**20), "a.yaml", "larger than a questionnaire"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(content: bytes, name: str, words: str) -> None:
    with pytest.raises(BadFile, match=words):
        instrument_files.read_instrument(io.BytesIO(content), name)


def test_hr_brings_a_file_and_takes_one_away(hr: FlaskClient) -> None:
    text = instrument_files.yaml_text(catalogue.get("pp30_behaviour")).replace("pp30_behaviour", "perilaku")
    answer = hr.post(
        "/staff/hr/instruments/bring", data={"file": (io.BytesIO(text.encode()), "perilaku.yaml")}
    )
    assert answer.status_code == 302, answer.text
    assert "perilaku" in hr.get(answer.location).text
    answer = hr.post("/staff/hr/instruments/bring", data={"file": (io.BytesIO(foreign()), "Umpan.xlsx")})
    assert "Baris 3" in hr.get(answer.location).text
    refused = hr.post("/staff/hr/instruments/bring", data={"file": (io.BytesIO(b"- 1"), "a.yaml")})
    assert refused.status_code == 422
    assert "Berkas ini tidak berisi kuesioner" in refused.text
    assert hr.post("/staff/hr/instruments/bring").status_code == 422
    for kind, start in (("yaml", b"code:"), ("xlsx", b"PK")):
        answer = hr.get(f"/staff/hr/instruments/berakhlak_360/1/file.{kind}")
        assert answer.data.startswith(start)
        assert f"berakhlak_360.{kind}" in answer.headers["Content-Disposition"]
    assert hr.get("/staff/hr/instruments/berakhlak_360/1/file.doc").status_code == 404
