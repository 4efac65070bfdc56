"""How sure a satisfaction index is: its error and interval from respondents' answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from analysis._arrays import as_matrix, as_vector, as_whole, check_confidence, divide, factorize
from analysis._result import Result
from analysis.satisfaction.answer_sums import AnswerSums, deviations
from analysis.satisfaction.policy import whole_answers

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from analysis._arrays import BoolArray, FloatArray, IntArray
    from analysis.satisfaction.policy import SatisfactionPolicy

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
    se² = n / (n - 1) sum z_i² / n². Weights of strata take the differences between strata out of the error:
    with `strata`, se² = sum_h n_h / (n_h - 1) sum (z_i - mean_h)² / n². A known population N takes the share
    1 - n / N, n the fewest answers to an element. Interval: with p the index as a share of its range,
    logit p ± t se / (range p (1 - p)), n - 1 degrees of freedom (n - strata with strata). An element counts
    those who answered it: s² / n and n - 1 of its own.

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
    >>> from analysis.satisfaction.index import QualityBand, SatisfactionPolicy
    >>> from decimal import Decimal
    >>> band = QualityBand("A", "Baik", Decimal(25))
    >>> policy = SatisfactionPolicy(("a", "b"), 1, 4, 25, (band,), {"1/2": None})
    >>> found = index_error([[3, 4], [4, 4], [3, 3], [2, 3]], policy, weight_mode="1/2")
    >>> found.estimate, round(found.se, 2), [round(limit, 1) for limit in found.ci]
    (81.25, 8.07, [49.4, 96.2])
    """
    weight = _weights(policy, weight_mode)
    tail = check_confidence(confidence)
    sample = _sample(whole_answers(rows, policy), weights, strata)
    n = len(sample.answers)
    if population is not None and as_whole(population, "population") < n:
        raise ValueError("population: must not be below the number of respondents")
    columns = _columns(sample, weight, population)
    found = _with_error(columns, policy, weight, n, tail)
    return replace(
        found,
        method=_METHOD.format(
            within="" if strata is None else " within strata",
            finite="" if population is None else f" from a population of {population}",
        ),
        warnings=found.warnings + _stratum_of_one(sample),
        incomplete=int((~sample.there).any(axis=1).sum()),
    )


def index_error_of_sums(
    found: AnswerSums,
    policy: SatisfactionPolicy,
    *,
    weight_mode: str = "1/9",
    confidence: float = 0.95,
) -> IndexWithError:
    """The same as `index_error` from sums that were kept instead of rows.

    sum z_i² = n² sum_ef w_e w_f C_ef / (n_e n_f), C the products of deviations of those who answered both.

    Parameters
    ----------
    found : sums of the respondents' answers
    policy : elements, scale, factor, weight modes
    weight_mode : a name among the policy's weights
    confidence : share of the intervals

    Returns
    -------
    IndexWithError : as of `index_error`

    Raises
    ------
    ValueError : other elements than the policy's, unknown mode

    References
    ----------
    Cochran (1977); Korn & Graubard (1998); docs/methods.md, section 7.

    Examples
    --------
    >>> from analysis.satisfaction.answer_sums import answer_sums
    >>> from analysis.satisfaction.index import QualityBand, SatisfactionPolicy
    >>> from decimal import Decimal
    >>> band = QualityBand("A", "Baik", Decimal(25))
    >>> policy = SatisfactionPolicy(("a", "b"), 1, 4, 25, (band,), {"1/2": None})
    >>> kept = answer_sums([[3, 4], [4, 4], [3, 3], [2, 3]], policy)
    >>> found = index_error_of_sums(kept, policy, weight_mode="1/2")
    >>> found.estimate, round(found.se, 2), [round(limit, 1) for limit in found.ci]
    (81.25, 8.07, [49.4, 96.2])
    """
    if found.elements != policy.elements:
        raise ValueError("elements: must be the policy's")
    weight, n, count = _weights(policy, weight_mode), found.respondents, np.diag(found.n)
    mean = divide(np.diag(found.sums), count, count > 0)
    each = np.where(count > 0, count, 1)
    spread = deviations(found)
    own = divide(np.diag(spread), count * (count - 1.0), count > 1)
    scaled = weight / each
    total = max(float(scaled @ spread @ scaled), 0.0) * n / max(n - 1, 1)
    counts = np.append(count, count.min())
    columns = _Columns(
        value=np.append(mean, _weighed(mean, weight)),
        error=np.sqrt(np.append(np.maximum(own, 0.0), total if counts[-1] > 1 else np.nan)),
        answered=counts,
        everybody=np.zeros(counts.size, dtype=np.bool_),
        freedom=np.maximum(np.append(count, n) - 1, 1),
    )
    with_error = _with_error(columns, policy, weight, n, check_confidence(confidence))
    return replace(with_error, incomplete=n - found.complete)


def element_intervals(
    counts: ArrayLike, policy: SatisfactionPolicy, *, confidence: float = 0.95
) -> tuple[FloatArray, FloatArray]:
    """Intervals of the elements' means from how often each step was chosen; those of `index_error`.

    se² = s² / n of the answers to the element; t on the logit with n - 1 degrees of freedom.

    Parameters
    ----------
    counts : (elements, steps) answers by step of the scale, from the lowest
    policy : the scale
    confidence : share of the intervals

    Returns
    -------
    low, high : (elements,) limits, NaN with fewer than two answers or where all are alike

    Raises
    ------
    ValueError : other steps than the scale's, counts that are negative or no whole numbers

    References
    ----------
    Korn & Graubard (1998), Survey Methodology 24, 193-201.

    Examples
    --------
    >>> from analysis.satisfaction.index import QualityBand, SatisfactionPolicy
    >>> from decimal import Decimal
    >>> policy = SatisfactionPolicy(("a",), 1, 4, 25, (QualityBand("A", "Baik", Decimal(25)),), {"1": None})
    >>> low, high = element_intervals([[2, 5, 20, 23]], policy)
    >>> low.round(2).tolist(), high.round(2).tolist()
    ([3.03], [3.48])
    """
    tail = check_confidence(confidence)
    step = np.arange(policy.low, policy.high + 1)
    table = as_matrix(counts, "counts")
    if table.shape[1] != step.size or not ((table >= 0) & (table == np.floor(table))).all():
        raise ValueError(f"counts: whole numbers for each of the {step.size} steps, none negative")
    n = table.sum(axis=1).astype(np.int64)
    mean = divide(table @ step, n, n > 0)
    squares = (table * (step - np.nan_to_num(mean)[:, np.newaxis]) ** 2).sum(axis=1)
    error = np.sqrt(divide(squares, n * (n - 1), n > 1))
    columns = _Columns(mean, error, n, np.zeros(n.size, dtype=np.bool_), np.maximum(n - 1, 1))
    return _limits(columns, np.full(n.size, float(policy.low)), np.full(n.size, float(policy.high)), tail)


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
    freedom: IntArray


def _weights(policy: SatisfactionPolicy, mode: str) -> FloatArray:
    """What each element's mean is multiplied with."""
    return np.array([float(weight * policy.factor) for weight in policy.element_weights(mode)])


def _weighed(means: FloatArray, weight: FloatArray) -> float:
    """The weighted sum; equal weights come in last, so that whole figures stay whole."""
    largest = weight.max()
    return float(largest * (means @ (weight / largest)))


def _sample(x: FloatArray, weights: ArrayLike | None, strata: ArrayLike | None) -> _Sample:
    v = np.ones(len(x)) if weights is None else as_vector(weights, "weights", len(x))
    if not (v >= 0).all():
        raise ValueError("weights: must be known and not negative")
    there = ~np.isnan(x) & (v > 0)[:, np.newaxis]
    used = there.any(axis=1)
    if strata is not None and np.shape(strata) != (len(x),):
        raise ValueError(f"strata: must have length {len(x)}, not shape {np.shape(strata)}")
    _names, code = factorize(np.zeros(len(x), dtype=np.int64) if strata is None else strata, len(x))
    _used, stratum = np.unique(code[used], return_inverse=True)
    return _Sample(x[used], there[used], v[used], stratum, np.bincount(stratum))


def _columns(sample: _Sample, weight: FloatArray, population: int | None) -> _Columns:
    n, share = len(sample.answers), sample.there * sample.weight[:, np.newaxis]
    total = share.sum(axis=0)
    answers = np.where(sample.there, sample.answers, 0.0)
    mean = divide((answers * share).sum(axis=0), total, total > 0)
    influence = n * share * (answers - np.nan_to_num(mean)) / np.where(total > 0, total, 1.0)
    z, freedom = _within_strata(np.column_stack([influence, influence @ weight]), sample)
    count = sample.there.sum(axis=0)
    count = np.append(count, count.min())
    unseen = np.ones(count.size) if population is None else 1 - count / max(population, 1)
    everybody = np.asarray(unseen == 0, dtype=np.bool_)
    error = np.sqrt((z**2).sum(axis=0) * unseen) / max(n, 1)
    error[(count < 2) & ~everybody] = np.nan
    return _Columns(np.append(mean, _weighed(mean, weight)), error, count, everybody, freedom)


def _within_strata(z: FloatArray, sample: _Sample) -> tuple[FloatArray, IntArray]:
    """Influences around their stratum's mean, widened for the means taken from the data; and what is left."""
    present = np.column_stack([sample.there, np.ones(len(z), dtype=np.bool_)])
    total, size = _by_stratum(z, sample), _by_stratum(present, sample)
    several = size > 1
    mean = np.nan_to_num(divide(total, size, several))
    widened = np.sqrt(np.where(several, size / np.maximum(size - 1, 1), 1.0))
    freedom = np.maximum(size.sum(axis=0) - (size > 0).sum(axis=0), 1)
    own = sample.stratum
    return present * (z - mean[own]) * widened[own], freedom.astype(np.int64)


def _by_stratum(values: FloatArray | BoolArray, sample: _Sample) -> FloatArray:
    """Sums of each column over the respondents of each stratum."""
    strata, columns = sample.strata.size, values.shape[1]
    cell = sample.stratum[:, np.newaxis] * columns + np.arange(columns)
    sums = np.bincount(cell.ravel(), weights=values.ravel(), minlength=strata * columns)
    return np.asarray(sums.reshape(strata, columns), dtype=np.float64)


def _limits(
    columns: _Columns, start: FloatArray, end: FloatArray, tail: float
) -> tuple[FloatArray, FloatArray]:
    """Limits on the logit; none where nothing varies, the figure itself where everybody answered."""
    width = end - start
    share = (columns.value - start) / width
    varies = (share > 0) & (share < 1) & (columns.error > _NOTHING * width)
    p = np.where(varies, share, 0.5)
    t = special.stdtrit(columns.freedom, 1 - tail)
    half = t * np.where(varies, columns.error, np.nan) / (width * p * (1 - p))
    low, high = (start + width * special.expit(special.logit(p) + sign * half) for sign in (-1, 1))
    fixed = columns.everybody & ~varies
    return np.where(fixed, columns.value, low), np.where(fixed, columns.value, high)


def _with_error(
    columns: _Columns, policy: SatisfactionPolicy, weight: FloatArray, n: int, tail: float
) -> IndexWithError:
    """The result that the columns give."""
    steps = np.append(np.ones(len(policy.elements)), _weighed(np.ones(len(weight)), weight))
    low, high = _limits(columns, policy.low * steps, policy.high * steps, tail)
    se, is_known = float(columns.error[-1]), bool((columns.answered > 0).all())
    has_error = bool(np.isfinite(se))
    faults = {
        "element_without_answers": not is_known,
        "one_answer_to_an_element": is_known and not has_error,
        "no_variance": has_error and not bool(np.isfinite(low[-1])),
        "few_rows": n < 30,
    }
    return IndexWithError(
        estimate=float(columns.value[-1]) if is_known else None,
        ci=(float(low[-1]), float(high[-1])) if np.isfinite(low[-1]) else None,
        se=se if has_error else None,
        n=n,
        method=_METHOD.format(within="", finite=""),
        warnings=tuple(code for code, holds in faults.items() if holds),
        incomplete=0,
        element_n=columns.answered[:-1],
        element_mean=columns.value[:-1],
        element_error=columns.error[:-1],
        element_low=low[:-1],
        element_high=high[:-1],
    )


def _stratum_of_one(sample: _Sample) -> tuple[str, ...]:
    is_alone = sample.strata.size > 1 and bool((sample.strata == 1).any())
    return ("stratum_of_one",) if is_alone else ()
