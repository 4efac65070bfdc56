"""Hand the invitations out: one personal link per rater and cycle that lists all her papers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import and_, bindparam, case, distinct, func, insert, or_, select, update
from sqlalchemy.orm import Session

from survey.exceptions import CycleNotOpen, NotFound
from survey.models.assignments import Assignment
from survey.models.cycles import Cycle, UnitDeadline
from survey.models.invitations import Invitation, Paper
from survey.models.people import Employee, Unit
from survey.services.accounts.access import Reach
from survey.services.cycles import deadlines, later_days
from survey.services.cycles.cycles import USUAL_GROUP
from survey.services.documents.listing import ListPage, Wanted, page_of_rows
from survey.services.documents.rounding import in_steps, widths
from survey.services.secrets.codes import code_hash, new_code

USUAL_RATE = 0.75  # of papers sent in, where no cycle has told anything else


@dataclass(frozen=True)
class Slip:
    """A personal code on its way to a rater; known in this moment only."""

    name: str
    job_title: str
    code: str


@dataclass(frozen=True)
class Participation:
    """How many of a unit's personal papers were used, in steps; no figure for units with too few raters."""

    unit: str
    raters: int
    percent: int | None
    unit_id: int = field(default=0, compare=False)
    step: float = field(default=0.0, compare=False)  # the width of a step, in percent


_of_paper = and_(Invitation.cycle_id == Paper.cycle_id, Invitation.rater_id == Paper.rater_id)


@dataclass(frozen=True)
class OwnInvitation:
    """A cycle that an employee is asked to answer in."""

    cycle: Cycle
    closes_on: date  # the cycle's last day, or a later one of the employee's unit
    papers: int


@dataclass(frozen=True)
class Rate:
    """The share of papers expected back, and from which cycle it is known; none: the usual one."""

    share: float
    cycle: str | None


def issue_invitations(session: Session, cycle: Cycle) -> int:
    """Make one invitation per rater and one paper per assignment; nobody knows a code yet."""
    raters = session.execute(
        select(Employee.id, Employee.unit_id).where(
            Employee.id.in_(select(Assignment.rater_id).where(Assignment.cycle_id == cycle.id))
        )
    ).all()
    if not raters:
        return 0
    session.execute(
        insert(Invitation),
        [
            {"cycle_id": cycle.id, "rater_id": rater, "secret_hash": code_hash(new_code()), "unit_id": unit}
            for rater, unit in raters
        ],
    )
    pairs = session.execute(
        select(Assignment.rater_id, Assignment.subject_id).where(Assignment.cycle_id == cycle.id)
    )
    session.execute(
        insert(Paper),
        [{"cycle_id": cycle.id, "rater_id": rater, "subject_id": subject} for rater, subject in pairs],
    )
    return len(raters)


def issue_slips(session: Session, cycle: Cycle, unit_id: int, today: date) -> list[Slip]:
    """Fresh codes for the raters of one unit; codes handed out before stop working."""
    require_open(cycle, today, later_days.last_day_of_unit(session, cycle, unit_id))
    raters = session.execute(
        select(Invitation.rater_id, Employee.name, Employee.job_title)
        .join(Employee, Employee.id == Invitation.rater_id)
        .where(Invitation.cycle_id == cycle.id, Invitation.unit_id == unit_id)
        .order_by(Employee.name)
    ).all()
    slips = [Slip(name, job_title, new_code()) for _rater, name, job_title in raters]
    _replace_codes(session, cycle, {row.rater_id: slip.code for row, slip in zip(raters, slips, strict=True)})
    return slips


def issue_own_code(session: Session, cycle: Cycle, employee_id: int, today: date) -> str:
    """A fresh code for a signed-in rater's own invitation."""
    require_open(cycle, today, deadlines.last_day_of_rater(session, cycle, employee_id))
    if session.get(Invitation, (cycle.id, employee_id)) is None:
        raise NotFound("invitation")
    code = new_code()
    _replace_codes(session, cycle, {employee_id: code})
    return code


def require_open(cycle: Cycle, today: date, last_day: date | None = None) -> Cycle:
    """The cycle, if codes may be handed out on this day; `last_day` is that of a unit."""
    if cycle.state != "open" or today > (last_day or cycle.closes_on):
        raise CycleNotOpen(cycle.public_id)
    return cycle


def _replace_codes(session: Session, cycle: Cycle, codes: dict[int, str]) -> None:
    if not codes:
        return
    table = Invitation.__table__
    session.connection().execute(
        update(table)  # type: ignore[arg-type]
        .where(table.c.cycle_id == bindparam("of_cycle"), table.c.rater_id == bindparam("of_rater"))
        .values(secret_hash=bindparam("hash")),
        [{"of_cycle": cycle.id, "of_rater": rater, "hash": code_hash(code)} for rater, code in codes.items()],
    )


def own_invitations(session: Session, employee_id: int, today: date) -> list[OwnInvitation]:
    """The cycles that ask this employee today, with the number of people she is asked about."""
    rows = session.execute(
        select(Cycle, func.max(UnitDeadline.closes_on), func.count(Paper.subject_id))
        .join(Paper, Paper.cycle_id == Cycle.id)
        .join(Invitation, _of_paper)
        .outerjoin(
            UnitDeadline,
            and_(UnitDeadline.cycle_id == Cycle.id, UnitDeadline.unit_id == Invitation.unit_id),
        )
        .where(
            Paper.rater_id == employee_id,
            Paper.is_void.is_(False),
            Cycle.state == "open",
            Cycle.opens_on <= today,
            or_(Cycle.closes_on >= today, UnitDeadline.closes_on >= today),
        )
        .group_by(Cycle.id)
        .order_by(Cycle.closes_on)
    )
    return [
        OwnInvitation(cycle, max(cycle.closes_on, later or cycle.closes_on), papers)
        for cycle, later, papers in rows
    ]


def participation(session: Session, reach: Reach, cycle: Cycle) -> list[Participation]:
    """The share of used papers per unit that the raters were in at opening, as rounded steps.

    Drawn codes are in none.
    """
    rows = session.execute(
        select(
            Unit.id,
            Unit.name,
            func.count(distinct(Paper.rater_id)),
            func.count(),
            func.sum(case((Paper.taken.is_not(None), 1), else_=0)),
        )
        .select_from(Paper)
        .join(Invitation, _of_paper)
        .join(Unit, Unit.id == Invitation.unit_id)
        # Whoever drew a code belongs to no unit that the code knows of.
        .where(Paper.cycle_id == cycle.id, Paper.is_void.is_(False), reach.has_unit(Unit.id))
        .group_by(Unit.id, Unit.name)
        .order_by(Unit.name)
    )
    minimum = cycle.minimum_group_size
    return [
        Participation(
            unit,
            raters,
            in_steps(taken, papers, minimum) if raters >= minimum else None,
            unit_id,
            100 / max(1, widths(papers, minimum)),
        )
        for unit_id, unit, raters, papers, taken in rows
    ]


def listed_participation(units: Sequence[Participation], wanted: Wanted) -> ListPage:
    """One page of them, by what may be shown alone: units in one step stay in the order of their names."""
    orders: dict[str, Callable[[Participation], Any]] = {
        "unit": lambda each: each.unit,
        "raters": lambda each: each.raters,
        "sent": lambda each: each.percent,
    }
    return page_of_rows(units, wanted, orders, lambda each: each.unit)


def expected_rate(session: Session) -> Rate:
    """The share of papers used in the last cycle that was counted, in steps; without one the usual rate."""
    rows = session.execute(
        select(Cycle.name, func.count(), func.sum(case((Paper.taken.is_not(None), 1), else_=0)))
        .join(Paper, Paper.cycle_id == Cycle.id)
        .where(Cycle.state.in_(("tallied", "reviewed", "released")), Paper.is_void.is_(False))
        .group_by(Cycle.id, Cycle.name, Cycle.closes_on)
        .order_by(Cycle.closes_on.desc(), Cycle.id.desc())
        .limit(1)
    )
    for name, papers, taken in rows:
        percent = in_steps(taken, papers, USUAL_GROUP)
        if percent is not None:
            return Rate(percent / 100, name)
    return Rate(USUAL_RATE, None)
