"""Read a table from a file that people bring: CSV, packed CSV or a spreadsheet.

Whatever is wrong with the file is collected as `Problem`s that name row, column and mend, and raised
together. No cell is ever taken as a formula.
"""

from __future__ import annotations

import csv
import gzip
import io
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import BinaryIO

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

MAX_ROWS = 250_000
MAX_COLUMNS = 500
MAX_BYTES = 64 * 2**20  # after unpacking
MAX_WORKBOOK_BYTES = 512 * 2**20  # of XML, which is wordy and read as a stream
MAX_PROBLEMS = 100  # a report of more is not read
_EXACT_DIGITS = 10**15  # spreadsheets keep no more than 15 digits of a number

Translate = Callable[[str], str]


def N_(message_id: str) -> str:  # noqa: N802  the name under which tools look for texts to translate
    """Mark a text for the catalogue; it is translated where it is shown."""
    return message_id


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a file, and how to mend it."""

    row: int | None
    column: str | None
    message_id: str
    values: Mapping[str, object] = field(default_factory=dict)

    def sentence(self, translate: Translate = str) -> str:
        """The problem in the reader's language."""
        text = translate(self.message_id) % self.values
        if self.row is None:
            return text
        place = {"row": self.row, "column": self.column, "text": text}
        if self.column is None:
            return translate(N_("Row %(row)s: %(text)s")) % place
        return translate(N_("Row %(row)s, column “%(column)s”: %(text)s")) % place

    def __str__(self) -> str:
        return self.sentence()


class BadFile(Exception):
    """A file that cannot be used, with all its problems (or the first hundred)."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(map(str, self.problems[:3])))


@dataclass(frozen=True)
class Table:
    """Cells as text, trimmed, one mapping a row, with the row's number in the file.

    `notes` say what was assumed while reading.
    """

    columns: tuple[str, ...]
    rows: list[tuple[int, dict[str, str]]]
    notes: tuple[Problem, ...] = ()


class ProblemList:
    """Collects problems and stops when a report would no longer be read."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    def add(self, row: int | None, column: str | None, message_id: str, **values: object) -> None:
        """Note a problem; the hundredth ends the reading."""
        self._problems.append(Problem(row, column, message_id, values))
        if len(self._problems) >= MAX_PROBLEMS:
            more = N_("There may be more problems. Mend these first and read the file again.")
            raise BadFile([*self._problems, Problem(None, None, more)])

    def raise_if_any(self) -> None:
        """Refuse the file when anything was noted."""
        if self._problems:
            raise BadFile(self._problems)


def read_table(source: BinaryIO, filename: str) -> Table:
    """Read a .csv, .csv.gz or .xlsx file whose first row names the columns.

    Raises BadFile with every problem found: unreadable text, double or empty column names, rows of
    another width, formulas, too many rows, or a file that unpacks to more than it should.
    """
    name = filename.lower()
    if name.endswith(".xlsx"):
        return _read_workbook(source)
    if not name.endswith((".csv", ".csv.gz")):
        raise _refusal(
            N_("“%(filename)s” is not a CSV, CSV.GZ or XLSX file. Save it as one of these and try again."),
            filename=filename,
        )
    text, notes = _decode(_read_bytes(source, packed=name.endswith(".gz")))
    return _collect(_csv_rows(text), notes)


def _refusal(message_id: str, **values: object) -> BadFile:
    return BadFile([Problem(None, None, message_id, values)])


def _read_bytes(source: BinaryIO, *, packed: bool) -> bytes:
    stream = gzip.GzipFile(fileobj=source) if packed else source
    try:
        data = stream.read(MAX_BYTES + 1)
    except (OSError, EOFError) as error:
        raise _refusal(
            N_("The packed file is damaged or not a gzip file. Pack it again, or send the plain CSV.")
        ) from error
    if len(data) > MAX_BYTES:
        raise _too_large()
    return data


def _too_large() -> BadFile:
    return _refusal(
        N_("The file is larger than %(limit)s MB when unpacked. Split it into smaller files."),
        limit=MAX_BYTES // 2**20,
    )


def _decode(data: bytes) -> tuple[str, list[Problem]]:
    undecodable = N_("The file is not readable text. Save it as “CSV UTF-8” and try again.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data:
        raise _refusal(undecodable)
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("windows-1252")
    except UnicodeDecodeError as error:
        raise _refusal(undecodable) from error
    note = N_("The file is not UTF-8; it was read as Windows-1252 (Latin-1). Check names with accents.")
    return text, [Problem(None, None, note)]


def _csv_rows(text: str) -> Iterator[tuple[int, Sequence[str]]]:
    """Rows with the number of the line on which each begins."""
    first_line = text[: text.find("\n")] if "\n" in text else text
    delimiter = max(",;\t", key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        broken = N_("A quotation mark is not closed, or a cell is too long. Check the quotes in this row.")
        raise BadFile([Problem(line, None, broken)]) from error


def _read_workbook(source: BinaryIO) -> Table:
    damaged = N_("The spreadsheet cannot be opened. Save it again as XLSX, without a password.")
    seekable = source if source.seekable() else io.BytesIO(_read_bytes(source, packed=False))
    with warnings.catch_warnings(action="ignore"):  # workbooks carry much that is of no concern here
        try:
            _check_package(seekable)
            book = openpyxl.load_workbook(seekable, read_only=True, data_only=False)
        except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
            raise _refusal(damaged) from error
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what the file claims about its size is not trusted
            return _collect(_workbook_rows(sheet.rows), _sheet_notes(book.sheetnames))
        except (zipfile.BadZipFile, SyntaxError, KeyError, IndexError) as error:
            raise _refusal(damaged) from error
        finally:
            book.close()


def _sheet_notes(names: Sequence[str]) -> list[Problem]:
    if len(names) < 2:
        return []
    note = N_("The file has several sheets; only the first one, “%(sheet)s”, was read.")
    return [Problem(None, None, note, {"sheet": names[0]})]


def _check_package(source: BinaryIO) -> None:
    """Refuse packages that unpack to too much, or whose parts bring their own definitions."""
    with zipfile.ZipFile(source) as package:
        parts = package.infolist()
        if len(parts) > 1000 or sum(part.file_size for part in parts) > MAX_WORKBOOK_BYTES:
            raise _too_large()
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                with package.open(part) as stream:
                    if b"<!DOCTYPE" in stream.read(4096):
                        raise _refusal(N_("The spreadsheet holds definitions that are not allowed in XLSX."))
    source.seek(0)


def _workbook_rows(rows: Iterable[Sequence[object]]) -> Iterator[tuple[int, Sequence[str | Problem]]]:
    for number, cells in enumerate(rows, start=1):
        values = [_cell(cell) for cell in cells]
        while values and values[-1] == "":
            values.pop()
        yield number, values


def _cell(cell: object) -> str | Problem:
    """A cell as text, or what is wrong with it."""
    value, kind = getattr(cell, "value", None), getattr(cell, "data_type", "n")
    if kind == "f":
        return _formula("")
    if kind == "e":
        error = N_("The spreadsheet shows an error here (%(value)s). Put the value in its place.")
        return Problem(None, None, error, {"value": value})
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value).upper()
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float | int):
        return _number(value)
    return str(value).strip()


def _number(value: float) -> str | Problem:
    if abs(value) >= _EXACT_DIGITS:
        long = N_("A number of more than 15 digits has lost its last digits. Format the column as text.")
        return Problem(None, None, long)
    return str(int(value)) if value == int(value) else repr(value)


def _formula(text: str) -> Problem:
    message = N_("This cell holds a formula. Replace it with its value (copy, then paste values only).")
    return Problem(None, None, message, {"text": text})


def _collect(rows: Iterable[tuple[int, Sequence[str | Problem]]], notes: list[Problem]) -> Table:
    """Put rows under their column names; everything that is wrong is raised together."""
    problems = ProblemList()
    numbered = ((number, cells) for number, cells in rows if any(cells))
    _, head = next(numbered, (0, None))
    if head is None:
        raise _refusal(N_("The file is empty. The first row must name the columns."))
    columns = _header(head, problems)
    found: list[tuple[int, dict[str, str]]] = []
    for number, cells in numbered:
        if len(found) >= MAX_ROWS:
            too_many = N_("The file has more than %(limit)s rows. Split it into smaller files.")
            raise _refusal(too_many, limit=MAX_ROWS)
        found.append((number, _row(number, cells, columns, problems)))
    problems.raise_if_any()
    return Table(columns, found, tuple(notes))


def _header(cells: Sequence[str | Problem], problems: ProblemList) -> tuple[str, ...]:
    if len(cells) > MAX_COLUMNS:
        raise _refusal(
            N_("The file has more than %(limit)s columns. Delete those not needed."), limit=MAX_COLUMNS
        )
    columns: list[str] = []
    for place, cell in enumerate(cells, start=1):
        name = "" if isinstance(cell, Problem) else cell.strip()
        if not name:
            problems.add(1, None, N_("Column %(place)s has no name. Name it, or delete it."), place=place)
        elif name in columns:
            problems.add(1, name, N_("This name stands above two columns. Rename or delete one of them."))
        columns.append(name)
    return tuple(columns)


def _row(
    number: int, cells: Sequence[str | Problem], columns: tuple[str, ...], problems: ProblemList
) -> dict[str, str]:
    if len(cells) > len(columns):
        extra = N_("The row has %(cells)s cells, but only %(columns)s columns have a name. Check its quotes.")
        problems.add(number, None, extra, cells=len(cells), columns=len(columns))
    row = dict.fromkeys(columns, "")
    for column, cell in zip(columns, cells, strict=False):
        if isinstance(cell, str):
            text = cell.strip()
            if text[:1] != "=":
                row[column] = text
                continue
            cell = _formula(text)
        problems.add(number, column, cell.message_id, **cell.values)
    return row
