"""Who may touch whose data: roles, the units they are held over, and how far each reaches.

Services that list or read people take a `Reach`; what lies outside it is NotFound, as if it were not there.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from survey.models.accounts import Account
from survey.models.people import Employee, Unit

HR_ADMIN, HR_OPERATOR, APPROVER, AUDITOR = "hr_admin", "hr_operator", "approver", "auditor"
UNIT_HEAD, SUPERVISOR, EMPLOYEE = "unit_head", "supervisor", "employee"
ROLES = (HR_ADMIN, HR_OPERATOR, APPROVER, UNIT_HEAD, SUPERVISOR, EMPLOYEE, AUDITOR)
HR_ROLES = (HR_ADMIN, HR_OPERATOR)
TEAM_ROLES = (UNIT_HEAD, SUPERVISOR)
# One office asks, another decides, a third looks at both: nobody holds roles of two of them.
OFFICES = {HR_ADMIN: "hr", HR_OPERATOR: "hr", APPROVER: "approval", AUDITOR: "audit"}
GIVEN_ON_SERVER = frozenset({APPROVER, AUDITOR})  # by nobody who is signed in
OF_A_PERSON = frozenset({EMPLOYEE, SUPERVISOR})  # what these may do follows from who the person is
MAY_HAVE_UNIT = frozenset({HR_OPERATOR, UNIT_HEAD})
MUST_HAVE_UNIT = frozenset({UNIT_HEAD})


@dataclass(frozen=True)
class Reach:
    """Some units with all below them, or (None) the whole city; and the direct reports of one person."""

    unit_ids: frozenset[int] | None
    team_of: int | None = None

    @property
    def is_city(self) -> bool:
        return self.unit_ids is None

    def has_unit(
        self, unit_id: ColumnElement[int] | InstrumentedAttribute[int] | InstrumentedAttribute[int | None]
    ) -> ColumnElement[bool]:
        """Condition: the unit in this column lies within reach."""
        return true() if self.unit_ids is None else unit_id.in_(self.unit_ids)

    def has(self, employee: type[Employee] = Employee) -> ColumnElement[bool]:
        """Condition: the employee lies within reach."""
        in_units = self.has_unit(employee.unit_id)
        return in_units if self.team_of is None else or_(in_units, employee.supervisor_id == self.team_of)

    def __or__(self, other: "Reach") -> "Reach":
        both = None if self.unit_ids is None or other.unit_ids is None else self.unit_ids | other.unit_ids
        return Reach(both, self.team_of or other.team_of)


WHOLE_CITY = Reach(None)
NOBODY = Reach(frozenset())


def faults(roles: Iterable[str], employee_id: int | None, unit_id: int | None) -> list[str]:
    """What forbids that an account holds these roles over this unit, as codes; empty where nothing does."""
    held = set(roles)
    found = {
        "role_unknown": not held <= set(ROLES),
        "employee_missing": bool(held & OF_A_PERSON) and employee_id is None,
        "unit_missing": bool(held & MUST_HAVE_UNIT) and unit_id is None,
    }
    return clashes(held) + [code for code, is_fault in found.items() if is_fault]


def clashes(roles: Iterable[str]) -> list[str]:
    """`two_offices`, where one account would hold roles of two offices."""
    offices = {OFFICES[role] for role in roles if role in OFFICES}
    return ["two_offices"] if len(offices) > 1 else []


def reaches(session: Session, account: Account) -> dict[str, Reach]:
    """How far each role of the account reaches; one statement, and only where a unit is named."""
    has_units = any(grant.unit_id is not None for grant in account.grants)
    below = units_below(session) if has_units else {}
    found: dict[str, Reach] = defaultdict(lambda: NOBODY)
    for grant in account.grants:
        found[grant.role] |= _reach(grant.role, grant.unit_id, account.employee_id, below)
    return dict(found)


def _reach(
    role: str, unit_id: int | None, employee_id: int | None, below: dict[int, frozenset[int]]
) -> Reach:
    if role in OF_A_PERSON:
        return Reach(frozenset(), employee_id if role == SUPERVISOR else None)
    if unit_id is not None:
        return Reach(below[unit_id])
    return NOBODY if role in MUST_HAVE_UNIT else WHOLE_CITY


def units_below(session: Session) -> dict[int, frozenset[int]]:
    """Each unit with itself and all units below it."""
    children: dict[int | None, list[int]] = defaultdict(list)
    for unit_id, parent_id in session.execute(select(Unit.id, Unit.parent_id)):
        children[parent_id].append(unit_id)
    ordered, waiting = [], list(children[None])
    while waiting:
        unit_id = waiting.pop()
        ordered.append(unit_id)
        waiting += children.get(unit_id, [])
    found: dict[int, frozenset[int]] = {}
    for unit_id in reversed(ordered):
        found[unit_id] = frozenset({unit_id}).union(*(found[child] for child in children.get(unit_id, [])))
    return found
