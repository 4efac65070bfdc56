"""What units were before, what changed them, and how they stood when a cycle's list was fixed."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import PeopleBase, new_public_id

CHANGE_KINDS = ("rename", "move", "merge", "split")


class UnitVersion(PeopleBase):
    """An earlier name and place of a unit, up to and with its last day. Today's stand in `units`."""

    __tablename__ = "unit_versions"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    name: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    begins_on: Mapped[date | None]
    ends_on: Mapped[date]


class UnitChange(PeopleBase):
    """A decree that renamed, moved, merged or split units, from one day on."""

    __tablename__ = "unit_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    kind: Mapped[str]
    begins_on: Mapped[date]
    decree: Mapped[str]


class UnitChangePart(PeopleBase):
    """A unit that a change concerns, with its name before (`became` false) or after it (`became` true)."""

    __tablename__ = "unit_change_parts"

    change_id: Mapped[int] = mapped_column(ForeignKey("unit_changes.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True, index=True)
    became: Mapped[bool] = mapped_column(primary_key=True)
    name: Mapped[str]


class CycleUnit(PeopleBase):
    """A unit as it stood when the list of a cycle was fixed: the cycle's pages keep this name and tree."""

    __tablename__ = "cycle_units"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    code: Mapped[str]
    name: Mapped[str]
    parent_id: Mapped[int | None]
