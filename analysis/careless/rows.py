"""Signs of careless answering: flags with counts, never a reason to delete by itself.

Every index looks at one row alone and is computed at import or inside the closing of a cycle: once rows
are gone it cannot be computed any more. Publish results with and without flagged rows only where the
difference still hides every rater.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

from analysis._arrays import FloatArray, as_matrix, as_whole, check_confidence, divide
from analysis.careless.row_index import RowIndex, flagged, row_sd
from analysis.moments import ItemMoments, item_moments, to_correlation, usable_items

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from analysis._arrays import IntArray


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Longstring(RowIndex):
    """The longest run of identical answers.

    Attributes
    ----------
    average : (N,) mean length of the runs of a row; a gap is a run of its own
    """

    average: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Variability(RowIndex):
    """The standard deviation of a row's answers.

    Attributes
    ----------
    parts : (N, parts) the same for each stretch of the items
    """

    parts: FloatArray


def longstring(items: ArrayLike, *, threshold: float | None = None) -> Longstring:
    """The longest run of identical answers in a row, in the order in which the items were asked.

    A missing answer ends a run.

    Parameters
    ----------
    items : (N, k) answers as they were given, not reversed
    threshold : runs at least so long are flagged

    Returns
    -------
    Longstring : NaN for a row without any answer

    Raises
    ------
    ValueError : wrong shape

    References
    ----------
    Johnson (2005), Journal of Research in Personality 39; Meade & Craig (2012), Psychological Methods 17.

    Examples
    --------
    >>> found = longstring([[3, 3, 3, 4], [1, 2, 1, 2]])
    >>> found.values.tolist(), found.average.tolist()
    ([3.0, 1.0], [2.0, 1.0])
    """
    x = as_matrix(items, "items")
    same, answered = x[:, 1:] == x[:, :-1], ~np.isnan(x).all(axis=1)
    longest = current = np.ones(len(x))
    for column in same.T:
        current = np.where(column, current + 1, 1.0)
        longest = np.maximum(longest, current)
    runs = 1 + (~same).sum(axis=1)
    told = flagged(np.where(answered, longest, np.nan), "longest run of identical answers", threshold)
    return Longstring(**told, average=divide(x.shape[1], runs, answered))


def individual_variability(
    items: ArrayLike, *, parts: int = 1, threshold: float | None = None
) -> Variability:
    """The standard deviation of the answers of a row: near zero where everything was ticked alike.

    Parameters
    ----------
    items : (N, k) answers as they were given
    parts : so many stretches of the items, as equally wide as can be, are told as well
    threshold : values at or below it are flagged

    Returns
    -------
    Variability : NaN for a row of fewer than two answers

    Raises
    ------
    ValueError : wrong shape, no part, more parts than items

    References
    ----------
    Dunn, Heggestad, Shanock & Theilgard (2018), Journal of Business and Psychology 33.

    Examples
    --------
    >>> individual_variability([[3, 3, 3], [1, 3, 5]]).values.tolist()
    [0.0, 2.0]
    >>> individual_variability([[3, 3, 1, 5]], parts=2).parts.round(2).tolist()
    [[0.0, 2.83]]
    """
    x = as_matrix(items, "items")
    if not 1 <= as_whole(parts, "parts") <= max(x.shape[1], 1):
        raise ValueError("parts: must lie between 1 and the number of items")
    edges = (x.shape[1] - 1) * np.arange(1, parts) / parts
    stretch = np.searchsorted(edges, np.arange(x.shape[1]), side="left")
    told = flagged(row_sd(x), "standard deviation of a row's answers", threshold, low_is_careless=True)
    return Variability(
        **told, parts=np.column_stack([row_sd(x[:, stretch == part]) for part in range(parts)])
    )


def mahalanobis(
    items: ArrayLike, *, missing: Literal["listwise", "pairwise"] = "listwise", confidence: float = 0.99
) -> RowIndex:
    """Squared distance of a row from the means, in the metric of the items' covariances.

    D² = (x - m)' S^-1 (x - m). Items that nobody answered or that do not vary are left out and named.

    Parameters
    ----------
    items : (N, k) answers
    missing : "listwise": rows with a gap have no value. "pairwise": covariances from all pairs, and a
        gap adds nothing to a row's distance (as R's psych and careless do)
    confidence : distances from this quantile of chi² with k degrees of freedom on are flagged

    Returns
    -------
    RowIndex : `few_rows` with n <= 5 k; without values `too_few_rows`, `no_variance` where no item varies,
        `collinear_items` where they determine each other, `indefinite` where pairwise covariances are no
        covariances, `pair_never_answered_together`

    Raises
    ------
    ValueError : wrong shape, unknown rule, confidence outside 0 to 1

    References
    ----------
    Mahalanobis (1936); Meade & Craig (2012), Psychological Methods 17.

    Examples
    --------
    >>> rows = [[1, 2], [2, 1], [3, 4], [4, 3], [2, 2]]
    >>> mahalanobis(rows).values.round(2).tolist()
    [1.77, 1.77, 2.15, 2.15, 0.15]
    """
    x = as_matrix(items, "items")
    check_confidence(confidence)
    moments = item_moments(x, missing=missing)
    kept, marks = usable_items(moments, "drop")
    method = f"squared Mahalanobis distance, {missing}"
    reason = _no_distance(moments, kept)
    if reason:
        return RowIndex(**flagged(np.full(len(x), np.nan), method, None, reason=reason, marks=marks))
    threshold = float(special.chdtri(len(kept), 1 - confidence))
    centred = x[:, kept] - moments.mean[kept]
    silent = np.isnan(centred).all(axis=1)
    known = np.nan_to_num(centred) if missing == "pairwise" else centred
    inverse = np.linalg.inv(moments.covariance[np.ix_(kept, kept)])
    values = np.where(silent, np.nan, ((known @ inverse) * known).sum(axis=1))
    enough = (~np.isnan(values)).sum() > 5 * len(kept)
    return RowIndex(**flagged(values, method, threshold, marks=(*(() if enough else ("few_rows",)), *marks)))


def _no_distance(moments: ItemMoments, kept: IntArray) -> str | None:
    """Why the covariances have no inverse, if so."""
    s = moments.covariance[np.ix_(kept, kept)]
    if moments.n < 2 and moments.missing == "listwise":
        return "too_few_rows"
    if len(kept) == 0:
        return "no_variance"
    if np.isnan(s).any():
        return "pair_never_answered_together"
    least = float(np.linalg.eigvalsh(to_correlation(s))[0])
    if least < -1e-10:
        return "indefinite"
    return "collinear_items" if least < 1e-10 else None
