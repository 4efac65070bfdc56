"""Did it change? Persons, means and whole periods, each with the error of both ends.

Anonymous raters cannot be linked over time, so change is told of means, never of raters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from analysis._arrays import as_vector, check_confidence, divide
from analysis._result import Result

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from analysis._arrays import BoolArray, FloatArray


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ReliableChange(Result):
    """Change of persons who were measured twice; `estimate` is the mean change.

    Attributes
    ----------
    change : (n,) second less first, NaN where one is missing
    error : standard error of one change
    index : (n,) change over its standard error (RCI)
    reliable : (n,) changes too large for chance
    """

    change: FloatArray
    error: float
    index: FloatArray
    reliable: BoolArray


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class MeanChange(Result):
    """Change of subjects' means over other raters; `estimate` is its mean over the subjects.

    Attributes
    ----------
    change, error : (subjects,) second less first, and its standard error; NaN where one mean is missing
    low, high : (subjects,) interval of each change
    index : (subjects,) change over its standard error (RCI); NaN where the error is zero
    reliable : (subjects,) intervals that leave zero out
    """

    change: FloatArray
    error: FloatArray
    low: FloatArray
    high: FloatArray
    index: FloatArray
    reliable: BoolArray


def reliable_change(
    before: ArrayLike, after: ArrayLike, *, sd: float, reliability: float, confidence: float = 0.95
) -> ReliableChange:
    """Which persons changed by more than the error of two measurements.

    RCI = (x2 - x1) / (sqrt(2) SEM), SEM = sd sqrt(1 - reliability). For named persons whose two scores can be
    linked; anonymous raters cannot (`mean_change`).

    Parameters
    ----------
    before, after : (n,) scores of the same persons, NaN where one is missing
    sd : standard deviation of the scores between persons, above 0
    reliability : of the scores, from 0 to below 1
    confidence : a change is reliable beyond this quantile

    Returns
    -------
    ReliableChange

    Raises
    ------
    ValueError : lengths differ, sd or reliability out of range

    References
    ----------
    Jacobson & Truax (1991), Journal of Consulting and Clinical Psychology 59.

    Examples
    --------
    >>> reliable_change([3.0, 3.0], [3.2, 4.5], sd=0.6, reliability=0.8).reliable.tolist()
    [False, True]
    """
    first = as_vector(before, "before")
    second = as_vector(after, "after", first.size)
    tail = check_confidence(confidence)
    if not sd > 0 or not 0 <= reliability < 1:
        raise ValueError("sd, reliability: sd above 0, reliability from 0 to below 1")
    error = float(sd * np.sqrt(2 * (1 - reliability)))
    change = second - first
    index = change / error
    known = ~np.isnan(change)
    n = int(known.sum())
    se = float(change[known].std(ddof=1)) / float(np.sqrt(n)) if n > 1 else None
    overall = float(change[known].mean()) if n else None
    half = None if se is None else float(special.stdtrit(n - 1, 1 - tail)) * se
    return ReliableChange(
        estimate=overall,
        ci=None if overall is None or half is None else (overall - half, overall + half),
        se=se,
        n=n,
        method="reliable change index, error sd sqrt(2 (1 - reliability)); interval: t of the mean change",
        warnings=() if n else ("no_pairs",),
        change=change,
        error=error,
        index=index,
        reliable=known & (np.abs(np.nan_to_num(index)) > float(special.ndtri(1 - tail))),
    )


def mean_change(
    before: ArrayLike,
    n_before: ArrayLike,
    after: ArrayLike,
    n_after: ArrayLike,
    *,
    within: tuple[float, float],
    confidence: float = 0.95,
) -> MeanChange:
    """Change of each subject's mean between two cycles with other raters.

    error = sqrt(s²w1/n1 + s²w2/n2), s²w the pooled variance between raters of one subject. The interval of
    the mean change takes subjects as given and their errors as independent: raters who judge several
    subjects make it somewhat too narrow.

    Parameters
    ----------
    before, after : (subjects,) means, NaN where there is none
    n_before, n_after : (subjects,) raters behind them
    within : pooled variance between raters, in the first and in the second cycle
    confidence : share of the intervals

    Returns
    -------
    MeanChange

    Raises
    ------
    ValueError : lengths differ, a negative variance, a mean without raters

    References
    ----------
    Our own, after the reliable change of Jacobson & Truax (1991), with the error of a difference of two
    independent means: docs/methods.md, section 12.

    Examples
    --------
    >>> mean_change([3.5], [8], [3.9], [8], within=(0.36, 0.36)).error.round(3).tolist()
    [0.3]
    """
    first = as_vector(before, "before")
    second, n1, n2 = (
        as_vector(values, name, first.size)
        for values, name in ((after, "after"), (n_before, "n_before"), (n_after, "n_after"))
    )
    tail = check_confidence(confidence)
    known = ~np.isnan(first) & ~np.isnan(second)
    if not (all(variance >= 0 for variance in within) and (n1[known] >= 1).all() and (n2[known] >= 1).all()):
        raise ValueError("within, n_before, n_after: no negative variance, no mean without raters")
    error = np.sqrt(divide(within[0], n1, known) + divide(within[1], n2, known))
    change = np.where(known, second - first, np.nan)
    half = float(special.ndtri(1 - tail)) * error
    n = int(known.sum())
    overall = float(change[known].mean()) if n else None
    se = float(np.sqrt((error[known] ** 2).sum())) / n if n else None
    spread = None if se is None else float(special.ndtri(1 - tail)) * se
    return MeanChange(
        estimate=overall,
        ci=None if overall is None or spread is None else (overall - spread, overall + spread),
        se=se,
        n=n,
        method="difference of means over other raters, pooled variance between raters in each cycle",
        warnings=() if n else ("no_pairs",),
        change=change,
        error=error,
        low=change - half,
        high=change + half,
        index=divide(change, error, error > 0),
        reliable=np.abs(np.nan_to_num(change)) > np.nan_to_num(half),
    )
