"""How many answers came in a day, and what was unusual: no answer is tied to any of it."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from survey.db import AnswersBase, PeopleBase, SpoolBase


class RunningDay(SpoolBase):
    """How many ballots came in a box since midnight; gone with the first merge after the day."""

    __tablename__ = "running_days"

    box: Mapped[str] = mapped_column(primary_key=True)
    stratum: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int]


class UsualDays(AnswersBase):
    """How many days had so many answers, in steps of five; which days these were is kept nowhere."""

    __tablename__ = "usual_days"

    service_point: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    stratum: Mapped[str] = mapped_column(primary_key=True)
    at_least: Mapped[int] = mapped_column(primary_key=True)
    days: Mapped[int]


class UnusualArrivals(PeopleBase):
    """A day with unusually many answers, or a quarter whose answers are alike, at a service point."""

    __tablename__ = "unusual_arrivals"

    id: Mapped[int] = mapped_column(primary_key=True)
    service_point_id: Mapped[int] = mapped_column(ForeignKey("service_points.id"), index=True)
    period: Mapped[str]
    stratum: Mapped[str]
    kind: Mapped[str]  # day | alike
    day: Mapped[date | None]  # of the kind `day`
