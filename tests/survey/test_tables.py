"""Tables that people bring: what is read, what is refused, and how the mend is named."""

import gzip
import io
import time
import zipfile

import openpyxl
import pytest

from survey.tables import BadFile, Problem, Table, csv_text, read_table, reading, workbooks


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


@pytest.mark.parametrize(
    ("first", "delimiter"),
    [("sep=;\r\n", ";"), ("SEP=,\n", ","), ("sep=\t\n", "\t"), ("sep=|\n", "|"), ('"sep=;"\n', ";")],
)
def test_the_line_in_which_excel_names_the_delimiter_is_no_row(first: str, delimiter: str) -> None:
    table = read(f"\ufeff{first}nip{delimiter}nama, gelar; asal\n1{delimiter}Ani\n".encode())
    assert len(table.columns) == (2 if delimiter in "\t|" else 3)
    assert table.rows[0][0] == 3
    assert table.rows[0][1]["nip"] == "1"


def test_the_row_of_names_is_reported_where_it_stands() -> None:
    assert problems(b"sep=;\nnip;;nama\n1;2;3\n")[0].startswith("Row 2: Column 2 has no name")


def test_a_column_may_be_called_sep() -> None:
    assert read(b"sep=,a\n1,2\n").columns == ("sep=", "a")


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


PACK = gzip.compress(b"a,b\n" + b"1,2\n" * 500)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(PACK[:-6], id="without its end"),
        pytest.param(PACK[:5], id="cut off in its header"),
        pytest.param(PACK[:10] + b"\xff" * 12 + PACK[22:], id="broken compression"),
        pytest.param(PACK[:-8] + b"\0" * 8, id="wrong checksum"),
        pytest.param(b"a,b\n1,2\n", id="not packed at all"),
        pytest.param(b"", id="empty"),
        pytest.param(PACK + b"rubbish", id="something behind its end"),
    ],
)
def test_a_damaged_pack_is_refused(data: bytes) -> None:
    expected = "empty" if data == b"" else "damaged"
    assert expected in problems(data, "people.csv.gz")[0]


def test_a_pack_that_swells_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_text, "MAX_BYTES", 1000)
    assert "larger" in problems(gzip.compress(b"a\n" * 1000), "people.csv.gz")[0]


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_ROWS", 3)
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


SHEET, BOOK, STYLES = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"
SOUND = workbook(["nip", "nilai"], ["0012", 3], ["0013", 4])
DAMAGED = (
    "The spreadsheet is damaged or has a password. Open it in a spreadsheet program and save it again as XLSX"
    " or CSV, without a password."
)


def with_parts(changes: dict[str, bytes | None]) -> bytes:
    """The sound workbook with some parts changed, added, or (None) left out."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(SOUND)) as sound, zipfile.ZipFile(buffer, "w") as package:
        parts = {name: sound.read(name) for name in sound.namelist()} | changes
        for name, text in parts.items():
            if text is not None:
                package.writestr(name, text)
    return buffer.getvalue()


def with_text(part: str, old: str, new: str) -> bytes:
    """The sound workbook with a word of one part replaced."""
    text = zipfile.ZipFile(io.BytesIO(SOUND)).read(part).decode()
    assert old in text
    return with_parts({part: text.replace(old, new, 1).encode()})


def with_bits(data: bytes, sign: bytes, offset: int, bits: bytes) -> bytes:
    """The same package with other bits behind each header that begins with a sign."""
    changed = bytearray(data)
    place = changed.find(sign)
    while place >= 0:
        changed[place + offset : place + offset + len(bits)] = bits
        place = changed.find(sign, place + 4)
    return bytes(changed)


def with_flag_of_encryption(data: bytes) -> bytes:
    return with_bits(with_bits(data, b"PK\3\4", 6, b"\1"), b"PK\1\2", 8, b"\1")


def with_broken_deflate(data: bytes) -> bytes:
    package = zipfile.ZipFile(io.BytesIO(data))
    begin = package.getinfo(SHEET).header_offset + 30 + len(SHEET)
    return data[:begin] + b"\xff" * 20 + data[begin + 20 :]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"not a workbook", id="no package"),
        pytest.param(SOUND[:200], id="cut off"),
        pytest.param(with_broken_deflate(SOUND), id="broken compression"),
        pytest.param(with_flag_of_encryption(SOUND), id="encrypted package"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, id="encrypted by Excel"),
        pytest.param(with_bits(SOUND, b"PK\1\2", 10, b"\x63"), id="unknown compression"),
        pytest.param(with_parts({BOOK: b"<workbook><sheets></workbook>"}), id="malformed workbook.xml"),
        pytest.param(with_parts({STYLES: b"<styleSheet"}), id="malformed styles.xml"),
        pytest.param(with_parts({SHEET: b"<worksheet><sheetData><row"}), id="malformed sheet"),
        pytest.param(with_parts({BOOK: None}), id="missing workbook.xml"),
        pytest.param(with_parts({SHEET: None}), id="missing sheet"),
        pytest.param(with_parts({"[Content_Types].xml": None}), id="missing types"),
        pytest.param(with_parts({"xl/_rels/workbook.xml.rels": None}), id="missing relations"),
        pytest.param(with_text(SHEET, "<v>3</v>", "<v>nan</v>"), id="nan in a number cell"),
        pytest.param(with_text(SHEET, "<v>3</v>", "<v>three</v>"), id="text in a number cell"),
        pytest.param(with_text(SHEET, 't="n"><v>3', 't="s"><v>99'), id="unknown shared text"),
        pytest.param(with_text(SHEET, 'r="A1"', 'r="1A"'), id="malformed reference"),
        pytest.param(with_text(SHEET, 'r="A1"', 'r="AAAA1"'), id="a column beyond the last"),
        pytest.param(with_text(SHEET, '<row r="2"', '<row r="2000000"'), id="a row beyond the last"),
        pytest.param(with_text(STYLES, 'numFmtId="0"', 'numFmtId="none"'), id="wrong kind of attribute"),
        pytest.param(with_text(STYLES, 'numFmtId="0"', 'numFmt="0"'), id="unknown attribute"),
    ],
)
def test_a_damaged_spreadsheet_is_refused_with_its_mend(data: bytes) -> None:
    assert problems(data, "x.xlsx") == [DAMAGED]


def test_a_sheet_that_claims_to_be_huge_is_read_as_it_is() -> None:
    data = with_text(SHEET, 'ref="A1:B3"', 'ref="A1:XFD1048576"')
    assert read(data, "x.xlsx").rows == [
        (2, {"nip": "0012", "nilai": "3"}),
        (3, {"nip": "0013", "nilai": "4"}),
    ]


def test_rows_of_empty_cells_without_end_are_refused_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MAX_CELLS", 100_000)
    wide = "".join(f'<row r="{row}"><c r="XFD{row}"/></row>' for row in range(4, 5000))
    begun = time.process_time()
    assert "cells" in problems(with_text(SHEET, "</sheetData>", wide + "</sheetData>"), "x.xlsx")[0]
    assert time.process_time() - begun < 2


def test_a_spreadsheet_that_swells_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MAX_BYTES", 1000)
    assert "larger" in problems(workbook(["a"], [1]), "x.xlsx")[0]


DOCTYPE = '<?xml version="1.0"?>{space}<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({BOOK: DOCTYPE.format(space="").encode()}, id="workbook.xml"),
        pytest.param({BOOK: DOCTYPE.format(space=" " * 10_000).encode()}, id="far from the beginning"),
        pytest.param({BOOK: DOCTYPE.format(space="").encode("utf-16")}, id="in another encoding"),
        pytest.param({"xl/part.bin": DOCTYPE.format(space="").encode()}, id="a part under another name"),
    ],
)
def test_a_spreadsheet_with_its_own_definitions_is_refused(changes: dict[str, bytes | None]) -> None:
    assert "definitions" in problems(with_parts(changes), "x.xlsx")[0]


def test_a_problem_is_told_in_the_readers_language() -> None:
    problem = Problem(3, "nip", "Too short: %(value)s.", {"value": "12"})
    words = {"Too short: %(value)s.": "Terlalu pendek: %(value)s."}
    assert problem.sentence(lambda text: words.get(text, text)) == "Row 3, column “nip”: Terlalu pendek: 12."
