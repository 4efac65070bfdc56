"""Other intervals for raters nested in subjects, beside Wald's exact one that `oneway` gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import optimize, special

from analysis._arrays import check_confidence
from analysis._result import Result
from analysis.agreement.oneway import (
    GroupStatistics,
    anova,
    as_statistics,
    icc_oneway,
    is_perfect,
    no_icc,
    smith_se,
    with_ratings,
)
from analysis.agreement.oneway_likelihood import rater_classes, variance_ratio

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Interval = tuple[float, float]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class OnewayIntervals(Result):
    """Intervals by other methods; `estimate` is ICC(1), `ci` Wald's exact interval.

    Attributes
    ----------
    searle, smith, thomas_hultquist : of ICC(1), approximate with unequal numbers of raters
    ml_sigma2_between, ml_sigma2_within, ml_loglik : maximum likelihood, not restricted
    profile_sd_between, profile_sd_within, profile_mu : from the profile of that likelihood
    """

    searle: Interval | None = None
    smith: Interval | None = None
    thomas_hultquist: Interval | None = None
    ml_sigma2_between: float | None = None
    ml_sigma2_within: float | None = None
    ml_loglik: float | None = None
    profile_sd_between: Interval | None = None
    profile_sd_within: Interval | None = None
    profile_mu: Interval | None = None


def oneway_intervals(
    values: ArrayLike | GroupStatistics, groups: ArrayLike | None = None, *, confidence: float = 0.95
) -> OnewayIntervals:
    """Intervals of the one-way model by other methods, to compare with published ones.

    ICC(1): (F/q - 1)/(F/q + n0 - 1) with q the F quantiles (Searle 1971, n replaced by n0); ICC(1)
    ± z se (Smith 1956); as Searle's with the unweighted mean square between and the harmonic mean of
    n (Thomas & Hultquist 1978). Standard deviations and mean: where minus twice the log likelihood,
    the other parameters at their best, lies above its least by the chi-square quantile. With unequal
    n Wald's exact interval is the one to report.

    Parameters
    ----------
    values : (N,) ratings, or their `GroupStatistics`
    groups : (N,) the subject of each rating

    Returns
    -------
    OnewayIntervals

    Raises
    ------
    ValueError : lengths differ, or groups missing

    Examples
    --------
    >>> found = oneway_intervals([9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8], [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3])
    >>> [round(limit, 4) for limit in found.searle]
    [-0.1729, 0.9581]
    """
    tail = check_confidence(confidence)
    stats = with_ratings(as_statistics(values, groups))
    icc = icc_oneway(stats, confidence=confidence)
    method = "one-way random effects, raters nested in subjects: intervals by other methods"
    a = anova(stats) if no_icc(stats) is None else None
    if a is None or icc.icc1 is None or is_perfect(stats, a):
        return OnewayIntervals(estimate=icc.estimate, n=icc.n, method=method, warnings=icc.warnings)
    z = -float(special.ndtri(tail))
    se = smith_se(stats.n, icc.icc1, a.n0)
    harmonic = len(stats.n) / float((1 / stats.n).sum())
    unweighted = harmonic * float(stats.mean.var(ddof=1)) / a.msw
    likely = _maximum_likelihood(stats)
    return OnewayIntervals(
        estimate=icc.estimate,
        ci=icc.ci,
        n=icc.n,
        method=method,
        warnings=icc.warnings,
        searle=_from_f(a.msb / a.msw, a.n0, stats, tail),
        smith=None if se is None else (icc.icc1 - z * se, icc.icc1 + z * se),
        thomas_hultquist=_from_f(unweighted, harmonic, stats, tail),
        ml_sigma2_between=likely.tau**2,
        ml_sigma2_within=likely.sigma**2,
        ml_loglik=-likely.deviance / 2,
        profile_sd_between=_between_limits(stats, likely, z**2),
        profile_sd_within=_within_limits(stats, likely, z**2),
        profile_mu=_mean_limits(stats, likely, z**2),
    )


def _from_f(f: float, raters: float, stats: GroupStatistics, tail: float) -> Interval:
    df = (len(stats.n) - 1, float(stats.n.sum() - len(stats.n)))
    low, high = (f / float(special.fdtri(*df, p)) for p in (1 - tail, tail))
    return (low - 1) / (low + raters - 1), (high - 1) / (high + raters - 1)


class _Likely(NamedTuple):
    tau: float
    sigma: float
    mu: float
    deviance: float


def _maximum_likelihood(stats: GroupStatistics) -> _Likely:
    t = variance_ratio(rater_classes(stats.n, stats.mean, stats.ssw), restricted=False)
    w = stats.n / (1 + stats.n * t)
    mu = float((w * stats.mean).sum() / w.sum())
    sigma = _best_sigma(stats, t, mu)
    tau = float(np.sqrt(t)) * sigma
    return _Likely(tau, sigma, mu, _deviance(stats, tau, sigma, mu))


def _best_sigma(stats: GroupStatistics, t: float, mu: float) -> float:
    q = stats.ssw + float((stats.n / (1 + stats.n * t) * (stats.mean - mu) ** 2).sum())
    return float(np.sqrt(q / stats.n.sum()))


def _deviance(stats: GroupStatistics, tau: float, sigma: float, mu: float | None = None) -> float:
    """Minus twice the log likelihood, at the best mean unless it is given."""
    n, total = stats.n, float(stats.n.sum())
    spread = sigma**2 + n * tau**2
    centre = (n / spread * stats.mean).sum() / (n / spread).sum() if mu is None else mu
    within = (total - len(n)) * np.log(sigma**2) + stats.ssw / sigma**2
    between = np.log(spread).sum() + (n / spread * (stats.mean - centre) ** 2).sum()
    return float(total * np.log(2 * np.pi) + within + between)


def _between_limits(stats: GroupStatistics, likely: _Likely, rise: float) -> Interval:
    def excess(tau: float) -> float:
        def given(log_sigma: float) -> float:
            return _deviance(stats, tau, float(np.exp(log_sigma)))

        centre = float(np.log(likely.sigma))
        return _least(given, centre - 3, centre + 3) - likely.deviance - rise

    lower = 0.0 if excess(0.0) <= 0 else float(optimize.brentq(excess, 0.0, likely.tau))
    return lower, _limit(excess, likely.tau, likely.sigma / 4)


def _within_limits(stats: GroupStatistics, likely: _Likely, rise: float) -> Interval:
    reach = 10 * (float(np.ptp(stats.mean)) + likely.sigma)

    def excess(log_sigma: float) -> float:
        def given(tau: float) -> float:
            return _deviance(stats, tau, float(np.exp(log_sigma)))

        return _least(given, 0.0, reach) - likely.deviance - rise

    start = float(np.log(likely.sigma))
    return float(np.exp(_limit(excess, start, -0.1))), float(np.exp(_limit(excess, start, 0.1)))


def _mean_limits(stats: GroupStatistics, likely: _Likely, rise: float) -> Interval:
    step = float(np.hypot(likely.tau, likely.sigma)) / float(np.sqrt(len(stats.n)))

    def excess(mu: float) -> float:
        def given(ratio: float) -> float:
            sigma = _best_sigma(stats, ratio**2, mu)
            return _deviance(stats, ratio * sigma, sigma, mu)

        reach = 10 * (1 + (float(np.ptp(stats.mean)) + abs(mu - likely.mu)) / likely.sigma)
        return _least(given, 0.0, reach) - likely.deviance - rise

    return _limit(excess, likely.mu, -step), _limit(excess, likely.mu, step)


def _least(function: Callable[[float], float], low: float, high: float) -> float:
    found = optimize.minimize_scalar(function, bounds=(low, high), options={"xatol": 1e-8 * (high - low)})
    return float(min(found.fun, function(low)))  # the low end may be the best: no variance between


def _limit(excess: Callable[[float], float], start: float, step: float) -> float:
    """Where the excess crosses zero on the way from the start, where it is negative."""
    while excess(start + step) <= 0:
        start, step = start + step, 2 * step
    return float(optimize.brentq(excess, start, start + step))
