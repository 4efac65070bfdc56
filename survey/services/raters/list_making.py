"""Lists of raters that were asked for: the work is done by a job, and what it is to do is kept here.

A request stands until its list is stored, in one transaction; so the job may be run again after any failure.
Whatever makes the list pointless (a new plan, the way back to the draft) takes the request away.
"""

from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from survey.exceptions import StepNotAllowed
from survey.models.assignments import ListRequest
from survey.models.cycles import Cycle
from survey.services.auditing import audit
from survey.services.cycles import cycles
from survey.services.raters import assignments
from survey.services.raters.assignments import Proposal


def ask(session: Session, cycle: Cycle, account_id: int, unit_ids: Iterable[int] | None) -> None:
    """Ask for a list over all units or some, in place of what was asked for before.

    Raises
    ------
    StepNotAllowed
        The cycle takes no list now.
    """
    if cycle.state not in cycles.STEPS["assign"][0]:
        raise StepNotAllowed(cycle.state, "assign")
    withdraw(session, cycle)
    session.add(
        ListRequest(
            cycle_id=cycle.id,
            asked_by=account_id,
            unit_ids=None if unit_ids is None else sorted(unit_ids),
            of_named=cycle.state == "nomination",
        )
    )
    session.flush()


def pending(session: Session, cycle: Cycle) -> ListRequest | None:
    """What was asked for and is not made yet."""
    return session.scalar(select(ListRequest).where(ListRequest.cycle_id == cycle.id))


def require_none(session: Session, cycle: Cycle, step: str) -> None:
    """Raise StepNotAllowed while a list is being made."""
    if pending(session, cycle) is not None:
        raise StepNotAllowed(cycle.state, step)


def withdraw(session: Session, cycle: Cycle) -> None:
    """Forget what was asked for; a job that works on it stores nothing."""
    session.execute(delete(ListRequest).where(ListRequest.cycle_id == cycle.id))


def propose(session: Session, cycle: Cycle, request: ListRequest) -> Proposal:
    """The list that was asked for, stored nowhere yet."""
    only = assignments.subjects_so_far(session, cycle) if request.of_named else None
    return assignments.propose(session, cycle, request.unit_ids, only=only)


def keep(session: Session, cycle: Cycle, request: ListRequest, proposal: Proposal) -> bool:
    """Store a list, unless the request was taken away while it was made; whether it was stored."""
    standing = pending(session, cycle)
    if standing is None or standing.public_id != request.public_id:
        return False
    session.delete(standing)
    assignments.keep(session, cycle, proposal)
    papers = len(proposal.triples)
    audit.record(session, request.asked_by, "cycle.assign", cycle.public_id, papers=papers)
    return True
