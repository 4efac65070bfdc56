"""Means so near an end of the scale that, told exactly, they would tell what nearly everybody answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from analysis._arrays import BoolArray, FloatArray

BAND_SHARE = 0.05  # of the scale at each end
_NEARLY = 1e-9


def in_low_band(mean: ArrayLike, low: float, high: float) -> BoolArray:
    """Whether means lie so near the bottom of the scale that they may not be told exactly."""
    return np.asarray(np.asarray(mean) <= low + BAND_SHARE * (high - low) + _NEARLY, dtype=np.bool_)


def in_high_band(mean: ArrayLike, low: float, high: float) -> BoolArray:
    """Whether means lie so near the top of the scale that they may not be told exactly."""
    return np.asarray(np.asarray(mean) >= high - BAND_SHARE * (high - low) - _NEARLY, dtype=np.bool_)


def coarsened(mean: ArrayLike, low: float, high: float) -> FloatArray:
    """Each mean inside a band as the middle of that band, the others as they are; NaN stays.

    Examples
    --------
    >>> coarsened([1.0, 3.2, 4.8], 1, 5)
    array([1.1, 3.2, 4.9])
    """
    x = np.asarray(mean, dtype=np.float64)
    half = BAND_SHARE * (high - low) / 2
    top = np.where(in_high_band(x, low, high), high - half, x)
    return np.where(in_low_band(x, low, high), low + half, top)
