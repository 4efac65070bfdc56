"""Who may sign in, and what for. Nobody needs an account to rate."""

from datetime import date

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.db import PeopleBase
from survey.models.people import Employee, Unit


class Account(PeopleBase):
    """A sign-in. `version` rises when the password changes and ends older sessions.

    Without a password yet (an empty hash) nobody signs in: the person sets one with a code from a slip.
    """

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    employee_id: Mapped[int | None] = mapped_column(ForeignKey("employees.id"), unique=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)

    employee: Mapped[Employee | None] = relationship()
    grants: Mapped[list["Grant"]] = relationship(cascade="all, delete-orphan", order_by="Grant.id")


class Grant(PeopleBase):
    """A role, held over one unit with all below it, or (no unit) over the whole city. No grant, no access."""

    __tablename__ = "grants"
    __table_args__ = (UniqueConstraint("account_id", "role", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    role: Mapped[str]  # one of `services.access.ROLES`
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))

    unit: Mapped[Unit | None] = relationship()


class Activation(PeopleBase):
    """A code on a sealed slip with which its person sets a password, once; known by its hash."""

    __tablename__ = "activations"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(unique=True)
    expires_on: Mapped[date]
