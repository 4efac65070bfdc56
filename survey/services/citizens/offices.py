"""Units that serve citizens, as far as an account reaches, and the log of what they published."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from survey.exceptions import NotFound
from survey.models.improvement import Publication
from survey.models.people import Unit
from survey.models.service_points import ServicePoint
from survey.services.accounts.access import Reach


@dataclass(frozen=True)
class Office:
    """A unit with at least one service point."""

    public_id: str
    name: str


@dataclass(frozen=True)
class Published:
    """A file that was made public, as it was then."""

    unit_public_id: str
    unit_name: str
    period: str
    kind: str
    published_on: date
    index: str
    respondents: int
    digest: str
    place: str


def offices_within(people: Session, reach: Reach) -> list[Office]:
    """The offices within reach, by name."""
    return [Office(row.public_id, row.name) for row in people.execute(_offices(reach))]


def find_office(people: Session, reach: Reach, public_id: str) -> Office:
    """One office within reach."""
    row = people.execute(_offices(reach).where(Unit.public_id == public_id)).first()
    if row is None:
        raise NotFound("office")
    return Office(row.public_id, row.name)


def _offices(reach: Reach) -> Select[str, str]:
    serving = select(ServicePoint.unit_id)
    return (
        select(Unit.public_id, Unit.name)
        .where(Unit.id.in_(serving), reach.has_unit(Unit.id))
        .order_by(Unit.name, Unit.id)
    )


def enter_publication(people: Session, published: Published) -> None:
    """Enter a file in the log of publications."""
    unit_id = people.scalar(select(Unit.id).where(Unit.public_id == published.unit_public_id))
    if unit_id is None:
        raise NotFound("unit")
    people.add(
        Publication(
            unit_id=unit_id,
            period=published.period,
            kind=published.kind,
            published_on=published.published_on,
            index=published.index,
            respondents=published.respondents,
            digest=published.digest,
            place=published.place,
        )
    )


def publications(people: Session) -> list[Published]:
    """What was published, the newest first."""
    rows = people.execute(
        select(Publication, Unit.public_id, Unit.name)
        .join(Unit, Unit.id == Publication.unit_id)
        .order_by(Publication.published_on.desc(), Publication.id.desc())
    )
    return [
        Published(
            public_id, name, row.period, row.kind, row.published_on, row.index, row.respondents, row.digest,
            row.place,
        )
        for row, public_id, name in rows
    ]  # fmt: skip
