"""Probabilities and densities of two standard normal variables, for arrays of any shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from analysis._arrays import FloatArray

FAR = 38.0  # what lies beyond is zero in double precision
_NEAR = 1e-150  # stands for zero in divisions; the limit is reached to the last digit


def joint_below(h: FloatArray, k: FloatArray, r: FloatArray) -> FloatArray:
    """P(X <= h, Y <= k) at correlation r (-1 to 1), by Owen's T (Owen 1956)."""
    h, k = _apart_from_zero(h), _apart_from_zero(k)
    s = _spread(r)
    value = (special.ndtr(h) + special.ndtr(k)) / 2 - np.where(h * np.sign(k) < 0, 0.5, 0.0)
    value = value - special.owens_t(h, (k - r * h) / (h * s)) - special.owens_t(k, (h - r * k) / (k * s))
    return np.clip(np.asarray(value, dtype=np.float64), 0, 1)


def joint_density(h: FloatArray, k: FloatArray, r: FloatArray) -> FloatArray:
    """Density at (h, k); it is also the derivative of `joint_below` by r (Olsson 1979)."""
    h, k = np.clip(h, -FAR, FAR), np.clip(k, -FAR, FAR)
    square = (1 - r) * (1 + r)
    exponent = (h * h - 2 * r * h * k + k * k) / (2 * square)
    return np.asarray(np.exp(-exponent) / (2 * np.pi * np.sqrt(square)), dtype=np.float64)


def joint_slope(h: FloatArray, k: FloatArray, r: FloatArray) -> FloatArray:
    """Derivative of `joint_below` by h: the density of X at h times P(Y <= k given X = h)."""
    h, k = np.clip(h, -FAR, FAR), np.clip(k, -FAR, FAR)
    return np.asarray(normal_density(h) * special.ndtr((k - r * h) / _spread(r)), dtype=np.float64)


def normal_density(h: FloatArray) -> FloatArray:
    """Density of one standard normal variable."""
    return np.asarray(np.exp(-h * h / 2) / np.sqrt(2 * np.pi), dtype=np.float64)


def _apart_from_zero(h: FloatArray) -> FloatArray:
    return np.where(h == 0, _NEAR, np.clip(h, -FAR, FAR))


def _spread(r: FloatArray) -> FloatArray:
    return np.asarray(np.maximum(np.sqrt((1 - r) * (1 + r)), 1e-100), dtype=np.float64)
