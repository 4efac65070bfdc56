"""Sums of ballots: option counts of each block, tables for pairs of items, sums for pairs of scales.

Everything is a whole number and adds up over any way of dealing ballots to batches. Products run in
single precision over so few rows at once that whole numbers stay exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from analysis._arrays import BoolArray, FloatArray, IntArray, divide
from analysis.disclosure.bands import in_high_band, in_low_band

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.statistics.layout import Layout

_ROWS_AT_ONCE = 16_384


@dataclass(frozen=True, eq=False)
class Blocks:
    """The blocks of one scale, sorted by block.

    Attributes
    ----------
    block : (blocks,) as in `analysis.disclosure`
    n : (blocks,) complete ballots
    counts : (blocks, items of the scale, options)
    pooled : (blocks,) which of them carry the pooled tables; by the rule of `is_pooled` when not given
    """

    block: IntArray
    n: IntArray
    counts: IntArray
    pooled: BoolArray | None = None


@dataclass(frozen=True, eq=False)
class Joint:
    """What cross-products of scales around the subjects' means are made of, while ballots still come in.

    Attributes
    ----------
    block : (blocks,) single-subject blocks, sorted
    n : (blocks, scales, scales) ballots complete on both scales
    sums : (blocks, scales, scales) sum of the first scale's answers over those ballots
    products : (scales, scales) sum over all these ballots of the product of both sums of answers
    """

    block: IntArray
    n: IntArray
    sums: IntArray
    products: IntArray

    def within(self, sizes: IntArray) -> tuple[IntArray, FloatArray]:
        """Degrees of freedom and cross-products of scale means around the subjects' means."""
        df = self.n.sum(axis=0) - (self.n > 0).sum(axis=0)
        products = self.sums * self.sums.transpose(0, 2, 1)
        return df, less_between(self.products, products, self.n) / np.outer(sizes, sizes)


def less_between(total: IntArray, products: IntArray, n: IntArray) -> FloatArray:
    """Cross-products within groups: their total less, group by group, the product of two sums over n.

    Parameters
    ----------
    total : (...) sum of products of answers, over all groups
    products : (G, ...) product of each group's two sums
    n : (G, ...) or (G,) answers in each group; 0 is allowed
    """
    there = np.maximum(n, 1).reshape(n.shape + (1,) * (products.ndim - n.ndim))
    whole, rest = np.divmod(products, there)  # whole parts cancel exactly against the total
    return np.asarray(total - whole.sum(axis=0) - (rest / there).sum(axis=0), dtype=np.float64)


def is_pooled(blocks: Blocks, layout: Layout) -> BoolArray:
    """Which blocks carry the pooled tables: single subjects whose mean may be told exactly.

    A block with a mean at the end of the scale is left out whole: otherwise the pooled tables, taken
    with everybody else's means, would give its exact mean back (docs/methods.md, section 5).

    Parameters
    ----------
    blocks : of one scale
    layout : what the columns are

    Returns
    -------
    array of truth values

    Examples
    --------
    One item, two subjects with means of 3.6 and 5 and a remainder:

    >>> from analysis.statistics.layout import Layout
    >>> counts = np.array([[[0, 0, 2, 3, 0]], [[0, 0, 0, 0, 5]], [[0, 2, 2, 1, 0]]])
    >>> blocks = Blocks(np.array([0, 1, -2]), np.array([5, 5, 5]), counts)
    >>> is_pooled(blocks, Layout("one", (("service", (0,)),), 1, 1, 5)).tolist()
    [True, False, False]
    """
    if blocks.pooled is not None:
        return blocks.pooled
    sums = (blocks.counts @ layout.steps).sum(axis=1)
    return may_be_pooled(blocks.block, blocks.n, sums, blocks.counts.shape[1], layout)


def may_be_pooled(
    block: IntArray, n: IntArray, sums: IntArray, items: int | IntArray, layout: Layout
) -> BoolArray:
    """The rule of `is_pooled`, from ballots and sums of answers."""
    mean = divide(sums, n * items, n > 0)
    is_banded = in_low_band(mean, layout.low, layout.high) | in_high_band(mean, layout.low, layout.high)
    return np.asarray((block >= 0) & ~is_banded, dtype=np.bool_)


def complete_scales(x: NDArray[np.integer], layout: Layout) -> BoolArray:
    """(ballots, scales) whether all items of the scale are judged; `x` in the order of the layout."""
    if x.min(initial=0) >= 0:
        return np.ones((len(x), len(layout.scales)), dtype=np.bool_)
    judged = (x >= 0).astype(np.float32) @ layout.membership.astype(np.float32)
    return np.asarray(judged == layout.sizes, dtype=np.bool_)


def answers_of_scales(x: NDArray[np.integer], complete: BoolArray, layout: Layout) -> FloatArray:
    """(ballots, scales) sum of the answers where the scale counts, else zero."""
    answers = x.astype(np.float64) @ layout.membership
    return np.where(complete, answers, 0.0)


def count_options(
    x: NDArray[np.integer], code: IntArray, codes: int, layout: Layout
) -> tuple[IntArray, IntArray]:
    """Complete ballots (codes, scales) and option counts (codes, items in order, options)."""
    width = layout.options * len(layout.order)
    total = np.zeros((codes, width))
    for rows in slices(len(x)):
        part, where = x[rows], code[rows]
        chosen = _chosen(part, complete_scales(part, layout), layout)
        first = int(where.min())
        there = slice(first, int(where.max()) + 1)
        total[there] += by_code(where - first, there.stop - first) @ chosen
    counts = total.astype(np.int64).reshape(codes, layout.options, len(layout.order)).transpose(0, 2, 1)
    starts = np.cumsum(layout.sizes) - layout.sizes
    return counts[:, starts].sum(axis=2), counts


def pair_tables(x: NDArray[np.integer], own: BoolArray, layout: Layout) -> IntArray:
    """Tables of options for each pair of items, by one product of indicator matrices."""
    width = layout.options * len(layout.order)
    total = np.zeros((width, width))
    for rows in slices(len(x)):
        chosen = _chosen(x[rows], own[rows], layout)
        total += chosen.T @ chosen
    items, options = len(layout.order), np.arange(layout.options)
    found = total.astype(np.int64).reshape(layout.options, items, layout.options, items)
    tables = np.zeros((layout.items, layout.options) * 2, dtype=np.int64)
    tables[np.ix_(layout.order, options, layout.order, options)] = found.transpose(1, 0, 3, 2)
    return tables


def joint_sums(
    x: NDArray[np.integer], code: IntArray, blocks: IntArray, own: BoolArray, layout: Layout
) -> Joint:
    """Sums for each pair of scales, over the ballots `own` in both."""
    scales, codes = own.shape[1], len(blocks)
    total = np.zeros((codes, scales, 2 * scales))
    products = np.zeros((scales, scales))
    for rows in slices(len(x)):
        answers = answers_of_scales(x[rows], own[rows], layout)
        products += answers.T @ answers
        both = np.hstack([own[rows], answers])
        first = int(code[rows].min())
        there = slice(first, int(code[rows].max()) + 1)
        for scale in range(scales):
            members = by_code(code[rows] - first, there.stop - first, own[rows, scale].astype(np.float64))
            total[there, scale] += members @ both
    shared: IntArray = total.astype(np.int64)
    n = shared[:, :, :scales]
    sums = shared[:, :, scales:].transpose(0, 2, 1)
    used = n.any(axis=(1, 2))
    return Joint(blocks[used], n[used], sums[used], products.astype(np.int64))


def in_blocks(block: IntArray, n: IntArray, counts: IntArray, nowhere: int) -> Blocks:
    """The blocks that subjects' ballots and option counts add up to; those `nowhere` count in none."""
    there = (block != nowhere) & (n > 0)
    found, place = np.unique(block[there], return_inverse=True)
    members = by_code(place, len(found), np.ones(len(place), dtype=np.int64))
    items, options = counts.shape[1:]
    table = members @ counts[there].reshape(len(place), items * options)
    return Blocks(found, members @ n[there], table.reshape(len(found), items, options))


def merge_blocks(a: Blocks, b: Blocks, layout: Layout) -> Blocks:
    """The blocks of both parts.

    Raises
    ------
    ValueError : a block carries the pooled tables in one part and not in the other
    """
    block, at_a, at_b = _united(a.block, b.block)
    is_in_a, is_in_b = np.zeros((2, len(block)), dtype=np.bool_)
    is_in_a[at_a], is_in_b[at_b] = is_pooled(a, layout), is_pooled(b, layout)
    shared = np.intersect1d(at_a, at_b)
    if not np.array_equal(is_in_a[shared], is_in_b[shared]):
        raise ValueError("pooled: needed where ballots about one subject are dealt to several parts")
    n, counts = _added(at_a, a.n, at_b, b.n), _added(at_a, a.counts, at_b, b.counts)
    return Blocks(block, n, counts, np.logical_or(is_in_a, is_in_b))


def merge_joint(a: Joint, b: Joint) -> Joint:
    """The sums of both parts."""
    block, at_a, at_b = _united(a.block, b.block)
    n, sums = _added(at_a, a.n, at_b, b.n), _added(at_a, a.sums, at_b, b.sums)
    return Joint(block, n, sums, a.products + b.products)


def slices(rows: int) -> Iterator[slice]:
    """All rows, so many at once that whole-number products stay exact in single precision."""
    return (slice(start, min(start + _ROWS_AT_ONCE, rows)) for start in range(0, rows, _ROWS_AT_ONCE))


def _chosen(x: NDArray[np.integer], counted: BoolArray, layout: Layout) -> NDArray[np.float32]:
    """(ballots, options x items) one where the option was chosen in a scale that counts."""
    answers = x if counted.all() else np.where(np.repeat(counted, layout.sizes, axis=1), x, -1)
    chosen = np.empty((len(x), layout.options, x.shape[1]), dtype=np.float32)
    for place, step in enumerate(layout.steps.tolist()):
        np.equal(answers, step, out=chosen[:, place], casting="unsafe")
    return chosen.reshape(len(x), -1)


def by_code(code: IntArray, codes: int, weights: NDArray[np.generic] | None = None) -> sparse.csc_array:
    """(codes, rows) a matrix whose product with a table of rows sums it by code."""
    data = np.ones(len(code), dtype=np.float32) if weights is None else weights
    return sparse.csc_array((data, code, np.arange(len(code) + 1)), shape=(codes, len(code)))


def _united(a: IntArray, b: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    block = np.union1d(a, b)
    return block, np.searchsorted(block, a), np.searchsorted(block, b)


def _added(at_a: IntArray, a: IntArray, at_b: IntArray, b: IntArray) -> IntArray:
    length = int(max(at_a.max(initial=-1), at_b.max(initial=-1))) + 1
    total = np.zeros((length, *a.shape[1:]), dtype=np.int64)
    total[at_a] += a
    total[at_b] += b
    return total
