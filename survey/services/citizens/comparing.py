"""Units, elements and periods beside each other: what cannot be told apart is called a tie, never a rank.

Errors stay in here; what goes out are orders, ties and intervals rounded outward (docs/decisions/0008, 0014).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import numpy as np

from analysis.change import before_after_counts
from analysis.satisfaction import SatisfactionPolicy, compare_units, index_error_of_sums
from survey.services.citizens import periods
from survey.services.citizens.satisfaction import OFFICIAL_WEIGHTS, PeriodFigures, Satisfaction
from survey.services.citizens.satisfaction_range import MINIMUM_FOR_RANGE, Range, index_range, outward

PERIODS_BACK = 5
Verdict = Literal["higher", "lower", "unclear"]


@dataclass(frozen=True)
class Ranking:
    """Units from the highest index down; `ties` are the largest groups that cannot be told apart."""

    order: tuple[str, ...]
    ties: tuple[tuple[str, ...], ...]
    few: tuple[str, ...]  # with an index, but too few answers to be compared

    def letters(self, name: str) -> str:
        """The groups that a unit is in, a letter each."""
        return "".join(_letter(place) for place, tie in enumerate(self.ties) if name in tie)


@dataclass(frozen=True)
class ElementPlace:
    """An element in the order of improvement."""

    code: str
    nrr: Fraction
    may_be_lowest: bool  # cannot be told apart from the lowest


@dataclass(frozen=True)
class Change:
    """A difference that probably lies between two ends."""

    low: Decimal
    high: Decimal
    verdict: Verdict


@dataclass(frozen=True)
class PeriodRow:
    """A period of the history, and by how much the chosen one differs from it."""

    period: str
    figures: PeriodFigures | None
    range: Range | None
    change: Change | None


def rank(
    figures: Mapping[str, PeriodFigures], policy: SatisfactionPolicy, weights: str = OFFICIAL_WEIGHTS
) -> Ranking:
    """Compare units in one period, with intervals that hold for all pairs together.

    Raises
    ------
    ValueError
        Some count answers of visits and some those of open links.
    """
    if len({each.is_verified for each in figures.values()}) > 1:
        raise ValueError("figures: answers of visits and of open links cannot be compared")
    shown = {name: each for name, each in figures.items() if each.index}
    errors = {name: _error(each, policy, weights) for name, each in shown.items()}
    names = [name for name in shown if not math.isnan(errors[name])]
    found = compare_units(
        [_index(shown[name]) for name in names],
        [errors[name] for name in names],
        n=[shown[name].n for name in names],
    )
    return Ranking(
        tuple(names[place] for place in found.order),
        tuple(tuple(names[place] for place in tie) for tie in found.ties),
        tuple(name for name in shown if name not in names),
    )


def improvement_order(figures: PeriodFigures, policy: SatisfactionPolicy) -> tuple[ElementPlace, ...]:
    """Elements from the lowest mean up, and which of them may be the lowest.

    The same people judged all of them, so errors of differences are smaller than taken here: a tie is called
    rather too often than too seldom.
    """
    known = [(element.nrr, element.code) for element in figures.elements if element.nrr is not None]
    tied = _tied_with_lowest(figures, policy, [code for _nrr, code in known])
    return tuple(
        ElementPlace(code, nrr, code in tied) for nrr, code in sorted(known, key=lambda pair: pair[0])
    )


def _tied_with_lowest(
    figures: PeriodFigures, policy: SatisfactionPolicy, codes: Sequence[str]
) -> frozenset[str]:
    errors = index_error_of_sums(figures.told.sums, policy)
    place = {name: number for number, name in enumerate(policy.elements)}
    enough = {each.code for each in figures.elements if (each.n or 0) >= MINIMUM_FOR_RANGE}
    kept = [code for code in codes if code in enough]
    means = {each.code: float(each.nrr) for each in figures.elements if each.nrr is not None}
    found = compare_units(
        [means[code] for code in kept],
        [float(errors.element_error[place[code]]) for code in kept],
        n=[int(errors.element_n[place[code]]) for code in kept],
    )
    if not found.order.size:
        return frozenset()
    lowest = int(found.order[-1])
    return frozenset(code for other, code in enumerate(kept) if found.tied[lowest, other] or other == lowest)


def history(
    satisfaction: Satisfaction,
    chosen: PeriodFigures,
    policy: SatisfactionPolicy,
    weights: str = OFFICIAL_WEIGHTS,
) -> tuple[PeriodRow, ...]:
    """The chosen period and up to five before it, the oldest first, with changes that hold together."""
    names = (*periods.before(chosen.period, PERIODS_BACK), chosen.period)
    found = [satisfaction.find(name) for name in names]
    first = next((place for place, each in enumerate(found) if each), 0)
    changes = _changes(found, policy, weights)
    return tuple(
        PeriodRow(name, each, index_range(each, policy, weights) if each else None, change)
        for name, each, change in list(zip(names, found, changes, strict=True))[first:]
    )


def _changes(
    found: Sequence[PeriodFigures | None], policy: SatisfactionPolicy, weights: str
) -> list[Change | None]:
    """The last one less each of the others that is of the same channels."""
    last = found[-1]
    found = [each if each and last and each.is_like(last) else None for each in found]
    values = [_index(each) if each and each.index else math.nan for each in found]
    errors = [_error(each, policy, weights) if each and each.index else math.nan for each in found]
    sizes = [max(each.n, 1) if each else 1 for each in found]
    table = compare_units(values, errors, n=sizes)
    low, high = table.low[-1].tolist(), table.high[-1].tolist()
    return [
        None if math.isnan(least) or place == len(found) - 1 else _change(least, most, 1)
        for place, (least, most) in enumerate(zip(low, high, strict=True))
    ]


def element_change(
    before: PeriodFigures, after: PeriodFigures, element: str, policy: SatisfactionPolicy
) -> Change | None:
    """By how much an element's mean changed, to tenths; from `MINIMUM_FOR_RANGE` answers in both on.

    Nothing where the two are of different channels.
    """
    counts = [each.told.counts[element] for each in (before, after)]
    if not after.is_like(before) or min(sum(each) for each in counts) < MINIMUM_FOR_RANGE:
        return None
    found = before_after_counts(counts[0], counts[1], np.arange(policy.low, policy.high + 1))
    return _change(*found.ci, 10) if found.ci else None


def _change(low: float, high: float, steps: int) -> Change:
    verdict: Verdict = "higher" if low > 0 else "lower" if high < 0 else "unclear"
    if steps == 10:
        return Change(outward(low, down=True), outward(high, down=False), verdict)
    return Change(Decimal(math.floor(low)), Decimal(math.ceil(high)), verdict)


def _index(figures: PeriodFigures) -> float:
    exact = figures.index.ikm_exact if figures.index else None
    return math.nan if exact is None else float(exact)


def _error(figures: PeriodFigures, policy: SatisfactionPolicy, weights: str) -> float:
    """The standard error of an index that may have a range; not known for others."""
    if figures.n < MINIMUM_FOR_RANGE:
        return math.nan
    found = index_error_of_sums(figures.told.sums, policy, weight_mode=weights)
    return found.se if found.se else math.nan


def _letter(place: int) -> str:
    """a to z, then aa, ab, …"""
    return chr(ord("a") + place) if place < 26 else _letter(place // 26 - 1) + _letter(place % 26)
