"""How sure a satisfaction index is: its error and interval from respondents' answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from analysis._arrays import as_vector, check_confidence, divide, factorize
from analysis._result import Result
from analysis.satisfaction_policy import whole_answers

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from analysis._arrays import BoolArray, FloatArray, IntArray
    from analysis.satisfaction_policy import SatisfactionPolicy

_NOTHING = 1e-12  # what rounding leaves of an error that is zero, as a share of the scale
_METHOD = (
    "sum of mean answers x weight; error by linearization{within}; interval: t on the logit of the share of "
    "the scale; respondents taken as drawn at random{finite}"
)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class IndexWithError(Result):
    """The index as a plain number with its error; `estimate` is not rounded.

    Attributes
    ----------
    incomplete : respondents who left out at least one element
    element_n : (elements,) answers to each element
    element_mean, element_error : (elements,) mean answer and its standard error, NaN where not known
    element_low, element_high : (elements,) interval of the mean, NaN where there is none
    """

    incomplete: int
    element_n: IntArray
    element_mean: FloatArray
    element_error: FloatArray
    element_low: FloatArray
    element_high: FloatArray


def index_error(
    rows: ArrayLike,
    policy: SatisfactionPolicy,
    *,
    weight_mode: str = "1/9",
    weights: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    population: int | None = None,
    confidence: float = 0.95,
) -> IndexWithError:
    """The satisfaction index from rows of answers, with its standard error and interval.

    The index is a sum of ratios, each element over its own respondents. Its error comes from each
    respondent's influence z_i = sum_e w_e (x_ie - mean_e) v_i / (sum v_e / n), v the respondents' weights:
    se² = sum z_i² / (n (n - 1)). Weights of strata take the differences between strata out of the error:
    with `strata`, se² = sum_h n_h / (n_h - 1) sum (z_i - mean_h)² / n². A known population N takes the share
    1 - n / N, n the fewest answers to an element. Interval: with p the index as a share of its range,
    logit p ± t se / (range p (1 - p)), n - 1 degrees of freedom (n - strata with strata).

    Parameters
    ----------
    rows : (n, elements) answers in the policy's order, NaN where one is missing
    policy : elements, scale, factor, weight modes
    weight_mode : a name among the policy's weights
    weights : (n,) weights of respondents, none negative (`post_stratification_weights`)
    strata : (n,) the strata that the weights were made for; one of a single respondent stays with the rest
    population : how many people could have answered
    confidence : share of the intervals

    Returns
    -------
    IndexWithError : reason `element_without_answers`; without interval `one_answer_to_an_element` or
        `no_variance` (all alike tells nothing about the error, unless everybody answered); `few_rows`
        below 30, `stratum_of_one`

    Raises
    ------
    ValueError : shapes, no step of the scale, unknown mode, weights that are negative or missing, population
        below the respondents

    References
    ----------
    Cochran (1977), Sampling Techniques, chapters 2 and 6; Särndal, Swensson & Wretman (1992), Model
    Assisted Survey Sampling, section 7.6; Korn & Graubard (1998), Survey Methodology 24, 193-201.

    Examples
    --------
    >>> from analysis.satisfaction import QualityBand, SatisfactionPolicy
    >>> from decimal import Decimal
    >>> band = QualityBand("A", "Baik", Decimal(25))
    >>> policy = SatisfactionPolicy(("a", "b"), 1, 4, 25, (band,), {"1/2": None})
    >>> found = index_error([[3, 4], [4, 4], [3, 3], [2, 3]], policy, weight_mode="1/2")
    >>> found.estimate, round(found.se, 2), [round(limit, 1) for limit in found.ci]
    (81.25, 8.07, [49.4, 96.2])
    """
    weight = float(policy.weight(weight_mode)) * policy.factor
    tail = check_confidence(confidence)
    sample = _sample(whole_answers(rows, policy), weights, strata)
    n = len(sample.answers)
    if population is not None and population < n:
        raise ValueError("population: must not be below the number of respondents")
    t = float(special.stdtrit(max(n - sample.strata.size, 1), 1 - tail))
    columns = _columns(sample, weight, population)
    low, high = _limits(columns, t, policy, weight)
    faults = _faults(sample, columns, low[-1])
    se, is_known = float(columns.error[-1]), bool((columns.answered > 0).all())
    return IndexWithError(
        estimate=float(columns.value[-1]) if is_known else None,
        ci=(float(low[-1]), float(high[-1])) if np.isfinite(low[-1]) else None,
        se=se if np.isfinite(se) else None,
        n=n,
        method=_METHOD.format(
            within="" if strata is None else " within strata",
            finite="" if population is None else f" from a population of {population}",
        ),
        warnings=tuple(code for code, holds in faults.items() if holds),
        incomplete=int((~sample.there).any(axis=1).sum()),
        element_n=columns.answered[:-1],
        element_mean=columns.value[:-1],
        element_error=columns.error[:-1],
        element_low=low[:-1],
        element_high=high[:-1],
    )


class _Sample(NamedTuple):
    """Respondents with an answer and a weight; `strata` holds the size of each stratum."""

    answers: FloatArray
    there: BoolArray
    weight: FloatArray
    stratum: IntArray
    strata: IntArray


class _Columns(NamedTuple):
    """One column per element, and the index as the last one."""

    value: FloatArray
    error: FloatArray
    answered: IntArray
    everybody: BoolArray


def _sample(x: FloatArray, weights: ArrayLike | None, strata: ArrayLike | None) -> _Sample:
    v = np.ones(len(x)) if weights is None else as_vector(weights, "weights", len(x))
    if not (v >= 0).all():
        raise ValueError("weights: must be known and not negative")
    there = ~np.isnan(x) & (v > 0)[:, np.newaxis]
    used = there.any(axis=1)
    labels = np.zeros(len(x), dtype=np.int64) if strata is None else np.asarray(strata)
    if labels.shape != (len(x),):
        raise ValueError(f"strata: must have length {len(x)}, not shape {labels.shape}")
    _names, stratum = factorize(labels[used], int(used.sum()))
    return _Sample(x[used], there[used], v[used], stratum, np.bincount(stratum))


def _columns(sample: _Sample, weight: float, population: int | None) -> _Columns:
    n, share = len(sample.answers), sample.there * sample.weight[:, np.newaxis]
    total = share.sum(axis=0)
    answers = np.where(sample.there, sample.answers, 0.0)
    mean = divide((answers * share).sum(axis=0), total, total > 0)
    influence = n * share * (answers - np.nan_to_num(mean)) / np.where(total > 0, total, 1.0)
    z = _within_strata(np.column_stack([influence, weight * influence.sum(axis=1)]), sample)
    count = sample.there.sum(axis=0)
    count = np.append(count, count.min())
    unseen = np.ones(count.size) if population is None else 1 - count / max(population, 1)
    everybody = np.asarray(unseen == 0, dtype=np.bool_)
    error = np.sqrt((z**2).sum(axis=0) * unseen / max(n * (n - 1), 1))
    error[(count < 2) & ~everybody] = np.nan
    return _Columns(np.append(mean, weight * mean.sum()), error, count, everybody)


def _within_strata(z: FloatArray, sample: _Sample) -> FloatArray:
    """Influences around their stratum's mean, widened for the means that were taken from the data."""
    n, size = len(z), sample.strata
    total = np.zeros((size.size, z.shape[1]))
    np.add.at(total, sample.stratum, z)
    several = size > 1
    mean = np.where(several[:, np.newaxis], total / size[:, np.newaxis], 0.0)
    widened = np.where(several, np.sqrt(size / np.maximum(size - 1, 1) * max(n - 1, 0) / max(n, 1)), 1.0)
    return np.asarray((z - mean[sample.stratum]) * widened[sample.stratum, np.newaxis], dtype=np.float64)


def _limits(
    columns: _Columns, t: float, policy: SatisfactionPolicy, weight: float
) -> tuple[FloatArray, FloatArray]:
    """Limits on the logit; none where nothing varies, the figure itself where everybody answered."""
    steps = np.append(np.ones(columns.value.size - 1), weight * len(policy.elements))
    start, width = policy.low * steps, (policy.high - policy.low) * steps
    share = (columns.value - start) / width
    varies = (share > 0) & (share < 1) & (columns.error > _NOTHING * width)
    p = np.where(varies, share, 0.5)
    half = t * np.where(varies, columns.error, np.nan) / (width * p * (1 - p))
    low, high = (start + width * special.expit(special.logit(p) + sign * half) for sign in (-1, 1))
    fixed = columns.everybody & ~varies
    return np.where(fixed, columns.value, low), np.where(fixed, columns.value, high)


def _faults(sample: _Sample, columns: _Columns, low: float) -> dict[str, bool]:
    is_known, has_error = bool((columns.answered > 0).all()), bool(np.isfinite(columns.error[-1]))
    return {
        "element_without_answers": not is_known,
        "one_answer_to_an_element": is_known and not has_error,
        "no_variance": has_error and not bool(np.isfinite(low)),
        "few_rows": len(sample.answers) < 30,
        "stratum_of_one": sample.strata.size > 1 and bool((sample.strata == 1).any()),
    }
