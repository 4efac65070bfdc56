"""Assignments: who is asked about whom, and as what."""

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import PeopleBase, new_public_id


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


class ConflictPair(PeopleBase):
    """Two people who must not rate each other, and why; HR alone sees it. The smaller id stands first."""

    __tablename__ = "conflict_pairs"

    first_id: Mapped[int] = mapped_column(ForeignKey("employees.id"), primary_key=True)
    second_id: Mapped[int] = mapped_column(ForeignKey("employees.id"), primary_key=True, index=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    reason: Mapped[str]


class ListApproval(PeopleBase):
    """What a second office decided about the list of raters, known by its hash."""

    __tablename__ = "list_approvals"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), primary_key=True)
    list_hash: Mapped[bytes]
    state: Mapped[str] = mapped_column(default="pending")  # pending | approved | declined | decided
    asked_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    words: Mapped[str] = mapped_column(default="")  # why it was declined, or the written decision


class ListRequest(PeopleBase):
    """A list of raters that was asked for and is not made yet; it goes in the transaction that makes it."""

    __tablename__ = "list_requests"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    asked_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    unit_ids: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))  # none: all units
    of_named: Mapped[bool]  # over those who were asked to name peers, and nobody else


class PartnerPair(PeopleBase):
    """A service partner whom HR named in a file: somebody of another unit whom the subject's work serves."""

    __tablename__ = "partner_pairs"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), primary_key=True)
    subject_id: Mapped[int] = mapped_column(ForeignKey("employees.id"), primary_key=True)
    rater_id: Mapped[int] = mapped_column(ForeignKey("employees.id"), primary_key=True)


class PartnerRule(PeopleBase):
    """Each subject of one unit gets raters of another as service partners; units below count with both."""

    __tablename__ = "partner_rules"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), primary_key=True)
    subject_unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    rater_unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    wanted: Mapped[int]
