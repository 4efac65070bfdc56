"""How well raters tell subjects apart: the one-way family for raters nested in subjects.

Ratings cannot be linked across subjects (anonymity), so only this family is identified.
Everything rests on `GroupStatistics`: n and mean of each subject and one pooled sum of squares
within subjects; they come from rows or from a vault.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from analysis._arrays import FloatArray, IntArray, as_vector, check_confidence, divide, factorize
from analysis._result import Result, outside
from analysis.agreement.oneway_likelihood import RaterClasses, crossing, rater_classes, variance_ratio

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_TINY = 1e-12  # a sum of squares below this share of the total is rounding, not variance


@dataclass(frozen=True, eq=False)
class GroupStatistics:
    """Sufficient statistics of ratings nested in subjects.

    Attributes
    ----------
    n : (G,) ratings of each subject; 0 is allowed
    mean : (G,) mean rating; NaN where n is 0
    ssw : sum of squared deviations from the subject's mean, over all subjects
    labels : (G,) names of the subjects, in the same order
    """

    n: IntArray
    mean: FloatArray
    ssw: float
    labels: NDArray[np.generic]

    def __post_init__(self) -> None:
        if self.n.shape != self.mean.shape or self.n.shape != self.labels.shape:
            raise ValueError("n, mean, labels: must have the same length")
        if self.ssw < 0 or (self.n < 0).any():
            raise ValueError("n, ssw: must not be negative")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class OnewayIcc(Result):
    """One-way intraclass correlation of raters nested in subjects; `estimate` is ICC(1).

    Attributes
    ----------
    icc1, ci_wald : one rater's reliability (ANOVA, n0) and Wald's exact interval
    icck, ci_icck : reliability of a subject's mean at the typical number of raters
    sigma2_between, sigma2_within : ANOVA variance components; between may be negative
    msb, msw, n0, grand_mean : mean squares, effective raters per subject, mean of all ratings
    reml_sigma2_between, reml_sigma2_within, reml_icc1, mu, mu_se : restricted maximum likelihood
    reml_criterion : minus twice the restricted log likelihood
    reliability : (G,) of each subject's own mean, n ICC(1)/(1 + (n - 1) ICC(1)) (Spearman-Brown); NaN
        where a negative ICC(1) leaves none
    labels : (G,) names of the subjects, those without ratings included
    n_subjects : subjects with at least one rating
    """

    icc1: float | None = None
    ci_wald: tuple[float, float] | None = None
    icck: float | None = None
    ci_icck: tuple[float, float] | None = None
    sigma2_between: float | None = None
    sigma2_within: float | None = None
    msb: float | None = None
    msw: float | None = None
    n0: float | None = None
    grand_mean: float | None = None
    reml_sigma2_between: float | None = None
    reml_sigma2_within: float | None = None
    reml_icc1: float | None = None
    mu: float | None = None
    mu_se: float | None = None
    reml_criterion: float | None = None
    reliability: FloatArray
    labels: NDArray[np.generic]
    n_subjects: int = 0


def group_statistics(values: ArrayLike, groups: ArrayLike) -> GroupStatistics:
    """n, mean and pooled sum of squares of one rating per row; missing ratings are left out.

    A subject all of whose ratings are missing stays, with n = 0.

    Parameters
    ----------
    values : (N,) ratings, NaN left out
    groups : (N,) the subject of each rating

    Returns
    -------
    GroupStatistics

    Raises
    ------
    ValueError : lengths differ

    References
    ----------
    The sums of the one-way analysis of variance, as in Searle (1971); docs/methods.md, section 3.

    Examples
    --------
    >>> stats = group_statistics([1, 3, 4, 4, float("nan")], ["a", "a", "b", "b", "c"])
    >>> stats.n.tolist(), stats.mean[:2].tolist(), stats.ssw
    ([2, 2, 0], [2.0, 4.0], 2.0)
    """
    y = as_vector(values, "values")
    labels, codes = factorize(groups, y.size)
    there = ~np.isnan(y)
    y, codes = y[there], codes[there]
    n = np.bincount(codes, minlength=len(labels))
    shift = y.mean() if y.size else 0.0
    sums = np.bincount(codes, weights=y - shift, minlength=len(labels))
    mean = divide(sums, n, n > 0)
    ssw = float((((y - shift) - mean[codes]) ** 2).sum())
    return GroupStatistics(n, mean + shift, ssw, labels)


def icc_oneway(
    values: ArrayLike | GroupStatistics, groups: ArrayLike | None = None, *, confidence: float = 0.95
) -> OnewayIcc:
    """One-way random-effects intraclass correlation, any number of raters per subject.

    ICC(1) = (MSB - MSW) / (MSB + (n0 - 1) MSW) with n0 = (N - sum n²/N)/(G - 1) (Searle 1971),
    ICC(k) = (MSB - MSW)/MSB; `se` by Smith (1956); interval by Wald (1940), exact for normal
    ratings with unequal n; interval of ICC(k) from F, exact when n is equal. REML by the
    one-dimensional profile in t = tau²/sigma². A negative component is kept and flagged.

    Parameters
    ----------
    values : (N,) ratings, or their `GroupStatistics`
    groups : (N,) the subject of each rating

    Returns
    -------
    OnewayIcc

    Raises
    ------
    ValueError : lengths differ, or groups missing

    Examples
    --------
    >>> icc = icc_oneway([9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8], [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3])
    >>> round(icc.icc1, 4), icc.n_subjects
    (0.2517, 3)
    """
    tail = check_confidence(confidence)
    everybody = as_statistics(values, groups)
    stats = with_ratings(everybody)
    reason = no_icc(stats)
    found = OnewayIcc(
        estimate=None,
        n=int(stats.n.sum()),
        method="one-way random effects, raters nested in subjects: ANOVA with n0 (Searle), Wald's exact "
        "interval, REML by its one-dimensional profile",
        warnings=(reason,) if reason else (),
        reliability=np.full(len(everybody.n), np.nan),
        labels=everybody.labels,
        n_subjects=len(stats.n),
    )
    return found if reason else _estimated(found, everybody.n, stats, tail)


def _estimated(found: OnewayIcc, raters: IntArray, stats: GroupStatistics, tail: float) -> OnewayIcc:
    count, a = found.n_subjects, anova(stats)
    perfect = is_perfect(stats, a)
    icc1 = 1.0 if perfect else (a.msb - a.msw) / (a.msb + (a.n0 - 1) * a.msw)
    icck = 1.0 if perfect else ((a.msb - a.msw) / a.msb if a.msb > 0 else None)
    classes = rater_classes(stats.n, stats.mean, stats.ssw)
    ci = None if perfect else _wald(classes, a, count, tail)
    reml = _reml(stats, classes, perfect=perfect)
    return replace(
        found,
        estimate=icc1,
        ci=ci,
        se=None if perfect else smith_se(stats.n, icc1, a.n0),
        warnings=(*_icc_marks(perfect, a, count), *outside(icc1, ci)),
        icc1=icc1,
        ci_wald=ci,
        icck=icck,
        ci_icck=None if perfect or icck is None else _icck_interval(a, count, found.n, tail),
        sigma2_between=(a.msb - a.msw) / a.n0,
        sigma2_within=a.msw,
        msb=a.msb,
        msw=a.msw,
        n0=a.n0,
        grand_mean=a.mean,
        reml_sigma2_between=reml.tau2,
        reml_sigma2_within=reml.sigma2,
        reml_icc1=reml.tau2 / (reml.tau2 + reml.sigma2),
        mu=reml.mu,
        mu_se=reml.mu_se,
        reml_criterion=reml.criterion,
        reliability=divide(raters * icc1, 1 + (raters - 1) * icc1, 1 + (raters - 1) * icc1 > 0),
    )


class Anova(NamedTuple):
    """Mean squares between and within, effective raters per subject, mean of all ratings."""

    msb: float
    msw: float
    n0: float
    mean: float


class _Reml(NamedTuple):
    tau2: float
    sigma2: float
    mu: float
    mu_se: float
    criterion: float | None


def as_statistics(values: ArrayLike | GroupStatistics, groups: ArrayLike | None) -> GroupStatistics:
    """Ratings with their subjects, or statistics that pass as they are."""
    if isinstance(values, GroupStatistics):
        return values
    if groups is None:
        raise ValueError("groups: needed beside the ratings")
    return group_statistics(values, groups)


def with_ratings(stats: GroupStatistics) -> GroupStatistics:
    """Without the subjects that nobody rated."""
    there = stats.n > 0
    if there.all():
        return stats
    return GroupStatistics(stats.n[there], stats.mean[there], stats.ssw, stats.labels[there])


def no_icc(stats: GroupStatistics) -> str | None:
    """Why rated subjects have no intraclass correlation, if so."""
    if stats.n.sum() == 0:
        return "no_ratings"
    if len(stats.n) < 2:
        return "one_subject"
    if stats.n.max() < 2:
        return "no_subject_with_two_raters"
    size = max(1.0, float(np.abs(stats.mean).max()))
    same = stats.ssw <= _TINY * size**2 and float(np.ptp(stats.mean)) <= _TINY * size
    return "no_variance" if same else None


def anova(stats: GroupStatistics) -> Anova:
    """One-way analysis of variance of rated subjects."""
    n, total, count = stats.n, stats.n.sum(), len(stats.n)
    mean = float((n * stats.mean).sum() / total)
    ssb = float((n * (stats.mean - mean) ** 2).sum())
    n0 = float((total - (n**2).sum() / total) / (count - 1))
    return Anova(ssb / (count - 1), stats.ssw / float(total - count), n0, mean)


def is_perfect(stats: GroupStatistics, a: Anova) -> bool:
    """Whether all raters of a subject agree, but for rounding."""
    return stats.ssw <= _TINY * (stats.ssw + a.msb * (len(stats.n) - 1))


def _icc_marks(perfect: bool, a: Anova, count: int) -> tuple[str, ...]:
    marks = ["perfect_agreement"] if perfect else []
    if a.msb < a.msw:
        marks.append("negative_variance")
    if count < 30:
        marks.append("few_subjects")
    return tuple(marks)


def smith_se(n: IntArray, r: float, n0: float) -> float | None:
    """Large-sample standard error of ICC(1) with unequal n (Smith 1956); None far below zero."""
    total, count = float(n.sum()), len(n)
    raters = n.astype(np.float64)
    s2, s3 = float(raters @ raters), float(raters**2 @ raters)
    within = (1 + r * (n0 - 1)) ** 2 / (total - count)
    between = (count - 1) * (1 - r) * (1 + r * (2 * n0 - 1))
    between += r**2 * (s2 - 2 * s3 / total + s2**2 / total**2)
    variance = 2 * (1 - r) ** 2 / n0**2 * (within + between / (count - 1) ** 2)
    return float(np.sqrt(variance)) if variance >= 0 else None


def _icck_interval(a: Anova, count: int, total: int, tail: float) -> tuple[float, float]:
    f = a.msb / a.msw
    df = (count - 1, total - count)
    return 1 - float(special.fdtri(*df, 1 - tail)) / f, 1 - float(special.fdtri(*df, tail)) / f


def _wald(classes: RaterClasses, a: Anova, count: int, tail: float) -> tuple[float, float]:
    """Wald's exact interval: where the weighted mean square between meets the F quantiles."""
    df = (count - 1, classes.total - count)
    unit = (count - 1) * a.msw
    lower = _wald_limit(classes, unit * float(special.fdtri(*df, 1 - tail)))
    upper = _wald_limit(classes, unit * float(special.fdtri(*df, tail)))
    return lower / (1 + lower), upper / (1 + upper)


def _wald_limit(classes: RaterClasses, quantile: float) -> float:
    """The ratio t at which the weighted squares between subjects, which fall with t, meet a quantile.

    They lie between their value at 0 over 1 + t n of the subject with most raters and the same with
    fewest, which brackets the limit; with equal numbers it is there at once.
    """
    excess = classes.between(0.0) / quantile - 1
    near, far = excess / float(classes.n.max()), excess / float(classes.n.min())
    least = -1 / float(classes.n.max())  # where the covariance matrix is no longer positive
    low, high = max(min(near, far), least * (1 - 1e-9)), max(near, far)

    def lack(t: float) -> float:  # its reciprocals are all but straight, so that few steps do
        return 1 / classes.between(t) - 1 / quantile

    t = least if excess <= -1 else crossing(lack, low, high)
    return least if t == low > far else t


def _reml(stats: GroupStatistics, classes: RaterClasses, *, perfect: bool) -> _Reml:
    """Restricted maximum likelihood; tau² is not below zero."""
    count, total = len(stats.n), classes.total
    if perfect:
        tau2 = float(stats.mean.var(ddof=1))
        return _Reml(tau2, 0.0, float(stats.mean.mean()), float(np.sqrt(tau2 / count)), None)
    t = variance_ratio(classes)
    sigma2 = (stats.ssw + classes.between(t)) / (total - 1)
    weight = float((classes.count * classes.n / (1 + classes.n * t)).sum())
    constant = (total - 1) * (1 + np.log(2 * np.pi / (total - 1)))
    criterion = float(classes.deviance(np.array([t]), restricted=True)[0] + constant)
    return _Reml(t * sigma2, sigma2, float(classes.centre(t)[0]), float(np.sqrt(sigma2 / weight)), criterion)
