"""Assignments: who is asked about whom, and as what."""

from sqlalchemy import ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import PeopleBase


class Assignment(PeopleBase):
    """Rater `rater_id` is asked about subject `subject_id` as a member of `rater_group`."""

    __tablename__ = "assignments"
    __table_args__ = (
        ForeignKeyConstraint(
            ["cycle_id", "subject_id"],
            ["subjects.cycle_id", "subjects.employee_id"],
            name="fk_assignments_subject",
        ),
    )

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True)
    rater_id: Mapped[int] = mapped_column(ForeignKey("employees.id"), primary_key=True, index=True)
    rater_group: Mapped[str]
