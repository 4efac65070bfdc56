"""Letters by e-mail: waves, whom each goes to, bad addresses. Nothing here knows who answered."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import PeopleBase, new_public_id


class Wave(PeopleBase):
    """One letter to all raters of some units, the same words to everybody."""

    __tablename__ = "waves"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), index=True)
    kind: Mapped[str]  # invitation | reminder
    units: Mapped[str]  # names of the chosen units, as they were; empty for all
    note: Mapped[str] = mapped_column(default="")  # HR's own paragraph
    state: Mapped[str] = mapped_column(default="draft")  # draft | running | paused | cancelled | done
    not_before: Mapped[int] = mapped_column(default=0)  # seconds since 1970; the start that staff asked for
    without_address: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[str] = mapped_column(default="")  # why the mail server took nothing the last time


class Letter(PeopleBase):
    """That one rater is written to in a wave. `key` makes its Message-ID, which never changes.

    waiting → handing (given to the mail server at this moment) → sent | refused. What was `handing` when its
    process died is `unclear`: it may have arrived, and is never sent again.
    """

    __tablename__ = "letters"
    __table_args__ = (Index("ix_letters_next", "wave_id", "state", "tries", "key"),)

    wave_id: Mapped[int] = mapped_column(ForeignKey("waves.id"), primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employees.id"), primary_key=True)
    key: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    address: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    tries: Mapped[int] = mapped_column(default=0)


class Bounce(PeopleBase):
    """An address that a mail server refused. It counts as long as it is still the employee's address."""

    __tablename__ = "bounces"

    employee_id: Mapped[int] = mapped_column(ForeignKey("employees.id"), primary_key=True)
    address: Mapped[str]
    reason: Mapped[str]  # the server's code (550), or "imported"
