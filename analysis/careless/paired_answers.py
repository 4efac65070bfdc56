"""Whether a row answers alike what belongs together: halves of scales, pairs of items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis._arrays import FloatArray, IntArray, as_matrix, divide
from analysis.careless.row_index import RowIndex, flagged, row_correlation, row_mean

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SynonymIndex(RowIndex):
    """An index over pairs of items.

    Attributes
    ----------
    pairs : (pairs, 2) columns of the items, the later one first, the strongest pair first
    pair_r : (pairs,) their correlations over all rows
    """

    pairs: IntArray
    pair_r: FloatArray


def even_odd(
    items: ArrayLike, scales: Sequence[Sequence[int]], *, threshold: float | None = None
) -> RowIndex:
    """How badly the even items of the scales go with the odd ones; higher is more careless.

    The means of the odd and of the even items of each scale are correlated over the scales of a row,
    stepped up (Spearman-Brown, 2r/(1 + r), cut off at -1) and turned round: -1 is consistent, 1 the
    opposite. Over two scales only -1 and 1 are possible.

    Parameters
    ----------
    items : (N, k) answers, keyed in one direction within each scale (`analysis.scoring.reverse_items`)
    scales : the columns of each scale, two or more scales of two or more items
    threshold : values at least so high are flagged

    Returns
    -------
    RowIndex : NaN where a half does not vary over the scales

    Raises
    ------
    ValueError : wrong shape, too few scales or items, a column that is not there

    References
    ----------
    Jackson (1976); Johnson (2005); sign as in R's careless since 1.2.

    Examples
    --------
    >>> even_odd([[1, 1, 5, 5], [1, 5, 5, 1]], [[0, 1], [2, 3]]).values.tolist()
    [-1.0, 1.0]
    """
    x = as_matrix(items, "items")
    if len(scales) < 2 or any(len(columns) < 2 for columns in scales):
        raise ValueError("scales: two or more, of two or more items each")
    if any(not 0 <= column < x.shape[1] for columns in scales for column in columns):
        raise ValueError(f"scales: columns must lie between 0 and {x.shape[1] - 1}")
    odd = np.column_stack([row_mean(x[:, list(columns)[0::2]]) for columns in scales])
    even = np.column_stack([row_mean(x[:, list(columns)[1::2]]) for columns in scales])
    r = row_correlation(even, odd)
    opposed = r <= -1 + 1e-12
    stepped = np.where(opposed, -1.0, np.maximum(divide(2 * r, 1 + r, ~opposed & ~np.isnan(r)), -1.0))
    return RowIndex(**flagged(-stepped, "even-odd index, higher is more careless", threshold))


def psychometric_synonyms(
    items: ArrayLike, *, critical: float = 0.60, antonyms: bool = False, threshold: float | None = None
) -> SynonymIndex:
    """How well a row answers pairs of items alike that all others answer alike.

    Pearson's r of the two items of each pair, over the pairs of a row.

    Parameters
    ----------
    items : (N, k) answers as they were given
    critical : pairs whose correlation over all rows is above it (below it, for antonyms) count
    antonyms : look at pairs with a negative correlation; `critical` then is negative
    threshold : values at or below it (for antonyms: at or above) are flagged

    Returns
    -------
    SynonymIndex : `no_pairs` where no pair reaches `critical`; NaN where a row does not vary over the pairs

    Raises
    ------
    ValueError : wrong shape, `critical` outside -1 to 1

    References
    ----------
    Meade & Craig (2012); Curran (2016), Journal of Experimental Social Psychology 66.

    Examples
    --------
    >>> rows = [[1, 1, 2, 2], [2, 2, 4, 4], [4, 4, 1, 1], [5, 5, 3, 3]]
    >>> found = psychometric_synonyms(rows, critical=0.9)
    >>> found.values.tolist(), found.pairs.tolist()
    ([1.0, 1.0, 1.0, 1.0], [[1, 0], [3, 2]])
    """
    x = as_matrix(items, "items")
    if not -1 <= critical <= 1:
        raise ValueError("critical: must lie between -1 and 1")
    pairs, pair_r = _pairs(x, critical, antonyms=antonyms)
    method = f"psychometric {'antonyms' if antonyms else 'synonyms'} at {critical:g}"
    values = row_correlation(x[:, pairs[:, 0]], x[:, pairs[:, 1]])
    reason = "no_values" if len(pairs) else "no_pairs"
    told = flagged(values, method, threshold, low_is_careless=not antonyms, reason=reason)
    return SynonymIndex(**told, pairs=pairs, pair_r=pair_r)


def _pairs(x: FloatArray, critical: float, *, antonyms: bool) -> tuple[IntArray, FloatArray]:
    """The pairs beyond the critical correlation, the strongest first."""
    r = _pair_correlations(x)
    later, earlier = np.tril_indices(len(r), -1)
    found = r[later, earlier]
    chosen = np.flatnonzero(found < critical if antonyms else found > critical)
    chosen = chosen[np.argsort(found[chosen] if antonyms else -found[chosen], kind="stable")]
    return np.column_stack([later[chosen], earlier[chosen]]), found[chosen]


def _pair_correlations(x: FloatArray) -> FloatArray:
    """Correlations of items, each pair over the rows that answered both; NaN where one does not vary."""
    seen = (~np.isnan(x)).astype(np.float64)
    answered = seen.sum(axis=0)
    filled = np.nan_to_num(x - divide(np.nansum(x, axis=0), answered, answered > 0))
    n = seen.T @ seen
    sums, squares = filled.T @ seen, (filled**2).T @ seen
    spread = n * squares - sums**2
    varies = spread > 1e-12 * n * squares.max(initial=0.0)
    scale = np.sqrt(np.where(varies & varies.T, spread * spread.T, 1.0))
    return divide(n * (filled.T @ filled) - sums * sums.T, scale, varies & varies.T)
