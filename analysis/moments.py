"""Means and covariances of items: all that alpha, omega and the item statistics need.

They come from rows of answers (`item_moments`) or from sums of cross-products kept elsewhere
(`moments_from_sums`); what follows cannot tell the difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from analysis._arrays import as_matrix, divide

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from analysis._arrays import BoolArray, FloatArray, IntArray

Missing = Literal["listwise", "pairwise"]
Constant = Literal["drop", "keep"]


@dataclass(frozen=True, eq=False)
class ItemMoments:
    """First and second moments of k items.

    Attributes
    ----------
    n : complete rows (items that nobody answered left aside)
    mean : (k,) means; NaN for an item without answers
    covariance : (k, k) with divisor n - 1; NaN where two items were never answered together
    missing : the rule for rows with gaps
    pair_correlation : (k, k) under "pairwise" the correlation of each pair over the rows that answered
        both; None where correlations follow from `covariance`
    """

    n: int
    mean: FloatArray
    covariance: FloatArray
    missing: Missing = "listwise"
    pair_correlation: FloatArray | None = None

    def of(self, items: IntArray) -> ItemMoments:
        """The moments of some items, over the same rows."""
        place = np.ix_(items, items)
        pairs = None if self.pair_correlation is None else self.pair_correlation[place]
        return ItemMoments(self.n, self.mean[items], self.covariance[place], self.missing, pairs)


def item_moments(items: ArrayLike, *, missing: Missing = "listwise") -> ItemMoments:
    """Moments of a table of answers (rows by items, NaN = missing).

    Parameters
    ----------
    items : (n, k) answers
    missing : "listwise" takes complete rows only; "pairwise" takes for each pair of items the
        rows that answered both

    Raises
    ------
    ValueError : wrong shape, or an unknown rule
    """
    x = as_matrix(items, "items")
    if missing not in ("listwise", "pairwise"):
        raise ValueError("missing: must be 'listwise' or 'pairwise'")
    present = ~np.isnan(x)
    answered = np.asarray(present.any(axis=0), dtype=np.bool_)
    complete = present[:, answered].all(axis=1) if answered.any() else np.zeros(len(x), dtype=bool)
    if missing == "pairwise" and not present.all():
        return _pairwise(x, present, int(complete.sum()))
    return _listwise(x if present.all() else x[complete], answered)


def moments_from_sums(n: int, sums: IntArray, cross_products: IntArray) -> ItemMoments:
    """Moments from whole-number sums and cross-products over the same n complete rows."""
    k = len(sums)
    if n < 2:
        mean = sums / n if n else np.full(k, np.nan)
        return ItemMoments(n, mean.astype(np.float64), np.full((k, k), np.nan))
    # n * sum(xy) - sum(x) * sum(y) is exact in whole numbers, so a constant item has variance 0 exactly.
    numerator = n * cross_products - np.outer(sums, sums)
    return ItemMoments(n, sums / n, numerator / (n * (n - 1)))


def _listwise(x: FloatArray, answered: BoolArray) -> ItemMoments:
    n, k = x.shape
    if n == 0:
        return ItemMoments(0, np.full(k, np.nan), np.full((k, k), np.nan))
    shift = np.where(answered, x[0], 0.0)
    centred = x - shift  # close to zero, so that one pass loses no digits
    total = centred.sum(axis=0)
    mean = shift + total / n
    if n < 2:
        return ItemMoments(n, mean, np.full((k, k), np.nan))
    covariance = (centred.T @ centred - np.outer(total, total) / n) / (n - 1)
    return ItemMoments(n, mean, covariance)


def _pairwise(x: FloatArray, present: BoolArray, complete: int) -> ItemMoments:
    weight = present.astype(np.float64)
    n_item = weight.sum(axis=0)
    mean = divide(np.where(present, x, 0).sum(axis=0), n_item, n_item > 0)
    centred = np.where(present, x - mean, 0.0)
    n_pair = weight.T @ weight
    sums = centred.T @ weight  # sum of item i over the rows that answered j as well
    numerator = centred.T @ centred - divide(sums * sums.T, n_pair, n_pair > 0)
    covariance = divide(numerator, n_pair - 1, n_pair > 1)
    squares = (centred**2).T @ weight - divide(sums**2, n_pair, n_pair > 0)  # of item i where j is there too
    scale = np.sqrt(squares * squares.T)
    return ItemMoments(complete, mean, covariance, "pairwise", divide(numerator, scale, scale > 0))


def as_moments(items: ArrayLike | ItemMoments, missing: Missing) -> ItemMoments:
    """Answers, or moments that pass as they are."""
    return items if isinstance(items, ItemMoments) else item_moments(items, missing=missing)


def to_correlation(covariance: FloatArray) -> FloatArray:
    """Correlations of items that vary."""
    sd = np.sqrt(np.diag(covariance))
    return np.asarray(covariance / np.outer(sd, sd), dtype=np.float64)


def correlations(moments: ItemMoments, kept: IntArray) -> FloatArray:
    """Correlations of the items kept, each pair over its own rows where gaps are handled pairwise."""
    r = to_correlation(moments.covariance[np.ix_(kept, kept)])
    if moments.pair_correlation is None:
        return r
    own = moments.pair_correlation[np.ix_(kept, kept)]
    return np.where(np.isnan(own), r, own)


def multiple_correlations(r: FloatArray) -> FloatArray | None:
    """Each item's squared multiple correlation with the others; None where items are collinear."""
    if np.linalg.cond(r) > 1e12:
        return None
    return np.asarray(1 - 1 / np.diag(np.linalg.inv(r)), dtype=np.float64)


def rows_used(moments: ItemMoments) -> str:
    """The rule for rows with gaps, in words."""
    return "complete rows" if moments.missing == "listwise" else "pairwise complete rows"


def few_rows(n: int, enough: int) -> tuple[str, ...]:
    """A mark when fewer rows than `enough` carry the figure."""
    return ("few_rows",) if n < enough else ()


def usable_items(moments: ItemMoments, constant: Constant) -> tuple[IntArray, tuple[str, ...]]:
    """Positions of the items that can be used, and marks for those left out."""
    if constant not in ("drop", "keep"):
        raise ValueError("constant: must be 'drop' or 'keep'")
    variance = np.diag(moments.covariance)
    answered = ~np.isnan(moments.mean)
    keep = answered & ((variance > 0) | (constant == "keep") | np.isnan(variance))
    marks = [] if answered.all() else ["unanswered_item_dropped"]
    if (answered & ~keep).any():
        marks.append("constant_item_dropped")
    return np.flatnonzero(keep), tuple(marks)


def no_coefficient(moments: ItemMoments, kept: IntArray) -> str | None:
    """The reason why these moments give no coefficient, if there is one."""
    if len(moments.mean) < 2:
        return "one_item"
    s = moments.covariance[np.ix_(kept, kept)]
    if np.isnan(s).any() and moments.missing == "pairwise":
        return "pair_never_answered_together"
    if moments.n < 3 and moments.missing == "listwise":
        return "too_few_rows"
    if len(kept) < 2:
        return "no_variance"
    return None if s.sum() > 1e-12 * np.trace(s) else "no_variance_in_total"


def no_correlations(moments: ItemMoments, kept: IntArray) -> str | None:
    """The reason why these items have no correlations; a sum that does not vary is none."""
    reason = no_coefficient(moments, kept)
    return None if reason == "no_variance_in_total" else reason
