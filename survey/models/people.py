"""The organisation: units and the employees who work in them."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.db import PeopleBase, new_public_id


class Unit(PeopleBase):
    """An office of the city government."""

    __tablename__ = "units"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)

    parent: Mapped["Unit | None"] = relationship(remote_side=[id])


class Employee(PeopleBase):
    """A civil servant. `number` is the NIP (PNS) or NI PPPK; it never leaves this database."""

    __tablename__ = "employees"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    number: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]  # PNS or PPPK
    name: Mapped[str]
    job_title: Mapped[str] = mapped_column(default="")
    email: Mapped[str | None]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    supervisor_id: Mapped[int | None] = mapped_column(ForeignKey("employees.id"), index=True)
    is_active: Mapped[bool] = mapped_column(default=True)

    unit: Mapped[Unit] = relationship()
    supervisor: Mapped["Employee | None"] = relationship(remote_side=[id])
