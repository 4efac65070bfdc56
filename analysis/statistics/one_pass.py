"""All that a scale needs of whole-number answers: sums and squares by subject, and one table of products.

From these few numbers follow the means, alpha, omega, intraclass correlations, agreement, shrunken means
and variance components of the scale. They come from rows in one pass (`scale_sums`) or from a vault
(`pooled_sums`), and what follows cannot tell the difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from analysis._arrays import FloatArray, IntArray, divide
from analysis.agreement.oneway import GroupStatistics
from analysis.agreement.option_counts import ItemSpread
from analysis.generalizability.study import NestedSums
from analysis.moments import ItemMoments, moments_from_sums
from analysis.statistics.blocks import by_code, complete_scales, slices
from analysis.statistics.vault import checked, present

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from analysis.statistics.layout import Layout

_EXACT_IN_SINGLE = 2**24


@dataclass(frozen=True, eq=False)
class ScaleSums:
    """Sums over the complete ballots of one scale.

    Attributes
    ----------
    labels : (G,) subjects
    n : (G,) complete ballots about each
    sums, squares : (G, k) sum of the answers and of their squares, item by item (whole numbers)
    products : (k, k) sum of the products of the answers to two items, over all ballots
    scale : first and last option
    """

    labels: IntArray
    n: IntArray
    sums: FloatArray
    squares: FloatArray
    products: IntArray
    scale: tuple[int, int]

    def moments(self) -> ItemMoments:
        """Means and covariances of the items."""
        return moments_from_sums(int(self.n.sum()), self._item_totals, self.products)

    def groups(self) -> GroupStatistics:
        """Mean score of each subject, and the sum of squares within subjects."""
        k = self.sums.shape[1]
        ssw = max(float(self._within.sum()), 0.0) / k**2
        mean = self._item_means @ np.full(k, 1 / k)
        if not self.n.all():
            mean[self.n == 0] = np.nan
        return GroupStatistics(self.n, mean, ssw, self.labels)

    def nested(self) -> NestedSums:
        """Sums of p x (r:p) x i."""
        return NestedSums(self.n, self.sums, self._within)

    def spread(self) -> ItemSpread:
        """Mean and variance between the raters of each subject, item by item."""
        n = self.n[:, np.newaxis].astype(np.float64)
        variance = divide(self.squares - self.sums * self._item_means, n - 1, n > 1)
        mean = self._item_means if self.n.all() else np.where(n > 0, self._item_means, np.nan)
        return ItemSpread(mean, variance, self.n, self.labels, self.scale)

    @cached_property
    def _item_means(self) -> FloatArray:
        """(G, k) with zero for a subject whom nobody rated."""
        return self.sums / np.maximum(self.n, 1)[:, np.newaxis].astype(np.float64)

    @cached_property
    def _item_totals(self) -> IntArray:
        return (np.ones(len(self.sums)) @ self.sums).astype(np.int64)

    @cached_property
    def _within(self) -> FloatArray:
        """(k, k) cross-products around the subjects' item means: those around the item means less between."""
        total, count = self._item_totals, max(int(self.n.sum()), 1)
        around = (count * self.products - np.outer(total, total)) / count  # whole numbers up to here
        away = self._item_means - total / count
        weighted = away * self.n[:, np.newaxis]
        return np.asarray(around - weighted.T @ away, dtype=np.float64)


def scale_sums(answers: ArrayLike, subjects: ArrayLike, layout: Layout) -> dict[str, ScaleSums]:
    """The sums of every scale, in one pass over the ballots.

    A ballot counts in a scale only if all its items are answered. Subjects whom nobody rated stay out.

    Parameters
    ----------
    answers : (ballots, items) whole numbers, `Missing` codes where there is no answer
    subjects : (ballots,) whole-number code of the subject of each ballot
    layout : what the columns are

    Returns
    -------
    dict : name of each scale -> `ScaleSums`

    Raises
    ------
    ValueError : wrong shape, answers outside the options

    References
    ----------
    docs/methods.md, section 4.

    Examples
    --------
    >>> from analysis.statistics.layout import Layout
    >>> layout = Layout("two items", (("service", (0, 1)),), 2, 1, 5)
    >>> sums = scale_sums([[1, 2], [3, 3], [5, -1]], [7, 7, 8], layout)["service"]
    >>> sums.labels.tolist(), sums.n.tolist(), sums.sums.tolist()
    ([7, 8], [2, 0], [[4.0, 5.0], [0.0, 0.0]])
    """
    x, subject = checked(answers, subjects, layout, None)
    labels, code = present(subject, int(subject.max(initial=-1)) + 1)
    n, sums, squares, products = _totals(layout.in_order(x), code, len(labels), layout)
    found = {}
    for scale, (name, _) in enumerate(layout.scales):
        own = layout.places(scale)
        found[name] = ScaleSums(
            labels=labels,
            n=n[:, scale],
            sums=np.ascontiguousarray(sums[:, own]),
            squares=np.ascontiguousarray(squares[:, own]),
            products=products[own, own],
            scale=(layout.low, layout.high),
        )
    return found


def _totals(
    x: NDArray[np.integer], code: IntArray, codes: int, layout: Layout
) -> tuple[IntArray, FloatArray, FloatArray, IntArray]:
    """By subject: complete ballots, sums and sums of squares; and over all ballots products of items."""
    items = x.shape[1]
    n, sums, squares = (np.zeros((codes, width)) for width in (len(layout.scales), items, items))
    products: FloatArray = np.zeros((items, items))
    for rows in slices(len(x)):
        part, complete = x[rows], complete_scales(x[rows], layout)
        are_all = bool(complete.all())
        if not are_all:
            part = np.where(np.repeat(complete, layout.sizes, axis=1), part, 0)
        is_exact = layout.high**2 * len(part) < _EXACT_IN_SINGLE
        answers: NDArray[np.floating] = part.astype(np.float32 if is_exact else np.float64)
        first = int(code[rows].min())
        there = slice(first, int(code[rows].max()) + 1)
        members = by_code(code[rows] - first, there.stop - first)
        n[there] += members @ (complete[:, :1] if are_all else complete).astype(np.float32)
        sums[there] += members @ answers
        squares[there] += members @ (answers * answers)
        products += answers.T @ answers
    return n.astype(np.int64), sums, squares, products.astype(np.int64)
