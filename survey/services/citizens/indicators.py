"""Figures of the service itself, day by day, beside satisfaction: before and after a change.

Figures are the unit's own and no citizen's; satisfaction beside them follows the rule for citizens: quarters,
public counts, ends rounded outward.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from analysis.change import BeforeAfter, before_after, before_after_counts
from analysis.satisfaction import SatisfactionPolicy
from survey.exceptions import NotFound
from survey.models.improvement import Indicator, IndicatorValue, ServiceChange
from survey.models.people import Unit
from survey.services.citizens import periods
from survey.services.citizens.satisfaction import PeriodFigures, Satisfaction
from survey.services.citizens.satisfaction_counts import Told, nothing_told
from survey.services.citizens.satisfaction_range import MINIMUM_FOR_RANGE, Range, outward

DAYS_AROUND = 182  # how far before and after a change figures are compared
QUARTERS_AROUND = 2
ALPHA = 0.05


@dataclass(frozen=True)
class Kept:
    """A figure that a unit keeps, with its days."""

    public_id: str
    name: str
    measure: str
    less_is_better: bool
    element: str
    values: tuple[tuple[date, float], ...]


@dataclass(frozen=True)
class Turn:
    """What was changed, and when."""

    public_id: str
    changed_on: date
    words: str


@dataclass(frozen=True, eq=False)
class ElementTurn:
    """An element's mean before and after a change; the difference and its size lie between two ends."""

    element: str
    before: float
    after: float
    n_before: int
    n_after: int
    difference: Range | None
    effect: Range | None


@dataclass(frozen=True, eq=False)
class FigureTurn:
    """A figure of the service before and after a change, and the element that it is shown beside."""

    kept: Kept
    turn: Turn
    before: float | None
    after: float | None
    found: BeforeAfter
    element: ElementTurn | None


def kept_by(people: Session, unit: str) -> list[Kept]:
    """The figures of a unit; two statements."""
    rows = people.scalars(
        select(Indicator)
        .join(Unit, Unit.id == Indicator.unit_id)
        .where(Unit.public_id == unit)
        .order_by(Indicator.name, Indicator.id)
    ).all()
    values: dict[int, list[tuple[date, float]]] = {row.id: [] for row in rows}
    found = select(IndicatorValue).where(IndicatorValue.indicator_id.in_(values)).order_by(IndicatorValue.day)
    for value in people.scalars(found):
        values[value.indicator_id].append((value.day, value.value))
    return [
        Kept(row.public_id, row.name, row.measure, row.less_is_better, row.element, tuple(values[row.id]))
        for row in rows
    ]


def turns_of(people: Session, unit: str) -> list[Turn]:
    """What a unit changed, the newest first."""
    rows = people.scalars(
        select(ServiceChange)
        .join(Unit, Unit.id == ServiceChange.unit_id)
        .where(Unit.public_id == unit)
        .order_by(ServiceChange.changed_on.desc(), ServiceChange.id.desc())
    )
    return [Turn(row.public_id, row.changed_on, row.words) for row in rows]


def add_indicator(
    people: Session, unit: str, name: str, measure: str, *, less_is_better: bool, element: str = ""
) -> str:
    """Begin to keep a figure; returns its public id."""
    row = Indicator(
        unit_id=_unit_id(people, unit),
        name=name,
        measure=measure,
        less_is_better=less_is_better,
        element=element,
    )
    people.add(row)
    people.flush()
    return row.public_id


def add_turn(people: Session, unit: str, changed_on: date, words: str) -> str:
    """Note what was changed in the service."""
    row = ServiceChange(unit_id=_unit_id(people, unit), changed_on=changed_on, words=words)
    people.add(row)
    people.flush()
    return row.public_id


def set_values(people: Session, unit: str, public_id: str, values: Mapping[date, float]) -> None:
    """Enter a figure's days; those that were entered before are replaced."""
    indicator_id = _indicator_id(people, unit, public_id)
    people.execute(
        delete(IndicatorValue).where(
            IndicatorValue.indicator_id == indicator_id, IndicatorValue.day.in_(values)
        )
    )
    people.add_all(
        IndicatorValue(indicator_id=indicator_id, day=day, value=value) for day, value in values.items()
    )


def remove_indicator(people: Session, unit: str, public_id: str) -> None:
    """Keep a figure no more; its days go with it."""
    indicator_id = _indicator_id(people, unit, public_id)
    people.execute(delete(IndicatorValue).where(IndicatorValue.indicator_id == indicator_id))
    people.execute(delete(Indicator).where(Indicator.id == indicator_id))


def remove_turn(people: Session, unit: str, public_id: str) -> None:
    """Take back that something was changed in the service."""
    people.execute(
        delete(ServiceChange).where(
            ServiceChange.public_id == public_id, ServiceChange.unit_id == _unit_id(people, unit)
        )
    )


def around(
    kept: Sequence[Kept], turns: Sequence[Turn], satisfaction: Satisfaction, policy: SatisfactionPolicy
) -> list[FigureTurn]:
    """Every figure around every change with days on both sides; intervals hold together (Bonferroni)."""
    confidence = 1 - ALPHA / max(len(turns) * len(kept), 1)
    found = [_around(each, turn, satisfaction, policy, confidence) for turn in turns for each in kept]
    return [each for each in found if each.before is not None and each.after is not None]


def _around(
    kept: Kept, turn: Turn, satisfaction: Satisfaction, policy: SatisfactionPolicy, confidence: float
) -> FigureTurn:
    width = timedelta(days=DAYS_AROUND)
    first = [v for day, v in kept.values if turn.changed_on - width <= day < turn.changed_on]
    second = [v for day, v in kept.values if turn.changed_on <= day < turn.changed_on + width]
    element = element_around(kept.element, turn.changed_on, satisfaction, policy) if kept.element else None
    means = [sum(values) / len(values) if values else None for values in (first, second)]
    return FigureTurn(
        kept,
        turn,
        means[0],
        means[1],
        before_after(first, second, permutations=999, confidence=confidence),
        element,
    )


def element_around(
    element: str, day: date, satisfaction: Satisfaction, policy: SatisfactionPolicy
) -> ElementTurn | None:
    """An element in two quarters before and two after; that of the change counts if it began with it.

    Nothing where the quarters are not all of the same channels.
    """
    quarter = f"{day.year}-Q{(day.month + 2) // 3}"
    start = quarter if periods.first_day(quarter) == day else periods.after(quarter)
    sides = [
        _shown(satisfaction, quarters)
        for quarters in (periods.before(quarter, QUARTERS_AROUND), (start, periods.after(start)))
    ]
    if not all(each.is_like(other) for each in sides[0] for other in sides[1]):
        return None
    counts = [_together(each, policy).counts[element] for each in sides]
    sizes = [sum(each) for each in counts]
    if min(sizes) < MINIMUM_FOR_RANGE:
        return None
    steps = np.arange(policy.low, policy.high + 1)
    found = before_after_counts(counts[0], counts[1], steps)
    totals = [sum(n * step for n, step in zip(each, steps.tolist(), strict=True)) for each in counts]
    return ElementTurn(
        element,
        totals[0] / sizes[0],
        totals[1] / sizes[1],
        sizes[0],
        sizes[1],
        _coarse(found.ci),
        _coarse(found.hedges_ci),
    )


def _shown(satisfaction: Satisfaction, quarters: Sequence[str]) -> list[PeriodFigures]:
    return [each for each in satisfaction.quarters if each.period in quarters and each.index]


def _together(quarters: Sequence[PeriodFigures], policy: SatisfactionPolicy) -> Told:
    return sum((each.told for each in quarters), nothing_told(policy))


def _coarse(ends: tuple[float, float] | None) -> Range | None:
    return (outward(ends[0], down=True), outward(ends[1], down=False)) if ends else None


def _indicator_id(people: Session, unit: str, public_id: str) -> int:
    found = people.scalar(
        select(Indicator.id)
        .join(Unit, Unit.id == Indicator.unit_id)
        .where(Indicator.public_id == public_id, Unit.public_id == unit)
    )
    if found is None:
        raise NotFound("indicator")
    return found


def _unit_id(people: Session, unit: str) -> int:
    found = people.scalar(select(Unit.id).where(Unit.public_id == unit))
    if found is None:
        raise NotFound("unit")
    return found
