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

from survey.models.imports import PeopleImport
from survey.models.people import Employee, Unit, new_employee_code
from survey.services.auditing import audit
from survey.services.organisation import import_history, placing
from survey.services.organisation.people_checks import check_supervisors, check_units, with_unit_codes
from survey.services.organisation.people_difference import (
    Difference,
    Names,
    Stored,
    StoredEmployee,
    StoredUnit,
    compare_employees,
    compare_units,
)
from survey.services.organisation.people_file import (
    EmployeeRow,
    Headers,
    UnitRow,
    read_employees,
    read_units,
)
from survey.services.organisation.people_keys import with_keys
from survey.services.organisation.people_problems import FileName, ImportProblem, ImportRefused, Problems
from survey.tables import BadFile, Table, read_table

NO_HEADERS = Headers({}, ())
POST_FIELDS = (
    "unit",
    "supervisor",
    "job_title",
    "job_kind",
    "job_level",
)  # a change of these is another post


@dataclass(frozen=True)
class Plan:
    """Checked rows that are new or changed, and the difference they make, one for each file."""

    units: Sequence[UnitRow]
    employees: Sequence[EmployeeRow]
    differences: tuple[Difference, ...]
    stored: Stored = field(repr=False)
    today: date = field(repr=False)
    warnings: tuple[ImportProblem, ...] = field(repr=False, default=())
    warned: int = field(repr=False, default=0)

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
        rows = with_keys(rows, headers, stored, problems)
        names = _names(stored, unit_rows, rows)
        supervisors = {code: employee.supervisor for code, employee in stored.employees.items()}
        check_supervisors(rows, headers, supervisors, names.employees, problems)
    if problems.total:
        raise ImportRefused(problems.shown, problems.total)
    unit_difference, unit_rows = compare_units(unit_rows, unit_headers, stored, names)
    difference, rows = compare_employees(rows, headers, stored, names)
    given = [(units, unit_difference), (employees, difference)]
    differences = tuple(each for table, each in given if table)
    return Plan(unit_rows, rows, differences, stored, today, tuple(problems.warnings), problems.warned)


def apply(
    session: Session, plan: Plan, account_id: int | None, begins_on: date | None = None
) -> PeopleImport:
    """Write a plan that was made in this transaction, what it changed, and one event of the audit trail.

    From `begins_on` a changed post holds, and the one before it is kept; without a day, changes correct what
    was wrong all along.
    """
    before = import_history.Before(session, _known_ids(plan))
    unit_ids = _write_units(session, plan.units, plan.stored)
    employee_ids, post_ids = _write_employees(session, plan, unit_ids, begins_on)
    counts: dict[str, int] = {}
    for each in plan.differences:
        counts |= {f"{each.file}_new": each.new, f"{each.file}_changed": len(each.changes)}
    touched = {
        "unit": [unit_ids[row.code] for row in plan.units],
        "employee": employee_ids,
        "post": post_ids,
    }
    done = before.keep(account_id, plan.today, counts, touched)
    audit.record(session, account_id, "people.imported", "people", **counts)
    return done


def _known_ids(plan: Plan) -> dict[str, list[int]]:
    units, employees = plan.stored.units, plan.stored.employees
    return {
        "unit": [units[row.code].id for row in plan.units if row.code in units],
        "employee": [employees[row.key].id for row in plan.employees if row.key in employees],
    }


def _names(stored: Stored, units: Sequence[UnitRow], employees: Sequence[EmployeeRow]) -> Names:
    return Names(
        units={code: unit.name for code, unit in stored.units.items()}
        | {row.code: row.name for row in units if row.code},
        employees={code: employee.name for code, employee in stored.employees.items()}
        | {row.key: row.name for row in employees},
        numbers={code: employee.number or code for code, employee in stored.employees.items()}
        | {row.key: row.number for row in employees if row.number},
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
            Employee.code,
            Employee.id,
            Employee.number,
            Employee.name,
            Employee.kind,
            Unit.code.label("unit"),
            supervisor.code.label("supervisor"),
            Employee.job_title,
            Employee.job_kind,
            Employee.job_level,
            Employee.in_post_since,
            Employee.email,
        )
        .join(Unit, Employee.unit_id == Unit.id)
        .outerjoin(supervisor, Employee.supervisor_id == supervisor.id)
    )
    return Stored(
        units={row.code: StoredUnit(row.id, row.name, row.parent or "") for row in units},
        employees={
            row.code: StoredEmployee(
                row.id,
                row.number,
                row.name,
                row.kind,
                row.unit,
                row.supervisor or "",
                row.job_title,
                row.job_kind,
                row.job_level,
                row.in_post_since,
                row.email or "",
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
    session: Session, plan: Plan, unit_ids: Mapping[str, int], begins_on: date | None
) -> tuple[list[int], list[int]]:
    """The ids of the employees that were written, and of the earlier posts that were kept."""
    rows, known = plan.employees, plan.stored.employees
    if not rows:
        return [], []
    new = [row for row in rows if row.key not in known]
    codes = {row.key: new_employee_code() for row in new}
    if new:
        added = [_values(row, None, unit_ids) | {"code": codes[row.key]} for row in new]
        session.execute(insert(Employee), added)
    ids = {row.code: row.id for row in session.execute(select(Employee.code, Employee.id))}
    ids |= {key: ids[code] for key, code in codes.items()}
    changed = [row for row in rows if row.key in known]
    posts = _keep_earlier_posts(session, changed, known, begins_on) if begins_on else []
    values = [{"id": ids[row.key], **_values(row, known[row.key], unit_ids, begins_on)} for row in changed]
    if values:
        session.execute(update(Employee), values)
    supervisors = [
        {"id": ids[row.key], "supervisor_id": ids.get(row.supervisor)}
        for row in rows
        if row.supervisor or row.key in known
    ]
    if supervisors:
        session.execute(update(Employee), supervisors)
    return [ids[row.key] for row in rows], posts


def _keep_earlier_posts(
    session: Session, rows: Sequence[EmployeeRow], known: Mapping[str, StoredEmployee], begins_on: date
) -> list[int]:
    """What the main post was until the day before, for everybody whose post changes."""
    moved = [known[row.key].id for row in rows if _moves(row, known[row.key], begins_on)]
    return placing.keep_main_posts(session, moved, begins_on)


def _moves(row: EmployeeRow, before: StoredEmployee, begins_on: date) -> bool:
    """Whether the row makes another post of it. A post that began that day, or later, is only corrected."""
    if before.since is not None and before.since >= begins_on:
        return False
    return any(
        (new := getattr(row, name)) is not None and new != getattr(before, name) for name in POST_FIELDS
    )


def _values(
    row: EmployeeRow,
    before: StoredEmployee | None,
    unit_ids: Mapping[str, int],
    begins_on: date | None = None,
) -> dict[str, Any]:
    """All columns but the supervisor; a column that the file does not have stays as it was."""
    since = row.since
    if before is not None and since in (None, before.since):
        since = begins_on if begins_on and _moves(row, before, begins_on) else before.since
    return {
        "number": row.number or (before.number if before else None),
        "kind": row.kind,
        "name": row.name,
        "unit_id": unit_ids[row.unit],
        "job_title": _given(row.job_title, before and before.job_title),
        "job_kind": _given(row.job_kind, before and before.job_kind),
        "job_level": _given(row.job_level, before and before.job_level),
        "in_post_since": since,
        "email": _given(row.email, before and before.email) or None,
    }


def _given(value: str | None, before: str | None) -> str:
    return (before or "") if value is None else value
