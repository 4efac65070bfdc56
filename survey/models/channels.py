"""What only a visit gives: single-use codes on paper, and devices that stand at a service point.

None of it knows a citizen, a place in a queue or a time.
"""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.db import PeopleBase, new_public_id
from survey.models.service_points import ServicePoint


class Officer(PeopleBase):
    """Somebody whom citizens can rate by codes of her own; `key` is the name the answers know her by."""

    __tablename__ = "officers"

    employee_id: Mapped[int] = mapped_column(ForeignKey("employees.id"), primary_key=True)
    key: Mapped[str] = mapped_column(unique=True, default=new_public_id)


class CodeRoll(PeopleBase):
    """A roll of single-use codes that was printed for a service point; void where it was lost."""

    __tablename__ = "code_rolls"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    service_point_id: Mapped[int] = mapped_column(ForeignKey("service_points.id"), index=True)
    officer_id: Mapped[int | None] = mapped_column(
        ForeignKey("officers.employee_id")
    )  # whose visitors get it
    printed: Mapped[int]
    is_void: Mapped[bool] = mapped_column(default=False)


class VisitCode(PeopleBase):
    """The right to one verified answer. `taken` is one hash of the nonce that used it; see `CodeUse`."""

    __tablename__ = "visit_codes"

    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    roll_id: Mapped[int] = mapped_column(ForeignKey("code_rolls.id"), index=True)
    taken: Mapped[bytes | None]


class CodeUse(PeopleBase):
    """A use that is not in its roll yet: it waits for others, so that rows tell no order and no moment.

    No foreign key and no lock leads to the roll: on PostgreSQL either would mark its row.
    """

    __tablename__ = "code_uses"
    __table_args__ = ({"sqlite_with_rowid": False},)

    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    roll_id: Mapped[int]
    taken: Mapped[bytes]


class Kiosk(PeopleBase):
    """A device that stands at a service point, known by the hash of its secret."""

    __tablename__ = "kiosks"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    service_point_id: Mapped[int] = mapped_column(ForeignKey("service_points.id"), index=True)
    name: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(unique=True)
    is_active: Mapped[bool] = mapped_column(default=True)

    service_point: Mapped[ServicePoint] = relationship()
