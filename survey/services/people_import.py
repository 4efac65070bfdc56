"""Bring in units and employees: check the files against each other and the database, show the difference,
apply it in one transaction.

What stands in the database and not in the files is kept. The database is read once and written in bulk.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, BinaryIO

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session, aliased

from survey.models.people import Employee, Unit
from survey.services import audit
from survey.services.people_checks import check_supervisors, check_units, with_unit_codes
from survey.services.people_difference import (
    Difference,
    Names,
    Stored,
    StoredEmployee,
    StoredUnit,
    compare_employees,
    compare_units,
)
from survey.services.people_file import (
    EmployeeRow,
    Headers,
    UnitRow,
    read_employees,
    read_units,
)
from survey.services.people_problems import FileName, ImportProblem, ImportRefused, Problems
from survey.tables import BadFile, Table, read_table

NO_HEADERS = Headers({}, ())


@dataclass(frozen=True)
class Plan:
    """Checked rows that are new or changed, and the difference they make, one for each file."""

    units: Sequence[UnitRow]
    employees: Sequence[EmployeeRow]
    differences: tuple[Difference, ...]
    stored: Stored = field(repr=False)

    @property
    def changes_nothing(self) -> bool:
        return not (self.units or self.employees)

    def fingerprint(self) -> str:
        """The same for the same plan: what was looked at is what will be applied."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


def read_files(sources: Mapping[FileName, tuple[BinaryIO, str]]) -> dict[FileName, Table]:
    """Read the files, each given with its name; ImportRefused lists what is wrong with any of them."""
    tables: dict[FileName, Table] = {}
    problems: list[ImportProblem] = []
    for file, (source, name) in sources.items():
        try:
            tables[file] = read_table(source, name)
        except BadFile as error:
            problems += [ImportProblem(file, problem) for problem in error.problems]
    if problems:
        raise ImportRefused(problems, len(problems))
    return tables


def prepare(session: Session, units: Table | None, employees: Table | None, today: date) -> Plan:
    """Check one file or both and say what they would change; ImportRefused lists what has to be mended."""
    stored = _read_stored(session)
    problems = Problems()
    unit_headers, unit_rows = read_units(units, problems) if units else (NO_HEADERS, [])
    headers, rows = read_employees(employees, today, problems) if employees else (NO_HEADERS, [])
    names = _names(stored, unit_rows, rows)
    if unit_rows:
        parents = {code: unit.parent for code, unit in stored.units.items()}
        check_units(unit_rows, unit_headers, parents, problems)
    if rows and (unit_rows or units is None):  # an unreadable file of units would make every unit unknown
        rows = with_unit_codes(rows, headers, names.units, problems)
    if rows:
        supervisors = {number: employee.supervisor for number, employee in stored.employees.items()}
        check_supervisors(rows, headers, supervisors, names.employees, problems)
    if problems.total:
        raise ImportRefused(problems.shown, problems.total)
    unit_difference, unit_rows = compare_units(unit_rows, unit_headers, stored, names)
    difference, rows = compare_employees(rows, headers, stored, names)
    given = [(units, unit_difference), (employees, difference)]
    return Plan(unit_rows, rows, tuple(each for table, each in given if table), stored)


def apply(session: Session, plan: Plan, account_id: int | None) -> None:
    """Write a plan that was made in this transaction, and one event of the audit trail."""
    unit_ids = _write_units(session, plan.units, plan.stored)
    _write_employees(session, plan.employees, plan.stored, unit_ids)
    counts: dict[str, int] = {}
    for each in plan.differences:
        counts |= {f"{each.file}_new": each.new, f"{each.file}_changed": len(each.changes)}
    audit.record(session, account_id, "people.imported", "people", **counts)


def _names(stored: Stored, units: Sequence[UnitRow], employees: Sequence[EmployeeRow]) -> Names:
    return Names(
        units={code: unit.name for code, unit in stored.units.items()}
        | {row.code: row.name for row in units if row.code},
        employees={number: employee.name for number, employee in stored.employees.items()}
        | {row.number: row.name for row in employees},
    )


def _read_stored(session: Session) -> Stored:
    parent, supervisor = aliased(Unit), aliased(Employee)
    units = session.execute(
        select(Unit.code, Unit.id, Unit.name, parent.code.label("parent")).outerjoin(
            parent, Unit.parent_id == parent.id
        )
    )
    employees = session.execute(
        select(
            Employee.number,
            Employee.id,
            Employee.name,
            Employee.kind,
            Unit.code.label("unit"),
            supervisor.number.label("supervisor"),
            Employee.job_title,
            Employee.email,
        )
        .join(Unit, Employee.unit_id == Unit.id)
        .outerjoin(supervisor, Employee.supervisor_id == supervisor.id)
    )
    return Stored(
        units={row.code: StoredUnit(row.id, row.name, row.parent or "") for row in units},
        employees={
            row.number: StoredEmployee(
                row.id, row.name, row.kind, row.unit, row.supervisor or "", row.job_title, row.email or ""
            )
            for row in employees
        },
    )


def _write_units(session: Session, rows: Sequence[UnitRow], stored: Stored) -> dict[str, int]:
    """Insert the new units first and name their parents afterwards, so that their order does not matter."""
    new = [{"code": row.code, "name": row.name} for row in rows if row.code not in stored.units]
    if new:
        session.execute(insert(Unit), new)
    ids = {row.code: row.id for row in session.execute(select(Unit.code, Unit.id))}
    values = []
    for row in rows:
        before = stored.units.get(row.code)
        parent = row.parent if row.parent is not None else (before.parent if before else "")
        values.append({"id": ids[row.code], "name": row.name, "parent_id": ids.get(parent)})
    if values:
        session.execute(update(Unit), values)
    return ids


def _write_employees(
    session: Session, rows: Sequence[EmployeeRow], stored: Stored, unit_ids: Mapping[str, int]
) -> None:
    new = [row for row in rows if row.number not in stored.employees]
    changed = [row for row in rows if row.number in stored.employees]
    if new:
        session.execute(insert(Employee), [_values(row, None, unit_ids) for row in new])
    if not rows:
        return
    ids = {row.number: row.id for row in session.execute(select(Employee.number, Employee.id))}
    values = [
        {"id": ids[row.number], **_values(row, stored.employees[row.number], unit_ids)} for row in changed
    ]
    if values:
        session.execute(update(Employee), values)
    supervisors = [
        {"id": ids[row.number], "supervisor_id": ids.get(row.supervisor)}
        for row in rows
        if row.supervisor or row.number in stored.employees
    ]
    if supervisors:
        session.execute(update(Employee), supervisors)


def _values(row: EmployeeRow, before: StoredEmployee | None, unit_ids: Mapping[str, int]) -> dict[str, Any]:
    """All columns but the supervisor; a column that the file does not have stays as it was."""
    job_title = row.job_title if row.job_title is not None else (before.job_title if before else "")
    email = row.email if row.email is not None else (before.email if before else "")
    return {
        "number": row.number,
        "kind": row.kind,
        "name": row.name,
        "unit_id": unit_ids[row.unit],
        "job_title": job_title,
        "email": email or None,
    }
