"""Read models of a cycle before it is counted: who can be asked, how much, and from which unit."""

from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, case, distinct, func, or_, select
from sqlalchemy.orm import Session

from instruments.rater_groups import ANONYMOUS_GROUPS
from survey.exceptions import NotFound
from survey.models.assignments import Assignment
from survey.models.cycles import Cycle, Subject
from survey.models.people import Employee, Unit
from survey.services.accounts.access import Reach
from survey.services.cycles.cycle_texts import questionnaires
from survey.services.documents.listing import ListPage, Wanted, page_of


@dataclass(frozen=True)
class Load:
    """How many people one rater is asked about, and the planned minutes that this takes."""

    mean: float
    most: int
    mean_minutes: float
    most_minutes: int


@dataclass(frozen=True)
class UnitRaters:
    """A unit with the number of its raters in a cycle."""

    public_id: str
    name: str
    raters: int


@dataclass(frozen=True)
class Listed:
    """One subject of the list with the names of the raters, by group."""

    name: str
    unit: str
    raters: dict[str, list[str]]
    is_newly_led: bool  # the supervisor has not been it for the months that the cycle asks for


def list_page(session: Session, cycle: Cycle, wanted: Wanted) -> ListPage:
    """Who is asked about whom, by unit and name, a page at a time."""
    query = (
        select(Subject.employee_id, Employee.name, Unit.name.label("unit"), Subject.is_newly_led)
        .join(Employee, Employee.id == Subject.employee_id)
        .join(Unit, Unit.id == Subject.unit_id)
        .where(Subject.cycle_id == cycle.id)
    )
    if wanted.text:
        columns = (Employee.name, Unit.name)
        query = query.where(or_(*(column.icontains(wanted.text, autoescape=True) for column in columns)))
    found = page_of(session, query, wanted, {"unit": Unit.name, "name": Employee.name}, Employee.id)
    listed = {employee: Listed(name, unit, {}, is_new) for employee, name, unit, is_new in found.rows}
    raters = session.execute(
        select(Assignment.subject_id, Assignment.rater_group, Employee.name)
        .join(Employee, Employee.id == Assignment.rater_id)
        .where(Assignment.cycle_id == cycle.id, Assignment.subject_id.in_(listed))
        .order_by(Employee.name, Employee.id)
    )
    for subject, group, name in raters:
        listed[subject].raters.setdefault(group, []).append(name)
    return replace(found, rows=list(listed.values()))


def newly_led(session: Session, cycle: Cycle) -> int:
    """How many subjects are rated by a supervisor who has not been it for the months asked for."""
    found = select(func.count()).select_from(Subject)
    return session.scalar(found.where(Subject.cycle_id == cycle.id, Subject.is_newly_led)) or 0


def has_employees(session: Session) -> bool:
    """Whether there is anybody whom a cycle could be about."""
    return session.scalar(select(Employee.id).where(Employee.is_active).limit(1)) is not None


def load(session: Session, cycle: Cycle) -> Load:
    """Mean and largest number of papers of a rater, and of minutes."""
    per_rater = (
        select(func.count().label("papers"), func.sum(_minutes(session, cycle)).label("minutes"))
        .select_from(Assignment)
        .join(
            Subject,
            (Subject.cycle_id == Assignment.cycle_id) & (Subject.employee_id == Assignment.subject_id),
        )
        .where(Assignment.cycle_id == cycle.id)
        .group_by(Assignment.rater_id)
        .subquery()
    )
    papers, minutes = per_rater.c.papers, per_rater.c.minutes
    found = session.execute(
        select(func.avg(papers), func.max(papers), func.avg(minutes), func.max(minutes))
    ).one()
    mean, most, mean_minutes, most_minutes = found
    return Load(float(mean or 0), most or 0, float(mean_minutes or 0), most_minutes or 0)


def _minutes(session: Session, cycle: Cycle) -> ColumnElement[int]:
    """The planned minutes of one paper, by rater group and whether the subject leads."""
    return case(
        *(
            (
                (Assignment.rater_group == group) & Subject.leads.is_(leads),
                asked.burden_minutes(group, leader=leads),  # type: ignore[arg-type]
            )
            for group, asked in questionnaires(session, cycle).items()
            for leads in (True, False)
        ),
        else_=0,
    )


def subjects_within_reach(session: Session, cycle: Cycle) -> int:
    """How many subjects have an anonymous group that reaches the minimum if everybody answers."""
    large_enough = (
        select(Assignment.subject_id)
        .where(Assignment.cycle_id == cycle.id, Assignment.rater_group.in_(ANONYMOUS_GROUPS))
        .group_by(Assignment.subject_id, Assignment.rater_group)
        .having(func.count() >= cycle.minimum_group_size)
        .subquery()
    )
    return session.scalar(select(func.count(distinct(large_enough.c.subject_id)))) or 0


def units_of_raters(session: Session, reach: Reach, cycle: Cycle) -> list[UnitRaters]:
    """The units whose employees are asked to answer, with how many of them."""
    rows = session.execute(
        select(Unit.public_id, Unit.name, func.count(distinct(Assignment.rater_id)))
        .select_from(Assignment)
        .join(Employee, Employee.id == Assignment.rater_id)
        .join(Unit, Unit.id == Employee.unit_id)
        .where(Assignment.cycle_id == cycle.id, reach.has_unit(Unit.id))
        .group_by(Unit.id, Unit.public_id, Unit.name)
        .order_by(Unit.name, Unit.public_id)
    )
    return [UnitRaters(*row) for row in rows]


def find_unit(session: Session, reach: Reach, public_id: str) -> Unit:
    """The unit of that name in URLs; NotFound if there is none within reach."""
    unit = session.scalar(select(Unit).where(Unit.public_id == public_id, reach.has_unit(Unit.id)))
    if unit is None:
        raise NotFound(public_id)
    return unit


def with_units_below(session: Session, public_ids: list[str]) -> set[int]:
    """The chosen units and every unit below them."""
    units = session.execute(select(Unit.id, Unit.public_id, Unit.parent_id)).all()
    chosen = {unit.id for unit in units if unit.public_id in set(public_ids)}
    grown = True
    while grown:
        below = {unit.id for unit in units if unit.parent_id in chosen} - chosen
        chosen |= below
        grown = bool(below)
    return chosen
