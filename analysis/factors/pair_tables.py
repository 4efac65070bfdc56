"""Tables of options for each pair of items: all that polychoric correlations need.

They come from rows of answers or, as the vault keeps them, as counts (items, options, items, options)
whose diagonal blocks hold the option counts of the items.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis._arrays import FloatArray, IntArray, as_floats, as_matrix

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from analysis.moments import Missing

_MOST_OPTIONS = 30  # answers with more are measurements, not ordered options
_ROWS_AT_ONCE = 16_384


@dataclass(frozen=True, eq=False)
class PairTables:
    """How often each pair of options of two items was chosen together.

    Attributes
    ----------
    n : complete rows; from counts, the fewest answers behind a pair of items that both have answers
    counts : (items, options, items, options)
    """

    n: int
    counts: FloatArray

    @property
    def margins(self) -> FloatArray:
        """(items, options) how often each option was chosen."""
        items = range(len(self.counts))
        return np.asarray(self.counts[items, :, items, :].sum(axis=2), dtype=np.float64)

    @property
    def n_pair(self) -> IntArray:
        """(items, items) rows that answered both items."""
        return np.asarray(self.counts.sum(axis=(1, 3)).round(), dtype=np.int64)


def as_pair_tables(items: ArrayLike, missing: Missing) -> PairTables:
    """Tables from rows (two dimensions) or from counts (four dimensions).

    Raises
    ------
    ValueError : wrong shape, more than 30 options, an unknown rule, counts negative or not symmetric
    """
    if missing not in ("listwise", "pairwise"):
        raise ValueError("missing: must be 'listwise' or 'pairwise'")
    if np.ndim(items) == 4:
        return _from_counts(items)
    codes, options = as_codes_of_options(items, missing)
    answered = (codes >= 0).any(axis=0)
    n = int((codes[:, answered] >= 0).all(axis=1).sum()) if answered.any() else 0
    return PairTables(n, _count(codes, len(options)))


def as_codes_of_options(items: ArrayLike, missing: Missing) -> tuple[IntArray, FloatArray]:
    """Each answer as the position of its value among all options, -1 where missing; and the options.

    Whole numbers keep their distances: an option that nobody chose has its place. Listwise, only
    complete rows stay, items that nobody answered left aside.
    """
    x = as_matrix(items, "items")
    present = ~np.isnan(x)
    if missing == "listwise":
        complete = present[:, present.any(axis=0)].all(axis=1) & present.any(axis=1)
        x, present = x[complete], present[complete]
    values = _options(np.unique(x[present]))
    if len(values) > _MOST_OPTIONS:
        raise ValueError(f"items: must be ordered options, at most {_MOST_OPTIONS}, not {len(values)}")
    return np.where(present, np.searchsorted(values, x), -1), values


def merge_rare(tables: PairTables, least: int) -> tuple[PairTables, bool]:
    """Tables in which each used option of an item was chosen `least` times, and whether any was merged.

    The rarest option goes to its smaller neighbour, until two are left.
    """
    margins = tables.margins
    target = np.array([_merged_options(own, least) for own in margins], dtype=np.int64)
    if (target == np.arange(margins.shape[1])).all():
        return tables, False
    moved = (target[:, :, np.newaxis] == np.arange(margins.shape[1])).astype(np.float64)
    counts = np.einsum("iajb,iac,jbd->icjd", tables.counts, moved, moved, optimize=True)
    return PairTables(tables.n, counts), True


def _options(values: FloatArray) -> FloatArray:
    is_whole = bool((values == values.round()).all())
    if not values.size or not is_whole or values[-1] - values[0] > _MOST_OPTIONS:
        return values
    return np.arange(values[0], values[-1] + 1)


def _from_counts(items: ArrayLike) -> PairTables:
    counts = as_floats(items, "items")
    if counts.shape[:2] != counts.shape[2:]:
        raise ValueError("items: counts must have the shape (items, options, items, options)")
    if (counts < 0).any() or not np.array_equal(counts, counts.transpose(2, 3, 0, 1)):
        raise ValueError("items: counts must not be negative, and symmetric")
    n_pair = PairTables(0, counts).n_pair
    answered = np.diag(n_pair) > 0
    n = int(n_pair[np.ix_(answered, answered)].min(initial=n_pair.max(initial=0)))
    return PairTables(n, counts)


def _count(codes: IntArray, options: int) -> FloatArray:
    """One product of indicator matrices."""
    k = codes.shape[1]
    total = np.zeros((k * options, k * options))
    for start in range(0, len(codes), _ROWS_AT_ONCE):
        part = codes[start : start + _ROWS_AT_ONCE, :, np.newaxis]
        chosen = (part == np.arange(options)).reshape(len(part), -1).astype(np.float64)
        total += chosen.T @ chosen
    return total.reshape(k, options, k, options)


def _merged_options(margin: FloatArray, least: int) -> IntArray:
    """Where each option of one item goes."""
    target, count = np.arange(len(margin)), margin.copy()
    while True:
        used = np.flatnonzero(count)
        if len(used) <= 2 or count[used].min() >= least:
            return target
        place = int(count[used].argmin())
        beside = [used[p] for p in (place - 1, place + 1) if 0 <= p < len(used)]
        goal = min(beside, key=lambda option: count[option])
        target[target == used[place]] = goal
        count[goal] += count[used[place]]
        count[used[place]] = 0
