"""How a round of questionnaires will end, from what came until now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from analysis._arrays import FloatArray


def projected_share(share: float, elapsed: float, total: float) -> float:
    """The share that will have answered at the end, if those who have not go on at the rate until now.

    1 - (1 - share)^(total / elapsed): a constant rate among those who are left, so that answers come
    more slowly as fewer are left (docs/methods.md, section 15).

    Parameters
    ----------
    share : answered until now, 0 to 1
    elapsed, total : days gone and days in all

    Returns
    -------
    float

    Raises
    ------
    ValueError : share outside 0 to 1, no day gone, fewer days in all than gone

    Examples
    --------
    Half of them after one week of two:

    >>> projected_share(0.5, 7, 14)
    0.75
    """
    if not 0 <= share <= 1 or not 0 < elapsed <= total:
        raise ValueError("share, elapsed, total: a share from 0 to 1, and days of which some are gone")
    return float(1 - (1 - share) ** (total / elapsed))


def chance_of_reaching(raters: ArrayLike, minimum: int, share: float) -> FloatArray:
    """How probable it is that enough of a group answer, if each does with the same probability by herself.

    Parameters
    ----------
    raters : how many are asked, in any shape
    minimum : how many have to answer
    share : probability that one answers

    Returns
    -------
    array of probabilities, in the shape of `raters`

    References
    ----------
    The upper tail of the binomial distribution.

    Examples
    --------
    Seven raters who answer with .75 reach five with .756:

    >>> chance_of_reaching([7, 4], 5, 0.75).round(3).tolist()
    [0.756, 0.0]
    """
    asked = np.asarray(raters, dtype=np.int64)
    return np.asarray(stats.binom.sf(minimum - 1, asked, share), dtype=np.float64)
