"""A table with named columns, from whichever kind of file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import BinaryIO

from survey.tables.csv_text import csv_rows, decode, read_bytes, unpack
from survey.tables.problems import N_, Problem, ProblemList, formula, refusal
from survey.tables.workbooks import workbook_rows

MAX_ROWS = 250_000
MAX_COLUMNS = 500


@dataclass(frozen=True)
class Table:
    """Cells as text, trimmed, one mapping a row, with the row's number in the file.

    `notes` say what was assumed while reading.
    """

    columns: tuple[str, ...]
    rows: list[tuple[int, dict[str, str]]]
    notes: tuple[Problem, ...] = ()


def read_table(source: BinaryIO, filename: str) -> Table:
    """Read a .csv, .csv.gz or .xlsx file whose first row names the columns.

    Raises BadFile with every problem found: unreadable text, double or empty column names, rows of
    another width, formulas, too many rows, or a file that unpacks to more than it should.
    """
    name = filename.lower()
    if name.endswith(".xlsx"):
        notes: list[Problem] = []
        with closing(workbook_rows(source, notes)) as rows:
            return _collect(rows, notes)
    if not name.endswith((".csv", ".csv.gz")):
        raise refusal(
            N_("“%(filename)s” is not a CSV, CSV.GZ or XLSX file. Save it as one of these and try again."),
            filename=filename,
        )
    text, notes = decode(unpack(source) if name.endswith(".gz") else read_bytes(source))
    return _collect(csv_rows(text), notes)


def _collect(rows: Iterable[tuple[int, Sequence[str | Problem]]], notes: list[Problem]) -> Table:
    """Put rows under their column names; everything that is wrong is raised together."""
    problems = ProblemList()
    numbered = ((number, cells) for number, cells in rows if any(cells))
    place, head = next(numbered, (0, None))
    if head is None:
        raise refusal(N_("The file is empty. The first row must name the columns."))
    columns = _header(place, head, problems)
    found: list[tuple[int, dict[str, str]]] = []
    for number, cells in numbered:
        if len(found) >= MAX_ROWS:
            too_many = N_("The file has more than %(limit)s rows. Split it into smaller files.")
            raise refusal(too_many, limit=MAX_ROWS)
        found.append((number, _row(number, cells, columns, problems)))
    problems.raise_if_any()
    return Table(columns, found, tuple(notes))


def _header(row: int, cells: Sequence[str | Problem], problems: ProblemList) -> tuple[str, ...]:
    if len(cells) > MAX_COLUMNS:
        raise refusal(
            N_("The file has more than %(limit)s columns. Delete those not needed."), limit=MAX_COLUMNS
        )
    columns: list[str] = []
    for place, cell in enumerate(cells, start=1):
        name = "" if isinstance(cell, Problem) else cell.strip()
        if not name:
            problems.add(row, None, N_("Column %(place)s has no name. Name it, or delete it."), place=place)
        elif name in columns:
            problems.add(row, name, N_("This name stands above two columns. Rename or delete one of them."))
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
            cell = formula(text)
        problems.add(number, column, cell.message_id, **cell.values)
    return row
