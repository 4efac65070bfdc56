"""Which elements matter most for an overall judgement, when they are correlated with each other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from analysis._arrays import (
    BoolArray,
    FloatArray,
    IntArray,
    as_floats,
    as_matrix,
    as_vector,
    as_whole,
    check_confidence,
    check_symmetric,
)
from analysis._result import Result
from analysis.moments import few_rows, item_moments, to_correlation

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = [
    "RelativeWeights",
    "relative_weights",
    "relative_weights_of_covariances",
    "weights_in_own_mean",
]

_ENOUGH = 50  # rows without the mark `few_rows`
_BATCH = 4_000_000  # counts of resampled rows at a time
_COLLINEAR = 1e-10  # least eigenvalue of correlations that have an inverse
_METHOD = "relative weights (Johnson 2000); intervals: {intervals}; of R²: delta method"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RelativeWeights(Result):
    """How the explained variance is shared by correlated predictors; `estimate` is R².

    Attributes
    ----------
    weights : (k,) parts of R², none negative; NaN for a predictor that does not vary
    shares : (k,) the same as shares of R²
    errors : (k,) standard errors of the weights
    low, high : (k,) intervals of the weights; NaN without resamples
    """

    weights: FloatArray
    shares: FloatArray
    errors: FloatArray
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

    With R the predictors' correlations, r those with the outcome and L = R^(1/2), the predictors are
    replaced by the orthogonal variables nearest to them; b = L^-1 r are their weights for the outcome, and
    the weight of predictor j is sum_l L_jl² b_l². The weights add up to R².

    Parameters
    ----------
    predictors : (n, k) answers; rows with a gap are left out
    outcome : (n,) overall judgement
    resamples, seed : of the percentile bootstrap over rows; 0 for none. The order of the rows does not
        matter
    confidence : share of the intervals

    Returns
    -------
    RelativeWeights : reason `too_few_rows` with n <= k + 1, `no_variance` where the outcome or no predictor
        varies, `collinear_items` where predictors determine each other. Marks: `constant_item_dropped`,
        `few_rows` (under 50), `draws_without_variance`

    Raises
    ------
    ValueError : lengths differ, resamples below 0

    References
    ----------
    Johnson (2000), Multivariate Behavioral Research 35, equations 2 to 5; bootstrap: Tonidandel, LeBreton &
    Johnson (2009), Psychological Methods 14.

    Examples
    --------
    >>> rows = [[1, 2], [2, 1], [3, 4], [4, 3], [5, 5], [2, 4]]
    >>> relative_weights(rows, [1, 2, 3, 4, 5, 2], resamples=0).shares.round(2).tolist()
    [0.78, 0.22]
    """
    x = as_matrix(predictors, "predictors")
    table = np.column_stack([x, as_vector(outcome, "outcome", len(x))])
    table = table[~np.isnan(table).any(axis=1)]
    if resamples < 0:
        raise ValueError("resamples: must not be negative")
    varying = np.ptp(table, axis=0) > 0 if len(table) else np.zeros(table.shape[1], dtype=np.bool_)
    covariance = np.where(np.outer(varying, varying), item_moments(table).covariance, 0.0)
    found = relative_weights_of_covariances(covariance, len(table), confidence=confidence)
    kind = f"percentile bootstrap over rows, {resamples} resamples" if resamples else "none"
    found = replace(found, method=_METHOD.format(intervals=kind))
    if found.estimate is None:
        return found
    if not resamples:
        return replace(found, low=np.full(x.shape[1], np.nan), high=np.full(x.shape[1], np.nan))
    return _with_bootstrap(found, table[:, varying], varying[:-1], resamples, seed, confidence)


def relative_weights_of_covariances(
    covariances: ArrayLike, n: int, *, confidence: float = 0.95
) -> RelativeWeights:
    """The same from covariances or correlations, for instance of a vault.

    Errors by the delta method from the large-sample covariances of the correlations of normal variables.

    Parameters
    ----------
    covariances : (k + 1, k + 1) of the predictors and, in the last place, the outcome
    n : rows behind them
    confidence : share of the intervals

    Returns
    -------
    RelativeWeights : reasons as for `relative_weights`, and `indefinite` where they are no covariances

    Raises
    ------
    ValueError : not square and symmetric, missing entries, a negative variance

    References
    ----------
    Johnson (2000); Steiger (1980), Psychological Bulletin 87, equation 3 (covariances of correlations).

    Examples
    --------
    >>> found = relative_weights_of_covariances([[1, 0.6, 0.5], [0.6, 1, 0.3], [0.5, 0.3, 1]], 200)
    >>> found.weights.round(3).tolist(), round(found.estimate, 3)
    ([0.205, 0.045], 0.25)
    """
    s, n = _checked(covariances), as_whole(n, "n")
    tail = check_confidence(confidence)
    varying = np.diag(s) > 0
    kept = np.flatnonzero(varying[:-1])
    blank = np.full(len(s) - 1, np.nan)
    found = RelativeWeights(
        estimate=None,
        n=n,
        method=_METHOD.format(intervals="delta method"),
        warnings=() if len(kept) == len(blank) else ("constant_item_dropped",),
        weights=blank, shares=blank, errors=blank, low=blank, high=blank,
    )  # fmt: skip
    r = to_correlation(s[np.ix_(varying, varying)])
    reason = _no_weights(r, n, bool(varying[-1]))
    if reason:
        return replace(found, warnings=(reason, *found.warnings))
    return _estimated(replace(found, warnings=(*found.warnings, *few_rows(n, _ENOUGH))), r, kept, tail)


def weights_in_own_mean(covariances: ArrayLike, n: int, *, confidence: float = 0.95) -> RelativeWeights:
    """How much of the differences in the mean of the predictors each of them carries.

    For a questionnaire without a question about the whole: the plain mean of its elements stands for the
    overall judgement, so R² is 1 and the shares say by which elements judgements differ. They tell of
    association, not of causes.

    Parameters
    ----------
    covariances : (k, k) of the predictors
    n : rows behind them
    confidence : share of the intervals

    Returns
    -------
    RelativeWeights : as of `relative_weights_of_covariances`

    Raises
    ------
    ValueError : not square and symmetric, missing entries, a negative variance

    References
    ----------
    Johnson (2000); the mean as outcome is our own choice: docs/methods.md, section 7.

    Examples
    --------
    >>> weights_in_own_mean([[1, 0, 0], [0, 1, 0], [0, 0, 2]], 200).shares.round(2).tolist()
    [0.25, 0.25, 0.5]
    """
    s = as_floats(covariances, "covariances")
    check_symmetric(s, "covariances")
    k = len(s)
    onto = np.vstack([np.eye(k), np.full((1, k), 1 / k)])
    whole = onto @ s @ onto.T
    return relative_weights_of_covariances((whole + whole.T) / 2, n, confidence=confidence)


def _checked(covariances: ArrayLike) -> FloatArray:
    s = as_floats(covariances, "covariances")
    check_symmetric(s, "covariances")
    if len(s) < 2:
        raise ValueError("covariances: of a predictor and an outcome at least")
    if not (np.diag(s) >= 0).all():
        raise ValueError("covariances: variances must not be negative")
    return s


def _no_weights(r: FloatArray, n: int, outcome_varies: bool) -> str | None:
    k = len(r) - 1
    if n <= k + 1:
        return "too_few_rows"
    if not outcome_varies or k < 1:
        return "no_variance"
    if float(np.linalg.eigvalsh(r)[0]) < -_COLLINEAR:
        return "indefinite"
    return "collinear_items" if float(np.linalg.eigvalsh(r[:-1, :-1])[0]) < _COLLINEAR else None


def _estimated(found: RelativeWeights, r: FloatArray, kept: IntArray, tail: float) -> RelativeWeights:
    """Weights with their errors by the delta method."""
    weights, errors, low, high = (found.weights.copy() for _ in range(4))
    weights[kept] = _weights(r)
    explained = float(weights[kept].sum())
    covariance = _weight_covariance(r) / found.n
    errors[kept] = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    z = float(special.ndtri(1 - tail))
    low[kept] = np.maximum(weights[kept] - z * errors[kept], 0.0)
    high[kept] = weights[kept] + z * errors[kept]
    se = float(np.sqrt(max(covariance.sum(), 0.0)))
    return replace(
        found,
        estimate=explained,
        ci=(max(explained - z * se, 0.0), min(explained + z * se, 1.0)),
        se=se,
        weights=weights,
        shares=weights / explained if explained > 1e-15 else np.full(len(weights), np.nan),
        errors=errors,
        low=low,
        high=high,
    )


def _weights(r: FloatArray) -> FloatArray:
    """(…, k) weights from (…, k + 1, k + 1) correlations, the outcome last."""
    values, vectors = np.linalg.eigh(r[..., :-1, :-1])
    size = np.sqrt(np.maximum(values, _COLLINEAR))
    across = np.swapaxes(vectors, -1, -2)
    root = (vectors * size[..., np.newaxis, :]) @ across
    b = (vectors / size[..., np.newaxis, :]) @ (across @ r[..., :-1, -1:])
    return np.asarray((root**2 @ b**2)[..., 0])


def _weight_covariance(r: FloatArray) -> FloatArray:
    """n times the covariances of the weights: their slopes by each correlation, by central differences."""
    one, other = np.triu_indices(len(r), 1)
    place, step = np.arange(len(one)), 1e-6
    moved = np.zeros((len(one), *r.shape))
    moved[place, one, other] = moved[place, other, one] = step
    slope = (_weights(r + moved) - _weights(r - moved)) / (2 * step)
    return np.asarray(slope.T @ _correlation_covariance(r, one, other) @ slope)


def _correlation_covariance(r: FloatArray, one: IntArray, other: IntArray) -> FloatArray:
    """n times the large-sample covariances of r_jk and r_hm, normal variables (Steiger 1980)."""
    h, m = one, other
    j, k = one[:, np.newaxis], other[:, np.newaxis]
    jh, jm, kh, km, jk, hm = r[j, h], r[j, m], r[k, h], r[k, m], r[j, k], r[h, m]
    return np.asarray(
        jh * km + jm * kh + jk * hm * (jh**2 + jm**2 + kh**2 + km**2) / 2
        - jk * (jh * jm + kh * km) - hm * (jh * kh + jm * km)
    )  # fmt: skip


def _with_bootstrap(
    found: RelativeWeights, table: FloatArray, kept: BoolArray, resamples: int, seed: int, confidence: float
) -> RelativeWeights:
    drawn = _bootstrap(table, resamples, seed)
    marks = found.warnings if len(drawn) == resamples else (*found.warnings, "draws_without_variance")
    low, high, errors = (np.full(len(kept), np.nan) for _ in range(3))
    if len(drawn) > 1:
        tail = check_confidence(confidence)
        low[kept], high[kept] = np.quantile(drawn, [tail, 1 - tail], axis=0)
        errors[kept] = drawn.std(axis=0, ddof=1)
    return replace(found, warnings=marks, errors=errors, low=low, high=high)


def _bootstrap(table: FloatArray, resamples: int, seed: int) -> FloatArray:
    """Weights of the resamples in which all varies and no predictors determine each other."""
    ordered = table[np.lexsort(table.T)]  # so that the order of the rows decides nothing
    z = (ordered - ordered.mean(axis=0)) / ordered.std(axis=0)
    products = (z[:, :, np.newaxis] * z[:, np.newaxis, :]).reshape(len(z), -1)
    random, equal = np.random.default_rng(seed), np.full(len(z), 1 / len(z))
    found, batch = [], max(1, _BATCH // len(z))
    for start in range(0, resamples, batch):
        counts = random.multinomial(len(z), equal, size=min(batch, resamples - start)) / len(z)
        mean = counts @ z
        s = (counts @ products).reshape(-1, z.shape[1], z.shape[1])
        s = s - mean[:, :, np.newaxis] * mean[:, np.newaxis, :]
        s = s[np.diagonal(s, axis1=1, axis2=2).min(axis=1) > _COLLINEAR]
        sd = np.sqrt(np.diagonal(s, axis1=1, axis2=2))
        r = s / (sd[:, :, np.newaxis] * sd[:, np.newaxis, :])
        found.append(_weights(r[np.linalg.eigvalsh(r[:, :-1, :-1])[:, 0] > _COLLINEAR]))
    return np.concatenate(found)
