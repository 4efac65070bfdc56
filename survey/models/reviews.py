"""What HR decided about the quality of a counted cycle, before anybody saw a result."""

from typing import Any, NoReturn

from sqlalchemy import ForeignKey, event
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import PeopleBase
from survey.exceptions import ReleaseDiffers


class Review(PeopleBase):
    """That the quality report of a cycle was accepted, and why; never changed afterwards."""

    __tablename__ = "reviews"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), primary_key=True, autoincrement=False)
    reason: Mapped[str]


@event.listens_for(Review, "before_update")
@event.listens_for(Review, "before_delete")
def _never_changed(_mapper: Any, _connection: Any, _review: Review) -> NoReturn:
    """A decision that others relied on stays as it was made."""
    raise ReleaseDiffers
