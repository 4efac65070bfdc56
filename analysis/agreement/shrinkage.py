"""Means of few ratings, drawn to the common mean by as much as their unreliability asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis._result import Result
from analysis.agreement.oneway import GroupStatistics, OnewayIcc, as_statistics, icc_oneway

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from analysis._arrays import FloatArray


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Shrinkage(Result):
    """Empirical-Bayes means; `estimate` is the mean they are drawn to.

    Attributes
    ----------
    theta : (G,) shrunken means
    variance : (G,) their variance, the uncertainty of the common mean included
    conditional_variance : (G,) without it (lme4's condVar)
    reliability : (G,) of each raw mean, n tau² / (n tau² + sigma²)
    labels : (G,) names of the subjects
    """

    theta: FloatArray
    variance: FloatArray
    conditional_variance: FloatArray
    reliability: FloatArray
    labels: NDArray[np.generic]


def empirical_bayes(
    values: ArrayLike | GroupStatistics,
    groups: ArrayLike | None = None,
    *,
    components: Sequence[float] | OnewayIcc | None = None,
) -> Shrinkage:
    """Means drawn to the common mean by as much as their unreliability asks for.

    theta = mu + lambda (mean - mu), lambda = n tau²/(n tau² + sigma²), variance
    tau² (1 - lambda) + (1 - lambda)² var(mu) (Robinson 1991). A subject without ratings gets mu.

    Parameters
    ----------
    values, groups : ratings and their subjects, or `GroupStatistics`
    components : tau², sigma², mu and the standard error of mu; by REML when not given, which may be
        taken from the `OnewayIcc` of the same ratings

    Returns
    -------
    Shrinkage

    Raises
    ------
    ValueError : lengths differ, negative components

    Examples
    --------
    >>> found = empirical_bayes([1, 3, 4, 4, 5], [1, 1, 2, 2, 2], components=(1.0, 1.0, 3.0, 0.0))
    >>> found.theta.round(4).tolist(), found.reliability.round(4).tolist()
    ([2.3333, 4.0], [0.6667, 0.75])
    """
    stats = as_statistics(values, groups)
    method = f"empirical Bayes, components {'given' if isinstance(components, Sequence) else 'by REML'}"
    icc = icc_oneway(stats) if components is None else components
    found = icc if isinstance(icc, Sequence) else _components(icc)
    if found is None:
        nothing = np.full(len(stats.n), np.nan)
        marks = () if isinstance(icc, Sequence) else icc.warnings
        return _shrinkage(stats, None, method, marks, (nothing,) * 4)
    tau2, sigma2, mu, mu_se = found
    if not (tau2 >= 0 and sigma2 >= 0 and np.isfinite(mu) and mu_se >= 0):
        raise ValueError("components: variances and errors must be known and not negative")
    spread = stats.n * tau2 + sigma2
    reliability = np.divide(stats.n * tau2, spread, out=np.zeros(len(stats.n)), where=spread > 0)
    theta = mu + reliability * (np.where(stats.n > 0, stats.mean, mu) - mu)
    conditional = tau2 * (1 - reliability)
    variance = conditional + (1 - reliability) ** 2 * mu_se**2
    marks = ("no_variance_between",) if tau2 == 0 else ()
    return _shrinkage(stats, mu, method, marks, (theta, variance, conditional, reliability))


def _components(icc: OnewayIcc) -> tuple[float, float, float, float] | None:
    tau2, sigma2, mu, mu_se = icc.reml_sigma2_between, icc.reml_sigma2_within, icc.mu, icc.mu_se
    if tau2 is None or sigma2 is None or mu is None or mu_se is None:
        return None
    return tau2, sigma2, mu, mu_se


def _shrinkage(
    stats: GroupStatistics,
    mu: float | None,
    method: str,
    marks: tuple[str, ...],
    arrays: tuple[FloatArray, ...],
) -> Shrinkage:
    theta, variance, conditional, reliability = arrays
    return Shrinkage(
        estimate=mu,
        n=int(stats.n.sum()),
        method=method,
        warnings=marks,
        theta=theta,
        variance=variance,
        conditional_variance=conditional,
        reliability=reliability,
        labels=stats.labels,
    )
