"""How sure an index is, told in steps so coarse that no answer can be worked out from it.

The index's range comes from sums over respondents, an element's from the public counts. Both are told from
`MINIMUM_FOR_RANGE` answers on and rounded outward: whole points, and one decimal (docs/decisions/0008).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from analysis.satisfaction import SatisfactionPolicy, element_intervals, index_error_of_sums
from survey.services.citizens.satisfaction import OFFICIAL_WEIGHTS, PeriodFigures

MINIMUM_FOR_RANGE = 30

Range = tuple[Decimal, Decimal]


@dataclass(frozen=True)
class Ranges:
    """Where index and elements of a period probably lie; an element without a range is not named."""

    index: Range | None
    elements: Mapping[str, Range]


def ranges_of(figures: PeriodFigures, policy: SatisfactionPolicy, weights: str = OFFICIAL_WEIGHTS) -> Ranges:
    """The ranges that belong to the shown figures of a period."""
    if figures.n < MINIMUM_FOR_RANGE:
        return Ranges(None, {})
    return Ranges(index_range(figures, policy, weights), _element_ranges(figures, policy))


def index_range(
    figures: PeriodFigures, policy: SatisfactionPolicy, weights: str = OFFICIAL_WEIGHTS
) -> Range | None:
    """Around the shown index, which waits for the last answers where the sums do not."""
    if figures.n < MINIMUM_FOR_RANGE or figures.index is None or figures.index.ikm_exact is None:
        return None
    found = index_error_of_sums(figures.told.sums, policy, weight_mode=weights)
    if found.ci is None or found.estimate is None:
        return None
    waiting = float(figures.index.ikm_exact) - found.estimate
    least, most = policy.low * policy.factor, policy.high * policy.factor
    low, high = (limit + waiting for limit in found.ci)
    return Decimal(max(math.floor(low), least)), Decimal(min(math.ceil(high), most))


def _element_ranges(figures: PeriodFigures, policy: SatisfactionPolicy) -> dict[str, Range]:
    counts = figures.told.counts
    low, high = element_intervals([counts[name] for name in policy.elements], policy)
    shown = {element.code for element in figures.elements if (element.n or 0) >= MINIMUM_FOR_RANGE}
    return {
        name: (outward(least, down=True), outward(most, down=False))
        for name, least, most in zip(policy.elements, low.tolist(), high.tolist(), strict=True)
        if name in shown and not math.isnan(least)
    }


def outward(value: float, *, down: bool) -> Decimal:
    """The next tenth below or above."""
    return Decimal(math.floor(10 * value) if down else math.ceil(10 * value)) / 10
