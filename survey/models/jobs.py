"""Long work that outlives a request. Arguments name a cycle or a batch; never a person, code or answer."""

from sqlalchemy.orm import Mapped, mapped_column

from survey.db import PeopleBase, new_public_id


class Job(PeopleBase):
    """One piece of long work and how far it has come."""

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
