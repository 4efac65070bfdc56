"""The shuffled circle: everybody rates the next few."""

import numpy as np

from allocation.problem import Ints, Pairs


def circle(members: Ints, reach: int, random: np.random.Generator) -> Pairs:
    """Each member rates the next `reach` members of a shuffled circle: all rate and are rated equally often.

    With more than twice as many members as `reach`, nobody rates the one who rates him; with fewer, no other
    rule has fewer such pairs (each pair meets at least once before any meets twice).
    """
    count = len(members)
    steps = np.arange(1, min(reach, count - 1) + 1)
    shuffled = random.permutation(members)
    rater = np.repeat(np.arange(count), len(steps))
    subject = (rater + np.tile(steps, count)) % max(count, 1)
    return np.column_stack((shuffled[rater], shuffled[subject])).astype(np.int64)
