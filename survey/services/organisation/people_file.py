"""Read the rows of a file of units or employees: which columns it has, what is wrong with each cell.

Problems are collected, never raised one by one, so that a file can be mended in one go.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from survey.services.organisation.employee_numbers import KINDS, RULES, check, digits_of, is_rounded
from survey.services.organisation.people_problems import FileName, Problems
from survey.services.organisation.people_words import (
    EMPLOYEE_COLUMNS,
    EMPLOYEE_KINDS,
    JOB_KINDS_BY_WORD,
    UNIT_COLUMNS,
    Column,
    plain,
)
from survey.tables import Table

HEADER_ROW = 1
LONGEST = {"code": 50, "email": 254}
LONGEST_TEXT = 200
NOTHING = "-"  # what people write into a cell that has nothing to say
_DATE = re.compile(r"(?P<day>\d{1,2})[-/.](?P<month>\d{1,2})[-/.](?P<year>\d{4})")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


class UnitRow(NamedTuple):
    """A unit as the file tells it. No parent column, no word about the parent: None."""

    row: int
    code: str
    name: str
    parent: str | None


class EmployeeRow(NamedTuple):
    """An employee as the file tells it. A column the file does not have is None.

    `key` is the code of somebody known, else what tells the new person from others in the same file.
    """

    row: int
    key: str
    code: str
    number: str | None
    kind: str
    name: str
    unit: str
    supervisor: str
    job_title: str | None
    job_kind: str | None
    job_level: str | None
    since: date | None
    email: str | None


def is_address(text: str) -> bool:
    """Whether a text looks like an e-mail address that can be kept."""
    return bool(_EMAIL.fullmatch(text)) and len(text) <= LONGEST["email"]


@dataclass(frozen=True)
class Headers:
    """The header of each known column as it stands in the file, and the columns that are not read."""

    of: Mapping[str, str]
    unread: tuple[str, ...]


def read_units(table: Table, problems: Problems) -> tuple[Headers, list[UnitRow]]:
    """The units of a file, with every problem that a row has by itself."""
    headers = _headers("units", table, UNIT_COLUMNS, problems)
    if headers is None:
        return Headers({}, ()), []
    reader = _Reader("units", headers, problems)
    rows = [
        UnitRow(row, reader.text("code"), reader.text("name"), reader.optional("parent"))
        for row in reader.each(table.rows)
    ]
    _report_doubles("units", headers.of["code"], ((row.row, row.code) for row in rows), problems)
    return headers, rows


def read_employees(table: Table, today: date, problems: Problems) -> tuple[Headers, list[EmployeeRow]]:
    """The employees of a file, with every problem that a row has by itself."""
    headers = _headers("employees", table, EMPLOYEE_COLUMNS, problems)
    if headers is None:
        return Headers({}, ()), []
    reader = _Reader("employees", headers, problems)
    rows = [_employee(reader, row, today) for row in reader.each(table.rows)]
    numbers = ((row.row, row.number or "") for row in rows)
    _report_doubles("employees", headers.of["number"], numbers, problems)
    if "code" in headers.of:
        _report_doubles("employees", headers.of["code"], ((row.row, row.code) for row in rows), problems)
    return headers, rows


def _employee(reader: "_Reader", row: int, today: date) -> EmployeeRow:
    kind = reader.kind()
    return EmployeeRow(
        row=row,
        key="",
        code=(reader.optional("code") or "").upper(),
        number=reader.number(kind, today),
        kind=kind,
        name=reader.text("name"),
        unit=reader.text("unit"),
        supervisor=reader.supervisor(),
        job_title=reader.optional("job_title"),
        job_kind=reader.job_kind(),
        job_level=reader.optional("job_level"),
        since=reader.day("since"),
        email=reader.email(),
    )


def _headers(file: FileName, table: Table, columns: tuple[Column, ...], problems: Problems) -> Headers | None:
    """Match the file's headers, in any order and case, to the known columns; None when one is missing."""
    key_of = {header: column.key for column in columns for header in column.headers}
    found: dict[str, str] = {}
    unread = []
    before = problems.total
    for header in table.columns:
        key = key_of.get(plain(header))
        if key is None:
            unread.append(header)
        elif key in found:
            problems.add(file, HEADER_ROW, header, "column_double", first=found[key])
        else:
            found[key] = header
    for column in columns:
        if column.required and column.key not in found:
            problems.add(
                file, HEADER_ROW, column.headers[0], "column_missing", names=", ".join(column.headers[1:4])
            )
    if not table.rows:
        problems.add(file, None, None, "no_rows")
    return Headers(found, tuple(unread)) if problems.total == before else None


def _report_doubles(file: FileName, column: str, keys: Iterable[tuple[int, str]], problems: Problems) -> None:
    first: dict[str, int] = {}
    for row, key in keys:
        if key and first.setdefault(key, row) != row:
            problems.add(file, row, column, "double", value=key, first=first[key])


class _Reader:
    """Takes cell after cell of one row and notes what is wrong with it."""

    def __init__(self, file: FileName, headers: Headers, problems: Problems) -> None:
        self._file = file
        self._header = headers.of
        self._problems = problems
        self._row = 0
        self._cells: Mapping[str, str] = {}

    def each(self, rows: Iterable[tuple[int, Mapping[str, str]]]) -> Iterable[int]:
        """Step through the rows; the other methods read the row this has come to."""
        for self._row, self._cells in rows:
            yield self._row

    def text(self, key: str) -> str:
        """A cell that must hold something."""
        value = self._sound(key)
        if not value:
            self._note(key, "empty")
        return value

    def optional(self, key: str) -> str | None:
        """A cell that may be empty, of a column that may be missing."""
        if key not in self._header:
            return None
        value = self._sound(key)
        return "" if value == NOTHING else value

    def kind(self) -> str:
        value = self.text("kind")
        if value and plain(value) not in EMPLOYEE_KINDS:
            self._note("kind", "kind_unknown", value=value)
        return EMPLOYEE_KINDS.get(plain(value), "")

    def job_kind(self) -> str | None:
        value = self.optional("job_kind")
        if value and plain(value) not in JOB_KINDS_BY_WORD:
            self._note("job_kind", "job_kind_unknown", value=value)
        return value and JOB_KINDS_BY_WORD.get(plain(value), "")

    def day(self, key: str) -> date | None:
        """A date, as 2026-11-24 or 24-11-2026."""
        value = self.optional(key)
        if not value:
            return None
        in_parts = _DATE.fullmatch(value)
        try:
            if in_parts:
                return date(int(in_parts["year"]), int(in_parts["month"]), int(in_parts["day"]))
            return date.fromisoformat(value)
        except ValueError:
            self._note(key, "date_malformed", value=value)
            return None

    def number(self, kind: str, today: date) -> str | None:
        """The digits; what looks wrong is told and kept, a number that lost its last digits is refused."""
        value = self.optional("number") or ""
        if is_rounded(value):
            self._note("number", "number_rounded", value=value)
            return None
        if not value and kind in RULES and RULES[kind]:
            self._warn("number", "number_missing")
        if not value or kind not in KINDS:
            return digits_of(value) or None
        checked = check(value, kind, today)
        for code in checked.problems:
            self._warn("number", code, value=value, length=len(checked.digits))
        return checked.digits

    def supervisor(self) -> str:
        value = self.optional("supervisor") or ""
        if is_rounded(value):
            self._note("supervisor", "number_rounded", value=value)
            return ""
        return value.upper() if not digits_of(value).isdigit() else digits_of(value)

    def email(self) -> str | None:
        value = self.optional("email")
        if value and not _EMAIL.fullmatch(value):
            self._note("email", "email_malformed", value=value)
        return value

    def _sound(self, key: str) -> str:
        value = " ".join(self._cells.get(self._header[key], "").split())
        if len(value) > LONGEST.get(key, LONGEST_TEXT):
            self._note(key, "too_long", limit=LONGEST.get(key, LONGEST_TEXT), length=len(value))
        elif not value.isprintable():
            self._note(key, "unprintable")
        return value

    def _note(self, key: str, code: str, **values: object) -> None:
        self._problems.add(self._file, self._row, self._header[key], code, **values)

    def _warn(self, key: str, code: str, **values: object) -> None:
        self._problems.warn(self._file, self._row, self._header[key], code, **values)
