"""Service points: where citizens are served, and can rate the service."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.db import PeopleBase, new_public_id
from survey.models.people import Unit


class ServicePoint(PeopleBase):
    """A counter or service of a unit. `public_id` is its address and its name in the answers database."""

    __tablename__ = "service_points"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    service: Mapped[str] = mapped_column(default="")  # the kind of service; empty: a kind of its own
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    is_active: Mapped[bool] = mapped_column(default=True)

    unit: Mapped[Unit] = relationship()
