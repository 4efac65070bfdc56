"""What a file of units or employees would change in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from survey.services.organisation.people_file import EmployeeRow, Headers, UnitRow
from survey.services.organisation.people_problems import FileName

FIELDS: dict[FileName, tuple[str, ...]] = {
    "units": ("name", "parent"),
    "employees": (
        "name",
        "number",
        "kind",
        "unit",
        "supervisor",
        "job_title",
        "job_kind",
        "job_level",
        "since",
        "email",
    ),
}

Row = UnitRow | EmployeeRow


class StoredUnit(NamedTuple):
    """A unit of the database; `parent` is a code, empty for none."""

    id: int
    name: str
    parent: str


class StoredEmployee(NamedTuple):
    """An employee of the database; unit and supervisor by their codes, empty for none."""

    id: int
    number: str | None
    name: str
    kind: str
    unit: str
    supervisor: str
    job_title: str
    job_kind: str
    job_level: str
    since: date | None
    email: str


@dataclass(frozen=True)
class Stored:
    """All units and all employees by their codes."""

    units: Mapping[str, StoredUnit]
    employees: Mapping[str, StoredEmployee]


@dataclass(frozen=True)
class FieldChange:
    """One field that differs from the database; units and people are named, with their code or number."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """A unit or employee whose fields differ from the database; of a new one all that the file says."""

    key: str
    name: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class Difference:
    """What one file would do, and its columns that are not read."""

    file: FileName
    added: tuple[Change, ...]
    changes: tuple[Change, ...]
    unchanged: int
    kept: int
    unread: tuple[str, ...]

    @property
    def new(self) -> int:
        """How many are not in the database yet."""
        return len(self.added)


class Names(NamedTuple):
    """Names by unit code and by employee key, as they will be after the import."""

    units: Mapping[str, str]
    employees: Mapping[str, str]
    numbers: Mapping[str, str]  # what people know an employee by: the number, else the code


def compare_units(
    rows: Sequence[UnitRow], headers: Headers, stored: Stored, names: Names
) -> tuple[Difference, list[UnitRow]]:
    """The difference a file of units makes, and its rows that are new or changed."""
    changes = {row.code: _change(row.code, row, stored.units.get(row.code), names) for row in rows}
    return (
        _difference("units", changes, stored.units, headers),
        [row for row in rows if _must_be_written(row.code, stored.units, changes)],
    )


def compare_employees(
    rows: Sequence[EmployeeRow], headers: Headers, stored: Stored, names: Names
) -> tuple[Difference, list[EmployeeRow]]:
    """The difference a file of employees makes, and its rows that are new or changed."""
    changes = {row.key: _change(row.key, row, stored.employees.get(row.key), names) for row in rows}
    return (
        _difference("employees", changes, stored.employees, headers),
        [row for row in rows if _must_be_written(row.key, stored.employees, changes)],
    )


def _must_be_written(key: str, stored: Mapping[str, object], changes: Mapping[str, Change]) -> bool:
    return key not in stored or bool(changes[key].fields)


def _change(key: str, row: Row, before: StoredUnit | StoredEmployee | None, names: Names) -> Change:
    fields = FIELDS["units" if isinstance(row, UnitRow) else "employees"]
    return Change(
        names.numbers.get(key, key),
        row.name,
        tuple(
            FieldChange(field, _label(field, old, names), _label(field, new, names))
            for field in fields
            # None: the file has no such column, so it says nothing about the field.
            if (new := getattr(row, field)) is not None and new != (old := getattr(before, field, "") or "")
        ),
    )


def _label(field: str, value: str | date | None, names: Names) -> str:
    known: Mapping[str, str] = {}
    if not isinstance(value, str):
        return value.isoformat() if value else ""
    if field in ("unit", "parent"):
        known = names.units
    elif field == "supervisor":
        known = names.employees
    return f"{known[value]} ({names.numbers.get(value, value)})" if value in known else value


def _difference(
    file: FileName, changes: Mapping[str, Change], stored: Mapping[str, object], headers: Headers
) -> Difference:
    added = tuple(change for key, change in changes.items() if key not in stored)
    changed = tuple(change for key, change in changes.items() if key in stored and change.fields)
    return Difference(
        file=file,
        added=added,
        changes=changed,
        unchanged=len(changes) - len(added) - len(changed),
        kept=len(stored) - (len(changes) - len(added)),
        unread=headers.unread,
    )
