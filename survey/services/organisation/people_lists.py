"""Lists of employees: searched, narrowed, sorted; a page at a time, or whole as a file for the import."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from survey.models.people import Employee, Unit
from survey.models.posts import JOB_KINDS
from survey.services.accounts.access import Reach, units_below
from survey.services.documents.export_files import Cell, Sheet
from survey.services.documents.listing import (
    ListPage,
    Wanted,
    in_order,
    page_of,
    page_of_rows,
    rows_as_wanted,
)
from survey.services.organisation.employee_numbers import KINDS, digits_of
from survey.services.organisation.people import UnitSummary
from survey.services.organisation.people_words import EMPLOYEE_COLUMNS, UNIT_COLUMNS
from survey.tables import N_

FILTERS = ("unit", "kind", "job_kind", "show")
SHOWN = ("left", "no_number", "no_superior")

Superior = aliased(Employee)
ORDERS = {
    "name": Employee.name,
    "number": Employee.number,
    "title": Employee.job_title,
    "unit": Unit.name,
    "superior": Superior.name,
}
SHEET_COLUMNS = {
    "number": Employee.number,
    "code": Employee.code,
    "kind": Employee.kind,
    "name": Employee.name,
    "unit": Unit.code,
    "supervisor": func.coalesce(Superior.number, Superior.code),
    "job_title": Employee.job_title,
    "job_kind": Employee.job_kind,
    "job_level": Employee.job_level,
    "since": Employee.in_post_since,
    "email": Employee.email,
}


UNIT_ORDERS: dict[str, Callable[[UnitSummary], Any]] = {
    "name": lambda unit: unit.name,
    "parent": lambda unit: unit.parent_name,
    "employees": lambda unit: unit.employees,
    "all": lambda unit: unit.employees_with_below,
}


def units(found: Sequence[UnitSummary], wanted: Wanted) -> ListPage:
    """One page of the units, each followed by those below it unless another order is asked for."""
    return page_of_rows(found, wanted, UNIT_ORDERS)


def unit_sheet(found: Sequence[UnitSummary], wanted: Wanted, translate: Callable[[str], str]) -> Sheet:
    """All of them, with the headers that the import reads, and how many work there."""
    header = [column.headers[0] for column in UNIT_COLUMNS]
    header += [translate(N_("Employees")), translate(N_("With all units below"))]
    rows: Iterator[list[Cell]] = (
        [unit.code, unit.name, unit.parent_code, unit.employees, unit.employees_with_below]
        for unit in rows_as_wanted(found, wanted, UNIT_ORDERS)
    )
    return Sheet(translate(N_("Units")), header, rows, numbers=frozenset())


def employees(session: Session, reach: Reach, wanted: Wanted) -> ListPage:
    """One page of the employees within reach; who has left is shown only when asked for."""
    return page_of(session, _rows(*_conditions(session, reach, wanted)), wanted, ORDERS, Employee.id)


def staff_of(session: Session, reach: Reach, unit_id: int, wanted: Wanted) -> ListPage:
    """One page of the employees of a unit, without those of the units below it."""
    found = _rows(reach.has(), Employee.is_active.is_(True), Employee.unit_id == unit_id, _holds(wanted.text))
    return page_of(session, found, wanted, ORDERS, Employee.id)


def _rows(*conditions: ColumnElement[bool]) -> Select[Any]:
    return _select(
        Employee.public_id,
        Employee.number,
        Employee.name,
        Employee.job_title,
        Employee.kind,
        Employee.is_active,
        Unit.public_id.label("unit_public_id"),
        Unit.name.label("unit"),
        Superior.public_id.label("superior_public_id"),
        Superior.name.label("superior"),
    ).where(*conditions)


def employee_sheet(session: Session, reach: Reach, wanted: Wanted, translate: Callable[[str], str]) -> Sheet:
    """All of them, with the headers that the import reads."""
    columns = [column for column in EMPLOYEE_COLUMNS if column.key in SHEET_COLUMNS]
    order = [column.key for column in columns]
    found = _select(*(SHEET_COLUMNS[key] for key in order)).where(*_conditions(session, reach, wanted))
    rows = session.execute(in_order(found, wanted.sort, ORDERS, Employee.id)).all()
    numbers = frozenset(order.index(key) for key in ("number", "supervisor"))
    header = [column.headers[0] for column in columns]
    return Sheet(translate(N_("Employees")), header, _cells(rows), numbers)


def _cells(rows: Any) -> Iterator[list[Cell]]:
    for row in rows:
        yield [cell.isoformat() if hasattr(cell, "isoformat") else cell for cell in row]


def _select(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Employee)
        .join(Unit, Unit.id == Employee.unit_id)
        .outerjoin(Superior, Superior.id == Employee.supervisor_id)
    )


def _conditions(session: Session, reach: Reach, wanted: Wanted) -> list[ColumnElement[bool]]:
    filters = wanted.filters
    conditions = [reach.has(), _holds(wanted.text), _shown(filters.get("show", ""))]
    if filters.get("kind") in KINDS:
        conditions.append(Employee.kind == filters["kind"])
    if filters.get("job_kind") in JOB_KINDS:
        conditions.append(Employee.job_kind == filters["job_kind"])
    if filters.get("unit"):
        chosen = session.scalar(select(Unit.id).where(Unit.public_id == filters["unit"]))
        conditions.append(Employee.unit_id.in_(units_below(session).get(chosen or 0, ())))
    return conditions


def _shown(show: str) -> ColumnElement[bool]:
    if show == "left":
        return Employee.is_active.is_(False)
    missing = {"no_number": Employee.number.is_(None), "no_superior": Employee.supervisor_id.is_(None)}
    return Employee.is_active & missing.get(show, true())


def _holds(text: str) -> ColumnElement[bool]:
    """The name, number, code, title or unit holds the text."""
    if not text:
        return true()
    number = digits_of(text)
    return or_(
        *(
            column.icontains(text, autoescape=True)
            for column in (Employee.name, Employee.job_title, Unit.name, Unit.code)
        ),
        Employee.code == text.upper(),
        Employee.number.contains(number) if number.isdigit() else false(),
    )
