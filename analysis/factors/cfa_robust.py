"""Errors and tests of a factor model for answers that are not normal (MLR)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.factors.cfa_fit import ChiSquare, ScaledFit, comparative_fit, p_value, rmsea, rmsea_interval

if TYPE_CHECKING:
    from analysis._arrays import FloatArray
    from analysis.factors.cfa_samples import Sample
    from analysis.factors.cfa_solution import Fitted
    from analysis.factors.cfa_structure import Plan, Structure

_ROWS_AT_ONCE = 2_048


def with_robust_errors(
    fitted: Fitted, structure: Structure, model: Plan, whole: Sample, rows: FloatArray, baseline: ChiSquare
) -> Fitted:
    """Sandwich errors (Huber 1967; White 1982) and the scaled test in place of the normal ones.

    `fitted.errors` is the inverse of the observed information. The scaling factor is
    (tr(A1^-1 B1) - tr(A0^-1 B0)) / df, A the information and B the mean product of the rows' scores,
    of the unrestricted (1) and the factor model (0) (Yuan & Bentler 2000, in the form of Asparouhov &
    Muthen 2005); that of the baseline model likewise.
    """
    spread = model.spread(0)
    mean, covariance = structure.implied(fitted.vector)
    mean_slope, slope = structure.slopes(fitted.vector)
    products = _score_products(
        rows, mean, covariance, spread @ mean_slope, np.tensordot(spread, slope, axes=1)
    )
    unrestricted = _unrestricted_trace(rows, whole)
    used = float((fitted.errors * products).sum())
    scaling = (unrestricted - used) / fitted.fit.df if fitted.fit.df else 1.0
    test = ChiSquare(fitted.fit.chi2 or 0.0, fitted.fit.df, scaling)
    base_scaling = (unrestricted - _independent_trace(rows, whole)) / baseline.df
    sandwich = fitted.errors @ products @ fitted.errors
    return fitted._replace(
        errors=sandwich, scaled=_scaled_fit(test, baseline._replace(scaling=base_scaling), whole.n)
    )


def _score_products(
    rows: FloatArray, mean: FloatArray, covariance: FloatArray, mean_slope: FloatArray, slope: FloatArray
) -> FloatArray:
    """(free, free) sum over rows of the products of their scores."""
    precision = np.linalg.inv(covariance)
    level = np.tensordot(slope, precision, axes=2)
    total = np.zeros((len(slope), len(slope)))
    for first in range(0, len(rows), _ROWS_AT_ONCE):
        pull = (rows[first : first + _ROWS_AT_ONCE] - mean) @ precision
        bend = np.einsum("ni,tij,nj->nt", pull, slope, pull, optimize=True)
        score = pull @ mean_slope.T + (bend - level) / 2
        total += score.T @ score
    return total


def _unrestricted_trace(rows: FloatArray, whole: Sample) -> float:
    """tr(A1^-1 B1) from the fourth power of the rows' Mahalanobis distances."""
    centred = rows - whole.mean
    square = np.einsum("ni,ni->n", centred @ np.linalg.inv(whole.covariance), centred)
    return float(((square**2).mean() + len(whole.items)) / 2)


def _independent_trace(rows: FloatArray, whole: Sample) -> float:
    """tr(A0^-1 B0) of means and variances of unrelated items: each item's own kurtosis."""
    fourth = ((rows - whole.mean) ** 4).mean(axis=0) / np.diag(whole.covariance) ** 2
    return float(((fourth - 1) / 2 + 1).sum())


def _scaled_fit(test: ChiSquare, baseline: ChiSquare, n: int) -> ScaledFit:
    cfi, tli = comparative_fit(test, baseline)
    return ScaledFit(
        chi2=test.chi2 / test.scaling,
        df=test.df,
        p=p_value(test),
        scaling=test.scaling,
        shift=0.0,
        cfi=cfi,
        tli=tli,
        rmsea=rmsea(test, n),
        rmsea_ci=rmsea_interval(test, n),
    )
