"""Tables that people bring: what is read, what is refused, and how the mend is named."""

import gzip
import io
import zipfile

import openpyxl
import pytest

from survey import tables
from survey.tables import BadFile, Table, read_table


def read(data: bytes, name: str = "people.csv") -> Table:
    return read_table(io.BytesIO(data), name)


def problems(data: bytes, name: str = "people.csv") -> list[str]:
    with pytest.raises(BadFile) as caught:
        read(data, name)
    return [str(problem) for problem in caught.value.problems]


def workbook(*rows: list[object], sheets: int = 1) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for extra in range(1, sheets):
        book.create_sheet(f"extra {extra}")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_usual_delimiter_is_recognised(delimiter: str) -> None:
    table = read(f"nip{delimiter}nama\n1{delimiter}Ani\n".encode())
    assert table.columns == ("nip", "nama")
    assert table.rows == [(2, {"nip": "1", "nama": "Ani"})]


def test_a_byte_order_mark_is_not_part_of_the_first_column() -> None:
    assert read(b"\xef\xbb\xbfnip,nama\n1,Ani\n").columns == ("nip", "nama")


def test_windows_1252_is_read_with_a_note() -> None:
    table = read("nama\nJosé\n".encode("windows-1252"))
    assert table.rows[0][1] == {"nama": "José"}
    assert "Windows-1252" in str(table.notes[0])


@pytest.mark.parametrize("data", ["nama\nAni\n".encode("utf-16"), b"nama\n\x81\xff\n", b"nama\n\x00\n"])
def test_undecodable_text_is_refused_with_its_mend(data: bytes) -> None:
    assert "CSV UTF-8" in problems(data)[0]


def test_rows_keep_the_line_on_which_they_begin() -> None:
    table = read(b'a,b\n"two\nlines",1\n\n3,4\n')
    assert [number for number, _ in table.rows] == [2, 5]


def test_a_row_without_its_last_cells_is_filled_with_empty_ones() -> None:
    assert read(b"a,b,c\n1\n").rows == [(2, {"a": "1", "b": "", "c": ""})]


def test_a_row_with_more_cells_than_names_is_a_problem() -> None:
    assert problems(b"a,b\n1,2,3\n") == [
        "Row 2: The row has 3 cells, but only 2 columns have a name. Check its quotes."
    ]


def test_double_and_empty_column_names_are_problems_reported_together() -> None:
    found = problems(b"nip,nip,,nama\n1,2,3,4\n")
    assert "two columns" in found[0]
    assert "Column 3 has no name" in found[1]


@pytest.mark.parametrize("cell", ["=1+1", " =cmd()", "=HYPERLINK(1)"])
def test_a_formula_in_csv_is_a_problem_that_names_its_cell(cell: str) -> None:
    assert problems(f"nip,nama\n1,{cell}\n".encode())[0].startswith(
        "Row 2, column “nama”: This cell holds a formula"
    )


def test_negative_numbers_are_no_formulas() -> None:
    assert read(b"a\n-1\n").rows[0][1] == {"a": "-1"}


def test_an_open_quotation_mark_names_its_row() -> None:
    assert problems(b'a,b\n1,2\n"3,4\n')[0].startswith("Row 3:")


def test_an_empty_file_is_refused() -> None:
    assert "empty" in problems(b"")[0]


def test_other_kinds_of_file_are_refused() -> None:
    assert "people.pdf" in problems(b"%PDF", "people.pdf")[0]


def test_packed_csv_is_read() -> None:
    assert read(gzip.compress(b"a\n1\n"), "people.csv.gz").rows == [(2, {"a": "1"})]


def test_a_damaged_pack_is_refused() -> None:
    assert "damaged" in problems(gzip.compress(b"a\n1\n")[:-6], "people.csv.gz")[0]


def test_a_pack_that_swells_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_BYTES", 1000)
    assert "larger" in problems(gzip.compress(b"a\n" * 1000), "people.csv.gz")[0]


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_ROWS", 3)
    assert len(read(b"a\n1\n1\n1\n").rows) == 3
    assert "more than 3 rows" in problems(b"a\n1\n1\n1\n1\n")[0]


def test_too_many_columns_are_refused() -> None:
    assert "columns" in problems(",".join(f"c{i}" for i in range(501)).encode() + b"\n1\n")[0]


def test_a_report_ends_at_a_hundred_problems() -> None:
    found = problems(b"a\n" + b"=1\n" * 500)
    assert len(found) == 101
    assert "more problems" in found[-1]


def test_a_spreadsheet_gives_the_same_table_as_csv() -> None:
    data = workbook(["nip", "nilai", "tanggal"], ["0012", 3, 2.5], [], ["0013", 4.0, None])
    assert read(data, "people.xlsx").rows == [
        (2, {"nip": "0012", "nilai": "3", "tanggal": "2.5"}),
        (4, {"nip": "0013", "nilai": "4", "tanggal": ""}),
    ]


def test_a_formula_in_a_spreadsheet_is_a_problem() -> None:
    assert "Row 2, column “b”" in problems(workbook(["a", "b"], [1, "=A1+1"]), "x.xlsx")[0]


def test_a_number_too_long_for_a_spreadsheet_is_a_problem() -> None:
    assert "Format the column as text" in problems(workbook(["nip"], [198001012005011001]), "x.xlsx")[0]


def test_further_sheets_are_named_in_a_note() -> None:
    assert "only the first one, “Sheet”" in str(read(workbook(["a"], [1], sheets=2), "x.xlsx").notes[0])


@pytest.mark.parametrize("data", [b"not a workbook", workbook(["a"])[:200]])
def test_a_damaged_spreadsheet_is_refused(data: bytes) -> None:
    assert "cannot be opened" in problems(data, "x.xlsx")[0]


def test_a_spreadsheet_that_swells_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_WORKBOOK_BYTES", 1000)
    assert "larger" in problems(workbook(["a"], [1]), "x.xlsx")[0]


def test_a_spreadsheet_with_its_own_definitions_is_refused() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w") as package:
        package.writestr("xl/workbook.xml", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "a">]><x>&a;</x>')
    assert "definitions" in problems(bomb.getvalue(), "x.xlsx")[0]


def test_a_problem_is_told_in_the_readers_language() -> None:
    problem = tables.Problem(3, "nip", "Too short: %(value)s.", {"value": "12"})
    words = {"Too short: %(value)s.": "Terlalu pendek: %(value)s."}
    assert problem.sentence(lambda text: words.get(text, text)) == "Row 3, column “nip”: Terlalu pendek: 12."
