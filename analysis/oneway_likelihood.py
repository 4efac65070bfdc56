"""The likelihood of one-way random models: it depends on one ratio, and on subjects by their raters' number.

Subjects with equally many raters differ in nothing but their means, so that their count, their common
mean and the squares around it are all that is needed of them: a search costs the same for ten subjects
as for a million.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize

if TYPE_CHECKING:
    from analysis._arrays import FloatArray, IntArray

_GRID = np.concatenate(([0.0], np.geomspace(1e-6, 1e8, 70)))


@dataclass(frozen=True, eq=False)
class RaterClasses:
    """Subjects by their number of raters.

    Attributes
    ----------
    n : (C,) different numbers of raters
    count : (C,) subjects with so many
    mean : (C, d) mean of their means, in d directions that have the same components
    squares : (C,) squared distances of their means from it, summed over the directions
    ssw : sum of squares within subjects, over the directions
    total : ratings of all subjects, in one direction
    """

    n: FloatArray
    count: FloatArray
    mean: FloatArray
    squares: FloatArray
    ssw: float
    total: float

    def between(self, t: float) -> float:
        """Weighted squares between subjects around their weighted mean, for var(between)/var(within) = t."""
        w = self.n / (1 + self.n * t)
        return float((w * self._squares_around(self.centre(t))).sum())

    def centre(self, t: float) -> FloatArray:
        """(d,) the weighted mean."""
        w = self.count * self.n / (1 + self.n * t)
        return np.asarray(w @ self.mean / w.sum(), dtype=np.float64)

    def deviance(self, t: FloatArray, *, restricted: bool, is_centre_random: bool = False) -> FloatArray:
        """Minus twice the log likelihood (up to a constant, of one direction) at the best sigma² and mean.

        Parameters
        ----------
        t : (m,) ratios
        restricted : of residuals only (REML), not of the mean as well
        is_centre_random : the mean's length is itself a variance component
        """
        share = self.n / (1 + self.n * t[:, np.newaxis])
        w = self.count * share
        weight = w.sum(axis=1)
        centre = w @ self.mean / weight[:, np.newaxis]
        away = ((self.mean - centre[:, np.newaxis]) ** 2).sum(axis=2)
        q = self.ssw + (share * (self.squares + self.count * away)).sum(axis=1)
        value = (self.total - restricted) * np.log(q) + np.log1p(self.n * t[:, np.newaxis]) @ self.count
        if restricted:
            value += np.log(weight)
        if is_centre_random:
            value += np.log((centre**2).sum(axis=1))
        return np.asarray(value, dtype=np.float64)

    def slope(self, t: float, *, restricted: bool, is_centre_random: bool = False) -> float:
        """Of `deviance` at one ratio."""
        share = self.n / (1 + self.n * t)
        w = self.count * share
        weight, second = float(w.sum()), float((w * share).sum())
        centre = w @ self.mean / weight
        away = self._squares_around(centre)
        q = self.ssw + float((share * away).sum())
        value = weight - (self.total - restricted) * float((share**2 * away).sum()) / q
        if restricted:
            value -= second / weight
        if is_centre_random:
            moved = (centre * second - (w * share) @ self.mean) / weight
            value += 2 * float(centre @ moved) / float(centre @ centre)
        return value

    def _squares_around(self, centre: FloatArray) -> FloatArray:
        return np.asarray(
            self.squares + self.count * ((self.mean - centre) ** 2).sum(axis=1), dtype=np.float64
        )


def rater_classes(n: IntArray, mean: FloatArray, ssw: float) -> RaterClasses:
    """Subjects with ratings, put together by their number of raters.

    Parameters
    ----------
    n : (G,) ratings of each subject, at least 1
    mean : (G,) or (G, d) their means
    ssw : sum of squares within subjects
    """
    sizes, code = np.unique(n, return_inverse=True)
    means = mean.reshape(len(n), -1)
    count = np.bincount(code).astype(np.float64)
    centre = _sums(code, means) / count[:, np.newaxis]
    squares = _sums(code, ((means - centre[code]) ** 2).sum(axis=1, keepdims=True))[:, 0]
    return RaterClasses(sizes.astype(np.float64), count, centre, squares, ssw, float(n.sum()))


def variance_ratio(
    classes: RaterClasses, *, restricted: bool = True, is_centre_random: bool = False
) -> float:
    """The ratio of greatest (restricted) likelihood: the best of a grid, then the slope's root."""
    has_length = is_centre_random and bool(classes.mean.any())
    values = classes.deviance(_GRID, restricted=restricted, is_centre_random=has_length)
    best = int(np.argmin(values))
    low, high = float(_GRID[max(best - 1, 0)]), float(_GRID[min(best + 1, len(_GRID) - 1)])

    def slope(t: float) -> float:
        return classes.slope(t, restricted=restricted, is_centre_random=has_length)

    if slope(low) >= 0:
        return low
    return high if slope(high) <= 0 else root(slope, low, high)


def root(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a function crosses zero between two points."""
    return float(optimize.brentq(function, low, high, xtol=1e-15, rtol=1e-14))


def _sums(code: IntArray, values: FloatArray) -> FloatArray:
    return np.column_stack([np.bincount(code, weights=column) for column in values.T])
