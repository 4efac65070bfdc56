"""Variance components of balanced designs, crossed and nested, from their mean squares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from analysis._arrays import FloatArray, as_floats

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Effect = frozenset[str]


@dataclass(frozen=True)
class BalancedComponents:
    """A G study of a balanced design, effect by effect, named by its facets ("p", "t", "r:t", "pt", "pr:t").

    Attributes
    ----------
    variance : signed variance components; the last effect is confounded with what is left
    mean_square, df : of each effect
    warnings : "negative_…" for components below zero
    """

    variance: Mapping[str, float]
    mean_square: Mapping[str, float]
    df: Mapping[str, int]
    warnings: tuple[str, ...]


def balanced_components(
    scores: ArrayLike, facets: Sequence[str], nested: Mapping[str, str] | None = None
) -> BalancedComponents:
    """Variance components of a balanced design with one score in each cell.

    Sums of squares by inclusion of effects; the expected mean square of an effect is the sum over all
    effects that contain it of their component times the number of scores at one of its levels, solved from
    the largest effect down.

    Parameters
    ----------
    scores : an axis for each facet; for "r" nested in "t" the axes hold the raters of each task
    facets : a letter for each axis, the object of measurement first
    nested : inner facet -> the facet it lies in

    Returns
    -------
    BalancedComponents

    Raises
    ------
    ValueError : missing cells, fewer than two levels, facets that do not fit the axes

    References
    ----------
    Cornfield & Tukey (1956); Brennan (2001), Generalizability Theory, section 3.3.

    Examples
    --------
    >>> found = balanced_components([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8]], ["p", "j"])
    >>> {name: round(value, 3) for name, value in found.variance.items()}
    {'p': 3.194, 'j': 4.556, 'pj': 1.556}
    """
    x, inside = _checked(scores, facets, nested)
    effects = _effects(facets, inside)
    levels = {effect: int(np.prod([x.shape[facets.index(f)] for f in effect])) for effect in effects}
    mean_square, df = _mean_squares(x - x.mean(), facets, levels)
    variance: dict[Effect, float] = {}
    for effect in reversed(effects):
        above = sum(x.size / levels[other] * variance[other] for other in variance if other > effect)
        variance[effect] = (mean_square[effect] - above) * levels[effect] / x.size
    names = {effect: _name(effect, facets, inside) for effect in effects}
    small = 1e-12 * sum(abs(value) for value in variance.values())  # rounding is not below zero
    return BalancedComponents(
        {names[effect]: variance[effect] for effect in effects},
        {names[effect]: mean_square[effect] for effect in effects},
        {names[effect]: df[effect] for effect in effects},
        tuple(f"negative_{names[effect]}" for effect in effects if variance[effect] < -small),
    )


def _checked(
    scores: ArrayLike, facets: Sequence[str], nested: Mapping[str, str] | None
) -> tuple[FloatArray, Mapping[str, str]]:
    x, inside = as_floats(scores, "scores"), dict(nested or {})
    if x.ndim != len(facets) or np.isnan(x).any() or min(x.shape, default=0) < 2:
        raise ValueError("scores: one axis of two or more levels for each facet, no cell missing")
    if len(set(facets)) != x.ndim or any(len(facet) != 1 for facet in facets):
        raise ValueError("facets: must be different single letters")
    if not {*inside, *inside.values()} <= set(facets) or any(i == o for i, o in inside.items()):
        raise ValueError("nested: must name facets, each inside another")
    return x, inside


def _mean_squares(
    centred: FloatArray, facets: Sequence[str], levels: Mapping[Effect, int]
) -> tuple[dict[Effect, float], dict[Effect, int]]:
    """Of each effect, what its means explain beyond the effects inside it."""
    squares: dict[Effect, float] = {}
    df: dict[Effect, int] = {}
    for effect in levels:  # smaller effects come first
        away = tuple(axis for axis, facet in enumerate(facets) if facet not in effect)
        total = float((centred.mean(axis=away) ** 2).sum()) * centred.size / levels[effect]
        below = [other for other in df if other < effect]
        squares[effect] = total - sum(squares[other] for other in below)
        df[effect] = levels[effect] - 1 - sum(df[other] for other in below)
    return {effect: squares[effect] / df[effect] for effect in levels}, df


def _effects(facets: Sequence[str], nested: Mapping[str, str]) -> list[Effect]:
    """All effects of a design: a nested facet never stands without the one it lies in."""
    sets = [frozenset(some) for size in range(1, len(facets) + 1) for some in combinations(facets, size)]
    return [some for some in sets if all(nested[inner] in some for inner in some if inner in nested)]


def _name(effect: Effect, facets: Sequence[str], nested: Mapping[str, str]) -> str:
    outer = [facet for facet in facets if facet in {nested[inner] for inner in effect if inner in nested}]
    main = [facet for facet in facets if facet in effect and facet not in outer]
    return "".join(main) + (":" + "".join(outer) if outer else "")
