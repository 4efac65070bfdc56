"""The vault: what is kept of the ballots of a closed cycle, and nothing else.

Per block (a subject or a remainder) and scale: the complete ballots and each item's option counts.
Per pool (instrument and rater group), over the blocks of single subjects: a table of options for
each pair of items, and what is needed for the error of a mean over several scales. No second
moment per block: together with the option counts it would give away whole ballots.

A vault is a sum. Batches, shards and machines each `accumulate` their part, and `merge` adds them
in any order. A ballot counts in a scale only if all items of the scale are judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from analysis._arrays import BoolArray, FloatArray, IntArray, as_codes, divide
from analysis.disclosure import UNPUBLISHED, in_high_band, in_low_band

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_ROWS_AT_ONCE = 16_384  # whole numbers stay exact in single precision


class Missing(IntEnum):
    """Why an item has no answer; never a number to reckon with."""

    SKIPPED = -1
    NEVER_SEEN = -2
    NOT_PART_OF_JOB = -3


@dataclass(frozen=True)
class Layout:
    """The items of one instrument, as columns of the answers.

    Attributes
    ----------
    instrument : code and version
    scales : name and item columns of each scale; a column belongs to at most one scale
    items : how many columns the answers have
    low, high : first and last option, the same for all items
    """

    instrument: str
    scales: tuple[tuple[str, tuple[int, ...]], ...]
    items: int
    low: int
    high: int

    def __post_init__(self) -> None:
        columns = [column for _, own in self.scales for column in own]
        if len(set(columns)) != len(columns) or any(not 0 <= c < self.items for c in columns):
            raise ValueError("scales: each column must exist and belong to one scale")
        if not 0 <= self.low < self.high or any(not own for _, own in self.scales):
            raise ValueError("low, high, scales: options start at 0 or above; no scale is empty")

    @property
    def options(self) -> int:
        """Number of options of an item."""
        return self.high - self.low + 1

    def scale(self, name: str) -> int:
        """Position of a scale."""
        return [own for own, _ in self.scales].index(name)

    def columns(self, scale: int) -> list[int]:
        """Item columns of a scale."""
        return list(self.scales[scale][1])


@dataclass(frozen=True, eq=False)
class Blocks:
    """The blocks of one scale, sorted by block.

    Attributes
    ----------
    block : (blocks,) as in `analysis.disclosure`
    n : (blocks,) complete ballots
    counts : (blocks, items of the scale, options)
    """

    block: IntArray
    n: IntArray
    counts: IntArray


@dataclass(frozen=True, eq=False)
class Pool:
    """The statistics of one instrument and rater group.

    Attributes
    ----------
    layout, group : which instrument, which raters
    blocks : for each scale
    pairs : (items, options, items, options) ballots with both options, over single-subject blocks,
        complete on the scales of both items
    within_df, within : (scales, scales) degrees of freedom and sum of cross-products of scale
        means around the block's mean, over ballots complete on both scales
    not_judged : (items, 3) answers missing by reason (`Missing`, in its order), over all ballots
    ballots : all ballots, shown or not
    unpublished : (scales,) complete ballots that count in no block
    """

    layout: Layout
    group: str
    blocks: tuple[Blocks, ...]
    pairs: IntArray
    within_df: IntArray
    within: FloatArray
    not_judged: IntArray
    ballots: int
    unpublished: IntArray


@dataclass(frozen=True, eq=False)
class Vault:
    """The pools of a cycle, by instrument and rater group."""

    pools: Mapping[tuple[str, str], Pool]

    def pool(self, instrument: str, group: str) -> Pool:
        """One pool; KeyError when nobody was asked."""
        return self.pools[instrument, group]


def count_complete(answers: ArrayLike, subjects: ArrayLike, layout: Layout, n_subjects: int) -> IntArray:
    """Pass 1: complete ballots per subject and scale, (subjects, scales). Batches add up.

    Raises
    ------
    ValueError : wrong shape, answers outside the options, subjects out of range
    """
    x, subject = _checked(answers, subjects, layout, n_subjects)
    complete = _complete(x, layout)
    columns = [np.bincount(subject[column], minlength=n_subjects) for column in complete.T]
    return np.column_stack(columns) if columns else np.zeros((n_subjects, 0), dtype=np.int64)


def accumulate(
    answers: ArrayLike, subjects: ArrayLike, *, layout: Layout, group: str, blocks: ArrayLike
) -> Vault:
    """Pass 2: reduce the ballots of one rater group to a vault.

    Ballots may be dealt to batches in any way that keeps all ballots about one subject together.

    Parameters
    ----------
    answers : (ballots, items) whole numbers, `Missing` codes where there is no answer
    subjects : (ballots,) subject of each ballot
    layout : what the columns are
    group : name of the rater group
    blocks : (subjects, scales) the block each subject's ballots count in (`Publication.block`)

    Raises
    ------
    ValueError : wrong shape, answers outside the options, subjects out of range
    """
    mapping = np.asarray(blocks, dtype=np.int64)
    if mapping.ndim != 2 or mapping.shape[1] != len(layout.scales):
        raise ValueError("blocks: must be subjects by scales")
    x, subject = _checked(answers, subjects, layout, len(mapping))
    complete = _complete(x, layout)
    target = np.where(complete, mapping[subject], UNPUBLISHED)
    scales = range(len(layout.scales))
    found = tuple(_blocks(x[:, layout.columns(s)] - layout.low, target[:, s], layout) for s in scales)
    telling = [blocks.block[is_pooled(blocks, layout)] for blocks in found]
    own = complete & np.column_stack([np.isin(target[:, s], telling[s]) for s in scales])
    within_df, within = _within(x, subject, own, layout)
    pool = Pool(
        layout=layout,
        group=group,
        blocks=found,
        pairs=_pairs(x, own, layout),
        within_df=within_df,
        within=within,
        not_judged=np.column_stack([(x == reason).sum(axis=0) for reason in Missing]),
        ballots=len(x),
        unpublished=(complete & (target == UNPUBLISHED)).sum(axis=0),
    )
    return Vault({(layout.instrument, group): pool})


def is_pooled(blocks: Blocks, layout: Layout) -> BoolArray:
    """Which blocks carry the pooled tables: single subjects whose mean may be told exactly.

    A block with a mean at the end of the scale is left out whole: otherwise the pooled tables, taken
    with everybody else's means, would give its exact mean back.
    """
    sums = (blocks.counts @ np.arange(layout.low, layout.high + 1)).sum(axis=1)
    mean = divide(sums, blocks.n * blocks.counts.shape[1], blocks.n > 0)
    is_banded = in_low_band(mean, layout.low, layout.high) | in_high_band(mean, layout.low, layout.high)
    return np.asarray((blocks.block >= 0) & ~is_banded, dtype=np.bool_)


def merge(a: Vault, b: Vault) -> Vault:
    """The vault of two disjoint sets of ballots.

    Raises
    ------
    ValueError : one instrument with two layouts
    """
    pools = dict(a.pools)
    for key, pool in b.pools.items():
        pools[key] = _merge_pools(pools[key], pool) if key in pools else pool
    return Vault(pools)


def without_small_pools(vault: Vault, minimum_subjects: int = 3, minimum_ballots: int = 5) -> Vault:
    """The vault without pooled tables that rest on too little.

    Second moments need `minimum_subjects` single-subject blocks; why items were not judged, and how
    many ballots there are, is told of `minimum_ballots` or more. To be called once, after the last
    merge.
    """
    pools = {key: _without_small_scales(pool, minimum_subjects) for key, pool in vault.pools.items()}
    return Vault({key: _without_few_ballots(pool, minimum_ballots) for key, pool in pools.items()})


def _checked(
    answers: ArrayLike, subjects: ArrayLike, layout: Layout, n_subjects: int
) -> tuple[NDArray[np.integer], IntArray]:
    x = np.asarray(answers)
    if x.ndim != 2 or x.shape[1] != layout.items or not np.issubdtype(x.dtype, np.integer):
        raise ValueError(f"answers: must be whole numbers, ballots by {layout.items} items")
    missing = (x >= min(Missing)) & (x < 0)
    if not (missing | ((x >= layout.low) & (x <= layout.high))).all():
        raise ValueError(f"answers: holds values outside the options {layout.low} to {layout.high}")
    subject = as_codes(subjects, "subjects", len(x))
    if subject.size and subject.max() >= n_subjects:
        raise ValueError("subjects: holds a subject that has no row in the blocks")
    return x, subject


def _complete(x: NDArray[np.integer], layout: Layout) -> BoolArray:
    complete = np.ones((len(x), len(layout.scales)), dtype=np.bool_)
    for s in range(len(layout.scales)):
        complete[:, s] = (x[:, layout.columns(s)] >= 0).all(axis=1)
    return complete


def _blocks(options: NDArray[np.integer], target: IntArray, layout: Layout) -> Blocks:
    shown = target != UNPUBLISHED
    block, position = np.unique(target[shown], return_inverse=True)
    counts = [
        np.bincount(position * layout.options + column, minlength=len(block) * layout.options)
        for column in options[shown].T
    ]
    shape = (options.shape[1], len(block), layout.options)
    table = np.reshape(counts, shape).transpose(1, 0, 2)
    return Blocks(block, np.bincount(position, minlength=len(block)), np.ascontiguousarray(table))


def _pairs(x: NDArray[np.integer], own: BoolArray, layout: Layout) -> IntArray:
    """Tables of options for each pair of items, by one product of indicator matrices."""
    width = layout.items * layout.options
    total = np.zeros((width, width), dtype=np.int64)
    steps = np.arange(layout.low, layout.high + 1)
    counted = np.zeros((len(x), layout.items), dtype=np.bool_)
    for s in range(len(layout.scales)):
        counted[:, layout.columns(s)] = own[:, s, np.newaxis]
    for start in range(0, len(x), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        chosen = (x[rows, :, np.newaxis] == steps) & counted[rows, :, np.newaxis]
        indicator = chosen.reshape(-1, width).astype(np.float32)
        total += (indicator.T @ indicator).astype(np.int64)
    return total.reshape(layout.items, layout.options, layout.items, layout.options)


def _within(
    x: NDArray[np.integer], subject: IntArray, own: BoolArray, layout: Layout
) -> tuple[IntArray, FloatArray]:
    """Pooled cross-products of scale means around the subject's means, for each pair of scales."""
    count = len(layout.scales)
    df, products = np.zeros((count, count), dtype=np.int64), np.zeros((count, count))
    means = [x[:, layout.columns(s)].sum(axis=1) / len(layout.columns(s)) for s in range(count)]
    for a in range(count):
        for b in range(a, count):
            both = own[:, a] & own[:, b]
            there, code = np.unique(subject[both], return_inverse=True)
            n = np.bincount(code)
            one, two = means[a][both], means[b][both]
            centre = np.bincount(code, weights=one) / n if n.size else np.zeros(0)
            df[a, b] = df[b, a] = both.sum() - len(there)
            products[a, b] = products[b, a] = ((one - centre[code]) * two).sum()
    return df, products


def _merge_pools(a: Pool, b: Pool) -> Pool:
    if a.layout != b.layout:
        raise ValueError("layout: one instrument cannot have two layouts")
    return replace(
        a,
        blocks=tuple(_merge_blocks(one, two) for one, two in zip(a.blocks, b.blocks, strict=True)),
        pairs=a.pairs + b.pairs,
        within_df=a.within_df + b.within_df,
        within=a.within + b.within,
        not_judged=a.not_judged + b.not_judged,
        ballots=a.ballots + b.ballots,
        unpublished=a.unpublished + b.unpublished,
    )


def _merge_blocks(a: Blocks, b: Blocks) -> Blocks:
    block = np.union1d(a.block, b.block)
    n = np.zeros(len(block), dtype=np.int64)
    counts = np.zeros((len(block), *a.counts.shape[1:]), dtype=np.int64)
    for part in (a, b):
        place = np.searchsorted(block, part.block)
        n[place] += part.n
        counts[place] += part.counts
    return Blocks(block, n, counts)


def _without_few_ballots(pool: Pool, minimum: int) -> Pool:
    if pool.ballots >= minimum:
        return pool
    nothing = np.zeros_like(pool.not_judged), np.zeros_like(pool.unpublished)
    return replace(pool, not_judged=nothing[0], unpublished=nothing[1], ballots=0)


def _without_small_scales(pool: Pool, minimum: int) -> Pool:
    small = [s for s, b in enumerate(pool.blocks) if is_pooled(b, pool.layout).sum() < minimum]
    if not small:
        return pool
    pairs, df, within = pool.pairs.copy(), pool.within_df.copy(), pool.within.copy()
    columns = [column for s in small for column in pool.layout.columns(s)]
    pairs[columns], pairs[:, :, columns] = 0, 0
    for table in (df, within):
        table[small], table[:, small] = 0, 0
    return replace(pool, pairs=pairs, within_df=df, within=within)
