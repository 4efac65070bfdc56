"""The rule of the satisfaction index as it is handed in, and what its answers must be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from analysis._arrays import as_matrix

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from analysis._arrays import FloatArray


@dataclass(frozen=True)
class QualityBand:
    """A band of the index: it starts at `cut`, the cut included."""

    code: str
    name: str
    cut: Decimal


@dataclass(frozen=True)
class SatisfactionPolicy:
    """The rule by which answers become an index.

    Attributes
    ----------
    elements : code names of the elements, in the order of the regulation
    low, high : first and last step of the answers
    factor : what the index is multiplied with
    bands : from the lowest cut to the highest
    weights : weight of one element by the mode's name; None means 1 / number of elements. A mode
        may also name the weight of each element, together 1
    """

    elements: tuple[str, ...]
    low: int
    high: int
    factor: int
    bands: tuple[QualityBand, ...]
    weights: Mapping[str, Decimal | Mapping[str, Decimal] | None]

    def __post_init__(self) -> None:
        cuts = [band.cut for band in self.bands]
        if not cuts or cuts != sorted(set(cuts)):
            raise ValueError("bands: cuts must rise")
        if len(set(self.elements)) != len(self.elements) or not self.elements:
            raise ValueError("elements: must be different names")

        for given in self.weights.values():
            if isinstance(given, Mapping) and (set(given) != set(self.elements) or sum(given.values()) != 1):
                raise ValueError("weights: one for each element, together 1")

    def element_weights(self, mode: str) -> tuple[Fraction, ...]:
        """The exact weight of each element in a mode, in the order of the elements.

        Raises
        ------
        ValueError : unknown mode
        """
        if mode not in self.weights:
            raise ValueError(f"weight_mode: must be one of {', '.join(self.weights)}")
        given = self.weights[mode]
        if isinstance(given, Mapping):
            return tuple(Fraction(given[name]) for name in self.elements)
        weight = Fraction(1, len(self.elements)) if given is None else Fraction(given)
        return (weight,) * len(self.elements)


def whole_answers(rows: ArrayLike, policy: SatisfactionPolicy) -> FloatArray:
    """A table of answers, respondents by elements in the policy's order, NaN where one is missing.

    Raises
    ------
    ValueError : wrong shape, or answers that are no step of the scale
    """
    x = as_matrix(rows, "rows")
    if x.shape[1] != len(policy.elements):
        raise ValueError(f"rows: must have {len(policy.elements)} columns, not {x.shape[1]}")
    answers = x[~np.isnan(x)]
    if ((answers < policy.low) | (answers > policy.high) | (answers != np.floor(answers))).any():
        raise ValueError(f"rows: answers must be whole numbers from {policy.low} to {policy.high}")
    return x
