"""Rows of a spreadsheet (XLSX): its first sheet, cell by cell, whatever is wrong with the file."""

from __future__ import annotations

import io
import lzma
import struct
import warnings
import zipfile
import zlib
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import IO, Any, BinaryIO
from xml.parsers import expat

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from survey.tables.csv_text import read_bytes
from survey.tables.problems import N_, Problem, formula, refusal, too_large

MAX_BYTES = 512 * 2**20  # of XML, which is wordy and read as a stream
MAX_PARTS = 1000
MAX_SHEET_ROWS = 2**20  # no spreadsheet has more
MAX_CELLS = 25_000_000  # empty ones before a used one count, as they are laid out too
_EXACT_DIGITS = 10**15  # spreadsheets keep no more than 15 digits of a number

# What zipfile, expat and openpyxl raise at damaged, encrypted or malformed packages.
_DAMAGES = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,  # an encrypted package, an unknown compression
    InvalidFileException,
    SyntaxError,  # malformed XML
    LookupError,  # a missing part, sheet or shared text
    ValueError,  # "nan" in a number cell, a malformed reference
    TypeError,  # an unknown attribute
    AttributeError,
    ArithmeticError,
)


def workbook_rows(
    source: BinaryIO, notes: list[Problem]
) -> Generator[tuple[int, Sequence[str | Problem]], None, None]:
    """Rows of the first sheet with their numbers; what was assumed is added to the notes.

    Raises BadFile when the file cannot be opened, and also when it turns out to be damaged further on.
    """
    seekable = source if source.seekable() else io.BytesIO(read_bytes(source))
    with _damage_told():
        _check_package(seekable)
        book = openpyxl.load_workbook(seekable, read_only=True, data_only=False)
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what the file claims about its size is not trusted
            notes += _sheet_notes(book.sheetnames)
            yield from _rows(sheet.rows)
        finally:
            book.close()


def workbook_sheets(source: BinaryIO) -> dict[str, list[tuple[int, list[str]]]]:
    """Every sheet by name, as rows of texts with their numbers. A cell that is no text counts as empty.

    Raises BadFile when the file cannot be opened or is damaged.
    """
    seekable = source if source.seekable() else io.BytesIO(read_bytes(source))
    with _damage_told():
        _check_package(seekable)
        book = openpyxl.load_workbook(seekable, read_only=True, data_only=False)
        try:
            return {sheet.title: _texts(sheet) for sheet in book.worksheets}
        finally:
            book.close()


def _texts(sheet: Any) -> list[tuple[int, list[str]]]:
    sheet.reset_dimensions()
    return [
        (number, [cell if isinstance(cell, str) else "" for cell in cells])
        for number, cells in _rows(sheet.rows)
    ]


@contextmanager
def _damage_told() -> Iterator[None]:
    damaged = N_(
        "The spreadsheet is damaged or has a password. Open it in a spreadsheet program and save it again as"
        " XLSX or CSV, without a password."
    )
    try:
        with warnings.catch_warnings(action="ignore"):  # workbooks carry much that is of no concern here
            yield
    except _DAMAGES as error:
        raise refusal(damaged) from error


def _sheet_notes(names: Sequence[str]) -> list[Problem]:
    if len(names) < 2:
        return []
    note = N_("The file has several sheets; only the first one, “%(sheet)s”, was read.")
    return [Problem(None, None, note, {"sheet": names[0]})]


def _check_package(source: BinaryIO) -> None:
    """Refuse packages that unpack to too much, or whose parts bring their own definitions."""
    with zipfile.ZipFile(source) as package:
        parts = package.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_BYTES:
            raise too_large(MAX_BYTES)
        for part in parts:
            with package.open(part) as stream:
                if _brings_definitions(stream):
                    raise refusal(N_("The spreadsheet holds definitions that are not allowed in XLSX."))
    source.seek(0)


def _brings_definitions(stream: IO[bytes]) -> bool:
    """Whether an XML part has a document type, which can only stand before its first element."""
    seen: list[bool] = []
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = lambda *_: seen.append(True)
    parser.StartElementHandler = lambda *_: seen.append(False)
    try:
        while not seen and (piece := stream.read(4096)):
            parser.Parse(piece)
    except expat.ExpatError:
        pass  # a picture, or damaged XML, which is refused when it is read
    return seen[:1] == [True]


def _rows(rows: Iterable[Sequence[object]]) -> Iterator[tuple[int, Sequence[str | Problem]]]:
    laid_out = 0
    for number, cells in enumerate(rows, start=1):
        laid_out += len(cells)
        if laid_out > MAX_CELLS:
            raise refusal(N_("The sheet has too many cells. Delete the rows and columns that hold nothing."))
        if number > MAX_SHEET_ROWS:
            raise ValueError("a row beyond the last")
        values = [_cell(cell) for cell in cells]
        while values and values[-1] == "":
            values.pop()
        yield number, values


def _cell(cell: object) -> str | Problem:
    """A cell as text, or what is wrong with it."""
    value, kind = getattr(cell, "value", None), getattr(cell, "data_type", "n")
    if kind == "f":
        return formula()
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
