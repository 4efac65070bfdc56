"""Checks of shape and range that every module shares. Missing is NaN, never a number."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


def as_floats(values: ArrayLike, name: str) -> FloatArray:
    """Floats with NaN for missing (masked cells included); infinite numbers are refused."""
    if hasattr(values, "__array__") and np.asarray(values).dtype.kind not in "biufO":
        raise ValueError(f"{name}: must hold numbers")
    may_be_masked = isinstance(values, np.ma.MaskedArray) or not isinstance(values, np.ndarray | int | float)
    try:
        given = np.ma.filled(np.ma.asarray(values, dtype=np.float64), np.nan) if may_be_masked else values
        floats = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"{name}: must hold numbers") from error
    if np.isinf(floats).any():
        raise ValueError(f"{name}: must not hold infinite numbers")
    return floats


def as_matrix(values: ArrayLike, name: str) -> FloatArray:
    """A matrix of rows by items; one vector is one item."""
    floats = as_floats(values, name)
    if floats.ndim == 1:
        floats = floats[:, np.newaxis]
    if floats.ndim != 2:
        raise ValueError(f"{name}: must be a table of rows by items, not {floats.ndim}-dimensional")
    return floats


def as_vector(values: ArrayLike, name: str, length: int | None = None) -> FloatArray:
    """One dimension of floats, of the given length if any."""
    floats = as_floats(values, name)
    if floats.ndim != 1:
        raise ValueError(f"{name}: must have one dimension, not {floats.ndim}")
    if length is not None and floats.size != length:
        raise ValueError(f"{name}: must have length {length}, not {floats.size}")
    return floats


def as_codes(values: ArrayLike, name: str, length: int | None = None) -> IntArray:
    """One dimension of whole numbers that are not negative."""
    _refuse_masked(values, name)
    codes = np.asarray(values)
    if codes.ndim != 1 or (codes.size and not np.issubdtype(codes.dtype, np.integer)):
        raise ValueError(f"{name}: must be one dimension of whole numbers")
    if length is not None and codes.size != length:
        raise ValueError(f"{name}: must have length {length}, not {codes.size}")
    if codes.size and codes.min() < 0:
        raise ValueError(f"{name}: must not be negative")
    return codes.astype(np.int64, copy=False)


def as_counts(values: ArrayLike, name: str) -> IntArray:
    """Whole numbers of any shape; floats only where they are whole, and none missing."""
    _refuse_masked(values, name)
    counts = np.asarray(values)
    if counts.dtype.kind == "f" and not (counts == np.floor(counts)).all():
        raise ValueError(f"{name}: must hold whole numbers, none missing")
    if counts.size and counts.dtype.kind not in "iuf":
        raise ValueError(f"{name}: must hold whole numbers")
    return counts.astype(np.int64, copy=False)


def _refuse_masked(values: ArrayLike, name: str) -> None:
    if np.ma.is_masked(values):
        raise ValueError(f"{name}: must not be masked; leave those rows out")


def check_symmetric(matrix: FloatArray, name: str) -> None:
    """Refuse what is no square table, the same read by rows and by columns but for rounding."""
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"{name}: must be square")
    size = float(np.abs(matrix).max(initial=0.0))
    if not (np.abs(matrix - matrix.T) <= 1e-9 * size).all():
        raise ValueError(f"{name}: must be symmetric")


def factorize(groups: ArrayLike, length: int) -> tuple[NDArray[np.generic], IntArray]:
    """The sorted labels of the groups and each row's position among them; a missing label is refused."""
    labels = np.asarray(groups)
    if np.ma.is_masked(groups) or _has_missing(labels) or _has_missing(np.asarray(groups, dtype=object)):
        raise ValueError("groups: must not be missing; leave those rows out")
    if labels.ndim != 1 or labels.size != length:
        raise ValueError(f"groups: must have length {length}, not shape {labels.shape}")
    try:
        unique, codes = np.unique(labels, return_inverse=True)
    except TypeError as error:
        raise ValueError("groups: labels of one kind, all words or all numbers") from error
    return unique, codes.astype(np.int64, copy=False)


def _has_missing(labels: NDArray[np.generic]) -> bool:
    if labels.dtype.kind in "fmM":
        return bool(np.isnan(labels).any())
    return labels.dtype.kind == "O" and any(is_missing(label) for label in labels.flat)


def is_missing(label: object) -> bool:
    """None, NaN, and what pandas has in their place."""
    if isinstance(label, Decimal):
        return label.is_qnan()
    try:
        return label is None or bool(label != label)
    except TypeError:  # what is neither equal nor unequal, as pandas has it
        return True


def divide(numerator: ArrayLike, denominator: ArrayLike, where: ArrayLike) -> FloatArray:
    """A quotient that is NaN wherever it is not asked for."""
    if np.all(where):
        return np.asarray(np.divide(numerator, denominator), dtype=np.float64)
    top, bottom = np.broadcast_arrays(np.asarray(numerator, dtype=np.float64), np.asarray(denominator))
    quotient: FloatArray = np.full(top.shape, np.nan)
    np.divide(top, bottom, out=quotient, where=np.broadcast_to(where, top.shape))
    return quotient


def check_scale(scale: tuple[float, float], name: str = "scale") -> tuple[float, float]:
    """The ends of a rating scale, low before high."""
    if (
        not isinstance(scale, tuple | list)
        or len(scale) != 2
        or not all(isinstance(end, Real) for end in scale)
    ):
        raise ValueError(f"{name}: must hold two numbers")
    low, high = scale
    if not np.isfinite(low) or not np.isfinite(high):
        raise ValueError(f"{name}: must hold two numbers that are not infinite")
    if not low < high:
        raise ValueError(f"{name}: the low end must lie below the high end")
    return low, high


def check_in_scale(values: FloatArray, scale: tuple[float, float], name: str) -> None:
    """Refuse answers outside the scale; missing ones pass."""
    low, high = check_scale(scale)
    if ((values < low) | (values > high)).any():
        raise ValueError(f"{name}: holds values outside the scale {low} to {high}")


def check_confidence(confidence: float) -> float:
    """The share of an interval; returns the probability left in each tail."""
    if not isinstance(confidence, Real) or not 0 < confidence < 1:
        raise ValueError("confidence: must lie between 0 and 1")
    return (1 - confidence) / 2


def as_whole(value: int, name: str) -> int:
    """A whole number, of Python or NumPy."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer):
        raise ValueError(f"{name}: must be a whole number")
    return int(value)


def as_exact(value: Decimal | Fraction | int | float, name: str) -> Fraction:
    """The number as it is written: 0.1 is one tenth."""
    is_number = isinstance(value, Decimal | Real)
    if not is_number or (isinstance(value, Decimal | float | np.floating) and not _is_finite(value)):
        raise ValueError(f"{name}: must be a number, and not infinite")
    if isinstance(value, float | np.floating):
        return Fraction(str(value))
    return Fraction(int(value)) if isinstance(value, np.integer) else Fraction(value)


def _is_finite(value: Decimal | float) -> bool:
    return value.is_finite() if isinstance(value, Decimal) else bool(np.isfinite(value))
