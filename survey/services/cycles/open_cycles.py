"""What may still change once raters were asked: more time, larger groups, or an end without a count."""

from datetime import date

from sqlalchemy.orm import Session

from survey.exceptions import InvalidPlan, StepNotAllowed
from survey.models.cycles import Cycle
from survey.services.auditing import public_log
from survey.services.cycles import cycles


def cancel(session: Session, cycle: Cycle, reason: str) -> None:
    """End a cycle that can never be counted; nobody sees anything of it, and everybody may read why.

    Raises
    ------
    StepNotAllowed, InvalidPlan
        The cycle is not open or was counted; the reason is missing.
    """
    if not reason.strip():
        raise InvalidPlan("reason_missing")
    cycles.advance(session, cycle, "cancel")
    public_log.tell(session, cycle, "cycle-cancelled", reason=reason.strip())


def extend(session: Session, cycle: Cycle, closes_on: date) -> None:
    """Give raters of an open cycle more days; the last day never comes earlier.

    Raises
    ------
    StepNotAllowed, InvalidPlan
        The cycle is not open; the new last day is not later.
    """
    if cycle.state != "open":
        raise StepNotAllowed(cycle.state, "extend")
    if closes_on <= cycle.closes_on:
        raise InvalidPlan("not_later")
    cycle.closes_on = closes_on
    public_log.tell(session, cycle, "cycle-extended", closes_on=closes_on.isoformat())


def raise_minimum(session: Session, cycle: Cycle, minimum: int) -> None:
    """Ask for larger groups than was planned; never for smaller ones.

    Raises
    ------
    StepNotAllowed, InvalidPlan
        The cycle was counted; the minimum is not larger than it was.
    """
    if cycle.state not in (*cycles.DISCARDABLE, "open"):
        raise StepNotAllowed(cycle.state, "raise_minimum")
    if minimum <= cycle.minimum_group_size:
        raise InvalidPlan("not_stricter")
    cycle.minimum_group_size = minimum
    if minimum >= cycles.USUAL_GROUP:
        cycle.minimum_decision = ""
    if cycle.state == "open":
        public_log.tell(session, cycle, "minimum-raised", minimum=minimum)
