"""Addresses that a mail server refused: a list that HR mends."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from survey.exceptions import NotFound
from survey.models.assignments import Assignment
from survey.models.cycles import Cycle
from survey.models.mail import Bounce
from survey.models.people import Employee, Unit
from survey.services.documents.export_files import Cell, Sheet
from survey.services.documents.listing import ListPage, Wanted, page_of_rows, rows_as_wanted
from survey.services.organisation.people_file import is_address
from survey.tables import N_

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


ORDERS: dict[str, Callable[[Refused], Any]] = {
    "name": lambda found: found.name,
    "unit": lambda found: found.unit,
    "reason": lambda found: found.reason,
}


def listed(session: Session, wanted: Wanted, only: str = "") -> ListPage:
    """One page of them, or the one whose address could not be mended."""
    found = [each for each in refused(session) if only in ("", each.public_id)]
    return page_of_rows(found, wanted, ORDERS, _words)


def refused_sheet(session: Session, wanted: Wanted, translate: Callable[[str], str]) -> Sheet:
    """All of them, for a file."""
    words = (N_("Name"), N_("Unit"), N_("Address"), N_("Reason"))
    rows: Iterator[list[Cell]] = (
        [found.name, found.unit, found.address, found.reason]
        for found in rows_as_wanted(refused(session), wanted, ORDERS, _words)
    )
    title = translate(N_("Addresses"))
    return Sheet(title, [translate(word) for word in words], rows, numbers=frozenset())


def _words(found: Refused) -> str:
    return f"{found.name}\n{found.unit}\n{found.address}"


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
