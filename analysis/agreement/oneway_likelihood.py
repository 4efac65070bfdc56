"""The likelihood of one-way random models: it depends on one ratio, and on subjects by their raters' number.

Subjects with equally many raters differ in nothing but their means, so that their count, their common
mean and the squares around it are all that is needed of them: a search costs the same for ten subjects
as for a million.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

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
        weight, squares, *sums = (self._table @ self._shares(t)).tolist()
        return float(squares - sum(each * each for each in sums) / weight)

    def centre(self, t: float) -> FloatArray:
        """(d,) the weighted mean."""
        weight, _, *sums = self._table @ self._shares(t)
        return np.asarray(self._origin + np.array(sums) / weight, dtype=np.float64)

    def deviance(self, t: FloatArray, *, restricted: bool) -> FloatArray:
        """Minus twice the log likelihood (up to a constant, of one direction) at the best sigma² and mean.

        Parameters
        ----------
        t : (m,) ratios
        restricted : of residuals only (REML), not of the mean as well
        """
        spread = 1 + self.n[:, np.newaxis] * t
        weight, squares, *sums = self._table @ (self.n[:, np.newaxis] / spread)
        q = self.ssw + squares - sum(each * each for each in sums) / weight
        value = (self.total - restricted) * np.log(q) + self.count @ np.log(spread)
        return np.asarray(value + np.log(weight) if restricted else value, dtype=np.float64)

    def excess(self, t: float, *, restricted: bool) -> float:
        """What the squares between subjects should be over what they are, less one: the sign of the slope of
        `deviance`, and all but straight in t.
        """
        shares = self._shares(t)
        weight, squares, *sums = (self._table @ shares).tolist()
        weight2, squares2, *sums2 = (self._table @ (shares * shares)).tolist()
        centre = [each / weight for each in sums]
        q = self.ssw + squares - sum(c * each for c, each in zip(centre, sums, strict=True))
        observed = squares2 + sum(c * (c * weight2 - 2 * each) for c, each in zip(centre, sums2, strict=True))
        expected = weight - weight2 / weight if restricted else weight
        return float(expected * q / observed / (self.total - restricted) - 1) if observed > 0 else np.inf

    def _shares(self, t: float) -> FloatArray:
        return np.asarray(self.n / (1 + self.n * t), dtype=np.float64)

    @cached_property
    def _origin(self) -> FloatArray:
        """(d,) a point amid the means, so that sums of squares lose no digits."""
        return np.asarray(self.count @ self.mean / self.count.sum(), dtype=np.float64)

    @cached_property
    def _table(self) -> FloatArray:
        """(2 + d, C) of each class: subjects, squares around the origin, and sums of the means less it."""
        away = (self.mean - self._origin).T
        return np.vstack(
            [self.count, self.squares + self.count * (away * away).sum(axis=0), self.count * away]
        )


def rater_classes(n: IntArray, mean: FloatArray, ssw: float) -> RaterClasses:
    """Subjects with ratings, put together by their number of raters.

    Parameters
    ----------
    n : (G,) ratings of each subject, at least 1
    mean : (G,) or (G, d) their means
    ssw : sum of squares within subjects
    """
    means = mean.reshape(len(n), -1)
    every = np.bincount(n)
    sizes = np.flatnonzero(every)
    sums = np.column_stack([np.bincount(n, weights=column) for column in means.T])
    centre = sums / np.maximum(every, 1)[:, np.newaxis]
    away = means - centre[n]
    squares: FloatArray = np.bincount(n, weights=np.einsum("gd,gd->g", away, away)).astype(np.float64)
    count = every[sizes].astype(np.float64)
    return RaterClasses(sizes.astype(np.float64), count, centre[sizes], squares[sizes], ssw, float(n.sum()))


def variance_ratio(classes: RaterClasses, *, restricted: bool = True) -> float:
    """The ratio of greatest (restricted) likelihood: the best of a grid, then the root beside it."""
    values = classes.deviance(_GRID, restricted=restricted)
    best = int(np.argmin(values))
    low, high = float(_GRID[max(best - 1, 0)]), float(_GRID[min(best + 1, len(_GRID) - 1)])

    def excess(t: float) -> float:
        return classes.excess(t, restricted=restricted)

    return crossing(excess, low, high)


def crossing(function: Callable[[float], float], low: float, high: float) -> float:
    """Where an increasing function that is nearly straight crosses zero; an end where it does not.

    Regula falsi in which the value at an end that stays is halved (the Illinois rule).
    """
    at_low = function(low)
    if at_low >= 0 or low == high:
        return low
    at_high = function(high)
    if at_high <= 0:
        return high
    t, previous, side = low, np.inf, 0
    while abs(t - previous) > 1e-15 + 1e-14 * abs(t):
        previous, t = t, (low * at_high - high * at_low) / (at_high - at_low)
        value = function(t)
        if value < 0:
            low, at_low, at_high = t, value, at_high / (2 if side < 0 else 1)
        else:
            high, at_high, at_low = t, value, at_low / (2 if side > 0 else 1)
        side = -1 if value < 0 else 1
    return t
