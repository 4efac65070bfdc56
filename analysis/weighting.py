"""Answers weighted to the people they should speak for, and how large a sample must be."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from analysis._arrays import as_matrix, as_vector, check_confidence, divide
from analysis._result import Result

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from analysis._arrays import FloatArray
    from analysis.satisfaction import SatisfactionPolicy


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class StratumWeights(Result):
    """A weight for each respondent; `estimate` is the effective number of respondents.

    Attributes
    ----------
    weights : (n,) with mean 1; 0 for a respondent of no known stratum
    design_effect : by how much unequal weights widen the variance (Kish)
    """

    weights: FloatArray
    design_effect: float | None = None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class IndexWithError(Result):
    """The index as a plain number with its error; `estimate` is not rounded.

    Attributes
    ----------
    element_mean, element_error : (elements,) mean answer and its standard error
    element_low, element_high : (elements,) their intervals, cut off at the ends of the scale
    """

    element_mean: FloatArray
    element_error: FloatArray
    element_low: FloatArray
    element_high: FloatArray


def post_stratification_weights(strata: ArrayLike, population: Mapping[str, float]) -> StratumWeights:
    """Weights that bring the respondents' strata to the population's shares.

    w = (N_h / N) / (n_h / n). A stratum of the population without any respondent cannot be weighted in:
    it is left out and told. The effective number is n over Kish's 1 + cv²(w).

    Parameters
    ----------
    strata : (n,) stratum of each respondent
    population : stratum -> its size or share, none negative, some above 0

    Returns
    -------
    StratumWeights : `empty_stratum`, `unknown_stratum`; reason `no_respondents`

    Raises
    ------
    ValueError : negative or no population

    References
    ----------
    Holt & Smith (1979), JRSS A 142; Kish (1965), Survey Sampling, section 11.7.

    Examples
    --------
    >>> found = post_stratification_weights(["l", "l", "l", "p"], {"l": 50, "p": 50})
    >>> found.weights.round(3).tolist(), round(found.estimate, 2)
    ([0.667, 0.667, 0.667, 2.0], 3.0)
    """
    names = np.asarray(strata).astype(str)
    sizes = {str(name): float(size) for name, size in population.items()}
    if not sizes or min(sizes.values()) < 0 or sum(sizes.values()) <= 0:
        raise ValueError("population: sizes must not be negative, and some above 0")
    method = "post-stratification weights, mean 1; effective number by Kish"
    seen = {name: int((names == name).sum()) for name in sizes}
    known = sum(seen.values())
    covered = sum(size for name, size in sizes.items() if seen[name])
    if known == 0 or covered == 0:
        blank = np.zeros(len(names))
        return StratumWeights(estimate=None, n=0, method=method, warnings=("no_respondents",), weights=blank)
    ratio = {name: sizes[name] / covered * known / seen[name] for name in sizes if seen[name]}
    weights = np.array([ratio.get(name, 0.0) for name in names.tolist()])
    used = weights[np.isin(names, list(sizes))]
    effect = float((used**2).mean() / used.mean() ** 2)
    marks = ("empty_stratum",) if any(sizes[name] and not seen[name] for name in sizes) else ()
    return StratumWeights(
        estimate=known / effect,
        n=known,
        method=method,
        warnings=(*marks, *(("unknown_stratum",) if known < len(names) else ())),
        weights=weights,
        design_effect=effect,
    )


def index_error(
    rows: ArrayLike,
    policy: SatisfactionPolicy,
    *,
    weight_mode: str = "1/9",
    weights: ArrayLike | None = None,
    population: int | None = None,
    confidence: float = 0.95,
) -> IndexWithError:
    """The satisfaction index from rows with its standard error and interval.

    The index is a sum of ratios, each element over its own respondents. Its error comes from each
    respondent's influence z_i = sum_e w_e (x_ie - mean_e) / (n_e / n): se² = s²(z) / n, times 1 - n/N
    where the population N is given. Interval: t with n - 1 degrees of freedom, cut off at the ends of the
    scale. All of it takes respondents as drawn at random.

    Parameters
    ----------
    rows : (n, elements) answers in the policy's order, NaN where one is missing
    policy : elements, scale, factor, weight modes
    weight_mode : a name among the policy's weights
    weights : (n,) weights of respondents, or None
    population : how many people could have answered
    confidence : share of the intervals

    Returns
    -------
    IndexWithError : reason `element_without_answers`; `few_rows` below 30

    Raises
    ------
    ValueError : shapes, unknown mode, population below the respondents, negative weights

    References
    ----------
    Cochran (1977), Sampling Techniques, chapters 2 and 6; Särndal, Swensson & Wretman (1992), section 5.5.

    Examples
    --------
    >>> from analysis.satisfaction import QualityBand, SatisfactionPolicy
    >>> from decimal import Decimal
    >>> band = QualityBand("A", "Baik", Decimal(25))
    >>> policy = SatisfactionPolicy(("a", "b"), 1, 4, 25, (band,), {"1/2": None})
    >>> found = index_error([[3, 4], [4, 4], [3, 3], [2, 3]], policy, weight_mode="1/2")
    >>> found.estimate, round(found.se, 2)
    (81.25, 8.07)
    """
    x = as_matrix(rows, "rows")
    if x.shape[1] != len(policy.elements):
        raise ValueError(f"rows: must have {len(policy.elements)} columns, not {x.shape[1]}")
    if weight_mode not in policy.weights:
        raise ValueError(f"weight_mode: must be one of {', '.join(policy.weights)}")
    tail = check_confidence(confidence)
    w = np.ones(len(x)) if weights is None else as_vector(weights, "weights", len(x))
    there = ~np.isnan(x) & (w > 0)[:, np.newaxis]
    n = int(there.any(axis=1).sum())
    if (w < 0).any() or (population is not None and population < n):
        raise ValueError("weights, population: no negative weight, no population below the respondents")
    share = there * w[:, np.newaxis]
    total = share.sum(axis=0)
    mean = divide(np.nansum(np.where(there, x, 0) * share, axis=0), total, total > 0)
    influence = n * np.where(there, share * (np.nan_to_num(x) - mean), 0) / np.where(total > 0, total, 1)
    finite = 1.0 if population is None else 1 - n / population
    error = np.sqrt(finite * _variance(influence, n) / max(n, 1))
    printed = policy.weights[weight_mode]
    weight = policy.factor * (1 / len(mean) if printed is None else float(printed))
    t = float(special.stdtrit(n - 1, 1 - tail)) if n > 1 else np.nan
    ends = policy.low, policy.high
    value, se = (
        float(weight * mean.sum()),
        float(np.sqrt(finite * _variance(weight * influence.sum(axis=1, keepdims=True), n)[0] / max(n, 1))),
    )
    is_known = bool((total > 0).all())
    low, high = (
        max(value - t * se, weight * len(mean) * policy.low),
        min(value + t * se, weight * len(mean) * policy.high),
    )
    return IndexWithError(
        estimate=value if is_known else None,
        ci=(low, high) if is_known and n > 1 else None,
        se=se if is_known and n > 1 else None,
        n=n,
        method="sum of mean answers x weight; error by linearization, respondents taken as drawn at random",
        warnings=(*(() if is_known else ("element_without_answers",)), *(("few_rows",) if n < 30 else ())),
        element_mean=mean,
        element_error=np.where(n > 1, error, np.nan),
        element_low=np.clip(mean - t * error, *ends),
        element_high=np.clip(mean + t * error, *ends),
    )


def _variance(influence: FloatArray, n: int) -> FloatArray:
    """Of influences whose mean is zero by construction."""
    return np.asarray((influence**2).sum(axis=0) / max(n - 1, 1), dtype=np.float64)


def margin_of_error(
    sample: int,
    population: int,
    *,
    chi_square: Decimal = Decimal("3.841"),
    proportion: Decimal = Decimal("0.5"),
) -> float:
    """The error that a sample keeps, the inverse of Krejcie and Morgan's size.

    d = sqrt(X² P (1-P) (N - n) / (n (N - 1))).

    Parameters
    ----------
    sample, population : respondents, and people who could have answered
    chi_square, proportion : as for `sample_size`

    Returns
    -------
    the error as a share, 0 where everybody answered

    Raises
    ------
    ValueError : sample below 1 or above the population

    References
    ----------
    Krejcie & Morgan (1970), solved for d.

    Examples
    --------
    >>> round(margin_of_error(217, 500), 4)
    0.0501
    """
    if not 1 <= sample <= population:
        raise ValueError("sample, population: at least one respondent, at most everybody")
    if population == 1:
        return 0.0
    spread = Fraction(chi_square) * Fraction(proportion) * (1 - Fraction(proportion))
    return math.sqrt(spread * (population - sample) / (sample * (population - 1)))


def covered_population(
    sample: int,
    *,
    chi_square: Decimal = Decimal("3.841"),
    proportion: Decimal = Decimal("0.5"),
    error: Decimal = Decimal("0.05"),
) -> int | None:
    """The largest population for which a sample is enough; None where it is enough for any.

    From s = X² N P(1-P) / (d²(N-1) + X² P(1-P)): N <= s (X² P(1-P) - d²) / (X² P(1-P) - s d²).

    Parameters
    ----------
    sample : respondents
    chi_square, proportion, error : as for `sample_size`

    Returns
    -------
    the population, or None

    Raises
    ------
    ValueError : sample below 1

    Examples
    --------
    >>> covered_population(278), covered_population(400)
    (1003, None)
    """
    if sample < 1:
        raise ValueError("sample: must be at least 1")
    d2 = Fraction(error) ** 2
    spread = Fraction(chi_square) * Fraction(proportion) * (1 - Fraction(proportion))
    room = spread - sample * d2
    return None if room <= 0 else math.floor(sample * (spread - d2) / room)
