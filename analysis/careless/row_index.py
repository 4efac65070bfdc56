"""An index for each row of answers, and arithmetic along rows that skips missing answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from analysis._arrays import BoolArray, FloatArray, divide
from analysis._result import Result


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RowIndex(Result):
    """An index for each row; `estimate` is the share of flagged rows among those with a value.

    Attributes
    ----------
    values : (N,) the index, NaN where a row gives none
    flags : (N,) rows beyond the threshold
    threshold : None where nothing is flagged by itself
    """

    values: FloatArray
    flags: BoolArray
    threshold: float | None = None


class Flagged(TypedDict):
    """What every row index tells."""

    estimate: float | None
    n: int
    method: str
    warnings: tuple[str, ...]
    values: FloatArray
    flags: BoolArray
    threshold: float | None


def flagged(
    values: FloatArray,
    method: str,
    threshold: float | None,
    *,
    low_is_careless: bool = False,
    reason: str = "no_values",
    marks: tuple[str, ...] = (),
) -> Flagged:
    """Values at the threshold or beyond are flagged; `n` counts the rows that have one.

    `reason` says why no row has a value, if none has.
    """
    if threshold is not None and not threshold == threshold:
        raise ValueError("threshold: must be a number")
    known, n = ~np.isnan(values), int((~np.isnan(values)).sum())
    beyond = np.zeros(len(values), dtype=np.bool_)
    if threshold is not None:
        beyond[known] = values[known] <= threshold if low_is_careless else values[known] >= threshold
    unknown = reason if n == 0 else "no_threshold" if threshold is None else None
    return Flagged(
        estimate=None if unknown else float(beyond.sum()) / n,
        n=n,
        method=method,
        warnings=(unknown, *marks) if unknown else marks,
        values=values,
        flags=beyond,
        threshold=threshold,
    )


def row_mean(x: FloatArray) -> FloatArray:
    """(N,) mean of the answers there are."""
    count = (~np.isnan(x)).sum(axis=1)
    return divide(np.nansum(x, axis=1), count, count > 0)


def row_sd(x: FloatArray) -> FloatArray:
    """(N,) standard deviation, divisor n - 1."""
    count = (~np.isnan(x)).sum(axis=1)
    squares = np.nansum((x - row_mean(x)[:, np.newaxis]) ** 2, axis=1)
    return np.sqrt(divide(squares, count - 1, count > 1))


def row_correlation(x: FloatArray, y: FloatArray) -> FloatArray:
    """(N,) Pearson's r of two tables row by row, over the places where both have a value."""
    both = ~np.isnan(x) & ~np.isnan(y)
    a, b = np.where(both, x, np.nan), np.where(both, y, np.nan)
    a, b = a - row_mean(a)[:, np.newaxis], b - row_mean(b)[:, np.newaxis]
    scale = np.sqrt(np.nansum(a**2, axis=1) * np.nansum(b**2, axis=1))
    size = np.nan_to_num(np.abs(x)).max(axis=1, initial=0) * np.nan_to_num(np.abs(y)).max(axis=1, initial=0)
    enough = (both.sum(axis=1) > 1) & (scale > 1e-12 * size)
    return divide(np.nansum(a * b, axis=1), scale, enough)
