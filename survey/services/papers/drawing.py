"""Codes on paper that are folded, mixed in a box and drawn: a rater's right to answer, without the rater.

They take the place of papers that nobody used yet, one for one: as many papers are there as before. Who may
draw is known, and signs for it on paper; who drew which is known to nobody.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, case, delete, distinct, exists, func, insert, select, update
from sqlalchemy.orm import Session

from instruments.rater_groups import ANONYMOUS_GROUPS
from survey.exceptions import DrawnCodeUsed, NotFound, TooFewToDraw
from survey.models.assignments import Assignment
from survey.models.cycles import Cycle, Subject
from survey.models.invitations import DrawnCode, Paper
from survey.models.people import Employee, Unit
from survey.services.accounts.access import Reach
from survey.services.papers.distribution import require_open
from survey.services.secrets.codes import code_hash, new_code

FEWEST_TO_MIX = 2  # a single code in a box would be its rater's own


@dataclass(frozen=True)
class UnitScopes:
    """A unit with the number of its people whom an anonymous group is asked about."""

    public_id: str
    name: str
    subjects: int


@dataclass(frozen=True)
class DrawnScope:
    """One person and rater group: how many papers nobody used yet, and whether codes were printed."""

    employee: str  # the public id of the person rated
    name: str
    job_title: str
    rater_group: str
    untaken: int
    is_printed: bool

    @property
    def is_enough(self) -> bool:
        """Whether there are enough papers to be mixed."""
        return self.untaken >= FEWEST_TO_MIX


@dataclass(frozen=True)
class Sheet:
    """What is printed: codes that are known in this moment only, and beside them who may draw."""

    subject: str
    job_title: str
    rater_group: str
    codes: tuple[str, ...]
    raters: tuple[str, ...]  # names by the alphabet: their order tells nothing of the codes


def units(session: Session, reach: Reach, cycle: Cycle) -> list[UnitScopes]:
    """The units of those whom anonymous groups are asked about."""
    rows = session.execute(
        select(Unit.public_id, Unit.name, func.count(distinct(Subject.employee_id)))
        .select_from(Subject)
        .join(Unit, Unit.id == Subject.unit_id)
        .join(Assignment, _of_subject())
        .where(
            Subject.cycle_id == cycle.id,
            Assignment.rater_group.in_(ANONYMOUS_GROUPS),
            reach.has_unit(Unit.id),
        )
        .group_by(Unit.id, Unit.public_id, Unit.name)
        .order_by(Unit.name, Unit.public_id)
    )
    return [UnitScopes(*row) for row in rows]


def scopes(
    session: Session, cycle: Cycle, unit_id: int, employee: str = "", rater_group: str = ""
) -> list[DrawnScope]:
    """The anonymous scopes of a unit for which codes may be printed now, or one of them."""
    untaken = func.sum(case((Paper.taken.is_(None) & Paper.is_void.is_(False), 1), else_=0))
    printed = exists().where(
        DrawnCode.cycle_id == Assignment.cycle_id,
        DrawnCode.subject_id == Assignment.subject_id,
        DrawnCode.rater_group == Assignment.rater_group,
    )
    found = (
        select(
            Employee.public_id, Employee.name, Employee.job_title, Assignment.rater_group, untaken, printed
        )
        .select_from(Assignment)
        .join(Paper, _of_assignment())
        .join(Subject, _of_subject())
        .join(Employee, Employee.id == Subject.employee_id)
        .where(
            Assignment.cycle_id == cycle.id,
            Assignment.rater_group.in_([rater_group] if rater_group else ANONYMOUS_GROUPS),
            Subject.unit_id == unit_id,
        )
        .group_by(
            Assignment.cycle_id,
            Assignment.subject_id,
            Assignment.rater_group,
            Employee.public_id,
            Employee.name,
            Employee.job_title,
        )
        .order_by(Employee.name, Assignment.rater_group)
    )
    rows = session.execute(found.where(Employee.public_id == employee) if employee else found)
    listed = [DrawnScope(*row) for row in rows]
    return [scope for scope in listed if scope.is_enough or scope.is_printed]


def find_scope(
    session: Session, cycle: Cycle, unit_id: int, employee: str, rater_group: str, today: date
) -> DrawnScope:
    """One scope for which codes may be printed; NotFound where there is none, or nothing to be mixed."""
    if rater_group not in ANONYMOUS_GROUPS:
        raise NotFound(rater_group)
    found = scopes(session, require_open(cycle, today), unit_id, employee, rater_group)
    if not found:
        raise NotFound(employee)
    return found[0]


def print_codes(session: Session, cycle: Cycle, scope: DrawnScope, today: date) -> Sheet:
    """Void exactly the untaken papers of a scope and make as many codes; they are kept as hashes only.

    Where none is untaken and codes were printed before, as after a printer that jammed, those are voided and
    made anew, as long as nobody used one.

    Raises
    ------
    TooFewToDraw, DrawnCodeUsed
        Nothing was voided.
    """
    of_employee = select(Employee.id).where(Employee.public_id == scope.employee)
    subject_id = session.scalars(of_employee).one()
    of_scope = (Assignment.cycle_id == require_open(cycle, today).id) & (Assignment.subject_id == subject_id)
    of_scope &= Assignment.rater_group == scope.rater_group
    raters = _void_untaken(session, of_scope) or _void_codes(session, cycle, subject_id, scope.rater_group)
    if len(raters) < FEWEST_TO_MIX:
        raise TooFewToDraw
    codes = [new_code() for _rater in raters]
    own = {"cycle_id": cycle.id, "subject_id": subject_id, "rater_group": scope.rater_group, "taken": None}
    hashes = sorted(code_hash(code) for code in codes)  # rows lie in an order that is not that of the sheet
    session.execute(insert(DrawnCode), [own | {"secret_hash": hashed} for hashed in hashes])
    names = session.scalars(select(Employee.name).where(Employee.id.in_(raters)))
    alphabetical = tuple(sorted(names, key=str.casefold))
    return Sheet(scope.name, scope.job_title, scope.rater_group, tuple(codes), alphabetical)


def _void_untaken(session: Session, of_scope: ColumnElement[bool]) -> list[int]:
    """Void the papers of a scope that nobody used; whoever takes one meanwhile keeps it."""
    voided = session.scalars(
        update(Paper)
        .where(
            exists().where(_of_assignment(), of_scope),
            exists().where(Cycle.id == Paper.cycle_id, Cycle.state == "open"),
            Paper.taken.is_(None),
            Paper.is_void.is_(False),
        )
        .values(is_void=True)
        .returning(Paper.rater_id)
        .execution_options(synchronize_session=False)
    )
    return list(voided)


def _void_codes(session: Session, cycle: Cycle, subject_id: int, rater_group: str) -> list[int]:
    """Void the codes of a scope, if nobody used one; returns those who may draw new ones."""
    own = (
        DrawnCode.cycle_id == cycle.id,
        DrawnCode.subject_id == subject_id,
        DrawnCode.rater_group == rater_group,
    )
    session.execute(
        delete(DrawnCode).where(*own, DrawnCode.taken.is_(None)).execution_options(synchronize_session=False)
    )
    if session.scalar(select(exists().where(*own))):
        raise DrawnCodeUsed
    of_scope = (Assignment.cycle_id == cycle.id) & (Assignment.subject_id == subject_id)
    voided = (
        select(Paper.rater_id)
        .join(Assignment, _of_assignment())
        .where(of_scope, Assignment.rater_group == rater_group, Paper.is_void)
    )
    return list(session.scalars(voided))


def _of_assignment() -> ColumnElement[bool]:
    return (
        (Assignment.cycle_id == Paper.cycle_id)
        & (Assignment.rater_id == Paper.rater_id)
        & (Assignment.subject_id == Paper.subject_id)
    )


def _of_subject() -> ColumnElement[bool]:
    return (Subject.cycle_id == Assignment.cycle_id) & (Subject.employee_id == Assignment.subject_id)
