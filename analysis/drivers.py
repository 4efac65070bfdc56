"""Which elements matter most for an overall judgement, when they are correlated with each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis._arrays import as_matrix, as_vector, check_confidence
from analysis._result import Result

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from analysis._arrays import FloatArray

__all__ = ["RelativeWeights", "relative_weights"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RelativeWeights(Result):
    """How the explained variance is shared by correlated predictors; `estimate` is R².

    Attributes
    ----------
    weights : (k,) parts of R², none negative; NaN for a predictor that does not vary
    shares : (k,) the same as shares of R²
    low, high : (k,) bootstrap interval of the weights, or NaN
    """

    weights: FloatArray
    shares: FloatArray
    low: FloatArray
    high: FloatArray

    @property
    def order(self) -> list[int]:
        """Predictors from the largest weight down."""
        known = np.flatnonzero(~np.isnan(self.weights))
        return [int(place) for place in known[np.argsort(-self.weights[known], kind="stable")]]


def relative_weights(
    predictors: ArrayLike,
    outcome: ArrayLike,
    *,
    resamples: int = 1_000,
    seed: int = 1,
    confidence: float = 0.95,
) -> RelativeWeights:
    """Relative weights of correlated predictors.

    With R the predictors' correlations and L = R^(1/2), the predictors are replaced by the orthogonal
    variables nearest to them; b = L^-1 r are their weights for the outcome, and the weight of predictor j is
    sum_l L_jl² b_l². The weights add up to R².

    Parameters
    ----------
    predictors : (n, k) answers; rows with a gap are left out
    outcome : (n,) overall judgement
    resamples, seed : of the bootstrap over rows; 0 for none
    confidence : share of the intervals

    Returns
    -------
    RelativeWeights : reason `few_rows` with n <= k + 1, `no_variance` where the outcome does not vary,
        `collinear` where predictors determine each other; `constant_item` marks predictors left out

    Raises
    ------
    ValueError : lengths differ

    References
    ----------
    Johnson (2000), Multivariate Behavioral Research 35, equations 2 to 5; bootstrap: Tonidandel, LeBreton &
    Johnson (2009).

    Examples
    --------
    >>> rows = [[1, 2], [2, 1], [3, 4], [4, 3], [5, 5], [2, 4]]
    >>> relative_weights(rows, [1, 2, 3, 4, 5, 2], resamples=0).shares.round(2).tolist()
    [0.78, 0.22]
    """
    x = as_matrix(predictors, "predictors")
    y = as_vector(outcome, "outcome", len(x))
    tail = check_confidence(confidence)
    complete = ~np.isnan(x).any(axis=1) & ~np.isnan(y)
    x, y = x[complete], y[complete]
    method = "relative weights (Johnson 2000); interval: percentile bootstrap over rows"
    blank = np.full(x.shape[1], np.nan)
    varying = np.ptp(x, axis=0) > 0 if len(x) else np.zeros(x.shape[1], dtype=bool)
    marks = () if varying.all() else ("constant_item",)
    reason = _no_weights(x[:, varying], y)
    if reason:
        return RelativeWeights(
            estimate=None, n=len(x), method=method, warnings=(reason, *marks),
            weights=blank, shares=blank, low=blank, high=blank,
        )  # fmt: skip
    weights, low, high = blank.copy(), blank.copy(), blank.copy()
    weights[varying] = _weights(x[:, varying], y)
    if resamples:
        drawn = _bootstrap(x[:, varying], y, resamples, seed)
        low[varying], high[varying] = np.nanquantile(drawn, [tail, 1 - tail], axis=0)
    total = float(np.nansum(weights))
    return RelativeWeights(
        estimate=total, n=len(x), method=method, warnings=marks,
        weights=weights, shares=weights / total if total > 0 else blank, low=low, high=high,
    )  # fmt: skip


def _no_weights(x: FloatArray, y: FloatArray) -> str | None:
    if len(x) <= x.shape[1] + 1 or x.shape[1] == 0:
        return "few_rows"
    if np.ptp(y) == 0:
        return "no_variance"
    if np.linalg.matrix_rank(np.corrcoef(x, rowvar=False)) < x.shape[1]:
        return "collinear"
    return None


def _weights(x: FloatArray, y: FloatArray) -> FloatArray:
    r = np.atleast_2d(np.corrcoef(np.column_stack([x, y]), rowvar=False))
    values, vectors = np.linalg.eigh(r[:-1, :-1])
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    b = np.linalg.solve(root, r[:-1, -1])
    return np.asarray(root**2 @ b**2)


def _bootstrap(x: FloatArray, y: FloatArray, resamples: int, seed: int) -> FloatArray:
    random, drawn = np.random.default_rng(seed), np.full((resamples, x.shape[1]), np.nan)
    for turn in range(resamples):
        rows = random.integers(len(x), size=len(x))
        part, judged = x[rows], y[rows]
        if (np.ptp(part, axis=0) > 0).all() and _no_weights(part, judged) is None:
            drawn[turn] = _weights(part, judged)
    return drawn
