"""Rename, move, merge and split units from a day on, by a decree. What was before stays readable.

A unit that is merged stays in the database with its last day, below the one it became part of: whoever may
see the successor sees what it was made of.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import insert, or_, select, update
from sqlalchemy.orm import Session

from survey.exceptions import OrganisationRefused
from survey.models.people import Employee, Unit
from survey.models.posts import Post
from survey.models.service_points import ServicePoint
from survey.models.unit_history import UnitChange, UnitChangePart, UnitVersion
from survey.services.accounts.access import units_below
from survey.services.auditing import audit
from survey.services.organisation import placing

A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Decree:
    """What changes units: from which day, by which number, entered by whom and when."""

    begins_on: date
    number: str
    account_id: int | None
    today: date


@dataclass(frozen=True)
class NewUnit:
    """A unit that a merger or a split makes."""

    code: str
    name: str
    parent_id: int | None


def rename(session: Session, unit: Unit, name: str, decree: Decree) -> None:
    """Give a unit another name."""
    before = unit.name
    _keep_version(session, unit, decree)
    unit.name = name
    _write(session, "rename", decree, [(unit, before)], [(unit, name)])


def move(session: Session, unit: Unit, parent: Unit | None, decree: Decree) -> None:
    """Put a unit with all below it under another one.

    Raises
    ------
    OrganisationRefused
        The new place lies below the unit itself.
    """
    if parent is not None and parent.id in units_below(session)[unit.id]:
        raise OrganisationRefused("below_itself")
    _keep_version(session, unit, decree)
    unit.parent_id = parent.id if parent else None
    after = [(unit, unit.name)] + ([(parent, parent.name)] if parent else [])
    _write(session, "move", decree, [(unit, unit.name)], after)


def merge(session: Session, units: Sequence[Unit], into: Unit | NewUnit, decree: Decree) -> Unit:
    """Put units together in one of them, or in a new one: people, units below and service points move there.

    Raises
    ------
    OrganisationRefused
        Fewer than two units, one of them is gone already, or the new unit would lie below one of them.
    """
    if len({unit.id for unit in units}) < 2:
        raise OrganisationRefused("two_units_needed")
    target = into if isinstance(into, Unit) else _found(session, into, decree)
    below = units_below(session)
    for unit in units:
        if unit.id != target.id and target.parent_id in below[unit.id]:
            raise OrganisationRefused("below_itself")
    before = [(unit, unit.name) for unit in units]
    for unit in units:
        if unit.id != target.id:
            _absorb(session, unit, target, decree)
    _write(session, "merge", decree, before, [(target, target.name)])
    return target


def split(
    session: Session,
    unit: Unit,
    new: NewUnit,
    led_by: Collection[int],
    below: Collection[int],
    decree: Decree,
) -> Unit:
    """Take a new unit out of one that stays: the chosen people with all they lead, and chosen units below.

    Raises
    ------
    OrganisationRefused
    """
    _check_day(unit, decree)
    target = _found(session, new, decree)
    chart = session.execute(
        select(Employee.id, Employee.supervisor_id).where(Employee.unit_id == unit.id, Employee.is_active)
    ).all()
    leaving = _with_all_led(set(led_by), [(row.id, row.supervisor_id) for row in chart])
    placing.move_to_unit(session, sorted(leaving), target.id, decree.begins_on)
    for child in session.scalars(select(Unit).where(Unit.parent_id == unit.id, Unit.id.in_(below))):
        _keep_version(session, child, decree)
        child.parent_id = target.id
    _write(session, "split", decree, [(unit, unit.name)], [(unit, unit.name), (target, target.name)])
    return target


def _with_all_led(chosen: set[int], chart: Sequence[tuple[int, int | None]]) -> set[int]:
    here = {employee for employee, _superior in chart}
    found = chosen & here
    while more := {employee for employee, superior in chart if superior in found} - found:
        found |= more
    return found


def _found(session: Session, new: NewUnit, decree: Decree) -> Unit:
    if session.scalar(select(Unit.id).where(Unit.code == new.code)):
        raise OrganisationRefused("code_taken")
    unit = Unit(code=new.code, name=new.name, parent_id=new.parent_id, named_since=decree.begins_on)
    session.add(unit)
    session.flush()
    return unit


def _absorb(session: Session, unit: Unit, target: Unit, decree: Decree) -> None:
    _keep_version(session, unit, decree)
    for child in session.scalars(select(Unit).where(Unit.parent_id == unit.id, Unit.ends_on.is_(None))):
        if child.id != target.id:
            _keep_version(session, child, decree)
            child.parent_id = target.id
    unit.parent_id, unit.ends_on = target.id, decree.begins_on - A_DAY
    people = session.scalars(select(Employee.id).where(Employee.unit_id == unit.id, Employee.is_active)).all()
    placing.move_to_unit(session, people, target.id, decree.begins_on)
    _move_open_posts(session, unit.id, target.id, decree.begins_on)
    session.execute(update(ServicePoint).where(ServicePoint.unit_id == unit.id).values(unit_id=target.id))


def _move_open_posts(session: Session, unit_id: int, target_id: int, begins_on: date) -> None:
    """Further and acting posts go on in the new unit."""
    columns = [column for column in Post.__table__.columns if column.name not in ("id", "public_id")]
    is_open = or_(Post.ends_on.is_(None), Post.ends_on >= begins_on)
    rows = session.execute(
        select(*columns).where(Post.unit_id == unit_id, Post.capacity != "main", is_open)
    ).mappings()
    copies = [{**row, "unit_id": target_id, "begins_on": begins_on} for row in rows]
    ended = update(Post).where(Post.unit_id == unit_id, Post.capacity != "main", is_open)
    session.execute(ended.values(ends_on=begins_on - A_DAY))
    if copies:
        session.execute(insert(Post), copies)


def _keep_version(session: Session, unit: Unit, decree: Decree) -> None:
    """Write down what the unit was called and where it hung until the day before."""
    _check_day(unit, decree)
    if unit.named_since == decree.begins_on:
        return
    session.add(
        UnitVersion(
            unit_id=unit.id,
            name=unit.name,
            parent_id=unit.parent_id,
            begins_on=unit.named_since,
            ends_on=decree.begins_on - A_DAY,
        )
    )
    unit.named_since = decree.begins_on


def _check_day(unit: Unit, decree: Decree) -> None:
    if decree.begins_on > decree.today:
        raise OrganisationRefused("day_ahead")
    if unit.ends_on is not None:
        raise OrganisationRefused("unit_gone")
    if unit.named_since is not None and decree.begins_on < unit.named_since:
        raise OrganisationRefused("before_last_change")


def _write(
    session: Session,
    kind: str,
    decree: Decree,
    before: Sequence[tuple[Unit, str]],
    after: Sequence[tuple[Unit, str]],
) -> None:
    change = UnitChange(kind=kind, begins_on=decree.begins_on, decree=decree.number)
    session.add(change)
    session.flush()
    for parts, became in ((before, False), (after, True)):
        session.add_all(
            UnitChangePart(change_id=change.id, unit_id=unit.id, became=became, name=name)
            for unit, name in parts
        )
    audit.record(session, decree.account_id, f"units.{kind}", change.public_id, decree=decree.number)
