"""Before the list of raters is made: employees name peers, their supervisors decide, raters may decline.

Nobody is told what became of a name: the rule fills up with others, and the list is shown to none of them, so
who declined, or was left out, cannot be told apart from who rated. Nothing here reads who declined.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, delete, distinct, func, insert, select
from sqlalchemy.orm import Session

from survey.exceptions import NotFound, RequestRefused, StepNotAllowed
from survey.models.cycles import Cycle, Subject
from survey.models.nominations import Nomination
from survey.models.people import Employee
from survey.services.accounts.access import Reach
from survey.services.auditing import audit
from survey.services.cycles import cycles
from survey.services.raters.rater_sources import read_sources

NAMED, APPROVED, REFUSED = "named", "approved", "refused"


@dataclass(frozen=True)
class Choice:
    """Somebody who could be named, and what was said so far."""

    public_id: str
    name: str
    job_title: str
    is_chosen: bool
    is_busy: bool  # named by so many that the load cap would not let her rate all of them


@dataclass(frozen=True)
class Sheet:
    """One employee's nominations."""

    cycle: Cycle
    employee: Employee
    choices: Sequence[Choice]
    fewest: int
    most: int
    is_named: bool
    is_decided: bool


@dataclass(frozen=True)
class TeamRow:
    """One employee of a supervisor's, and how far her nominations are."""

    cycle: Cycle
    public_id: str
    name: str
    named: int
    is_decided: bool


@dataclass(frozen=True)
class Progress:
    """How far the nominations of a cycle are."""

    subjects: int
    named: int
    decided: int


def begin(session: Session, cycle: Cycle, account_id: int, unit_ids: Iterable[int] | None = None) -> None:
    """Let the employees of all units, or of some, name their peers."""
    cycles.advance(session, cycle, "nominate")
    of_units = select(Employee.id, Employee.unit_id).where(Employee.is_active)
    if unit_ids is not None:
        of_units = of_units.where(Employee.unit_id.in_(set(unit_ids)))
    leaders = set(session.scalars(select(Employee.supervisor_id).where(Employee.is_active).distinct()))
    rows = [
        {"cycle_id": cycle.id, "employee_id": row.id, "unit_id": row.unit_id, "leads": row.id in leaders}
        for row in session.execute(of_units)
    ]
    if rows:
        session.execute(insert(Subject), rows)
    audit.record(session, account_id, "cycle.nominate", cycle.public_id, subjects=len(rows))


def forget(session: Session, cycle: Cycle) -> None:
    """Take every name back, with the way back to the draft; who declined was promised not to be asked."""
    session.execute(delete(Nomination).where(Nomination.cycle_id == cycle.id))


def own_cycles(session: Session, employee_id: int) -> list[Cycle]:
    """The cycles in which an employee may name peers now."""
    found = (
        select(Cycle)
        .join(Subject, Subject.cycle_id == Cycle.id)
        .where(Subject.employee_id == employee_id, Cycle.state == "nomination")
        .order_by(Cycle.opens_on, Cycle.id)
    )
    return list(session.scalars(found))


def sheet(session: Session, cycle: Cycle, employee_id: int) -> Sheet:
    """Whom an employee can name, and whom she has named.

    Raises
    ------
    NotFound, StepNotAllowed
        The employee is no subject of the cycle; the cycle takes no nominations now.
    """
    require_open(cycle)
    if session.get(Subject, (cycle.id, employee_id)) is None:
        raise NotFound(cycle.public_id)
    own = {
        row.rater_id: row.state
        for row in session.execute(
            select(Nomination.rater_id, Nomination.state).where(
                Nomination.cycle_id == cycle.id, Nomination.subject_id == employee_id
            )
        )
    }
    sources = read_sources(session, cycle)
    place = sources.place_of[employee_id]
    known = sources.near_of(place) - sources.line_of(place)
    ids = {sources.ids[each] for each in known} | own.keys()
    load = Counter(dict(session.execute(_named_by_rater(cycle)).all()))
    people = session.execute(
        select(Employee.id, Employee.public_id, Employee.name, Employee.job_title)
        .where(Employee.id.in_(ids))
        .order_by(Employee.name, Employee.id)
    )
    choices = [
        Choice(
            row.public_id,
            row.name,
            row.job_title,
            own.get(row.id) in (NAMED, APPROVED),
            load[row.id] >= cycle.load_cap,
        )
        for row in people
    ]
    return Sheet(
        cycle,
        session.get_one(Employee, employee_id),
        choices,
        min(cycle.minimum_group_size, len(choices)),
        cycle.peers_wanted,
        is_named=bool(own),
        is_decided=any(state in (APPROVED, REFUSED) for state in own.values()),
    )


def _named_by_rater(cycle: Cycle) -> Select[int, int]:
    return (
        select(Nomination.rater_id, func.count())
        .where(Nomination.cycle_id == cycle.id, Nomination.state.in_((NAMED, APPROVED)))
        .group_by(Nomination.rater_id)
    )


def name(session: Session, cycle: Cycle, employee_id: int, account_id: int, chosen: Sequence[str]) -> None:
    """Name peers, in place of those named before.

    Raises
    ------
    RequestRefused
        too_few, too_many, unknown, or decided: the supervisor has decided already.
    """
    found = sheet(session, cycle, employee_id)
    if found.is_decided:
        raise RequestRefused("decided")
    wanted = _among(session, found, chosen)
    if len(wanted) < found.fewest:
        raise RequestRefused("too_few")
    _replace(session, cycle, employee_id, wanted, NAMED)
    audit.record(session, account_id, "nomination.name", cycle.public_id, peers=len(wanted))


def team(session: Session, reach: Reach) -> list[TeamRow]:
    """Those within reach who may name peers now, the undecided first."""
    named = func.count(Nomination.rater_id)
    decided = func.count(Nomination.rater_id).filter(Nomination.state.in_((APPROVED, REFUSED)))
    rows = session.execute(
        select(Cycle, Employee.public_id, Employee.name, named, decided)
        .join(Subject, Subject.cycle_id == Cycle.id)
        .join(Employee, Employee.id == Subject.employee_id)
        .outerjoin(
            Nomination, (Nomination.cycle_id == Cycle.id) & (Nomination.subject_id == Subject.employee_id)
        )
        .where(Cycle.state == "nomination", reach.has(Employee))
        .group_by(Cycle.id, Employee.id, Employee.public_id, Employee.name)
        .order_by(decided > 0, Employee.name, Employee.id)
    )
    return [
        TeamRow(cycle, public_id, who, count, is_decided > 0)
        for cycle, public_id, who, count, is_decided in rows
    ]


def sheet_in_reach(session: Session, reach: Reach, cycle: Cycle, public_id: str) -> Sheet:
    """The nominations of somebody within reach; NotFound where there is nobody."""
    employee = session.scalar(select(Employee.id).where(Employee.public_id == public_id, reach.has(Employee)))
    if employee is None:
        raise NotFound(public_id)
    return sheet(session, cycle, employee)


def decide(session: Session, found: Sheet, account_id: int, chosen: Sequence[str]) -> None:
    """Approve those chosen, named or not, and refuse the others that were named.

    Raises
    ------
    RequestRefused
        too_few, too_many or unknown.
    """
    wanted = _among(session, found, chosen)
    if len(wanted) < found.fewest:
        raise RequestRefused("too_few")
    _replace(session, found.cycle, found.employee.id, wanted, APPROVED)
    audit.record(session, account_id, "nomination.decide", found.cycle.public_id, peers=len(wanted))


def _among(session: Session, found: Sheet, chosen: Sequence[str]) -> list[int]:
    offered = {choice.public_id for choice in found.choices}
    if not set(chosen) <= offered:
        raise RequestRefused("unknown")
    if len(set(chosen)) > found.most:
        raise RequestRefused("too_many")
    return list(
        session.scalars(select(Employee.id).where(Employee.public_id.in_(chosen)).order_by(Employee.id))
    )


def _replace(session: Session, cycle: Cycle, subject_id: int, wanted: list[int], state: str) -> None:
    """Write who was chosen; who was named and is not approved is refused."""
    own = (Nomination.cycle_id == cycle.id, Nomination.subject_id == subject_id)
    before = set(session.scalars(select(Nomination.rater_id).where(*own)))
    session.execute(delete(Nomination).where(*own))
    refused = before - set(wanted) if state == APPROVED else set()
    chosen = [(rater, state) for rater in wanted] + [(rater, REFUSED) for rater in refused]
    if chosen:
        session.execute(
            insert(Nomination),
            [
                {"cycle_id": cycle.id, "subject_id": subject_id, "rater_id": rater, "state": becomes}
                for rater, becomes in sorted(chosen)
            ],
        )


def progress(session: Session, cycle: Cycle) -> Progress:
    """How many subjects there are, how many have named, how many are decided."""
    subjects = select(func.count()).select_from(Subject).where(Subject.cycle_id == cycle.id)
    counted = session.execute(
        select(
            func.count(distinct(Nomination.subject_id)),
            func.count(distinct(Nomination.subject_id)).filter(Nomination.state.in_((APPROVED, REFUSED))),
        ).where(Nomination.cycle_id == cycle.id)
    ).one()
    return Progress(session.scalar(subjects) or 0, *counted)


def require_open(cycle: Cycle) -> None:
    """Raise StepNotAllowed unless the cycle takes nominations now."""
    if cycle.state != "nomination":
        raise StepNotAllowed(cycle.state, "name")
