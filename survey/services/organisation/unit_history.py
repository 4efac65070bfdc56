"""How units stood on an earlier day, and how a cycle keeps the units of its day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, delete, insert, literal, select
from sqlalchemy.orm import Session

from survey.models.cycles import Cycle, Subject
from survey.models.people import Unit
from survey.models.unit_history import CycleUnit, UnitChange, UnitChangePart, UnitVersion

# Joins a subject to her unit as the cycle knows it, whatever became of the unit since.
UNIT_OF_SUBJECT = and_(CycleUnit.cycle_id == Subject.cycle_id, CycleUnit.unit_id == Subject.unit_id)


@dataclass(frozen=True)
class UnitThen:
    """A unit as it stood on a day."""

    id: int
    code: str
    name: str
    parent_id: int | None


@dataclass(frozen=True)
class ChangeTold:
    """A change of units, with the names it led from and to."""

    kind: str
    begins_on: date
    decree: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def units_on(session: Session, day: date) -> list[UnitThen]:
    """All units that were there on a day, with the name and the parent of that day; two statements."""
    earlier = {
        version.unit_id: version
        for version in session.scalars(
            select(UnitVersion).where(UnitVersion.ends_on >= day).order_by(UnitVersion.ends_on.desc())
        )
        if version.begins_on is None or version.begins_on <= day
    }
    found = []
    for unit in session.scalars(select(Unit).order_by(Unit.code)):
        version = earlier.get(unit.id)
        if version is not None:
            found.append(UnitThen(unit.id, unit.code, version.name, version.parent_id))
        elif _is_there(unit, day):
            found.append(UnitThen(unit.id, unit.code, unit.name, unit.parent_id))
    return found


def _is_there(unit: Unit, day: date) -> bool:
    return (unit.named_since is None or unit.named_since <= day) and (
        unit.ends_on is None or unit.ends_on >= day
    )


def keep_for_cycle(session: Session, cycle: Cycle) -> None:
    """Write down every unit as it stands now: the pages of this cycle keep these names and this tree."""
    session.execute(delete(CycleUnit).where(CycleUnit.cycle_id == cycle.id))
    now = select(literal(cycle.id), Unit.id, Unit.code, Unit.name, Unit.parent_id)
    columns = ["cycle_id", "unit_id", "code", "name", "parent_id"]
    session.execute(insert(CycleUnit).from_select(columns, now))


def history_of(session: Session, unit_id: int) -> list[ChangeTold]:
    """What changed a unit, the newest first; two statements."""
    concerned = select(UnitChangePart.change_id).where(UnitChangePart.unit_id == unit_id)
    changes = session.scalars(
        select(UnitChange)
        .where(UnitChange.id.in_(concerned))
        .order_by(UnitChange.begins_on.desc(), UnitChange.id.desc())
    ).all()
    parts = session.scalars(
        select(UnitChangePart)
        .where(UnitChangePart.change_id.in_([change.id for change in changes]))
        .order_by(UnitChangePart.name)
    ).all()
    return [
        ChangeTold(
            change.kind,
            change.begins_on,
            change.decree,
            _names(parts, change.id, became=False),
            _names(parts, change.id, became=True),
        )
        for change in changes
    ]


def _names(parts: Sequence[UnitChangePart], change_id: int, *, became: bool) -> tuple[str, ...]:
    return tuple(part.name for part in parts if part.change_id == change_id and part.became == became)


def names_then(
    session: Session, wanted: Sequence[tuple[int, date | None]]
) -> dict[tuple[int, date | None], str]:
    """The earlier names of units on given days; a unit that has its name of today on that day is left out."""
    versions = session.scalars(
        select(UnitVersion)
        .where(UnitVersion.unit_id.in_({unit_id for unit_id, _day in wanted}))
        .order_by(UnitVersion.ends_on.desc())
    ).all()
    return {
        (unit_id, day): version.name
        for unit_id, day in wanted
        for version in versions
        if day is not None and version.unit_id == unit_id and version.ends_on >= day
    }
