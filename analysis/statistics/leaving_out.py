"""A scale with an item and without it, from the same ballots: what leaving an item out by a rule takes.

The ballots stay the same both ways: a scale counts those that are complete on it as it was asked. One that
lacks the item alone would else be the whole difference between two sums.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.statistics.blocks import Blocks, complete_scales, may_be_pooled
from analysis.statistics.layout import Missing

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from analysis._arrays import BoolArray
    from analysis.statistics.layout import Layout


def complete_only(answers: ArrayLike, layout: Layout) -> NDArray[np.integer]:
    """The answers in scales that are complete; every other answer as if the item had been passed over.

    Counted with a layout that lacks an item, these are the ballots that counted with it.

    Parameters
    ----------
    answers : (ballots, items) whole numbers, `Missing` codes where there is no answer
    layout : what the columns are, as they were asked

    Returns
    -------
    (ballots, items) whole numbers

    References
    ----------
    Our own rule; docs/methods.md, section 5.

    Examples
    --------
    >>> from analysis.statistics.layout import Layout
    >>> three = Layout("three", (("service", (0, 1, 2)),), 3, 1, 5)
    >>> complete_only([[1, 2, 3], [4, 5, Missing.NEVER_SEEN]], three).tolist()
    [[1, 2, 3], [-1, -1, -1]]
    """
    x = np.array(answers)
    counts = np.zeros(x.shape, dtype=np.bool_)
    counts[:, layout.order] = np.repeat(complete_scales(layout.in_order(x), layout), layout.sizes, axis=1)
    return np.where(counts, x, x.dtype.type(Missing.SKIPPED))


def pooled_both_ways(blocks: Blocks, layout: Layout, place: int) -> BoolArray:
    """Which blocks may carry pooled tables that are told with an item and without it.

    The mean of a single subject may be told exactly both ways. Two pools that differ by some blocks
    would tell the tables of these blocks, which are whole ballots where they are few.

    Parameters
    ----------
    blocks : of one scale, with all its items
    layout : what the columns are
    place : of the item among those of the scale

    Returns
    -------
    (blocks,) truth values

    References
    ----------
    Our own rule; docs/methods.md, section 5.

    Examples
    --------
    Five ballots with 4 and 5 on two items: 4.5 may be told, 5 without the first item may not:

    >>> from analysis.statistics.layout import Layout
    >>> two = Layout("two", (("service", (0, 1)),), 2, 1, 5)
    >>> blocks = Blocks(np.array([0]), np.array([5]), np.array([[[0, 0, 0, 5, 0], [0, 0, 0, 0, 5]]]))
    >>> pooled_both_ways(blocks, two, 0).tolist(), pooled_both_ways(blocks, two, 1).tolist()
    ([False], [True])
    """
    sums = blocks.counts @ layout.steps
    asked, items = sums.sum(axis=1), blocks.counts.shape[1]
    rest = asked - sums[:, place]
    with_item = may_be_pooled(blocks.block, blocks.n, asked, items, layout)
    return with_item & may_be_pooled(blocks.block, blocks.n, rest, items - 1, layout)
