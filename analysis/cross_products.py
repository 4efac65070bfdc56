"""Sums of products of items over many rows, a few thousand at a time so that they stay in the cache.

Steps of a scale are small whole numbers: their products over a few thousand rows are exact in single
precision, at half the cost of double. Other numbers are centred first if they lie far from zero, so that
one pass loses no digits.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis._arrays import FloatArray

    Table = NDArray[np.number]
    Floats = NDArray[np.floating]

_ROWS_AT_ONCE = 8_192
_LARGEST = 45  # whole numbers up to it, squared, times the rows, stay below 2**24
_FAR = 10  # standard deviations between zero and the mean
_GLANCE = 256  # rows that tell where the numbers lie


class Complete(NamedTuple):
    """Sums over complete rows, of answers less `shift`.

    Attributes
    ----------
    n : complete rows
    shift, sums : (k,)
    products : (k, k)
    """

    n: int
    shift: FloatArray
    sums: FloatArray
    products: FloatArray


class Pairwise(NamedTuple):
    """Sums over the rows that answered both items of a pair, of answers less `shift`.

    Attributes
    ----------
    complete : rows without a gap
    shift : (k,)
    n, products : (k, k)
    sums, squares : (k, k) of the first item; squares only where they were asked for
    """

    complete: int
    shift: FloatArray
    n: FloatArray
    sums: FloatArray
    products: FloatArray
    squares: FloatArray | None


def complete_products(x: Table, *, unless_gaps: bool = False) -> Complete | None:
    """Sums over the complete rows; None where `unless_gaps` and there is a gap.

    Raises
    ------
    ValueError : infinite numbers
    """
    n, k = 0, x.shape[1]
    shift, dtype = _shift(x), _precision(x)
    sums, products = np.zeros(k), np.zeros((k, k))
    for rows in _slices(len(x)):
        part: Floats = np.subtract(x[rows], shift) if shift.any() else x[rows].astype(dtype, copy=False)
        own = _column_sums(part)
        if not np.isfinite(own).all():  # a sum with a gap is none
            _check_finite(part[~np.isnan(part)])
            if unless_gaps:
                return None
            part = part[~np.isnan(_row_sums(part))]
            own = _column_sums(part)
        n += len(part)
        sums += own
        products += part.T @ part
    return Complete(n, shift, sums, products)


def pair_products(x: Table, *, with_squares: bool) -> Pairwise:
    """Sums for each pair of items over the rows that answered both.

    Raises
    ------
    ValueError : infinite numbers
    """
    k = x.shape[1]
    shift, complete = _shift(x), 0
    n, sums, products, squares = np.zeros((4, k, k))
    for rows in _slices(len(x)):
        answers, weight = _with_presence(x[rows], shift)
        n += weight.T @ weight
        sums += answers.T @ weight
        products += answers.T @ answers
        if with_squares:
            squares += (answers * answers).T @ weight
        complete += int(np.count_nonzero(_row_sums(weight) == k))
    return Pairwise(complete, shift, n, sums, products, squares if with_squares else None)


def _shift(x: Table) -> FloatArray:
    """(k,) a number near the answers to an item that lie far from zero, else zero; by the first rows."""
    first = np.ma.masked_invalid(np.asarray(x[:_GLANCE], dtype=np.float64))
    mean, sd = (np.ma.filled(table, 0.0) for table in (first.mean(axis=0), first.std(axis=0)))
    is_whole = np.ma.filled((first == np.rint(first)).all(axis=0), True)
    is_far = (np.abs(mean) > _FAR * sd) & ((np.abs(mean) > _LARGEST) | ~is_whole)
    return np.asarray(np.where(is_far, np.where(is_whole, np.rint(mean), mean), 0.0), dtype=np.float64)


def _precision(x: Table) -> type[np.float32] | type[np.float64]:
    """Single for small whole numbers, else double."""
    if not np.issubdtype(x.dtype, np.integer):
        return np.float64
    return np.float32 if max(int(x.max(initial=0)), -int(x.min(initial=0))) <= _LARGEST else np.float64


def _with_presence(part: Table, shift: FloatArray) -> tuple[Floats, Floats]:
    """Answers less the shift, zero where missing, and ones where present."""
    with np.errstate(invalid="ignore"):
        steps = part.astype(np.int8)
    present, gaps = steps == part, np.isnan(part)
    are_steps = np.count_nonzero(present) + np.count_nonzero(gaps) == part.size
    steps *= present
    if are_steps and not shift.any() and max(int(steps.max()), -int(steps.min())) <= _LARGEST:
        return steps.astype(np.float32), present.astype(np.float32)
    answers = np.where(gaps, 0.0, np.subtract(part, shift))
    _check_finite(answers)
    return answers, (~gaps).astype(np.float64)


def _column_sums(part: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        return np.asarray(np.ones(len(part), dtype=part.dtype) @ part)


def _row_sums(part: Floats) -> Floats:
    return np.asarray(part @ np.ones(part.shape[1], dtype=part.dtype))


def _check_finite(numbers: Floats) -> None:
    if not np.isfinite(numbers).all():
        raise ValueError("items: must not hold infinite numbers")


def _slices(rows: int) -> Iterator[slice]:
    return (slice(start, min(start + _ROWS_AT_ONCE, rows)) for start in range(0, rows, _ROWS_AT_ONCE))
