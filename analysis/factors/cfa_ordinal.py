"""Factor models of ordered answers: polychoric correlations by diagonally weighted least squares."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analysis.factors.cfa_estimation import Point, maximise
from analysis.factors.cfa_fit import (
    ChiSquare,
    Fit,
    ScaledFit,
    comparative_fit,
    p_value,
    rmsea,
    rmsea_interval,
    srmr,
)
from analysis.factors.cfa_solution import Fitted
from analysis.factors.cfa_structure import Plan, Structure, freedom, plan, start
from analysis.factors.pair_tables import as_codes_of_options
from analysis.factors.polychoric import (
    BOUND,
    Pairs,
    Prepared,
    correlation_matrix,
    pair_marks,
    prepare,
    solve_pairs,
)

if TYPE_CHECKING:
    from analysis._arrays import FloatArray, IntArray

_ROWS_AT_ONCE = 16_384


class LeastSquares(NamedTuple):
    """The solution of least squares on the polychoric correlations.

    Attributes
    ----------
    vector : (q,) parameters, with residual variances that bring each item to variance one
    slope : (pairs, free) derivative of the implied correlations
    squares : sum of squared residuals over their variances
    reason : why there is no solution
    """

    vector: FloatArray
    slope: FloatArray
    squares: float
    reason: str | None = None


@dataclass(frozen=True, eq=False)
class _Closeness:
    """Half the sum of squares with its sign turned, so that the best is the largest; an `Objective`."""

    structure: Structure
    model: Plan
    pairs: Pairs

    def at(self, free: FloatArray) -> Point:
        own = self.model.own(free, 0)
        implied = self.structure.implied(own)[1][self.pairs.first, self.pairs.second]
        residual = (self.pairs.r - implied) / self.pairs.variance
        loss = float((residual**2 * self.pairs.variance).sum() / 2)
        return Point(-loss, residual @ _slope(self.structure, self.model, self.pairs, own))

    def information(self, free: FloatArray) -> FloatArray:
        slope = _slope(self.structure, self.model, self.pairs, self.model.own(free, 0))
        return np.asarray((slope.T / self.pairs.variance) @ slope)


def fit_ordinal(structure: Structure, x: FloatArray) -> Fitted:
    """Weighted least squares with mean- and variance-adjusted test (WLSMV) on complete rows.

    Minimises the squared residual correlations, each over its variance (Muthen, du Toit & Spisic 1997),
    with robust errors and a scaled and shifted test (Asparouhov & Muthen 2010); as in lavaan, n - 1
    multiplies the discrepancy.
    """
    ready = prepare(x, "listwise")
    n, k = ready.tables.n, structure.n_items
    n_free = _plan(structure).n_free
    df = k * (k - 1) // 2 - n_free
    refused = partial(Fitted, n, Fit(chi2=None, df=df, n_parameters=n_free))
    reason = _no_ordinal_model(ready, k) or ("not_identified" if df < 0 else None)
    if reason:
        return refused(reason)
    pairs = solve_pairs(ready.tables, ready.items)
    found = least_squares(structure, pairs)
    if found.reason:
        return refused(found.reason)
    gamma = _joint_variance(pairs, as_codes_of_options(x, "listwise")[0])
    fit, scaled = _fits(structure, pairs, found, gamma, n)
    marks = (*ready.marks, *pair_marks(pairs))
    errors = _errors(structure, pairs, found, gamma / n)
    return Fitted(n, fit, None, found.vector, errors, correlation_matrix(pairs), scaled, marks)


def least_squares(structure: Structure, pairs: Pairs) -> LeastSquares:
    """Loadings and factor correlations that come nearest to the polychoric correlations."""
    model = _plan(structure)
    correlations = correlation_matrix(pairs)
    unit = start(structure, np.zeros(structure.n_items), correlations)
    nothing = LeastSquares(unit, np.zeros((len(pairs.r), model.n_free)), np.nan)
    if (np.abs(pairs.r) >= BOUND).any():  # no variance to weight by
        return nothing._replace(reason="boundary_correlation")
    solution = maximise(_Closeness(structure, model, pairs), model.gather(unit[np.newaxis]))
    if solution.reason:
        return nothing._replace(reason=solution.reason)
    own = structure.unpack(model.own(solution.free, 0))
    vector = structure.pack(own._replace(residuals=1 - own.loadings**2))
    return LeastSquares(vector, _slope(structure, model, pairs, vector), -2 * solution.value)


def _no_ordinal_model(ready: Prepared, k: int) -> str | None:
    if ready.tables.n <= k:
        return "too_few_rows"
    if len(ready.items) < k:
        return "unanswered_item" if "unanswered_item_dropped" in ready.marks else "constant_item"
    return ready.reason


def _plan(structure: Structure) -> Plan:
    """Loadings and factor correlations are free; residual variances follow from the loadings."""
    free = freedom(structure, intercepts=False, unit_variances=True, factor_means=False)
    free[structure.slices["residuals"]] = False
    unit = structure.unit(np.zeros(structure.n_items))
    return plan(free[np.newaxis], np.zeros(len(free), dtype=np.bool_), unit[np.newaxis])


def _slope(structure: Structure, model: Plan, pairs: Pairs, own: FloatArray) -> FloatArray:
    slope = structure.slopes(own)[1][:, pairs.first, pairs.second]
    return np.asarray((model.spread(0) @ slope).T)


def _joint_variance(pairs: Pairs, codes: IntArray) -> FloatArray:
    """(pairs, pairs) n times the covariance matrix of the correlations, from each row's influence."""
    total = np.zeros((len(pairs.r), len(pairs.r)))
    every = np.arange(len(pairs.r))
    for begin in range(0, len(codes), _ROWS_AT_ONCE):
        part = codes[begin : begin + _ROWS_AT_ONCE]
        influence = pairs.influence[every, part[:, pairs.first], part[:, pairs.second]]
        total += influence.T @ influence
    return total / len(codes)


def _fits(
    structure: Structure, pairs: Pairs, found: LeastSquares, gamma: FloatArray, n: int
) -> tuple[Fit, ScaledFit]:
    weight = 1 / (n * pairs.variance)
    bread = np.linalg.inv(found.slope.T * weight @ found.slope)
    left = np.diag(weight) - weight[:, np.newaxis] * found.slope @ bread @ found.slope.T * weight
    share = (n - 1) / n  # of both sums of squares
    n_free = found.slope.shape[1]
    test = ChiSquare(share * found.squares, len(weight) - n_free)
    baseline = ChiSquare(share * float((pairs.r**2 / pairs.variance).sum()), len(weight))
    cfi, tli = comparative_fit(test, baseline)
    fit = Fit(
        chi2=test.chi2,
        df=test.df,
        p=p_value(test),
        cfi=cfi,
        tli=tli,
        rmsea=rmsea(test, n - 1),
        rmsea_ci=rmsea_interval(test, n - 1),
        srmr=srmr(correlation_matrix(pairs), structure.implied(found.vector)[1]),
        n_parameters=n_free,
    )
    return fit, _scaled_fit(test, baseline, left @ gamma, weight[:, np.newaxis] * gamma, n)


def _scaled_fit(
    test: ChiSquare, baseline: ChiSquare, left: FloatArray, all_left: FloatArray, n: int
) -> ScaledFit:
    scale, shift = _adjustment(left, test.df)
    base_scale, base_shift = _adjustment(all_left, baseline.df)
    scaled = ChiSquare(test.chi2 * scale + shift, test.df)
    cfi, tli = comparative_fit(scaled, ChiSquare(baseline.chi2 * base_scale + base_shift, baseline.df))
    return ScaledFit(
        chi2=scaled.chi2,
        df=test.df,
        p=p_value(scaled),
        scaling=1 / scale,
        shift=shift,
        cfi=cfi,
        tli=tli,
        rmsea=rmsea(scaled, n - 1),
        rmsea_ci=rmsea_interval(scaled, n - 1),
    )


def _adjustment(left: FloatArray, df: int) -> tuple[float, float]:
    """Factor and shift that give the test the mean and variance of a chi-square with df."""
    if df == 0:
        return 1.0, 0.0
    mean, spread = float(np.trace(left)), float(np.trace(left @ left))
    return float(np.sqrt(df / spread)), float(df - np.sqrt(df * mean**2 / spread))


def _errors(structure: Structure, pairs: Pairs, found: LeastSquares, variance: FloatArray) -> FloatArray:
    """Sandwich of the free parameters, handed on to the residual variances."""
    weighted = found.slope / pairs.variance[:, np.newaxis]
    bread = np.linalg.inv(weighted.T @ found.slope)
    own = bread @ weighted.T @ variance @ weighted @ bread
    model, at = _plan(structure), structure.slices
    spread = model.spread(0).T
    spread[at["residuals"]] = -2 * found.vector[at["loadings"], np.newaxis] * spread[at["loadings"]]
    return np.asarray(spread @ own @ spread.T)
