"""All that a scale needs of whole-number answers: sums and squares by subject, and one table of products.

From these few numbers follow the means, alpha, omega, intraclass correlations, agreement, shrunken means
and variance components of the scale. They come from rows in one pass (`scale_sums`) or from a vault
(`pooled_sums`), and what follows cannot tell the difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis._arrays import FloatArray, IntArray, divide
from analysis.blocks import by_code, complete_scales, less_between, slices
from analysis.generalizability import NestedSums
from analysis.moments import ItemMoments, moments_from_sums
from analysis.oneway import GroupStatistics
from analysis.option_counts import ItemSpread
from analysis.statistics import checked, present

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from analysis.layout import Layout

_EXACT_IN_SINGLE = 2**24


@dataclass(frozen=True, eq=False)
class ScaleSums:
    """Sums over the complete ballots of one scale.

    Attributes
    ----------
    labels : (G,) subjects
    n : (G,) complete ballots about each
    sums, squares : (G, k) sum of the answers and of their squares, item by item
    products : (k, k) sum of the products of the answers to two items, over all ballots
    scale : first and last option
    """

    labels: IntArray
    n: IntArray
    sums: IntArray
    squares: IntArray
    products: IntArray
    scale: tuple[int, int]

    def moments(self) -> ItemMoments:
        """Means and covariances of the items."""
        return moments_from_sums(int(self.n.sum()), self.sums.sum(axis=0), self.products)

    def groups(self) -> GroupStatistics:
        """Mean score of each subject, and the sum of squares within subjects."""
        total, k = self.sums.sum(axis=1), self.sums.shape[1]
        ssw = float(less_between(self.products.sum(), total**2, self.n)) / k**2
        return GroupStatistics(self.n, divide(total, self.n * k, self.n > 0), max(ssw, 0.0), self.labels)

    def nested(self) -> NestedSums:
        """Sums of p x (r:p) x i."""
        between = self.sums[:, :, np.newaxis] * self.sums[:, np.newaxis]
        within = less_between(self.products, between, self.n)
        return NestedSums(self.n, self.sums.astype(np.float64), within)

    def spread(self) -> ItemSpread:
        """Mean and variance between the raters of each subject, item by item."""
        n = self.n[:, np.newaxis]
        mean = divide(self.sums, n, n > 0)
        variance = divide(n * self.squares - self.sums**2, n * (n - 1), n > 1)
        return ItemSpread(mean, variance, self.n, self.labels, self.scale)


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

    Examples
    --------
    >>> from analysis.layout import Layout
    >>> layout = Layout("two items", (("service", (0, 1)),), 2, 1, 5)
    >>> sums = scale_sums([[1, 2], [3, 3], [5, -1]], [7, 7, 8], layout)["service"]
    >>> sums.labels.tolist(), sums.n.tolist(), sums.sums.tolist()
    ([7, 8], [2, 0], [[4, 5], [0, 0]])
    """
    x, subject = checked(answers, subjects, layout, None)
    labels, code = present(subject, int(subject.max(initial=-1)) + 1)
    items = len(layout.order)
    by_subject, products = _totals(layout.in_order(x), code, len(labels), layout)
    found = {}
    for scale, (name, _) in enumerate(layout.scales):
        own = layout.places(scale)
        found[name] = ScaleSums(
            labels=labels,
            n=by_subject[:, 2 * items + scale],
            sums=by_subject[:, own],
            squares=by_subject[:, items:][:, own],
            products=products[own, own],
            scale=(layout.low, layout.high),
        )
    return found


def _totals(x: NDArray[np.integer], code: IntArray, codes: int, layout: Layout) -> tuple[IntArray, IntArray]:
    """By subject, side by side: sums, sums of squares, complete ballots; and products of items."""
    items = x.shape[1]
    total: FloatArray = np.zeros((codes, 2 * items + len(layout.scales)))
    products: FloatArray = np.zeros((items, items))
    for rows in slices(len(x)):
        is_exact = layout.high**2 * (rows.stop - rows.start) < _EXACT_IN_SINGLE
        table = np.empty(
            (rows.stop - rows.start, total.shape[1]), dtype=np.float32 if is_exact else np.float64
        )
        complete = complete_scales(x[rows], layout)
        part = x[rows] if complete.all() else np.where(np.repeat(complete, layout.sizes, axis=1), x[rows], 0)
        answers = part.astype(table.dtype)
        table[:, :items] = answers
        np.multiply(answers, answers, out=table[:, items : 2 * items])
        table[:, 2 * items :] = complete
        products += answers.T @ answers
        first = int(code[rows].min())
        there = slice(first, int(code[rows].max()) + 1)
        total[there] += by_code(code[rows] - first, there.stop - first) @ table
    return total.astype(np.int64), products.astype(np.int64)
