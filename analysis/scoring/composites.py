"""From blocks to one figure: the composite over rater groups and scales, with its error.

A mean that is not shown is NaN and carries no weight; its share goes to the groups that are shown.
The figure exists only with at least one anonymous block, and one identifiable person never carries
more than a stated share of it. The modules beside this one score rows, give means their errors and set a
self-rating beside the others' answers; their names can be had from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

import numpy as np

from analysis._arrays import BoolArray, FloatArray, IntArray, as_counts, as_floats, divide
from analysis.disclosure.publication import Kind

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


_METHOD = (
    "weighted mean of the shown rater groups; weights of groups not shown go to the others in "
    "proportion, one identifiable person carries at most {cap:.0%}; error: sqrt(sum w² MSW/n) over "
    "anonymous groups; mean over scales: within covariances, ballots complete on both scales taken "
    "as the smaller number (an upper bound); reliability: sum w² tau² / (sum w² tau² + error²), a "
    "lower bound when the groups agree"
)


@dataclass(frozen=True, eq=False)
class Components:
    """Variance components of each rater group, NaN where they are not known.

    Attributes
    ----------
    within : (groups, scales, scales) covariance of scale means between raters of one subject
    between : (groups, scales, scales) covariance of subjects' true means
    """

    within: FloatArray
    between: FloatArray


@dataclass(frozen=True)
class Limits:
    """What a usable figure must reach.

    Attributes
    ----------
    raters : anonymous ballots behind a scale's figure
    reliability : of the figure
    cap : the most that one identifiable person may carry
    scales : scales that must have a figure, or None for all
    """

    raters: int = 5
    reliability: float = 0.50
    cap: float = 0.60
    scales: int | None = None

    def __post_init__(self) -> None:
        if not 0 < self.cap < 1 or not 0 <= self.reliability < 1 or self.raters < 1:
            raise ValueError("limits: cap and reliability lie between 0 and 1, raters is at least 1")


@dataclass(frozen=True, eq=False)
class Scores:
    """One figure per row of an axis that the attribute says.

    Attributes
    ----------
    score, se, reliability : (subjects, scales), or (subjects,) for the mean over scales; NaN where
        undefined
    n : anonymous ballots behind it; for the mean over scales the fewest of its scales
    usable : whether every limit is reached
    reasons : short codes of the limits that are not reached
    """

    score: FloatArray
    se: FloatArray
    reliability: FloatArray
    n: IntArray
    usable: BoolArray
    reasons: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, eq=False)
class Composite:
    """The composite of each subject.

    Attributes
    ----------
    scales : `Scores` per scale; `reasons` run over subjects, then scales
    overall : `Scores` of the mean over scales
    weights : (subjects, groups, scales) the shares that were used, zero where nothing is shown
    error_excludes : for each subject the groups that carry weight but no error (one person)
    method : the rule, in words
    """

    scales: Scores
    overall: Scores
    weights: FloatArray
    error_excludes: tuple[tuple[str, ...], ...]
    method: str


def composite(
    mean: ArrayLike,
    n: ArrayLike,
    *,
    named: ArrayLike,
    groups: Sequence[str],
    kinds: Sequence[Kind],
    weights: ArrayLike,
    components: Components,
    limits: Limits | None = None,
) -> Composite:
    """The composite of every subject, per scale and over the scales.

    Self never counts. Weights of groups that are not shown go to the shown ones in proportion;
    what one identifiable person would carry above the cap goes to the anonymous groups. Without an
    anonymous block there is no figure (`development_only`), nor with blocks whose groups all have the
    weight zero (`no_weighted_group`).

    Parameters
    ----------
    mean : (subjects, groups, scales) shown block means, NaN where nothing is shown
    n : (subjects, groups, scales) their complete ballots
    named : (subjects, groups) blocks of one identifiable person (`Publication.named`)
    groups, kinds, weights : name, kind ("self", "supervisor" or "anonymous") and weight of each rater group
    components : variance components of each rater group
    limits : what a usable figure must reach

    Returns
    -------
    Composite : reasons `development_only`, `no_weighted_group`; not usable with `too_few_raters`,
        `error_unknown`, `reliability_unknown`, `low_reliability`, `scales_missing`

    Raises
    ------
    ValueError : shapes differ, negative weights, no weight at all

    References
    ----------
    Our own rule for the weights (docs/decisions/0004), with the error of a weighted sum of independent means:
    docs/methods.md, section 6.

    Examples
    --------
    One subject with peers at 4 and subordinates at 3, six ballots each, on one scale:

    >>> parts = Components(within=np.full((2, 1, 1), 0.6), between=np.full((2, 1, 1), 0.3))
    >>> found = composite(
    ...     [[[4.0], [3.0]]], [[[6], [6]]], named=[[False, False]], groups=("peer", "subordinate"),
    ...     kinds=("anonymous", "anonymous"), weights=(1, 1), components=parts,
    ... )
    >>> found.overall.score.tolist(), found.overall.se.round(3).tolist(), found.overall.usable.tolist()
    ([3.5], [0.224], [True])
    """
    limit = limits or Limits()
    x, count, alone = _checked(mean, n, named, groups, kinds)
    base = _base_weights(weights, kinds)
    w = _shares(x, alone, base, limit.cap)
    anonymous = np.where(alone[:, :, np.newaxis], 0.0, w)
    table = (x.shape[1], x.shape[2], x.shape[2])
    if components.within.shape != table or components.between.shape != table:
        raise ValueError("components: must be groups by scales by scales")
    within = np.nan_to_num(components.within, nan=np.inf)
    score = np.where(w.any(axis=1), (w * np.nan_to_num(x)).sum(axis=1), np.nan)
    error = _error(anonymous, count, within)
    truth = _truth(anonymous, _sound(components.between))
    raters = np.where(anonymous > 0, count, 0).sum(axis=1)
    unweighted = _shown_without_weight(x, alone, base, kinds)
    scales = _scale_scores(score, error, truth, raters, limit, unweighted)
    return Composite(
        scales=scales,
        overall=_overall_scores(scales, error, truth, limit, np.asarray(unweighted.any(axis=1))),
        weights=w,
        error_excludes=_names(w.any(axis=2) & alone, groups),
        method=_METHOD.format(cap=limit.cap),
    )


def _checked(
    mean: ArrayLike, n: ArrayLike, named: ArrayLike, groups: Sequence[str], kinds: Sequence[Kind]
) -> tuple[FloatArray, IntArray, BoolArray]:
    x, count = as_floats(mean, "mean"), as_counts(n, "n")
    alone = np.asarray(named, dtype=np.bool_)
    if x.ndim != 3 or x.shape != count.shape or alone.shape != x.shape[:2]:
        raise ValueError("mean, n, named: must agree in subjects, groups and scales")
    if len(groups) != x.shape[1] or len(kinds) != x.shape[1]:
        raise ValueError("groups, kinds: one for each rater group")
    if not set(kinds) <= set(get_args(Kind)):
        raise ValueError(f"kinds: must be among {', '.join(get_args(Kind))}")
    shown = ~np.isnan(x)
    if (count[shown] < 1).any():
        raise ValueError("n: a shown mean needs at least one ballot")
    return x, count, alone


def _base_weights(weights: ArrayLike, kinds: Sequence[Kind]) -> FloatArray:
    base = as_floats(weights, "weights").copy()
    if base.shape != (len(kinds),) or (base < 0).any() or np.isnan(base).any():
        raise ValueError("weights: one for each rater group, none negative")
    base[[kind == "self" for kind in kinds]] = 0.0
    if base.sum() == 0:
        raise ValueError("weights: at least one group besides self must carry weight")
    return base


def _shares(x: FloatArray, alone: BoolArray, base: FloatArray, cap: float) -> FloatArray:
    """Shares that add up to one over the shown groups, or zero where there is no figure."""
    carried = np.where(np.isnan(x), 0.0, base[:, np.newaxis])
    total = carried.sum(axis=1, keepdims=True)
    share = np.nan_to_num(divide(carried, total, total > 0))
    one_person = alone[:, :, np.newaxis]
    person = np.minimum(np.where(one_person, share, 0.0), cap)
    crowd = np.where(one_person, 0.0, share)
    crowd_total = crowd.sum(axis=1, keepdims=True)
    rest = 1 - person.sum(axis=1, keepdims=True)
    stretched = np.nan_to_num(divide(crowd, crowd_total, crowd_total > 0)) * rest
    return np.where(crowd_total > 0, person + stretched, 0.0)


def _shown_without_weight(
    x: FloatArray, alone: BoolArray, base: FloatArray, kinds: Sequence[Kind]
) -> BoolArray:
    """Where an anonymous block is shown whose group carries nothing: (subjects, scales)."""
    idle = (base == 0) & np.array([kind != "self" for kind in kinds])
    anonymous = ~np.isnan(x) & ~alone[:, :, np.newaxis]
    return np.asarray((anonymous & idle[:, np.newaxis]).any(axis=1), dtype=np.bool_)


def _error(w: FloatArray, n: IntArray, within: FloatArray) -> FloatArray:
    """(subjects, scales, scales) covariance of the composites' errors."""
    total = np.zeros((w.shape[0], w.shape[2], w.shape[2]))
    for g in range(w.shape[1]):
        per_ballot = np.nan_to_num(divide(w[:, g], n[:, g], w[:, g] > 0))
        both = np.minimum(n[:, g, :, np.newaxis], n[:, g, np.newaxis, :])
        carried = per_ballot[:, :, np.newaxis] * per_ballot[:, np.newaxis, :] * both
        total += np.where(carried > 0, carried, 0.0) * np.where(carried > 0, within[g], 0.0)
    return total


def _truth(w: FloatArray, between: FloatArray) -> FloatArray:
    """(subjects, scales, scales) covariance of the true values; NaN where a group that counts is unknown."""
    total = np.zeros((w.shape[0], w.shape[2], w.shape[2]))
    for g in range(w.shape[1]):
        carried = w[:, g, :, np.newaxis] * w[:, g, np.newaxis, :]
        total += np.where(carried > 0, carried * between[g], 0.0)
    return total


def _sound(between: FloatArray) -> FloatArray:
    """Variance components of truth: a negative variance counts as none."""
    sound = between.copy()
    scales = np.arange(between.shape[1])
    sound[:, scales, scales] = np.maximum(sound[:, scales, scales], 0.0)  # NaN stays NaN
    return sound


def _scale_scores(
    score: FloatArray,
    error: FloatArray,
    truth: FloatArray,
    raters: IntArray,
    limits: Limits,
    unweighted: BoolArray,
) -> Scores:
    variance = np.diagonal(error, axis1=1, axis2=2)
    signal = np.diagonal(truth, axis1=1, axis2=2)
    se, reliability = _precision(score, variance, signal)
    complete = np.zeros(score.shape, dtype=np.bool_)
    return _judged(score, se, reliability, raters, limits, complete, unweighted)


def _overall_scores(
    scales: Scores, error: FloatArray, truth: FloatArray, limits: Limits, unweighted: BoolArray
) -> Scores:
    there = ~np.isnan(scales.score)
    used = there.sum(axis=1)
    v = np.nan_to_num(divide(there, used[:, np.newaxis], used[:, np.newaxis] > 0))
    score = np.where(used > 0, (v * np.nan_to_num(scales.score)).sum(axis=1), np.nan)
    variance = _quadratic(v, error)
    se, reliability = _precision(score, variance, np.maximum(_quadratic(v, truth), 0.0))
    fewest = np.where(there, scales.n, np.iinfo(np.int64).max).min(axis=1)
    needed = scales.score.shape[1] if limits.scales is None else limits.scales
    raters = np.where(used > 0, fewest, 0)
    return _judged(score, se, reliability, raters, limits, used < needed, unweighted)


def _quadratic(v: FloatArray, table: FloatArray) -> FloatArray:
    weight = v[:, :, np.newaxis] * v[:, np.newaxis, :]
    return np.asarray((weight * np.where(weight > 0, table, 0.0)).sum(axis=(1, 2)), dtype=np.float64)


def _precision(score: FloatArray, variance: FloatArray, signal: FloatArray) -> tuple[FloatArray, FloatArray]:
    known = ~np.isnan(score) & np.isfinite(variance)
    se = np.where(known, np.sqrt(np.where(known, np.maximum(variance, 0.0), 0.0)), np.nan)
    return se, divide(signal, signal + np.where(known, variance, 1.0), known & (signal + variance > 0))


def _judged(
    score: FloatArray,
    se: FloatArray,
    reliability: FloatArray,
    raters: IntArray,
    limits: Limits,
    incomplete: BoolArray,
    unweighted: BoolArray,
) -> Scores:
    exists = ~np.isnan(score)
    faults = {
        "development_only": ~exists & ~unweighted,
        "no_weighted_group": ~exists & unweighted,
        "too_few_raters": exists & (raters < limits.raters),
        "error_unknown": exists & np.isnan(se),
        "reliability_unknown": exists & ~np.isnan(se) & np.isnan(reliability),
        "low_reliability": exists & ~np.isnan(se) & (reliability < limits.reliability),
        "scales_missing": exists & incomplete,
    }
    table = np.stack([fault.ravel() for fault in faults.values()], axis=1)
    usable = np.reshape(~table.any(axis=1), score.shape)
    return Scores(score, se, reliability, raters, usable, _names(table, tuple(faults)))


def _names(table: BoolArray, names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """For each row of a truth table the names of its true columns."""
    pattern = table @ (1 << np.arange(table.shape[1]))
    known = {
        code: tuple(name for bit, name in enumerate(names) if code >> bit & 1)
        for code in np.unique(pattern).tolist()
    }
    return tuple(known[code] for code in pattern.tolist())
