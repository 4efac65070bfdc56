"""Exploratory factor analysis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis._arrays import as_whole
from analysis._result import Result
from analysis.factors.cfa_fit import ChiSquare, Fit, comparative_fit, p_value, rmsea, rmsea_interval, srmr
from analysis.factors.extraction import EXTRACTORS, Extraction, Extractor, extract
from analysis.factors.rotation import ROTATIONS, Rotated, Rotation, rotate
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

    from analysis._arrays import BoolArray, FloatArray, IntArray

__all__ = ["FactorAnalysis", "efa"]

_ENOUGH_ROWS = 200


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class FactorAnalysis(Result):
    """Factors of k items; `estimate` is the share of the items' variance that they hold.

    Rows of items that were left out are NaN. Columns stand in order of the variance they carry, each
    turned to a positive sum.

    Attributes
    ----------
    n_factors : m, as asked for
    loadings : (k, m) pattern: weights of the factors in each item; or None
    structure : (k, m) correlations of items and factors
    correlations : (m, m) of the factors; ones and zeros unless the rotation is oblique
    communalities, uniquenesses : (k,) variance of each item that factors hold, and the rest
    at_bound : (k,) items whose unique variance was held at .005: the solution is improper (`heywood`)
    factor_variance : (m,) variance that each factor carries
    fit : chi-square with Bartlett's correction and indices made of it; None with `collinear_items`
    n_items : items used
    """

    n_factors: int
    loadings: FloatArray | None = None
    structure: FloatArray | None = None
    correlations: FloatArray | None = None
    communalities: FloatArray | None = None
    uniquenesses: FloatArray | None = None
    at_bound: BoolArray | None = None
    factor_variance: FloatArray | None = None
    fit: Fit | None = None
    n_items: int = 0


def efa(
    items: ArrayLike | ItemMoments,
    n_factors: int,
    *,
    extraction: Extractor = "minres",
    rotation: Rotation = "oblimin",
    missing: Missing = "listwise",
    starts: int = 10,
    seed: int = 0,
) -> FactorAnalysis:
    """Exploratory factor analysis of the correlations of items.

    "minres" leaves the least squared residual correlations (Harman & Jones 1966); "ml" is maximum
    likelihood (Lawley 1940; Joreskog 1967). Both keep unique variances at .005 or above.
    Rotation: "varimax" (Kaiser 1958), "oblimin" with gamma 0, that is direct quartimin (Jennrich &
    Sampson 1966), "promax" with power 4 (Hendrickson & White 1964), or "none"; the best of several
    starts is taken. chi2 = (n - 1 - (2k + 5)/6 - 2m/3) F with F the likelihood discrepancy of the
    loadings (Bartlett 1951); unrelated items get the same factor for CFI and TLI, and RMSEA counts
    n - 1 (Steiger & Lind 1980). Degrees of freedom are ((k - m)² - (k + m))/2; with fewer than none
    the loadings are not determined (`too_many_factors`), but for two items, whose loadings are taken
    as equal.

    Parameters
    ----------
    items : (n, k) answers, or their moments
    n_factors : number of factors, 1 or more
    extraction, rotation : as above
    missing : rows with gaps; with "pairwise" each pair of items has its own correlation
    starts, seed : positions from which the rotation is tried, the first being where the factors are

    Returns
    -------
    FactorAnalysis

    Raises
    ------
    ValueError : wrong shape, unknown method, fewer than one factor or start

    Examples
    --------
    >>> rows = np.random.default_rng(1).standard_normal((300, 2)) @ [[1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]]
    >>> found = efa(rows + np.random.default_rng(2).standard_normal((300, 6)), 2)
    >>> found, found.fit.df
    (<FactorAnalysis 0.4872, n = 300>, 4)
    """
    n_factors, starts = as_whole(n_factors, "n_factors"), as_whole(starts, "starts")
    _check(n_factors, extraction, rotation, starts)
    moments = as_moments(items, missing)
    kept, marks = usable_items(moments, "drop")
    reason = no_correlations(moments, kept) or _too_many(len(kept), n_factors)
    method = (
        f"{n_factors} factors by {extraction} on the correlations, rotation {rotation}, {rows_used(moments)}"
    )
    if reason:
        return FactorAnalysis(
            estimate=None,
            n=moments.n,
            method=method,
            warnings=(reason, *marks),
            n_factors=n_factors,
            n_items=len(kept),
        )
    r = correlations(moments, kept)
    found = extract(r, n_factors, extraction)
    rotated = rotate(found.loadings, rotation, starts=starts, seed=seed)
    return _analysis(moments, kept, found, rotated, _fit(r, found, moments.n), method, marks)


def _analysis(
    moments: ItemMoments,
    kept: IntArray,
    found: Extraction,
    rotated: Rotated,
    fit: Fit | None,
    method: str,
    marks: tuple[str, ...],
) -> FactorAnalysis:
    """All figures of a solution, rows of items that were left out filled with NaN."""
    pattern, phi = rotated
    held = (found.loadings**2).sum(axis=1)
    k = len(moments.mean)
    return FactorAnalysis(
        estimate=float(held.mean()),
        n=moments.n,
        method=method,
        warnings=(*marks, *_marks(found, fit), *few_rows(moments.n, _ENOUGH_ROWS)),
        n_factors=pattern.shape[1],
        loadings=_spread(pattern, kept, k),
        structure=_spread(pattern @ phi, kept, k),
        correlations=phi,
        communalities=_spread(held, kept, k),
        uniquenesses=_spread(1 - held, kept, k),
        at_bound=_spread(found.at_bound, kept, k) == 1,
        factor_variance=np.diag(phi @ pattern.T @ pattern).copy(),
        fit=fit,
        n_items=len(kept),
    )


def _check(n_factors: int, extraction: str, rotation: str, starts: int) -> None:
    if extraction not in EXTRACTORS:
        raise ValueError("extraction: must be 'minres' or 'ml'")
    if rotation not in ROTATIONS:
        raise ValueError("rotation: must be 'none', 'varimax', 'oblimin' or 'promax'")
    if n_factors < 1 or starts < 1:
        raise ValueError("n_factors, starts: must be 1 or more")


def degrees_of_freedom(k: int, m: int) -> int:
    """Correlations less free parameters of m factors of k items."""
    return ((k - m) ** 2 - (k + m)) // 2


def _too_many(k: int, m: int) -> str | None:
    equal = (k, m) == (2, 1)
    return None if equal or (m < k and degrees_of_freedom(k, m) >= 0) else "too_many_factors"


def _marks(found: Extraction, fit: Fit | None) -> tuple[str, ...]:
    marks = {
        "two_items_equal_loadings": len(found.loadings) == 2,
        "heywood": bool(found.at_bound.any()),
        "collinear_items": fit is None,
    }
    return tuple(name for name, holds in marks.items() if holds)


def _fit(r: FloatArray, found: Extraction, n: int) -> Fit | None:
    """Fit of the unrotated factors; None of collinear items, whose likelihood is not defined."""
    k, m = found.loadings.shape
    sign, log_det = np.linalg.slogdet(r)
    if sign <= 0 or np.linalg.cond(r) > 1e12:
        return None
    df = max(degrees_of_freedom(k, m), 0)
    implied = found.implied
    residual = srmr(r, implied, diagonal=False)
    weight = n - 1 - (2 * k + 5) / 6 - 2 * m / 3
    if df == 0 or weight <= 0:  # no test without degrees of freedom, or with hardly a row
        return Fit(chi2=None, df=df, srmr=residual)
    discrepancy = np.linalg.slogdet(implied)[1] - log_det + np.trace(np.linalg.solve(implied, r)) - k
    test = ChiSquare(max(weight * float(discrepancy), 0.0), df)
    cfi, tli = comparative_fit(test, ChiSquare(-weight * float(log_det), k * (k - 1) // 2))
    return Fit(
        chi2=test.chi2,
        df=df,
        p=p_value(test),
        cfi=cfi,
        tli=tli,
        rmsea=rmsea(test, n - 1),
        rmsea_ci=rmsea_interval(test, n - 1),
        srmr=residual,
        n_parameters=k * (k + 1) // 2 - df,
    )


def _spread(values: FloatArray | BoolArray, kept: IntArray, k: int) -> FloatArray:
    """Rows of the items kept among all k, NaN for the others."""
    found = np.full((k, *values.shape[1:]), np.nan)
    found[kept] = values
    return found
