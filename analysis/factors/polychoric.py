"""Correlations of the normal variables that are taken to stand behind ordered answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from analysis._arrays import FloatArray, IntArray, divide
from analysis._result import Result
from analysis.factors._bivariate_normal import FAR, joint_below, joint_density, joint_slope, normal_density
from analysis.factors.pair_tables import PairTables, as_pair_tables, merge_rare
from analysis.moments import Missing, few_rows

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

_METHOD = (
    "polychoric correlations in two steps: thresholds from the margins, then each pair by maximum "
    "likelihood, {missing}; estimate: their mean"
)
BOUND = 0.9999  # a correlation beyond it says that the table holds no contradiction at all
_LEAST = 1e-15  # of the probability of a cell that was seen
_RARE = 5
ENOUGH = 200  # rows


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Polychoric(Result):
    """Polychoric correlations; `estimate` is the mean of all pairs.

    Attributes
    ----------
    r : (k, k) correlations; NaN for an item without variance
    r_se : (k, k) standard errors that count the error of the thresholds
    thresholds : (k, options - 1) on the standard normal scale; infinite beyond an unused end
    n_pair : (k, k) rows that answered both items
    misfit : (k, k) likelihood-ratio chi-square of each table against the bivariate normal
    misfit_df : (k, k) its degrees of freedom; below one for a table of two by two
    smallest_eigenvalue : of `r`; below zero no factor model can be fitted (`indefinite`)
    n_items : items used
    """

    r: FloatArray | None = None
    r_se: FloatArray | None = None
    thresholds: FloatArray | None = None
    n_pair: IntArray | None = None
    misfit: FloatArray | None = None
    misfit_df: IntArray | None = None
    smallest_eigenvalue: float | None = None
    n_items: int = 0


class Pairs(NamedTuple):
    """The solution of all pairs of the items that can be used.

    Attributes
    ----------
    items : positions of the items used
    first, second : (pairs,) places of the two items among `items`
    counts, probabilities : (pairs, options, options)
    thresholds : (items used, options + 1) with both ends
    r, variance : (pairs,)
    influence : (pairs, options, options) what one row in a cell adds to n (r - true r)
    """

    items: IntArray
    first: IntArray
    second: IntArray
    counts: FloatArray
    probabilities: FloatArray
    thresholds: FloatArray
    r: FloatArray
    variance: FloatArray
    influence: FloatArray


class Prepared(NamedTuple):
    """Tables ready for correlations: the items that can be used, codes, and why there are none."""

    tables: PairTables
    items: IntArray
    marks: tuple[str, ...]
    reason: str | None


def polychoric(
    items: ArrayLike, *, missing: Missing = "listwise", correction: float = 0.0, collapse: int = 0
) -> Polychoric:
    """Polychoric correlations of ordered answers.

    Each answer is taken as a standard normal variable cut at thresholds; thresholds are the normal
    quantiles of the cumulative shares, and each correlation maximises the likelihood of its table
    given them (Olsson 1979, two-step). Standard errors by the influence of one row on both steps
    (Muthen 1984). An option chosen fewer than 5 times sets `rare_option`.

    Parameters
    ----------
    items : (n, k) answers (NaN = missing), or counts (items, options, items, options) with the option
        counts of each item on the diagonal
    missing : rows with gaps; "pairwise" takes thresholds from all answers to the item
    correction : put in place of the empty cells of a table (options in use); psych puts 0.5
    collapse : options of an item chosen less often are joined with a neighbour

    Returns
    -------
    Polychoric

    Raises
    ------
    ValueError : wrong shape, more than 30 options, unknown rule, negative correction or collapse

    Examples
    --------
    >>> rows = [[1, 1], [1, 2], [2, 2], [2, 3], [3, 3], [3, 2], [1, 1], [3, 3], [2, 2], [2, 1]]
    >>> polychoric(rows).r.round(4)
    array([[1.    , 0.7823],
           [0.7823, 1.    ]])
    """
    if not 0 <= correction < np.inf or collapse < 0:
        raise ValueError("correction, collapse: must not be negative")
    ready = prepare(items, missing, collapse)
    method = _METHOD.format(missing="complete rows" if missing == "listwise" else "pairwise complete rows")
    if ready.reason:
        marks = (ready.reason, *ready.marks)
        return Polychoric(
            estimate=None, n=ready.tables.n, method=method, warnings=marks, n_items=len(ready.items)
        )
    return _result(solve_pairs(ready.tables, ready.items, correction), ready, method)


def prepare(items: ArrayLike, missing: Missing, collapse: int = 0) -> Prepared:
    """Tables of the items that can be used, or the reason why there are none."""
    tables, is_merged = merge_rare(as_pair_tables(items, missing), collapse)
    margins = tables.margins
    used = (margins > 0).sum(axis=1)
    usable = np.flatnonzero(used > 1)
    marks = {
        "unanswered_item_dropped": bool((used == 0).any()),
        "constant_item_dropped": bool((used == 1).any()),
        "options_collapsed": is_merged,
        "rare_option": bool(((margins[usable] > 0) & (margins[usable] < _RARE)).any()),
    }
    set_marks = tuple(mark for mark, is_set in marks.items() if is_set)
    return Prepared(tables, usable, set_marks, _no_correlation(tables, usable))


def solve_pairs(tables: PairTables, items: IntArray, correction: float = 0.0) -> Pairs:
    """Thresholds, correlations and their variances for all pairs of the given items."""
    thresholds = _thresholds(tables.margins[items])
    first, second = np.triu_indices(len(items), 1)
    counts = tables.counts[items[first], :, items[second], :]
    if correction:
        used = tables.margins[items] > 0
        is_empty = (counts == 0) & used[first][:, :, np.newaxis] & used[second][:, np.newaxis, :]
        counts = np.where(is_empty, correction, counts)
    h, k = _grid(thresholds, first, second)
    r = _solve(counts, h, k)
    probabilities = _cells(joint_below(h, k, _deep(r)))
    influence = _influence(counts, probabilities, thresholds, first, second, r)
    n = counts.sum(axis=(1, 2))
    variance = (counts * influence**2).sum(axis=(1, 2)) / n**2
    return Pairs(items, first, second, counts, probabilities, thresholds, r, variance, influence)


def correlation_matrix(pairs: Pairs) -> FloatArray:
    """(items used, items used) correlations of all pairs."""
    matrix = np.eye(len(pairs.items))
    matrix[pairs.first, pairs.second] = matrix[pairs.second, pairs.first] = pairs.r
    return matrix


def pair_marks(pairs: Pairs) -> tuple[str, ...]:
    """What is to be known about the correlations."""
    marks = {
        "boundary_correlation": bool((np.abs(pairs.r) >= BOUND).any()),
        "indefinite": bool(np.linalg.eigvalsh(correlation_matrix(pairs))[0] < 0),
    }
    return tuple(mark for mark, is_set in marks.items() if is_set)


def _no_correlation(tables: PairTables, items: IntArray) -> str | None:
    if len(tables.counts) < 2:
        return "one_item"
    if tables.n_pair.max(initial=0) < 3:
        return "too_few_rows"
    if len(items) < 2:
        return "no_variance"
    fewest = tables.n_pair[np.ix_(items, items)].min()
    return "pair_never_answered_together" if fewest == 0 else "too_few_rows" if fewest < 3 else None


def _result(pairs: Pairs, ready: Prepared, method: str) -> Polychoric:
    tables = ready.tables
    count, options = tables.margins.shape
    inner = pairs.thresholds[:, 1:-1]
    thresholds = np.full((count, options - 1), np.nan)
    thresholds[pairs.items] = np.where(np.abs(inner) >= FAR, np.copysign(np.inf, inner), inner)
    misfit, df = _misfit(pairs)
    return Polychoric(
        estimate=float(pairs.r.mean()),
        n=tables.n,
        method=method,
        warnings=(*ready.marks, *pair_marks(pairs), *few_rows(tables.n, ENOUGH)),
        r=_square(pairs.r, pairs, count, 1.0),
        r_se=_square(np.sqrt(pairs.variance), pairs, count, 0.0),
        thresholds=thresholds,
        n_pair=tables.n_pair,
        misfit=_square(misfit, pairs, count, 0.0),
        misfit_df=np.nan_to_num(_square(df, pairs, count, 0.0)).astype(np.int64),
        smallest_eigenvalue=float(np.linalg.eigvalsh(correlation_matrix(pairs))[0]),
        n_items=len(pairs.items),
    )


def _square(values: FloatArray, pairs: Pairs, count: int, own: float) -> FloatArray:
    """(items, items) of values of the pairs; NaN where an item is not used."""
    matrix = np.full((count, count), np.nan)
    matrix[pairs.items, pairs.items] = own
    i, j = pairs.items[pairs.first], pairs.items[pairs.second]
    matrix[i, j] = matrix[j, i] = values
    return matrix


def _thresholds(margins: FloatArray) -> FloatArray:
    below = np.cumsum(margins, axis=1)[:, :-1] / margins.sum(axis=1, keepdims=True)
    inner = np.clip(special.ndtri(below), -FAR, FAR)
    return np.pad(inner, ((0, 0), (1, 1)), constant_values=((0, 0), (-FAR, FAR)))


def _grid(thresholds: FloatArray, first: IntArray, second: IntArray) -> tuple[FloatArray, FloatArray]:
    """Corners of all cells, (pairs, options + 1, 1) and (pairs, 1, options + 1)."""
    return thresholds[first][:, :, np.newaxis], thresholds[second][:, np.newaxis, :]


def _deep(values: FloatArray) -> FloatArray:
    return values[:, np.newaxis, np.newaxis]


def _cells(at_corners: FloatArray) -> FloatArray:
    """Of each cell, from values at its four corners."""
    return np.diff(np.diff(at_corners, axis=1), axis=2)


def _solve(counts: FloatArray, h: FloatArray, k: FloatArray) -> FloatArray:
    """Root of each table's score: Newton, and halves of the bracket where Newton would leave it."""
    low, high = np.full(len(counts), -BOUND), np.full(len(counts), BOUND)
    r = np.zeros(len(counts))
    for _ in range(60):
        score, slope = _score(counts, h, k, r)
        low, high = np.where(score > 0, r, low), np.where(score < 0, r, high)
        newton = r - divide(score, slope, slope < 0)
        inside = (newton > low) & (newton < high)
        following = np.where(score == 0, r, np.where(inside, newton, (low + high) / 2))
        moved = np.abs(following - r).max(initial=0.0)
        r = following
        if moved < 1e-12:
            break
    return np.where(np.abs(r) > BOUND - 1e-9, np.sign(r) * BOUND, r)


def _score(counts: FloatArray, h: FloatArray, k: FloatArray, r: FloatArray) -> tuple[FloatArray, FloatArray]:
    """First and second derivative of the log-likelihood of each table by its correlation."""
    deep = _deep(r)
    square = 1 - deep**2
    density = joint_density(h, k, deep)
    bend = density * (deep / square + ((1 + deep**2) * h * k - deep * (h**2 + k**2)) / square**2)
    share = np.maximum(_cells(joint_below(h, k, deep)), _LEAST)
    first, second = _cells(density) / share, _cells(bend) / share
    score = (counts * first).sum(axis=(1, 2))
    return score, (counts * (second - first**2)).sum(axis=(1, 2))


def _influence(
    counts: FloatArray,
    probabilities: FloatArray,
    thresholds: FloatArray,
    first: IntArray,
    second: IntArray,
    r: FloatArray,
) -> FloatArray:
    """Of one row in each cell on the correlation, thresholds counted (Muthen 1984)."""
    h, k = _grid(thresholds, first, second)
    share = np.maximum(probabilities, _LEAST)
    weight = counts / counts.sum(axis=(1, 2), keepdims=True)
    score = np.where(counts > 0, _cells(joint_density(h, k, _deep(r))) / share, 0.0)
    rows = _threshold_share(weight * score, np.diff(joint_slope(h, k, _deep(r)), axis=2), share, 1)
    columns = _threshold_share(weight * score, np.diff(joint_slope(k, h, _deep(r)), axis=1), share, 2)
    through = (
        _shift(rows, thresholds[first], weight.sum(axis=2))[:, :, np.newaxis]
        + _shift(columns, thresholds[second], weight.sum(axis=1))[:, np.newaxis, :]
    )
    information = (weight * score**2).sum(axis=(1, 2))
    return np.asarray(divide(score - through, _deep(information), _deep(information) > 0))


def _threshold_share(weighted: FloatArray, slope: FloatArray, share: FloatArray, axis: int) -> FloatArray:
    """(pairs, options + 1) mean product of the score of r with the score of each threshold."""
    ratio = weighted / share
    over = 3 - axis
    upper = np.take(slope, np.arange(1, slope.shape[axis]), axis)
    lower = np.take(slope, np.arange(slope.shape[axis] - 1), axis)
    total = np.zeros((len(slope), slope.shape[axis]))
    total[:, 1:] += (ratio * upper).sum(axis=over)
    total[:, :-1] -= (ratio * lower).sum(axis=over)
    return total


def _shift(product: FloatArray, thresholds: FloatArray, margin: FloatArray) -> FloatArray:
    """(pairs, options) what one answer moves the thresholds, times their weight in r's score."""
    density = normal_density(thresholds)
    inner = np.abs(thresholds) < FAR
    below = np.pad(np.cumsum(margin, axis=1), ((0, 0), (1, 0)))
    weight = np.nan_to_num(divide(product, density, inner))
    options = np.arange(margin.shape[1])
    is_below = options[:, np.newaxis] < np.arange(margin.shape[1] + 1)
    return np.asarray(np.einsum("pc,ac->pa", weight, is_below) - (weight * below).sum(axis=1, keepdims=True))


def _misfit(pairs: Pairs) -> tuple[FloatArray, FloatArray]:
    """Likelihood ratio of the table's own shares against the normal model's, and its df."""
    n = pairs.counts.sum(axis=(1, 2), keepdims=True)
    share = np.maximum(pairs.probabilities, _LEAST)
    ratio = special.xlogy(pairs.counts, pairs.counts / (n * share))
    used = np.stack([(pairs.counts.sum(axis=axis) > 0).sum(axis=1) for axis in (2, 1)])
    return 2 * ratio.sum(axis=(1, 2)), np.asarray(used[0] * used[1] - used[0] - used[1], dtype=np.float64)
