"""Figures of one scale with and without the rows that look careless."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis._arrays import BoolArray, as_matrix
from analysis.careless.rows import longstring, mahalanobis

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

FEWEST_ITEMS_FOR_RUNS = 10  # a run through fewer items says nothing
FAR = 0.999  # quantile of chi² from which on a row lies far from all others


@dataclass(frozen=True, eq=False)
class CarelessRows:
    """Which rows look careless, and by which sign.

    Attributes
    ----------
    flags : (N,) rows with at least one sign
    runs : (N,) identical answers through half of the items and at least ten
    far : (N,) farther from all others than one in a thousand (Mahalanobis)
    """

    flags: BoolArray
    runs: BoolArray
    far: BoolArray


def careless_rows(items: ArrayLike) -> CarelessRows:
    """Rows with a long run of one answer, or far from all others (docs/methods.md, section 11).

    A run counts from half of the items on (Curran 2016), of which there must be twenty for a run of ten.
    Distances count only with more than five rows an item.

    Parameters
    ----------
    items : (N, k) answers as they were given, in the order asked; NaN where there is none

    Returns
    -------
    CarelessRows

    Raises
    ------
    ValueError : wrong shape

    References
    ----------
    Curran (2016), Journal of Experimental Social Psychology 66; Meade & Craig (2012), Psychological
    Methods 17.

    Examples
    --------
    Twenty items; the first row is all threes:

    >>> random = np.random.default_rng(1)
    >>> rows = random.integers(1, 6, (200, 20)).astype(float)
    >>> rows[0] = 3
    >>> found = careless_rows(rows)
    >>> bool(found.runs[0]), int(found.runs.sum())
    (True, 1)
    """
    x = as_matrix(items, "items")
    runs = np.zeros(len(x), dtype=np.bool_)
    least = (x.shape[1] + 1) // 2
    if least >= FEWEST_ITEMS_FOR_RUNS:
        runs = longstring(x, threshold=least).flags
    distance = mahalanobis(x, missing="pairwise", confidence=FAR)
    far = np.zeros(len(x), dtype=np.bool_) if "few_rows" in distance.warnings else distance.flags
    return CarelessRows(runs | far, runs, far)
