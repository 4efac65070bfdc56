"""Accept the quality report of a counted cycle: only then are its results seen, and may be released."""

from sqlalchemy.orm import Session

from survey.exceptions import InvalidPlan
from survey.models.cycles import Cycle
from survey.models.reviews import Review
from survey.services.cycles import cycles


def accept(session: Session, cycle: Cycle, reason: str) -> None:
    """Take the cycle to `reviewed`, with the reason in writing.

    Raises
    ------
    InvalidPlan, StepNotAllowed
        No reason was given; the cycle was not counted, or was reviewed before.
    """
    if not reason.strip():
        raise InvalidPlan("reason_missing")
    cycles.advance(session, cycle, "review")
    session.add(Review(cycle_id=cycle.id, reason=reason.strip()))
    session.flush()


def reason_of(session: Session, cycle: Cycle) -> str:
    """Why the quality was accepted; nothing where it was not, or before there were reviews."""
    found = session.get(Review, cycle.id)
    return found.reason if found else ""
