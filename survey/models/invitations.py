"""Invitations and papers: the right to answer once. Only the paper office and distribution come here."""

from sqlalchemy import ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import PeopleBase, new_public_id


class Invitation(PeopleBase):
    """One rater's personal link to a cycle, known by the hash of its secret."""

    __tablename__ = "invitations"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), primary_key=True)
    rater_id: Mapped[int] = mapped_column(ForeignKey("employees.id"), primary_key=True)
    secret_hash: Mapped[bytes] = mapped_column(unique=True)


class Paper(PeopleBase):
    """The right to send one ballot about one subject. `taken` is one hash of the nonce that used it."""

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
