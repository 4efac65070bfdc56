"""Read models of the organisation: who works where, and under whom."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from survey.exceptions import NotFound
from survey.models.people import Employee, Unit
from survey.services.accounts.access import Reach

MOST_UNITS = 20


@dataclass(frozen=True)
class UnitSummary:
    """One unit with the number of its active employees: its own, and those of all units below it as well."""

    public_id: str
    code: str
    name: str
    parent_code: str
    parent_name: str
    level: int
    employees: int
    employees_with_below: int


@dataclass(frozen=True)
class UnitDetails:
    """A unit, its place in the tree, and who leads it."""

    unit: Unit
    units_below: Sequence[Unit]
    heads: Sequence[Employee]


@dataclass(frozen=True)
class EmployeeDetails:
    """An employee and the people around her in the chart."""

    employee: Employee
    subordinates: Sequence[Employee]
    peers: Sequence[Employee]


def unit_overview(session: Session, reach: Reach) -> list[UnitSummary]:
    """Units of today within reach, each followed by those below it, with how many work there; two queries."""
    units = session.scalars(
        select(Unit).where(reach.has_unit(Unit.id), Unit.ends_on.is_(None)).order_by(Unit.code)
    ).all()
    own = _employees_per_unit(session)
    names = {unit.id: unit.name for unit in units}
    codes = {unit.id: unit.code for unit in units}
    below: dict[int | None, list[Unit]] = defaultdict(list)
    for unit in units:
        below[unit.parent_id if unit.parent_id in names else None].append(unit)
    ordered = _depth_first(below)
    with_below = dict(own)
    for unit, _level in reversed(ordered):
        if unit.parent_id in names:
            with_below[unit.parent_id] = with_below.get(unit.parent_id, 0) + with_below.get(unit.id, 0)
    return [
        UnitSummary(
            public_id=unit.public_id,
            code=unit.code,
            name=unit.name,
            parent_code=codes.get(unit.parent_id or 0, ""),
            parent_name=names.get(unit.parent_id or 0, ""),
            level=level,
            employees=own.get(unit.id, 0),
            employees_with_below=with_below.get(unit.id, 0),
        )
        for unit, level in ordered
    ]


def _employees_per_unit(session: Session) -> dict[int, int]:
    rows = session.execute(
        select(Employee.unit_id, func.count().label("employees"))
        .where(Employee.is_active)
        .group_by(Employee.unit_id)
    )
    return {row.unit_id: row.employees for row in rows}


def _depth_first(below: dict[int | None, list[Unit]]) -> list[tuple[Unit, int]]:
    ordered: list[tuple[Unit, int]] = []
    waiting = [(unit, 0) for unit in reversed(below[None])]
    while waiting:
        unit, level = waiting.pop()
        ordered.append((unit, level))
        waiting += [(child, level + 1) for child in reversed(below.get(unit.id, []))]
    return ordered


def find_units(session: Session, reach: Reach, text: str) -> Sequence[Unit]:
    """The first units whose name or code holds `text`."""
    found = select(Unit).where(reach.has_unit(Unit.id), _unit_holds(text))
    return session.scalars(found.order_by(Unit.name, Unit.id).limit(MOST_UNITS)).all()


def unit_details(session: Session, reach: Reach, public_id: str) -> UnitDetails:
    """A unit and its place; NotFound if there is none within reach."""
    of_name = select(Unit).where(Unit.public_id == public_id, reach.has_unit(Unit.id))
    unit = session.scalar(of_name.options(joinedload(Unit.parent)))
    if unit is None:
        raise NotFound(public_id)
    return UnitDetails(
        unit=unit,
        units_below=session.scalars(select(Unit).where(Unit.parent_id == unit.id).order_by(Unit.code)).all(),
        heads=_heads(session, unit.id),
    )


def _heads(session: Session, unit_id: int) -> Sequence[Employee]:
    """Those who supervise somebody in the unit and have no supervisor of their own in it."""
    member, supervisor = aliased(Employee), aliased(Employee)
    leads_here = exists().where(
        member.supervisor_id == Employee.id, member.unit_id == unit_id, member.is_active
    )
    is_led_here = exists().where(
        supervisor.id == Employee.supervisor_id, supervisor.unit_id == unit_id, supervisor.is_active
    )
    return session.scalars(
        select(Employee)
        .where(Employee.is_active, Employee.unit_id == unit_id, leads_here, ~is_led_here)
        .order_by(Employee.name, Employee.id)
    ).all()


def employee_details(session: Session, reach: Reach, public_id: str) -> EmployeeDetails:
    """An employee with subordinates and peers, who share her supervisor, as far as they lie within reach.

    NotFound if she herself does not.
    """
    employee = find_employee(session, reach, public_id)
    with_same = _supervised_by(session, reach, employee.supervisor_id)
    return EmployeeDetails(
        employee=employee,
        subordinates=_supervised_by(session, reach, employee.id),
        peers=[each for each in with_same if each.id != employee.id],
    )


def find_employee(session: Session, reach: Reach, public_id: str) -> Employee:
    """Somebody within reach, with unit and supervisor; NotFound if there is nobody."""
    of_name = select(Employee).where(Employee.public_id == public_id, reach.has())
    found = session.scalar(_with_places(of_name))
    if found is None:
        raise NotFound(public_id)
    return found


def find_unit(session: Session, reach: Reach, public_id: str) -> Unit:
    """A unit within reach; NotFound if there is none."""
    found = session.scalar(select(Unit).where(Unit.public_id == public_id, reach.has_unit(Unit.id)))
    if found is None:
        raise NotFound(public_id)
    return found


def employee_id_of(session: Session, number: str) -> int | None:
    """The id of the employee with this number."""
    return session.scalar(select(Employee.id).where(Employee.number == number))


def unit_id_of(session: Session, code: str) -> int | None:
    """The id of the unit with this code."""
    return session.scalar(select(Unit.id).where(Unit.code == code.strip()))


def _supervised_by(session: Session, reach: Reach, supervisor_id: int | None) -> Sequence[Employee]:
    if supervisor_id is None:
        return []
    return session.scalars(
        _with_places(
            select(Employee).where(Employee.is_active, reach.has(), Employee.supervisor_id == supervisor_id)
        ).order_by(Employee.name, Employee.id)
    ).all()


def _unit_holds(text: str) -> ColumnElement[bool]:
    return or_(Unit.name.icontains(text, autoescape=True), Unit.code.icontains(text, autoescape=True))


def _with_places(query: Select[Employee]) -> Select[Employee]:
    return query.options(joinedload(Employee.unit), joinedload(Employee.supervisor))
