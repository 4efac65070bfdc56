"""The shuffled circle: everybody rates the next few."""

import numpy as np

from allocation.problem import Ints, Pairs

LARGE = 20  # circles with more members are spread over strata


def circle(members: Ints, reach: int, random: np.random.Generator, strata: Ints | None = None) -> Pairs:
    """Each member rates the next `reach` members of a shuffled circle: all rate and are rated equally often.

    With more than twice as many members as `reach`, nobody rates the one who rates him; with fewer, no other
    rule has fewer such pairs (each pair meets at least once before any meets twice). In large circles
    `strata` (a number for each member) spread the order, so that raters are of each by about its share.
    """
    count = len(members)
    steps = np.arange(1, min(reach, count - 1) + 1)
    order = random.permutation(count) if strata is None or count <= LARGE else _spread(strata, random)
    shuffled = members[order]
    rater = np.repeat(np.arange(count), len(steps))
    subject = (rater + np.tile(steps, count)) % max(count, 1)
    return np.column_stack((shuffled[rater], shuffled[subject])).astype(np.int64)


def _spread(strata: Ints, random: np.random.Generator) -> Ints:
    """An order at random in which the members of each stratum lie at even distances.

    Systematic sampling (Cochran 1977, chapter 8) of every stratum at once, each from a start of its own.
    """
    _names, stratum, people = np.unique(strata, return_inverse=True, return_counts=True)
    lot = np.lexsort((random.random(len(strata)), stratum))
    rank = np.empty(len(strata), dtype=np.int64)
    rank[lot] = np.arange(len(strata)) - np.repeat(np.cumsum(people) - people, people)
    place = (rank + random.random(len(people))[stratum]) / people[stratum]
    return np.argsort(place).astype(np.int64)
