"""Units whose raters may answer for longer than the cycle's last day; read without knowing any rater."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.models.cycles import Cycle, UnitDeadline
from survey.models.people import Unit


@dataclass(frozen=True)
class LaterDay:
    """A unit whose raters, with those of all units below it, may answer for longer."""

    unit: str
    closes_on: date


def later_days(session: Session, cycle: Cycle) -> list[LaterDay]:
    """The units that have longer than the cycle, as they were chosen."""
    rows = session.execute(
        select(Unit.name, func.max(UnitDeadline.closes_on))
        .join(UnitDeadline, UnitDeadline.chosen_id == Unit.id)
        .where(UnitDeadline.cycle_id == cycle.id, UnitDeadline.closes_on > cycle.closes_on)
        .group_by(Unit.id, Unit.name)
        .order_by(Unit.name)
    )
    return [LaterDay(*row) for row in rows]


def last_day_of_unit(session: Session, cycle: Cycle, unit_id: int) -> date:
    """The last day on which the raters of a unit may answer."""
    later = session.get(UnitDeadline, (cycle.id, unit_id))
    return max(cycle.closes_on, later.closes_on) if later else cycle.closes_on


def last_day(session: Session, cycle: Cycle) -> date:
    """The last day on which anybody may answer."""
    later = select(func.max(UnitDeadline.closes_on)).where(UnitDeadline.cycle_id == cycle.id)
    return max(cycle.closes_on, session.scalar(later) or cycle.closes_on)


def units_with_time(session: Session, cycle: Cycle, today: date) -> frozenset[int] | None:
    """The units whose raters can answer on this day; None: all of them."""
    if today <= cycle.closes_on:
        return None
    found = select(UnitDeadline.unit_id).where(
        UnitDeadline.cycle_id == cycle.id, UnitDeadline.closes_on >= today
    )
    return frozenset(session.scalars(found))
