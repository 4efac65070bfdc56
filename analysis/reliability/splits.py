"""Bounds of reliability from how the items of one scale can be split: Guttman's lambdas, halves, strata."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from analysis._arrays import divide, factorize
from analysis._result import Result
from analysis.moments import (
    ItemMoments,
    Missing,
    as_moments,
    check_keys,
    few_rows,
    is_indefinite,
    multiple_correlations,
    no_coefficient,
    rows_used,
    to_correlation,
    usable_items,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from analysis._arrays import FloatArray, IntArray

Metric = Literal["raw", "standardized"]
MOST_ITEMS = 16  # 2^15 splits; beyond, none are tried and none drawn at random


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class GuttmanLambdas(Result):
    """Guttman's six lower bounds of reliability; `estimate` is lambda 2.

    Attributes
    ----------
    lambda1, lambda2, lambda3, lambda5 : from variances and covariances; lambda 3 is alpha
    lambda4 : the best of all splits in two, or None with `too_many_items`. It picks the luckiest
        split, so it is too high in samples below about 1000
    lambda6 : from squared multiple correlations, or None with `collinear_items`
    n_items : items used
    """

    lambda1: float | None = None
    lambda2: float | None = None
    lambda3: float | None = None
    lambda4: float | None = None
    lambda5: float | None = None
    lambda6: float | None = None
    n_items: int = 0


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SplitHalf(Result):
    """Reliability from halves of the items; `estimate` is the mean over all of them.

    Attributes
    ----------
    maximum, minimum : best and worst half; both are picked by chance in small samples
    coefficients : one per way to halve, in the order of `itertools.combinations` of the smaller half
        (of even k those with the first item), or None
    odd_even_r : correlation of the sums of the 1st, 3rd, ... and of the 2nd, 4th, ... items
    spearman_brown : the reliability of the whole from it, 2 r/(1 + r)
    n_items : items used
    """

    maximum: float | None = None
    minimum: float | None = None
    coefficients: FloatArray | None = None
    odd_even_r: float | None = None
    spearman_brown: float | None = None
    n_items: int = 0


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class StratifiedAlpha(Result):
    """Reliability of a sum over strata (scales) of items.

    Attributes
    ----------
    strata : (s,) names of the strata
    alphas : (s,) alpha of each; NaN where its total does not vary
    n_items : items used
    """

    strata: NDArray[np.generic]
    alphas: FloatArray
    n_items: int = 0


def guttman_lambdas(
    items: ArrayLike | ItemMoments, *, missing: Missing = "listwise", metric: Metric = "raw"
) -> GuttmanLambdas:
    """Guttman's lower bounds of reliability, lambda 1 to 6 (Guttman 1945).

    With S the covariances (correlations when standardized), V = 1'S1, C_j the sum of squared
    covariances of item j with the others: L1 = 1 - tr S/V; L2 = L1 + sqrt(k/(k-1) sum C_j)/V;
    L3 = k/(k-1) L1; L4 the largest 1 - t'St/V over all t of -1 and 1 but the trivial one;
    L5 = L1 + 2 sqrt(max C_j)/V; L6 = 1 - sum S_jj (1 - smc_j)/V.

    Parameters
    ----------
    items : (n, k) answers, or their moments; lambda 4 for k <= 16
    missing : rows with gaps
    metric : "raw" of the items as they are, "standardized" of items brought to one spread

    Returns
    -------
    GuttmanLambdas

    Raises
    ------
    ValueError : wrong shape, unknown metric or rule

    Examples
    --------
    >>> guttman_lambdas([[1, 2, 1], [2, 2, 3], [3, 4, 3], [4, 4, 5], [5, 5, 4], [3, 1, 3]])
    <GuttmanLambdas 0.8844, n = 6 (few_rows)>
    """
    found = _matrix(items, missing, metric)
    method = f"Guttman's lambdas of {metric} items, {found.rows}; estimate: lambda 2"
    if found.matrix is None:
        return GuttmanLambdas(
            estimate=None, n=found.n, method=method, warnings=found.marks, n_items=found.n_items
        )
    s, k = found.matrix, found.n_items
    own, total = np.diag(s), float(s.sum())
    shared = (s**2).sum(axis=0) - own**2
    first = 1 - float(own.sum()) / total
    second = first + float(np.sqrt(k / (k - 1) * shared.sum())) / total
    predicted = multiple_correlations(to_correlation(s))
    marks = (() if k <= MOST_ITEMS else ("too_many_items",)) + (
        () if predicted is not None else ("collinear_items",)
    )
    return GuttmanLambdas(
        estimate=second,
        n=found.n,
        method=method,
        warnings=(*marks, *found.marks),
        lambda1=first,
        lambda2=second,
        lambda3=k / (k - 1) * first,
        lambda4=_best_split(s) if k <= MOST_ITEMS else None,
        lambda5=first + 2 * float(np.sqrt(shared.max())) / total,
        lambda6=None if predicted is None else 1 - float(own @ (1 - predicted)) / total,
        n_items=k,
    )


def split_half(
    items: ArrayLike | ItemMoments, *, missing: Missing = "listwise", metric: Metric = "standardized"
) -> SplitHalf:
    """Reliability by halves: every way to halve the items, and odd against even.

    A half's coefficient is 4 cov(A, B)/var(A + B) (Guttman 1945; Rulon 1939), over all splits in
    k//2 and k - k//2 items. Spearman-Brown: 2 r/(1 + r) with r the correlation of the odd and the
    even items. Beyond 16 items the splits are too many; none are drawn at random
    (`too_many_items`), and only odd against even is given.

    Parameters
    ----------
    items : (n, k) answers, or their moments
    missing : rows with gaps
    metric : "standardized" of items brought to one spread, "raw" of the items as they are

    Returns
    -------
    SplitHalf

    Raises
    ------
    ValueError : wrong shape, unknown metric or rule

    Examples
    --------
    >>> split_half([[1, 2, 1], [2, 2, 3], [3, 4, 3], [4, 4, 5], [5, 5, 4], [3, 1, 3]])
    <SplitHalf 0.7875, n = 6 (few_rows)>
    """
    found = _matrix(items, missing, metric)
    method = f"mean of 4 cov(A, B)/var(A + B) over all halves of {metric} items, {found.rows}"
    if found.matrix is None:
        return SplitHalf(estimate=None, n=found.n, method=method, warnings=found.marks, n_items=found.n_items)
    r = _odd_even(found.matrix)
    stepped = None if r is None or r <= -1 + 1e-12 else 2 * r / (1 + r)
    if found.n_items > MOST_ITEMS:
        return SplitHalf(
            estimate=None,
            n=found.n,
            method=method,
            warnings=("too_many_items", *found.marks),
            odd_even_r=r,
            spearman_brown=stepped,
            n_items=found.n_items,
        )
    halves = _coefficients(found.matrix, _halves(found.n_items))
    return SplitHalf(
        estimate=float(halves.mean()),
        n=found.n,
        method=method,
        warnings=found.marks,
        maximum=float(halves.max()),
        minimum=float(halves.min()),
        coefficients=halves,
        odd_even_r=r,
        spearman_brown=stepped,
        n_items=found.n_items,
    )


def stratified_alpha(
    items: ArrayLike | ItemMoments, strata: ArrayLike, *, missing: Missing = "listwise"
) -> StratifiedAlpha:
    """Alpha of the sum of items that belong to strata (scales).

    1 - sum over strata of var_g (1 - alpha_g), divided by the variance of the whole sum
    (Cronbach, Schoenemann & McKie 1965; Rajaratnam, Cronbach & Gleser 1965).

    Parameters
    ----------
    items : (n, k) answers, or their moments
    strata : (k,) the stratum of each item
    missing : rows with gaps

    Returns
    -------
    StratifiedAlpha

    Raises
    ------
    ValueError : wrong shape or rule, or not one stratum per item

    Examples
    --------
    >>> rows = [[1, 2, 1, 1], [2, 2, 3, 2], [3, 4, 3, 3], [4, 4, 5, 4], [5, 5, 4, 4], [3, 1, 3, 3]]
    >>> stratified_alpha(rows, ["a", "a", "b", "b"])
    <StratifiedAlpha 0.9409, n = 6 (few_rows)>
    """
    moments = as_moments(items, missing)
    if np.shape(strata) != moments.mean.shape:
        raise ValueError(f"strata: must have length {len(moments.mean)}, not shape {np.shape(strata)}")
    names, codes = factorize(strata, len(moments.mean))
    found = _matrix(moments, missing, "raw")
    method = f"stratified alpha, {found.rows}"
    member = (codes[found.kept] == np.arange(len(names))[:, np.newaxis]).astype(np.float64)
    size = member.sum(axis=1)
    alone = () if (size > 1).all() else ("one_item_in_stratum",)
    if found.matrix is None or alone:
        reasons = found.marks if found.matrix is None else alone + found.marks
        return StratifiedAlpha(
            estimate=None,
            n=found.n,
            method=method,
            warnings=reasons,
            strata=names,
            alphas=np.full(len(names), np.nan),
            n_items=found.n_items,
        )
    variance = np.einsum("gi,ij,gj->g", member, found.matrix, member)
    trace = member @ np.diag(found.matrix)
    error = (size * trace - variance) / (size - 1)  # var (1 - alpha), defined where alpha is not
    return StratifiedAlpha(
        estimate=1 - float(error.sum() / found.matrix.sum()),
        n=found.n,
        method=method,
        warnings=found.marks,
        strata=names,
        alphas=1 - divide(error, variance, variance > 1e-12 * trace),
        n_items=found.n_items,
    )


class _Matrix(NamedTuple):
    """The covariances or correlations of the usable items, or None with the reason first in `marks`."""

    matrix: FloatArray | None
    n: int
    kept: IntArray
    marks: tuple[str, ...]
    rows: str

    @property
    def n_items(self) -> int:
        return len(self.kept)


def _matrix(items: ArrayLike | ItemMoments, missing: Missing, metric: Metric) -> _Matrix:
    if metric not in ("raw", "standardized"):
        raise ValueError("metric: must be 'raw' or 'standardized'")
    moments = as_moments(items, missing)
    kept, marks = usable_items(moments, "drop")
    reason = no_coefficient(moments, kept) or ("indefinite" if is_indefinite(moments, kept) else None)
    if reason:
        return _Matrix(None, moments.n, kept, (reason, *marks), rows_used(moments))
    s = moments.covariance[np.ix_(kept, kept)]
    matrix = s if metric == "raw" else to_correlation(s)
    marks = (*marks, *check_keys(matrix), *few_rows(moments.n, 50))
    if matrix.sum() <= 1e-12 * np.trace(matrix):
        return _Matrix(None, moments.n, kept, ("no_variance_in_total", *marks), rows_used(moments))
    return _Matrix(matrix, moments.n, kept, marks, rows_used(moments))


def _coefficients(s: FloatArray, signs: FloatArray) -> FloatArray:
    """4 cov(A, B)/var(A + B) = 1 - var(A - B)/var(A + B) of each row of signs."""
    return np.asarray(1 - ((signs @ s) * signs).sum(axis=1) / s.sum(), dtype=np.float64)


def _best_split(s: FloatArray) -> float:
    k = len(s)
    bits = np.arange(1, 2 ** (k - 1))[:, np.newaxis] >> np.arange(k) & 1  # the last item stays on one side
    return float(_coefficients(s, np.where(bits == 1, -1.0, 1.0)).max())


def _halves(k: int) -> FloatArray:
    """(ways, k) of 1 for the smaller half and -1 for the other; each way once."""
    chosen = np.array(list(combinations(range(k), k // 2)))
    if k % 2 == 0:
        chosen = chosen[: len(chosen) // 2]  # the second part names the other half of the same splits
    signs = np.full((len(chosen), k), -1.0)
    np.put_along_axis(signs, chosen, 1.0, axis=1)
    return signs


def _odd_even(s: FloatArray) -> float | None:
    odd, even = s[::2, ::2].sum(), s[1::2, 1::2].sum()
    if min(odd, even) <= 1e-12 * float(np.trace(s)):
        return None
    return float(s[::2, 1::2].sum() / np.sqrt(odd * even))
