"""Service points: where citizens are served, listed by unit, looked up, kept by HR."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager

from survey.exceptions import NotFound
from survey.models.people import Unit
from survey.models.service_points import ServicePoint
from survey.services.documents.export_files import Cell, Sheet
from survey.services.documents.listing import ListPage, Wanted, page_of_rows, rows_as_wanted
from survey.tables import N_


@dataclass(frozen=True)
class Point:
    """A service point as pages show it."""

    public_id: str
    code: str
    name: str
    service: str  # the kind of service; its own name where none was told
    is_active: bool
    unit_public_id: str
    unit_name: str


@dataclass(frozen=True)
class UnitPoints:
    """A unit with its service points."""

    public_id: str
    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class UnitChoice:
    """A unit that a new service point may belong to."""

    public_id: str
    name: str


def find_point(people: Session, public_id: str) -> Point:
    """One service point; an inactive one too."""
    return _point(_stored(people, public_id))


def list_points(people: Session, search: str = "", active_only: bool = True) -> list[UnitPoints]:
    """The service points by unit; `search` is looked for in the names of both."""
    query = _points().order_by(Unit.name, Unit.id, ServicePoint.name, ServicePoint.id)
    if active_only:
        query = query.where(ServicePoint.is_active)
    words = search.casefold().split()
    points = (_point(stored) for stored in people.scalars(query))
    return _by_unit(point for point in points if _has_all(words, f"{point.unit_name} {point.name}"))


ORDERS: dict[str, Callable[[Point], Any]] = {
    "unit": lambda point: (point.unit_name.casefold(), point.name.casefold()),
    "name": lambda point: point.name,
    "code": lambda point: point.code,
    "service": lambda point: point.service,
}


def listed(people: Session, wanted: Wanted) -> ListPage:
    """One page of all service points, paused ones too, by unit unless another order is asked for."""
    return page_of_rows(_wanted_points(people, wanted), wanted, ORDERS, _words)


def point_sheet(
    people: Session, wanted: Wanted, address_of: Callable[[str], str], translate: Callable[[str], str]
) -> Sheet:
    """All of them with their public addresses, for a file."""
    words = (N_("Unit"), N_("Code"), N_("Name"), N_("Service"), N_("State"), N_("Address"))
    states = {True: translate(N_("Takes answers")), False: translate(N_("Paused"))}
    rows: Iterator[list[Cell]] = (
        [
            point.unit_name,
            point.code,
            point.name,
            point.service,
            states[point.is_active],
            address_of(point.public_id),
        ]
        for point in rows_as_wanted(_wanted_points(people, wanted), wanted, ORDERS, _words)
    )
    return Sheet(
        translate(N_("Service points")), [translate(word) for word in words], rows, numbers=frozenset()
    )


def _wanted_points(people: Session, wanted: Wanted) -> list[Point]:
    points = [point for unit in list_points(people, active_only=False) for point in unit.points]
    kept = {"active": (True,), "paused": (False,)}.get(wanted.filters.get("show", ""), (True, False))
    return [point for point in points if point.is_active in kept]


def _words(point: Point) -> str:
    return f"{point.unit_name}\n{point.name}\n{point.code}\n{point.service}"


def points_of_unit(people: Session, unit_public_id: str) -> UnitPoints:
    """One unit with all its service points, also those not in use any more: their answers still count."""
    name = people.scalar(select(Unit.name).where(Unit.public_id == unit_public_id))
    if name is None:
        raise NotFound("unit")
    query = _points().where(Unit.public_id == unit_public_id).order_by(ServicePoint.name, ServicePoint.id)
    return UnitPoints(unit_public_id, name, tuple(_point(stored) for stored in people.scalars(query)))


def unit_choices(people: Session) -> list[UnitChoice]:
    """All units, by name."""
    rows = people.execute(select(Unit.public_id, Unit.name).order_by(Unit.name, Unit.id))
    return [UnitChoice(row.public_id, row.name) for row in rows]


def is_code_taken(people: Session, code: str) -> bool:
    """Whether a service point already has this code, in whatever letter case."""
    found = select(func.count()).where(func.lower(ServicePoint.code) == code.lower())
    return bool(people.scalar(found))


def add_point(people: Session, unit_public_id: str, code: str, name: str) -> str:
    """Add a service point to a unit; returns its public id."""
    unit_id = people.scalar(select(Unit.id).where(Unit.public_id == unit_public_id))
    if unit_id is None:
        raise NotFound("unit")
    point = ServicePoint(code=code, name=name, unit_id=unit_id)
    people.add(point)
    people.flush()
    return point.public_id


def rename_point(people: Session, public_id: str, name: str) -> None:
    """Give a service point another name; its address stays."""
    _stored(people, public_id).name = name


def set_service(people: Session, public_id: str, service: str) -> None:
    """Say which kind of service is given here; points of one kind are counted together."""
    _stored(people, public_id).service = service


def set_active(people: Session, public_id: str, is_active: bool) -> None:
    """Let a service point take answers, or no longer."""
    _stored(people, public_id).is_active = is_active


def _points() -> Select[ServicePoint]:
    """Service points with their units, in one statement."""
    return select(ServicePoint).join(ServicePoint.unit).options(contains_eager(ServicePoint.unit))


def _stored(people: Session, public_id: str) -> ServicePoint:
    point = people.scalar(_points().where(ServicePoint.public_id == public_id))
    if point is None:
        raise NotFound("service point")
    return point


def _point(stored: ServicePoint) -> Point:
    return Point(
        public_id=stored.public_id,
        code=stored.code,
        name=stored.name,
        service=stored.service or stored.name,
        is_active=stored.is_active,
        unit_public_id=stored.unit.public_id,
        unit_name=stored.unit.name,
    )


def _has_all(words: list[str], text: str) -> bool:
    folded = text.casefold()
    return all(word in folded for word in words)


def _by_unit(points: Iterable[Point]) -> list[UnitPoints]:
    units: dict[str, list[Point]] = {}
    for point in points:
        units.setdefault(point.unit_public_id, []).append(point)
    return [UnitPoints(unit, found[0].unit_name, tuple(found)) for unit, found in units.items()]
