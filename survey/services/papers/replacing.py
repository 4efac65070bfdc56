"""Papers anew for a rater who lost her device after taking them: one office asks, another decides.

What was taken cannot be revoked: the signatures are blind, and ballots on lost papers still count. So papers
are replaced seldom (the manifest says how many), the public log tells how many, and the groups concerned need
more ballots.
"""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from protocol import manifest
from survey.exceptions import NotAllowed, NotFound, RequestRefused, StepNotAllowed, TooManyReplaced
from survey.models.accounts import Account, Grant
from survey.models.cycles import Cycle
from survey.models.invitations import Invitation, Paper, ReplacementRequest
from survey.models.people import Employee, Unit
from survey.services.accounts.access import HR_ROLES, Reach
from survey.services.auditing import audit, public_log
from survey.services.organisation.employee_numbers import digits_of
from survey.services.papers import paper_office

PENDING, APPROVED, DECLINED = "pending", "approved", "declined"
WHOLE = 100


@dataclass(frozen=True)
class Asked:
    """A request as both offices see it."""

    public_id: str
    state: str
    reason: str
    rater: str
    unit: str
    asked_by: str
    cycle: Cycle


@dataclass(frozen=True)
class Share:
    """How many papers of a cycle were replaced, and how many its manifest allows."""

    replaced: int
    allowed: int


def ask(session: Session, reach: Reach, cycle: Cycle, account_id: int, number: str, reason: str) -> None:
    """Ask another office that a rater of an open cycle, known by the NIP, may take her papers anew.

    Whether she has taken any is not told.

    Raises
    ------
    StepNotAllowed, RequestRefused
        The cycle is not open; the code says what is wrong with the request.
    """
    if cycle.state != "open":
        raise StepNotAllowed(cycle.state, "replace")
    if not reason.strip():
        raise RequestRefused("reason_missing")
    rater_id = session.scalar(
        select(Employee.id)
        .join(Invitation, Invitation.rater_id == Employee.id)
        .where(Invitation.cycle_id == cycle.id, Employee.number == digits_of(number), reach.has())
    )
    if rater_id is None:
        raise RequestRefused("rater_unknown")
    waiting = select(ReplacementRequest.id).where(
        ReplacementRequest.cycle_id == cycle.id,
        ReplacementRequest.rater_id == rater_id,
        ReplacementRequest.state == PENDING,
    )
    audit.hold_chain(session)  # two people at once do not ask twice
    if session.scalar(waiting) is not None:
        raise RequestRefused("waiting_already")
    request = ReplacementRequest(
        cycle_id=cycle.id, rater_id=rater_id, reason=reason.strip(), asked_by=account_id
    )
    session.add(request)
    session.flush()
    audit.record(session, account_id, "replacement.ask", cycle.public_id, request=request.public_id)


def of_cycle(session: Session, reach: Reach, cycle: Cycle) -> list[Asked]:
    """The requests of a cycle for raters within reach, the newest first."""
    return _read(session, ReplacementRequest.cycle_id == cycle.id, reach.has())


def pending(session: Session) -> list[Asked]:
    """What waits for a decision, in all open cycles."""
    return _read(session, ReplacementRequest.state == PENDING, Cycle.state == "open")


def find(session: Session, public_id: str) -> Asked:
    """One request; NotFound where there is none."""
    for found in _read(session, ReplacementRequest.public_id == public_id):
        return found
    raise NotFound(public_id)


def _read(session: Session, *which: object) -> list[Asked]:
    rows = session.execute(
        select(
            ReplacementRequest.public_id,
            ReplacementRequest.state,
            ReplacementRequest.reason,
            Employee.name,
            Unit.name,
            Account.username,
            Cycle,
        )
        .join(Employee, Employee.id == ReplacementRequest.rater_id)
        .join(Unit, Unit.id == Employee.unit_id)
        .join(Account, Account.id == ReplacementRequest.asked_by)
        .join(Cycle, Cycle.id == ReplacementRequest.cycle_id)
        .where(*which)  # type: ignore[arg-type]
        .order_by(ReplacementRequest.id.desc())
    )
    return [Asked(*row) for row in rows]


def share(session: Session, cycle: Cycle) -> Share:
    """How much of what the manifest allows is used up."""
    rules = manifest.read(cycle.manifest.encode())
    replaced = select(func.coalesce(func.sum(Paper.replaced), 0)).where(Paper.cycle_id == cycle.id)
    allowed = rules.counts.papers * rules.replacements_percent // WHOLE
    return Share(session.scalars(replaced).one(), allowed)


def approve(session: Session, public_id: str, account_id: int) -> int:
    """Let the rater take anew what she had taken; returns how many papers.

    Raises
    ------
    NotAllowed, StepNotAllowed, TooManyReplaced
        The account belongs to the office that asks, or to the rater; it was decided before, or the cycle is
        not open; the manifest allows no more.
    """
    request, cycle = _to_decide(session, public_id, account_id)
    papers = paper_office.take_back(session, cycle, request.rater_id)
    now = share(session, cycle)
    if now.replaced > now.allowed:
        raise TooManyReplaced
    if papers:
        public_log.tell(session, cycle, "papers-replaced", papers=now.replaced)
    _decide(session, request, cycle, account_id, APPROVED)
    return papers


def decline(session: Session, public_id: str, account_id: int) -> None:
    """Leave everything as it is.

    Raises
    ------
    NotAllowed, StepNotAllowed
        As in `approve`.
    """
    request, cycle = _to_decide(session, public_id, account_id)
    _decide(session, request, cycle, account_id, DECLINED)


def _to_decide(session: Session, public_id: str, account_id: int) -> tuple[ReplacementRequest, Cycle]:
    audit.hold_chain(session)  # nobody else decides meanwhile: the share is counted once
    request = session.scalar(select(ReplacementRequest).where(ReplacementRequest.public_id == public_id))
    if request is None:
        raise NotFound(public_id)
    cycle = session.get_one(Cycle, request.cycle_id)
    account = session.get_one(Account, account_id)
    of_hr = select(Grant.id).where(Grant.account_id == account_id, Grant.role.in_(HR_ROLES)).limit(1)
    is_of_hr = session.scalar(of_hr) is not None
    if account_id == request.asked_by or is_of_hr or account.employee_id == request.rater_id:
        raise NotAllowed("same office")
    if request.state != PENDING or cycle.state != "open":
        raise StepNotAllowed(request.state, "decide")
    return request, cycle


def _decide(
    session: Session, request: ReplacementRequest, cycle: Cycle, account_id: int, decision: str
) -> None:
    request.state, request.decided_by = decision, account_id
    audit.record(session, account_id, f"replacement.{decision}", cycle.public_id, request=request.public_id)
