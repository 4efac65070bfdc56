"""Appraisals: the record of a subject in a tallied cycle, and how good the measurement was."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.db import PeopleBase, new_public_id
from survey.models.cycles import Cycle
from survey.models.people import Employee


class Appraisal(PeopleBase):
    """The composite of one subject with its error, and whether it may be used."""

    __tablename__ = "appraisals"
    __table_args__ = (UniqueConstraint("cycle_id", "employee_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), index=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employees.id"), index=True)
    composite: Mapped[float | None]
    standard_error: Mapped[float | None]
    reliability: Mapped[float | None]
    raters: Mapped[int | None]  # anonymous raters whose answers carry the composite
    usable: Mapped[bool]
    reasons: Mapped[list[str]] = mapped_column(JSON)  # codes: why it is not usable
    error_excludes: Mapped[list[str]] = mapped_column(JSON)  # rater groups the error cannot contain
    method: Mapped[str]

    cycle: Mapped[Cycle] = relationship()
    employee: Mapped[Employee] = relationship()
    scale_scores: Mapped[list["ScaleScore"]] = relationship(cascade="all, delete-orphan", lazy="selectin")
    citizens: Mapped["CitizenPart | None"] = relationship(cascade="all, delete-orphan", lazy="selectin")
    scale_composites: Mapped[list["ScaleComposite"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin"
    )


class ScaleScore(PeopleBase):
    """One rater group's mean on one scale; empty, with a reason, where it may not be shown."""

    __tablename__ = "scale_scores"

    appraisal_id: Mapped[int] = mapped_column(ForeignKey("appraisals.id"), primary_key=True)
    scale: Mapped[str] = mapped_column(primary_key=True)
    rater_group: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int | None]
    mean: Mapped[float | None]
    standard_error: Mapped[float | None]
    reason: Mapped[str | None]  # code: why there is no figure


class ScaleComposite(PeopleBase):
    """The weighted mean over rater groups on one scale."""

    __tablename__ = "scale_composites"

    appraisal_id: Mapped[int] = mapped_column(ForeignKey("appraisals.id"), primary_key=True)
    scale: Mapped[str] = mapped_column(primary_key=True)
    composite: Mapped[float | None]
    standard_error: Mapped[float | None]
    reason: Mapped[str | None]
    weights: Mapped[dict[str, float]] = mapped_column(JSON)  # as they were after redistribution


class CitizenPart(PeopleBase):
    """What citizens said of a subject who is an officer, on their own scale, as it counts."""

    __tablename__ = "citizen_parts"

    appraisal_id: Mapped[int] = mapped_column(ForeignKey("appraisals.id"), primary_key=True)
    n: Mapped[int]
    mean: Mapped[float]  # the middle of its band, where it lies in one
    is_banded: Mapped[bool]
    standard_error: Mapped[float]
    reliability: Mapped[float]


class Quality(PeopleBase):
    """How well one scale measured in one rater group of a cycle."""

    __tablename__ = "quality"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), primary_key=True)
    rater_group: Mapped[str] = mapped_column(primary_key=True)
    scale: Mapped[str] = mapped_column(primary_key=True)
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
