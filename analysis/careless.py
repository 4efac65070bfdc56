"""Signs of careless answering: flags with counts, never a reason to delete by itself.

Every index looks at one row alone and is computed at import or inside the closing of a cycle: once rows
are gone it cannot be computed any more. Publish results with and without flagged rows only where the
difference still hides every rater.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

from analysis._arrays import as_matrix, divide
from analysis._result import Result
from analysis.moments import item_moments

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from analysis._arrays import BoolArray, FloatArray

__all__ = [
    "RowIndex",
    "even_odd",
    "individual_variability",
    "longstring",
    "mahalanobis",
    "psychometric_synonyms",
]


_VARIABILITY = "standard deviation of a row's answers"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RowIndex(Result):
    """An index for each row; `estimate` is the share of flagged rows among those with a value.

    Attributes
    ----------
    values : (N,) the index, NaN where a row gives none
    flags : (N,) rows beyond the threshold
    threshold : None where nothing is flagged by itself
    """

    values: FloatArray
    flags: BoolArray
    threshold: float | None = None


def longstring(items: ArrayLike, *, threshold: float | None = None) -> RowIndex:
    """The longest run of identical answers in a row, in the order in which the items were asked.

    A missing answer ends a run.

    Parameters
    ----------
    items : (N, k) answers as they were given, not reversed
    threshold : runs at least so long are flagged

    Returns
    -------
    RowIndex

    Raises
    ------
    ValueError : wrong shape

    References
    ----------
    Johnson (2005); Meade & Craig (2012), Psychological Methods 17.

    Examples
    --------
    >>> longstring([[3, 3, 3, 4], [1, 2, 1, 2]]).values.tolist()
    [3.0, 1.0]
    """
    x = as_matrix(items, "items")
    same, missing = x[:, 1:] == x[:, :-1], np.isnan(x)
    longest = current = np.ones(len(x))
    for column in range(1, x.shape[1]):
        current = np.where(same[:, column - 1], current + 1, 1.0)
        longest = np.maximum(longest, current)
    values = np.where(missing.all(axis=1), np.nan, longest)
    return _index(values, "longest run of identical answers", threshold)


def average_run(items: ArrayLike) -> FloatArray:
    """The mean length of the runs of identical answers in a row; a gap is a run of its own.

    Parameters
    ----------
    items : (N, k) answers as they were given

    Returns
    -------
    (N,) mean lengths

    Examples
    --------
    >>> average_run([[3, 3, 3, 4]]).tolist()
    [2.0]
    """
    x = as_matrix(items, "items")
    runs = 1 + (x[:, 1:] != x[:, :-1]).sum(axis=1)
    return np.asarray(x.shape[1] / runs, dtype=np.float64)


def individual_variability(
    items: ArrayLike, *, parts: int = 1, threshold: float | None = None
) -> RowIndex | tuple[RowIndex, ...]:
    """The standard deviation of the answers of a row: near zero where everything was ticked alike.

    Parameters
    ----------
    items : (N, k) answers as they were given
    parts : with more than one, an index for each of so many stretches of the items, equally wide
    threshold : values at or below it are flagged

    Returns
    -------
    RowIndex, or one for each part

    Raises
    ------
    ValueError : wrong shape, more parts than items

    References
    ----------
    Dunn, Heggestad, Shanock & Theilgard (2018), Journal of Business and Psychology 33.

    Examples
    --------
    >>> individual_variability([[3, 3, 3], [1, 3, 5]]).values.tolist()
    [0.0, 2.0]
    """
    x = as_matrix(items, "items")
    if not 1 <= parts <= x.shape[1]:
        raise ValueError("parts: must lie between 1 and the number of items")
    edges = (x.shape[1] - 1) * np.arange(1, parts) / parts
    stretch = np.searchsorted(edges, np.arange(x.shape[1]), side="left")
    found = tuple(
        _index(_row_sd(x[:, stretch == part]), _VARIABILITY, threshold, low_is_careless=True)
        for part in range(parts)
    )
    return found[0] if parts == 1 else found


def mahalanobis(
    items: ArrayLike, *, missing: Literal["listwise", "pairwise"] = "listwise", confidence: float = 0.99
) -> RowIndex:
    """Squared distance of a row from the means, in the metric of the items' covariances.

    Parameters
    ----------
    items : (N, k) answers
    missing : "listwise": rows with a gap have no value. "pairwise": covariances from all pairs, and a
        gap adds nothing to a row's distance (as R's psych and careless do)
    confidence : distances above this quantile of chi² with k degrees of freedom are flagged

    Returns
    -------
    RowIndex : `few_rows` with n <= 5 k; `singular` where items determine each other

    Raises
    ------
    ValueError : wrong shape, unknown rule, confidence outside 0 to 1

    References
    ----------
    Mahalanobis (1936); Meade & Craig (2012).

    Examples
    --------
    >>> rows = [[1, 2], [2, 1], [3, 4], [4, 3], [2, 2]]
    >>> mahalanobis(rows).values.round(2).tolist()
    [1.77, 1.77, 2.15, 2.15, 0.15]
    """
    x = as_matrix(items, "items")
    if not 0 < confidence < 1:
        raise ValueError("confidence: must lie between 0 and 1")
    moments = item_moments(x, missing=missing)
    method = f"Mahalanobis distance, {missing}"
    threshold = float(special.chdtri(x.shape[1], 1 - confidence))
    centred = x - (np.nanmean(x, axis=0) if missing == "pairwise" and len(x) else moments.mean)
    s = moments.covariance
    if np.isnan(s).any() or np.linalg.matrix_rank(s) < len(s):
        return _index(np.full(len(x), np.nan), method, threshold, marks=("singular",))
    known = np.nan_to_num(centred) if missing == "pairwise" else centred
    values = np.einsum("ni,ij,nj->n", known, np.linalg.inv(s), known)
    values = np.where(np.isnan(x).all(axis=1), np.nan, values)
    marks = ("few_rows",) if len(x) <= 5 * x.shape[1] else ()
    return _index(values, method, threshold, marks=marks)


def even_odd(
    items: ArrayLike, scales: Sequence[Sequence[int]], *, threshold: float | None = None
) -> RowIndex:
    """How badly the even items of the scales go with the odd ones; higher is more careless.

    The means of the odd and of the even items of each scale are correlated over the scales of a row,
    stepped up (Spearman-Brown, cut off at -1) and turned round: -1 is consistent, 1 the opposite.

    Parameters
    ----------
    items : (N, k) answers, keyed in one direction within each scale
    scales : the columns of each scale, two or more scales of two or more items
    threshold : values at least so high are flagged

    Returns
    -------
    RowIndex : NaN where a half does not vary over the scales

    Raises
    ------
    ValueError : wrong shape, too few scales or items

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
    odd = np.column_stack([_row_mean(x[:, list(columns)[0::2]]) for columns in scales])
    even = np.column_stack([_row_mean(x[:, list(columns)[1::2]]) for columns in scales])
    r = _row_correlation(even, odd)
    stepped = np.maximum(divide(2 * r, 1 + r, 1 + r > 1e-12), -1.0)
    values = -np.where(np.abs(1 + r) <= 1e-12, -1.0, stepped)
    return _index(np.where(np.isnan(r), np.nan, values), "even-odd index, higher is more careless", threshold)


def psychometric_synonyms(
    items: ArrayLike, *, critical: float = 0.60, antonyms: bool = False, threshold: float | None = None
) -> RowIndex:
    """How well a row answers pairs of items alike that all others answer alike.

    Parameters
    ----------
    items : (N, k) answers as they were given
    critical : pairs whose correlation over all rows is above it (below it, for antonyms) count
    antonyms : look at pairs with a negative correlation; `critical` then is negative
    threshold : values at or below it (for antonyms: at or above) are flagged

    Returns
    -------
    RowIndex : `no_pairs` where no pair reaches `critical`; NaN where a row does not vary over the pairs

    Raises
    ------
    ValueError : wrong shape, `critical` outside -1 to 1

    References
    ----------
    Meade & Craig (2012); Curran (2016), Journal of Experimental Social Psychology 66.

    Examples
    --------
    >>> rows = [[1, 1, 2, 2], [2, 2, 4, 4], [4, 4, 1, 1], [5, 5, 3, 3]]
    >>> psychometric_synonyms(rows, critical=0.9).values.tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    x = as_matrix(items, "items")
    if not -1 <= critical <= 1:
        raise ValueError("critical: must lie between -1 and 1")
    method = f"psychometric {'antonyms' if antonyms else 'synonyms'} at {critical:g}"
    later, earlier = synonym_pairs(x, critical=critical, antonyms=antonyms)
    if len(later) == 0:
        return _index(np.full(len(x), np.nan), method, threshold, marks=("no_pairs",))
    values = _row_correlation(x[:, later], x[:, earlier])
    return _index(values, method, threshold, low_is_careless=not antonyms)


def synonym_pairs(
    items: ArrayLike, *, critical: float = 0.60, antonyms: bool = False
) -> tuple[list[int], list[int]]:
    """The columns of the pairs, the strongest correlation first: of each pair the later and the earlier.

    Parameters
    ----------
    items, critical, antonyms : as for `psychometric_synonyms`

    Returns
    -------
    two lists of columns

    Examples
    --------
    >>> synonym_pairs([[1, 1, 2], [2, 2, 4], [4, 4, 1]], critical=0.9)
    ([1], [0])
    """
    r = pair_correlations(as_matrix(items, "items"))
    later, earlier = np.tril_indices(len(r), -1)
    found = r[later, earlier]
    kept = found < critical if antonyms else found > critical
    order = np.argsort(found[kept] if antonyms else -found[kept], kind="stable")
    return later[kept][order].tolist(), earlier[kept][order].tolist()


def pair_correlations(x: FloatArray) -> FloatArray:
    """Correlations of items, each pair over the rows that answered both; NaN where one does not vary."""
    present = ~np.isnan(x)
    filled, seen = np.nan_to_num(x - _column_centre(x)), present.astype(np.float64)
    n = seen.T @ seen
    sums, squares = filled.T @ seen, (filled**2).T @ seen
    cross = n * (filled.T @ filled) - sums * sums.T
    spread = n * squares - sums**2
    scale = np.sqrt(np.maximum(spread * spread.T, 0))
    return divide(cross, scale, scale > 1e-9)


def _column_centre(x: FloatArray) -> FloatArray:
    count = (~np.isnan(x)).sum(axis=0)
    return divide(np.nansum(x, axis=0), count, count > 0)


def _row_mean(x: FloatArray) -> FloatArray:
    count = (~np.isnan(x)).sum(axis=1)
    return divide(np.nansum(x, axis=1), count, count > 0)


def _row_sd(x: FloatArray) -> FloatArray:
    count = (~np.isnan(x)).sum(axis=1)
    squares = np.nansum((x - _row_mean(x)[:, np.newaxis]) ** 2, axis=1)
    return np.sqrt(divide(squares, count - 1, count > 1))


def _row_correlation(x: FloatArray, y: FloatArray) -> FloatArray:
    """Pearson's r of two tables row by row, over the places where both have a value."""
    both = ~np.isnan(x) & ~np.isnan(y)
    a, b = np.where(both, x, np.nan), np.where(both, y, np.nan)
    a, b = a - _row_mean(a)[:, np.newaxis], b - _row_mean(b)[:, np.newaxis]
    scale = np.sqrt(np.nansum(a**2, axis=1) * np.nansum(b**2, axis=1))
    enough = (both.sum(axis=1) > 1) & (scale > 1e-12)
    return divide(np.nansum(a * b, axis=1), scale, enough)


def _index(
    values: FloatArray,
    method: str,
    threshold: float | None,
    *,
    low_is_careless: bool = False,
    marks: tuple[str, ...] = (),
) -> RowIndex:
    known = ~np.isnan(values)
    beyond = np.zeros(len(values), dtype=np.bool_)
    if threshold is not None:
        with np.errstate(invalid="ignore"):
            beyond = known & (values <= threshold if low_is_careless else values >= threshold)
    n = int(known.sum())
    reason = () if n else ("no_values",)
    return RowIndex(
        estimate=float(beyond.sum()) / n if n and threshold is not None else None,
        n=n,
        method=method,
        warnings=(*reason, *marks),
        values=values,
        flags=beyond,
        threshold=threshold,
    )
