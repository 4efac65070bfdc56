"""Agreement of raters about units, corrected for chance: Krippendorff's alpha and Gwet's AC.

Both rest on one table, how many raters gave each unit each value, so raters may differ from unit to
unit and ratings may be missing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

import numpy as np
from scipy import special

from analysis._arrays import (
    BoolArray,
    FloatArray,
    IntArray,
    as_matrix,
    as_vector,
    as_whole,
    check_confidence,
    divide,
)
from analysis._result import Result, outside

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Level = Literal["nominal", "ordinal", "interval", "ratio"]
Weights = Literal["identity", "linear", "quadratic", "ordinal", "radical", "ratio"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class KrippendorffAlpha(Result):
    """Krippendorff's alpha; `n` counts units with two ratings or more, `se` is of the bootstrap.

    Attributes
    ----------
    observed, expected : disagreement seen, and by chance; alpha is 1 - observed/expected
    values : (V,) the values that occur in those units
    coincidences : (V, V) how often two values meet in a unit, each unit counting as its ratings
    n_ratings : ratings in those units
    dropped : units with one rating or none
    """

    observed: float | None = None
    expected: float | None = None
    values: FloatArray
    coincidences: FloatArray
    n_ratings: int
    dropped: int


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class GwetAc(Result):
    """Gwet's AC1 (identity weights) or AC2; `n` counts units with a rating.

    Attributes
    ----------
    pa, pe : weighted agreement seen, and by chance
    p : two-sided probability of a coefficient so far from zero, by t with n - 1 degrees of freedom
    categories : (q,) in order
    n_pairable : units with two ratings or more
    """

    pa: float | None = None
    pe: float | None = None
    p: float | None = None
    categories: FloatArray
    n_pairable: int


def krippendorff_alpha(
    ratings: ArrayLike,
    *,
    level: Level = "nominal",
    resamples: int = 1000,
    seed: int = 0,
    confidence: float = 0.95,
) -> KrippendorffAlpha:
    """Krippendorff's alpha (2011), 1 - observed/expected disagreement.

    With o the coincidences (each pair of ratings in a unit of m ratings weighs 1/(m - 1)) and n_c
    their row sums, n in all: alpha = 1 - (n - 1) sum o d² / sum n_c n_k d². The distance d² of two
    values is 1 (nominal), (sum of n_g from c to k, less (n_c + n_k)/2)² (ordinal), (c - k)²
    (interval), ((c - k)/(c + k))² (ratio). The interval is the percentile interval of a bootstrap
    that draws whole units with replacement; draws without variance are left out.

    Parameters
    ----------
    ratings : (units, raters) numbers, NaN where missing
    level : what the numbers mean
    resamples : draws of the bootstrap; 0 for no interval
    seed : of the draws; the same seed gives the same interval whatever the order of units and raters

    Returns
    -------
    KrippendorffAlpha

    Raises
    ------
    ValueError : wrong shape, unknown level, negative values on a ratio scale, negative `resamples`

    Examples
    --------
    >>> found = krippendorff_alpha([[1, 1, 1], [2, 2, 3], [3, 3, 3]], level="ordinal", resamples=0)
    >>> round(found.estimate, 4)
    0.8476
    """
    tail = check_confidence(confidence)
    if level not in get_args(Level):
        raise ValueError(f"level: must be one of {', '.join(get_args(Level))}")
    if as_whole(resamples, "resamples") < 0:
        raise ValueError("resamples: must not be negative")
    x = as_matrix(ratings, "ratings")
    if level == "ratio" and (x < 0).any():
        raise ValueError("ratings: a ratio scale has no negative values")
    pairable = x[(~np.isnan(x)).sum(axis=1) > 1]
    values = np.unique(pairable[~np.isnan(pairable)])
    found = KrippendorffAlpha(
        estimate=None,
        n=len(pairable),
        method=f"Krippendorff's alpha, {level}; interval: percentiles of {resamples} draws of whole units",
        values=values,
        coincidences=np.zeros((values.size, values.size)),
        n_ratings=int((~np.isnan(pairable)).sum()),
        dropped=len(x) - len(pairable),
    )
    reason = _no_alpha(x, values)
    return (
        replace(found, warnings=(reason,))
        if reason
        else _alpha(found, pairable, level, seed, resamples, tail)
    )


def gwet_ac(
    ratings: ArrayLike,
    *,
    weights: Weights = "identity",
    categories: ArrayLike | None = None,
    confidence: float = 0.95,
) -> GwetAc:
    """Gwet's AC1, or AC2 with weights, for any number of raters (Gwet 2008; 2014, chapters 2 to 5).

    pa is the mean over units with two ratings or more of sum r_k (r*_k - 1)/(r (r - 1)), r_k of r
    raters giving category k and r*_k the weighted number near it; pi_k the mean share of category k
    over units with a rating; pe = T sum pi_k (1 - pi_k)/(q (q - 1)), T the sum of the weights of q
    categories; AC = (pa - pe)/(1 - pe). The standard error is Gwet's linearisation, of units drawn
    from many; the interval is by t, cut off at 1.

    Parameters
    ----------
    ratings : (units, raters) numbers, NaN where missing
    weights : "identity" counts equal categories only. Others that differ by d, D at most, still
        agree by 1 - d/D ("linear"), 1 - (d/D)² ("quadratic") or 1 - √(d/D) ("radical"); "ordinal"
        is linear in the number of pairs among the categories from the one to the other, "ratio"
        quadratic in (c - k)/(c + k)
    categories : all categories, also those nobody chose; those that occur when not given

    Returns
    -------
    GwetAc

    Raises
    ------
    ValueError : wrong shape, unknown weights, ratings outside the categories, negative categories
        with ratio weights

    Examples
    --------
    >>> found = gwet_ac([[1, 1, 1], [2, 2, 3], [3, 3, 3]])
    >>> round(found.estimate, 4), round(found.se, 4)
    (0.6727, 0.3425)
    """
    tail = check_confidence(confidence)
    if weights not in get_args(Weights):
        raise ValueError(f"weights: must be one of {', '.join(get_args(Weights))}")
    x = as_matrix(ratings, "ratings")
    q = _categories(x, categories)
    if weights == "ratio" and (q < 0).any():
        raise ValueError("categories: ratio weights have no negative ones")
    counts = _value_counts(x, q)
    units = _units(counts[counts.sum(axis=1) > 0], _weights(weights, q))
    found = GwetAc(
        estimate=None,
        n=len(units.raters),
        method=f"Gwet's {'AC1' if weights == 'identity' else f'AC2, {weights} weights'}; interval by t",
        warnings=(_no_ac(units),),
        pa=float(units.agreed[units.pairable].mean()) if units.pairable.any() else None,
        pe=float(units.chance.mean()) if units.chance.size else None,
        categories=q,
        n_pairable=int(units.pairable.sum()),
    )
    return found if found.pa is None or found.pe is None else _ac(found, found.pa, found.pe, units, tail)


def _value_counts(x: FloatArray, values: FloatArray) -> FloatArray:
    """Raters of each unit who gave each value, (units, values)."""
    unit, rater = np.nonzero(~np.isnan(x))
    place = np.searchsorted(values, x[unit, rater])
    counts = np.bincount(unit * len(values) + place, minlength=len(x) * len(values))
    return counts.reshape(len(x), len(values)).astype(float)


# --- Krippendorff ---


class _Patterns(NamedTuple):
    """Distinct units: how many raters gave each value, (P, V)."""

    counts: FloatArray
    values: FloatArray
    level: Level


def _no_alpha(x: FloatArray, values: FloatArray) -> str | None:
    if np.isnan(x).all():
        return "no_ratings"
    if not values.size:
        return "no_subject_with_two_raters"
    if (np.sum(~np.isnan(x), axis=1) > 1).sum() < 2:
        return "one_subject"
    return "no_variance" if values.size < 2 else None


def _alpha(
    found: KrippendorffAlpha, pairable: FloatArray, level: Level, seed: int, resamples: int, tail: float
) -> KrippendorffAlpha:
    counts, times = np.unique(_value_counts(pairable, found.values), axis=0, return_counts=True)
    patterns = _Patterns(counts, found.values, level)
    observed, expected = _disagreement(patterns, times)
    alphas = _bootstrap(patterns, times, resamples, seed)
    estimate = 1 - observed / expected
    ci = _percentiles(alphas, tail) if alphas.size > 1 else None
    left_out = ("draws_without_variance",) if alphas.size < resamples else ()
    return replace(
        found,
        estimate=estimate,
        ci=ci,
        se=float(alphas.std(ddof=1)) if alphas.size > 1 else None,
        warnings=(*left_out, *outside(estimate, ci)),
        observed=observed,
        expected=expected,
        coincidences=_coincidences(patterns, times),
    )


def _coincidences(patterns: _Patterns, times: IntArray) -> FloatArray:
    share: FloatArray = times / (patterns.counts.sum(axis=1) - 1)
    pairs: FloatArray = (patterns.counts.T * share) @ patterns.counts
    return pairs - np.diag(share @ patterns.counts)  # nobody is paired with herself


def _disagreement(patterns: _Patterns, times: IntArray) -> tuple[float, float]:
    """Observed and expected; without variance the expected one is zero."""
    met = _coincidences(patterns, times)
    total = met.sum(axis=1)
    distance, n = _distances(patterns, total), float(total.sum())
    return float((met * distance).sum()) / n, float(total @ distance @ total) / (n * (n - 1))


def _distances(patterns: _Patterns, total: FloatArray) -> FloatArray:
    """Squared distances of the values; ordinal ones are those of mean ranks."""
    if patterns.level == "nominal":
        return 1 - np.eye(len(total))
    place = np.cumsum(total) - total / 2 if patterns.level == "ordinal" else patterns.values
    difference = _relative(place) if patterns.level == "ratio" else np.subtract.outer(place, place)
    return np.asarray(difference**2)


def _relative(values: FloatArray) -> FloatArray:
    """Differences over sums; nothing differs from nothing by nothing."""
    sums = np.add.outer(values, values)
    return np.divide(np.subtract.outer(values, values), sums, out=np.zeros(sums.shape), where=sums > 0)


def _bootstrap(patterns: _Patterns, times: IntArray, resamples: int, seed: int) -> FloatArray:
    """Alphas of the draws that have variance; equal units are drawn together."""
    units = int(times.sum())
    draws = np.random.default_rng(seed).multinomial(units, times / units, size=resamples)
    found = np.array([_disagreement(patterns, draw) for draw in draws]).reshape(-1, 2)
    varied = found[found[:, 1] > 0]
    return np.asarray(1 - varied[:, 0] / varied[:, 1])


def _percentiles(alphas: FloatArray, tail: float) -> tuple[float, float]:
    low, high = np.quantile(alphas, [tail, 1 - tail])
    return float(low), float(high)


# --- Gwet ---


class _Units(NamedTuple):
    """Units with a rating: raters, what pairs of them agree (NaN for one), their part in pe."""

    raters: FloatArray
    agreed: FloatArray
    chance: FloatArray

    @property
    def pairable(self) -> BoolArray:
        return self.raters > 1


def _categories(x: FloatArray, categories: ArrayLike | None) -> FloatArray:
    seen = np.unique(x[~np.isnan(x)])
    if categories is None:
        return seen
    q = np.unique(as_vector(categories, "categories"))
    if np.isnan(q).any() or np.setdiff1d(seen, q).size:
        raise ValueError("categories: must be numbers and hold all ratings")
    return q


def _weights(weights: Weights, q: FloatArray) -> FloatArray:
    """How much two categories agree, from 0 to 1."""
    if weights == "identity" or len(q) < 2:
        return np.eye(len(q))
    distance = np.abs(_relative(q) if weights == "ratio" else np.subtract.outer(q, q))
    if weights == "ordinal":
        steps = np.abs(np.subtract.outer(np.arange(len(q)), np.arange(len(q))))
        distance = steps * (steps + 1) / 2
    power = {"quadratic": 2.0, "ratio": 2.0, "radical": 0.5}.get(weights, 1.0)
    return np.asarray(1 - (distance / distance.max()) ** power)


def _units(counts: FloatArray, weights: FloatArray) -> _Units:
    raters, q = counts.sum(axis=1), len(weights)
    agreed = divide((counts * (counts @ weights - 1)).sum(axis=1), raters * (raters - 1), raters > 1)
    if q < 2 or not len(counts):
        return _Units(raters, agreed, np.zeros(0))  # one category leaves nothing to chance
    shares = counts / raters[:, np.newaxis]
    return _Units(raters, agreed, weights.sum() / (q * (q - 1)) * (shares @ (1 - shares.mean(axis=0))))


def _no_ac(units: _Units) -> str:
    if not units.raters.size:
        return "no_ratings"
    return "no_variance" if units.pairable.any() else "no_subject_with_two_raters"


def _ac(found: GwetAc, pa: float, pe: float, units: _Units, tail: float) -> GwetAc:
    n, ac = found.n, (pa - pe) / (1 - pe)
    own = np.where(units.pairable, units.agreed - pe, 0) * n / found.n_pairable / (1 - pe)
    own -= 2 * (1 - ac) * (units.chance - pe) / (1 - pe)
    defined = replace(found, estimate=ac, warnings=())
    if n < 2:
        return defined
    se = float(np.sqrt(((own - ac) ** 2).sum() / (n * (n - 1))))
    t = float(special.stdtrit(n - 1, 1 - tail))
    far = abs(ac) / se if se else np.inf
    p = 2 * float(special.stdtr(n - 1, -far)) if ac else 1.0
    return replace(defined, se=se, p=p, ci=(ac - t * se, min(1.0, ac + t * se)))
