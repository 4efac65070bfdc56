"""A self-rating beside the others' answers: the gap, and how alike two profiles are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis._arrays import as_floats, as_vector
from analysis._result import Result

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ProfileAgreement(Result):
    """The squared distance of two profiles and its three parts; `estimate` is D².

    Attributes
    ----------
    level : k times the squared difference of the means
    spread : squared difference of the spreads
    shape : what is left: the patterns of highs and lows
    correlation : of the two patterns, None where one is flat. It knows nothing of level and spread, and with
        few behaviours it is almost chance: the least that a test would believe is .95 for four of them
    by_error : D² to expect from the error of the means alone, None where an error is not known
    """

    level: float | None = None
    spread: float | None = None
    shape: float | None = None
    correlation: float | None = None
    by_error: float | None = None


def profile_agreement(
    own: ArrayLike, others: ArrayLike, *, error: ArrayLike | None = None
) -> ProfileAgreement:
    """Distance between a self-rating and the others' means over the behaviours that both have.

    D² = sum (x - y)² = k (x̄ - ȳ)² + (s_x - s_y)² + 2 s_x s_y (1 - r), with s the root of the sum of squares
    around the own mean.

    Parameters
    ----------
    own, others : (k,) figures by behaviour, NaN where one is missing
    error : (k,) standard errors of the others' means

    Returns
    -------
    ProfileAgreement : reason `no_behaviour` without a common behaviour; `few_behaviours` below 4

    Raises
    ------
    ValueError : lengths differ

    References
    ----------
    Cronbach & Gleser (1953), Psychological Bulletin 50, 456-473.

    Examples
    --------
    >>> found = profile_agreement([4, 5, 3], [3, 4, 2])
    >>> found.estimate, found.level, round(found.shape, 6)
    (3.0, 3.0, 0.0)
    """
    x = as_vector(own, "own")
    y = as_vector(others, "others", x.size)
    e = None if error is None else as_vector(error, "error", x.size)
    known = ~np.isnan(x) & ~np.isnan(y)
    k = int(known.sum())
    method = "squared distance of profiles, split into level, spread and shape"
    if k == 0:
        return ProfileAgreement(estimate=None, n=0, method=method, warnings=("no_behaviour",))
    a, b = x[known], y[known]
    apart_a, apart_b = a - a.mean(), b - b.mean()
    spread_a, spread_b = float(np.sqrt(apart_a @ apart_a)), float(np.sqrt(apart_b @ apart_b))
    flat = spread_a <= 1e-12 * float(np.abs(a).max()) or spread_b <= 1e-12 * float(np.abs(b).max())
    product = float(apart_a @ apart_b)
    return ProfileAgreement(
        estimate=float(((a - b) ** 2).sum()),
        n=k,
        method=method,
        warnings=("few_behaviours",) if k < 4 else (),
        level=k * float(a.mean() - b.mean()) ** 2,
        spread=(spread_a - spread_b) ** 2,
        shape=max(2 * (spread_a * spread_b - product), 0.0),
        correlation=None if flat else min(max(product / (spread_a * spread_b), -1.0), 1.0),
        by_error=None if e is None or np.isnan(e[known]).any() else float((e[known] ** 2).sum()),
    )


@dataclass(frozen=True)
class SelfOtherGap:
    """Self-rating less the mean of the others' answers, with the error of that mean."""

    difference: float
    se: float


def self_other_gap(own: float, mean: ArrayLike, n: ArrayLike, se: ArrayLike) -> SelfOtherGap | None:
    """How the self-rating lies to the answers of anonymous groups, each answer counting alike.

    others = sum n mean / sum n; se = sqrt(sum (n se)²) / sum n. The self-rating itself is taken as
    it is; one identifiable person belongs to the report, not to this mean, since her error is not
    known.

    Parameters
    ----------
    own : the self-rating, NaN without one
    mean, n, se : (groups,) mean, answers and standard error of each shown anonymous group

    Returns
    -------
    SelfOtherGap, or None without any group or without a self-rating

    Raises
    ------
    ValueError : shapes differ, a group without answers or with an unknown error

    References
    ----------
    Our own, with the error of a weighted sum of independent means: docs/methods.md, section 9.

    Examples
    --------
    >>> self_other_gap(4.0, [3.5, 3.0], [6, 6], [0.3, 0.4])
    SelfOtherGap(difference=0.75, se=0.25)
    """
    rating = float(as_floats(own, "own"))
    x, count, error = as_floats(mean, "mean"), as_floats(n, "n"), as_floats(se, "se")
    if x.shape != count.shape or x.shape != error.shape or np.isnan(x + count + error).any():
        raise ValueError("mean, n, se: one known value for each group")
    if (count < 1).any() or (error < 0).any():
        raise ValueError("n, se: a shown mean needs at least one answer, and no error is negative")
    total = float(count.sum())
    if total == 0 or np.isnan(rating):
        return None
    others = float((count * x).sum()) / total
    return SelfOtherGap(rating - others, float(np.sqrt(((count * error) ** 2).sum())) / total)
