"""Units beside each other, with care for how many pairs are looked at: what cannot be told apart is a tie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from analysis._arrays import as_vector, check_confidence
from analysis._result import Result

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from analysis._arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class UnitComparison(Result):
    """All pairs of units; `estimate` is the largest difference.

    Attributes
    ----------
    order : (U,) places of the units from the highest figure down, those without one left out
    difference, low, high : (U, U) row less column, with simultaneous intervals; NaN where one is missing
    tied : (U, U) pairs that cannot be told apart
    ties : the largest groups of units within which no two can be told apart, highest first; a unit may stand
        in several, and being tied does not pass on from one pair to the next
    """

    order: IntArray
    difference: FloatArray
    low: FloatArray
    high: FloatArray
    tied: BoolArray
    ties: tuple[tuple[int, ...], ...]


def compare_units(
    figures: ArrayLike, errors: ArrayLike, *, n: ArrayLike | None = None, confidence: float = 0.95
) -> UnitComparison:
    """Differences between units, with intervals that hold for all pairs together.

    Each pair has the error sqrt(se1² + se2²) and the level 1 - alpha / pairs (Bonferroni); with `n` the
    quantile is t with Welch's degrees of freedom, else normal. Two units are tied when zero lies inside.

    Parameters
    ----------
    figures, errors : (U,) figure of each unit and its standard error; NaN for a unit without one
    n : (U,) respondents behind each, for t
    confidence : that all intervals hold together

    Returns
    -------
    UnitComparison : reason `few_units` with fewer than two figures

    Raises
    ------
    ValueError : lengths differ, a negative error

    References
    ----------
    Dunn (1961), JASA 56; Welch (1947), Biometrika 34; groups: Piepho (2004), J. Comput. Graph. Stat. 13.

    Examples
    --------
    >>> compare_units([82.0, 81.0, 70.0], [1.0, 1.0, 1.0]).ties
    ((0, 1), (2,))
    """
    y = as_vector(figures, "figures")
    se = as_vector(errors, "errors", y.size)
    tail = check_confidence(confidence)
    known = ~np.isnan(y) & ~np.isnan(se)
    if (se[known] < 0).any():
        raise ValueError("errors: must not be negative")
    count = int(known.sum())
    pairs = max(count * (count - 1) // 2, 1)
    size = None if n is None else as_vector(n, "n", y.size)
    if size is not None and not (size[known] >= 1).all():
        raise ValueError("n: must be known, and 1 or more, where there is a figure")
    quantile = _quantiles(se, size, tail / pairs)
    both = known[:, np.newaxis] & known
    difference = np.where(both, y[:, np.newaxis] - y, np.nan)
    half = quantile * np.hypot(se[:, np.newaxis], se)
    tied = both & (np.abs(np.nan_to_num(difference)) <= np.nan_to_num(half))
    order = np.flatnonzero(known)[np.argsort(-y[known], kind="stable")]
    return UnitComparison(
        estimate=float(y[known].max() - y[known].min()) if count > 1 else None,
        n=count,
        method=f"pairwise differences, simultaneous intervals by Bonferroni over {pairs} pairs",
        warnings=() if count > 1 else ("few_units",),
        order=order,
        difference=difference,
        low=difference - half,
        high=difference + half,
        tied=tied,
        ties=_ties(order.tolist(), tied),
    )


def _quantiles(se: FloatArray, n: FloatArray | None, tail: float) -> FloatArray:
    if n is None:
        return np.full((se.size, se.size), float(special.ndtri(1 - tail)))
    parts = se**2
    freedom = np.maximum(n - 1, 1)
    top = (parts[:, np.newaxis] + parts) ** 2
    bottom = (parts**2 / freedom)[:, np.newaxis] + parts**2 / freedom
    df = np.divide(top, bottom, out=np.full(top.shape, 1e9), where=bottom > 0)
    return np.asarray(special.stdtrit(df, 1 - tail), dtype=np.float64)


def _ties(order: list[int], tied: BoolArray) -> tuple[tuple[int, ...], ...]:
    """The largest groups of units that are all tied, by inserting one unit's differences after the other."""
    groups = [frozenset(order)] if order else []
    for unit in order:
        like = frozenset(np.flatnonzero(tied[unit]).tolist())
        parts = dict.fromkeys(
            part for group in groups for part in (_split(group, unit, like) if unit in group else (group,))
        )
        groups = [part for part in parts if not any(part < other for other in parts)]
    place = {unit: rank for rank, unit in enumerate(order)}
    ranked = sorted(sorted(place[unit] for unit in group) for group in groups)
    return tuple(tuple(order[rank] for rank in group) for group in ranked)


def _split(group: frozenset[int], unit: int, like: frozenset[int]) -> tuple[frozenset[int], ...]:
    """A group without the unit, and what of it the unit is tied with."""
    return (group,) if group <= like else (group - {unit}, group & like)
