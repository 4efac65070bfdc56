"""Answers that lie nearly as close together as their means allow: a pooled error would tell them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis._arrays import as_codes

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def lie_close(squares: int, sums: ArrayLike, n: ArrayLike, width: int) -> bool:
    """Whether the pooled spread of some groups of raters would tell single answers.

    The sum of squares of whole numbers with known sums is least where each group holds but two
    neighbouring numbers. Who knows that it is the least knows every answer. Who reads the total and adds
    her own answer can narrow it by `width` squared at most, and the next possible total lies two
    above; so spread is told from `width` squared and two above the least on, and below that only that
    it is less.

    Parameters
    ----------
    squares : sum of the squares of all raters' sums
    sums : (groups,) sum over the raters of each group
    n : (groups,) raters of each group, one or more
    width : largest less smallest sum a rater can give

    Returns
    -------
    bool : false where no group has two raters, which leaves no spread to tell

    References
    ----------
    Our own rule; tried by enumeration in tests/attacks/quadratic.py; docs/methods.md, section 5.

    Examples
    --------
    Three groups of five on 1 to 5, all of whom nearly agree, and three who are at odds:

    >>> lie_close(16 * 14 + 9, [20, 20, 19], [5, 5, 5], 4)
    True
    >>> lie_close(3 * (1 + 4 + 9 + 16 + 25), [15, 15, 15], [5, 5, 5], 4)
    False
    """
    raters = as_codes(n, "n")
    if not (raters > 1).any():
        return False
    whole, rest = np.divmod(np.asarray(sums, dtype=np.int64), raters)
    least = ((raters - rest) * whole**2 + rest * (whole + 1) ** 2).sum()
    return bool(squares - least < width**2 + 2)
