"""Posts that are not somebody's main post of today: earlier main posts, further posts, acting officials."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import PeopleBase, new_public_id

# Jenis jabatan: high leadership (JPT), administrators, controllers, functional officials, all others.
JOB_KINDS = ("jpt", "administrator", "pengawas", "fungsional", "pelaksana")
# main: what the main post was; further: held beside it; plt: for a vacant seat; plh: while the holder is away
CAPACITIES = ("main", "further", "plt", "plh")
ACTING = ("plt", "plh")


class Post(PeopleBase):
    """What somebody is, or was, from one day to another; both days belong to it, no day means no limit.

    An acting official names whose seat it is (`acts_for_id`), so that those below it have a supervisor.
    """

    __tablename__ = "posts"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employees.id"), index=True)
    capacity: Mapped[str]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    title: Mapped[str] = mapped_column(default="")
    job_kind: Mapped[str] = mapped_column(default="")
    job_level: Mapped[str] = mapped_column(default="")
    supervisor_id: Mapped[int | None] = mapped_column(ForeignKey("employees.id"), index=True)
    acts_for_id: Mapped[int | None] = mapped_column(ForeignKey("employees.id"), index=True)
    begins_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    decree: Mapped[str] = mapped_column(default="")
