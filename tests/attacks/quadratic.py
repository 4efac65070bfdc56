"""Who adds up squares: all answers that fit the published means, errors and counts, and one's own answer."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations_with_replacement

import numpy as np

from analysis.disclosure import in_high_band, in_low_band
from analysis.scoring.means import mean_error
from analysis.statistics import Layout, accumulate, figures, wholes, without_small_pools

LOW, HIGH = 1, 5
LAYOUT = Layout("one", (("scale", (0,)),), 1, LOW, HIGH)
MINIMUM = 5
FEWEST_SUBJECTS = 3  # whose groups carry the pooled error
MARGIN = (HIGH - LOW) ** 2 + 2  # above the least, from which on it is told

Group = tuple[int, ...]  # what the raters of one subject said, sorted


@dataclass(frozen=True)
class Told:
    """What is published of one subject."""

    n: int
    mean: float | None  # None: only a band
    is_low: bool
    error: float | None


def publish(groups: Sequence[Group]) -> list[Told]:
    """Count the answers about several subjects as the service does, and tell what it tells."""
    answers = np.array([[step] for group in groups for step in group])
    subjects = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    blocks = np.arange(len(groups))[:, np.newaxis]
    vault = accumulate(answers, subjects, layout=LAYOUT, group="peer", blocks=blocks)
    pool = without_small_pools(vault, minimum_ballots=MINIMUM).pool("one", "peer")
    means = figures.block_means(pool, "scale")
    within = np.diagonal(wholes.scale_covariance(pool).within)
    errors = mean_error(within, means.n[:, np.newaxis])[:, 0]
    return [
        _told(int(n), float(mean), float(error))
        for n, mean, error in zip(means.n, means.mean, errors, strict=True)
    ]


def _told(n: int, mean: float, error: float) -> Told:
    is_low = bool(in_low_band(mean, LOW, HIGH))
    is_band = is_low or bool(in_high_band(mean, LOW, HIGH))
    has_error = not is_band and np.isfinite(error)
    return Told(n, None if is_band else mean, is_low, error if has_error else None)


@cache
def fitting(n: int, total: int | None, is_low: bool) -> tuple[Group, ...]:
    """Every group of answers with this sum, or with a mean in this band."""
    every = combinations_with_replacement(range(LOW, HIGH + 1), n)
    if total is not None:
        return tuple(group for group in every if sum(group) == total)
    in_band = in_low_band if is_low else in_high_band
    return tuple(group for group in every if in_band(sum(group) / n, LOW, HIGH))


def scaled_squares(group: Group) -> int:
    """n times the sum of squares within a group, a whole number."""
    return len(group) * sum(step * step for step in group) - sum(group) ** 2


class Attacker:
    """Reads what is published of groups of one size, and counts what is possible."""

    def __init__(self, told: Sequence[Told]) -> None:
        self._possible = [fitting(one.n, _total(one), one.is_low) for one in told]
        self._squares = [
            frozenset({0} if one.mean is None else map(scaled_squares, groups))
            for one, groups in zip(told, self._possible, strict=True)
        ]
        self._bounds = _squares_told(told)

    def answers(self, place: int, own: int | None = None) -> set[int]:
        """What any one (other) rater of a subject may have said."""
        found: set[int] = set()
        for group in self._possible[place]:
            left = Counter(group)
            if own is not None:
                left[own] -= 1
            if min(left.values()) >= 0 and self._fits(place, group):
                found |= set(left.elements())
        return found

    def _fits(self, place: int, group: Group) -> bool:
        if self._bounds is None or self._squares[place] == {0}:
            return True
        least, most = (bound - scaled_squares(group) for bound in self._bounds)
        return any(least <= others <= most for others in self._others(place))

    @cache  # noqa: B019 - an attacker lives as long as one city
    def _others(self, place: int) -> frozenset[int]:
        """Every sum of squares that the other subjects' groups may have together."""
        sums = {0}
        for other, squares in enumerate(self._squares):
            if other != place:
                sums = {before + more for before in sums for more in squares}
        return frozenset(sums)


def _total(one: Told) -> int | None:
    return None if one.mean is None else round(one.mean * one.n)


def _squares_told(told: Sequence[Told]) -> tuple[int, int] | None:
    """Bounds of n times the pooled sum of squares: from any error, with the freedom of the exact groups.

    No error although groups enough are exact says that they lie closer than the public rule allows.
    """
    exact = [one for one in told if one.mean is not None]
    errors = [one for one in exact if one.error is not None]
    if errors:
        first = errors[0]
        assert first.error is not None
        freedom = sum(one.n - 1 for one in exact)
        known = round(first.error**2 * first.n * freedom * first.n)
        return known, known
    if len(exact) < FEWEST_SUBJECTS:
        return None
    closest = sum(least(round(one.mean * one.n), one.n) for one in exact if one.mean is not None)
    return closest, closest + exact[0].n * MARGIN - 1


def least(total: int, n: int) -> int:
    """n times the least sum of squares of n whole numbers with this sum, about their mean."""
    rest = total % n
    return rest * (n - rest)
