"""The columns of one instrument's answers, and the reasons why a cell may hold none."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis._arrays import FloatArray, IntArray


class Missing(IntEnum):
    """Why an item has no answer; never a number to reckon with."""

    SKIPPED = -1
    NEVER_SEEN = -2
    NOT_PART_OF_JOB = -3


@dataclass(frozen=True)
class Layout:
    """The items of one instrument, as columns of the answers.

    Attributes
    ----------
    instrument : code and version
    scales : name and item columns of each scale; a column belongs to at most one scale
    items : how many columns the answers have
    low, high : first and last option, the same for all items
    """

    instrument: str
    scales: tuple[tuple[str, tuple[int, ...]], ...]
    items: int
    low: int
    high: int

    def __post_init__(self) -> None:
        columns = [column for _, own in self.scales for column in own]
        if len(set(columns)) != len(columns) or any(not 0 <= c < self.items for c in columns):
            raise ValueError("scales: each column must exist and belong to one scale")
        if not 0 <= self.low < self.high or any(not own for _, own in self.scales):
            raise ValueError("low, high, scales: options start at 0 or above; no scale is empty")

    @property
    def options(self) -> int:
        """Number of options of an item."""
        return self.high - self.low + 1

    @property
    def steps(self) -> IntArray:
        """(options,) the numbers of the options."""
        return np.arange(self.low, self.high + 1)

    def scale(self, name: str) -> int:
        """Position of a scale."""
        return [own for own, _ in self.scales].index(name)

    def without(self, columns: Collection[int]) -> Layout:
        """The same columns of answers, of which these count in no scale."""
        scales = tuple(
            (name, tuple(column for column in own if column not in columns)) for name, own in self.scales
        )
        return replace(self, scales=scales)

    def columns(self, scale: int) -> list[int]:
        """Item columns of a scale."""
        return list(self.scales[scale][1])

    @cached_property
    def order(self) -> IntArray:
        """Item columns of all scales, one scale after the other."""
        return np.array([column for _, own in self.scales for column in own], dtype=np.int64)

    @cached_property
    def sizes(self) -> IntArray:
        """(scales,) items of each scale."""
        return np.array([len(own) for _, own in self.scales], dtype=np.int64)

    @cached_property
    def membership(self) -> FloatArray:
        """(columns in order, scales) one where the item belongs to the scale, else zero."""
        return np.repeat(np.eye(len(self.scales)), self.sizes, axis=0)

    def places(self, scale: int) -> slice:
        """Where the items of a scale stand in `order`."""
        start = int(self.sizes[:scale].sum())
        return slice(start, start + int(self.sizes[scale]))

    def in_order(self, answers: NDArray[np.integer]) -> NDArray[np.integer]:
        """The columns of the scales, one scale after the other; no copy where they stand so."""
        if np.array_equal(self.order, np.arange(self.items)):
            return answers
        return answers[:, self.order]
