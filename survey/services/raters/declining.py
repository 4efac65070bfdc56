"""Raters decline, before there are papers: nobody whom they would have rated is told.

While peers are named, whoever was named may decline; once the list of raters is made, whoever stands on it
as a peer or subordinate. A superior who cannot judge somebody tells HR: appraising is part of that post.
"""

from collections import defaultdict

from sqlalchemy import ColumnElement, Select, and_, delete, exists, select
from sqlalchemy.orm import Session

from instruments.rater_groups import ANONYMOUS_GROUPS
from survey.exceptions import NotFound, RequestRefused, StepNotAllowed
from survey.models.assignments import Assignment, ListApproval
from survey.models.cycles import Cycle
from survey.models.nominations import Decline, Nomination
from survey.models.people import Employee, Unit
from survey.services.accounts.access import Reach
from survey.services.auditing import audit

STILL_ASKED = ("nomination", "assigned")


def asked_of(session: Session, employee_id: int) -> list[tuple[Cycle, str, str]]:
    """Whom an employee may decline to rate: cycle, public id, name. What supervisors decided is not told."""
    named = _of_people(Nomination).where(_is_asked(employee_id), Cycle.state == "nomination")
    listed = _of_people(Assignment).where(_is_listed(employee_id), Cycle.state == "assigned")
    rows = [*session.execute(named), *session.execute(listed)]
    return [(cycle, public_id, who) for cycle, public_id, who in rows]


def _of_people(pairs: type[Nomination] | type[Assignment]) -> Select[Cycle, str, str]:
    return (
        select(Cycle, Employee.public_id, Employee.name)
        .join(pairs, pairs.cycle_id == Cycle.id)
        .join(Employee, Employee.id == pairs.subject_id)
        .order_by(Cycle.opens_on, Employee.name, Employee.id)
    )


def decline(session: Session, cycle: Cycle, rater_id: int, subject: str, reason: str) -> None:
    """Do not rate somebody, with a reason that HR alone reads.

    From a list that was made the pair is taken out, and what was decided about the list is void: it is
    another list now.

    Raises
    ------
    RequestRefused, NotFound, StepNotAllowed
        No reason; nobody of that name is to be rated; the cycle is opening, or open.
    """
    audit.hold_chain(session)  # the list is neither stored nor frozen meanwhile
    session.refresh(cycle)
    if cycle.state not in STILL_ASKED:
        raise StepNotAllowed(cycle.state, "decline")
    if not reason.strip():
        raise RequestRefused("reason_missing")
    subject_id = _subject_of(session, cycle, rater_id, subject)
    session.add(Decline(cycle_id=cycle.id, subject_id=subject_id, rater_id=rater_id, reason=reason.strip()))
    if cycle.state == "assigned":
        pair = (Assignment.cycle_id == cycle.id, Assignment.subject_id == subject_id)
        session.execute(delete(Assignment).where(*pair, Assignment.rater_id == rater_id))
        session.execute(delete(ListApproval).where(ListApproval.cycle_id == cycle.id))
    # Who declined whom stands in the table alone: the trail is read by more offices, so it holds no account.
    audit.record(session, None, "nomination.decline", cycle.public_id)


def _subject_of(session: Session, cycle: Cycle, rater_id: int, public_id: str) -> int:
    """Whom the rater is to rate, by the public id; NotFound where it is nobody."""
    pairs: type[Nomination] | type[Assignment]
    pairs, is_asked = Nomination, _is_asked(rater_id)
    if cycle.state == "assigned":
        pairs, is_asked = Assignment, _is_listed(rater_id)
    found = session.scalar(
        select(pairs.subject_id)
        .join(Employee, Employee.id == pairs.subject_id)
        .where(is_asked, pairs.cycle_id == cycle.id, Employee.public_id == public_id)
    )
    if found is None:
        raise NotFound(public_id)
    return found


def _is_listed(rater_id: int) -> ColumnElement[bool]:
    """Condition: the rater stands on the list, in a group without names."""
    return and_(Assignment.rater_id == rater_id, Assignment.rater_group.in_(ANONYMOUS_GROUPS))


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
