"""The vault: what is kept of the ballots of a closed cycle, and nothing else.

Per block (a subject or a remainder) and scale: the complete ballots and each item's option counts.
Per pool (instrument and rater group), over the blocks of single subjects: a table of options for
each pair of items, and what is needed for the error of a mean over several scales. No second
moment per block: together with the option counts it would give away whole ballots.

A vault is a sum of whole numbers. Batches, shards and machines each `accumulate` their part, and
`merge` adds them in any order, with the same result to the bit. A ballot counts in a scale only if
all items of the scale are judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from analysis._arrays import BoolArray, FloatArray, IntArray, as_codes
from analysis.disclosure.publication import UNPUBLISHED
from analysis.statistics.blocks import (
    Blocks,
    Joint,
    answers_of_scales,
    complete_scales,
    count_options,
    in_blocks,
    joint_sums,
    may_be_pooled,
    merge_blocks,
    merge_joint,
    pair_tables,
)
from analysis.statistics.layout import Layout, Missing

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, eq=False)
class Pool:
    """The statistics of one instrument and rater group.

    Attributes
    ----------
    layout, group : which instrument, which raters
    blocks : for each scale
    pairs : (items, options, items, options) ballots with both options, over the blocks that are
        pooled (`is_pooled`), complete on the scales of both items
    within_df, within : (scales, scales) degrees of freedom and sum of cross-products of scale
        means around the block's mean, over ballots complete on both scales
    not_judged : (items, 3) answers missing by reason (`Missing`, in its order), over all ballots
    ballots : all ballots, shown or not
    unpublished : (scales,) complete ballots that count in no block
    joint : what `within` is made of, as long as ballots may still come; None in a closed vault
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
    joint: Joint | None = None


@dataclass(frozen=True, eq=False)
class Vault:
    """The pools of a cycle, by instrument and rater group."""

    pools: Mapping[tuple[str, str], Pool]

    def pool(self, instrument: str, group: str) -> Pool:
        """One pool; KeyError when nobody was asked."""
        return self.pools[instrument, group]


def count_complete(answers: ArrayLike, subjects: ArrayLike, layout: Layout, n_subjects: int) -> IntArray:
    """Pass 1 (docs/methods.md, section 4): complete ballots per subject and scale. Batches add up.

    Parameters
    ----------
    answers : (ballots, items) whole numbers, `Missing` codes where there is none
    subjects : (ballots,) subject of each ballot
    layout : what the columns are
    n_subjects : how many subjects there are

    Returns
    -------
    (subjects, scales) whole numbers

    Raises
    ------
    ValueError : wrong shape, answers outside the options, subjects out of range

    Examples
    --------
    >>> two = Layout("two", (("service", (0, 1)),), 2, 1, 5)
    >>> rows = [[1, 2], [2, Missing.SKIPPED], [4, 5]]
    >>> count_complete(rows, [0, 0, 1], two, 2).tolist()
    [[1], [1]]
    """
    x, subject = checked(answers, subjects, layout, n_subjects)
    complete = complete_scales(layout.in_order(x), layout)
    columns = [np.bincount(subject[column], minlength=n_subjects) for column in complete.T]
    return np.column_stack(columns) if columns else np.zeros((n_subjects, 0), dtype=np.int64)


def sum_complete(answers: ArrayLike, subjects: ArrayLike, layout: Layout, n_subjects: int) -> IntArray:
    """Pass 1: sum of the answers of complete ballots per subject and scale. Batches add up.

    Needed for `pooled_subjects` only (docs/methods.md, section 4).

    Parameters
    ----------
    answers : (ballots, items) whole numbers, `Missing` codes where there is none
    subjects : (ballots,) subject of each ballot
    layout : what the columns are
    n_subjects : how many subjects there are

    Returns
    -------
    (subjects, scales) whole numbers

    Raises
    ------
    ValueError : as in `count_complete`

    Examples
    --------
    >>> two = Layout("two", (("service", (0, 1)),), 2, 1, 5)
    >>> sum_complete([[1, 2], [2, 2], [4, Missing.SKIPPED]], [0, 0, 1], two, 2).tolist()
    [[7], [0]]
    """
    x, subject = checked(answers, subjects, layout, n_subjects)
    ordered = layout.in_order(x)
    sums = answers_of_scales(ordered, complete_scales(ordered, layout), layout)
    columns = [np.bincount(subject, weights=column, minlength=n_subjects) for column in sums.T]
    return np.column_stack(columns).astype(np.int64) if columns else np.zeros((n_subjects, 0), dtype=np.int64)


def pooled_subjects(n: ArrayLike, sums: ArrayLike, blocks: ArrayLike, layout: Layout) -> BoolArray:
    """Whose ballots `accumulate` is to pool when they come in no order (docs/methods.md, section 5).

    Parameters
    ----------
    n, sums : (subjects, scales) from `count_complete` and `sum_complete`
    blocks : (subjects, scales) as in `accumulate`

    Returns
    -------
    (subjects, scales) true for single-subject blocks whose mean may be told exactly

    Raises
    ------
    ValueError : shapes differ

    Examples
    --------
    Five ballots of two items each, with means of 3.7 and 4.9; 4.9 is told as a band and stays out:

    >>> two = Layout("two", (("service", (0, 1)),), 2, 1, 5)
    >>> pooled_subjects([[5], [5]], [[37], [49]], [[0], [1]], two).tolist()
    [[True], [False]]
    """
    count, total, block = (np.asarray(table, dtype=np.int64) for table in (n, sums, blocks))
    if count.ndim != 2 or count.shape != total.shape or count.shape != block.shape:
        raise ValueError("n, sums, blocks: must all be subjects by scales")
    return may_be_pooled(block, count, total, layout.sizes, layout)


def accumulate(
    answers: ArrayLike,
    subjects: ArrayLike,
    *,
    layout: Layout,
    group: str,
    blocks: ArrayLike,
    pooled: ArrayLike | None = None,
) -> Vault:
    """Pass 2 (docs/methods.md, section 4): reduce the ballots of one rater group to a vault.

    Ballots may be dealt to batches in any way. Without `pooled`, all ballots about one subject must
    be in one batch: whether a subject's mean may be told exactly is then decided from the batch, and
    `merge` refuses parts that decided differently.

    Parameters
    ----------
    answers : (ballots, items) whole numbers, `Missing` codes where there is no answer
    subjects : (ballots,) subject of each ballot
    layout : what the columns are
    group : name of the rater group
    blocks : (subjects, scales) the block each subject's ballots count in (`Publication.block`)
    pooled : (subjects, scales) whose ballots enter the pooled tables: `pooled_subjects` for what will
        be published, or `blocks >= 0` where nothing is to be hidden

    Returns
    -------
    Vault

    Raises
    ------
    ValueError : wrong shape, answers outside the options, subjects out of range

    Examples
    --------
    >>> two = Layout("two", (("service", (0, 1)),), 2, 1, 5)
    >>> rows, blocks = [[1, 2], [2, 2], [4, 5]], [[0], [1]]
    >>> pool = accumulate(rows, [0, 0, 1], layout=two, group="peer", blocks=blocks).pool("two", "peer")
    >>> pool.blocks[0].n.tolist(), pool.blocks[0].counts[0].tolist()
    ([2, 1], [[1, 1, 0, 0, 0], [0, 2, 0, 0, 0]])
    """
    mapping = np.asarray(blocks, dtype=np.int64)
    if mapping.ndim != 2 or mapping.shape[1] != len(layout.scales):
        raise ValueError("blocks: must be subjects by scales")
    x, subject = checked(answers, subjects, layout, len(mapping))
    ordered = layout.in_order(x)
    there, code = present(subject, len(mapping))
    target = mapping[there]
    n, counts = count_options(ordered, code, len(there), layout)
    telling = _telling(target, n, counts, layout) if pooled is None else _given(pooled, mapping)[there]
    own = complete_scales(ordered, layout) & telling[code]
    joint = joint_sums(ordered, code, there, own, layout)
    within_df, within = joint.within(layout.sizes)
    pool = Pool(
        layout=layout,
        group=group,
        blocks=tuple(_scale_blocks(s, target, n, counts, telling, layout) for s in range(len(layout.scales))),
        pairs=pair_tables(ordered, own, layout),
        within_df=within_df,
        within=within,
        not_judged=np.column_stack([np.count_nonzero(x == reason, axis=0) for reason in Missing]),
        ballots=len(x),
        unpublished=np.where(target == UNPUBLISHED, n, 0).sum(axis=0),
        joint=joint,
    )
    return Vault({(layout.instrument, group): pool})


def merge(a: Vault, b: Vault) -> Vault:
    """The vault of two disjoint sets of ballots (docs/methods.md, section 4).

    Parameters
    ----------
    a : a vault
    b : another vault of the same instruments

    Returns
    -------
    Vault

    Raises
    ------
    ValueError : one instrument with two layouts, or ballots about one subject in several parts that
        were accumulated without `pooled`, or closed before

    Examples
    --------
    >>> two = Layout("two", (("service", (0, 1)),), 2, 1, 5)
    >>> a, b = (accumulate([[2, 3]], [i], layout=two, group="peer", blocks=[[0], [1]]) for i in (0, 1))
    >>> merge(a, b).pool("two", "peer").blocks[0].n.tolist()
    [1, 1]
    """
    pools = dict(a.pools)
    for key, pool in b.pools.items():
        pools[key] = _merge_pools(pools[key], pool) if key in pools else pool
    return Vault(pools)


def checked(
    answers: ArrayLike, subjects: ArrayLike, layout: Layout, n_subjects: int | None
) -> tuple[NDArray[np.integer], IntArray]:
    """Answers and the codes of their subjects, all of which are allowed."""
    if np.ma.is_masked(answers):
        raise ValueError("answers: must not be masked; say why with the codes of `Missing`")
    x = np.asarray(answers)
    if x.ndim != 2 or x.shape[1] != layout.items or not np.issubdtype(x.dtype, np.integer):
        raise ValueError(f"answers: must be whole numbers, ballots by {layout.items} items")
    lowest, highest = x.min(initial=layout.low), x.max(initial=layout.low)
    in_gap = lowest < layout.low > 0 and ((x >= 0) & (x < layout.low)).any()
    if lowest < min(Missing) or highest > layout.high or in_gap:
        raise ValueError(f"answers: holds values outside the options {layout.low} to {layout.high}")
    subject = as_codes(subjects, "subjects", len(x))
    if n_subjects is not None and subject.max(initial=-1) >= n_subjects:
        raise ValueError("subjects: holds a subject that has no row in the blocks")
    return x, subject


def present(subject: IntArray, n_subjects: int) -> tuple[IntArray, IntArray]:
    """The subjects that have ballots, sorted, and each ballot's position among them."""
    there = np.bincount(subject, minlength=n_subjects) > 0
    return np.flatnonzero(there), (np.cumsum(there) - 1)[subject]


def _given(pooled: ArrayLike, mapping: IntArray) -> BoolArray:
    telling = np.asarray(pooled, dtype=np.bool_)
    if telling.shape != mapping.shape:
        raise ValueError("pooled: must be subjects by scales, as blocks")
    return telling & (mapping >= 0)


def _telling(target: IntArray, n: IntArray, counts: IntArray, layout: Layout) -> BoolArray:
    sums = (counts @ layout.steps) @ layout.membership.astype(np.int64)
    return may_be_pooled(target, n, sums, layout.sizes, layout)


def _scale_blocks(
    scale: int, target: IntArray, n: IntArray, counts: IntArray, telling: BoolArray, layout: Layout
) -> Blocks:
    block = target[:, scale]
    found = in_blocks(block, n[:, scale], counts[:, layout.places(scale)], UNPUBLISHED)
    return replace(found, pooled=np.isin(found.block, block[telling[:, scale]]))


def _merge_pools(a: Pool, b: Pool) -> Pool:
    if a.layout != b.layout:
        raise ValueError("layout: one instrument cannot have two layouts")
    joint = _merge_joint(a, b)
    together = (a.within_df + b.within_df, a.within + b.within)
    within_df, within = together if joint is None else joint.within(a.layout.sizes)
    return replace(
        a,
        blocks=tuple(merge_blocks(one, two, a.layout) for one, two in zip(a.blocks, b.blocks, strict=True)),
        pairs=a.pairs + b.pairs,
        within_df=within_df,
        within=within,
        not_judged=a.not_judged + b.not_judged,
        ballots=a.ballots + b.ballots,
        unpublished=a.unpublished + b.unpublished,
        joint=joint,
    )


def _merge_joint(a: Pool, b: Pool) -> Joint | None:
    """None where a part is closed: what is within subjects then adds up, if no subject is in both."""
    if a.joint is not None and b.joint is not None:
        return merge_joint(a.joint, b.joint)
    for one, two in zip(a.blocks, b.blocks, strict=True):
        if (np.intersect1d(one.block, two.block) >= 0).any():
            raise ValueError("vault: closed parts cannot hold ballots about one and the same subject")
    return None
