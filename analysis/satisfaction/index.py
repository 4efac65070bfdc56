"""The public satisfaction index (IKM) in exact arithmetic.

Nothing here knows the ministry's numbers: cuts, bands and weight modes come in as a frozen policy.
Sums are whole numbers, everything after is a fraction; rounding happens once, at the very end. The modules
beside this one say how sure an index is, weigh answers to a population, tell how many answers are needed and
compare units; their names can be had from here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from analysis._arrays import as_exact
from analysis._result import Result
from analysis.satisfaction.policy import QualityBand, SatisfactionPolicy, whole_answers

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True)
class ElementTotals:
    """Sums and counts of answers by element; totals of disjoint answers add up.

    Attributes
    ----------
    sums, counts : by element
    respondents : who answered at least one element
    """

    sums: Mapping[str, int]
    counts: Mapping[str, int]
    respondents: int

    def __add__(self, other: ElementTotals) -> ElementTotals:
        if set(self.sums) != set(other.sums):
            raise ValueError("elements: totals of different elements cannot be added")
        return ElementTotals(
            {name: self.sums[name] + other.sums[name] for name in self.sums},
            {name: self.counts[name] + other.counts[name] for name in self.counts},
            self.respondents + other.respondents,
        )


@dataclass(frozen=True)
class ElementScore:
    """One element: answers and their exact mean (NRR), None without answers."""

    n: int
    nrr: Fraction | None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SatisfactionIndex(Result):
    """The index; `estimate` is `ikm` as a number.

    Attributes
    ----------
    ni : exact index on the scale of the answers
    ikm_exact, ikm : ni times the policy's factor, exact and rounded half up to two decimals
    band : the band of the rounded figure
    elements : by code name
    weight_mode, nrr_decimals : how it was computed
    """

    ni: Fraction | None = None
    ikm_exact: Fraction | None = None
    ikm: Decimal | None = None
    band: QualityBand | None = None
    elements: Mapping[str, ElementScore]
    weight_mode: str
    nrr_decimals: int | None


def round_half_up(value: Fraction, decimals: int) -> Decimal:
    """The nearest decimal, halves upwards (docs/methods.md, section 7).

    Parameters
    ----------
    value : an exact number
    decimals : digits after the point

    Returns
    -------
    the rounded number

    Examples
    --------
    >>> round_half_up(Fraction(13005, 200), 2), round_half_up(Fraction(65005, 1000), 2)
    (Decimal('65.03'), Decimal('65.01'))
    """
    steps = math.floor(value * 10**decimals + Fraction(1, 2))
    return Decimal(steps).scaleb(-decimals)


def element_totals(rows: ArrayLike, policy: SatisfactionPolicy) -> ElementTotals:
    """Sums and counts of a table of answers (respondents by elements, NaN = missing).

    Parameters
    ----------
    rows : (respondents, elements) answers, NaN where one is missing
    policy : cuts, bands and weights

    Returns
    -------
    ElementTotals

    Raises
    ------
    ValueError : wrong shape, or answers that are no step of the scale

    References
    ----------
    PermenPANRB 14/2017, Lampiran: each element over the answers to it; docs/methods.md, section 7.

    Examples
    --------
    >>> bands = QualityBand("C", "Kurang baik", Decimal("65.00")), QualityBand("B", "Baik", Decimal("76.61"))
    >>> policy = SatisfactionPolicy(("a", "b"), 1, 4, 25, bands, {"1/2": None})
    >>> found = element_totals([[3, 4], [4, np.nan], [2, 4]], policy)
    >>> found.sums, found.counts, found.respondents
    ({'a': 9, 'b': 8}, {'a': 3, 'b': 2}, 3)
    """
    x = whole_answers(rows, policy)
    there = ~np.isnan(x)
    sums = np.where(there, x, 0).astype(np.int64).sum(axis=0).tolist()
    counts = there.sum(axis=0).tolist()
    names = policy.elements
    return ElementTotals(
        dict(zip(names, sums, strict=True)),
        dict(zip(names, counts, strict=True)),
        int(there.any(axis=1).sum()),
    )


def satisfaction_index(
    answers: ElementTotals | ArrayLike,
    *,
    policy: SatisfactionPolicy,
    weight_mode: str = "1/9",
    nrr_decimals: int | None = None,
) -> SatisfactionIndex:
    """The index: sum over elements of weight times mean answer (NRR), times the policy's factor.

    Each element has its own denominator, the answers to it (PermenPANRB 14/2017). With the weight
    1 / number of elements the arithmetic is exact; the printed weights 0.11 and 0.111 and the
    rounding of NRR reproduce figures that others have published.

    Parameters
    ----------
    answers : totals by element, or rows of answers in the policy's order
    policy : cuts, bands and weights
    weight_mode : a name among the policy's weights
    nrr_decimals : round each NRR half up to so many decimals before weighing

    Returns
    -------
    SatisfactionIndex

    Raises
    ------
    ValueError : unknown mode, other elements than the policy's, sums that cannot be

    References
    ----------
    PermenPANRB 14/2017, Lampiran; docs/methods.md, section 7.

    Examples
    --------
    Element a has the mean 3 and b, which one respondent left out, the mean 4; 25 times 3.5:

    >>> bands = QualityBand("C", "Kurang baik", Decimal("65.00")), QualityBand("B", "Baik", Decimal("76.61"))
    >>> policy = SatisfactionPolicy(("a", "b"), 1, 4, 25, bands, {"1/2": None})
    >>> found = satisfaction_index([[3, 4], [4, np.nan], [2, 4]], policy=policy, weight_mode="1/2")
    >>> found.ni, found.ikm, found.band.name
    (Fraction(7, 2), Decimal('87.50'), 'Baik')
    """
    weights = policy.element_weights(weight_mode)
    if nrr_decimals is not None and nrr_decimals < 0:
        raise ValueError("nrr_decimals: must not be negative")
    totals = answers if isinstance(answers, ElementTotals) else element_totals(answers, policy)
    _check_totals(totals, policy)
    elements = {name: _element(totals, name) for name in policy.elements}
    method = f"sum of weight x mean answer per element, weight {weight_mode}"
    means = [score.nrr for score in elements.values()]
    known = [mean for mean in means if mean is not None]
    if len(known) < len(means):
        return SatisfactionIndex(
            estimate=None,
            n=totals.respondents,
            method=method,
            warnings=("element_without_answers",),
            elements=elements,
            weight_mode=weight_mode,
            nrr_decimals=nrr_decimals,
        )
    if nrr_decimals is not None:
        method += f", means rounded to {nrr_decimals} decimals first"
        known = [Fraction(round_half_up(mean, nrr_decimals)) for mean in known]
    ni = sum((w * mean for w, mean in zip(weights, known, strict=True)), Fraction(0))
    ikm = round_half_up(ni * policy.factor, 2)
    return SatisfactionIndex(
        estimate=float(ikm),
        n=totals.respondents,
        method=method,
        ni=ni,
        ikm_exact=ni * policy.factor,
        ikm=ikm,
        band=quality_band(ikm, policy),
        elements=elements,
        weight_mode=weight_mode,
        nrr_decimals=nrr_decimals,
    )


def quality_band(ikm: Decimal | Fraction | int | float, policy: SatisfactionPolicy) -> QualityBand:
    """The band of an index, rounded half up to two decimals and then compared with `>=`.

    An index under the lowest cut belongs to the lowest band.

    Parameters
    ----------
    ikm : the index
    policy : cuts, bands and weights

    Returns
    -------
    QualityBand

    Raises
    ------
    ValueError : not a number

    References
    ----------
    PermenPANRB 14/2017, Lampiran (the cuts, which come in as the policy); docs/methods.md, section 7.

    Examples
    --------
    >>> bands = QualityBand("C", "Kurang baik", Decimal("65.00")), QualityBand("B", "Baik", Decimal("76.61"))
    >>> policy = SatisfactionPolicy(("a", "b"), 1, 4, 25, bands, {"1/2": None})
    >>> [quality_band(Decimal(ikm), policy).code for ikm in ("76.604", "76.605")]
    ['C', 'B']
    """
    rounded = round_half_up(as_exact(ikm, "ikm"), 2)
    reached = [band for band in policy.bands if rounded >= band.cut]
    return reached[-1] if reached else policy.bands[0]


def _element(totals: ElementTotals, name: str) -> ElementScore:
    n = totals.counts[name]
    return ElementScore(n, Fraction(totals.sums[name], n) if n else None)


def _check_totals(totals: ElementTotals, policy: SatisfactionPolicy) -> None:
    names: Sequence[str] = policy.elements
    if set(totals.sums) != set(names) or set(totals.counts) != set(names):
        raise ValueError("answers: must hold exactly the elements of the policy")
    for name in names:
        n, total = totals.counts[name], totals.sums[name]
        if n < 0 or not n * policy.low <= total <= n * policy.high:
            raise ValueError(f"answers: the sum of {name} cannot come from {n} answers")
