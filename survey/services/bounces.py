"""Addresses that a mail server refused: a list that HR mends."""

import re
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from survey.exceptions import NotFound
from survey.models.assignments import Assignment
from survey.models.cycles import Cycle
from survey.models.mail import Bounce
from survey.models.people import Employee, Unit
from survey.services.people_file import is_address

_ADDRESS = re.compile(r"[^@\s<>\"',;:()\[\]]+@[^@\s<>\"',;:()\[\]]+\.[a-zA-Z0-9-]+")
IMPORTED = "imported"


@dataclass(frozen=True)
class Refused:
    """One employee whose address does not work."""

    public_id: str
    name: str
    unit: str
    address: str
    reason: str


@dataclass(frozen=True)
class Imported:
    """What an import of addresses found."""

    marked: int
    unknown: list[str]


def refused(session: Session) -> list[Refused]:
    """Everybody whose present address was refused, by unit and name."""
    rows = session.execute(
        select(Employee.public_id, Employee.name, Unit.name, Bounce.address, Bounce.reason)
        .join(Employee, Employee.id == Bounce.employee_id)
        .join(Unit, Unit.id == Employee.unit_id)
        .where(Employee.email == Bounce.address, Employee.is_active)
        .order_by(Unit.name, Employee.name)
    )
    return [Refused(*row) for row in rows]


def raters_refused(session: Session, cycle: Cycle) -> int:
    """How many raters of a cycle no letter reaches, because their present address was refused."""
    raters = select(Assignment.rater_id).where(Assignment.cycle_id == cycle.id)
    found = (
        select(func.count())
        .select_from(Bounce)
        .join(Employee, Employee.id == Bounce.employee_id)
        .where(Employee.email == Bounce.address, Employee.is_active, Employee.id.in_(raters))
    )
    return session.scalar(found) or 0


def mark(session: Session, text: str) -> Imported:
    """Take every address in a text, such as a list that the mail server's keeper sends, as one that fails."""
    given = {found.lower().rstrip(".") for found in _ADDRESS.findall(text)}
    rows = session.execute(
        select(Employee.id, Employee.email).where(func.lower(Employee.email).in_(given))
    ).all()
    for employee_id, address in rows:
        session.merge(Bounce(employee_id=employee_id, address=address, reason=IMPORTED))
    known = {str(address).lower() for _employee, address in rows}
    return Imported(len(rows), sorted(given - known))


def mend(session: Session, public_id: str, address: str) -> bool:
    """Give an employee another address, or the same again to try it once more; false where it is none."""
    employee = session.scalar(select(Employee).where(Employee.public_id == public_id))
    if employee is None:
        raise NotFound(public_id)
    if not is_address(address):
        return False
    employee.email = address
    session.execute(delete(Bounce).where(Bounce.employee_id == employee.id))
    return True
