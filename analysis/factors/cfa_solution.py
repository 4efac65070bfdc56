"""From the parameters of a factor model to what is reported, with standard errors by the delta method."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analysis.factors.cfa_structure import Parameters, Structure

if TYPE_CHECKING:
    from analysis._arrays import FloatArray
    from analysis.factors.cfa_fit import Fit, ScaledFit

_WIDTH = 1e-5  # of the differences that stand for derivatives, in the parameter's own unit


class Fitted(NamedTuple):
    """A model of one group whose factors have variance one; `reason` says why there is none.

    Attributes
    ----------
    n : rows
    fit, scaled : of the model
    vector : the group's parameters (`Structure.pack`)
    errors : (q, q) covariance matrix of the estimates, zero for fixed parameters
    seen : (k, k) covariance matrix that was fitted
    marks : codes
    """

    n: int
    fit: Fit
    reason: str | None = None
    vector: FloatArray = np.zeros(0)
    errors: FloatArray = np.zeros((0, 0))
    seen: FloatArray = np.zeros((0, 0))
    scaled: ScaledFit | None = None
    marks: tuple[str, ...] = ()


class Derived(NamedTuple):
    """Values and their standard errors; fixed values have none, 0."""

    value: FloatArray
    se: FloatArray


class Description(NamedTuple):
    """What is reported of the parameters of one group."""

    loadings: Derived
    standardized: Derived
    residuals: Derived
    factor_covariance: Derived
    factor_correlation: Derived
    omega: Derived


def describe(structure: Structure, fitted: Fitted, is_marked: bool) -> Description:
    """Raw and standardized parameters; with `is_marked` each factor has the unit of its first item.

    A factor points where most of its standardized loadings do, or its first item.
    """
    vector, errors = _oriented(structure, fitted, is_marked)

    def of(function: Callable[[Structure, Parameters], FloatArray]) -> Derived:
        return _with_errors(lambda own: function(structure, structure.unpack(own)), vector, errors)

    return Description(
        loadings=of(_marked_loadings if is_marked else _loadings),
        standardized=of(_standardized),
        residuals=of(lambda _, own: own.residuals),
        factor_covariance=of(_marked_covariance if is_marked else lambda _, own: own.factor_covariance),
        factor_correlation=of(lambda _, own: own.factor_covariance),
        omega=of(_omega),
    )


def omega_observed(structure: Structure, loadings: FloatArray, seen: FloatArray) -> FloatArray:
    """(m,) share of the variance seen in the sum of a factor's items that is due to the factor.

    `loadings` (k, m) are those of factors of variance one.
    """
    belongs = structure.belongs
    total = np.diag(belongs.T @ seen @ belongs)
    return np.asarray(loadings.sum(axis=0) ** 2 / total)


def average_variance_extracted(structure: Structure, loadings: FloatArray, seen: FloatArray) -> FloatArray:
    """(m,) share of the variance of a factor's items that is due to it (Fornell & Larcker 1981)."""
    return np.asarray((loadings**2).sum(axis=0) / (structure.belongs.T @ np.diag(seen)))


def _oriented(structure: Structure, fitted: Fitted, is_marked: bool) -> tuple[FloatArray, FloatArray]:
    own = structure.unpack(fitted.vector)
    standardized = _standardized(structure, own)
    direction = own.loadings[structure.markers] if is_marked else standardized.sum(axis=0)
    sign = np.where(direction < 0, -1.0, 1.0)
    k = structure.n_items
    turn = structure.pack(
        Parameters(sign[structure.factor_of], np.ones(k), np.outer(sign, sign), np.ones(k), sign)
    )
    return fitted.vector * turn, fitted.errors * np.outer(turn, turn)


def _with_errors(function: Callable[[FloatArray], FloatArray], at: FloatArray, errors: FloatArray) -> Derived:
    unit = np.maximum(np.abs(at), np.sqrt(np.diag(errors)))
    steps = np.diag(_WIDTH * np.where(unit > 0, unit, 1.0))
    slopes = np.array([(function(at + step) - function(at - step)) / (2 * step.sum()) for step in steps])
    variance = np.einsum("q...,qr,r...->...", slopes, errors, slopes)
    return Derived(function(at), np.sqrt(np.maximum(variance, 0.0)))


def _loadings(structure: Structure, own: Parameters) -> FloatArray:
    return structure.belongs * own.loadings[:, np.newaxis]


def _marked_loadings(structure: Structure, own: Parameters) -> FloatArray:
    return _loadings(structure, own) / own.loadings[structure.markers]


def _marked_covariance(structure: Structure, own: Parameters) -> FloatArray:
    unit = own.loadings[structure.markers]
    return own.factor_covariance * np.outer(unit, unit)


def _standardized(structure: Structure, own: Parameters) -> FloatArray:
    sd = np.sqrt(own.loadings**2 + own.residuals)
    return _loadings(structure, own) / sd[:, np.newaxis]


def _omega(structure: Structure, own: Parameters) -> FloatArray:
    common = _loadings(structure, own).sum(axis=0) ** 2
    return np.asarray(common / (common + structure.belongs.T @ own.residuals))
