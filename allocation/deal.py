"""Raters of one unit for the people of another, dealt so that loads stay even."""

from collections.abc import Set

import numpy as np

from allocation.problem import Ints, Pairs, no_pairs


def deal(
    subjects: Ints,
    raters: Ints,
    wanted: int,
    capacity: Ints,
    apart: Set[tuple[int, int]],
    random: np.random.Generator,
) -> Pairs:
    """Give every subject `wanted` raters, each time those with the fewest so far; the rest is chance.

    Parameters
    ----------
    subjects, raters : places of people; nobody may stand in both
    wanted : raters for each subject, as far as there are as many
    capacity : (people,) about how many others each person may still be asked
    apart : pairs (rater, subject) that must not be

    Returns
    -------
    (pairs, 2)
        Rater and subject. Without pairs apart, and with room for all, loads differ by one at most.
    """
    load = np.zeros(len(raters), dtype=np.int64)
    dealt = [no_pairs()]
    for subject in random.permutation(subjects).tolist():
        is_apart = np.array([(rater, subject) in apart for rater in raters.tolist()], dtype=np.bool_)
        free = np.flatnonzero((load < capacity[raters]) & ~is_apart)
        chosen = free[np.lexsort((random.random(len(free)), load[free]))[:wanted]]
        load[chosen] += 1
        dealt.append(np.column_stack((raters[chosen], np.full(len(chosen), subject))))
    return np.concatenate(dealt)
