"""Which pairs the program may choose from: not all of a large circle, but enough of them."""

from collections.abc import Iterable

import numpy as np

from allocation.circle import circle
from allocation.problem import Ints, Pairs, Problem, no_pairs

ROOM = 3  # candidates for each rater wanted: more make the program slow, fewer leave it no choice
WHOLE_CIRCLE = 30  # up to this many members every pair is a candidate


def candidate_pairs(
    problem: Problem, circles: Iterable[Ints], wanted: int, random: np.random.Generator
) -> Pairs:
    """Pairs (rater, subject) within circles; in large ones the next few of a shuffled circle."""
    parts = [
        circle(
            members,
            len(members) if len(members) <= WHOLE_CIRCLE else ROOM * wanted,
            random,
            problem.strata_of(members),
        )
        for members in circles
    ]
    return np.unique(np.concatenate([*parts, no_pairs()]), axis=0)


def keys_of(pairs: Pairs, people: int) -> Ints:
    """One number for each pair, to look pairs up."""
    return np.asarray(pairs[:, 0] * people + pairs[:, 1])


def both_ways(pairs: Pairs) -> Pairs:
    """The pairs and the same turned round."""
    return np.concatenate((pairs, pairs[:, ::-1]))


def forbidden(problem: Problem) -> Pairs:
    """Every pair (rater, subject) that must not be, each in the direction meant."""
    return np.concatenate((both_ways(problem.barred), problem.one_way))
