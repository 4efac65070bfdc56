"""The organisation as it is today: units and the people who work in them. What was before stands in `posts`
and `unit_history`.
"""

import secrets
from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.db import PeopleBase, new_public_id

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no sign is taken for another


def new_employee_code() -> str:
    """A code for somebody who came without one; its letter keeps spreadsheets from reading a number."""
    return "P-" + "".join(secrets.choice(CODE_ALPHABET) for _ in range(8))


class Unit(PeopleBase):
    """An office of the city government. A unit that was merged or dissolved stays, with its last day."""

    __tablename__ = "units"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    named_since: Mapped[date | None]  # first day of this name and place in the tree; None: before the records
    ends_on: Mapped[date | None]  # last day; None: still there

    parent: Mapped["Unit | None"] = relationship(remote_side=[id])


class Employee(PeopleBase):
    """Somebody who works for the city, with the main post of today.

    `code` is the key by which files know a person. `number` is the NIP (PNS) or NI PPPK; staff on contract
    have none. Neither leaves this database. What the main post was before, and further posts, stand in
    `survey.models.posts`.
    """

    __tablename__ = "employees"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    code: Mapped[str] = mapped_column(unique=True, default=new_employee_code)
    number: Mapped[str | None] = mapped_column(unique=True)
    kind: Mapped[str]  # PNS, PPPK or Non-ASN
    name: Mapped[str]
    job_title: Mapped[str] = mapped_column(default="")
    job_kind: Mapped[str] = mapped_column(default="")  # one of posts.JOB_KINDS, or not known
    job_level: Mapped[str] = mapped_column(default="")  # as it is called within the kind: "Ahli Muda"
    email: Mapped[str | None]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    supervisor_id: Mapped[int | None] = mapped_column(ForeignKey("employees.id"), index=True)
    in_post_since: Mapped[date | None]  # None: since before the records
    is_active: Mapped[bool] = mapped_column(default=True)
    left_on: Mapped[date | None]  # last day, of somebody who is no longer active

    unit: Mapped[Unit] = relationship()
    supervisor: Mapped["Employee | None"] = relationship(remote_side=[id])
