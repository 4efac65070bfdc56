"""What HR decided about the quality of a counted cycle, before anybody saw a result."""

from typing import Any, NoReturn

from sqlalchemy import JSON, ForeignKey, event
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import PeopleBase
from survey.exceptions import ReleaseDiffers


class Review(PeopleBase):
    """That the quality report of a cycle was accepted, and why; never changed afterwards."""

    __tablename__ = "reviews"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), primary_key=True, autoincrement=False)
    reason: Mapped[str]


class ItemReview(PeopleBase):
    """Items that the rule of a counted cycle names, what leaving them out would change, and what HR chose.

    The choice may change until the quality is accepted, and never afterwards.
    """

    __tablename__ = "item_reviews"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), primary_key=True, autoincrement=False)
    named: Mapped[dict[str, str]] = mapped_column(JSON)  # item by behaviour
    findings: Mapped[dict[str, Any]] = mapped_column(JSON)  # as `services.item_review` writes them
    is_left_out: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(default="")


@event.listens_for(Review, "before_update")
@event.listens_for(Review, "before_delete")
def _never_changed(_mapper: Any, _connection: Any, _review: Review) -> NoReturn:
    """A decision that others relied on stays as it was made."""
    raise ReleaseDiffers
