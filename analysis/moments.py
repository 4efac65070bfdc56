"""Means and covariances of items: all that alpha, omega and the item statistics need.

They come from rows of answers (`item_moments`) or from sums of cross-products kept elsewhere
(`moments_from_sums`); what follows cannot tell the difference.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from analysis._arrays import as_matrix, divide
from analysis.cross_products import Pairwise, complete_products, pair_products

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from analysis._arrays import BoolArray, FloatArray, IntArray

_ROUNDING = 1e-12  # of a squared mean; a variance below this share of it may be rounding
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


def item_moments(
    items: ArrayLike, *, missing: Missing = "listwise", pair_correlation: bool = True
) -> ItemMoments:
    """Moments of a table of answers (rows by items, NaN = missing; docs/methods.md, section 2).

    Parameters
    ----------
    items : (n, k) answers
    missing : "listwise" takes complete rows only; "pairwise" takes for each pair of items the
        rows that answered both
    pair_correlation : whether "pairwise" is to give it; without it costs a quarter less

    Returns
    -------
    ItemMoments

    Raises
    ------
    ValueError : wrong shape, infinite numbers, or an unknown rule

    Examples
    --------
    >>> rows = [[1, 2], [3, 2], [5, np.nan], [2, 5]]
    >>> item_moments(rows).n, item_moments(rows).mean.tolist()
    (3, [2.0, 3.0])
    >>> item_moments(rows, missing="pairwise").mean.tolist()
    [2.75, 3.0]
    """
    x = _table(items)
    if missing not in ("listwise", "pairwise"):
        raise ValueError("missing: must be 'listwise' or 'pairwise'")
    answered = _answered(x)
    if answered.all() and answered.size:
        return _without_rounding(_of_answered(x, missing, pair_correlation), x)
    some = x[:, answered]
    return _among(_without_rounding(_of_answered(some, missing, pair_correlation), some), answered)


def moments_from_sums(n: int, sums: IntArray, cross_products: IntArray) -> ItemMoments:
    """Moments from whole-number sums and cross-products over the same n complete rows.

    (n sum(xy) - sum(x) sum(y)) / (n (n - 1)), as the vault needs it (docs/methods.md, section 4).

    Parameters
    ----------
    n : complete rows
    sums : (k,) sums of the items
    cross_products : (k, k) sums of products of two items

    Returns
    -------
    ItemMoments

    Examples
    --------
    The rows (1, 2), (3, 2) and (2, 5):

    >>> found = moments_from_sums(3, np.array([6, 9]), np.array([[14, 18], [18, 33]]))
    >>> found.mean.tolist(), found.covariance.tolist()
    ([2.0, 3.0], [[1.0, 0.0], [0.0, 3.0]])
    """
    k = len(sums)
    if n < 2:
        mean = sums / n if n else np.full(k, np.nan)
        return ItemMoments(n, mean.astype(np.float64), np.full((k, k), np.nan))
    # n * sum(xy) - sum(x) * sum(y) is exact in whole numbers, so a constant item has variance 0 exactly.
    numerator = n * cross_products - np.outer(sums, sums)
    return ItemMoments(n, sums / n, numerator / (n * (n - 1)))


def _table(items: ArrayLike) -> NDArray[np.number]:
    """Numbers as they are, or made to floats; infinite ones show in the sums."""
    if isinstance(items, np.ndarray) and items.ndim == 2 and items.dtype.kind in "iuf":
        return as_matrix(items, "items") if isinstance(items, np.ma.MaskedArray) else items
    return as_matrix(items, "items")


def _answered(x: NDArray[np.number]) -> BoolArray:
    """(k,) whether anybody answered the item."""
    if not len(x):
        return np.zeros(x.shape[1], dtype=np.bool_)
    answered = ~np.isnan(x[[0, -1]]).all(axis=0)
    for item in np.flatnonzero(~answered):
        answered[item] = not np.isnan(x[:, item]).all()
    return np.asarray(answered, dtype=np.bool_)


def _of_answered(x: NDArray[np.number], missing: Missing, pair_correlation: bool) -> ItemMoments:
    sums = complete_products(x, unless_gaps=missing == "pairwise")
    if sums is None:
        return _pairwise(pair_products(x, with_squares=pair_correlation), x)
    n, k = sums.n, len(sums.shift)
    mean = sums.shift + sums.sums / n if n else np.full(k, np.nan)
    if n < 2:
        return ItemMoments(n, mean, np.full((k, k), np.nan))
    covariance = (sums.products - np.outer(sums.sums, sums.sums) / n) / (n - 1)
    return ItemMoments(n, mean, covariance)


def _pairwise(pairs: Pairwise, x: NDArray[np.number]) -> ItemMoments:
    n, sums = pairs.n, pairs.sums
    mean = pairs.shift + np.diag(sums) / np.diag(n)
    numerator = pairs.products - divide(sums * sums.T, n, n > 0)
    covariance = divide(numerator, n - 1, n > 1)
    if pairs.squares is None:
        return ItemMoments(pairs.complete, mean, covariance, "pairwise")
    spread = pairs.squares - divide(sums**2, n, n > 0)  # of the first item where the other is there too
    level = pairs.shift[:, np.newaxis] + divide(sums, n, n > 0)
    for item, other in np.argwhere(spread <= _ROUNDING * n * level**2):
        if _is_still(x[~np.isnan(x[:, other]), item]):
            spread[item, other] = 0.0
    scale = np.sqrt(spread * spread.T)
    return ItemMoments(pairs.complete, mean, covariance, "pairwise", divide(numerator, scale, scale > 0))


def _without_rounding(found: ItemMoments, x: NDArray[np.number]) -> ItemMoments:
    """Zeros for an item whose answers are all the same: what its sums leave is rounding, not variance."""
    suspect = np.diag(found.covariance) <= _ROUNDING * found.mean**2
    if not suspect.any():
        return found
    rows = x if found.missing == "pairwise" else x[~np.isnan(x).any(axis=1)]
    still = np.array([alike and _is_still(rows[:, j]) for j, alike in enumerate(suspect)])
    if not still.any():
        return found
    touched = still[:, np.newaxis] | still
    zeros = np.where(np.isnan(found.covariance), np.nan, 0.0)
    return replace(found, covariance=np.where(touched, zeros, found.covariance))


def _is_still(answers: NDArray[np.number]) -> bool:
    """Whether all answers there are, are the same."""
    there = answers[~np.isnan(answers)]
    return bool(there.size and there.min() == there.max())


def _among(found: ItemMoments, answered: BoolArray) -> ItemMoments:
    """Moments of the items that were answered, among all of them."""
    k, place = len(answered), np.ix_(answered, answered)
    mean, covariance = np.full(k, np.nan), np.full((k, k), np.nan)
    mean[answered], covariance[place] = found.mean, found.covariance
    pairs = None
    if found.pair_correlation is not None:
        pairs = np.full((k, k), np.nan)
        pairs[place] = found.pair_correlation
    return ItemMoments(found.n, mean, covariance, found.missing, pairs)


def as_moments(
    items: ArrayLike | ItemMoments, missing: Missing, *, pair_correlation: bool = True
) -> ItemMoments:
    """Answers, or moments that pass as they are."""
    if isinstance(items, ItemMoments):
        return items
    return item_moments(items, missing=missing, pair_correlation=pair_correlation)


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


def check_keys(covariance: FloatArray) -> tuple[str, ...]:
    """A mark where an item goes against the sum of the others; unanswered pairs tell nothing."""
    against = covariance.sum(axis=1) - np.diag(covariance)
    return ("check_keys",) if (against < -1e-9 * np.diag(covariance)).any() else ()


def is_indefinite(moments: ItemMoments, kept: IntArray) -> bool:
    """Whether correlations from different rows contradict each other: no rows could have them all."""
    if moments.missing == "listwise":
        return False
    varying = kept[np.diag(moments.covariance)[kept] > 0]
    return bool(np.linalg.eigvalsh(correlations(moments, varying)).min(initial=0) < -1e-9)


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
