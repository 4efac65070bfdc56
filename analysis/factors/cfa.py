"""Confirmatory factor analysis: does each group of items measure one thing, and how well?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from analysis._arrays import FloatArray, as_matrix
from analysis._result import Result, outside
from analysis.factors.cfa_fit import Fit, ScaledFit
from analysis.factors.cfa_normal import fit_normal, from_moments, from_rows, from_rows_with_gaps
from analysis.factors.cfa_ordinal import fit_ordinal
from analysis.factors.cfa_solution import (
    Description,
    Fitted,
    average_variance_extracted,
    describe,
    omega_observed,
)
from analysis.factors.cfa_structure import Structure, as_structure
from analysis.moments import ItemMoments, few_rows

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["Cfa", "Fit", "ScaledFit", "cfa"]

Estimator = Literal["ml", "mlr", "wlsmv"]
Identification = Literal["variance", "marker"]

_METHODS = {
    "ml": "maximum likelihood, standard errors from the expected information",
    "fiml": "maximum likelihood from all answers, standard errors from the observed information",
    "mlr": "maximum likelihood, sandwich standard errors and scaled test (MLR)",
    "wlsmv": "polychoric correlations, diagonally weighted least squares, scaled and shifted test (WLSMV)",
}
_ENOUGH = 200
_ROWS_PER_PARAMETER = 5


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Cfa(Result):
    """A factor model with simple structure; `estimate` is the RMSEA and `ci` its 90 % interval.

    Matrices of loadings are (k, m), items by factors, zero where an item does not load; standard
    errors of fixed values are zero. Items stand in the order in which `factors` names them.

    Attributes
    ----------
    factors : (m,) names
    columns : (k,) of the table of answers
    fit : indices of fit; `fit.df` is told even where nothing could be estimated
    scaled_fit : of MLR and WLSMV; then it gives `estimate`
    loadings, loadings_se : raw
    standardized, standardized_se : with items and factors of variance one
    residual_variances, residual_variances_se : (k,); below zero is a Heywood case
    factor_covariance, factor_covariance_se : (m, m)
    factor_correlation, factor_correlation_se : (m, m)
    omega, omega_se : (m,) omega total of each factor's items, from the model (McDonald 1999)
    omega_observed : (m,) with the variance of the sum that was seen below the line
    average_variance_extracted : (m,)
    """

    factors: tuple[str, ...]
    columns: tuple[int, ...]
    fit: Fit
    scaled_fit: ScaledFit | None = None
    loadings: FloatArray | None = None
    loadings_se: FloatArray | None = None
    standardized: FloatArray | None = None
    standardized_se: FloatArray | None = None
    residual_variances: FloatArray | None = None
    residual_variances_se: FloatArray | None = None
    factor_covariance: FloatArray | None = None
    factor_covariance_se: FloatArray | None = None
    factor_correlation: FloatArray | None = None
    factor_correlation_se: FloatArray | None = None
    omega: FloatArray | None = None
    omega_se: FloatArray | None = None
    omega_observed: FloatArray | None = None
    average_variance_extracted: FloatArray | None = None


def cfa(
    items: ArrayLike | ItemMoments,
    factors: Mapping[str, Sequence[int]] | None = None,
    *,
    estimator: Estimator = "ml",
    identification: Identification = "variance",
    missing: Literal["listwise", "fiml"] = "listwise",
) -> Cfa:
    """Confirmatory factor analysis in which each item belongs to one factor and factors may correlate.

    Sigma = Lambda Psi Lambda' + Theta is fitted by the normal likelihood with covariances of divisor n
    (Joreskog 1969), chi-square = n F. With "mlr" errors and test hold for answers that are not normal
    (Yuan & Bentler 2000); "wlsmv" takes the answers as ordered (Muthen, du Toit & Spisic 1997) and its
    omega speaks of the latent responses: `categorical_omega` is that of the sum. "fiml" uses rows with
    gaps, which may depend on what was answered but not on what was not (MAR).

    A factor of two items must correlate with others. With three items of one factor there is no test
    (`no_degrees_of_freedom`). Fewer than 200 rows or 5 rows per parameter set `few_rows`.

    Parameters
    ----------
    items : (n, columns) answers (NaN = missing), or their moments with "ml"
    factors : name of each factor -> its columns; without it all columns are of one factor
    estimator : "ml", "mlr" or "wlsmv"
    identification : unit of a factor: "variance" one, or that of its first item ("marker"); fit and
        standardized values are the same
    missing : rows with gaps: "listwise", or "fiml" with "ml"

    Returns
    -------
    Cfa

    Raises
    ------
    ValueError : wrong shape, columns that do not exist or are in two factors, unknown or
        unfitting options

    Examples
    --------
    >>> x = [[4, 3, 4, 2], [2, 2, 1, 2], [5, 4, 4, 3], [3, 3, 4, 5], [1, 2, 2, 1], [4, 5, 5, 4], [2, 1, 3, 3]]
    >>> model = cfa(x)
    >>> model.fit.df, model.standardized.round(2).ravel().tolist()
    (2, [0.87, 0.86, 0.89, 0.6])
    """
    _check(items, estimator, identification, missing)
    mean = items.mean if isinstance(items, ItemMoments) else as_matrix(items, "items")
    structure = as_structure(factors, mean.shape[-1])
    fitted = _fit(items, structure, estimator, missing)
    method = f"confirmatory factor analysis, {_METHODS[missing if missing == 'fiml' else estimator]}"
    if fitted.reason:
        return Cfa(
            estimate=None,
            n=fitted.n,
            method=method,
            warnings=(fitted.reason,),
            factors=structure.names,
            columns=tuple(structure.columns.tolist()),
            fit=fitted.fit,
        )
    return _result(structure, fitted, method, identification == "marker")


def _check(items: ArrayLike | ItemMoments, estimator: str, identification: str, missing: str) -> None:
    if estimator not in ("ml", "mlr", "wlsmv"):
        raise ValueError("estimator: must be 'ml', 'mlr' or 'wlsmv'")
    if identification not in ("variance", "marker"):
        raise ValueError("identification: must be 'variance' or 'marker'")
    if missing not in ("listwise", "fiml"):
        raise ValueError("missing: must be 'listwise' or 'fiml'")
    if missing == "fiml" and estimator != "ml":
        raise ValueError("missing: 'fiml' goes with the estimator 'ml' only")
    if isinstance(items, ItemMoments) and (estimator, missing) != ("ml", "listwise"):
        raise ValueError("items: moments go with the estimator 'ml' and complete rows only")


def _fit(items: ArrayLike | ItemMoments, structure: Structure, estimator: Estimator, missing: str) -> Fitted:
    columns = structure.columns
    if isinstance(items, ItemMoments):
        inner = items.covariance[np.ix_(columns, columns)]
        part = ItemMoments(items.n, items.mean[columns], inner, items.missing)
        fitted = fit_normal(structure, from_moments(part), "expected")
        return fitted._replace(marks=("pairwise_moments",) if items.missing == "pairwise" else ())
    x = as_matrix(items, "items")[:, columns]
    if estimator == "wlsmv":
        return fit_ordinal(structure, x)
    if missing == "fiml":
        return fit_normal(structure, from_rows_with_gaps(x), "observed")
    return fit_normal(structure, from_rows(x), "robust" if estimator == "mlr" else "expected")


def _result(structure: Structure, fitted: Fitted, method: str, is_marked: bool) -> Cfa:
    found = describe(structure, fitted, is_marked)
    unit = describe(structure, fitted, is_marked=False).loadings.value
    led = fitted.scaled or fitted.fit
    without_test = fitted.fit.df == 0
    return Cfa(
        estimate=None if without_test else led.rmsea,
        ci=None if without_test else led.rmsea_ci,
        n=fitted.n,
        method=method,
        warnings=(*_marks(structure, fitted, found), *outside(led.rmsea, led.rmsea_ci)),
        factors=structure.names,
        columns=tuple(structure.columns.tolist()),
        fit=fitted.fit,
        scaled_fit=fitted.scaled,
        loadings=found.loadings.value,
        loadings_se=found.loadings.se,
        standardized=found.standardized.value,
        standardized_se=found.standardized.se,
        residual_variances=found.residuals.value,
        residual_variances_se=found.residuals.se,
        factor_covariance=found.factor_covariance.value,
        factor_covariance_se=found.factor_covariance.se,
        factor_correlation=found.factor_correlation.value,
        factor_correlation_se=found.factor_correlation.se,
        omega=found.omega.value,
        omega_se=found.omega.se,
        omega_observed=omega_observed(structure, unit, fitted.seen),
        average_variance_extracted=average_variance_extracted(structure, unit, fitted.seen),
    )


def _marks(structure: Structure, fitted: Fitted, found: Description) -> tuple[str, ...]:
    few = max(_ENOUGH, _ROWS_PER_PARAMETER * fitted.fit.n_parameters)
    marks = {
        "no_degrees_of_freedom": fitted.fit.df == 0,
        "heywood": bool((found.residuals.value < -1e-9).any()),
        "improper_factor_covariance": bool(np.linalg.eigvalsh(found.factor_correlation.value)[0] < -1e-9),
        "check_keys": bool((found.standardized.value < -1e-9).any()),
        "few_rows": bool(few_rows(fitted.n, few)),
    }
    return (*fitted.marks, *(mark for mark, is_set in marks.items() if is_set))
