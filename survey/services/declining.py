"""Raters who were named decline, before there are papers: nobody whom they would have rated is told."""

from collections import defaultdict

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from survey.exceptions import NotFound, RequestRefused
from survey.models.cycles import Cycle
from survey.models.nominations import Decline, Nomination
from survey.models.people import Employee, Unit
from survey.services import audit
from survey.services.access import Reach
from survey.services.nominations import require_open


def asked_of(session: Session, employee_id: int) -> list[tuple[Cycle, str, str]]:
    """Who named an employee: cycle, public id and name. What the supervisors decided is not told."""
    rows = session.execute(
        select(Cycle, Employee.public_id, Employee.name)
        .join(Nomination, Nomination.cycle_id == Cycle.id)
        .join(Employee, Employee.id == Nomination.subject_id)
        .where(
            _is_asked(employee_id),
            Cycle.state == "nomination",
        )
        .order_by(Employee.name, Employee.id)
    )
    return [(cycle, public_id, who) for cycle, public_id, who in rows]


def decline(session: Session, cycle: Cycle, rater_id: int, subject: str, reason: str) -> None:
    """Do not rate somebody, with a reason that HR alone reads.

    Raises
    ------
    RequestRefused, NotFound, StepNotAllowed
        No reason; nobody of that name asked; the list of raters is made already.
    """
    require_open(cycle)
    if not reason.strip():
        raise RequestRefused("reason_missing")
    subject_id = session.scalar(
        select(Nomination.subject_id)
        .join(Employee, Employee.id == Nomination.subject_id)
        .where(_is_asked(rater_id), Nomination.cycle_id == cycle.id, Employee.public_id == subject)
    )
    if subject_id is None:
        raise NotFound(subject)
    session.add(Decline(cycle_id=cycle.id, subject_id=subject_id, rater_id=rater_id, reason=reason.strip()))
    # Who declined whom stands in the table alone: the trail is read by more offices, so it holds no account.
    audit.record(session, None, "nomination.decline", cycle.public_id)


def _is_asked(rater_id: int) -> ColumnElement[bool]:
    """Condition: somebody named the rater, who has not declined."""
    has_declined = exists().where(
        Decline.cycle_id == Nomination.cycle_id,
        Decline.subject_id == Nomination.subject_id,
        Decline.rater_id == Nomination.rater_id,
    )
    return and_(Nomination.rater_id == rater_id, ~has_declined)


def declined(session: Session, reach: Reach, cycle: Cycle) -> list[tuple[str, str]]:
    """The reasons of those who declined, for HR of the whole city; nothing for anybody else.

    The unit stands with them only where as many raters of it declined as make a group, else it is empty.
    """
    if not reach.is_city:
        return []
    rows = session.execute(
        select(Unit.id, Unit.name, Decline.rater_id, Decline.reason)
        .join(Employee, Employee.id == Decline.rater_id)
        .join(Unit, Unit.id == Employee.unit_id)
        .where(Decline.cycle_id == cycle.id)
    ).all()
    raters: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        raters[row.id].add(row.rater_id)
    return sorted(
        (row.name if len(raters[row.id]) >= cycle.minimum_group_size else "", row.reason) for row in rows
    )
