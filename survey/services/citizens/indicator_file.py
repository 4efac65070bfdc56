"""A file of days and figures: read whole, or refused with every row that is wrong."""

import math
from collections.abc import Sequence
from datetime import date
from typing import BinaryIO

from survey.tables import N_, ProblemList, read_table

DAY, VALUE = "day", "value"


def read_values(source: BinaryIO, filename: str) -> dict[date, float]:
    """The figure of each day.

    Raises
    ------
    BadFile
        A column is missing, or rows hold no day, no number or a day twice; all are named.
    """
    table, problems = read_table(source, filename), ProblemList()
    for name in (DAY, VALUE):
        if name not in table.columns:
            problems.add(1, name, N_("This column is missing. The first row must name day and value."))
    problems.raise_if_any()
    values: dict[date, float] = {}
    for row, cells in table.rows:
        day, value = _day(cells[DAY]), _number(cells[VALUE])
        if day is None:
            problems.add(row, DAY, N_("Write the day as 2026-11-24."))
        elif day in values:
            problems.add(row, DAY, N_("This day stands in the file twice. Delete one of the rows."))
        if value is None:
            problems.add(row, VALUE, N_("Write a number, for example 12.5."))
        if day is not None and value is not None:
            values[day] = value
    if not table.rows:
        problems.add(None, None, N_("The file has column names but no rows below them."))
    problems.raise_if_any()
    return values


def write_values(values: Sequence[tuple[date, float]]) -> str:
    """The days of a figure, as `read_values` takes them."""
    return "".join([f"{DAY},{VALUE}\n", *(f"{day.isoformat()},{value!r}\n" for day, value in values)])


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _number(text: str) -> float | None:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None
