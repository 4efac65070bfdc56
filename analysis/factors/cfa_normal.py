"""Factor models of one group by normal likelihood: complete rows, rows with gaps, robust errors."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from analysis.factors.cfa_estimation import maximise, observed_information
from analysis.factors.cfa_fit import ChiSquare, Fit, likelihood_fit, srmr
from analysis.factors.cfa_likelihood import Likelihood
from analysis.factors.cfa_robust import with_robust_errors
from analysis.factors.cfa_samples import (
    Sample,
    independent_loglik,
    is_singular,
    patterns,
    saturated_loglik,
    saturated_with_gaps,
)
from analysis.factors.cfa_solution import Fitted
from analysis.factors.cfa_structure import Plan, Structure, freedom, plan, start
from analysis.moments import ItemMoments, item_moments

if TYPE_CHECKING:
    from analysis._arrays import FloatArray

Errors = Literal["expected", "observed", "robust"]


class Data(NamedTuple):
    """What a model is fitted to; `reason` says why it cannot be.

    Attributes
    ----------
    whole : means and covariances of all items, as estimated without a factor model
    samples : one of complete rows, or one for each pattern of gaps
    saturated, independent : log-likelihood with all covariances free, and with none
    rows : complete rows, where they were given
    """

    whole: Sample
    samples: Sequence[Sample]
    saturated: float = np.nan
    independent: float = np.nan
    rows: FloatArray = np.zeros((0, 0))
    reason: str | None = None

    @property
    def baseline(self) -> ChiSquare:
        """Test of the model of unrelated items."""
        k = len(self.whole.items)
        return ChiSquare(float(2 * (self.saturated - self.independent)), k * (k - 1) // 2)


def from_moments(moments: ItemMoments) -> Data:
    """Complete rows by their moments."""
    n, k = moments.n, len(moments.mean)
    whole = Sample(n, moments.mean, moments.covariance * (n - 1) / max(n, 1), np.arange(k))
    reason = no_covariance(moments)
    if reason:
        return Data(whole, [whole], reason=reason)
    return Data(whole, [whole], saturated_loglik(whole), independent_loglik([whole], k))


def from_rows(x: FloatArray) -> Data:
    """The complete rows of a table."""
    return from_moments(item_moments(x))._replace(rows=x[~np.isnan(x).any(axis=1)])


def from_rows_with_gaps(x: FloatArray) -> Data:
    """All rows with at least one answer."""
    k, samples = x.shape[1], patterns(x)
    n = sum(sample.n for sample in samples)
    nothing = Sample(n, np.full(k, np.nan), np.full((k, k), np.nan), np.arange(k))
    reason = _no_gapped_rows(x, n)
    found = None if reason else saturated_with_gaps(samples, k)
    if found is None:
        return Data(nothing, samples, reason=reason or "singular_covariance")
    return Data(found[0], samples, found[1], independent_loglik(samples, k))


def fit_normal(structure: Structure, data: Data, errors: Errors) -> Fitted:
    """Maximum likelihood; means are part of the model unless errors are the expected ones."""
    has_means, k = errors != "expected", structure.n_items
    model = _plan(structure, data.whole.mean, has_means)
    df = k * (k + 1) // 2 + has_means * k - model.n_free
    refused = partial(Fitted, data.whole.n, Fit(chi2=None, df=df, n_parameters=model.n_free))
    if data.reason or df < 0:
        return refused(data.reason or "not_identified")
    likelihood = Likelihood(structure, model, data.samples)
    begin = start(structure, data.whole.mean, data.whole.covariance)
    solution = maximise(likelihood, model.gather(begin[np.newaxis]))
    if solution.reason:
        return refused(solution.reason)
    curvature = solution.information
    if has_means:
        curvature = observed_information(likelihood, solution.free, curvature)
    if is_singular(curvature):
        return refused("not_identified")
    vector = model.own(solution.free, 0)
    fit = likelihood_fit(
        solution.value,
        data.saturated,
        data.baseline,
        n=data.whole.n,
        n_parameters=model.n_free,
        df=df,
        residual=_residual(structure, vector, data.whole, has_means),
    )
    errors_free = np.asarray(np.linalg.inv(curvature), dtype=np.float64)
    fitted = Fitted(data.whole.n, fit, None, vector, errors_free, data.whole.covariance)
    if errors == "robust":
        fitted = with_robust_errors(fitted, structure, model, data.whole, data.rows, data.baseline)
    spread = model.spread(0)
    return fitted._replace(errors=spread.T @ fitted.errors @ spread)


def no_covariance(moments: ItemMoments) -> str | None:
    """The reason why moments have no covariance matrix that a model could be fitted to."""
    own = np.diag(moments.covariance)
    if moments.n <= len(own):
        return "too_few_rows"
    if np.isnan(moments.mean).any():
        return "unanswered_item"
    if (own == 0).any():
        return "constant_item"
    if np.isnan(moments.covariance).any():
        return "pair_never_answered_together"
    return "singular_covariance" if is_singular(moments.covariance) else None


def _no_gapped_rows(x: FloatArray, n: int) -> str | None:
    present = ~np.isnan(x)
    if not present.any(axis=0).all():
        return "unanswered_item"
    if n <= x.shape[1]:
        return "too_few_rows"
    if (np.nanmax(x, axis=0) == np.nanmin(x, axis=0)).any():
        return "constant_item"
    together = present.T.astype(np.float64) @ present
    return "pair_never_answered_together" if (together == 0).any() else None


def _plan(structure: Structure, mean: FloatArray, has_means: bool) -> Plan:
    free = freedom(structure, intercepts=has_means, unit_variances=True, factor_means=False)
    return plan(free[np.newaxis], np.zeros(len(free), dtype=np.bool_), structure.unit(mean)[np.newaxis])


def _residual(structure: Structure, vector: FloatArray, whole: Sample, has_means: bool) -> float:
    mean, covariance = structure.implied(vector)
    return srmr(whole.covariance, covariance, whole.mean - mean if has_means else None)
