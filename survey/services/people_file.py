"""Read the rows of a file of units or employees: which columns it has, what is wrong with each cell.

Problems are collected, never raised one by one, so that a file can be mended in one go.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from survey.services.employee_numbers import KINDS, check, digits_of, is_rounded
from survey.services.people_problems import FileName, Problems
from survey.tables import Table

HEADER_ROW = 1
LONGEST = {"code": 50, "email": 254}
LONGEST_TEXT = 200
NOTHING = "-"  # what people write into a cell that has nothing to say
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_KINDS = {kind.lower(): kind for kind in KINDS} | {"p3k": "PPPK"}


class Column(NamedTuple):
    """What a column holds, the headers it is known by, and whether a file must have it."""

    key: str
    headers: tuple[str, ...]
    required: bool = True


UNIT_COLUMNS = (
    Column("code", ("kode", "code", "kode_unit", "unit_code")),
    Column("name", ("nama", "name", "nama_unit", "unit_name")),
    Column("parent", ("induk", "parent", "kode_induk", "unit_induk", "parent_code"), required=False),
)
EMPLOYEE_COLUMNS = (
    Column("number", ("nip", "number", "nomor", "nip_baru", "ni_pppk", "nip_ni_pppk", "employee_number")),
    Column("kind", ("jenis", "kind", "jenis_pegawai", "status_pegawai")),
    Column("name", ("nama", "name", "nama_pegawai", "nama_lengkap")),
    Column("unit", ("unit_kerja", "unit", "kode_unit", "unit_code", "kode_unit_kerja")),
    Column(
        "supervisor",
        (
            "nip_atasan",
            "atasan",
            "supervisor",
            "supervisor_number",
            "atasan_langsung",
            "nip_atasan_langsung",
        ),
    ),
    Column("job_title", ("jabatan", "job_title", "nama_jabatan", "title"), required=False),
    Column("email", ("email", "surel", "e_mail"), required=False),
)


class UnitRow(NamedTuple):
    """A unit as the file tells it. No parent column, no word about the parent: None."""

    row: int
    code: str
    name: str
    parent: str | None


class EmployeeRow(NamedTuple):
    """An employee as the file tells it. A column the file does not have is None."""

    row: int
    number: str
    kind: str
    name: str
    unit: str
    supervisor: str
    job_title: str | None
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
    _report_doubles("employees", headers.of["number"], ((row.row, row.number) for row in rows), problems)
    return headers, rows


def _employee(reader: "_Reader", row: int, today: date) -> EmployeeRow:
    kind = reader.kind()
    return EmployeeRow(
        row=row,
        number=reader.number(kind, today),
        kind=kind,
        name=reader.text("name"),
        unit=reader.text("unit"),
        supervisor=reader.supervisor(),
        job_title=reader.optional("job_title"),
        email=reader.email(),
    )


def _headers(file: FileName, table: Table, columns: tuple[Column, ...], problems: Problems) -> Headers | None:
    """Match the file's headers, in any order and case, to the known columns; None when one is missing."""
    key_of = {header: column.key for column in columns for header in column.headers}
    found: dict[str, str] = {}
    unread = []
    before = problems.total
    for header in table.columns:
        key = key_of.get(_plain(header))
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


def _plain(header: str) -> str:
    return re.sub(r"[\W_]+", "_", header.casefold()).strip("_")


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
        if value and value.lower() not in _KINDS:
            self._note("kind", "kind_unknown", value=value)
        return _KINDS.get(value.lower(), "")

    def number(self, kind: str, today: date) -> str:
        value = self.text("number")
        if is_rounded(value):
            self._note("number", "number_rounded", value=value)
            return ""
        if not value or kind not in KINDS:
            return digits_of(value)
        checked = check(value, kind, today)
        for code in checked.problems:
            self._note("number", code, value=value, length=len(checked.digits))
        return checked.digits

    def supervisor(self) -> str:
        value = self.optional("supervisor") or ""
        if is_rounded(value):
            self._note("supervisor", "number_rounded", value=value)
            return ""
        return digits_of(value)

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
