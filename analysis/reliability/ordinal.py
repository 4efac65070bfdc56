"""Reliability of ordered answers with few options: sensitivity figures beside alpha and omega."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from analysis._result import Result
from analysis.factors._bivariate_normal import joint_below
from analysis.factors.cfa_ordinal import least_squares
from analysis.factors.cfa_structure import as_structure
from analysis.factors.polychoric import ENOUGH, Pairs, correlation_matrix, pair_marks, prepare, solve_pairs
from analysis.moments import check_keys, few_rows

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from analysis._arrays import FloatArray
    from analysis.moments import Missing

__all__ = ["CategoricalOmega", "OrdinalAlpha", "categorical_omega", "ordinal_alpha"]

_ALPHA = (
    "ordinal alpha: alpha of the polychoric correlations. It speaks of the latent responses, not of the "
    "sum of the answers: a sensitivity figure, never the reliability of a score"
)
_OMEGA = (
    "categorical omega: reliability of the sum of the answers, from one factor of the polychoric "
    "correlations by diagonally weighted least squares (Green & Yang 2009)"
)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class OrdinalAlpha(Result):
    """Alpha of the latent responses.

    Attributes
    ----------
    average_r : mean polychoric correlation, or None
    n_items : items used
    """

    average_r: float | None = None
    n_items: int = 0


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CategoricalOmega(Result):
    """Reliability of the sum of ordered answers.

    Attributes
    ----------
    loadings : (items used,) of the latent responses on the factor, or None
    n_items : items used
    """

    loadings: FloatArray | None = None
    n_items: int = 0


def ordinal_alpha(items: ArrayLike, *, missing: Missing = "listwise") -> OrdinalAlpha:
    """Alpha of the polychoric correlation matrix R: k/(k-1) (1 - k / 1'R1).

    Zumbo, Gadermann & Zeisser (2007). It is the reliability of the normal variables behind the
    answers, which nobody observes (Chalmers 2018): to be shown beside alpha, not in its place.

    Parameters
    ----------
    items : (n, k) answers (NaN = missing), or counts (items, options, items, options)
    missing : rows with gaps

    Returns
    -------
    OrdinalAlpha

    Raises
    ------
    ValueError : wrong shape, unknown rule

    Examples
    --------
    >>> rows = [[1, 1], [1, 2], [2, 2], [2, 3], [3, 3], [3, 2], [1, 1], [3, 3], [2, 2], [2, 1]]
    >>> ordinal_alpha(rows)
    <OrdinalAlpha 0.8778, n = 10 (rare_option, few_rows)>
    """
    ready = prepare(items, missing)
    n, k = ready.tables.n, len(ready.items)
    if ready.reason:
        marks = (ready.reason, *ready.marks)
        return OrdinalAlpha(estimate=None, n=n, method=_ALPHA, warnings=marks, n_items=k)
    pairs = solve_pairs(ready.tables, ready.items)
    r = correlation_matrix(pairs)
    total = float(r.sum())
    marks = (*ready.marks, *pair_marks(pairs), *few_rows(n, ENOUGH))
    if total <= 1e-12:
        marks = ("no_variance_in_total", *marks)
        return OrdinalAlpha(estimate=None, n=n, method=_ALPHA, warnings=marks, n_items=k)
    value = k / (k - 1) * (1 - k / total)
    return OrdinalAlpha(
        estimate=value,
        n=n,
        method=_ALPHA,
        warnings=(*check_keys(r), *marks),
        average_r=float(pairs.r.mean()),
        n_items=k,
    )


def categorical_omega(items: ArrayLike, *, missing: Missing = "listwise") -> CategoricalOmega:
    """Categorical omega: share of the variance of the sum of ordered answers due to one factor.

    With thresholds t and loadings l of the latent responses, the sum's variance due to the factor is
    the sum over pairs of items and thresholds of P(t, t'; l l') - P(t) P(t'), and the whole variance
    the same with the polychoric correlations in place of l l' (Green & Yang 2009). Options are
    taken as equally spaced.

    Parameters
    ----------
    items : (n, k) answers (NaN = missing), k at least 3, or counts (items, options, items, options)
    missing : rows with gaps

    Returns
    -------
    CategoricalOmega

    Raises
    ------
    ValueError : wrong shape, unknown rule

    Examples
    --------
    >>> rows = [[1, 1, 2], [1, 2, 1], [2, 2, 2], [2, 3, 3], [3, 3, 2], [3, 2, 3], [1, 1, 1], [2, 1, 2]]
    >>> categorical_omega(rows).reason is None
    True
    """
    ready = prepare(items, missing)
    n, k = ready.tables.n, len(ready.items)
    marks, reason = ready.marks, ready.reason or ("not_identified" if k < 3 else None)
    if reason is None:
        pairs = solve_pairs(ready.tables, ready.items)
        found = least_squares(as_structure(None, k), pairs)
        marks, reason = (*marks, *pair_marks(pairs), *few_rows(n, ENOUGH)), found.reason
    if reason:
        return CategoricalOmega(estimate=None, n=n, method=_OMEGA, warnings=(reason, *marks), n_items=k)
    loadings = found.vector[:k]
    own = {"heywood": (np.abs(loadings) > 1).any(), "check_keys": (loadings < -1e-9).any()}
    return CategoricalOmega(
        estimate=_green_yang(pairs, loadings),
        n=n,
        method=_OMEGA,
        warnings=(*(mark for mark, is_set in own.items() if is_set), *marks),
        loadings=loadings,
        n_items=k,
    )


def _green_yang(pairs: Pairs, loadings: FloatArray) -> float:
    common = np.clip(np.outer(loadings, loadings), -1, 1)
    thresholds = pairs.thresholds[:, 1:-1]
    return _sum_variance(thresholds, common) / _sum_variance(thresholds, correlation_matrix(pairs))


def _sum_variance(thresholds: FloatArray, correlations: FloatArray) -> float:
    """Variance of the sum of answers whose latent responses have these correlations."""
    first, second = thresholds[:, np.newaxis, :, np.newaxis], thresholds[np.newaxis, :, np.newaxis, :]
    together = joint_below(first, second, correlations[:, :, np.newaxis, np.newaxis])
    return float((together - special.ndtr(first) * special.ndtr(second)).sum())
