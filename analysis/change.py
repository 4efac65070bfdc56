"""Did it change? Persons, means and whole periods, each with the error of both ends.

Anonymous raters cannot be linked over time, so change is told of means, never of raters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from analysis._arrays import as_vector, check_confidence, divide
from analysis._result import Result
from analysis.two_samples import BeforeAfter, before_after

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from analysis._arrays import BoolArray, FloatArray

__all__ = [
    "BeforeAfter",
    "MeanChange",
    "ReliableChange",
    "Trend",
    "before_after",
    "mean_change",
    "reliable_change",
    "trend",
]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ReliableChange(Result):
    """Change of persons who were measured twice; `estimate` is the mean change.

    Attributes
    ----------
    change : (n,) second less first
    index : (n,) change over its standard error (RCI)
    reliable : (n,) changes too large for chance
    """

    change: FloatArray
    index: FloatArray
    reliable: BoolArray


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MeanChange(Result):
    """Change of subjects' means over other raters; `estimate` is its mean over the subjects.

    Attributes
    ----------
    change, error : (subjects,) second less first, and its standard error; NaN where one mean is missing
    low, high : (subjects,) interval of each change
    """

    change: FloatArray
    error: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Trend(Result):
    """A straight line through figures with known errors; `estimate` is its slope per unit of time.

    Attributes
    ----------
    intercept : the line at time zero
    low, high : (periods,) interval of each figure by itself
    excess : how many times wider the figures lie around the line than their errors tell (Birge ratio)
    p_value : of no slope
    """

    intercept: float | None = None
    low: FloatArray
    high: FloatArray
    excess: float | None = None
    p_value: float | None = None


def reliable_change(
    before: ArrayLike, after: ArrayLike, *, sd: float, reliability: float, confidence: float = 0.95
) -> ReliableChange:
    """Which persons changed by more than the error of two measurements.

    RCI = (x2 - x1) / (sqrt(2) SEM), SEM = sd sqrt(1 - reliability).

    Parameters
    ----------
    before, after : (n,) scores of the same persons, NaN where one is missing
    sd : standard deviation of the scores between persons, above 0
    reliability : of the scores, from 0 to below 1
    confidence : a change is reliable beyond this quantile

    Returns
    -------
    ReliableChange

    Raises
    ------
    ValueError : lengths differ, sd or reliability out of range

    References
    ----------
    Jacobson & Truax (1991), Journal of Consulting and Clinical Psychology 59.

    Examples
    --------
    >>> reliable_change([3.0, 3.0], [3.2, 4.5], sd=0.6, reliability=0.8).reliable.tolist()
    [False, True]
    """
    first = as_vector(before, "before")
    second = as_vector(after, "after", first.size)
    tail = check_confidence(confidence)
    if not sd > 0 or not 0 <= reliability < 1:
        raise ValueError("sd, reliability: sd above 0, reliability from 0 to below 1")
    error = sd * np.sqrt(2 * (1 - reliability))
    change = second - first
    index = change / error
    known = ~np.isnan(change)
    n = int(known.sum())
    limit = float(special.ndtri(1 - tail))
    return ReliableChange(
        estimate=float(change[known].mean()) if n else None,
        n=n,
        method=f"reliable change index, error sd sqrt(2 (1 - reliability)) = {error:.4f}",
        warnings=() if n else ("no_pairs",),
        change=change,
        index=index,
        reliable=known & (np.abs(np.nan_to_num(index)) > limit),
    )


def mean_change(
    before: ArrayLike,
    n_before: ArrayLike,
    after: ArrayLike,
    n_after: ArrayLike,
    *,
    within: tuple[float, float],
    confidence: float = 0.95,
) -> MeanChange:
    """Change of each subject's mean between two cycles with other raters.

    error = sqrt(s²w1/n1 + s²w2/n2), s²w the pooled variance between raters of one subject.

    Parameters
    ----------
    before, after : (subjects,) means, NaN where there is none
    n_before, n_after : (subjects,) raters behind them
    within : pooled variance between raters, in the first and in the second cycle
    confidence : share of the intervals

    Returns
    -------
    MeanChange

    Raises
    ------
    ValueError : lengths differ, a negative variance, a mean without raters

    Examples
    --------
    >>> mean_change([3.5], [8], [3.9], [8], within=(0.36, 0.36)).error.round(3).tolist()
    [0.3]
    """
    first = as_vector(before, "before")
    second, n1, n2 = (
        as_vector(values, name, first.size)
        for values, name in ((after, "after"), (n_before, "n_before"), (n_after, "n_after"))
    )
    tail = check_confidence(confidence)
    known = ~np.isnan(first) & ~np.isnan(second)
    if min(within) < 0 or (n1[known] < 1).any() or (n2[known] < 1).any():
        raise ValueError("within, n_before, n_after: no negative variance, no mean without raters")
    error = np.sqrt(divide(within[0], n1, known) + divide(within[1], n2, known))
    change = np.where(known, second - first, np.nan)
    half = float(special.ndtri(1 - tail)) * error
    n = int(known.sum())
    overall = float(change[known].mean()) if n else None
    se = float(np.sqrt((error[known] ** 2).sum())) / n if n else None
    spread = None if se is None else float(special.ndtri(1 - tail)) * se
    return MeanChange(
        estimate=overall,
        ci=None if overall is None or spread is None else (overall - spread, overall + spread),
        se=se,
        n=n,
        method="difference of means over other raters, pooled variance between raters in each cycle",
        warnings=() if n else ("no_pairs",),
        change=change,
        error=error,
        low=change - half,
        high=change + half,
    )


def trend(times: ArrayLike, values: ArrayLike, errors: ArrayLike, *, confidence: float = 0.95) -> Trend:
    """A straight line through the figures of several periods, each weighted by its own error.

    slope = sum w (t - t̄)(y - ȳ) / sum w (t - t̄)², w = 1/se². Where the figures lie around the line more
    widely than their errors tell, the standard error is widened by that factor, never narrowed.

    Parameters
    ----------
    times : (periods,) when, in any unit; not all alike
    values : (periods,) figures, NaN for a period without one
    errors : (periods,) their standard errors, above 0 where there is a figure
    confidence : share of the intervals

    Returns
    -------
    Trend : `few_periods` with fewer than three figures, where no slope is told

    Raises
    ------
    ValueError : lengths differ, an error not above 0

    References
    ----------
    Birge (1932), Physical Review 40; weighted least squares with known errors.

    Examples
    --------
    >>> found = trend([2023, 2024, 2025, 2026], [78.1, 79.0, 79.8, 81.1], [0.6, 0.6, 0.6, 0.6])
    >>> round(found.estimate, 2), round(found.se, 2)
    (0.98, 0.27)
    """
    t = as_vector(times, "times")
    y, se = as_vector(values, "values", t.size), as_vector(errors, "errors", t.size)
    tail = check_confidence(confidence)
    known = ~np.isnan(y) & ~np.isnan(t)
    if not (se[known] > 0).all():
        raise ValueError("errors: must be above 0 where there is a figure")
    half = float(special.ndtri(1 - tail)) * se
    low, high = y - half, y + half
    method = "weighted least squares with known errors, widened by the Birge ratio where it is above 1"
    n = int(known.sum())
    if n < 3 or np.unique(t[known]).size < 2:
        return Trend(estimate=None, n=n, method=method, warnings=("few_periods",), low=low, high=high)
    line = _line(t[known], y[known], se[known])
    widened = line.se * max(line.excess, 1.0)
    quantile = float(special.stdtrit(n - 2, 1 - tail)) if line.excess > 1 else float(special.ndtri(1 - tail))
    p = (
        float(2 * special.stdtr(n - 2, -abs(line.slope / widened)))
        if line.excess > 1
        else float(2 * special.ndtr(-abs(line.slope / widened)))
    )
    return Trend(
        estimate=line.slope,
        ci=(line.slope - quantile * widened, line.slope + quantile * widened),
        se=widened,
        n=n,
        method=method,
        warnings=("wider_than_errors",) if line.excess > 1 else (),
        intercept=line.intercept,
        low=low,
        high=high,
        excess=line.excess,
        p_value=p,
    )


class _Line(NamedTuple):
    slope: float
    intercept: float
    se: float
    excess: float


def _line(t: FloatArray, y: FloatArray, se: FloatArray) -> _Line:
    w = 1 / se**2
    centre, level = float(w @ t / w.sum()), float(w @ y / w.sum())
    spread = float(w @ (t - centre) ** 2)
    slope = float(w @ ((t - centre) * (y - level))) / spread
    left = float(w @ (y - level - slope * (t - centre)) ** 2)
    return _Line(
        slope, level - slope * centre, float(1 / np.sqrt(spread)), float(np.sqrt(left / (len(t) - 2)))
    )
