"""How far the raters of one subject agree, and (from `oneway`) how well raters tell subjects apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from analysis._arrays import FloatArray, IntArray, as_matrix, check_in_scale, check_scale, divide, factorize
from analysis._result import Result
from analysis.oneway import GroupStatistics, OnewayIcc, group_statistics, icc_oneway
from analysis.shrinkage import Shrinkage, empirical_bayes

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "Agreement",
    "GroupStatistics",
    "OnewayIcc",
    "Shrinkage",
    "average_deviation",
    "empirical_bayes",
    "group_statistics",
    "icc_oneway",
    "rwg_j",
]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Agreement(Result):
    """An index per subject; `estimate` is its mean over the subjects that have one.

    Attributes
    ----------
    values : (G,) the index; NaN for fewer than two raters
    lindell : (G,) rwg* = 1 - variance / null variance, may be negative (rwg_j only)
    raters : (G,) raters of each subject
    labels : (G,) names of the subjects
    """

    values: FloatArray
    raters: IntArray
    labels: NDArray[np.generic]
    lindell: FloatArray | None = None


def rwg_j(
    items: ArrayLike,
    groups: ArrayLike,
    *,
    scale: tuple[float, float],
    null: Literal["uniform"] | float = "uniform",
) -> Agreement:
    """Agreement among the raters of each subject over J items (James, Demaree & Wolf 1984).

    a = 1 - min(v, v0)/v0 with v the mean item variance and v0 that of the null distribution
    (uniform: (A² - 1)/12 for A options); rwg(j) = J a / (J a + min(v, v0)/v0). With one item it is
    rwg. `lindell` = 1 - v/v0 is not cut off at 0 and does not grow with J. Rows with a gap are
    left out.

    Parameters
    ----------
    items : (n, J) answers
    groups : (n,) the subject of each row
    scale : lowest and highest answer
    null : "uniform", or the variance of another null (5 steps: 1.34 slight, .90 moderate skew)

    Raises
    ------
    ValueError : wrong shape, answers outside the scale, null not positive
    """
    rows = _complete_rows(items, groups, scale)
    null_variance = _null_variance(scale, null)
    variance = _mean_item_variance(rows)
    ratio = np.minimum(variance, null_variance) / null_variance
    agreement = rows.items.shape[1] * (1 - ratio)
    values = agreement / (agreement + ratio)
    method = f"rwg(j), {rows.items.shape[1]} items, null variance {null_variance:g}, complete rows"
    return _agreement(rows, values, method, lindell=1 - variance / null_variance)


def average_deviation(
    items: ArrayLike,
    groups: ArrayLike,
    *,
    scale: tuple[float, float],
    about: Literal["mean", "median"] = "mean",
) -> Agreement:
    """Mean distance of the raters of a subject from their mean (or median), over the items.

    Burke, Finkelstein & Dusig (1999); A/6 is the customary limit for A options (Burke & Dunlap
    2002). Rows with a gap are left out.

    Raises
    ------
    ValueError : wrong shape, answers outside the scale, unknown centre
    """
    if about not in ("mean", "median"):
        raise ValueError("about: must be 'mean' or 'median'")
    rows = _complete_rows(items, groups, scale)
    centre = _group_means(rows) if about == "mean" else _group_medians(rows)
    distance = np.abs(rows.items - centre[rows.codes]).mean(axis=1)
    total = np.bincount(rows.codes, weights=distance, minlength=len(rows.labels))
    values = divide(total, rows.n, rows.n > 1)
    return _agreement(rows, values, f"average deviation from the {about}, complete rows")


class _Rows(NamedTuple):
    items: FloatArray
    codes: IntArray
    labels: NDArray[np.generic]
    n: IntArray


def _complete_rows(items: ArrayLike, groups: ArrayLike, scale: tuple[float, float]) -> _Rows:
    x = as_matrix(items, "items")
    check_in_scale(x, scale, "items")
    labels, codes = factorize(groups, len(x))
    complete = ~np.isnan(x).any(axis=1)
    codes = codes[complete]
    return _Rows(x[complete], codes, labels, np.bincount(codes, minlength=len(labels)))


def _null_variance(scale: tuple[float, float], null: Literal["uniform"] | float) -> float:
    low, high = check_scale(scale)
    if null == "uniform":
        return ((high - low + 1) ** 2 - 1) / 12
    if not null > 0:
        raise ValueError("null: must be 'uniform' or a variance above zero")
    return float(null)


def _group_sums(rows: _Rows, values: FloatArray) -> FloatArray:
    sums = [np.bincount(rows.codes, weights=column, minlength=len(rows.labels)) for column in values.T]
    return np.column_stack(sums)


def _group_means(rows: _Rows) -> FloatArray:
    return _group_sums(rows, rows.items) / np.maximum(rows.n, 1)[:, np.newaxis]


def _group_medians(rows: _Rows) -> FloatArray:
    medians = np.full((len(rows.labels), rows.items.shape[1]), np.nan)
    order = np.argsort(rows.codes, kind="stable")
    ends = np.cumsum(rows.n)
    for code in np.flatnonzero(rows.n):
        medians[code] = np.median(rows.items[order[ends[code] - rows.n[code] : ends[code]]], axis=0)
    return medians


def _mean_item_variance(rows: _Rows) -> FloatArray:
    squares = _group_sums(rows, (rows.items - _group_means(rows)[rows.codes]) ** 2).mean(axis=1)
    return divide(squares, rows.n - 1, rows.n > 1)


def _agreement(
    rows: _Rows, values: FloatArray, method: str, *, lindell: FloatArray | None = None
) -> Agreement:
    defined = values[~np.isnan(values)]
    return Agreement(
        estimate=float(defined.mean()) if defined.size else None,
        n=int(defined.size),
        method=method,
        warnings=() if defined.size else ("no_subject_with_two_raters",),
        values=values,
        raters=rows.n,
        labels=rows.labels,
        lindell=lindell,
    )
