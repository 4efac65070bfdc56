"""From answers to scale scores: declared reversals, and the rule for sheets with gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis._arrays import as_floats, as_matrix, as_whole, check_in_scale, check_scale, divide

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from analysis._arrays import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class ScaleScores:
    """The score of each row on each scale.

    Attributes
    ----------
    names : of the scales, in order
    score : (N, scales) mean of the answered items, NaN where too few are answered
    answered : (N, scales) how many items are answered
    method : the rule, in words
    """

    names: tuple[str, ...]
    score: FloatArray
    answered: IntArray
    method: str


def reverse_items(items: ArrayLike, columns: Sequence[int], *, scale: tuple[float, float]) -> FloatArray:
    """Turn the named items round: low + high - answer. Nothing is ever turned that is not named.

    Parameters
    ----------
    items : (N, k) answers
    columns : the items to turn
    scale : the ends of the scale, never taken from the data

    Returns
    -------
    (N, k) answers, a copy; missing ones stay missing

    Raises
    ------
    ValueError : wrong shape, answers outside the scale, an unknown or repeated column

    References
    ----------
    docs/methods.md, section 12.

    Examples
    --------
    >>> reverse_items([[1, 5], [2, 4]], [1], scale=(1, 5)).tolist()
    [[1.0, 1.0], [2.0, 2.0]]
    """
    x = as_matrix(items, "items").copy()
    low, high = check_scale(scale)
    check_in_scale(x, scale, "items")
    chosen = [as_whole(column, "columns") for column in columns]
    if len(set(chosen)) != len(chosen) or any(not 0 <= column < x.shape[1] for column in chosen):
        raise ValueError("columns: each must exist and stand once")
    x[:, chosen] = low + high - x[:, chosen]
    return x


def scale_scores(
    items: ArrayLike,
    scales: Mapping[str, Sequence[int]],
    *,
    reverse: Sequence[int] = (),
    scale: tuple[float, float] | None = None,
    share: float = 0.5,
) -> ScaleScores:
    """Scores on several scales: the mean of the answered items, if at least `share` of them are answered.

    Parameters
    ----------
    items : (N, k) answers
    scales : name -> columns of its items
    reverse : items to turn round first, by declaration
    scale : the ends of the scale; needed where something is turned
    share : of a scale's items that must be answered

    Returns
    -------
    ScaleScores

    Raises
    ------
    ValueError : wrong shape, no scale to turn by, unknown columns, no scale at all or one without items

    References
    ----------
    Our own rule for gaps: docs/methods.md, section 1.

    Examples
    --------
    >>> scale_scores([[4, 2, 5]], {"a": [0, 1], "b": [2]}, reverse=[1], scale=(1, 5)).score.tolist()
    [[4.0, 5.0]]
    """
    x = as_matrix(items, "items")
    if reverse and scale is None:
        raise ValueError("scale: needed to turn items round")
    if scale is not None:
        x = reverse_items(x, reverse, scale=scale)
    if not scales or any(
        not own or any(not 0 <= as_whole(column, "scales") < x.shape[1] for column in own)
        for own in scales.values()
    ):
        raise ValueError("scales: each needs items that exist")
    used = [column for own in scales.values() for column in own]
    if any(len(set(own)) != len(own) for own in scales.values()):
        raise ValueError("scales: each item stands once in a scale")
    if not set(reverse) <= set(used):
        raise ValueError("reverse: each item must be in a scale")
    parts = [x[:, list(own)] for own in scales.values()]
    return ScaleScores(
        names=tuple(scales),
        score=np.column_stack([answered_mean(part, share=share) for part in parts]),
        answered=np.column_stack([(~np.isnan(part)).sum(axis=1) for part in parts]),
        method=f"mean of the answered items if at least {share:.0%} of the scale's items are answered",
    )


def answered_mean(items: ArrayLike, *, share: float = 0.5) -> FloatArray:
    """A row's score: the mean of its answered items if at least `share` of them are answered.

    Parameters
    ----------
    items : (N, k) answers, NaN where one is missing
    share : of the items that must be answered, above 0 and up to 1

    Returns
    -------
    (N,) scores, NaN where too few are answered

    Raises
    ------
    ValueError : not a table, share outside 0 to 1

    References
    ----------
    Our own rule: docs/methods.md, section 1.

    Examples
    --------
    >>> answered_mean([[4, np.nan, 5, 3], [4, np.nan, np.nan, np.nan]]).tolist()
    [4.0, nan]
    """
    x = as_floats(items, "items")
    if x.ndim != 2 or not 0 < share <= 1:
        raise ValueError("items, share: a table of rows by items, and a share above 0 and up to 1")
    answered = (~np.isnan(x)).sum(axis=1)
    return divide(np.nansum(x, axis=1), answered, (answered > 0) & (answered >= share * x.shape[1] - 1e-9))
