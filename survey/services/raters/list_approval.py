"""The list of raters is approved, as it stands, by another office before it is used; a new list anew."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.exceptions import ListNotApproved, NotAllowed, NotFound, RequestRefused, StepNotAllowed
from survey.models.accounts import Account, Grant
from survey.models.assignments import Assignment, ListApproval
from survey.models.cycles import Cycle
from survey.services.accounts.access import APPROVER, HR_ROLES
from survey.services.auditing import audit

PENDING, APPROVED, DECLINED, DECIDED = "pending", "approved", "declined", "decided"
MAY_BE_USED = (APPROVED, DECIDED)


@dataclass(frozen=True)
class Standing:
    """Whether the list needs a decision, which there is, and whether the cycle may open with it."""

    is_needed: bool
    decision: ListApproval | None
    may_open: bool


def is_needed(cycle: Cycle) -> bool:
    """Whether another office must approve: not for a trial, with its keys on this server and no effect."""
    return cycle.mode != "server_key" or cycle.purpose == "appraisal"


def list_hash(session: Session, cycle: Cycle) -> bytes:
    """One hash over who is asked about whom, and as what."""
    rows = session.execute(
        select(Assignment.subject_id, Assignment.rater_id, Assignment.rater_group)
        .where(Assignment.cycle_id == cycle.id)
        .order_by(Assignment.subject_id, Assignment.rater_id)
    )
    found = hashlib.sha256(cycle.public_id.encode())
    for subject, rater, group in rows:
        found.update(f"{subject} {rater} {group}\n".encode())
    return found.digest()


def find(session: Session, cycle: Cycle) -> ListApproval | None:
    """What was asked and decided about the present list."""
    return session.get(ListApproval, cycle.id)


def waiting(session: Session) -> list[Cycle]:
    """The cycles whose list waits for a decision."""
    found = (
        select(Cycle)
        .join(ListApproval, ListApproval.cycle_id == Cycle.id)
        .where(ListApproval.state == PENDING, Cycle.state == "assigned")
        .order_by(Cycle.opens_on, Cycle.id)
    )
    return list(session.scalars(found))


def ask(session: Session, cycle: Cycle, account_id: int) -> None:
    """Put the list before the other office."""
    _put(session, cycle, account_id, PENDING)
    audit.record(session, account_id, "list.ask", cycle.public_id)


def decide_in_writing(session: Session, cycle: Cycle, account_id: int, decision: str) -> None:
    """Where no other office has an account: HR names the written decision that approves the list.

    Raises
    ------
    RequestRefused, StepNotAllowed
        No decision is named; the list is not to be decided upon now.
    NotAllowed
        Another office has an account, so it decides.
    """
    if not decision.strip():
        raise RequestRefused("decision_missing")
    if has_other_office(session):
        raise NotAllowed("list")
    _put(session, cycle, account_id, DECIDED, decision.strip())
    audit.record(session, account_id, "list.decided", cycle.public_id, decision=decision.strip())


def has_other_office(session: Session) -> bool:
    """Whether somebody of another office can decide, so that no written decision stands in for it."""
    held = select(Grant.id).join(Account, Account.id == Grant.account_id)
    return session.scalar(held.where(Grant.role == APPROVER, Account.is_active).limit(1)) is not None


def _put(session: Session, cycle: Cycle, account_id: int, state: str, words: str = "") -> None:
    if cycle.state != "assigned":
        raise StepNotAllowed(cycle.state, "ask")
    if (before := find(session, cycle)) is not None:
        session.delete(before)
        session.flush()
    session.add(
        ListApproval(
            cycle_id=cycle.id,
            list_hash=list_hash(session, cycle),
            asked_by=account_id,
            state=state,
            words=words,
        )
    )
    session.flush()


def approve(session: Session, cycle: Cycle, account_id: int) -> None:
    """Let the cycle open with this list.

    Raises
    ------
    NotAllowed, NotFound, StepNotAllowed
        The account belongs to the office that asks; nothing was asked; it was decided before, or the list
        changed since.
    """
    _decide(session, cycle, account_id, APPROVED)
    audit.record(session, account_id, "list.approved", cycle.public_id)


def decline(session: Session, cycle: Cycle, account_id: int, reason: str) -> None:
    """Send the list back with a reason.

    Raises
    ------
    RequestRefused
        No reason is given. The others as in `approve`.
    """
    if not reason.strip():
        raise RequestRefused("reason_missing")
    _decide(session, cycle, account_id, DECLINED).words = reason.strip()
    audit.record(session, account_id, "list.declined", cycle.public_id, reason=reason.strip())


def _decide(session: Session, cycle: Cycle, account_id: int, decision: str) -> ListApproval:
    audit.hold_chain(session)  # nobody else decides meanwhile
    found = find(session, cycle)
    if found is None:
        raise NotFound(cycle.public_id)
    is_of_hr = session.scalar(
        select(Grant.id).where(Grant.account_id == account_id, Grant.role.in_(HR_ROLES))
    )
    if account_id == found.asked_by or is_of_hr or session.get(Account, account_id) is None:
        raise NotAllowed("same office")
    if found.state != PENDING or cycle.state != "assigned" or found.list_hash != list_hash(session, cycle):
        raise StepNotAllowed(found.state, "decide")
    found.state, found.decided_by = decision, account_id
    return found


def require(session: Session, cycle: Cycle) -> None:
    """Raise ListNotApproved unless the list as it stands may be used."""
    if not standing(session, cycle).may_open:
        raise ListNotApproved(cycle.public_id)


def standing(session: Session, cycle: Cycle) -> Standing:
    """How far the list as it stands is."""
    if not is_needed(cycle):
        return Standing(is_needed=False, decision=None, may_open=True)
    found = find(session, cycle)
    is_decided = found is not None and found.state in MAY_BE_USED
    if found is None or not is_decided:
        return Standing(is_needed=True, decision=found, may_open=False)
    return Standing(is_needed=True, decision=found, may_open=found.list_hash == list_hash(session, cycle))
