"""Give the raters of a unit more time than the cycle, and say until when a rater may answer."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.exceptions import InvalidPlan, StepNotAllowed
from survey.models.cycles import Cycle, UnitDeadline
from survey.models.invitations import Invitation
from survey.models.people import Unit
from survey.services.accounts.access import units_below
from survey.services.auditing import public_log
from survey.services.cycles.later_days import last_day_of_unit


def extend_unit(session: Session, cycle: Cycle, unit: Unit, closes_on: date) -> None:
    """Give the raters of a unit and of all below it more days; a last day never comes earlier.

    Raises
    ------
    StepNotAllowed, InvalidPlan
        The cycle is not open; the day is not later, or the unit has fewer raters than the smallest group:
        whoever answers after all others would be one of a handful.
    """
    if cycle.state != "open":
        raise StepNotAllowed(cycle.state, "extend")
    unit_ids = units_below(session)[unit.id]
    if closes_on <= last_day_of_unit(session, cycle, unit.id):
        raise InvalidPlan("not_later")
    if _raters(session, cycle, unit_ids) < cycle.minimum_group_size:
        raise InvalidPlan("too_few")
    for unit_id in unit_ids:
        known = session.get(UnitDeadline, (cycle.id, unit_id))
        if known is None or known.closes_on < closes_on:
            session.merge(
                UnitDeadline(cycle_id=cycle.id, unit_id=unit_id, chosen_id=unit.id, closes_on=closes_on)
            )
    session.flush()
    public_log.tell(session, cycle, "unit-extended", closes_on=closes_on.isoformat(), unit=unit.code)


def _raters(session: Session, cycle: Cycle, unit_ids: frozenset[int]) -> int:
    found = select(func.count()).where(Invitation.cycle_id == cycle.id, Invitation.unit_id.in_(unit_ids))
    return session.scalar(found) or 0


def last_day_of_rater(session: Session, cycle: Cycle, employee_id: int) -> date:
    """The last day on which an employee may answer, by the unit she was in when the cycle opened."""
    invitation = session.get(Invitation, (cycle.id, employee_id))
    return last_day_of_unit(session, cycle, invitation.unit_id) if invitation else cycle.closes_on
