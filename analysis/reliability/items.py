"""What each item of a scale does: its answers, its gaps, its part in the whole, and the scale without it."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from analysis._arrays import FloatArray, IntArray, as_matrix, check_in_scale, divide
from analysis._result import Result
from analysis.moments import (
    ItemMoments,
    Missing,
    correlations,
    item_moments,
    multiple_correlations,
    rows_used,
    to_correlation,
    usable_items,
)
from analysis.reliability.alpha import (
    alpha_error,
    alpha_of,
    cronbach_alpha,
    signal_to_noise,
    spearman_brown,
)
from analysis.reliability.omega import mcdonald_omega

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike


@dataclass(frozen=True, kw_only=True, eq=False)
class ScaleWithoutItem:
    """The scale without each item in turn; NaN where it is undefined.

    Attributes
    ----------
    alpha, alpha_se : raw alpha and its standard error (Duhachek & Iacobucci 2004)
    standardized_alpha : alpha of items with one spread
    omega : omega total, standardized, unique form
    lambda6 : Guttman's lambda 6, standardized
    average_r, median_r, variance_r : of the correlations between the other items
    signal_to_noise : k average_r / (1 - average_r)
    """

    alpha: FloatArray
    alpha_se: FloatArray
    standardized_alpha: FloatArray
    omega: FloatArray
    lambda6: FloatArray
    average_r: FloatArray
    median_r: FloatArray
    variance_r: FloatArray
    signal_to_noise: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ItemAnalysis(Result):
    """One value per item; `estimate` is alpha over all items.

    Attributes
    ----------
    item_n, mean, sd : over every answer to the item, whatever else the row holds
    item_total_r : correlation with the sum of the other items
    raw_r : correlation with the mean of all items, itself included
    standardized_r : the same of items with one spread
    overlap_corrected_r : the same with the item's own variance replaced by what the others predict
    alpha_if_dropped : alpha of the other items
    without : everything about the scale without the item
    counts : (k, options) answers per step of the scale, or None without a scale
    missing_counts, missing_shares : for each reason that was given, how many answers to each item are
        missing for it, and their share of all rows
    """

    item_n: IntArray
    mean: FloatArray
    sd: FloatArray
    item_total_r: FloatArray
    raw_r: FloatArray
    standardized_r: FloatArray
    overlap_corrected_r: FloatArray
    alpha_if_dropped: FloatArray
    without: ScaleWithoutItem
    counts: IntArray | None = None
    missing_counts: Mapping[str, IntArray]
    missing_shares: Mapping[str, FloatArray]


def item_analysis(
    items: ArrayLike | ItemMoments,
    *,
    missing: Missing = "listwise",
    scale: tuple[int, int] | None = None,
    reasons: Mapping[str, ArrayLike] | None = None,
) -> ItemAnalysis:
    """Statistics of each item, and of the scale without it.

    Corrected item-total r = ((S1)_j - S_jj) / sqrt(S_jj (V - 2 (S1)_j + S_jj)) with S the covariance
    matrix and V = 1'S1. A negative one sets `check_keys`: the item may be keyed the other way.
    Corrected for overlap: S the correlations with the squared multiple correlations on the
    diagonal, (S1)_j / sqrt(V) (Cureton 1966).

    Parameters
    ----------
    items : (n, k) answers, or their moments, where each item has the rows of `moments.n`
    missing : rows with gaps, for correlations, alpha and omega
    scale : lowest and highest whole-number answer; gives `counts`
    reasons : why answers are missing, for instance {"cannot_judge": mask}: for each reason either
        (n, k) true where an answer is missing for it, or (k,) counts. The answers themselves stay NaN

    Returns
    -------
    ItemAnalysis

    Raises
    ------
    ValueError : wrong shape, answers outside the scale, a reason where there is an answer, more
        missing answers by reason than answers missing, a scale or reasons beside moments

    Examples
    --------
    >>> found = item_analysis([[1, 2, 1], [2, 2, 3], [3, 4, 3], [4, 4, 5], [5, 5, 4], [3, 1, float("nan")]])
    >>> found.item_n.tolist(), found.item_total_r.round(3).tolist()
    ([6, 6, 5], [0.97, 0.859, 0.796])
    """
    if isinstance(items, ItemMoments):
        if scale is not None or reasons:
            raise ValueError("scale, reasons: need the answers, not their moments")
        x, moments = np.zeros((0, len(items.mean))), items
        described = _described(moments)
    else:
        x = as_matrix(items, "items")
        moments = item_moments(x, missing=missing)
        described = (~np.isnan(x)).sum(axis=0), _column_means(x), _column_sds(x)
    alpha = cronbach_alpha(moments)
    counts = None if scale is None else _option_counts(x, scale)
    by_reason = _missing_counts(x, reasons or {})
    kept, _ = usable_items(moments, "drop")
    usable = kept if alpha.estimate is not None else kept[:0]
    s = moments.covariance[np.ix_(usable, usable)]
    parts = _parts(x, moments, usable)
    r = _spread(_item_total(s), usable, x.shape[1])
    without = _without(moments, usable)
    return ItemAnalysis(
        estimate=alpha.estimate,
        ci=alpha.ci,
        se=alpha.se,
        n=alpha.n,
        method="n, mean and sd over all answers to the item; correlations with the scale and the scale "
        f"without the item, {rows_used(moments)}",
        warnings=alpha.warnings,
        item_n=described[0],
        mean=described[1],
        sd=described[2],
        item_total_r=r,
        raw_r=parts[0],
        standardized_r=parts[1],
        overlap_corrected_r=parts[2],
        alpha_if_dropped=without.alpha,
        without=without,
        counts=counts,
        missing_counts=MappingProxyType(by_reason),
        missing_shares=MappingProxyType({name: n / max(len(x), 1) for name, n in by_reason.items()}),
    )


def _parts(x: FloatArray, moments: ItemMoments, kept: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Correlation of each item with the whole: as it is, standardized, and corrected for overlap."""
    k = x.shape[1]
    if not len(kept):
        empty = np.full(k, np.nan)
        return empty, empty, empty
    s = moments.covariance[np.ix_(kept, kept)]
    raw = _with_mean(x[:, kept], moments.missing) if len(x) else _with_whole(s) / np.sqrt(np.diag(s))
    r = to_correlation(s)
    predicted = multiple_correlations(r)
    corrected = (
        np.full(len(kept), np.nan)
        if predicted is None
        else _with_whole(r - np.eye(len(r)) + np.diag(predicted))
    )
    return _spread(raw, kept, k), _spread(_with_whole(r), kept, k), _spread(corrected, kept, k)


def _described(moments: ItemMoments) -> tuple[IntArray, FloatArray, FloatArray]:
    """n, mean and sd of each item."""
    answered = ~np.isnan(moments.mean)
    return np.where(answered, moments.n, 0), moments.mean, np.sqrt(np.diag(moments.covariance))


def _with_mean(x: FloatArray, missing: Missing) -> FloatArray:
    """Correlation of each item with the mean of the items that its row answered."""
    answered = ~np.isnan(x)
    whole = divide(np.nansum(x, axis=1), answered.sum(axis=1), answered.any(axis=1))
    beside = item_moments(np.column_stack([x, whole]), missing=missing)
    return correlations(beside, np.arange(x.shape[1] + 1))[:-1, -1]


def _with_whole(r: FloatArray) -> FloatArray:
    """Sum of each row over the root of the whole sum."""
    total = float(r.sum())
    return divide(r.sum(axis=1), np.sqrt(abs(total)), total > 1e-12 * len(r))


def _without(moments: ItemMoments, kept: IntArray) -> ScaleWithoutItem:
    """The scale without each usable item; with fewer than three there is no scale left."""
    table = np.full((len(moments.mean), 9), np.nan)
    if len(kept) > 2:
        table[kept] = [_shortened(moments, np.delete(kept, place)) for place in range(len(kept))]
    return ScaleWithoutItem(
        alpha=table[:, 0],
        alpha_se=table[:, 1],
        standardized_alpha=table[:, 2],
        omega=table[:, 3],
        lambda6=table[:, 4],
        average_r=table[:, 5],
        median_r=table[:, 6],
        variance_r=table[:, 7],
        signal_to_noise=table[:, 8],
    )


def _shortened(moments: ItemMoments, others: IntArray) -> list[float | None]:
    """The figures of `ScaleWithoutItem` in their order, of one set of items."""
    s, k = moments.covariance[np.ix_(others, others)], len(others)
    r = to_correlation(s)
    pairs = r[np.triu_indices(k, 1)]
    mean_r = float(pairs.mean())
    varies = s.sum() > 1e-12 * np.trace(s)
    predicted = multiple_correlations(r)
    return [
        alpha_of(s) if varies else None,
        alpha_error(s, moments.n) if varies else None,
        spearman_brown(mean_r, k),
        mcdonald_omega(moments.of(others)).estimate,
        None if predicted is None or r.sum() < 1e-9 else 1 - float((1 - predicted).sum() / r.sum()),
        mean_r,
        float(np.median(pairs)),
        float(pairs.var(ddof=1)) if k > 2 else None,
        signal_to_noise(mean_r, k),
    ]


def _item_total(s: FloatArray) -> FloatArray:
    own, row, total = np.diag(s), s.sum(axis=1), s.sum()
    rest = np.maximum(total - 2 * row + own, 0)
    scale = np.sqrt(own * rest)
    return divide(row - own, scale, scale > 0)


def _spread(values: FloatArray, kept: IntArray, k: int) -> FloatArray:
    """Values of the items kept among all k, NaN for the others."""
    found = np.full(k, np.nan)
    found[kept] = values
    return found


def _option_counts(x: FloatArray, scale: tuple[int, int]) -> IntArray:
    check_in_scale(x, scale, "items")
    steps = np.arange(scale[0], scale[1] + 1)
    return np.asarray((x[:, :, np.newaxis] == steps).sum(axis=0), dtype=np.int64)


def _missing_counts(x: FloatArray, reasons: Mapping[str, ArrayLike]) -> dict[str, IntArray]:
    """Missing answers of each item by reason, checked against the answers that are there."""
    answered = ~np.isnan(x)
    counts: dict[str, IntArray] = {}
    for name, given in reasons.items():
        values = np.asarray(given)
        if values.dtype == np.bool_ and values.shape == x.shape:
            if (values & answered).any():
                raise ValueError(f"reasons: {name!r} stands where there is an answer")
            counts[name] = values.sum(axis=0)
        elif (
            np.issubdtype(values.dtype, np.integer) and values.shape == (x.shape[1],) and (values >= 0).all()
        ):
            counts[name] = values.astype(np.int64)
        else:
            raise ValueError(f"reasons: {name!r} must be a mask of the answers or one count per item")
    if counts and (np.sum(list(counts.values()), axis=0) > (~answered).sum(axis=0)).any():
        raise ValueError("reasons: more answers are missing by reason than are missing")
    return counts


def _column_means(x: FloatArray) -> FloatArray:
    n = (~np.isnan(x)).sum(axis=0)
    return divide(np.nansum(x, axis=0), n, n > 0)


def _column_sds(x: FloatArray) -> FloatArray:
    n = (~np.isnan(x)).sum(axis=0)
    squares = np.nansum((x - _column_means(x)) ** 2, axis=0)
    return np.sqrt(divide(squares, n - 1, n > 1))
