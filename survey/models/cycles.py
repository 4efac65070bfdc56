"""Cycles: one round of 360-degree feedback, with its groups and its subjects."""

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, event, inspect
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.db import PeopleBase, new_public_id
from survey.exceptions import StepNotAllowed
from survey.models.people import Employee, Unit


class Cycle(PeopleBase):
    """One round: its purpose, dates, limits and state."""

    __tablename__ = "cycles"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    name: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[str]  # development | appraisal
    state: Mapped[str] = mapped_column(default="draft")
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    minimum_group_size: Mapped[int] = mapped_column(default=5)
    minimum_decision: Mapped[str] = mapped_column(default="")  # in writing, for a smaller group than usual
    minimum_reliability: Mapped[float] = mapped_column(default=0.5)
    weight_cap: Mapped[float] = mapped_column(default=0.6)
    mode: Mapped[str] = mapped_column(default="two_holders")  # two_holders | one_holder | server_key
    chooses_raters: Mapped[str] = mapped_column(default="chart")  # chart | nomination
    peers_wanted: Mapped[int] = mapped_column(default=9)
    subordinates_wanted: Mapped[int] = mapped_column(default=10)
    load_cap: Mapped[int] = mapped_column(default=12)  # colleagues and superiors; own staff come on top
    contact_months: Mapped[int] = mapped_column(default=3)  # of working together, before one may rate
    has_wide_circles: Mapped[bool] = mapped_column(default=False)
    item_least_r: Mapped[float | None] = mapped_column(default=None)  # limits below or above which an item
    item_most_unable: Mapped[float | None] = mapped_column(default=None)  # may be left out; none: no rule
    joins_groups: Mapped[bool] = mapped_column(default=False)
    citizen_period: Mapped[str] = mapped_column(default="")  # of officers' figures; empty: none count
    citizen_weight: Mapped[float] = mapped_column(default=0.0)  # their share of the overall figure
    manifest: Mapped[str] = mapped_column(default="")  # canonical JSON, published when the cycle opens

    groups: Mapped[list["CycleGroup"]] = relationship(
        cascade="all, delete-orphan", order_by="CycleGroup.position", lazy="selectin"
    )


STILL_A_PLAN = ("draft", "nomination", "assigned")


@event.listens_for(Cycle, "before_update")
def _only_stricter(_mapper: Any, _connection: Any, cycle: Cycle) -> None:
    """What raters were promised at opening may become stricter, never looser, whoever asks for it."""
    before = {
        name: inspect(cycle).attrs[name].history.deleted
        for name in ("state", "mode", "minimum_group_size", "item_least_r", "item_most_unable")
    }
    if (before["state"] or [cycle.state])[0] in STILL_A_PLAN:
        return
    is_other_rule = before["item_least_r"] or before["item_most_unable"]
    is_smaller = any(was > cycle.minimum_group_size for was in before["minimum_group_size"])
    if before["mode"] or is_other_rule or is_smaller:
        raise StepNotAllowed(cycle.state, "loosen")


class CycleGroup(PeopleBase):
    """A rater group of a cycle: its questionnaire (fixed by its hash) and its weight in the composite."""

    __tablename__ = "cycle_groups"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), primary_key=True)
    rater_group: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    instrument_code: Mapped[str]
    instrument_hash: Mapped[str]
    weight: Mapped[float]


class UnitDeadline(PeopleBase):
    """A later last day for raters of one unit; it came with that of `chosen_id`, this one or one above."""

    __tablename__ = "unit_deadlines"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    chosen_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    closes_on: Mapped[date]


class Subject(PeopleBase):
    """Who is appraised in a cycle. `key` is the name the vault knows this person by, in this cycle alone."""

    __tablename__ = "subjects"

    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employees.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    leads: Mapped[bool]  # whether acts of leading apply, fixed with the list of raters
    is_joined: Mapped[bool] = mapped_column(default=False)  # subordinates rate among the peers, as one block
    # whether the supervisor asked had not been it for the months that the cycle asks for
    is_newly_led: Mapped[bool] = mapped_column(default=False)
    key: Mapped[str] = mapped_column(unique=True, default=new_public_id)

    employee: Mapped[Employee] = relationship()
    unit: Mapped[Unit] = relationship()
