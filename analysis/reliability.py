"""How well the items of one scale hang together: alpha, omega, item statistics, error of a score.

Every function takes a table of answers (rows by items, NaN = missing) or `ItemMoments`.
Items are taken as they are keyed: nothing is ever reversed silently.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from analysis._arrays import FloatArray, IntArray, as_matrix, check_confidence, check_in_scale, divide
from analysis._result import Result
from analysis.moments import (
    Constant,
    ItemMoments,
    Missing,
    as_moments,
    few_rows,
    item_moments,
    no_coefficient,
    rows_used,
    usable_items,
)
from analysis.omega import Omega, mcdonald_omega

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = [
    "Alpha",
    "ItemAnalysis",
    "MeasurementError",
    "Omega",
    "cronbach_alpha",
    "item_analysis",
    "mcdonald_omega",
    "standard_error_of_measurement",
]

_ALPHA = "Cronbach's alpha from the covariance matrix of the items, {missing}; interval: Feldt (1965)"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Alpha(Result):
    """Cronbach's alpha; `estimate` is the raw form.

    Attributes
    ----------
    standardized : from the mean correlation, or None
    average_r : mean correlation between items, or None
    ci_duhachek : interval from the large-sample standard error `se` (Duhachek & Iacobucci 2004)
    n_items : items used, constant and unanswered ones left out
    """

    standardized: float | None = None
    average_r: float | None = None
    ci_duhachek: tuple[float, float] | None = None
    n_items: int = 0


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ItemAnalysis(Result):
    """One value per item; `estimate` is alpha over all items.

    Attributes
    ----------
    item_n, mean, sd : over every answer to the item, whatever else the row holds
    item_total_r : correlation with the sum of the other items
    alpha_if_dropped : alpha of the other items
    counts : (k, options) answers per step of the scale, or None without a scale
    """

    item_n: IntArray
    mean: FloatArray
    sd: FloatArray
    item_total_r: FloatArray
    alpha_if_dropped: FloatArray
    counts: IntArray | None = None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MeasurementError(Result):
    """Standard error of measurement of the sum of the items (`estimate`) and of their mean."""

    of_mean: float | None = None


def cronbach_alpha(
    items: ArrayLike | ItemMoments,
    *,
    missing: Missing = "listwise",
    constant: Constant = "drop",
    confidence: float = 0.95,
) -> Alpha:
    """Cronbach's alpha, raw and standardized.

    alpha = k/(k-1) (1 - tr S / 1'S1) (Cronbach 1951). Interval: Feldt (1965), with F of n-1 and
    (n-1)(k-1) degrees of freedom, n the complete rows. Standard error: Duhachek & Iacobucci (2004).

    Parameters
    ----------
    items : (n, k) answers, or their moments
    missing : rows with gaps: "listwise" or "pairwise"
    constant : "drop" leaves out items without variance and says so; "keep" is the textbook form
    confidence : share of the intervals

    Raises
    ------
    ValueError : wrong shape, unknown rule

    Examples
    --------
    >>> cronbach_alpha([[1, 2], [2, 2], [3, 4], [4, 4], [5, 5], [3, 1]])
    <Alpha 0.8421 [-0.1284, 0.9779], n = 6 (few_rows)>
    """
    tail = check_confidence(confidence)
    moments = as_moments(items, missing)
    kept, marks = usable_items(moments, constant)
    method = _ALPHA.format(missing=rows_used(moments))
    reason = no_coefficient(moments, kept)
    if reason:
        return Alpha(estimate=None, n=moments.n, method=method, warnings=(reason, *marks), n_items=len(kept))
    s = moments.covariance[np.ix_(kept, kept)]
    value = _alpha(s)
    r = _average_correlation(s)
    se = _duhachek_se(s, moments.n) if moments.n else None  # pairwise: perhaps no row is complete
    half = None if se is None else float(special.ndtri(1 - tail)) * se
    return Alpha(
        estimate=value,
        ci=_feldt(value, moments.n, len(kept), tail),
        se=se,
        n=moments.n,
        method=method,
        warnings=(*marks, *(("check_keys",) if value < -1e-9 else ()), *few_rows(moments.n, 50)),
        standardized=_spearman_brown(r, len(kept)),
        average_r=r,
        ci_duhachek=None if half is None else (value - half, value + half),
        n_items=len(kept),
    )


def item_analysis(
    items: ArrayLike, *, missing: Missing = "listwise", scale: tuple[int, int] | None = None
) -> ItemAnalysis:
    """Statistics of each item: n, mean, sd, corrected item-total r, alpha if dropped, option counts.

    Corrected r = ((S1)_j - S_jj) / sqrt(S_jj (V - 2 (S1)_j + S_jj)) with S the covariance matrix
    and V = 1'S1. A negative one sets `check_keys`: the item may be keyed the other way.

    Parameters
    ----------
    items : (n, k) answers
    missing : rows with gaps, for the correlation and alpha
    scale : lowest and highest whole-number answer; gives `counts`

    Raises
    ------
    ValueError : wrong shape, answers outside the scale
    """
    x = as_matrix(items, "items")
    moments = item_moments(x, missing=missing)
    counts = None if scale is None else _option_counts(x, scale)
    alpha = cronbach_alpha(moments)
    kept, _ = usable_items(moments, "drop")
    r, dropped = np.full(x.shape[1], np.nan), np.full(x.shape[1], np.nan)
    if alpha.estimate is not None:
        s = moments.covariance[np.ix_(kept, kept)]
        r[kept] = _item_total(s)
        dropped[kept] = _alpha_if_dropped(s)
    answered = (~np.isnan(x)).sum(axis=0)
    marks = alpha.warnings + (
        ("check_keys",) if (r < -1e-9).any() and "check_keys" not in alpha.warnings else ()
    )
    return ItemAnalysis(
        estimate=alpha.estimate,
        ci=alpha.ci,
        se=alpha.se,
        n=alpha.n,
        method="n, mean and sd over all answers to the item; r with the sum of the other items and alpha "
        f"without the item, {rows_used(moments)}",
        warnings=marks,
        item_n=answered,
        mean=_column_means(x),
        sd=_column_sds(x),
        item_total_r=r,
        alpha_if_dropped=dropped,
        counts=counts,
    )


def standard_error_of_measurement(
    items: ArrayLike | ItemMoments, *, reliability: float | None = None, missing: Missing = "listwise"
) -> MeasurementError:
    """Standard error of measurement, sd(total) sqrt(1 - reliability).

    Parameters
    ----------
    items : (n, k) answers, or their moments
    reliability : of the sum of the items; alpha when not given
    missing : rows with gaps

    Raises
    ------
    ValueError : reliability above 1, wrong shape
    """
    if reliability is not None and not reliability <= 1:
        raise ValueError("reliability: must not exceed 1")
    moments = as_moments(items, missing)
    alpha = cronbach_alpha(moments)
    used = alpha.estimate if reliability is None else reliability
    named = "alpha" if reliability is None else "the reliability given"
    method = f"sd of the sum of the items times sqrt(1 - {named}), {rows_used(moments)}"
    if alpha.estimate is None or used is None:
        return MeasurementError(estimate=None, n=moments.n, method=method, warnings=alpha.warnings)
    kept, _ = usable_items(moments, "drop")
    value = float(np.sqrt(moments.covariance[np.ix_(kept, kept)].sum() * (1 - used)))
    return MeasurementError(
        estimate=value, n=moments.n, method=method, warnings=alpha.warnings, of_mean=value / len(kept)
    )


def _alpha(s: FloatArray) -> float:
    k = len(s)
    return float(k / (k - 1) * (1 - np.trace(s) / s.sum()))


def _average_correlation(s: FloatArray) -> float | None:
    sd = np.sqrt(np.diag(s))
    if (sd == 0).any():
        return None
    k = len(s)
    return float(((s / np.outer(sd, sd)).sum() - k) / (k * (k - 1)))


def _spearman_brown(r: float | None, k: int) -> float | None:
    """None also where standardized items cancel out."""
    if r is None or 1 + (k - 1) * r <= 1e-12:
        return None
    return k * r / (1 + (k - 1) * r)


def _feldt(value: float, n: int, k: int, tail: float) -> tuple[float, float] | None:
    if n < 3:
        return None
    df1, df2 = n - 1, (n - 1) * (k - 1)
    upper, lower = special.fdtri(df1, df2, 1 - tail), special.fdtri(df1, df2, tail)
    return 1 - (1 - value) * float(upper), 1 - (1 - value) * float(lower)


def _duhachek_se(s: FloatArray, n: int) -> float:
    k, total, trace = len(s), s.sum(), np.trace(s)
    inner = total * (np.trace(s @ s) + trace**2) - 2 * trace * (s @ s).sum()
    return float(np.sqrt(max(2 * k**2 / ((k - 1) ** 2 * total**3) * inner, 0.0) / n))


def _item_total(s: FloatArray) -> FloatArray:
    own, row, total = np.diag(s), s.sum(axis=1), s.sum()
    rest = np.maximum(total - 2 * row + own, 0)
    scale = np.sqrt(own * rest)
    return divide(row - own, scale, scale > 0)


def _alpha_if_dropped(s: FloatArray) -> FloatArray:
    k = len(s)
    if k < 3:
        return np.full(k, np.nan)
    own, row = np.diag(s), s.sum(axis=1)
    total, trace = s.sum() - 2 * row + own, np.trace(s) - own
    ratio = divide(trace, total, total > 0)
    return np.asarray((k - 1) / (k - 2) * (1 - ratio), dtype=np.float64)


def _option_counts(x: FloatArray, scale: tuple[int, int]) -> IntArray:
    check_in_scale(x, scale, "items")
    steps = np.arange(scale[0], scale[1] + 1)
    return np.asarray((x[:, :, np.newaxis] == steps).sum(axis=0), dtype=np.int64)


def _column_means(x: FloatArray) -> FloatArray:
    n = (~np.isnan(x)).sum(axis=0)
    return divide(np.nansum(x, axis=0), n, n > 0)


def _column_sds(x: FloatArray) -> FloatArray:
    n = (~np.isnan(x)).sum(axis=0)
    squares = np.nansum((x - _column_means(x)) ** 2, axis=0)
    return np.sqrt(divide(squares, n - 1, n > 1))
