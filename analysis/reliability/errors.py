"""Standard errors of reliability coefficients by the delta method.

A coefficient is a smooth function of the covariances S of the items; D is its symmetric matrix of
derivatives: d coefficient = sum over i, j of D_ij dS_ij. Its large-sample variance is, for normal items,
2 tr(D S D S) / (n - 1) (van Zyl, Neudecker & Nel 2000, for alpha). Without that assumption, and with rows
in g groups, it is g/(g-1) sum over groups of (sum q_i)² / n² with q_i = (x_i - m)' D (x_i - m) of a row less
their mean (Yuan, Guarnaccia & Hayslip 2003, for alpha; Liang & Zeger 1986, for groups).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from analysis._arrays import as_matrix, factorize
from analysis.moments import ItemMoments

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from analysis._arrays import FloatArray, IntArray

NORMAL = "moments of normal items"
_WIDEST = 100.0  # half an interval on the scale of ln(1 - estimate)


class GroupedRows(NamedTuple):
    """Answers as rows, the group of each, and the method in words."""

    answers: FloatArray
    codes: IntArray
    method: str


def grouped_rows(items: ArrayLike | ItemMoments, groups: ArrayLike | None) -> GroupedRows:
    """Rows with their groups; without groups each row is its own.

    Raises
    ------
    ValueError : moments in place of rows, or groups of another length
    """
    if isinstance(items, ItemMoments):
        raise ValueError("items: a robust error needs rows, not moments")
    answers = as_matrix(items, "items")
    if groups is None:
        return GroupedRows(answers, np.arange(len(answers)), "robust to items that are not normal")
    _, codes = factorize(groups, len(answers))
    return GroupedRows(answers, codes, "robust to items that are not normal and to rows in groups")


def normal_error(slopes: FloatArray | None, s: FloatArray, n: int) -> float | None:
    """sqrt(2 tr(D S D S) / (n - 1)): the error where items are normal and rows independent."""
    if slopes is None or n < 3:
        return None
    product = slopes @ s
    return float(np.sqrt(2 * np.trace(product @ product) / (n - 1)))


def robust_error(slopes: FloatArray | None, rows: GroupedRows, kept: IntArray) -> float | None:
    """The error from (x - m)' D (x - m) of the complete rows, summed within groups."""
    x = rows.answers[:, kept]
    complete = ~np.isnan(x).any(axis=1)
    _, codes = np.unique(rows.codes[complete], return_inverse=True)
    count = int(codes.max(initial=-1)) + 1
    if slopes is None or count < 3:
        return None
    centred = x[complete] - x[complete].mean(axis=0)
    influence = ((centred @ slopes) * centred).sum(axis=1)
    sums = np.bincount(codes, weights=influence - influence.mean())
    return float(np.sqrt(count / (count - 1) * (sums**2).sum()) / len(centred))


def log_interval(estimate: float | None, se: float | None, tail: float) -> tuple[float, float] | None:
    """Limits built on ln(1 - estimate) and turned back, so that none passes one (Bonett 2002)."""
    if estimate is None or se is None or estimate >= 1:
        return None
    half = float(special.ndtri(1 - tail)) * se / (1 - estimate)
    if half > _WIDEST:  # an estimate of all but one
        return None
    return 1 - (1 - estimate) * float(np.exp(half)), 1 - (1 - estimate) * float(np.exp(-half))
