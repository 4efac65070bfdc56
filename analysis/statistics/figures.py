"""Figures of one scale from the vault: the same arithmetic as from rows, on the statistics that were kept.

Each `pooled_…` function but the last three gives what a family of coefficients takes in place of rows:
`pooled_moments` for alpha, omega, lambdas, halves, item statistics, the standard error of measurement
and factors; `pooled_pair_counts` for polychorics; `pooled_group_statistics` for intraclass correlations,
shrunken means and errors; `pooled_option_counts` for agreement; `pooled_nested_sums` for G and D studies;
`pooled_sums` for all of a scale at once (`scale_overview`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.agreement.oneway import GroupStatistics, OnewayIcc, icc_oneway
from analysis.agreement.option_counts import OptionCounts
from analysis.disclosure.bands import coarsened
from analysis.moments import ItemMoments, moments_from_sums
from analysis.reliability.alpha import Alpha, cronbach_alpha
from analysis.reliability.omega import Omega, mcdonald_omega
from analysis.statistics.blocks import is_pooled, less_between
from analysis.statistics.one_pass import ScaleSums

if TYPE_CHECKING:
    from analysis._arrays import FloatArray, IntArray
    from analysis.generalizability.study import NestedSums
    from analysis.statistics.vault import Pool

AGREED = 1e-9  # a sum of squares below it is none


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


def block_means(pool: Pool, scale: str) -> BlockMeans:
    """Means of all published blocks of a scale, remainders included (docs/methods.md, section 4).

    Parameters
    ----------
    pool : of a vault
    scale : name of a scale

    Returns
    -------
    BlockMeans

    Examples
    --------
    Subject 0 has a block of her own, the others are in the remainder of unit 0:

    >>> from analysis.statistics import Layout, accumulate
    >>> two = Layout("two", (("service", (0, 1)),), 2, 1, 5)
    >>> rows, whose = [[1, 2], [2, 2], [4, 5], [5, 4], [3, 4], [3, 3]], [0, 0, 1, 1, 2, 2]
    >>> pool = accumulate(rows, whose, layout=two, group="peer", blocks=[[0], [-2], [-2]]).pool("two", "peer")
    >>> found = block_means(pool, "service")
    >>> found.block.tolist(), found.n.tolist(), found.mean.tolist()
    ([-2, 0], [4, 2], [3.875, 1.75])
    """
    blocks = pool.blocks[pool.layout.scale(scale)]
    sums = blocks.counts @ pool.layout.steps
    item_mean = sums / blocks.n[:, np.newaxis]  # a block exists only where ballots are
    return BlockMeans(blocks.block, blocks.n, item_mean.mean(axis=1), item_mean)


def pooled_pair_counts(pool: Pool, scale: str) -> IntArray:
    """(items, options, items, options) ballots with both options, over the blocks that are pooled.

    See docs/methods.md, section 4.

    Parameters
    ----------
    pool : of a vault
    scale : name of a scale

    Returns
    -------
    array of whole numbers

    Examples
    --------
    What those who chose 3 on the first item chose on the second:

    >>> from analysis.statistics import Layout, accumulate
    >>> two = Layout("two", (("service", (0, 1)),), 2, 1, 5)
    >>> rows, whose = [[1, 2], [2, 2], [4, 5], [5, 4], [3, 4], [3, 3]], [0, 0, 1, 1, 2, 2]
    >>> pool = accumulate(rows, whose, layout=two, group="peer", blocks=[[0], [1], [2]]).pool("two", "peer")
    >>> pooled_pair_counts(pool, "service")[0, 2, 1].tolist()
    [0, 0, 1, 1, 0]
    """
    columns = np.array(pool.layout.columns(pool.layout.scale(scale)))
    return np.asarray(pool.pairs[columns][:, :, columns], dtype=np.int64)


def pooled_sums(pool: Pool, scale: str) -> ScaleSums:
    """All sums of a scale that are not option counts, over the blocks that are pooled.

    Nothing is told where the pool is too small to be kept, or all raters of a subject agree to the
    digit: an error of zero would tell every single answer (docs/methods.md, sections 4 and 5).

    Parameters
    ----------
    pool : of a vault
    scale : name of a scale

    Returns
    -------
    ScaleSums

    Examples
    --------
    >>> from analysis.statistics import Layout, accumulate
    >>> two = Layout("two", (("service", (0, 1)),), 2, 1, 5)
    >>> rows, whose = [[1, 2], [2, 2], [4, 5], [5, 4], [3, 4], [3, 3]], [0, 0, 1, 1, 2, 2]
    >>> pool = accumulate(rows, whose, layout=two, group="peer", blocks=[[0], [1], [2]]).pool("two", "peer")
    >>> found = pooled_sums(pool, "service")
    >>> found.labels.tolist(), found.n.tolist(), found.sums.tolist()
    ([0, 1, 2], [2, 2, 2], [[3.0, 4.0], [9.0, 9.0], [6.0, 7.0]])
    """
    blocks, steps = pool.blocks[pool.layout.scale(scale)], pool.layout.steps
    own, products = is_pooled(blocks, pool.layout), _products(pooled_pair_counts(pool, scale), steps)
    counts, n = blocks.counts[own], blocks.n[own]
    within = less_between(products.sum(), (counts @ steps).sum(axis=1) ** 2, n)
    if not products.any() or (n.sum() > len(n) and within <= AGREED):
        counts, n, products = np.zeros_like(counts), np.zeros_like(n), np.zeros_like(products)
    return ScaleSums(
        labels=blocks.block[own],
        n=n,
        sums=(counts @ steps).astype(np.float64),
        squares=(counts @ steps**2).astype(np.float64),
        products=products,
        scale=(pool.layout.low, pool.layout.high),
    )


def pooled_moments(pool: Pool, scale: str) -> ItemMoments:
    """Moments of the items of a scale, over the ballots of the blocks that are pooled.

    See docs/methods.md, section 4.

    Parameters
    ----------
    pool : of a vault
    scale : name of a scale

    Returns
    -------
    ItemMoments

    Examples
    --------
    >>> from analysis.statistics import Layout, accumulate
    >>> two = Layout("two", (("service", (0, 1)),), 2, 1, 5)
    >>> rows, whose = [[1, 2], [2, 2], [4, 5], [5, 4], [3, 4], [3, 3]], [0, 0, 1, 1, 2, 2]
    >>> pool = accumulate(rows, whose, layout=two, group="peer", blocks=[[0], [1], [2]]).pool("two", "peer")
    >>> found = pooled_moments(pool, "service")
    >>> found.n, found.mean.round(3).tolist(), found.covariance.round(3).tolist()
    (6, [3.0, 3.333], [[2.0, 1.4], [1.4, 1.467]])
    """
    table, steps = pooled_pair_counts(pool, scale), pool.layout.steps
    items = range(len(table))
    own = table[items, :, items, :].sum(axis=2)
    return moments_from_sums(int(own[0].sum()), own @ steps, _products(table, steps))


def pooled_option_counts(pool: Pool, scale: str) -> OptionCounts:
    """How many raters of each subject chose each option, over the blocks that are pooled.

    See docs/methods.md, section 4.

    Parameters
    ----------
    pool : of a vault
    scale : name of a scale

    Returns
    -------
    OptionCounts

    Examples
    --------
    The first item, subject by subject:

    >>> from analysis.statistics import Layout, accumulate
    >>> two = Layout("two", (("service", (0, 1)),), 2, 1, 5)
    >>> rows, whose = [[1, 2], [2, 2], [4, 5], [5, 4], [3, 4], [3, 3]], [0, 0, 1, 1, 2, 2]
    >>> pool = accumulate(rows, whose, layout=two, group="peer", blocks=[[0], [1], [2]]).pool("two", "peer")
    >>> pooled_option_counts(pool, "service").counts[:, 0].tolist()
    [[1, 1, 0, 0, 0], [0, 0, 0, 1, 1], [0, 0, 2, 0, 0]]
    """
    blocks = pool.blocks[pool.layout.scale(scale)]
    own = is_pooled(blocks, pool.layout)
    return OptionCounts(blocks.counts[own], pool.layout.low, blocks.block[own])


def pooled_nested_sums(pool: Pool, scale: str) -> NestedSums:
    """Sums of p x (r:p) x i, as `pooled_sums` tells them (docs/methods.md, sections 4 and 10).

    Parameters
    ----------
    pool : of a vault
    scale : name of a scale

    Returns
    -------
    NestedSums

    Examples
    --------
    >>> from analysis.statistics import Layout, accumulate
    >>> two = Layout("two", (("service", (0, 1)),), 2, 1, 5)
    >>> rows, whose = [[1, 2], [2, 2], [4, 5], [5, 4], [3, 4], [3, 3]], [0, 0, 1, 1, 2, 2]
    >>> pool = accumulate(rows, whose, layout=two, group="peer", blocks=[[0], [1], [2]]).pool("two", "peer")
    >>> found = pooled_nested_sums(pool, "service")
    >>> found.n.tolist(), found.item_sum.tolist(), found.within.round(3).tolist()
    ([2, 2, 2], [[3.0, 4.0], [9.0, 9.0], [6.0, 7.0]], [[1.0, -0.5], [-0.5, 1.0]])
    """
    return pooled_sums(pool, scale).nested()


def pooled_group_statistics(pool: Pool, scale: str) -> GroupStatistics:
    """n and mean of each single-subject block and the sum of squares within them.

    Within = total - between over the blocks that carry the pooled tables, where the total comes from
    the pooled cross-products and the between part from the block sums: both are sums of whole
    numbers. Means at the ends of the scale that are not pooled are coarsened, and their blocks are
    given the mean square within of the others. Nothing is told where the others are too few, or all
    their raters agree to the digit: an error of zero would tell every single answer (docs/methods.md,
    sections 4 and 5).

    Parameters
    ----------
    pool : of a vault
    scale : name of a scale

    Returns
    -------
    GroupStatistics

    Examples
    --------
    >>> from analysis.statistics import Layout, accumulate
    >>> two = Layout("two", (("service", (0, 1)),), 2, 1, 5)
    >>> rows, whose = [[1, 2], [2, 2], [4, 5], [5, 4], [3, 4], [3, 3]], [0, 0, 1, 1, 2, 2]
    >>> pool = accumulate(rows, whose, layout=two, group="peer", blocks=[[0], [1], [2]]).pool("two", "peer")
    >>> found = pooled_group_statistics(pool, "service")
    >>> found.n.tolist(), found.mean.tolist(), found.ssw
    ([2, 2, 2], [1.75, 4.5, 3.25], 0.25)
    """
    blocks = pool.blocks[pool.layout.scale(scale)]
    own, table = blocks.block >= 0, pooled_pair_counts(pool, scale)
    pooled = is_pooled(blocks, pool.layout)[own]
    sums, n = (blocks.counts[own] @ pool.layout.steps).sum(axis=1), blocks.n[own]
    k = len(table)
    nothing = GroupStatistics(np.zeros_like(n), np.full(len(n), np.nan), 0.0, blocks.block[own])
    if not table.any():  # the pool is too small to be kept
        return nothing
    total = _products(table, pool.layout.steps).sum()
    ssw = float(less_between(total, sums[pooled] ** 2, n[pooled])) / k**2
    df, df_all = int(n[pooled].sum() - pooled.sum()), int(n.sum() - len(n))
    if df and ssw <= AGREED:
        return nothing
    exact = sums / (n * k)
    mean = np.where(pooled, exact, coarsened(exact, pool.layout.low, pool.layout.high))
    return GroupStatistics(n, mean, max(ssw, 0.0) * (df_all / df if df else 1.0), blocks.block[own])


def pooled_alpha(pool: Pool, scale: str, *, confidence: float = 0.95) -> Alpha:
    """Alpha of a scale (Cronbach 1951), from the sums of docs/methods.md, section 4.

    Parameters
    ----------
    pool : of a vault
    scale : name of a scale
    confidence : share of the interval

    Returns
    -------
    Alpha

    Examples
    --------
    From the vault and from the rows:

    >>> from analysis.statistics import Layout, accumulate
    >>> two = Layout("two", (("service", (0, 1)),), 2, 1, 5)
    >>> rows, whose = [[1, 2], [2, 2], [4, 5], [5, 4], [3, 4], [3, 3]], [0, 0, 1, 1, 2, 2]
    >>> pool = accumulate(rows, whose, layout=two, group="peer", blocks=[[0], [1], [2]]).pool("two", "peer")
    >>> [round(found.estimate, 3) for found in (pooled_alpha(pool, "service"), cronbach_alpha(rows))]
    [0.894, 0.894]
    """
    return cronbach_alpha(pooled_moments(pool, scale), confidence=confidence)


def pooled_omega(pool: Pool, scale: str) -> Omega:
    """Omega of a scale (McDonald 1999), from the sums of docs/methods.md, section 4.

    Parameters
    ----------
    pool : of a vault
    scale : name of a scale

    Returns
    -------
    Omega

    Examples
    --------
    From the vault and from the rows:

    >>> from analysis.statistics import Layout, accumulate
    >>> two = Layout("two", (("service", (0, 1)),), 2, 1, 5)
    >>> rows, whose = [[1, 2], [2, 2], [4, 5], [5, 4], [3, 4], [3, 3]], [0, 0, 1, 1, 2, 2]
    >>> pool = accumulate(rows, whose, layout=two, group="peer", blocks=[[0], [1], [2]]).pool("two", "peer")
    >>> [round(found.estimate, 3) for found in (pooled_omega(pool, "service"), mcdonald_omega(rows))]
    [0.9, 0.9]
    """
    return mcdonald_omega(pooled_moments(pool, scale))


def pooled_icc(pool: Pool, scale: str, *, confidence: float = 0.95) -> OnewayIcc:
    """One-way intraclass correlation of a scale (Searle 1971), from the sums of docs/methods.md, section 4.

    Parameters
    ----------
    pool : of a vault
    scale : name of a scale
    confidence : share of the interval

    Returns
    -------
    OnewayIcc

    Examples
    --------
    From the vault and from the means of the rows:

    >>> from analysis.statistics import Layout, accumulate
    >>> two = Layout("two", (("service", (0, 1)),), 2, 1, 5)
    >>> rows, whose = [[1, 2], [2, 2], [4, 5], [5, 4], [3, 4], [3, 3]], [0, 0, 1, 1, 2, 2]
    >>> pool = accumulate(rows, whose, layout=two, group="peer", blocks=[[0], [1], [2]]).pool("two", "peer")
    >>> found = pooled_icc(pool, "service"), icc_oneway(np.mean(rows, axis=1), whose)
    >>> [round(icc.icc1, 3) for icc in found]
    [0.957, 0.957]
    """
    return icc_oneway(pooled_group_statistics(pool, scale), confidence=confidence)


def _products(table: IntArray, steps: IntArray) -> IntArray:
    """(items, items) sums of products of answers."""
    return np.asarray(np.einsum("iajb,a,b->ij", table, steps, steps), dtype=np.int64)
