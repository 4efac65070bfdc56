"""Cronbach's alpha and the standard error of measurement.

Both take a table of answers (rows by items, NaN = missing) or `ItemMoments`. Items are taken as
they are keyed: nothing is ever reversed silently.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from analysis._arrays import check_confidence
from analysis._result import Result
from analysis.moments import (
    Constant,
    ItemMoments,
    Missing,
    as_moments,
    check_keys,
    few_rows,
    is_indefinite,
    no_coefficient,
    rows_used,
    to_correlation,
    usable_items,
)
from analysis.reliability.errors import grouped_rows, log_interval, robust_error

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from analysis._arrays import FloatArray

_ALPHA = "Cronbach's alpha from the covariance matrix of the items, {missing}; interval: {interval}"
_ROBUST = "delta method on ln(1 - alpha), {error}"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Alpha(Result):
    """Cronbach's alpha; `estimate` is the raw form.

    Attributes
    ----------
    standardized : from the mean correlation, or None
    average_r, median_r : mean and median correlation between items, or None
    signal_to_noise : k average_r / (1 - average_r), or None
    ci_duhachek : symmetric interval from `se`
    n_items : items used, constant and unanswered ones left out
    """

    standardized: float | None = None
    average_r: float | None = None
    median_r: float | None = None
    signal_to_noise: float | None = None
    ci_duhachek: tuple[float, float] | None = None
    n_items: int = 0


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MeasurementError(Result):
    """Standard error of measurement of the sum of the items (`estimate`) and of their mean."""

    of_mean: float | None = None


def cronbach_alpha(
    items: ArrayLike | ItemMoments,
    *,
    missing: Missing = "listwise",
    constant: Constant = "drop",
    robust: bool = False,
    groups: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Alpha:
    """Cronbach's alpha, raw and standardized.

    alpha = k/(k-1) (1 - tr S / 1'S1) (Cronbach 1951). Interval: Feldt (1965), with F of n-1 and
    (n-1)(k-1) degrees of freedom, n the complete rows. Standard error: Duhachek & Iacobucci (2004).
    Both assume normal items and independent rows. `robust` assumes neither normal items nor, with
    `groups`, independent rows: the delta method on ln(1 - alpha) from the rows' own cross-products
    (Yuan, Guarnaccia & Hayslip 2003; Bonett 2002), as `mcdonald_omega` has it.

    Parameters
    ----------
    items : (n, k) answers, or their moments
    missing : rows with gaps: "listwise" or "pairwise"
    constant : "drop" leaves out items without variance and says so; "keep" is the textbook form
    robust : the error from the rows themselves, without assuming normal items
    groups : (n,) what each row belongs to (the subject that was rated); makes the error robust
    confidence : share of the intervals

    Returns
    -------
    Alpha

    Raises
    ------
    ValueError : wrong shape, unknown rule; a robust error asked of moments

    Examples
    --------
    >>> cronbach_alpha([[1, 2], [2, 2], [3, 4], [4, 4], [5, 5], [3, 1]])
    <Alpha 0.8421 [-0.1284, 0.9779], n = 6 (few_rows)>
    """
    tail = check_confidence(confidence)
    rows = grouped_rows(items, groups) if robust or groups is not None else None
    moments = as_moments(items, missing, pair_correlation=False)
    kept, marks = usable_items(moments, constant)
    interval = "Feldt (1965)" if rows is None else _ROBUST.format(error=rows.method)
    method = _ALPHA.format(missing=rows_used(moments), interval=interval)
    reason = no_coefficient(moments, kept)
    if reason:
        return Alpha(estimate=None, n=moments.n, method=method, warnings=(reason, *marks), n_items=len(kept))
    s = moments.covariance[np.ix_(kept, kept)]
    value, contradiction = alpha_of(s), ("indefinite",) if is_indefinite(moments, kept) else ()
    if value > 1 + 1e-9:  # pairs from different rows contradict each other
        marks = ("indefinite", *marks)
        return Alpha(estimate=None, n=moments.n, method=method, warnings=marks, n_items=len(kept))
    r = pair_correlations(s)
    mean_r = None if r is None else float(r.mean())
    se = alpha_error(s, moments.n) if rows is None else robust_error(_slopes(s), rows, kept)
    half = None if se is None else float(special.ndtri(1 - tail)) * se
    return Alpha(
        estimate=value,
        ci=_feldt(value, moments.n, len(kept), tail) if rows is None else log_interval(value, se, tail),
        se=se,
        n=moments.n,
        method=method,
        warnings=(*marks, *check_keys(s), *contradiction, *few_rows(moments.n, 50)),
        standardized=spearman_brown(mean_r, len(kept)),
        average_r=mean_r,
        median_r=None if r is None else float(statistics.median(r.tolist())),
        signal_to_noise=signal_to_noise(mean_r, len(kept)),
        ci_duhachek=None if half is None else (value - half, value + half),
        n_items=len(kept),
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

    Returns
    -------
    MeasurementError

    Raises
    ------
    ValueError : reliability above 1, wrong shape

    References
    ----------
    Lord & Novick (1968), Statistical Theories of Mental Test Scores.

    Examples
    --------
    >>> standard_error_of_measurement([[1, 2], [2, 2], [3, 4], [4, 4], [5, 5], [3, 1]])
    <MeasurementError 1.0954, n = 6 (few_rows)>
    """
    if reliability is not None and not reliability <= 1:
        raise ValueError("reliability: must not exceed 1")
    moments = as_moments(items, missing, pair_correlation=False)
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


def alpha_of(s: FloatArray) -> float:
    """Alpha of the covariances `s`."""
    k = len(s)
    return float(k / (k - 1) * (1 - np.trace(s) / s.sum()))


def alpha_error(s: FloatArray, n: int) -> float | None:
    """Large-sample standard error for normal items (Duhachek & Iacobucci 2004); None without rows."""
    if n == 0:  # pairwise: perhaps no row is complete
        return None
    k, total, trace = len(s), s.sum(), np.trace(s)
    inner = total * (np.trace(s @ s) + trace**2) - 2 * trace * (s @ s).sum()
    return float(np.sqrt(max(2 * k**2 / ((k - 1) ** 2 * total**3) * inner, 0.0) / n))


def pair_correlations(s: FloatArray) -> FloatArray | None:
    """The correlation of each pair of items; None with a constant one."""
    if (np.diag(s) == 0).any():
        return None
    return to_correlation(s)[~np.tri(len(s), dtype=np.bool_)]


def spearman_brown(r: float | None, k: int) -> float | None:
    """Reliability of k items with mean correlation r; None also where standardized items cancel out."""
    if r is None or 1 + (k - 1) * r <= 1e-12:
        return None
    return k * r / (1 + (k - 1) * r)


def signal_to_noise(r: float | None, k: int) -> float | None:
    """k r / (1 - r); None of items that are one (Cronbach & Gleser 1964)."""
    return None if r is None or r >= 1 - 1e-12 else k * r / (1 - r)


def _slopes(s: FloatArray) -> FloatArray:
    """Derivatives of alpha by the covariances."""
    k, total = len(s), s.sum()
    return np.asarray(k / (k - 1) * (np.trace(s) / total - np.eye(k)) / total, dtype=np.float64)


def _feldt(value: float, n: int, k: int, tail: float) -> tuple[float, float] | None:
    if n < 3:
        return None
    df1, df2 = n - 1, (n - 1) * (k - 1)
    upper, lower = special.fdtri(df1, df2, 1 - tail), special.fdtri(df1, df2, tail)
    return 1 - (1 - value) * float(upper), 1 - (1 - value) * float(lower)
