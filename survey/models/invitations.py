"""Invitations, papers and drawn codes: the right to answer once. Only those who hand them out come here."""

from sqlalchemy import ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import PeopleBase, new_public_id


class Invitation(PeopleBase):
    """One rater's personal link to a cycle, known by the hash of its secret.

    `unit_id` is the rater's unit when the cycle opened. What is counted by unit rests on it: whoever moves
    somebody to another unit later must not see a share change.
    """

    __tablename__ = "invitations"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), primary_key=True)
    rater_id: Mapped[int] = mapped_column(ForeignKey("employees.id"), primary_key=True)
    secret_hash: Mapped[bytes] = mapped_column(unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))


class Paper(PeopleBase):
    """The right to send one ballot about one subject. `taken` is one hash of the nonce that used it.

    A void paper is one that nobody used before a drawn code took its place.
    """

    __tablename__ = "papers"
    __table_args__ = (
        ForeignKeyConstraint(
            ["cycle_id", "subject_id", "rater_id"],
            ["assignments.cycle_id", "assignments.subject_id", "assignments.rater_id"],
            name="fk_papers_assignment",
        ),
        ForeignKeyConstraint(
            ["cycle_id", "rater_id"],
            ["invitations.cycle_id", "invitations.rater_id"],
            name="fk_papers_invitation",
        ),
    )

    cycle_id: Mapped[int] = mapped_column(primary_key=True)
    rater_id: Mapped[int] = mapped_column(primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    taken: Mapped[bytes | None]
    is_void: Mapped[bool] = mapped_column(default=False)
    replaced: Mapped[int] = mapped_column(default=0)  # how often it was lost after it was taken


class DrawnCode(PeopleBase):
    """The right to send one ballot about one subject, for whoever drew its code out of a box: no rater."""

    __tablename__ = "drawn_codes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["cycle_id", "subject_id", "rater_group"],
            ["scopes.cycle_id", "scopes.subject_id", "scopes.rater_group"],
            name="fk_drawn_codes_scope",
        ),
    )

    secret_hash: Mapped[bytes] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(index=True)
    subject_id: Mapped[int]
    rater_group: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    taken: Mapped[bytes | None]


class ReplacementRequest(PeopleBase):
    """HR asks that a rater may take the papers anew that she lost; another office decides."""

    __tablename__ = "replacement_requests"
    __table_args__ = (
        ForeignKeyConstraint(
            ["cycle_id", "rater_id"],
            ["invitations.cycle_id", "invitations.rater_id"],
            name="fk_replacement_requests_invitation",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    cycle_id: Mapped[int] = mapped_column(index=True)
    rater_id: Mapped[int]
    reason: Mapped[str]
    asked_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    state: Mapped[str] = mapped_column(default="pending")  # pending | approved | declined
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
