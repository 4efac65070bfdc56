"""McDonald's omega from one factor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

import numpy as np
from scipy import optimize

from analysis._result import Result
from analysis.moments import (
    ItemMoments,
    Missing,
    as_moments,
    few_rows,
    no_coefficient,
    rows_used,
    usable_items,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from analysis._arrays import FloatArray

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
_FORMS = ("model", "observed", "unique")
_OMEGA = (
    "McDonald's omega total, one factor by minres on the correlations, {missing}; "
    "estimate: {estimate}; other forms named beside it"
)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Omega(Result):
    """McDonald's omega total of one factor, in six named forms.

    "raw" speaks of the sum (or mean) of the items as they are, "standardized" of items brought to
    one spread. With G the variance due to the factor, U the unique variance and V the variance
    that was seen: "model" is G/(G+U), "observed" is G/V, "unique" is 1 - U/V (psych's omega.tot).

    Attributes
    ----------
    raw_model, raw_observed, raw_unique : of the items as they are
    standardized_model, standardized_observed, standardized_unique : of items with one spread
    loadings : (k,) on the correlation metric, or None
    uniquenesses : (k,) 1 - loading²; below zero is a Heywood case, flagged
    n_items : items used
    """

    raw_model: float | None = None
    raw_observed: float | None = None
    raw_unique: float | None = None
    standardized_model: float | None = None
    standardized_observed: float | None = None
    standardized_unique: float | None = None
    loadings: FloatArray | None = None
    uniquenesses: FloatArray | None = None
    n_items: int = 0


def mcdonald_omega(
    items: ArrayLike | ItemMoments,
    *,
    missing: Missing = "listwise",
    metric: Literal["raw", "standardized"] = "standardized",
    form: Literal["model", "observed", "unique"] = "unique",
) -> Omega:
    """McDonald's omega total from one factor fitted by minres.

    Loadings l minimise the squared off-diagonal residuals of the correlations (Harman & Jones
    1966); raw loadings are L = s l and raw unique variances U = s² (1 - l²).
    model: (sum L)² / ((sum L)² + sum U); observed: (sum L)² / 1'S1; unique: 1 - sum U / 1'S1
    (McDonald 1999; the last, standardized, is what psych calls omega.tot: hence the default).
    With two items the loadings are taken as equal and `two_items_equal_loadings` is set.

    Parameters
    ----------
    items : (n, k) answers, or their moments
    missing : rows with gaps
    metric, form : which of the six forms is the `estimate`

    Raises
    ------
    ValueError : wrong shape, unknown metric, form or rule
    """
    if metric not in ("raw", "standardized"):
        raise ValueError("metric: must be 'raw' or 'standardized'")
    if form not in _FORMS:
        raise ValueError("form: must be 'model', 'observed' or 'unique'")
    moments = as_moments(items, missing)
    kept, marks = usable_items(moments, "drop")
    method = _OMEGA.format(missing=rows_used(moments), estimate=f"{metric}, {form} form")
    reason = no_coefficient(moments, kept)
    if reason:
        return Omega(estimate=None, n=moments.n, method=method, warnings=(reason, *marks), n_items=len(kept))
    s = moments.covariance[np.ix_(kept, kept)]
    sd = np.sqrt(np.diag(s))
    communal, loadings, fit_marks = _one_factor(s / np.outer(sd, sd))
    raw = _omega_forms(communal * np.outer(sd, sd), s)
    standardized = _omega_forms(communal, s / np.outer(sd, sd))
    estimate = (raw if metric == "raw" else standardized)[form]
    vanishing = () if estimate is not None else ("no_variance_in_total",)
    return Omega(
        estimate=estimate,
        n=moments.n,
        method=method,
        warnings=(*vanishing, *marks, *fit_marks, *few_rows(moments.n, 50)),
        raw_model=raw["model"],
        raw_observed=raw["observed"],
        raw_unique=raw["unique"],
        standardized_model=standardized["model"],
        standardized_observed=standardized["observed"],
        standardized_unique=standardized["unique"],
        loadings=loadings,
        uniquenesses=1 - np.diag(communal),
        n_items=len(kept),
    )


def _one_factor(r: FloatArray) -> tuple[FloatArray, FloatArray | None, tuple[str, ...]]:
    """Common part l l' of the correlations, the loadings, and what is to be known about the fit."""
    if len(r) == 2:
        common = np.full((2, 2), r[0, 1])
        if r[0, 1] < 0:
            return common, None, ("two_items_equal_loadings", "check_keys")
        return common, np.full(2, np.sqrt(r[0, 1])), ("two_items_equal_loadings",)
    loadings = _minres(r)
    improper = ("heywood",) if (loadings**2 > 1).any() else ()
    turned = ("check_keys",) if (loadings < -1e-9).any() else ()
    return np.outer(loadings, loadings), loadings, (*improper, *turned)


def _minres(r: FloatArray) -> FloatArray:
    """Loadings of one factor that leave the least squared off-diagonal residuals."""
    off = 1 - np.eye(len(r))

    def residual(loadings: Vector) -> FloatArray:
        return np.asarray((r - np.outer(loadings, loadings)) * off, dtype=np.float64)

    def loss(loadings: Vector) -> float:
        return float((residual(loadings) ** 2).sum() / 2)

    def gradient(loadings: Vector) -> Vector:
        return cast("Vector", -2 * residual(loadings) @ loadings)

    def hessian(loadings: Vector) -> FloatArray:
        product = np.outer(loadings, loadings) * off
        curvature = product - residual(loadings) + np.diag(off @ loadings**2)
        return np.asarray(2 * curvature, dtype=np.float64)

    values, vectors = np.linalg.eigh(r)
    start = cast("Vector", vectors[:, -1] * np.sqrt(values[-1]))
    fit = optimize.minimize(
        loss, start, jac=gradient, hess=hessian, method="trust-exact", options={"gtol": 1e-12}
    )
    found = np.asarray(fit.x, dtype=np.float64)
    return -found if found.sum() < 0 else found


def _omega_forms(common: FloatArray, observed: FloatArray) -> dict[str, float | None]:
    """The three forms on one metric; None where the variance to divide by vanishes."""
    shared, seen = float(common.sum()), float(observed.sum())
    unique = float((np.diag(observed) - np.diag(common)).sum())
    least = 1e-12 * float(np.trace(observed))
    implied = shared + unique
    return {
        "model": shared / implied if implied > least else None,
        "observed": shared / seen if seen > least else None,
        "unique": 1 - unique / seen if seen > least else None,
    }
