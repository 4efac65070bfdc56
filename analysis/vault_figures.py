"""Figures from the vault: the same arithmetic as from rows, on the statistics that were kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis._arrays import FloatArray, IntArray, divide
from analysis.disclosure import coarsened
from analysis.moments import ItemMoments, moments_from_sums
from analysis.oneway import GroupStatistics, OnewayIcc, icc_oneway
from analysis.reliability import Alpha, Omega, cronbach_alpha, mcdonald_omega
from analysis.statistics import is_pooled

if TYPE_CHECKING:
    from analysis.statistics import Pool

_AGREED = 1e-9  # a sum of squares below it is none


@dataclass(frozen=True, eq=False)
class BlockMeans:
    """Mean of a scale in each block.

    Attributes
    ----------
    block : (blocks,) as in `analysis.disclosure`
    n : (blocks,) complete ballots
    mean : (blocks,) mean over ballots and items
    item_mean : (blocks, items of the scale)
    """

    block: IntArray
    n: IntArray
    mean: FloatArray
    item_mean: FloatArray


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


def block_means(pool: Pool, scale: str) -> BlockMeans:
    """Means of all published blocks of a scale, remainders included."""
    blocks = pool.blocks[pool.layout.scale(scale)]
    steps = np.arange(pool.layout.low, pool.layout.high + 1)
    sums = blocks.counts @ steps
    item_mean = sums / blocks.n[:, np.newaxis]  # a block exists only where ballots are
    return BlockMeans(blocks.block, blocks.n, item_mean.mean(axis=1), item_mean)


def pooled_moments(pool: Pool, scale: str) -> ItemMoments:
    """Moments of the items of a scale, over the ballots of single-subject blocks."""
    columns = pool.layout.columns(pool.layout.scale(scale))
    table = pool.pairs[np.ix_(columns, range(pool.layout.options), columns)]
    steps = np.arange(pool.layout.low, pool.layout.high + 1)
    cross = np.einsum("iajb,a,b->ij", table, steps, steps)
    own = table[range(len(columns)), :, range(len(columns)), :].sum(axis=2)
    return moments_from_sums(int(own[0].sum()), own @ steps, cross)


def pooled_group_statistics(pool: Pool, scale: str) -> GroupStatistics:
    """n and mean of each single-subject block and the sum of squares within them.

    Within = total - between over the blocks that carry the pooled tables, where the total comes from
    the pooled cross-products and the between part from the block sums: both are sums of whole
    numbers. Means at the ends of the scale are coarsened, and their blocks are given the mean square
    within of the others. Nothing is told where the others are too few, or all their raters agree to
    the digit: an error of zero would tell every single answer.
    """
    blocks = pool.blocks[pool.layout.scale(scale)]
    own = blocks.block >= 0
    steps = np.arange(pool.layout.low, pool.layout.high + 1)
    columns = pool.layout.columns(pool.layout.scale(scale))
    table = pool.pairs[np.ix_(columns, range(pool.layout.options), columns)]
    total = int(np.einsum("iajb,a,b->", table, steps, steps))
    sums, n = (blocks.counts[own] @ steps).sum(axis=1), blocks.n[own]
    k = len(columns)
    if not table.any():  # the pool is too small to be kept
        return GroupStatistics(np.zeros_like(n), np.full(len(n), np.nan), 0.0, blocks.block[own])
    pooled = is_pooled(blocks, pool.layout)[own]
    whole, rest = np.divmod(sums[pooled] ** 2, n[pooled])  # whole parts cancel exactly against the total
    ssw = (total - int(whole.sum()) - float((rest / n[pooled]).sum())) / k**2
    df, df_all = int(n[pooled].sum() - pooled.sum()), int(n.sum() - len(n))
    if df and ssw <= _AGREED:
        return GroupStatistics(np.zeros_like(n), np.full(len(n), np.nan), 0.0, blocks.block[own])
    mean = coarsened(sums / (n * k), pool.layout.low, pool.layout.high)
    return GroupStatistics(n, mean, max(ssw, 0.0) * (df_all / df if df else 1.0), blocks.block[own])


def pooled_alpha(pool: Pool, scale: str, *, confidence: float = 0.95) -> Alpha:
    """Cronbach's alpha of a scale."""
    return cronbach_alpha(pooled_moments(pool, scale), confidence=confidence)


def pooled_omega(pool: Pool, scale: str) -> Omega:
    """McDonald's omega of a scale."""
    return mcdonald_omega(pooled_moments(pool, scale))


def pooled_icc(pool: Pool, scale: str, *, confidence: float = 0.95) -> OnewayIcc:
    """One-way intraclass correlation of a scale."""
    return icc_oneway(pooled_group_statistics(pool, scale), confidence=confidence)


def scale_covariance(pool: Pool) -> ScaleCovariance:
    """Covariances between scales, within subjects and between them.

    Within: pooled cross-products over their degrees of freedom. Between, off the diagonal: the
    covariance of block means less the mean of the within part it contains, where the number of
    ballots complete on both scales is taken as the smaller of the two (an upper bound).
    """
    names = [name for name, _ in pool.layout.scales]
    told = (pool.within_df > 0) & ~np.logical_or.outer(*[np.diag(pool.within) <= _AGREED] * 2)
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
    there are at most that many.
    """
    columns = sorted(column for _, own in pool.layout.scales for column in own)
    table = pool.pairs[np.ix_(columns, range(pool.layout.options), columns)]
    steps = np.arange(pool.layout.low, pool.layout.high + 1)
    n = table.sum(axis=(1, 3))
    sums = np.einsum("iajb,a->ij", table, steps)  # of item i, over the ballots that judged j too
    cross = np.einsum("iajb,a,b->ij", table, steps, steps)
    covariance = divide(n * cross - sums * sums.T, n * (n - 1), n > 1)
    mean = divide(np.diag(sums), np.diag(n), np.diag(n) > 0)
    return ItemMoments(int(n.min()), mean, covariance, "pairwise")


def whole_components(pool: Pool) -> WholeComponents:
    """Variance components of the mean over all scales: v'Bv between subjects, v'Wv within, v = 1/scales."""
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
