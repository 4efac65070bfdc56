"""Long work that outlives a request. Arguments name a cycle or a batch; never a person, code or answer."""

from sqlalchemy.orm import Mapped, mapped_column

from survey.db import PeopleBase, new_public_id


class Job(PeopleBase):
    """One piece of long work and how far it has come.

    The only time here is `not_before` (seconds since 1970): when staff, or the work itself, asked to begin.
    """

    __tablename__ = "jobs"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    kind: Mapped[str]
    argument: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)  # the same key again is the same job
    state: Mapped[str] = mapped_column(default="queued")  # queued | running | done | failed
    step: Mapped[str] = mapped_column(default="")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str] = mapped_column(default="")
    attempt: Mapped[int] = mapped_column(default=1)  # counts how often it was asked for
    not_before: Mapped[int] = mapped_column(default=0)


class Worker(PeopleBase):
    """A process that runs jobs, and when it last gave a sign of life (seconds since 1970)."""

    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(primary_key=True)
    beat: Mapped[int]
