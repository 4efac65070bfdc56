"""Unequal weights of the nine elements: declared by a unit before the period from which they hold.

The regulation allows them as long as they add up to 1. The index with equal weights stays the official one;
the unit's own stands beside it under its own name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.satisfaction import SatisfactionPolicy
from survey.exceptions import NotFound
from survey.models.improvement import ElementWeights
from survey.models.people import Unit
from survey.services.citizens import periods

OWN_WEIGHTS = "own"


class WeightsRefused(Exception):
    """The weights cannot be declared; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Declared:
    """Weights that hold from a quarter on, as they were declared."""

    from_period: str
    weights: Mapping[str, Decimal]
    reason: str
    declared_on: date

    def policy(self, official: SatisfactionPolicy) -> SatisfactionPolicy:
        """The official rule with these weights as one more mode."""
        return replace(official, weights={**official.weights, OWN_WEIGHTS: dict(self.weights)})


def declare(
    people: Session,
    unit: str,
    from_period: str,
    weights: Mapping[str, Decimal],
    reason: str,
    policy: SatisfactionPolicy,
    today: date,
) -> None:
    """Declare weights for a quarter that has not begun; one that was declared for it before is replaced."""
    if periods.kind_of(from_period) != "quarter" or periods.first_day(from_period) <= today:
        raise WeightsRefused("begun")
    if set(weights) != set(policy.elements) or sum(weights.values()) != 1 or min(weights.values()) < 0:
        raise WeightsRefused("sum")
    unit_id = people.scalar(select(Unit.id).where(Unit.public_id == unit))
    if unit_id is None:
        raise NotFound("unit")
    stored = people.scalar(
        select(ElementWeights).where(
            ElementWeights.unit_id == unit_id, ElementWeights.from_period == from_period
        )
    )
    row = stored or ElementWeights(unit_id=unit_id, from_period=from_period)
    row.weights = {name: str(weights[name]) for name in policy.elements}
    row.reason, row.declared_on = reason, today
    people.add(row)


def take_back(people: Session, unit: str, from_period: str, today: date) -> None:
    """Drop a declaration whose quarter has not begun."""
    stored = people.scalar(
        select(ElementWeights)
        .join(Unit, Unit.id == ElementWeights.unit_id)
        .where(Unit.public_id == unit, ElementWeights.from_period == from_period)
    )
    if stored is None:
        raise NotFound("weights")
    if periods.first_day(from_period) <= today:
        raise WeightsRefused("begun")
    people.delete(stored)


def declared_for(people: Session, unit: str) -> tuple[Declared, ...]:
    """All declarations of a unit, the oldest first."""
    rows = people.scalars(
        select(ElementWeights)
        .join(Unit, Unit.id == ElementWeights.unit_id)
        .where(Unit.public_id == unit)
        .order_by(ElementWeights.from_period)
    )
    return tuple(
        Declared(
            row.from_period,
            {name: Decimal(weight) for name, weight in row.weights.items()},
            row.reason,
            row.declared_on,
        )
        for row in rows
    )


def in_force(declared: tuple[Declared, ...], period: str) -> Declared | None:
    """The declaration that holds for a whole period; none where weights change within it or hold not yet."""
    quarters = periods.quarters_of(period)
    holding = [[each for each in declared if each.from_period <= quarter] for quarter in quarters]
    newest = [each[-1] if each else None for each in holding]
    return newest[0] if all(each is newest[0] for each in newest) else None
