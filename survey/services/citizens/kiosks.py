"""Kiosks: devices of an office that stand at a service point and send what citizens answer on them."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.exceptions import KioskUnknown, NotFound
from survey.models.channels import Kiosk
from survey.models.service_points import ServicePoint
from survey.services.secrets.codes import code_hash, new_code


@dataclass(frozen=True)
class Device:
    """A kiosk as HR sees it."""

    public_id: str
    name: str
    is_active: bool


def add(people: Session, service_point: str, name: str) -> str:
    """Register a kiosk; returns its secret, which is kept as a hash only."""
    point_id = people.scalar(select(ServicePoint.id).where(ServicePoint.public_id == service_point))
    if point_id is None:
        raise NotFound("service point")
    secret = new_code()
    people.add(Kiosk(service_point_id=point_id, name=name, secret_hash=code_hash(secret)))
    people.flush()
    return secret


def of_point(people: Session, service_point: str) -> list[Device]:
    """The kiosks of a service point."""
    found = (
        select(Kiosk)
        .join(Kiosk.service_point)
        .where(ServicePoint.public_id == service_point)
        .order_by(Kiosk.id)
    )
    return [Device(kiosk.public_id, kiosk.name, kiosk.is_active) for kiosk in people.scalars(found)]


def retire(people: Session, service_point: str, kiosk: str) -> None:
    """Take nothing more from a kiosk."""
    found = people.scalar(
        select(Kiosk)
        .join(Kiosk.service_point)
        .where(ServicePoint.public_id == service_point, Kiosk.public_id == kiosk)
    )
    if found is None:
        raise NotFound("kiosk")
    found.is_active = False


def place_of(people: Session, secret: str) -> str:
    """The public id of the service point at which the kiosk with this secret stands.

    Raises
    ------
    KioskUnknown
        There is none, or it was retired.
    """
    found = people.scalar(
        select(ServicePoint.public_id)
        .join(Kiosk, Kiosk.service_point_id == ServicePoint.id)
        .where(Kiosk.secret_hash == code_hash(secret), Kiosk.is_active)
    )
    if found is None:
        raise KioskUnknown
    return found
