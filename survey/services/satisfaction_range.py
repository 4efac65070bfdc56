"""How sure a unit's index is, told in steps so coarse that no answer can be worked out from it.

The index's range comes from respondents' rows, an element's from the public counts. Both are told from
`MINIMUM_FOR_RANGE` answers on and rounded outward: whole points, and one decimal (docs/decisions/0008).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import msgspec
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from analysis.satisfaction import SatisfactionPolicy, element_intervals, index_error
from survey.models.citizens import CitizenCount, CitizenResponse
from survey.services.citizen_answers import OPEN_LINK
from survey.services.satisfaction import PeriodFigures

MINIMUM_FOR_RANGE = 30

Range = tuple[Decimal, Decimal]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Ranges:
    """Where index and elements of a period probably lie; an element without a range is not named."""

    index: Range | None
    elements: Mapping[str, Range]


def ranges_of(
    answers: Session,
    service_points: Sequence[str],
    figures: PeriodFigures,
    policy: SatisfactionPolicy,
    stratum: str = OPEN_LINK,
) -> Ranges:
    """The ranges that belong to the shown figures of a quarter or year; two statements."""
    if figures.n < MINIMUM_FOR_RANGE:
        return Ranges(None, {})
    place = (service_points, _quarters(figures), stratum)
    return Ranges(
        _index_range(_rows(answers, *place, policy), figures, policy) if figures.index else None,
        _element_ranges(_counts(answers, *place, policy), figures, policy),
    )


def _quarters(figures: PeriodFigures) -> list[str]:
    """The quarters behind the figures: of a year those that are shown themselves."""
    if "-" in figures.period:
        return [figures.period]
    names = (f"{figures.period}-Q{quarter}" for quarter in range(1, 5))
    return [name for name in names if name not in figures.left_out]


def _rows(
    answers: Session,
    service_points: Sequence[str],
    quarters: Sequence[str],
    stratum: str,
    policy: SatisfactionPolicy,
) -> FloatArray:
    rows = select(cast(CitizenResponse.answers, String)).where(
        CitizenResponse.service_point.in_(service_points),
        CitizenResponse.period.in_(quarters),
        CitizenResponse.stratum == stratum,
    )
    texts = ",".join(answers.scalars(rows))
    sheets = msgspec.json.decode(f"[{texts}]", type=list[dict[str, int]])
    table = [[sheet.get(name, np.nan) for name in policy.elements] for sheet in sheets]
    return np.array(table, dtype=np.float64).reshape(-1, len(policy.elements))


def _counts(
    answers: Session,
    service_points: Sequence[str],
    quarters: Sequence[str],
    stratum: str,
    policy: SatisfactionPolicy,
) -> dict[str, list[int]]:
    counted = (
        select(CitizenCount.item, CitizenCount.option, func.sum(CitizenCount.shown))
        .where(
            CitizenCount.service_point.in_(service_points),
            CitizenCount.period.in_(quarters),
            CitizenCount.stratum == stratum,
        )
        .group_by(CitizenCount.item, CitizenCount.option)
    )
    found = {name: [0] * (policy.high - policy.low + 1) for name in policy.elements}
    for item, option, shown in answers.execute(counted):
        found[item][option - policy.low] = int(shown)
    return found


def _index_range(rows: FloatArray, figures: PeriodFigures, policy: SatisfactionPolicy) -> Range | None:
    """Around the shown index, which waits for the last answers where the rows do not."""
    found = index_error(rows, policy)
    if found.ci is None or found.estimate is None or figures.index is None or figures.index.ikm_exact is None:
        return None
    waiting = float(figures.index.ikm_exact) - found.estimate
    least, most = policy.low * policy.factor, policy.high * policy.factor
    low, high = (limit + waiting for limit in found.ci)
    return Decimal(max(math.floor(low), least)), Decimal(min(math.ceil(high), most))


def _element_ranges(
    counts: dict[str, list[int]], figures: PeriodFigures, policy: SatisfactionPolicy
) -> dict[str, Range]:
    low, high = element_intervals(list(counts.values()), policy)
    shown = {element.code for element in figures.elements if (element.n or 0) >= MINIMUM_FOR_RANGE}
    return {
        name: (Decimal(math.floor(10 * least)) / 10, Decimal(math.ceil(10 * most)) / 10)
        for name, least, most in zip(counts, low.tolist(), high.tolist(), strict=True)
        if name in shown and not math.isnan(least)
    }
