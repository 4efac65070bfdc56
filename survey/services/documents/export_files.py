"""Write a table as CSV or XLSX.

The CSV is made for a double click in Excel with Indonesian settings: UTF-8 with a byte order mark (else
accents break), semicolons (the comma is the decimal sign there), decimal commas, and employee numbers in
their official groups with blanks (a bare number of 18 digits would lose its last ones). No cell of either
file is ever taken as a formula.
"""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import xlsxwriter

from survey.services.documents.rounding import half_up

Cell = str | int | float | None

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
CSV_PLACES = 4  # the workbook holds every digit and shows two
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Sheet:
    """Title, header and rows; a row is made when it is asked for. `numbers`: columns of employee numbers."""

    title: str
    header: list[str]
    rows: Iterator[list[Cell]]
    numbers: frozenset[int] = frozenset({0})


def write_csv(table: Sheet, target: BinaryIO) -> None:
    """Write the table for a double click in Excel with Indonesian settings."""
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([_plain(cell) for cell in table.header])
    for cells in table.rows:
        writer.writerow(
            [_grouped(cell) if place in table.numbers else _plain(cell) for place, cell in enumerate(cells)]
        )
    text.detach()


def _grouped(number: Cell) -> str:
    """An employee number in its official groups: birth, appointment, sex, serial; anything else as it is."""
    if not isinstance(number, str) or not number.isdigit():
        return _plain(number)
    return f"{number[:8]} {number[8:14]} {number[14:15]} {number[15:]}"


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(_FORMULA_SIGNS) else cell
    if isinstance(cell, int):
        return str(cell)
    return str(half_up(cell, CSV_PLACES)).replace(".", ",")


def write_xlsx(table: Sheet, target: BinaryIO) -> None:
    """Write the table as a workbook, row by row."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet(table.title)
        sheet.freeze_panes(1, 2)
        sheet.set_column(0, 2, 24)
        heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        number = book.add_format({"num_format": "0.00"})
        sheet.write_row(0, 0, table.header, heading)
        for place, cells in enumerate(table.rows, start=1):
            _write_row(sheet, place, cells, number)


def _write_row(sheet: Any, place: int, cells: list[Cell], number: Any) -> None:
    for column, cell in enumerate(cells):
        if isinstance(cell, str):
            sheet.write_string(place, column, cell)
        elif isinstance(cell, int):
            sheet.write_number(place, column, cell)
        elif cell is not None:
            sheet.write_number(place, column, cell, number)


WRITERS: dict[str, Callable[[Sheet, BinaryIO], None]] = {"csv": write_csv, "xlsx": write_xlsx}
