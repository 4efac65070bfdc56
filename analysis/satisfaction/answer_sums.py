"""Sums of answers that add up over batches, places and periods: all that an index and its error need."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from analysis._arrays import divide
from analysis.satisfaction.policy import whole_answers

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from analysis._arrays import FloatArray, IntArray
    from analysis.satisfaction.policy import SatisfactionPolicy


@dataclass(frozen=True, eq=False)
class AnswerSums:
    """Sums over respondents; those of disjoint respondents add up.

    Attributes
    ----------
    elements : in the order of the policy
    respondents, complete : who answered at least one element, and all of them
    n, products : (k, k) respondents who answered both elements of a pair, sum of products of their answers
    sums : (k, k) sum of the first element's answers over those who answered both
    """

    elements: tuple[str, ...]
    respondents: int
    complete: int
    n: IntArray
    sums: IntArray
    products: IntArray

    def __add__(self, other: AnswerSums) -> AnswerSums:
        if self.elements != other.elements:
            raise ValueError("elements: sums of different elements cannot be added")
        return replace(
            self,
            respondents=self.respondents + other.respondents,
            complete=self.complete + other.complete,
            n=self.n + other.n,
            sums=self.sums + other.sums,
            products=self.products + other.products,
        )


def no_answers(policy: SatisfactionPolicy) -> AnswerSums:
    """The sums of nobody, to begin an addition with.

    Parameters
    ----------
    policy : elements and scale

    Returns
    -------
    AnswerSums

    References
    ----------
    docs/methods.md, section 7.

    Examples
    --------
    >>> from analysis.satisfaction.policy import QualityBand, SatisfactionPolicy
    >>> from decimal import Decimal
    >>> policy = SatisfactionPolicy(("a",), 1, 4, 25, (QualityBand("A", "Baik", Decimal(25)),), {"1": None})
    >>> no_answers(policy).respondents
    0
    """
    return answer_sums(np.empty((0, len(policy.elements))), policy)


def answer_sums(rows: ArrayLike, policy: SatisfactionPolicy) -> AnswerSums:
    """Sums of a table of answers (respondents by elements, NaN = missing), exact whole numbers.

    Parameters
    ----------
    rows : (respondents, elements) answers in the policy's order
    policy : elements and scale

    Returns
    -------
    AnswerSums

    Raises
    ------
    ValueError : wrong shape, or answers that are no step of the scale

    References
    ----------
    docs/methods.md, section 7.

    Examples
    --------
    >>> from analysis.satisfaction.policy import QualityBand, SatisfactionPolicy
    >>> from decimal import Decimal
    >>> band = QualityBand("A", "Baik", Decimal(25))
    >>> policy = SatisfactionPolicy(("a", "b"), 1, 4, 25, (band,), {"1/2": None})
    >>> found = answer_sums([[3, 4], [4, np.nan], [2, 4]], policy)
    >>> found.n.tolist(), found.products.tolist(), found.complete
    ([[3, 2], [2, 2]], [[29, 20], [20, 32]], 2)
    """
    x = whole_answers(rows, policy)
    there = ~np.isnan(x)
    answers, present = np.where(there, x, 0.0), there.astype(np.float64)  # exact up to 2**53
    return AnswerSums(
        policy.elements,
        int(there.any(axis=1).sum()),
        int(there.all(axis=1).sum()),
        (present.T @ present).astype(np.int64),
        (answers.T @ present).astype(np.int64),
        (answers.T @ answers).astype(np.int64),
    )


def deviations(found: AnswerSums) -> FloatArray:
    """(k, k) sums of products of deviations from the elements' means, over those who answered both."""
    count = np.diag(found.n)
    mean = np.nan_to_num(divide(np.diag(found.sums), count, count > 0))
    crossed = found.sums * mean  # column f: sum of e over both, times the mean of f
    return np.asarray(found.products - crossed - crossed.T + np.outer(mean, mean) * found.n)


def answer_covariances(found: AnswerSums) -> tuple[FloatArray, int]:
    """Covariances of the elements, each pair over those who answered both.

    Parameters
    ----------
    found : sums of answers

    Returns
    -------
    (k, k) covariances, zero where fewer than two answered both; and the size of the smallest pair

    References
    ----------
    docs/methods.md, section 7.

    Examples
    --------
    >>> from analysis.satisfaction.policy import QualityBand, SatisfactionPolicy
    >>> from decimal import Decimal
    >>> band = QualityBand("A", "Baik", Decimal(25))
    >>> policy = SatisfactionPolicy(("a", "b"), 1, 4, 25, (band,), {"1/2": None})
    >>> covariance, n = answer_covariances(answer_sums([[3, 4], [4, 3], [2, 2]], policy))
    >>> covariance.tolist(), n
    ([[1.0, 0.5], [0.5, 1.0]], 3)
    """
    n = found.n
    covariance = np.nan_to_num(divide(deviations(found), n - 1, n > 1))
    return np.asarray((covariance + covariance.T) / 2), int(n.min())
