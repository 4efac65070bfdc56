"""A sample that looks like the whole: each kind of post is in it by its share."""

import numpy as np

from allocation.problem import Ints


def stratified_sample(strata: Ints, size: int, random: np.random.Generator) -> Ints:
    """Places of `size` people, from each stratum by its share (largest remainder), at random within.

    Every stratum whose share is one seat or more is in it.
    """
    count = len(strata)
    if count <= size:
        return np.arange(count, dtype=np.int64)
    _names, stratum, people = np.unique(strata, return_inverse=True, return_counts=True)
    share = people * size / count
    seats = np.floor(share).astype(np.int64)
    # Remainders that are alike are drawn by lot, not by the order of the strata.
    order = np.lexsort((random.random(len(people)), -(share - seats)))
    seats[order[: size - seats.sum()]] += 1
    lot = random.random(count)
    by_stratum = np.lexsort((lot, stratum))
    starts = np.concatenate(([0], np.cumsum(people)[:-1]))
    rank = np.empty(count, dtype=np.int64)
    rank[by_stratum] = np.arange(count) - np.repeat(starts, people)
    return np.flatnonzero(rank < seats[stratum]).astype(np.int64)
