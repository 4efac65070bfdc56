"""The mean of each subject with its error and interval, from the pooled variance between raters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from analysis._arrays import as_vector, check_confidence, divide, factorize
from analysis._result import Result
from analysis.agreement.oneway import GroupStatistics, as_statistics

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from analysis._arrays import FloatArray, IntArray


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class GroupMeans(Result):
    """A mean for each subject; `estimate` is the mean of all ratings.

    Attributes
    ----------
    mean, error : (G,) and the standard error of each; NaN where there is no rating or no variance known
    low, high : (G,) interval of each mean
    raters : (G,) ratings behind it
    labels : (G,) names of the subjects
    df : degrees of freedom of the pooled variance
    """

    mean: FloatArray
    error: FloatArray
    low: FloatArray
    high: FloatArray
    raters: IntArray
    labels: NDArray[np.generic]
    df: int = 0


def group_means(
    values: ArrayLike | GroupStatistics, groups: ArrayLike | None = None, *, confidence: float = 0.95
) -> GroupMeans:
    """Means of subjects with their pooled errors.

    error = sqrt(MSW / n), MSW the variance between raters of one subject pooled over all subjects;
    interval: mean ± t error with N - G degrees of freedom.

    Parameters
    ----------
    values : (N,) ratings, or their `GroupStatistics`
    groups : (N,) the subject of each rating
    confidence : share of the intervals

    Returns
    -------
    GroupMeans : reason `no_ratings`; `no_subject_with_two_raters` where no error is known

    Raises
    ------
    ValueError : lengths differ

    References
    ----------
    Searle, Casella & McCulloch (1992), Variance Components, section 3.6.

    Examples
    --------
    >>> found = group_means([3, 4, 5, 2, 3], ["a", "a", "a", "b", "b"])
    >>> found.mean.tolist(), found.error.round(3).tolist()
    ([4.0, 2.5], [0.527, 0.645])
    """
    stats = as_statistics(values, groups)
    tail = check_confidence(confidence)
    total, df = int(stats.n.sum()), int(stats.n.sum() - (stats.n > 0).sum())
    error = mean_error(error_variance(stats), stats.n)
    half = error * (float(special.stdtrit(df, 1 - tail)) if df else np.nan)
    marks = () if total else ("no_ratings",)
    return GroupMeans(
        estimate=float(np.nansum(stats.mean * stats.n)) / total if total else None,
        n=total,
        method="means; error: sqrt(MSW / n), pooled over subjects; interval: t with N - G degrees of freedom",
        warnings=(*marks, *(() if df else ("no_subject_with_two_raters",))),
        mean=stats.mean,
        error=error,
        low=stats.mean - half,
        high=stats.mean + half,
        raters=stats.n,
        labels=stats.labels,
        df=df,
    )


def error_variance(stats: GroupStatistics) -> float:
    """The pooled variance between raters of one subject (MSW); NaN without two raters of one subject."""
    df = int(stats.n.sum() - (stats.n > 0).sum())
    return stats.ssw / df if df else float("nan")


def mean_error(variance: ArrayLike, n: ArrayLike) -> FloatArray:
    """The standard error of means, sqrt(variance / n); NaN where there is no rating.

    Parameters
    ----------
    variance : between raters of one subject, in any shape that goes with `n`
    n : ratings behind each mean

    Returns
    -------
    errors in the common shape

    Examples
    --------
    >>> mean_error(0.5, [2, 0]).tolist()
    [0.5, nan]
    """
    v, count = np.broadcast_arrays(np.asarray(variance, dtype=np.float64), np.asarray(n))
    return np.sqrt(divide(v, count, count > 0))


def normal_interval(
    value: float, error: float, scale: tuple[float, float], *, confidence: float = 0.95
) -> tuple[float, float]:
    """value ± z error, cut off at the ends of the scale.

    Parameters
    ----------
    value, error : a figure and its standard error
    scale : the ends of the scale
    confidence : share of the interval

    Returns
    -------
    lower and upper limit

    Examples
    --------
    >>> normal_interval(4.5, 0.5, (1, 5))
    (3.520018007729973, 5)
    """
    half = float(special.ndtri(1 - check_confidence(confidence))) * error
    return max(value - half, scale[0]), min(value + half, scale[1])


def own_errors(values: ArrayLike, groups: ArrayLike) -> FloatArray:
    """The error of each subject's mean from that subject's ratings alone, s / sqrt(n).

    Parameters
    ----------
    values : (N,) ratings, NaN left out
    groups : (N,) the subject of each rating

    Returns
    -------
    (G,) errors in the order of the sorted subjects; NaN for fewer than two ratings

    Raises
    ------
    ValueError : lengths differ

    References
    ----------
    The error of a mean of independent ratings; docs/methods.md, section 1.

    Examples
    --------
    >>> own_errors([3, 5, 4], ["a", "a", "b"]).tolist()
    [1.0, nan]
    """
    y = as_vector(values, "values")
    labels, code = factorize(groups, y.size)
    there = ~np.isnan(y)
    y, code = y[there], code[there]
    n = np.bincount(code, minlength=len(labels))
    mean = divide(np.bincount(code, weights=y, minlength=len(labels)), n, n > 0)
    squares = np.bincount(code, weights=(y - mean[code]) ** 2, minlength=len(labels))
    return np.sqrt(divide(squares, n * (n - 1), n > 1))
