"""The ledger of releases: which ballots each figure rests on that was ever told of a cycle."""

from typing import Any, NoReturn

from sqlalchemy import ForeignKey, event
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import PeopleBase
from survey.exceptions import ReleaseDiffers


class Release(PeopleBase):
    """What one cycle tells, entered when it is counted; never changed afterwards."""

    __tablename__ = "releases"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), primary_key=True, autoincrement=False)
    told: Mapped[str]  # canonical JSON, as `services.ledger` writes it; no answer is in it
    hash: Mapped[str]  # SHA-256 of that text


class AlternativeRelease(PeopleBase):
    """What the cycle would tell without the items that its rule names; entered when it is counted."""

    __tablename__ = "alternative_releases"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), primary_key=True, autoincrement=False)
    told: Mapped[str]
    hash: Mapped[str]


@event.listens_for(AlternativeRelease, "before_update")
@event.listens_for(AlternativeRelease, "before_delete")
@event.listens_for(Release, "before_update")
@event.listens_for(Release, "before_delete")
def _never_changed(_mapper: Any, _connection: Any, _release: Release | AlternativeRelease) -> NoReturn:
    """What was told cannot be untold, whoever asks for it."""
    raise ReleaseDiffers
