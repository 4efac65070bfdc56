"""The ledger of releases: which ballots each figure rests on that was ever told of a cycle."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import PeopleBase


class Release(PeopleBase):
    """What one cycle tells, entered when it is counted; never changed afterwards."""

    __tablename__ = "releases"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), primary_key=True, autoincrement=False)
    told: Mapped[str]  # canonical JSON, as `services.ledger` writes it; no answer is in it
    hash: Mapped[str]  # SHA-256 of that text
