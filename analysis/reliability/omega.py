"""McDonald's omega from one factor."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from analysis._arrays import check_confidence
from analysis._result import Result
from analysis.factors.extraction import minres
from analysis.moments import (
    ItemMoments,
    Missing,
    as_moments,
    correlations,
    few_rows,
    is_indefinite,
    no_coefficient,
    rows_used,
    usable_items,
)
from analysis.reliability.errors import NORMAL, grouped_rows, log_interval, normal_error, robust_error

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from analysis._arrays import FloatArray, IntArray
    from analysis.reliability.errors import GroupedRows

Metric = Literal["raw", "standardized"]
Form = Literal["model", "observed", "unique"]
_FORMS: tuple[Form, ...] = ("model", "observed", "unique")
_OMEGA = (
    "McDonald's omega total, one factor by minres on the correlations, {missing}; "
    "estimate: {estimate}; other forms named beside it; interval: delta method on ln(1 - omega), {error}"
)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Omega(Result):
    """McDonald's omega total of one factor, in six named forms.

    "raw" speaks of the sum (or mean) of the items as they are, "standardized" of items brought to
    one spread. With G the variance due to the factor, U the unique variance and V the variance
    that was seen: "model" is G/(G+U), "observed" is G/V, "unique" is 1 - U/V (psych's omega.tot).
    `ci` and `se` are those of `estimate`; None in a Heywood case, whose solution lies on a bound.

    Attributes
    ----------
    raw_model, raw_observed, raw_unique : of the items as they are
    standardized_model, standardized_observed, standardized_unique : of items with one spread
    loadings : (k,) on the correlation metric, or None
    uniquenesses : (k,) 1 - loading²; an item on its bound is a Heywood case, flagged
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
    metric: Metric = "standardized",
    form: Form = "unique",
    robust: bool = False,
    groups: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Omega:
    """McDonald's omega total from one factor fitted by minres.

    Loadings l minimise the squared off-diagonal residuals of the correlations (Harman & Jones 1966);
    raw loadings are L = s l and raw unique variances U = s² (1 - l²). model: (sum L)² / ((sum L)² +
    sum U); observed: (sum L)² / 1'S1; unique: 1 - sum U / 1'S1 (McDonald 1999; the last, standardized,
    is what psych calls omega.tot: hence the default). Two items are given equal loadings.

    Error: delta method through the normal equations of minres, for normal items and independent rows,
    which is too small for skewed items and for raters nested in subjects; `robust` and `groups` assume
    neither (formulas in `analysis.reliability.errors`). Interval: on ln(1 - omega), turned back.

    Parameters
    ----------
    items : (n, k) answers, or their moments
    missing : rows with gaps; with "pairwise" the interval still counts complete rows only
    metric, form : which of the six forms is the `estimate`
    robust : the error from the rows themselves, without assuming normal items
    groups : (n,) what each row belongs to (the subject that was rated); makes the error robust
    confidence : share of the interval

    Returns
    -------
    Omega

    Raises
    ------
    ValueError : wrong shape, unknown metric, form or rule; a robust error asked of moments

    Examples
    --------
    >>> rows = [[1, 2, 2], [2, 2, 3], [3, 3, 2], [4, 5, 4], [5, 4, 5], [3, 3, 4], [2, 1, 2], [4, 4, 3]]
    >>> mcdonald_omega(rows)
    <Omega 0.9092 [0.6891, 0.9735], n = 8 (few_rows)>
    """
    _check(metric, form)
    tail = check_confidence(confidence)
    rows = grouped_rows(items, groups) if robust or groups is not None else None
    moments = as_moments(items, missing)
    kept, marks = usable_items(moments, "drop")
    error = NORMAL if rows is None else rows.method
    method = _OMEGA.format(missing=rows_used(moments), estimate=f"{metric}, {form} form", error=error)
    reason = no_coefficient(moments, kept) or ("indefinite" if is_indefinite(moments, kept) else None)
    if reason:
        return Omega(estimate=None, n=moments.n, method=method, warnings=(reason, *marks), n_items=len(kept))
    found = _solved(moments, kept, rows, (metric, form), method)
    return replace(
        found,
        ci=log_interval(found.estimate, found.se, tail),
        warnings=(*found.warnings, *marks, *few_rows(moments.n, 50)),
    )


def _solved(
    moments: ItemMoments, kept: IntArray, rows: GroupedRows | None, figure: tuple[Metric, Form], method: str
) -> Omega:
    """The factor, the forms, and the error of the one asked for."""
    metric, form = figure
    s, r = moments.covariance[np.ix_(kept, kept)], correlations(moments, kept)
    factor = one_factor(r)
    raw, standardized = _forms(factor, s), _forms(factor, r)
    estimate = (raw if metric == "raw" else standardized)[form]
    slopes = None if estimate is None else _derivatives(factor, s, r, metric, form)
    se = normal_error(slopes, s, moments.n) if rows is None else robust_error(slopes, rows, kept)
    vanishing = () if estimate is not None else ("no_variance_in_total",)
    return Omega(
        estimate=estimate,
        se=se,
        n=moments.n,
        method=method,
        warnings=(*vanishing, *factor.marks),
        raw_model=raw["model"],
        raw_observed=raw["observed"],
        raw_unique=raw["unique"],
        standardized_model=standardized["model"],
        standardized_observed=standardized["observed"],
        standardized_unique=standardized["unique"],
        loadings=factor.loadings,
        uniquenesses=1 - np.diag(factor.common),
        n_items=len(kept),
    )


def _check(metric: str, form: str) -> None:
    if metric not in ("raw", "standardized"):
        raise ValueError("metric: must be 'raw' or 'standardized'")
    if form not in _FORMS:
        raise ValueError("form: must be 'model', 'observed' or 'unique'")


class OneFactor(NamedTuple):
    """Common part of the correlations, the loadings if they are real, and marks about the fit."""

    common: FloatArray
    loadings: FloatArray | None
    marks: tuple[str, ...]


def one_factor(r: FloatArray) -> OneFactor:
    """One factor of the correlations; of two items with equal loadings."""
    if len(r) == 2:
        common = np.full((2, 2), r[0, 1])
        if r[0, 1] < 0:
            return OneFactor(common, None, ("two_items_equal_loadings", "check_keys"))
        return OneFactor(common, np.full(2, np.sqrt(r[0, 1])), ("two_items_equal_loadings",))
    found = minres(r, 1)
    loadings = found.loadings[:, 0]
    improper = ("heywood",) if found.at_bound.any() else ()
    turned = ("check_keys",) if (loadings < -1e-9).any() else ()
    return OneFactor(np.outer(loadings, loadings), loadings, (*improper, *turned))


def _forms(factor: OneFactor, observed: FloatArray) -> dict[Form, float | None]:
    """The three forms on one metric; None where the variance to divide by vanishes."""
    shared, unique, seen = _variances(factor, observed)
    least = 1e-12 * float(np.trace(observed))
    implied = shared + unique
    return {
        "model": shared / implied if implied > least else None,
        "observed": shared / seen if seen > least else None,
        "unique": 1 - unique / seen if seen > least else None,
    }


def _variances(factor: OneFactor, observed: FloatArray) -> tuple[float, float, float]:
    """Variance of the sum due to the factor, the unique variance, and the variance seen."""
    sd = np.sqrt(np.diag(observed))
    common = factor.common * np.outer(sd, sd)
    return float(common.sum()), float((np.diag(observed) - np.diag(common)).sum()), float(observed.sum())


def _derivatives(
    factor: OneFactor, s: FloatArray, r: FloatArray, metric: Metric, form: Form
) -> FloatArray | None:
    """Symmetric D with d omega = sum over i, j of D_ij dS_ij; None where loadings are not determined."""
    loadings, off, spread = factor.loadings, 1 - np.eye(len(r)), np.sqrt(np.diag(s))
    if loadings is None or "heywood" in factor.marks:
        return None
    by_equations = _loading_slopes(loadings, r)
    if by_equations is None:
        return None
    sd = spread if metric == "raw" else np.ones(len(r))
    to_shared, to_unique, to_seen = _partials(form, *_variances(factor, s if metric == "raw" else r))
    total = float(sd @ loadings)
    moved = by_equations @ (2 * to_shared * total * sd - 2 * to_unique * sd**2 * loadings)
    by_r = off * (np.outer(moved, loadings) + np.outer(loadings, moved)) / 2
    if metric == "standardized":
        by_r += to_seen * off
    by_s = by_r / np.outer(spread, spread) - np.diag((by_r * r).sum(axis=1) / spread**2)
    if metric == "raw":
        by_sd = 2 * to_shared * total * loadings + 2 * to_unique * sd * (1 - loadings**2)
        by_s += to_seen + np.diag(by_sd / (2 * sd))
    return np.asarray(by_s, dtype=np.float64)


def _loading_slopes(loadings: FloatArray, r: FloatArray) -> FloatArray | None:
    """(k, k): how the loadings move with the normal equations sum over j of (r_ij - l_i l_j) l_j = 0."""
    if len(r) == 2:  # equal loadings: l² = r
        return np.full((2, 2), 0.25 / r[0, 1]) if r[0, 1] > 0 else None
    off = 1 - np.eye(len(r))
    system = np.diag(off @ loadings**2) - off * (r - 2 * np.outer(loadings, loadings))
    if np.linalg.cond(system) > 1e10:
        return None
    return np.asarray(np.linalg.inv(system), dtype=np.float64)


def _partials(form: Form, shared: float, unique: float, seen: float) -> tuple[float, float, float]:
    """Derivatives of one form by the shared, the unique and the seen variance."""
    if form == "model":
        implied = (shared + unique) ** 2
        return unique / implied, -shared / implied, 0.0
    if form == "observed":
        return 1 / seen, 0.0, -shared / seen**2
    return 0.0, -1 / seen, unique / seen**2
