"""What offices do about what citizens say: plans, changes, figures of the service, what was published."""

from datetime import date

from sqlalchemy import JSON, Float, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.db import PeopleBase, new_public_id
from survey.models.people import Unit


class ServiceVolume(PeopleBase):
    """How many people used a service point in a quarter: the population of its survey."""

    __tablename__ = "service_volumes"

    service_point_id: Mapped[int] = mapped_column(ForeignKey("service_points.id"), primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    users: Mapped[int]


class ElementWeights(PeopleBase):
    """Unequal weights of the nine elements that a unit declared before the period from which they hold."""

    __tablename__ = "element_weights"
    __table_args__ = (UniqueConstraint("unit_id", "from_period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    from_period: Mapped[str]  # a quarter
    weights: Mapped[dict[str, str]] = mapped_column(JSON)  # decimals by element, together 1
    reason: Mapped[str]
    declared_on: Mapped[date]


class OfficialChannels(PeopleBase):
    """The channels that a unit's index counts from a quarter on, fixed before that quarter began."""

    __tablename__ = "official_channels"
    __table_args__ = (UniqueConstraint("unit_id", "from_period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    from_period: Mapped[str]  # a quarter
    channels: Mapped[list[str]] = mapped_column(JSON)
    fixed_on: Mapped[date]


class FollowUp(PeopleBase):
    """What a unit promised to do about an element, by when and who; and what became of it."""

    __tablename__ = "follow_ups"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    period: Mapped[str]  # what citizens said then
    element: Mapped[str]
    action: Mapped[str]
    responsible: Mapped[str]  # a post, because the page is public
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="planned")  # planned | started | done | dropped
    done_on: Mapped[date | None]
    evidence: Mapped[str] = mapped_column(default="")

    unit: Mapped[Unit] = relationship()


class Indicator(PeopleBase):
    """A figure of the service itself that a unit keeps, such as minutes of waiting."""

    __tablename__ = "indicators"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    name: Mapped[str]
    measure: Mapped[str]  # minutes, cases
    less_is_better: Mapped[bool]
    element: Mapped[str] = mapped_column(default="")  # the element it is shown beside


class IndicatorValue(PeopleBase):
    """The figure of one day."""

    __tablename__ = "indicator_values"

    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicators.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    value: Mapped[float] = mapped_column(Float)


class ServiceChange(PeopleBase):
    """What a unit changed in its service, and on which day."""

    __tablename__ = "service_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    changed_on: Mapped[date]
    words: Mapped[str]


class Publication(PeopleBase):
    """A report or notice that was made public, as it was then."""

    __tablename__ = "publications"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    period: Mapped[str]
    kind: Mapped[str]  # report | notice
    published_on: Mapped[date]
    index: Mapped[str]  # as printed, with its weights
    respondents: Mapped[int]
    digest: Mapped[str]  # SHA-256 of the file that was handed out
    place: Mapped[str] = mapped_column(default="")  # where it hangs or can be read

    unit: Mapped[Unit] = relationship()
