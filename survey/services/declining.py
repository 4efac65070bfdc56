"""Raters who were named decline, before there are papers: nobody whom they would have rated is told."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.exceptions import NotFound, RequestRefused
from survey.models.cycles import Cycle
from survey.models.nominations import Nomination
from survey.models.people import Employee, Unit
from survey.services import audit
from survey.services.nominations import APPROVED, DECLINED, NAMED, REFUSED, require_open


def asked_of(session: Session, employee_id: int) -> list[tuple[Cycle, str, str]]:
    """Who named an employee: cycle, public id and name. What the supervisors decided is not told."""
    rows = session.execute(
        select(Cycle, Employee.public_id, Employee.name)
        .join(Nomination, Nomination.cycle_id == Cycle.id)
        .join(Employee, Employee.id == Nomination.subject_id)
        .where(
            Nomination.rater_id == employee_id,
            Nomination.state.in_((NAMED, APPROVED, REFUSED)),
            Cycle.state == "nomination",
        )
        .order_by(Employee.name, Employee.id)
    )
    return [(cycle, public_id, who) for cycle, public_id, who in rows]


def decline(
    session: Session, cycle: Cycle, rater_id: int, account_id: int, subject: str, reason: str
) -> None:
    """Do not rate somebody, with a reason that HR alone reads.

    Raises
    ------
    RequestRefused, NotFound, StepNotAllowed
        No reason; nobody of that name asked; the list of raters is made already.
    """
    require_open(cycle)
    if not reason.strip():
        raise RequestRefused("reason_missing")
    found = session.scalar(
        select(Nomination)
        .join(Employee, Employee.id == Nomination.subject_id)
        .where(
            Nomination.cycle_id == cycle.id, Nomination.rater_id == rater_id, Employee.public_id == subject
        )
    )
    if found is None:
        raise NotFound(subject)
    found.state, found.reason = DECLINED, reason.strip()
    # Who declined whom stands in the table alone: the trail is read by more offices.
    audit.record(session, account_id, "nomination.decline", cycle.public_id)


def declined(session: Session, cycle: Cycle) -> list[tuple[str, str]]:
    """The units of those who declined, with their reasons, for HR."""
    rows = session.execute(
        select(Unit.name, Nomination.reason)
        .join(Employee, Employee.id == Nomination.rater_id)
        .join(Unit, Unit.id == Employee.unit_id)
        .where(Nomination.cycle_id == cycle.id, Nomination.state == DECLINED)
        .order_by(Unit.name, Nomination.reason)
    )
    return [(unit, reason) for unit, reason in rows]
