"""Briefings: that the people of a unit were told what a cycle asks and who sees what."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import PeopleBase, new_public_id


class Briefing(PeopleBase):
    """One meeting of one unit: when, by whom, how many were there. Nobody who came is named."""

    __tablename__ = "briefings"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    held_on: Mapped[date]
    led_by: Mapped[str]
    present: Mapped[int]
