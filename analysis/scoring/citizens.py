"""Citizens' judgement of an officer in her composite: on the composite's scale, with a share fixed before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from analysis._arrays import as_vector

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from analysis._arrays import FloatArray
    from analysis.scoring.composites import Scores

Ends = tuple[float, float]


def mapped(values: ArrayLike, scale: Ends, onto: Ends) -> FloatArray:
    """Values of one scale on another: linear, ends on ends.

    Parameters
    ----------
    values : in any shape
    scale, onto : the ends of their own scale and of the other

    Returns
    -------
    values in the same shape

    Raises
    ------
    ValueError : a scale whose ends do not rise

    Examples
    --------
    >>> mapped([1, 2.5, 4], (1, 4), (1, 5)).tolist()
    [1.0, 3.0, 5.0]
    """
    return onto[0] + (np.asarray(values, dtype=np.float64) - scale[0]) * _slope(scale, onto)


def with_citizens(
    scores: Scores,
    mean: ArrayLike,
    error: ArrayLike,
    reliability: ArrayLike,
    *,
    weight: float,
    scale: Ends,
    onto: Ends,
    limit: float,
) -> Scores:
    """The mean over scales with citizens' share in it, for those who have a citizens' figure.

    score = (1 - w) score + w mapped(mean); se² = (1 - w)² se² + w² slope² error², the two rest on different
    people. True variance of either part: se² r/(1 - r), from its own reliability r; the sum leaves out what
    both share, so the reliability of the whole is a lower bound, and lies between those of the parts. Whoever
    has no citizens' figure, or no score, keeps what she has: the share goes to the other groups.

    Parameters
    ----------
    scores : of each subject, the mean over scales
    mean, error, reliability : (subjects,) of the citizens' figure on its own scale; NaN where there is none
    weight : share of the citizens, from 0 to below 1
    scale, onto : ends of the citizens' scale and of the composite's
    limit : least reliability of a usable figure

    Returns
    -------
    Scores : `n` stays that of the ballots; `low_reliability` is judged anew

    Raises
    ------
    ValueError : lengths differ, a weight outside 0 to 1, a scale whose ends do not rise

    References
    ----------
    Weighted sum of independent parts, as in the composite: docs/methods.md, section 6.
    """
    subjects = len(scores.score)
    x, e = as_vector(mean, "mean", subjects), as_vector(error, "error", subjects)
    r = as_vector(reliability, "reliability", subjects)
    if not 0 <= weight < 1:
        raise ValueError("weight: must lie from 0 to below 1")
    slope = _slope(scale, onto)
    has = np.isfinite(x) & np.isfinite(e) & np.isfinite(r) & np.isfinite(scores.score)
    own, other = (1 - weight) ** 2 * scores.se**2, (weight * slope * e) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        true = own * scores.reliability / (1 - scores.reliability) + other * r / (1 - r)
        joint = true / (true + own + other)
    rate = np.where(has, joint, scores.reliability)
    reasons = tuple(
        _reasons(told, float(rate[j]), limit) if has[j] else told for j, told in enumerate(scores.reasons)
    )
    return replace(
        scores,
        score=np.where(has, (1 - weight) * scores.score + weight * mapped(x, scale, onto), scores.score),
        se=np.where(has, np.sqrt(own + other), scores.se),
        reliability=rate,
        usable=np.array([not told for told in reasons], dtype=np.bool_),
        reasons=reasons,
    )


def _reasons(told: tuple[str, ...], rate: float, limit: float) -> tuple[str, ...]:
    others = tuple(reason for reason in told if reason != "low_reliability")
    return (*others, "low_reliability") if rate < limit else others


def _slope(scale: Ends, onto: Ends) -> float:
    if not scale[0] < scale[1] or not onto[0] < onto[1]:
        raise ValueError("scale, onto: ends must rise")
    return (onto[1] - onto[0]) / (scale[1] - scale[0])
