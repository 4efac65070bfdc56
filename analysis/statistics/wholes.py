"""Figures over several scales from the vault: their covariances, and the whole questionnaire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis._arrays import FloatArray, IntArray, divide
from analysis.moments import ItemMoments
from analysis.statistics.figures import AGREED, pooled_group_statistics, pooled_icc

if TYPE_CHECKING:
    from analysis.agreement.oneway import GroupStatistics
    from analysis.statistics.vault import Pool


@dataclass(frozen=True, eq=False)
class ScaleCovariance:
    """Covariances between the scale means of one rater group.

    Attributes
    ----------
    within : (scales, scales) between raters of one subject; NaN without degrees of freedom
    between : (scales, scales) between subjects' true means; the diagonal is the ANOVA component,
        which may be negative
    df : (scales, scales) degrees of freedom of `within`
    """

    within: FloatArray
    between: FloatArray
    df: IntArray


@dataclass(frozen=True)
class WholeComponents:
    """Variance components of the mean over all scales of one rater group; None where undefined.

    Attributes
    ----------
    between, within : between subjects, and between raters of one subject; `between` may be negative
    icc1 : between / (between + within)
    """

    between: float | None
    within: float | None
    icc1: float | None


def scale_covariance(pool: Pool) -> ScaleCovariance:
    """Covariances between scales, within subjects and between them.

    Within: pooled cross-products over their degrees of freedom. Between, off the diagonal: the
    covariance of block means less the mean of the within part it contains, where the number of
    ballots complete on both scales is taken as the smaller of the two (an upper bound).

    Parameters
    ----------
    pool : of a vault

    Returns
    -------
    ScaleCovariance

    References
    ----------
    Within: analysis of variance. Between: our own, after the method of moments; docs/methods.md, sections 4
    and 6.

    Examples
    --------
    >>> from analysis.statistics import Layout, accumulate
    >>> two = Layout("two", (("service", (0,)), ("trust", (1,))), 2, 1, 5)
    >>> rows, whose = [[1, 2], [2, 2], [4, 5], [5, 4], [3, 4], [3, 3]], [0, 0, 1, 1, 2, 2]
    >>> vault = accumulate(rows, whose, layout=two, group="peer", blocks=[[0, 0], [1, 1], [2, 2]])
    >>> found = scale_covariance(vault.pool("two", "peer"))
    >>> found.within.round(3).tolist(), found.between.round(3).tolist()
    ([[0.333, -0.167], [-0.167, 0.333]], [[2.083, 1.958], [1.958, 1.417]])
    """
    names = [name for name, _ in pool.layout.scales]
    told = (pool.within_df > 0) & ~np.logical_or.outer(*[np.diag(pool.within) <= AGREED] * 2)
    within = divide(pool.within, pool.within_df, told)
    between = np.full(within.shape, np.nan)
    stats = [pooled_group_statistics(pool, name) for name in names]
    for a, name in enumerate(names):
        component = pooled_icc(pool, name).sigma2_between
        between[a, a] = np.nan if component is None else component
        for b in range(a + 1, len(names)):
            between[a, b] = between[b, a] = _between(stats[a], stats[b], within[a, b])
    return ScaleCovariance(within, between, pool.within_df)


def whole_moments(pool: Pool) -> ItemMoments:
    """Moments of all items of the instrument, for each pair over the ballots that judged both.

    `n` is the smallest number of ballots behind a pair: complete ballots are not kept as such, and
    there are at most that many (docs/methods.md, section 4).

    Parameters
    ----------
    pool : of a vault

    Returns
    -------
    ItemMoments

    Examples
    --------
    The two items are in different scales:

    >>> from analysis.statistics import Layout, accumulate
    >>> two = Layout("two", (("service", (0,)), ("trust", (1,))), 2, 1, 5)
    >>> rows, whose = [[1, 2], [2, 2], [4, 5], [5, 4], [3, 4], [3, 3]], [0, 0, 1, 1, 2, 2]
    >>> vault = accumulate(rows, whose, layout=two, group="peer", blocks=[[0, 0], [1, 1], [2, 2]])
    >>> found = whole_moments(vault.pool("two", "peer"))
    >>> found.n, found.mean.round(3).tolist(), found.covariance.round(3).tolist()
    (6, [3.0, 3.333], [[2.0, 1.4], [1.4, 1.467]])
    """
    columns = sorted(column for _, own in pool.layout.scales for column in own)
    table = pool.pairs[np.ix_(columns, range(pool.layout.options), columns)]
    steps = pool.layout.steps
    n = table.sum(axis=(1, 3))
    sums = np.einsum("iajb,a->ij", table, steps)  # of item i, over the ballots that judged j too
    cross = np.einsum("iajb,a,b->ij", table, steps, steps)
    covariance = divide(n * cross - sums * sums.T, n * (n - 1), n > 1)
    mean = divide(np.diag(sums), np.diag(n), np.diag(n) > 0)
    return ItemMoments(int(n.min()), mean, covariance, "pairwise")


def whole_components(pool: Pool) -> WholeComponents:
    """Variance components of the mean over all scales: v'Bv between subjects, v'Wv within, v = 1/scales.

    See docs/methods.md, section 6.

    Parameters
    ----------
    pool : of a vault

    Returns
    -------
    WholeComponents

    Examples
    --------
    >>> from analysis.statistics import Layout, accumulate
    >>> two = Layout("two", (("service", (0,)), ("trust", (1,))), 2, 1, 5)
    >>> rows, whose = [[1, 2], [2, 2], [4, 5], [5, 4], [3, 4], [3, 3]], [0, 0, 1, 1, 2, 2]
    >>> vault = accumulate(rows, whose, layout=two, group="peer", blocks=[[0, 0], [1, 1], [2, 2]])
    >>> found = whole_components(vault.pool("two", "peer"))
    >>> round(found.between, 3), round(found.within, 3), round(found.icc1, 3)
    (1.854, 0.083, 0.957)
    """
    covariance = scale_covariance(pool)
    share = 1 / len(pool.layout.scales)
    between, within = (float(table.sum()) * share**2 for table in (covariance.between, covariance.within))
    if not np.isfinite(between + within) or between + within <= 0:
        return WholeComponents(None, None, None)
    return WholeComponents(between, within, between / (between + within))


def _between(a: GroupStatistics, b: GroupStatistics, within: float) -> float:
    _, i, j = np.intersect1d(a.labels, b.labels, return_indices=True)
    shown = (a.n[i] > 0) & (b.n[j] > 0)
    i, j = i[shown], j[shown]
    if len(i) < 2:
        return float("nan")
    one, two = a.mean[i] - a.mean[i].mean(), b.mean[j] - b.mean[j].mean()
    error = (np.minimum(a.n[i], b.n[j]) / (a.n[i] * b.n[j])).mean() * within
    return float((one * two).sum() / (len(i) - 1) - error)
