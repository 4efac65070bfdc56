"""What is enough of the answers about each subject to tell how far her raters agree."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis._arrays import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class OptionCounts:
    """How many raters of each subject chose each option of each item.

    Attributes
    ----------
    counts : (G, J, A) raters; the items of one subject add up to the same number
    low : first option; the others follow in steps of 1
    labels : (G,) names of the subjects
    """

    counts: IntArray
    low: float
    labels: NDArray[np.generic]

    def __post_init__(self) -> None:
        if self.counts.ndim != 3 or not self.counts.shape[1] or self.labels.shape != self.counts.shape[:1]:
            raise ValueError("counts, labels: must be subjects by items by options, and a label a subject")
        raters = self.counts.sum(axis=2)
        if (self.counts < 0).any() or (raters != raters[:, :1]).any():
            raise ValueError("counts: must not be negative, with the same raters in all items of a subject")

    @property
    def scale(self) -> tuple[float, float]:
        """First and last option."""
        return self.low, self.low + self.counts.shape[2] - 1

    def ratings(self, item: int) -> FloatArray:
        """(G, most raters) the answers to one item, NaN behind a subject's last: for coefficients that do
        not ask who gave which (`krippendorff_alpha`, `gwet_ac`, one-way `icc`).

        Examples
        --------
        >>> OptionCounts(np.array([[[2, 1]], [[0, 1]]]), 1, np.arange(2)).ratings(0)
        array([[ 1.,  1.,  2.],
               [ 2., nan, nan]])
        """
        counts = self.counts[:, item]
        raters = counts.sum(axis=1)
        is_there = np.arange(raters.max(initial=0)) < raters[:, np.newaxis]
        table = np.full(is_there.shape, np.nan)
        steps = np.tile(self.low + np.arange(counts.shape[1], dtype=np.float64), len(counts))
        table[is_there] = np.repeat(steps, counts.ravel())
        return table


@dataclass(frozen=True, eq=False)
class ItemSpread:
    """Mean and variance between the raters of each subject, item by item: enough for rwg(j) and a_wg.

    Attributes
    ----------
    mean, variance : (G, J) NaN without raters, and for the variance (divisor n - 1) with only one
    raters : (G,) raters of each subject
    labels : (G,) names of the subjects
    scale : first and last option
    """

    mean: FloatArray
    variance: FloatArray
    raters: IntArray
    labels: NDArray[np.generic]
    scale: tuple[float, float]

    @cached_property
    def mean_variance(self) -> FloatArray:
        """(G,) variance, mean over the items."""
        items = self.variance.shape[1]
        return np.asarray(self.variance @ np.full(items, 1 / items), dtype=np.float64)
