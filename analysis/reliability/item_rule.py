"""The rule by which an item may be left out of its scale: limits that were fixed before anybody answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Fault = Literal["item_total_r", "cannot_judge"]


@dataclass(frozen=True)
class ItemRule:
    """The limits of one cycle; one that is None is not applied.

    Attributes
    ----------
    least_r : smallest corrected item-total correlation
    most_unable : largest share of ballots whose rater could not judge the item
    """

    least_r: float | None = None
    most_unable: float | None = None


@dataclass(frozen=True)
class ItemVerdict:
    """One item against the limits.

    Attributes
    ----------
    r : corrected item-total correlation, the mean of the groups weighted by their ballots; None where
        no group has one
    unable : share of all ballots of these groups that could not judge it; None without ballots
    n : ballots behind `r`
    faults : the limits it misses
    """

    r: float | None
    unable: float | None
    n: int
    faults: tuple[Fault, ...]


def judge_items(
    r: ArrayLike, n: ArrayLike, unable: ArrayLike, ballots: ArrayLike, rule: ItemRule
) -> tuple[ItemVerdict, ...]:
    """Hold the items of one scale against the limits, over all rater groups that were asked them.

    Parameters
    ----------
    r : (groups, items) corrected item-total correlations, NaN where there is none
    n : (groups,) ballots behind them
    unable : (groups, items) ballots that could not judge the item
    ballots : (groups,) all ballots
    rule : the limits

    Returns
    -------
    one ItemVerdict for each item

    References
    ----------
    The corrected correlation: Nunnally & Bernstein (1994), chapter 8; .20 as the least: Streiner, Norman &
    Cairney (2015), chapter 5. Weighting by ballots and the share that cannot judge: our own; docs/methods.md,
    section 2.

    Examples
    --------
    >>> rule = ItemRule(least_r=0.2, most_unable=0.3)
    >>> found = judge_items([[0.5, 0.1], [0.4, 0.25]], [300, 100], [[0, 9], [0, 0]], [310, 100], rule)
    >>> [(round(one.r, 4), one.faults) for one in found]
    [(0.475, ()), (0.1375, ('item_total_r',))]
    """
    correlations, behind = np.asarray(r, dtype=np.float64), np.asarray(n, dtype=np.int64)
    whole = int(np.sum(ballots))
    shares = np.sum(unable, axis=0) / whole if whole else np.full(correlations.shape[1], np.nan)
    found = []
    for item, column in enumerate(correlations.T):
        there = np.isfinite(column) & (behind > 0)
        own = behind[there]
        mean = float((column[there] * own).sum() / own.sum()) if there.any() else None
        share = float(shares[item]) if whole else None
        found.append(ItemVerdict(mean, share, int(own.sum()), _faults(mean, share, rule)))
    return tuple(found)


def _faults(r: float | None, unable: float | None, rule: ItemRule) -> tuple[Fault, ...]:
    faults: list[Fault] = []
    if rule.least_r is not None and r is not None and r < rule.least_r:
        faults.append("item_total_r")
    if rule.most_unable is not None and unable is not None and unable > rule.most_unable:
        faults.append("cannot_judge")
    return tuple(faults)
