"""Whether items can be factored, and into how many factors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from analysis._arrays import divide
from analysis._result import Result
from analysis.moments import (
    ItemMoments,
    Missing,
    as_moments,
    correlations,
    few_rows,
    no_correlations,
    rows_used,
    usable_items,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from analysis._arrays import FloatArray

__all__ = [
    "ParallelAnalysis",
    "PartialCorrelations",
    "SamplingAdequacy",
    "Sphericity",
    "minimum_average_partial",
    "parallel_analysis",
    "sampling_adequacy",
    "sphericity",
]

_ENOUGH_ROWS = 200


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ParallelAnalysis(Result):
    """Eigenvalues of the correlations beside those of unrelated items; `estimate` is a number of factors.

    Attributes
    ----------
    eigenvalues : (items used,) seen, largest first; or None
    threshold : (items used,) the quantile of the same eigenvalue of unrelated items; or None
    """

    eigenvalues: FloatArray | None = None
    threshold: FloatArray | None = None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PartialCorrelations(Result):
    """Velicer's criterion; `estimate` is the number of components at which it is least.

    Attributes
    ----------
    mean_squares : mean squared partial correlation after 1, 2, ... components; or None
    """

    mean_squares: FloatArray | None = None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SamplingAdequacy(Result):
    """Kaiser-Meyer-Olkin measure over all items (`estimate`).

    Attributes
    ----------
    of_items : (items used,) the same of each item; or None
    """

    of_items: FloatArray | None = None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Sphericity(Result):
    """Bartlett's test of unrelated items; `estimate` is chi2.

    Attributes
    ----------
    df, p : degrees of freedom, and chance of a chi2 at least as large
    """

    df: int | None = None
    p: float | None = None


def parallel_analysis(
    items: ArrayLike | ItemMoments,
    *,
    missing: Missing = "listwise",
    quantile: float = 0.95,
    samples: int = 500,
    seed: int = 0,
) -> ParallelAnalysis:
    """How many eigenvalues are larger than those of unrelated normal items (Horn 1965).

    The quantile instead of the mean follows Glorfeld (1995). Correlations of n rows of unrelated
    normal items are drawn through Bartlett's decomposition of a Wishart matrix, whatever n is.

    Parameters
    ----------
    items : (n, k) answers, or their moments
    missing : rows with gaps; "pairwise" still compares with complete rows only
    quantile : share of the samples below the threshold
    samples, seed : how many samples are drawn, and from where

    Returns
    -------
    ParallelAnalysis

    Raises
    ------
    ValueError : wrong shape, a quantile outside 0 to 1, no samples

    Examples
    --------
    >>> factor = np.random.default_rng(1).standard_normal((300, 1))
    >>> parallel_analysis(factor + np.random.default_rng(2).standard_normal((300, 5)))
    <ParallelAnalysis 1.0000, n = 300>
    """
    if not 0 < quantile < 1 or samples < 1:
        raise ValueError("quantile, samples: a quantile between 0 and 1, and at least one sample")
    found = _correlations(items, missing)
    method = (
        f"parallel analysis of principal components: {quantile:g} quantile of {samples} samples of unrelated "
        f"normal items, {found.rows}"
    )
    k = 0 if found.r is None else len(found.r)
    if found.r is None or found.n <= k:
        reasons = found.marks if found.r is None else ("too_few_rows", *found.marks)
        return ParallelAnalysis(estimate=None, n=found.n, method=method, warnings=reasons)
    seen: FloatArray = np.linalg.eigvalsh(found.r)[::-1].astype(np.float64)
    drawn = _unrelated(found.n, k, samples, seed)
    threshold = np.quantile(np.linalg.eigvalsh(drawn)[:, ::-1], quantile, axis=0)
    beyond = np.append(seen > threshold, False)
    return ParallelAnalysis(
        estimate=float(np.argmin(beyond)),
        n=found.n,
        method=method,
        warnings=found.marks,
        eigenvalues=seen,
        threshold=threshold,
    )


def minimum_average_partial(
    items: ArrayLike | ItemMoments, *, missing: Missing = "listwise"
) -> PartialCorrelations:
    """Velicer's MAP: components are taken out until partial correlations grow again (Velicer 1976).

    Parameters
    ----------
    items : (n, k) answers, or their moments
    missing : rows with gaps

    Returns
    -------
    PartialCorrelations

    Raises
    ------
    ValueError : wrong shape or rule

    Examples
    --------
    >>> factor = np.random.default_rng(1).standard_normal((300, 1))
    >>> minimum_average_partial(factor + np.random.default_rng(2).standard_normal((300, 5)))
    <PartialCorrelations 1.0000, n = 300>
    """
    found = _correlations(items, missing)
    method = f"minimum average squared partial correlation after principal components, {found.rows}"
    if found.r is None:
        return PartialCorrelations(estimate=None, n=found.n, method=method, warnings=found.marks)
    values, vectors = np.linalg.eigh(found.r)
    parts = vectors[:, ::-1] * np.sqrt(np.maximum(values[::-1], 0))
    squares = np.array([_mean_partial(found.r, parts[:, :m]) for m in range(1, len(found.r))])
    if np.isnan(squares).all():
        return PartialCorrelations(
            estimate=None, n=found.n, method=method, warnings=("collinear_items", *found.marks)
        )
    return PartialCorrelations(
        estimate=float(np.nanargmin(squares) + 1),
        n=found.n,
        method=method,
        warnings=found.marks,
        mean_squares=squares,
    )


def sampling_adequacy(items: ArrayLike | ItemMoments, *, missing: Missing = "listwise") -> SamplingAdequacy:
    """Kaiser-Meyer-Olkin measure: squared correlations against squared partial ones (Kaiser 1970).

    sum r² / (sum r² + sum q²) over pairs of items, q their correlation given all other items.

    Parameters
    ----------
    items : (n, k) answers, or their moments
    missing : rows with gaps

    Returns
    -------
    SamplingAdequacy

    Raises
    ------
    ValueError : wrong shape or rule

    Examples
    --------
    >>> factor = np.random.default_rng(1).standard_normal((300, 1))
    >>> sampling_adequacy(factor + np.random.default_rng(2).standard_normal((300, 5)))
    <SamplingAdequacy 0.8405, n = 300>
    """
    found = _correlations(items, missing)
    method = f"Kaiser-Meyer-Olkin measure of sampling adequacy, {found.rows}"
    if found.r is None or np.linalg.cond(found.r) > 1e12:
        reasons = found.marks if found.r is None else ("collinear_items", *found.marks)
        return SamplingAdequacy(estimate=None, n=found.n, method=method, warnings=reasons)
    inverse = np.linalg.inv(found.r)
    scale = np.sqrt(np.abs(np.diag(inverse)))
    off = 1 - np.eye(len(inverse))
    together = (found.r**2 * off).sum(axis=0)
    alone = ((inverse / np.outer(scale, scale)) ** 2 * off).sum(axis=0)
    whole = float(together.sum() + alone.sum())
    is_related = whole > 0
    return SamplingAdequacy(
        estimate=float(together.sum()) / whole if is_related else None,
        n=found.n,
        method=method,
        warnings=found.marks if is_related else ("unrelated_items", *found.marks),
        of_items=divide(together, together + alone, together + alone > 0),
    )


def sphericity(items: ArrayLike | ItemMoments, *, missing: Missing = "listwise") -> Sphericity:
    """Bartlett's test that all items are unrelated: chi2 = -(n - 1 - (2k + 5)/6) ln |R| (Bartlett 1951).

    Parameters
    ----------
    items : (n, k) answers, or their moments
    missing : rows with gaps; with "pairwise" n counts complete rows

    Returns
    -------
    Sphericity

    Raises
    ------
    ValueError : wrong shape or rule

    Examples
    --------
    >>> factor = np.random.default_rng(1).standard_normal((300, 1))
    >>> test = sphericity(factor + np.random.default_rng(2).standard_normal((300, 5)))
    >>> test, test.df
    (<Sphericity 407.7087, n = 300>, 10)
    """
    found = _correlations(items, missing)
    method = f"Bartlett's test of sphericity, {found.rows}"
    k = 0 if found.r is None else len(found.r)
    weight = found.n - 1 - (2 * k + 5) / 6
    if found.r is None or weight <= 0:
        reasons = found.marks if found.r is None else ("too_few_rows", *found.marks)
        return Sphericity(estimate=None, n=found.n, method=method, warnings=reasons)
    sign, log_det = np.linalg.slogdet(found.r)
    if sign <= 0 or np.linalg.cond(found.r) > 1e12:
        return Sphericity(estimate=None, n=found.n, method=method, warnings=("collinear_items", *found.marks))
    chi2, df = max(-weight * float(log_det), 0.0), k * (k - 1) // 2
    return Sphericity(
        estimate=chi2,
        n=found.n,
        method=method,
        warnings=found.marks,
        df=df,
        p=float(special.chdtrc(df, chi2)),
    )


class _Correlations(NamedTuple):
    """Correlations of the usable items, or None with the reason first in `marks`."""

    r: FloatArray | None
    n: int
    marks: tuple[str, ...]
    rows: str


def _correlations(items: ArrayLike | ItemMoments, missing: Missing) -> _Correlations:
    moments = as_moments(items, missing)
    kept, marks = usable_items(moments, "drop")
    reason = no_correlations(moments, kept)
    if reason:
        return _Correlations(None, moments.n, (reason, *marks), rows_used(moments))
    marks = (*marks, *few_rows(moments.n, _ENOUGH_ROWS))
    return _Correlations(correlations(moments, kept), moments.n, marks, rows_used(moments))


def _unrelated(n: int, k: int, samples: int, seed: int) -> FloatArray:
    """(samples, k, k) correlations of n rows of unrelated normal items."""
    rng = np.random.default_rng(seed)
    root = np.tril(rng.standard_normal((samples, k, k)), -1)
    root[:, np.arange(k), np.arange(k)] = np.sqrt(rng.chisquare(n - 1 - np.arange(k), size=(samples, k)))
    root /= np.linalg.norm(root, axis=2, keepdims=True)
    return np.asarray(root @ root.transpose(0, 2, 1), dtype=np.float64)


def _mean_partial(r: FloatArray, parts: FloatArray) -> float:
    """Mean squared correlation of what components leave; NaN where they leave an item nothing."""
    rest = r - parts @ parts.T
    variance = np.diag(rest)
    if (variance <= 1e-12).any():
        return float("nan")
    k = len(r)
    return float(((rest**2 / np.outer(variance, variance)).sum() - k) / (k * (k - 1)))
