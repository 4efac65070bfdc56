"""What an office promises to do about what citizens said, and what came of it. Everybody may read it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager

from analysis.satisfaction import SatisfactionPolicy
from survey.exceptions import NotFound
from survey.models.improvement import FollowUp
from survey.models.people import Unit
from survey.services.citizens import comparing, periods
from survey.services.citizens.comparing import Change
from survey.services.citizens.offices import Office
from survey.services.citizens.satisfaction import PeriodFigures, Satisfaction
from survey.services.documents.listing import ListPage, Wanted, page_of_rows

PLANNED, STARTED, DONE, DROPPED = "planned", "started", "done", "dropped"
STATES = (PLANNED, STARTED, DONE, DROPPED)
OPEN_STATES = (PLANNED, STARTED)
DAYS_TO_PLAN = 30  # after a period is over, before its lowest element counts as unanswered


@dataclass(frozen=True)
class Entry:
    """What is typed about one action."""

    period: str
    element: str
    action: str
    responsible: str
    due_on: date
    state: str = PLANNED
    done_on: date | None = None
    evidence: str = ""


@dataclass(frozen=True)
class Promise(Entry):
    """One action as pages show it."""

    public_id: str = ""
    unit_public_id: str = ""
    unit_name: str = ""

    def is_overdue(self, today: date) -> bool:
        """Whether the day has passed and the action is neither done nor dropped."""
        return self.state in OPEN_STATES and self.due_on < today


@dataclass(frozen=True)
class SaidAndDone:
    """An action with what citizens said before it and in the next period."""

    promise: Promise
    before: float | None  # mean of the element
    after: float | None
    next_period: str
    change: Change | None


def promises_of(people: Session, unit: str | None = None) -> list[Promise]:
    """The actions of one unit or of all, those that are due first."""
    query = _stored().order_by(FollowUp.due_on, FollowUp.id)
    if unit is not None:
        query = query.where(Unit.public_id == unit)
    return [_promise(row) for row in people.scalars(query)]


@dataclass(frozen=True)
class OfficePlans:
    """An office with the number of its actions, and of those that are overdue."""

    public_id: str
    name: str
    plans: int
    overdue: int


def by_office(found: Iterable[Office], promises: Iterable[Promise], today: date) -> list[OfficePlans]:
    """The actions counted for each office."""
    own: dict[str, list[Promise]] = {}
    for promise in promises:
        own.setdefault(promise.unit_public_id, []).append(promise)
    plans = [(office, own.get(office.public_id, [])) for office in found]
    return [
        OfficePlans(office.public_id, office.name, len(each), sum(one.is_overdue(today) for one in each))
        for office, each in plans
    ]


def listed(plans: Sequence[OfficePlans], wanted: Wanted) -> ListPage:
    """One page of them."""
    orders: dict[str, Callable[[OfficePlans], Any]] = {
        "name": lambda office: office.name,
        "plans": lambda office: office.plans,
        "overdue": lambda office: office.overdue,
    }
    return page_of_rows(plans, wanted, orders, lambda office: office.name)


def find_promise(people: Session, public_id: str) -> Promise:
    """One action."""
    return _promise(_find(people, public_id))


def add(people: Session, unit: str, entry: Entry) -> str:
    """Add an action to a unit's plan; returns its public id."""
    unit_id = people.scalar(select(Unit.id).where(Unit.public_id == unit))
    if unit_id is None:
        raise NotFound("unit")
    row = FollowUp(unit_id=unit_id)
    _set(row, entry)
    people.add(row)
    people.flush()
    return row.public_id


def change(people: Session, public_id: str, entry: Entry) -> None:
    """Change an action."""
    _set(_find(people, public_id), entry)


def unanswered(
    satisfaction: Satisfaction, promises: Iterable[Promise], today: date
) -> tuple[str, tuple[str, ...]] | None:
    """The newest finished quarter whose lowest elements have no action yet, and these elements."""
    finished = [each for each in satisfaction.quarters if periods.is_over(each.period, today) and each.index]
    if not finished:
        return None
    newest = finished[-1]
    answered = {
        each.element
        for each in promises
        if each.state != DROPPED and newest.period in periods.quarters_of(each.period)
    } | {each.element for each in promises if each.state in OPEN_STATES}
    missing = tuple(code for code in newest.lowest if code not in answered)
    return (newest.period, missing) if missing else None


def is_late(period: str, today: date) -> bool:
    """Whether a plan for the lowest element of a period should have been there by now."""
    return (today - periods.last_day(period)).days > DAYS_TO_PLAN


def said_and_done(
    satisfaction: Satisfaction, promises: Iterable[Promise], policy: SatisfactionPolicy
) -> list[SaidAndDone]:
    """Each action with its element in its period and in the next one."""
    return [_said(satisfaction, each, policy) for each in promises]


def _said(satisfaction: Satisfaction, promise: Promise, policy: SatisfactionPolicy) -> SaidAndDone:
    next_period = periods.after(promise.period)
    before, after = satisfaction.find(promise.period), satisfaction.find(next_period)
    if before and after and not after.is_like(before):
        after = None
    return SaidAndDone(
        promise,
        _mean(before, promise.element),
        _mean(after, promise.element),
        next_period,
        comparing.element_change(before, after, promise.element, policy) if before and after else None,
    )


def _mean(figures: PeriodFigures | None, element: str) -> float | None:
    found = [each.nrr for each in figures.elements if each.code == element] if figures else []
    return float(found[0]) if found and found[0] is not None else None


def _stored() -> Select[FollowUp]:
    return select(FollowUp).join(FollowUp.unit).options(contains_eager(FollowUp.unit))


def _find(people: Session, public_id: str) -> FollowUp:
    row = people.scalar(_stored().where(FollowUp.public_id == public_id))
    if row is None:
        raise NotFound("follow-up")
    return row


def _set(row: FollowUp, entry: Entry) -> None:
    row.period, row.element, row.action = entry.period, entry.element, entry.action
    row.responsible, row.due_on = entry.responsible, entry.due_on
    row.state, row.done_on, row.evidence = entry.state, entry.done_on, entry.evidence


def _promise(row: FollowUp) -> Promise:
    return Promise(
        period=row.period,
        element=row.element,
        action=row.action,
        responsible=row.responsible,
        due_on=row.due_on,
        state=row.state,
        done_on=row.done_on,
        evidence=row.evidence,
        public_id=row.public_id,
        unit_public_id=row.unit.public_id,
        unit_name=row.unit.name,
    )
