"""A straight line through the figures of several periods."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from analysis._arrays import BoolArray, FloatArray, as_floats, as_vector, check_confidence, check_symmetric
from analysis._result import Result

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

_METHOD = (
    "generalised least squares with {errors}, widened by the Birge ratio (then t with periods - 2 degrees "
    "of freedom) where it is above 1"
)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Trend(Result):
    """A straight line through figures with known errors; `estimate` is its slope per unit of time.

    Attributes
    ----------
    intercept : the line at time zero
    low, high : (periods,) interval of each figure by itself
    sizes : (periods,) answers behind each figure, NaN where they were not given
    excess : how many times wider the figures lie around the line than their errors tell (Birge ratio)
    p_value : of no slope
    """

    intercept: float | None = None
    low: FloatArray
    high: FloatArray
    sizes: FloatArray
    excess: float | None = None
    p_value: float | None = None


def trend(
    times: ArrayLike,
    values: ArrayLike,
    errors: ArrayLike,
    *,
    sizes: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Trend:
    """A straight line through the figures of several periods, each weighted by its own error.

    With V the covariances of the figures and T = [1 t]: (a, b) = (T'V^-1 T)^-1 T'V^-1 y (Aitken 1935);
    independent figures have weights 1/se². Where the figures lie around the line more widely than their
    errors tell, the standard error is widened by that factor, never narrowed.

    Parameters
    ----------
    times : (periods,) when, in any unit
    values : (periods,) figures, NaN for a period without one
    errors : (periods,) their standard errors, above 0 where there is a figure; or, where the same people
        answer in several periods, (periods, periods) covariances of the figures
    sizes : (periods,) answers behind each figure; the interval of each figure is then by t with n - 1
        degrees of freedom, else by the normal distribution
    confidence : share of the intervals

    Returns
    -------
    Trend : no slope with `few_periods` (fewer than three figures) or `one_time`; marked
        `wider_than_errors` where widened

    Raises
    ------
    ValueError : lengths differ, an error not above 0, covariances that are none, sizes below 2

    References
    ----------
    Aitken (1935), Proceedings of the Royal Society of Edinburgh 55; Birge (1932), Physical Review 40.

    Examples
    --------
    >>> found = trend([2023, 2024, 2025, 2026], [78.1, 79.0, 79.8, 81.1], [0.6, 0.6, 0.6, 0.6])
    >>> round(found.estimate, 2), round(found.se, 2)
    (0.98, 0.27)
    """
    t = as_vector(times, "times")
    y = as_vector(values, "values", t.size)
    n = np.full(t.size, np.nan) if sizes is None else as_vector(sizes, "sizes", t.size)
    tail = check_confidence(confidence)
    known = ~np.isnan(y) & ~np.isnan(t)
    if sizes is not None and not (n[known] >= 2).all():
        raise ValueError("sizes: must be 2 or more where there is a figure")
    covariance, kind = _covariances(errors, known)
    half = np.full(t.size, np.nan)
    quantile = special.ndtri(1 - tail) if sizes is None else special.stdtrit(n[known] - 1, 1 - tail)
    half[known] = quantile * np.sqrt(np.diag(covariance))
    count = int(known.sum())
    found = Trend(
        estimate=None, n=count, method=_METHOD.format(errors=kind), low=y - half, high=y + half, sizes=n
    )
    if count < 3:
        return replace(found, warnings=("few_periods",))
    if np.ptp(t[known]) == 0:
        return replace(found, warnings=("one_time",))
    return _with_line(found, _line(t[known], y[known], covariance), tail)


class _Line(NamedTuple):
    slope: float
    intercept: float
    se: float
    excess: float


def _covariances(errors: ArrayLike, known: BoolArray) -> tuple[FloatArray, str]:
    """Of the figures there are, and what they are in words."""
    given = as_floats(errors, "errors")
    if given.shape == known.shape:
        se = given[known]
        if not (se > 0).all():
            raise ValueError("errors: must be above 0 where there is a figure")
        return np.diag(se**2), "known errors, independent"
    if given.shape != (known.size, known.size):
        raise ValueError(
            f"errors: must be ({known.size},) errors or ({known.size}, {known.size}) covariances"
        )
    covariance = given[np.ix_(known, known)]
    scale = np.sqrt(np.abs(np.diag(covariance)))
    check_symmetric(covariance, "errors")
    if (
        not (scale > 0).all()
        or not np.linalg.eigvalsh(covariance / np.outer(scale, scale)).min(initial=1) > 1e-12
    ):
        raise ValueError("errors: covariances must be symmetric and positive definite")
    return covariance, "known covariances of the figures"


def _line(t: FloatArray, y: FloatArray, covariance: FloatArray) -> _Line:
    lower = np.linalg.cholesky(covariance)
    start = t.mean()  # near to the times, so that no digits are lost
    design = np.linalg.solve(lower, np.column_stack([np.ones_like(t), t - start]))
    figures = np.linalg.solve(lower, y)
    inverse = np.linalg.inv(design.T @ design)
    level, slope = inverse @ design.T @ figures
    left = figures - design @ [level, slope]
    return _Line(
        float(slope),
        float(level - slope * start),
        float(np.sqrt(inverse[1, 1])),
        float(np.sqrt(left @ left / (len(t) - 2))),
    )


def _with_line(found: Trend, line: _Line, tail: float) -> Trend:
    wider = line.excess > 1
    se = line.se * max(line.excess, 1.0)
    quantile = special.stdtrit(found.n - 2, 1 - tail) if wider else special.ndtri(1 - tail)
    ratio = -abs(line.slope / se)
    return replace(
        found,
        estimate=line.slope,
        ci=(float(line.slope - quantile * se), float(line.slope + quantile * se)),
        se=se,
        warnings=("wider_than_errors",) if wider else (),
        intercept=line.intercept,
        excess=line.excess,
        p_value=2 * float(special.stdtr(found.n - 2, ratio) if wider else special.ndtr(ratio)),
    )
