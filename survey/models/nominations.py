"""Nominations: whom an employee names as peers before the list of raters is made."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import PeopleBase


class Nomination(PeopleBase):
    """Employee `subject_id` named `rater_id` as a peer, or the supervisor did, and what became of it."""

    __tablename__ = "nominations"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), primary_key=True)
    subject_id: Mapped[int] = mapped_column(ForeignKey("employees.id"), primary_key=True)
    rater_id: Mapped[int] = mapped_column(ForeignKey("employees.id"), primary_key=True, index=True)
    state: Mapped[str] = mapped_column(default="named")  # named | approved | refused


class Decline(PeopleBase):
    """Rater `rater_id` will not rate `subject_id`, and why; HR alone reads it.

    It stands apart from what subject and supervisor wanted, so that nothing they see or do depends on it.
    """

    __tablename__ = "declines"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), primary_key=True)
    subject_id: Mapped[int] = mapped_column(ForeignKey("employees.id"), primary_key=True)
    rater_id: Mapped[int] = mapped_column(ForeignKey("employees.id"), primary_key=True, index=True)
    reason: Mapped[str]
