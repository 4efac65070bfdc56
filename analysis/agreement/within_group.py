"""How far the raters of one subject agree, from rows of answers or from counts of options.

The modules beside this one say how well raters tell subjects apart (`oneway`, `panels`) and correct
agreement for chance (`chance_agreement`); their names can be had from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from analysis._arrays import FloatArray, IntArray, as_matrix, check_in_scale, check_scale, divide, factorize
from analysis._result import Result
from analysis.agreement.option_counts import ItemSpread, OptionCounts

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


Null = Literal["uniform", "triangular", "slight_skew", "moderate_skew", "heavy_skew"]

# Variances of nulls over five options (LeBreton & Senter 2008, table 2).
_FIVE_OPTIONS = {"triangular": 1.32, "slight_skew": 1.34, "moderate_skew": 0.90, "heavy_skew": 0.44}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Agreement(Result):
    """An index per subject; `estimate` is its mean over the subjects that have one.

    Attributes
    ----------
    values : (G,) the index; NaN for fewer than two raters and where it is not defined
    variance : (G,) variance between raters (divisor n - 1), mean over the items
    lindell : (G,) rwg* = 1 - variance / null variance, may be negative (rwg and rwg_j only)
    raters : (G,) raters of each subject
    labels : (G,) names of the subjects
    """

    values: FloatArray
    variance: FloatArray
    raters: IntArray
    labels: NDArray[np.generic]
    lindell: FloatArray | None = None


def rwg(
    ratings: ArrayLike | OptionCounts | ItemSpread,
    groups: ArrayLike | None = None,
    *,
    scale: tuple[float, float] | None = None,
    null: Null | float = "uniform",
) -> Agreement:
    """Agreement among the raters of each subject on one item (James, Demaree & Wolf 1984).

    rwg = 1 - min(v, v0)/v0 with v the variance between raters and v0 that of the null distribution.

    Parameters
    ----------
    ratings, groups, scale, null : as in `rwg_j`, of one item

    Returns
    -------
    Agreement

    Raises
    ------
    ValueError : as in `rwg_j`, or several items

    Examples
    --------
    >>> rwg([4, 4, 5, 1, 3], [1, 1, 1, 2, 2], scale=(1, 5)).values.round(4).tolist()
    [0.8333, 0.0]
    """
    spread = _spread(ratings, groups, scale)
    if spread.variance.shape[1] != 1:
        raise ValueError("ratings: rwg is for one item; for several use rwg_j")
    return _within_group_agreement(spread, null, "rwg")


def rwg_j(
    items: ArrayLike | OptionCounts | ItemSpread,
    groups: ArrayLike | None = None,
    *,
    scale: tuple[float, float] | None = None,
    null: Null | float = "uniform",
) -> Agreement:
    """Agreement among the raters of each subject over J items (James, Demaree & Wolf 1984).

    a = 1 - min(v, v0)/v0 with v the mean item variance and v0 that of the null distribution;
    rwg(j) = J a / (J a + min(v, v0)/v0). `lindell` = 1 - v/v0 (Lindell, Brandt & Whitney 1999) is
    not cut off at 0 and does not grow with J. Rows with a gap are left out.

    Parameters
    ----------
    items : (n, J) answers, or `OptionCounts`, or their `ItemSpread`
    groups : (n,) the subject of each row; with answers only
    scale : lowest and highest of A options; with answers only
    null : "uniform", (A² - 1)/12; "triangular", (A² + 2A - 2)/24 or, A odd, (A² + 2A - 3)/24
        (James, Demaree & Wolf 1984); of five options the printed variances of LeBreton & Senter
        (2008): "triangular" 1.32, "slight_skew" 1.34, "moderate_skew" .90, "heavy_skew" .44;
        or the variance of another null

    Returns
    -------
    Agreement

    Raises
    ------
    ValueError : wrong shape, answers outside the scale, unknown null

    Examples
    --------
    >>> found = rwg_j([[4, 4], [4, 5], [5, 5]], [1, 1, 1], scale=(1, 5))
    >>> round(found.estimate, 4), found.lindell.round(4).tolist()
    (0.9091, [0.8333])
    """
    spread = _spread(items, groups, scale)
    return _within_group_agreement(spread, null, f"rwg(j), {spread.variance.shape[1]} items")


def awg(
    items: ArrayLike | OptionCounts | ItemSpread,
    groups: ArrayLike | None = None,
    *,
    scale: tuple[float, float] | None = None,
) -> Agreement:
    """Agreement against the largest variance that a subject's own mean allows.

    1 - 2 v / {[(H + L) M - M² - H L] n/(n - 1)} with v the variance between n raters, M their mean
    and L to H the scale; 1 where M is an end of the scale, not defined where M lies beyond
    (L (n - 1) + H)/n or (H (n - 1) + L)/n (Brown & Hauenstein 2005). With several items the mean
    over those where it is defined. It wants n >= A - 1 raters for A options. Rows with a gap are
    left out.

    Parameters
    ----------
    items, groups, scale : as in `rwg_j`

    Returns
    -------
    Agreement

    Raises
    ------
    ValueError : wrong shape, answers outside the scale

    Examples
    --------
    >>> awg([2, 3, 4, 4, 3, 3], [1, 1, 1, 1, 2, 2], scale=(1, 5)).values.round(4).tolist()
    [0.6508, 1.0]
    """
    spread = _spread(items, groups, scale)
    index = _awg_of_items(spread)
    known = ~np.isnan(index)
    values = divide(np.where(known, index, 0).sum(axis=1), known.sum(axis=1), known.any(axis=1))
    marks = ("mean_beyond_bounds",) if (~known & ~np.isnan(spread.variance)).any() else ()
    return _agreement(spread, values, "a_wg, mean over the items where defined", marks)


def average_deviation(
    items: ArrayLike | OptionCounts,
    groups: ArrayLike | None = None,
    *,
    scale: tuple[float, float] | None = None,
    about: Literal["mean", "median"] = "mean",
) -> Agreement:
    """Mean distance of the raters of a subject from their mean (or median), over the items.

    Burke, Finkelstein & Dusig (1999); A/6 is the customary limit for A options (Burke & Dunlap
    2002). Rows with a gap are left out.

    Parameters
    ----------
    items, groups, scale : as in `rwg_j`
    about : the centre that distances are taken from

    Returns
    -------
    Agreement

    Raises
    ------
    ValueError : wrong shape, answers outside the scale, unknown centre

    Examples
    --------
    >>> average_deviation([4, 4, 5, 1, 3], [1, 1, 1, 2, 2], scale=(1, 5)).values.round(4).tolist()
    [0.4444, 1.0]
    """
    if about not in ("mean", "median"):
        raise ValueError("about: must be 'mean' or 'median'")
    answers = _answers(items, groups, scale)
    spread = _moments(answers)
    centre = spread.mean if about == "mean" else _medians(answers)
    distance = _sums(answers, np.abs(answers.values - centre[answers.subject])).mean(axis=1)
    values = divide(distance, answers.raters, answers.raters > 1)
    return _agreement(spread, values, f"average deviation from the {about}")


class _Answers(NamedTuple):
    """Cells of answers: of subject[c], weights[c, j] raters gave values[c, j] to item j."""

    values: FloatArray
    weights: FloatArray
    subject: IntArray
    raters: IntArray
    labels: NDArray[np.generic]
    scale: tuple[float, float]


def _spread(
    items: ArrayLike | OptionCounts | ItemSpread, groups: ArrayLike | None, scale: tuple[float, float] | None
) -> ItemSpread:
    return items if isinstance(items, ItemSpread) else _moments(_answers(items, groups, scale))


def _answers(
    items: ArrayLike | OptionCounts, groups: ArrayLike | None, scale: tuple[float, float] | None
) -> _Answers:
    if isinstance(items, OptionCounts):
        return _from_counts(items)
    if groups is None or scale is None:
        raise ValueError("groups, scale: needed beside rows of answers")
    x = as_matrix(items, "items")
    if not x.shape[1]:
        raise ValueError("items: must have at least one column")
    check_in_scale(x, scale, "items")
    labels, subject = factorize(groups, len(x))
    complete = ~np.isnan(x).any(axis=1)
    x, subject = x[complete], subject[complete]
    raters = np.bincount(subject, minlength=len(labels))
    return _Answers(x, np.ones(x.shape), subject, raters, labels, check_scale(scale))


def _from_counts(counts: OptionCounts) -> _Answers:
    """One cell for each subject and option."""
    subjects, items, options = counts.counts.shape
    steps = np.tile(counts.low + np.arange(options, dtype=float), subjects)
    return _Answers(
        values=np.repeat(steps[:, np.newaxis], items, axis=1),
        weights=counts.counts.transpose(0, 2, 1).reshape(-1, items).astype(float),
        subject=np.repeat(np.arange(subjects), options),
        raters=counts.counts[:, 0].sum(axis=1),
        labels=counts.labels,
        scale=check_scale(counts.scale),
    )


def _sums(answers: _Answers, cells: FloatArray) -> FloatArray:
    """Sum of a quantity over the raters of each subject, item by item."""
    weighted = (answers.weights * cells).T
    return np.column_stack([np.bincount(answers.subject, c, len(answers.labels)) for c in weighted])


def _moments(answers: _Answers) -> ItemSpread:
    n = answers.raters[:, np.newaxis]
    mean = divide(_sums(answers, answers.values), n, n > 0)
    squares = _sums(answers, (answers.values - mean[answers.subject]) ** 2)
    variance = divide(squares, n - 1, n > 1)
    return ItemSpread(mean, variance, answers.raters, answers.labels, answers.scale)


def _medians(answers: _Answers) -> FloatArray:
    """Middle answer of each subject, item by item; between the two middle ones of an even number."""
    before = np.cumsum(answers.raters) - answers.raters
    last = max(len(answers.subject) - 1, 0)
    medians = np.full((len(answers.labels), answers.values.shape[1]), np.nan)
    for item, (values, weights) in enumerate(zip(answers.values.T, answers.weights.T, strict=True)):
        order = np.lexsort((values, answers.subject))
        reached = np.cumsum(weights[order])
        middle = [before + (answers.raters + 1) // 2, before + answers.raters // 2 + 1]
        places = [np.minimum(np.searchsorted(reached, rank), last) for rank in middle]
        if len(order):
            medians[:, item] = (values[order][places[0]] + values[order][places[1]]) / 2
    return medians


def _awg_of_items(spread: ItemSpread) -> FloatArray:
    (low, high), mean, variance = spread.scale, spread.mean, spread.variance
    n = np.maximum(spread.raters, 1)[:, np.newaxis]
    slack = 1e-12 * (high - low)  # rounding of a mean of fractions
    at_end = (mean <= low + slack) | (mean >= high - slack)
    beyond = (mean < (low * (n - 1) + high) / n - slack) | (mean > (high * (n - 1) + low) / n + slack)
    most = divide(((high + low) * mean - mean**2 - high * low) * n, n - 1, (n > 1) & ~beyond & ~at_end)
    index = 1 - 2 * divide(variance, most, ~np.isnan(most))
    return np.where(at_end & (n > 1), 1.0, index)


def _null_variance(scale: tuple[float, float], null: Null | float) -> float:
    options = scale[1] - scale[0] + 1
    if not isinstance(null, str):
        if not isinstance(null, Real) or not 0 < null < np.inf:
            raise ValueError("null: must be a named distribution or a variance above zero")
        return float(null)
    if null == "uniform":
        return (options**2 - 1) / 12
    if options == 5 and null in _FIVE_OPTIONS:
        return _FIVE_OPTIONS[null]
    if null == "triangular" and options == int(options):
        return (options**2 + 2 * options - (3 if options % 2 else 2)) / 24
    if null in _FIVE_OPTIONS:
        raise ValueError(f"null: '{null}' has a variance for five options only; give yours as a number")
    raise ValueError(f"null: must be 'uniform', {', '.join(map(repr, _FIVE_OPTIONS))} or a variance")


def _within_group_agreement(spread: ItemSpread, null: Null | float, name: str) -> Agreement:
    """rwg(j) of J items; with one item it is rwg."""
    expected = _null_variance(spread.scale, null)
    error = spread.mean_variance / expected
    items, cut = spread.variance.shape[1], np.minimum(error, 1)
    values = items * (1 - cut) / (items * (1 - cut) + cut)
    marks = ("variance_above_null",) if (error > 1).any() else ()
    method = f"{name}, null variance {expected:g}"
    return _agreement(spread, values, method, marks, lindell=1 - error)


def _agreement(
    spread: ItemSpread,
    values: FloatArray,
    method: str,
    marks: tuple[str, ...] = (),
    lindell: FloatArray | None = None,
) -> Agreement:
    defined = values[~np.isnan(values)]
    if not defined.size:
        reason = "no_subject_with_two_raters" if (spread.raters < 2).all() else "mean_beyond_bounds"
        marks = (reason,)
    return Agreement(
        estimate=float(defined.mean()) if defined.size else None,
        n=int(defined.size),
        method=f"{method}, complete rows",
        warnings=marks,
        values=values,
        variance=spread.mean_variance,
        raters=spread.raters,
        labels=spread.labels,
        lindell=lindell,
    )
