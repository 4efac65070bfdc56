"""How likely a group is to reach its minimum, if each who is asked answers independently."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr


def chance_of_reaching(invited: ArrayLike, rate: ArrayLike, minimum: int) -> np.ndarray:
    """P(X >= minimum) for X binomial with `invited` trials of probability `rate`.

    Examples
    --------
    >>> float(chance_of_reaching(7, 0.75, 5).round(2))
    0.76
    >>> float(chance_of_reaching(4, 0.75, 5))
    0.0
    """
    count, probability = np.broadcast_arrays(
        np.asarray(invited, dtype=np.int64), np.asarray(rate, dtype=float)
    )
    if np.any((probability < 0) | (probability > 1)):
        raise ValueError("rate: a probability lies from 0 to 1")
    if minimum < 1:
        return np.ones(count.shape)
    # The sum up to minimum - 1 exists only where that many were asked.
    enough = count >= minimum
    below = bdtr(minimum - 1, np.where(enough, count, minimum), probability)
    return np.where(enough, 1 - below, 0.0)


def invitations_needed(rate: float, minimum: int, certainty: float, most: int = 100) -> int | None:
    """The fewest invitations that reach the minimum with at least `certainty`; None where `most` do not.

    Examples
    --------
    >>> invitations_needed(0.75, 5, 0.95)
    9
    """
    chances = chance_of_reaching(np.arange(most + 1), rate, minimum)
    enough = np.flatnonzero(chances >= certainty)
    return int(enough[0]) if enough.size else None
