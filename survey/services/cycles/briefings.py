"""Which units were told what a cycle asks, before they are asked, and which were not yet."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, distinct, func, select
from sqlalchemy.orm import Session

from survey.exceptions import NotFound
from survey.models.assignments import Assignment
from survey.models.briefings import Briefing
from survey.models.cycles import Cycle
from survey.models.people import Employee, Unit
from survey.services.accounts.access import WHOLE_CITY, Reach

BRIEFED_IN = ("assigned", "opening", "open")  # while it is still of use, and a list of raters exists


@dataclass(frozen=True)
class UnitBriefings:
    """A unit with people who are asked in a cycle, and the meetings it had."""

    public_id: str
    name: str
    raters: int
    held: tuple[Briefing, ...]


@dataclass(frozen=True)
class Meeting:
    """A meeting as it is written down."""

    held_on: date
    led_by: str
    present: int


def by_unit(people: Session, cycle: Cycle, reach: Reach = WHOLE_CITY) -> list[UnitBriefings]:
    """Every unit within reach that has raters in a cycle, those without a meeting first; two statements."""
    units = people.execute(
        select(Unit.id, Unit.public_id, Unit.name, func.count(distinct(Assignment.rater_id)))
        .join(Employee, Employee.unit_id == Unit.id)
        .join(Assignment, Assignment.rater_id == Employee.id)
        .where(Assignment.cycle_id == cycle.id, reach.has_unit(Unit.id))
        .group_by(Unit.id, Unit.public_id, Unit.name)
        .order_by(Unit.name)
    ).all()
    held: dict[int, list[Briefing]] = defaultdict(list)
    for briefing in people.scalars(
        select(Briefing)
        .where(Briefing.cycle_id == cycle.id, reach.has_unit(Briefing.unit_id))
        .order_by(Briefing.held_on, Briefing.id)
    ):
        held[briefing.unit_id].append(briefing)
    found = [UnitBriefings(name, words, raters, tuple(held[key])) for key, name, words, raters in units]
    return sorted(found, key=lambda unit: bool(unit.held))


def record(people: Session, cycle: Cycle, reach: Reach, units: Collection[str], meeting: Meeting) -> None:
    """Write down a meeting for each of the units.

    Raises
    ------
    NotFound
        A unit is not within reach, or nobody there is asked in this cycle.
    """
    known = {unit.public_id for unit in by_unit(people, cycle, reach)}
    if not set(units) <= known:
        raise NotFound("unit")
    for unit_id in people.scalars(select(Unit.id).where(Unit.public_id.in_(units)).order_by(Unit.id)):
        people.add(
            Briefing(
                cycle_id=cycle.id,
                unit_id=unit_id,
                held_on=meeting.held_on,
                led_by=meeting.led_by,
                present=meeting.present,
            )
        )
    people.flush()


def remove(people: Session, cycle: Cycle, reach: Reach, public_id: str) -> str:
    """Take back what was written down by mistake; returns the name of the unit."""
    found = people.execute(
        select(Briefing.id, Unit.name)
        .join(Unit, Unit.id == Briefing.unit_id)
        .where(Briefing.cycle_id == cycle.id, Briefing.public_id == public_id, reach.has_unit(Unit.id))
    ).one_or_none()
    if found is None:
        raise NotFound(public_id)
    people.execute(delete(Briefing).where(Briefing.id == found.id))
    return str(found.name)


def current(people: Session) -> list[Cycle]:
    """The cycles before or in which people are briefed, the next one to close first."""
    return list(
        people.scalars(select(Cycle).where(Cycle.state.in_(BRIEFED_IN)).order_by(Cycle.closes_on, Cycle.id))
    )
